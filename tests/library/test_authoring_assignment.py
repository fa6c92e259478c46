"""Setting attributes: everything is checked first, then exactly the intended operations are recorded."""

import datetime
from typing import Any

import arrow
import ftrack_api.exception
import pytest
from collection_tools import collection, configure, ids, traces, versions
from fake_session import FakeSession, record

from trackteroid.errors import AssignmentError, EntityCollectionOperationError, RelationError, UnknownAttributeError
from trackteroid.schema.relations import SchemaEntry


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.mark.promise("setting-sends-nothing")
def test_a_value_for_one_entity(session: FakeSession) -> None:
    version = versions(session, 1)
    version.comment = "new"
    version.is_published = True
    assert version.comment == ["new"]
    assert session.operations == [
        ("update", "AssetVersion", "comment"),
        ("update", "AssetVersion", "is_published"),
    ]
    assert session.requests == []


def test_a_list_has_one_value_for_each_entity(session: FakeSession) -> None:
    three = versions(session, 1, 2, 3)
    three.comment = ["a", "b", "c"]
    assert three.comment == ["a", "b", "c"]


@pytest.mark.promise("setting-sends-nothing")
def test_commit_sends_the_changes(session: FakeSession) -> None:
    versions(session, 1, 2).comment = ["a", "b"]
    versions(session, 1).commit()
    sent = [(action["entity_key"], action["entity_data"]["comment"]) for action in session.requests[0]]
    assert sent == [(["v1"], "a"), (["v2"], "b")]


UTC = datetime.timezone.utc


@pytest.mark.promise("values-must-fit-the-schema")
@pytest.mark.parametrize(
    ("of", "name", "value", "stored"),
    [
        ("Task", "bid", 5, 5),
        ("Task", "bid", 2.5, 2.5),
        ("Task", "bid", None, None),
        ("Task", "sort", 3.0, 3.0),
        ("AssetVersion", "version", 7, 7),
        ("AssetVersion", "comment", None, None),
        ("AssetVersion", "is_published", False, False),
        ("Task", "start_date", datetime.datetime(2026, 5, 4, 3, 2), arrow.Arrow(2026, 5, 4, 3, 2)),
        ("Task", "start_date", datetime.datetime(2026, 5, 4, 3, 2, tzinfo=UTC), arrow.Arrow(2026, 5, 4, 3, 2)),
        ("Task", "start_date", datetime.date(2026, 5, 4), arrow.Arrow(2026, 5, 4)),
        ("Task", "start_date", arrow.Arrow(2026, 5, 4), arrow.Arrow(2026, 5, 4)),
        ("Task", "start_date", "2026-05-04T03:02:00Z", arrow.Arrow(2026, 5, 4, 3, 2)),
        ("Task", "start_date", "2026-05-04", arrow.Arrow(2026, 5, 4)),
        ("Task", "start_date", None, None),
    ],
)
def test_scalars_that_fit_are_taken(session: FakeSession, of: str, name: str, value: Any, stored: Any) -> None:
    one = collection(session, record(of, "x"))
    setattr(one, name, value)
    assert one.attribute(name) == [stored]


@pytest.mark.promise("values-must-fit-the-schema")
@pytest.mark.parametrize(
    ("of", "name", "value"),
    [
        ("Task", "bid", "5"),
        ("Task", "bid", True),
        ("AssetVersion", "version", 1.5),
        ("AssetVersion", "version", "1"),
        ("AssetVersion", "comment", 5),
        ("AssetVersion", "is_published", 1),
        ("Task", "start_date", "tomorrow"),
        ("Task", "start_date", 5),
        ("AssetVersion", "task", "t1"),
        ("AssetVersion", "metadata", "x"),
        ("AssetVersion", "metadata", {1: "x"}),
        ("AssetVersion", "components", "x"),
    ],
)
def test_values_that_do_not_fit_change_nothing(session: FakeSession, of: str, name: str, value: Any) -> None:
    two = collection(session, record(of, "x"), record(of, "y"))
    with pytest.raises(TypeError, match=f'"{name}') as caught:
        setattr(two, name, [None, value])
    assert isinstance(caught.value, AssignmentError)
    assert session.operations == []


@pytest.mark.promise("one-value-for-each-entity")
@pytest.mark.parametrize("value", ["x", ["x"], ["x", "y", "z"], [], ()])
def test_the_number_of_values_has_to_match(session: FakeSession, value: Any) -> None:
    with pytest.raises(AssignmentError, match="2 values, but"):
        versions(session, 1, 2).comment = value
    assert session.operations == []


