"""The action `history`: which values attributes of entities had before, and who has changed them when."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import sqlalchemy as sa

from trackteroid.server.auth.policy import Place, place_of, policy_of
from trackteroid.server.compiler import run_text
from trackteroid.server.core.among import among
from trackteroid.server.core.failures import LimitError, QueryError, ValidationError, nearest, suggestion
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import shown
from trackteroid.server.history.entries import Entry, Undone, Values, entries_of, values_of
from trackteroid.server.history.moments import kept_since
from trackteroid.server.history.overlay import standing
from trackteroid.server.history.tracing import (
    Members,
    Part,
    Value,
    in_order,
    trace_members,
    trace_part,
    trace_values,
)
from trackteroid.server.model import Collection, EntityType, Key, Reference, Scalar, UnknownName, standard_model
from trackteroid.server.model.tables import DELETE, KEPT
from trackteroid.spelling import quoted

#: What entities are called by, the first that they have.
_NAMES: Final = ("full_name", "username", "name", "label")
_MOST_IDS: Final = 10_000

#: What is asked for by these names and a key, such as ``metadata.lens``: values with rows of their own.
_METADATA: Final = "metadata"
_CUSTOM: Final = "custom_attributes"
_VALUES: Final = "CustomAttributeValue"


def history(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes of attributes of entities, also of deleted ones, oldest first.

    Args:
        request: The request.
        operation: `entity_type`, `ids` and `attributes`; ``metadata.lens`` and ``custom_attributes.fps`` are one key.

    Returns:
        The `data`, one object for each change: `id`, `attribute`, `old`, `new`, `at`, `user_id`, `username`, `event`;
        values of references have their names in `old_name` and `new_name`. `metadata.since` is the moment from which
        on all are there.

    Raises:
        ValidationError: Something of the operation is wrong.
        QueryError: There is no such type or attribute, or no history of it.
    """
    name = operation.get("entity_type")
    try:
        entity_type = request.model.type(name if isinstance(name, str) else "")
    except UnknownName as error:
        raise QueryError(f"{error}{suggestion(error.near)}") from None
    if not entity_type.served or entity_type.view is not None or entity_type.primary_key != ("id",):
        raise QueryError(f"{entity_type.name} has no history: only what has an id has one.")
    if not request.model.table(entity_type).info.get(KEPT):
        raise QueryError(f"{entity_type.name} has no history: its values are secrets, and are not kept.")
    ids = _texts(operation, "ids")
    if len(ids) > _MOST_IDS:
        raise LimitError(f'"ids" has {len(ids)} ids, more than {_MOST_IDS}. Ask for some at a time.')
    asked = [each for name in _texts(operation, "attributes") for each in _attribute(request, entity_type, name)]
    kept = kept_since(request.connection)
    return {
        "action": "history",
        "data": _changes(request, entity_type, list(dict.fromkeys(ids)), asked),
        "metadata": {"since": None if kept is None else kept.at},
    }


def _attribute(request: Request, entity_type: EntityType, name: str) -> list[Value | Part | Members]:
    """Return what an attribute consists of; several custom attributes may share a key."""
    name_of_keys, dot, key = name.partition(".")
    try:
        owner, found = request.model.attribute(entity_type, name_of_keys if dot else name)
    except UnknownName as error:
        raise QueryError(f"{error}{suggestion(error.near)}") from None
    if dot and name_of_keys == _METADATA:
        metadata = request.model.type("Metadata")
        value = Value(name, metadata.stored()["value"], "value")
        return [Part(value, metadata, "parent_id", (("key", key),))]
    if dot and name_of_keys == _CUSTOM:
        # One of the custom attributes with a key is that of an entity.
        configuration, values = request.model.table("CustomAttributeConfiguration"), request.model.type(_VALUES)
        rows = request.connection.execute(sa.select(configuration.c.key, configuration.c.id)).all()
        configurations = sorted(row[1] for row in rows if row[0] == key)
        if not configurations:
            near = suggestion(nearest(key, sorted({row[0] for row in rows})))
            raise QueryError(f'{entity_type.name} has no custom attribute "{key}", at least not now.{near}')
        value = Value(name, values.stored()["value"], "value")
        return [Part(value, values, "entity_id", (("configuration_id", each),)) for each in configurations]
    columns = owner.stored()
    if isinstance(found, Reference) and len(found.keys) == 1 and found.keys[0] in columns:
        return [Value(name, columns[found.keys[0]], found.keys[0], request.model.type(found.target))]
    if isinstance(found, Scalar):
        stored = found.same_as or name
        if stored in columns:
            target = found.target if isinstance(found, Key) else None
            return [Value(name, columns[stored], stored, None if target is None else request.model.type(target))]
    if isinstance(found, Collection) and (through := found.through) is not None and not found.where:
        links = request.model.type(through.link)
        if links.primary_key == ("id",) and request.model.table(links).info.get(KEPT):
            # Members may be of other types of the family.
            return [Members(name, links, through.own, through.other, request.model.type(found.target).root)]
    known = [each for each, attribute in owner.attributes.items() if each in columns and not attribute.hidden]
    near = suggestion(nearest(name, known))
    raise QueryError(
        f"{entity_type.name}.{name} has no history: only plain values, references to one entity, a key of metadata or "
        f"of custom attributes ({_METADATA}.lens, {_CUSTOM}.fps) and the items of lists have one.{near}"
    )


