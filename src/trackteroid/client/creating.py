"""New entities of a session: their values are checked and written as they are kept, and they are made in one pass.

ftrack_api makes an entity with a place for every attribute there is, records its creation, makes a second entity, which
it attaches to the session, and merges the first into the second attribute by attribute. Here there is only the second
one. What is recorded and what the session holds is the same.

Whatever is unusual (an entity class with ways of its own, lists among the values, entities that the session does not
hold) is left to ftrack_api.

`ensured` lets several processes make the same entity at once: one of them makes it, the others get it. It is looked
for, and created and committed if there is none. Somebody else may do the same in between; a server that lets the name
occur only once then refuses the second one.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from typing import Any

import ftrack_api.entity.factory
from ftrack_api.entity.base import Entity
from ftrack_api.exception import NoResultFoundError
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import (
    Places,
    Values,
    find_in_memory,
    forget,
    has_unset,
    identity_of,
    is_entity,
    keep_in_memory,
    key_of,
    key_of_operation,
    memory_of,
    new_storage,
)
from trackteroid.client.hydration.answers import REFERENCE, SCALAR, Recipe, can_hydrate
from trackteroid.client.local_changes import LocalChanges, assignment, check_value, creation, is_sendable, is_watched
from trackteroid.errors import RefusedError, UnknownEntityTypeError, nearest, suggest
from trackteroid.schema.types import schema_of
from trackteroid.spelling import quoted, to_datetime, written_id
from trackteroid.values import frozen


def type_called(session: Session, name: object) -> Any:
    """Return the class of the entities of this type.

    Raises:
        UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
    """
    text = str(name)
    if isinstance(name, str):
        with suppress(KeyError):
            return session.types[text]
    meant = suggest(text, session.types) if isinstance(name, str) else ' Give its name as text, such as "Task".'
    raise UnknownEntityTypeError(
        f'The server has no entity type "{text}".{meant}', name=text, near=nearest(text, session.types)
    )


def new_values(session: Session, entity_type: str, data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the values of an entity that is to be created; ftrack_api leaves out what its type has no attribute for.

    Raises:
        UnknownEntityTypeError: the server has no such type.
        UnsendableValueError: a value cannot be sent.
    """
    attributes = type_called(session, entity_type).attributes
    for name, value in (data or {}).items():
        if attributes.get(name) is None:
            session.logger.warning(
                '%s has no attribute "%s", so the value that was given for it is left out.%s',
                *(entity_type, name, suggest(str(name), attributes.keys())),
            )
        if not is_sendable(value):
            check_value(f'"{name}" of {entity_type}', value)
    return data


