"""The same work, done again: whether two batches create the same, but for the ids, and what is sent of the second.

A program that is interrupted and run again records the same operations once more, and everything it creates gets a new
id, which is all that tells these creations from the first. An id counts wherever it is a whole value, as in
``parent_id`` or in a reference; inside of longer texts, such as paths, it makes a difference. What creates nothing, and
does not mention what is created, does not count: done twice it has the same effect, and a program that finds the work
half done does without some of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from ftrack_api.operation import CreateEntityOperation, UpdateEntityOperation

from trackteroid.client import failures
from trackteroid.client.base import BaseSession
from trackteroid.client.commit.attempt import Attempt, finish, has_some, set_operations, take_over, without
from trackteroid.client.commit.commit import outlined
from trackteroid.client.commit.recognition import Arrival
from trackteroid.client.entities import Key, find_in_memory, forget, keep_in_memory, key_of_operation, storage_of

Payload: TypeAlias = Mapping[str, Any]


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


def recognise_repeats(session: BaseSession, attempt: Attempt) -> Attempt | None:
    """Let what was created since *attempt*, if that is the same as it was to create, be the same things.

    What has arrived is no longer pending then; and what has not, or is thought not to have, goes under the ids that
    may have been sent already. Returns the attempt, unless there is nothing left of it.
    """
    pending = session.recorded_operations
    since = without(pending, attempt.operations)
    before = outlined(session, attempt.own or attempt.operations)
    again = outlined(session, since)
    if not creates_the_same(before, again):
        return attempt
    names, keys = renamings(before, again), repeated_keys(before, again)
    # All of it is the same if the program cannot tell that it was run before.
    is_all = outline(before) == outline(again)
    repeated = [
        each for each in since if is_all or (isinstance(each, CreateEntityOperation) and key_of_operation(each) in keys)
    ]
    if names:
        session.warn(failures.repeated(len(repeated), len(since), has_arrived=attempt.is_settled))
    finish(lambda: [_rename(session, operation, names) for operation in since])
    if attempt.is_settled and attempt.batch is not None:
        batch = replace(attempt.batch, operations=tuple(repeated))
        take_over(session, Attempt(batch.operations, batch, Arrival.ARRIVED, attempt.answer))
        return None
    if has_some(pending, attempt.operations) and attempt.own == attempt.operations:
        set_operations(pending, without(pending, repeated))
    else:
        attempt.operations = (*without(attempt.operations, attempt.own), *repeated)
    return attempt


def _rename(session: BaseSession, operation: Any, names: dict[str, str]) -> None:
    """Let *operation*, and the values that it has set, have the ids in *names* instead of their own."""
    entity = find_in_memory(session, *key_of_operation(operation))
    if isinstance(operation, CreateEntityOperation) and not names.keys().isdisjoint(key_of_operation(operation)[1]):
        if entity is not None:
            keep_in_memory(session, operation.entity_type, replaced(key_of_operation(operation)[1], names), entity)
        forget(session, *key_of_operation(operation))
    operation.entity_key = {name: replaced(value, names) for name, value in operation.entity_key.items()}
    if isinstance(operation, CreateEntityOperation):
        operation.entity_data = {name: _renamed(value, names) for name, value in operation.entity_data.items()}
    elif isinstance(operation, UpdateEntityOperation):
        operation.new_value = _renamed(operation.new_value, names)
    for slot in storage_of(entity).values() if entity is not None else ():
        slot["local"] = _renamed(slot["local"], names)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    # Entities and collections of them are the session's own, which get their new keys themselves.
    return replaced(value, names) if isinstance(value, (str, dict, list, tuple)) else value
