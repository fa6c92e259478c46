"""What tests of tools get: servers, sessions, entities, time, faults, and tools that use them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import ftrack_api
import pytest
from ftrack_api.event.base import Event
from ftrack_api.session import Session as ImportedEarly
from hypothesis import given, settings
from hypothesis import strategies as st

from trackteroid import SESSION, Query, Scope, Session, Task
from trackteroid.errors import InvalidArgumentsError, RefusedError
from trackteroid.operations import deferred_operations, replay
from trackteroid.testing import (
    FreshServer,
    Make,
    NotCommittedError,
    NothingMetError,
    RequestBudgetError,
    SqliteTemplate,
    assert_committed,
    substitute,
)
from trackteroid.testing.strategies import Operation, Production, operations, productions, queries

KINDS = ("ftrack_session", "stock_session")


def scopes(session: ftrack_api.Session) -> list[str]:
    return sorted(each["name"] for each in session.query("select name from Scope").all())


def create_scope(session: ftrack_api.Session, name: str) -> None:
    session.create("Scope", {"name": name})
    session.commit()


# Servers


@pytest.mark.promise("tests-have-their-own-server")
def test_every_test_has_a_server_of_its_own(tmp_path: Path) -> None:
    template = SqliteTemplate(tmp_path)
    with FreshServer(template) as one, FreshServer(template) as other:
        create_scope(one.session(), "mine")
        assert scopes(one.stock_session()) == [*scopes(other.stock_session()), "mine"]
    template.close()
    assert not list(tmp_path.iterdir()), "nothing is left"


def test_sessions_of_both_clients_see_the_same(ftrack_session: Session, stock_session: ftrack_api.Session) -> None:
    assert type(stock_session) is ftrack_api.Session
    create_scope(ftrack_session, "ours")
    create_scope(stock_session, "theirs")
    assert scopes(ftrack_session) == scopes(stock_session)


def test_processes_use_the_server_through_the_environment(ftrack_server: FreshServer) -> None:
    program = "import ftrack_api; s = ftrack_api.Session(); s.create('Scope', {'name': 'other'}); s.commit(); s.close()"
    environment = {**os.environ, **ftrack_server.environment}
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], env=environment, check=True)
    assert "other" in scopes(ftrack_server.session())


def test_hubs_are_connected(ftrack_hub: Callable[..., Any]) -> None:
    heard: list[Any] = []
    hub, other = ftrack_hub(), ftrack_hub()
    hub.subscribe("topic=tool", heard.append)
    other.publish(Event("tool"))
    hub.wait(0.5)
    assert [each["topic"] for each in heard] == ["tool"]


@pytest.mark.ftrack_server(roles=True)
def test_roles_count_where_a_test_says_so(ftrack_server: FreshServer, ftrack_make: Make) -> None:
    ftrack_make.project("open")
    session = ftrack_server.session(**ftrack_server.add_user("ada"))
    session.create("Status", {"name": "Mine"})
    with pytest.raises(RefusedError):
        session.commit()


# Entities


def test_shots_come_with_what_they_are_in_and_with_tasks(ftrack_make: Make) -> None:
    shots = ftrack_make.shots(3, tasks=["Layout", "Animation"])
    assert shots.name == ["sh0010", "sh0020", "sh0030"]
    assert sorted(set(shots.Task.type.name)) == ["Animation", "Layout"]
    assert len(shots.Task) == 6
    assert ftrack_make.versions(2, task=shots.Task[:1]).version == [1, 2]


def test_further_entities_are_of_the_same_production(ftrack_make: Make) -> None:
    project = ftrack_make.project("show")
    first, second = ftrack_make.shots(1), ftrack_make.shots(1)
    assert (first | second).fetch_attributes("project_id").project_id == [project.id[0]] * 2
    assert len(set((first | second).fetch_attributes("parent_id").parent_id)) == 1


def test_types_of_tasks_that_there_are_not_get_a_suggestion(ftrack_make: Make) -> None:
    with pytest.raises(InvalidArgumentsError, match=r'no Type "Layuot".*"Layout"'):
        ftrack_make.shots(1, tasks=["Layuot"])
    with pytest.raises(InvalidArgumentsError, match="list"):
        ftrack_make.shots(1, tasks="Layout")


@pytest.mark.parametrize("number", [-1, 0, "3", 1.5, None])
def test_how_many_are_made_is_a_number(ftrack_make: Make, number: Any) -> None:
    for make in (ftrack_make.shots, ftrack_make.sequences, ftrack_make.asset_builds, ftrack_make.versions):
        with pytest.raises(InvalidArgumentsError, match="whole number from 1 on"):
            make(number)


# Time


@pytest.mark.parametrize(
    "moment", ["2026-03-01", "2026-03-01T00:00:00", "2026-03-01T02:00+02:00", date(2026, 3, 1), datetime(2026, 3, 1)]
)
def test_time_stands_still_at_whatever_is_a_moment(
    ftrack_freeze: Callable[..., Any], ftrack_make: Make, moment: Any
) -> None:
    clock = ftrack_freeze(moment)
    (created,) = ftrack_make.shots(1).fetch_attributes("created_at").created_at
    assert created.datetime == clock.moment == datetime(2026, 3, 1, tzinfo=timezone.utc)
    clock.set("2026-03-02")
    assert clock.moment.day == 2
    with pytest.raises(ValueError, match="not to 'tomorrow'"):
        clock.set("tomorrow")


@pytest.mark.parametrize("moment", ["yesterday", "", 2026, None])
def test_time_does_not_stand_still_at_what_is_no_moment(ftrack_freeze: Callable[..., Any], moment: Any) -> None:
    with pytest.raises(InvalidArgumentsError, match="Time stands still at a moment such as"):
        ftrack_freeze(moment)


def test_time_stands_still_and_is_moved(ftrack_freeze: Callable[..., Any], ftrack_make: Make) -> None:
    clock = ftrack_freeze(datetime(2026, 3, 1, 12))
    first = ftrack_make.shots(1)
    clock.move(days=1, hours=2)
    second = ftrack_make.shots(1)
    created = (first | second).fetch_attributes("created_at").created_at
    assert [each.datetime for each in created] == [
        datetime(2026, 3, 1, 12, tzinfo=timezone.utc),
        datetime(2026, 3, 2, 14, tzinfo=timezone.utc),
    ]


# Faults


@pytest.mark.parametrize("fault", ["lose_request", "lose_answer"])
def test_ours_gets_over_lost_queries_and_the_official_client_does_not(
    fault: str, ftrack_server: FreshServer, ftrack_session: Session, stock_session: ftrack_api.Session
) -> None:
    with getattr(ftrack_server.faults, fault)(to="queries"):
        assert scopes(ftrack_session) == []
    with getattr(ftrack_server.faults, fault)(), pytest.raises(Exception, match="onnection"):
        scopes(stock_session)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_lost_was_done_or_not(kind: str, ftrack_server: FreshServer, request: pytest.FixtureRequest) -> None:
    session, judge = request.getfixturevalue(kind), ftrack_server.session()
    with ftrack_server.faults.lose_answer(to="changes") as fault:
        session.create("Scope", {"name": "done"})
        try:
            session.commit()
        except OSError:
            assert kind == "stock_session", "ours finds out"
    assert fault.met == 1
    assert scopes(judge).count("done") == 1


@pytest.mark.parametrize("ids", [("1", "2"), ("2", "1")], ids="note {0[0]}".format)
def test_changes_that_arrive_twice_are_done_once(
    ids: tuple[str, str], ftrack_server: FreshServer, ftrack_session: Session
) -> None:
    # What is in an answer twice, here as a note and as what the other one replies to, has its values only once.
    note, reply = (f"00000000-0000-4000-8000-00000000000{number}" for number in ids)
    ftrack_session.create("Note", {"id": note, "content": "look"})
    ftrack_session.create("Note", {"id": reply, "content": "done", "in_reply_to": ftrack_session.get("Note", note)})
    with ftrack_server.faults.duplicate(to="changes"):
        ftrack_session.commit()
    assert len(ftrack_server.session().query("Note").all()) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_calls_are_refused_delayed_and_repeated(
    kind: str, ftrack_server: FreshServer, request: pytest.FixtureRequest
) -> None:
    session, faults = request.getfixturevalue(kind), ftrack_server.faults
    with faults.refuse("Not {now}.", nth=2):
        assert scopes(session) == []
        with pytest.raises(ftrack_api.exception.ServerError, match=r"Not \(now\)\."):
            scopes(session)
    with faults.delay(0.01), faults.duplicate(nth=2, to="calls"):
        assert scopes(session) == scopes(session)


def test_what_was_to_go_wrong_without_a_block_is_told(ftrack_server: FreshServer) -> None:
    ftrack_server.faults.refuse()
    with pytest.raises(NothingMetError, match=r"refuse had no block.* Write: with ftrack_faults\.refuse"):
        ftrack_server.faults.check()
    ftrack_server.faults.check()


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_starts_again_has_everything(
    kind: str, ftrack_server: FreshServer, request: pytest.FixtureRequest
) -> None:
    session = request.getfixturevalue(kind)
    create_scope(session, "before")
    session.retries = 0
    with ftrack_server.faults.restart(), pytest.raises(OSError):
        scopes(session)
    assert "before" in scopes(session)


def test_a_fault_that_happens_to_nothing_fails_the_test(ftrack_server: FreshServer, ftrack_session: Session) -> None:
    with pytest.raises(NothingMetError, match="lose_answer has happened to nothing"):  # noqa: SIM117
        with ftrack_server.faults.lose_answer(to="changes"):
            scopes(ftrack_session)
    with pytest.raises(ValueError, match="nth=1"):
        ftrack_server.faults.lose_answer(nth=0)


# What is asked, and what is committed


def test_so_many_requests_are_expected(ftrack_session: Session, expect_queries: Callable[..., Any]) -> None:
    with expect_queries(1):
        scopes(ftrack_session)
    with pytest.raises(RequestBudgetError, match="1 requests were sent, 2 are expected"), expect_queries(2):
        scopes(ftrack_session)


def test_plans_are_compared_with_the_server(ftrack_session: Session, ftrack_make: Make, tmp_path: Path) -> None:
    shots, file = ftrack_make.shots(2), tmp_path / "deferred.db"
    with deferred_operations(ftrack_session, file):
        shots[0].name = "renamed"
        ftrack_session.create("Scope", {"name": "new"})
        shots[1].delete()
    plan = ftrack_session.plan(file)
    with pytest.raises(NotCommittedError) as raised:
        assert_committed(plan, ftrack_session)
    assert str(raised.value).splitlines()[1:] == [
        "  Shot \"sh0010\" of Sequence \"sq010\": name is 'sh0010', not 'renamed'.",
        '  Scope "new" is not there.',
        '  Shot "sh0020" of Sequence "sq010" is still there.',
    ]
    replay(ftrack_session, file)
    assert_committed(plan, ftrack_session)
    assert_committed(file, ftrack_session)


# Tools


class Derived(ImportedEarly):
    """A class of a tool."""


@pytest.mark.promise("substituted-tools-stay-here")
def test_tools_go_to_the_server_whatever_address_they_give(ftrack_tool: FreshServer) -> None:
    ours = ImportedEarly("https://studio.example", "key", "ada", False, [], schema_cache_path=False)
    derived = Derived("https://studio.example", "key", "ada", plugin_paths=[], schema_cache_path=False)
    assert isinstance(ours, Session)
    assert ours.auto_populate is False
    assert type(derived) is Derived
    create_scope(derived, "derived")
    assert "derived" in scopes(ours)
    assert "derived" in Query(Scope).get_all(projections=["name"]).name, "SESSION leads there, too"
    assert os.environ["FTRACK_SERVER"] == ftrack_tool.url
    ours.close()
    derived.close()


def test_tools_load_what_they_read_as_with_the_official_client(ftrack_tool: FreshServer, ftrack_make: Make) -> None:
    ftrack_make.shots(1)
    with ftrack_api.Session(plugin_paths=[], schema_cache_path=False) as session:
        assert session.query("Shot").first()["status"]["name"]


def test_the_official_client_can_be_kept(ftrack_server: FreshServer) -> None:
    with substitute(ftrack_server, session=ftrack_api.Session):
        session = ImportedEarly("https://studio.example", "key", "ada", plugin_paths=[], schema_cache_path=False)
        assert type(session) is ftrack_api.Session
        assert session.server_url == ftrack_server.url
        session.close()


def test_nothing_is_left_of_a_substitution(ftrack_server: FreshServer) -> None:
    before, arguments = dict(os.environ), dict(SESSION._arguments.given)
    with substitute(ftrack_server):
        assert not Query(Task).get_all()
        assert SESSION.connected
    assert dict(os.environ) == before
    assert SESSION._arguments.given == arguments
    assert not SESSION.connected


def test_a_tool_that_closes_the_default_session_closes_it_nowhere_else(ftrack_server: FreshServer) -> None:
    for _ in range(2):
        with substitute(ftrack_server):
            assert not Query(Task).get_all()
            SESSION.close()
        assert not SESSION.closed


def test_the_default_session_works_in_a_substitution_although_it_is_closed(ftrack_server: FreshServer) -> None:
    with SESSION.elsewhere():
        SESSION.close()
        with substitute(ftrack_server):
            assert not Query(Task).get_all()
        assert SESSION.closed, "as it was before"


# Strategies


@settings(max_examples=25)
@given(text=queries())
def test_queries_at_random_are_answered(text: str, ftrack_session: Session, stock_session: ftrack_api.Session) -> None:
    ours = [each["id"] for each in ftrack_session.query(text)]
    assert ours == [each["id"] for each in stock_session.query(text)]


@pytest.mark.slow
@settings(max_examples=6)
@given(production=productions(sequences=2, shots=2), changes=st.lists(operations(), max_size=4))
def test_productions_at_random_are_made_and_changed(
    production: Production, changes: list[Operation], tmp_path_factory: pytest.TempPathFactory
) -> None:
    template = SqliteTemplate(tmp_path_factory.mktemp("random"))
    with FreshServer(template) as one, FreshServer(template) as other:
        sessions: list[ftrack_api.Session] = [one.session(auto_populate=True), other.stock_session()]
        for server, session in zip((one, other), sessions, strict=True):
            production.build(Make(server.session()))
            for change in changes:
                change.apply(session)
                session.commit()
        ours, theirs = (
            sorted((each["name"], each["parent"]["name"]) for each in session.query("Shot")) for session in sessions
        )
        assert ours == theirs