@pytest.mark.promise("none-clears-a-value")
def test_none_clears_all(session: FakeSession) -> None:
    two = collection(
        session,
        record("AssetVersion", "a", comment="x", task=record("Task", "t")),
        record("AssetVersion", "b", comment="y", task=record("Task", "u")),
    )
    two.comment = None
    two.task = None
    assert two.comment == [None, None]
    assert repr(two.task) == "EmptyCollection[Task]"


@pytest.mark.promise("setting-unknown-attributes-is-refused")
@pytest.mark.parametrize("name", ["versoin", "Taks", "custom"])
def test_unknown_attributes_get_a_suggestion(session: FakeSession, name: str) -> None:
    with pytest.raises(UnknownAttributeError):
        setattr(versions(session, 1), name, "x")


@pytest.mark.promise("final-attributes-stay")
def test_final_attributes_are_refused(session: FakeSession) -> None:
    with pytest.raises(ftrack_api.exception.ImmutableAttributeError):
        versions(session, 1).id = "other"
    with pytest.raises(AssignmentError, match="computed"):
        collection(session, record("Asset", "a")).latest_version = versions(session, 1)
    assert session.operations == []


def test_attributes_that_not_all_entities_have(session: FakeSession) -> None:
    mixed = collection(session, record("Project", "p"), record("Shot", "s"), of="TypedContext")
    with pytest.raises(UnknownAttributeError, match="Shot has no attribute"):
        mixed.full_name = ["x", "y"]
    assert session.operations == []


class TestReferences:
    @pytest.fixture
    def done(self, session: FakeSession) -> Any:
        return collection(session, record("Status", "done", name="Done"))

    def test_take_a_collection_of_one(self, session: FakeSession, done: Any) -> None:
        version = versions(session, 1)
        version.status = done
        assert version.status.name == ["Done"]
        assert session.operations == [("update", "AssetVersion", "status")]

    def test_take_one_for_each_element(self, session: FakeSession) -> None:
        tasks = collection(session, record("Task", "a"), record("Task", "b"))
        two = versions(session, 1, 2)
        two.task = tasks
        assert ids(two.task) == ["a", "b"]
        two.task = [tasks[1], None]
        assert [ids(each.task) for each in two] == [["b"], []]

    @pytest.mark.promise("set-through-a-type")
    def test_are_set_through_the_type_shortcut_even_when_not_loaded(self, session: FakeSession) -> None:
        version = versions(session, 1)
        task = collection(session, record("Task", "t", name="anim"))
        version.Task = task
        assert version.Task.name == version.task.name == ["anim"]
        assert session.operations == [("update", "AssetVersion", "task")]

    @pytest.mark.promise("set-through-a-type")
    def test_are_set_behind_a_type_shortcut(self, session: FakeSession, done: Any) -> None:
        version = versions(session, 1, task=record("Task", "t"))
        version.Task.status = done
        assert session.operations == [("update", "Task", "status")]
        assert version.Task.Status.name == ["Done"]

    @pytest.mark.promise("set-through-nothing-is-refused")
    def test_cannot_be_set_through_nothing(self, session: FakeSession) -> None:
        project = collection(session, record("Project", "p"))
        with pytest.raises(EntityCollectionOperationError, match=r'through "task", which is empty'):
            versions(session, 1).Project = project
        with pytest.raises(EntityCollectionOperationError, match="no entities"):
            versions(session, 1).Task.Status = project

    def test_take_more_specific_types(self, session: FakeSession) -> None:
        asset = collection(session, record("Asset", "a"))
        for parent in (record("Shot", "s"), record("Project", "p")):
            asset.parent = collection(session, parent)
            assert ids(asset.parent) == [parent["id"]]
        version = versions(session, 1)
        version.thumbnail = collection(session, record("FileComponent", "f"))
        assert ids(version.thumbnail) == ["f"]

    @pytest.mark.promise("references-take-kinds-of-their-type")
    def test_refuse_other_types_and_numbers(self, session: FakeSession, done: Any) -> None:
        two = collection(session, record("Task", "a"), record("Task", "b"))
        with pytest.raises(AssignmentError, match='"task" takes Task, but Status'):
            versions(session, 1).task = done
        with pytest.raises(AssignmentError, match="1 values, but 2"):
            versions(session, 1).task = two
        with pytest.raises(AssignmentError, match="apply"):
            versions(session, 1, 2).status = done
        with pytest.raises(AssignmentError, match="pass None to clear"):
            versions(session, 1).status = done[5:]
        assert session.operations == []

    @pytest.mark.promise("foreign-entities-are-refused")
    def test_refuse_other_sessions_and_schemas(self, session: FakeSession) -> None:
        other = collection(FakeSession(), record("Task", "t"))
        vfx = collection(session, record("Task", "t"), schema=SchemaEntry(name="vfx"))
        for foreign in (other, [other], vfx.values() and [vfx]):
            with pytest.raises(EntityCollectionOperationError, match="different"):
                versions(session, 1).task = foreign
        with pytest.raises(EntityCollectionOperationError, match="different sessions"):
            versions(session, 1).task = other.values()[0]
        assert session.operations == []


