"""What addresses of stores mean, and where files are if nobody says: beside the database, or as near as can be."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trackteroid.server.files.folder import FolderStore, TemporaryStore
from trackteroid.server.files.objects import ObjectStore
from trackteroid.server.files.stores import Store, StoreError

if TYPE_CHECKING:  # processes that encode have no database
    from trackteroid.server.storage.database import Database

_OBJECTS: Final = ("s3://", "gs://", "az://")


def store_at(address: str) -> Store:
    """Return the store at an address: a folder, or an object store.

    Raises:
        StoreError: It cannot be used.
    """
    if "://" not in address:
        return FolderStore(Path(address))
    if not address.startswith(_OBJECTS):
        raise StoreError(
            f"{address} is no place for files. Name a folder, or an object store: {', '.join(_OBJECTS)} and so on."
        )
    return ObjectStore(address)


def open_store(address: str | Path | None, database: Database) -> Store:
    """Return the store at an address, or the usual one of a database.

    Args:
        address: A folder, or the address of an object store.
        database: Whose files it keeps.

    Raises:
        StoreError: It cannot be used.
    """
    if address is None:
        folder = usual_folder(database)
        return TemporaryStore() if folder is None else FolderStore(folder)
    return store_at(str(address))


def usual_folder(database: Database) -> Path | None:
    """Return where the files of a database are kept; None for one in memory."""
    if database.is_memory:
        return None
    if database.engine.dialect.name == "sqlite":
        path = Path(str(database.engine.url.database))
        return path.with_name(f"{path.stem}.files")
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "trackteroid" / "files" / database.information()["server_id"]
