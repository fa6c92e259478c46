"""Collections as tables: which columns they have, and the cells of these, from memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import is_new, mapping, members, stored_value
from trackteroid.client.missing import mode_of
from trackteroid.collections.context import (
    Context,
    Selection,
    Unloaded,
    context_of,
    entities_in,
    sources_of,
    type_name_of,
)
from trackteroid.collections.fetching import fetch
from trackteroid.collections.missing import tell
from trackteroid.columns import CUSTOM_ATTRIBUTES, Way, listed, ways_of
from trackteroid.errors import UnknownNameError
from trackteroid.schema.relations import relations_of
from trackteroid.schema.types import Schema, Step
from trackteroid.spelling import moment_of
from trackteroid.tables import PAGE, Column, Kind, Row, shown
from trackteroid.tabular import DataTable
from trackteroid.values import frozen

#: Of how many entities is looked at what is loaded, where no query says what was asked for and to draw some.
SAMPLE = 100


#: What ftrack's application calls the types that have a page.
_PAGES = {"TypedContext": "task", "Project": "show", "AssetVersion": "assetversion"}


@frozen
class _Plan:
    """The columns of a collection, and where their cells are found."""

    ways: tuple[Way, ...]
    columns: tuple[Column, ...]


def note_asked(selection: Selection, paths: Iterable[str]) -> None:
    """Remember that these attributes of the entities were asked for, so that tables have them."""
    prefix = _prefix(selection)
    context_of(selection).origin.asked.update(dict.fromkeys(f"{prefix}{path}" for path in paths))


def table(selection: Selection, wanted: Iterable[object] | None = None, *, sample: int | None = None) -> DataTable:
    """Return a collection as a table; without columns that are *wanted*, those that were asked for.

    What the cells of custom attributes are is seen from all of them, or from those of the first entities: a *sample*.
    """
    context, entities = context_of(selection), entities_in(selection)
    plan = _plan(selection, wanted, sample)

    def read(start: int, stop: int | None) -> Iterator[Sequence[Row]]:
        chosen = entities[start:stop]
        for place in range(0, len(chosen), PAGE):
            cells = [_cells(context.types, way, chosen[place : place + PAGE]) for way in plan.ways]
            yield list(zip(*cells, strict=True))

    has_id = context.types.type(type_name_of(selection)).primary_key == ("id",)
    unloaded = (f"The {type_name_of(selection)} entities were not loaded.",) if context.unloaded else ()
    return DataTable(
        type_name_of(selection),
        plan.columns,
        read,
        len(entities),
        links=(lambda row: _page_of(context, entities[row])) if has_id else None,
        pictures=(lambda row: _picture(entities[row]))
        if context.types.find_attribute(type_name_of(selection), "thumbnail_url")
        else None,
        notes=unloaded,
    )


def loaded_table(selection: Selection, wanted: Iterable[object] | None) -> DataTable:
    """Return a collection as a table, after doing what the session does about what was not loaded."""
    context, found = context_of(selection), table(selection, wanted)
    if context.unloaded is not None:
        tell(context.unloaded)
    ways = _plan(selection, wanted, 0).ways
    entities = entities_in(selection)
    lacking = list[tuple[Way, list[FtrackEntity]]]()
    for way in ways:
        pairs = zip(entities, _cells(context.types, way, entities), strict=True)
        if left := [entity for entity, cell in pairs if cell is NOT_SET and not is_new(entity)]:
            lacking.append((way, left))
    if lacking and mode_of(context.session) == "fetch":
        fetch(context.session, entities, [way.path for way, _ in lacking], only_missing=True)
        return table(selection, wanted)
    for way, left in lacking:
        first, _, rest = way.path.partition(".")
        attribute = context.types.attribute(type_name_of(selection), first)
        tell(Unloaded(selection, attribute, left, rest))
    return found


def _plan(selection: Selection, wanted: Iterable[object] | None, sample: int | None) -> _Plan:
    context, type_name = context_of(selection), type_name_of(selection)
    relations = relations_of(context.session, context.schema)
    items = listed(wanted) if wanted is not None else _asked(selection)
    entities = entities_in(selection)[:sample]
    found: dict[tuple[str, tuple[Step, ...]], Way] = {}
    for way in (way for item in items for way in ways_of(context.types, relations, type_name, item)):
        if way.attribute.name != CUSTOM_ATTRIBUTES or way.key is not None or way.is_many:
            found.setdefault((way.name, way.steps), way)
            continue
        # All custom attributes are asked for: there is a column for each of them.
        prefix = way.name.removesuffix(CUSTOM_ATTRIBUTES)
        values = [each for each in _cells(context.types, way, entities) if each is not NOT_SET]
        for key in sorted({key for value in values for key in value or ()}):
            each = Way(f"{prefix}custom_{key}", way.steps, way.attribute, key, way.lists)
            found.setdefault((each.name, each.steps), each)
    ways = tuple(found.values())
    columns = tuple(way.column(_kind_of_values(context.types, way, entities) if way.key else None) for way in ways)
    return _Plan(ways, columns if wanted is None else shown(columns))


def _asked(selection: Selection) -> list[str]:
    """Return the paths that were asked for; where no query did, the attributes that are loaded."""
    context, type_name = context_of(selection), type_name_of(selection)
    prefix, keys = _prefix(selection), context.types.type(type_name).primary_key
    asked = [path.removeprefix(prefix) for path in context.origin.asked if path.startswith(prefix)]
    types, known = context.types, list[str]()
    for path in asked:
        with suppress(UnknownNameError):  # another kind has it
            if types.walk(type_name, path)[-1].projectable:
                known.append(path)
    if not known:
        sample = entities_in(selection)[:SAMPLE]
        plain = [
            name
            for name, attribute in types.attributes(type_name).items()
            if attribute.kind == "scalar" and attribute.projectable
        ]
        known = [name for name in plain if any(_value(types, entity, name) not in (None, NOT_SET) for entity in sample)]
    return list(dict.fromkeys([*keys, *known]))


def _prefix(selection: Selection) -> str:
    """Return the path from what the query found to these entities, with a dot behind it."""
    owners = [selection, *sources_of(selection)]
    return "".join(f"{owner.source.attribute}." for owner in reversed(owners) if owner.source)


def _kind_of_values(types: Schema, way: Way, entities: Sequence[FtrackEntity]) -> Kind:
    """Return what the values of a custom attribute are; nobody asks the server how it is configured."""
    cells = _cells(types, way, entities)
    lists: list[list[Any]] = [([] if cell is NOT_SET else cell) if way.is_many else [cell] for cell in cells]
    values = [value for each in lists for value in each]
    known: set[Kind] = set()
    for value in values:
        match value:
            case None:
                pass
            case bool():
                known.add("boolean")
            case int():
                known.add("integer")
            case float():
                known.add("number")
            case str():
                known.add("text")
            case _ if value is not NOT_SET:
                known.add("json" if moment_of(value) is None else "moment")
            case _:
                pass
    if known == {"integer", "number"}:
        return "number"
    if len(known) > 1:
        return "json"
    return known.pop() if known else "text"


def _cells(types: Schema, way: Way, entities: Sequence[FtrackEntity]) -> list[Any]:
    return [_cell(types, way, entity) for entity in entities]


def _cell(types: Schema, way: Way, entity: FtrackEntity, place: int = 0) -> Any:
    """Return the value at the end of a way, of which *place* steps are gone; a list, if there may be several."""
    if place == len(way.steps):
        value = _value(types, entity, way.attribute.name)
        if not way.attribute.is_many or value is NOT_SET:
            return value
        pairs = mapping(value)
        return pairs if way.key is None else pairs.get(way.key)
    step = way.steps[place]
    value = _value(types, entity, step.attribute)
    if value is NOT_SET:
        return NOT_SET
    found = [each for each in members(value) if step.cast is None or types.is_a(each.entity_type, step.cast)]
    cells = [_cell(types, way, each, place + 1) for each in found]
    has_lists = any(way.lists[place + 1 :])
    if not way.lists[place]:
        return cells[0] if cells else [] if has_lists else None
    if any(cell is NOT_SET for cell in cells):
        return NOT_SET
    return [each for cell in cells for each in cell or ()] if has_lists else cells


def _value(types: Schema, entity: FtrackEntity, name: str) -> Any:
    """Return the stored value of an attribute; None where entities of this type never have it."""
    if entity.attributes.get(name) is None:
        return None
    value = stored_value(entity, name)
    return None if value is NOT_SET and not types.find_attribute(entity.entity_type, name) else value


def _page_of(context: Context, entity: FtrackEntity) -> str:
    """Return the address of the page of an entity in ftrack's own application; empty text if it has none."""
    url = str(getattr(context.session, "server_url", ""))
    known = next((_PAGES[kind] for kind in context.types.lineage(entity.entity_type) if kind in _PAGES), "")
    if not known or not url.startswith(("http://", "https://")):
        return ""
    identity = quote(str(stored_value(entity, "id")), safe="")
    return f"{url.rstrip('/')}/#slideEntityId={identity}&slideEntityType={known}&itemId=home"


def _picture(entity: FtrackEntity) -> str:
    """Return the address of the thumbnail of an entity, if that was loaded."""
    value = stored_value(entity, "thumbnail_url") if entity.attributes.get("thumbnail_url") else None
    address = value.get("url") if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return address if isinstance(address, str) else ""
