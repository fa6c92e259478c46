"""Changing data: what is created, assigned, linked and deleted, when it is sent, and what a mistake leaves behind."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import arrow
import ftrack_api.exception
import pytest
from behaviour_world import pending

from trackteroid import (
    AssetVersion,
    AssetVersionList,
    Component,
    ComponentLocation,
    EntityCollectionOperationError,
    Folder,
    ListCategory,
    Location,
    Note,
    NoteCategory,
    Project,
    ProjectSchema,
    Query,
    Recipient,
    ReviewSession,
    Session,
    Shot,
    Status,
    Task,
    Type,
    User,
)

UNMANAGED = "cb268ecc-8809-11e3-a7e2-20c9d081909b"


class TestCreating:
    @pytest.mark.promise("create-below-an-empty-attribute", "create-returns-the-new-entity")
    def test_from_an_attribute_that_was_never_loaded(self, author: Session, project: Any, stored: Any) -> None:
        folder = project.children[Folder].create(name="a")
        assert repr(folder) == "EntityCollection[Folder]{1}"
        assert folder.name == ["a"]
        assert stored(project, "children.name") == ["folder"], "nothing is sent before a commit"
        assert author.commit() is None
        assert stored(folder, "parent.id") == project.id

    @pytest.mark.promise("create-returns-the-new-entity", "create-beside-siblings")
    def test_beside_siblings(self, author: Session, project: Any, stored: Any) -> None:
        siblings = Query(Folder, session=author).by_id(Project, *project.id).get_all()
        created = siblings.create(name="b")
        assert len(siblings) == 1, "the collection itself does not change"
        assert created.name == ["b"], "and what is returned is the new one alone"
        assert len(siblings | created) == 2
        author.commit()
        assert stored(created, "parent.id") == project.id

    @pytest.mark.promise("several-parents-are-ambiguous")
    def test_beside_siblings_of_several_parents_is_ambiguous(self, author: Session, project: Any, shot: Any) -> None:
        shot.children[Folder].create(name="below")
        author.commit()
        folders = Query(Folder, session=author).by_id(Project, *project.id).get_all()
        with pytest.raises(AssertionError, match="parent"):
            folders.create(name="where")
        assert pending(author) == []

    @pytest.mark.promise("batch-is-created-or-none-of-it")
    def test_a_batch_is_created_together_or_not_at_all(self, author: Session, project: Any) -> None:
        folders = project.children[Folder]
        assert folders.create_batch({"name": "a"}, {"name": "b"}).name == ["a", "b"]
        author.rollback()
        with pytest.raises(AttributeError, match='"nmae"'):
            folders.create_batch({"name": "a"}, {"nmae": "b"})
        assert pending(author) == []

    @pytest.mark.promise("failed-create-leaves-no-trace")
    @pytest.mark.parametrize(
        ("below", "arguments", "error", "message"),
        [
            (lambda shot: shot.children[Task], {"type": "Compositing"}, AssertionError, "'name'"),
            (lambda shot: shot.children[Task], {"name": "x"}, AssertionError, "'type'"),
            (lambda shot: shot.children[Task], {"name": "x", "type": 3}, TypeError, "Type"),
            (
                lambda shot: shot.children[Task],
                {"name": "x", "type": "Compositing", "status": "?"},
                ValueError,
                "Status",
            ),
            (lambda shot: shot.children[Shot], {}, AssertionError, "'name'"),
            (lambda shot: shot.assets, {"type": "Nuke Script"}, AssertionError, "'name'"),
            (lambda shot: shot.assets, {"name": "x"}, AssertionError, "'type'"),
            (lambda shot: shot.assets, {"name": 3, "type": "Nuke Script"}, TypeError, '"name"'),
            (lambda shot: shot.notes, {"content": "x", "recipients": 3}, AssertionError, "recipients"),
            (lambda shot: shot.notes, {"contents": "x"}, AttributeError, '"content"'),
        ],
    )
    def test_what_is_missing_or_does_not_fit_is_told_and_leaves_no_trace(
        self, author: Session, shot: Any, below: Any, arguments: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            below(shot).create(**arguments)
        assert pending(author) == []
        author.commit()

    @pytest.mark.promise("version-takes-one-task-or-none")
    def test_a_version_takes_one_task_or_none(self, author: Session, version: Any, shot: Any) -> None:
        two = version.task | shot.children[Task].create(name="second", type="Compositing")
        author.commit()
        for arguments, error in (
            ({"task": shot}, TypeError),
            ({"task": two}, AssertionError),
            ({"task": two.filter(lambda _: False)}, AssertionError),
        ):
            with pytest.raises(error):
                version.create(**arguments)
        assert pending(author) == []
        another = version.create(task=version.task)
        assert another.asset == version.asset
        author.commit()
        another.fetch_attributes("version")
        assert another.version == [2], "the server counts versions"

    @pytest.mark.promise("publish-from-asset-to-file")
    def test_a_whole_publish(self, author: Session, version: Any, stored: Any) -> None:
        component = version.components.create(name="main")
        location = component.component_locations.create(resource_identifier="/path")
        version.is_published = True
        author.commit()
        assert stored(version, "components.name") == ["main"]
        assert stored(location, "location_id") == [UNMANAGED]
        assert stored(version, "is_published") == [True]
        assert (
            Query(ComponentLocation, session=author)
            .by_resource_identifier("/path")
            .by_id(Component, *component.id)
            .get_one()
        )

    @pytest.mark.promise("component-location-is-unmanaged")
    def test_a_location_of_choice(self, author: Session, version: Any, stored: Any) -> None:
        review = Query(Location, session=author).by_name("ftrack.review").get_one()
        created = version.components.create(name="x").component_locations.create(
            resource_identifier="y", location=review
        )
        author.commit()
        assert stored(created, "location_id") == review.id

    @pytest.mark.promise("project-full-name")
    def test_a_project_has_no_parent_and_a_full_name(self, author: Session, name: str, stored: Any) -> None:
        projects = Query(Project, session=author).get_all()
        created = (projects or Query(Project, session=author).by_id().get_all()).create(
            name=f"{name}-2", project_schema="Vfx"
        )
        author.commit()
        assert stored(created, "full_name") == [f"{name}-2"]
        schema = Query(ProjectSchema, session=author).by_name("VFX") if "by_name" in ProjectSchema.criteria else None
        assert schema is None or stored(created, "project_schema") == schema.get_one()

    @pytest.mark.promise("assignments-reviews-and-lists")
    def test_assignments_reviews_and_lists(
        self, author: Session, project: Any, shot: Any, version: Any, stored: Any
    ) -> None:
        user = Query(User, session=author).get_first()
        appointment = shot.assignments.create(resource=user)
        review = Query(ReviewSession, session=author).get_all().create(name="dailies", project=project)
        shown = review.review_session_objects.create(asset_version=version, name="x", version="1")
        category = Query(ListCategory, session=author).get_first()
        watch = (
            Query(AssetVersionList, session=author).get_all().create(name="watch", project=project, category=category)
        )
        author.commit()
        assert stored(appointment, "type") == ["assignment"]
        assert stored(appointment, "resource.id") == user.id
        assert stored(review, "project.id") == project.id
        assert stored(shown, "asset_version.id") == version.id
        assert stored(watch, "category.id") == category.id

    @pytest.mark.promise("create-takes-collections", "types-and-statuses-by-name")
    def test_types_and_statuses_by_name_or_as_collections(self, author: Session, shot: Any, stored: Any) -> None:
        kind = Query(Type, session=author).inject('name is "Compositing"').get_one()
        by_name = shot.children[Task].create(name="a", type="compositing")
        as_collection = shot.children[Task].create(name="b", type=kind)
        author.commit()
        assert stored(by_name, "type.id") == stored(as_collection, "type.id") == kind.id

    @pytest.mark.promise("create-takes-custom-attributes-and-metadata")
    def test_custom_attributes_and_metadata_go_along(self, author: Session, shot: Any, stored: Any) -> None:
        created = shot.create(name="sh020", custom_fps=30, metadata={"a": "b"})
        author.commit()
        assert stored(created, "custom_attributes")[0]["fps"] == 30
        assert stored(created, "metadata") == [{"a": "b"}]

    @pytest.mark.promise("custom-attributes-have-types")
    @pytest.mark.parametrize("value", ["not a number", [1]])
    def test_custom_attributes_have_types(self, author: Session, shot: Any, value: Any) -> None:
        with pytest.raises(TypeError):
            shot.create(name="sh020", custom_fps=value)

    @pytest.mark.promise("foreign-entities-are-refused")
    @pytest.mark.parametrize(
        "use",
        [
            lambda mine, foreign: mine.create(task=foreign.task),
            lambda mine, foreign: setattr(mine, "task", foreign.task),
            lambda mine, foreign: mine.link_inputs(foreign),
            lambda mine, foreign: mine.union(foreign),
        ],
        ids=["create", "assignment", "link", "union"],
    )
    def test_entities_of_another_session_are_refused(
        self, author: Session, other: Session, version: Any, use: Any
    ) -> None:
        foreign = Query(AssetVersion, session=other).by_id(*version.id).get_one(projections=["task"])
        assert foreign == version
        with pytest.raises(EntityCollectionOperationError, match="different sessions"):
            use(version, foreign)
        assert pending(author) == []


class TestNotes:
    @pytest.mark.promise("notes-refuse-what-does-not-fit")
    def test_of_the_wrong_things_are_refused(self, author: Session, shot: Any) -> None:
        with pytest.raises(TypeError, match="User"):
            shot.notes.create(content="x", author=shot)
        with pytest.raises(TypeError, match="Resource"):
            shot.assignments.create(resource=shot)
        assert pending(author) == []

    @pytest.mark.promise("note-is-about-what-it-is-read-from", "note-author-is-the-user")
    def test_about_an_entity_by_the_user_of_the_session(self, author: Session, shot: Any, stored: Any) -> None:
        note = shot.notes.create(content="hello")
        author.commit()
        assert stored(note, "parent_id") == shot.id
        assert stored(note, "author.username") == [author.api_user]
        assert stored(note, "recipients.resource_id") == stored(note, "author.id"), "somebody has to receive it"

    @pytest.mark.promise("note-reaches-its-recipients", "note-has-labels")
    def test_with_author_category_and_recipients(self, author: Session, version: Any, stored: Any) -> None:
        user = Query(User, session=author).get_first()
        category = Query(NoteCategory, session=author).get_first()
        note = version.Note.create(content="x", author=user, category=category, recipients=user)
        author.commit()
        assert stored(note, "recipients.resource_id") == user.id
        found = Query(Note, session=author).by_name(NoteCategory, *category.name).get_all()
        assert set(note.keys()) <= set(found.keys())

    @pytest.mark.promise("notes-join-notes-of-one-thing")
    def test_beside_other_notes_of_the_same_thing_only(
        self, author: Session, version: Any, shot: Any, stored: Any
    ) -> None:
        first = version.notes.create(content="1")
        elsewhere = shot.notes.create(content="elsewhere")
        author.commit()
        second = Query(Note, session=author).by_id(*first.id).get_all().create(content="2")
        author.commit()
        assert stored(second, "parent_id") == version.id
        with pytest.raises(AssertionError, match="Ambiguous context"):
            Query(Note, session=author).by_id(*first.id, *elsewhere.id).get_all().create(content="3")
        assert pending(author) == []

    @pytest.mark.promise("note-reaches-its-recipients")
    def test_no_recipient_has_to_exist_before(self, author: Session, shot: Any) -> None:
        notes = [shot.notes.create(content=str(number)) for number in range(2)]
        author.commit()
        recipients = Query(Recipient, session=author).inject(f'note_id in ("{notes[0].id[0]}", "{notes[1].id[0]}")')
        assert len(recipients.get_all()) == 2


class TestAssigning:
    @pytest.mark.promise("setting-sends-nothing", "none-clears-a-value")
    @pytest.mark.parametrize(
        ("attribute", "value", "read"),
        [
            ("comment", "text", ["text"]),
            ("comment", None, [None]),
            ("is_published", True, [True]),
            ("version", 7, [7]),
        ],
    )
    def test_scalars(
        self, author: Session, version: Any, stored: Any, attribute: str, value: Any, read: list[Any]
    ) -> None:
        setattr(version, attribute, value)
        assert getattr(version, attribute) == read
        author.commit()
        assert stored(version, attribute) == read

    @pytest.mark.promise("moments-in-any-usual-form")
    @pytest.mark.parametrize(
        "value",
        [
            datetime(2026, 2, 3, tzinfo=timezone.utc),
            date(2026, 2, 3),
            arrow.Arrow(2026, 2, 3),
            "2026-02-03",
            "2026-02-03T00:00:00+00:00",
        ],
        ids=["datetime", "date", "arrow", "text", "text with a zone"],
    )
    def test_moments(self, author: Session, version: Any, stored: Any, value: Any) -> None:
        version.date = value
        author.commit()
        assert stored(version, "date")[0].isoformat().startswith("2026-02-03")

    @pytest.mark.promise("values-must-fit-the-schema")
    @pytest.mark.parametrize(
        ("attribute", "value"),
        [
            ("comment", 3),
            ("comment", ["a", "b"]),
            ("is_published", "yes"),
            ("version", 3.5),
            ("version", True),
            ("date", "someday"),
            ("metadata", 3),
            ("task", "x"),
            ("comment", (text for text in "x")),
        ],
        ids=["number", "too many", "no bool", "fraction", "bool", "no date", "no mapping", "no entity", "generator"],
    )
    def test_what_does_not_fit_changes_nothing(self, author: Session, version: Any, attribute: str, value: Any) -> None:
        before = getattr(version, attribute)
        with pytest.raises(TypeError):
            setattr(version, attribute, value)
        assert getattr(version, attribute) == before
        assert pending(author) == []

    @pytest.mark.promise("all-values-are-checked-first")
    def test_every_value_of_a_list_is_checked_first(self, author: Session, project: Any) -> None:
        project.children[Folder].create_batch({"name": "a"}, {"name": "b"})
        author.commit()
        folders = Query(Folder, session=author).by_id(Project, *project.id).get_all()
        with pytest.raises(TypeError):
            folders.description = ["x", "y", 3]
        assert pending(author) == []
        folders.description = ["x", None, "z"]
        assert folders.description == ["x", None, "z"]
        assert len(pending(author)) == 3

    @pytest.mark.promise("set-through-a-type")
    def test_references_also_through_the_type(self, author: Session, version: Any, shot: Any, stored: Any) -> None:
        another = shot.children[Task].create(name="b", type="Compositing")
        version.Task = another
        assert version.task == another
        approved = Query(Status, session=author).by_name("Approved").get_one()
        version.Task.status = approved
        author.commit()
        assert stored(version, "task.id") == another.id
        assert stored(another, "status.name") == ["Approved"]

    @pytest.mark.promise("references-take-kinds-of-their-type")
    def test_references_to_more_special_types(self, author: Session, shot: Any, project: Any, stored: Any) -> None:
        folder = Query(Folder, session=author).by_id(Project, *project.id).get_one()
        shot.parent = folder
        author.commit()
        assert stored(shot, "parent.id") == folder.id
        folder.parent = project
        author.commit()

    @pytest.mark.promise("none-clears-a-value")
    def test_references_to_nothing(self, author: Session, version: Any, stored: Any) -> None:
        version.task = None
        assert not version.task
        author.commit()
        assert not stored(version, "task")

    @pytest.mark.promise("children-move-to-their-new-owner")
    def test_children_go_to_whom_they_are_given(self, author: Session, project: Any, stored: Any) -> None:
        folders = project.children[Folder].create_batch({"name": "a"}, {"name": "b"})
        child = folders[0].children[Folder].create(name="child")
        author.commit()
        folders[1].children = child
        author.commit()
        assert stored(child, "parent.id") == folders[1].id

    @pytest.mark.promise("arrays-are-replaced")
    def test_arrays_are_replaced_as_a_whole(self, author: Session, version: Any, stored: Any) -> None:
        components = [version.components.create(name=name) for name in ("a", "b")]
        author.commit()
        version.fetch_attributes("components.name")
        version.components = components[1]
        author.commit()
        assert stored(version, "components.name") == ["b"]

    @pytest.mark.promise("metadata-is-replaced", "custom-attributes-are-set-by-key-or-together")
    def test_metadata_and_custom_attributes(self, author: Session, shot: Any, stored: Any) -> None:
        shot.metadata = {"a": "1", "b": "2"}
        shot.custom_fps = 30
        shot.custom_attributes = {"handles": 4}
        author.commit()
        assert stored(shot, "metadata") == [{"a": "1", "b": "2"}]
        custom = stored(shot, "custom_attributes")[0]
        assert (custom["fps"], custom["handles"]) == (30, 4)
        shot.metadata = {}
        author.commit()
        assert stored(shot, "metadata") == [{}]

    @pytest.mark.promise("custom-attributes-have-types")
    def test_custom_attributes_are_checked_before_anything_is_recorded(self, author: Session, shot: Any) -> None:
        with pytest.raises(TypeError):
            shot.custom_fps = "not a number"

    @pytest.mark.promise("final-attributes-stay")
    def test_final_attributes_stay(self, author: Session, shot: Any) -> None:
        with pytest.raises(ftrack_api.exception.ImmutableAttributeError):
            shot.id = "x"
        assert pending(author) == []

    @pytest.mark.promise("nothing-can-be-set-on-empty")
    def test_below_nothing_nothing_can_be_set(self, author: Session, shot: Any) -> None:
        with pytest.raises(ValueError, match="no entities"):
            shot.filter(lambda _: False).status.name = "x"
        assert pending(author) == []
