"""The model: all entity types together, what is served of them, and the tables they are kept in."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from trackteroid.server.model.attributes import Attribute, Collection, Key, Scalar
from trackteroid.server.model.schema import NEWEST, Edition
from trackteroid.server.model.tables import build_tables
from trackteroid.server.model.types import EntityType, ObjectType, Unique, object_type_id_of

_NONE: Mapping[str, Scalar] = MappingProxyType({})


class UnknownName(LookupError):  # noqa: N818 - reads as what it is: "except UnknownName"
    """An entity type or attribute that does not exist. `near` holds the nearest existing names."""

    def __init__(self, message: str, near: list[str]) -> None:
        super().__init__(message)
        self.near = near


class Served:
    """What clients see of a model.

    Attributes:
        schemas: What `query_schemas` answers.
        hash: MD5 of the schemas as the Python client serialises them; it decides whether its cache is used.
    """

    def __init__(self, schemas: list[dict[str, Any]]) -> None:
        self.schemas = schemas
        self.hash = hashlib.md5(json.dumps(schemas, sort_keys=True).encode(), usedforsecurity=False).hexdigest()


class Model:
    """All entity types of a server.

    Args:
        types: The entity types. Names must be unique; a base must be among them.
    """

    def __init__(self, types: Iterable[EntityType]) -> None:
        self.types: dict[str, EntityType] = {}
        for entity_type in types:
            if entity_type.name in self.types:
                raise ValueError(f"entity type {entity_type.name} is declared twice")
            self.types[entity_type.name] = entity_type
        self._served: dict[str, Served] = {}
        self._uniques: dict[str, tuple[tuple[EntityType, Unique], ...]] = {}

    def __iter__(self) -> Iterator[EntityType]:
        return iter(self.types.values())

    @cached_property
    def metadata(self) -> sa.MetaData:
        """The database tables of all types, served or not."""
        return build_tables(self)

    @cached_property
    def _tables(self) -> Mapping[str, sa.Table]:
        return dict(self.metadata.tables)

    def served(self, edition: Edition = NEWEST) -> Served:
        """Return what clients see of it."""
        if edition.version not in self._served:
            self._served[edition.version] = Served(edition.schemas(self))
        return self._served[edition.version]

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """What `query_schemas` answers."""
        return self.served().schemas

    @property
    def schema_hash(self) -> str:
        """What decides whether clients use the schemas that they have kept."""
        return self.served().hash

    def type(self, name: str) -> EntityType:
        """Return the entity type called `name`; raises `UnknownName`."""
        try:
            return self.types[name]
        except KeyError:
            raise UnknownName(f"There is no entity type {name}.", _near(name, self.types)) from None

    def table(self, entity_type: EntityType | str) -> sa.Table:
        """Return the table that holds the rows of an entity type, or of the one with this name."""
        found = self.type(entity_type) if isinstance(entity_type, str) else entity_type
        return self._tables[found.table]

    def subtypes(self, entity_type: EntityType) -> tuple[EntityType, ...]:
        """Return `entity_type` and everything that derives from it."""
        return self._subtypes[entity_type.name]

    def find_attribute(self, entity_type: EntityType, name: str) -> tuple[EntityType, Attribute] | None:
        """Return the attribute `name` of `entity_type` or, for base types, of the first subtype that has it.

        Returns the type that declares it with the attribute, or None. Hidden attributes are found too.
        """
        for candidate in self.subtypes(entity_type):
            attribute = candidate.attributes.get(name)
            if attribute is not None:
                return candidate, attribute
        return None

    def attribute(self, entity_type: EntityType, name: str) -> tuple[EntityType, Attribute]:
        """As `find_attribute`, but an unknown name raises `UnknownName`."""
        found = self.find_attribute(entity_type, name)
        if found is None or found[1].hidden:
            known = {
                known
                for candidate in self.subtypes(entity_type)
                for known, attribute in candidate.attributes.items()
                if not attribute.hidden
            }
            raise UnknownName(f"{entity_type.name} has no attribute {name}.", _near(name, known))
        return found

    def uniques(self, entity_type: EntityType) -> tuple[tuple[EntityType, Unique], ...]:
        """Return what entities of `entity_type` have that occurs once, with the types among whose entities it does."""
        if entity_type.name not in self._uniques:
            above = self.uniques(entity_type.base) if entity_type.base else ()
            inherited = tuple(entity_type.base.attributes) if entity_type.base else ()
            alone = (
                Unique((name,))
                for name, attribute in entity_type.attributes.items()
                if isinstance(attribute, Scalar) and attribute.unique and name not in inherited
            )
            own = ((entity_type, unique) for unique in (*entity_type.unique, *alone))
            self._uniques[entity_type.name] = (*above, *own) if entity_type.served else ()
        return self._uniques[entity_type.name]

    def condition_of(self, entity_type: EntityType, table: sa.FromClause) -> sa.ColumnElement[bool] | None:
        """Return what tells the rows of `entity_type` from others in their table; None where there are no others."""
        if entity_type.base is None or entity_type.discriminator is None:
            return None
        kinds = [subtype.name for subtype in self.subtypes(entity_type)]
        kind = table.c[entity_type.discriminator]
        # SQLite holds the two ways to say the same for different conditions, and queries say it this way.
        return kind == kinds[0] if len(kinds) == 1 else kind.in_(kinds)

    def owners(self, table: str) -> list[tuple[EntityType, Collection]]:
        """Return the collections that some entity type keeps in rows of `table`, with their owners."""
        return [
            (entity_type, attribute)
            for entity_type in self
            for attribute in entity_type.attributes.values()
            if isinstance(attribute, Collection) and attribute.by and self.type(attribute.target).table == table
        ]

    def referring(self, entity_type: EntityType) -> list[tuple[str, str, Key]]:
        """Return the table, column and key of every stored key that can point at rows of the table of `entity_type`.

        Keys to any of several families count where a collection of this family is kept by them.
        """
        return self._referring.get(entity_type.table, [])

    def keepers(self, table: str, column: str) -> set[str]:
        """Return the tables of the types that keep a collection by the key in `column` of `table`."""
        return self._keepers[table, column]

    def columns(self, table: str) -> Mapping[str, Scalar]:
        """Return the stored attributes of all types that share `table`, by column name."""
        return self._columns.get(table, _NONE)

    @cached_property
    def _columns(self) -> Mapping[str, Mapping[str, Scalar]]:
        columns: defaultdict[str, dict[str, Scalar]] = defaultdict(dict)
        for entity_type in self:
            if entity_type.view is None:
                for name, attribute in entity_type.stored().items():
                    columns[entity_type.table].setdefault(name, attribute)
        return {table: MappingProxyType(found) for table, found in columns.items()}

    @cached_property
    def object_type_ids(self) -> Mapping[str, str]:
        """The object type id of every type of typed context, by type name."""
        return MappingProxyType(
            {
                entity_type.name: object_type_id
                for entity_type in self
                if (object_type_id := object_type_id_of(entity_type))
            }
        )

    def with_object_types(
        self, rows: Iterable[ObjectType], unusable: Callable[[ObjectType, str], object] | None = None
    ) -> Model:
        """Return this model with an entity type for each of the object types `rows`.

        Object types whose id is known keep the name of their type. Returns this model when nothing is new. A name that
        cannot become, or already is, the name of another entity type raises `ValueError`; or its object type is left
        out, and `unusable` is told of it and why.
        """
        changed: dict[str, EntityType] = {}
        known = {object_type_id: name for name, object_type_id in self.object_type_ids.items()}
        for row in rows:
            try:
                type_name = known.get(row.id) or row.type_name
                if row.id not in known and (type_name in self.types or type_name in changed):
                    raise ValueError(
                        f"The object type {row.name!r} needs another name: there is an entity type {type_name}."
                    )
            except ValueError as error:
                if unusable is None:
                    raise
                unusable(row, str(error))
                continue
            made = replace(row, name=type_name).entity_type(self.type("TypedContext"))
            if row.id not in known or made.attributes != self.type(type_name).attributes:
                known[row.id] = type_name
                changed[type_name] = made
        return Model((self.types | changed).values()) if changed else self

    @cached_property
    def _referring(self) -> dict[str, list[tuple[str, str, Key]]]:
        """The keys that can point at the rows of a table, by the name of that table."""
        found: dict[tuple[str, str], tuple[Key, set[str]]] = {}
        for holder in self:
            for name, attribute in holder.keys().items() if holder.view is None else ():
                if attribute.derived:
                    continue
                targets = {self.type(attribute.target).table} if attribute.target else self._keepers[holder.table, name]
                found.setdefault((holder.table, name), (attribute, set()))[1].update(targets)
        referring: dict[str, list[tuple[str, str, Key]]] = defaultdict(list)
        for (table, column), (attribute, targets) in found.items():
            for target in targets:
                referring[target].append((table, column, attribute))
        return referring

    @cached_property
    def _keepers(self) -> dict[tuple[str, str], set[str]]:
        """The tables of the types that keep a collection by the key in a column, by its table and name."""
        keepers: dict[tuple[str, str], set[str]] = defaultdict(set)
        for owner in self:
            for attribute in owner.attributes.values():
                if isinstance(attribute, Collection):
                    target = self.type(attribute.target).table
                    if attribute.by:
                        keepers[target, attribute.by].add(owner.table)
                    if attribute.through:
                        link = self.type(attribute.through.link).table
                        keepers[link, attribute.through.own].add(owner.table)
                        keepers[link, attribute.through.other].add(target)
        return keepers

    @cached_property
    def _subtypes(self) -> dict[str, tuple[EntityType, ...]]:
        return {
            entity_type.name: tuple(candidate for candidate in self if candidate.is_a(entity_type))
            for entity_type in self
        }


def _near(name: str, names: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, sorted(names), n=3)
