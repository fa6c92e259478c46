"""What the tests of behaviour share besides fixtures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from trackteroid import Query

SOURCE = Path(__file__).resolve().parents[2] / "src"

#: Sessions of these tests look at nothing but their server.
PLAIN: dict[str, Any] = {"plugin_paths": [], "schema_cache_path": False}


def where(query: Query) -> str:
    """Return the conditions of a query as text."""
    return str(query).partition(" where ")[2]


def selected(query: Query) -> str:
    """Return what a query asks for, as text."""
    return str(query).removeprefix("select ").partition(" from ")[0]


def pending(session: Any) -> list[Any]:
    """Return the operations that wait for a commit."""
    return list(session.recorded_operations)


def run_python(program: str, *, configuration: Path | None = None) -> list[str]:
    """Run a program in a process of its own that knows no server; return the lines it prints."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("FTRACK_", "TRACKTEROID_"))
    }
    environment["PYTHONPATH"] = str(SOURCE)
    if configuration is not None:
        environment["TRACKTEROID_CONFIGURATION"] = str(configuration)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
