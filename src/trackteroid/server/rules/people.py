"""People and their time: user names, timers, jobs."""

from __future__ import annotations

import uuid

from ..failures import DuplicateEntryError
from .step import Step


def name_user(step: Step) -> None:
    """A user has a unique name to log in with, random if nobody chose one; an empty e-mail address is none."""
    step.supply("username", str(uuid.uuid4()))
    if step.value("email") == "":
        step.values["email"] = None


def one_timer_per_user(step: Step) -> None:
    """A user measures one thing at a time."""
    if step.changes("user_id"):
        user_id = step.value("user_id")
        others = step.uow.select("Timer", "user_id", [user_id] if user_id is not None else [])
        if any(row.key[0] != step.value("id") for row in others):
            raise DuplicateEntryError(f"User {user_id} has a running timer already; stop or delete it first.")


def finish_job(step: Step) -> None:
    """A job that is done or has failed is finished now."""
    if step.changes("status") and step.value("status") in ("done", "failed") and step.value("finished_at") is None:
        step.values["finished_at"] = step.uow.work.now
