"""`trackteroid delete`: what goes, and what goes with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import click

from trackteroid.chains import Chain
from trackteroid.cli.asking import AskingCommand, asked, complete_types, names_in, query_of, read_statement
from trackteroid.cli.changing import change, changing_options, manner_of, selected
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.client.entities import primary_key
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


#: What goes with contexts, assets and versions besides.
_BELONGS = ("notes", "time logs", "assignments", "links", "components", "metadata", "custom values")


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
        also = list(going_with(session, query.entity_type.__name__, found))
        change(session, found.delete, manner, also=also, ask=True)


def going_with(session: Session, type_name: str, found: Any) -> Iterator[str]:
    """Yield what goes with entities of a type: how many of which type, and what lets go of them is not told.

    Servers of ours delete them on trial. Others are asked for what usually goes, and what else there may be is named.
    """
    if session.server_information.get("supports_trial_deletions"):
        yield from _told_by_trial(session, found)
    elif told := list(_told_by_schema(session, type_name, list(found.keys()))):
        yield from told
        yield f"And what belongs to {'it' if len(found) == 1 else 'them'}: {', '.join(_BELONGS)}"


def _told_by_trial(session: Session, found: Any) -> Iterator[str]:
    entities: list[Any] = found.values()
    tried = [
        {"action": "delete", "entity_type": each.entity_type, "entity_key": list(primary_key(each).values())}
        for each in entities
    ]
    trial: Any = [{"action": "_authorize_operation", "operations": tried}]
    answer: dict[str, Any] = session.call(trial)[0]["data"] if tried else {}
    gone: dict[str, int] = answer.get("gone", {})
    left = Counter(gone)
    left.subtract(Counter(str(each.entity_type) for each in entities))
    for kind, count in sorted(left.items(), key=lambda each: (-each[1], each[0])):
        if count > 0:
            yield f"With {'it' if len(entities) == 1 else 'them'}: {count:,} {kind}"
    if answer.get("reason"):
        yield f"The server would refuse it: {answer['reason']}"


def _told_by_schema(session: Session, type_name: str, ids: Sequence[str]) -> Iterator[str]:
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
