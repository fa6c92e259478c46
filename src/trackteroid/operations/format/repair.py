"""Damaged operations files: whether a file is sound, and what can be saved from one that is not, page by page."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

from trackteroid.errors import OperationsFileError
from trackteroid.operations.format import container, file, places
from trackteroid.operations.record import EntityRecord, OperationRecord, entity_from_json, operation_from_json
from trackteroid.operations.values import Json
from trackteroid.values import frozen

_NOT_JSON = (ValueError, TypeError, KeyError, RecursionError)


@frozen
class Repair:
    """What could be saved from a damaged file.

    Attributes:
        path: the damaged file, which was not changed.
        output: the new file.
        recovered: how many operations it holds: all before the damage.
        recorded: how many the damaged file once held; None when that is lost, too.
        is_verified: whether checks vouch for each of them; otherwise they are only well-formed.
    """

    path: Path
    output: Path
    recovered: int
    recorded: int | None
    is_verified: bool


def repair(path: Path, output: Path) -> Repair:
    """Write every complete operation before the damage in the file at *path* to a new file at *output*.

    The new file counts as one whose sending was interrupted unless the old one says that it was committed: so what
    has reached the server already is recognised when it is replayed.

    Raises:
        OperationsFileError: there is no file, nothing of it can be saved, or something is in the way at *output*.
    """
    places.check_kind(path)
    container.check_writable(output)
    with container.held(output):
        if container.exists(output):
            raise OperationsFileError(f"{output} exists already. Remove it, or name another file to write.")
        damaged = _Damaged(path)
        header, operations = damaged.header(), tuple(damaged.operations())
        if not operations:
            raise OperationsFileError(
                f"Not one operation of {path} can be recovered. Restore it from a copy, or record the operations again."
            )
        entities, attached, state = tuple(damaged.entities()), damaged.attached(header), damaged.state()
        server_id = header.get("server_id")
        origin = file.Origin(
            str(header.get("server_url", "unknown")),
            server_id if isinstance(server_id, str) else None,
            str(header.get("user", "unknown")),
        )
        file.write(output, origin, operations, entities, state=state, attached=attached)
    checks = damaged.checks
    count = len(checks.operations) if checks.are_known else header.get("count")
    return Repair(path, output, len(operations), count if isinstance(count, int) else None, checks.are_known)


class _Checks:
    """The checks of the parts, as far as the file still has them."""

    def __init__(self, header: str = "", operations: str = "", records: str = "") -> None:
        self.header = header
        self.operations = _split(operations)
        self.records = set(_split(records))
        self.are_known = bool(header)

    @classmethod
    def of(cls, value: bytes | None) -> "_Checks":
        try:
            match _load(value or b""):
                case {"header": str(header), "operations": str(operations), "records": str(records)}:
                    return cls(header, operations, records)
                case _:
                    return cls()
        except _NOT_JSON:
            return cls()


def _split(text: str) -> list[str]:
    return [text[at : at + 8] for at in range(0, len(text), 8)]


def _salvage(path: Path) -> Mapping[bytes, bytes]:
    """Return the records of the file, the last parts of some missing, without touching anything beside it, either."""
    with tempfile.TemporaryDirectory(prefix="trackteroid-") as folder:
        copy = Path(folder) / path.name
        for suffix in ("", *places.COMPANIONS):
            companion = path.with_name(path.name + suffix)
            if companion.is_file():
                shutil.copyfile(companion, copy.with_name(companion.name))
        try:
            return container.read(copy)
        except OperationsFileError as error:
            if not copy.is_file():
                raise OperationsFileError(f"{path} cannot be repaired: {error}") from error
            found: dict[bytes, bytes] = {}
            for remains in sorted(salvage(copy.read_bytes()), key=lambda remains: remains.is_complete):
                found[remains.key] = remains.value
            return found


class _Damaged:
    """The records of a damaged file, and what of them is sound."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records = _salvage(path)
        self.checks = _Checks.of(self._records.get(file.CHECKS))

    def header(self) -> Mapping[str, Json]:
        """Return the fields of the header; none where it is not what was written."""
        try:
            fields = _load(self._records.get(file.HEADER) or b"")
        except _NOT_JSON:
            return {}
        if not isinstance(fields, dict):
            return {}
        described = {name: item for name, item in sorted(fields.items()) if name != "checksum"}
        checks = self.checks
        sound = not checks.are_known or file.check_of(json.dumps(described).encode()) == checks.header
        return fields if sound else {}

    def operations(self) -> Iterator[OperationRecord]:
        """Iterate over the operations up to the first that is cut off or not what was written."""
        # Sound text is ASCII. In damaged text each byte is one character, whatever it is, and nothing is rejected here.
        text, at = (self._records.get(file.OPERATIONS) or b"").decode("latin-1"), 1
        decoder = json.JSONDecoder()
        for index in range(len(text)):
            try:
                data, end = cast("tuple[Json, int]", decoder.raw_decode(text, at))
                operation = operation_from_json(data)
            except _NOT_JSON:
                return
            check = file.check_of(text[at:end].encode("latin-1"))
            if self.checks.are_known and self.checks.operations[index : index + 1] != [check]:
                return
            yield operation
            at = end + len(", ")

    def entities(self) -> Iterator[EntityRecord]:
        """Iterate over the sound entities. Operations do without the others: these only tell what was known."""
        for key, value in self._records.items():
            if key.startswith(b"__") or not self._is_sound(key, value):
                continue
            try:
                yield entity_from_json(_load(value))
            except _NOT_JSON:
                continue

    def attached(self, header: Mapping[str, Json]) -> file.Attached:
        """Return what goes with the operations: without it, components would be committed that have no data."""
        value = self._records.get(file.FILES)
        if value is None and header.get("format") != file.FORMAT_WITH_FILES:
            return file.Attached()
        try:
            if value is None or not self._is_sound(file.FILES, value):
                raise ValueError("what files are to be sent is damaged")
            return file.parse_files(value)
        except _NOT_JSON as error:
            raise OperationsFileError(
                f"Which files are to be sent with the operations of {self._path} cannot be recovered, so they would be "
                "published without their data. Restore it from a copy, or record the operations again."
            ) from error

    def state(self) -> file.State:
        """Return the state; without one the file counts as one whose sending was interrupted."""
        try:
            state = file.parse_state(self._records.get(file.STATE) or b"")
        except _NOT_JSON:
            state = file.State()
        return state if state.committed or state.sending else file.State(sending=file.now())

    def _is_sound(self, key: bytes, value: bytes) -> bool:
        return not self.checks.are_known or file.check_of(key, value) in self.checks.records