class TestArrays:
    def test_one_owner_takes_any_number(self, session: FakeSession) -> None:
        notes = collection(session, record("Note", "a"), record("Note", "b"))
        version = versions(session, 1)
        version.Note = notes
        assert version.notes == notes
        version.notes = version.notes[:1]
        assert ids(version.notes) == ["a"]
        version.notes = None
        assert not version.notes
        assert {operation[2] for operation in session.operations} == {"notes"}

    @pytest.mark.promise("arrays-are-replaced")
    def test_several_owners_take_one_collection_each(self, session: FakeSession) -> None:
        notes = collection(session, record("Note", "a"), record("Note", "b"))
        two = versions(session, 1, 2)
        two.notes = [notes, notes[:1]]
        assert [ids(each.notes) for each in two] == [["a", "b"], ["a"]]
        with pytest.raises(AssignmentError, match="list with one collection for each"):
            two.notes = notes

    @pytest.mark.promise("arrays-are-replaced")
    def test_a_part_of_an_array_cannot_be_set(self, session: FakeSession) -> None:
        shot = collection(session, record("Shot", "s", children=[record("Task", "t")]))
        with pytest.raises(AssignmentError, match="only a part"):
            shot.Task = shot.Task


class TestMappings:
    @pytest.mark.promise("metadata-is-replaced")
    def test_replace_what_was_there(self, session: FakeSession) -> None:
        entries = [record("Metadata", parent_id="v1", parent_type="AssetVersion", key=k, value=k) for k in ("a", "b")]
        version = versions(session, 1, metadata=entries)
        version.metadata = {"b": "B", "c": "C"}
        assert version.metadata == [{"b": "B", "c": "C"}]
        version.commit()
        sent = {(action["action"], action["entity_type"]) for action in session.requests[0]}
        assert sent == {
            ("delete", "Metadata"),
            ("update", "Metadata"),
            ("create", "Metadata"),
            ("update", "AssetVersion"),
        }

    def test_load_first_what_is_not_known(self, session: FakeSession) -> None:
        entry = record("Metadata", parent_id="v1", parent_type="AssetVersion", key="a", value="1")
        session.answer("select metadata from AssetVersion", [record("AssetVersion", "v1", metadata=[entry])])
        version = versions(session, 1)
        version.metadata = {}
        assert version.metadata == [{}]
        assert ("delete", "Metadata", None) in session.operations
        assert len(session.queries) == 1


def custom(entity: str, **values: Any) -> list[dict[str, Any]]:
    return [
        record("ContextCustomAttributeValue", configuration_id=f"c-{key}", entity_id=entity, key=key, value=value)
        for key, value in values.items()
    ]


KINDS = {
    "fps": "number",
    "note": "text",
    "on": "date",
    "final": "boolean",
    "look": "enumerator",
    "palette": "dynamic enumerator",
    "sum": "expression",
    "other": "a type of the future",
}


