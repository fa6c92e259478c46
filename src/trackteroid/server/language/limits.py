"""What a query may cost before anyone looks at what it says: checks of a server's limits."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token

from trackteroid.server.core.failures import LimitError
from trackteroid.server.core.limits import Limits


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
