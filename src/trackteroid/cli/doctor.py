"""`trackteroid doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import os
from typing import Any

import click

from trackteroid.cli.codes import REFUSED
from trackteroid.cli.command import Command, Styled, json_option, say, without_password
from trackteroid.cli.connecting import server_of, server_options
from trackteroid.cli.diagnosis import Check, examine
from trackteroid.spelling import visible_lines

_SIGNS = {"ok": "ok     ", "note": "note   ", "warning": "WARNING", "error": "ERROR  "}
_COLOURS = {"ok": "green", "note": None, "warning": "yellow", "error": "red"}


def _python(**given: Any) -> str:
    server = server_of(given)
    options = {"url": server.url and without_password(server.url), "user": server.user}
    arguments = [f"{name}={value!r}" for name, value in options.items() if value]
    if server.key_file:
        arguments.append(f"key_file=Path({str(server.key_file)!r})")
    return "\n".join(
        [
            *(["from pathlib import Path", ""] if server.key_file else []),
            "from trackteroid.cli.connecting import Server",
            "from trackteroid.cli.diagnosis import examine",
            "",
            f"for check in examine(Server({', '.join(arguments)})):",
            "    print(check.state, check.name, check.text, check.advice)",
        ]
    )


@click.command(cls=Command, python=_python)
@json_option
@server_options
def doctor(**given: Any) -> None:
    """Say what is wrong with the installation, the address, the key, versions and proxies.

    It changes nothing, and shows no keys. It exits with 1 if there is an error.
    """
    as_json = given["as_json"]
    checks = list(examine(server_of(given)))
    errors = sum(check.state == "error" for check in checks)
    lines = [line for check in checks for line in _lines(check)]
    summary = "Nothing is wrong." if not errors else f"{errors} {'error' if errors == 1 else 'errors'}."
    content = {"is_well": not errors, "checks": [check.as_json() for check in checks]}
    say(content, [*lines, summary], as_json=as_json)
    if errors:
        raise SystemExit(REFUSED)


def _lines(check: Check) -> list[str]:
    colour = None if os.environ.get("NO_COLOR") else _COLOURS[check.state]
    sign = click.style(_SIGNS[check.state], fg=colour)
    told = Styled(f"{sign}  {visible_lines(f'{check.name}: {check.text}')}")
    return [told, *([f"         {check.advice}"] if check.advice else [])]
