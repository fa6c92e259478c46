"""Listeners: what they hear, as what, and what becomes of it when something goes wrong."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import arrow
import pytest

from trackteroid import AssetVersion, Query, Session, Shot, Status, Task
from trackteroid.errors import (
    InvalidArgumentsError,
    MissingValueWarning,
    NoEventLogError,
    UnknownAttributeError,
    UnknownEntityTypeError,
)
from trackteroid.events import Change, Outcome
from trackteroid.events.sources import HubSource
from trackteroid.server import EmbeddedServer
from trackteroid.testing import Events, ExpectedEventError, request_budget


@pytest.fixture
def other(server: EmbeddedServer) -> Iterator[Session]:
    """The session of somebody who changes things."""
    with Session(server_url=server, plugin_paths=[]) as other:
        yield other


@pytest.fixture
def tasks(other: Session) -> Any:
    return Query(Task, session=other).get_all(["status.name", "bid", "project.name"], limit=6)


class Heard(list[Change]):
    """A listener that remembers."""

    def __call__(self, change: Change) -> None:
        self.append(change)


def listening(session: Session, work: Callable[[], object], done: Callable[[], object], **options: Any) -> Outcome:
    """Let a session listen until something is so, while somebody works once it does."""
    at_work: list[threading.Thread] = []

    def until() -> bool:
        if not at_work:
            at_work.append(threading.Thread(target=work))
            at_work[0].start()
        return not at_work[0].is_alive() and bool(done())

    outcome = session.listen(until=until, duration=60, **options)
    at_work[0].join()
    assert done(), "the events did not come"
    return outcome


def set_status(tasks: Any, name: str) -> None:
    tasks.status = name
    tasks.commit()


def set_bid(tasks: Any, bid: float) -> None:
    tasks.apply(lambda _: bid, "bid")
    tasks.commit()


@pytest.mark.parametrize("options", [{}, {"since": "now"}, {"group": "any"}], ids=["live", "log", "group"])
@pytest.mark.promise("listeners-get-typed-changes")
def test_a_listener_hears_of_a_status_by_its_name(
    session: Session, other: Session, tasks: Any, options: dict[str, Any]
) -> None:
    set_status(tasks, "In progress")
    heard = Heard()
    session.on("ftrack.update", Task.status)(heard)
    listening(session, lambda: set_status(tasks, "Approved"), lambda: heard, **options)
    (change,) = heard
    assert (change.old, change.new, change.attribute, change.action) == ("In progress", "Approved", "status", "update")
    assert (change.type, change.user, change.by_me) == ("Task", "demo", False)
    assert change.entities.id == tasks.id
    assert change.new_entity.name == ["Approved"]
    assert change.entities.status.name == ["Approved"]
    assert change.project_id in Query(Task, session=other).by_id(*tasks.id).get_all(["project_id"]).project_id
    assert change.at is not None


def test_values_are_what_reading_the_attribute_gives(session: Session, events: Events, other: Session) -> None:
    shots = Query(Shot, session=session).get_first(["custom_attributes"])
    heard = Heard()
    for attribute in (Shot.end_date, Shot.custom_fstart, Shot.bid):
        session.on("ftrack.update", attribute)(heard)
    end = arrow.get("2026-03-01T12:00:00+00:00")
    events.deliver(
        events.update(shots, Shot.end_date, old=None, new=end),
        events.update(shots, Shot.custom_fstart, old="1", new="1001"),
        events.update(shots, "bid", old=1.0, new=2.5),
    )
    assert [(change.attribute, change.old, change.new) for change in heard] == [
        ("end_date", None, end),
        ("custom_fstart", 1, 1001),
        ("bid", 1.0, 2.5),
    ]


def test_entities_that_changed_alike_come_together_and_others_apart(
    session: Session, events: Events, tasks: Any
) -> None:
    heard = Heard()
    session.on("ftrack.update", Task.bid)(heard)
    set_bid(tasks[:4], 1.5)
    with events.capture() as caught:
        tasks[:2].apply(lambda _: 2.0, "bid")
        tasks[2:4].apply(lambda _: 3.0, "bid")
        tasks.commit()
    events.deliver(*caught)
    assert sorted((change.old, change.new, len(change.ids)) for change in heard) == [(1.5, 2.0, 2), (1.5, 3.0, 2)]


def test_new_moved_and_deleted_entities_are_told_once_with_their_names(
    session: Session, events: Events, other: Session
) -> None:
    heard = Heard()
    session.on("ftrack.update", Shot)(heard)
    first, second = (other.query("select id, project_id from Sequence").first() for _ in range(2))
    with events.capture() as caught:
        shot = other.create("Shot", {"name": "told", "parent": first})
        other.commit()
        shot["parent"] = other.get("Project", first["project_id"])
        other.commit()
        other.delete(shot)
        other.commit()
    events.deliver(*caught)
    seen = dict.fromkeys((change.action, change.attribute) for change in heard)
    assert next(iter(seen))[0] == "add"
    assert ("move", "parent") in seen
    assert list(seen)[-1] == ("remove", None)
    added, removed = heard[0], heard[-1]
    assert (added.names, removed.names) == (("told",), ("told",))
    assert added.values["name"] == (None, "told")
    assert next(change for change in heard if change.action == "move").names in (("told",), (None,))
    assert not removed.entities
    assert second is not None


@pytest.mark.parametrize("where", [Task.Project.name == "sync", 'project.name is "sync"'], ids=["code", "text"])
def test_a_condition_is_asked_once_for_all_that_comes_together(
    session: Session, events: Events, other: Session, where: Any
) -> None:
    heard = Heard()
    session.on("ftrack.update", Task.bid, where=where, projections=["parent.name"])(heard)
    inside = Query(Task, session=other).where(Task.Project.name == "sync").get_all(["name"], limit=3)
    outside = Query(Task, session=other).where(Task.Project.name != "sync").get_all(["name"], limit=3)
    told = [events.update(each, Task.bid, old=1, new=2) for each in (*inside, *outside)]
    with request_budget(1):
        events.deliver(*told)
    assert sorted(each for change in heard for each in change.ids) == sorted(inside.id)
    with request_budget(1):
        assert [change.entities.parent.name for change in heard]


def test_a_listener_tells_its_own_changes_from_those_of_others(session: Session, tasks: Any) -> None:
    everything, others = Heard(), Heard()

    @session.on("ftrack.update", Task.bid)
    def correct(change: Change) -> None:
        everything.append(change)
        if not change.by_me:
            change.entities.bid = 7.0
            change.entities.commit()

    session.on("ftrack.update", Task.bid, ignore_own=True)(others)

    listening(session, lambda: set_bid(tasks[0], 6.0), lambda: len(everything) == 2)
    assert [change.by_me for change in everything] == [False, True]
    assert [change.new for change in others] == [6.0]


def test_what_a_listener_reads_is_loaded_and_as_it_is_now(session: Session, events: Events, other: Session) -> None:
    shot = Query(Shot, session=other).where(Shot.AssetVersion.any()).get_first(["bid"])
    seen: list[Any] = []

    @session.on("ftrack.update", Shot.bid)
    def read(change: Change) -> None:
        seen.append(change.entities.AssetVersion.comment)

    events.deliver(events.update(shot, Shot.bid, old=1, new=2))
    versions = shot.fetch_attributes("assets.versions.comment").AssetVersion
    versions.apply(lambda _: "changed meanwhile", "comment")
    versions.commit()
    events.deliver(events.update(shot, Shot.bid, old=2, new=3))
    assert seen[0] != seen[1]
    assert set(seen[1]) == {"changed meanwhile"}


@pytest.mark.promise("listeners-lose-nothing-in-silence")
def test_what_fails_is_tried_again_then_put_aside_by_name_and_others_go_on(
    session: Session, other: Session, tasks: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackteroid.events.running._PAUSE", 0.01)
    heard, tries = Heard(), list[str]()

    @session.on("ftrack.update", Task.bid, attempts=2)
    def failing(change: Change) -> None:
        tries.append(change.ids[0])
        change.entities.bid = 99.0
        raise RuntimeError("disk full")

    session.on("ftrack.update", Task.bid)(heard)

    with caplog.at_level(logging.ERROR):
        outcome = listening(session, lambda: set_bid(tasks[0], 11.0), lambda: heard)
    assert len(tries) == outcome.failed == 2
    (line,) = outcome.put_aside
    assert "failing" in line
    assert "2 attempts" in line
    assert tries[0] in line
    assert "RuntimeError: disk full" in line
    assert line in caplog.text
    assert "Traceback" in caplog.text
    # What the failed call has not committed is not sent along by anybody.
    assert not session.recorded_operations
    assert Query(Task, session=other).by_id(tasks[0].id[0]).get_one(["bid"]).bid == [11.0]


def test_an_error_can_stop_it_all(session: Session, tasks: Any) -> None:
    @session.on("ftrack.update", Task.bid)
    def failing(_: Change) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        listening(session, lambda: set_bid(tasks[1], 12.0), lambda: False, on_error="stop")


def test_what_is_given_back_comes_to_another_member_of_the_group(server: EmbeddedServer, tasks: Any) -> None:
    heard = Heard()
    with Session(server_url=server) as one, Session(server_url=server) as two:

        @one.on("ftrack.update", Task.bid)
        def failing(_: Change) -> None:
            raise RuntimeError("mine")

        def work() -> None:
            tasks[2].bid = 13.0
            tasks.commit()

        with pytest.raises(RuntimeError, match="mine"):
            listening(one, lambda: set_bid(tasks[2], 13.0), lambda: False, on_error="stop", group="handed on")
        two.on("ftrack.update", Task.bid)(heard)
        two.listen(group="handed on", until=lambda: heard, duration=60)
    assert [change.new for change in heard] == [13.0]
    assert not heard[0].by_me


def test_who_works_longer_than_the_lease_keeps_the_event(server: EmbeddedServer, tasks: Any) -> None:
    heard: dict[str, Heard] = {"one": Heard(), "two": Heard()}
    has_begun, may_end = threading.Event(), threading.Event()
    with (
        Session(server_url=server, plugin_paths=[]) as one,
        Session(server_url=server, plugin_paths=[]) as two,
    ):

        @one.on("ftrack.update", Task.bid)
        def slow(change: Change) -> None:
            has_begun.set()
            assert may_end.wait(60)
            heard["one"](change)

        two.on("ftrack.update", Task.bid)(heard["two"])

        def work() -> None:
            set_bid(tasks[3], 17.0)
            assert has_begun.wait(60)
            two.listen(group="slow", lease=0.5, duration=2)
            may_end.set()

        outcome = listening(one, work, lambda: heard["one"], group="slow", lease=0.5)
    assert (outcome.handled, heard["two"]) == (1, [])


@pytest.mark.promise("listeners-lose-nothing-in-silence")
def test_what_the_event_hub_does_not_bring_is_heard_all_the_same_and_once(
    session: Session, other: Session, tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackteroid.events.sources.FollowingSource._longest", 0.1)
    keep = HubSource._keep
    is_away = threading.Event()
    monkeypatch.setattr(HubSource, "_keep", lambda self, event: None if is_away.is_set() else keep(self, event))
    heard, received, asked = Heard(), list[Any](), list[Any]()
    session.on("ftrack.update", Task.bid)(heard)
    session.on("studio.*")(received.append)

    @session.answers("studio.asked")
    def answer(event: Any) -> dict[str, Any]:
        asked.append(event.data)
        return {"success": True}

    def work() -> None:
        set_bid(tasks[4], 21.0)
        is_away.set()
        set_bid(tasks[4], 22.0)
        other.publish("studio.away")
        is_away.clear()
        set_bid(tasks[4], 23.0)
        own = session.event_hub._subscribers[-1].metadata["id"]
        other.publish("studio.addressed", target=f'id="{own}"')
        assert other.publish("studio.asked", {"n": 1}, wait=60, replies=1)

    topics = {"studio.away", "studio.addressed", "studio.asked"}
    listening(session, work, lambda: len(heard) == 3 and {each.topic for each in received} == topics)
    assert [change.new for change in heard] == [21.0, 22.0, 23.0]
    assert (len(received), asked) == (3, [{"n": 1}])


def test_threads_have_sessions_of_their_own_and_keep_the_order_of_each_entity(session: Session, tasks: Any) -> None:
    order: dict[str, list[float]] = {}
    sessions: set[int] = set()

    @session.on("ftrack.update", Task.bid)
    def note(change: Change) -> None:
        assert change.session is not session
        assert change.entities.id == list(change.ids)
        sessions.add(id(change.session))
        for each in change.ids:
            order.setdefault(each, []).append(change.new)

    chosen = tasks[:3]

    def work() -> None:
        for number in range(5):
            for task in chosen:
                task.bid = 100.0 + number
                task.commit()

    outcome = listening(session, work, lambda: sum(map(len, order.values())) == 15, threads=3)
    assert order == {each: [100.0, 101.0, 102.0, 103.0, 104.0] for each in chosen.id}
    assert outcome.handled == 15
    assert len(sessions) > 1


@pytest.mark.parametrize(
    ("register", "error", "words"),
    [
        (lambda s: s.on("ftrack.update", Task.statsu), UnknownAttributeError, 'Did you mean "status'),
        (lambda s: s.on("ftrack.update", "statsu"), UnknownAttributeError, 'Did you mean "status'),
        (lambda s: s.on("ftrack.update", Shot.custom_fstrat), UnknownAttributeError, 'Did you mean "fstart"'),
        (lambda s: s.on("ftrack.update", Task.status, where=Task.Project.nmae == "x"), UnknownAttributeError, "name"),
        (lambda s: s.on("ftrack.update", Task.assets), InvalidArgumentsError, "listen to Asset"),
    ],
)
@pytest.mark.parametrize("connected", [True, False])
def test_what_is_misspelt_is_told_before_anything_is_missed(
    session: Session, register: Any, error: type[Exception], words: str, connected: bool
) -> None:
    if connected:
        assert session.types

    def everything() -> None:
        register(session)(print)
        assert not session.connected or connected
        session.listen(duration=0)

    with pytest.raises(error, match=words):
        everything()


@pytest.mark.parametrize(
    ("register", "words"),
    [
        (lambda s: s.on("ftrack.update", Task.status.name), r"Listen to Task.status"),
        (lambda s: s.on("ftrack.update", 5), "nothing to listen to"),
        (lambda s: s.on("studio.x", Task.status), "does not"),
        (lambda s: s.on("ftrack.update", "status", where=Task.name == "x"), "name it"),
        (lambda s: s.on("studio.x", where=Task.name == "x"), "asked of entities"),
        (lambda s: s.on("topic=="), "no expression"),
        (lambda s: s.on("ftrack.update", Task.status, attempts=0), "at least once"),
        (lambda s: s.on(print), "Say which events"),
        (lambda s: lambda _: s.listen(), "Nothing listens yet"),
        (lambda s: lambda _: s.on("a")(print) and s.listen(threads=0), "at least one"),
        (lambda s: lambda _: s.on("a")(print) and s.listen(at_most_once=True), "give group= too"),
    ],
)
def test_what_makes_no_sense_is_refused_without_a_server(register: Any, words: str) -> None:
    session = Session(server_url="http://127.0.0.1:9", api_key="k", api_user="u")
    with pytest.raises(InvalidArgumentsError, match=words):
        register(session)(print)
    assert not session.connected


def test_unknown_types_of_other_servers_are_told(session: Session) -> None:
    from trackteroid.entities.base import entity_class

    session.on("ftrack.update", entity_class("Sceen"))(print)
    with pytest.raises(UnknownEntityTypeError, match="Sceen"):
        session.listen(duration=0)


def test_groups_need_a_log(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.on("ftrack.update")(print)
    monkeypatch.setattr("trackteroid.events.asking.has_log", lambda _: False)
    with pytest.raises(NoEventLogError):
        session.listen(group="farm", duration=0)


@pytest.mark.parametrize("options", [{}, {"group": "others"}], ids=["live", "group"])
def test_other_events_are_received_by_topic_and_expression(
    session: Session, other: Session, options: dict[str, Any]
) -> None:
    every, some = list[Any](), list[Any]()
    session.on("studio.*")(every.append)
    session.on("studio.made", where="data.kind=Shot")(some.append)

    def work() -> None:
        other.publish("my.studio.made", {"kind": "Shot"})
        for kind in ("Shot", "Task"):
            other.publish("studio.made", {"kind": kind})

    listening(session, work, lambda: len(every) == 2, **options)
    assert [each.data["kind"] for each in every] == ["Shot", "Task"]
    assert [(each.data["kind"], each.user, each.topic) for each in some] == [("Shot", "demo", "studio.made")]


def test_expected_events_come_or_are_told(events: Events, tasks: Any) -> None:
    with events.expect("ftrack.update", Task.bid, new=21.0, count=2) as found:
        set_bid(tasks[:2], 21.0)
    assert sorted(each for change in found for each in change.ids) == sorted(tasks[:2].id)
    with (
        pytest.raises(ExpectedEventError, match=r"0 as expected .* There came: <Change: update Task.bid"),
        events.expect("ftrack.update", Task.status),
    ):
        set_bid(tasks[:2], 22.0)


def test_events_are_duplicated_dropped_and_reordered_for_tests(session: Session, events: Events, tasks: Any) -> None:
    heard = Heard()
    session.on("ftrack.update", Task.bid)(heard)
    told = [events.update(tasks[0], Task.bid, old=number, new=number + 1) for number in range(4)]
    events.deliver(*events.duplicate(told[:1]), *events.drop(told, 0, 2), together=False)
    assert [change.new for change in heard] == [1, 1, 2, 4]
    shuffled = events.reorder(told, seed=3)
    assert shuffled != told
    assert events.reorder(told, seed=3) == shuffled
    assert sorted(map(id, shuffled)) == sorted(map(id, told))


def test_events_of_original_servers_are_read_too(session: Session, events: Events, other: Session) -> None:
    """They have names of old columns only, tell of the feed without ids, and sometimes name no type."""
    heard, everything = Heard(), Heard()
    session.on("ftrack.update", Task.status, "type", Task.project)(heard)
    session.on("ftrack.update")(everything)
    task = Query(Task, session=other).get_first(["status_id", "type_id", "project_id", "object_type_id", "type.name"])
    status = Query(Status, session=other).by_name("In progress").get_one()
    changes = {
        "statusid": {"old": None, "new": status.id[0]},
        "typeid": {"old": None, "new": task.type_id[0]},
        "showid": {"old": None, "new": task.project_id[0]},
        "taskid": {"old": None, "new": task.id[0]},
        "startdate": {"old": None, "new": "2026-01-02T03:04:05.678000"},
        "isopen": {"old": None, "new": True},
    }
    entity = {
        "entityType": "task",
        "objectTypeId": task.object_type_id[0],
        "entityId": task.id[0],
        "action": "add",
        "keys": list(changes),
        "changes": changes,
        "parents": [{"entityId": task.id[0], "entityType": "task"}, {"entityId": "p", "entityType": "show"}],
    }
    feed = {"action": "update", "entityType": "socialfeed"}
    event = events.made("ftrack.update", {"entities": [feed, entity], "user": {"userid": "u", "name": "Ann B"}})
    events.deliver({**event, "source": {"applicationId": "ftrack.client.web", "id": "x", "user": {"username": "ann"}}})
    assert [(change.type, change.attribute, change.new) for change in heard] == [
        ("Task", "status", "In progress"),
        ("Task", "type", task.type.name[0]),
        ("Task", "project", other.get("Project", task.project_id[0])["name"]),
    ]
    (whole,) = everything
    assert (whole.action, whole.attribute, whole.user, whole.user_id) == ("add", None, "ann", "u")
    assert set(whole.values) == {"status", "type", "project", "id", "start_date"}
    assert whole.values["start_date"][1] == arrow.get("2026-01-02T03:04:05.678000+00:00")
    assert (whole.parents[0], whole.project_id) == (("TypedContext", task.id[0]), "p")


@pytest.mark.slow
def test_the_plugin_brings_events_for_the_default_session(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["trackteroid.testing.plugin"]\n')
    (tmp_path / "test_it.py").write_text(
        "from trackteroid import SESSION\n"
        "heard = []\n"
        "SESSION.on('studio.x')(heard.append)\n"
        "def test_delivery(events):\n"
        "    events.deliver(events.made('studio.x', {'a': 1}))\n"
        "    assert [event.data for event in heard] == [{'a': 1}]\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", str(tmp_path)]
    environment = {**os.environ, "FTRACK_SERVER": "sqlite://"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path, env=environment
    )
    assert "1 passed" in done.stdout, done.stdout


def test_a_listener_on_a_task_reaches_the_versions_that_were_made_for_it(
    session: Session, events: Events, other: Session
) -> None:
    versions = Query(AssetVersion, session=other).where(AssetVersion.task.any(Task.status.name != "Omitted"))
    version = versions.get_first(["task.status.name", "status.name"])
    task = version.Task
    wanted = sorted(Query(AssetVersion, session=other).by_id(Task, task.id[0]).get_all(["id"]).id)

    @session.on("ftrack.update", Task.status)
    def approved(change: Change) -> None:
        change.entities.AssetVersion.apply(lambda _: "Approved", "status").commit()

    events.deliver(events.update(task, Task.status, old="Ready", new="Approved"))
    found = Query(AssetVersion, session=other).by_id(*wanted).get_all(["status.name"])
    assert set(found.Status.name) == {"Approved"}


def test_reading_what_was_made_for_tasks_says_that_no_attribute_of_theirs_has_it(other: Session) -> None:
    task = Query(AssetVersion, session=other).where(AssetVersion.task.any()).get_first(["task.assets.versions"]).Task
    with pytest.warns(MissingValueWarning, match=r"Query\(AssetVersion\).by_id\(Task, \*collection.keys\(\)\)"):
        assert not task.AssetVersion
    with other.reading_missing("fetch"):
        assert task.id[0] in task.Component.version.task.id
        assert set(task.AssetVersion.id) == set(Query(AssetVersion, session=other).by_id(Task, task.id[0]).get_all().id)


def test_a_query_over_the_versions_below_tasks_says_which_they_are(
    other: Session, caplog: pytest.LogCaptureFixture
) -> None:
    assert not Query(Task, session=other).where(Task.AssetVersion.any()).get_all()
    assert "Query(AssetVersion).by_id(Task, *collection.keys())" in caplog.text
