"""Batches: one transaction, checks at the end, and a record of what became of every row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import Operation, Server, builtin_id, create, delete, fresh_server, update
from trackteroid.server.core.changes import Changes, Row
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.model import standard_model


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


@pytest.fixture
def project(server: Server) -> str:
    return server.project()


def test_a_reference_may_lead_to_what_comes_later(server: Server, project: str) -> None:
    server.apply(
        create("AssetVersion", "v", asset_id="a", task_id="t", thumbnail_id="c"),
        create("FileComponent", "c"),
        create("Task", "t", name="t", parent_id=project),
        create("Asset", "a", name="a", context_id=project),
    )
    assert server.dangling() == []


def test_a_reference_to_what_goes_later_is_cleared_or_goes_too(server: Server, project: str) -> None:
    server.apply(
        create("FileComponent", "c"),
        create("Task", "t", name="t", parent_id=project, thumbnail_id="c"),
        create("Timelog", "l", context_id="t"),
        delete("FileComponent", "c"),
    )
    assert server.row("Context", "t")["thumbnail_id"] is None
    server.apply(create("Timelog", "m", context_id="t"), delete("Task", "t"))
    assert server.rows("Timelog") == []


def test_an_entity_that_gets_complete_later_is_complete(server: Server, project: str) -> None:
    schema = server.row("Context", project)["project_schema_id"]
    server.apply(
        create("Schema", "s", project_schema_id=schema),
        update("Schema", "s", type_id=builtin_id("ObjectType", "Folder")),
        create("Scope", "incomplete"),
        delete("Scope", "incomplete"),
    )
    (row,) = server.rows("Schema", id="s")
    assert row["object_type_id"] == builtin_id("ObjectType", "Folder")


def test_an_entity_that_loses_what_it_needs_is_told(server: Server) -> None:
    server.apply(create("Scope", "s", name="a"))
    with pytest.raises(ValidationError, match=r"Scope \(id s\) lacks a value for name\."):
        server.apply(update("Scope", "s", name=None))


BROKEN: list[Operation] = [
    create("Task", "x", name="x", parent_id="PROJECT", type_id="gone"),
    create("Asset", "x", name="x", context_id="gone"),
    create("Metadata", parent_id="gone", key="k", parent_type="Task", value="v"),
    create("Metadata", parent_id="gone", key="k", parent_type="Project", value="v"),
    create("Appointment", "x", context_id="PROJECT", resource_id="gone", type="assignment"),
    create("TypedContextLink", "x", from_id="PROJECT", to_id="gone"),
    create("Recipient", note_id="gone", resource_id="gone"),
    create("Component", "x", container_id="gone"),
    create("ReviewSession", "x", project_id="gone"),
]


@pytest.mark.parametrize("operation", BROKEN, ids=lambda operation: operation["entity_type"])
def test_a_reference_to_nothing_fails_in_words_and_undoes_the_batch(
    server: Server, project: str, operation: Operation
) -> None:
    data = {name: project if value == "PROJECT" else value for name, value in operation["entity_data"].items()}
    with pytest.raises(IntegrityError, match=r"refers to .* gone \(\w+\), which does not exist\."):
        server.apply(create("Scope", "s", name="a"), {**operation, "entity_data": data})
    assert server.rows("Scope") == []


def test_every_row_that_was_touched_is_recorded(server: Server, project: str) -> None:
    begun = builtin_id("Status", "In progress")
    server.apply(
        create("Task", "t", name="t", parent_id=project),
        update("Task", "t", name="u"),
        update("Project", project, name="renamed"),
    )
    task, log, renamed = server.changes
    assert (task.kind, task.row.type.name, task.new["name"], task.old) == ("create", "Task", "u", {})
    assert (log.kind, log.row.type.name) == ("create", "TypedContextStatusChange")
    assert (renamed.kind, renamed.new) == ("update", {"name": "renamed"})
    server.apply(update("Task", "t", status_id=begun))
    changed, _ = server.changes
    assert (changed.old["status_id"], changed.new["status_id"]) == (builtin_id("Status", "Not started"), begun)


def test_writing_what_is_there_already_touches_nothing(server: Server, project: str) -> None:
    server.apply(update("Project", project, name=server.row("Context", project)["name"]))
    assert server.changes == []


#: Steps on one row -> what is recorded: kind, old, new. Numbers are values of the column n.
MERGED: list[tuple[str, tuple[Any, ...] | None]] = [
    ("create", ("create", {}, {"id": "s", "n": 1})),
    ("create update", ("create", {}, {"id": "s", "n": 2})),
    ("create delete", None),
    ("create update delete", None),
    ("update", ("update", {"n": 0}, {"n": 2})),
    ("update back", None),
    ("update back update", ("update", {"n": 0}, {"n": 2})),
    ("delete", ("delete", {"id": "s", "n": 0}, {})),
    ("update delete", ("delete", {"id": "s", "n": 0}, {})),
    ("delete create", ("update", {"n": 0}, {"n": 1})),
    ("delete create update", ("update", {"n": 0}, {"n": 2})),
    ("delete create delete", ("delete", {"id": "s", "n": 0}, {})),
]


@pytest.mark.parametrize(("steps", "expected"), MERGED)
def test_steps_on_one_row_add_up(steps: str, expected: tuple[Any, ...] | None) -> None:
    changes, scope = Changes(), standard_model().type("Scope")
    row = Row(scope, ("s",), {"id": "s", "n": 0})
    for step in steps.split():
        if step == "create":
            row = Row(scope, ("s",), {"id": "s", "n": 1})
            changes.created(row)
        elif step in ("update", "back"):
            old = {"n": row.values["n"]}
            row.values["n"] = 2 if step == "update" else 0
            changes.updated(row, old)
        else:
            changes.deleted(row)
    recorded = [(change.kind, change.old, change.new) for change in changes]
    assert recorded == ([] if expected is None else [expected])
    assert changes.is_gone(scope, ("s",)) == steps.endswith("delete")
