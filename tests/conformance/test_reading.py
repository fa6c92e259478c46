"""What clients read."""

from __future__ import annotations

from typing import Any

import ftrack_api
import pytest
from ftrack_api.symbol import NOT_SET


def test_a_session_starts_and_finds_itself(session: Any) -> None:
    assert session.server_information["is_timezone_support_enabled"] is True
    assert session.query(f'User where username is "{session.api_user}"').one()["is_active"] is True


def test_all_entity_types_arrive(session: Any) -> None:
    assert len(session.types) >= 116
    assert {"Task", "AssetVersion", "ContextCustomAttributeValue"} <= set(session.types)


def test_built_in_locations_are_on_the_server(session: Any) -> None:
    names = {location["name"] for location in session.query("Location")}
    assert {"ftrack.origin", "ftrack.unmanaged", "ftrack.review", "ftrack.server"} <= names


def test_get_finds_by_key_and_only_by_the_right_type(session: Any, shot: Any) -> None:
    session.reset()
    found = session.get("Shot", shot["id"])
    assert found["name"] == "sh010"
    assert session.get("TypedContext", shot["id"]).entity_type == "Shot"
    assert session.get("Task", shot["id"]) is None


def test_pages_are_fetched_until_there_are_no_more(session: Any) -> None:
    everything = session.query("select name from TypedContext").all()
    paged = session.query("select name from TypedContext", page_size=7).all()
    assert [entity["id"] for entity in paged] == [entity["id"] for entity in everything]
    assert len(everything) > 100


def test_a_last_page_that_is_exactly_full_costs_no_extra_call(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    count = len(session.query("select id from Status").all())
    calls = []
    call = session.call
    monkeypatch.setattr(session, "call", lambda data: calls.append(data) or call(data))
    assert len(session.query("select id from Status", page_size=count).all()) == count
    assert len(calls) == 1


def test_first_one_and_slices(session: Any) -> None:
    query = session.query("Status order by name")
    assert query.first()["name"] == query[0]["name"] == query.all()[0]["name"]
    assert session.query('Status where name is "Not started"').one()["state"]["short"] == "NOT_STARTED"
    with pytest.raises(ftrack_api.exception.NoResultFoundError):
        session.query('Status where name is "no such"').one()
    with pytest.raises(ftrack_api.exception.MultipleResultsFoundError):
        session.query("Status").one()


def test_nested_projections_need_one_call(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.types  # connected
    calls = []
    call = session.call
    monkeypatch.setattr(session, "call", lambda data: calls.append(data) or call(data))
    versions = session.query(
        "select version, asset.name, asset.parent.name, status.state.short, components.name from AssetVersion limit 20"
    ).all()
    with session.auto_populating(False):
        for version in versions:
            assert version["asset"]["name"]
            assert version["asset"]["parent"]["name"]
            assert version["status"]["state"]["short"]
            assert all(component["name"] for component in version["components"])
    assert len(calls) == 1


def test_what_was_not_asked_for_is_fetched_on_access(session: Any, version: Any) -> None:
    session.reset()
    fresh = session.query(f'select id from AssetVersion where id is "{version["id"]}"').one()
    assert fresh["comment"] == "first"
    assert fresh["asset"]["parent"]["project"]["full_name"].endswith(" full")
    assert fresh["version"] == 1


def test_what_was_not_asked_for_stays_unset_without_auto_population(session: Any, version: Any) -> None:
    session.reset()
    with session.auto_populating(False):
        fresh = session.query(f'select id from AssetVersion where id is "{version["id"]}"').one()
        assert fresh["comment"] is NOT_SET
        assert fresh["asset_id"] is not NOT_SET


def test_populate_fetches_for_many_at_once(session: Any) -> None:
    tasks = session.query("select id from Task limit 10").all()
    session.populate(tasks, "name, status.name, parent.name")
    with session.auto_populating(False):
        assert all(task["status"]["name"] and task["parent"]["name"] for task in tasks)


def test_values_reads_everything(session: Any, shot: Any) -> None:
    session.reset()
    fresh = session.get("Shot", shot["id"])
    read = dict(fresh.items())
    assert read["name"] == "sh010"
    assert read["parent"]["name"] == "sq010"
    assert [part["type"] for part in read["link"]] == ["Project", "Sequence", "Shot"]


def test_dates_arrive_as_moments_in_utc(session: Any, shot: Any) -> None:
    session.reset()
    created = session.get("Shot", shot["id"])["created_at"]
    assert created.tzinfo is not None
    assert created.utcoffset().total_seconds() == 0


def test_subtypes_are_found_through_their_base(session: Any, project: Any, shot: Any) -> None:
    found = session.query(f'TypedContext where project_id is "{project["id"]}"').all()
    assert sorted(entity.entity_type for entity in found) == ["Sequence", "Shot"]
    assert session.query(f'Context where id is "{project["id"]}"').one().entity_type == "Project"


def test_the_hierarchy_can_be_walked_both_ways(session: Any, project: Any, shot: Any) -> None:
    session.reset()
    fresh = session.get("Project", project["id"])
    (sequence,) = fresh["children"]
    assert [child["id"] for child in sequence["children"]] == [shot["id"]]
    assert {entity["name"] for entity in fresh["descendants"]} == {"sq010", "sh010"}
    assert [entity["name"] for entity in session.get("Shot", shot["id"])["ancestors"]] == ["sq010"]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("Task where nothing is 1", "Task has no attribute nothing"),
        ("Task order by nothing", "Task has no attribute nothing"),
        ("select name from Task where", "Failed to parse"),
        ("select name from Tusk", "Tusk"),
        ('select name from Task where name is "', "Failed to parse"),
    ],
)
def test_a_query_that_cannot_be_answered_is_an_error_of_the_server(session: Any, expression: str, message: str) -> None:
    with pytest.raises(ftrack_api.exception.ServerError) as caught:
        session.query(expression).all()
    assert message in str(caught.value)


def test_a_projection_that_means_nothing_is_left_out_and_told(
    session: Any, client: str, caplog: pytest.LogCaptureFixture
) -> None:
    task = session.query("select name, nothing, status.nothing from Task").first()
    assert task["name"]
    assert "nothing" not in task
    told = [each.getMessage() for each in caplog.records if "The server has left" in each.getMessage()]
    assert len(told) == (2 if client == "ours" else 0)
    assert all("has no attribute nothing" in each for each in told)


def test_values_come_back_as_they_were_sent(session: Any, other: Any, shot: Any) -> None:
    for text in (
        'quote " quote',
        "back\\slash",
        "percent % under_score",
        "ünïcödé ☃",
        "{braces}",
        "limit 5 offset 2",
        " a\nb ",
    ):
        shot["description"] = text
        session.commit()
        other.reset()
        assert other.get("Shot", shot["id"])["description"] == text


def test_wrong_keys_are_refused(running: Any, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ftrack_api.exception.ServerError) as caught:
        running.connect(client, monkeypatch, api_key="wrong").query("Task").first()
    assert "InvalidCredentialsError" in str(caught.value) or "key" in str(caught.value)
    assert running.server.api_key not in str(caught.value)


def test_strict_sessions_get_the_same_errors(running: Any, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with running.connect(client, monkeypatch, strict_api=True) as session:
        with pytest.raises(ftrack_api.exception.ServerError, match="has no attribute nothing"):
            session.query("select nothing from Task").all()
        assert session.query("Task").first() is not None
