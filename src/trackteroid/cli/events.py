"""`trackteroid listen` and `watch`: run what a file registers for events, and print them as they come."""

from __future__ import annotations

import importlib
import importlib.util
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import timezone
from pathlib import Path
from typing import Any

import click

from trackteroid.cli.command import Command
from trackteroid.cli.connecting import connected, exit_codes, server_of, server_options
from trackteroid.cli.ending import REFUSED, ending_in_order, ending_with_the_reader
from trackteroid.events import Change, Received
from trackteroid.events.asking import EVERYTHING, LoggedEvent, has_log
from trackteroid.events.changes import View
from trackteroid.events.records import UPDATE, changes_in
from trackteroid.events.running import Told
from trackteroid.events.sources import Since
from trackteroid.session import SESSION, Session
from trackteroid.spelling import visible_lines

_CODES = """\b
Exit codes:
  0  stopped, or the time is over
  1  an error of the listeners, or of the server
  2  wrong usage, or credentials are missing
  3  the server cannot be reached
"""


class SinceType(click.ParamType[Since]):
    """The number of an event, or "now"."""

    name = "NUMBER|now"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Since:
        """Return it; fail if it is neither."""
        if value == "now":
            return "now"
        if not str(value).isdigit():
            self.fail(f'{value!r} is neither the number of an event nor "now".', param, ctx)
        return int(value)


def listen_in_python(*, sources: tuple[str, ...], stop_on_error: bool, as_json: bool, **given: Any) -> str:
    """Return the program that does what `trackteroid listen` does."""
    loaded = [
        f"runpy.run_path({source!r})" if Path(source).suffix == ".py" else f"import_module({source!r})"
        for source in sources
    ]
    usual = {"threads": 1, "lease": 60.0, "at_most_once": False}
    options = {name: value for name, value in given.items() if value not in (None, usual.get(name))}
    arguments = [f"{name}={value!r}" for name, value in options.items()]
    arguments += [f"on_error={'stop' if stop_on_error else 'continue'!r}", *(["report=print"] if as_json else [])]
    return "\n".join(
        [
            *(["import runpy"] if any("runpy" in each for each in loaded) else []),
            *(["from importlib import import_module"] if any("import_module" in each for each in loaded) else []),
            "",
            "from trackteroid import SESSION",
            "",
            *loaded,
            "with SESSION:",
            f"    print(SESSION.listen({', '.join(arguments)}))",
        ]
    )


