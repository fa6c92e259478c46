"""The rows of webhooks: where events are to be sent, how far that has come, and what was given up.

A webhook is somebody's for some time, who sends; if they are killed, another one goes on where they were, perhaps with
an event that has arrived already. It has the same id then.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa

from trackteroid.server.core import clock
from trackteroid.server.core.failures import ValidationError, ValueError_
from trackteroid.server.events.expressions import parse
from trackteroid.server.model import standard_model
from trackteroid.values import frozen

#: How secrets begin, as Standard Webhooks has it; the rest is Base64.
_PREFIX: Final = "whsec_"
#: The bytes of a secret that is made here, and those that others may have.
_OWN_BYTES: Final = 32
_BYTES: Final = range(24, 65)
_LONGEST_URL: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook.

    Attributes:
        user_id: Who has made it; what they may see is what is sent.
        position: The number up to which everything was sent, or given up.
        tries: How often the next event was tried.
        due_at: When to try again.
        error: Why the last try has failed.
    """

    id: str
    user_id: str
    url: str
    secret: str = field(repr=False)
    expression: str
    created_at: str
    position: int
    is_paused: bool = False
    tries: int = 0
    due_at: str | None = None
    claimed_by: str | None = None
    claimed_until: str | None = None
    error: str | None = None

    def message_id(self, sequence: int) -> str:
        """Return the id of what tells of an event; it stays the same however often it is sent."""
        return f"{self.id}-{sequence}"


@frozen
class Again:
    """What was given up, and somebody wants to be sent once more."""

    sequence: int
    content: str


def new_secret() -> str:
    """Return a fresh secret."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_OWN_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Return the bytes to sign with; raises `ValueError` for what is no secret."""
    if not secret.startswith(_PREFIX):
        raise ValueError(f"A secret begins with {_PREFIX}.")
    return base64.b64decode(secret[len(_PREFIX) :], validate=True)


def check(url: str, expression: str, secret: str) -> None:
    """Refuse what can be no webhook.

    Raises:
        ValidationError: The address is none, or the secret is too weak.
        ParseError: The expression is none.
    """
    parse(expression)
    if len(url) > _LONGEST_URL:
        raise ValidationError(f"The address of a webhook may have {_LONGEST_URL} characters.")
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_url = False
    else:
        is_url = is_url and url.isascii() and url.isprintable() and " " not in url
        is_url = is_url and parts.username is None and not parts.fragment
    if not is_url:
        raise ValidationError(
            "The address of a webhook is like https://tools.studio.example/events, without a user, a password or a #."
        )
    try:
        size = len(key_of(secret))
    except (ValueError, binascii.Error):
        size = 0
    if size not in _BYTES:
        raise ValidationError(
            f"A secret is {_PREFIX} and the Base64 of {_BYTES.start} to {_BYTES.stop - 1} bytes; without one, the "
            "server makes it."
        )


def add(connection: sa.Connection, webhook: Webhook) -> None:
    """Keep a new webhook."""
    values = {each.name: getattr(webhook, each.name) for each in fields(Webhook)}
    connection.execute(sa.insert(_webhooks()).values(values))


def find(connection: sa.Connection, webhook_id: str) -> Webhook | None:
    """Return the webhook with an id."""
    return next(iter(_found(connection, _webhooks().c.id == webhook_id)), None)


