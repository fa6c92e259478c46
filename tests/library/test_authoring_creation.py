"""Creating entities: the parent is found, everything is checked, one creation is recorded, or nothing at all."""

from collections.abc import Callable
from typing import Any, cast

import arrow
import pytest
from collection_tools import collection, configure, ids, traces, versions
from fake_session import AnsweredFromMemory, FakeSession, FakeTrackteroidSession, record
from ftrack_api.symbol import UNMANAGED_LOCATION_ID

from trackteroid.client.commit.batch import is_list
from trackteroid.client.entities import is_entity, key_of, members
from trackteroid.collections import make_collection
from trackteroid.collections.collection import retyped
from trackteroid.entities import (
    Asset,
    AssetVersion,
    Component,
    Project,
    ReviewSession,
    Sequence,
    SequenceComponent,
    Shot,
    Task,
    TypedContext,
    entity_class,
)
from trackteroid.errors import (
    AssignmentError,
    CreationError,
    EntityCollectionOperationError,
    UnknownAttributeError,
)
from trackteroid.schema.relations import SchemaEntry
from trackteroid.schema.types import schema_of


@pytest.fixture(params=[FakeSession, FakeTrackteroidSession])
def session(request: pytest.FixtureRequest) -> AnsweredFromMemory:
    return request.param()


@pytest.fixture
def asset(session: AnsweredFromMemory) -> Any:
    location = record("ComponentLocation", "l", resource_identifier="/old")
    component = record("Component", "c", name="main", component_locations=[location])
    version = record("AssetVersion", "v", version=1, task=record("Task", "t", name="comp"), components=[component])
    return collection(session, record("Asset", "a", name="bc0040_comp", versions=[version]))


def created(session: AnsweredFromMemory) -> list[str]:
    return [type_name for kind, type_name, _ in session.operations if kind == "create"]


def test_the_documented_publish_works(session: AnsweredFromMemory, asset: Any) -> None:
    siblings = asset.AssetVersion
    version = siblings.create(task=siblings.Task)
    component = version.Component.create(name="main")
    location = component.ComponentLocation.create(resource_identifier="/path/to/final/file")
    version.is_published = True

    assert (repr(version), repr(component), repr(location)) == (
        "EntityCollection[AssetVersion]{1}",
        "EntityCollection[Component]{1}",
        "EntityCollection[ComponentLocation]{1}",
    )
    assert version.asset == asset
    assert version.Task.name == ["comp"]
    assert component.version == version
    assert location.component == component
    assert location.location_id == [UNMANAGED_LOCATION_ID]
    assert len(siblings) == 1, "the original collection stays as it is"
    assert len(asset.AssetVersion) == 2, "what is read from now on has both"
    assert session.requests == []
    version.commit()
    sent = [(action["action"], action["entity_type"]) for action in session.requests[0]]
    assert sent == [
        ("create", "AssetVersion"),
        ("create", "FileComponent"),
        ("create", "ComponentLocation"),
        ("update", "AssetVersion"),
    ]
    data = session.requests[0][0]["entity_data"]
    assert data["asset"] == {"__entity_type__": "Asset", "id": "a"}
    assert data["task"] == {"__entity_type__": "Task", "id": "t"}


