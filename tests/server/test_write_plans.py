"""How databases go about what is written: where an index could lead to the rows, nothing that grows is read as a whole.

On PostgreSQL a transaction that has read a whole table is also in the way of every other one that changes any of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from server.guarded import Operation, create, delete, update
from server.planned import Planned, Statement, fill
from trackteroid.server import EmbeddedServer
from trackteroid.server.storage.builtin import find_id

#: What is done -> the operations; names in braces are ids of the production.
WRITES: dict[str, list[Operation]] = {
    "a task gets a description": [update("Task", "{Task}", description="said")],
    "a task gets a name": [update("Task", "{Task}", name="another one")],
    "a task gets a status": [update("Task", "{Task}", status_id="{status}")],
    "several tasks are made": [create("Task", "{new}", name="a", parent_id="{Shot}"),
                               create("Task", "{second}", name="b", parent_id="{Shot}")],
    "a shot is made": [create("Shot", "{new}", name="new one", parent_id="{Sequence}")],
    "a shot is moved": [update("Shot", "{Shot}", parent_id="{Project}")],
    "a version is published": [create("AssetVersion", "{new}", asset_id="{Asset}", task_id="{Task}")],
    "a component is added": [create("FileComponent", "{new}", name="main", version_id="{AssetVersion}")],
    "a note is written on a task": [create("Note", "{new}", content="well", parent_id="{Task}", parent_type="Task")],
    "a note is written on a version": [
        create("Note", "{new}", content="well", parent_id="{AssetVersion}", parent_type="AssetVersion")
    ],
    "time is logged": [create("Timelog", "{new}", context_id="{Task}", user_id="{User}", duration=60)],
    "metadata is set": [create("Metadata", parent_id="{Shot}", parent_type="Shot", key="k", value="v")],
    "somebody is assigned": [
        create("Appointment", "{new}", context_id="{Task}", resource_id="{User}", type="assignment")
    ],
    "several custom attributes are set": [
        create("CustomAttributeValue", configuration_id="c0", entity_id="{Task}", value=1),
        create("CustomAttributeValue", configuration_id="c1", entity_id="{Shot}", value=1),
    ],
    "a version is deleted": [delete("AssetVersion", "{AssetVersion}")],
    "a task is deleted": [delete("Task", "{Task}")],
    "a shot is deleted with what is below it": [delete("Shot", "{Shot}")],
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'writes.db'}")
    fill(server.database)
    yield server
    server.close()


@pytest.mark.parametrize("done", WRITES)
def test_an_index_leads_to_what_a_change_needs(server: EmbeddedServer, done: str) -> None:
    with server.database.begin(write=False) as connection:
        names = Planned(connection).names | {"status": find_id("Status", "In progress")}
    names |= {"new": str(uuid.uuid4()), "second": str(uuid.uuid4())}
    statements = said(server, filled(WRITES[done], names))
    with server.database.begin(write=False) as connection:
        reads = Planned(connection).reads_of(statements)
    assert not reads, "\n\n".join(reads.values())


def said(server: EmbeddedServer, operations: list[Operation]) -> list[Statement]:
    """The statements of a call; of those for many rows, for the first of them."""
    statements: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            statements.append((statement, parameters[0] if is_many else parameters))

    sa.event.listen(server.database.engine, "before_cursor_execute", note)
    try:
        server.call(operations)
    finally:
        sa.event.remove(server.database.engine, "before_cursor_execute", note)
    assert statements
    return statements


def filled(value: Any, names: dict[str, str]) -> Any:
    """Operations with ids in the place of names."""
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    return value.format(**names) if isinstance(value, str) else value


def test_parts_are_written_with_their_project(server: EmbeddedServer) -> None:
    with server.database.begin(write=False) as connection:
        names = Planned(connection).names | {"new": str(uuid.uuid4()), "place": find_id("Location", "ftrack.unmanaged")}
    statements = said(
        server,
        filled(
            [
                create("Metadata", parent_id="{AssetVersion}", parent_type="AssetVersion", key="of one", value="v"),
                create("FileComponent", "{new}", name="another", version_id="{AssetVersion}"),
                create("ComponentLocation", component_id="{new}", location_id="{place}"),
                create("Metadata", parent_id="{new}", parent_type="FileComponent", key="k", value="v"),
            ],
            names,
        ),
    )
    assert not [text for text, _ in statements if text.startswith(("UPDATE metadata", "UPDATE component_location"))]
