"""The same tests for both clients over both transports and on both databases.

`session` is a stock `ftrack_api.Session` or ours, in process or over HTTP on loopback, on SQLite or on PostgreSQL, with
the newest schema or the one before, always against the demo production. Tests make what they change in a project of
their own.

Each client and each server is among the pairs that are tried; ``TRACKTEROID_PAIRS=all`` (``make fuzz``) tries all.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ftrack_api
import ftrack_api.session
import pytest
import requests

from postgres.cluster import cluster  # noqa: F401 - a fixture
from trackteroid.client.inprocess.asgi import AsgiAdapter, BorrowedAdapter
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

#: The servers and clients that are tried together.
PAIRS = {
    ("in process", "ours"),
    ("http", "stock"),
    ("postgresql", "ours"),
    ("older schema", "stock"),
}
INTERNAL_URL = "http://conformance.invalid"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the pairs of servers and clients that are not to be tried."""
    if os.environ.get("TRACKTEROID_PAIRS") == "all":
        return
    left_out = [item for item in items if isinstance(item, pytest.Function) and not _is_tried(item)]
    if left_out:
        items[:] = [item for item in items if item not in set(left_out)]
        config.hook.pytest_deselected(items=left_out)


def _is_tried(item: pytest.Function) -> bool:
    chosen = item.callspec.params if hasattr(item, "callspec") else {}
    pair = chosen.get("running"), chosen.get("client")
    return None in pair or pair[1] not in ("ours", "stock") or pair in PAIRS


class Running:
    """A server with the demo production, and where to reach it."""

    def __init__(self, server: EmbeddedServer, url: str, adapter: AsgiAdapter | None) -> None:
        self.server = server
        self.url = url
        self.adapter = adapter

    def connect(self, client: str, monkeypatch: pytest.MonkeyPatch, **options: Any) -> ftrack_api.Session:
        """A session of the `stock` client or of `ours`."""
        if self.adapter is not None:
            # The client is not changed: only the HTTP library under it knows one more address.
            monkeypatch.setattr(ftrack_api.session.requests, "Session", self.browser)
        arguments = {
            "server_url": self.url,
            "api_user": self.server.username,
            "api_key": self.server.api_key,
            "plugin_paths": [],
            "schema_cache_path": False,
        }
        kind = ftrack_api.Session if client == "stock" else Session
        return kind(**(arguments | options))

    def browser(self) -> requests.Session:
        """A session of the HTTP library that reaches the server."""
        session = requests.sessions.Session()
        session.trust_env = False
        if self.adapter is not None:
            session.mount(INTERNAL_URL, BorrowedAdapter(self.adapter))
        return session


@pytest.fixture(scope="session", params=["in process", "http", "postgresql", "older schema"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if request.param == "postgresql":
        database = request.getfixturevalue("cluster").new_database()
    else:
        path: Path = tmp_path_factory.mktemp("server") / "demo.db"
        database = f"sqlite:///{path.as_posix()}"
    server = EmbeddedServer(database, with_demo=True, schema="4.13.0" if request.param == "older schema" else None)
    if request.param in ("http", "older schema"):
        with server.listening() as url:
            yield Running(server, url, None)
    else:
        adapter = AsgiAdapter(server.app)
        yield Running(server, INTERNAL_URL, adapter)
        adapter.close()
    server.close()


@pytest.fixture(params=["stock", "ours"])
def client(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def session(running: Running, client: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ftrack_api.Session]:
    session = running.connect(client, monkeypatch, auto_populate=True)
    yield session
    session.close()


@pytest.fixture
def other(running: Running, client: str, monkeypatch: pytest.MonkeyPatch, session: Any) -> Iterator[ftrack_api.Session]:
    """A second session, which sees only what reached the server."""
    other = running.connect(client, monkeypatch, auto_populate=True)
    yield other
    other.close()


@pytest.fixture
def name() -> str:
    """A name nobody has used yet."""
    return f"name-{uuid.uuid4().hex}"


@pytest.fixture
def project(session: ftrack_api.Session, name: str) -> Any:
    """A fresh project."""
    schema = session.query('ProjectSchema where name is "VFX"').one()
    project = session.create("Project", {"name": name, "full_name": f"{name} full", "project_schema": schema})
    session.commit()
    return project


@pytest.fixture
def shot(session: ftrack_api.Session, project: Any) -> Any:
    """A fresh shot in a fresh sequence."""
    sequence = session.create("Sequence", {"name": "sq010", "parent": project})
    shot = session.create("Shot", {"name": "sh010", "parent": sequence})
    session.commit()
    return shot


@pytest.fixture
def version(session: ftrack_api.Session, shot: Any) -> Any:
    """A fresh version of a fresh asset on a fresh shot."""
    kind = session.query("AssetType").first()
    asset = session.create("Asset", {"name": "plate", "parent": shot, "type": kind})
    version = session.create("AssetVersion", {"asset": asset, "comment": "first"})
    session.commit()
    return version
