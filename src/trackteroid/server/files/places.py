"""What addresses of stores mean. Processes that encode begin here, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trackteroid.server.files.folder import FolderStore
from trackteroid.server.files.objects import ObjectStore
from trackteroid.server.files.stores import Store, StoreError

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
