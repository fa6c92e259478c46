"""The exit codes of all commands, in one table."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
TRY_AGAIN: Final = 3
INTERRUPTED: Final = 130
CLOSED: Final = 141

#: What each of them means.
CODES: Mapping[int, str] = MappingProxyType(
    {
        DONE: "done, or done already",
        REFUSED: "refused, not found, or something is wrong: a conflict, a damaged file, an error of the server",
        USAGE: "wrong usage: a misspelt name, a value that does not fit, or credentials are missing",
        TRY_AGAIN: "the server cannot be reached or did not answer, or another process uses the file; the same "
        "command can be repeated, and what has arrived already is not sent again",
        INTERRUPTED: "interrupted by Ctrl-C",
        CLOSED: "whoever read what is printed has closed the pipe, as `| head` does",
    }
)


def outline() -> str:
    """Return the table as the help of a command shows it."""
    lines = [
        textwrap.fill(meaning, 78, initial_indent=f"  {code:>3}  ", subsequent_indent=" " * 7)
        for code, meaning in CODES.items()
    ]
    return "\n".join(["\b", "Exit codes:", *lines])
