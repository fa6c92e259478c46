"""Files of deferred operations that older tools wrote (format 0): no header, no types, values as bare JSON.

Some of them are GNU dbm files, which are read here without the library that most Pythons are built without."""

import ast
import json
import re
import struct
from collections.abc import Iterator, Mapping
from typing import cast

from ftrack_api.symbol import NOT_SET

from trackteroid.operations.record import CreateRecord, EntityRecord, OperationRecord, operation_from_json
from trackteroid.operations.values import EntityReference, Json, References, decode_value
from trackteroid.values import frozen

_OPERATIONS = b"__operations__"

_LONGEST_KEY = 10_000
#: One text as Python writes it out, and a key made of such texts. What a backslash begins is checked when it is read.
_TEXT = r"""u?(?:'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*")"""
_KEY = re.compile(rf"\({_TEXT}, \[{_TEXT}(?:, {_TEXT})*\]\)")


def parse(records: Mapping[bytes, bytes]) -> tuple[list[OperationRecord], list[EntityRecord]]:
    """Return the operations and entities in *records*; raise ValueError for anything else."""
    listed = cast("Json", json.loads(records[_OPERATIONS]))
    if isinstance(listed, str):
        listed = cast("Json", json.loads(listed))
    if not isinstance(listed, list):
        raise ValueError("the operations are not a list")
    objects: dict[str, dict[str, Json]] = {}
    for key, value in records.items():
        if key != _OPERATIONS:
            data = cast("Json", json.loads(value))
            if not isinstance(data, dict):
                raise ValueError(f"{data!r} is no entity")
            objects[key.decode()] = data
    references = {key: _entity_key(key, data) for key, data in objects.items()}

    def updated(value: Json) -> object:
        if value == "NOT SET":
            return NOT_SET
        return references[value] if isinstance(value, str) and value in references else _stored(value)

    operations: list[OperationRecord] = []
    for item in listed:
        is_creation = isinstance(item, dict) and item.get("operation") == "create"
        operations.append(operation_from_json(item, _stored if is_creation else updated))
    created = {operation.entity.text for operation in operations if isinstance(operation, CreateRecord)}
    entities: list[EntityRecord] = []
    for key, data in objects.items():
        values = {name: _stored(value) for name, value in data.items() if name != "__entity_type__"}
        entities.append(EntityRecord(references[key], values, created=key in created))
    return operations, entities


def _entity_key(key: str, data: Mapping[str, Json]) -> EntityReference:
    """Return the reference that *key* writes out, with the names of the key attributes from the record's *data*.

    It looks like ``('Task', ['7a1...'])``; raise ValueError for other texts. Python's parser would take any amount of
    memory for a text that is long or nests deeply enough, so it only gets what matches.
    """
    if len(key) > _LONGEST_KEY or _KEY.fullmatch(key) is None:
        raise ValueError(f"{key[:100]!r} is no key of an entity")
    try:
        entity_type, parts = cast("tuple[str, list[str]]", ast.literal_eval(key))
    except SyntaxError as error:
        raise ValueError(f"{key[:100]!r} is no key of an entity") from error
    if len(parts) == 1:
        return EntityReference(entity_type, (("id", parts[0]),))
    names = {str(value): name for name, value in data.items()}
    return EntityReference(entity_type, tuple((names[part], part) for part in parts))


def _stored(value: Json) -> object:
    match value:
        case {"__type__": "datetime" | "date", "value": str(text)}:
            return decode_value({"is": "arrow", "value": text})
        case {"__entity_type__": str(entity_type), **key}:
            return EntityReference(entity_type, tuple((name, str(part)) for name, part in key.items()))
        case [{"__entity_type__": str()}, *_]:
            return References(tuple(cast("EntityReference", _stored(item)) for item in value))
        case list():
            return [_stored(item) for item in value]
        case dict():
            return {name: _stored(item) for name, item in value.items()}
        case _:
            return value


