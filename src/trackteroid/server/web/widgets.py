"""The widgets of `get_widget_url`: an entity, somebody's tasks, all tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, cast
from urllib.parse import urlencode

import sqlalchemy as sa

from trackteroid.server.auth import signatures
from trackteroid.server.auth.access import find_active_user
from trackteroid.server.compiler import run
from trackteroid.server.compiler.computed import is_obtainable
from trackteroid.server.core.failures import PermissionError_, ValueError_
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.language import (
    And,
    Comparison,
    Criteria,
    Literal,
    Operator,
    Or,
    Order,
    Path,
    Projection,
    Query,
    Step,
)
from trackteroid.server.model import EntityType, Model, Reference, Scalar, UnknownName
from trackteroid.server.web.pages import Page
from trackteroid.values import frozen

#: The widgets, and whether they are always about an entity.
WIDGETS: Final[Mapping[str, bool]] = {"info": True, "tasks": False, "tasks_browser": False}

#: How long a link works.
_SECONDS: Final = 6 * 60
_PURPOSE: Final = "widget"
_MOST_TASKS: Final = 200

_NAMES: Final = ("name", "full_name", "username", "label", "asset.name", "subject", "key")
#: What a page shows of an entity: the first of these paths that its type has.
_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
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
_TASKS: Final[Mapping[str, str]] = {
    "Path": "parent.link",
    "Task": "name",
    "Type": "type.name",
    "Status": "status.name",
    "Priority": "priority.name",
    "End": "end_date",
}


@frozen
class Widget:
    """What a link shows, to whom.

    Attributes:
        name: One of `WIDGETS`.
        theme: `dark` or `light`.
        user_id: Who asked for the link; the page shows what this user may see.
        entity_type: The concrete type of the entity it is about, if it is about one.
        entity_key: Its primary key.
    """

    name: str
    theme: str
    user_id: str
    entity_type: str | None = None
    entity_key: Sequence[str | int] = ()


def link_to(request: Request, widget: Widget) -> str:
    """Return a link to a widget that works for six minutes."""
    token = signatures.sign(request.connection, request.model, _PURPOSE, asdict(widget), seconds=_SECONDS)
    return f"{request.base_url}/widget?{urlencode({'token': token})}"


def open_link(connection: sa.Connection, model: Model, token: str) -> tuple[Widget, Actor]:
    """Return the widget of a link and its user; raises `PermissionError_` for one that does not work, or no longer."""
    content = signatures.read(connection, model, _PURPOSE, token)
    widget = None if content is None else Widget(**content)
    actor = None if widget is None else find_active_user(connection, model, widget.user_id)
    if widget is None or actor is None:
        raise PermissionError_("The link is not valid, or no longer: links work for six minutes. Open the page again.")
    return widget, actor


def show(request: Request, widget: Widget) -> Page:
    """Return the page of a widget; `request` is that of its user."""
    return _info(request, widget) if widget.name == "info" else _tasks(request, widget)


def _info(request: Request, widget: Widget) -> Page:
    entity_type = _type(request, widget)
    facts = {label: list(_known(request.model, entity_type, paths)) for label, paths in _FACTS.items()}
    chosen = {label: paths[0] for label, paths in facts.items() if paths}
    names = list(_known(request.model, entity_type, _NAMES))
    entity = _entity(request, widget, [*names, *chosen.values()])
    title = next((name for path in names if (name := _text(entity, path))), entity_type.name)
    rows = [(label, text) for label, path in chosen.items() if (text := _text(entity, path))]
    return Page(title, entity_type.name, rows=rows)


def _entity(request: Request, widget: Widget, paths: Sequence[str]) -> Mapping[str, Any]:
    """Return the values of `paths` of the entity a widget is about."""
    entity_type = _type(request, widget)
    keys = zip(entity_type.primary_key, widget.entity_key, strict=True)
    criteria = And(tuple(_is(name, value) for name, value in keys))
    found = run(request, Query(entity_type.name, _projections([*entity_type.primary_key, *paths]), criteria)).records
    if not found:
        raise ValueError_(f"This {entity_type.name} is no longer there.")
    return found[0]


def _type(request: Request, widget: Widget) -> EntityType:
    """Return the type of the entity a widget is about; types that follow from object types can go."""
    try:
        return request.model.type(str(widget.entity_type))
    except UnknownName as error:
        raise ValueError_(str(error)) from None


def _tasks(request: Request, widget: Widget) -> Page:
    """Return the tasks of a user, or in the browser all tasks; both at or below a context if there is one."""
    about_user = widget.entity_type == "User"
    conditions: list[Criteria] = []
    if widget.name == "tasks" or about_user:
        conditions.append(_is("assignments.resource_id", widget.entity_key[0] if about_user else widget.user_id))
    if widget.entity_type is not None and not about_user:
        places = ("id", "project_id", "ancestors.id")
        conditions.append(Or(tuple(_is(place, widget.entity_key[0]) for place in places)))
    where = And(tuple(conditions)) if conditions else None
    order = tuple(Order(_path(name)) for name in ("project.name", "parent.name", "name"))
    query = Query("Task", _projections(list(_TASKS.values())), where, order=order, limit=_MOST_TASKS)
    answer = run(request, query)
    title = "All tasks" if widget.name == "tasks_browser" and not about_user else "Tasks"
    note = "" if answer.next_offset is None else f"These are the first {_MOST_TASKS} tasks; there are more."
    rows = [tuple(_text(task, path) for path in _TASKS.values()) for task in answer.records]
    return Page(title, _place(request, widget), tuple(_TASKS), rows, note or ("" if rows else "There are none."))


def _place(request: Request, widget: Widget) -> str:
    """Return where, or whose, the tasks of a page are."""
    if widget.entity_type is None:
        return request.actor.username if widget.name == "tasks" else ""
    path = "username" if widget.entity_type == "User" else "link"
    return _text(_entity(request, widget, [path]), path)


def _known(model: Model, entity_type: EntityType, paths: Sequence[str]) -> Iterator[str]:
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


def _text(entity: Mapping[str, Any], path: str) -> str:
    """Return the value at the end of a path as a person reads it."""
    value: Any = entity
    for name in path.split("."):
        value = None if value is None else value.get(name)
    if isinstance(value, list):
        return " / ".join(str(part["name"]) for part in cast("list[Any]", value))
    if isinstance(value, Mapping):
        return f"{str(cast('Any', value)['value'])[:16].replace('T', ' ')} UTC"
    return "" if value is None else str(value)


def _projections(paths: Sequence[str]) -> tuple[Projection, ...]:
    return tuple(Projection(_path(path)) for path in dict.fromkeys(paths))


def _is(path: str, value: str | int) -> Comparison:
    return Comparison(_path(path), Operator.IS, Literal(str(value), quoted=isinstance(value, str)))


def _path(text: str) -> Path:
    return Path(tuple(Step(name) for name in text.split(".")))
