"""The values of custom attributes of many entities: where they come from, and taking them back or passing them on.

A hierarchical attribute of an entity that has no value of its own has that of what is nearest above it. Servers leave
it to their clients to find that out: they show the default instead. What is pending in the session counts as if it was
committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, UpdateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.custom_attributes import (
    ATTRIBUTE,
    Configuration,
    Finder,
    configurations,
    no_such_attribute,
)
from trackteroid.client.entities import key_of, key_of_operation, stored_value
from trackteroid.client.hydration.answers import decode
from trackteroid.client.hydration.together import Asking, Plain, ask, texts_for, together
from trackteroid.collections.context import Selection, context_of, find_attribute, type_name_of
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees import hierarchy
from trackteroid.errors import UnknownAttributeError, nearest
from trackteroid.schema.types import schema_of
from trackteroid.spelling import quoted
from trackteroid.tables import Column
from trackteroid.tabular import DataTable, Tabular

if TYPE_CHECKING:
    from trackteroid.collections.trees.hierarchy import Place

from trackteroid.client.entities import find_in_memory, set_local_value, set_remote_value
from trackteroid.collections.change.pending import record_deletion
from trackteroid.collections.change.record import set_mappings
from trackteroid.collections.trees.hierarchy import below
from trackteroid.errors import InvalidArgumentsError

#: Where a value comes from.
Origin = Literal["own", "inherited", "default", "computed"]

#: The types of custom attributes whose values servers work out.
_COMPUTED = ("expression",)

#: A configuration and an entity.
_Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CustomValue:
    """The value of one custom attribute of one entity.

    Attributes:
        entity_id: the id of the entity.
        path: where it is: the names of all that is above it in its project, and its own.
        key: the key of the custom attribute.
        value: the value that counts.
        origin: ``"own"``, ``"inherited"``, ``"default"``, or ``"computed"`` by the server.
        source_id: the id of the entity that has the value: its own, or the one that it is inherited from. None for
            defaults and what is computed.
        source: the name of that entity, or an empty text.
    """

    entity_id: str
    path: str
    key: str
    value: Any
    origin: Origin
    source_id: str | None = None
    source: str = ""

    def __str__(self) -> str:
        origin = f"{self.origin} from {self.source}" if self.origin == "inherited" else self.origin
        return f"{self.path}: {self.key} = {self.value!r} ({origin})"


@dataclass(frozen=True, slots=True, repr=False)
class CustomValues(Tabular, Sequence[CustomValue]):
    """The values of custom attributes of a collection, in its order, those of each entity by key.

    Attributes:
        rows: all of them.
    """

    rows: tuple[CustomValue, ...]

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__

    @overload
    def __getitem__(self, index: int) -> CustomValue: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CustomValue, ...]: ...
    def __getitem__(self, index: int | slice) -> CustomValue | tuple[CustomValue, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[CustomValue]:
        return iter(self.rows)

    def by_key(self, key: str) -> dict[str, Any]:
        """Return the values of one custom attribute by the ids of the entities."""
        return {row.entity_id: row.value for row in self.rows if row.key == key}

    def by_entity(self) -> dict[str, dict[str, Any]]:
        """Return for the id of each entity its values by key."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.rows:
            found.setdefault(row.entity_id, {})[row.key] = row.value
        return found

    def table(self, columns: Iterable[object] | None = None) -> DataTable:
        """Return them as a table, with a row for each value."""
        rows = [(row.entity_id, row.path, row.key, row.value, row.origin, row.source) for row in self.rows]
        known = [
            Column("id", is_hidden=columns is None),
            *(Column(name) for name in ("path", "key")),
            Column("value", "json"),
            *(Column(name) for name in ("origin", "source")),
        ]
        return DataTable.of("values", known, rows, one="value").table(columns)

    def __str__(self) -> str:
        return "\n".join(map(str, self.rows))

    def __repr__(self) -> str:
        return f"<CustomValues: {len(self.rows):,} values>"


def read_custom_values(selection: Selection, keys: Sequence[str], *, inherited: bool) -> CustomValues:
    """Return the values of these custom attributes, or of all, with where they come from.

    Raises:
        UnknownAttributeError: none of the entities has an attribute of one of the keys; the message suggests others.
    """
    refuse_unloaded(selection, f"Cannot read custom values of {selection!r}, which is not all of it")
    if find_attribute(selection, ATTRIBUTE) is None:
        raise UnknownAttributeError(f"{type_name_of(selection)} has no custom attributes.", name=ATTRIBUTE)
    entities = selection.values()
    if not entities:
        return CustomValues(())
    session = context_of(selection).session
    reading = ask(session, Reading.of(session, entities, keys))
    return CustomValues(tuple(reading.rows(inherited=inherited)))