class TestCustomAttributes:
    @pytest.fixture
    def shots(self, session: FakeSession) -> Any:
        configure(session, **KINDS)
        values = dict.fromkeys(KINDS) | {"fps": 24.0, "note": "x"}
        records = (record("Shot", n, custom_attributes=custom(n, **values)) for n in ("a", "b"))
        return collection(session, *records)

    def test_are_set_by_their_key(self, session: FakeSession, shots: Any) -> None:
        shots.custom_fps = [25.0, 30]
        shots[0].custom_note = "text"
        shots[1].custom_on = datetime.date(2026, 1, 2)
        assert shots.custom_fps == [25.0, 30]
        assert shots.custom_note == ["text", "x"]
        assert shots.custom_on == [None, arrow.Arrow(2026, 1, 2)]
        assert session.operations == [("update", "ContextCustomAttributeValue", "value")] * 4

    @pytest.mark.promise("custom-attributes-are-set-by-key-or-together")
    def test_several_are_set_with_a_dictionary(self, session: FakeSession, shots: Any) -> None:
        shots[0].custom_attributes = {"fps": 12.0, "note": None}
        assert (shots.custom_fps, shots.custom_note) == ([12.0, 24.0], [None, "x"])
        assert len(session.operations) == 2

    @pytest.mark.promise("unknown-custom-attributes-are-refused")
    def test_unknown_keys_change_nothing(self, session: FakeSession, shots: Any) -> None:
        with pytest.raises(UnknownAttributeError, match=r'no custom attribute "noted".*Did you mean "note"'):
            shots.custom_noted = [1.0, 2.0]
        with pytest.raises(UnknownAttributeError):
            shots[0].custom_attributes = {"fps": 1.0, "fsp": 2.0}
        assert session.operations == []

    @pytest.mark.promise("unknown-custom-attributes-are-refused")
    def test_keys_that_nobody_has_are_refused_without_configurations_too(self, session: FakeSession) -> None:
        configure(session)
        shot = collection(session, record("Shot", "a", custom_attributes=custom("a", fps=24.0)))
        with pytest.raises(UnknownAttributeError, match=r'no custom attribute "fpss".*Did you mean "fps"'):
            shot.custom_fpss = 25.0
        assert session.operations == []

    def test_are_loaded_first_when_they_are_not(self, session: FakeSession) -> None:
        configure(session, fps="number")
        session.answer("select custom_attributes", [record("Shot", "z", custom_attributes=custom("z", fps=1.0))])
        shot = collection(session, record("Shot", "z"))
        shot.custom_fps = 2.0
        assert shot.custom_fps == [2.0]
        assert len([text for text in session.queries if text.startswith("select custom_attributes")]) == 1

    @pytest.mark.promise("custom-attributes-have-types")
    @pytest.mark.parametrize(
        ("key", "value", "stored"),
        [
            ("fps", 25, 25),
            ("fps", 25.5, 25.5),
            ("fps", None, None),
            ("note", "text", "text"),
            ("final", True, True),
            ("on", "2026-01-02", arrow.Arrow(2026, 1, 2)),
            ("on", datetime.date(2026, 1, 2), arrow.Arrow(2026, 1, 2)),
            ("look", "dark", "dark"),
            ("look", ["dark", "cold"], ["dark", "cold"]),
            ("palette", ["dark"], ["dark"]),
            ("other", 5, 5),
        ],
        ids=repr,
    )
    def test_take_what_they_are_configured_for(
        self, session: FakeSession, shots: Any, key: str, value: Any, stored: Any
    ) -> None:
        setattr(shots[0], f"custom_{key}", [value])
        assert getattr(shots[0], f"custom_{key}") == [stored]

    @pytest.mark.promise("custom-attributes-have-types")
    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("fps", "25"),
            ("fps", True),
            ("note", 5),
            ("note", datetime.date(2026, 1, 2)),
            ("final", 1),
            ("on", "soon"),
            ("look", 5),
            ("look", [5]),
            ("sum", 5),
        ],
        ids=repr,
    )
    def test_refuse_what_they_are_not_configured_for(
        self, session: FakeSession, shots: Any, key: str, value: Any
    ) -> None:
        for attempt in (
            lambda: setattr(shots, f"custom_{key}", [None, value]),
            lambda: setattr(shots[0], "custom_attributes", {"note": "x", key: value}),
        ):
            with pytest.raises(TypeError, match=f'"{key}" of Shot takes') as caught:
                attempt()
            assert isinstance(caught.value, AssignmentError)
        assert session.operations == []

    @pytest.mark.promise("custom-attributes-are-set-by-key-or-together")
    def test_are_of_the_type_that_their_kind_of_entity_has(self, session: FakeSession) -> None:
        configure(session, kind="asset", grade="text")
        asset = collection(session, record("Asset", "a", custom_attributes=custom("a", grade="A")))
        user = collection(session, record("User", "u", custom_attributes=custom("u", grade=1.0)))
        asset.custom_grade = "B"
        user.custom_grade = 2.0
        with pytest.raises(AssignmentError):
            asset.custom_grade = 2.0

    @pytest.mark.promise("nothing-outlives-its-connection")
    def test_are_looked_up_again_after_a_reconnect(self, session: FakeSession, shots: Any) -> None:
        shots.custom_fps = [1.0, 2.0]
        session.schemas = list(session.schemas)
        session.requests.clear()
        shots.custom_fps = [3.0, 4.0]
        assert any("CustomAttributeConfiguration" in query for query in session.queries)

    def test_are_looked_up_once(self, session: FakeSession, shots: Any) -> None:
        for number in range(3):
            shots.custom_fps = [number, number]
        assert len(session.queries) == 1


