"""Whoever asks what a command takes does not wait for a server to be imported."""

from __future__ import annotations

import subprocess
import sys

from trackteroid.cli.serve import SCHEMAS
from trackteroid.server.model.schema import EDITIONS, NEWEST

PROGRAM = """
import sys
from trackteroid.cli import main
main(["serve", "--help"], standalone_mode=False)
print(*(name for name in ("sqlalchemy", "starlette", "ftrack_api", "trackteroid.server.api") if name in sys.modules))
"""


def test_help_of_serve_imports_no_server() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert "--database URL" in done.stdout
    assert done.stdout.splitlines()[-1] == ""


def test_help_of_serve_names_the_schemas_that_there_are() -> None:
    assert tuple(EDITIONS) == SCHEMAS
    assert SCHEMAS[-1] == NEWEST.version
