"""The actions that read the log of events: for whoever was away, and for consumers that share the work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Final, cast

import orjson

from trackteroid.server.auth.policy import policy_of
from trackteroid.server.core import clock
from trackteroid.server.core.failures import LimitError, PermissionError_, ValidationError, ValueError_, suggestion
from trackteroid.server.core.failures import nearest as nearest_names
from trackteroid.server.core.request import Request, Wait
from trackteroid.server.core.values import shown
from trackteroid.server.events import groups, log
from trackteroid.server.events.groups import WINDOW, Group, Taking
from trackteroid.server.events.reading import EVERYTHING, Found, Viewer, Wanted, position_after, read

#: How many events one answer may have, and has where nothing else is asked for.
MOST: Final = 1_000
_USUAL: Final = 500
#: The seconds for which a consumer has an event, if it does not say.
_LEASE: Final = 60.0
_LONGEST_LEASE: Final = 24 * 3600.0
#: How long names may be, and what subscribers say of themselves.
_LONGEST_NAME: Final = 200
_LONGEST_SUBSCRIBER: Final = 8_192
#: The seconds after which a consumer looks again that waits for others.
_LOOK: Final = 1.0


def events(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Read the log of events.

    Args:
        request: The request.
        operation: `after`, the number of an event, or null for now; `where`, an expression as in subscriptions;
            `subscriber`, what one says of oneself, for events with a target; `most`, how many; `wait`, the seconds to
            wait if there are none yet, which holds for a call of this operation alone.

    Returns:
        The `events`, each with its number `sequence` and `at`, the moment; the `position` to go on after; the `newest`
        number that there is; `first`, the lowest that is kept; and whether there was a `gap`: then the first of the
        events is a ``trackteroid.gap`` that says which ones are lost.

    Raises:
        ValidationError: Something of it is wrong.
        ParseError: `where` is no expression.
    """
    wanted = _wanted(operation) or Wanted(EVERYTHING)
    most = _count(operation, "most", _USUAL)
    after = position_after(request.connection, operation.get("after"))
    page = read(request.connection, _viewer(request), wanted, after, most)
    newest = log.last(request.connection)
    if not page.found and page.position >= newest:
        again = {**operation, "after": page.position}
        request.wait = _wait(request, again, wanted)
    return {
        "action": "events",
        "events": [_record(found) for found in page.found],
        "position": page.position,
        "newest": newest,
        "first": log.trimmed(request.connection) + 1,
        "gap": any(found.gap_from is not None for found in page.found),
    }


