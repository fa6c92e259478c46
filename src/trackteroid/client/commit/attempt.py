"""One commit, from the moment it begins until its answer is taken over, and whether it is an earlier one done again.

The session holds what the server has then, and what was changed since stays.

A program that is interrupted and run again records the same operations once more, and everything it creates gets a new
id, which is all that tells these creations from the first. An id counts wherever it is a whole value, as in
``parent_id`` or in a reference; inside of longer texts, such as paths, it makes a difference. What creates nothing, and
does not mention what is created, does not count: done twice it has the same effect, and a program that finds the work
half done does without some of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, Operation, Operations, UpdateEntityOperation
from ftrack_api.symbol import NOT_SET

from trackteroid.client import failures
from trackteroid.client.base import BaseSession
from trackteroid.client.commit.batch import Changes
from trackteroid.client.commit.commit import Batch, outlined, settle
from trackteroid.client.commit.recognition import Arrival, changes_of, recognise
from trackteroid.client.entities import (
    Key,
    find_in_memory,
    forget,
    keep_in_memory,
    key_of,
    key_of_operation,
    storage_of,
)
from trackteroid.client.local_changes import changed_entities
from trackteroid.values import replace

Answer: TypeAlias = list[dict[str, Any]]
Values: TypeAlias = dict[tuple[int, str], tuple[Entity, str, Any]]


def finish(step: Callable[[], object]) -> None:
    """Take a *step*, and should anything interrupt it, take it again before going on with the interruption.

    For steps that need no server and leave the same however often they are begun.
    """
    try:
        step()
    except BaseException:
        step()
        raise


@dataclass(eq=False, slots=True)
class Attempt:
    """A batch that may be on its way.

    Attributes:
        operations: the pending operations it stands for.
        batch: what is sent for them; None as long as that is not known, and nothing was sent.
        arrival: whether the server has it; None while it is on its way, and when nobody has asked since.
        answer: the server's answer to it, once there is one.
        has_left: whether any of it may have been sent.
        is_settled: whether the session has taken over the answer.
        is_in_own_way: whether ftrack_api's own commit sends it, with payloads of its own.
        own: those of the operations that were taken back since, by a transaction or a rollback; all if none were.
        created: what it creates.
        earlier: an attempt with some of these operations that had not arrived when the server was asked, but may
            have been slow.
        kept: what was recorded since, put aside while the attempt is settled.
        kept_values: the values that belong to it.
    """

    operations: tuple[Operation, ...]
    batch: Batch | None = None
    arrival: Arrival | None = Arrival.ABSENT
    answer: Answer | None = None
    has_left: bool = False
    is_settled: bool = False
    is_in_own_way: bool = False
    own: tuple[Operation, ...] = ()
    created: list[tuple[CreateEntityOperation, Entity]] = field(
        default_factory=list[tuple[CreateEntityOperation, Entity]]
    )
    earlier: "Attempt | None" = None
    kept: list[Operation] = field(default_factory=list[Operation])
    kept_values: Values = field(default_factory=Values)

    @property
    def payloads(self) -> Changes:
        """What is sent; nothing if whatever interrupted the attempt came before that."""
        return Changes() if self.batch is None else self.batch.payloads

    def note_taken_back(self, pending: Iterable[Operation]) -> None:
        """Note which of the operations are no longer *pending*, although nobody knew that they have arrived."""
        self.own = self.own or without(self.operations, pending) or self.operations

    def follow(self, earlier: "Attempt | None") -> None:
        """Come after an *earlier* attempt, which may have been slow if it has left, or the one that it has followed."""
        while earlier is not None and not (earlier.has_left and has_some(self.operations, earlier.operations)):
            earlier = earlier.earlier
        self.earlier = earlier
        before = None if earlier is None else earlier.earlier
        if earlier is not None and before is not None and not without(earlier.operations, before.operations):
            earlier.earlier = before.earlier  # the same once more tells no more

    def leave_out(self, settled: "Attempt") -> None:
        """Stand only for what was not settled with an earlier attempt."""
        self.operations = without(self.operations, settled.operations)
        self.own = without(self.own, settled.operations) or self.operations
        self.earlier = None
        rest = Changes(payload for payload in self.payloads if payload not in settled.payloads)
        self.batch = None if self.batch is None else replace(self.batch, operations=self.operations, payloads=rest)
        if not rest:
            self.arrival, self.is_settled = Arrival.ARRIVED, True

    def put_aside(self, session: BaseSession) -> None:
        """Keep what was recorded since this, and all local values that it has not set itself."""
        others = without(session.recorded_operations, (*self.operations, *self.kept))
        if not others:
            return
        settled = _changed_by(self.operations) - _changed_by((*self.kept, *others))
        for entity in changed_entities(session):
            for name, slot in storage_of(entity).items():
                if slot["local"] is not NOT_SET and settled.isdisjoint(
                    {(key_of(entity), name), (key_of(entity), None)}
                ):
                    self.kept_values.setdefault((id(entity), name), (entity, name, slot["local"]))
        self.kept += others


def without(operations: Iterable[Operation], others: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the operations that are none of the *others*."""
    known = set(map(id, others))
    return tuple(each for each in operations if id(each) not in known)


def has_some(operations: Iterable[Operation], others: Iterable[Operation]) -> bool:
    """Return whether some of the *others* are among the operations."""
    return not set(map(id, operations)).isdisjoint(map(id, others))


def set_operations(pending: Operations, operations: Sequence[Operation]) -> None:
    if [*map(id, pending)] != [*map(id, operations)]:
        pending.clear()
        for operation in operations:
            pending.push(operation)


def take_over(session: BaseSession, attempt: Attempt) -> None:
    """Settle *attempt*, whatever interrupts that; if its answer is broken, with what the server says when asked."""
    try:
        finish(lambda: _settle(session, attempt))
    except Exception as error:  # noqa: BLE001 - whatever a broken answer leads to
        try:
            changes = changes_of(attempt.payloads) or []
            _, attempt.answer = recognise(session, changes, session.call)
            _settle(session, attempt)
        except Exception:  # noqa: BLE001 - the first one tells more
            attempt.is_settled = True
            raise error from None


def _settle(session: BaseSession, attempt: Attempt) -> None:
    """Let the session hold what the server has after *attempt*; pending is only what was recorded since."""
    batch = attempt.batch
    attempt.put_aside(session)
    set_operations(session.recorded_operations, attempt.operations)
    for operation, entity in attempt.created:
        if find_in_memory(session, *key_of_operation(operation)) is None:
            keep_in_memory(session, *key_of_operation(operation), entity)
    try:
        with session.settling():
            set_operations(session.recorded_operations, (*attempt.operations, *attempt.kept))
            if batch is not None:
                session.not_added = settle(session, batch, attempt.answer or ())
    finally:
        for entity, name, value in attempt.kept_values.values():
            storage_of(entity)[name]["local"] = value
        set_operations(session.recorded_operations, attempt.kept)
    attempt.is_settled, attempt.kept, attempt.kept_values = True, [], {}


def _changed_by(operations: Iterable[Any]) -> set[tuple[Key, str | None]]:
    """Return what the operations have set: an entity and the attribute, or no attribute for all of a new entity."""
    return {(key_of_operation(each), getattr(each, "attribute_name", None)) for each in operations}


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
    # Keys of several parts mean something, and others may have them.
    creations = (each for each in payloads if each["action"] == "create" and len(each["entity_key"]) == 1)
    return [str(payload["entity_key"][0]) for payload in creations]


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
