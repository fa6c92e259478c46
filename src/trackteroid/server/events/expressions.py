"""The expressions of subscriptions and targets, as the clients write and match them.

    expression = all { "or" all } ; all = one { "and" one } ; one = { "not" } ( condition | "(" expression ")" )

A condition compares a field (``data.user.name``) with a value, which may be in quotes. What a field leads to is
compared as it is; where it leads nowhere no comparison holds. A star at the end of a value stands for the rest.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final, Protocol, TypeVar, cast

from trackteroid.server.core.failures import ParseError

T = TypeVar("T")

#: How long an expression may be, and how many parentheses and negations may be open at one place.
LONGEST: Final = 8_192
_DEEPEST: Final = 32

_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_CONDITION: Final = re.compile(
    r"""([A-Za-z0-9_.]+)\s*(!=|>=|<=|=|>|<)\s*("(?:[^"\\\n\r]|""|\\.)*"|'(?:[^'\\\n\r]|''|\\.)*'|[A-Za-z0-9\-_,./*@+]+)"""
)
_WORD: Final = re.compile(r"\s*(?:(not|and|or)(?![A-Za-z0-9_.])(?!\s*[=!<>])|([()]))", re.IGNORECASE)
_BLANK: Final = re.compile(r"\s*")

#: What must be so for an expression to match: that one of these fields has one of these values, or begins like one that
#: ends with a star.
Needs = frozenset[tuple[str, str]]


class Expression(Protocol):
    """What tells some events, or some subscribers, from others."""

    def matches(self, candidate: object) -> bool:
        """Return whether it holds for a candidate."""
        ...

    @property
    def needs(self) -> Needs | None:
        """Fields with values of which a candidate must have at least one; None where nothing is known of that."""
        ...

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics of which a candidate must have one, or how they begin; None where nothing is known of that."""
        ...

    @property
    def size(self) -> int:
        """How many comparisons there are in it."""
        ...


@dataclass(frozen=True)
class Condition:
    """A comparison of a field with a value."""

    field: str
    sign: str
    value: str

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The names that lead to the field."""
        return tuple(self.field.split("."))

    def matches(self, candidate: object) -> bool:
        """Return whether the comparison holds. Numbers are no text, as for the clients."""
        found = value_at(candidate, self.path)
        if found is MISSING:
            return False
        if not isinstance(found, str):
            return self.sign == "!="
        if self.is_prefix:
            return found.startswith(self.value[:-1])
        return _OPERATORS[self.sign](found, self.value)

    @property
    def is_prefix(self) -> bool:
        """Whether any value will do that begins like this one."""
        return self.sign == "=" and self.value.endswith("*")

    @property
    def needs(self) -> Needs | None:
        """The value, or how it begins, if no others will do."""
        return frozenset({(self.field, self.value)}) if self.sign == "=" else None

    @property
    def topics(self) -> frozenset[str] | None:
        """The value, if it is about topics."""
        return frozenset({self.value}) if self.sign == "=" and self.field == "topic" else None

    @property
    def size(self) -> int:
        """Itself."""
        return 1


