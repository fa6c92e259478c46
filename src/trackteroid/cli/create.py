"""`trackteroid create`: something new."""

from __future__ import annotations

from typing import Any

import click

from trackteroid.cli.asking import type_of
from trackteroid.cli.changing import change, changing_options, manner_of
from trackteroid.cli.command import Command
from trackteroid.cli.completing import complete_types, complete_values
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.locating import find_owner
from trackteroid.cli.values import pairs, values_of, written
from trackteroid.collections.change.parents import is_given
from trackteroid.errors import InvalidArgumentsError
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.session import Session


def _python(**given: Any) -> str:
    server = server_of(given)
    with connected(server) as session:
        entity_type = type_of(session, given["statement"])
        near: Any = Query(entity_type, session).get(limit=0)
        values = values_of(session, entity_type.__name__, pairs(given["values"]), is_new=True)
        arguments = [f"{value.target.name}={written(value, near)}" for value in values]
        owner = find_owner(session, given["parent"]) if given["parent"] else None
        kind = "" if owner is None else str(owner.values()[0].entity_type)
        identity = "" if owner is None else owner.keys()
    world = "" if server.is_default else f", {server.session}"
    names = list(dict.fromkeys(filter(None, ["Query", entity_type.__name__, kind])))
    lines = server.python(names, needs_session=True)
    if kind:
        lines.append(f"parent = Query({kind}{world}).by_id({', '.join(map(repr, identity))}).get_one()")
        arguments.append("parent=parent")
    lines.append(f"Query({entity_type.__name__}{world}).get(limit=0).create({', '.join(arguments)})")
    return "\n".join([*lines, f"{server.session}.commit()"])


@click.command(cls=Command, python=_python)
@click.argument("statement", metavar="TYPE", shell_complete=complete_types)
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True, shell_complete=complete_values)
@click.option("--parent", metavar="PATH|ID", help="What it belongs to, such as sync/bc.")
@changing_options
@server_options
def create(**given: Any) -> None:
    """Create an entity.

    \b
    trackteroid create Shot name=sh010 --parent sync/bc
    trackteroid create Task name=comp type=Compositing --parent sync/bc/bc0010 --dry-run

    Names of statuses and types are found as `trackteroid set` finds them.
    """
    manner = manner_of(given)
    with connected(server_of(given)) as session:
        near, arguments = _read(session, given)

        def record() -> None:
            near.create(**arguments)

        change(session, record, manner)


def _read(session: Session, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    entity_type = type_of(session, given["statement"])
    near: Any = Query(entity_type, session).get(limit=0)
    values = values_of(session, entity_type.__name__, pairs(given["values"]), is_new=True)
    owner = find_owner(session, given["parent"]) if given["parent"] else None
    subject = owner.values()[0] if owner is not None else None
    arguments = {value.target.name: value.converted(near, subject) for value in values if value.text}
    if owner is not None:
        return near, {**arguments, "parent": owner}
    types = schema_of(session)
    parents = entity_type.parents
    if parents and not any(is_given(types, entity_type.__name__, name, arguments) for name in parents):
        raise InvalidArgumentsError(
            f"Nothing tells what the new {entity_type.__name__} belongs to. Say so with --parent, a path such as "
            "sync/bc or an id."
        )
    return near, arguments
