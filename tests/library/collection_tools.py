"""Collections for tests: entities of a fake session, without a query, or of the demo production on a real server."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_session import AnsweredFromMemory, Record, record
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import storage_of
from trackteroid.collections import make_collection
from trackteroid.entities.base import entity_class
from trackteroid.schema.relations import SchemaEntry
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

DEFAULT = SchemaEntry()

#: For tests of what reads as nothing because it was not loaded, where that it is told is not the point.
UNNOTICED = pytest.mark.filterwarnings("ignore::trackteroid.errors.MissingValueWarning")


def collection(session: AnsweredFromMemory, *records: Record, of: str = "", schema: SchemaEntry = DEFAULT) -> Any:
    """Return the collection of these records, typed like the first unless *of* names another type."""
    entities = session.load(*records) if records else []
    entity_type = entity_class(of or records[0]["__entity_type__"])
    return make_collection(entity_type, entities, session=session, schema=schema)


def versions(session: AnsweredFromMemory, *numbers: int, **values: Any) -> Any:
    """Return AssetVersions with the ids v1, v2, ... and these version numbers."""
    return collection(session, *(record("AssetVersion", f"v{number}", version=number, **values) for number in numbers))


def ids(found: Any) -> list[str]:
    """Return the ids in a collection, in order."""
    return list(found.keys())


def configure(session: AnsweredFromMemory, kind: str = "task", **types: str) -> None:
    """Let the server have custom attributes for a kind of entities, with these keys and types."""
    session.answer(
        "select key, ",
        [
            record(
                "CustomAttributeConfiguration",
                f"c-{key}",
                key=key,
                entity_type=kind,
                object_type_id=None,
                project_id=None,
                is_hierarchical=False,
                type=record("CustomAttributeType", f"t-{name}", name=name),
            )
            for key, name in types.items()
        ],
    )


def traces(session: AnsweredFromMemory) -> Any:
    """Return what a call may leave behind in a session: operations, entities, and values set locally."""
    entities = {key: session.cache.get(key) for key in session.cache.keys()}  # noqa: SIM118  # a cache of ftrack_api
    return (
        list(map(id, session.recorded_operations)),
        {
            key: {name: storage["local"] for name, storage in storage_of(entity).items() if storage["local"] != NOT_SET}
            for key, entity in entities.items()
        },
    )


@contextmanager
def connected_to(database: Path, **options: Any) -> Iterator[Session]:
    """A session of a server in this process on the database."""
    server = EmbeddedServer(f"sqlite:///{database.as_posix()}")
    session = Session(server, plugin_paths=[], schema_cache_path=False, **options)
    try:
        yield session
    finally:
        session.close()
        server.close()


@contextmanager
def connected_to_copy(database: Path, folder: Path, **options: Any) -> Iterator[Session]:
    """A session of a copy of the database, which may be changed."""
    copy = folder / "copy.db"
    shutil.copy(database, copy)
    with connected_to(copy, **options) as session:
        yield session
