"""Queries as tables: which columns they have, and what these hold. No entity is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftrack_api.session import Session

from trackteroid.client.custom_attributes import Finder
from trackteroid.columns import CUSTOM_ATTRIBUTES, Way, kind_of_custom, listed, ways_of
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import Schema, schema_of
from trackteroid.tables import Column, Kind


def ways(
    session: Session, types: Schema, relations: Relations, type_name: str, wanted: object, default: Sequence[str]
) -> list[Way]:
    """Return where the columns are found that are *wanted*, or those that are asked for by *default*.

    All custom attributes are asked for as ``custom_attributes``: one column for each that entities of the type have.

    Raises:
        InvalidArgumentsError: *wanted* is no list of columns.
        UnknownAttributeError: there is none of this name; the message suggests similar ones.
        RelationError: no path is known to a type.
    """
    keys = types.type(type_name).primary_key
    items = [*keys, *default] if wanted is None else listed(wanted)
    found: dict[str, Way] = {}
    for item in items:
        for way in ways_of(types, relations, type_name, item):
            for each in _by_key(session, way, type_name):
                found.setdefault(each.name, each)
    return list(found.values())


def columns(session: Session, type_name: str, found: Sequence[Way]) -> tuple[Column, ...]:
    """Return the columns; what custom attributes hold is what they are configured as."""
    finder = Finder(session) if any(way.key is not None for way in found) else None
    types = schema_of(session)
    return tuple(way.column(_configured(finder, way.end(types, type_name), way)) for way in found)


def _by_key(session: Session, way: Way, type_name: str) -> list[Way]:
    if way.attribute.name != CUSTOM_ATTRIBUTES or way.key is not None or way.steps:
        return [way]
    keys = Finder(session).fitting_keys(type_name)
    return [Way(f"custom_{key}", way.steps, way.attribute, key, way.lists) for key in keys]


def _configured(finder: Finder | None, end: str, way: Way) -> Kind | None:
    """Return what a custom attribute of *end* is configured to hold; None for what is not known to be one."""
    if finder is None or way.key is None or way.attribute.name != CUSTOM_ATTRIBUTES:
        return None
    kinds: set[Any] = {kind_of_custom(each.type) for each in finder.fitting(end, way.key)}
    return kinds.pop() if len(kinds) == 1 else None
