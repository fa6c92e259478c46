"""Reading GNU dbm files without the library, which most Pythons are built without.

A file is a header, a directory of addresses, and the buckets at those addresses. A bucket holds elements; an element
points to its key, which its value follows. Integers are in the byte order of the machine that wrote the file, and
addresses have 4 or 8 bytes; the first number of the file tells which.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# The numbers that GNU dbm files begin with, and the size of their addresses.
_MAGIC = {0x13579ACD: 4, 0x13579ACE: 4, 0x13579AD0: 4, 0x13579ACF: 8, 0x13579AD1: 8}
_FREE_AREAS = 6  # a bucket begins with a table of as many free areas
_REMOVED = -1  # stands for the hash of an element that is not used


class DamagedGdbmError(ValueError):
    """The bytes are not, or no longer, those of a GNU dbm file."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are, in files of one byte order and one size of addresses, as a C compiler aligns them."""

    order: str
    address: int

    def integers(self, data: bytes, at: int, count: int) -> tuple[int, ...]:
        return self._unpack("i", count, data, at)

    def addresses(self, data: bytes, at: int, count: int) -> tuple[int, ...]:
        return self._unpack("q" if self.address == 8 else "i", count, data, at)

    @property
    def bucket_head(self) -> int:
        """Bytes before the two integers that precede the elements of a bucket."""
        return self.address + _FREE_AREAS * 2 * self.address

    @property
    def element(self) -> int:
        return 16 + self.address

    def _unpack(self, kind: str, count: int, data: bytes, at: int) -> tuple[int, ...]:
        size = struct.calcsize(f"{self.order}{kind}")
        if at < 0 or count < 0 or at + count * size > len(data):
            raise DamagedGdbmError("it is cut off")
        return struct.unpack_from(f"{self.order}{count}{kind}", data, at)


def is_gdbm(head: bytes) -> bool:
    """Return whether a file that begins with *head* is a GNU dbm file."""
    return _layout(head) is not None


def read(data: bytes) -> dict[bytes, bytes]:
    """Return the keys and values in the bytes of a GNU dbm file; raise `DamagedGdbmError` where they make no sense."""
    layout = _layout(data)
    if layout is None:
        raise DamagedGdbmError("it does not begin like a GNU dbm file")
    (directory,) = layout.addresses(data, 8, 1)
    size, _, bucket_size, elements = layout.integers(data, 8 + layout.address, 4)
    buckets = layout.addresses(data, directory, size // layout.address)
    if elements < 1 or layout.bucket_head + 8 + elements * layout.element > bucket_size:
        raise DamagedGdbmError("its buckets do not fit their own size")
    records: dict[bytes, bytes] = {}
    # Several places of the directory share one bucket as long as that is not full.
    for bucket in dict.fromkeys(buckets):
        found = dict(_elements(layout, data, bucket, elements))
        (count,) = layout.integers(data, bucket + layout.bucket_head + 4, 1)
        if len(found) != count:
            raise DamagedGdbmError("a bucket holds another number of elements than it says")
        records |= found
    return records


def _layout(data: bytes) -> _Layout | None:
    if len(data) < 4:
        return None
    for order in "<>":
        address = _MAGIC.get(struct.unpack_from(f"{order}I", data)[0])
        if address is not None:
            return _Layout(order, address)
    return None


def _elements(layout: _Layout, data: bytes, bucket: int, count: int) -> Iterator[tuple[bytes, bytes]]:
    for index in range(count):
        at = bucket + layout.bucket_head + 8 + index * layout.element
        (hash_value,) = layout.integers(data, at, 1)
        (address,) = layout.addresses(data, at + 8, 1)
        key_size, value_size = layout.integers(data, at + 8 + layout.address, 2)
        if hash_value == _REMOVED:
            continue
        if min(address, key_size, value_size) < 0 or address + key_size + value_size > len(data):
            raise DamagedGdbmError("a record reaches beyond the end")
        key = data[address : address + key_size]
        if data[at + 4 : at + 4 + min(4, key_size)] != key[:4]:
            raise DamagedGdbmError("a record is not where its bucket says")
        yield key, data[address + key_size : address + key_size + value_size]