class Reading:
    """The values of custom attributes of entities, asked for at once."""

    def __init__(
        self, session: Session, entities: Sequence[FtrackEntity], keys: Sequence[str], above: hierarchy.Ancestry
    ) -> None:
        """Prepare to read the values of entities, of which is known what is above them. Use `of`."""
        self.entities = entities
        self._session = session
        self._ancestry = above
        self._finder = Finder(session)
        self._known: dict[tuple[str, Any, str | None], dict[str, Configuration]] = {}
        self._wanted = tuple(dict.fromkeys(keys))
        self._stored: dict[_Cell, Any] = {}

    @classmethod
    def of(cls, session: Session, entities: Sequence[FtrackEntity], keys: Sequence[str] = ()) -> Asking[Reading]:
        """Ask for the values of these custom attributes of the entities, or of all that they have.

        That is one request for what is above 20,000 entities and, the first time with a connection, for the
        configurations, and one for the values of 20,000.

        Raises:
            UnknownAttributeError: none of the entities has one of them.
        """
        types = schema_of(session)
        placed = [each for each in entities if hierarchy.has_place(types, each.entity_type)]
        above, _ = yield from together(hierarchy.ancestry_of(session, placed), configurations(session))
        reading = cls(session, entities, keys, above)
        reading._check_keys()
        yield from reading._ask()
        return reading

    def above(self, entity: FtrackEntity) -> tuple[Place, ...]:
        """Return an entity and all that is above it, the nearest first."""
        identity = _id(entity)
        if self._ancestry.has(identity):
            return self._ancestry.of(identity)
        name = stored_value(entity, "name") if entity.attributes.get("name") else NOT_SET
        return (hierarchy.Place(identity, name if isinstance(name, str) else identity, entity.entity_type),)

    def configurations(self, entity: FtrackEntity) -> dict[str, Configuration]:
        """Return the configurations that count for an entity, by key; of the keys that were asked for."""
        object_type_id = stored_value(entity, "object_type_id") if entity.attributes.get("object_type_id") else None
        object_type_id = None if object_type_id is NOT_SET else object_type_id
        top = self.above(entity)[-1]
        project_id = top.id if top.type == "Project" else None
        kind = (entity.entity_type, object_type_id, project_id)
        if kind not in self._known:
            found = self._finder.counting(*kind)
            self._known[kind] = {key: found[key] for key in sorted(found) if not self._wanted or key in self._wanted}
        return self._known[kind]

    def own(self, entity: FtrackEntity, configuration: Configuration) -> Any:
        """Return the value that an entity itself has, or ``NOT_SET``."""
        return self._stored.get((configuration.id, _id(entity)), NOT_SET)

    def rows(self, *, inherited: bool) -> Iterator[CustomValue]:
        """Yield the values, those of each entity by key."""
        for entity in self.entities:
            places = self.above(entity)
            path = hierarchy.path_of(places)
            for key, configuration in self.configurations(entity).items():
                value, origin, source = self._value(places, configuration, inherited=inherited)
                at = (source.id, source.name) if source else (None, "")
                yield CustomValue(places[0].id, path, key, value, origin, *at)

    def _value(
        self, places: tuple[Place, ...], configuration: Configuration, *, inherited: bool
    ) -> tuple[Any, Origin, Place | None]:
        if configuration.type in _COMPUTED:
            return self._stored.get((configuration.id, places[0].id)), "computed", None
        own = self._stored.get((configuration.id, places[0].id), NOT_SET)
        if own is not NOT_SET and (own is not None or not configuration.is_hierarchical):
            return own, "own", places[0]
        for place in places[1:] if inherited and configuration.is_hierarchical else ():
            value = self._stored.get((configuration.id, place.id))
            if value is not None:
                return value, "inherited", place
        return (configuration.default, "default", None) if own is NOT_SET else (None, "own", places[0])

    def _check_keys(self) -> None:
        if self._missing() is None:
            return
        self._finder.refresh()
        self._known.clear()
        missing = self._missing()
        if missing is None:
            return
        self._wanted = ()
        self._known.clear()
        known = self._keys()
        names = " and ".join(sorted({entity.entity_type for entity in self.entities}))
        raise UnknownAttributeError(
            no_such_attribute(names, missing, known), name=missing, near=nearest(missing, known)
        )

    def _keys(self) -> set[str]:
        return {key for entity in self.entities for key in self.configurations(entity)}

    def _missing(self) -> str | None:
        """Return the first of the keys that none of the entities has."""
        known = self._keys()
        return next((key for key in self._wanted if key not in known), None)

    def _ask(self) -> Asking[None]:
        """Ask for the values that are stored and not only shown, to which those are added that were set here."""
        used = {each.id: each for entity in self.entities for each in self.configurations(entity).values()}
        stored = [each for each in used.values() if each.type not in _COMPUTED]
        texts: list[str] = []
        if stored:
            is_hierarchical = any(each.is_hierarchical for each in stored)
            places = (
                place for entity in self.entities for place in self.above(entity)[: None if is_hierarchical else 1]
            )
            texts += _asking("CustomAttributeValue", stored, (place.id for place in places))
        texts += self._computed([each for each in used.values() if each.type in _COMPUTED])
        pages = yield [Plain(text) for text in texts]
        self._stored = {
            (str(row["configuration_id"]), str(row["entity_id"])): decode(row.get("value"))
            for records in pages
            for row in records
        }
        overlay(self._session, self._stored)

    def _computed(self, configurations: Sequence[Configuration]) -> list[str]:
        """Return the queries for what servers work out, which is in what they show only."""
        types = schema_of(self._session)
        by_view: dict[str, list[str]] = {}
        for entity in self.entities if configurations else ():
            view = types.attribute(entity.entity_type, ATTRIBUTE).target
            by_view.setdefault(str(view), []).append(_id(entity))
        return [text for view, ids in by_view.items() for text in _asking(view, configurations, ids)]


