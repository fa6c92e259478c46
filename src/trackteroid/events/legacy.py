"""The names that events use: those of long ago, from which the server's own schema leads to those of today.

Columns are called as the schema's ``alias_for`` says (``statusid``), types in small letters (``task`` for everything in
a project, ``show`` for projects, ``assetversion``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from trackteroid.schema.membership import references_with
from trackteroid.schema.types import Schema, schema_of
from trackteroid.session_state import HasSchemas, of_connection

#: What events call the ids of contexts, besides ``id``: it is declared for no attribute.
_IDS = {"Project": "showid", "TypedContext": "taskid"}
#: Everything below projects is one type there.
_CONTEXTS = "task"


class LegacyNames:
    """The names that events use for the types and columns of one server."""

    def __init__(self, session: HasSchemas) -> None:
        self.schema: Schema = schema_of(session)
        self._declared = {str(each["id"]): each for each in session.schemas}
        self._types = self._named_types()
        self._object_types = {each.object_type_id: each.name for each in self.schema.types.values()}
        self._columns: dict[str, Mapping[str, str]] = {}

    def type_of(self, described: Mapping[str, Any]) -> str | None:
        """Return the type of an entity as an event or a selection describes it; None for one that nobody knows."""
        stated = described.get("entity_type")
        if isinstance(stated, str) and stated in self.schema.types:
            return stated
        kind = self._object_types.get(described.get("objectTypeId")) if described.get("objectTypeId") else None
        return kind or self._types.get(str(described.get("entityType", "")).casefold().replace("_", ""))

    def legacy_type(self, type_name: str) -> str:
        """Return what events call a type."""
        lineage = self.schema.lineage(type_name)
        if "TypedContext" in lineage:
            return _CONTEXTS
        return self._alias(type_name).casefold().replace("_", "")

    def attribute(self, type_name: str, column: str) -> str | None:
        """Return the attribute that a column of an event holds: a reference rather than its key; None for none."""
        found = self.columns(type_name).get(column)
        return None if found is None else canonical(self.schema, type_name, found)

    def column(self, type_name: str, attribute: str) -> str:
        """Return what events call an attribute of a type, given as the reference or its key."""
        for column, name in self.columns(type_name).items():
            if attribute in (name, canonical(self.schema, type_name, name)):
                return column
        return attribute

    def columns(self, type_name: str) -> Mapping[str, str]:
        """Return the attributes of a type that are columns, by what events call them and by their own names."""
        if type_name not in self._columns:
            declared = self._declared.get(type_name, {}).get("properties", {})
            names = [
                name for name, attribute in self.schema.type(type_name).attributes.items() if attribute.kind == "scalar"
            ]
            called = {str(declared.get(name, {}).get("alias_for") or name): name for name in names}
            own = next((_IDS[each] for each in self.schema.lineage(type_name) if each in _IDS), None)
            self._columns[type_name] = {**called, **({own: "id"} if own else {}), **_missing_in(called, names)}
        return self._columns[type_name]

    def _named_types(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for name in self.schema.types:
            for called in (self._alias(name), name):
                named.setdefault(called.casefold().replace("_", ""), name)
        return {**named, _CONTEXTS: "TypedContext"}

    def _alias(self, type_name: str) -> str:
        alias = self._declared[type_name].get("alias_for")
        if isinstance(alias, Mapping):
            alias = cast("Mapping[str, Any]", alias).get("id")
        return str(alias or type_name)


def _missing_in(called: Mapping[str, str], names: list[str]) -> dict[str, str]:
    return {name: name for name in names if name not in called}


def canonical(schema: Schema, type_name: str, attribute: str) -> str:
    """Return an attribute as changes name it: a reference rather than the key of it, ``status`` for ``status_id``."""
    references = references_with(schema, type_name, attribute)
    return references[0] if references else attribute


def legacy_names(session: HasSchemas) -> LegacyNames:
    """Return the names that events of the server of *session* use."""
    return of_connection(session, LegacyNames, lambda: LegacyNames(session))