# The numbers that GNU dbm files begin with, and the size of their addresses.
_MAGIC = {0x13579ACD: 4, 0x13579ACE: 4, 0x13579AD0: 4, 0x13579ACF: 8, 0x13579AD1: 8}
_FREE_AREAS = 6  # a bucket begins with a table of as many free areas
_REMOVED = -1  # stands for the hash of an element that is not used


class DamagedGdbmError(ValueError):
    """The bytes are not, or no longer, those of a GNU dbm file."""


@frozen
class _Gdbm:
    """The bytes of a file of one byte order and one size of addresses, laid out as a C compiler aligns them."""

    order: str
    address: int
    data: bytes

    def integers(self, at: int, count: int) -> tuple[int, ...]:
        return self._unpack("i", count, at)

    def addresses(self, at: int, count: int) -> tuple[int, ...]:
        return self._unpack("q" if self.address == 8 else "i", count, at)

    @property
    def bucket_head(self) -> int:
        """Bytes before the two integers that precede the elements of a bucket."""
        return self.address + _FREE_AREAS * 2 * self.address

    @property
    def element(self) -> int:
        return 16 + self.address

    def elements(self, bucket: int, count: int) -> Iterator[tuple[bytes, bytes]]:
        """Iterate over the keys and values of a bucket."""
        data = self.data
        for index in range(count):
            at = bucket + self.bucket_head + 8 + index * self.element
            (hash_value,) = self.integers(at, 1)
            (address,) = self.addresses(at + 8, 1)
            key_size, value_size = self.integers(at + 8 + self.address, 2)
            if hash_value == _REMOVED:
                continue
            if min(address, key_size, value_size) < 0 or address + key_size + value_size > len(data):
                raise DamagedGdbmError("a record reaches beyond the end")
            key = data[address : address + key_size]
            if data[at + 4 : at + 4 + min(4, key_size)] != key[:4]:
                raise DamagedGdbmError("a record is not where its bucket says")
            yield key, data[address + key_size : address + key_size + value_size]

    def _unpack(self, kind: str, count: int, at: int) -> tuple[int, ...]:
        size = struct.calcsize(f"{self.order}{kind}")
        if at < 0 or count < 0 or at + count * size > len(self.data):
            raise DamagedGdbmError("it is cut off")
        return struct.unpack_from(f"{self.order}{count}{kind}", self.data, at)


def read_gdbm(data: bytes) -> dict[bytes, bytes]:
    """Return the keys and values in the bytes of a GNU dbm file; raise `DamagedGdbmError` where they make no sense."""
    file: _Gdbm | None = None
    for order in "<>" if len(data) >= 4 else "":
        address = _MAGIC.get(struct.unpack_from(f"{order}I", data)[0])
        if address is not None:
            file = _Gdbm(order, address, data)
            break
    if file is None:
        raise DamagedGdbmError("it does not begin like a GNU dbm file")
    (directory,) = file.addresses(8, 1)
    size, _, bucket_size, elements = file.integers(8 + file.address, 4)
    buckets = file.addresses(directory, size // file.address)
    if elements < 1 or file.bucket_head + 8 + elements * file.element > bucket_size:
        raise DamagedGdbmError("its buckets do not fit their own size")
    # Several places of the directory share one bucket as long as that is not full.
    distinct = dict.fromkeys(buckets)
    if len(distinct) * bucket_size > len(data):
        raise DamagedGdbmError("its buckets overlap")
    records: dict[bytes, bytes] = {}
    room = len(data)
    for bucket in distinct:
        found: dict[bytes, bytes] = {}
        for key, value in file.elements(bucket, elements):
            # Without this, a small file whose records all are the same bytes would amount to any size.
            room -= len(key) + len(value)
            if room < 0:
                raise DamagedGdbmError("its records overlap")
            found[key] = value
        (count,) = file.integers(bucket + file.bucket_head + 4, 1)
        if len(found) != count:
            raise DamagedGdbmError("a bucket holds another number of elements than it says")
        records |= found
    return records
