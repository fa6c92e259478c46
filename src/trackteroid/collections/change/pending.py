"""How what is pending looks: what is deleted is gone from what is read, what is new is in what it belongs to.

A deletion counts while its operation is pending, and for good once it was committed. Taking it back (a rollback, an
exception inside ``deferred_operations``) needs no call: the operation is no longer pending then.

New entities are shown in the array attributes they are members of, as far as these were loaded. What makes an entity a
member is sent to the server; that the attribute shows it is for this session only. A commit makes ftrack_api forget all
local values, and the server answers a creation with the new entity only. What the attributes showed before the commit
is therefore stored as what the server has, until the next fetch says otherwise.

What fails leaves nothing pending, see `all_or_nothing`.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ftrack_api.collection import Collection
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation, UpdateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid import configuration
from trackteroid.client.entities import (
    Key,
    find_in_memory,
    forget,
    is_new,
    key_of,
    local_references,
    local_value,
    members,
    plain_value,
    set_local_value,
    set_remote_value,
    stored_value,
)
from trackteroid.collections.change.vocabulary import check_deletable
from trackteroid.collections.context import Selection, by_key, context_of, entities_in
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.errors import DeletionError
from trackteroid.schema.membership import Linked, Membership, Owned, memberships_in, references_with
from trackteroid.schema.types import Schema
from trackteroid.session_state import of_session
from trackteroid.values import frozen


@contextmanager
def all_or_nothing(session: Session) -> Generator[None, None, None]:
    """Take back what was recorded in the block, with local values and new entities, when an error leaves it."""
    before = len(session.recorded_operations)
    try:
        yield
    except BaseException:
        while len(session.recorded_operations) > before:
            operation = session.recorded_operations.pop()
            if not isinstance(operation, CreateEntityOperation | UpdateEntityOperation):
                continue
            entity = find_in_memory(session, operation.entity_type, operation.entity_key.values())
            if entity is None:
                continue
            if isinstance(operation, UpdateEntityOperation):
                set_local_value(entity, operation.attribute_name, operation.old_value)
            else:
                forget(session, operation.entity_type, operation.entity_key.values())
        raise


# What is deleted.


@dataclass(slots=True)
class _Deletions:
    pending: dict[Key, Operation] = field(default_factory=dict[Key, Operation])
    committed: set[Key] = field(default_factory=set[Key])
    lock: threading.RLock = field(default_factory=threading.RLock)

    def in_flight(self, session: Session) -> set[Key]:
        """Return the keys of the deletions that are still recorded, forgetting those that are not."""
        if self.pending:
            recorded = {id(operation) for operation in session.recorded_operations}
            self.pending = {key: each for key, each in self.pending.items() if id(each) in recorded}
        return set(self.pending)


def delete(selection: Selection) -> None:
    """Record the deletion of every entity of a collection.

    Raises:
        SharedVocabularyError: the whole site would lose it.
        DeletionError: the setting ``ALLOWED_FOR_DELETION_RESOLVER`` does not allow this.
    """
    refuse_unloaded(selection, f"Cannot delete {selection!r}, which is not all of it")
    check_deletable(selection)
    session = context_of(selection).session
    for type_name in dict.fromkeys(entity.entity_type for entity in entities_in(selection)):
        if not configuration.ALLOWED_FOR_DELETION_RESOLVER(session=session, type_name=type_name):
            raise DeletionError(
                f"{type_name} must not be deleted: the setting ALLOWED_FOR_DELETION_RESOLVER does not allow it."
            )
    log = configuration.logger("entities")
    for key in by_key(selection):
        record_deletion(session, key)
        log.info("Deleting %s %s", key[0], ", ".join(key[1]))


def record_deletion(session: Session, key: Key) -> None:
    """Record the deletion of the entity with this key as a pending operation of the session."""
    if not session.record_operations:
        return
    type_name, values = key
    operation = DeleteEntityOperation(
        type_name, dict(zip(session.types[type_name].primary_key_attributes, values, strict=True))
    )
    known = of_session(session, _Deletions)
    with known.lock:
        session.recorded_operations.push(operation)
        known.pending[key] = operation


def revive(session: Session, key: Key) -> None:
    """Let an entity be created again under the key of one that was deleted, or is about to be."""
    known = of_session(session, _Deletions)
    with known.lock:
        if known.pending.pop(key, None) or key in known.committed:
            known.committed.discard(key)
            forget(session, *key)


def without_deleted(session: Session, entities: list[FtrackEntity]) -> list[FtrackEntity]:
    """Return the entities without those that are deleted, or about to be."""
    known = of_session(session, _Deletions)
    if not (known.pending or known.committed):
        return entities
    with known.lock:
        keys = list(map(key_of, entities))
        gone = known.committed.intersection(keys)
        # Looking through all operations takes long, so it is done only for entities that were deleted at some time.
        if not known.pending.keys().isdisjoint(keys):
            gone |= known.in_flight(session)
    return [entity for key, entity in zip(keys, entities, strict=True) if key not in gone]


# What is new.


@frozen
class _Shown:
    """An array attribute that shows what was not committed yet, and the ids of these objects."""

    owner: FtrackEntity
    name: str
    added: set[int] = field(default_factory=set[int])


class _Places(dict[tuple[int, str], _Shown]):
    """Where a session shows what was not committed yet."""


@frozen
class Made:
    """A new entity, and entities that it relates without holding them: by their ids."""

    entity: FtrackEntity
    related: tuple[FtrackEntity, ...] = ()


#: An array attribute of an entity, and what makes something a member of it: what is new, or this that it links.
_Candidate: TypeAlias = "tuple[FtrackEntity, str, Membership, FtrackEntity | None]"


def show(session: Session, types: Schema, made: Iterable[Made]) -> None:
    """Show new entities, and what new links lead to, wherever they belong and something was loaded."""
    added: dict[tuple[int, str], tuple[FtrackEntity, str, list[FtrackEntity]]] = {}
    known: dict[tuple[str | int, ...], list[_Candidate]] = {}
    for each in made:
        entity, owners = each.entity, (*each.related, *local_references(each.entity).values())
        group = entity.entity_type, len(each.related), *map(id, owners)  # much belongs to the same entities
        if group not in known:
            known[group] = list(_candidates(types, each, owners))
        for candidate in known[group]:
            if _is_member(types, entity, candidate):
                owner, name, _, other = candidate
                added.setdefault((id(owner), name), (owner, name, []))[2].append(entity if other is None else other)
    for owner, name, new in added.values():
        change(session, owner, name, add=new)


def change(
    session: Session,
    owner: FtrackEntity,
    name: str,
    *,
    add: Iterable[FtrackEntity] = (),
    remove: Iterable[FtrackEntity] = (),
) -> None:
    """Change what an array attribute shows, if it was loaded; this is not sent to the server."""
    new, gone = list(add), {id(each) for each in remove}
    if not _can_show(owner, name):
        return
    local = local_value(owner, name)
    if isinstance(local, Collection) and not gone and not any(map(local.__contains__, new)):
        with session.operation_recording(False):
            for each in new:  # which takes no time for what is there already
                local.append(each)
    elif new or gone:
        new = _replace(session, owner, name, new, gone)
    known = of_session(session, _Places).setdefault((id(owner), name), _Shown(owner, name))
    known.added.update(map(id, new))


def _can_show(owner: FtrackEntity, name: str) -> bool:
    """Return whether it is known what an array attribute holds."""
    return stored_value(owner, name) is not NOT_SET or is_new(owner)


def _replace(
    session: Session, owner: FtrackEntity, name: str, add: Iterable[FtrackEntity], gone: set[int]
) -> list[FtrackEntity]:
    """Set what an array attribute shows, and return what was not there before."""
    there = members(stored_value(owner, name))
    known = set(map(id, there))
    new = [each for each in add if id(each) not in known]
    keys = set(map(key_of, new))  # what was deleted may be there still, under the key of what was created instead
    kept = [each for each in there if id(each) not in gone and not (keys and key_of(each) in keys)]
    if new or len(kept) < len(there):
        with session.operation_recording(False):
            owner[name] = [*kept, *new]
    return new


def _candidates(types: Schema, made: Made, owners: Iterable[FtrackEntity]) -> Iterator[_Candidate]:
    """Yield the array attributes of owners that may show what was made, or what it links."""
    entity = made.entity
    for owner in {id(each): each for each in owners}.values():
        for name, membership in memberships_in(types, owner.entity_type, entity.entity_type):
            if isinstance(membership, Owned) and _can_show(owner, name):
                yield owner, name, membership, None
        for other in made.related:
            for name, membership in memberships_in(types, owner.entity_type, other.entity_type):
                if isinstance(membership, Linked) and membership.link == entity.entity_type and _can_show(owner, name):
                    yield owner, name, membership, other


def _is_member(types: Schema, entity: FtrackEntity, candidate: _Candidate) -> bool:
    """Return whether a new entity is a member, or makes the one that it links a member."""
    owner, _, membership, other = candidate
    if not _holds(types, entity, membership.own if isinstance(membership, Linked) else membership.key, owner):
        return False
    if isinstance(membership, Linked):
        return other is not None and _holds(types, entity, membership.other, other)
    columns = membership.columns(owner.entity_type, "").items()
    return all(stored_value(entity, name) == value for name, value in columns if name != membership.key)


def _holds(types: Schema, entity: FtrackEntity, key: str, end: FtrackEntity) -> bool:
    """Return whether an entity has the id of another one, or refers to it, with this attribute."""
    if stored_value(entity, key) == stored_value(end, end.primary_key_attributes[0]):
        return True
    return any(stored_value(entity, name) is end for name in references_with(types, entity.entity_type, key))


# What is committed.


@contextmanager
def committing(session: Session) -> Generator[None, None, None]:
    """Wrap a commit: when it succeeds, what was about to be deleted is gone for good, and new links stay visible."""
    known = of_session(session, _Deletions)
    with known.lock:
        leaving = known.in_flight(session)
    with keeping(session):
        yield
    if leaving:
        with known.lock:
            known.committed |= leaving


def commit(session: Session) -> None:
    """Send all pending changes. Sessions of ours note by themselves what is gone then, others of ftrack_api do not."""
    with nullcontext() if hasattr(session, "settling") else committing(session):
        session.commit()


@contextmanager
def keeping(session: Session) -> Generator[None]:
    """Wrap a commit: when it succeeds, what it created stays visible in what it belongs to, and refers to it."""
    created = [
        found
        for operation in session.recorded_operations
        if isinstance(operation, CreateEntityOperation)
        and (found := find_in_memory(session, operation.entity_type, operation.entity_key.values())) is not None
    ]
    references = [(entity, local_references(entity)) for entity in created]
    places = list(of_session(session, _Places).values())
    values = [(place, local_value(place.owner, place.name)) for place in places]
    # What was created in a block of deferred operations is in its file, and not on the server after this.
    made = set(map(id, created))
    shown = [
        (place.owner, place.name, [each for each in members(value) if id(each) in made or id(each) not in place.added])
        for place, value in values
        if value is not NOT_SET
    ]
    yield
    for entity, ends in references:
        for name, end in ends.items() if not is_new(entity) else ():
            if plain_value(entity, name) is NOT_SET:
                set_remote_value(entity, name, end)
    with session.auto_populating(False):  # what has no key, because it was taken back, cannot be asked for
        for owner, name, found in shown:
            attribute: Any = owner.attributes.get(name)
            attribute.set_remote_value(owner, Collection(owner, attribute, mutable=False, data=found))
    of_session(session, _Places).clear()
