"""`trackteroid completion`: scripts for shells."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import get_completion_class

from trackteroid.cli.command import Command, json_option, say

#: Where the script of each shell goes, as its users know it.
_PLACES = {
    "bash": 'eval "$(trackteroid completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(trackteroid completion zsh)" in ~/.zshrc, behind compinit',
    "fish": "trackteroid completion fish > ~/.config/fish/completions/trackteroid.fish",
    "powershell": "trackteroid completion powershell | Out-String | Invoke-Expression in $PROFILE",
}


def _python(*, shell: str, **_: object) -> str:
    return "\n".join(
        [
            "from click.shell_completion import get_completion_class",
            "",
            "from trackteroid.cli import main",
            "",
            f"complete = get_completion_class({shell!r})(main, {{}}, 'trackteroid', '_TRACKTEROID_COMPLETE')",
            "print(complete.source())",
        ]
    )


@click.command(cls=Command, python=_python)
@click.argument("shell", type=click.Choice(tuple(_PLACES)))
@json_option
@click.pass_context
def completion(context: click.Context, *, shell: str, as_json: bool) -> None:
    """Print the script that makes a shell complete commands, types, criteria and attributes.

    \b
    bash        eval "$(trackteroid completion bash)" in ~/.bashrc
    zsh         eval "$(trackteroid completion zsh)" in ~/.zshrc, behind compinit
    fish        trackteroid completion fish > ~/.config/fish/completions/trackteroid.fish
    powershell  trackteroid completion powershell | Out-String | Invoke-Expression in $PROFILE
    """
    kind: Any = get_completion_class(shell)
    script = kind(context.find_root().command, {}, "trackteroid", "_TRACKTEROID_COMPLETE").source()
    say({"shell": shell, "script": script, "use": _PLACES[shell]}, script, as_json=as_json)
