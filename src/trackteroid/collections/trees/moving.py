"""Moving entities, with all that is below them, below another parent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import key_of, members, memory_of, remote_value, set_remote_value, stored_value
from trackteroid.client.hydration.together import ask, together
from trackteroid.collections.allowed import workflows
from trackteroid.collections.change.pending import all_or_nothing, change
from trackteroid.collections.context import Selection, context_of
from trackteroid.collections.fetching import loading
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees.hierarchy import Ancestry, ancestry_of, below
from trackteroid.collections.trees.target import (
    Target,
    check_allowed,
    check_names,
    only_parent,
    parent_attribute,
    project_of,
    taken_names,
)
from trackteroid.schema.types import Schema

_VERB = "move"

#: What has to be known of what is moved, where it has these attributes.
NEEDED = ("name", "parent_id", "type_id", "status_id", "type.name", "status.name")

#: What the server works out from where an entity is.
_DERIVED = ("link", "_link", "ancestors", "project", "project_id")


def move(selection: Selection, parent: object) -> list[FtrackEntity]:
    """Record that the entities are below *parent* from now on; return those that were somewhere else before.

    Raises:
        EntityCollectionOperationError: they cannot be there: it is below them, a name is taken, or the project of the
            new parent does not allow something. Nothing has changed then.
    """
    refuse_unloaded(selection, f"Cannot move {selection!r}, which is not all of it")
    if not selection.values():
        return []
    session, types = context_of(selection).session, context_of(selection).types
    entities, above = selection.values(), only_parent(selection, parent, _VERB)
    target, names, ancestry, _ = ask(
        session,
        together(
            Target.find(selection, above, _VERB),
            taken_names(session, above),
            ancestry_of(session, entities),
            loading(session, entities, NEEDED, only_missing=True),
        ),
    )
    new_parent = target.above[0].id
    moving = [each for each in entities if [place.id for place in ancestry.of_entity(each)[1:2]] != [new_parent]]
    contexts = [each for each in moving if types.is_a(each.entity_type, "TypedContext")]
    check_names(names, [(each, str(stored_value(each, "name"))) for each in contexts], _VERB)
    leaving = [each for each in contexts if project_of(ancestry.of_entity(each)) != target.project_id]
    if leaving and target.project_id is not None:
        inside, allowed = ask(
            session, together(below(session, leaving, "TypedContext", NEEDED), workflows(session, [target.project_id]))
        )
        if target.project_id in allowed:
            check_allowed(allowed[target.project_id], [*leaving, *inside], _VERB)
    _record(session, types, moving, target.parent)
    if moving:
        forget_places(session, [key_of(each)[1][0] for each in moving], ancestry, target)
    return moving


def _record(session: Session, types: Schema, moving: Sequence[FtrackEntity], parent: FtrackEntity) -> None:
    before = [(each, *members(stored_value(each, parent_attribute(types, each)))) for each in moving]
    with all_or_nothing(session):
        for entity in moving:
            entity[parent_attribute(types, entity)] = parent
    for entity, *owners in before:
        lists = {"Asset": "assets", "AssetVersion": "versions"}
        name = next((each for kind, each in lists.items() if types.is_a(entity.entity_type, kind)), "children")
        for owner in owners:
            change(session, owner, name, remove=[entity])
        change(session, parent, name, add=[entity])


def forget_places(session: Session, moved: Sequence[str], ancestry: Ancestry, target: Target) -> None:
    """Forget what the server has said of where entities are that were moved, and what is above and below them.

    It is not so any more after the commit, and reads as not loaded rather than as it was.
    """
    ids = set(moved)
    above = {place.id for key in moved for place in ancestry.of(key)[1:]} | {place.id for place in target.above}
    for entity in list(memory_of(session).values()):
        key = key_of(entity)[1][0]
        link: Any = remote_value(entity, "link") if entity.attributes.get("link") else None
        if key in ids or any(each["id"] in ids for each in link or ()):
            _unload(entity, _DERIVED)
        elif key in above:
            _unload(entity, ("descendants",))


def _unload(entity: FtrackEntity, names: Sequence[str]) -> None:
    for name in names:
        if entity.attributes.get(name) and remote_value(entity, name) is not NOT_SET:
            set_remote_value(entity, name, NOT_SET)
