"""What pages say of an entity, and the page of one, to which links of the ftrack clients lead.

Such links end in `#slideEntityId=ID&slideEntityType=TYPE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import urlencode

from trackteroid.server.compiler import run
from trackteroid.server.compiler.columns import is_obtainable
from trackteroid.server.core.failures import ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.language import Comparison, Literal, Operator, Order, Path, Projection, Query, Step
from trackteroid.server.model import EntityType, Key, Model, Reference, Scalar
from trackteroid.server.web.pages import Cell, Link, Page, Section
from trackteroid.spelling import written_id

#: What is the name of an entity: the first of these paths that its type has and that leads to something.
NAMES: Final = ("name", "full_name", "username", "label", "asset.name", "subject", "key")
#: What a page shows of an entity: the first of these paths that its type has.
FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Path": ("link",),
    "Type": ("type.name", "type", "file_type"),
    "Status": ("status.name", "status"),
    "Priority": ("priority.name",),
    "Asset": ("asset.name", "version.asset.name"),
    "Version": ("version",),
    "User": ("user.username",),
    "First name": ("first_name",),
    "Last name": ("last_name",),
    "Start": ("start_date", "start"),
    "End": ("end_date", "end"),
    "Date": ("date",),
    "Created": ("created_at",),
    "Description": ("description",),
    "Comment": ("comment", "content"),
}
#: What links call the types that have pages in ftrack. Others are called by their name, in any letters.
_CALLED: Final[Mapping[str, str]] = {"task": "TypedContext", "show": "Project"}
#: What is below an entity: of which type it is, and which of its attributes is the id of the entity.
_BELOW: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "Context": (("TypedContext", "parent_id"), ("Asset", "context_id")),
    "Task": (("AssetVersion", "task_id"),),
    "Asset": (("AssetVersion", "asset_id"),),
    "AssetVersion": (("Component", "version_id"),),
    "ContainerComponent": (("Component", "container_id"),),
}
_BELOW_TITLES: Final = {"TypedContext": "Children", "AssetVersion": "Versions"}
_COLUMNS: Final = {"Type": ("type.name", "file_type"), "Status": ("status.name",)}
_MOST: Final = 200
#: What is of use to programs only, or is shown as something else.
_LEFT_OUT: Final = ("context_type", "concrete_type", "link", "resource_type", "sort", "system_type", "thumbnail_url")


def known(model: Model, entity_type: EntityType, paths: Sequence[str]) -> Iterator[str]:
    """Yield those of `paths` that lead to a value of entities of a type."""
    for path in paths:
        *steps, last = path.split(".")
        holder: EntityType | None = entity_type
        for step in steps:
            attribute = holder.attributes.get(step) if holder else None
            holder = model.type(attribute.target) if isinstance(attribute, Reference) else None
        attribute = holder.attributes.get(last) if holder else None
        if isinstance(attribute, Scalar) and not attribute.hidden and is_obtainable(last, attribute):
            yield path


def text_of(entity: Mapping[str, Any], path: str) -> str:
    """Return the value at the end of a path as a person reads it."""
    value: Any = entity
    for name in path.split("."):
        value = None if value is None else value.get(name)
    if isinstance(value, list):  # the parts of a link, or plain values
        parts = cast("list[Any]", value)
        return " / ".join(str(cast("Any", part)["name"] if isinstance(part, Mapping) else part) for part in parts)
    if isinstance(value, Mapping):
        return f"{str(cast('Any', value)['value'])[:16].replace('T', ' ')} UTC"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def projections(paths: Sequence[str]) -> tuple[Projection, ...]:
    """Return what a query projects to bring these paths."""
    return tuple(Projection(path_of(path)) for path in dict.fromkeys(paths))


def is_equal(path: str, value: str | int) -> Comparison:
    """Return the condition that what a path leads to is a value."""
    return Comparison(path_of(path), Operator.IS, Literal(str(value), quoted=isinstance(value, str)))


def path_of(text: str) -> Path:
    """Return the path of names with dots between them."""
    return Path(tuple(Step(name) for name in text.split(".")))


def about(request: Request, called: str, identity: str) -> Page:
    """Return the page of an entity, as much of it as whoever asks may see.

    Raises:
        ValueError_: There is no such entity, or they may not see it.
    """
    model, entity_type = request.model, _concrete(request, called, written_id(identity))
    names = list(known(model, entity_type, NAMES))
    facts = {label: next(known(model, entity_type, paths), None) for label, paths in FACTS.items()}
    shown = {label: path for label, path in facts.items() if path is not None}
    listed = known(model, entity_type, _attributes(entity_type))
    others = [name for name in listed if name not in shown.values() and name not in names]
    more = [name for name in ("thumbnail_url", "custom_attributes") if name in entity_type.attributes]
    entity = _find(request, entity_type.name, written_id(identity), [*names, *shown.values(), *others, *more])
    # What leads to entities leads there on the page, too.
    way = tuple(Link(part["name"], _address(part)) for part in entity.get("link") or ())
    cells = {label: way if path == "link" else text_of(entity, path) for label, path in shown.items()}
    values = {name: text_of(entity, name) for name in others}
    for each in entity.get("custom_attributes") or ():
        value = each["value"]
        text = ", ".join(map(str, cast("list[Any]", value))) if isinstance(value, list) else text_of(each, "value")
        values[f"custom_attributes[{each['key']}]"] = text
    below = [each for kind, found in _BELOW.items() if entity_type.is_a(model.type(kind)) for each in found]
    sections = [_below(request, target, key, entity["id"]) for target, key in below]
    picture = entity.get("thumbnail_url")
    return Page(
        next((text for path in names if (text := text_of(entity, path))), entity_type.name),
        entity_type.name,
        rows=[(label, cell) for label, cell in cells.items() if cell],
        picture=picture["url"] if picture and picture["value"] and request.files is not None else "",
        sections=[
            *(section for section in sections if section.rows),
            Section("Attributes", rows=[(name, text) for name, text in values.items() if text]),
        ],
    )


def address_of(kind: str, identity: str) -> str:
    """Return where the page of an entity is, from the start page on: as clients write it."""
    called = next((called for called, name in _CALLED.items() if name == kind), kind.lower())
    return f"#{urlencode({'slideEntityId': identity, 'slideEntityType': called})}"


def _concrete(request: Request, called: str, identity: str) -> EntityType:
    """Return the type of an entity: that which a link names, or one of its subtypes."""
    name = _CALLED.get(called.lower())
    if name is None:
        types = request.model.types.items()
        with_pages = (name for name, each in types if each.served and each.primary_key == ("id",))
        name = next((name for name in with_pages if name.lower() == called.lower()), None)
    if name is None:
        raise ValueError_(f"There are no pages of {called[:100]}.")
    return request.model.type(_find(request, name, identity, ["id"])["__entity_type__"])


def _find(request: Request, name: str, identity: str, paths: Sequence[str]) -> Mapping[str, Any]:
    found = run(request, Query(name, projections(paths), is_equal("id", identity))).records
    if not found:
        raise ValueError_(f"There is no {name} {identity[:100]}, or you may not see it.")
    return found[0]


def _attributes(entity_type: EntityType) -> list[str]:
    """Return the attributes that are values and of use to people."""
    return [
        name
        for name, attribute in entity_type.attributes.items()
        if isinstance(attribute, Scalar)
        and not (isinstance(attribute, Key) or attribute.restricted or attribute.same_as)
        and name not in _LEFT_OUT
        and not name.startswith("_")
    ]


def _below(request: Request, target: str, key: str, identity: str) -> Section:
    model, entity_type = request.model, request.model.type(target)
    name = next(known(model, entity_type, NAMES))
    number = list(known(model, entity_type, ("version",)))
    columns = {label: path for label, paths in _COLUMNS.items() for path in known(model, entity_type, paths)}
    order = tuple(Order(path_of(path)) for path in (name, *number))
    asked = projections(["id", name, *number, *columns.values()])
    answer = run(request, Query(target, asked, is_equal(key, identity), order=order, limit=_MOST))
    rows: list[tuple[Cell, ...]] = []
    for record in answer.records:
        versions = (f"v{record[each]:03}" for each in number if record[each] is not None)
        text, kind = " ".join([text_of(record, name), *versions]).strip(), record["__entity_type__"]
        rows.append((Link(text or kind, _address(record)), kind, *(text_of(record, path) for path in columns.values())))
    note = "" if answer.next_offset is None else f"These are the first {_MOST}; there are more."
    title = _BELOW_TITLES.get(target, f"{target}s")
    return Section(title, ("Name", "Kind", *columns), rows, note)


def _address(record: Mapping[str, Any]) -> str:
    return address_of(record.get("__entity_type__") or record["type"], record["id"])
