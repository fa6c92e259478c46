"""The operations file: what `deferred_operations` writes and `reconnect_and_commit` reads.

Keys and values of the container (see `trackteroid.operations.format.container`), all values JSON in UTF-8:

``__header__``
    ``format`` (2 or 3), ``id`` (unique), ``created`` (UTC), ``server_url`` (without user and password), ``server_id``
    and ``user`` of the session, ``count`` of the operations, and ``checksum``: the SHA-256 over the other header fields
    and all other records but the state.
``__operations__``
    a list, in the order of recording, of objects with ``operation`` (``"create"``, ``"update"``, ``"list"``,
    ``"delete"``), ``entity_type``, ``entity_key``, and ``entity_data``, or ``attribute_name``, ``old_value``,
    ``new_value`` and ``server_value``, or ``attribute_name``, ``added`` and ``removed`` for the change of a list. In
    format 1 these are updates, too. Values are encoded as `trackteroid.operations.values` says.
``__files__``
    only in format 3, which files have that are to be sent with the operations: ``transfers`` and ``reviews``, objects
    with the attributes of `trackteroid.publishing.transfers.Transfer` and `trackteroid.publishing.delivery.Review`.
``('AssetVersion', ['<id>'])``
    one per entity that the operations touch or refer to: ``__entity_type__``, ``__key__``, ``__created__`` and the
    values of its attributes.
``__checks__``
    a CRC-32, as 8 hexadecimal digits, of every other part: ``header`` (without the checksum), ``operations`` and
    ``records`` (key and value of each entity's record, and of ``__files__``). It tells what is sound in a damaged file.
``__state__``
    absent at first; ``sending`` holds the time the last replay began, ``committed`` the time it was acknowledged,
    ``count`` how many operations of the file it sent, ``witness`` an entity that it created, and ``arrived`` how many
    operations had arrived before it. ``check`` is a CRC-32 of all that; states of earlier versions have none.

Files without a header come from older tools; they are format 0 and read by `trackteroid.operations.format.legacy`.

A stored file is read when it is needed: of many operations only those that are sent next.
"""

import datetime
import functools
import hashlib
import json
import re
import uuid
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import cast, overload

from ftrack_api.session import Session

from trackteroid.client.arguments import without_credentials
from trackteroid.errors import OperationsFileError
from trackteroid.operations.format import container, legacy
from trackteroid.operations.record import (
    EntityRecord,
    OperationRecord,
    entity_from_json,
    entity_to_json,
    operation_from_json,
    operation_to_json,
)
from trackteroid.operations.values import EntityReference, Json, decode_value, encode_value
from trackteroid.publishing.delivery import Delivery, Review
from trackteroid.publishing.transfers import Transfer
from trackteroid.values import frozen, replace

#: The newest format that is read, the one that is written, and the one with files, which older tools must not replay.
FORMAT, USUAL_FORMAT, FORMAT_WITH_FILES = 3, 2, 3
_PAGES_TO_FILL = 2 * 4096
HEADER, OPERATIONS, STATE, CHECKS = b"__header__", b"__operations__", b"__state__", b"__checks__"
FILES = b"__files__"


@frozen
class Origin:
    """Where operations were recorded: the address and the identity of the server, and the user's name."""

    server_url: str
    server_id: str | None
    user: str

    @classmethod
    def of(cls, session: Session) -> "Origin":
        """Return the origin of what *session* records."""
        # A session of an embedded server knows the database; its server_url is an address inside this process.
        address = cast("str | None", getattr(session, "database_url", None)) or ""
        if "://" not in address:
            address = session.server_url
        return cls(
            re.split(r"[?#]", without_credentials(address))[0],
            session.server_information.get("server_id"),
            session.api_user,
        )


@frozen
class Header:
    """The description of an operations file."""

    format: int
    id: str
    created: str
    server_url: str
    server_id: str | None
    user: str
    count: int


