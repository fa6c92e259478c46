"""Entity types, as their declarations describe them; and object types, of which a site may have its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from trackteroid.server.model.attributes import Attribute, Key, Reference, Scalar, text
from trackteroid.values import frozen

#: What subtypes have from their base.
_INHERITED = (
    "table",
    "primary_key",
    "default_projections",
    "system_projections",
    "always",
    "discriminator",
    "view",
    "groups",
)

_CLASSIFIER = "object_typeid"

#: The priority that typed contexts have until somebody gives them another one.
NO_PRIORITY: Final = "9661b320-3a0c-11e2-81c1-0800200c9a66"

#: The object type whose entities are points in time.
_MILESTONE = "01decdd1-51cb-11e3-9d5b-20c9d0831e59"


@frozen
class Unique:
    """Columns whose values together occur only once among the entities of a type.

    An empty value is like no other, except in the columns `even_empty`: groups at the top have that in common. Where
    they may occur several times, `if_claimed` keeps them from it for new entities that claim them by their id.
    """

    columns: tuple[str, ...]
    even_empty: tuple[str, ...] = ()
    if_claimed: bool = False


@dataclass(frozen=True, eq=False)
class EntityType:
    """One entity type.

    Subtypes share the table of their root (single-table inheritance). A root with subtypes names the `discriminator`:
    a hidden column that holds, for each row, the name of its concrete type. `view` types have no table of their own;
    the compiler makes their rows from others. Types that are not `served` exist for the server only.

    Attributes:
        name: The name, `id` of the served schema.
        attributes: All attributes by public name, inherited ones included, in schema order.
        table: Name of the database table.
        primary_key: Names of the key attributes, in the order of `entity_key`.
        default_projections: What clients select when they select nothing.
        system_projections: Legacy names of what every answer carries, as the schema lists them.
        always: Further attributes that every answer carries although the schema does not list them.
        alias: Legacy table name, if the schema shows one.
        classifiers: Legacy column and value that tell the type apart in that table.
        unique: What occurs only once among the entities of this type, besides attributes that are `unique` alone.
        order: Columns that entities come in the order of, before their keys, unless a query says more.
        mixin: What the schema says of the type it is mixed of, if that is more than the name of its base.
        groups: Whether the schema lets clients count its entities in groups.
    """

    name: str
    attributes: Mapping[str, Attribute]
    table: str
    base: EntityType | None = None
    primary_key: tuple[str, ...] = ("id",)
    default_projections: tuple[str, ...] = ("id",)
    system_projections: tuple[str, ...] = ()
    alias: str | None = None
    classifiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    always: tuple[str, ...] = ()
    discriminator: str | None = None
    view: str | None = None
    unique: tuple[Unique, ...] = ()
    order: tuple[str, ...] = ()
    mixin: Mapping[str, Any] | None = None
    groups: bool = False
    served: bool = True

    @cached_property
    def root(self) -> EntityType:
        """The top of the inheritance tree this type belongs to."""
        return self if self.base is None else self.base.root

    def is_a(self, other: EntityType) -> bool:
        """Return whether this type is `other` or derives from it."""
        return self is other or (self.base is not None and self.base.is_a(other))

    @cached_property
    def always_returned(self) -> tuple[str, ...]:
        """The attributes that every record of this type carries: the primary key and the system projections."""
        by_alias = {
            attribute.alias or name: name
            for name, attribute in self.attributes.items()
            if isinstance(attribute, Scalar)
        }
        system = [by_alias.get(name, name) for name in self.system_projections]
        wanted = dict.fromkeys((*self.primary_key, *system, *self.always))
        return tuple(name for name in wanted if name in self.attributes)

    def stored(self) -> Mapping[str, Scalar]:
        """Return the attributes that are table columns, by name."""
        return self._stored

    def keys(self) -> Mapping[str, Key]:
        """Return the stored attributes that hold ids of other entities, by name."""
        return self._keys

    @cached_property
    def key_attributes(self) -> tuple[Scalar, ...]:
        """The attributes of the primary key."""
        return tuple(self._stored[name] for name in self.primary_key)

    @cached_property
    def has_exact_key(self) -> bool:
        """Whether primary keys are the same, and in the same order, in Python as in the database."""
        return all(attribute.exact or attribute.type == "integer" for attribute in self.key_attributes)

    @cached_property
    def shown(self) -> Mapping[str, bool]:
        """The stored attributes that clients may know, and whether these are moments."""
        return {name: attribute.is_datetime for name, attribute in self._stored.items() if not attribute.hidden}

    @cached_property
    def plain(self) -> Mapping[str, Scalar]:
        """The attributes that clients may set, and that are kept, told and named as they come."""
        return {
            name: attribute
            for name, attribute in self._stored.items()
            if not (attribute.hidden or attribute.computed or attribute.transform or attribute.is_datetime)
        }

    @cached_property
    def texts(self) -> AbstractSet[str]:
        """Those of the plain ones that take any text."""
        return {
            name
            for name, attribute in self.plain.items()
            if (attribute.type or "string") == "string" and not (attribute.enum or attribute.is_id)
        }

    @cached_property
    def settled(self) -> AbstractSet[str]:
        """The attributes whose values stay what they are when an entity is made."""
        return {*self.primary_key, *(name for name, attribute in self.attributes.items() if attribute.immutable)}

    @cached_property
    def other_names(self) -> Mapping[str, str]:
        """The attributes that are other names of stored ones, with these."""
        return {
            name: attribute.same_as
            for name, attribute in self.attributes.items()
            if isinstance(attribute, Scalar) and attribute.same_as
        }

    @cached_property
    def references(self) -> Mapping[str, Reference]:
        """The attributes that clients know as one other entity, by name."""
        return {
            name: attribute
            for name, attribute in self.attributes.items()
            if isinstance(attribute, Reference) and not attribute.hidden
        }

    @cached_property
    def _stored(self) -> Mapping[str, Scalar]:
        return MappingProxyType(
            {
                name: attribute
                for name, attribute in self.attributes.items()
                if isinstance(attribute, Scalar) and attribute.stored
            }
        )

    @cached_property
    def _keys(self) -> Mapping[str, Key]:
        return MappingProxyType({name: key for name, key in self._stored.items() if isinstance(key, Key)})

    def column(self, name: str) -> str | None:
        """Return the table column that holds the attribute `name`; None if code computes it or it is a relation."""
        attribute = self.attributes.get(name)
        if not isinstance(attribute, Scalar):
            return None
        return name if attribute.stored else attribute.same_as


def entity_type(
    name: str, attributes: Mapping[str, Attribute], /, *, extends: EntityType | None = None, **options: Any
) -> EntityType:
    """Declare an entity type.

    Inherited attributes come first; a declared attribute of the same name replaces the inherited one in its place.
    The table is named after the type, and clients select the primary key unless `default_projections` says more.

    Example:
        >>> from .attributes import identifier, text
        >>> scope = entity_type("Scope", {"id": identifier(), "name": text(required=True)}, table="scope")
        >>> list(scope.attributes)
        ['id', 'name']
    """
    inherited: dict[str, Any] = {}
    if extends is not None:
        inherited = {name: getattr(extends, name) for name in _INHERITED}
        attributes = dict(extends.attributes) | dict(attributes)
    elif discriminator := options.get("discriminator"):
        attributes = dict(attributes) | {discriminator: text(hidden=True, exact=True, indexed=True)}
    table = re.sub("(?<!^)(?=[A-Z])", "_", name).lower()
    implied = {"table": table, "default_projections": options.get("primary_key", ("id",))}
    options = implied | inherited | options
    return EntityType(name, MappingProxyType(dict(attributes)), base=extends, **options)


@frozen
class ObjectType:
    """One object type: what its entity type is called, and what of its entities may be changed."""

    id: str
    name: str
    is_typeable: bool = True
    is_statusable: bool = True
    is_schedulable: bool = False
    is_prioritizable: bool = True

    @property
    def type_name(self) -> str:
        """Return ``AssetBuild`` for ``Asset Build``; raises `ValueError` for names that no query could contain."""
        name = re.sub(r"\W", "", self.name)
        if not name.isidentifier():
            raise ValueError(f"The object type {self.name!r} needs a name that starts with a letter.")
        return name

    @property
    def frozen(self) -> tuple[str, ...]:
        """What clients may not change after creation, because entities of this object type have no use for it."""
        return (
            *(() if self.is_prioritizable else ("priority_id", "priority")),
            *(() if self.is_typeable else ("type_id", "type")),
            *(() if self.is_statusable else ("status_id", "status")),
            *(() if self.is_schedulable else ("bid", "end_date")),
            *(() if self.is_schedulable and self.id != _MILESTONE else ("start_date", "split_parts")),
        )

    def entity_type(self, base: EntityType) -> EntityType:
        """Return the entity type of these typed contexts; `base` is that of all typed contexts."""
        changed: dict[str, Attribute] = {
            name: replace(base.attributes[name], immutable=True)
            for name in (*self.frozen, "object_type", "object_type_id")
        }
        priority = changed.get("priority_id", base.attributes["priority_id"])
        changed["priority_id"] = _with_default(priority, NO_PRIORITY if self.is_prioritizable else None)
        changed["object_type_id"] = _with_default(changed["object_type_id"], self.id)
        return entity_type(self.type_name, changed, extends=base, alias=base.alias, classifiers={_CLASSIFIER: self.id})


def object_type_id_of(entity_type: EntityType) -> str | None:
    """Return the object type that `entity_type` stands for, if it is a kind of typed context."""
    return entity_type.classifiers.get(_CLASSIFIER)


def _with_default(attribute: Attribute, value: str | None) -> Attribute:
    return replace(attribute, default=value) if isinstance(attribute, Scalar) else attribute
