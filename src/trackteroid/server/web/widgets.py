"""The widgets of `get_widget_url`: an entity, somebody's tasks, all tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

import sqlalchemy as sa

from trackteroid.server.auth import signatures
from trackteroid.server.auth.access import find_active_user
from trackteroid.server.compiler import run
from trackteroid.server.core.failures import PermissionError_, ValueError_
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.language import And, Criteria, Or, Order, Query
from trackteroid.server.model import EntityType, Model, UnknownName
from trackteroid.server.web.entities import FACTS, NAMES, is_equal, known, path_of, projections, text_of
from trackteroid.server.web.pages import Page
from trackteroid.values import frozen

#: The widgets, and whether they are always about an entity.
WIDGETS: Final[Mapping[str, bool]] = {"info": True, "tasks": False, "tasks_browser": False}

#: How long a link works.
_SECONDS: Final = 6 * 60
_PURPOSE: Final = "widget"
_MOST_TASKS: Final = 200
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
    if widget.name != "info":
        return _tasks(request, widget)
    entity_type = _type(request, widget)
    facts = {label: list(known(request.model, entity_type, paths)) for label, paths in FACTS.items()}
    chosen = {label: paths[0] for label, paths in facts.items() if paths}
    names = list(known(request.model, entity_type, NAMES))
    entity = _entity(request, widget, [*names, *chosen.values()])
    title = next((name for path in names if (name := text_of(entity, path))), entity_type.name)
    rows = [(label, text) for label, path in chosen.items() if (text := text_of(entity, path))]
    return Page(title, entity_type.name, rows=rows)


def _entity(request: Request, widget: Widget, paths: Sequence[str]) -> Mapping[str, Any]:
    """Return the values of `paths` of the entity a widget is about."""
    entity_type = _type(request, widget)
    keys = zip(entity_type.primary_key, widget.entity_key, strict=True)
    criteria = And(tuple(is_equal(name, value) for name, value in keys))
    found = run(request, Query(entity_type.name, projections([*entity_type.primary_key, *paths]), criteria)).records
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
        conditions.append(is_equal("assignments.resource_id", widget.entity_key[0] if about_user else widget.user_id))
    if widget.entity_type is not None and not about_user:
        places = ("id", "project_id", "ancestors.id")
        conditions.append(Or(tuple(is_equal(place, widget.entity_key[0]) for place in places)))
    where = And(tuple(conditions)) if conditions else None
    order = tuple(Order(path_of(name)) for name in ("project.name", "parent.name", "name"))
    query = Query("Task", projections(list(_TASKS.values())), where, order=order, limit=_MOST_TASKS)
    answer = run(request, query)
    title = "All tasks" if widget.name == "tasks_browser" and not about_user else "Tasks"
    note = "" if answer.next_offset is None else f"These are the first {_MOST_TASKS} tasks; there are more."
    rows = [tuple(text_of(task, path) for path in _TASKS.values()) for task in answer.records]
    # Where, or whose, they are.
    if widget.entity_type is None:
        place = request.actor.username if widget.name == "tasks" else ""
    else:
        path = "username" if about_user else "link"
        place = text_of(_entity(request, widget, [path]), path)
    return Page(title, place, tuple(_TASKS), rows, note or ("" if rows else "There are none."))
