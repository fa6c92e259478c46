"""Queries as people and tools write them: other words for operators, either quote, blanks where one likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from trackteroid.server.language import (
    And,
    Comparison,
    Criteria,
    Literal,
    Membership,
    Not,
    Operator,
    Or,
    Order,
    Quantifier,
    Query,
)

SPELLINGS = {
    Operator.IS: ("is", "=", "IS"),
    Operator.IS_NOT: ("is_not", "!="),
    Operator.LIKE: ("like", "LIKE"),
    Operator.NOT_LIKE: ("not_like",),
    Operator.GREATER: (">", "after", "greater_than"),
    Operator.LESS: ("<", "before", "less_than"),
    Operator.GREATER_EQUAL: (">=",),
    Operator.LESS_EQUAL: ("<=",),
}
KEYWORDS = {"select", "from", "where", "and", "or", "not", "in", "any", "has", "limit", "offset"}


@st.composite
def written(draw: DrawFn, query: Query) -> str:
    """The text of `query`, one of many."""
    text = ""
    for token in Writer(draw).query(query):
        needed = is_wordy(text[-1:]) and is_wordy(token[:1])
        text += draw(st.sampled_from([" "] * 9 + ["  ", "\n\t"] + [""] * (0 if needed else 6))) + token
    return draw(st.sampled_from(["", "\n "])) + text.strip()


def is_wordy(sign: str) -> bool:
    """Whether a sign runs into another such sign where there is no blank; operators do so with unquoted values."""
    return bool(sign) and sign not in "()\"'," and not sign.isspace()


class Writer:
    """Makes the tokens of a query."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw

    def one_of(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def word(self, word: str) -> str:
        return self.one_of(word, word, word, word.upper()) if word != "select" else word

    def query(self, query: Query) -> Iterator[str]:
        if query.projections:
            yield "select"
            yield from self.listed(projection_tokens(query))
            yield "from"
        yield query.entity_type
        if query.criteria is not None:
            yield self.word("where")
            yield from self.criteria(query.criteria)
        if query.group:
            yield from ("group", "by")
            yield from self.listed([[str(path)] for path in query.group])
        if query.order:
            yield from ("order", "by")
            yield from self.listed([self.order(order) for order in query.order])
        pages = [("limit", query.limit), ("offset", query.offset)]
        for name, number in self.draw(st.permutations(pages)):
            if number is not None:
                yield from (self.word(name), str(number))

    def order(self, order: Order) -> list[str]:
        words = ("descending", "desc", "DESC") if order.descending else ("", "asc", "ascending")
        return [token for token in (str(order.path), self.one_of(*words)) if token]

    def listed(self, items: Iterable[Sequence[str]]) -> Iterator[str]:
        for place, item in enumerate(items):
            if place:
                yield ","
            yield from item

    def criteria(self, criteria: Criteria) -> Iterator[str]:
        match criteria:
            case Comparison(path, operator, value):
                yield from (str(path), self.one_of(*SPELLINGS[operator]), self.literal(value))
            case Membership(path, values, negated):
                yield from (str(path), self.word("not_in" if negated else "in"), "(")
                tokens = self.query(values) if isinstance(values, Query) else self.literals(values)
                yield from (*tokens, ")")
            case Quantifier(path, inner):
                tokens = [] if inner is None else self.criteria(inner)
                yield from (str(path), self.one_of("any", "has"), "(", *tokens, ")")
            case Not(inner):
                yield from (self.word("not"), "(", *self.criteria(inner), ")")
            case And(parts):
                yield from self.joined("and", parts)
            case Or(parts):
                yield from self.joined("or", parts)

    def joined(self, word: str, parts: Sequence[Criteria]) -> Iterator[str]:
        for place, part in enumerate(parts):
            if place:
                yield self.word(word)
            bare = isinstance(part, Comparison | Membership | Quantifier) and self.draw(st.booleans())
            yield from self.criteria(part) if bare else ("(", *self.criteria(part), ")")

    def literals(self, values: Sequence[Literal]) -> Iterator[str]:
        return self.listed([[self.literal(value)] for value in values])

    def literal(self, value: Literal) -> str:
        if not value.quoted:
            return self.one_of("none", "None", "NULL") if value.is_null else value.text
        quote = self.one_of('"', "'")
        return quote + value.text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


def projection_tokens(query: Query) -> list[list[str]]:
    return [
        [projection.function, "(", str(projection.path), ")"] if projection.function else [str(projection.path)]
        for projection in query.projections
    ]
