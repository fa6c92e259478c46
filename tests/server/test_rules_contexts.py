"""What the server does for contexts: projects, ancestors, types, statuses and moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.writing import ADA, BOB, LATER, NOW, Server, builtin_id, create, delete, fresh_server, new_id, ref, update
from trackteroid.server.core.failures import IntegrityError, ValidationError


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


@pytest.fixture
def project(server: Server) -> str:
    return server.project()


def test_who_made_a_context_and_when(server: Server, project: str) -> None:
    shot = server.one(create("Shot", name="s", parent_id=project), now=LATER, actor=BOB)
    assert shot["created_by_id"] == BOB
    assert shot["created_at"]["value"] == LATER
    assert server.row("Context", project)["created_by_id"] == ADA
    given = server.one(create("Shot", name="t", parent_id=project, created_by_id=ADA, created_at="2020-01-01"))
    assert (given["created_by_id"], given["created_at"]["value"]) == (ADA, "2020-01-01T00:00:00")


def test_a_project_is_its_own_project(server: Server, project: str) -> None:
    row = server.row("Context", project)
    assert (row["project_id"], row["parent_id"], row["context_type"], row["status"]) == (
        project,
        None,
        "show",
        "active",
    )
    assert server.ancestors(project) == []


def test_entities_without_an_id_of_their_own_find_their_place(server: Server) -> None:
    project = server.one(create("Project", name="p"))
    shot = server.one(create("Shot", name="s", parent=ref("Project", project["id"])))
    assert server.row("Context", project["id"])["project_id"] == project["id"]
    assert server.ancestors(shot["id"]) == [project["id"]]


def test_a_project_without_schema_gets_the_first(server: Server) -> None:
    answer = server.one(create("Project", name="p"))
    names = {row["id"]: row["name"] for row in server.rows("ProjectSchema")}
    assert names[answer["project_schema_id"]] == min(names.values())


def test_the_project_of_a_context_is_that_of_its_parent(server: Server, project: str) -> None:
    other = server.project()
    sequence = server.one(create("Sequence", name="q", parent=ref("Project", project), project_id=other))
    assert sequence["project_id"] == project
    shot = server.one(create("Shot", name="s", parent_id=sequence["id"]))
    assert shot["project_id"] == project
    assert server.ancestors(shot["id"]) == [sequence["id"], project]


def test_a_context_may_be_made_before_what_is_above_it(server: Server) -> None:
    server.apply(
        create("Task", "t", name="t", parent_id="s"),
        create("Shot", "s", name="s", parent_id="q"),
        create("Project", "p", name="p"),
        create("Sequence", "q", name="q", parent_id="p"),
        create("Task", "u", name="u", parent_id="s"),
    )
    assert server.ancestors("t") == server.ancestors("u") == ["s", "q", "p"]
    assert {row["project_id"] for row in server.rows("Context")} == {"p"}


@pytest.mark.parametrize("parents", [("a",), ("b", "a"), ("b", "c", "a")], ids=len)
def test_contexts_cannot_be_above_each_other(server: Server, parents: tuple[str, ...]) -> None:
    circle = [create("Folder", own, name=own, parent_id=parent) for own, parent in zip("abc", parents, strict=False)]
    with pytest.raises(IntegrityError, match="which is below it or itself"):
        server.apply(*circle)


def test_waiting_for_a_parent_ends_with_the_context(server: Server, project: str) -> None:
    other = server.context("Sequence", project)
    server.apply(
        create("Task", "gone", name="gone", parent_id="s"),
        delete("Task", "gone"),
        create("Task", "again", name="again", parent_id="s"),
        delete("Task", "again"),
        create("Task", "again", name="again", parent_id="s"),
        create("Task", "elsewhere", name="elsewhere", parent_id="s"),
        delete("Task", "elsewhere"),
        create("Task", "elsewhere", name="elsewhere", parent_id=other),
        create("Task", "moved", name="moved", parent_id="s"),
        update("Task", "moved", parent_id=other),
        create("Shot", "s", name="s", parent_id=project),
    )
    assert server.ancestors("again") == ["s", project]
    assert server.ancestors("elsewhere") == server.ancestors("moved") == [other, project]
    assert server.ancestors("gone") == []
    assert server.dangling() == []


def test_a_context_needs_a_parent_that_exists(server: Server, project: str) -> None:
    with pytest.raises(IntegrityError, match=r"Shot .* refers to Context gone \(parent_id\), which does not exist"):
        server.context("Shot", "gone")
    with pytest.raises(ValidationError, match=r'Shot "s" \(id .*\) lacks a value for parent_id'):
        server.apply(create("Shot", name="s"))
    shot = server.context("Shot", project)
    with pytest.raises(ValidationError, match="lacks a value for parent_id"):
        server.apply(update("Shot", shot, parent=None))


def test_a_project_has_nothing_above_it(server: Server, project: str) -> None:
    other = server.project()
    with pytest.raises(ValidationError, match="cannot have a parent"):
        server.apply(update("Project", project, parent_id=other))
    with pytest.raises(ValidationError, match="is its own id"):
        server.apply(update("Project", project, project_id=other))


class TestMoves:
    @pytest.fixture
    def tree(self, server: Server, project: str) -> dict[str, str]:
        a, b = server.context("Sequence", project), server.context("Sequence", project)
        shot = server.context("Shot", a)
        return {"project": project, "a": a, "b": b, "shot": shot, "task": server.context("Task", shot)}

    def test_a_branch_moves_as_a_whole(self, server: Server, tree: dict[str, str]) -> None:
        answer = server.one(update("Shot", tree["shot"], parent=ref("Sequence", tree["b"])))
        assert answer["parent"] == ref("Sequence", tree["b"])
        assert server.ancestors(tree["shot"]) == [tree["b"], tree["project"]]
        assert server.ancestors(tree["task"]) == [tree["shot"], tree["b"], tree["project"]]
        assert server.rows("ContextAncestor", ancestor_id=tree["a"]) == []

    def test_a_move_to_another_project_takes_the_branch_there(self, server: Server, tree: dict[str, str]) -> None:
        other = server.project()
        answer = server.one(update("Sequence", tree["a"], parent_id=other))
        assert answer["project_id"] == other
        moved = {change.row.key[0]: change.new for change in server.changes}
        assert set(moved) == {tree["a"], tree["shot"], tree["task"]}
        assert {server.row("Context", key)["project_id"] for key in moved} == {other}
        assert server.ancestors(tree["task"]) == [tree["shot"], tree["a"], other]
        assert server.row("Context", tree["b"])["project_id"] == tree["project"]

    @pytest.mark.parametrize("below", ["a", "shot", "task"])
    def test_nothing_moves_below_itself(self, server: Server, tree: dict[str, str], below: str) -> None:
        with pytest.raises(IntegrityError, match="which is below it or itself"):
            server.apply(update("Sequence", tree["a"], parent_id=tree[below]))
        assert server.ancestors(tree["task"]) == [tree["shot"], tree["a"], tree["project"]]

    def test_later_operations_see_a_move(self, server: Server, tree: dict[str, str]) -> None:
        server.apply(
            update("Shot", tree["shot"], parent_id=tree["b"]),
            create("Task", "new", name="new", parent_id=tree["shot"]),
            update("Sequence", tree["a"], parent_id=tree["shot"]),
            delete("Sequence", tree["b"]),
        )
        assert [row["id"] for row in server.rows("Context")] == [tree["project"]]
        assert server.rows("ContextAncestor") == []


STARTS = [
    ("Task", "Not started"),
    ("Shot", "Not started"),
    ("Milestone", "Not started"),
    ("AssetBuild", "Not started"),
    ("Folder", None),
    ("Sequence", None),
]


@pytest.mark.parametrize(("kind", "status"), STARTS)
def test_contexts_start_with_a_status_their_project_schema_allows(
    server: Server, project: str, kind: str, status: str | None
) -> None:
    answer = server.one(create(kind, name="x", parent_id=project))
    assert answer.get("status_id") == (status and builtin_id("Status", status))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=["down", "up", "mixed"])
def test_contexts_start_alike_in_whatever_order_a_batch_makes_them(
    server: Server, project: str, order: tuple[int, ...]
) -> None:
    sequence, shot, task = new_id(), new_id(), new_id()
    operations = (
        create("Sequence", sequence, name="s", parent_id=project),
        create("Shot", shot, name="s", parent_id=sequence),
        create("Task", task, name="t", parent_id=shot),
    )
    server.apply(*(operations[place] for place in order))
    started = [(row["status_id"], row["type_id"]) for row in (server.row("Context", task), server.row("Context", shot))]
    expected = server.one(create("Task", name="u", parent_id=project))
    start = builtin_id("Status", "Not started")
    assert started == [(start, expected["type_id"]), (start, None)]
    assert [change["status_id"] for change in server.rows("StatusChange", parent_id=task)] == [start]


def test_what_a_context_is_given_stays_when_its_parent_comes_later(server: Server, project: str) -> None:
    shot, task, done = new_id(), new_id(), builtin_id("Status", "Completed")
    server.apply(
        create("Task", task, name="t", parent_id=shot, status_id=done),
        create("Shot", shot, name="s", parent_id=project),
    )
    assert server.row("Context", task)["status_id"] == done
    assert len(server.rows("StatusChange", parent_id=task)) == 1


def test_a_context_moved_below_a_new_parent_keeps_its_empty_status(server: Server, project: str) -> None:
    folder, task = new_id(), server.context("Task", project)
    server.apply(update("Task", task, status_id=None))
    server.apply(update("Task", task, parent_id=folder), create("Folder", folder, name="f", parent_id=project))
    assert server.row("Context", task)["status_id"] is None


def test_the_type_of_a_task_can_bring_a_workflow_of_its_own(server: Server, project: str) -> None:
    schema, kind = server.row("Context", project)["project_schema_id"], builtin_id("Type", "FX")
    review, done = builtin_id("Status", "Pending Review"), builtin_id("Status", "Completed")
    workflow = server.one(create("WorkflowSchema", statuses=[ref("Status", review), ref("Status", done)]))["id"]
    override = create("ProjectSchemaOverride", project_schema_id=schema, type_id=kind, workflow_schema_id=workflow)
    before, _, after = server.apply(
        create("Task", name="before", parent_id=project, type_id=kind),
        override,
        create("Task", name="after", parent_id=project, type_id=kind),
    )
    assert before["status_id"] == builtin_id("Status", "Not started")
    assert after["status_id"] == min(review, done)


def test_only_object_types_with_types_get_one(server: Server, project: str) -> None:
    task, shot = server.apply(create("Task", name="t", parent_id=project), create("Shot", name="s", parent_id=project))
    (schema,) = server.rows("ProjectSchema", id=server.row("Context", project)["project_schema_id"])
    allowed = {row["type_id"] for row in server.rows("TaskTypeSchemaType")}
    assert task["type_id"] in allowed
    assert schema["task_type_schema_id"] is not None
    assert "type_id" not in shot


@pytest.mark.parametrize("given", [{"status": None}, {}])
def test_an_empty_status_is_filled(server: Server, project: str, given: dict[str, Any]) -> None:
    answer = server.one(create("Task", name="t", parent_id=project, **given))
    assert answer["status_id"] == builtin_id("Status", "Not started")


def test_status_changes_are_logged(server: Server, project: str) -> None:
    begun = builtin_id("Status", "In progress")
    task = server.context("Task", project)
    first = server.row("Context", task)["status_id"]
    server.apply(update("Task", task, status_id=begun), now=LATER, actor=BOB)
    server.apply(update("Task", task, status_id=begun, name="same"), now=LATER)
    log = sorted(server.rows("StatusChange", parent_id=task), key=lambda row: row["date"])
    seen = [(row["date"], row["from_status_id"], row["status_id"], row["user_id"]) for row in log]
    assert seen == [(NOW, None, first, ADA), (LATER, first, begun, BOB)]
    assert {(row["concrete_type"], row["parent_type"]) for row in log} == {("TypedContextStatusChange", "Task")}


def test_a_scope_may_get_its_name_later_in_the_batch(server: Server) -> None:
    first, second = new_id(), new_id()
    server.apply(create("Scope", first), create("Scope", second, name="b"), update("Scope", first, name="a"))
    assert {row["name"] for row in server.rows("Scope")} == {"a", "b"}
    with pytest.raises(ValidationError, match=r"Scope \(id .*\) lacks a value for name\."):
        server.apply(create("Scope"))