@dataclass(frozen=True, slots=True)
class State:
    """How far the file has been replayed.

    Attributes:
        sending: when the last attempt to send it began, as text in UTC.
        committed: when its arrival was acknowledged, as text in UTC. A *witness* then is what is still to be removed.
        count: with *sending*, how many of its operations were in the request.
        witness: with *sending*, an entity that exists on the server when the request has arrived; None when there is
            no such entity.
        arrived: how many of its operations are known to have arrived with an earlier attempt.
    """

    sending: str | None = None
    committed: str | None = None
    count: int | None = None
    witness: EntityReference | None = None
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Attached:
    """What goes with the operations: the files that are sent before, and the reviews that are asked for after."""

    transfers: tuple[Transfer, ...] = ()
    reviews: tuple[Review, ...] = ()

    @classmethod
    def of(cls, deliveries: Iterable[Delivery]) -> "Attached":
        """Return what goes with all of the deliveries."""
        listed = list(deliveries)
        transfers = chain.from_iterable(each.transfers for each in listed)
        return cls(tuple(transfers), tuple(chain.from_iterable(each.reviews for each in listed)))

    def and_of(self, other: "Attached") -> "Attached":
        """Return both together."""
        return Attached((*self.transfers, *other.transfers), (*self.reviews, *other.reviews))


@frozen
class OperationsFile:
    """The content of an operations file; *header* is None for files of older tools."""

    path: Path
    header: Header | None
    state: State
    operations: Sequence[OperationRecord]
    entities: Iterable[EntityRecord]
    attached: Attached = Attached()


def read(path: Path) -> OperationsFile:
    """Return the verified content of the file at *path*.

    Raises:
        OperationsFileError: the file is missing, damaged, of a newer format, or no operations file at all.
    """
    return parse(path, container.read(path))


def check(path: Path) -> OperationsFile:
    """Return what `read` returns, but for the entities, after the same checks; it takes little memory.

    Raises:
        OperationsFileError: as `read`.
    """
    with container.reading(path) as reader:
        return replace(open_in(path, reader), entities=())


def open_in(path: Path, reader: container.Reader) -> OperationsFile:
    """Return the verified content of the container at *path*, as far as it is needed; the rest is read when it is.

    Its entities can be read as long as the container is open.
    """
    try:
        text = reader.find(HEADER)
        if text is None:
            return parse(path, reader.read())
        header = _header(path, text, (row for row in reader.rows() if row[0] not in (HEADER, STATE)))
        operations = StoredOperations(reader.find(OPERATIONS) or b"")
        if len(operations) != header.count:
            raise ValueError("the count of the operations does not match")
        state = reader.find(STATE)
        entities = StoredEntities(reader, (HEADER, OPERATIONS, CHECKS, STATE, FILES))
        known = State() if state is None else parse_state(state)
        return OperationsFile(path, header, known, operations, entities, parse_files(reader.find(FILES)))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise container.damaged(path, error) from error


def parse(path: Path, records: Mapping[bytes, bytes]) -> OperationsFile:
    """Return the verified content of *records*, which were read from *path*."""
    try:
        if HEADER in records:
            content = _without(records, HEADER, STATE)
            header = _header(path, records[HEADER], sorted(content.items()))
            listed = _load(content[OPERATIONS])
            if not isinstance(listed, list) or len(listed) != header.count:
                raise ValueError("the count of the operations does not match")
            known = _without(content, OPERATIONS, CHECKS, FILES).values()
            entities = tuple(entity_from_json(_load(value)) for value in known)
            operations = tuple(map(operation_from_json, listed))
            attached = parse_files(content.get(FILES))
            return OperationsFile(path, header, _parse_state(records), operations, entities, attached)
        if OPERATIONS in records:
            operations, entities = legacy.parse(_without(records, STATE))
            return OperationsFile(path, None, _parse_state(records), tuple(operations), tuple(entities))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise container.damaged(path, error) from error
    raise OperationsFileError(f"{path} holds no operations. Check the path; nothing was recorded in this file.")


