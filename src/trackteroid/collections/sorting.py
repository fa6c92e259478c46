"""Ordering and grouping entities by what functions return for them, as ``sort``, ``min``, ``max`` and ``group`` do.

Reading an attribute gives a list, even from one element, so keys are mostly lists. In an ordering the largest element
of a list counts. Values that are missing (not loaded, null, or read from nothing) never compare with others.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.collections.context import Selection
from trackteroid.collections.missing import EmptyValues
from trackteroid.errors import InvalidArgumentsError, NoValueError, TrackteroidError

#: What most keys are, which saves the longer questions about the others.
_PLAIN = (str, int, float)

_key: Callable[[tuple[Any, FtrackEntity]], Any] = itemgetter(0)


def in_order(entities: Iterable[FtrackEntity], values: Iterable[object], *, reverse: bool) -> list[FtrackEntity]:
    """Return the entities in the order of their values; equal ones stay in the order they are in."""
    present, missing = _with_keys(entities, values, reverse=reverse)
    with _comparing("sort"):
        present.sort(key=_key, reverse=reverse)
    return [*(entity for _, entity in present), *missing]


def largest(entities: Iterable[FtrackEntity], values: Iterable[object]) -> FtrackEntity:
    """Return the entity with the largest value, the last one among equals."""
    present, missing = _with_keys(entities, values)
    with _comparing("max"):
        # Of equal ones Python returns the first that it meets.
        return max(reversed(present), key=_key)[1] if present else missing[-1]


def smallest(entities: Iterable[FtrackEntity], values: Iterable[object]) -> FtrackEntity:
    """Return the entity with the smallest value, the first one among equals."""
    present, missing = _with_keys(entities, values)
    with _comparing("min"):
        return min(present, key=_key)[1] if present else missing[0]


def grouped(entities: Iterable[FtrackEntity], values: Iterable[object]) -> dict[Hashable, list[FtrackEntity]]:
    """Return the entities by their values, in order of first occurrence."""
    groups: dict[Hashable, list[FtrackEntity]] = {}
    for entity, value in zip(entities, values, strict=True):
        groups.setdefault(_group_key(value), []).append(entity)
    return groups


def parted(entities: Iterable[FtrackEntity], values: Iterable[object]) -> tuple[list[FtrackEntity], list[FtrackEntity]]:
    """Return the entities whose values are true, and the others."""
    matching: list[FtrackEntity] = []
    rest: list[FtrackEntity] = []
    for entity, value in zip(entities, values, strict=True):
        if value:
            matching.append(entity)
        else:
            rest.append(entity)
    return matching, rest


def _with_keys(
    entities: Iterable[FtrackEntity], values: Iterable[object], *, reverse: bool = False
) -> tuple[list[tuple[Any, FtrackEntity]], list[FtrackEntity]]:
    """Return the entities that have a value, each with its key, and those that have none."""
    present: list[tuple[Any, FtrackEntity]] = []
    missing: list[FtrackEntity] = []
    for entity, value in zip(entities, values, strict=True):
        if _is_missing(value):
            missing.append(entity)
        else:
            present.append((_ordering_key(value, reverse=reverse), entity))
    return present, missing


def _is_missing(value: object) -> bool:
    """Return whether there is no value: None, not loaded, or a list without any value."""
    if isinstance(value, _PLAIN):
        return False
    if value is None or value is NOT_SET or isinstance(value, EmptyValues):
        return True
    if isinstance(value, list):
        return all(map(_is_missing, cast("list[object]", value)))
    return isinstance(value, Selection) and not value


@contextmanager
def _comparing(what: str) -> Generator[None]:
    """Say in words that keys cannot be compared, if that fails in a block.

    Raises:
        InvalidArgumentsError: it has failed.
    """
    try:
        yield
    except TypeError as error:
        if isinstance(error, TrackteroidError):
            raise
        raise InvalidArgumentsError(
            f"{what} compares what the function returns, and that is not possible: {error}. Return a text, a number or "
            f"a moment for each element, or a tuple of these."
        ) from None


def _ordering_key(value: object, *, reverse: bool) -> Any:
    """Return a key that sorts like the value, where missing parts of compound keys (tuples) come last."""
    if isinstance(value, tuple):
        parts = [(_is_missing(part), part) for part in cast("tuple[object, ...]", value)]
        return tuple(
            (is_missing is not reverse, 0 if is_missing else _ordering_key(part, reverse=reverse))
            for is_missing, part in parts
        )
    return _comparable(value)


def _comparable(value: object) -> Any:
    """Return what counts in an ordering: the largest element of a list, everything else as it is."""
    if not isinstance(value, list):
        return value
    values = cast("list[object]", value)
    if len(values) == 1:
        return _comparable(values[0])
    with _comparing("An order"):
        return max(_comparable(each) for each in values if not _is_missing(each))


def _group_key(value: object) -> Hashable:
    """Return a hashable key: lists of one element stand for that element, longer ones and tuples become tuples.

    Raises:
        NoValueError: there is no value, or it was not loaded.
        TypeError: the value can change, so it is no key.
    """
    if isinstance(value, _PLAIN) or value is None:
        return value
    if value is NOT_SET:
        raise NoValueError(
            "What was not loaded cannot be the key of a group. Project what the function reads, or give it a fallback: "
            '`... or "fallback"`.'
        )
    if isinstance(value, EmptyValues):
        raise value.refusal("be the key of a group")
    if isinstance(value, list | tuple):
        elements = [_group_key(each) for each in cast("list[object]", value)]
        return elements[0] if len(elements) == 1 and isinstance(value, list) else tuple(elements)
    if isinstance(value, Selection):
        bool(value)  # an empty one tells if it is so because it was not loaded
        return value
    try:
        hash(value)
    except TypeError:
        raise TypeError(
            f"A {type(value).__name__} that can change cannot be the key of a group. Return something hashable, such "
            f"as a text, a number, or a tuple of these."
        ) from None
    return cast("Hashable", value)
