"""`trackteroid get`: one entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from ftrack_api.symbol import NOT_SET

from trackteroid.cli.asking import asked, column_of, listed, names_in, names_of_columns, type_of, written_column
from trackteroid.cli.command import Command, json_option, say
from trackteroid.cli.completing import complete_attributes, complete_types
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.locating import locate
from trackteroid.collections.change.names import named_kinds
from trackteroid.display.tables import cell_text
from trackteroid.entities.base import entity_class
from trackteroid.schema.types import Schema, schema_of
from trackteroid.session import Session
from trackteroid.tables import Table


def _python(**given: Any) -> str:
    server = server_of(given)
    with connected(server) as session:
        query, columns = _query(session, given), _columns(session, given)
        names = list(dict.fromkeys([*names_in(query), *names_of_columns(columns)]))
        text = asked(query, server.session)
    shown = f"[{', '.join(map(written_column, columns))}]"
    return "\n".join([*server.python(names), f"print({text}.get_one({shown}).to_dicts({shown}))"])


@click.command(cls=Command, python=_python)
@click.argument("statement", metavar="TYPE", shell_complete=complete_types)
@click.argument("what", metavar="ID|NAME|PATH")
@click.option("--project", metavar="NAME", help="The project that it is in.")
@click.option(
    "--select", metavar="PATHS", help="What to print of it, with commas between.", shell_complete=complete_attributes
)
@json_option
@server_options
def get(**given: Any) -> None:
    """Print one entity: by its id, its name or its path.

    \b
    trackteroid get Shot bc0010 --project sync
    trackteroid get Shot sync/bc/bc0010 --json
    """
    as_json = given["as_json"]
    with connected(server_of(given)) as session:
        query, columns = _query(session, given), _columns(session, given)
        table: Table = query.get_one(columns).table(columns)
        (row,) = [row for page in table.pages() for row in page]
        pairs = [(column, value) for column, value in zip(table.columns, row, strict=True) if value is not NOT_SET]
        width = max(len(column.name) for column, _ in pairs)
        lines = [f"{column.name:{width}}  {cell_text(column, value)}".rstrip() for column, value in pairs]
        say({column.name: column.plain(value) for column, value in pairs}, lines, as_json=as_json)


def _query(session: Session, given: dict[str, Any]) -> Any:
    return locate(session, type_of(session, given["statement"]), given["what"], project=given["project"])


def _columns(session: Session, given: dict[str, Any]) -> Sequence[Any]:
    name = type_of(session, given["statement"]).__name__
    chosen = listed(given["select"])
    return [column_of(session, name, each) for each in chosen or _usual(schema_of(session), name)]


def _usual(types: Schema, name: str) -> list[str]:
    """Return the plain attributes of a type, and the names of what it refers to; what takes long to compute is not."""
    keys = list(types.type(name).primary_key)
    own = types.type(name).attributes.values()
    plain = [each.name for each in own if each.kind == "scalar" and each.projectable and not each.computed]
    named = [
        f"{each.name}.{entity_class(kind, types).named_by}"
        for each in own
        if each.kind == "reference" and each.projectable
        for kind in named_kinds(types, each.target or "")[:1]
        if entity_class(kind, types).named_by
    ]
    is_key = {each.name for each in own if each.is_id and each.name not in keys}
    return [*keys, *sorted(set(plain) - set(keys) - is_key), *sorted(named)]
