"""What tests of creating, changing and deferring begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ftrack_api
import pytest
from collection_tools import connected_to_copy
from fake_server import FakeServer, connected, serving

from demo_servers import demo_database
from trackteroid import Query, Session


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo production, to be read or copied."""
    return demo_database(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def session(database: Path, tmp_path: Path) -> Iterator[Session]:
    """A session of a copy of the demo production, which may be changed."""
    with connected_to_copy(database, tmp_path) as session:
        yield session


@pytest.fixture
def ask(session: Session) -> Callable[[Any], Any]:
    """`Query` with the session."""
    return lambda entity_type: Query(entity_type, session=session)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where operations are deferred to."""
    return tmp_path / "operations.dbm"


@pytest.fixture(scope="module", params=[ftrack_api.Session, Session], ids=["ftrack_api", "trackteroid"])
def shared(request: pytest.FixtureRequest) -> Iterator[tuple[FakeServer, Any, Any]]:
    """A small server, a session of the process that defers operations, and one of another that sends them."""
    kind = request.param
    with serving(FakeServer()) as server, connected(server, kind) as recording, connected(server, kind) as replaying:
        yield server, recording, replaying


@pytest.fixture
def recording(shared: tuple[FakeServer, Any, Any], server: FakeServer) -> Iterator[Any]:
    """The session of the process that defers its operations."""
    yield shared[1]
    shared[1].rollback()
    shared[1].reset()
