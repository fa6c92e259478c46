"""The plan of a file: what will happen, in words, without a server; and what a server says about it."""

import datetime
import json

import pytest
from fake_server import FakeServer, connected, serving
from ftrack_api.symbol import NOT_SET, UNMANAGED_LOCATION_ID

from trackteroid.errors import OperationsFileError
from trackteroid.operations import deferred_operations
from trackteroid.operations.format import file
from trackteroid.operations.naming import Names, difference, words
from trackteroid.operations.plan import plan
from trackteroid.operations.record import CreateRecord, DeleteRecord, EntityRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References
from trackteroid.session import Session


def ref(entity_type, identity):
    return EntityReference(entity_type, (("id", identity),))


SHOT, TASK, STATUS, USER = ref("Shot", "s1"), ref("Task", "t1"), ref("Status", "st1"), ref("User", "u1")
ASSET, VERSION, NEW = ref("Asset", "a1"), ref("AssetVersion", "v1"), ref("AssetVersion", "v2")
COMPONENT, LOCATION, LINK = ref("FileComponent", "c1"), ref("ComponentLocation", "l1"), ref("AssetVersionLink", "k1")
METADATA = EntityReference("Metadata", (("parent_id", "t1"), ("key", "farm")))
VALUE = EntityReference("ContextCustomAttributeValue", (("configuration_id", "f1"), ("entity_id", "s1")))
KNOWN = {
    SHOT: {"name": "bc0040"},
    TASK: {"name": "comp", "parent": SHOT},
    STATUS: {"name": "Approved"},
    USER: {"username": "ann", "first_name": "Ann", "last_name": "Bell"},
    ASSET: {"name": "bc0040_comp", "context_id": "s1"},
    VERSION: {"version": 7, "asset": ASSET},
    NEW: {"asset": ASSET},
    COMPONENT: {"name": "main", "version": VERSION},
    LOCATION: {"component": COMPONENT, "location_id": UNMANAGED_LOCATION_ID},
    LINK: {"from": VERSION, "to": NEW},
    VALUE: {"key": "fstart"},
    ref("Note", "n1"): {"content": "please\nhave  a look at " + "x" * 80},
    ref("Timelog", "x1"): {},
}


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        (SHOT, 'Shot "bc0040"'),
        (TASK, 'Task "comp" of Shot "bc0040"'),
        (USER, 'User "Ann Bell"'),
        (ASSET, 'Asset "bc0040_comp" of Shot "bc0040"'),
        (VERSION, 'AssetVersion "bc0040_comp v007"'),
        (NEW, 'AssetVersion "bc0040_comp new version"'),
        (COMPONENT, 'FileComponent "main" of AssetVersion "bc0040_comp v007"'),
        (ref("Component", "c1"), 'Component "main" of AssetVersion "bc0040_comp v007"'),
        (LOCATION, 'ComponentLocation "main / ftrack.unmanaged"'),
        (LINK, 'AssetVersionLink "bc0040_comp v007 / bc0040_comp new version"'),
        (METADATA, 'Metadata "farm" of Task "comp"'),
        (ref("TypedContextLink", "s1"), 'TypedContextLink "bc0040"'),
        (ref("Note", "n1"), f'Note "please have a look at {"x" * 35}..."'),
        (ref("Timelog", "x1"), "Timelog (id x1)"),
        (ref("Task", "nobody knows"), "Task (id nobody knows)"),
    ],
    ids=lambda value: value.entity_type if isinstance(value, EntityReference) else None,
)
def test_entities_have_the_names_a_supervisor_knows(entity, name):
    assert Names(KNOWN).full(entity) == name


@pytest.mark.parametrize(
    ("attribute", "value", "text"),
    [
        ("is_published", True, "yes"),
        ("bid", 7200.0, "7200"),
        ("bid", 3, "3"),
        ("name", "comp", '"comp"'),
        ("name", "", "(nothing)"),
        ("name", None, "(nothing)"),
        ("name", NOT_SET, "(unknown)"),
        ("status", STATUS, '"Approved"'),
        ("status", ref("Status", "other"), "Status (id other)"),
        ("status_id", "st1", '"Approved"'),
        ("location_id", UNMANAGED_LOCATION_ID, "ftrack.unmanaged"),
        ("parent_id", "nobody knows", "nobody knows"),
        ("start_date", datetime.date(2024, 5, 6), "2024-05-06"),
        ("date", datetime.datetime(2024, 5, 6, 7, 8, 9), "2024-05-06 07:08 UTC"),
        ("notes", References(()), "(none)"),
        ("assets", References((ASSET, VERSION)), '"bc0040_comp", "bc0040_comp v007"'),
        ("value", ["a", 1], "['a', 1]"),
    ],
)
def test_values_are_written_as_a_person_would(attribute, value, text):
    assert Names(KNOWN).value(attribute, value) == text