def write(
    path: Path,
    origin: Origin,
    operations: Iterable[OperationRecord],
    entities: Iterable[EntityRecord],
    *,
    state: State = State(),
    attached: Attached = Attached(),
) -> None:
    """Write the file at *path*, replacing another one in one step; it is on disk when this returns."""
    listed = [_dump(operation_to_json(operation)) for operation in operations]
    content = {entity.entity.text.encode(): _dump(entity_to_json(entity)) for entity in entities}
    if attached != Attached():
        transfers: list[Json] = [each.as_json() for each in attached.transfers]
        reviews: list[Json] = [each.as_json() for each in attached.reviews]
        content[FILES] = _dump({"transfers": transfers, "reviews": reviews})
    written = FORMAT_WITH_FILES if FILES in content else USUAL_FORMAT
    header: dict[str, Json] = {"format": written, "id": uuid.uuid4().hex, "created": now(), "count": len(listed)}
    header |= asdict(origin)
    checks: dict[str, Json] = {
        "header": check_of(_described(header)),
        "operations": "".join(map(check_of, listed)),
        "records": "".join(check_of(key, value) for key, value in content.items()),
    }
    records = {CHECKS: _dump(checks), OPERATIONS: b"[%b]" % b", ".join(listed), **content}
    header["checksum"] = _checksum(header, sorted(records.items()))
    records = {**_first(content), HEADER: _dump(header), **records}
    if state != State():
        records[STATE] = _dump(_state_to_json(state))
    container.write(path, records)


def store_state(claim: container.Claim, state: State) -> None:
    """Write how far the claimed file has been replayed; it is on disk when this returns."""
    claim.store(STATE, _dump(_state_to_json(state)))


def now() -> str:
    """Return the present time in UTC, to the second, as text."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def _first(content: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return as many records as make SQLite arrange its pages for many rows.

    It then appends the rest, and never moves what it has written. So the operations are at the beginning of the file
    and can be recovered when its end is missing.
    """
    first: dict[bytes, bytes] = {}
    size = 0
    for key, value in content.items():
        if size > _PAGES_TO_FILL:
            break
        first[key] = value
        size += len(key) + len(value)
    return first


def check_of(*parts: bytes) -> str:
    """Return the check of one part of a file, as ``__checks__`` holds it."""
    return f"{functools.reduce(lambda before, part: zlib.crc32(part, before), parts, 0):08x}"


def _header(path: Path, text: bytes, rows: Iterable[tuple[bytes, bytes]]) -> Header:
    """Return the header in *text*, which vouches for the other *rows*, sorted by their keys."""
    fields = _load(text)
    if not isinstance(fields, dict):
        raise ValueError("the header is not an object")
    written = fields.get("format")
    if not isinstance(written, int):
        raise ValueError("the header has no format version")
    if written > FORMAT:
        raise OperationsFileError(
            f"The operations file {path} has the format {written}, but this version of Trackteroid reads formats up to "
            f"{FORMAT}. Update Trackteroid where the file is replayed."
        )
    if fields.get("checksum") != _checksum(fields, rows):
        raise ValueError("the checksum does not match")
    return Header(**{name: cast("str", fields[name]) for name in Header.__dataclass_fields__})  # pyright: ignore[reportArgumentType]  (the checksum vouches for the types)


def _parse_state(records: Mapping[bytes, bytes]) -> State:
    return parse_state(records[STATE]) if STATE in records else State()


def parse_state(text: bytes) -> State:
    """Return the state that a file holds as *text*; raise ValueError where it is none."""
    match _load(text):
        case {"sending": str() | None as sending, "committed": str() | None as committed, **others} as fields:
            if "check" in fields and fields["check"] != _check_of_state(fields):
                raise ValueError("the check of the state does not match")
            count, arrived, witness = (decode_value(others.get(name)) for name in ("count", "arrived", "witness"))
            return State(
                sending,
                committed,
                count if isinstance(count, int) else None,
                witness if isinstance(witness, EntityReference) else None,
                arrived if isinstance(arrived, int) else 0,
            )
        case fields:
            raise ValueError(f"{fields!r} is no state")