def described(connection: sa.Connection) -> list[dict[str, Any]]:
    """Return what may be shown of all webhooks, in the order in which they were made: everything but the secret."""
    hooks, failures, users = _webhooks(), _failures(), standard_model().table("User")
    names = ("id", "url", "expression", "is_paused", "created_at", "position", "tries", "due_at", "error")
    failed = sa.select(sa.func.count()).where(failures.c.webhook_id == hooks.c.id).scalar_subquery()
    statement = (
        sa.select(*(hooks.c[name] for name in names), users.c.username.label("user"), failed.label("failed"))
        .select_from(hooks.outerjoin(users, users.c.id == hooks.c.user_id))
        .order_by(hooks.c.created_at, hooks.c.id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def set_paused(connection: sa.Connection, webhook_id: str, *, is_paused: bool, error: str | None = None) -> None:
    """Send nothing for some time, or go on at once where that was."""
    _update(connection, _webhooks().c.id == webhook_id, is_paused=is_paused, tries=0, due_at=None, error=error)


def remove(connection: sa.Connection, webhook_id: str) -> None:
    """Forget a webhook and what was given up."""
    connection.execute(sa.delete(_failures()).where(_failures().c.webhook_id == webhook_id))
    connection.execute(sa.delete(_webhooks()).where(_webhooks().c.id == webhook_id))


def failures(connection: sa.Connection, webhook_id: str) -> list[dict[str, Any]]:
    """Return what was given up, with its content."""
    table = _failures()
    statement = sa.select(table).where(table.c.webhook_id == webhook_id).order_by(table.c.sequence)
    return [dict(row) for row in connection.execute(statement).mappings()]


def send_again(connection: sa.Connection, webhook_id: str, sequences: Sequence[int] | None) -> int:
    """Let what was given up be sent once more, some of it or all; return how much that is.

    Raises:
        ValueError_: Some of it was not given up, or has arrived since.
    """
    table = _failures()
    these = table.c.webhook_id == webhook_id
    if sequences is not None:
        known = connection.execute(sa.select(table.c.sequence).where(these)).scalars()
        unknown = sorted(set(sequences).difference(known))
        if unknown:
            raise ValueError_(
                f"{', '.join(map(str, unknown))} are not among the events that were given up; the action "
                "webhook_failures lists them. Nothing is sent again."
            )
        these = sa.and_(these, table.c.sequence.in_(sequences))
    return connection.execute(sa.update(table).where(these).values(is_wanted=True)).rowcount


# What those do who send


def active(connection: sa.Connection) -> list[Webhook]:
    """Return the webhooks that are not paused."""
    return _found(connection, _webhooks().c.is_paused.is_(False))


def claim(connection: sa.Connection, webhook: Webhook, owner: str, *, now: datetime, until: datetime) -> Webhook | None:
    """Return a webhook that is somebody's from now on.

    None if it is somebody else's, paused, or was tried since it was looked at. A claim that ends much later than this
    one would was made before the clock went back.
    """
    table = _webhooks()
    is_free = sa.or_(
        table.c.claimed_by.is_(None),
        table.c.claimed_by == owner,
        table.c.claimed_until < clock.written(now),
        table.c.claimed_until > clock.written(until + clock.SKEW),
    )
    is_claimed = _update(
        connection,
        sa.and_(
            table.c.id == webhook.id,
            table.c.is_paused.is_(False),
            is_free,
            table.c.due_at.is_not_distinct_from(webhook.due_at),
        ),
        claimed_by=owner,
        claimed_until=clock.written(until),
    )
    return find(connection, webhook.id) if is_claimed else None


def note(connection: sa.Connection, webhook_id: str, owner: str, **values: Any) -> bool:
    """Keep how far somebody has come with a webhook that is still theirs; return whether it is."""
    table = _webhooks()
    return _update(connection, sa.and_(table.c.id == webhook_id, table.c.claimed_by == owner), **values)


def give_up(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Keep an event that is not tried any more."""
    connection.execute(sa.insert(_failures()).values({**values, "is_wanted": False}))


def wanted_again(connection: sa.Connection, webhook_id: str) -> list[Again]:
    """Return what was given up and is to be sent once more."""
    table = _failures()
    these = sa.select(table.c.sequence, table.c.content).where(
        table.c.webhook_id == webhook_id, table.c.is_wanted.is_(True)
    )
    return [Again(*row) for row in connection.execute(these.order_by(table.c.sequence))]


def note_again(connection: sa.Connection, webhook_id: str, sequence: int, error: str | None) -> None:
    """Keep what came of sending something once more: it is there no longer if it has arrived."""
    table = _failures()
    this = sa.and_(table.c.webhook_id == webhook_id, table.c.sequence == sequence)
    if error is None:
        connection.execute(sa.delete(table).where(this))
    else:
        changed = {"is_wanted": False, "error": error, "tries": table.c.tries + 1}
        connection.execute(sa.update(table).where(this).values(changed))


def _found(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Webhook]:
    table = _webhooks()
    names = [each.name for each in fields(Webhook)]
    rows = connection.execute(sa.select(*(table.c[name] for name in names)).where(condition).order_by(table.c.id))
    return [Webhook(**row) for row in rows.mappings()]


def _update(connection: sa.Connection, condition: sa.ColumnElement[bool], **values: Any) -> bool:
    return bool(connection.execute(sa.update(_webhooks()).where(condition).values(values)).rowcount)


def _webhooks() -> sa.Table:
    return standard_model().table("Webhook")


def _failures() -> sa.Table:
    return standard_model().table("WebhookFailure")