@click.command(cls=Command, python=listen_in_python, epilog=_CODES)
@click.argument("sources", metavar="FILE|MODULE...", nargs=-1, required=True)
@click.option("--group", metavar="NAME", help="Share the events with all who listen as this group.")
@click.option("--since", type=SinceType(), help="Begin after this event of the server's log, and miss nothing.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Functions run at a time.")
@click.option("--at-most-once", is_flag=True, help="Let no event of the group come twice, also if one is lost.")
@click.option(
    "--lease",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds after which another one of the group gets what this one had when it died.",
)
@click.option("--duration", type=click.FloatRange(min=0), help="Seconds to listen.  [default: until stopped]")
@click.option("--stop-on-error", is_flag=True, help="Stop when a function fails, instead of going on.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each call.")
def listen(
    *,
    sources: tuple[str, ...],
    group: str | None,
    since: Since | None,
    threads: int,
    at_most_once: bool,
    lease: float,
    duration: float | None,
    stop_on_error: bool,
    as_json: bool,
) -> None:
    """Run what Python files or modules register on SESSION: listeners, actions and answers.

    The server and the credentials are those of the environment: FTRACK_SERVER, FTRACK_API_USER and FTRACK_API_KEY.
    Ctrl-C and SIGTERM let what is running finish; what was not begun is given back to the group.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if at_most_once and group is None:
        raise click.UsageError("--at-most-once is settled by a group: give --group too.")
    for source in sources:
        load(source)
    if not SESSION.handlers:
        raise click.UsageError(
            "Nothing listens: no function is registered on trackteroid.SESSION, with @SESSION.on(...), "
            "@SESSION.action(...) or @SESSION.answers(...)."
        )

    def report(told: Told) -> None:
        error = None if told.error is None else f"{type(told.error).__name__}: {told.error}"
        _say(listener=told.task.name, **told.task.told(), ok=error is None, error=error, is_final=told.is_final)

    with exit_codes(), SESSION:
        handlers = list(map(str, SESSION.handlers))
        if as_json:
            _say(listening=handlers, server=SESSION.address, group=group, threads=threads)
        else:
            role = f" as one of the group {group}" if group else ""
            last = f"Listening to {SESSION.address}{role}, {threads} at a time. Ctrl-C stops."
            click.echo("\n".join([*handlers, last]))
        outcome = SESSION.listen(
            group=group,
            since=since,
            threads=threads,
            at_most_once=at_most_once,
            lease=lease,
            duration=duration,
            on_error="stop" if stop_on_error else "continue",
            report=report if as_json else None,
        )
    if as_json:
        _say(stopped=True, **asdict(outcome))
    else:
        click.echo(
            f"Stopped. Handled {outcome.handled}, failed {outcome.failed}, put aside {len(outcome.put_aside)}, "
            f"given back {outcome.given_back}."
        )
    if outcome.put_aside:
        raise SystemExit(REFUSED)


def load(source: str) -> None:
    """Import a file or a module."""
    path = Path(source)
    if path.suffix != ".py" and not path.exists():
        sys.path.insert(0, str(Path.cwd()))
        try:
            importlib.import_module(source)
        except ModuleNotFoundError as error:
            if error.name is None or not source.startswith(error.name):
                raise
            raise click.UsageError(f'There is no Python file "{source}", and no module of this name.') from None
        return
    if not path.is_file():
        raise click.UsageError(f'There is no file "{source}".')
    sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(path.stem, path.resolve())
    if spec is None or spec.loader is None:
        raise click.UsageError(f'"{source}" is no Python file.')
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)


def _say(**content: Any) -> None:
    click.echo(json.dumps(content, default=str))
    sys.stdout.flush()


def watch_in_python(*, expression: str, since: Since | None, most: int | None, **given: Any) -> str:
    """Return the program that does what `trackteroid watch` does."""
    server = server_of(given)
    position = [] if since in (None, "now") else [str(since)]
    arguments = [*position, *([f"where={expression!r}"] if expression != EVERYTHING else [])]
    events = f"{server.session}.events.follow({', '.join(arguments)})"
    lines = [*(["from itertools import islice", ""] if most else []), *server.python([], needs_session=True)]
    lines.append(f"for logged in {f'islice({events}, {most})' if most else events}:")
    return "\n".join([*lines, "    print(logged.sequence, logged.at, logged.event)"])


@click.command(cls=Command, python=watch_in_python)
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
            event = {name: logged.event[name] for name in logged.event.keys()}  # noqa: SIM118  # the stub knows no more
            if as_json:
                told = {"sequence": logged.sequence or None, "at": logged.at.isoformat(), "event": event}
                lines = [json.dumps(told, default=str)]
            else:
                lines = list(_told(session, logged, event))
            for line in lines:
                click.echo(visible_lines(line))
            if count == most:
                return


def _told(session: Session, logged: LoggedEvent, event: dict[str, Any]) -> Iterator[str]:
    """Yield one line for each change that an event tells of, or one for another event."""
    number = f"{logged.sequence} " if has_log(session) else ""
    user = Received.of(event, session).user or "?"
    head = f"{number}{logged.at.astimezone(timezone.utc):%H:%M:%S} {user}"
    if logged.topic != UPDATE:
        yield f"{head} {logged.topic} {json.dumps(event.get('data'), default=str)}"
        return
    groups = changes_in(session, event)
    view = View(session, groups)
    for change in (Change(group, view) for group in groups):
        names = ", ".join(name or identifier for name, identifier in zip(change.names, change.ids, strict=True))
        old, new = ("nothing" if each is None else str(each) for each in (change.old, change.new))
        values = f" {change.attribute}: {old} -> {new}" if change.attribute else ""
        yield f"{head} {change.action} {change.type} {names}{values}"
