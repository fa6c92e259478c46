"""Review sessions: which picture they show, who has said something, and what was drawn when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.writing import may_read
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


def keep_source(step: Step) -> None:
    """Whose picture a review session shows is found out, not chosen."""
    if not step.is_new and step.changes("thumbnail_source_id"):
        step.values["thumbnail_source_id"] = step.old["thumbnail_source_id"]


def sign_status(step: Step) -> None:
    """What an invitee says is said by the person who was invited."""
    if step.changes("review_session_invitee_id") and not step.changes("resource_id"):
        invitee = step.uow.find("ReviewSessionInvitee", step.value("review_session_invitee_id") or "")
        step.values["resource_id"] = invitee and invitee.values["resource_id"]


def place_annotation(step: Step) -> None:
    """An annotation is in the review session of what it is drawn on, and knows when it was drawn on last.

    Who may not see that is told of a missing session, as if it was not there.
    """
    if step.changes("review_session_object_id"):
        reviewed = step.uow.find("ReviewSessionObject", step.value("review_session_object_id") or "")
        if reviewed is not None and may_read(step.uow, reviewed):
            step.values["review_session_id"] = reviewed.values["review_session_id"]
    if not step.changes("updated_at"):
        step.values["updated_at"] = step.uow.request.now


def _refresh(uow: UnitOfWork, session_ids: Iterable[Any]) -> None:
    sessions = uow.find_all("ReviewSession", [(session_id,) for session_id in session_ids if session_id is not None])
    reviewed, version = uow.model.table("ReviewSessionObject"), uow.model.table("AssetVersion")
    pictures = (
        sa.select(version.c.thumbnail_id, version.c.id.label("thumbnail_source_id"))
        .select_from(reviewed.join(version, version.c.id == reviewed.c.version_id))
        .where(version.c.thumbnail_id.is_not(None))
        .order_by(reviewed.c.sort_order, reviewed.c.id)
        .limit(1)
    )
    for (session_id,), session in sessions.items():
        first = uow.execute(pictures.where(reviewed.c.review_session_id == session_id)).mappings().first()
        uow.write(session, dict(first or dict.fromkeys(("thumbnail_id", "thumbnail_source_id"))))
