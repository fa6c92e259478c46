"""`trackteroid doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import os
from typing import Any

import click

from trackteroid.cli.codes import REFUSED
from trackteroid.cli.command import Command, json_option, say
from trackteroid.cli.connecting import server_of, server_options
from trackteroid.cli.diagnosis import Check, examine

_SIGNS = {"ok": "ok     ", "note": "note   ", "warning": "WARNING", "error": "ERROR  "}
_COLOURS = {"ok": "green", "note": None, "warning": "yellow", "error": "red"}


@click.command(cls=Command)
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
    return [f"{sign}  {check.name}: {check.text}", *([f"         {check.advice}"] if check.advice else [])]
