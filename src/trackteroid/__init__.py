"""Trackteroid: functional collections over ftrack, with an ftrack-compatible server in the box.

Importing it does no I/O: `SESSION` connects when something first needs the server.
"""

from __future__ import annotations

from trackteroid import entities
from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.constants import __VERSION__
from trackteroid.entities import *  # noqa: F403 - its `__all__` says what these are: one list of the types
from trackteroid.entities.imports import entity_or_error as _entity_or_error
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
    "Query",
    "Session",
    "TrackteroidError",
]
__all__ += entities.__all__

__version__ = __VERSION__


def __getattr__(name: str) -> object:
    """Entity types that only some servers have are imported like the others: ``from trackteroid import Scene``."""
    return _entity_or_error(__name__, name, __all__)
