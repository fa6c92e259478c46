"""What is kept of files, on the server and on disks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trackteroid import Component, Query, Session


def kept(folder: Path) -> dict[str, bytes]:
    """Everything that is below a folder, by its path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def rows(session: Session) -> list[int]:
    """How many entities there are of what publishing makes."""
    types = ("Asset", "AssetVersion", "Component", "ComponentLocation", "Job")
    return [len(session.query(f"select id from {each}").all()) for each in types]


def components(session: Session, *ids: str) -> Any:
    """The components with these ids, as the server has them."""
    return Query(Component, session=session).by_id(*ids).get_all(projections=["name", "version.version", "size"])