def parse_files(text: bytes | None) -> Attached:
    """Return what goes with the operations, which a file holds as *text*; raise ValueError where it is nothing."""
    if text is None:
        return Attached()
    match _load(text):
        case {"transfers": list(transfers), "reviews": list(reviews)}:
            return Attached(
                tuple(Transfer.from_json(cast("dict[str, Json]", each)) for each in transfers),
                tuple(Review.from_json(cast("dict[str, Json]", each)) for each in reviews),
            )
        case fields:
            raise ValueError(f"{fields!r} are no files")


def _state_to_json(state: State) -> Json:
    fields: dict[str, Json] = {
        "sending": state.sending,
        "committed": state.committed,
        "count": state.count,
        "witness": encode_value(state.witness),
        "arrived": state.arrived,
    }
    return fields | {"check": _check_of_state(fields)}


def _check_of_state(fields: Mapping[str, Json]) -> str:
    return check_of(_dump({name: value for name, value in fields.items() if name != "check"}))


def _checksum(header: Mapping[str, Json], rows: Iterable[tuple[bytes, bytes]]) -> str:
    digest = hashlib.sha256()
    for key, value in chain([(HEADER, _described(header))], rows):
        digest.update(b"%d:%b%d:" % (len(key), key, len(value)))
        digest.update(value)
    return digest.hexdigest()


def _described(header: Mapping[str, Json]) -> bytes:
    return _dump({name: value for name, value in sorted(header.items()) if name != "checksum"})


def _without(records: Mapping[bytes, bytes], *keys: bytes) -> dict[bytes, bytes]:
    return {key: value for key, value in records.items() if key not in keys}


def _dump(value: Json) -> bytes:
    return json.dumps(value).encode()


def _load(value: bytes) -> Json:
    return cast("Json", json.loads(value))


_BETWEEN = re.compile(r"\s*,?\s*")


class StoredOperations(Sequence[OperationRecord]):
    """The operations in the text of a JSON list, which become records when they are asked for.

    Raises:
        ValueError: the text is no list of operations.
    """

    def __init__(self, text: bytes) -> None:
        # Our files are ASCII, where a character takes a byte as well.
        self._text = text.decode()
        self._decoder = json.JSONDecoder()
        self._starts = array("Q")
        at, end = 1, len(self._text.rstrip()) - 1
        if not (self._text[:1] == "[" and self._text[end : end + 1] == "]"):
            raise ValueError("the operations are not a list")
        while (at := self._skip(at)) < end:
            self._starts.append(at)
            at = self._decode(at)[1]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> OperationRecord: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[OperationRecord, ...]: ...
    def __getitem__(self, index: int | slice) -> OperationRecord | tuple[OperationRecord, ...]:
        """Return one operation, or those of a slice."""
        if isinstance(index, slice):
            return tuple(self._decode(at)[0] for at in self._starts[index])
        return self._decode(self._starts[index])[0]

    def _skip(self, at: int) -> int:
        found = _BETWEEN.match(self._text, at)
        return at if found is None else found.end()

    def _decode(self, at: int) -> tuple[OperationRecord, int]:
        data, end = cast("tuple[Json, int]", self._decoder.raw_decode(self._text, at))
        return operation_from_json(data), end


class StoredEntities(Iterable[EntityRecord]):
    """The entities in the records of a container that is open, without those under other *keys*."""

    def __init__(self, reader: container.Reader, keys: Sequence[bytes]) -> None:
        self._reader = reader
        self._keys = keys

    def __iter__(self) -> Iterator[EntityRecord]:
        """Iterate over them; one is in memory at a time."""
        for key, value in self._reader.rows():
            if key not in self._keys:
                yield entity_from_json(cast("Json", json.loads(value)))


def in_pieces(operations: Sequence[OperationRecord], start: int, size: int = 1000) -> Iterator[OperationRecord]:
    """Iterate over *operations* from *start* on; a few of them are in memory at a time."""
    for at in range(start, len(operations), size):
        yield from operations[at : at + size]
