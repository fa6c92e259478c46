"""What tests of listeners and actions begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo_servers import demo_server
from trackteroid import Session
from trackteroid.server import EmbeddedServer
from trackteroid.testing import Events


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


@pytest.fixture
def session(server: EmbeddedServer) -> Iterator[Session]:
    """The session that listens."""
    with Session(server_url=server, plugin_paths=[]) as session:
        yield session


@pytest.fixture
def events(session: Session) -> Events:
    return Events(session)
