"""`trackteroid completion`: scripts for shells."""

from __future__ import annotations

import os
import shlex
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

from trackteroid.cli.command import Command, json_option, say

_BASH = """\
%(complete_func)s() {
    local kind value help word="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=()
    while IFS=$'\\t' read -r kind value help; do
        case "$kind" in
            plain) COMPREPLY+=("$value") ;;
            dir) compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "$word")) ;;
            file) compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$word")) ;;
        esac
    done < <(COMP_LINE="${COMP_LINE:0:$COMP_POINT}" %(complete_var)s=bash_complete "$1")
    if [[ "${COMPREPLY[0]-}" == *= ]]; then compopt -o nospace 2>/dev/null; fi
    return 0
}
complete -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s
%(complete_func)s() {
    local kind value help
    local -a told open
    while IFS=$'\\t' read -r kind value help; do
        case "$kind" in
            plain) if [[ "$value" == *= ]]; then open+=("$value"); else told+=("${value//:/\\\\:}:$help"); fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done < <(COMP_LINE="${words[1,CURRENT]}" %(complete_var)s=zsh_complete ${words[1]})
    if (( $#told )); then _describe -V %(prog_name)s told; fi
    if (( $#open )); then compadd -S '' -a open; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    for line in (COMP_LINE=(commandline -cp) %(complete_var)s=fish_complete %(prog_name)s)
        set -l parts (string split -m 2 \\t -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories (commandline -ct)
            case file
                __fish_complete_path (commandline -ct)
            case plain
                printf '%%s\\t%%s\\n' $parts[2] $parts[3]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments '(%(complete_func)s)'
"""

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
    $words = @($before | ForEach-Object {
        if ($null -ne $_.Value) { "$($_.Value)" } else { $_.Extent.Text.Trim('"', "'") }
    })
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_WORDS = ($words -join "`n")
    $env:COMP_CWORD = "$wordToComplete"
    try {
        & %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -eq 'plain') {
                $text = if ($value -match "[\\s'`"]") { "'" + ($value -replace "'", "''") + "'" } else { $value }
                $tip = if ($help) { $help } else { $value }
                [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $tip)
            }
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_CWORD -ErrorAction SilentlyContinue
    }
}
"""


class _Completion(ShellComplete):
    """Answers a shell that hands over the line up to the cursor."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words behind the program and before the one that is completed, and that one."""
        words, incomplete = words_of(os.environ.get("COMP_LINE", ""))
        return words[1:], incomplete

    def complete(self) -> str:
        """Return the answer, a line for each completion."""
        args, incomplete = self.get_completion_args()
        option, equals, value = incomplete.partition("=")
        prefix = option + equals if equals and option.startswith("--") else ""
        if prefix:
            args, incomplete = [*args, option], value
        items = self.get_completions(args, incomplete)
        for item in items:
            item.value = self.replacement(prefix + str(item.value), prefix + incomplete)
        return "\n".join(map(self.format_completion, items))

    def replacement(self, value: str, word: str) -> str:  # noqa: ARG002  # bash looks at it
        """Return what the shell puts in the place of what it takes for the word."""
        return value

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line of the answer; where files are meant the shell offers them itself."""
        return f"{item.type}\t{item.value}\t{' '.join((item.help or '').split())}"


class _Bash(_Completion):
    name: ClassVar[str] = "bash"
    source_template: ClassVar[str] = _BASH

    def replacement(self, value: str, word: str) -> str:
        return value[max(word.rfind("="), word.rfind(":")) + 1 :]


class _Zsh(_Completion):
    name: ClassVar[str] = "zsh"
    source_template: ClassVar[str] = _ZSH


class _Fish(_Completion):
    name: ClassVar[str] = "fish"
    source_template: ClassVar[str] = _FISH


class _PowerShell(_Completion):
    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:], os.environ.get("COMP_CWORD", "").strip("\"'")


def words_of(line: str) -> tuple[list[str], str]:
    """Return the words of a line that are complete, and the one that is being written.

    >>> words_of("query Shot --sel")
    (['query', 'Shot'], '--sel')
    >>> words_of("query 'Shot where na")
    (['query'], 'Shot where na')
    >>> words_of("query ")
    (['query'], '')
    """
    reader = shlex.shlex(line, posix=True)
    reader.whitespace_split, reader.commenters = True, ""
    words: list[str] = []
    try:
        words += reader
    except ValueError:  # the line ends within quotes
        return words, reader.token
    return (words, "") if not line or line[-1].isspace() else (words[:-1], words[-1])


def add_shells() -> None:
    """Let click know these shells."""
    for kind in (_Bash, _Zsh, _Fish, _PowerShell):
        add_completion_class(kind)


#: Where the script of each shell goes, as its users know it.
_PLACES = {
    "bash": 'eval "$(trackteroid completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(trackteroid completion zsh)" in ~/.zshrc, behind compinit',
    "fish": "trackteroid completion fish > ~/.config/fish/completions/trackteroid.fish",
    "powershell": "trackteroid completion powershell | Out-String | Invoke-Expression in $PROFILE",
}


_PROGRAM = """\
from click.shell_completion import get_completion_class

from trackteroid.cli import main

complete = get_completion_class({shell!r})(main, {{}}, 'trackteroid', '_TRACKTEROID_COMPLETE')
print(complete.source())"""


@click.command(cls=Command, python=_PROGRAM)
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
