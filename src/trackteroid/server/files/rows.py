"""Which data belongs to which component: one row for each file that was announced, kept until its data is gone.

A file is `uploading` until all of it is there, then `stored`, and `removed` once another one has taken its place or
somebody has removed it. Data is removed before its row is, so that nothing is ever kept that no row tells of.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from trackteroid.server.core import clock
from trackteroid.server.core.pending import insert_all
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import chunks
from trackteroid.server.files.stores import GivenUpError, Piece, drawn_piece
from trackteroid.server.model import Model
from trackteroid.values import frozen

UPLOADING, STORED, REMOVED = "uploading", "stored", "removed"


@frozen
class StoredFile:
    """The data of a component, or what is to become it.

    Attributes:
        id: Its id in the store.
        component_id: Whose it is; the component may not be there yet, or not any more.
        user_id: Who sent it.
        state: `uploading`, `stored` or `removed`.
        created_at: When it was announced.
        stored_at: When it was complete.
        size: Its bytes, as far as they are known.
        checksum: The MD5 that was announced, as base64 text; then what tells it from another content.
        parts: In how many parts it comes; None for one that is complete at once.
        pieces: What the store has of it, once it is complete.
    """

    id: str
    component_id: str
    user_id: str
    state: str
    created_at: str
    stored_at: str | None = None
    size: int | None = None
    checksum: str | None = None
    parts: int | None = None
    pieces: tuple[Piece, ...] = ()


def announce(request: Request, component_id: str, **told: Any) -> StoredFile:
    """Return a file that is to come."""
    file = StoredFile(uuid.uuid4().hex, component_id, request.actor.id, UPLOADING, request.now, **told)
    values: dict[str, Any] = asdict(file) | {"pieces": None}
    request.connection.execute(sa.insert(_table(request.model)).values(values))
    return file


def add(connection: sa.Connection, model: Model, files: Sequence[StoredFile]) -> None:
    """These files are there, whose data nobody sends. Those with the same ids are replaced."""
    table = _table(model)
    for some in chunks([file.id for file in files]):
        connection.execute(sa.delete(table).where(table.c.id.in_(some)))
    insert_all(connection, table, [asdict(file) | {"pieces": _text(file.pieces)} for file in files])


def drawn_file(user_id: str, component_id: str, kind: str, subject: str) -> StoredFile:
    """Return the data of a component that is drawn whenever it is read."""
    piece = drawn_piece(kind, subject)
    now = clock.now().replace(tzinfo=None, microsecond=0).isoformat()
    return StoredFile(
        component_id.replace("-", ""),
        component_id,
        user_id,
        STORED,
        created_at=now,
        stored_at=now,
        size=piece.size,
        checksum=hashlib.md5(piece.e_tag.encode(), usedforsecurity=False).hexdigest(),
        pieces=(piece,),
    )


def find(connection: sa.Connection, model: Model, file_id: str) -> StoredFile | None:
    """Return a file by its id."""
    table = _table(model)
    return _file(connection.execute(sa.select(table).where(table.c.id == file_id)).mappings().first())


def find_stored(connection: sa.Connection, model: Model, component_id: str) -> StoredFile | None:
    """Return the data of a component, if there is any."""
    table = _table(model)
    stored = sa.select(table).where(table.c.component_id == component_id, table.c.state == STORED)
    return _file(connection.execute(stored.order_by(table.c.stored_at.desc()).limit(1)).mappings().first())


def find_stored_of(connection: sa.Connection, model: Model, component_ids: Sequence[str]) -> dict[str, StoredFile]:
    """Return the data of those of some components that have any, by component."""
    table, found = _table(model), dict[str, StoredFile]()
    for some in chunks(component_ids):
        stored = sa.select(table).where(table.c.component_id.in_(some), table.c.state == STORED)
        for row in connection.execute(stored.order_by(table.c.stored_at)).mappings():
            if (file := _file(row)) is not None:
                found[file.component_id] = file
    return found


def is_of_others(request: Request, component_id: str) -> bool:
    """Return whether somebody else has announced data for a component that may not be there yet."""
    table = _table(request.model)
    others = sa.select(table.c.id).where(table.c.component_id == component_id, table.c.user_id != request.actor.id)
    return request.connection.execute(others.limit(1)).first() is not None


def settle(request: Request, file: StoredFile, pieces: Sequence[Piece], checksum: str) -> None:
    """A file is complete, and takes the place of the one before.

    Raises:
        GivenUpError: Nobody waits for it any more.
    """
    table = _table(request.model)
    settled = {
        "state": STORED,
        "stored_at": request.now,
        "size": sum(piece.size for piece in pieces),
        "checksum": checksum,
        "pieces": _text(pieces),
    }
    # It may be there already: whoever has not heard so sends it again.
    expected = sa.update(table).where(table.c.id == file.id, table.c.state != REMOVED)
    if not request.connection.execute(expected.values(settled)).rowcount:
        raise GivenUpError
    before = sa.update(table).where(table.c.component_id == file.component_id, table.c.state == STORED)
    request.connection.execute(before.where(table.c.id != file.id).values(state=REMOVED))


def remove(request: Request, component_id: str) -> bool:
    """The data of a component is to go; return whether there is any."""
    table = _table(request.model)
    stored = sa.update(table).where(table.c.component_id == component_id, table.c.state == STORED)
    return request.connection.execute(stored.values(state=REMOVED)).rowcount > 0


def find_removed(connection: sa.Connection, model: Model) -> list[str]:
    """Return the ids of files whose data is to go."""
    table = _table(model)
    return list(connection.execute(sa.select(table.c.id).where(table.c.state == REMOVED)).scalars())


def abandoned_before(seconds: float) -> str:
    """Return the moment before which a file was announced or complete that nobody has used for so many seconds."""
    return (clock.now() - timedelta(seconds=seconds)).replace(tzinfo=None, microsecond=0).isoformat()


def find_abandoned(connection: sa.Connection, model: Model, before: str) -> list[str]:
    """Return the ids of files that nobody has completed, or made a component for, since some time."""
    table, component = _table(model), model.table("Component")
    is_used = sa.exists(sa.select(component.c.id).where(component.c.id == table.c.component_id))
    is_unfinished = sa.and_(table.c.state == UPLOADING, table.c.created_at < before)
    is_unused = sa.and_(table.c.state == STORED, table.c.stored_at < before, sa.not_(is_used))
    return list(connection.execute(sa.select(table.c.id).where(sa.or_(is_unfinished, is_unused))).scalars())


def mark_removed(connection: sa.Connection, model: Model, file_ids: Collection[str]) -> None:
    """These files are to go."""
    table = _table(model)
    for some in chunks(file_ids):
        connection.execute(sa.update(table).where(table.c.id.in_(some)).values(state=REMOVED))


def forget(connection: sa.Connection, model: Model, file_ids: Collection[str]) -> None:
    """The data of these files is gone."""
    table = _table(model)
    for some in chunks(file_ids):
        connection.execute(sa.delete(table).where(table.c.id.in_(some), table.c.state == REMOVED))


def every_stored(connection: sa.Connection, model: Model) -> Iterator[StoredFile]:
    """Yield all files that are complete."""
    table = _table(model)
    for row in connection.execute(sa.select(table).where(table.c.state == STORED)).mappings():
        if (file := _file(row)) is not None:
            yield file


def every_id(connection: sa.Connection, model: Model) -> set[str]:
    """Return the ids of all files, in whatever state."""
    return set(connection.execute(sa.select(_table(model).c.id)).scalars())


def _table(model: Model) -> sa.Table:
    return model.table("StoredFile")


def _text(pieces: Sequence[Piece]) -> str:
    return orjson.dumps([[piece.number, piece.size, piece.e_tag] for piece in pieces]).decode()


def _file(row: Mapping[Any, Any] | None) -> StoredFile | None:
    if row is None:
        return None
    pieces = tuple(Piece(*piece) for piece in orjson.loads(row["pieces"] or "[]"))
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    values["pieces"] = pieces
    return StoredFile(**values)
