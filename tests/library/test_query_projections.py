"""Projections: what is asked for, in text, classes and chains."""

from typing import Any

import pytest
from query_tools import ListeningSession, query

from trackteroid.entities import (
    Asset,
    AssetVersion,
    Component,
    ComponentLocation,
    Project,
    Sequence,
    Shot,
    Status,
    Task,
    TypedContext,
    User,
    entity_class,
)
from trackteroid.errors import InvalidArgumentsError, RelationError, UnknownAttributeError, UnknownEntityTypeError
from trackteroid.schema.relations import SchemaEntry

DEFAULTS = ["id", "asset.name", "version"]


def asked(entity_type: Any, projections: Any, entry: SchemaEntry | None = None) -> list[str]:
    """Return what a query sends as projections."""
    session = ListeningSession()
    query(entity_type, session, entry or SchemaEntry()).get_all(projections=projections)
    return session.texts[0].removeprefix("select ").partition(" from ")[0].split(", ")


@pytest.mark.promise("default-projections-come-first")
@pytest.mark.parametrize(
    ("projections", "paths"),
    [
        (None, []),
        ([], []),
        (["comment"], ["comment"]),
        (("comment", "is_published"), ["comment", "is_published"]),
        (
            {"task_id", "is_published", "user_id", "comment", "date"},
            ["comment", "date", "is_published", "task_id", "user_id"],
        ),
        (["comment", "version", "comment"], ["comment"]),
        (["asset.parent.project.name"], ["asset.parent.project.name"]),
        (["asset.parent[Shot].name"], ["asset.parent[Shot].name"]),
        ([Project], ["task.project"]),
        ([Project.name], ["task.project.name"]),
        ([Asset.name, Task.Status.name, "comment"], ["task.status.name", "comment"]),
        ([ComponentLocation.resource_identifier], ["components.component_locations.resource_identifier"]),
        ([Shot.name], ["asset.parent.name"]),
        ([AssetVersion.comment], ["comment"]),
        ([AssetVersion.Task.name], ["task.name"]),
        ([User.username], ["user.username"]),
        (["custom_attributes"], ["custom_attributes"]),
        (["custom_frames"], ["custom_attributes"]),
        ([Task.custom_frames, "task.custom_x"], ["task.custom_attributes"]),
        (["metadata", "metadata.key"], ["metadata", "metadata.key"]),
        (["_link"], ["_link"]),
        ([AssetVersion], []),
    ],
)
def test_default_projections_come_first_then_the_requested_ones_in_their_order(
    projections: Any, paths: list[str]
) -> None:
    assert asked(AssetVersion, projections) == DEFAULTS + paths


@pytest.mark.promise("projections-can-be-names-types-or-chains")
@pytest.mark.parametrize(
    ("entity_type", "projections", "paths"),
    [
        (
            Asset,
            [AssetVersion, AssetVersion.Task, Component, ComponentLocation.resource_identifier],
            [
                *("versions", "versions.task", "versions.components"),
                "versions.components.component_locations.resource_identifier",
            ],
        ),
        (Shot, [TypedContext.name], ["parent.name"]),
        (Project, [Asset.name], ["descendants.assets.name", "assets.name"]),
        (Task, [Task.State.name], ["status.state.name"]),
    ],
    ids=str,
)
def test_relations_are_followed_from_the_queried_type(entity_type: Any, projections: Any, paths: list[str]) -> None:
    assert asked(entity_type, projections) == ["id", "name", *paths]


@pytest.mark.promise("every-path-is-projected")
def test_every_alternative_of_a_relation_is_asked_for() -> None:
    entry = SchemaEntry(
        "two", {"AssetVersion": {"Sequence": ("asset.parent[Sequence]", "task.parent.parent[Sequence]")}}
    )
    assert asked(AssetVersion, [Sequence.Status.name], entry) == [
        *DEFAULTS,
        "asset.parent.status.name",
        "task.parent.parent.status.name",
    ]


@pytest.mark.promise("projection-of-unknown-attribute-is-refused")
@pytest.mark.parametrize(
    ("projections", "error", "message"),
    [
        (["coment"], UnknownAttributeError, r'AssetVersion has no attribute "coment".*"comment"'),
        (["asset.nam"], UnknownAttributeError, r'Asset has no attribute "nam"'),
        (["comment.name"], UnknownAttributeError, "nothing can follow"),
        ([Task.State.nam], UnknownAttributeError, r'State has no attribute "nam"'),
        ([Task.Stat.name], UnknownAttributeError, r'Task has no attribute "Stat".*"State"'),
        ([Task.name.first], UnknownAttributeError, "cannot follow a plain value"),
        ([Task.custom_frames.x], UnknownAttributeError, "cannot follow a plain value"),
        ([Status.by_nam], UnknownAttributeError, r'Status has no attribute "by_nam"'),
        (["custom_attribute_links"], UnknownAttributeError, "no query can ask for"),
        ([entity_class("Shoot").name], UnknownEntityTypeError, r'no entity type "Shoot".*"Shot"'),
        ([entity_class("UserApplicationState")], RelationError, "from AssetVersion to UserApplicationState"),
        ("comment", InvalidArgumentsError, r"given as a list, not as 'comment'. Write \['comment'\]"),
        (Project.name, InvalidArgumentsError, r"Write \[Project.name\]"),
        (Project, InvalidArgumentsError, r"Write \[Project\]"),
        (1, InvalidArgumentsError, "given as a list"),
        ([1], InvalidArgumentsError, "1 is no projection"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_for_is_reported_before_anything_is_sent(
    projections: Any, error: type[Exception], message: str
) -> None:
    session = ListeningSession()
    with pytest.raises(error, match=message):
        query(AssetVersion, session).get_all(projections=projections)
    assert session.texts == []


@pytest.mark.promise("projections-come-in-a-list-tuple-or-set")
def test_wrong_containers_raise_what_existing_code_catches() -> None:
    with pytest.raises(AssertionError):
        query(AssetVersion).get_all(projections="comment")


def test_projections_hold_for_one_call_only() -> None:
    session = ListeningSession()
    built = query(Shot, session)
    built.get_all(projections=["description"])
    built.get_all()
    assert [text.partition(" from ")[0] for text in session.texts] == [
        "select id, name, description",
        "select id, name",
    ]
    assert built.projections == ["id", "name"]


@pytest.mark.promise("default-projections-can-be-configured")
def test_a_studio_can_choose_the_default_projections(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolver(session: object, type_name: str) -> list[str] | None:
        return ["id", "name", "status.name"] if type_name == "Shot" else None

    monkeypatch.setattr("trackteroid.configuration.DEFAULT_PROJECTIONS_RESOLVER", resolver, raising=False)
    assert str(query(Shot)) == "select id, name, status.name from Shot"
    assert asked(Shot, ["name", "description"]) == ["id", "name", "status.name", "description"]
    assert str(query(Asset)) == "select id, name from Asset"