class TestApply:
    def test_with_a_name(self, session: FakeSession) -> None:
        two = versions(session, 1, 2, comment="x")
        assert two.apply(lambda v: f"{v.comment[0]} {v.version[0]}", "comment") == ["x 1", "x 2"]
        assert two.comment == ["x 1", "x 2"]

    @pytest.mark.promise("apply-where-it-was-read")
    def test_without_a_name_sets_what_was_read(self, session: FakeSession) -> None:
        done = collection(session, record("Status", "d", name="Done"))
        found = collection(
            session,
            *(record("Task", f"t{n}", status=record("Status", "open", name="Open")) for n in range(3)),
        )
        assert found.Status.apply(lambda _: done).name == ["Done"]
        assert [each.Status.name for each in found] == [["Done"]] * 3

    @pytest.mark.promise("apply-sets-what-a-function-returns")
    def test_receives_the_elements_so_far(self, session: FakeSession) -> None:
        found = versions(session, 1, 2, task=record("Task", "t", name="anim"))
        seen: list[Any] = []
        found.task.apply(lambda task: seen.append(task.name) or task)
        assert seen == [["anim"], ["anim"]]

    @pytest.mark.promise("apply-sets-what-a-function-returns")
    def test_needs_to_know_what_to_set(self, session: FakeSession) -> None:
        found = versions(session, 1, 2, task=record("Task", "t"))
        for unclear in (found, found.task[:1], found.task.filter(lambda _: True)):
            with pytest.raises(TypeError, match="Name the attribute"):
                unclear.apply(lambda _: None)

    def test_changes_nothing_when_one_value_does_not_fit(self, session: FakeSession) -> None:
        with pytest.raises(AssignmentError):
            versions(session, 1, 2).apply(lambda v: "x" if v.version == [1] else 5, "comment")
        assert session.operations == []


@pytest.mark.promise("set-through-nothing-is-refused")
def test_several_paths_cannot_be_set(session: FakeSession) -> None:
    schema = SchemaEntry(entities={"Task": {"Folder": ("parent[Folder]", "parent[Shot].parent[Folder]")}})
    task = collection(session, record("Task", "t"), schema=schema)
    with pytest.raises(RelationError, match="several paths"):
        task.Folder = collection(session, record("Folder", "f"), schema=schema)


class TestTraces:
    """An assignment that fails leaves the session as it was: operations, entities and local values."""

    @pytest.mark.promise("all-values-are-checked-first")
    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("comment", ["fine", 5]),
            ("comment", ["too few"]),
            ("version", [1, "2"]),
            ("task", [None, "t"]),
            ("metadata", [{"k": "v"}, "x"]),
            ("metadata", [{"k": "v"}, {1: "v"}]),
            ("custom_fps", [1.0, "x"]),
            ("custom_fsp", [1.0, 2.0]),
            ("components", [None, "x"]),
            ("versoin", [1, 2]),
        ],
        ids=str,
    )
    def test_of_wrong_values(self, session: FakeSession, name: str, values: Any) -> None:
        configure(session, kind="assetversion", fps="number")
        two = collection(
            session,
            *(record("AssetVersion", n, metadata=[], custom_attributes=custom(n, fps=24.0)) for n in "ab"),
        )
        two[0].comment = "changed before"
        two[0].custom_fps = 25.0  # after which the types of custom attributes are known
        before = traces(session)
        with pytest.raises((TypeError, AttributeError)):
            setattr(two, name, values)
        assert traces(session) == before

    def test_of_a_failure_in_the_middle(self, session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
        two = versions(session, 1, 2)
        two[0].comment = "changed before"
        before = traces(session)
        push, allowed = session.recorded_operations.push, [True, False]

        def refuse(operation: Any) -> None:
            if not allowed.pop(0):
                raise RuntimeError("refused")
            push(operation)

        monkeypatch.setattr(session.recorded_operations, "push", refuse)
        with pytest.raises(RuntimeError, match="refused"):
            two.comment = ["x", "y"]
        operations, values = traces(session)
        assert operations == before[0]
        assert two[0].comment == ["changed before"], "the operation that was recorded is taken back with its value"
        assert values.keys() == before[1].keys()
