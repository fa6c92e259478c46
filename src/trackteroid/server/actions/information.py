"""What tools ask a server besides for entities: which one it is, what types it has, and links to its pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from trackteroid.constants import __VERSION__
from trackteroid.server.actions.entities import find_row
from trackteroid.server.actions.payload import type_of
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.core.values import shown
from trackteroid.server.history.moments import kept_since
from trackteroid.server.web import WIDGETS, Widget, link_to


def query_server_information(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return what clients need to know before anything else. The answer is bare: no action, no data."""
    connection, kept = request.connection, kept_since(request.connection)
    about, setting = request.model.table("ServerInformation"), request.model.table("Setting")
    server_id = sa.select(about.c.value).where(about.c.key == "server_id")
    scenario = sa.select(setting.c.value).where(setting.c.name == "storage_scenario", setting.c.group == "STORAGE")
    stored = connection.execute(scenario).scalar()
    information: dict[str, Any] = {
        "version": request.edition.version,
        "schema_hash": request.model.served(request.edition).hash,
        "is_timezone_support_enabled": True,
        "is_nested_subqueries_enabled": True,
        "supports_list_changes": True,
        "supports_aggregates": True,
        "supports_columns": True,
        "supports_event_log": True,
        "supports_reviews_in_commits": True,
        "supports_trial_deletions": True,
        "history_since": None if kept is None else kept.at,
        "own_orders": sorted(each.name for each in request.model.types.values() if each.order),
        "call_operations": request.limits.call_operations,
        # Where files are kept; without that setting, every client decides for itself.
        "storage_scenario": json.loads(stored) if stored else {"scenario": "ftrack.automatic", "data": {}},
        "product": {"name": "Trackteroid", "version": __VERSION__},
        "server_id": connection.execute(server_id).scalar(),
    }
    wanted = operation.get("values")
    return information if not wanted else {name: information[name] for name in information if name in wanted}


def query_schemas(request: Request, _operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the schemas of all entity types, as a bare list."""
    return request.model.served(request.edition).schemas


def track_usage(_request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Take note of nothing; callers expect an answer, and ignore it."""
    return {"action": operation["action"], "success": True}


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
    widget = Widget(name, "light" if operation.get("theme") == "light" else "dark", request.actor.id)
    if operation.get("entity_type") is not None:
        uow = unit_of_work(request)
        entity_type = type_of(uow, operation)
        if entity_type.view is not None:
            raise ValidationError(f"There is no page about a {entity_type.name}.")
        row = find_row(uow, entity_type, uow.key_of(entity_type, operation.get("entity_key")))
        if not WIDGETS[name] and row.type.root.name != "Context" and row.type.name != "User":
            raise ValidationError(f'The widget "{name}" is about a context or a user, not about a {row.type.name}.')
        widget = replace(widget, entity_type=row.type.name, entity_key=row.key)
    elif WIDGETS[name]:
        raise ValidationError(f'The widget "{name}" is about an entity: pass its entity_type and entity_key.')
    return {"widget_url": link_to(request, widget)}