def _load(value: bytes) -> Json:
    return cast("Json", json.loads(value))


_USUAL_PAGE = 4096
_LEAF = 0x0D


@frozen
class Remains:
    """One record; *value* is only the beginning of it unless *is_complete*."""

    key: bytes
    value: bytes
    is_complete: bool


class _BrokenError(Exception):
    """There is no row where one was looked for."""


def salvage(data: bytes) -> Iterator[Remains]:
    """Iterate over the rows of two columns, key and value, that can be found in the bytes of a SQLite file."""
    pages = _Pages(data)
    for start in range(0, len(data), pages.size):
        for at in pages.cells(start):
            with suppress(_BrokenError, IndexError):
                yield pages.row(at)


class _Pages:
    """The pages of a SQLite file, whose bytes may be any."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        size = int.from_bytes(data[16:18], "big")
        size = 65536 if size == 1 else size
        self.size = size if 512 <= size <= 65536 and size & (size - 1) == 0 else _USUAL_PAGE
        self._usable = self.size - (data[20] if len(data) > 20 and data[20] < 64 else 0)

    def cells(self, start: int) -> Iterator[int]:
        """Iterate over where the rows are of the page that starts there."""
        data = self._data
        head = start + 100 if start == 0 else start
        if head + 8 > len(data) or data[head] != _LEAF:
            return
        count = int.from_bytes(data[head + 3 : head + 5], "big")
        for index in range(min(count, self.size // 4)):
            at = head + 8 + 2 * index
            offset = int.from_bytes(data[at : at + 2], "big")
            if head - start + 8 <= offset < self.size:
                yield start + offset

    def row(self, at: int) -> Remains:
        """Return the row that is there.

        Raises:
            _BrokenError: there is none.
            IndexError: the file ends before it does.
        """
        length, at = _varint(self._data, at)
        _, at = _varint(self._data, at)
        payload = self._payload(at, length)
        head, position = _varint(payload, 0)
        lengths: list[int] = []
        while position < head:
            kind, position = _varint(payload, position)
            if kind < 12:
                raise _BrokenError  # a number: not a row of ours
            lengths.append((kind - 12) // 2)
        if len(lengths) != 2 or head + sum(lengths) != length or len(payload) < head + lengths[0]:
            raise _BrokenError
        split = head + lengths[0]
        return Remains(payload[head:split], payload[split:], is_complete=len(payload) == length)

    def _payload(self, at: int, length: int) -> bytes:
        """Return the bytes of a row, or those before its chain of pages breaks."""
        data, usable = self._data, self._usable
        if length <= usable - 35:
            return data[at : at + length]
        least = (usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (usable - 4)
        local = local if local <= usable - 35 else least
        pieces, missing, link = [data[at : at + local]], length - local, at + local
        seen: set[int] = set()
        while missing > 0:
            page = int.from_bytes(data[link : link + 4], "big")
            link = (page - 1) * self.size
            if page < 2 or page in seen or link + 4 >= len(data):
                break
            seen.add(page)
            piece = data[link + 4 : link + 4 + min(missing, usable - 4)]
            pieces.append(piece)
            if len(piece) < min(missing, usable - 4):
                break
            missing -= len(piece)
        return b"".join(pieces)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    raise _BrokenError
