"""Whether two batches are the same work, done twice: the same but for the ids of what they create.

This is pure. A program that is interrupted and run again records the same operations once more, and everything it
creates gets a new id, which is all that tells the second batch from the first. An id counts wherever it is a whole
value, as in ``parent_id`` or in a reference; inside of longer texts, such as paths, it makes the batches differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast

Payload: TypeAlias = Mapping[str, Any]


def is_same_work(first: Sequence[Payload], second: Sequence[Payload]) -> bool:
    """Return whether both batches create something, and do the same but for the ids of what they create.

    What creates nothing has the same effect when it is done twice, so there is nothing to tell.
    """
    return bool(ids_of_new(second)) and len(first) == len(second) and outline(first) == outline(second)


def outline(payloads: Iterable[Payload]) -> list[Any]:
    """Return the batch with the number of each created entity in the place of its id.

    >>> outline([{"action": "create", "entity_type": "Note", "entity_key": ["a"], "entity_data": {"id": "a"}}])
    [{'action': 'create', 'entity_type': 'Note', 'entity_key': [('new', 0)], 'entity_data': {'id': ('new', 0)}}]
    """
    listed = list(payloads)
    numbers = {identity: ("new", number) for number, identity in enumerate(ids_of_new(listed))}
    return [replaced(payload, numbers) for payload in listed]


def ids_of_new(payloads: Iterable[Payload]) -> list[str]:
    """Return the ids of what is created, in the order of the batch; keys of several parts mean something and are none."""
    created = (payload["entity_key"] for payload in payloads if payload["action"] == "create")
    return [str(key[0]) for key in created if len(key) == 1]


def renamings(first: Iterable[Payload], second: Iterable[Payload]) -> dict[str, str]:
    """Return the id in *first* of everything that *second*, which is the same work, creates under another one."""
    pairs = zip(ids_of_new(second), ids_of_new(first), strict=True)
    return {new: known for new, known in pairs if new != known}


def replaced(value: Any, names: Mapping[str, Any]) -> Any:
    """Return a copy of *value*, made of lists and dictionaries, with other values in the place of those texts."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {key: replaced(item, names) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [replaced(item, names) for item in cast("Sequence[Any]", value)]
    return value
