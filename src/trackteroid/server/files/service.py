"""The files of one server: announced, received, handed out and cleared away, and who may do that.

Whoever may see a component may have its data, and whoever may change the component may replace it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from trackteroid.server.auth.writing import may_read, require_kind, require_update
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import Failure, LimitError, PermissionError_, ValidationError, ValueError_
from trackteroid.server.core.options import Limits
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.core.values import shown
from trackteroid.server.files import rows
from trackteroid.server.files.rows import StoredFile
from trackteroid.server.files.stores import Joined, Piece, Store, is_drawn
from trackteroid.server.model import standard_model
from trackteroid.server.storage.database import Database
from trackteroid.spelling import written_id

#: The signs that an id may have. Most have 36.
_LONGEST_ID: Final = 255


T = TypeVar("T")

_LOG = logging.getLogger("trackteroid.server.files")
_NOBODY: Final = "There is something to encode, and this process has nobody who does it. trackteroid serve has."
#: The seconds after which it is looked again what nobody has finished.
_SWEEP_SECONDS: Final = 3600.0
#: The seconds for which a store's own address works: whoever was allowed to read uses it at once.
_ADDRESS_SECONDS: Final = 300


class Files:
    """Where the data of components is, and what is done with it besides.

    Args:
        store: What keeps it.
        database: Which component it belongs to.
        limits: How much there may be.
    """

    def __init__(self, store: Store, database: Database, limits: Limits) -> None:
        self.store = store
        self.limits = limits
        #: Called when there is something to encode.
        self.wake: Callable[[], object] = partial(_LOG.warning, _NOBODY)
        self._database = database
        self._lock = threading.Lock()
        self._swept = float("-inf")

    def open(self, file: StoredFile) -> Joined:
        """Return the data of a file; raises `FileNotFoundError` if it has gone meanwhile."""
        return Joined(self.store, file.id, file.pieces)

    def address(self, file: StoredFile) -> str | None:
        """Return where the store itself hands out a file for a while, if it does."""
        if len(file.pieces) != 1 or is_drawn(file.pieces[0]):
            return None
        return self.store.address(file.id, file.pieces[0], seconds=_ADDRESS_SECONDS)

    def clear(self) -> None:
        """Remove the data that is to go, and now and then what nobody has finished."""
        with self._lock:
            is_due = time.monotonic() - self._swept > _SWEEP_SECONDS
            if is_due:
                self._swept = time.monotonic()
        if is_due:
            self._run(self._give_up, write=True)
            self.store.tidy(seconds=self.limits.upload_seconds)
        gone = list(filter(self._remove, self._run(rows.find_removed, write=False)))
        if gone:
            self._run(partial(rows.forget, file_ids=gone), write=True)

    def _remove(self, file_id: str) -> bool:
        """Remove the data of a file; return whether it is gone. Windows keeps what somebody reads."""
        try:
            self.store.remove(file_id)
        except OSError as error:
            _LOG.warning("The file %s could not be removed yet: %s", file_id, error)
            return False
        return True

    def _give_up(self, connection: sa.Connection, model: Any) -> None:
        before = rows.abandoned_before(self.limits.upload_seconds)
        rows.mark_removed(connection, model, rows.find_abandoned(connection, model, before))

    def _run(self, work: Callable[[sa.Connection, Any], T], *, write: bool) -> T:
        return self._database.run(lambda connection: work(connection, standard_model()), write=write)


def files_of(request: Request) -> Files:
    """Return the files of the server that a request came to."""
    if isinstance(request.files, Files):
        return request.files
    raise Failure("This server keeps no files. Start one that does: EmbeddedServer, or trackteroid serve.")


def require_reading(request: Request, component_id: str) -> Row:
    """Return a component whose data the caller may have.

    Raises:
        ValueError_: There is no such component, as far as they may know.
    """
    if not component_id:
        raise ValueError_("Name a component: the address has no id of one.")
    uow = unit_of_work(request)
    component = uow.find("Component", written_id(component_id))
    if component is None or not may_read(uow, component):
        raise ValueError_(f"There is no component {component_id[:100]}.")
    return component


def require_writing(request: Request, component_id: object) -> str:
    """Return the id of a component whose data the caller may replace, or of one that they may yet make.

    Raises:
        PermissionError_: They may not.
        ValidationError: It is no id, or that of something without data of its own.
    """
    # Data that came for what no component can be called would be nobody's for ever.
    is_id = isinstance(component_id, str) and component_id.strip() and component_id.isprintable()
    if not isinstance(component_id, str) or not is_id or len(component_id) > _LONGEST_ID:
        raise ValidationError(f"component_id must be the id of a FileComponent; got {shown(component_id)}.")
    component_id = written_id(component_id)
    uow = unit_of_work(request)
    component = uow.find("Component", component_id)
    if component is None:
        # Clients send the data first. Until the component is there, its id belongs to whoever has used it.
        require_kind(uow, uow.type("FileComponent"), "create")
        if rows.is_of_others(request, component_id):
            raise PermissionError_(f"Somebody else has sent data for {component_id[:100]}. Use a new id.")
        return component_id
    if component.type.name in ("ContainerComponent", "SequenceComponent"):
        raise ValidationError(f"{component.label} has no data of its own; its members have.")
    require_update(uow, component, {"name": component.values["name"]})
    return component_id


def begin(
    request: Request, component_id: object, *, size: object = None, checksum: object = None, parts: object = None
) -> StoredFile:
    """Return a file that is to come, once it is sure that its sender may send it and that it is not too large.

    Raises:
        PermissionError_: They may not.
        ValidationError: What is told of it makes no sense.
        LimitError: It is too large.
    """
    limits = files_of(request).limits
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
        raise ValidationError(f"file_size must be a number of bytes; got {shown(size)}.")
    check_size(size, limits)
    if parts is not None and (isinstance(parts, bool) or not isinstance(parts, int) or parts < 1):
        raise ValidationError(f"parts must be a number from 1, or null for one; got {shown(parts)}.")
    if parts is not None and parts > limits.file_parts:
        raise LimitError(
            f"The file has {parts} parts, more than this server's limit file_parts, which is {limits.file_parts}. "
            "Send larger ones."
        )
    md5 = None if checksum is None else _md5_of(checksum)
    component_id = require_writing(request, component_id)
    return rows.announce(request, component_id, size=size, checksum=md5, parts=parts)


def check_size(size: int | None, limits: Limits) -> None:
    """Raise `LimitError` if a file is too large."""
    if size is not None and size > limits.file_bytes:
        raise LimitError(f"The file has {size} bytes or more; this server's limit file_bytes is {limits.file_bytes}.")


def check_arrived(file: StoredFile, size: int, md5: str, announced: str | None) -> None:
    """Raise `ValidationError` unless what has arrived of a file is what was announced.

    Args:
        file: The file.
        size: The bytes that have arrived.
        md5: Their MD5, in digits.
        announced: The MD5 that came with them, as base64 text, if there was one.
    """
    wanted = {_md5_of(announced)} if announced else set[str]()
    if file.parts is None:
        wanted |= {file.checksum} if file.checksum else set()
        if file.size is not None and size != file.size:
            raise ValidationError(f"{size} bytes have arrived of {file.size}. Send the file again.")
    if wanted - {md5}:
        raise ValidationError("What has arrived has another MD5 checksum than what was sent. Send the file again.")


def chosen(file: StoredFile, found: Sequence[Piece], told: Sequence[tuple[int, str]]) -> list[Piece]:
    """Return the pieces that a file in parts consists of.

    Args:
        file: The file.
        found: The pieces that the store has.
        told: The number and the ETag of each part, as its sender has them.

    Raises:
        ValidationError: A part has not arrived, or together they are not what was announced.
    """
    known = {(piece.number, piece.e_tag): piece for piece in found}
    pieces = [known[part] for part in dict.fromkeys(told) if part in known]
    missing = sorted({number for number, _ in told} - {piece.number for piece in pieces})
    if missing:
        raise ValidationError(f"Part {missing[0]} has not arrived, or not with that ETag. Send it again.")
    numbers = [piece.number for piece in sorted(pieces)]
    if numbers != list(range(1, (file.parts or 1) + 1)):
        raise ValidationError(f"The file was to have {file.parts} parts, each once; told of {len(numbers)}.")
    size = sum(piece.size for piece in pieces)
    if file.size is not None and size != file.size:
        raise ValidationError(f"The parts have {size} bytes together; the file was to have {file.size}. Send it again.")
    return sorted(pieces)


def e_tag_of(pieces: Sequence[Piece]) -> str:
    """Return what tells a file from others: the MD5 of one piece, or of those of all pieces and their number."""
    if len(pieces) == 1:
        return pieces[0].e_tag
    together = hashlib.md5("".join(piece.e_tag for piece in pieces).encode(), usedforsecurity=False)
    return f"{together.hexdigest()}-{len(pieces)}"


def _md5_of(text: object) -> str:
    """Return the digits of an MD5 that was sent as base64 text."""
    try:
        digest = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        raise ValidationError(f"checksum must be the MD5 of the file as base64 text; got {shown(text)}.")
    return digest.hex()
