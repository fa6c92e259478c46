"""The data of components as files: from any location that has it, complete or not there, resumed where it broke off.

Also what these files are called, and thumbnails as notebooks show them.
"""

from __future__ import annotations

import glob
import io
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from time import sleep
from types import MappingProxyType
from typing import Any, BinaryIO, TypeAlias, cast

import ftrack_api.exception
import requests
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.session import Session

from trackteroid.client.base import BaseSession
from trackteroid.client.sending import RETRIES, pause
from trackteroid.client.transfer import CHUNK, Carrier, Incoming, is_passing, is_server
from trackteroid.errors import InvalidArgumentsError, PublishingError, TransferError, suggest
from trackteroid.publishing import disk
from trackteroid.publishing.components import all_locations, decoded
from trackteroid.spelling import quoted
from trackteroid.values import frozen

Advance: TypeAlias = Callable[[int], None]
#: How many components one query asks for.
_AT_ONCE = 500


@frozen
class Source:
    """Where the data of a component is.

    Attributes:
        component_id: the component.
        accessor: what gives access to the location.
        place: where that keeps it.
    """

    component_id: str
    accessor: Any
    place: str

    @property
    def path(self) -> Path | None:
        """The file, if it is one on a disk of this machine."""
        if not isinstance(self.accessor, DiskAccessor):
            return None
        return Path(self.accessor.get_filesystem_path(self.place))

    def copy_to(self, written: Path, advance: Advance) -> None:
        """Copy the data to a file."""
        path = self.path
        if path is not None:
            disk.copy(path, written, advance)
            return
        data = self.accessor.open(self.place, "rb")
        with disk.new_file(written) as file:
            while piece := data.read(CHUNK):
                file.write(piece)
                advance(len(piece))
        data.close()


def find_sources(session: Session, components: Sequence[Any]) -> dict[str, Source]:
    """Return where the data of components is, by their ids: in the location that is preferred and has it."""
    ranked = {each["id"]: (rank, each) for rank, each in enumerate(all_locations(session)) if each.accessor}
    by_id = {component["id"]: component for component in components}
    found: dict[str, list[tuple[int, Source]]] = {}
    for row in _rows(session, "select component_id, location_id, resource_identifier from ComponentLocation", by_id):
        rank, location = ranked.get(row["location_id"], (0, None))
        if location is None:
            continue
        component_id = row["component_id"]
        place = decoded(location, by_id[component_id], row["resource_identifier"])
        found.setdefault(component_id, []).append((rank, Source(component_id, location.accessor, place)))
    sources: dict[str, Source] = {}
    for component_id, each in found.items():
        for _, source in sorted(each, key=lambda pair: pair[0]):
            if source.path is None or source.path.exists():
                sources[component_id] = source
                break
    return sources


def find_members(session: Session, component_ids: Iterable[str]) -> dict[str, list[Any]]:
    """Return the members of containers and sequences, by the ids of these, in the order of their names."""
    found: dict[str, list[Any]] = {}
    projections = "select id, name, file_type, size, container_id from FileComponent"
    for row in _rows(session, projections, component_ids, "container_id"):
        found.setdefault(row["container_id"], []).append(row)
    for members in found.values():
        members.sort(key=lambda member: (len(member["name"]), member["name"]))
    return found


def _rows(session: Session, text: str, ids: Iterable[str], attribute: str = "component_id") -> Iterable[Any]:
    listed = list(ids)
    for start in range(0, len(listed), _AT_ONCE):
        some = ", ".join(map(quoted, listed[start : start + _AT_ONCE]))
        yield from session.query(f"{text} where {attribute} in ({some})").all()


