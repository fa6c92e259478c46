"""Completion for PowerShell, which click does not have."""

from __future__ import annotations

import os
from typing import ClassVar

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

_SCRIPT = """\
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


class PowerShellComplete(ShellComplete):
    """The script for PowerShell, and the answers that it reads: kind, value and help with tabs between them."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that one."""
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:], os.environ.get("COMP_CWORD", "").strip("\"'")

    def format_completion(self, item: CompletionItem) -> str:
        """Return one answer; where files are meant there is none, so that PowerShell offers them itself."""
        return f"{item.type}\t{item.value}\t{' '.join((item.help or '').split())}"


def add_powershell() -> None:
    """Let click know this shell."""
    add_completion_class(PowerShellComplete)
