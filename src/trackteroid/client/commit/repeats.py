"""Whether two batches are the same work, done twice: whether they create the same, but for the ids.

This is pure. A program that is interrupted and run again records the same operations once more, and everything it
creates gets a new id, which is all that tells these creations from the first. An id counts wherever it is a whole
value, as in ``parent_id`` or in a reference; inside of longer texts, such as paths, it makes a difference. What creates
nothing, and does not mention what is created, does not count: done twice it has the same effect, and a program that
finds the work half done does without some of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

Payload: TypeAlias = Mapping[str, Any]
Key: TypeAlias = "tuple[str, tuple[str, ...]]"


def creates_the_same(first: Iterable[Payload], second: Iterable[Payload]) -> bool:
    """Return whether both batches create the same things and do the same with them, in the same order."""
    one, two = _about_new(first), _about_new(second)
    return bool(two) and one == two


def repeated_keys(first: Iterable[Payload], second: Iterable[Payload]) -> set[Key]:
    """Return the keys of what *second*, which creates the same as *first*, need not create once more.

    That is everything with an id, and rows such as those of metadata that are the same to the last value.
    """
    known = [payload for payload in first if payload["action"] == "create"]
    return {
        (payload["entity_type"], tuple(payload["entity_key"]))
        for payload in second
        if payload["action"] == "create" and (len(payload["entity_key"]) == 1 or payload in known)
    }


def outline(payloads: Iterable[Payload]) -> list[Any]:
    """Return the batch with the number of each created entity in the place of its id.

    >>> outline([{"action": "create", "entity_type": "Note", "entity_key": ["a"], "entity_data": {"id": "a"}}])
    [{'action': 'create', 'entity_type': 'Note', 'entity_key': [('new', 0)], 'entity_data': {'id': ('new', 0)}}]
    """
    listed = list(payloads)
    numbers = {identity: ("new", number) for number, identity in enumerate(ids_of_new(listed))}
    return [replaced(dict(payload), numbers) for payload in listed]


def ids_of_new(payloads: Iterable[Payload]) -> list[str]:
    """Return the ids of what is created, in this order."""
    return [str(payload["entity_key"][0]) for payload in _creations(payloads)]


def renamings(first: Iterable[Payload], second: Iterable[Payload]) -> dict[str, str]:
    """Return the id in *first* of everything that *second*, which creates the same, creates under another one."""
    pairs = zip(ids_of_new(second), ids_of_new(first), strict=True)
    return {new: known for new, known in pairs if new != known}


def replaced(value: Any, names: Mapping[str, Any]) -> Any:
    """Return a copy of *value*, made of lists and dictionaries, with other values in the place of those texts."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: replaced(item, names) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [replaced(item, names) for item in cast("Sequence[Any]", value)]
    return value


def _creations(payloads: Iterable[Payload]) -> Iterator[Payload]:
    """Iterate over the creations of what has an id. Keys of several parts mean something, and others may have them."""
    return (payload for payload in payloads if payload["action"] == "create" and len(payload["entity_key"]) == 1)


def _about_new(payloads: Iterable[Payload]) -> list[Any]:
    """Return, as in an outline, what mentions something that is created."""
    listed = list(payloads)
    return [after for before, after in zip(listed, outline(listed), strict=True) if after != before]
