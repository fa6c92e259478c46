"""The demo production, as the environment of a shell names it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_servers import demo_database
from trackteroid import SESSION


@pytest.fixture(autouse=True)
def _shared_session() -> Iterator[None]:
    """What the programs that commands print do with SESSION ends with the test."""
    with SESSION.elsewhere():
        yield


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo production, which nobody changes."""
    return demo_database(tmp_path_factory.mktemp("commands"))


@pytest.fixture
def server(production: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server of the environment, to be read."""
    return _named(production, monkeypatch)


@pytest.fixture
def fresh_server(production: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A server of its own in the environment, to be changed."""
    return _named(Path(shutil.copy(production, tmp_path / "show.db")), monkeypatch)


def _named(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{path.as_posix()}"
    monkeypatch.setenv("FTRACK_SERVER", address)
    for name in ("FTRACK_API_USER", "FTRACK_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return address
