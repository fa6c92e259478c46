"""Deleting: allowed or not, and gone from what is read afterwards."""

import logging
from typing import Any

import pytest
from collection_tools import collection, ids, versions
from fake_session import AnsweredFromMemory, FakeSession, FakeTrackteroidSession, record

from trackteroid import configuration
from trackteroid.collections.change.pending import committing
from trackteroid.errors import DeletionError


@pytest.fixture(params=[FakeSession, FakeTrackteroidSession])
def session(request: pytest.FixtureRequest) -> AnsweredFromMemory:
    return request.param()


@pytest.fixture
def asset(session: AnsweredFromMemory) -> Any:
    return collection(session, record("Asset", "a", versions=[record("AssetVersion", n) for n in "12"]))


@pytest.mark.promise("delete-returns-the-session")
def test_one_deletion_per_entity_is_recorded(session: AnsweredFromMemory) -> None:
    assert versions(session, 1, 2).delete() is session
    assert session.operations == [("delete", "AssetVersion", None)] * 2
    session.commit()
    assert [(each["action"], each["entity_key"]) for each in session.requests[0]] == [
        ("delete", ["v1"]),
        ("delete", ["v2"]),
    ]


def test_deleted_entities_disappear_from_what_is_read(asset: Any) -> None:
    asset.versions[0].delete()
    assert ids(asset.versions) == ["2"]
    asset.versions.delete()
    assert repr(asset.versions) == "EmptyCollection[AssetVersion]"


@pytest.mark.promise("deleted-entities-disappear-until-rollback")
def test_they_are_back_after_a_rollback(session: AnsweredFromMemory, asset: Any) -> None:
    asset.versions[0].delete()
    session.rollback()
    assert ids(asset.versions) == ["1", "2"]


@pytest.mark.promise("deleted-entities-disappear-until-rollback")
def test_they_stay_away_after_the_commit(session: AnsweredFromMemory, asset: Any) -> None:
    asset.versions[0].delete()
    asset.commit()
    assert ids(asset.versions) == ["2"]
    asset.versions.delete()
    with committing(session):
        session.commit()
    assert not asset.versions


def test_they_are_back_when_the_commit_failed(session: AnsweredFromMemory, asset: Any, monkeypatch: Any) -> None:
    asset.versions[0].delete()

    def refuse(_: Any) -> Any:
        raise RuntimeError("refused")

    monkeypatch.setattr(session, "call", refuse)
    with pytest.raises(RuntimeError, match="refused"):
        asset.commit()
    assert ids(asset.versions) == ["2"], "still pending"
    session.rollback()
    assert ids(asset.versions) == ["1", "2"]


def test_other_sessions_are_not_affected(asset: Any) -> None:
    other = collection(FakeSession(), record("Asset", "a", versions=[record("AssetVersion", n) for n in "12"]))
    asset.versions.delete()
    assert len(other.versions) == 2


def test_nothing_is_recorded_while_recording_is_off(session: AnsweredFromMemory, asset: Any) -> None:
    with session.operation_recording(False):
        asset.versions.delete()
    assert session.operations == []
    assert len(asset.versions) == 2


def test_types_with_several_keys_are_deleted_by_all_of_them(session: AnsweredFromMemory) -> None:
    collection(session, record("Recipient", note_id="n", resource_id="r")).delete().commit()
    assert session.requests[0][0]["entity_key"] == ["n", "r"]


@pytest.mark.promise("configuration-decides-what-may-be-deleted")
def test_the_configuration_decides_per_type(session: AnsweredFromMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def only_shots(*, session: Any, type_name: str) -> bool:
        asked.append(type_name)
        return type_name == "Shot"

    monkeypatch.setattr(configuration, "ALLOWED_FOR_DELETION_RESOLVER", only_shots, raising=False)
    mixed = collection(session, record("Shot", "s"), record("Shot", "u"), record("Task", "t"), of="TypedContext")
    with pytest.raises(AssertionError, match="Task must not be deleted") as caught:
        mixed.delete()
    assert isinstance(caught.value, DeletionError)
    assert asked == ["Shot", "Task"]
    assert session.operations == []
    mixed[:2].delete()
    assert len(session.operations) == 2


@pytest.mark.promise("configuration-decides-what-may-be-deleted")
def test_a_configuration_that_fails_allows_nothing(
    session: AnsweredFromMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*, session: Any, type_name: str) -> bool:
        raise LookupError(type_name)

    monkeypatch.setattr(configuration, "ALLOWED_FOR_DELETION_RESOLVER", broken, raising=False)
    with pytest.raises(LookupError, match="Shot"):
        collection(session, record("Shot", "s")).delete()
    assert session.operations == []


def test_deletions_are_logged(session: AnsweredFromMemory, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="trackteroid.entities"):
        versions(session, 1).delete()
    assert caplog.messages == ["Deleting AssetVersion v1"]
