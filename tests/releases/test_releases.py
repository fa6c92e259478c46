"""Our session works on every release of ftrack-python-api that pyproject.toml allows.

Each runs in a process of its own: the steps of `steps.py`, the contract, and some conversations that must end as with
ftrack_api. `make test-slow` has the lowest and the highest release, `make test-clients` all.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import client_releases
import pytest
from client_releases import PACKAGE, RELEASES, ROOT, NotInstalledError, folder_of, published
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ALL = os.environ.get("TRACKTEROID_CLIENTS") == "all"
#: What the other tests do with the installed release.
ON_OTHERS = (
    "tests/client/test_client_contract.py",
    "tests/client/test_client_hydration.py::test_what_is_left_is_what_ftrack_api_leaves[0]",
    "tests/client/test_client_hydration.py::test_what_is_left_is_what_ftrack_api_leaves[3]",
    "tests/client/test_client_commit.py::test_what_is_left_is_what_ftrack_api_leaves[500]",
    "tests/client/test_client_commit.py::test_what_is_left_is_what_ftrack_api_leaves[503]",
)


def allowed() -> SpecifierSet:
    found = re.search(rf'"{PACKAGE}(?P<range>[^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert found is not None
    return SpecifierSet(found["range"])


@pytest.mark.parametrize("release", RELEASES if ALL else (RELEASES[0], RELEASES[-1]))
def test_our_session_works_on(release: str) -> None:
    folder = folder_of(release)
    path = [str(folder)] if folder else []
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([*path, str(ROOT / "src"), str(ROOT / "tests")]),
        "TRACKTEROID_RELEASE": release,
    }
    tests = ["tests/releases/steps.py", *(ON_OTHERS if folder else ())]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"With ftrack-python-api {release}:\n{done.stdout}{done.stderr}"


def test_the_range_in_the_metadata_is_what_is_tested() -> None:
    assert [release for release in RELEASES if release not in allowed()] == []
    assert Version(RELEASES[0]) in {Version(each.version) for each in allowed() if each.operator == ">="}


@pytest.mark.skipif(not ALL, reason="asks the package index, which make test-clients does")
def test_no_release_in_the_range_is_missing_here() -> None:
    found = sorted(allowed().filter(published()), key=Version)
    assert found == list(RELEASES), "Add new releases to tests/releases/client_releases.py."


def test_without_the_package_index_the_tests_say_what_they_need(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setattr(client_releases, "ROOT", tmp_path)
    with pytest.raises(NotInstalledError, match="need the package index once"):
        folder_of("3.0.1")
    assert list(tmp_path.glob(".clients/*")) == []
