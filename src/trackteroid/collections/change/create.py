"""Creating entities: find the parent, check every argument against the schema, then record one creation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.custom_attributes import ATTRIBUTE, configurations
from trackteroid.client.entities import find_in_memory, key_of, members, stored_value, stored_values
from trackteroid.client.hydration.answers import collector_paused
from trackteroid.client.hydration.together import ask, pages_of, together
from trackteroid.collections.change.assign import CUSTOM_PREFIX
from trackteroid.collections.change.convert import convert
from trackteroid.collections.change.names import Subject, is_name, names_of
from trackteroid.collections.change.notes import TARGETS, NoteParts
from trackteroid.collections.change.pending import Made, all_or_nothing, revive, show, without_deleted
from trackteroid.collections.change.record import checked, set_mappings
from trackteroid.collections.context import Selection, context_of, depth_of, entities_in, find_attribute
from trackteroid.collections.fetching import fetch_missing
from trackteroid.collections.missing import reason
from trackteroid.errors import CreationError, UnknownAttributeError
from trackteroid.schema.membership import (
    ABSTRACT_TYPES,
    DERIVED,
    USUAL_KINDS,
    CreationRule,
    Linked,
    Membership,
    Owned,
    creation_rule,
    find_membership,
    keys_of_reference,
    memberships_in,
    references_with,
)
from trackteroid.schema.types import AttributeSchema, Schema, TypeSchema
from trackteroid.values import frozen

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_PARTS = NoteParts()


def check_loaded(near: Selection, batch: Iterable[Mapping[str, Any]]) -> None:
    """Refuse to create entities where what they would belong to was not loaded, or what they are given.

    Nothing else has to be: the first entity can be created in an attribute that was not loaded.

    Raises:
        CreationError: it was not.
    """
    for name, value in (item for each in batch if isinstance(each, Mapping) for item in each.items()):  # pyright: ignore[reportUnnecessaryIsInstance]  # nobody checks our callers
        for part in cast("list[object]", value) if isinstance(value, list | tuple) else (value,):
            if isinstance(part, Selection) and not entities_in(part) and (unloaded := context_of(part).unloaded):
                raise CreationError(f"'{name}' is {part!r}. {reason(unloaded)}")
    unloaded = context_of(near).unloaded
    if unloaded is None or entities_in(near):
        return
    if depth_of(near) > 1 or unloaded.attribute.kind == "reference":
        raise CreationError(
            f"There is nothing that the new {near.entity_type.__name__} could belong to. Load or create its parent "
            f"first. {reason(unloaded)}"
        )


@collector_paused()
def create_batch(near: Selection, batch: Sequence[Mapping[str, Any]]) -> list[FtrackEntity]:
    """Create one entity for each dictionary of arguments beside those of *near* (or the first one there).

    Nothing is created if one of them cannot be.

    Raises:
        CreationError: something is missing, or the parent is not clear.
        UnknownAttributeError: an argument names no attribute; the message suggests similar ones.
        AssignmentError: a value does not fit its attribute.
    """
    if not batch:
        raise CreationError("There is nothing to create: pass at least one dictionary of attributes.")
    for each in batch:
        if not isinstance(each, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] -- nobody checks our callers
            raise CreationError(f"Pass one dictionary for each new entity, not {each!r}. Unpack a list: *dictionaries.")
    session, types = context_of(near).session, context_of(near).types
    creation = _Creation(near, session, types)
    creation.ask(batch)
    creation.check_type()
    prepared = [creation.prepare(arguments) for arguments in batch]
    with all_or_nothing(session):
        created = [creation.record(each) for each in prepared]
    show(session, types, creation.made)
    return created


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


@frozen
class Prepared:
    """All that is needed to create one entity.

    Attributes:
        data: its attributes.
        references: what it refers to with attributes of its primary key, which are among the data.
        place: the array attribute it is created in.
        parts: what belongs to it, if it is a note.
    """

    data: dict[str, Any]
    references: Mapping[str, FtrackEntity]
    place: Place | None
    parts: NoteParts


@frozen
class Addition:
    """What a new entity gets besides what is given.

    Attributes:
        values: what it belongs to, and defaults.
        place: the array attribute it is created in.
        keyed: the references whose keys are its primary key, or a part of that.
    """

    values: Mapping[str, Any]
    place: Place | None
    keyed: tuple[str, ...]


#: Which attributes are given, and for which of them that is None.
Shape: TypeAlias = "tuple[tuple[str, ...], tuple[bool, ...]]"


class _Creation:
    """Turns arguments into complete, checked data for the creation of entities of one type."""

    def __init__(self, near: Selection, session: Session, types: Schema) -> None:
        self._near = near
        self._session = session
        self._types = types
        self._asked_for = context_of(near).entity_type.__name__
        self._type_name = USUAL_KINDS.get(self._asked_for, self._asked_for)
        self._rule: CreationRule = creation_rule(types, self._type_name)
        source = context_of(near).source
        owners = source.owner.values() if source else ()
        of_project = next(iter((*owners, *near.values())), None)
        self._subject = Subject(self._type_name, of_project, CreationError)
        self._parent: dict[str, Any] | None = None
        #: The attributes that were given so far; None for custom ones.
        self._attributes: dict[str, AttributeSchema | None] = {}
        #: Those of them that are set once the entity is there.
        self._set_later: set[str] = set()
        #: What references were given, and the entities that they lead to: many are the same for all that is created.
        self._known: dict[tuple[str, int], tuple[object, Any]] = {}
        #: What is given that decides what else there is, or may be.
        self._looked_at = {"object_type", "object_type_id", *self._rule.same_as.values()}
        #: What all get of which the same is given, where that does not depend on the values.
        self._additions: dict[Shape, Addition] = {}
        self._keys: set[tuple[str, ...]] = set()
        self.made: list[Made] = []
        """Everything that was created, links between entities included."""

    def ask(self, batch: Sequence[Mapping[str, Any]]) -> None:
        """Ask in one request for what several arguments need: names of entities, and configurations.

        Arguments that name nothing are left to `prepare`, which says so.
        """
        given: dict[str, Any] = {}
        for arguments in batch:
            given |= arguments  # what one has as a name, all have as one
        targets: set[str] = set()
        has_custom = False
        for name, value in given.items():
            if isinstance(value, str | list | tuple) and is_name(given[name]) and (target := self._named_by(name)):
                targets.add(target)
            has_custom = has_custom or name == ATTRIBUTE or self._is_custom(name)
        if len(targets) + has_custom < 2:  # one alone is asked for when it is looked for
            return
        names = names_of(self._session, self._types, sorted(targets))
        ask(self._session, together(names, configurations(self._session) if has_custom else pages_of(())))

    def _named_by(self, name: str) -> str:
        """Return the type of the entities that an argument takes, which may be given by their names."""
        attribute = self._types.find_attribute(self._type_name, name)
        if self._type_name == "Note" and name in TARGETS:
            return TARGETS[name]
        return "" if attribute is None or attribute.kind not in ("reference", "collection") else attribute.accepts

    def prepare(self, arguments: Mapping[str, Any]) -> Prepared:
        """Return what to create an entity with, changing nothing yet."""
        given, parts = self._with_parent(arguments), _NO_PARTS
        if self._type_name == "Note":
            given, parts = NoteParts.split(self._near, self._types, given, self._subject)
        for name in given:
            if name not in self._attributes:
                attribute = self._attributes[name] = None if self._is_custom(name) else self._own(name)
                if attribute is None or attribute.kind == "mapped":
                    self._set_later.add(name)
        data = {name: self._converted(name, value) for name, value in given.items()}
        shape = tuple(data), tuple([value is None for value in data.values()])
        addition = self._additions.get(shape) or self._addition(shape, data)
        complete, references = self._with_keys({**data, **addition.values}, addition.keyed)
        self._check_new(complete)
        return Prepared(complete, references, addition.place, parts)

    def record(self, prepared: Prepared) -> FtrackEntity:
        """Record the creation and what goes with it."""
        data, place = prepared.data, prepared.place
        later = {name: data.pop(name) for name in list(data) if name in self._set_later} if self._set_later else {}
        entity = self._create(self._type_name, data, *((place.owner,) if place else ()))
        if prepared.references:
            with self._session.operation_recording(False):
                for name, value in prepared.references.items():
                    entity[name] = value
        if later:
            self._set(entity, later)
        if prepared.parts.links:
            self.made += prepared.parts.record(self._session, entity)
        if place and not isinstance(place.membership, Owned):
            self._put(entity, place)
        return entity

    def _set(self, entity: FtrackEntity, given: Mapping[str, Any]) -> None:
        """Set what is kept by keys: metadata, custom attributes."""
        entries = {name: value for name, value in given.items() if self._attributes[name] is not None}
        custom = {name.removeprefix(CUSTOM_PREFIX): value for name, value in given.items() if name not in entries}
        if custom:
            entries[ATTRIBUTE] = {**entries.get(ATTRIBUTE, {}), **custom}
        for name, values in entries.items():
            set_mappings(self._session, [entity], name, [values], replace=False)

    def _create(self, type_name: str, data: dict[str, Any], *related: FtrackEntity) -> FtrackEntity:
        created = self._session.create(type_name, data)
        self.made.append(Made(created, related))
        return created

    def _put(self, entity: FtrackEntity, place: Place) -> None:
        """Record what makes an entity a member, which is no value of its own."""
        if isinstance(place.membership, Linked):
            link = place.membership
            ends = {link.own: stored_value(place.owner, "id"), link.other: stored_value(entity, "id")}
            self._create(link.link, ends, place.owner, entity)
        else:
            fetch_missing(self._session, [place.owner], place.attribute)
            place.owner[place.attribute] = [*members(stored_value(place.owner, place.attribute)), entity]

    def check_type(self) -> None:
        """Refuse types of which nobody makes entities."""
        if self._rule.by_server:
            raise CreationError(f"A {self._type_name} is made by the server, when {self._rule.by_server}.")
        if self._type_name in ABSTRACT_TYPES:
            kinds = ", ".join(self._types.subtypes(self._type_name)[:5])
            raise CreationError(
                f"A {self._type_name} is always of a more specific type, such as {kinds}. "
                f"Say which: `collection[TheType].create(...)`."
            )

    def _with_parent(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the arguments with ``parent`` as the attribute that leads to it: the asset of a version, and so on."""
        if "parent" not in arguments or self._types.find_attribute(self._type_name, "parent"):
            return arguments
        given, parents = arguments["parent"], self._near.entity_type.parents
        values = parent_values(self._types, self._type_name, parents, given)
        if not values:
            takes = " or ".join(map(repr, parents)) or "nothing"
            raise CreationError(f"A new {self._type_name} belongs to {takes}, but {given!r} was given as its parent.")
        return {**{name: value for name, value in arguments.items() if name != "parent"}, **values}

    def _own(self, name: str) -> AttributeSchema:
        """Return an attribute. One that only another kind has than the one that is meant is refused."""
        try:
            return self._types.attribute(self._type_name, name)
        except UnknownAttributeError as error:
            known = self._types.subtypes(self._asked_for)
            kinds = [each for each in known if name in self._types.type(each).attributes]
            if self._asked_for == self._type_name or not kinds:
                raise
            raise UnknownAttributeError(
                f"A new {self._asked_for} is a {self._type_name}, unless another kind is named. That has no attribute "
                f'"{name}", as {" and ".join(kinds)} has it: `collection[{kinds[-1]}].create(...)`.',
                name=name,
            ) from error

    def _has_twice(self, data: Mapping[str, Any]) -> bool:
        """Return whether an entity is given twice, as a reference and as a key. One that differs is refused."""
        is_twice = False
        for name, value in data.items():
            keys = keys_of_reference(self._types, self._type_name, name) if isinstance(value, FtrackEntity) else ()
            for place, key in enumerate(keys):
                if data.get(key) is None:
                    continue
                is_twice = True
                if str(data[key]) != key_of(value)[1][place]:
                    raise CreationError(f"'{name}' and '{key}' of a new {self._type_name} were given, and differ.")
        return is_twice

    def _addition(self, shape: Shape, data: Mapping[str, Any]) -> Addition:
        """Return what an entity gets besides the *data*, which have to be enough for it."""
        has_twice = self._has_twice(data)
        place = find_place(self._near, self._types, data)
        if place or _is_any_given(self._types, self._type_name, self._near.entity_type.parents, data):
            belongs = belonging(self._near, self._types, place, data)
        else:  # it belongs to what those beside it have in common, as all others of the batch do
            self._parent = belongs = self._parent or belonging(self._near, self._types, place, data)
        known = {**data, **belongs}
        values: dict[str, Any] = {name: known[other] for name, other in self._rule.same_as.items() if other in known}
        for name, (value, instead) in self._rule.defaults.items():
            if not any(other in known for other in instead):
                values.setdefault(name, value)
        values = {**belongs, **{name: value for name, value in values.items() if name not in known}}
        complete = {**data, **values}
        self._check_complete(complete)
        primary = set(self._declared.primary_key)
        keyed = [
            name
            for name, value in complete.items()
            if isinstance(value, FtrackEntity)
            and (found := keys_of_reference(self._types, self._type_name, name))
            and primary.issuperset(found)
        ]
        addition = Addition(values, place, tuple(keyed))
        has_place = place is not None and not place.values.keys() <= belongs.keys()
        if not (has_twice or has_place or self._looked_at & data.keys()):  # else the next may be refused, or differ
            self._additions[shape] = addition
        return addition

    def _check_complete(self, data: Mapping[str, Any]) -> None:
        """Refuse data of which something required is missing, or of another object type."""
        own = self._declared.object_type_id
        given = data.get("object_type")
        other = data.get("object_type_id") if given is None else stored_value(given, "id")
        if own is not None and other is not None and other != own:
            raise CreationError(
                f"A {self._type_name} is of the object type that is called so, and of no other. To create something "
                f"else, say so: `collection[TheType].create(...)`."
            )
        missing = [
            name
            for name in (*self._rule.required, *self._required_keys)
            if given_value(self._types, self._type_name, name, data) is None
        ]
        if missing:
            names = dict.fromkeys(map(self._called, missing))
            raise CreationError(f"A new {self._type_name} needs {' and '.join(map(repr, names))}.")

    @cached_property
    def _declared(self) -> TypeSchema:
        """What the server says of the type."""
        return self._types.type(self._type_name)

    @cached_property
    def _required_keys(self) -> list[str]:
        """Return the parts of a key with several, and the keys that the schema requires and no server fills in."""
        declared = self._declared
        # ftrack_api makes the ids of new entities; those that are numbers have to be given.
        if [declared.attributes[name].type for name in declared.primary_key] != ["string"]:
            return list(declared.primary_key)
        return [
            attribute.name
            for attribute in declared.attributes.values()
            if attribute.required
            and attribute.name.endswith("_id")
            and attribute.name not in self._rule.filled
            and attribute.name != "created_by_id"
        ]

    def _called(self, name: str) -> str:
        """Return the name of what is called so in the schema for users: a reference rather than its key."""
        references = references_with(self._types, self._type_name, name)
        takes_keys = [each for each in references if len(keys_of_reference(self._types, self._type_name, each)) == 1]
        return takes_keys[0] if takes_keys else name

    def _with_keys(
        self, data: dict[str, Any], keyed: Sequence[str]
    ) -> tuple[dict[str, Any], Mapping[str, FtrackEntity]]:
        """Return the data with keys instead of these references for the primary key, and the references."""
        if not keyed:
            return data, _NOTHING
        references = {name: data[name] for name in keyed}
        complete = {name: value for name, value in data.items() if name not in references}
        for name, value in references.items():
            complete |= zip(keys_of_reference(self._types, self._type_name, name), key_of(value)[1], strict=True)
        return complete, references

    def _check_new(self, data: Mapping[str, Any]) -> None:
        """Refuse the key of an entity that exists, as far as this session knows."""
        primary = self._declared.primary_key
        key = tuple([str(value) for name in primary if (value := data.get(name)) is not None])
        if len(key) < len(primary):
            return
        existing = members(find_in_memory(self._session, self._type_name, key))
        if key in self._keys or without_deleted(self._session, existing):
            said = " and ".join(f"{name} {value}" for name, value in zip(primary, key, strict=True))
            raise CreationError(
                f"There is a {self._type_name} with {said} already, and no two have the same. Change that one, or "
                f"delete it first."
            )
        self._keys.add(key)
        revive(self._session, (self._type_name, key))

    def _converted(self, name: str, value: object) -> Any:
        known = self._known.get((name, id(value)))
        if known is not None:
            return known[1]
        attribute = self._attributes[name]
        if attribute is None:
            return checked(self._session, self._type_name, name.removeprefix(CUSTOM_PREFIX), value)
        if attribute.kind == "reference" and isinstance(value, Selection) and len(value) != 1:
            raise CreationError(
                f"A new {self._type_name} takes exactly one {attribute.target} as '{name}', but {value!r} was given."
            )
        converted = convert(attribute, value, self._near, self._types, self._subject)
        if attribute.kind == "reference":
            self._known[name, id(value)] = value, converted
        if name == "custom_attributes":
            return {key: checked(self._session, self._type_name, key, each) for key, each in converted.items()}
        return converted

    def _is_custom(self, name: str) -> bool:
        types, type_name = self._types, self._type_name
        return (
            name.startswith(CUSTOM_PREFIX)
            and not types.find_attribute(type_name, name)
            and types.find_attribute(type_name, "custom_attributes") is not None
        )


