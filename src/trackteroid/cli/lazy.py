"""Commands that are imported when they are run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from trackteroid.cli.codes import INTERRUPTED
from trackteroid.cli.command import SuggestingGroup
from trackteroid.cli.ending import ending_as_the_pipe_does


def lacking(command: str, error: ModuleNotFoundError) -> click.ClickException:
    """Return the refusal of a command whose packages are not installed."""
    package = str(error.name).partition(".")[0]
    return click.ClickException(
        f'`{command}` needs packages that are not installed ({package}). Run: pip install "trackteroid[server]"'
    )


class LazyGroup(SuggestingGroup):
    """A group that imports the module of a command when that is run, documented or completed.

    The client takes 0.3 s to import and the server 0.5 s. The list of the commands and their completion take 0.06 s
    in all, because they need no more than `purposes`.

    Args:
        package: Where the modules are; each is called like its command, and so is the command in it.
        purposes: What each command is for, by its name: the first sentence of its help.
        attributes: What `click.Group` takes.
    """

    def __init__(self, *, package: str, purposes: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(**attributes)
        self._package = package
        self._purposes = purposes

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
            module = import_module(f"{self._package}.{cmd_name}")
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
