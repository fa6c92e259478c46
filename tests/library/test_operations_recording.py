"""The deferred block: what it records, and that the session is as before when it fails."""

import datetime
import logging

import arrow
import ftrack_api
import pytest
from fake_server import FakeServer, connected, serving
from ftrack_api.symbol import NOT_SET

from trackteroid.errors import AssignmentError, DeferredOperationsError, OperationsFileError
from trackteroid.operations import deferred_operations
from trackteroid.operations.format import container, file
from trackteroid.operations.record import CreateRecord, DeleteRecord, ListRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References
from trackteroid.session import Session


@pytest.fixture(scope="module", params=[ftrack_api.Session, Session], ids=["ftrack_api", "trackteroid"])
def shared(request):
    with serving(FakeServer()) as server, connected(server, request.param) as session:
        yield server, session


@pytest.fixture
def server(shared):
    server, _ = shared
    server.rows.clear()
    server.batches.clear()
    server.add("Status", id="s1", name="Pending")
    server.add("Status", id="s2", name="Done")
    server.add("Asset", id="a1", name="bc0040_comp", type_id="y1")
    status = {"__entity_type__": "Status", "id": "s1"}
    server.add("Task", id="t1", name="comp", status=status, bid=2.5, notes=[])
    asset = {"__entity_type__": "Asset", "id": "a1"}
    server.add("AssetVersion", id="v1", version=1, asset=asset, comment="first", date=None)
    server.add("Metadata", parent_id="t1", key="old", value="1", parent_type="Task")
    return server


@pytest.fixture
def session(shared, server):
    _, session = shared
    yield session
    session.rollback()
    session.reset()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "operations.dbm"


def task_of(session):
    return session.query("select name, bid, status.name, notes, metadata from Task where id is t1").one()


def reference(entity_type, *key):
    names = ("parent_id", "key") if entity_type == "Metadata" else ("id",)
    return EntityReference(entity_type, tuple(zip(names, key, strict=True)))


def test_nothing_is_sent_and_nothing_is_pending_afterwards(server, session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["name"] = "animation"
        version = session.create("AssetVersion", {"comment": "new", "task": task})
        session.delete(session.query("AssetVersion where id is v1").one())
        assert len(session.recorded_operations) == 4
    assert server.writes() == []
    assert len(session.recorded_operations) == 0
    assert (task["name"], version["comment"], version["task"]) == ("animation", "new", task)
    assert [type(operation) for operation in file.read(path).operations] == [
        UpdateRecord,
        CreateRecord,
        UpdateRecord,
        DeleteRecord,
    ]


def test_the_file_is_complete_before_the_block_is_left(session, path, monkeypatch):
    task = task_of(session)
    seen = []
    write = container.write
    monkeypatch.setattr(container, "write", lambda *args: seen.append(len(session.recorded_operations)) or write(*args))
    with deferred_operations(session, path):
        task["name"] = "animation"
    assert seen == [1], "the operations left the session before the file was written"


MOMENT = datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))


@pytest.mark.promise("everything-can-be-deferred")
@pytest.mark.parametrize(
    ("attribute", "value", "recorded"),
    [
        ("name", "NOT SET", "NOT SET"),
        ("name", "('Status', ['s2'])", "('Status', ['s2'])"),
        ("name", NOT_SET, NOT_SET),
        ("bid", 3, 3),
        ("bid", 0.25, 0.25),
        ("description", None, None),
        ("end_date", MOMENT, MOMENT),
        ("end_date", MOMENT.date(), MOMENT.date()),
        ("end_date", arrow.Arrow(2024, 1, 2), arrow.Arrow(2024, 1, 2)),
        ("thumbnail_url", {"url": ["a", None, {"is": "x"}]}, {"url": ["a", None, {"is": "x"}]}),
        ("status", None, None),
    ],
)
def test_every_kind_of_value_is_recorded(session, path, attribute, value, recorded):
    task = task_of(session)
    with deferred_operations(session, path):
        task[attribute] = value
    (operation,) = file.read(path).operations
    assert operation.new_value == recorded
    assert type(operation.new_value) is type(recorded)


