"""Comparable keys from what the functions given to ``sort``, ``min``, ``max`` and ``group`` return.

Reading an attribute gives a list, even from one element, so keys are mostly lists. In an ordering the largest element
of a list counts. Values that are missing (not loaded, null, or read from nothing) never compare with others.
"""

from collections.abc import Generator, Hashable
from contextlib import contextmanager
from typing import Any, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.collections.collection import BoundCollection
from trackteroid.collections.empty_values import EmptyValues
from trackteroid.errors import InvalidArgumentsError, NoValueError, TrackteroidError

#: What most keys are, which saves the longer questions about the others.
_PLAIN = (str, int, float)


def is_missing(value: object) -> bool:
    """Return whether there is no value: None, not loaded, or a list without any value."""
    if isinstance(value, _PLAIN):
        return False
    if value is None or value is NOT_SET or isinstance(value, EmptyValues):
        return True
    if isinstance(value, list):
        return all(map(is_missing, cast("list[object]", value)))
    return isinstance(value, BoundCollection) and not value


def comparable(value: object) -> Any:
    """Return what counts in an ordering: the largest element of a list, everything else as it is."""
    if isinstance(value, list):
        values = cast("list[object]", value)
        if len(values) == 1:
            return comparable(values[0])
        with comparing("An order"):
            return max(comparable(x) for x in values if not is_missing(x))
    return value


@contextmanager
def comparing(what: str) -> Generator[None]:
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


def ordering_key(value: object, *, reverse: bool) -> Any:
    """Return a key that sorts like the value, where missing parts of compound keys (tuples) come last."""
    if isinstance(value, tuple):
        return tuple(_part(each, reverse=reverse) for each in cast("tuple[object, ...]", value))
    return comparable(value)


def _part(value: object, *, reverse: bool) -> tuple[bool, Any]:
    missing = is_missing(value)
    return missing is not reverse, 0 if missing else ordering_key(value, reverse=reverse)


def group_key(value: object) -> Hashable:
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
        elements = [group_key(each) for each in cast("list[object]", value)]
        return elements[0] if len(elements) == 1 and isinstance(value, list) else tuple(elements)
    if isinstance(value, BoundCollection):
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
