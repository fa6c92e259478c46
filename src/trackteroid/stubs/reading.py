"""Asking a server what its stubs tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ftrack_api.session import Session

from trackteroid.client.custom_attributes import Configuration, Finder
from trackteroid.client.hydration.hydrating import iter_records
from trackteroid.schema.types import schema_of
from trackteroid.stubs.site import ANYTHING, CUSTOM, Site, is_name

#: The types whose entities are called by name in criteria: a site has a few of each.
_VOCABULARY = ("AssetType", "Priority", "State", "Status", "Type")


def read_site(session: Session) -> Site:
    """Return what the server of a session says of its types, custom attributes, statuses and types."""
    schema = schema_of(session)
    finder = Finder(session)
    having = [name for name in sorted(schema.types) if schema.find_attribute(name, "custom_attributes")]
    custom = {name: _custom(finder, name) for name in having}
    names = {name: _names(session, name) for name in _VOCABULARY if schema.find_type(name)}
    return Site(schema, {name: found for name, found in custom.items() if found}, {k: v for k, v in names.items() if v})


def _custom(finder: Finder, type_name: str) -> Mapping[str, str]:
    keys = (key for key in finder.fitting_keys(type_name) if is_name(f"custom_{key}"))
    return {f"custom_{key}": _end(finder.fitting(type_name, key)) for key in keys}


def _end(configurations: Iterable[Configuration]) -> str:
    """Return what a custom attribute ends at, if that is the same in all projects."""
    ends = {CUSTOM.get(each.type, ANYTHING) for each in configurations}
    return ends.pop() if len(ends) == 1 else ANYTHING


def _names(session: Any, type_name: str) -> tuple[str, ...]:
    found = iter_records(session, f"select name from {type_name}")  # noqa: S608  # names of the schema
    return tuple(sorted({str(each["name"]) for each in found if each["name"]}))
