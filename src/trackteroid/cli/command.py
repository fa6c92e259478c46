"""What all commands are made of: ``--json``, ``--python``, exit codes in their help, and groups that import late."""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

import click
from click.shell_completion import CompletionItem

from trackteroid.cli.ending import INTERRUPTED, ending_as_the_pipe_does, outline
from trackteroid.spelling import visible_lines

_ARGUMENTS: Final = "trackteroid.cli.arguments"

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(content: Any, lines: str | Iterable[str], *, as_json: bool) -> None:
    """Print a value as JSON, or lines for people. What a terminal would obey is written out, but for `Styled` lines.

    So is what the terminal cannot show.
    """
    if as_json:
        write_json(content)
        return
    encoding = sys.stdout.encoding or "utf-8"
    for line in [lines] if isinstance(lines, str) else lines:
        shown = line if isinstance(line, Styled) else visible_lines(line)
        click.echo(shown.encode(encoding, "backslashreplace").decode(encoding))


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


class Command(click.Command):
    """A command that can tell how the same is done in Python.

    Args:
        python: the program, with the parameters of a call in braces, such as ``{database!r}``; or what returns it for
            them. Where there is none, comments say why.
        attributes: what `click.Command` takes.
    """

    def __init__(self, *args: Any, python: str | Callable[..., str], **attributes: Any) -> None:
        attributes.setdefault("epilog", outline())
        super().__init__(*args, **attributes)
        self._python = python
        text = "Print the Python program that does the same, and do nothing."
        self.params.append(click.Option(["--python", "in_python"], is_flag=True, help=text))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, and remember them as they were given."""
        note_arguments(ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, or print the program."""
        if not ctx.params.pop("in_python"):
            return super().invoke(ctx)
        click.echo(self._python(**ctx.params) if callable(self._python) else filled(self._python, ctx.params))
        return None


def filled(program: str, given: Mapping[str, Any]) -> str:
    """Return a program with what was given in it: paths as text, lists as people write them, and no passwords."""

    def written(name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return [*cast("tuple[Any, ...]", value)]
        if name == "database":
            return without_password(value)
        return str(value) if isinstance(value, Path) else value

    return program.format(**{name: written(name, value) for name, value in given.items()})


def note_arguments(ctx: click.Context, args: list[str]) -> None:
    """Remember the arguments of a command, for what completes them."""
    ctx.meta[_ARGUMENTS] = list(args)


def arguments_of(ctx: click.Context) -> list[str]:
    """Return the arguments of a command as they were given."""
    return ctx.meta.get(_ARGUMENTS, [])


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


class LazyGroup(SuggestingGroup):
    """A group that imports the module of a command when that is run, documented or completed.

    The client takes 0.3 s to import and the server 0.5 s. The list of the commands and their completion take 0.06 s
    in all, because they need no more than `purposes`.

    Args:
        package: Where the modules are; each is called like its command, and so is the command in it.
        purposes: What each command is for, by its name: the first sentence of its help.
        modules: The modules of those that share one with others.
        attributes: What `click.Group` takes.
    """

    def __init__(
        self, *, package: str, purposes: Mapping[str, str], modules: Mapping[str, str], **attributes: Any
    ) -> None:
        super().__init__(**attributes)
        self._package = package
        self._purposes = purposes
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Return the names of the commands, in order."""
        return sorted(self._purposes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, if there is one.

        Raises:
            click.ClickException: It needs packages that are not installed.
        """
        if cmd_name not in self._purposes:
            return None
        try:
            module = import_module(f"{self._package}.{self._modules.get(cmd_name, cmd_name)}")
        except ModuleNotFoundError as error:
            if ctx.resilient_parsing:  # a shell asks how its line may go on, and shows no messages
                return None
            raise lacking(cmd_name, error) from error
        # A command that is called like a built-in has a sign behind its name.
        return getattr(module, f"{cmd_name}_", None) or getattr(module, cmd_name)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read the arguments, and print the help if they ask for it."""
        with ending_as_the_pipe_does():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; Ctrl-C and a closed pipe end it with codes of their own."""
        try:
            with ending_as_the_pipe_does():
                return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as error:
            click.echo("Interrupted.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names and the purposes."""
        width = formatter.width - 6 - max(map(len, self._purposes))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, self._outline(name).get_short_help_str(width)) for name in self.list_commands(ctx)]
            )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that start so, and the options."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=self._outline(name).get_short_help_str()) for name in names),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def _outline(self, name: str) -> click.Command:
        return click.Command(name, help=self._purposes[name])


def lacking(command: str, error: ModuleNotFoundError) -> click.ClickException:
    """Return the refusal of a command whose packages are not installed."""
    package = str(error.name).partition(".")[0]
    return click.ClickException(
        f'`{command}` needs packages that are not installed ({package}). Run: pip install "trackteroid[server]"'
    )


def without_password(text: str) -> str:
    """Return a text without the password of an address in it."""
    return re.sub(r"(//[^/:@\s]*):[^/@\s]*@", r"\1:***@", text)


def read_key(path: Path) -> str:
    """Return the key in a file.

    Raises:
        ClickException: the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise click.ClickException(f"The key cannot be read from {path}: {reason}.") from error
