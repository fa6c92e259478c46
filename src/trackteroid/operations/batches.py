"""What of files is sent at once, in one transaction.

Up to a number of operations that is everything. More is sent in several batches, in the order of recording: none of
them keeps the server from others for long, or takes much memory. They are cut where nothing is torn apart, as far as
there is such a place: between what creates an entity and what else happens to it, and above all between what takes one
out of a list and what deletes it, or gives it another place. Servers refuse an entity that belongs to nothing, so the
one could never be sent without the other.
"""

from array import array
from collections.abc import Sequence
from itertools import accumulate

from trackteroid.operations.format.file import in_pieces
from trackteroid.operations.record import CreateRecord, DeleteRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References
from trackteroid.values import frozen


@frozen
class Part:
    """Consecutive operations of one file: the numbers of the file, of the first, and of the one behind the last."""

    file: int
    start: int
    stop: int


def batches_of(files: Sequence[Sequence[OperationRecord]], arrived: Sequence[int], most: int) -> list[list[Part]]:
    """Return what is sent at once: parts of the *files*, whose first operations, *arrived* many, are left out.

    Args:
        files: the operations of each file.
        arrived: how many of each have arrived already.
        most: how many operations one batch may have. A single one that comes to more is a batch of its own.
    """
    whole = [Part(number, start, len(file)) for number, (file, start) in enumerate(zip(files, arrived, strict=True))]
    weights = array("L")
    for part in whole:
        weights.extend(map(_weight, in_pieces(files[part.file], part.start)))
    if sum(weights) <= most:
        return [whole]
    torn = _torn(files, whole, len(weights))
    ends, start = list[int](), 0
    while start < len(weights):
        end, weight = start + 1, weights[start]
        while end < len(weights) and weight + weights[end] <= most:
            weight += weights[end]
            end += 1
        if end < len(weights):  # a batch ends in its last half, where it tears the least
            end = min(range(end, start + (end - start) // 2, -1), key=lambda place: torn[place])
        ends.append(end)
        start = end
    return [_parts(whole, start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _weight(record: OperationRecord) -> int:
    """Return how many operations of a request this may come to: those on lists are one for each member."""
    match record:
        case ListRecord():
            return max(1, len(record.added.items) + len(record.removed.items))
        case CreateRecord():
            return 1 + sum(len(value.items) for value in record.values.values() if isinstance(value, References))
        case _:
            return 1


def _torn(files: Sequence[Sequence[OperationRecord]], parts: Sequence[Part], count: int) -> Sequence[int]:
    """Return, for each place between operations, how many new entities it would tear from what else happens to them.

    What is taken out of a list, and what becomes of it then, counts more than all new entities together.
    """
    created: dict[int, int] = {}  # by hash, which takes a fraction of the memory
    taken_out: dict[int, int] = {}
    last = array("L", range(count))
    changes = array("q", bytes(array("q").itemsize * (count + 1)))
    number = 0
    for part in parts:
        for record in in_pieces(files[part.file], part.start):
            # What else happens to new entities, all but their creation; and what belongs to something else from here
            # on, or is deleted.
            touched: tuple[EntityReference, ...] = ()
            placed: tuple[EntityReference, ...] = ()
            match record:
                case CreateRecord():
                    pass
                case ListRecord():
                    touched, placed = (record.entity, *record.added.items), record.added.items
                case DeleteRecord() | UpdateRecord(new_value=EntityReference()):
                    touched = placed = (record.entity,)
                case UpdateRecord():
                    touched = (record.entity,)
            for entity in touched:
                if (first := created.get(hash(entity))) is not None:
                    last[first] = number
            for entity in placed if taken_out else ():
                if (first := taken_out.pop(hash(entity), None)) is not None:
                    changes[first + 1] += count
                    changes[number + 1] -= count
            if isinstance(record, CreateRecord):
                created[hash(record.entity)] = number
            elif isinstance(record, ListRecord):
                taken_out |= dict.fromkeys(map(hash, record.removed.items), number)
            number += 1
    for first, end in enumerate(last):
        if end > first:
            changes[first + 1] += 1
            changes[end + 1] -= 1
    return array("q", accumulate(changes))


def _parts(whole: Sequence[Part], start: int, end: int) -> list[Part]:
    """Return what of the files is between two places in all of them; files of which nothing is left come first."""
    found: list[Part] = []
    at = 0
    for part in whole:
        length = part.stop - part.start
        first, behind = max(start - at, 0), min(end - at, length)
        if first < behind:
            found.append(Part(part.file, part.start + first, part.start + behind))
        elif length == 0 and start == 0:
            found.append(part)
        at += length
    return found
