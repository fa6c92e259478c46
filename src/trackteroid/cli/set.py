"""`trackteroid set`: change attributes."""

from __future__ import annotations

from typing import Any

import click

from trackteroid.cli.asking import AskingCommand, asked, names_in, query_of, read_statement
from trackteroid.cli.changing import change, changing_options, manner_of
from trackteroid.cli.completing import complete_types, complete_values
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.selected import selected
from trackteroid.cli.values import Value, pairs, values_of, written
from trackteroid.importing.targets import held_by, is_same
from trackteroid.schema.types import schema_of
from trackteroid.session import Session


def _python(**given: Any) -> str:
    server = server_of(given)
    with connected(server) as session:
        query, values = _read(session, given)
        near = query.get(limit=0)
        lines = [f"found.{value.target.name} = {written(value, near)}" for value in values]
        attributes = [value.target.attribute.name for value in values]
        fetch = f"found = {asked(query, server.session)}.get({attributes!r})"
        start = server.python(names_in(query), needs_session=True)
    return "\n".join([*start, fetch, *lines, f"{server.session}.commit()"])


@click.command("set", cls=AskingCommand, python=_python)
@click.argument("statement", shell_complete=complete_types)
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True, shell_complete=complete_values)
@changing_options
@server_options
def set_(**given: Any) -> None:
    """Change attributes of entities.

    \b
    trackteroid set "Shot where name is 'bc0010'" status="In progress" description="With rain"
    trackteroid set Task --by-project sync --by-type Compositing bid=3 custom_fps=24 --dry-run

    Text becomes what the attribute holds, and a name what is called so, such as a status. Nothing behind the sign takes
    the value away. What has the value already is left alone. More than ten changes are only made after a question.
    """
    manner = manner_of(given)
    with connected(server_of(given)) as session:
        query, values = _read(session, given)
        types = schema_of(session)
        paths = [path for value in values for path in value.target.paths(types)]
        found = selected(query, read_statement(given["statement"]), paths)
        change(session, lambda: _record(found, values), manner)


def _read(session: Session, given: dict[str, Any]) -> tuple[Any, list[Value]]:
    query = query_of(session, read_statement(given["statement"]), given["criteria"])
    return query, values_of(session, query.entity_type.__name__, pairs(given["values"]))


def _record(found: Any, values: list[Value]) -> None:
    """Change what is not so already."""
    for value in values:
        new = [(entity, value.converted(found, entity)) for entity in found.values()]
        changed = [(entity, each) for entity, each in new if not is_same(held_by(value.target, entity), each)]
        if changed:
            part = found.from_entities([entity for entity, _ in changed])
            setattr(part, value.target.name, [each for _, each in changed])
