"""Queries as tables: which columns they have, and what these hold. No entity is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftrack_api.session import Session

from trackteroid.chains import is_chain
from trackteroid.client.custom_attributes import Finder
from trackteroid.columns import CUSTOM_ATTRIBUTES, Way, kind_of_custom, listed, ways_of
from trackteroid.errors import InvalidArgumentsError
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import Schema
from trackteroid.tables import Column, Kind


def ways(
    session: Session, types: Schema, relations: Relations, type_name: str, wanted: object, default: Sequence[str]
) -> list[Way]:
    """Return where the columns are found that are *wanted*, or those that are asked for by *default*.

    All custom attributes are asked for as ``custom_attributes``: one column for each that entities of the type have.

    Raises:
        InvalidArgumentsError: *wanted* is no list of columns, or there can be several values for one entity.
        UnknownAttributeError: there is none of this name; the message suggests similar ones.
        RelationError: no path is known to a type.
    """
    keys = types.type(type_name).primary_key
    items = [*keys, *default] if wanted is None else listed(wanted)
    found: dict[str, Way] = {}
    for item in items:
        for way in ways_of(types, relations, type_name, item):
            for each in _by_key(session, way, type_name):
                _check(type_name, each, item)
                found.setdefault(each.name, each)
    return list(found.values())


def columns(session: Session, type_name: str, found: Sequence[Way]) -> tuple[Column, ...]:
    """Return the columns; what custom attributes hold is what they are configured as."""
    finder = Finder(session) if any(way.key is not None for way in found) else None
    return tuple(way.column(_configured(finder, type_name, way)) for way in found)


def _check(type_name: str, way: Way, item: object) -> None:
    if way.is_many:
        shown = repr(item) if isinstance(item, str) or is_chain(item) else str(item)
        raise InvalidArgumentsError(
            f"{shown} of {type_name} has several values for each entity. Columns of a query have one; load the "
            f"entities, get_all([{shown}]), whose tables have lists, or query the entities of the list."
        )


def _by_key(session: Session, way: Way, type_name: str) -> list[Way]:
    if way.attribute.name != CUSTOM_ATTRIBUTES or way.key is not None or way.steps:
        return [way]
    keys = Finder(session).fitting_keys(type_name)
    return [Way(f"custom_{key}", way.steps, way.attribute, key, way.lists) for key in keys]


def _configured(finder: Finder | None, type_name: str, way: Way) -> Kind | None:
    """Return what a custom attribute is configured to hold; None for what is none, or is not known to be one."""
    if finder is None or way.key is None or way.attribute.name != CUSTOM_ATTRIBUTES or way.steps:
        return None
    kinds: set[Any] = {kind_of_custom(each.type) for each in finder.fitting(type_name, way.key)}
    return kinds.pop() if len(kinds) == 1 else None
