"""What a whole site shares is changed on purpose only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trackteroid import AssetVersion, ObjectType, Project, ProjectSchema, Session, Status, Task, Type
from trackteroid.entities import entity_class
from trackteroid.errors import EntityCollectionOperationError, SharedVocabularyError
from trackteroid.schema.types import Schema
from trackteroid.server.model import standard_model


@pytest.fixture
def tasks(ask: Any) -> Any:
    return ask(Task).get_all(limit=3, projections=["status.name", "type.name", "status.state.name"])


def test_the_assignment_that_was_meant_is_named(tasks: Any, session: Session) -> None:
    with pytest.raises(SharedVocabularyError) as refusal:
        tasks.status[0].name = "Approved"
    assert str(refusal.value).endswith(
        "would change it for the whole site. To change which one EntityCollection[Task]{3} has: "
        "`tasks.status = 'Approved'`. To do it for everybody, do it in a block: `with session.editing_vocabulary():`."
    )
    with pytest.raises(SharedVocabularyError, match=r"`task\.status = 'x'`"):
        tasks[0].status.name = "x"
    assert not session.recorded_operations


@pytest.mark.parametrize(
    "change",
    [
        lambda tasks: setattr(tasks.status, "name", "x"),
        lambda tasks: setattr(tasks.Status, "color", "#ffffff"),
        lambda tasks: tasks.status.apply(lambda _: "x", "name"),
        lambda tasks: setattr(tasks.status, "attributes.sort", 1) or setattr(tasks.status.attributes, "sort", 1),
        lambda tasks: setattr(tasks, "State", "Done"),
        lambda tasks: tasks.status.delete(),
        lambda tasks: tasks.type[0].delete(),
        lambda tasks: setattr(tasks.type, "is_billable", True),
    ],
)
def test_whatever_way_it_is_changed(tasks: Any, session: Session, change: Callable[[Any], object]) -> None:
    with pytest.raises((SharedVocabularyError, AttributeError)):
        change(tasks)
    assert not session.recorded_operations


def test_which_one_something_has_is_not_guarded(tasks: Any) -> None:
    tasks.status = "Approved"
    tasks.status.apply(lambda _: "WIP")
    assert tasks.status.name == ["WIP"]


def test_lists_of_it_are_guarded(ask: Any, session: Session) -> None:
    schema = ask(ProjectSchema).get_first(projections=["object_types", "task_workflow_schema.statuses"])
    with pytest.raises(SharedVocabularyError):
        schema.object_types = ask(ObjectType).get_all()
    workflow = schema.task_workflow_schema
    with pytest.raises(SharedVocabularyError):
        workflow.statuses = workflow.statuses[:1]
    assert not session.recorded_operations
    with session.editing_vocabulary():
        workflow.statuses = workflow.statuses[:1]
    assert session.recorded_operations


def test_blocks_allow_it_also_inside_of_each_other(tasks: Any, session: Session, ask: Any) -> None:
    with session.editing_vocabulary():
        with session.editing_vocabulary():
            tasks[0].status.name = "Renamed"
        tasks[0].status.color = "#ffffff"
    with pytest.raises(SharedVocabularyError):
        tasks[0].status.name = "again"
    session.commit()
    assert ask(Status).by_name("Renamed").get_one().id == tasks[0].status.id


def test_blocks_are_those_of_a_thread_and_a_session(tasks: Any, session: Session, database: Path) -> None:
    refused: list[BaseException] = []

    def elsewhere() -> None:
        try:
            tasks.status.name = "x"
        except SharedVocabularyError as error:
            refused.append(error)

    with session.editing_vocabulary():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert len(refused) == 1
    other = Session(server_url="https://elsewhere.invalid", api_key="x", api_user="x")
    with other.editing_vocabulary(), pytest.raises(SharedVocabularyError):
        tasks.status.name = "x"


def test_creating_is_free_and_so_is_what_is_new(ask: Any) -> None:
    status = ask(Status).get_all(limit=1).create(name="Polishing", state="Done")
    status.color = "#123456"
    status.commit()
    assert ask(Status).by_name("Polishing").get_one(projections=["color"]).color == ["#123456"]
    with pytest.raises(SharedVocabularyError):
        status.color = "#000000"


def test_entities_of_ftrack_api_are_not_guarded(session: Session) -> None:
    session.query("Status").first()["color"] = "#123456"
    session.commit()


def test_files_replay_what_was_recorded_in_a_block(tasks: Any, session: Session, ask: Any, tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.db"
    with session.deferred_operations(path), session.editing_vocabulary():
        tasks[0].status.name = "Renamed"
    session.reconnect_and_commit(path)
    assert ask(Status).by_name("Renamed").get_all()


def test_other_things_are_not_guarded(ask: Any) -> None:
    for kind in (Task, AssetVersion, Project):
        ask(kind).get_first().metadata = {"a": "b"}
    assert not any(kind.shared for kind in (Task, AssetVersion, Project))


def test_everything_that_belongs_to_project_schemas_is_shared() -> None:
    schema = Schema.from_schemas(standard_model().schemas)
    names = [name for name in schema.types if "Schema" in name]
    assert names
    assert all(entity_class(name).shared for name in names)
    assert Type.shared
    assert issubclass(SharedVocabularyError, EntityCollectionOperationError)
