"""Values as they are written in a query, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trackteroid.server.language.tree import Literal

QUOTED = r"""(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*')"""
"""The pattern of a quoted value, STRING in the grammar."""

_ITEM = re.compile(QUOTED + r"""|[^\s"'(),]+""")
_ESCAPED = re.compile(r"""\\([\\"'])""")
_TO_ESCAPE = re.compile(r"""([\\"])""")


def read_literal(written: str) -> Literal:
    r"""Take one value out of its quotes.

    A backslash escapes itself and both quotes. In front of anything else it is an ordinary character: Windows paths
    survive, and ``\%`` and ``\_`` reach the pattern matching of ``like`` untouched.

    >>> read_literal(r'"say \"hi\" to 100\%"').text
    'say "hi" to 100\\%'
    >>> read_literal("2017-12-11")
    Literal(text='2017-12-11', quoted=False)
    """
    if written[0] in "\"'":
        return Literal(_ESCAPED.sub(r"\1", written[1:-1]), quoted=True)
    return Literal(written, quoted=False)


def iter_literals(written: str) -> Iterator[Literal]:
    """Return the values of a list as written between its parentheses, in order."""
    return (read_literal(match.group()) for match in _ITEM.finditer(written))


def write_literal(literal: Literal) -> str:
    """Return the text that `read_literal` reads as this literal."""
    if not literal.quoted:
        return literal.text
    return '"' + _TO_ESCAPE.sub(r"\\\1", literal.text) + '"'