def test_of_collections_only_the_difference_is_told():
    describe = lambda value: Names(KNOWN).value("x", value)  # noqa: E731
    one, two = References((ASSET, VERSION)), References((VERSION, SHOT))
    assert difference(one, two, describe) == 'add "bc0040"; remove "bc0040_comp"'
    assert difference(one, References((VERSION, ASSET)), describe) == "another order of 2 entities"
    assert difference("a", "b", describe) == '"a" -> "b"'
    assert [words(count, "file") for count in (0, 1, 2000)] == ["0 files", "1 file", "2,000 files"]


def test_names_do_not_go_round_in_circles():
    one, two = ref("AssetVersionLink", "1"), ref("AssetVersionLink", "2")
    names = Names({one: {"from": two, "to": two}, two: {"from": one, "to": one}})
    assert names.full(one) == "AssetVersionLink (id 1)"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "operations.dbm"


def written(path, operations, **state):
    entities = [EntityRecord(entity, values) for entity, values in KNOWN.items()]
    origin = file.Origin("https://studio.example", "server-1", "artist")
    file.write(path, origin, operations, entities, state=file.State(**state))
    return path


def test_changes_of_one_entity_are_told_together_from_the_first_to_the_last(path):
    operations = [
        UpdateRecord(TASK, "name", NOT_SET, "animation", "comp"),
        UpdateRecord(SHOT, "description", NOT_SET, "night"),
        UpdateRecord(TASK, "name", "animation", "anim", "comp"),
        UpdateRecord(TASK, "bid", NOT_SET, 4.5),
    ]
    task, shot = plan(None, written(path, operations)).files[0].entities
    assert str(task) == 'Change Task "comp" of Shot "bc0040"\n    name: "comp" -> "anim"\n    bid: 4.5'
    assert str(shot) == 'Change Shot "bc0040"\n    description: "night"'
    assert (task.action, task.entity, task.finding) == ("change", TASK, None)


def test_what_is_created_and_deleted_again_is_told_apart(path):
    note, gone = ref("Note", "new"), ref("Note", "short-lived")
    operations = [
        CreateRecord(note, {"id": "new", "content": "hello", "category": None, "is_todo": False}),
        UpdateRecord(note, "content", "hello", "hello again"),
        CreateRecord(gone, {"id": "short-lived", "content": "oops"}),
        DeleteRecord(gone),
        UpdateRecord(SHOT, "name", NOT_SET, "x"),
        DeleteRecord(SHOT),
    ]
    first, second, third = plan(None, written(path, operations)).files[0].entities
    expected = 'Create Note "hello again"\n    content: "hello again"\n    is_todo: no'
    assert str(first) == expected
    assert str(second) == 'Create and delete again Note "oops"'
    assert str(third) == 'Delete Shot "bc0040"'


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ({}, "It was not committed yet."),
        ({"sending": "2024-05-06T07:08:09+00:00"}, "An attempt to commit it on 2024-05-06 07:08 UTC was interrupted"),
        ({"committed": "2024-05-06T07:08:09+00:00"}, "It was committed on 2024-05-06 07:08 UTC"),
    ],
    ids=["new", "interrupted", "committed"],
)
def test_it_says_where_the_file_comes_from_and_how_far_it_is(path, state, line):
    text = str(plan(None, written(path, [DeleteRecord(SHOT)], **state)))
    assert "1 operation, recorded by artist on 20" in text
    assert "https://studio.example" in text
    assert line in text


def test_it_is_json(path):
    operations = [UpdateRecord(TASK, "status", NOT_SET, STATUS), UpdateRecord(TASK, "notes", NOT_SET, References(()))]
    data = json.loads(json.dumps(plan(None, written(path, operations)).as_json()))
    (described,) = data["files"]
    assert described["recorded"]["user"] == "artist"
    assert described["entities"][0]["changes"][0] == {
        "attribute": "status",
        "old": {"is": "not set"},
        "new": {"is": "entity", "type": "Status", "key": {"id": "st1"}},
        "text": '"Approved"',
        "finding": None,
        "current": {"is": "not set"},
    }


