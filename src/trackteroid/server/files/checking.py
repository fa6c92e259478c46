"""Whether the files of a server and its database agree: rows without data, and data without rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from trackteroid.server.core.options import Limits
from trackteroid.server.files import rows
from trackteroid.server.files.rows import StoredFile
from trackteroid.server.files.stores import Joined, Store, is_drawn
from trackteroid.server.model import standard_model
from trackteroid.server.storage.builtin import find_id
from trackteroid.server.storage.checking import Finding
from trackteroid.server.storage.database import Database

_SHOWN = 3
_PIECE = 1024 * 1024
_MD5 = re.compile(r"[0-9a-f]{32}")


def check_files(database: Database, store: Store, *, repair: bool = False, read_all: bool = False) -> Iterator[Finding]:
    """Yield where files and database disagree. Servers may run meanwhile.

    Args:
        database: The rows.
        store: The data.
        repair: Remove data that no row tells of, and what nobody has finished for a day.
        read_all: Read all data, and compare it with its checksum.
    """
    model = standard_model()
    # A row is there before its data and after it, so what was in the store before has one.
    there = set(store.file_ids())
    known = database.run(lambda connection: rows.every_id(connection, model), write=False)
    locations, component = model.table("ComponentLocation"), model.table("Component")
    kind = component.c[str(model.type("Component").discriminator)]
    here = (
        sa.select(component.c.id)
        .join(locations, locations.c.component_id == component.c.id)
        .where(locations.c.location_id == find_id("Location", "ftrack.server"), kind == "FileComponent")
    )
    # A component is said to be here after its data is, so the data of what was said before is known now.
    said = database.run(lambda connection: set(connection.execute(here).scalars()), write=False)
    stored = database.run(lambda connection: list(rows.every_stored(connection, model)), write=False)
    bad = [file for file in stored if not _is_whole(store, file, read_all=read_all)]
    # Whatever was replaced or removed meanwhile is as it should be.
    still = database.run(lambda connection: {file.id for file in rows.every_stored(connection, model)}, write=False)
    damaged = [file.component_id for file in bad if file.id in still]
    yield from _finding("the data of {} is missing, or not what was sent", damaged)
    lost = said.difference(file.component_id for file in stored)
    if lost:
        lost &= database.run(lambda connection: set(connection.execute(here).scalars()), write=False)
    yield from _finding("{} in ftrack.server without data", sorted(lost))
    surplus = sorted(there - known)
    if surplus and repair:
        for file_id in surplus:
            store.remove(file_id)
    text = f"{len(surplus):,} files in {store.name} are of no component"
    if surplus:
        yield Finding("files", text, len(surplus), tuple(surplus[:_SHOWN]), is_derived=True, is_repaired=repair)
    yield from _abandoned(database, store, repair=repair)


def _abandoned(database: Database, store: Store, *, repair: bool) -> Iterator[Finding]:
    """Yield what a server is going to remove: nobody has completed it, or made a component for it."""
    model, before = standard_model(), rows.abandoned_before(Limits().upload_seconds)
    given_up = database.run(lambda connection: rows.find_abandoned(connection, model, before), write=False)
    if not given_up:
        return
    if repair:
        database.run(lambda connection: rows.mark_removed(connection, model, given_up), write=True)
        for file_id in given_up:
            store.remove(file_id)
        database.run(lambda connection: rows.forget(connection, model, given_up), write=True)
    text = f"{len(given_up):,} files were begun or sent, and nobody has completed them or made their components"
    yield Finding("files", text, len(given_up), tuple(given_up[:_SHOWN]), is_derived=True, is_repaired=repair)


def _is_whole(store: Store, file: StoredFile, *, read_all: bool) -> bool:
    """Return whether all of a file is there; if it is read, whether each piece is what was sent. What is drawn is.

    What that was is told by the store or the row. Object stores have other tags for what comes to them in parts, and
    some for everything. Those tell nothing.
    """
    if all(map(is_drawn, file.pieces)):
        return True
    if set(file.pieces) - set(store.pieces(file.id)):
        return False
    for piece in file.pieces if read_all else ():
        known = {text for text in (file.checksum if len(file.pieces) == 1 else None, piece.e_tag) if text}
        if any(map(_MD5.fullmatch, known)):
            digest = hashlib.md5(usedforsecurity=False)
            with Joined(store, file.id, [piece]) as data:
                while read := data.read(_PIECE):
                    digest.update(read)
            if digest.hexdigest() not in known:
                return False
    return True


def _finding(text: str, component_ids: Sequence[str]) -> Iterator[Finding]:
    if component_ids:
        count = "1 component" if len(component_ids) == 1 else f"{len(component_ids):,} components"
        yield Finding("files", text.format(count), len(component_ids), tuple(component_ids[:_SHOWN]))