@dataclass(frozen=True)
class All:
    """What holds if all parts do."""

    parts: tuple[Expression, ...]

    def matches(self, candidate: object) -> bool:
        """Return whether all parts hold."""
        return all(part.matches(candidate) for part in self.parts)

    @property
    def needs(self) -> Needs | None:
        """What the pickiest of its parts needs: the topic, which many have in common, only if there is nothing else."""
        known = [needs for part in self.parts if (needs := part.needs) is not None]
        return min(known, key=_pickiness, default=None)

    @property
    def topics(self) -> frozenset[str] | None:
        """The fewest that one of its parts needs."""
        known = [topics for part in self.parts if (topics := part.topics) is not None]
        return min(known, key=lambda topics: (any(each.endswith("*") for each in topics), len(topics)), default=None)

    @property
    def size(self) -> int:
        """Those of its parts."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True)
class Any_:  # noqa: N801 - Any is taken
    """What holds if one of its parts does."""

    parts: tuple[Expression, ...]

    def matches(self, candidate: object) -> bool:
        """Return whether one of the parts holds."""
        return any(part.matches(candidate) for part in self.parts)

    @property
    def needs(self) -> Needs | None:
        """What one of its parts needs."""
        return _either(part.needs for part in self.parts)

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics of all of its parts."""
        return _either(part.topics for part in self.parts)

    @property
    def size(self) -> int:
        """Those of its parts."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True)
class Not:
    """What holds if something else does not."""

    part: Expression

    def matches(self, candidate: object) -> bool:
        """Return whether the other one does not hold."""
        return not self.part.matches(candidate)

    @property
    def needs(self) -> Needs | None:
        """Nothing is known."""
        return None

    @property
    def topics(self) -> frozenset[str] | None:
        """Nothing is known."""
        return None

    @property
    def size(self) -> int:
        """Those of the other one."""
        return self.part.size


#: What a field leads to that is not there.
MISSING: Final = object()


def value_at(candidate: object, path: tuple[str, ...]) -> object:
    """Return what the names of a path lead to, from object to object; `MISSING` where they lead nowhere."""
    found = candidate
    for name in path:
        if not isinstance(found, Mapping):
            return MISSING
        found = cast("Mapping[str, object]", found).get(name, MISSING)
    return found


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Return the expression that a text spells.

    Raises:
        ParseError: It spells none; the message says where it goes wrong.

    Example:
        >>> parse('topic=ftrack.update and not data.user.name="x"').matches({"topic": "ftrack.update", "data": {}})
        True
    """
    if len(text) > LONGEST:
        raise ParseError(f"An expression may have {LONGEST} characters; this one has {len(text)}.")
    return _Parser(text).expression()


class _Parser:
    """Reads one text from its beginning to its end, once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    def expression(self) -> Expression:
        found = self._any(0)
        self._skip_blanks()
        if self._place < len(self._text):
            raise self._error("'and', 'or' or the end")
        return found

    def _any(self, depth: int) -> Expression:
        parts = [self._all(depth)]
        while self._takes("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def _all(self, depth: int) -> Expression:
        parts = [self._one(depth)]
        while self._takes("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise ParseError(f"At most {_DEEPEST} parentheses and negations may be open at one place.")
        if self._takes("not"):
            return Not(self._one(depth + 1))
        if not self._takes("("):
            return self._condition()
        found = self._any(depth + 1)
        if not self._takes(")"):
            raise self._error("')'")
        return found

    def _condition(self) -> Expression:
        self._skip_blanks()
        match = _CONDITION.match(self._text, self._place)
        if match is None:
            raise self._error("a condition such as topic=ftrack.update")
        self._place = match.end()
        field, sign, value = match.groups()
        return Condition(field, sign, value[1:-1] if value[0] in "\"'" else value)

    def _takes(self, word: str) -> bool:
        """Return whether a word comes next, which is read then."""
        match = _WORD.match(self._text, self._place)
        if match is None or (match[1] or match[2]).lower() != word:
            return False
        self._place = match.end()
        return True

    def _skip_blanks(self) -> None:
        self._place = cast("re.Match[str]", _BLANK.match(self._text, self._place)).end()

    def _error(self, expected: str) -> ParseError:
        self._skip_blanks()
        rest = self._text[self._place :][:40]
        found = repr(rest) if rest else "the end"
        return ParseError(
            f"At character {self._place + 1} of {self._text[:200]!r}: expected {expected}, found {found}."
        )


def _either(parts: Iterable[frozenset[T] | None]) -> frozenset[T] | None:
    """Return what one of several needs, if all of them need something."""
    known = list(parts)
    return None if None in known else frozenset(chain.from_iterable(cast("list[frozenset[T]]", known)))


def _pickiness(needs: Needs) -> tuple[bool, bool, bool, int]:
    """Return a number that is the lower, the fewer events have what is needed."""
    values = [value for _, value in needs]
    return (
        "*" in values,
        any(field == "topic" for field, _ in needs),
        any(value.endswith("*") for value in values),
        len(needs),
    )
