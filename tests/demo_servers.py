"""The demo production: made once per process, and copied for whoever wants it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from trackteroid.server import EmbeddedServer
from trackteroid.server.auth.access import LocalKey, digest, find_user
from trackteroid.server.model import standard_model


def demo_server() -> EmbeddedServer:
    """Return a server in memory that holds the demo production, to be changed at will."""
    server = EmbeddedServer("sqlite://")
    with server.database.engine.connect() as connection:
        _template().backup(_driver(connection))
    with server.database.begin(write=False) as connection:
        user = find_user(connection, standard_model(), server.username)
    assert user is not None
    server.api.local_key = LocalKey(user.id, digest(server.api_key))
    return server


def demo_database(folder: Path) -> Path:
    """Return a new database in a folder that holds the demo production."""
    path = folder / "demo.db"
    with closing(sqlite3.connect(path)) as target:
        _template().backup(target)
    return path


@cache
def _template() -> sqlite3.Connection:
    """Return the database that all others are copies of."""
    template = sqlite3.connect(":memory:", check_same_thread=False)
    server = EmbeddedServer("sqlite://", with_demo=True)
    with closing(server), server.database.engine.connect() as connection:
        _driver(connection).backup(template)
    return template


def _driver(connection: Any) -> sqlite3.Connection:
    return connection.connection.driver_connection
