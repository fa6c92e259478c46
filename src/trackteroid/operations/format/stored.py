"""What is read of an operations file when it is needed: of many operations only those that are sent next."""

import json
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import cast, overload

from trackteroid.operations.format import container
from trackteroid.operations.record import EntityRecord, OperationRecord, entity_from_json, operation_from_json
from trackteroid.operations.values import Json

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