class TestParents:
    @pytest.mark.promise("create-below-an-empty-attribute")
    def test_an_unloaded_attribute_is_enough(self, session: AnsweredFromMemory) -> None:
        asset = collection(session, record("Asset", "a"))
        task = collection(session, record("Task", "t"))
        assert asset.versions.create(task=task).asset == asset
        assert session.requests == []

    @pytest.mark.promise("create-beside-siblings")
    def test_siblings_with_one_parent(self, session: AnsweredFromMemory) -> None:
        siblings = versions(session, 1, 2, asset=record("Asset", "a"))
        task = collection(session, record("Task", "t"))
        assert ids(siblings.create(task=task).asset) == ["a"]
        assert session.requests == []

    @pytest.mark.promise("several-parents-are-ambiguous")
    def test_siblings_below_several_owners(self, session: AnsweredFromMemory) -> None:
        assets = collection(
            session,
            record("Asset", "a", versions=[record("AssetVersion", "1", asset=record("Asset", "a"))]),
            record("Asset", "b", versions=[record("AssetVersion", "2", asset=record("Asset", "b"))]),
        )
        task = collection(session, record("Task", "t"))
        assert ids(assets.versions["2"].create(task=task).asset) == ["b"]
        with pytest.raises(AssertionError, match="Ambiguous context"):
            assets.versions.create(task=task)

    def test_unknown_parents_are_asked_for_once(self, session: AnsweredFromMemory) -> None:
        found = versions(session, 1, 2)
        answer = [record("AssetVersion", f"v{n}", asset=record("Asset", "a")) for n in (1, 2)]
        session.answer("select asset from AssetVersion", answer)
        assert ids(found.create(task=collection(session, record("Task", "t"))).asset) == ["a"]
        assert len(session.queries) == 1

    def test_a_given_parent_is_used(self, session: AnsweredFromMemory) -> None:
        found = versions(session, 1, 2)
        asset, task = collection(session, record("Asset", "z")), collection(session, record("Task", "t"))
        assert found.create(task=task, asset=asset).asset == asset
        assert found.create(task=task, asset_id="y").asset_id == ["y"]
        assert session.requests == []

    def test_the_child_is_not_taken_for_the_parent(self, session: AnsweredFromMemory) -> None:
        shot = collection(session, record("Shot", "s", parent=record("Sequence", "q", parent=record("Project", "p"))))
        assert ids(shot.parent[Sequence].create(name="other").parent) == ["p"]
        below = record("Shot", "x", parent=record("Shot", "y"))
        deep = collection(session, record("Project", "p", descendants=[below]))
        assert ids(deep.descendants[Shot].create(name="other").parent) == ["y"]

    def test_the_kind_of_children_asked_for_is_created(self, session: AnsweredFromMemory) -> None:
        project = collection(session, record("Project", "p", children=[record("Shot", "s")]))
        assert project.children[Sequence].create(name="sq").entity_type is Sequence
        assert project.children[entity_class("Folder")].create(name="f").values()[0].entity_type == "Folder"
        with pytest.raises(CreationError, match=r"collection\[TheType\]"):
            project.children.create(name="x")

    def test_the_attribute_that_fits_the_owner_is_used(self, session: AnsweredFromMemory) -> None:
        user, task = collection(session, record("User", "u")), collection(session, record("Task", "t"))
        values = {"start": arrow.Arrow(2026, 1, 1), "duration": 3600, "comment": "x"}
        assert user.timelogs.create(**values).user == user
        assert ids(task.timelogs.create(**values).context) == ["t"]
        container = collection(session, record("ContainerComponent", "c"))
        assert container.members.create(name="0001").container == container


