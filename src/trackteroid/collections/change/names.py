"""Entities that people know by their names: statuses, types, users, labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.session import Session

from trackteroid.client.entities import (
    Key,
    find_in_memory,
    is_new,
    key_of,
    key_of_operation,
    members,
    stored_value,
    with_keys,
)
from trackteroid.client.hydration.pages import fetch_pages
from trackteroid.client.hydration.together import Asking
from trackteroid.client.hydration.together import ask as run
from trackteroid.collections.change.pending import without_deleted
from trackteroid.collections.fetching import fetch_missing
from trackteroid.entities.base import entity_class
from trackteroid.errors import AssignmentError, CreationError, suggest
from trackteroid.schema.types import Schema
from trackteroid.session_state import of_connection
from trackteroid.values import frozen

#: How many names are listed at most.
_LISTED = 30

#: The attributes by which a new entity is part of a project.
_UPWARDS = ("project", "parent", "asset", "context")


@frozen
class Subject:
    """What gets an attribute for which somebody is looked for by name.

    Attributes:
        type_name: its type.
        entity: the entity, or one of the same project.
        error: what is raised about a name.
    """

    type_name: str
    entity: FtrackEntity | None = None
    error: type[AssignmentError | CreationError] = AssignmentError


def named_kinds(types: Schema, target: str) -> tuple[str, ...]:
    """Return the types by whose names entities of a type are known: a resource is a user or a group.

    There are none where some entities of the type have no names of their own.
    """
    if target not in types.types:
        return ()
    if entity_class(target, types).named_by:
        return (target,)
    kinds = tuple(kind for kind in types.subtypes(target) if not types.subtypes(kind))
    return kinds if all(entity_class(kind, types).named_by for kind in kinds) else ()


def find_by_name(session: Session, types: Schema, target: str, name: str, subject: Subject) -> FtrackEntity:
    """Return the entity of the type *target* with this *name*; ``LookDevelopment`` finds ``Look Development`` too.

    All names of a type are asked for at once, once per connection; and once more before a name is said to be unknown.

    Raises:
        AssignmentError: there is none of this name, or several; or the error that the subject names.
    """
    kinds = named_kinds(types, target)
    found, is_fresh = _search(session, types, kinds, name, ask=False)
    if not found and not is_fresh:
        found, _ = _search(session, types, kinds, name, ask=True)
    found = found or _created(session, types, kinds, name)
    if len(found) > 1:
        allowed = _allowed_ids(session, types, target, subject.type_name, subject.entity)
        found = {key: entity for key, entity in found.items() if key[1][0] in allowed} or found
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        ids = " and ".join(f"{kind} {identifier}" for kind, (identifier,) in found)
        raise subject.error(
            f'"{name}" is the name of {len(found)} entities: {ids}. Query the one that is meant by its id, '
            f"and give that."
        )
    known = sorted({names[0] for kind in kinds for names in _known_names(session, kind).values()})
    listed = f" It has: {', '.join(known)}." if len(known) <= _LISTED else ""
    raise subject.error(f'The server has no {target} "{name}".{suggest(name, known)}{listed}')


def check_known(session: Session, types: Schema, target: str, names: Iterable[str]) -> None:
    """Refuse names that no entity of a type has. All names of a type are asked for at once, once per connection.

    Raises:
        AssignmentError: there is none of a name; the message suggests similar ones.
    """
    for name in names:
        found, is_fresh = _search(session, types, (target,), name, ask=False)
        if not found and not is_fresh:
            found, _ = _search(session, types, (target,), name, ask=True)
        if not found:
            known = sorted({each[0] for each in _known_names(session, target).values()})
            raise AssignmentError(f'The server has no {target} "{name}".{suggest(name, known)}')


_Names = dict[Key, tuple[str, ...]]


class _Known(dict[str, _Names]):
    """The names of all entities of a type, by key."""


def _search(
    session: Session, types: Schema, kinds: Iterable[str], name: str, *, ask: bool
) -> tuple[dict[Key, FtrackEntity], bool]:
    """Return the entities with this name by key, and whether all names were asked for just now."""
    names: _Names = {}
    several = list(kinds)
    asked = [kind for kind in several if ask or kind not in of_connection(session, _Known)]
    held = run(session, _asked(session, types, asked))
    is_fresh = len(asked) == len(several)
    for kind in several:
        names |= _known_names(session, kind)
    found: dict[Key, FtrackEntity] = {}
    for key in _matching(names, name):
        entity = held.get(key) or find_in_memory(session, *key)
        if entity is None:  # the session was made to forget it
            return ({}, False) if not ask else (found, True)
        if without_deleted(session, [entity]):
            found[key] = entity
    return found, is_fresh


def _created(session: Session, types: Schema, kinds: Iterable[str], name: str) -> dict[Key, FtrackEntity]:
    """Return the entities of this name that the server does not know yet, by key."""
    entities = {
        key_of_operation(operation): operation.entity_type
        for operation in session.recorded_operations
        if isinstance(operation, CreateEntityOperation) and operation.entity_type in kinds
    }
    held = {key: entity for key in entities if (entity := find_in_memory(session, *key))}
    names = {key: _names_of(each, _columns(types, each.entity_type)) for key, each in held.items()}
    return {key: held[key] for key in _matching(names, name)}


def _matching(names: Mapping[Key, tuple[str, ...]], name: str) -> list[Key]:
    """Return the keys of what has this name: exactly, or nearly if there is none."""
    spellings: tuple[Callable[[str], str], ...] = (str, lambda text: re.sub(r"[\W_]+", "", text).casefold())
    for spelled in spellings:
        for place in (0, 1):
            wanted = spelled(name)
            found = [key for key, known in names.items() if known[place:] and spelled(known[place]) == wanted]
            if found and wanted:
                return found
    return []


def _known_names(session: Session, kind: str) -> _Names:
    return of_connection(session, _Known).get(kind, {})


def names_of(session: Session, types: Schema, targets: Iterable[str]) -> Asking[None]:
    """Ask for the names of all entities of several types, unless they are known.

    Whoever looks for names of different types, one after the other, does it first.
    """
    kinds = dict.fromkeys(kind for target in targets for kind in named_kinds(types, target))
    yield from _asked(session, types, [kind for kind in kinds if kind not in of_connection(session, _Known)])


def is_name(value: object) -> bool:
    """Return whether a value given for a reference is a name, or has one among others."""
    if isinstance(value, list | tuple):
        return any(map(is_name, cast("Sequence[object]", value)))
    return isinstance(value, str)


def _asked(session: Session, types: Schema, kinds: Sequence[str]) -> Asking[dict[Key, FtrackEntity]]:
    """Ask for all entities of types with their names, remember these, and return the entities by key."""
    columns = {kind: _columns(types, kind) for kind in kinds}
    texts = [f"select id, {', '.join(columns[kind])} from {kind}" for kind in kinds]  # noqa: S608  # names of the schema
    found: dict[Key, FtrackEntity] = {}
    pages = yield texts
    for kind, page in zip(kinds, pages, strict=True):
        names = {key_of(entity): _names_of(entity, columns[kind]) for entity in page}
        of_connection(session, _Known)[kind] = {key: each for key, each in names.items() if each[0]}
        found |= {key_of(entity): entity for entity in page}
    return found


def _columns(types: Schema, kind: str) -> list[str]:
    return [
        entity_class(kind, types).named_by,
        *(("first_name", "last_name") if types.is_a(kind, "BaseUser") or kind == "User" else ()),
    ]


def _names_of(entity: FtrackEntity, columns: list[str]) -> tuple[str, ...]:
    """Return the name of an entity, and of a user the full name."""
    values = [stored_value(entity, column) for column in columns]
    first, *rest = (value if isinstance(value, str) else "" for value in values)
    full = " ".join(filter(None, rest))
    return (first, full) if full else (first,)


def _allowed_ids(
    session: Session, types: Schema, target: str, type_name: str, entity: FtrackEntity | None
) -> frozenset[str]:
    """Return the ids of the statuses or types that entities of a type may have in the project of an entity.

    Only asked where a name means several, for it costs a few requests.
    """
    project_id = _project_id(session, types, entity)
    if target not in ("Status", "Type") or project_id is None:
        return frozenset()
    (project,) = fetch_pages(session, with_keys("Project", ("id",), [(project_id,)], ["project_schema"])) or (None,)
    schemas: list[Any] = [] if project is None else [*members(stored_value(project, "project_schema"))]
    allowed: list[Any] = []
    with session.auto_populating(True):
        for schema in schemas:
            ask = schema.get_statuses if target == "Status" else schema.get_types
            try:
                allowed += ask(type_name)
            except ValueError:  # what ftrack_api raises for types without any
                continue
    return frozenset(str(stored_value(each, "id")) for each in allowed)


def _project_id(session: Session, types: Schema, entity: FtrackEntity | None) -> str | None:
    """Return the id of the project that an entity is part of, if it is part of any."""
    while entity is not None and is_new(entity):
        above = (members(stored_value(entity, name)) for name in _UPWARDS if entity.attributes.get(name))
        entity = next((found[0] for found in above if found), None)
    if entity is None or types.is_a(entity.entity_type, "Project"):
        return None if entity is None else str(stored_value(entity, "id"))
    if types.find_attribute(entity.entity_type, "link") is None:
        return None
    fetch_missing(session, [entity], "link")
    link: Any = stored_value(entity, "link")
    return str(link[0]["id"]) if link else None
