"""Trackteroid: functional collections over ftrack, with an ftrack-compatible server in the box.

Importing it does no I/O: `SESSION` connects when something first needs the server. What is in it is imported when it
is first asked for, so that the server and the command line do without the client: half of what they would load.
"""

from __future__ import annotations

import builtins as _builtins
import importlib as _importlib
import importlib.util as _util
import typing as _typing

from trackteroid import later as _later
from trackteroid.constants import __VERSION__

if _typing.TYPE_CHECKING:
    from trackteroid import entities
    from trackteroid.collections import EmptyCollection, EntityCollection
    from trackteroid.collections.propagation import Propagation
    from trackteroid.entities import *  # noqa: F403 - its `__all__` says what these are: one list of the types
    from trackteroid.entities.schematypes import (
        ASSET_TYPES,
        CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY,
        OBJECT_TYPES,
        PROJECT_SCHEMAS,
        TASK_TYPES,
    )
    from trackteroid.errors import EntityCollectionOperationError, TrackteroidError
    from trackteroid.query import SCHEMA, Criteria, Criterion, Query
    from trackteroid.session import SESSION, Session

    __all__ = [
        "ASSET_TYPES",
        "CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY",
        "OBJECT_TYPES",
        "PROJECT_SCHEMAS",
        "SCHEMA",
        "SESSION",
        "TASK_TYPES",
        "__VERSION__",
        "Criteria",
        "Criterion",
        "EmptyCollection",
        "EntityCollection",
        "EntityCollectionOperationError",
        "Propagation",
        "Query",
        "Session",
        "TrackteroidError",
    ]
    __all__ += entities.__all__

_later.install()

__version__ = __VERSION__

#: Where the names are, besides the entity types.
_HOMES = {
    "trackteroid.collections": ("EmptyCollection", "EntityCollection"),
    "trackteroid.collections.propagation": ("Propagation",),
    "trackteroid.constants": ("__VERSION__",),
    "trackteroid.entities.schematypes": (
        "ASSET_TYPES",
        "CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY",
        "OBJECT_TYPES",
        "PROJECT_SCHEMAS",
        "TASK_TYPES",
    ),
    "trackteroid.errors": ("EntityCollectionOperationError", "TrackteroidError"),
    "trackteroid.query": ("SCHEMA", "Criteria", "Criterion", "Query"),
    "trackteroid.session": ("SESSION", "Session"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> _typing.Any:
    """Import what is first asked for: a name of the library, a module, or an entity type.

    Entity types that only some servers have are imported like the others: ``from trackteroid import Scene``.
    """
    if name == "__all__":
        found: _typing.Any = _names()
    elif name in _HOME_OF:
        found = getattr(_importlib.import_module(_HOME_OF[name]), name)
    elif name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    elif _util.find_spec(f"{__name__}.{name}"):
        return _importlib.import_module(f"{__name__}.{name}")
    else:
        from trackteroid.entities.imports import entity_or_error

        entities = _importlib.import_module("trackteroid.entities")
        if name not in entities.__all__:  # remembered by nobody: another server may have no such type
            return entity_or_error(__name__, name, _names())
        found = getattr(entities, name)
    globals()[name] = found
    if hasattr(_builtins, "get_ipython"):  # in IPython and in notebooks, which do not follow what is known by name only
        _importlib.import_module("trackteroid.completion").install()
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_names()})


def _names() -> list[str]:
    """Return all names that are in the package."""
    types: list[str] = _importlib.import_module("trackteroid.entities").__all__
    return [*sorted(_HOME_OF, key=lambda name: (not name.isupper(), name)), *sorted(types)]
