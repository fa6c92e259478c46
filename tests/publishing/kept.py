"""What is kept of files, on the server and on disks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trackteroid import Component, Query, Session


def kept(folder: Path) -> dict[str, bytes]:
    """Everything that is below a folder, by its path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def rows(session: Session, shot: Any) -> tuple[int, int, list[str]]:
    """The assets and versions below a shot, and the names of components, but for what the server makes by itself."""
    assets = session.query(f"select id from Asset where context_id is {shot.id[0]}").all()
    versions = session.query(f"select id from AssetVersion where asset.context_id is {shot.id[0]}").all()
    found = session.query(f"select name from Component where version.asset.context_id is {shot.id[0]}").all()
    names = sorted(component["name"] for component in found)
    return len(assets), len(versions), [name for name in names if not name.startswith(("ftrackreview", "thumbnail"))]


def components(session: Session, *ids: str) -> Any:
    """The components with these ids, as the server has them."""
    return Query(Component, session=session).by_id(*ids).get_all(projections=["name", "version.version", "size"])
