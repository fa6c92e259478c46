"""What is left of the records in a damaged file of the SQLite layout, page by page.

SQLite itself refuses a file that is cut off, or reads nothing beyond the damage. Here every page is looked at on its
own: leaf pages of tables hold rows, a long row continues on a chain of overflow pages. What cannot be read is passed
over; a row whose chain breaks is returned up to there.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_USUAL_PAGE = 4096
_LEAF = 0x0D


@dataclass(frozen=True, slots=True)
class Remains:
    """One record; *value* is only the beginning of it unless *is_complete*."""

    key: bytes
    value: bytes
    is_complete: bool


class _BrokenError(Exception):
    """There is no row where one was looked for."""


def salvage(data: bytes) -> Iterator[Remains]:
    """Iterate over the rows of two columns, key and value, that can be found in the bytes of a SQLite file."""
    size = _page_size(data)
    usable = size - (data[20] if len(data) > 20 and data[20] < 64 else 0)
    for start in range(0, len(data), size):
        for at in _cells(data, start, size):
            with suppress(_BrokenError, IndexError):
                yield _row(data, at, size, usable)


def _page_size(data: bytes) -> int:
    size = int.from_bytes(data[16:18], "big")
    size = 65536 if size == 1 else size
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else _USUAL_PAGE


def _cells(data: bytes, start: int, size: int) -> Iterator[int]:
    head = start + 100 if start == 0 else start
    if head + 8 > len(data) or data[head] != _LEAF:
        return
    count = int.from_bytes(data[head + 3 : head + 5], "big")
    for index in range(min(count, size // 4)):
        at = head + 8 + 2 * index
        offset = int.from_bytes(data[at : at + 2], "big")
        if head - start + 8 <= offset < size:
            yield start + offset


def _row(data: bytes, at: int, size: int, usable: int) -> Remains:
    length, at = _varint(data, at)
    _, at = _varint(data, at)
    payload = _payload(data, at, length, (size, usable))
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


def _payload(data: bytes, at: int, length: int, sizes: tuple[int, int]) -> bytes:
    """Return the bytes of a row, or those before its chain of pages breaks."""
    size, usable = sizes
    if length <= usable - 35:
        return data[at : at + length]
    least = (usable - 12) * 32 // 255 - 23
    local = least + (length - least) % (usable - 4)
    local = local if local <= usable - 35 else least
    pieces, missing, link = [data[at : at + local]], length - local, at + local
    seen: set[int] = set()
    while missing > 0:
        page = int.from_bytes(data[link : link + 4], "big")
        link = (page - 1) * size
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
