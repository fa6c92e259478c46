"""What is asked for at a shell: ``Shot``, ``Shot where name like "sh%"``, or a whole query."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trackteroid.errors import InvalidArgumentsError

#: Quoted text, parentheses, commas, and whatever is between blanks.
_PART = re.compile(r"""\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[(),]|[^\s"'(),]+|["'])""")
_CLAUSES = ("where", "order", "offset", "limit")
_DIRECTIONS = {"ascending": "ascending", "asc": "ascending", "descending": "descending", "desc": "descending"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in parts.

    Attributes:
        type_name: the type of what is asked for.
        select: the attributes that are asked for; none if it does not say.
        where: the condition as it was written.
        order_by: what it is ordered by.
        order: ``"ascending"`` or ``"descending"``.
        offset: how many are left out at the beginning.
        limit: how many are wanted at most.
    """

    type_name: str
    select: tuple[str, ...] = ()
    where: str = ""
    order_by: tuple[str, ...] = ()
    order: str = "ascending"
    offset: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    start: int
    end: int


def read(text: str) -> Statement:
    """Return a statement in parts.

    Raises:
        InvalidArgumentsError: it is none.

    >>> read('Shot where name is "order by" order by name desc limit 3').where
    'name is "order by"'
    """
    return _Reader(text).statement()


class _Reader:
    """What reads one statement; its messages show the text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def statement(self) -> Statement:
        """Return it in parts."""
        select, rest = self._selected(list(self._parts()))
        if not rest or not re.fullmatch(r"\w+", rest[0].text):
            raise InvalidArgumentsError(f"{self._text!r} names no type. Write one: \"Shot where name like 'sh%'\".")
        clauses = self._clauses(rest[1:])
        order_by, order = self._order(clauses.get("order", []))
        condition = clauses.get("where", [])
        if "where" in clauses and not condition:
            raise InvalidArgumentsError(f'{self._text!r} has nothing behind "where".')
        return Statement(
            rest[0].text,
            select,
            self._text[condition[0].start : condition[-1].end] if condition else "",
            order_by,
            order,
            self._number("offset", clauses) or 0,
            self._number("limit", clauses),
        )

    def _parts(self) -> Iterator[_Part]:
        depth, end = 0, len(self._text.rstrip())
        place = 0
        while place < end:
            found = _PART.match(self._text, place)
            if found is None:  # pragma: no cover - the pattern takes everything
                break
            part = found[1]
            if part in ('"', "'"):
                raise InvalidArgumentsError(
                    f"{self._text!r} has a quotation mark that is not closed: {self._text[found.start(1) :]}"
                )
            depth += (part == "(") - (part == ")")
            if depth < 0:
                raise InvalidArgumentsError(
                    f'{self._text!r} has a ")" that was not opened: {self._text[found.start(1) :]}'
                )
            yield _Part(part if depth == 0 else "(" + part, found.start(1), found.end(1))
            place = found.end()
        if depth:
            raise InvalidArgumentsError(f'{self._text!r} has a "(" that is not closed.')

    def _selected(self, parts: Sequence[_Part]) -> tuple[tuple[str, ...], Sequence[_Part]]:
        if not parts or parts[0].text.lower() != "select":
            return (), parts
        words = [part.text.lower() for part in parts]
        if "from" not in words:
            raise InvalidArgumentsError(f'{self._text!r} has no "from", so it does not say which type it asks for.')
        place = words.index("from")
        return tuple(part.text for part in parts[1:place] if part.text != ","), parts[place + 1 :]

    def _clauses(self, parts: Sequence[_Part]) -> dict[str, list[_Part]]:
        found: dict[str, list[_Part]] = {}
        here = ""
        for part in parts:
            word = part.text.lower()
            if word in _CLAUSES and word not in found and (word != "where" or not found):
                here = word
                found[here] = []
            elif not here:
                raise InvalidArgumentsError(
                    f'{self._text!r}: "{part.text}" is not understood. A condition begins with "where".'
                )
            else:
                found[here].append(part)
        return found

    def _order(self, parts: list[_Part]) -> tuple[tuple[str, ...], str]:
        words = [part.text for part in parts if part.text != ","]
        if not words:
            return (), "ascending"
        if words[0].lower() != "by" or len(words) < 2:
            raise InvalidArgumentsError(f'{self._text!r}: write "order by name" or "order by name descending".')
        given = {_DIRECTIONS[word.lower()] for word in words[1:] if word.lower() in _DIRECTIONS}
        if len(given) > 1:
            raise InvalidArgumentsError(f"{self._text!r} orders in both directions; only one of them can be asked for.")
        paths = tuple(word for word in words[1:] if word.lower() not in _DIRECTIONS)
        return paths, given.pop() if given else "ascending"

    def _number(self, name: str, clauses: dict[str, list[_Part]]) -> int | None:
        if name not in clauses:
            return None
        words = [part.text for part in clauses[name]]
        if len(words) != 1 or not words[0].isascii() or not words[0].isdigit():
            raise InvalidArgumentsError(
                f'{self._text!r}: behind "{name}" there is one whole number, not {" ".join(words)!r}.'
            )
        return int(words[0])
