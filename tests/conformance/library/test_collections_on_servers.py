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
    Manager,
    Metadata,
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


def test_the_documented_session_runs_on_every_server(
    session: Session, other: Session, asset: Any, tmp_path: Path, name: str
) -> None:
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


def test_going_through_a_query_reaches_everything_while_the_loop_deletes(session: Session, asset: Any) -> None:
    project = asset.parent[Project]
    project.children[Folder].create_batch(*({"name": f"{number:02}"} for number in range(9)))
    session.commit()
    reached: list[str] = []
    for folders in Query(Folder, session=session).by_id(Project, *project.id).iterate(2):
        reached += folders.name
        folders.delete()
        session.commit()
    assert sorted(reached) == [f"{number:02}" for number in range(9)]


def test_metadata_is_gone_through_by_several_keys(session: Session, asset: Any) -> None:
    folder = asset.parent[Project].children[Folder].create(name="folder")
    keys = ["lens", "LENS", "Lens\u00e9", "lens\u00c9", 'a "b" \\', "z"]
    for key in keys:
        session.create("Metadata", {"parent_id": folder.id[0], "parent_type": "Folder", "key": key, "value": "x"})
        try:
            session.commit()
        except ServerError:  # on this database, the keys are the same
            session.rollback()
    metadata = Query(Metadata, session=session).where(Metadata.parent_id == folder.id[0])
    everything = sorted(each["key"] for each in metadata.get_all().values())
    assert len(everything) >= 4
    for size in (1, 2, 3, 10):
        reached = [each["key"] for chunk in metadata.iterate(size) for each in chunk.values()]
        assert sorted(reached) == everything


def test_a_criterion_and_its_opposite_find_everything_once(session: Session, asset: Any) -> None:
    def ask(kind: Any) -> Query:
        return Query(kind, session=session)

    session.create("AssetVersion", {"asset_id": asset.id[0]})  # without a task
    session.commit()
    for found, not_found, everything in (
        (ask(AssetVersion).by_name(Task, "comp"), ask(AssetVersion).not_by_name(Task, "comp"), ask(AssetVersion)),
        (ask(AssetVersion).by_id(Manager, "x"), ask(AssetVersion).not_by_id(Manager, "x"), ask(AssetVersion)),
        (ask(Folder).by_status("x", None), ask(Folder).not_by_status("x", None), ask(Folder)),
        (ask(Asset).by_type("x"), ask(Asset).not_by_type("x"), ask(Asset)),
    ):
        assert sorted(found.ids() + not_found.ids()) == everything.ids()


def test_the_last_day_of_a_range_counts_whole(session: Session, asset: Any) -> None:
    for moment in ("2031-01-09T23:59:59", "2031-01-10T00:00:00", "2031-01-10T23:59:59", "2031-01-11T00:00:00"):
        session.create("AssetVersion", {"asset_id": asset.id[0], "date": moment})
    session.commit()
    versions = Query(AssetVersion, session=session).by_id(Asset, *asset.id)
    day = versions.by_publish_time(start="2031-01-10", end="2031-01-10").get_all(projections=["date"])
    assert sorted(each.isoformat()[:19] for each in day.date) == ["2031-01-10T00:00:00", "2031-01-10T23:59:59"]