class TestRules:
    @pytest.mark.promise("types-and-statuses-by-name")
    def test_types_are_given_by_name(self, session: AnsweredFromMemory) -> None:
        names = ["Look Development", "2D Matte", "VFX"]
        session.answer("select id, name from Type", [record("Type", name, name=name) for name in names])
        shot = collection(session, record("Shot", "s"))
        for given, expected in (("2D Matte", "2D Matte"), ("LookDevelopment", "Look Development"), ("Vfx", "VFX")):
            assert shot.children[Task].create(name="x", type=given).type.name == [expected]
        with pytest.raises(CreationError, match=r"Modelling.*It has: 2D Matte, Look Development, VFX"):
            shot.children[Task].create(name="x", type="Modelling")
        assert len(created(session)) == 3

    def test_types_are_given_as_collections(self, session: AnsweredFromMemory) -> None:
        task_type = collection(session, record("Type", "x", name="comp"))
        shot = collection(session, record("Shot", "s"))
        assert shot.children[Task].create(name="x", type=task_type).type == task_type
        assert shot.children[Task].create(name="x", type_id="x").type_id == ["x"]

    @pytest.mark.promise("project-full-name")
    def test_a_project_is_named_in_full_by_default(self, session: AnsweredFromMemory) -> None:
        session.answer("select id, name from ProjectSchema", [record("ProjectSchema", "p", name="VFX")])
        projects = collection(session, record("Project", "p"))
        assert projects.create(name="one", project_schema="VFX").full_name == ["one"]
        assert projects.create(name="two", full_name="Two", project_schema="VFX").full_name == ["Two"]
        empty = collection(session, of="Project")
        assert empty.create(name="three", project_schema="VFX").entity_type is Project

    @pytest.mark.promise("create-says-what-is-missing")
    def test_an_asset_needs_a_name_and_a_type(self, session: AnsweredFromMemory) -> None:
        session.answer("select id, name from AssetType", [record("AssetType", "g", name="Geometry")])
        assets = collection(session, record("Shot", "s")).assets
        assert assets.create(name="x", type="Geometry").entity_type is Asset
        with pytest.raises(CreationError, match="needs 'type'"):
            assets.create(name="x")

    @pytest.mark.promise("create-says-what-is-missing")
    @pytest.mark.parametrize(
        ("attribute", "of", "missing"),
        [
            ("children", "Shot", "name"),
            ("children", "Folder", "name"),
            ("children", "Task", "name' and 'type"),
            ("assets", "Asset", "name' and 'type"),
        ],
    )
    def test_what_is_required(self, session: AnsweredFromMemory, attribute: str, of: str, missing: str) -> None:
        parent = collection(session, record("Sequence", "q"))
        with pytest.raises(AssertionError, match=f"A new {of} needs '{missing}'"):
            getattr(parent, attribute)[entity_class(of)].create()
        assert session.operations == []

    @pytest.mark.promise("create-says-what-is-missing")
    @pytest.mark.parametrize(
        ("of", "parent", "missing"),
        [
            ("Project", {}, "name' and 'project_schema"),
            ("ComponentLocation", {"component": record("FileComponent", "c")}, "resource_identifier"),
            ("ReviewSession", {"project": record("Project", "p")}, "name"),
            ("AssetVersionList", {"project": record("Project", "p")}, "category"),
        ],
    )
    def test_what_is_required_beside_siblings(
        self, session: AnsweredFromMemory, of: str, parent: Any, missing: str
    ) -> None:
        with pytest.raises(AssertionError, match=f"A new {of} needs '{missing}'"):
            collection(session, record(of, "x", **parent)).create()
        assert session.operations == []

    @pytest.mark.parametrize("count", [0, 2])
    def test_a_version_takes_one_task_or_none(self, session: AnsweredFromMemory, count: int) -> None:
        asset = collection(session, record("Asset", "a"))
        tasks = collection(session, *(record("Task", f"t{n}") for n in range(count)), of="Task")
        with pytest.raises(CreationError, match="exactly one Task"):
            asset.versions.create(task=tasks)
        with pytest.raises(AssignmentError, match="takes Task, but Shot"):
            asset.versions.create(task=collection(session, record("Shot", "s")))
        assert session.operations == []
        assert asset.versions.create(comment="no task").comment == ["no task"]

    @pytest.mark.promise("component-location-is-unmanaged")
    def test_a_component_location_is_unmanaged_unless_said_otherwise(self, session: AnsweredFromMemory) -> None:
        component = collection(session, record("Component", "c"))
        location = collection(session, record("Location", "l"))
        assert component.component_locations.create(resource_identifier="x").location_id == [UNMANAGED_LOCATION_ID]
        given = component.component_locations.create(resource_identifier="x", location=location)
        assert given.location == location
        assert given.location_id[0] != UNMANAGED_LOCATION_ID

    @pytest.mark.promise("assignments-reviews-and-lists")
    def test_other_rules(self, session: AnsweredFromMemory) -> None:
        project = collection(session, record("Project", "p"))
        user, task = collection(session, record("User", "u")), collection(session, record("Task", "t"))
        appointment = task.assignments.create(resource=user)
        assert (appointment.type, ids(appointment.resource), ids(appointment.context)) == (["assignment"], ["u"], ["t"])
        review = project.review_sessions.create(name="dailies")
        assert review.entity_type is ReviewSession
        assert review.project == project
        version = versions(session, 1)
        item = review.review_session_objects.create(name="x", asset_version=version)
        assert (item.review_session, item.asset_version) == (review, version)
        category = collection(session, record("ListCategory", "k"))
        new_list = collection(session, of="AssetVersionList").create(name="l", project=project, category=category)
        assert (new_list.project, new_list.category) == (project, category)
        assert collection(session, of="ReviewSession").create(name="x", project=project).project == project

    @pytest.mark.promise("create-needs-a-specific-type")
    def test_the_type_asked_for_is_created(self, session: AnsweredFromMemory) -> None:
        version = versions(session, 1)
        assert version.components.create(name="a").entity_type is Component
        sequence = version.components[SequenceComponent].create(name="b", padding=4)
        assert sequence.values()[0].entity_type == "SequenceComponent"

    def test_a_component_is_a_file_unless_another_kind_is_named(self, session: AnsweredFromMemory) -> None:
        version = versions(session, 1)
        assert version.components.create(name="a").values()[0].entity_type == "FileComponent"
        with pytest.raises(UnknownAttributeError, match=r"as SequenceComponent has it: .collection.SequenceComponent."):
            version.components.create(name="b", padding=4)

    def test_types_without_rules(self, session: AnsweredFromMemory) -> None:
        assert collection(session, of="Status").create(name="New").name == ["New"]


