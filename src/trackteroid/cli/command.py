"""What all commands have: ``--json``, ``--python``, and the table of exit codes in their help."""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

import click

from trackteroid.cli.codes import outline
from trackteroid.spelling import visible_lines

_ARGUMENTS: Final = "trackteroid.cli.arguments"
_PYTHON: Final = "trackteroid.cli.python"

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(content: Any, lines: str | Iterable[str], *, as_json: bool) -> None:
    """Print a value as JSON, or lines for people. What a terminal would obey is written out, but for `Styled` lines."""
    if as_json:
        write_json(content)
        return
    for line in [lines] if isinstance(lines, str) else lines:
        click.echo(_in_its_encoding(line if isinstance(line, Styled) else visible_lines(line)))


class Styled(str):
    """A line with colours of ours, in which everything else is written out already."""

    __slots__ = ()


def write_json(content: Any) -> None:
    """Print a value as JSON."""
    write_parts([json.dumps(content, indent=2, ensure_ascii=False, default=str), "\n"])


def write_parts(parts: Iterable[str]) -> None:
    """Write text as UTF-8, whatever the terminal or the pipe is set to, with line breaks as they are."""
    sys.stdout.flush()
    stream = sys.stdout.buffer
    for part in parts:
        stream.write(part.encode("utf-8", "backslashreplace"))
    stream.flush()


def _in_its_encoding(line: str) -> str:
    """Return a line with what the terminal cannot show written out."""
    encoding = sys.stdout.encoding or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)


class Command(click.Command):
    """A command that can tell how the same is done in Python.

    Args:
        python: returns the program for the parameters of a call, or comments that say why there is none.
        attributes: what `click.Command` takes.
    """

    def __init__(self, *args: Any, python: Callable[..., str], **attributes: Any) -> None:
        attributes.setdefault("epilog", outline())
        super().__init__(*args, **attributes)
        self._python = python
        option = click.Option(
            ["--python"],
            is_flag=True,
            expose_value=False,
            callback=_note_python,
            help="Print the Python program that does the same, and do nothing.",
        )
        self.params.append(option)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, and remember them as they were given."""
        note_arguments(ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, or print the program."""
        if not ctx.meta.get(_PYTHON):
            return super().invoke(ctx)
        click.echo(self._python(**ctx.params))
        return None


class SuggestingGroup(click.Group):
    """A group that says which of its commands may have been meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names.

        Raises:
            UsageError: there is none; the message suggests similar ones.
        """
        name = args[0]
        known = self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            near = " or ".join(map(repr, difflib.get_close_matches(name, known, cutoff=0.6)))
            ctx.fail(f"No such command {name!r}.{f' Did you mean {near}?' if near else ''}")
        return super().resolve_command(ctx, args)


class Group(SuggestingGroup):
    """A group of such commands."""

    command_class = Command
    group_class = type


def note_arguments(ctx: click.Context, args: list[str]) -> None:
    """Remember the arguments of a command, for what completes them."""
    ctx.meta[_ARGUMENTS] = list(args)


def arguments_of(ctx: click.Context) -> list[str]:
    """Return the arguments of a command as they were given."""
    return ctx.meta.get(_ARGUMENTS, [])


def _note_python(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta[_PYTHON] = value


def without_password(text: str) -> str:
    """Return a text without the password of an address in it."""
    return re.sub(r"(//[^/:@\s]*):[^/@\s]*@", r"\1:***@", text)
