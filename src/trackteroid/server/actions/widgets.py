"""The action `get_widget_url`: a link to a page that tools show beside their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trackteroid.server.actions.payload import type_of
from trackteroid.server.actions.update import find_row
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.core.values import shown
from trackteroid.server.web import WIDGETS, Widget, link_to


def get_widget_url(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make a link to a page of this server that works for six minutes without a key: `info`, `tasks`, `tasks_browser`.

    Args:
        request: The request.
        operation: `name` of the page; `theme`, `light` or else dark; `entity_type` and `entity_key` of what it is
            about: anything for `info`, which needs it, and a context or user for the tasks.

    Raises:
        ValidationError: There is no such page, or not about such an entity.
        ValueError_: There is no such entity.
    """
    name = operation.get("name")
    if name not in tuple(WIDGETS):
        raise ValidationError(f"There is no widget {shown(name)}; there are {', '.join(WIDGETS)}.")
    row = _entity(request, operation)
    if row is None and WIDGETS[name]:
        raise ValidationError(f'The widget "{name}" is about an entity: pass its entity_type and entity_key.')
    if row is not None and not WIDGETS[name] and row.type.root.name != "Context" and row.type.name != "User":
        raise ValidationError(f'The widget "{name}" is about a context or a user, not about a {row.type.name}.')
    theme = "light" if operation.get("theme") == "light" else "dark"
    widget = Widget(name, theme, request.actor.id)
    if row is not None:
        widget = replace(widget, entity_type=row.type.name, entity_key=row.key)
    return {"widget_url": link_to(request, widget)}


def _entity(request: Request, operation: Mapping[str, Any]) -> Row | None:
    """Return the entity that a widget is about."""
    if operation.get("entity_type") is None:
        return None
    uow = unit_of_work(request)
    entity_type = type_of(uow, operation)
    if entity_type.view is not None:
        raise ValidationError(f"There is no page about a {entity_type.name}.")
    return find_row(uow, entity_type, uow.key_of(entity_type, operation.get("entity_key")))
