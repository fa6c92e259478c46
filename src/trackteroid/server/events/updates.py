"""`ftrack.update`: what a transaction has changed, in the words of those who have always listened to it.

Entities and their columns have the names of long ago here, which listeners compare with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

from trackteroid.server.auth.policy import Policy
from trackteroid.server.events.changes import NOWHERE, Reach
from trackteroid.server.events.messages import UPDATE, envelope
from trackteroid.server.model import EntityType, Model

_ACTIONS: Final = {"create": "add", "update": "update", "delete": "remove"}
_APPLICATION: Final = "ftrack.api"
#: Columns that events call otherwise than the schema does.
_CALLED: Final[Mapping[str, Mapping[str, str]]] = {"Context": {"project_id": "showid"}}
#: How long a change is that is not of a value of a custom attribute.
_OWN: Final = 5


def update_event(
    facts: Mapping[str, Any], model: Model, user: tuple[str, str | None], policy: Policy | None = None
) -> dict[str, Any] | None:
    """Return the event that tells of changes, or of those that a policy lets somebody see; None if there are none.

    Args:
        facts: What `changes.record` has written.
        model: The entity types.
        user: The id and the name of who has changed something.
        policy: What limits the one who hears of it.
    """
    seen = [policy is None or is_seen(policy, reach) for reach in facts["reaches"]]
    told = [change for change in facts["changes"] if seen[change[2]]]
    if not told:
        return None
    entities = _Teller(model, facts["nodes"]).entities(told)
    if not entities:
        return None
    user_id, name = user
    data = {
        "entities": entities,
        "user": {"userid": user_id, "name": name or facts["username"]},
        "clientToken": facts["clientToken"],
        "pushToken": facts["pushToken"],
        "parents": list(dict.fromkeys(parent["entityId"] for entity in entities for parent in entity["parents"])),
    }
    source = {
        "applicationId": _APPLICATION,
        "id": facts["clientToken"],
        "user": {"username": facts["username"], "id": user_id},
    }
    return envelope(UPDATE, data, source, facts["id"])


def is_seen(policy: Policy, reaches: Sequence[Reach]) -> bool:
    """Return whether a user may see what is to be reached by all of these permissions; see `auth.reading`."""
    for kind, owner, project in reaches:
        is_own = owner is not None and owner == policy.user_id
        held = policy.own(kind, "read") if is_own else policy.held(kind, "read")
        if held is None:
            return False
        if project is None or (held.everywhere and policy.closed <= held.projects):
            continue
        if project == NOWHERE:
            return False
        if project in policy.closed - held.projects if held.everywhere else project not in held.projects:
            return False
    return True


class _Teller:
    """Tells of changes in the old words."""

    def __init__(self, model: Model, nodes: Sequence[Sequence[Any]]) -> None:
        self._model = model
        self._nodes = nodes
        self._entities: dict[int, dict[str, Any]] = {}

    def entities(self, changes: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return what has become of each entity. Values of custom attributes belong to the entity that has them."""
        own = [change for change in changes if len(change) == _OWN]
        for kind, node, _, old, new in own:
            self._tell(kind, node, old, new)
        for kind, node, _, old, new, key in (change for change in changes if len(change) > _OWN):
            entity = self._entities.get(node)
            if entity is None or entity["action"] != "remove" or kind != "delete":
                entity = entity or self._tell("update", node, {}, {})
                _add(entity, key, _text(old.get("value")), _text(new.get("value")))
        return list(self._entities.values())

    def _tell(self, kind: str, node: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
        entity_type = self._type(node)
        names = _names(entity_type)
        parents = self._parents(node)
        is_moved = kind == "update" and entity_type.root.name == "Context" and "parent_id" in (old.keys() | new.keys())
        entity: dict[str, Any] = {
            "entity_type": entity_type.name,
            "entityType": parents[0]["entityType"],
            "entityId": parents[0]["entityId"],
            "parentId": parents[0]["parentId"],
            "action": "move" if is_moved else _ACTIONS[kind],
            "keys": [],
            "changes": {},
            "parents": parents,
        }
        if entity_type.name in self._model.object_type_ids:
            entity["objectTypeId"] = self._model.object_type_ids[entity_type.name]
        for name in dict.fromkeys((*new, *old)):
            for told in names.get(name, (name,)):
                _add(entity, told, old.get(name), new.get(name))
        self._entities[node] = entity
        return entity

    def _parents(self, node: int) -> list[dict[str, Any]]:
        """Return an entity and everything above it."""
        found: list[dict[str, Any]] = []
        while node >= 0:
            _, entity_id, above = self._nodes[node]
            entity_type = self._type(node)
            found.append(
                {
                    "entityId": entity_id,
                    "entityType": legacy_name(entity_type),
                    "entity_type": entity_type.name,
                    "parentId": self._nodes[above][1] if above >= 0 else None,
                }
            )
            node = above
        return found

    def _type(self, node: int) -> EntityType:
        # An object type may be gone by now.
        return self._model.types.get(self._nodes[node][0]) or self._model.type("TypedContext")


def _add(entity: dict[str, Any], name: str, old: Any, new: Any) -> None:
    if name not in entity["changes"]:
        entity["keys"].append(name)
    entity["changes"][name] = {"old": old, "new": new}


@lru_cache(maxsize=512)
def legacy_name(entity_type: EntityType) -> str:
    """Return what events call the entities of a type, such as ``show`` and ``task``."""
    root = entity_type.root
    if entity_type.name == "Project":
        return "show"
    if root.name == "Context":
        return "task"
    if root.name == "Resource":
        return entity_type.name.lower()
    return (root.alias or root.name).lower().replace("_", "")


@lru_cache(maxsize=512)
def _names(entity_type: EntityType) -> Mapping[str, tuple[str, ...]]:
    """Return what events call the columns of a type."""
    called = _CALLED.get(entity_type.root.name, {})
    names: dict[str, tuple[str, ...]] = {
        name: (called.get(name) or attribute.alias or name,) for name, attribute in entity_type.stored().items()
    }
    if entity_type.root.name == "Context":
        own = {"Project": "showid"}.get(entity_type.name, "taskid")
        names["id"] = tuple(dict.fromkeys(("id", own)))
    return names


def _text(value: Any) -> str | None:
    """Return the value of a custom attribute as text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ",".join(text for each in cast("list[Any]", value) if (text := _text(each)) is not None)
    return json.dumps(value)
