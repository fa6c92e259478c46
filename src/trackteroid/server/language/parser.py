"""Reading query text: `parse`."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from threading import Lock
from typing import Protocol, cast

from lark import Lark, UnexpectedInput

from trackteroid.server.core.failures import ParseError
from trackteroid.server.core.limits import STANDARD, Limits
from trackteroid.server.language import tree
from trackteroid.server.language.builder import Builder, RepeatedClauseError
from trackteroid.server.language.explanation import explain
from trackteroid.server.language.limits import LimitGuard, check_length

CACHED_QUERIES = 1024
"""How many of the last different queries are remembered."""

CACHED_LENGTH = 4096
"""The most characters a query may have to be remembered. Longer ones are lists of ids that hardly ever come again."""

CACHED_SERVERS = 8
"""For how many sets of limits, usually one per server, a parser is kept."""

_BUILDING = Lock()


class _Recogniser(Protocol):
    """A Lark parser whose transformer leaves a query where Lark's own types promise a parse tree."""

    def parse(self, text: str) -> tree.Query: ...


def parse(text: str, limits: Limits = STANDARD) -> tree.Query:
    """Read a query.

    Pure and safe to call from many threads; trees are frozen, so equal texts may share one.

    Arguments:
        text: A whole query, with or without ``select``.
        limits: How long and how deep it may be.

    Raises:
        ParseError: The text is not a query; says where and what could have stood there.
        LimitError: The text is too long or nests too deep.

    >>> parse("select name from Task where status.name is Done limit 5").limit
    5
    """
    check_length(text, limits)
    return _parse_remembered(text, limits) if len(text) <= CACHED_LENGTH else _parse(text, limits)


def _parse(text: str, limits: Limits) -> tree.Query:
    # Lark evaluates Python literals while it reads a grammar; some CPython 3.11 cannot do that in two threads at once.
    with _BUILDING:
        recogniser = _recogniser(limits)
    try:
        return recogniser.parse(text)
    except UnexpectedInput as error:
        raise ParseError(f"Failed to parse: {text}\n{explain(error, text)}") from None
    except RepeatedClauseError as error:
        raise ParseError(f'Failed to parse: {text}\nThere is more than one "{error}" in one query.') from None


_parse_remembered = lru_cache(maxsize=CACHED_QUERIES)(_parse)


@lru_cache(maxsize=CACHED_SERVERS)
def _recogniser(limits: Limits) -> _Recogniser:
    grammar = resources.files(__package__ or __name__).joinpath("grammar.lark").read_text(encoding="utf-8")
    lark = Lark(grammar, parser="lalr", lexer="contextual", transformer=Builder(limits), postlex=LimitGuard(limits))
    return cast("_Recogniser", lark)