def overlay(session: Session, stored: dict[_Cell, Any]) -> None:
    """Let what is stored be as it will be once the pending operations of a session are committed."""
    for operation in session.recorded_operations:
        type_name, key = key_of_operation(operation)
        if not type_name.endswith("CustomAttributeValue"):
            continue
        cell = (key[0], key[1])
        if isinstance(operation, DeleteEntityOperation):
            stored.pop(cell, None)
        elif isinstance(operation, UpdateEntityOperation) and operation.attribute_name == "value":
            stored[cell] = operation.new_value
        elif isinstance(operation, CreateEntityOperation):
            stored[cell] = operation.entity_data.get("value")


def _asking(type_name: str, configurations: Iterable[Configuration], ids: Iterable[str]) -> list[str]:
    keys = ",".join(quoted(each.id) for each in configurations)
    where = f"entity_id in ({{ids}}) and configuration_id in ({keys})"
    return texts_for(f"select configuration_id, entity_id, value from {type_name} where {where}", ids)  # noqa: S608


def _id(entity: FtrackEntity) -> str:
    return key_of(entity)[1][0]


#: What is stored of custom attributes.
_STORED = "CustomAttributeValue"

#: What has to be known of what gets values.
_NEEDED = ("name", ATTRIBUTE)


def clear_custom_values(selection: Selection, keys: Sequence[str]) -> None:
    """Record that the entities lose their own values of custom attributes, where they have some.

    Raises:
        UnknownAttributeError: none of the entities has one of the attributes.
    """
    _check_keys("clear_custom_values", keys)
    refuse_unloaded(selection, f"Cannot clear custom values of {selection!r}, which is not all of it")
    entities, session = selection.values(), context_of(selection).session
    if not entities:
        return
    reading = ask(session, Reading.of(session, entities, keys))
    for entity in entities:
        for configuration in reading.configurations(entity).values():
            if reading.own(entity, configuration) is not NOT_SET:
                # What shows instead of a value that is deleted, the server knows; until it is asked, nothing does.
                key = (configuration.id, key_of(entity)[1][0])
                record_deletion(session, (_STORED, key))
                view = schema_of(session).attribute(entity.entity_type, ATTRIBUTE).target
                row = find_in_memory(session, str(view), key)
                if row is not None and stored_value(row, "value") is not NOT_SET:
                    set_local_value(row, "value", NOT_SET)
                    set_remote_value(row, "value", NOT_SET)


def push_custom_values(
    selection: Selection, keys: Sequence[str], type_name: str, *, overwrite: bool
) -> list[FtrackEntity]:
    """Record that what is below the entities gets the values that these have; return what gets some.

    What is below several of them gets the values of the nearest.

    Args:
        selection: the entities.
        keys: the custom attributes.
        type_name: the type of what gets the values, however deep it is.
        overwrite: whether own values are replaced.

    Raises:
        UnknownAttributeError: none of the entities, or nothing that is below them, has one of the attributes.
    """
    _check_keys("push_custom_values", keys)
    refuse_unloaded(selection, f"Cannot push custom values of {selection!r}, which is not all of it")
    entities, session = selection.values(), context_of(selection).session
    if not entities:
        return []
    above, reading = ask(
        session,
        together(Reading.of(session, entities, keys), _reading_below(session, entities, keys, type_name)),
    )
    if reading is None:
        return []
    given: dict[str, dict[str, Any]] = {}
    for row in above.rows(inherited=True):
        given.setdefault(row.entity_id, {})[row.key] = row.value
    changes: dict[str, tuple[FtrackEntity, dict[str, Any]]] = {}
    for entity in reading.entities:
        places = (place.id for place in reading.above(entity)[1:])
        nearest = next((given[each] for each in places if each in given), dict[str, Any]())
        values = {
            key: nearest[key]
            for key, configuration in reading.configurations(entity).items()
            if key in nearest
            and ((own := reading.own(entity, configuration)) is NOT_SET or (overwrite and own != nearest[key]))
        }
        if values:
            changes[key_of(entity)[1][0]] = (entity, values)
    changed = [entity for entity, _ in changes.values()]
    set_mappings(session, changed, ATTRIBUTE, [values for _, values in changes.values()], replace=False)
    return changed


def _reading_below(
    session: Session, entities: Sequence[FtrackEntity], keys: Sequence[str], type_name: str
) -> Asking[Reading | None]:
    """Return the values of what is below the entities; None if there is nothing."""
    found = yield from below(session, entities, type_name, _NEEDED)
    return (yield from Reading.of(session, found, keys)) if found else None


def _check_keys(method: str, keys: Sequence[str]) -> None:
    if not keys:
        raise InvalidArgumentsError(f'{method} takes the keys of custom attributes: {method}("fps").')