class TestChecks:
    def test_misspelt_arguments_get_a_suggestion(self, session: AnsweredFromMemory) -> None:
        shot = collection(session, record("Shot", "s"))
        with pytest.raises(UnknownAttributeError, match='Did you mean "description"'):
            shot.children[Shot].create(name="x", descripton="y")
        assert session.operations == []

    def test_values_are_checked_and_converted(self, session: AnsweredFromMemory) -> None:
        shots = collection(session, record("Sequence", "q")).children[Shot]
        assert shots.create(name="x", start_date="2026-01-02").start_date == [arrow.Arrow(2026, 1, 2)]
        before = len(session.operations)
        for wrong in ({"name": 5}, {"bid": "x"}, {"status": "Done"}, {"status": shots}):
            with pytest.raises((AssignmentError, CreationError, AssertionError)):
                shots.create(**{"name": "x", **wrong})
        assert len(session.operations) == before

    @pytest.mark.promise("create-takes-collections")
    def test_arrays_take_collections(self, session: AnsweredFromMemory) -> None:
        used = versions(session, 1, 2)
        task = collection(session, record("Task", "t"))
        version = collection(session, record("Asset", "a")).versions.create(task=task, uses_versions=used)
        assert version.uses_versions == used

    def test_metadata_is_given_as_a_dictionary(self, session: AnsweredFromMemory) -> None:
        shot = collection(session, record("Sequence", "q")).children[Shot].create(name="x", metadata={"k": "v"})
        assert shot.metadata == [{"k": "v"}]
        shot.commit()
        assert [action["entity_type"] for action in session.requests[0]].count("Metadata") == 1

    def test_custom_attributes_are_given_by_key(self, session: AnsweredFromMemory) -> None:
        configure(session, fps="number")
        shot = collection(session, record("Sequence", "q")).children[Shot]
        new = shot.create(name="x", custom_fps=24.0, object_type_id=None, project_id="p")
        assert new.custom_fps == [24.0]
        with pytest.raises(AssignmentError, match='"fps" of Shot takes a number'):
            shot.create(name="y", custom_fps="24", object_type_id=None, project_id="p")
        with pytest.raises(AssignmentError, match='"fps" of Shot takes a number'):
            shot.create(name="y", custom_attributes={"fps": "24"}, object_type_id=None, project_id="p")
        with pytest.raises(UnknownAttributeError, match=r'no custom attribute "fsp".*fps'):
            shot.create(name="y", custom_fsp=24.0, object_type_id=None, project_id="p")
        assert created(session) == ["Shot"], "the shot with the wrong custom attribute left no trace"

    @pytest.mark.promise("foreign-entities-are-refused")
    def test_other_sessions_are_refused(self, session: AnsweredFromMemory) -> None:
        other = FakeSession()
        asset = collection(session, record("Asset", "a"))
        for task in (collection(other, record("Task", "t")), collection(other, record("Task", "t")).values()[0]):
            with pytest.raises(EntityCollectionOperationError, match="different sessions"):
                asset.versions.create(task=task)
        assert session.operations == []

    def test_entities_of_ftrack_are_taken_too(self, session: AnsweredFromMemory) -> None:
        asset = collection(session, record("Asset", "a"))
        assert ids(asset.versions.create(task=session.load(record("Task", "t"))[0]).task) == ["t"]

    @pytest.mark.promise("failed-create-leaves-no-trace")
    def test_a_failure_of_ftrack_leaves_no_trace(
        self, session: AnsweredFromMemory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        note = versions(session, 1).notes
        author = collection(session, record("User", "u"))
        make = session.create

        def refuse(entity_type: str, *arguments: Any, **options: Any) -> Any:
            if entity_type == "Recipient":
                raise RuntimeError("refused")
            return make(entity_type, *arguments, **options)

        monkeypatch.setattr(session, "create", refuse)
        known = set(session.cache.keys())
        with pytest.raises(RuntimeError, match="refused"):
            note.create(content="x", author=author)
        assert session.operations == []
        assert set(session.cache.keys()) == known


class TestBatches:
    @pytest.mark.promise("batch-is-created-or-none-of-it")
    def test_create_all(self, session: AnsweredFromMemory) -> None:
        shots = collection(session, record("Sequence", "q")).children[Shot]
        both = shots.create_batch({"name": "a"}, {"name": "b"})
        assert both.name == ["a", "b"]
        assert created(session) == ["Shot", "Shot"]

    @pytest.mark.promise("batch-is-created-or-none-of-it")
    def test_or_none(self, session: AnsweredFromMemory) -> None:
        shots = collection(session, record("Sequence", "q")).children[Shot]
        with pytest.raises(CreationError):
            shots.create_batch({"name": "a"}, {})
        with pytest.raises(CreationError, match="nothing to create"):
            shots.create_batch()
        assert session.operations == []

    def test_names_are_looked_up_once(self, session: AnsweredFromMemory) -> None:
        session.answer("select id, name from Type", [record("Type", "t", name="comp")])
        tasks = collection(session, record("Shot", "s")).children[Task]
        assert len(tasks.create_batch(*({"name": str(n), "type": "comp"} for n in range(5)))) == 5
        assert len(session.queries) == 1


Rows = Callable[[AnsweredFromMemory], tuple[Any, list[dict[str, Any]]]]

#: Where something is created, and what is given for it: the same attributes with other values, or other attributes.
ROWS: dict[str, Rows] = {
    "other values": lambda session: (
        collection(session, record("Shot", "s")).children[Task],
        [
            {"name": name, "type": collection(session, record("Type", name)), "bid": bid, "description": None}
            for name, bid in (("a", 1), ("b", 2.5), ("c", 3))
        ],
    ),
    "some without": lambda session: (
        collection(session, record("Asset", "a")).versions,
        [{"task": task, "comment": "x"} for task in (collection(session, record("Task", "t")), None)],
    ),
    "some more, in another order": lambda session: (
        collection(session, record("Shot", "s")).children[Shot],
        [{"name": "a", "description": "x"}, {"description": "y", "name": "b"}, {"name": "c", "bid": 1}],
    ),
    "what is as another value": lambda session: (
        collection(session, of="Project"),
        [{"name": name, "project_schema": collection(session, record("ProjectSchema", "p"))} for name in "abc"],
    ),
    "references that are keys": lambda session: (
        collection(session, of="CustomAttributeValue"),
        [
            {"configuration": collection(session, record("CustomAttributeConfiguration", name)), "entity_id": "e"}
            for name in "ab"
        ],
    ),
    "ids": lambda session: (
        collection(session, record("Sequence", "q")).children[Shot],
        [{"id": name, "name": name} for name in "ab"],
    ),
    "what has keys": lambda session: (
        collection(session, record("Sequence", "q")).children[Shot],
        [
            {"name": name, "metadata": {name: name}, "custom_fps": fps, "object_type_id": None, "project_id": "p"}
            for fps, name in enumerate("ab")
        ],
    ),
    "notes": lambda session: (
        versions(session, 1).notes,
        [{"content": name, "author": collection(session, record("User", name))} for name in "ab"],
    ),
    "parents": lambda session: (
        collection(session, of="Shot"),
        [{"name": name, "parent": collection(session, record("Sequence", name))} for name in "ab"],
    ),
    "beside others": lambda session: (
        versions(session, 1, 2, asset=record("Asset", "a")),
        [{"comment": name, "task": collection(session, record("Task", name))} for name in "ab"],
    ),
    "in what links": lambda session: (
        collection(session, record("AssetVersionList", "l", items=[])).items[AssetVersion],
        [{"comment": name, "asset": collection(session, record("Asset", name))} for name in "ab"],
    ),
}

#: The same, of which the last cannot be created.
WRONG: dict[str, Rows] = {
    "a reference and another key": lambda session: (
        collection(session, record("Shot", "s")).children[Task],
        [{"name": key, "type": collection(session, record("Type", "t")), "type_id": key} for key in ("t", "u")],
    ),
    "another object type": lambda session: (
        collection(session, record("Sequence", "q")).children[Shot],
        [
            {"name": "a", "object_type_id": schema_of(session).type("Shot").object_type_id},
            {"name": "b", "object_type_id": schema_of(session).type("Sequence").object_type_id},
        ],
    ),
    "another owner": lambda session: (
        collection(session, record("Asset", "a")).versions,
        [{"comment": name, "asset": collection(session, record("Asset", name))} for name in ("a", "b")],
    ),
    "another key of the owner": lambda session: (
        collection(session, record("Asset", "a")).versions,
        [{"comment": name, "asset_id": name} for name in ("a", "b")],
    ),
    "an id once more": lambda session: (
        collection(session, record("Sequence", "q")).children[Shot],
        [{"id": "x", "name": name} for name in "ab"],
    ),
    "nothing that is needed": lambda session: (
        collection(session, record("Shot", "s")).children[Task],
        [{"name": "a", "type": collection(session, record("Type", "t"))}, {"name": "b", "type": None}],
    ),
}


def recorded(session: AnsweredFromMemory) -> list[str]:
    """Return what is pending, with numbers in the place of ids that were made up."""

    def told(value: Any) -> Any:
        return list(map(key_of, members(value))) if is_entity(value) or is_list(value) else value

    made: dict[str, str] = {}
    found: list[str] = []
    for operation in cast("list[Any]", session.recorded_operations):
        key = operation.entity_key.values()
        values = getattr(operation, "entity_data", None) or {operation.attribute_name: operation.new_value}
        given = [(name, told(value)) for name, value in values.items()]
        text = f"{type(operation).__name__} {operation.entity_type} {list(key)} {given}"
        made |= {part: f"<{len(made)}>" for part in key if len(part) == len(UNMANAGED_LOCATION_ID) and part not in made}
        for identifier, number in made.items():
            text = text.replace(identifier, number)
        found.append(text)
    return found


class TestSeveral:
    """What is the same for all is worked out once, and each of several is created as it would be alone."""

    @pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
    def test_are_created_as_one_after_the_other(self, rows: Rows) -> None:
        found: list[Any] = []
        for together in (False, True):
            session = FakeTrackteroidSession()
            configure(session, fps="number")
            near, batch = rows(session)
            made = [near.create_batch(*batch)] if together else [near.create(**each) for each in batch]
            _, values = traces(session)
            found.append((recorded(session), sorted(map(sorted, values.values())), sum(map(len, made))))
            assert found[-1][-1] == len(batch)
        alone, at_once = found
        assert at_once == alone

    @pytest.mark.parametrize("rows", WRONG.values(), ids=WRONG)
    def test_are_refused_as_one_after_the_other(self, session: AnsweredFromMemory, rows: Rows) -> None:
        near, batch = rows(session)
        with pytest.raises(CreationError) as together:
            near.create_batch(*batch)
        assert not session.recorded_operations
        for each in batch[:-1]:
            near.create(**each)
        with pytest.raises(CreationError) as alone:
            near.create(**batch[-1])
        assert str(together.value) == str(alone.value)


class TestNotes:
    @pytest.fixture
    def user(self, session: AnsweredFromMemory) -> Any:
        return collection(session, record("User", "u", username="someone"))

    @pytest.mark.promise("note-is-about-what-it-is-read-from")
    def test_are_about_what_they_are_read_from(self, session: AnsweredFromMemory, user: Any) -> None:
        category = collection(session, record("NoteCategory", "c", name="Client"))
        version = versions(session, 1, notes=[])  # what is assigned below has to know what was there
        note = version.Note.create(author=user, content="Thanks!", is_todo=False, category=category)
        assert (note.parent_id, note.parent_type) == (["v1"], ["AssetVersion"])
        assert (note.content, note.author, note.category) == (["Thanks!"], user, category)
        assert created(session) == ["Note", "Recipient"]
        version.Note = version.Note.union(note)
        assert version.Note == note

    @pytest.mark.promise("notes-join-notes-of-one-thing")
    def test_join_the_other_notes_of_the_same_thing(self, session: AnsweredFromMemory, user: Any) -> None:
        about = [record("Note", n, parent_id="s", parent_type="Shot") for n in ("a", "b")]
        note = collection(session, *about).create(author=user, content="x")
        assert (note.parent_id, note.parent_type) == (["s"], ["Shot"])
        other = record("Note", "c", parent_id="t", parent_type="Task")
        with pytest.raises(CreationError, match="Ambiguous context"):
            collection(session, *about, other).create(author=user, content="x")

    @pytest.mark.promise("note-author-is-the-user")
    def test_are_by_the_user_of_the_session_unless_said_otherwise(self, session: AnsweredFromMemory, user: Any) -> None:
        session.answer('select id, username from User where username is "someone"', [record("User", "u")])
        assert versions(session, 1).notes.create(content="x").author == user
        for _ in range(3):
            versions(session, 1).notes.create(content="x")
        assert len(session.queries) == 1, "the user is asked for once"
        assert created(session) == ["Note", "Recipient"] * 4

    def test_of_a_user_that_the_server_does_not_know_need_an_author(self, session: AnsweredFromMemory) -> None:
        session.answer("select id, username from User", [])
        with pytest.raises(CreationError, match="author=user"):
            versions(session, 1).notes.create(content="x")

    @pytest.mark.promise("note-reaches-its-recipients")
    def test_reach_their_recipients(self, session: AnsweredFromMemory, user: Any) -> None:
        people = collection(session, record("User", "a"), record("User", "b"))
        versions(session, 1).notes.create(content="x", author=user, recipients=people)
        old = collection(session, record("Recipient", note_id="n", resource_id="c"))
        versions(session, 1).notes.create(content="x", author=user, recipients=old)
        versions(session, 1).commit()
        sent = [a["entity_data"]["resource_id"] for a in session.requests[-1] if a["entity_type"] == "Recipient"]
        assert sent == ["a", "b", "c"]

    @pytest.mark.promise("notes-reply-to-notes")
    def test_reply_to_notes(self, session: AnsweredFromMemory, user: Any) -> None:
        note = collection(session, record("Note", "n"))
        assert note.replies.create(content="yes", author=user).in_reply_to == note

    @pytest.mark.promise("notes-refuse-what-does-not-fit")
    @pytest.mark.parametrize("one", [False, True], ids=["collection", "entity of ftrack"])
    @pytest.mark.parametrize(("part", "kind"), [("recipients", "User"), ("category", "NoteLabel"), ("author", "User")])
    def test_take_nothing_of_another_session(
        self, session: AnsweredFromMemory, user: Any, part: str, kind: str, one: bool
    ) -> None:
        foreign = collection(FakeSession(), record(kind, "x"))
        given = {"author": user, part: foreign.values()[0] if one else foreign}
        with pytest.raises(EntityCollectionOperationError, match="different sessions"):
            versions(session, 1).notes.create(content="x", **given)
        assert session.operations == []

    @pytest.mark.promise("note-has-labels")
    def test_are_linked_to_labels(self, session: AnsweredFromMemory, user: Any) -> None:
        label = collection(session, record("NoteLabel", "l"))
        versions(session, 1).notes.create(content="x", author=user, category=label)
        assert created(session) == ["Note", "Recipient", "NoteLabelLink"]
        with pytest.raises(CreationError, match="one category"):
            versions(session, 1).notes.create(content="x", author=user, category=label[5:])


def test_a_new_entity_is_a_sibling_for_the_next(session: AnsweredFromMemory) -> None:
    sequence = collection(session, record("Sequence", "q"))
    first = sequence.children[Shot].create(name="a")
    second = first.create(name="b")
    assert second.parent == first.parent
    assert make_collection(Shot, second.values(), session=session, schema=SchemaEntry()).name == ["b"]
    assert session.requests == []


class TestTraces:
    """A call that fails leaves the session as it was: operations, entities and local values."""

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            (Shot, {}),
            (Shot, {"name": 5}),
            (Shot, {"name": "x", "descripton": "y"}),
            (Shot, {"name": "x", "status": "no such status"}),
            (Shot, {"name": "x", "parent": "q"}),
            (Shot, {"name": "x", "metadata": {"k": 1, 2: "x"}}),
            (Shot, {"name": "x", "metadata": []}),
            (Shot, {"name": "x", "custom_fps": "25"}),
            (Shot, {"name": "x", "custom_fsp": 25}),
            (Task, {"name": "x", "type": "no such type"}),
        ],
        ids=str,
    )
    def test_of_creating(self, session: AnsweredFromMemory, kind: Any, values: dict[str, Any]) -> None:
        configure(session, fps="number")
        session.answer("select id, name from", [record("Type", "t", name="comp")])
        sequence = collection(session, record("Sequence", "q", children=[]))
        sequence.description = "changed before"
        before = traces(session)
        for batch in ([values], [{"name": "fine", "type": "comp"} if kind is Task else {"name": "fine"}, values]):
            with pytest.raises((AssertionError, TypeError, ValueError, AttributeError)):
                sequence.children[kind].create_batch(*batch)
            assert traces(session)[0] == before[0]
            created = [key for key in traces(session)[1] if "Shot" in key or "Task" in key]
            assert created == []
            assert traces(session)[1].items() >= before[1].items()

    def test_of_creating_notes(self, session: AnsweredFromMemory) -> None:
        version, user = versions(session, 1), collection(session, record("User", "u"))
        before = traces(session)
        for wrong in ({"content": 5}, {"recipients": "everybody"}, {"category": user[5:]}, {"author": version}):
            with pytest.raises((AssertionError, TypeError, ValueError)):
                version.notes.create(**{"author": user, "content": "x", **wrong})
            assert traces(session) == before, wrong


