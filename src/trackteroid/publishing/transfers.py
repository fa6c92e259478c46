"""Where the files of components go: to the server, onto disks, through accessors; and away again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias, cast

import ftrack_api.exception
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.session import Session

from trackteroid.client import transfer as carrying
from trackteroid.client.transfer import (
    CHUNK,
    Carrier,
    Outgoing,
    checksum_of,
    is_forbidden,
    is_server,
    same_file,
)
from trackteroid.errors import PublishingError, TransferError
from trackteroid.publishing import disk
from trackteroid.values import frozen

Advance: TypeAlias = Callable[[int], None]
#: How many small files a server is told of at once: their addresses do not work for long.
_AT_ONCE = 50


@frozen
class Transfer:
    """A file that is to be where a location keeps a component.

    Attributes:
        path: the file.
        size: its bytes when it was given.
        md5: its checksum then, in digits, as far as it is needed.
        component_id: the component.
        location_id: the location.
        resource_identifier: where that keeps it.
    """

    path: str
    size: int
    md5: str
    component_id: str
    location_id: str
    resource_identifier: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Transfer:
        """Return what `as_json` has described; raise ValueError for anything else."""
        try:
            read = cls(**data)
        except TypeError as error:
            raise ValueError(f"{data!r} is no transfer") from error
        texts = (read.path, read.md5, read.component_id, read.location_id, read.resource_identifier)
        if not (
            isinstance(cast("object", read.size), int) and all(isinstance(cast("object", each), str) for each in texts)
        ):
            raise ValueError(f"{data!r} is no transfer")
        return read

    def as_json(self) -> dict[str, Any]:
        """Return it as an object for ``json.dumps``."""
        return asdict(self)

    @property
    def outgoing(self) -> Outgoing:
        """The file as it goes to a server."""
        path = Path(self.path)
        return Outgoing(self.component_id, path, path.name, self.size, self.md5)

    @property
    def problem(self) -> str | None:
        """Why it cannot be sent any more: the file is not what it was when it was given."""
        try:
            size = os.path.getsize(self.path)
            if size != self.size:
                return _changed(self.path, f"has {size:,} bytes now instead of {self.size:,}")
            is_same = not self.md5 or checksum_of(Path(self.path)) == self.md5
        except OSError as error:
            return f"{self.path} cannot be read any more: {error.strerror}. Put it back, or publish it anew."
        return None if is_same else _changed(self.path, "has another checksum now")

    def copy_to(self, target: Path, advance: Advance) -> None:
        """Copy the file to where a disk keeps it; raise FileExistsError where something is."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise FileExistsError(17, "File exists", str(target))
        written = disk.aside(target, self.component_id)
        disk.copy(Path(self.path), written, advance)
        disk.give_name(written, target)

    def write_through(self, accessor: Any, advance: Advance) -> None:
        """Write a file through an accessor of a studio's own, as ftrack_api does."""
        place = self.resource_identifier
        try:
            container = accessor.get_container(place)
        except ftrack_api.exception.AccessorParentResourceNotFoundError:
            pass  # it needs none
        else:
            accessor.make_container(container)
        if accessor.exists(place):
            raise FileExistsError(17, "File exists", place)
        data = accessor.open(place, "wb")
        with open(self.path, "rb") as file:
            while piece := file.read(CHUNK):
                data.write(piece)
                advance(len(piece))
        data.close()


def _changed(path: str, how: str) -> str:
    return f"{path} has changed since it was given: it {how}. Publish it anew."


class Places:
    """Puts files where locations keep them, and takes them away again.

    Args:
        session: the session that knows the locations and their accessors.
        transfers: the files that are going to be put in place: servers are told of many small ones at once.
    """

    def __init__(self, session: Session, transfers: Sequence[Transfer] = ()) -> None:
        self._session = session
        self._carrier = Carrier(session)
        self._waiting = [each for each in transfers if each.size <= carrying.IN_ONE and is_server(self._accessor(each))]
        self._told: dict[str, Mapping[str, Any]] = {}

    def put(self, transfer: Transfer, advance: Advance, *, again: bool = False) -> bool:
        """Let the location have a file, all of it or nothing; return whether it had it not.

        With *again*, the same file may be on a disk already.

        Raises:
            TransferError: it changes meanwhile, something is there already, or it cannot be stored.
        """
        accessor, before = self._accessor(transfer), _state(transfer.path)
        try:
            if is_server(accessor):
                self._send(transfer, advance)
            elif isinstance(accessor, DiskAccessor):
                target = _target(accessor, transfer)
                if again and target.is_file() and same_file(target, transfer.size, transfer.md5):
                    advance(transfer.size)
                    return False
                transfer.copy_to(target, advance)
            else:
                transfer.write_through(accessor, advance)
        except FileExistsError as error:
            raise TransferError(
                f"{error.filename2 or error.filename} is there already, and nothing is overwritten. Give the "
                "component another name, or remove it if it belongs to no version."
            ) from error
        except (OSError, ftrack_api.exception.Error) as error:
            if isinstance(error, TransferError):
                raise
            raise TransferError(f"{transfer.path} could not be stored: {error}. Publish again.") from error
        if before != _state(transfer.path):
            raise TransferError(_changed(transfer.path, "was written to while it was read"))
        return True

    def remove(self, transfer: Transfer, *, is_put: bool) -> None:
        """Take a file away again; where it may not be there yet, only if it is the one that was put there.

        Raises:
            TransferError: it cannot be removed.
        """
        accessor = self._accessor(transfer)
        try:
            if is_server(accessor):
                self._remove_from_server(transfer, is_put=is_put)
            elif isinstance(accessor, DiskAccessor):
                target = _target(accessor, transfer)
                written = disk.aside(target, transfer.component_id)
                if is_put or disk.is_named(written, target):
                    target.unlink(missing_ok=True)
                written.unlink(missing_ok=True)
            elif is_put:
                accessor.remove(transfer.resource_identifier)
        except (OSError, ftrack_api.exception.Error) as error:
            raise TransferError(f"{transfer.resource_identifier} could not be removed again: {error}") from error

    def _remove_from_server(self, transfer: Transfer, *, is_put: bool) -> None:
        try:
            self._carrier.remove(transfer.component_id)
        except TransferError as error:
            if is_put or not is_forbidden(error):  # whoever may not remove it has not been let send it either
                raise

    def _accessor(self, transfer: Transfer) -> Any:
        location: Any = self._session.get("Location", transfer.location_id)
        if location is None or not location.accessor:
            raise PublishingError(
                f"This session has no access to the location {transfer.location_id}: no plugin gives it an accessor. "
                "Set FTRACK_EVENT_PLUGIN_PATH as it was where the files were given."
            )
        return location.accessor

    def _send(self, transfer: Transfer, advance: Advance) -> None:
        if transfer in self._waiting:
            some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            self._told = self._carrier.announce([each.outgoing for each in some])
        self._carrier.send(transfer.outgoing, advance, self._told.get(transfer.component_id))


def _target(accessor: DiskAccessor, transfer: Transfer) -> Path:
    return Path(accessor.get_filesystem_path(transfer.resource_identifier))


def _state(path: str) -> tuple[int, int]:
    state = os.stat(path)
    return state.st_size, state.st_mtime_ns