def test_references_and_collections_are_recorded(server, session, path):
    task, done = task_of(session), session.query("Status where id is s2").one()
    with deferred_operations(session, path):
        task["status"] = done
        note = session.create("Note", {"content": "hello"})
        task["notes"].append(note)
    update, _, append = file.read(path).operations
    assert update == UpdateRecord(
        reference("Task", "t1"), "status", NOT_SET, reference("Status", "s2"), reference("Status", "s1")
    )
    added = References((reference("Note", note["id"]),))
    assert append == ListRecord(reference("Task", "t1"), "notes", added, References(()))


def test_metadata_is_recorded_as_the_rows_it_consists_of(session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["metadata"]["new"] = "2"
        task["metadata"]["old"] = "changed"
        del task["metadata"]["old"]
    operations = file.read(path).operations
    assert [(type(item), item.entity.entity_type) for item in operations] == [
        (CreateRecord, "Metadata"),
        (ListRecord, "Task"),
        (UpdateRecord, "Metadata"),
        (ListRecord, "Task"),
        (DeleteRecord, "Metadata"),
    ]
    assert operations[1].added.items == (reference("Metadata", "t1", "new"),)
    assert operations[3].removed.items == (reference("Metadata", "t1", "old"),)


@pytest.mark.promise("everything-can-be-deferred")
def test_changed_values_of_entities_that_were_known_before_are_not_lost(session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["name"] = "animation"
    assert file.read(path).operations[0].new_value == "animation"


def test_the_file_knows_the_entities_that_the_operations_refer_to(server, session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        version = session.create("AssetVersion", {"task": task, "comment": "new"})
        task["bid"] = 4
    entities = {record.entity: record for record in file.read(path).entities}
    created = entities[reference("AssetVersion", version["id"])]
    assert created.created
    assert created.values["task"] == reference("Task", "t1")
    known = entities[reference("Task", "t1")]
    assert (known.created, known.values["name"], known.values["bid"]) == (False, "comp", 2.5)
    assert entities[reference("Status", "s1")].values["name"] == "Pending"
    assert entities[reference("Metadata", "t1", "old")].values["value"] == "1"


def test_a_block_without_changes_leaves_a_file_that_says_so(session, path):
    with deferred_operations(session, path):
        task_of(session)
    assert file.read(path).operations == ()


def test_pending_operations_are_put_aside_and_come_back(server, session, path):
    task = task_of(session)
    task["name"] = "pending"
    outer = session.recorded_operations
    with deferred_operations(session, path):
        assert len(session.recorded_operations) == 0
        task["bid"] = 4
    assert session.recorded_operations is outer
    assert [operation.new_value for operation in outer] == ["pending"]
    session.commit()
    assert server.row("Task", "t1")["name"] == "pending"
    assert server.row("Task", "t1")["bid"] == 2.5, "a deferred change was sent with the pending ones"


def test_the_session_stays_usable_after_deferring_a_creation(session, path):
    with deferred_operations(session, path):
        version = session.create("AssetVersion", {"comment": "new"})
        key = version["id"]
    task_of(session)["name"] = "animation"
    session.commit()
    assert version["id"] == key
    assert session.created == session.modified == []


class Interruption(BaseException):
    """Not even an Exception, as a keyboard interrupt is not."""


def fail_after(work, session, path):
    """Do *work* in a deferred block that an exception leaves."""
    with pytest.raises(Interruption), deferred_operations(session, path):  # noqa: PT012  (the raise is the point)
        work()
        raise Interruption


def pending_state(session):
    entities = session.cache.caches[0].values()
    return {
        "cached": set(session.cache.keys()),
        "operations": list(session.recorded_operations),
        "values": {
            str((entity.entity_type, key)): value
            for entity in entities
            for key in entity
            if not isinstance(value := entity.attributes.get(key).get_local_value(entity), type(NOT_SET))
        },
    }


@pytest.mark.promise("failed-deferred-block-leaves-no-trace")
def test_after_an_exception_the_session_is_as_before(server, session, path):
    task = task_of(session)
    version = session.query("select version, comment from AssetVersion where id is v1").one()
    task["name"] = "pending"
    outer_note = session.create("Note", {"content": "pending"})
    task["notes"].append(outer_note)
    rows = list(task["metadata"].collection)
    before = pending_state(session)

    def work():
        task["name"] = "deferred"
        task["bid"] = 7
        task["status"] = session.query("select name from Status where id is s2").one()
        task["notes"].append(session.create("Note", {"content": "deferred"}))
        task["notes"].remove(outer_note)
        task["metadata"]["new"] = "2"
        task["metadata"]["old"] = "changed"
        outer_note["content"] = "deferred"
        session.delete(version)
        with session.operation_recording(False):
            version["comment"] = "not even recorded"
        session.get("Status", "s2")["name"] = "Changed"

    fail_after(work, session, path)
    after = pending_state(session)
    assert after["operations"] == before["operations"]
    assert {key for key in after["cached"] if "Note" in key or "'new'" in key} == {
        key for key in before["cached"] if "Note" in key
    }
    assert (task["name"], task["bid"], task["status"]["name"]) == ("pending", 2.5, "Pending")
    assert list(task["notes"]) == [outer_note]
    assert list(task["metadata"].collection) == rows
    assert (task["metadata"]["old"], outer_note["content"], version["comment"]) == ("1", "pending", "first")
    assert session.get("Status", "s2")["name"] == "Done"
    assert not path.exists()
    session.commit()
    assert server.row("Task", "t1")["name"] == "pending"
    assert [row["content"] for row in server.of_type("Note")] == ["pending"]


@pytest.mark.promise("failed-deferred-block-leaves-no-trace")
def test_after_an_exception_an_existing_file_is_untouched(session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["bid"] = 4
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError), deferred_operations(session, path):
        task["bid"] = 1 / 0
    assert path.read_bytes() == before
    assert task["bid"] == 4


def test_what_a_query_brought_while_the_block_failed_is_not_hidden(server, session, path):
    task = task_of(session)
    assert list(task["notes"]) == []
    server.add("Note", id="n9", content="from elsewhere")
    server.row("Task", "t1")["notes"] = [{"__entity_type__": "Note", "id": "n9"}]
    fail_after(lambda: task_of(session), session, path)
    assert [note["id"] for note in task["notes"]] == ["n9"]


def test_when_the_file_cannot_be_written_the_session_is_as_before(session, path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    task = task_of(session)
    monkeypatch.setattr(container, "_build", fail)
    with pytest.raises(OperationsFileError, match="No space left"), deferred_operations(session, path):
        task["bid"] = 4
    assert task["bid"] == 2.5
    assert len(session.recorded_operations) == 0
    assert not path.exists()


@pytest.mark.parametrize(
    "value", [b"bytes", object(), float("nan"), {1: 2}], ids=["bytes", "an object", "not a number", "a number as key"]
)
def test_a_value_that_cannot_be_recorded_raises_at_its_assignment(session, path, value):
    task = task_of(session)
    with deferred_operations(session, path):
        task["name"] = "kept"
        with pytest.raises(AssignmentError, match=r"description\b.* cannot be"):
            task["description"] = value
        with pytest.raises(AssignmentError, match=r"content\b.* cannot be"):
            session.create("Note", {"content": value})
        task["bid"] = 4
    assert [operation.attribute for operation in file.read(path).operations] == ["name", "bid"]


def test_commit_is_refused_inside_of_the_block(server, session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["bid"] = 4
        with pytest.raises(DeferredOperationsError, match=r"Leave the block first.*reconnect_and_commit\(\)"):
            session.commit()
    assert server.writes() == []
    assert len(file.read(path).operations) == 1
    task["name"] = "after"
    session.commit()
    assert server.writes() == [["update"]]


def test_rollback_inside_of_the_block_drops_what_it_recorded(session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["bid"] = 4
        session.create("Note", {"content": "dropped"})
        session.rollback()
        task["name"] = "kept"
    assert [operation.attribute for operation in file.read(path).operations] == ["name"]


@pytest.mark.parametrize("kind", [ftrack_api.Session, Session])
def test_closing_the_session_inside_of_the_block_is_no_silent_loss(server, path, kind):
    with connected(server, kind) as session:
        task = task_of(session)
        block = deferred_operations(session, path)
        block.__enter__()
        task["bid"] = 4
        session.close()
        with pytest.raises(DeferredOperationsError, match="closed or reconnected"):
            block.__exit__(None, None, None)
    assert not path.exists()


def test_nested_blocks_write_their_own_files(session, path, tmp_path):
    task, inner_path = task_of(session), tmp_path / "inner.dbm"
    with deferred_operations(session, path):
        task["bid"] = 4
        with deferred_operations(session, inner_path):
            task["name"] = "inner"
            with pytest.raises(DeferredOperationsError):
                session.commit()
        with pytest.raises(DeferredOperationsError):
            session.commit()
        task["description"] = "outer"
    assert [operation.attribute for operation in file.read(path).operations] == ["bid", "description"]
    assert [operation.attribute for operation in file.read(inner_path).operations] == ["name"]
    session.commit()


def test_a_failing_inner_block_leaves_the_outer_one_intact(session, path, tmp_path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["bid"] = 4
        fail_after(lambda: task.update(bid=5), session, tmp_path / "inner.dbm")
        assert task["bid"] == 4
    assert [operation.new_value for operation in file.read(path).operations] == [4]
    assert not (tmp_path / "inner.dbm").exists()


def test_nested_blocks_cannot_share_a_file(session, path):
    inner = deferred_operations(session, path)
    with deferred_operations(session, path), pytest.raises(DeferredOperationsError, match="Name another file"):
        inner.__enter__()


@pytest.mark.promise("deferred-file-can-be-added-to")
def test_blocks_can_add_to_a_file(session, path, caplog):
    task = task_of(session)
    with deferred_operations(session, path, clear=False):
        version = session.create("AssetVersion", {"comment": "new"})
    with deferred_operations(session, path, clear=False):
        version["comment"] = "newer"
        task["bid"] = 4
    content = file.read(path)
    assert [type(operation) for operation in content.operations] == [CreateRecord, UpdateRecord, UpdateRecord]
    created = next(record for record in content.entities if record.entity == content.operations[0].entity)
    assert created.created
    assert created.values["comment"] == "new"


def test_adding_to_a_committed_file_starts_it_anew(session, path):
    task = task_of(session)
    with deferred_operations(session, path):
        task["bid"] = 4
    with container.claim(path) as claim:
        file.store_state(claim, file.State(committed=file.now()))
    with deferred_operations(session, path, clear=False):
        task["bid"] = 5
    assert [operation.new_value for operation in file.read(path).operations] == [5]
    assert file.read(path).state.committed is None


def test_replacing_operations_that_were_never_sent_is_logged(session, path, caplog):
    task = task_of(session)
    with deferred_operations(session, path):
        task["bid"] = 4
    with caplog.at_level(logging.WARNING, "trackteroid.operations"), deferred_operations(session, path):
        task["bid"] = 5
    assert "Replacing 1 operations" in caplog.text
    assert [operation.new_value for operation in file.read(path).operations] == [5]


@pytest.mark.parametrize("clear", [True, False])
def test_a_foreign_file_is_never_replaced(session, tmp_path, clear):
    scene = tmp_path / "scene.ma"
    scene.write_text("a scene somebody has worked on for weeks")
    with pytest.raises(OperationsFileError, match="Check the path"), deferred_operations(session, scene, clear=clear):
        pytest.fail("the block was entered")
    assert scene.read_text() == "a scene somebody has worked on for weeks"
    empty = tmp_path / "made_by_mkstemp"
    empty.touch()
    with deferred_operations(session, empty, clear=clear):
        task_of(session)["bid"] = 4
    assert len(file.read(empty).operations) == 1


def test_a_missing_folder_is_noticed_before_any_work(session, tmp_path):
    with pytest.raises(OSError, match="does not exist"), deferred_operations(session, tmp_path / "no" / "file.dbm"):
        pytest.fail("the block was entered")


def test_recording_asks_the_server_nothing(server, session, path):
    task = task_of(session)
    session.auto_populate = True
    server.batches.clear()
    try:
        with deferred_operations(session, path):
            task["bid"] = 4
            session.create("AssetVersion", {"task": task})
    finally:
        session.auto_populate = False
    assert server.batches == []
