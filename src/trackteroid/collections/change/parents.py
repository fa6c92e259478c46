"""Finding what a new entity belongs to: from where it is created, or from what those beside it have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import members, stored_value, stored_values
from trackteroid.collections.context import Selection, context_of, depth_of, entities_in, find_attribute
from trackteroid.collections.fetching import fetch_missing
from trackteroid.collections.missing import reason
from trackteroid.errors import CreationError
from trackteroid.schema.membership import (
    DERIVED,
    Membership,
    Owned,
    find_membership,
    keys_of_reference,
    memberships_in,
    references_with,
)
from trackteroid.schema.types import Schema
from trackteroid.values import frozen


@frozen
class Place:
    """Where something new is created: in an array attribute of one entity.

    Attributes:
        owner: the entity.
        attribute: which of its attributes.
        membership: what makes something a member; without one, the attribute itself has to be changed.
        values: what attributes of something have to be for it to be there.
    """

    owner: FtrackEntity
    attribute: str
    membership: Membership | None
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return f'"{self.attribute}" of {_called(self.owner)}'


def check_parent_known(near: Selection) -> None:
    """Refuse to create something where what it would belong to was not loaded; nothing else has to be.

    Raises:
        CreationError: it was not.
    """
    unloaded = context_of(near).unloaded
    if unloaded is None or entities_in(near):
        return
    if depth_of(near) > 1 or unloaded.attribute.kind == "reference":
        raise CreationError(
            f"There is nothing that the new {near.entity_type.__name__} could belong to. Load or create its parent "
            f"first. {reason(unloaded)}"
        )


def find_place(near: Selection, given: Mapping[str, Any]) -> Place | None:
    """Return where something new is created that has these values; None beside what a query has found, for instance.

    Raises:
        CreationError: nothing can be put there, or it is not clear whose attribute it is.
    """
    source, type_name, types = near.source, near.entity_type.__name__, context_of(near).types
    attribute = source and find_attribute(source.owner, source.attribute)
    if source is None or attribute is None or attribute.kind != "collection":
        return None
    if attribute.name in DERIVED or not types.is_a(type_name, attribute.accepts):
        return None
    owner = source.owner
    kinds = sorted({each.entity_type for each in owner.values()}) or [owner.entity_type.__name__]
    membership = find_membership(types, kinds[0], attribute.name)
    if len(owner.values()) == 1:
        (only,) = owner.values()
        values = _owned_by(types, type_name, only, membership) if isinstance(membership, Owned) else {}
        return Place(only, attribute.name, membership, values)
    if isinstance(membership, Owned) and given_value(types, type_name, membership.key, given) is not None:
        return None
    if not entities_in(owner):
        raise CreationError(
            f"There is nothing that the new {type_name} could belong to: the collection this one was read "
            f"from is empty too. Create or query its parent first."
        )
    is_part = not source.complete and not source.narrowed
    if is_part and isinstance(membership, Owned) and entities_in(near):
        return None
    raise CreationError(
        f"Ambiguous context: the new {type_name} could belong to any of the {len(owner.values())} entities in "
        f"{owner!r}. Select one of them first."
    )


def belonging(near: Selection, place: Place | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new entity belongs to, besides what is given, as values of its attributes.

    Raises:
        CreationError: there are several possible parents, or none, or another one is given.
    """
    types, type_name, parents = context_of(near).types, near.entity_type.__name__, near.entity_type.parents
    values: dict[str, Any] = {}
    for name, value in place.values.items() if place else ():
        other = given_value(types, type_name, name, given)
        if other is None:
            values[name] = value
        elif other != _identity(value):
            raise CreationError(
                f"A {type_name} that is created in {place} has it as its '{name}', but another one was given. "
                f"Create it in the attribute of that one."
            )
    known = {**values, **given}
    if not parents or not all(given_value(types, type_name, name, known) is None for name in parents):
        return values
    if place is None and entities_in(near):
        return _common_parent(near, parents)
    attribute = types.find_attribute(type_name, parents[0])
    argument = parents[0] if attribute and attribute.kind == "reference" else "parent"
    raise CreationError(
        f"Nothing tells what the new {type_name} belongs to{f', besides being in {place}' if place else ''}. "
        f"Pass it as '{argument}', or create it from an attribute of its parent.{_meant(near)}"
    )


