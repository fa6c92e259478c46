"""`session.ensure` from several processes at once: one of them makes the entity, the others get it.

ftrack_api looks for the entity, and creates and commits it if there is none. Somebody else may do the same in between.
A server that lets the name occur only once then refuses the second one.
"""

import re
from collections.abc import Callable, Iterable

from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, Operation
from ftrack_api.session import Session

from trackteroid.client.memory import forget
from trackteroid.errors import RefusedError

#: What servers call a refusal because there is such an entity already.
_REPEATED = re.compile(r"\b(IntegrityError|DuplicateEntryError)\b")


def ensured(session: Session, ensure: Callable[[], Entity]) -> Entity:
    """Return the entity that *ensure*, which is ftrack_api's own, finds or makes.

    Where the server has another one of that name, what was made is taken back and looked for again. Operations that
    were pending before stay pending.

    Raises:
        RefusedError: the server refuses it all the same: because of another entity than the one that was looked for,
            or because of what was pending before.
    """
    found = _attempt(session, ensure)
    if isinstance(found, RefusedError):
        found = _attempt(session, ensure)
    if isinstance(found, RefusedError):
        raise found
    return found


def _attempt(session: Session, ensure: Callable[[], Entity]) -> Entity | RefusedError:
    """Return what *ensure* returns, or why what it made, of which nothing is left, was refused as a second one."""
    before = tuple(session.recorded_operations)
    try:
        # It compares with what is there, which has to be loaded for that: not loaded is not different.
        with session.auto_populating(True):
            return ensure()
    except RefusedError as refusal:
        made = _made_since(session, before)
        if not made or not _REPEATED.search(str(refusal)):
            raise
        _take_back(session, made, before)
        return refusal


def _made_since(session: Session, before: tuple[Operation, ...]) -> list[CreateEntityOperation]:
    known = set(map(id, before))
    return [
        operation
        for operation in session.recorded_operations
        if isinstance(operation, CreateEntityOperation) and id(operation) not in known
    ]


def _take_back(session: Session, made: Iterable[CreateEntityOperation], before: Iterable[Operation]) -> None:
    for operation in made:
        forget(session, operation.entity_type, map(str, operation.entity_key.values()))
    session.recorded_operations.clear()
    for operation in before:
        session.recorded_operations.push(operation)
