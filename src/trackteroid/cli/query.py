"""`trackteroid query` and `get`: ask for many, and print a table; or for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import click
from ftrack_api.symbol import NOT_SET

from trackteroid.cli.asking import (
    AskingCommand,
    asked,
    column_of,
    complete_attributes,
    complete_types,
    listed,
    names_in,
    names_of_columns,
    query_of,
    read_statement,
    type_of,
    written_column,
)
from trackteroid.cli.command import Command, json_option, say
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.locating import locate
from trackteroid.cli.output import output_of, output_options, write_table
from trackteroid.cli.statements import Statement
from trackteroid.collections.change.names import named_kinds
from trackteroid.display.tables import cell_text
from trackteroid.entities.base import entity_class
from trackteroid.errors import InvalidArgumentsError
from trackteroid.schema.types import schema_of
from trackteroid.session import Session
from trackteroid.tables import Table
from trackteroid.tabular import DataTable


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the query, the columns, and which rows.

    Attributes:
        query: the query.
        columns: the columns; None for those that a query asks for by itself.
        statement: the statement, with what options say.
    """

    query: Any
    columns: list[Any] | None
    statement: Statement

    @property
    def window(self) -> dict[str, Any]:
        """The arguments that say which rows there are, without those that change nothing."""
        found = self.statement
        return {
            **({} if found.limit is None else {"limit": found.limit}),
            **({"offset": found.offset} if found.offset else {}),
            **({"order_by": [*found.order_by]} if found.order_by else {}),
            **({"order": found.order} if found.order != "ascending" else {}),
        }

    def table(self) -> DataTable:
        """Return the answer, of which no entities are made."""
        return self.query.table(self.columns, **self.window)


def query_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid query` does."""
    server, output = server_of(given), output_of(given)
    with connected(server) as session:
        found = _asked(session, given)
        columns = None if found.columns is None else f"[{', '.join(map(written_column, found.columns))}]"
        query = asked(found.query, server.session)
        names = list(dict.fromkeys([*names_in(found.query), *names_of_columns(found.columns or [])]))
    window = [f"{name}={value!r}" for name, value in found.window.items()]
    table = f"{query}.table({', '.join([*([columns] if columns else []), *window])})"
    path = repr(str(output.path)) if output.path else ""
    if given["explain"] or given["count"]:
        ending = f"print({query}.{'explain' if given['explain'] else 'count'}())"
    elif output.form == "table":
        ending = f"{table}.show({path})"
    elif output.form == "parquet":
        ending = f"{table}.to_parquet({path})"
    elif output.form == "jsonl":
        ending = f"print({table}.to_json({', '.join(filter(None, [path, 'lines=True']))}), end='')"
    else:
        ending = f"print({table}.to_{output.form}({path}), end='')"
    return "\n".join([*server.python(names), ending])


@click.command(cls=AskingCommand, python=query_in_python)
@click.argument("statement", shell_complete=complete_types)
@click.option(
    "--select",
    metavar="PATHS",
    help="Columns, with commas between them: name,status.name,Task.Status.name.",
    shell_complete=complete_attributes,
)
@click.option("--limit", type=click.IntRange(0), help="How many rows at most.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many to leave out at the beginning.")
@click.option(
    "--order-by", metavar="PATHS", help="What to order by, with commas between.", shell_complete=complete_attributes
)
@click.option("--descending", is_flag=True, help="The largest first.")
@output_options
@click.option("--count", is_flag=True, help="Print how many there are.")
@click.option("--explain", is_flag=True, help="Print what would be asked, and how, without asking.")
@server_options
def query(**given: Any) -> None:
    """Ask for entities: a type, a type with a condition, or a whole query.

    \b
    trackteroid query "Shot where status.name is 'In progress'"
    trackteroid query Shot --by-name 'sh%' --by-project sync --select name,Task.Status.name
    trackteroid query "select name from Task order by name limit 10" --json

    Every criterion of the type is an option; of those given several times, one value has to match. --not-by-... demands
    the opposite. A related type stands before what is asked of it: --by-task-status Done; --by-project NAME asks for
    its name. Ranges are START..END, keys KEY=VALUE.
    """
    as_json = given["as_json"]
    with connected(server_of(given)) as session:
        output, found = output_of(given), _asked(session, given)
        if given["explain"]:
            text = str(found.query.explain())
            say({"query": str(found.query), "explanation": text}, [text], as_json=as_json)
        elif given["count"]:
            count = found.query.count()
            say({"count": count}, [str(count)], as_json=as_json)
        else:
            write_table(found.table(), output, rows=found.statement.limit)


def _asked(session: Session, given: dict[str, Any]) -> Asked:
    statement = read_statement(given["statement"], limit=given["limit"], offset=given["offset"])
    if order_by := listed(given["order_by"]):
        statement = replace(statement, order_by=tuple(order_by), order="ascending")
    if given["descending"]:
        statement = replace(statement, order="descending")
    found = query_of(session, statement, given["criteria"])
    name = found.entity_type.__name__
    names = listed(given["select"]) or list(statement.select)
    if given["select"] is not None and not names:
        raise InvalidArgumentsError("--select names no column: --select name,status.name")
    columns = [column_of(session, name, each) for each in names] or None
    return Asked(found, columns, statement)


def get_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid get` does."""
    server = server_of(given)
    with connected(server) as session:
        query, columns = _one(session, given)
        names = list(dict.fromkeys([*names_in(query), *names_of_columns(columns)]))
        text = asked(query, server.session)
    shown = f"[{', '.join(map(written_column, columns))}]"
    return "\n".join([*server.python(names), f"print({text}.get_one({shown}).to_dicts({shown}))"])


@click.command(cls=Command, python=get_in_python)
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
        query, columns = _one(session, given)
        table: Table = query.get_one(columns).table(columns)
        (row,) = [row for page in table.pages() for row in page]
        pairs = [(column, value) for column, value in zip(table.columns, row, strict=True) if value is not NOT_SET]
        width = max(len(column.name) for column, _ in pairs)
        lines = [f"{column.name:{width}}  {cell_text(column, value)}".rstrip() for column, value in pairs]
        say({column.name: column.plain(value) for column, value in pairs}, lines, as_json=as_json)


def _one(session: Session, given: dict[str, Any]) -> tuple[Any, Sequence[Any]]:
    """Return the query for one entity, and its columns.

    Usually these are its plain attributes, and the names of what it refers to; what takes long to compute is not.
    """
    entity_type, types = type_of(session, given["statement"]), schema_of(session)
    name = entity_type.__name__
    query = locate(session, entity_type, given["what"], project=given["project"])
    chosen = listed(given["select"])
    if not chosen:
        keys, own = types.type(name).primary_key, types.type(name).attributes.values()
        plain = {each.name for each in own if each.kind == "scalar" and each.projectable and not each.computed}
        named = [
            f"{each.name}.{entity_class(kind, types).named_by}"
            for each in own
            if each.kind == "reference" and each.projectable
            for kind in named_kinds(types, each.target or "")[:1]
            if entity_class(kind, types).named_by
        ]
        is_key = {each.name for each in own if each.is_id}
        chosen = [*keys, *sorted(plain - {*keys} - is_key), *sorted(named)]
    return query, [column_of(session, name, each) for each in chosen]
