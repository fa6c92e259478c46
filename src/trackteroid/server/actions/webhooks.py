"""The actions that say where the server sends events by itself. They are for administrators."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from trackteroid.server.auth.permissions import require_administrator
from trackteroid.server.core.failures import ValidationError, ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import shown
from trackteroid.server.events import log
from trackteroid.server.events import webhooks as stored
from trackteroid.server.events.reading import EVERYTHING
from trackteroid.server.events.webhooks import Webhook


def webhooks(request: Request, _operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return all webhooks: where they lead, how far they have come, and why the last try has failed.

    Raises:
        PermissionError_: The caller is no administrator.
    """
    require_administrator(request, "look at webhooks")
    newest = log.last(request.connection)
    found = stored.described(request.connection)
    return {"action": "webhooks", "data": [{**each, "newest": newest} for each in found]}


def webhook_failures(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given up of the `webhook` with an id: number, topic, content, tries, moment, error.

    Raises:
        PermissionError_: The caller is no administrator.
        ValueError_: There is no such webhook.
    """
    require_administrator(request, "look at webhooks")
    found = _webhook(request, operation)
    return {"action": "webhook_failures", "data": stored.failures(request.connection, found.id)}


def add_webhook(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Let the server send events from now on.

    Args:
        request: The request.
        operation: `url`, where to; `where`, which events, an expression as in subscriptions; `secret`, to sign with:
            without one, the server makes it.

    Returns:
        The `id` of the webhook and its `secret`, which is never shown again.

    Raises:
        PermissionError_: The caller is no administrator.
        ValidationError: The address is none, or the secret is too weak.
        ParseError: `where` is no expression.
    """
    require_administrator(request, "add webhooks")
    url, expression = _text(operation, "url", ""), _text(operation, "where", EVERYTHING)
    secret = _text(operation, "secret", "") or stored.new_secret()
    stored.check(url, expression, secret)
    webhook = Webhook(
        id=str(uuid.uuid4()),
        user_id=request.actor.id,
        url=url,
        secret=secret,
        expression=expression,
        created_at=request.now,
        position=log.last(request.connection),
    )
    stored.add(request.connection, webhook)
    return {"action": "add_webhook", "data": {"id": webhook.id, "secret": secret}}


def change_webhook(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Change one thing of a webhook.

    Args:
        request: The request.
        operation: `webhook`, its id; and one of `paused`, true or false; `remove`, true; `send_again`, the numbers of
            events that were given up, or true for all of them.

    Returns:
        How many events are sent `again`.

    Raises:
        PermissionError_: The caller is no administrator.
        ValueError_: There is no such webhook.
        ValidationError: It is not said what is to be changed.
    """
    require_administrator(request, "change webhooks")
    webhook = _webhook(request, operation)
    wanted = [name for name in ("paused", "remove", "send_again") if name in operation]
    if len(wanted) != 1:
        raise ValidationError('Say one thing that is to be changed: "paused", "remove" or "send_again".')
    count = 0
    if wanted == ["paused"]:
        stored.set_paused(request.connection, webhook.id, is_paused=bool(operation["paused"]))
    elif wanted == ["remove"]:
        stored.remove(request.connection, webhook.id)
    else:
        sent = operation["send_again"]
        again = cast("list[object]", sent) if isinstance(sent, list) else [None]
        if sent is not True and not all(isinstance(each, int) for each in again):
            raise ValidationError('"send_again" is true, or a list of the numbers of events.')
        numbers = None if sent is True else cast("list[int]", again)
        count = stored.send_again(request.connection, webhook.id, numbers)
    return {"action": "change_webhook", "again": count}


def _webhook(request: Request, operation: Mapping[str, Any]) -> Webhook:
    webhook_id = operation.get("webhook")
    found = stored.find(request.connection, webhook_id) if isinstance(webhook_id, str) else None
    if found is None:
        raise ValueError_(f"There is no webhook with the id {shown(webhook_id)}; the action webhooks lists them.")
    return found


def _text(operation: Mapping[str, Any], name: str, usual: str) -> str:
    value = operation.get(name)
    if value is not None and not isinstance(value, str):
        raise ValidationError(f'The "{name}" of a webhook is text.')
    return value or usual
