"""Random conversations that a stock ``ftrack_api`` session and ours have, step by step, and what each holds then."""

import json
import re
from random import Random
from typing import Any

import client_worlds
import ftrack_api.inspection
from client_support import FakeServer, Mounting
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET

from trackteroid.client import local_changes
from trackteroid.schema.membership import reference_keys
from trackteroid.schema.types import schema_of


def describe(value: Any, session: Any) -> Any:
    """Return what there is to say about a value: its kind, content, owner, and whether it is the cached entity."""
    if isinstance(value, Entity):
        key = "unknown"
        try:
            key = str(ftrack_api.inspection.identity(value))
            attached = session.cache.get(key) is value
        except KeyError:  # not cached, or without a key since the creation of the entity was taken back
            attached = False
        return ("entity", type(value).__name__, key, attached)
    if isinstance(value, MappedCollectionProxy):
        return (type(value).__name__, value.mutable, describe(value.collection, session))
    if isinstance(value, Collection):
        owner = describe(value.entity, session)
        items = [describe(item, session) for item in value]
        return ("collection", value.mutable, value.attribute.name, owner, items, sorted(value._identities))
    if isinstance(value, list):
        return [describe(item, session) for item in value]
    if value is NOT_SET:
        return "not set"
    return (type(value).__name__, repr(value))


def stored(session: Any) -> dict[str, Any]:
    """Return everything the session's cache holds, value by value, without touching any of it."""
    return {
        key: {
            "class": type(entity).__name__,
            "values": {
                attribute.name: (
                    describe(attribute.get_local_value(entity), session),
                    describe(attribute.get_remote_value(entity), session),
                )
                for attribute in entity.attributes
                if attribute.is_set(entity)
            },
            "state": _state(entity),
        }
        for key, entity in session._local_cache._cache.items()
    }


def _state(entity: Entity) -> str:
    try:
        return str(ftrack_api.inspection.state(entity))
    except KeyError:
        return "unknown"


def read(session: Any) -> dict[str, Any]:
    """Return every value of every entity as a user reads it."""
    return {
        key: {name: _read(entity, name, session) for name in entity if not name.startswith("custom_attributes")}
        for key, entity in list(session._local_cache._cache.items())
    }


def _read(entity: Entity, name: str, session: Any) -> Any:
    try:
        return describe(entity[name], session)
    except Exception as error:  # noqa: BLE001 - both have to raise it
        return type(error), without_addresses(error)


def without_addresses(error: Exception) -> str:
    return re.sub(r"object (at )?\w+", "object", str(error))


def pending(session: Any) -> list[Any]:
    return [
        (
            type(operation).__name__,
            operation.entity_type,
            dict(operation.entity_key),
            getattr(operation, "attribute_name", None),
            describe(getattr(operation, "new_value", None), session),
        )
        for operation in session.recorded_operations
    ]


def as_caught(error: Exception) -> type:
    """Return the class that code for ftrack_api catches: our own errors derive from it."""
    return next(each for each in type(error).__mro__ if not each.__module__.startswith("trackteroid"))


class Conversation:
    """One random series of queries, and of changes that are never sent, done with one session."""

    def __init__(self, session: Any, server: FakeServer, seed: int) -> None:
        self.session, self.server, self.random = session, server, Random(seed)
        server.answer = self.respond
        self.next_answer = b""
        self.created = 0

    def respond(self, operation: dict[str, Any]) -> Any:
        if operation["action"] == "query":
            return self.next_answer
        names = self.session.types[operation["entity_type"]].primary_key_attributes
        key = dict(zip(names, operation["entity_key"], strict=True))
        data = {"__entity_type__": operation["entity_type"], **key, **operation.get("entity_data", {})}
        return {"action": operation["action"], "data": data}

    def step(self) -> Any:
        kinds = (self.query, self.query, self.query, self.assign, self.append, self.create, self.look)
        kind = self.random.choice((*kinds, self.rollback))
        seed = self.random.random()
        try:
            return kind.__name__, kind(Random(seed))
        except Exception as error:  # noqa: BLE001 - both have to raise it
            return kind.__name__, as_caught(error), without_addresses(error)

    def query(self, random: Random) -> Any:
        self.next_answer = client_worlds.answer(random)
        return [describe(entity, self.session) for entity in self.session.query("select id from Task").all()]

    def any_entity(self, random: Random) -> Entity:
        cached = self.session._local_cache._cache
        return cached[random.choice(sorted(cached))]

    def assign(self, random: Random) -> Any:
        entity = self.any_entity(random)
        attribute = random.choice([each for each in entity.attributes if self.assigns(each)])
        if hasattr(attribute, "entity_type"):
            entity[attribute.name] = self.any_target(random)
        else:
            entity[attribute.name] = random.choice(("mine", 5, None))
        return attribute.name

    def assigns(self, attribute: Any) -> bool:
        return True

    def any_target(self, random: Random) -> Entity:
        return self.any_entity(random)

    def append(self, random: Random) -> Any:
        entity = self.any_entity(random)
        names = [attribute.name for attribute in entity.attributes if hasattr(attribute, "collection_class")]
        name = random.choice([name for name in names if not name.startswith("custom_attributes")])
        if isinstance(entity[name], Collection):
            entity[name].append(self.any_entity(random))
        else:
            entity[name]["a"] = random.choice(("mine", "b"))
        return name

    def create(self, random: Random) -> Any:
        self.created += 1
        data = {"id": f"new{self.created}", "name": "new"}
        return describe(self.session.create(random.choice(("Task", "Shot", "Asset", "Status")), data), self.session)

    def look(self, random: Random) -> Any:
        entity = self.any_entity(random)
        name = random.choice([name for name in entity if not name.startswith("custom_attributes")])
        return describe(entity[name], self.session)

    def rollback(self, random: Random) -> Any:
        self.session.rollback()


