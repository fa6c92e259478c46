"""The pen the demo production is written with: it turns short lines into operations."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from trackteroid.server.storage import builtin
from trackteroid.values import frozen

_Option = TypeVar("_Option")

_NAMESPACE = uuid.UUID("0f6e9f0e-6d0b-5b57-8d0f-5a9d5f6c1b2a")

#: When work on the demo production began.
START = datetime(2026, 1, 5, 9)


@frozen
class Entity:
    """Something that exists: its type and id, and the path it was created under."""

    type: str
    id: str
    path: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def parent_path(self) -> str:
        """All but the last part of the path."""
        return self.path.rpartition("/")[0]


class Script:
    """Operations in the making.

    Everything created is known by a path such as ``sync/bc/bc0040/Compositing``, and ``script[path]`` finds it again.
    Ids follow from place and path: they are the same in every run, and sort in the order of creation, so that answers
    to queries without an order read like the production.

    Args:
        actor_id: Id of the user who sends the operations.

    Attributes:
        operations: What was written so far.
        drawings: The data that components have: whose it is, the kind of drawing, and what it shows.
    """

    def __init__(self, actor_id: str) -> None:
        self.operations: list[dict[str, Any]] = []
        self.drawings: list[tuple[str, str, str]] = []
        self.actor = Entity("User", actor_id)
        self._entities: dict[str, Entity] = {}
        self._by_type: defaultdict[str, list[Entity]] = defaultdict(list)
        self._by_place: defaultdict[tuple[str, str], list[Entity]] = defaultdict(list)

    def __getitem__(self, path: str) -> Entity:
        """Return the entity created under `path`."""
        return self._entities[path]

    def find(self, entity_type: str) -> Sequence[Entity]:
        """Return all entities of one type, in the order of creation."""
        return self._by_type[entity_type]

    def find_in(self, path: str, entity_type: str) -> Sequence[Entity]:
        """Return the entities of one type whose paths are directly below another, in the order of creation."""
        return self._by_place[path, entity_type]

    def create(self, entity_type: str, path: str, /, **values: Any) -> Entity:
        """Create an entity under a `path` of its own. Values may be entities, lists of them, and moments."""
        if path in self._entities:
            raise ValueError(f"{path} is created twice")
        entity = self._entities[path] = Entity(entity_type, self._new_id(entity_type, path), path)
        self._by_type[entity_type].append(entity)
        self._by_place[entity.parent_path, entity_type].append(entity)
        self._record("create", entity_type, {"id": entity.id}, values)
        return entity

    def create_row(self, entity_type: str, key: dict[str, str], /, **values: Any) -> None:
        """Create an entity without an id; `key` holds its primary key in the order of the schema."""
        self._record("create", entity_type, key, values)

    def update(self, entity: Entity, /, **values: Any) -> None:
        """Change an entity."""
        self._append("update", entity.type, [entity.id], values)

    def set_custom_attribute(self, configuration_id: str, entity: Entity, value: Any) -> None:
        """Give a context a value of its own for a custom attribute."""
        self._append("update", "ContextCustomAttributeValue", [configuration_id, entity.id], {"value": value})

    def set_metadata(self, entity: Entity, **values: str) -> None:
        """Give an entity key/value pairs."""
        for key, value in values.items():
            self.create_row("Metadata", {"parent_id": entity.id, "key": key}, parent_type=entity.type, value=value)

    def _new_id(self, entity_type: str, path: str) -> str:
        return f"{len(self.operations):08x}{str(uuid.uuid5(_NAMESPACE, f'{entity_type}/{path}'))[8:]}"

    def _record(self, action: str, entity_type: str, key: dict[str, str], values: dict[str, Any]) -> None:
        self._append(action, entity_type, list(key.values()), key | values)

    def _append(self, action: str, entity_type: str, key: list[str], values: dict[str, Any]) -> None:
        data = {"__entity_type__": entity_type} | {name: _wire(value) for name, value in values.items()}
        self.operations.append(
            {"action": action, "entity_type": entity_type, "entity_key": key, "entity_data": data},
        )


def known(entity_type: str, name: str) -> Entity:
    """Return what every server has: the built-in status, type, location ... called `name`."""
    return Entity(entity_type, builtin.find_id(entity_type, name))


def moment(days: float, hours: float = 0) -> datetime:
    """Return a moment of the production, counted from its start."""
    return START + timedelta(days=days, hours=hours)


def in_turn(options: Sequence[_Option], turn: int) -> _Option:
    """Return one of the options, over and over again."""
    return options[turn % len(options)]


def _wire(value: Any) -> Any:
    """Return a value as the clients encode it."""
    if isinstance(value, Entity):
        return {"__entity_type__": value.type, "id": value.id}
    if isinstance(value, datetime):
        return {"__type__": "datetime", "value": value.isoformat()}
    if isinstance(value, (list, tuple)):
        return [_wire(item) for item in cast("Sequence[Any]", value)]
    return value
