"""`trackteroid demo`: the main job, in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

EXPECTED = """\
INFO:trackteroid.query:Performing query: "select id, asset.name, version from AssetVersion"
result contains same entities: True
 result is same collection: True
INFO:trackteroid.query:Performing query: "select id, asset.name, version from AssetVersion where (version like "%")"
result contains same entities: True
 result is same collection: False
"""


@pytest.fixture
def _recorded() -> Iterator[None]:
    """Leave the file that the programs record into, whose name is documented, as it was before."""
    path = Path("/tmp/recorded_operations.dbm")
    before = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True)
    yield
    if before is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(before)


@pytest.mark.usefixtures("_recorded")
def test_the_programs_print_what_their_documentation_says(tmp_path: Path) -> None:
    """From an empty home directory, twice: a second run works like the first."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FTRACK_", "XDG_"))}
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home), "PYTHONUNBUFFERED": "1"}
    for _ in range(2):
        finished = subprocess.run(
            [sys.executable, "-m", "trackteroid.cli", "demo"],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        assert finished.stderr == ""
        assert EXPECTED in finished.stdout
        assert "version:   bc0040_comp v004 of task Compositing" in finished.stdout
        assert "published: True" in finished.stdout
        assert "component: main at /path/to/final/file in ftrack.unmanaged" in finished.stdout


def test_a_kept_database_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "demo.db").write_text("precious")
    finished = subprocess.run(
        [sys.executable, "-m", "trackteroid.cli", "demo", "--keep", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    assert "exists already" in finished.stderr
    assert (tmp_path / "demo.db").read_text() == "precious"