def test_no_server_is_asked_without_a_check(path):
    session = Session(server_url="http://nobody.invalid", api_user="x", api_key="y")
    assert plan(session, written(path, [DeleteRecord(SHOT)])).files
    assert not session.connected


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(OperationsFileError):
        plan(None, tmp_path / "missing.dbm")


@pytest.fixture(scope="module")
def shared():
    with serving(FakeServer()) as server, connected(server) as recording, connected(server, Session) as checking:
        yield server, recording, checking


@pytest.fixture
def server(shared):
    server, recording, checking = shared
    recording.rollback()
    recording.reset()
    checking.reset()
    server.rows.clear()
    server.add("Status", id="s1", name="Pending")
    server.add("Task", id="t1", name="comp", description="d", bid=2.5, status=None, notes=[])
    server.add("Task", id="t2", name="anim", description="d", bid=2.5, status=None, notes=[])
    server.add("Note", id="n1", content="old")
    return server


@pytest.fixture
def recorded(server, shared, path):
    recording = shared[1]
    first, second = recording.query("select name, bid, description from Task where id in (t1, t2)").all()
    with deferred_operations(recording, path):
        first["name"], first["bid"], first["description"] = "animation", 4.0, "e"
        second["bid"] = 9.0
        note = recording.create("Note", {"id": "new", "content": "new"})
        recording.delete(recording.query("select content from Note where id is n1").one())
        assert note
    return path


def findings(checked):
    return {
        (item.entity.key[0][1], change.attribute if change else ""): change.finding if change else item.finding
        for item in checked.files[0].entities
        for change in (*item.changes, None)
    }


def test_a_check_finds_nothing_when_nothing_changed(shared, recorded):
    checked = plan(shared[2], recorded, check=True)
    assert checked.checked
    assert set(findings(checked).values()) == {None}
    assert not checked.has_conflicts


def test_a_check_lists_conflicts_vanished_entities_and_what_is_done(server, shared, recorded):
    server.row("Task", "t1").update(name="renamed", bid=4.0)
    del server.rows["Task", ("t2",)]
    del server.rows["Note", ("n1",)]
    server.add("Note", id="new", content="somebody else's")
    checked = plan(shared[2], recorded, check=True)
    assert findings(checked) == {
        ("t1", "name"): "changed",
        ("t1", "bid"): "done",
        ("t1", "description"): None,
        ("t1", ""): None,
        ("t2", "bid"): None,
        ("t2", ""): "gone",
        ("new", "content"): None,
        ("new", "is_todo"): None,
        ("new", ""): "exists",
        ("n1", ""): "gone",
    }
    text = str(checked)
    assert 'name: "comp" -> "animation"  [CONFLICT: it is "renamed" by now]' in text
    assert "bid: 2.5 -> 4  [done already]" in text
    assert 'Change Task "anim"  [GONE: it no longer exists on the server]' in text
    assert "[EXISTS: the server has it already]" in text
    assert 'Delete Note "old"  [GONE' in text
    assert checked.has_conflicts
    assert [item.entity.key[0][1] for item in checked.found("changed")] == ["t1"]


def test_after_an_interruption_what_has_arrived_is_done(server, shared, recorded):
    content = file.read(recorded)
    origin = file.Origin.of(shared[2])
    file.write(recorded, origin, content.operations, content.entities, state=file.State(sending=file.now()))
    server.row("Task", "t1").update(name="animation", bid=4.0, description="e")
    server.row("Task", "t2")["bid"] = 9.0
    server.add("Note", id="new", content="new")
    del server.rows["Note", ("n1",)]
    checked = plan(shared[2], recorded, check=True)
    assert {item.finding for item in checked.files[0].entities} == {"done"}
    assert not checked.has_conflicts


def test_what_one_file_creates_is_not_missing_for_the_next(server, shared, tmp_path):
    recording, checking = shared[1:]
    first, second = tmp_path / "first.dbm", tmp_path / "second.dbm"
    with deferred_operations(recording, first):
        note = recording.create("Note", {"content": "one"})
    with deferred_operations(recording, second):
        note["content"] = "two"
    assert not plan(checking, [first, second], check=True).has_conflicts
    assert plan(checking, [second], check=True).has_conflicts


def test_a_file_for_another_server_is_said_to_be_one(server, shared, path):
    checked = plan(shared[2], written(path, [UpdateRecord(ref("Task", "t1"), "bid", NOT_SET, 1.0)]), check=True)
    assert checked.files[0].is_foreign
    assert "ANOTHER SERVER" in str(checked)
