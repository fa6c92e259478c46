"""`trackteroid webhooks`: where a server sends events by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from trackteroid.cli.command import Group, without_password
from trackteroid.cli.ending import outline
from trackteroid.server import DatabaseError, EmbeddedServer

_DATABASE = click.option(
    "--database",
    required=True,
    envvar="TRACKTEROID_DATABASE",
    metavar="URL",
    help="The database, such as sqlite:///production.db or postgresql://user:password@host/name.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_WEBHOOK = click.argument("webhook", metavar="ID")


def _python(action: str, **arguments: str) -> Callable[..., str]:
    """Return what makes the program of an action; in *arguments*, expressions, ``{url}`` is what was given."""

    def program(*, database: str, user: str | None = None, **given: Any) -> str:
        shown = {name: repr(str(value) if isinstance(value, Path) else value) for name, value in given.items()}
        filled = {name: text.format(**shown) for name, text in arguments.items()}
        operation = ", ".join(f"{name!r}: {text}" for name, text in {"action": repr(action), **filled}.items())
        server = ", ".join([repr(without_password(database)), *([repr(user)] if user else [])])
        has_path = any("Path(" in text for text in filled.values())
        return "\n".join(
            [
                "from contextlib import closing",
                *(["from pathlib import Path"] if has_path else []),
                "",
                "from trackteroid.server import EmbeddedServer",
                "",
                f"with closing(EmbeddedServer({server})) as server:",
                f"    print(server.call([{{{operation}}}])[0])",
            ]
        )

    return program


def add_in_python(*, secret_file: Path | None, **given: Any) -> str:
    """Return the program that does what `trackteroid webhooks add` does."""
    secret = {"secret": "Path({secret_file}).read_text().strip()"} if secret_file is not None else {}
    return _python("add_webhook", url="{url}", where="{where}", **secret)(secret_file=secret_file, **given)


def send_again_in_python(*, sequences: tuple[int, ...], **given: Any) -> str:
    """Return the program that does what `trackteroid webhooks send-again` does."""
    again = list(sequences) or True
    return _python("change_webhook", webhook="{webhook}", send_again="{again}")(again=again, **given)


@click.group(cls=Group, epilog=outline())
def webhooks() -> None:
    """Say where a server sends events by itself. `trackteroid serve` sends them."""


@webhooks.command(python=add_in_python)
@click.argument("url")
@click.option("--where", default="topic=*", show_default=True, help="Which events, as in subscriptions.")
@click.option(
    "--secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the secret to sign with.  [default: a new one, which is printed]",
)
@click.option("--user", help="Whose webhook it is: what they may see is sent.  [default: an administrator]")
@_JSON
@_DATABASE
def add(*, url: str, where: str, secret_file: Path | None, user: str | None, as_json: bool, database: str) -> None:
    """Send events to URL from now on. The secret is printed now and never again."""
    secret = secret_file.read_text().strip() if secret_file is not None else None
    made = _call(database, "add_webhook", user, url=url, where=where, secret=secret)["data"]
    if secret is not None:
        del made["secret"]
    _say(
        as_json,
        made,
        *(f"{name}: {value}" for name, value in made.items()),
        "Events are sent while `trackteroid serve` runs on this database, those of meanwhile as well.",
    )


@webhooks.command("list", python=_python("webhooks"))
@_JSON
@_DATABASE
def list_webhooks(*, as_json: bool, database: str) -> None:
    """List the webhooks: how far they have come, and why the last try has failed."""
    found = _call(database, "webhooks")["data"]
    lines: list[str] = []
    for each in found:
        state = "paused" if each["is_paused"] else f"{each['newest'] - each['position']} behind"
        state += f", {each['failed']} given up" if each["failed"] else ""
        state += f"; {each['error']}" if each["error"] else ""
        lines.append(f"{each['id']}: {each['url']} where {each['expression']}: {state}")
    _say(as_json, found, *lines)


@webhooks.command(python=_python("change_webhook", webhook="{webhook}", remove="True"))
@_WEBHOOK
@_JSON
@_DATABASE
def remove(*, webhook: str, as_json: bool, database: str) -> None:
    """Forget a webhook and what was given up."""
    _call(database, "change_webhook", webhook=webhook, remove=True)
    _say(as_json, {"id": webhook}, f"{webhook} is removed.")


@webhooks.command(python=_python("change_webhook", webhook="{webhook}", paused="True"))
@_WEBHOOK
@_JSON
@_DATABASE
def pause(*, webhook: str, as_json: bool, database: str) -> None:
    """Send nothing for some time; what happens meanwhile is sent afterwards, as far as it is kept."""
    _call(database, "change_webhook", webhook=webhook, paused=True)
    _say(as_json, {"id": webhook, "is_paused": True}, f"{webhook} is paused.")


@webhooks.command(python=_python("change_webhook", webhook="{webhook}", paused="False"))
@_WEBHOOK
@_JSON
@_DATABASE
def resume(*, webhook: str, as_json: bool, database: str) -> None:
    """Go on where a webhook was paused, or try again now what it waits to try."""
    _call(database, "change_webhook", webhook=webhook, paused=False)
    _say(as_json, {"id": webhook, "is_paused": False}, f"{webhook} goes on.")


@webhooks.command(python=_python("webhook_failures", webhook="{webhook}"))
@_WEBHOOK
@_JSON
@_DATABASE
def failed(*, webhook: str, as_json: bool, database: str) -> None:
    """List the events that were given up."""
    found = _call(database, "webhook_failures", webhook=webhook)["data"]
    lines = [
        f"{each['sequence']} {each['topic']}: given up {each['failed_at']} after {each['tries']} tries"
        f"{', to be sent again' if each['is_wanted'] else ''}: {each['error']}"
        for each in found
    ]
    _say(as_json, found, *lines)


@webhooks.command("send-again", python=send_again_in_python)
@_WEBHOOK
@click.argument("sequences", metavar="[NUMBER]...", type=int, nargs=-1)
@_JSON
@_DATABASE
def send_again(*, webhook: str, sequences: tuple[int, ...], as_json: bool, database: str) -> None:
    """Send events once more that were given up: those with these numbers, or all."""
    again = _call(database, "change_webhook", webhook=webhook, send_again=list(sequences) or True)["again"]
    _say(as_json, {"id": webhook, "again": again}, f"{again} events are sent again.")


def _call(database: str, action: str, user: str | None = None, **arguments: Any) -> Mapping[str, Any]:
    """Return the answer to one action; what goes wrong is told in one line."""
    try:
        with closing(EmbeddedServer(database, user)) as server:
            return server.call([{"action": action, **arguments}])[0]
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error


def _say(as_json: bool, content: Any, *lines: str) -> None:
    click.echo(json.dumps(content, indent=2) if as_json else "\n".join(lines))
