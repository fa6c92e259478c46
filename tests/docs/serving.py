"""A server in a thread of this process, for pages and programs that run in processes of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from trackteroid.server import EmbeddedServer


@contextmanager
def serving(database: Path) -> Iterator[dict[str, str]]:
    """A server on the SQLite file `database`; yields the environment for its clients."""
    server = EmbeddedServer(f"sqlite:///{database.as_posix()}")
    inherited = {name: value for name, value in os.environ.items() if name != "TRACKTEROID_CONFIGURATION"}
    with closing(server), server.listening() as url:
        yield inherited | {
            "FTRACK_SERVER": url,
            "FTRACK_API_USER": server.username,
            "FTRACK_API_KEY": server.api_key,
            "FTRACK_API_SCHEMA_CACHE_PATH": str(database.parent),
            "PYTHONIOENCODING": "utf-8",
            # A page runs pytest. Whoever works on the plugin has not always installed what pytest would find it by.
            "PYTEST_PLUGINS": "trackteroid.testing.plugin",
        }
