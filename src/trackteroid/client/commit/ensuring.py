"""`session.ensure` from several processes at once: one of them makes the entity, the others get it.

The entity is looked for, and created and committed if there is none. Somebody else may do the same in between. A server
that lets the name occur only once then refuses the second one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ftrack_api.entity.base import Entity
from ftrack_api.exception import NoResultFoundError
from ftrack_api.operation import CreateEntityOperation, Operation
from ftrack_api.session import Session

from trackteroid.client.entities import forget, key_of, key_of_operation
from trackteroid.errors import RefusedError
from trackteroid.schema.types import schema_of
from trackteroid.spelling import quoted, to_datetime

#: What servers call a refusal because there is such an entity already.
_REPEATED = re.compile(r"\b(IntegrityError|DuplicateEntryError)\b")


def ensured(
    session: Session, entity_type: str, data: Mapping[str, Any], identifying_keys: Sequence[str] | None = None
) -> Entity:
    """Return the one entity with this data, found or made.

    Where the server has another one of that name, what was made is taken back and looked for again. Operations that
    were pending before stay pending.

    Raises:
        KeyError: an identifying key is not among the data.
        ValueError: there is nothing to look for it by.
        RefusedError: the server refuses it all the same: because of another entity than the one that was looked for,
            or because of what was pending before.
    """
    names = list(identifying_keys or data)
    if not names:
        raise ValueError(f"There is nothing to look for a {entity_type} by. Give some data, such as its name.")
    query = _query(session, entity_type, data, names)
    found = _attempt(session, entity_type, data, query)
    if isinstance(found, RefusedError):
        found = _attempt(session, entity_type, data, query)
    if isinstance(found, RefusedError):
        raise found
    return found


def is_of_another(refusal: RefusedError) -> bool:
    """Return whether a server refuses something because there is such an entity already."""
    return bool(_REPEATED.search(str(refusal)))


def _query(session: Session, entity_type: str, data: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return the query for the entity, with all that it is going to be compared with."""
    kind = schema_of(session).type(entity_type)
    compared = [name for name in data if name in kind.attributes and kind.attributes[name].projectable]
    conditions = " and ".join(_condition(name, data[name]) for name in names)
    return " ".join(("select", ", ".join(compared or kind.primary_key), "from", entity_type, "where", conditions))


def _condition(name: str, value: object) -> str:
    """Return the condition that an attribute has this value, which never becomes anything else in a query."""
    if value is None:
        return f"{name} is none"
    if isinstance(value, Entity):
        return f"{name}.{value.primary_key_attributes[0]} is {quoted(key_of(value)[1][0])}"
    moment = to_datetime(value)
    text = value if moment is None else moment.replace(microsecond=0, tzinfo=None).isoformat()
    return f"{name} is {quoted(text)}"


def _attempt(session: Session, entity_type: str, data: Mapping[str, Any], query: str) -> Entity | RefusedError:
    """Return the entity, or why what was made, of which nothing is left, was refused as a second one."""
    before = tuple(session.recorded_operations)
    try:
        # What is there is compared with the data, so it has to be loaded.
        with session.auto_populating(True):
            return _found_or_made(session, entity_type, data, query)
    except RefusedError as refusal:
        made = _made_since(session, before)
        if not made or not is_of_another(refusal):
            raise
        _take_back(session, made, before)
        return refusal


def _found_or_made(session: Session, entity_type: str, data: Mapping[str, Any], query: str) -> Entity:
    try:
        entity = session.query(query).one()
    except NoResultFoundError:
        entity = session.create(entity_type, data)
        session.commit()
        return entity
    different = {name: value for name, value in data.items() if entity[name] != value}
    for name, value in different.items():
        entity[name] = value
    if different:
        session.commit()
    return entity


def _made_since(session: Session, before: tuple[Operation, ...]) -> list[CreateEntityOperation]:
    known = set(map(id, before))
    return [
        operation
        for operation in session.recorded_operations
        if isinstance(operation, CreateEntityOperation) and id(operation) not in known
    ]


def _take_back(session: Session, made: Iterable[CreateEntityOperation], before: Iterable[Operation]) -> None:
    for operation in made:
        forget(session, *key_of_operation(operation))
    session.recorded_operations.clear()
    for operation in before:
        session.recorded_operations.push(operation)