# What new entities belong to: from where they are created, or from what those beside them have in common.


def find_place(near: Selection, types: Schema, given: Mapping[str, Any]) -> Place | None:
    """Return where something new is created that has these values; None beside what a query has found, for instance.

    Raises:
        CreationError: nothing can be put there, or it is not clear whose attribute it is.
    """
    source, type_name = context_of(near).source, context_of(near).entity_type.__name__
    attribute = source and find_attribute(source.owner, source.attribute)
    if source is None or attribute is None or attribute.kind != "collection":
        return None
    if attribute.name in DERIVED or not types.is_a(type_name, attribute.accepts):
        return None
    owner, owners = source.owner, source.owner.values()
    kinds = sorted({each.entity_type for each in owners}) or [owner.entity_type.__name__]
    membership = find_membership(types, kinds[0], attribute.name)
    if len(owners) == 1:
        values = _owned_by(types, type_name, owners[0], membership) if isinstance(membership, Owned) else {}
        return Place(owners[0], attribute.name, membership, values)
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
        f"Ambiguous context: the new {type_name} could belong to any of the {len(owners)} entities in "
        f"{owner!r}. Select one of them first."
    )


def belonging(near: Selection, types: Schema, place: Place | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new entity belongs to, besides what is given, as values of its attributes.

    Raises:
        CreationError: there are several possible parents, or none, or another one is given.
    """
    entity_type = context_of(near).entity_type
    type_name, parents = entity_type.__name__, entity_type.parents
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
    if not parents or _is_any_given(types, type_name, parents, known):
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


def _is_any_given(types: Schema, type_name: str, names: Iterable[str], data: Mapping[str, Any]) -> bool:
    return any(given_value(types, type_name, name, data) is not None for name in names)


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
