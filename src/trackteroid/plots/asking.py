"""What plots are drawn of, asked for as rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from trackteroid.chains import Chain
from trackteroid.entities.base import entity_class
from trackteroid.errors import InvalidArgumentsError
from trackteroid.plots.history import Change, Line
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.spelling import to_datetime

#: Which entities tell of the changes of which others.
_CHANGES = {"TypedContext": "TypedContextStatusChange", "AssetVersion": "AssetVersionStatusChange"}
_DONE = "DONE"
_HOUR = 3600.0


def lines_of(query: Query, amount: str | None = None) -> list[Line]:
    """Return the lives of what a query finds; with the name of an attribute, each counts as much as that says.

    Raises:
        InvalidArgumentsError: it is no query for contexts or versions, whose changes servers remember.
    """
    kind = next((_CHANGES[each] for each in _lineage(query) if each in _CHANGES), None)
    if kind is None:
        raise InvalidArgumentsError(
            f"Servers remember how the statuses of tasks, other contexts and versions have changed, not those of "
            f"{query.entity_type.__name__}. Give a query for these: Query(Task)."
        )
    created = "created_at" if "TypedContext" in _lineage(query) else "date"
    wanted = ["id", created, "status.name", "status.state.short", *([amount] if amount else [])]
    changes = _changes(query, kind)
    return [
        Line(
            _moment(at),
            status or "no status",
            state == _DONE,
            float(rest[0] or 0.0) if rest else 1.0,
            changes.get(identity, ()),
        )
        for identity, at, status, state, *rest in query.iter_rows(wanted)
    ]


def hours_of(query: Query) -> Mapping[str, tuple[float, float]]:
    """Return the hours that were bid and logged for tasks, by the names of their projects.

    Raises:
        InvalidArgumentsError: it is no query for tasks.
    """
    if query.entity_type.__name__ != "Task":
        raise InvalidArgumentsError(f"Tasks have bids. Give a query for these: Query(Task), not {query!r}.")
    found: dict[str, tuple[float, float]] = {}
    for project, bid, logged in query.iter_rows(["project.name", "bid", "time_logged"]):
        before = found.get(project, (0.0, 0.0))
        found[project] = (before[0] + (bid or 0.0) / _HOUR, before[1] + (logged or 0.0) / _HOUR)
    return dict(sorted(found.items()))


def _lineage(query: Query) -> tuple[str, ...]:
    return schema_of(query.session).lineage(query.entity_type.__name__)


def _changes(query: Query, kind: str) -> dict[str, list[Change]]:
    """Return the changes of what a query finds, by its ids."""
    chain: Any = Chain(kind, ("parent_id",))
    asked = Query(entity_class(kind), query.session, query.schema).where(chain.in_(query))
    found: dict[str, list[Change]] = {}
    for owner, at, status, state in asked.iter_rows(["parent_id", "date", "status.name", "status.state.short"]):
        found.setdefault(owner, []).append(Change(_moment(at), status or "no status", state == _DONE))
    return found


def _moment(value: Any) -> datetime:
    return to_datetime(value) or datetime.fromtimestamp(0, timezone.utc)
