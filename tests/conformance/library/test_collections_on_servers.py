"""The library on a real server, over both transports: what users of collections see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ftrack_api.exception import ServerError

from trackteroid import (
    Asset,
    AssetVersion,
    Component,
    ComponentLocation,
    EntityCollectionOperationError,
    Folder,
    Project,
    Query,
    Session,
    Shot,
    Task,
    TypedContext,
    User,
)


@pytest.fixture
def asset(session: Session, name: str) -> Any:
    """A fresh asset with one version, in a fresh project."""
    schema = session.query('ProjectSchema where name is "VFX"').one()
    project = session.create("Project", {"name": name, "full_name": name, "project_schema": schema})
    task = session.create("Task", {"name": "comp", "parent": project})
    asset = session.create("Asset", {"name": name, "parent": project})
    session.create("AssetVersion", {"asset": asset, "task": task})
    session.commit()
    return Query(Asset, session=session).by_name(name).get_one(projections=[AssetVersion.Task.name])


def test_the_session_program(session: Session, other: Session, asset: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "recorded.dbm"
    with session.deferred_operations(path):
        collection = (
            Query(Asset, session=session)
            .by_name(name)
            .get_one(projections=[AssetVersion, AssetVersion.Task, Component, ComponentLocation.resource_identifier])
        )
        version = collection.AssetVersion.create(task=collection.AssetVersion.Task)
        component = version.Component.create(name="main")
        component.ComponentLocation.create(resource_identifier="/path/to/final/file")
        version.is_published = True
    versions = Query(AssetVersion, session=other).by_name(name)
    assert versions.get_all().version == [1], "something was sent before the replay"
    other.reconnect_and_commit(path)
    other.reconnect_and_commit(path)
    found = versions.get_all(
        projections=["is_published", Task.name, ComponentLocation.resource_identifier], order_by="version"
    )
    assert found.version == [1, 2]
    newest = found[1]
    assert newest.is_published == [True]
    assert newest.Task.name == ["comp"]
    assert newest.ComponentLocation.resource_identifier == ["/path/to/final/file"]
    assert newest.Component.name == ["main"]


def test_a_version_can_be_changed_and_shows_it(session: Session, other: Session, asset: Any, name: str) -> None:
    version = asset.AssetVersion
    version.comment = "approved"
    version.commit()
    assert version.comment == ["approved"]
    fresh = Query(AssetVersion, session=other).by_name(name).get_one(projections=["comment"])
    assert fresh.comment == ["approved"]


def test_deleted_entities_are_gone_at_once_and_stay_gone(session: Session, other: Session, asset: Any) -> None:
    version = asset.AssetVersion
    version.delete().commit()
    assert not asset.AssetVersion
    assert not Query(AssetVersion, session=other).by_id(*version.keys()).get_all()


def test_projects_grow_through_collections(session: Session, other: Session, asset: Any, name: str) -> None:
    project = Query(Project, session=session).by_name(name).get_one()
    folder = project.children[Folder].create(name="assets")
    shot = folder.children[Shot].create(name="sh010")
    shot.children[Task].create(name="comp", type="Compositing")
    session.commit()
    tasks = (
        Query(Task, session=other).by_name(Project, name).by_type("Compositing").get_all(projections=["parent.name"])
    )
    assert tasks.name == ["comp"]
    assert tasks.parent.name == ["sh010"]


def test_patterns_targets_and_negation_find_what_they_say(session: Session) -> None:
    assets = Query(Asset, session=session)
    some = set(assets.by_name("Some%").get_all().name)
    assert some
    assert all(found.startswith("Some") for found in some)
    others = Query(Asset, session=session).not_by_name("Some%").get_all().name
    assert not any(found.startswith("Some") for found in others)
    assert len(others) + len(Query(Asset, session=session).by_name("Some%").get_all()) == len(
        Query(Asset, session=session).get_all()
    )


def test_a_criterion_without_values_asks_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.types
    monkeypatch.setattr(session, "call", lambda data: pytest.fail("a request was made"))
    assert not Query(AssetVersion, session=session).by_id(*[]).get_all()


def test_values_of_any_kind_come_through_a_query(session: Session, name: str) -> None:
    user = session.create("User", {"username": f'{name} "quoted" \\ limit 5 offset 2', "is_active": True})
    session.commit()
    found = Query(User, session=session).by_name(user["username"]).get_one()
    assert found.username == [user["username"]]


def test_many_pages_keep_their_order(session: Session) -> None:
    everything = Query(TypedContext, session=session).get_all(order_by="name")
    assert everything.name == sorted(everything.name, key=str.lower)
    assert len(everything) > 100
    assert Query(TypedContext, session=session).get_all(order_by="name", limit=10, offset=5) == everything[5:15]


def test_collections_of_two_sessions_do_not_mix(session: Session, other: Session) -> None:
    ours = Query(AssetVersion, session=session).get_first()
    theirs = Query(AssetVersion, session=other).get_first()
    with pytest.raises(EntityCollectionOperationError):
        ours.union(theirs)
    with pytest.raises(EntityCollectionOperationError):
        ours.Asset = theirs.Asset


def test_a_misspelt_projection_is_named_before_anything_is_sent(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session.types
    monkeypatch.setattr(session, "call", lambda data: pytest.fail("a request was made"))
    with pytest.raises(AttributeError, match=r'coment.*Did you mean "comment"'):
        Query(AssetVersion, session=session).get_all(projections=["coment"])


def test_a_failed_commit_keeps_what_was_to_be_sent(session: Session, asset: Any) -> None:
    asset.AssetVersion.comment = "kept"
    session.create("Shot", {"name": "lost"})
    with pytest.raises(ServerError):
        session.commit()
    assert asset.AssetVersion.comment == ["kept"]
    assert len(session.recorded_operations) >= 2
    session.rollback()
