"""Setting an attribute of all entities of a collection: resolve, spread, check everything, then record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from trackteroid.collections.change.convert import check_is_there, convert
from trackteroid.collections.change.names import Subject
from trackteroid.collections.change.record import all_or_nothing, check_settable, set_mappings
from trackteroid.collections.change.vocabulary import check_assignable
from trackteroid.collections.collection import (
    CUSTOM_PREFIX,
    BoundCollection,
    binding_of,
    find_attribute,
    follow,
    frame_of,
    type_name_of,
)
from trackteroid.collections.container import Container
from trackteroid.collections.fetching import attach
from trackteroid.collections.missing import check_loaded
from trackteroid.errors import AssignmentError, EntityCollectionOperationError, RelationError
from trackteroid.relationships import relations_of
from trackteroid.schema import AttributeSchema, Schema, Step, parse_path


def assign(owner: Container, name: str, value: object) -> None:
    """Record that attribute *name* of every entity of *owner* becomes *value*.

    Raises:
        AssignmentError: a value does not fit, or there are too few or too many.
        UnknownAttributeError: there is no such attribute.
        SharedVocabularyError: the whole site would have it changed.
        EntityCollectionOperationError: the values belong to another session, or the owner of the attribute is empty.
    """
    types = binding_of(owner).types
    attribute = find_attribute(owner, name)
    if attribute is not None or name.startswith(CUSTOM_PREFIX):
        check_assignable(owner, name, value)
    if attribute is not None:
        _assign_attribute(owner, attribute, value, types)
    elif name.startswith(CUSTOM_PREFIX) and find_attribute(owner, "custom_attributes"):
        _assign_custom(owner, name.removeprefix(CUSTOM_PREFIX), value)
    elif types.find_type(name):
        related, step = _relation_owner(owner, name)
        check_assignable(related, step.attribute, value)
        _assign_attribute(related, _assignable(related, step), value, types)
    else:
        owner.attribute(name)  # raises the error that suggests similar names


def _assign_attribute(owner: Container, attribute: AttributeSchema, value: object, types: Schema) -> None:
    check_loaded(owner, attribute)
    if attribute.computed:
        raise AssignmentError(f'"{attribute.name}" of {owner!r} is computed by the server and cannot be set.')
    entities = owner.values()
    values = [
        convert(attribute, each, owner, types, Subject(entity.entity_type, entity))
        for entity, each in zip(entities, _spread(owner, attribute, value), strict=True)
    ]
    check_settable(entities, attribute.name)
    session = binding_of(owner).session
    attach(session, entities)
    if attribute.kind == "mapped":
        if attribute.name == "custom_attributes":
            _set_custom(owner, values)
        else:
            set_mappings(session, entities, attribute.name, values, replace=True)
        return
    with all_or_nothing(session):
        for entity, each in zip(entities, values, strict=True):
            entity[attribute.name] = each


def _assign_custom(owner: Container, key: str, value: object) -> None:
    values = _each(owner, f"{CUSTOM_PREFIX}{key}", value)
    _set_custom(owner, [{key: each} for each in values])


def _set_custom(owner: Container, values: Sequence[dict[str, Any]]) -> None:
    for key, each in (pair for given in values for pair in given.items()):
        check_is_there(f"{CUSTOM_PREFIX}{key}", each)
    set_mappings(binding_of(owner).session, owner.values(), "custom_attributes", values, replace=False)


def _relation_owner(owner: Container, type_name: str) -> tuple[Container, Step]:
    """Return the collection that has the attribute which ``collection.TypeName`` reads, and that attribute."""
    bound = binding_of(owner)
    relation = relations_of(bound.session, bound.schema).relation(type_name_of(owner), type_name)
    if len(relation.paths) != 1:
        paths = ", ".join(relation.paths)
        raise RelationError(
            f"{type_name} is reached from {owner!r} on several paths ({paths}), so it is not clear which attribute to "
            f"set. Set one of these attributes by its name."
        )
    steps = parse_path(relation.paths[0])
    before, last = steps[:-1], steps[-1]
    related = follow(owner, before)
    unloaded = frame_of(related).unloaded
    if unloaded is not None:
        path = ".".join(step.attribute for step in before)
        raise unloaded.refusal(f'Cannot set "{type_name}" through "{path}", which is empty or not all of it')
    if not isinstance(related, Container):
        path = ".".join(step.attribute for step in before)
        raise EntityCollectionOperationError(
            f'Cannot set "{type_name}" through "{path}", which is empty. Check first that it is not.'
        )
    return related, last


def _assignable(owner: Container, step: Step) -> AttributeSchema:
    attribute = find_attribute(owner, step.attribute)
    if attribute is None:
        raise AssignmentError(f'{owner!r} has no attribute "{step.attribute}" to set.')
    if attribute.kind == "collection" and step.cast:
        raise AssignmentError(
            f'"{step.cast}" is only a part of "{attribute.name}" of {owner!r}. Setting it would drop the rest, '
            f'so set "{attribute.name}" as a whole.'
        )
    return attribute


def _spread(owner: Container, attribute: AttributeSchema, value: object) -> Sequence[object]:
    """Return one value for each entity of the owner."""
    if value is None:
        return [None] * len(owner)
    if attribute.kind == "collection" and len(owner) == 1:
        return [value]
    if attribute.kind == "reference" and isinstance(value, str):
        return [value] * len(owner)
    if attribute.kind == "reference" and isinstance(value, Container):
        _check_length(owner, attribute.name, len(value))
        return value.values()
    if attribute.kind == "collection" and isinstance(value, BoundCollection):
        raise AssignmentError(
            f'Each of the {len(owner)} elements has its own "{attribute.name}": assign a list with one collection for '
            f"each of them, or use `apply`."
        )
    return _each(owner, attribute.name, value)


def _each(owner: Container, name: str, value: object) -> Sequence[object]:
    if value is None:
        return [None] * len(owner)
    if isinstance(value, list | tuple):
        values = cast("list[Any]", value)
        _check_length(owner, name, len(values))
        return values
    _check_length(owner, name, 1)
    return [value]


def _check_length(owner: Container, name: str, given: int) -> None:
    if given != len(owner):
        raise AssignmentError(
            f'"{name}" of {owner!r} takes {len(owner)} values, but {given} given. Assign a list of one value for each '
            f"element, or give all of them the same with `collection.apply(lambda _: value, {name!r})`."
        )