class Fetcher:
    """Fetches files.

    Args:
        session: the session whose server is asked.
    """

    def __init__(self, session: Session) -> None:
        self._carrier = Carrier(session)
        self._retries = session.retries if isinstance(session, BaseSession) else RETRIES

    def fetch(self, source: Source, target: Path, size: int | None, advance: Advance, *, overwrite: bool) -> int:
        """Let a file have the data of a component; return its bytes.

        Args:
            source: where it is.
            target: the file, in a folder that there is.
            size: the bytes that it is to have, if they are known.
            advance: called with how many more bytes have come.
            overwrite: whether a file that is there is replaced.

        Raises:
            TransferError: it cannot be read, or is not what it is to be. What has come is kept, to go on with.
        """
        try:
            if is_server(source.accessor):
                written = self._receive(source.component_id, target, advance)
            else:
                written = disk.aside(target, source.component_id)
                source.copy_to(written, advance)
            length = written.stat().st_size
            if size and length != size:
                written.unlink()
                raise TransferError(
                    f"{target.name} has {length:,} bytes where it is kept, and its component {source.component_id} "
                    f"tells of {size:,}. It was not downloaded; publish it again."
                )
            disk.give_name(written, target, overwrite=overwrite)
        except FileExistsError as error:
            raise TransferError(f"{target} has come into being meanwhile. Nothing is overwritten.") from error
        except (OSError, ftrack_api.exception.Error) as error:
            if isinstance(error, TransferError):
                raise
            raise TransferError(f"{target} could not be downloaded: {error}") from error
        return length

    def open(self, source: Source) -> BinaryIO:
        """Return the data of a component as a file to read.

        Raises:
            TransferError: it cannot be read.
        """
        try:
            if is_server(source.accessor):
                return cast("BinaryIO", io.BufferedReader(Stream(self._carrier, source.component_id), CHUNK))
            path = source.path
            return path.open("rb") if path is not None else cast("BinaryIO", source.accessor.open(source.place, "rb"))
        except (OSError, ftrack_api.exception.Error) as error:
            raise TransferError(f"{source.place} cannot be read: {error}") from error

    def _receive(self, component_id: str, target: Path, advance: Advance) -> Path:
        """Receive data aside, and go on where it broke off, now or another time; return the file."""
        attempt, told = 0, 0
        # The beginning of its name: what follows the id tells which data it is of.
        begins = glob.escape(disk.aside(target, component_id).name.removesuffix(".part"))
        while True:
            written = next(iter(target.parent.glob(f"{begins}*.part")), None)
            start = written.stat().st_size if written is not None else 0
            with self._carrier.receiving(component_id, start) as incoming:
                mark = "-" + re.sub(r"\W", "", incoming.e_tag)[:26] if incoming.e_tag else ""
                expected = disk.aside(target, f"{component_id}{mark}")
                if written is not None and (written != expected or incoming.start != start or incoming.is_beyond):
                    written.unlink()  # of other data, or of a server that does not send the rest alone
                    if incoming.start or incoming.is_beyond:
                        continue
                advance(incoming.start - told)
                told = incoming.start
                try:
                    with disk.new_file(expected, append=incoming.start > 0) as file:
                        for piece in incoming:
                            file.write(piece)
                            told += len(piece)
                            advance(len(piece))
                except requests.RequestException as error:
                    attempt += 1
                    if not is_passing(error) or attempt > self._retries:
                        raise TransferError(
                            f"{target.name} broke off after {told:,} bytes: {type(error).__name__}. Download it again "
                            "to go on from there."
                        ) from None
                else:
                    if incoming.size is None or expected.stat().st_size == incoming.size:
                        return expected
                    attempt += 1
                    if attempt > self._retries:
                        raise TransferError(
                            f"{target.name} ended after {told:,} of {incoming.size:,} bytes. Download it again."
                        )
            sleep(pause(attempt))


class Stream(io.RawIOBase):
    """The data of a component on a server as a file: read as it comes, from wherever it is wanted."""

    def __init__(self, carrier: Carrier, component_id: str) -> None:
        super().__init__()
        self._carrier, self._component_id = carrier, component_id
        self._position, self._rest = 0, memoryview(b"")
        self._open = ExitStack()
        self._incoming: Incoming | None = None
        self._pieces = iter(())
        self._connect()  # so that what is missing is told here

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: what is read next is asked for then."""
        return True

    def tell(self) -> int:
        """Return where it is read next."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go somewhere else, as in any file."""
        end = self._size if whence == os.SEEK_END else self._position
        position = offset + (0 if whence == os.SEEK_SET else end)
        if position < 0:
            raise ValueError(f"There is nothing at {position}: that is before the beginning.")
        if position != self._position:
            self._open.close()
            self._incoming, self._position, self._rest = None, position, memoryview(b"")
        return position

    def readinto(self, buffer: Any, /) -> int:
        """Read as much as fits, and is there."""
        if not self._rest and not self._next():
            return 0
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self._position += size
        return size

    def close(self) -> None:
        """Close it."""
        with suppress(AttributeError):  # where opening failed
            self._open.close()
        super().close()

    def _next(self) -> bool:
        """Get the next piece; return whether there is one."""
        if self._incoming is None:
            if self._position >= self._size:
                return False
            self._connect()
        try:
            piece = next(self._pieces, b"")
        except requests.RequestException:
            self._open.close()
            self._connect()  # which tries again, and says why if it cannot
            piece = next(self._pieces, b"")
        self._rest = memoryview(piece)
        return bool(piece)

    def _connect(self) -> None:
        self._incoming = incoming = self._open.enter_context(
            self._carrier.receiving(self._component_id, self._position)
        )
        if incoming.start != self._position:
            raise TransferError("The server sends no parts of files. Read it from the beginning to the end.")
        self._size = incoming.size or 0
        self._pieces = iter(incoming)


