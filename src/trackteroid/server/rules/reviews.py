"""Review sessions: which picture they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.step import Step


def set_thumbnail(step: Step) -> None:
    """A review session shows the picture of its first object that has one."""
    _refresh(step.uow, {step.old.get("review_session_id"), step.value("review_session_id")})


def set_thumbnails(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """Where the object is deleted whose picture a review session shows, the next one takes its place."""
    _refresh(uow, {row.values["review_session_id"] for row in removed})


def read_objects(steps: Sequence[Step]) -> None:
    """Look at once for the review sessions that versions are in."""
    ids = [step.value("id") for step in steps if not step.is_new and step.changes("thumbnail_id")]
    steps[0].uow.select("ReviewSessionObject", "version_id", ids)


def refresh_thumbnails(step: Step) -> None:
    """A review session notices that a version in it has got another picture."""
    if not step.is_new and step.changes("thumbnail_id"):
        objects = step.uow.select("ReviewSessionObject", "version_id", [step.value("id")])
        _refresh(step.uow, {row.values["review_session_id"] for row in objects})


def _refresh(uow: UnitOfWork, session_ids: Iterable[Any]) -> None:
    sessions = uow.find_all("ReviewSession", [(session_id,) for session_id in session_ids if session_id is not None])
    reviewed, version = uow.model.table("ReviewSessionObject"), uow.model.table("AssetVersion")
    pictures = (
        sa.select(version.c.thumbnail_id)
        .select_from(reviewed.join(version, version.c.id == reviewed.c.version_id))
        .where(version.c.thumbnail_id.is_not(None))
        .order_by(reviewed.c.sort_order, reviewed.c.id)
        .limit(1)
    )
    for (session_id,), session in sessions.items():
        first = uow.execute(pictures.where(reviewed.c.review_session_id == session_id)).scalar()
        uow.write(session, {"thumbnail_id": first})
