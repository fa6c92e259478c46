"""Events as clients send and hear them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final, cast

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Actor

#: What the server itself tells, and nobody else may in its name.
UPDATE: Final = "ftrack.update"
SUBSCRIBE, UNSUBSCRIBE = "ftrack.meta.subscribe", "ftrack.meta.unsubscribe"

_LONGEST_NAME: Final = 200


def envelope(topic: str, data: object, source: Mapping[str, Any], event_id: str | None = None) -> dict[str, Any]:
    """Return an event with every key that clients know, and no other: the Python client refuses those."""
    return {
        "id": event_id or uuid.uuid4().hex,
        "topic": topic,
        "data": data,
        "sent": None,
        "source": dict(source),
        "target": "",
        "inReplyToEvent": None,
    }


def published(sent: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Return an event that a client has published as others hear it: from the user who it is.

    Raises:
        ValidationError: It lacks a topic, or something in it is of the wrong type.
    """
    topic = _text(sent, "topic")
    if not topic or "\0" in topic:
        raise ValidationError("An event needs a topic, such as my-studio.published.")
    said: Any = sent.get("source") or {}
    if not isinstance(said, dict):
        raise ValidationError("The source of an event is an object.")
    source = cast("dict[str, Any]", said)
    user: Any = source.get("user")
    told = cast("dict[str, Any]", user) if isinstance(user, dict) else {}
    source = source | {"user": told | {"username": actor.username, "id": actor.id}}
    event = envelope(topic, sent.get("data"), source, _text(sent, "id") or None)
    event["sent"] = sent.get("sent")
    event["target"] = sent.get("target") or ""
    event["inReplyToEvent"] = sent.get("inReplyToEvent")
    if not isinstance(event["target"], str):
        raise ValidationError('The target of an event is an expression, such as id="...".')
    return event


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name) or ""
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        raise ValidationError(f"The {name} of an event is text of at most {_LONGEST_NAME} characters.")
    return value
