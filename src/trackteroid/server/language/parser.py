"""Reading query text: `parse`.

A text is checked against the limits of its server while it is read, and becomes a tree bottom-up. Where it stops making
sense, an error says so in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import resources
from operator import itemgetter
from threading import Lock
from typing import Any, NamedTuple, Protocol, cast

from lark import Lark, Token, Transformer, UnexpectedInput

from trackteroid.server.core.failures import LimitError, ParseError
from trackteroid.server.core.options import STANDARD, Limits
from trackteroid.server.language import tree
from trackteroid.server.language.tree import QUOTED, Operator, iter_literals, read_literal

CACHED_QUERIES = 1024
"""How many of the last different queries are remembered."""

CACHED_LENGTH = 4096
"""The most characters a query may have to be remembered. Longer ones are lists of ids that hardly ever come again."""

CACHED_SERVERS = 8
"""For how many sets of limits, usually one per server, a parser is kept."""

_BUILDING = Lock()

_WORDS = {
    "TYPE": "an entity type",
    "TYPE_BEFORE_WHERE": "a query",
    "_SELECT": '"select"',
    "NAME": "an attribute",
    "FUNCTION": "a function such as count(id)",
    "OPERATOR": 'an operator such as "is"',
    "MEMBERSHIP": '"in"',
    "_QUANTIFIER": '"any"/"has"',
    "STRING": "a value",
    "WORD": "a value",
    "VALUES": "a value",
    "INTEGER": "a whole number",
    "_NOT": '"not"',
    "_AND": '"and"',
    "_OR": '"or"',
    "_FROM": '"from"',
    "_WHERE": '"where"',
    "_GROUP_BY": '"group by"',
    "_ORDER_BY": '"order by"',
    "_ASCENDING": '"ascending"',
    "_DESCENDING": '"descending"',
    "_LIMIT": '"limit"',
    "_OFFSET": '"offset"',
    "COMMA": '","',
    "DOT": '"."',
    "LSQB": '"["',
    "RSQB": '"]"',
    "LPAR": '"("',
    "RPAR": '")"',
    "$END": "the end of the query",
}
"""Every terminal of the grammar, in the order in which a message lists them."""

_SHOWN = 40
_CLOSED = re.compile(rf"""(?:[^"']+|{QUOTED})*""")

OPERATORS = {
    "is": Operator.IS,
    "=": Operator.IS,
    "is_not": Operator.IS_NOT,
    "!=": Operator.IS_NOT,
    "like": Operator.LIKE,
    "not_like": Operator.NOT_LIKE,
    ">": Operator.GREATER,
    "after": Operator.GREATER,
    "greater_than": Operator.GREATER,
    "<": Operator.LESS,
    "before": Operator.LESS,
    "less_than": Operator.LESS,
    ">=": Operator.GREATER_EQUAL,
    "<=": Operator.LESS_EQUAL,
}


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


def explain(error: UnexpectedInput, text: str) -> str:
    """Say what was found, where, and what could have stood there."""
    position = error.pos_in_stream
    token = getattr(error, "token", None)
    if position is None or (isinstance(token, Token) and token.type == "$END"):
        position = len(text)
    rest = text[position : position + _SHOWN].split()
    found = repr(rest[0] if rest else "") if position < len(text) else "the end of the query"
    # The table also lists what other places accept behind the same words; trying each leaves what is true here.
    parser = error.interactive_parser
    accepted = cast("set[str]", parser.accepts() if parser else set())
    words = list(dict.fromkeys(words for terminal, words in _WORDS.items() if terminal in accepted))
    *others, last = words or ["something else"]
    expected = f"{', '.join(others)} or {last}" if others else last
    message = f"Expected {expected} at {_place(text, position)}, found {found}."
    closed = _CLOSED.match(text, position)
    quote = closed.end() if closed else position
    return message if quote == len(text) else f"{message} The quote at {_place(text, quote)} is never closed."


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"character {column}" if "\n" not in text else f"line {line}, character {column}"


def check_length(text: str, limits: Limits) -> None:
    """Refuse a query with too many characters."""
    if len(text) > limits.query_characters:
        raise LimitError(
            f"The query has {len(text)} characters, more than this server's limit query_characters, which is "
            f"{limits.query_characters}. Split it, for example into several shorter lists of ids."
        )


def check_values(count: int, limits: Limits) -> None:
    """Refuse a list with too many values."""
    if count > limits.list_values:
        raise LimitError(
            f"A list in the query has {count} values, more than this server's limit list_values, which is "
            f"{limits.list_values}. Split it into several queries."
        )


class LimitGuard:
    """Stops the reading of a query as soon as it passes a limit. Keeps nothing from one text to the next."""

    always_accept = ()  # Lark asks: terminals the lexer shall look for everywhere

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Pass the tokens of one query on, counting them and what is open."""
        words, deepest = self._limits.query_words, self._limits.query_depth
        opened: list[int] = []
        depth = negations = 0
        for number, token in enumerate(stream, start=1):
            match token.type:
                case "_NOT":
                    negations += 1
                case "LPAR":
                    opened.append(negations + 1)
                    depth += negations + 1
                    negations = 0
                case "RPAR" if opened:
                    depth -= opened.pop()
                case _:
                    negations = 0
            if number > words or depth + negations > deepest:
                raise self._error(number > words, (token.start_pos or 0) + 1)
            yield token

    def _error(self, is_long: bool, character: int) -> LimitError:
        if is_long:
            return LimitError(
                f"The query has more than {self._limits.query_words} words and signs (at character {character}), this "
                'server\'s limit query_words. Ask for many values with one "in" instead of many conditions, or split '
                "the query."
            )
        return LimitError(
            f"The query nests parentheses and negations more than {self._limits.query_depth} deep (at character "
            f"{character}), this server's limit query_depth. Remove the parentheses it can do without, or split it."
        )


class RepeatedClauseError(Exception):
    """A clause that may be there once is there again."""


class Clause(NamedTuple):
    """A part of a query on the way into it: the field of the tree, and its value."""

    field: str
    value: Any


def _build_query(clauses: list[Clause]) -> tree.Query:
    fields: dict[str, Any] = {}
    for field, value in clauses:
        if field in fields:
            raise RepeatedClauseError(field)
        fields[field] = value
    return tree.Query(**fields)


def _clause(field: str, read: Callable[[list[Any]], Any]) -> Callable[[Builder, list[Any]], Clause]:
    def build(_self: Builder, children: list[Any]) -> Clause:
        return Clause(field, read(children))

    return build


def _text(children: list[Token]) -> str:
    return str(children[0])


def _number(children: list[Token]) -> int:
    return int(children[0])


class Builder(Transformer[Token, tree.Query]):
    """Builds the tree bottom-up while the parser runs, within limits; holds nothing of what it has built."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits

    entity_type = _clause("entity_type", _text)
    entity_type_of_subquery = _clause("entity_type", _text)
    projections = _clause("projections", tuple)
    where = _clause("criteria", itemgetter(0))
    group = _clause("group", tuple)
    order = _clause("order", tuple)
    limit = _clause("limit", _number)
    offset = _clause("offset", _number)

    def start(self, children: list[tree.Query]) -> tree.Query:
        return children[0]

    def query(self, clauses: list[Clause]) -> tree.Query:
        return _build_query(clauses)

    def subquery(self, clauses: list[Clause]) -> tree.Query:
        return _build_query(clauses)

    def projection(self, children: list[Any]) -> tree.Projection:
        *function, path = children
        return tree.Projection(path, function[0].lower() if function else None)

    def ascending(self, children: list[tree.Path]) -> tree.Order:
        return tree.Order(children[0])

    def descending(self, children: list[tree.Path]) -> tree.Order:
        return tree.Order(children[0], descending=True)

    def disjunction(self, parts: list[tree.Criteria]) -> tree.Criteria:
        return parts[0] if len(parts) == 1 else tree.Or(tuple(parts))

    def conjunction(self, parts: list[tree.Criteria]) -> tree.Criteria:
        return parts[0] if len(parts) == 1 else tree.And(tuple(parts))

    def negation(self, children: list[tree.Criteria]) -> tree.Not:
        return tree.Not(children[0])

    def comparison(self, children: list[Any]) -> tree.Comparison:
        path, operator, value = children
        return tree.Comparison(path, OPERATORS[operator.lower()], read_literal(str(value)))

    def membership(self, children: list[Any]) -> tree.Membership:
        path, word, *inside = children
        values = inside[0] if inside else ""
        if not isinstance(values, tree.Query):
            values = tuple(iter_literals(values))
            check_values(len(values), self._limits)
        return tree.Membership(path, values, negated=word.lower() == "not_in")

    def quantifier(self, children: list[Any]) -> tree.Quantifier:
        path, *criteria = children
        return tree.Quantifier(path, criteria[0] if criteria else None)

    def path(self, steps: list[tree.Step]) -> tree.Path:
        return tree.Path(tuple(steps))

    def step(self, children: list[Token]) -> tree.Step:
        return tree.Step(*map(str, children))
