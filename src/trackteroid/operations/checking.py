"""Comparing a plan with what the server holds now."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.operations.conflicts import is_same
from trackteroid.operations.planned import Plan, PlannedChange, PlannedEntity, PlannedFile
from trackteroid.operations.server import Values, current_values
from trackteroid.operations.values import EntityReference, References


def checked(session: Session, planned: Plan) -> Plan:
    """Return *planned* with what the server says about every entity of the files that are not committed."""
    waiting = [item for item in planned.files if item.committed is None]
    entities = list(chain.from_iterable(item.entities for item in waiting))
    wanted: dict[EntityReference, set[str]] = {}
    for item in entities:
        wanted.setdefault(item.entity, set())
        if item.action == "change":
            wanted[item.entity].update(change.attribute for change in item.changes)
    created = {item.entity for item in entities if item.action == "create"}
    # Of what is created the server is only asked whether it exists.
    for entity in created:
        wanted[entity].clear()
    current = current_values(session, wanted)
    here = session.server_information.get("server_id")
    return Plan(tuple(_checked_file(item, current, created, here) for item in planned.files), checked=True)


def _checked_file(
    planned: PlannedFile, current: Mapping[EntityReference, Values], created: set[EntityReference], here: str | None
) -> PlannedFile:
    foreign = None not in (here, planned.server_id) and here != planned.server_id
    if planned.committed is not None:
        return replace(planned, is_foreign=foreign)
    entities = (_checked_entity(item, current, created, planned.sending is not None) for item in planned.entities)
    return replace(planned, entities=tuple(entities), is_foreign=foreign)


def _checked_entity(
    planned: PlannedEntity, current: Mapping[EntityReference, Values], created: set[EntityReference], interrupted: bool
) -> PlannedEntity:
    exists = planned.entity in current
    match planned.action:
        case "create" if exists:
            return replace(planned, finding="done" if interrupted else "exists")
        case "delete" if not exists and planned.entity not in created:
            return replace(planned, finding="done" if interrupted else "gone")
        case "change" if not exists and planned.entity not in created:
            return replace(planned, finding="gone")
        case "change" if planned.entity not in created:
            values = current[planned.entity]
            changes = tuple(_checked_change(change, values[change.attribute]) for change in planned.changes)
            done = bool(changes) and all(change.finding == "done" for change in changes)
            return replace(planned, changes=changes, finding="done" if done else None)
        case _:
            return planned


def _checked_change(change: PlannedChange, now: object) -> PlannedChange:
    checked = replace(change, current=now)
    if isinstance(change.new, References) and isinstance(now, References):
        removed = change.old.items if isinstance(change.old, References) else ()
        done = set(change.new.items) <= set(now.items) and set(now.items).isdisjoint(removed)
        return replace(checked, finding="done") if done else checked
    if is_same(now, change.new):
        return replace(checked, finding="done")
    if change.old is NOT_SET or is_same(now, change.old):
        return checked
    return replace(checked, finding="changed")
