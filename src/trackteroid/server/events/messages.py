"""Events as clients send and hear them, in packets of Socket.IO 0.9, as far as the clients speak it.

A packet is one message of a WebSocket, ``<kind>:<id>:<endpoint>:<data>``. The clients take certain forms only: the
Python client counts the colons, and its acknowledgements carry exactly one object; the JavaScript client takes events
without an id.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final, cast

import orjson

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Actor
from trackteroid.values import frozen

#: What the server itself tells, and nobody else may in its name.
UPDATE: Final = "ftrack.update"
SUBSCRIBE, UNSUBSCRIBE = "ftrack.meta.subscribe", "ftrack.meta.unsubscribe"

_LONGEST_NAME: Final = 200

CONNECTED: Final = "1::"
HEARTBEAT: Final = "2::"
DISCONNECT: Final = "0::"
#: The only name of events that either client sends or hears.
_NAME: Final = "ftrack.event"


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


@frozen
class Packet:
    """What a client has sent.

    Attributes:
        kind: One digit: 0 ends the connection, 2 is a heartbeat, 5 an event; others ask for nothing.
        number: What an answer to it must carry, if it wants one.
        event: The event that it carries.
    """

    kind: str
    number: int | None = None
    event: Mapping[str, Any] | None = None


def read_packet(text: str) -> Packet:
    """Return the packet that a message is.

    Raises:
        ValidationError: It is none.
    """
    kind, number, _, data = [*text.split(":", 3), "", "", ""][:4]
    if kind not in ("0", "1", "2", "3", "4", "5", "6", "7", "8"):
        raise ValidationError(f"{text[:80]!r} is no packet of Socket.IO 0.9, which begin with a digit and a colon.")
    if kind != "5":
        return Packet(kind)
    number = number.rstrip("+")
    if not (number == "" or (number.isdecimal() and number.isascii() and len(number) < 19)):
        raise ValidationError(f"A packet is numbered {number[:40]!r}, which is no number.")
    try:
        payload: Any = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValidationError(f"An event is not JSON: {error}.") from None
    arguments: Any = cast("dict[str, Any]", payload).get("args") if isinstance(payload, dict) else None
    if not isinstance(arguments, list) or len(cast("list[Any]", arguments)) != 1 or not isinstance(arguments[0], dict):
        raise ValidationError('An event is sent as {"name": "ftrack.event", "args": [EVENT]}, with one object.')
    return Packet(kind, int(number) if number else None, cast("dict[str, Any]", arguments[0]))


def event_packet(event: str) -> str:
    """Return the packet that hands over an event, which is JSON already."""
    return f'5:::{{"name":"{_NAME}","args":[{event}]}}'


def acknowledgement(number: int, problem: str | None = None) -> str:
    """Return the answer to a numbered packet: that it was done, or why not."""
    answer = {"success": True} if problem is None else {"success": False, "message": problem}
    return f"6:::{number}+[{orjson.dumps(answer).decode()}]"


def error_packet(text: str) -> str:
    """Return what tells a client that its connection is about to end, and why."""
    return f"7:::{text}"
