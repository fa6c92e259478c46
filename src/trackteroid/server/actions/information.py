"""The actions with which a session begins: what server this is and what entity types it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from trackteroid.constants import __VERSION__
from trackteroid.server.core.request import Request
from trackteroid.server.history.moments import kept_since


def query_server_information(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return what clients need to know before anything else. The answer is bare: no action, no data."""
    about = request.model.table("ServerInformation")
    server_id = sa.select(about.c.value).where(about.c.key == "server_id")
    kept = kept_since(request.connection)
    information = {
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
        "storage_scenario": _storage_scenario(request),
        "product": {"name": "Trackteroid", "version": __VERSION__},
        "server_id": request.connection.execute(server_id).scalar(),
    }
    wanted = operation.get("values")
    return information if not wanted else {name: information[name] for name in information if name in wanted}


def query_schemas(request: Request, _operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the schemas of all entity types, as a bare list."""
    return request.model.served(request.edition).schemas


def _storage_scenario(request: Request) -> dict[str, Any]:
    """Return the setting that says where files are kept; without one, every client decides for itself."""
    setting = request.model.table("Setting")
    statement = sa.select(setting.c.value).where(setting.c.name == "storage_scenario", setting.c.group == "STORAGE")
    value = request.connection.execute(statement).scalar()
    return json.loads(value) if value else {"scenario": "ftrack.automatic", "data": {}}
