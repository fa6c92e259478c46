"""One entity, as people name it: by its id, by its name, or by its path, ``sync/sq010/sh010``."""

from __future__ import annotations

from typing import Any

from trackteroid.chains import Chain
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import MultipleResultsFoundError, NoResultFoundError, UnknownAttributeError, suggest
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.session import Session
from trackteroid.spelling import is_id, written_id

#: What can be named by a path: what it is found in, by which attribute, for the last name of the path.
_ENDS = (("TypedContext", "parent_id"), ("Asset", "context_id"))
#: What something new may belong to, as it is looked for by its id.
_OWNERS = ("Context", "Asset", "AssetVersion", "Component", "List", "ReviewSession", "User", "Group", "Note")
CONTEXT_HELP = "The names from the project downwards, with slashes between: PROJECT/EPISODE/SHOT. An id does, too."
#: How many are listed of several that are called the same.
_LISTED = 10


def locate(session: Session, entity_type: type[Entity], what: str, *, project: str | None = None) -> Any:
    """Return the query for the one entity of a type that *what* names.

    Raises:
        NoResultFoundError: there is none.
        MultipleResultsFoundError: there are several; the message lists their ids.
        UnknownAttributeError: entities of this type have no name.
    """
    if is_id(what):
        return _only(_named(session, entity_type, "id", written_id(what)), what)
    types, name = schema_of(session), entity_type.__name__
    if "/" in what and (types.is_a(name, "Context") or name == "Asset"):
        kind, identity = find_path(session, what)
        found = Query(entity_type, session).by_id(identity)
        return _only(found, f"{what}, which is of type {kind}," if not types.is_a(kind, name) else what)
    attribute = entity_type.named_by or "name"
    if types.find_attribute(name, attribute) is None:
        raise UnknownAttributeError(f"{name} entities have no name. Give an id: trackteroid query {name}")
    query = _named(session, entity_type, attribute, what)
    if project is not None:
        query = query.where(Chain("Project", ("name",)) == project)
    return _only(query, what)


def find_path(session: Session, path: str) -> tuple[str, str]:
    """Return the type and the id of what a path names: a project, what is in it, and an asset at its end.

    Raises:
        NoResultFoundError: there is no such path; the message says how far there is one.
        MultipleResultsFoundError: several are called so.
    """
    project, *names = [name for name in path.strip("/").split("/") if name] or [""]
    rows = _rows(session, "Project", {"name": project})
    if not rows:
        near = suggest(project, [each for (each,) in _rows(session, "Project", {}, "name")])
        raise NoResultFoundError(
            f'There is no project "{project}".{near or " See which there are: trackteroid query Project --select name"}'
        )
    kind, identity, here = "Project", str(rows[0][0]), project  # the name of a project occurs once
    for name in names:
        kind, identity = find_below(session, identity, name, here)
        here += f"/{name}"
    return kind, identity


def find_owner(session: Session, what: str) -> Any:
    """Return the collection of the one entity that a path or an id names, for something new to belong to it.

    Raises:
        NoResultFoundError: there is none.
    """
    types = schema_of(session)
    if not is_id(what):
        kind, identity = find_path(session, what)
        return Query(entity_class(kind, types), session).by_id(identity).get_one()
    for kind in _OWNERS:
        found: Any = Query(entity_class(kind, types), session).by_id(written_id(what)).get()
        if found:
            return found
    raise NoResultFoundError(f"There is nothing with the id {what} that something new could belong to.")


def _named(session: Session, entity_type: type[Entity], attribute: str, value: str) -> Any:
    """Return the query for what is called exactly so: a ``%`` in a name is a sign like others."""
    return Query(entity_type, session).where(Chain(entity_type.__name__, (attribute,)) == value)


def _only(query: Any, what: str) -> Any:
    found = query.ids()
    name = query.entity_type.__name__
    if len(found) == 1:
        return query
    if not found:
        raise NoResultFoundError(f"There is no {name} {what}. Look for similar ones: trackteroid query {name}")
    listed = "".join(f"\n  {each}" for each in found[:_LISTED])
    raise MultipleResultsFoundError(
        f"There are {len(found)} {name} entities {what}. Give an id, a path or --project NAME:{listed}"
    )


def find_below(session: Session, parent: str, name: str, here: str) -> tuple[str, str]:
    """Return the type and the id of what has a name below the context with the id *parent*, which is called *here*.

    Raises:
        NoResultFoundError: there is none; the message suggests similar names.
        MultipleResultsFoundError: several are called so.
    """
    for kind, key in _ENDS:
        rows: list[tuple[str]] = _rows(session, kind, {key: parent, "name": name})
        if len(rows) > 1:
            listed = "".join(f"\n  {identity}" for (identity,) in rows[:_LISTED])
            raise MultipleResultsFoundError(f'There are {len(rows)} "{name}" in {here}. Give an id:{listed}')
        for (identity,) in rows:
            if kind != "TypedContext":
                return kind, identity
            found: Any = Query(entity_class(kind), session).by_id(identity).get_one()
            return str(found.values()[0].entity_type), identity
    known = [each for kind, key in _ENDS for (each,) in _rows(session, kind, {key: parent}, "name")]
    near = suggest(name, known) or f" See what there is: trackteroid tree {here} --depth 1"
    raise NoResultFoundError(f'There is no "{name}" in {here}.{near}')


def _rows(session: Session, kind: str, values: dict[str, str], column: str = "id") -> list[Any]:
    query: Any = Query(entity_class(kind), session)
    for attribute, value in values.items():
        query = query.where(Chain(kind, (attribute,)) == value)
    return query.rows([column])