def event_groups(request: Request, _operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the groups of the caller, or all for those who may do everything, and how far they are behind."""
    own = None if policy_of(request) is None else request.actor.id
    found = groups.every(request.connection, own)
    newest = log.last(request.connection)
    return {"action": "event_groups", "data": [{**each, "newest": newest} for each in found]}


def take_events(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Hand out events to a consumer of a group, which is made if there is none; see `server.events.groups`.

    Args:
        request: The request.
        operation: `group`, its name; `consumer`, who takes; `where` and `subscriber` as in `events`, `at_most_once`
            and `after`, which are settled when the group is made; `most`, how many; `lease`, the seconds for which the
            consumer has them; `wait` as in `events`.

    Returns:
        The `events`, as `events` tells them, each with `delivery`: for the how manieth time it is handed out; and
        `age`: how many seconds ago it was written, by the clock that `at` is from.

    Raises:
        ValidationError: Something of it is wrong, or the group was made for something else.
        PermissionError_: The group is somebody else's.
    """
    consumer = _name(operation, "consumer")
    most = _count(operation, "most", 1, least=0)
    group = _group_for(request, operation)
    taking = Taking(consumer, most, _seconds(operation, "lease", _LEASE, _LONGEST_LEASE))
    taken, others_wait = groups.take(request.connection, _viewer(request), group, taking) if most else ([], False)
    if not taken and most:
        look = _LOOK if others_wait else None
        request.wait = _wait(request, operation, group.wanted, group=group.name, look_seconds=look)
    now, told = clock.now(), list[dict[str, Any]]()
    for each in taken:
        written = datetime.fromisoformat(each.found.at).replace(tzinfo=timezone.utc)
        age = max(0.0, (now - written).total_seconds())
        told.append({**_record(each.found), "delivery": each.delivery, "age": age})
    return {"action": "take_events", "events": told}


def settle_events(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Let events of a group be done, or hand them back, or have them for longer.

    Args:
        request: The request.
        operation: `group` and `consumer`, as they were taken; `done`, `give_back` and `renew`, their numbers; `lease`,
            the seconds from now for which those that are renewed are had.

    Returns:
        Which of those that are done were `late`: the lease had ended, and another consumer has them.

    Raises:
        ValueError_: There is no such group.
        ValidationError: Something of it is wrong.
        PermissionError_: The group is somebody else's.
    """
    group, consumer = _known_group(request, operation), _name(operation, "consumer")
    done, give_back = _numbers(operation, "done"), _numbers(operation, "give_back")
    if renew := _numbers(operation, "renew"):
        lease = _seconds(operation, "lease", _LEASE, _LONGEST_LEASE)
        groups.renew(request.connection, group.name, consumer, renew, lease)
    late = groups.settle(request.connection, group.name, consumer, done=done, give_back=give_back)
    if done or give_back:
        request.afterwards.append(lambda: request.ring(group.name))
    return {"action": "settle_events", "late": late}


def change_event_group(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Let a group go on after another event, or delete it.

    Args:
        request: The request.
        operation: `group`, its name; either `after`, as in `events`, or `delete`, true.

    Raises:
        ValueError_: There is no such group.
        ValidationError: Something of it is wrong.
        PermissionError_: The group is somebody else's.
    """
    group = _known_group(request, operation)
    if ("after" in operation) == bool(operation.get("delete")):
        raise ValidationError('Say either where the group goes on, "after", or "delete": true.')
    if operation.get("delete"):
        groups.delete(request.connection, group.name)
        return {"action": "change_event_group", "position": None}
    position = position_after(request.connection, operation["after"])
    groups.move(request.connection, group.name, position)
    request.afterwards.append(lambda: request.ring(group.name))
    return {"action": "change_event_group", "position": position}


def _group_for(request: Request, operation: Mapping[str, Any]) -> Group:
    """Return the group that is taken of, as long as it is not taken for another one.

    A new group begins now unless it is to begin elsewhere.
    """
    name, wanted, at_most_once = _name(operation, "group"), _wanted(operation), operation.get("at_most_once")
    group = _own_group(request, name, locked=True)
    if group is None:
        wanted = wanted or Wanted(EVERYTHING)
        group = Group(
            name=name,
            user_id=request.actor.id,
            expression=wanted.text,
            subscriber=orjson.dumps(wanted.subscriber).decode(),
            at_most_once=bool(at_most_once),
            position=position_after(request.connection, operation.get("after")),
            created_at=request.now,
        )
        groups.add(request.connection, group)
    elif wanted is not None and wanted != group.wanted:
        raise ValidationError(
            f'The group "{group.name}" was made for other events: {shown(group.expression)}. Take without "where", '
            "take another name, or delete the group first."
        )
    elif at_most_once is not None and bool(at_most_once) != group.at_most_once:
        raise ValidationError(
            f'The group "{group.name}" hands out each event at {"most" if group.at_most_once else "least"} once, which '
            "was settled when it was made. Take another name, or delete the group first."
        )
    return group


def _own_group(request: Request, name: str, *, locked: bool = False) -> Group | None:
    group = groups.find(request.connection, name, locked=locked)
    if group is not None and group.user_id != request.actor.id and policy_of(request) is not None:
        raise PermissionError_(f'The group "{name}" is somebody else\'s; only they and administrators may use it.')
    return group


def _known_group(request: Request, operation: Mapping[str, Any]) -> Group:
    name = _name(operation, "group")
    group = _own_group(request, name, locked=True)
    if group is None:
        own = None if policy_of(request) is None else request.actor.id
        known = [each["name"] for each in groups.every(request.connection, own)]
        raise ValueError_(f'There is no group "{name}" of consumers.{suggestion(nearest_names(name, known))}')
    return group


def _viewer(request: Request) -> Viewer:
    return Viewer(request.model, policy_of(request))


def _wait(request: Request, operation: Mapping[str, Any], wanted: Wanted, **options: Any) -> Wait | None:
    """Return what the caller waits for, unless they do not."""
    seconds = _seconds(operation, "wait", 0.0, request.limits.event_wait_seconds)
    return Wait(seconds, operation, wanted.text, wanted.subscriber, **options) if seconds else None


def _wanted(operation: Mapping[str, Any]) -> Wanted | None:
    """Return which events an operation asks for; None if it does not say."""
    text, subscriber = operation.get("where"), operation.get("subscriber")
    if text is None and subscriber is None:
        return None
    if not isinstance(text, (str, type(None))):
        raise ValidationError('"where" is an expression, such as topic=ftrack.update.')
    if not isinstance(subscriber, (dict, type(None))):
        raise ValidationError('A "subscriber" is an object, which says what it is.')
    told = cast("dict[str, Any]", subscriber or {})
    if len(orjson.dumps(told)) > _LONGEST_SUBSCRIBER:
        raise LimitError(f"What a subscriber says of itself may have {_LONGEST_SUBSCRIBER} bytes.")
    wanted = Wanted(text or EVERYTHING, told)
    _ = wanted.expression
    return wanted


def _name(operation: Mapping[str, Any], name: str) -> str:
    value = operation.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME:
        raise ValidationError(f'"{name}" is a name of at most {_LONGEST_NAME} characters.')
    return value


def _count(operation: Mapping[str, Any], name: str, usual: int, *, least: int = 1) -> int:
    value = operation.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
        raise ValidationError(f'"{name}" is a whole number from {least} to {MOST}.')
    return value


def _seconds(operation: Mapping[str, Any], name: str, usual: float, most: float) -> float:
    """Return a number of seconds; more than there may be are as many as there may be."""
    value = operation.get(name, usual)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not value >= 0:
        raise ValidationError(f'"{name}" is a number of seconds.')
    return min(float(value), most)


def _numbers(operation: Mapping[str, Any], name: str) -> list[int]:
    value = operation.get(name, [])
    values = cast("list[object]", value) if isinstance(value, list) else [None]
    if len(values) > WINDOW or not all(isinstance(each, int) for each in values):
        raise ValidationError(f'"{name}" is a list of at most {WINDOW} numbers of events.')
    return cast("list[int]", values)


def _record(found: Found) -> dict[str, Any]:
    return {"sequence": found.sequence, "at": found.at, "event": found.event}
