"""What many tests of the writer and the rules begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from server.planned import Planned, fill
from server.writing import Server, create, fresh_server
from trackteroid.server.storage.database import Database


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


@pytest.fixture
def project(server: Server) -> str:
    return server.project()


@pytest.fixture
def playlist(server: Server, project: str) -> str:
    """A list of tasks, shots and the like."""
    category = server.one(create("ListCategory", name="dailies"))["id"]
    return server.one(create("TypedContextList", name="L", project_id=project, category_id=category))["id"]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What a server of this process has to say, from warnings on. Uvicorn hands its log to nobody: it prints it."""
    return lambda: caplog.text + capsys.readouterr().err


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    """A generated production on SQLite, which says how it goes about queries."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'plans.db'}")
    fill(database)
    with database.begin(write=False) as connection:
        yield Planned(connection)
    database.close()