class Committing(Conversation):
    """A conversation of changes of every kind but those of lists, and of answers that carry more than was sent.

    References and their ids always come together, so that ftrack_api has both right.
    """

    def respond(self, operation: dict[str, Any]) -> Any:
        if operation["action"] == "query":
            return self.next_answer
        if operation["action"] == "delete":
            return {"action": "delete", "data": True}
        data = super().respond(operation)["data"]
        random = Random(json.dumps(operation, sort_keys=True))
        more = client_worlds.Moment(random).record(operation["entity_type"], 0) if random.random() < 0.5 else {}
        return {"action": operation["action"], "data": self._paired(more | data)}

    def assigns(self, attribute: Any) -> bool:
        return not hasattr(attribute, "collection_class")

    def any_target(self, random: Random) -> Entity:
        cached = self.session._local_cache._cache
        return cached[random.choice(sorted(key for key in cached if ", [" in key and key.count("'") == 4))]

    def _paired(self, data: dict[str, Any]) -> dict[str, Any]:
        schema = schema_of(self.session)
        paired = dict(data)
        for reference, key in reference_keys(schema, data["__entity_type__"]).items():
            if key in schema.type(data["__entity_type__"]).primary_key:
                continue
            target = schema.attribute(data["__entity_type__"], reference).target
            if data.get(reference):
                paired[key] = data[reference].get("id", data.get(key))
            elif reference in data:
                paired[key] = None
            elif data.get(key) is not None:
                paired[reference] = {"__entity_type__": target, "id": data[key]}
            elif key in data:
                paired[reference] = None
        return paired

    def step(self) -> Any:
        kinds = (self.query, self.assign, self.assign, self.create, self.look, self.look, self.delete)
        more = (self.unrecorded, self.take_back, self.forget)
        kind = self.random.choice((*kinds, *more, self.commit, self.commit, self.rollback, self.refused))
        seed = self.random.random()
        try:
            return kind.__name__, kind(Random(seed))
        except Exception as error:  # noqa: BLE001 - both have to raise it
            return kind.__name__, as_caught(error)

    def delete(self, random: Random) -> Any:
        self.session.delete(self.any_entity(random))

    def unrecorded(self, random: Random) -> Any:
        with self.session.operation_recording(False):
            return self.assign(random)

    def commit(self, random: Random) -> Any:
        self.session.commit()
        self.forget_pending()

    def forget_pending(self) -> None:
        """Forget what cancels itself out, which stays pending with ftrack_api."""
        if len(self.session.recorded_operations):
            self.session.rollback()

    def take_back(self, random: Random) -> Any:
        return type(self.session.recorded_operations.pop()).__name__

    def forget(self, random: Random) -> Any:
        entity = self.any_entity(random)
        for name in random.sample(list(entity), 5):
            if name not in entity.primary_key_attributes:  # without its key an entity cannot even be described
                del entity[name]

    def refused(self, random: Random) -> Any:
        respond, self.server.answer = self.server.answer, lambda operation: b'{"exception": "No", "content": "never"}'
        try:
            self.session.commit()
            self.forget_pending()
        finally:
            self.server.answer = respond


def patient(server: FakeServer, **arguments: Any) -> Any:
    """Return a session of ftrack_api that merges each copy of an entity as if it came alone, so that it loses none.

    All that merging is its own code; only what it has met in the same answer does not matter to it. Local lists follow
    the server as in ours.
    """
    session = Mounting(server).stock(**arguments)

    def merge_entity(entity: Entity, merged: Any = None) -> Entity:
        key = session.cache_key_maker.key(ftrack_api.inspection.identity(entity))
        if key not in set(session.cache.keys()):
            session.cache.set(key, session._create(entity.entity_type, {}, reconstructing=True))
        return type(session)._merge_entity(session, entity, {})

    session._merge_entity = merge_entity
    local_changes.watch(session.types.values())
    return session


def both(**arguments: Any) -> tuple[tuple[Any, FakeServer], tuple[Any, FakeServer]]:
    """Return a session of ftrack_api that loses no copies, and ours."""
    servers = FakeServer(), FakeServer()
    return (patient(servers[0], **arguments), servers[0]), (Mounting(servers[1]).ours(**arguments), servers[1])