def parent_values(types: Schema, type_name: str, parents: Iterable[str], given: object) -> dict[str, Any]:
    """Return the values with which an entity of a type belongs to *given*; nothing if that is no parent for it."""
    entities: list[object] = [*entities_in(given)] if isinstance(given, Selection) else [given]
    kinds = {entity.entity_type for entity in entities if isinstance(entity, FtrackEntity)}
    if len(kinds) != 1:
        return {}
    (kind,) = kinds
    # How entities of the type may belong to one of this kind, by keys that they hold.
    owners = [each for _, each in memberships_in(types, kind, type_name) if isinstance(each, Owned)]
    if {"parent_id", "parent_type"} <= types.attributes(type_name).keys():
        owners.append(Owned("parent_id", "parent_type"))
    for name in parents:
        attribute = types.find_attribute(type_name, name)
        if attribute is not None and attribute.kind == "reference" and types.is_a(kind, attribute.target or ""):
            return {name: given}
        keyed = [each for each in owners if each.key == name]
        if keyed and len(entities) == 1:
            return keyed[0].columns(kind, str(_identity(entities[0])))
    return {}


def given_value(types: Schema, type_name: str, name: str, data: Mapping[str, Any]) -> object:
    """Return the plain value that is given for an attribute, of a reference the key; None if there is none.

    It is given under its name, or as the reference or the key that stands for it.
    """
    found = data.get(name)
    if found is None and (keys := keys_of_reference(types, type_name, name)):
        values = list(map(data.get, keys))
        found = None if None in values else values[0]
    if found is None:
        for reference in references_with(types, type_name, name):
            if (found := data.get(reference)) is not None:
                break
    return _identity(found)


def _identity(value: object) -> object:
    return stored_value(value, value.primary_key_attributes[0]) if isinstance(value, FtrackEntity) else value


def _owned_by(types: Schema, type_name: str, owner: FtrackEntity, membership: Owned) -> dict[str, Any]:
    """Return the values of a member, with a reference instead of a key where there is one that leads to the owner."""
    values: dict[str, Any] = membership.columns(owner.entity_type, str(stored_value(owner, "id")))
    for name in references_with(types, type_name, membership.key):
        if types.is_a(owner.entity_type, types.attribute(type_name, name).target or ""):
            return {name: owner} | {key: value for key, value in values.items() if key != membership.key}
    return values


def _common_parent(siblings: Selection, parents: tuple[str, ...]) -> dict[str, Any]:
    session, entities, types = context_of(siblings).session, siblings.values(), context_of(siblings).types
    name, count = parents[0], 0
    for name in parents:
        kind = f"{name.removesuffix('_id')}_type"
        names = (name, kind) if types.find_attribute(siblings.entity_type.__name__, kind) else (name,)
        fetch_missing(session, entities, name, *names)
        columns = [stored_values(entities, each) for each in names]
        # What cannot be compared, such as an empty reference, is None.
        plain = [[next(iter(members(value)), value) for value in column] for column in columns]
        rows = dict.fromkeys(zip(*plain, strict=True))
        if len(rows) == 1 and not {None, NOT_SET}.intersection(*rows):
            return dict(zip(names, next(iter(rows)), strict=True))
        count = len(rows)
        if count > 1:
            break
    raise CreationError(
        f"Ambiguous context: the entities in {siblings!r} have {count} different '{name}', so it is not clear "
        f"which one the new entity belongs to. Pass it as '{name}'.{_meant(siblings)}"
    )


def _meant(near: Selection) -> str:
    """Return what was probably meant by creating something somewhere below an entity: right below it."""
    source, type_name = near.source, near.entity_type.__name__
    if source is None or source.attribute != "descendants" or len(source.owner.values()) != 1:
        return ""
    return (
        f" To create it right below {_called(source.owner.values()[0])}: "
        f"`{source.owner.entity_type.__name__.lower()}.children[{type_name}].create(...)`."
    )


def _called(entity: FtrackEntity) -> str:
    name = stored_value(entity, "name") if entity.attributes.get("name") else None
    return f'{entity.entity_type} "{name}"' if isinstance(name, str) else f"{entity.entity_type} {_identity(entity)}"
