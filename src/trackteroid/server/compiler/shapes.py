"""The shape of a query: its text without the ids in it, so that what was made for one serves for all that ask alike.

In the place of an id stands another one that nobody has, which is read as the same word or text by every rule of the
language. Where it turns up in what was made, the real one is put in; where a part of it does, the shape does not serve.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast

#: An id as this server writes it; others are part of the shape, because case might mean something. So are those with
#: anything beyond ASCII beside them: an accent becomes one letter with that before it, or not, depending on the letter.
_ID: Final = re.compile(
    r"(?<![\w\-\u0080-\U0010ffff])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"(?![\w\-\u0080-\U0010ffff])",
    re.ASCII,
)

#: What stands for ids begins and ends so: between, they are numbered. Something that is sorted right before or after
#: one of them (the end of a range) is not another one.
_BEGIN, _END = uuid.uuid4().hex[:8], "5a5a"
_PLACE: Final = re.compile(rf"{_BEGIN}-0000-4000-8000-([0-9a-f]{{8}}){_END}")

#: Texts that are longer are lists of ids, which hardly ever come again with as many, and would take much memory.
LONGEST: Final = 4_000


class Unprepared(Exception):  # noqa: N818 - not an error: queries of a shape have nothing in common that could be kept
    """What was made of one query does not serve for others of its shape."""


class Shape(NamedTuple):
    """What queries that differ in ids only have in common, and the ids of one of them."""

    text: str
    ids: tuple[str, ...]


def shape_of(text: str) -> Shape:
    """Return the shape of a query; equal ids are the same place of it.

    >>> shape = shape_of('Task where id is "5671dcb0-66de-11e1-8e6e-f23c91df25eb"')
    >>> shape.ids
    ('5671dcb0-66de-11e1-8e6e-f23c91df25eb',)
    >>> shape.text == shape_of('Task where id is "0c6ba4c2-1b3e-4b62-8d5c-0f4d7c0f9c57"').text
    True
    """
    places: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        return places.setdefault(found[0], f"{_BEGIN}-0000-4000-8000-{len(places):08x}{_END}")

    return Shape(_ID.sub(place, text), tuple(places)) if "-" in text else Shape(text, ())


def places_of(value: Any) -> set[int]:
    """Return the places of a shape that are in a value, or in a list of values.

    Raises:
        Unprepared: There is a part of one.
    """
    if isinstance(value, str):
        found = _PLACE.findall(value)
        if value.count(_BEGIN) != len(found):
            raise Unprepared("Of a place in the shape, only a part is left.")
        return {int(number, 16) for number in found}
    if isinstance(value, list | tuple):
        return set[int]().union(*map(places_of, cast("Sequence[Any]", value)))
    return set()


def filled(value: Any, ids: Sequence[str]) -> Any:
    """Return a value with ids in their places."""
    if isinstance(value, str):
        return _PLACE.sub(lambda found: ids[int(found[1], 16)], value)
    if isinstance(value, list | tuple):
        return [filled(each, ids) for each in cast("Sequence[Any]", value)]
    return value
