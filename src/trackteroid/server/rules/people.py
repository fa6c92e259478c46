"""People and their time: user names, timers, jobs."""

from __future__ import annotations

import uuid

from trackteroid.server.core.changes import Change
from trackteroid.server.core.failures import DuplicateEntryError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.step import Step


def name_user(step: Step) -> None:
    """A user has a unique name to log in with, random if nobody chose one; an empty e-mail address is none."""
    step.supply("username", str(uuid.uuid4()))
    if step.value("email") == "":
        step.values["email"] = None


def one_timer_per_user(uow: UnitOfWork, change: Change) -> None:
    """A user measures one thing at a time."""
    user_id = change.new.get("user_id")
    if user_id is not None and any(row is not change.row for row in uow.select("Timer", "user_id", [user_id])):
        raise DuplicateEntryError(f"User {user_id} has a running timer already; stop or delete it first.")


def finish_job(step: Step) -> None:
    """A job that is done or has failed is finished now."""
    if step.changes("status") and step.value("status") in ("done", "failed") and step.value("finished_at") is None:
        step.values["finished_at"] = step.uow.request.now
