"""`trackteroid watch`: print the events of a server as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import click
from ftrack_api.event.base import Event

from trackteroid.cli.command import Command
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.ending import ending_in_order, ending_with_the_reader
from trackteroid.cli.listen import SinceType
from trackteroid.events import Change, Received
from trackteroid.events.asking import EVERYTHING, LoggedEvent, has_log
from trackteroid.events.changes import View
from trackteroid.events.records import UPDATE, changes_in
from trackteroid.events.sources import Since
from trackteroid.session import Session
from trackteroid.spelling import visible_lines


def _python(*, expression: str, since: Since | None, most: int | None, **given: Any) -> str:
    server = server_of(given)
    position = [] if since in (None, "now") else [str(since)]
    arguments = [*position, *([f"where={expression!r}"] if expression != EVERYTHING else [])]
    events = f"{server.session}.events.follow({', '.join(arguments)})"
    lines = [*(["from itertools import islice", ""] if most else []), *server.python([], needs_session=True)]
    lines.append(f"for logged in {f'islice({events}, {most})' if most else events}:")
    return "\n".join([*lines, "    print(logged.sequence, logged.at, logged.event)"])


@click.command(cls=Command, python=_python)
@click.argument("expression", default=EVERYTHING)
@click.option("--since", type=SinceType(), help="Begin after this event of the server's log.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each event.")
@click.option("--most", type=click.IntRange(min=1), help="How many events to print.  [default: until stopped]")
@server_options
def watch(*, expression: str, since: Since | None, as_json: bool, most: int | None, **given: Any) -> None:
    """Print the events that match EXPRESSION, such as topic=ftrack.update; without one all of them.

    The server and the credentials are those of the options, or of FTRACK_SERVER, FTRACK_API_USER and FTRACK_API_KEY.
    """
    with (
        ending_in_order(),
        connected(server_of(given)) as session,
        suppress(KeyboardInterrupt),
        ending_with_the_reader(),
    ):
        position = None if since in (None, "now") else int(since or 0)
        events = session.events.follow(position, where=expression, wait=5.0)
        for count, logged in enumerate(events, 1):
            lines = [_as_json(logged)] if as_json else list(_told(session, logged))
            for line in lines:
                click.echo(visible_lines(line))
            if count == most:
                return


def _as_json(logged: LoggedEvent) -> str:
    told = {"sequence": logged.sequence or None, "at": logged.at.isoformat(), "event": _plain(logged.event)}
    return json.dumps(told, default=str)


def _plain(event: Event) -> dict[str, Any]:
    return {name: event[name] for name in event.keys()}  # noqa: SIM118  # the stub knows no more


def _told(session: Session, logged: LoggedEvent) -> Iterator[str]:
    """Yield one line for each change that an event tells of, or one for another event."""
    event = _plain(logged.event)
    number = f"{logged.sequence} " if has_log(session) else ""
    user = Received.of(event, session).user or "?"
    head = f"{number}{_clock(logged.at)} {user}"
    if logged.topic != UPDATE:
        yield f"{head} {logged.topic} {json.dumps(event.get('data'), default=str)}"
        return
    groups = changes_in(session, event)
    view = View(session, groups)
    for group in groups:
        yield f"{head} {_change(Change(group, view))}"


def _change(change: Change) -> str:
    names = ", ".join(name or identifier for name, identifier in zip(change.names, change.ids, strict=True))
    values = f" {change.attribute}: {_value(change.old)} -> {_value(change.new)}" if change.attribute else ""
    return f"{change.action} {change.type} {names}{values}"


def _value(value: object) -> str:
    return "nothing" if value is None else str(value)


def _clock(at: datetime) -> str:
    return at.astimezone(timezone.utc).strftime("%H:%M:%S")
