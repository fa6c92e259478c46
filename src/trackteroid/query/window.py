"""Which of what a query finds is returned, and in what order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from ftrack_api.symbol import NOT_SET

from trackteroid.chains import Chain
from trackteroid.collections.empty_values import EmptyValues
from trackteroid.errors import InvalidArgumentsError
from trackteroid.projections import resolve_projections
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import Schema

_DIRECTIONS = ("ascending", "descending")


def check_window(limit: int | None, offset: int, order: str, order_by: object) -> None:
    """Refuse what is no limit, no offset and no order.

    What was read from nothing or was not loaded would be no order, without a word.

    Raises:
        InvalidArgumentsError: an argument is of another kind.
        NoValueError: *order_by* was read from nothing.
    """
    given: list[tuple[str, Any]] = [("limit", 0 if limit is None else limit), ("offset", offset)]
    for name, value in given:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InvalidArgumentsError(f"{name} is {value!r}, but has to be 0 or a larger whole number.")
    if order not in _DIRECTIONS:
        raise InvalidArgumentsError(f'order is {order!r}, but has to be "ascending" or "descending".')
    if isinstance(order_by, EmptyValues):
        raise order_by.refusal("be what is ordered by")
    if order_by is NOT_SET:
        raise InvalidArgumentsError("order_by is NOT_SET, which was read from something that was not loaded.")


def order_text(types: Schema, relations: Relations, type_name: str, order_by: object, order: str) -> str:
    """Return what stands after ``order by``: the paths to order by, by default the primary key.

    Raises:
        InvalidArgumentsError: *order_by* is no path, or there can be several values at its end.
        UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
    """
    paths = [] if order_by is None else _paths(types, relations, type_name, order_by)
    if not paths:
        keys = types.type(type_name).primary_key
        return ", ".join(keys if order == "ascending" else (f"{key} {order}" for key in keys))
    for path in paths:
        if any(attribute.is_many for attribute in types.walk(type_name, path)):
            raise InvalidArgumentsError(f'Nothing can be ordered by "{path}": there can be several per entity.')
    return ", ".join(f"{path} {order}" for path in paths)


def _paths(types: Schema, relations: Relations, type_name: str, order_by: object) -> list[str]:
    """Return the paths to order by; chains are followed as in projections."""
    given = [order_by] if isinstance(order_by, str | Chain) else order_by
    if isinstance(given, bytes) or not isinstance(given, Iterable):
        raise InvalidArgumentsError(f'order_by is a path such as "asset.name", or several, not {given!r}.')
    return [
        path
        for key in cast("Iterable[object]", given)
        for path in ([key] if isinstance(key, str) else resolve_projections(types, relations, type_name, [key]))
    ]