def _changes(
    request: Request, entity_type: EntityType, ids: Sequence[str], asked: Sequence[Value | Part | Members]
) -> list[dict[str, Any]]:
    """Return what became of the attributes, with the names of entities whose ids are values, if the caller may know."""
    entries = entries_of(request, entity_type.table, ids)
    visible = _Known(request, entity_type).visible(ids, entries)
    known, values = sorted(visible), [each for each in asked if isinstance(each, Value)]
    found = [trace_values(request, entity_type, known, values, [each for each in entries if each.key in visible])]
    found += [trace_part(request, known, each) for each in asked if isinstance(each, Part)]
    for members in (each for each in asked if isinstance(each, Members)):
        traced, target = trace_members(request, known, members), members.target
        changed = sorted({change[side] for _, change in traced for side in ("old", "new") if change[side] is not None})
        seen = _Known(request, target).visible(changed, entries_of(request, target.table, changed))
        found.append([each for each in traced if (each[1]["old"] or each[1]["new"]) in seen])
    changes = in_order(found)
    for each in asked:
        if isinstance(each, Part) or each.target is None:
            continue
        own = [change for change in changes if change["attribute"] == each.name]
        sides = {change[side] for change in own for side in ("old", "new") if change[side] is not None}
        names = _Known(request, each.target).names(sorted(sides))
        for change in own:
            change |= {f"{side}_name": names.get(change[side]) for side in ("old", "new")}
    return changes


class _Known:
    """What the caller may know of entities of one type, also of those that were deleted."""

    def __init__(self, request: Request, entity_type: EntityType) -> None:
        self._request = request
        self._type = entity_type

    def visible(self, ids: Sequence[str], entries: Iterable[Entry]) -> set[str]:
        """Return those that the caller may see, or might if they were still there.

        Args:
            ids: The entities.
            entries: What is kept of them.
        """
        kinds, kind = {each.name for each in self._request.model.subtypes(self._type)}, self._type.discriminator
        deleted = {entry.key: values_of(entry.old) for entry in entries if entry.kind == DELETE}
        found = set(self._values(ids, "id"))
        of_type = {key: row for key, row in deleted.items() if kind is None or row.get(kind) in kinds}
        gone = {key: row for key, row in of_type.items() if key not in found}
        if not gone:
            return found
        there_again = Undone(standard_model().metadata.tables[self._type.table])
        for key, row in gone.items():
            there_again.undo_deletion((key,), row)

        def find(names: Names[str]) -> Mapping[str, Undone]:
            return {name: there_again for name in names if name == self._type.table}

        # What exists under one of these keys is of another type, or not for the caller to see.
        with standing(self._request, find, self._deleted_projects(gone.values())):
            return found.union(self._values(list(gone), "id"))

    def names(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return what the entities are called, by id."""
        attribute = next((name for name in _NAMES if name in self._type.stored()), None)
        attribute = attribute or ("name" if self._request.model.find_attribute(self._type, "name") else None)
        if attribute is None or not ids:
            return {}
        found = self._values(ids, attribute)
        missing = [each for each in ids if each not in found]
        place = place_of(self._type)
        # Words of the production are for everybody, also those that are not used any more.
        if missing and (policy_of(self._request) is None or (place is not None and place.kind == "schemas")):
            for entry in entries_of(self._request, self._type.table, missing):
                if entry.kind == DELETE:
                    found[entry.key] = values_of(entry.old).get(attribute)
        return found

    def _values(self, ids: Sequence[str], name: str) -> dict[str, Any]:
        """Return an attribute of those entities that the caller may see, by id."""
        found: dict[str, Any] = {}
        if ids:
            text = f"select id, {name} from {self._type.name} where id in ({', '.join(map(quoted, ids))})"  # noqa: S608 - no SQL
            for record in run_text(self._request, text).records:
                found[cast("str", record["id"])] = record.get(name)
        return found

    def _deleted_projects(self, rows: Iterable[Values]) -> set[str]:
        """Return the projects of deleted rows that are gone, but for those that are known to have been open."""
        request, home = self._request, (place_of(self._type) or Place()).home
        projects = {row[home] for row in rows if home and row.get(home) is not None}
        if not projects or policy_of(request) is None:
            return set()
        project = request.model.type("Project")
        table = request.model.table(project)
        is_there = sa.select(table.c.id).where(among(table.c.id, list(projects)))
        gone = projects.difference(request.connection.execute(is_there).scalars())
        entries = entries_of(request, project.table, sorted(gone)) if gone else []
        last = {entry.key: values_of(entry.old) for entry in entries if entry.kind == DELETE}
        return {each for each in gone if each not in last or last[each].get("is_private")}


def _texts(operation: Mapping[str, Any], name: str) -> list[str]:
    values = operation.get(name)
    texts = cast("list[Any]", values) if isinstance(values, list) else []
    if not texts or not all(isinstance(each, str) for each in texts):
        raise ValidationError(f'The action "history" needs "{name}" to be a list of texts; got {shown(values)}.')
    return texts
