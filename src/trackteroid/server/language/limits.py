"""What a query may cost before anyone looks at what it says."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token

from ..failures import LimitError

MAX_LENGTH = 4 * 1024 * 1024
"""The most characters a query may have. Room for about 100,000 ids in one list."""

MAX_TOKENS = 100_000
"""The most names, operators, values, brackets and commas a query may have, which takes about half a second to read.
The inside of a list ``in (...)`` counts as one.
"""

MAX_DEPTH = 32
"""The most parentheses, and ``not`` in front of them, that may be open at one place.

Whoever walks a tree may recurse: SQLAlchemy reaches Python's default recursion limit at about 50 relations inside each
other, and the caller's own frames need room too.
"""


def check_length(text: str) -> None:
    """Refuse a query with more than `MAX_LENGTH` characters."""
    if len(text) > MAX_LENGTH:
        raise LimitError(
            f"The query has {len(text)} characters, more than the {MAX_LENGTH} the server reads. "
            "Split it, for example into several shorter lists of ids."
        )


class LimitGuard:
    """Stops the reading of a query as soon as it passes a limit. Keeps nothing from one text to the next."""

    always_accept = ()  # Lark asks: terminals the lexer shall look for everywhere

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Pass the tokens of one query on, counting them and what is open."""
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
            if number > MAX_TOKENS or depth + negations > MAX_DEPTH:
                raise _limit_error(number > MAX_TOKENS, (token.start_pos or 0) + 1)
            yield token


def _limit_error(is_long: bool, character: int) -> LimitError:
    if is_long:
        return LimitError(
            f"The query has more than {MAX_TOKENS} words and signs (at character {character}). "
            'Ask for many values with one "in" instead of many conditions, or split it.'
        )
    return LimitError(
        f"The query nests parentheses and negations more than {MAX_DEPTH} deep (at character {character}). "
        "Remove the parentheses it can do without, or split it."
    )
