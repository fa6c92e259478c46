"""Where a query stopped making sense, in words."""

from __future__ import annotations

import re
from typing import cast

from lark import Token, UnexpectedInput

from trackteroid.server.language.literals import QUOTED

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


def explain(error: UnexpectedInput, text: str) -> str:
    """Say what was found, where, and what could have stood there."""
    position = _position(error, text)
    rest = text[position : position + _SHOWN].split()
    found = repr(rest[0] if rest else "") if position < len(text) else "the end of the query"
    message = f"Expected {_alternatives(error)} at {_place(text, position)}, found {found}."
    closed = _CLOSED.match(text, position)
    quote = closed.end() if closed else position
    return message if quote == len(text) else f"{message} The quote at {_place(text, quote)} is never closed."


def _position(error: UnexpectedInput, text: str) -> int:
    token = getattr(error, "token", None)
    if isinstance(token, Token) and token.type == "$END":
        return len(text)
    return error.pos_in_stream if error.pos_in_stream is not None else len(text)


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"character {column}" if "\n" not in text else f"line {line}, character {column}"


def _alternatives(error: UnexpectedInput) -> str:
    # The table also lists what other places accept behind the same words; trying each leaves what is true here.
    parser = error.interactive_parser
    accepted = cast("set[str]", parser.accepts() if parser else set())
    words = list(dict.fromkeys(words for terminal, words in _WORDS.items() if terminal in accepted))
    *others, last = words or ["something else"]
    return f"{', '.join(others)} or {last}" if others else last
