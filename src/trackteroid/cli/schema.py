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
from trackteroid.schema.types import AttributeSchema, Schema, schema_of
from trackteroid.session import Session
from trackteroid.tables import Column
from trackteroid.tabular import DataTable


def _python(**given: Any) -> str:
    server, type_name = server_of(given), given["statement"]
    start = server.python([], needs_session=True)
    found = f"schema_of({server.session})"
    shown = f"{found}.attributes({type_name!r}).values()" if type_name else f"sorted({found}.types)"
    return "\n".join([*start, "from trackteroid.schema.types import schema_of", "", f"print(*{shown}, sep='\\n')"])


@click.command(cls=Command, python=_python)
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
        table = _types(types) if name is None else _attributes(session, types, types.type(name).name)
        write_table(table, output, rows=len(types.types) + len(table.columns) + 1_000)


def _types(types: Schema) -> DataTable:
    columns = [Column("type"), Column("kind of"), Column("attributes", "integer"), Column("key")]
    rows = [
        (name, next(iter(types.lineage(name)[1:]), None), len(found.attributes), ", ".join(found.primary_key))
        for name, found in sorted(types.types.items())
    ]
    return DataTable.of("types", columns, rows)


def _attributes(session: Session, types: Schema, name: str) -> DataTable:
    known = sorted(types.attributes(name).items())
    rows = [(each, _held(attribute), attribute.target, _remark(attribute)) for each, attribute in known]
    if types.find_attribute(name, "custom_attributes"):
        rows += [(f"custom_{key}", "custom attribute", None, "") for key in sorted(Finder(session).fitting_keys(name))]
    criteria = (
        f"--{each.replace('_', '-')}" for each in sorted(entity_class(name, types).criteria) if each[:3] == "by_"
    )
    notes = [f"Criteria: {', '.join(criteria)}"]
    return DataTable.of(
        "attributes", [Column(each) for each in ("attribute", "holds", "of", "remark")], rows, notes=notes
    )


def _held(attribute: AttributeSchema) -> str:
    if attribute.kind == "scalar":
        return attribute.format if attribute.format in ("date", "date-time") else attribute.type or "anything"
    return {"reference": "one", "collection": "several", "mapped": "keys and values"}[attribute.kind]


def _remark(attribute: AttributeSchema) -> str:
    found = {
        "required": attribute.required,
        "computed": attribute.computed,
        "never changes": attribute.immutable and not attribute.computed,
        "cannot be asked for": not attribute.projectable,
    }
    return ", ".join(text for text, is_so in found.items() if is_so)