def unavailable(component: Mapping[str, Any]) -> PublishingError:
    """Return the error for a component that is nowhere to be had."""
    return PublishingError(
        f'The component "{component["name"]}" ({component["id"]}) is in no location that this session has access to.'
    )


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture of an entity; false if there is none.

    Attributes:
        data: the picture as a file has it.
        content_type: what kind it is: ``image/png`` or ``image/jpeg``.
        problem: why there is none.
    """

    data: bytes = field(repr=False)
    content_type: str
    problem: str | None = None

    def __bool__(self) -> bool:
        return self.problem is None

    def __repr__(self) -> str:
        return f"Thumbnail({self.problem or f'{self.content_type}, {len(self.data):,} bytes'})"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, and return its path.

        Raises:
            TransferError: there is none.
        """
        if self.problem is not None:
            raise TransferError(f"There is nothing to write to {os.fspath(path)}: {self.problem}.")
        target = Path(os.fspath(path))
        written = disk.aside(target, "thumbnail")
        with disk.new_file(written) as file:
            file.write(self.data)
        disk.give_name(written, target, overwrite=True)
        return target

    def _repr_png_(self) -> bytes | None:
        return self.data if self.content_type == "image/png" else None

    def _repr_jpeg_(self) -> bytes | None:
        return self.data if self.content_type == "image/jpeg" else None


_NONE = Thumbnail(b"", "", "no thumbnail")
_GONE = ("status 404", "status 410")


def fetch_thumbnails(session: Session, component_ids: Sequence[str | None], size: int) -> list[Thumbnail]:
    """Return the pictures of components; for None, and for those whose data is missing, one that says so."""
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentsError(f"size is {size!r}, but has to be a number of pixels.")
    carrier, known = Carrier(session), dict[str, Thumbnail]()
    for component_id in dict.fromkeys(each for each in component_ids if each is not None):
        try:
            known[component_id] = Thumbnail(*carrier.thumbnail(component_id, size))
        except TransferError as error:  # noqa: PERF203  # each may be missing
            if not any(status in str(error) for status in _GONE):
                raise
            known[component_id] = Thumbnail(b"", "", f"the data of its thumbnail {component_id} is missing")
    return [_NONE if each is None else known[each] for each in component_ids]


PATTERN = "{asset}_v{version:03d}_{name}{file_type}"
#: What may stand in patterns, and the path from a component to it.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "asset": "version.asset.name",
        "context": "version.asset.parent.name",
        "file_type": "file_type",
        "id": "id",
        "name": "name",
        "project": "version.asset.parent.project.name",
        "type": "version.asset.type.name",
        "version": "version.version",
    }
)
#: Characters that are no part of a name on some system, or lead elsewhere.
_LEADING = re.compile(r'[/\\:\0<>"|?*\x01-\x1f]')


def fields_of(pattern: str) -> tuple[str, ...]:
    """Return the fields that stand in a pattern.

    >>> fields_of("{asset}/v{version:03d}{file_type}")
    ('asset', 'version', 'file_type')

    Raises:
        PublishingError: one is not known.
    """
    try:
        found = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(pattern) if name is not None
        ]
    except (TypeError, ValueError) as error:
        raise PublishingError(f"The pattern {pattern!r} cannot be read: {error}. Write {PATTERN!r}.") from error
    for name, spec, conversion in found:
        if name not in FIELDS or conversion or "{" in (spec or ""):
            raise PublishingError(
                f'"{name}" cannot stand in the pattern {pattern!r}.{suggest(name, FIELDS)} '
                f"There are {', '.join(FIELDS)}."
            )
    return tuple(dict.fromkeys(name for name, _, _ in found))


def name_of(pattern: str, values: Mapping[str, Any], label: str) -> Path:
    """Return the relative path of a component in a folder.

    Args:
        pattern: the pattern.
        values: what stands for its fields.
        label: what the component is called in errors.

    Raises:
        PublishingError: a value is missing, or would lead somewhere else.
    """
    used = {name: values.get(name) for name in fields_of(pattern)}
    for name, value in used.items():
        if value is None:
            raise PublishingError(f"{label} has no {name}, which the pattern {pattern!r} needs. Leave it out: {{id}}.")
        if isinstance(value, str) and (_LEADING.search(value) or value.strip(" .") == "" != value):
            raise PublishingError(
                f"{label} has the {name} {value!r}, which cannot be a part of the name of a file. Leave it out of the "
                "pattern: {id}{file_type}."
            )
    try:
        text = pattern.format(**used)
    except (ValueError, TypeError) as error:
        raise PublishingError(f"The pattern {pattern!r} does not fit {label}: {error}.") from error
    path = Path(text)
    parts = re.split(r"[/\\]", text)
    if path.is_absolute() or path.drive or not text or any(part.strip(" ") in ("", ".", "..") for part in parts):
        raise PublishingError(f"{label} would be written to {text!r}, which is not inside of the folder.")
    return path