class TestGivenParents:
    def test_are_called_parent_for_every_type(self, session: AnsweredFromMemory) -> None:
        asset, task = collection(session, record("Asset", "a")), collection(session, record("Task", "t"))
        shot, component = collection(session, record("Shot", "s")), collection(session, record("Component", "c"))
        nothing = collection(session, of="AssetVersion")
        assert nothing.create(task=task, parent=asset).asset == asset
        assert nothing[Shot].create(name="x", parent=shot).parent == retyped(shot, TypedContext)
        located = collection(session, of="ComponentLocation").create(resource_identifier="/x", parent=component)
        assert located.component == component
        assert session.requests == []

    def test_have_to_fit(self, session: AnsweredFromMemory) -> None:
        user, task = collection(session, record("User", "u")), collection(session, record("Task", "t"))
        with pytest.raises(CreationError, match=r"A new AssetVersion belongs to 'asset', but .*User"):
            collection(session, of="AssetVersion").create(task=task, parent=user)
        with pytest.raises(CreationError, match="A new Status belongs to nothing"):
            collection(session, of="Status").create(name="x", parent=user)
        assert session.operations == []

    def test_do_not_replace_what_it_is_read_from(self, session: AnsweredFromMemory) -> None:
        user, task = collection(session, record("User", "u")), collection(session, record("Task", "t"))
        values = {"start": arrow.Arrow(2026, 1, 1), "duration": 3600, "comment": "x"}
        timelog = task.timelogs.create(user=user, **values)
        assert (ids(timelog.user), ids(timelog.context)) == (["u"], ["t"])

    def test_are_asked_for_once_for_a_batch(self, session: AnsweredFromMemory) -> None:
        shots = collection(session, record("Shot", "a"), record("Shot", "b"))
        parent = record("Sequence", "q")
        session.answer("select parent", [record("Shot", n, parent=parent) for n in "ab"])
        assert ids(shots.create_batch(*({"name": str(n)} for n in range(5))).parent) == ["q"]
        assert len(session.queries) == 1
