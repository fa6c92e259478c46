"""What is a moment: the one place that knows in which forms points in time come, and what is missing of them.

``datetime`` and ``date`` objects, the arrow objects that ftrack_api makes (which have a ``datetime`` inside), and where
text is welcome, ISO 8601 text. What has no time is midnight, what has no time zone is UTC, as for the server.
"""

from __future__ import annotations

import datetime


def moment_of(value: object, *, text: bool = False) -> datetime.datetime | None:
    """Return the moment that *value* stands for, in its own time zone; None if it stands for none.

    Args:
        value: anything.
        text: whether ISO 8601 text is taken too.

    >>> moment_of(datetime.date(2026, 1, 31))
    datetime.datetime(2026, 1, 31, 0, 0, tzinfo=datetime.timezone.utc)
    >>> moment_of("2026-01-31T12:00:00+02:00", text=True).isoformat()
    '2026-01-31T12:00:00+02:00'
    """
    if isinstance(value, str):
        return _parsed(value) if text else None
    inner = getattr(value, "datetime", None)
    found = inner if isinstance(inner, datetime.datetime) else value
    if isinstance(found, datetime.datetime):
        return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)
    if isinstance(found, datetime.date):
        return datetime.datetime(found.year, found.month, found.day, tzinfo=datetime.timezone.utc)
    return None


def to_datetime(value: object) -> datetime.datetime | None:
    """Return the moment that a date, a datetime or an arrow object stands for, in UTC; None for anything else."""
    found = moment_of(value)
    return None if found is None else found.astimezone(datetime.timezone.utc)


def _parsed(text: str) -> datetime.datetime | None:
    try:
        return moment_of(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError:
        return None
