"""People and their time: user names, timers, jobs."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from trackteroid.server.core.changes import Change
from trackteroid.server.core.failures import DuplicateEntryError, ValidationError
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


def guard_key(step: Step) -> None:
    """Of an API key clients may change what it is called; the server makes it, and shows it once."""
    if step.is_new:
        raise ValidationError(
            'API keys are made by the server, which shows them once: with the action "reset_remote", or with '
            '"trackteroid users key add". Deleting an ApiKey revokes it.'
        )
    changed = sorted(name for name in step.values if name != "label" and step.changes(name))
    if changed:
        raise ValidationError(f"Of an ApiKey only the identifier can be changed, not {' and '.join(changed)}.")


def find_by_email(step: Step) -> None:
    """Whoever is invited is the user or collaborator with the same e-mail address, if there is one."""
    if step.changes("email") and not step.changes("resource_id"):
        people = step.uow.model.table("BaseUser")
        found = sa.select(people.c.id).where(people.c.email == step.value("email")).order_by(people.c.id).limit(1)
        step.values["resource_id"] = step.uow.execute(found).scalar()
