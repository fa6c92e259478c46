"""From what is asked for to columns: where each is found from an entity, and what its cells hold.

Queries have tables by it, too, without making any entity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from ftrack_api.session import Session

from trackteroid.chains import Chain, is_chain
from trackteroid.client.custom_attributes import Finder
from trackteroid.entities.base import EntityType
from trackteroid.errors import InvalidArgumentsError, UnknownAttributeError
from trackteroid.projections import follow
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import AttributeSchema, Schema, Step, parse_path, schema_of
from trackteroid.tables import Column, Kind
from trackteroid.values import frozen

CUSTOM, CUSTOM_ATTRIBUTES = "custom_", "custom_attributes"

#: An address that nobody reads; notebooks show the picture instead.
_PICTURE = "thumbnail_url"

#: What the schema calls the values of attributes.
_KINDS: dict[str | None, Kind] = {
    "string": "text",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
}
#: What configurations call the values of custom attributes.
_CUSTOM_KINDS: dict[str, Kind] = {
    "text": "text",
    "url": "text",
    "number": "number",
    "boolean": "boolean",
    "date": "moment",
}


@frozen
class Way:
    """Where the cell of a column is found, from the entity of its row.

    Attributes:
        name: what the column is called.
        steps: the references and lists that lead to what has the value.
        attribute: the attribute that it is the value of.
        key: which of the values, of an attribute with keys.
        lists: for each step, whether it leads to any number of entities.
    """

    name: str
    steps: tuple[Step, ...]
    attribute: AttributeSchema
    key: str | None = None
    lists: tuple[bool, ...] = ()

    @property
    def is_many(self) -> bool:
        """Whether there may be several values."""
        return any(self.lists)

    @property
    def path(self) -> str:
        """What has to be loaded."""
        return ".".join([*(step.attribute for step in self.steps), self.attribute.name])

    def end(self, types: Schema, type_name: str) -> str:
        """Return the type of what has the value, from entities of a type."""
        return types.end(type_name, _text(self.steps)) or type_name if self.steps else type_name

    def column(self, kind: Kind | None = None) -> Column:
        """Return the column; with a kind, of what is known to hold that."""
        found = kind or ("json" if self.key is not None or self.attribute.is_many else kind_of(self.attribute))
        return Column(self.name, found, self.is_many, self.attribute.is_id or self.attribute.name == _PICTURE)


def kind_of(attribute: AttributeSchema) -> Kind:
    """Return what the values of a plain attribute are."""
    if attribute.format in ("date-time", "date"):
        return "moment"
    if attribute.format == "foreign_key":
        return "text"
    return _KINDS.get(attribute.type, "json")


def kind_of_custom(configured: str) -> Kind:
    """Return what the values of custom attributes are that are configured as of this type."""
    return _CUSTOM_KINDS.get(configured, "json")


def listed(wanted: object) -> list[object]:
    """Return the columns that are wanted, one by one.

    Raises:
        InvalidArgumentsError: *wanted* is no list, or an empty one.
    """
    if isinstance(wanted, (str, bytes, Chain, EntityType)) or not isinstance(wanted, Iterable):
        raise InvalidArgumentsError(f"Columns are given as a list, not as {wanted!r}: ['name', Status.name].")
    items: list[object] = list(cast("Iterable[object]", wanted))
    if not items:
        raise InvalidArgumentsError("There is no column. Give some: ['name', Status.name].")
    return items


def ways_of(types: Schema, relations: Relations, type_name: str, item: object) -> list[Way]:
    """Return the columns that one item stands for: a path, a chain or an entity class.

    What leads to entities stands for their ids.

    Raises:
        InvalidArgumentsError: it is none of these.
        UnknownAttributeError: there is none of this name, or it cannot be asked for; the message suggests similar ones.
        RelationError: no path is known to a type.
    """
    if isinstance(item, str):
        *before, end = parse_path(item)
        here = types.end(type_name, _text(before)) if before else type_name
        if here and end.attribute.startswith(CUSTOM) and not types.find_attribute(here, end.attribute):
            held = types.find_attribute(here, CUSTOM_ATTRIBUTES)
            if held is not None:
                return _ways(types, type_name, tuple(before), held, end.attribute.removeprefix(CUSTOM))
        return _ways(types, type_name, tuple(before), types.walk(type_name, item)[-1], None, end.cast)
    if not (is_chain(item) or isinstance(item, EntityType)):
        raise InvalidArgumentsError(
            f'{item!r} of {type_name} is no column. Name one as text or as a chain, such as "name", "status.name", '
            f'Status.name or "custom_fps".'
        )
    destination = follow(types, relations, type_name, item)
    found: list[Way] = []
    for path in destination.paths:
        steps = parse_path(path) if path else ()
        if destination.attribute is not None:
            found += _ways(types, type_name, steps, destination.attribute, destination.key)
        elif steps:
            found += _ways(types, type_name, steps[:-1], types.walk(type_name, path)[-1], None, steps[-1].cast)
    return found


def _ways(
    types: Schema,
    type_name: str,
    steps: tuple[Step, ...],
    attribute: AttributeSchema,
    key: str | None,
    cast: str | None = None,
) -> list[Way]:
    """Return the columns at the end of a path: one, or the parts of the key of the entities there."""
    if not attribute.projectable:
        raise UnknownAttributeError(f'"{attribute.name}" of {type_name} is an attribute that no query can ask for.')
    if attribute.kind in ("reference", "collection"):
        steps = (*steps, Step(attribute.name, cast))
        target = types.type(cast or attribute.target or type_name)
        ends = [types.attribute(target.name, name) for name in target.primary_key]
    else:
        ends = [attribute]
    walked = types.walk(type_name, _text(steps)) if steps else ()
    lists = tuple(each.is_many for each in walked)
    prefix = "".join(f"{step.attribute}." for step in steps)
    if key is not None:
        called = f"{CUSTOM}{key}" if attribute.name == CUSTOM_ATTRIBUTES else f"{attribute.name}.{key}"
        return [Way(prefix + called, steps, attribute, key, lists)]
    return [Way(prefix + end.name, steps, end, None, lists) for end in ends]


def _text(steps: Iterable[Step]) -> str:
    return ".".join(f"{step.attribute}[{step.cast}]" if step.cast else step.attribute for step in steps)


def wanted_ways(
    session: Session, types: Schema, relations: Relations, type_name: str, wanted: object, default: Sequence[str]
) -> list[Way]:
    """Return where the columns are found that are *wanted* of a query, or those that are asked for by *default*.

    All custom attributes are asked for as ``custom_attributes``: one column for each that entities of the type have.

    Raises:
        InvalidArgumentsError: *wanted* is no list of columns.
        UnknownAttributeError: there is none of this name; the message suggests similar ones.
        RelationError: no path is known to a type.
    """
    items = [*types.type(type_name).primary_key, *default] if wanted is None else listed(wanted)
    found: dict[str, Way] = {}
    for way in (way for item in items for way in ways_of(types, relations, type_name, item)):
        if way.attribute.name != CUSTOM_ATTRIBUTES or way.key is not None or way.steps:
            found.setdefault(way.name, way)
            continue
        for key in Finder(session).fitting_keys(type_name):
            each = Way(f"{CUSTOM}{key}", way.steps, way.attribute, key, way.lists)
            found.setdefault(each.name, each)
    return list(found.values())


def columns_of(session: Session, type_name: str, ways: Sequence[Way]) -> tuple[Column, ...]:
    """Return the columns; those of custom attributes hold what these are configured as, where all agree on it."""
    finder = Finder(session) if any(way.key is not None for way in ways) else None
    types = schema_of(session)
    found: list[Column] = []
    for way in ways:
        kinds: set[Kind] = set()
        if finder is not None and way.key is not None and way.attribute.name == CUSTOM_ATTRIBUTES:
            kinds = {kind_of_custom(each.type) for each in finder.fitting(way.end(types, type_name), way.key)}
        found.append(way.column(kinds.pop() if len(kinds) == 1 else None))
    return tuple(found)
