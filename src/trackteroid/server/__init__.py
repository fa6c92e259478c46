"""The server in the box: an ftrack-compatible server that the unmodified clients talk to."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackteroid.server.api import Api
    from trackteroid.server.app import create_app
    from trackteroid.server.core.options import Limits
    from trackteroid.server.embedded import EmbeddedServer
    from trackteroid.server.storage.database import Database, DatabaseError

__all__ = ["Api", "Database", "DatabaseError", "EmbeddedServer", "Limits", "create_app"]

_HOMES = {
    "Api": "api",
    "Database": "storage.database",
    "DatabaseError": "storage.database",
    "EmbeddedServer": "embedded",
    "Limits": "core.options",
    "create_app": "app",
}


def __getattr__(name: str) -> Any:
    # The parts (model, language, compiler) are of use without the web framework, so it loads when it is needed.
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