def with_written_id(data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return values of an entity with its id as it is kept, so that no entity is kept twice."""
    found = None if data is None else data.get("id")
    if data is None or not isinstance(found, str) or written_id(found) == found:
        return data
    return {**data, "id": written_id(found)}


#: The methods through which ftrack_api makes an entity, besides those that decide what it holds.
CREATING_METHODS = ("__init__", "_construct")


@frozen
class Form:
    """What becomes of values that are given under the same names.

    Attributes:
        scalars: the attributes with plain values that are given.
        defaults: the values of attributes that are not given.
        made: what makes the values of other attributes that are not given.
        order: the attributes with plain values, in the order of the schema.
        places: where all these values are kept, behind them the references that are given.
        has_key: whether there is a value of each part of the key among them.
    """

    scalars: tuple[str, ...]
    defaults: dict[str, Any]
    made: tuple[tuple[str, Callable[[Entity], Any]], ...]
    order: tuple[str, ...]
    places: Places
    has_key: bool


@frozen
class Blueprint:
    """How entities of one type are created.

    Attributes:
        recipe: how they are made.
        is_usual: whether they are created the way this module does it.
        size: how many attributes the type has; plugins may add some.
        forms: what is known of the names that were given so far; None for those that ftrack_api has to deal with.
    """

    recipe: Recipe
    is_usual: bool
    size: int
    forms: dict[tuple[str, ...], Form | None] = field(default_factory=dict[tuple[str, ...], Form | None])

    @classmethod
    def of(cls, entity_class: type[Entity]) -> "Blueprint":
        """Return the one for entities of this class."""
        recipe = Recipe.of(entity_class)
        is_usual = (
            recipe.is_plain
            and all(getattr(entity_class, name) is getattr(Entity, name) for name in CREATING_METHODS)
            and all(is_watched(attribute) and _has_usual_default(attribute) for attribute in recipe.attributes.values())
        )
        return cls(recipe, is_usual, len(entity_class.attributes))

    def form(self, names: tuple[str, ...]) -> Form | None:
        """Return what becomes of values that are given under these *names*."""
        if names not in self.forms:
            self.forms[names] = self._form(names)
        return self.forms[names]

    def _form(self, names: tuple[str, ...]) -> Form | None:
        attributes = self.recipe.attributes
        kinds = {name: type(attributes[name]) for name in names if name in attributes}
        if not set(kinds.values()) <= {SCALAR, REFERENCE}:
            return None
        scalars = tuple(name for name, kind in kinds.items() if kind is SCALAR)
        defaults: dict[str, Any] = {
            name: attribute.default_value
            for name, attribute in attributes.items()
            if name not in kinds and attribute.default_value is not NOT_SET
        }
        valued = {*scalars, *defaults}
        order = tuple(name for name in attributes if name in valued)
        references = tuple(name for name, kind in kinds.items() if kind is REFERENCE)
        return Form(
            scalars,
            {name: default for name, default in defaults.items() if not callable(default)},
            tuple((name, default) for name, default in defaults.items() if callable(default)),
            order,
            Places((*order, *references), is_local=True, references=references),
            valued.issuperset(self.recipe.key_names),
        )


def _has_usual_default(attribute: Any) -> bool:
    default = attribute.default_value
    if default is NOT_SET:
        return True
    return type(attribute) is SCALAR and (
        not callable(default) or default.__module__ == ftrack_api.entity.factory.__name__
    )


def created(
    session: Session,
    entity_type: str,
    data: Mapping[str, Any],
    blueprints: dict[type[Entity], Blueprint],
    changes: LocalChanges,
) -> Entity | None:
    """Return a new entity of *session*, or None, with nothing done, if it is for ftrack_api to create it.

    Args:
        session: where it is created.
        entity_type: its type, which exists.
        data: its values.
        blueprints: what is known of types, kept by the caller.
        changes: where the session notes what has local values.
    """
    blueprint = _blueprint(session.types[entity_type], blueprints)
    form = blueprint.form(tuple(data)) if blueprint.is_usual and can_hydrate(session) else None
    if form is None:
        return None
    with session._thread_lock:
        cache = memory_of(session)._cache
        references = [data[name] for name in form.places.references]
        for value in references:
            # Merging an entity that is in the cache changes nothing.
            if value is not None and not (is_entity(value) and cache.get(identity_of(value) or "") is value):
                return None
        storage = Values(form.places)
        entity = blueprint.recipe.new(session, storage)
        values = {**form.defaults, **{name: make(entity) for name, make in form.made}}
        for name in form.scalars:
            values[name] = data[name]
        if not form.has_key or has_unset(values.values()):
            return None
        key = OrderedDict([(name, str(values[name])) for name in blueprint.recipe.key_names])
        text = f"{blueprint.recipe.prefix}{', '.join(map(repr, key.values()))}])"
        if text in cache:
            return None
        values = {name: values[name] for name in form.order}
        storage.row = (form.places, *values.values(), *references)
        if session.record_operations:
            kind, push = blueprint.recipe.entity_class.entity_type, session.recorded_operations.push
            push(creation(kind, key, values))
            for name, value in zip(form.places.references, references, strict=True):
                push(assignment(kind, key, name, NOT_SET, value))
        cache[text] = entity
        changes.add(entity)
        return entity


def held(session: Session, entity_class: type[Entity], key: Mapping[str, str]) -> Entity:
    """Return the entity of *session* with this key, which the server has; one without any values if there was none."""
    blueprints: dict[type[Entity], Blueprint] | None = getattr(session, "_blueprints", None)
    if blueprints is not None and can_hydrate(session):
        recipe = _blueprint(entity_class, blueprints).recipe
        if recipe.is_plain:
            found = find_in_memory(session, entity_class.entity_type, key.values())
            if found is None:
                storage = new_storage()
                for name, value in key.items():
                    storage[name] = {"local": NOT_SET, "remote": value}
                found = recipe.new(session, storage)
                keep_in_memory(session, entity_class.entity_type, key.values(), found)
            return found
    return session.merge(entity_class(session, data=dict(key), reconstructing=True))


def _blueprint(entity_class: type[Entity], blueprints: dict[type[Entity], Blueprint]) -> Blueprint:
    blueprint = blueprints.get(entity_class)
    if blueprint is None or blueprint.size != len(entity_class.attributes):
        blueprint = blueprints[entity_class] = Blueprint.of(entity_class)
    return blueprint


#: What servers call a refusal because there is such an entity already.
_REPEATED = re.compile(r"\b(IntegrityError|DuplicateEntryError)\b")


def ensured(
    session: Session, entity_type: str, data: Mapping[str, Any], identifying_keys: Sequence[str] | None = None
) -> Entity:
    """Return the one entity with this data, found or made.

    Where the server has another one of that name, what was made is taken back and looked for again. Operations that
    were pending before stay pending.

    Raises:
        KeyError: an identifying key is not among the data.
        ValueError: there is nothing to look for it by.
        RefusedError: the server refuses it all the same: because of another entity than the one that was looked for,
            or because of what was pending before.
    """
    names = list(identifying_keys or data)
    if not names:
        raise ValueError(f"There is nothing to look for a {entity_type} by. Give some data, such as its name.")
    # The query asks for all that the entity is going to be compared with.
    kind = schema_of(session).type(entity_type)
    compared = [name for name in data if name in kind.attributes and kind.attributes[name].projectable]
    conditions = " and ".join(_condition(name, data[name]) for name in names)
    query = " ".join(("select", ", ".join(compared or kind.primary_key), "from", entity_type, "where", conditions))
    found = _attempt(session, entity_type, data, query)
    if isinstance(found, RefusedError):
        found = _attempt(session, entity_type, data, query)
    if isinstance(found, RefusedError):
        raise found
    return found


def is_of_another(refusal: RefusedError) -> bool:
    """Return whether a server refuses something because there is such an entity already."""
    return bool(_REPEATED.search(str(refusal)))


def _condition(name: str, value: object) -> str:
    """Return the condition that an attribute has this value, which never becomes anything else in a query."""
    if value is None:
        return f"{name} is none"
    if isinstance(value, Entity):
        return f"{name}.{value.primary_key_attributes[0]} is {quoted(key_of(value)[1][0])}"
    moment = to_datetime(value)
    text = value if moment is None else moment.replace(microsecond=0, tzinfo=None).isoformat()
    return f"{name} is {quoted(text)}"


def _attempt(session: Session, entity_type: str, data: Mapping[str, Any], query: str) -> Entity | RefusedError:
    """Return the entity, or why what was made, of which nothing is left, was refused as a second one."""
    before = tuple(session.recorded_operations)
    try:
        # What is there is compared with the data, so it has to be loaded.
        with session.auto_populating(True):
            try:
                entity = session.query(query).one()
            except NoResultFoundError:
                entity = session.create(entity_type, data)
                session.commit()
                return entity
            different = {name: value for name, value in data.items() if entity[name] != value}
            for name, value in different.items():
                entity[name] = value
            if different:
                session.commit()
            return entity
    except RefusedError as refusal:
        known = set(map(id, before))
        made = [
            operation
            for operation in session.recorded_operations
            if isinstance(operation, CreateEntityOperation) and id(operation) not in known
        ]
        if not made or not is_of_another(refusal):
            raise
        for each in made:
            forget(session, *key_of_operation(each))
        session.recorded_operations.clear()
        for each in before:
            session.recorded_operations.push(each)
        return refusal
