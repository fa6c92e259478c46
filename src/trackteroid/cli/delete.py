"""`trackteroid delete`: what goes, and what goes with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import reduce
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


def delete_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid delete` does."""
    server = server_of(given)
    with connected(server) as session:
        query = query_of(session, read_statement(given["statement"]), given["criteria"])
        start = server.python(names_in(query), needs_session=True)
        return "\n".join([*start, f"{asked(query, server.session)}.get().delete()", f"{server.session}.commit()"])


@click.command(cls=AskingCommand, python=delete_in_python)
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
    it = "it" if len(found) == 1 else "them"
    is_ours = bool(session.server_information.get("supports_trial_deletions"))
    counts, refusal = _tried(session, found) if is_ours else (_counted(session, type_name, list(found.keys())), "")
    for kind, count in counts.items():
        yield f"With {it}: {count:,} {kind}"
    if refusal:
        yield f"The server would refuse it: {refusal}"
    if counts and not is_ours:
        yield f"And what belongs to {it}: {', '.join(_BELONGS)}"


def _tried(session: Session, found: Any) -> tuple[dict[str, int], str]:
    """Return what a trial deletes besides, by type, most first, and why the server would refuse."""
    entities: list[Any] = found.values()
    tried = [
        {"action": "delete", "entity_type": each.entity_type, "entity_key": list(primary_key(each).values())}
        for each in entities
    ]
    trial: Any = [{"action": "_authorize_operation", "operations": tried}]
    answer: dict[str, Any] = session.call(trial)[0]["data"] if tried else {}
    left = Counter[str](answer.get("gone", {}))
    left.subtract(Counter(str(each.entity_type) for each in entities))
    counts = {kind: count for kind, count in sorted(left.items(), key=lambda each: (-each[1], each[0])) if count > 0}
    return counts, answer.get("reason") or ""


def _counted(session: Session, type_name: str, ids: list[str]) -> dict[str, int]:
    """Return what is below entities of a type, by type."""
    types, counts = schema_of(session), dict[str, int]()
    for kind, paths in next((_WITH[each] for each in types.lineage(type_name) if each in _WITH), ()):
        if types.find_type(kind) is None:
            continue
        below = reduce(lambda one, other: one | other, (Chain(kind, path).in_(ids) for path in paths))
        others: Any = Query(entity_class(kind, types), session).where(below).where(~Chain(kind, ("id",)).in_(ids))
        if count := others.count():
            counts[kind] = count
    return counts
