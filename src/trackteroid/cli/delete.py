"""`trackteroid delete`: what goes, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from trackteroid.chains import Chain
from trackteroid.cli.asking import AskingCommand, asked, names_in, query_of, read_statement
from trackteroid.cli.changing import change, changing_options, manner_of
from trackteroid.cli.completing import complete_types
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.selected import selected
from trackteroid.entities.base import entity_class
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.session import Session

#: What goes with an entity of a type: the type of that, and the paths from that to it.
_WITH: dict[str, tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]] = {
    "Project": (
        ("TypedContext", (("project_id",),)),
        ("Asset", (("parent", "project_id"), ("context_id",))),
        ("AssetVersion", (("asset", "parent", "project_id"), ("asset", "context_id"))),
    ),
    "TypedContext": (
        ("TypedContext", (("ancestors", "id"),)),
        ("Asset", (("context_id",), ("ancestors", "id"))),
        ("AssetVersion", (("asset", "context_id"), ("asset", "ancestors", "id"))),
    ),
    "Asset": (("AssetVersion", (("asset_id",),)),),
    "AssetVersion": (("Component", (("version_id",),)),),
    "List": (("ListObject", (("list_id",),)),),
}


def _python(**given: Any) -> str:
    server = server_of(given)
    with connected(server) as session:
        query = query_of(session, read_statement(given["statement"]), given["criteria"])
        start = server.python(names_in(query), needs_session=True)
        return "\n".join([*start, f"{asked(query, server.session)}.get().delete()", f"{server.session}.commit()"])


@click.command(cls=AskingCommand, python=_python)
@click.argument("statement", shell_complete=complete_types)
@changing_options
@server_options
def delete(**given: Any) -> None:
    """Delete entities, after saying what goes with them.

    \b
    trackteroid delete "Shot where name is 'sh010'" --dry-run

    It always asks, unless --yes says not to.
    """
    manner = manner_of(given)
    with connected(server_of(given)) as session:
        statement = read_statement(given["statement"])
        query = query_of(session, statement, given["criteria"])
        found = selected(query, statement)
        also = list(going_with(session, query.entity_type.__name__, list(found.keys())))
        change(session, found.delete, manner, also=also, ask=True)


def going_with(session: Session, type_name: str, ids: Sequence[str]) -> Iterator[str]:
    """Yield what goes with entities of a type, as far as the schema tells: how many of which type."""
    types = schema_of(session)
    known = next((_WITH[kind] for kind in types.lineage(type_name) if kind in _WITH), ())
    for kind, paths in known:
        if types.find_type(kind) is None:
            continue
        count = _count(session, kind, paths, ids)
        if count:
            yield f"With {'it' if len(ids) == 1 else 'them'}: {count:,} {kind}"


def _count(session: Session, kind: str, paths: Sequence[tuple[str, ...]], ids: Sequence[str]) -> int:
    conditions = [Chain(kind, path).in_(list(ids)) for path in paths]
    condition = conditions[0]
    for other in conditions[1:]:
        condition = condition | other
    query: Any = Query(entity_class(kind, schema_of(session)), session).where(condition)
    itself: Any = query.where(~Chain(kind, ("id",)).in_(list(ids)))
    return itself.count()
