"""A shell in this process: commands, what they print, and the code they end with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from trackteroid.cli import main


@dataclass(frozen=True)
class Ended:
    """How a command has ended."""

    code: int
    printed: str
    said: str

    @property
    def data(self) -> Any:
        """What was printed, as JSON."""
        assert self.printed, self.said
        return json.loads(self.printed)


def shell(*arguments: str, answer: str | None = None) -> Ended:
    """Run `trackteroid` with these arguments; nobody ever sees a traceback."""
    result = CliRunner().invoke(main, arguments, input=answer, prog_name="trackteroid")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return Ended(result.exit_code, result.stdout, result.stderr)
