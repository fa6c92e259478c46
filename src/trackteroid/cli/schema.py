"""`trackteroid schema`: what the server says of its types."""

from __future__ import annotations

from typing import Any

import click

from trackteroid.cli.asking import complete_types
from trackteroid.cli.command import Command
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.output import output_of, output_options, write_table
from trackteroid.client.custom_attributes import Finder
from trackteroid.entities.base import entity_class
from trackteroid.schema.types import Schema, schema_of
from trackteroid.session import Session
from trackteroid.tables import Column
from trackteroid.tabular import DataTable


def schema_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid schema` does."""
    server, type_name = server_of(given), given["statement"]
    start = server.python([], needs_session=True)
    found = f"schema_of({server.session})"
    shown = f"{found}.attributes({type_name!r}).values()" if type_name else f"sorted({found}.types)"
    return "\n".join([*start, "from trackteroid.schema.types import schema_of", "", f"print(*{shown}, sep='\\n')"])


@click.command(cls=Command, python=schema_in_python)
@click.argument("statement", metavar="[TYPE]", required=False, shell_complete=complete_types)
@output_options
@server_options
def schema(**given: Any) -> None:
    """Print the entity types of the server, or the attributes of one.

    The attributes come with what they hold, which type they lead to, and whether they can be set; then the custom
    attributes, and the criteria of the type.
    """
    with connected(server_of(given)) as session:
        output, types, name = output_of(given), schema_of(session), given["statement"]
        table = types_of(types) if name is None else attributes_of(session, types, types.type(name).name)
        write_table(table, output, rows=len(types.types) + len(table.columns) + 1_000)


def types_of(types: Schema) -> DataTable:
    """Return the entity types of a server as a table."""
    columns = [Column("type"), Column("kind of"), Column("attributes", "integer"), Column("key")]
    rows = [
        (name, next(iter(types.lineage(name)[1:]), None), len(found.attributes), ", ".join(found.primary_key))
        for name, found in sorted(types.types.items())
    ]
    return DataTable.of("types", columns, rows)


def attributes_of(session: Session, types: Schema, name: str) -> DataTable:
    """Return the attributes of an entity type as a table, with its criteria below."""
    rows: list[tuple[str, str, str | None, str]] = []
    for each, attribute in sorted(types.attributes(name).items()):
        if attribute.kind != "scalar":
            held = {"reference": "one", "collection": "several", "mapped": "keys and values"}[attribute.kind]
        else:
            held = attribute.format if attribute.format in ("date", "date-time") else attribute.type or "anything"
        remarks = {
            "required": attribute.required,
            "computed": attribute.computed,
            "never changes": attribute.immutable and not attribute.computed,
            "cannot be asked for": not attribute.projectable,
        }
        rows.append((each, held, attribute.target, ", ".join(text for text, is_so in remarks.items() if is_so)))
    if types.find_attribute(name, "custom_attributes"):
        rows += [(f"custom_{key}", "custom attribute", None, "") for key in sorted(Finder(session).fitting_keys(name))]
    criteria = (each.replace("_", "-") for each in sorted(entity_class(name, types).criteria) if each[:3] == "by_")
    notes = [f"Criteria: {', '.join(f'--{each}' for each in criteria)}"]
    columns = [Column(each) for each in ("attribute", "holds", "of", "remark")]
    return DataTable.of("attributes", columns, rows, notes=notes)
