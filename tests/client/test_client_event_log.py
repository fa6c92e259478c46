"""The log of events, as programs read it: what happened since, what happens now, and work that is shared."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from ftrack_api.event.base import Event

from hubs import until
from postgres.cluster import cluster  # noqa: F401 - a fixture
from server.guarded import Person, production, update
from trackteroid import Session
from trackteroid.errors import NoEventLogError, RefusedError
from trackteroid.events.log import EventGroup, LoggedEvent
from trackteroid.server import EmbeddedServer
from trackteroid.server.core.options import Limits
from trackteroid.server.events import log

pytestmark = pytest.mark.slow

UPDATES = "topic=ftrack.update"


@dataclass
class Place:
    """Servers of one database, which new sessions connect to in turns; the first is reached without a port, too."""

    servers: list[EmbeddedServer]
    urls: list[str]
    stack: ExitStack = field(default_factory=ExitStack)
    turns: int = 0

    def session(self, user: str | None = None, key: str | None = None) -> Session:
        turn = self.turns % len(self.urls)
        self.turns += 1
        server = self.servers[turn]
        options = {"api_user": user or server.username, "api_key": key or server.api_key}
        return self.stack.enter_context(Session(server_url=self.urls[turn], **options))

    def trim(self, until: int) -> None:
        """Delete the oldest events, as a server does in time."""
        table = log._table()

        def delete(connection: Any) -> None:
            connection.execute(table.update().where(table.c.sequence <= until).values(at="2000-01-01T00:00:00"))
            log.trim(connection, self.servers[0].api.limits, "2026-01-01T00:00:00", log.Counted())

        self.servers[0].database.run(delete, write=True)


@pytest.fixture(
    scope="module",
    params=[
        "in process",
        "two on SQLite",
        pytest.param("two on PostgreSQL", marks=pytest.mark.slow),
    ],
)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if "PostgreSQL" in request.param:
        database = request.getfixturevalue("cluster").new_database()
    else:
        database = f"sqlite:///{(tmp_path_factory.mktemp('log') / 'log.db').as_posix()}"
    with ExitStack() as stack:
        if request.param == "in process":
            server = stack.enter_context(closing(EmbeddedServer("sqlite://", is_open=False)))
            yield Place([server], [server])  # type: ignore[list-item]
            return
        servers = [stack.enter_context(closing(EmbeddedServer(database))) for _ in range(2)]
        yield Place(servers, [stack.enter_context(server.listening()) for server in servers])


@pytest.fixture
def place(running: Place) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(running.servers, running.urls, stack)


@pytest.fixture
def session(place: Place) -> Session:
    return place.session()


def make(session: Session, *names: str) -> list[str]:
    """Commit a scope for each name, one after the other; return their ids."""
    made: list[str] = []
    for name in names:
        scope = session.create("Scope", {"name": f"{name} {uuid.uuid4()}"})
        session.commit()
        made.append(scope["id"])
    return made


def rename(session: Session, scope: str, times: int) -> None:
    for number in range(times):
        session.get("Scope", scope)["name"] = f"{number} {uuid.uuid4()}"
        session.commit()


def ids(events: list[LoggedEvent]) -> list[str]:
    """The entities that events are about, one each."""
    return [logged.event["data"]["entities"][0]["entityId"] for logged in events]


def group_of(session: Session, where: str | None = UPDATES, **options: Any) -> EventGroup:
    return session.events.group(f"group {uuid.uuid4()}", where, **options)


def consumer(session: Session, group: EventGroup, **options: Any) -> EventGroup:
    """Another consumer of the same group."""
    return session.events.group(group.name, **options)


def later(do: Callable[[], object]) -> threading.Thread:
    thread = threading.Timer(0.2, do)
    thread.start()
    return thread


# What happened since


def test_whoever_remembers_a_number_gets_all_that_came_after_it(place: Place, session: Session) -> None:
    position = session.events.position()
    made = make(place.session(), *"abc")
    events = list(session.events.since(position, UPDATES))
    assert ids(events) == made
    numbers = [logged.sequence for logged in events]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == session.events.position()
    assert {(logged.topic, logged.delivery, logged.is_gap) for logged in events} == {("ftrack.update", 1, False)}
    assert all(logged.at.utcoffset() is not None for logged in events)
    assert ids(list(session.events.since(numbers[0]))) == made[1:]
    assert list(session.events.since(numbers[-1])) == []


def test_more_than_a_page_comes_in_order(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    position = session.events.position()
    made = make(session, *map(str, range(7)))
    monkeypatch.setattr("trackteroid.events.log._PAGE", 2)
    monkeypatch.setattr("trackteroid.server.events.reading.PAGE", 3)
    assert ids(list(session.events.since(position))) == made


def test_an_event_in_the_log_is_the_one_that_the_hub_sends(place: Place, session: Session) -> None:
    hub = place.session()
    hub.event_hub.connect()
    heard: list[Event] = []
    hub.event_hub.subscribe(UPDATES, heard.append)
    until(lambda: not hub.event_hub._packet_callbacks, "the subscription")
    position = session.events.position()
    make(session, "a")
    until(lambda: hub.event_hub.wait(0.01) or heard, "the event")
    (logged,) = session.events.since(position, UPDATES)
    assert dict(logged.event) == dict(heard[0])
    hub.event_hub.disconnect()


def test_only_what_is_wanted_comes(session: Session) -> None:
    session.event_hub.connect()
    position = session.events.position()
    for topic, kind in (("studio.a", "x"), ("studio.b", "x"), ("studio.b", "y"), ("other", "x")):
        session.event_hub.publish(Event(topic, data={"kind": kind}))
    until(lambda: not session.event_hub._packet_callbacks, "the events to be in the log")

    def found(where: str) -> list[tuple[str, str]]:
        return [(each.topic, each.event["data"]["kind"]) for each in session.events.since(position, where)]

    assert found("topic=studio.*") == [("studio.a", "x"), ("studio.b", "x"), ("studio.b", "y")]
    assert found("topic=studio.b and data.kind=x") == [("studio.b", "x")]
    assert found("not topic=studio.* and not topic=ftrack.*") == [("other", "x")]
    assert found("data.kind=y or topic=other") == [("studio.b", "y"), ("other", "x")]
    session.event_hub.disconnect()


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda events: events.since(10**9), "its newest one is"),
        (lambda events: events.since(-1), "0 for the beginning"),
        (lambda events: events.since(0, "topic"), "expected a condition"),
        (lambda events: events.follow(where="(("), "expected a condition"),
        (lambda events: events.group(""), "is a name of at most 200 characters"),
    ],
)
def test_what_is_wrong_is_told_at_once(session: Session, ask: Callable[[Any], Any], complaint: str) -> None:
    with pytest.raises(RefusedError, match=complaint.replace("(", r"\(")):
        ask(session.events)


@pytest.mark.promise("gaps-are-told")
def test_what_is_not_kept_is_told_as_a_gap_in_its_place(place: Place, session: Session) -> None:
    position = session.events.position()
    group = group_of(session)
    make(session, "a", "b", "c")
    lost = [logged.sequence for logged in session.events.since(position)][1]
    place.trim(lost)
    gap, left = session.events.since(position, UPDATES)
    assert (gap.topic, gap.is_gap, gap.sequence) == ("trackteroid.gap", True, lost)
    assert gap.event["data"] == {"from": position + 1, "to": lost}
    assert left.sequence > lost
    assert [logged.sequence for logged in session.events.since(lost)] == [left.sequence]
    taken = group.take()
    assert [(logged.is_gap, logged.sequence) for logged in taken] == [(True, lost), (False, left.sequence)]
    assert group.done(taken) == ()


def test_what_was_taken_and_is_not_kept_is_a_gap_when_it_comes_again(place: Place, session: Session) -> None:
    group = group_of(session)
    make(session, "a", "b")
    first, second = group.take()
    place.trim(first.sequence)
    group.give_back([first, second])
    gap, again = group.take()
    assert gap.event["data"] == {"from": first.sequence, "to": first.sequence}
    assert (gap.delivery, again.sequence, again.delivery) == (2, second.sequence, 2)


def test_everybody_reads_what_they_may_see(place: Place, session: Session) -> None:
    server = place.servers[0]
    project = f"p{uuid.uuid4()}"
    server.call(production(project))
    server.call([update("Project", project, is_private=True)])
    outsider, insider = (Person(server, f"{name}-{uuid.uuid4()}") for name in ("out", "in"))
    outsider.holds("User")
    insider.holds("User", project)
    position = session.events.position()
    task = f"{project}-task"
    server.call([update("Task", task, bid=7.0)])
    seeing, unseeing = (place.session(each.name, each.key).events for each in (insider, outsider))
    if server.is_open:
        pytest.skip("everybody sees everything")
    assert ids(list(seeing.since(position, UPDATES))) == [task]
    assert list(unseeing.since(position, UPDATES)) == []
    with pytest.raises(RefusedError, match="somebody else's"):
        place.session(outsider.name, outsider.key).events.group(group_of(session).name)


# What happens now


def test_a_follower_hears_what_anybody_commits_while_it_waits(place: Place, session: Session) -> None:
    other = place.session()
    following = session.events.follow(where=UPDATES)
    made: list[str] = []
    for number in range(3):
        thread = later(lambda number=number: made.extend(make(other, str(number))))
        heard = next(following)
        thread.join()
        assert ids([heard]) == made[number:]
    position = session.events.position()
    missed = make(other, "d", "e")
    resumed = session.events.follow(position, where=UPDATES)
    assert ids([next(resumed), next(resumed)]) == missed


def test_a_wait_that_brings_nothing_ends_in_time(session: Session) -> None:
    group = group_of(session)
    began = time.monotonic()
    assert group.take(wait=0.3) == []
    assert 0.3 <= time.monotonic() - began < 20


def test_waiting_takes_no_thread_and_no_connection_to_the_database(place: Place) -> None:
    server = place.servers[0]
    with server.listening() as url:
        headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        question = [{"action": "events", "wait": 60}]
        waiting = [
            threading.Thread(target=requests.post, args=(f"{url}/api",), kwargs={"headers": headers, "json": question})
            for _ in range(40)
        ]
        for thread in waiting:
            thread.start()
        until(lambda: len(server.api.hub._bells) == len(waiting), "all to wait")
        query = [{"action": "query", "expression": "select id from Project limit 1"}]
        assert requests.post(f"{url}/api", headers=headers, json=query, timeout=60).ok
        # They are answered when the server ends, and when there is something.
    for thread in waiting:
        thread.join()
    until(lambda: not server.api.hub._bells, "nobody to wait any more")


def test_a_client_that_leaves_ends_its_wait(place: Place) -> None:
    server = place.servers[0]
    with server.listening() as url:
        headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.post(f"{url}/api", headers=headers, json=[{"action": "events", "wait": 60}], timeout=0.3)
        until(lambda: not server.api.hub._bells, "the server to notice")


# Work that is shared


def test_consumers_share_the_events_of_their_group(place: Place, session: Session) -> None:
    first = group_of(session)
    second = consumer(place.session(), first)
    made = make(session, *"abcdef")
    mine, theirs = first.take(most=2), second.take(most=10)
    assert ids(mine) == made[:2]
    assert ids(theirs) == made[2:]
    assert first.take(wait=0) == second.take(wait=0) == []
    assert first.done(mine) == second.done(theirs) == ()
    (state,) = [each for each in session.events.groups() if each["name"] == first.name]
    assert (state["taken"], state["not_done"], state["user"]) == (0, 0, "demo")


def test_events_of_one_entity_are_done_one_after_the_other(place: Place, session: Session) -> None:
    first = group_of(session)
    second = consumer(place.session(), first)
    hot, cold = make(session, "hot", "cold")
    rename(session, hot, 2)
    mine = first.take(most=10)
    assert ids(mine) == [hot, cold]
    assert second.take(wait=0) == []
    first.done(mine[0])
    (next_one,) = second.take(wait=10)
    assert ids([next_one]) == [hot]
    assert next_one.sequence > mine[1].sequence
    assert first.take(wait=0) == []
    second.done(next_one)
    assert ids(first.take(wait=10)) == [hot]


def test_what_a_consumer_does_not_finish_goes_to_another_and_says_so(place: Place, session: Session) -> None:
    dying = group_of(session, lease=0.2)
    living = consumer(place.session(), dying, lease=60)
    (made,) = make(session, "a")
    (taken,) = dying.take()
    (again,) = living.take(wait=30)
    assert (again.sequence, taken.delivery, again.delivery) == (taken.sequence, 1, 2)
    assert ids([again]) == [made]
    assert dying.done(taken) == (taken,)  # too late: somebody else has it
    assert living.done(again) == living.done(again) == ()


def test_what_is_given_back_is_anybodys_at_once(place: Place, session: Session) -> None:
    first = group_of(session)
    second = consumer(place.session(), first)
    make(session, "a")
    taken = first.take()
    thread = later(lambda: first.give_back(taken))
    (again,) = second.take(wait=30)
    thread.join()
    assert (again.sequence, again.delivery) == (taken[0].sequence, 2)


def test_a_group_of_at_most_once_hands_nothing_out_twice(place: Place, session: Session) -> None:
    group = group_of(session, at_most_once=True, lease=0.001)
    make(session, "a", "b")
    assert len(group.take(most=1)) == 1
    assert len(group.take(most=5)) == 1
    assert group.take(wait=0) == []
    with pytest.raises(RefusedError, match="at most once"):
        session.events.group(group.name, at_most_once=False)


def test_a_group_is_what_it_was_made_for(session: Session) -> None:
    group = group_of(session, UPDATES)
    with pytest.raises(RefusedError, match="was made for other events"):
        session.events.group(group.name, "topic=other")
    assert session.events.group(group.name).name == group.name


def test_a_group_goes_on_wherever_it_is_told_to(session: Session) -> None:
    position = session.events.position()
    group = group_of(session)
    made = make(session, "a", "b")
    assert ids(group.take()) == made
    group.move(position)
    assert [logged.delivery for logged in group.take()] == [1, 1]
    group.move(None)
    assert group.take(wait=0) == []
    group.delete()
    with pytest.raises(RefusedError, match="There is no group"):
        group.move(None)


def test_events_without_entities_have_the_order_of_their_topic(session: Session) -> None:
    session.event_hub.connect()
    group = group_of(session, "topic=studio.*")
    for topic in ("studio.a", "studio.a", "studio.b"):
        session.event_hub.publish(Event(topic, data={"x": 1}))
    until(lambda: not session.event_hub._packet_callbacks, "the events to be in the log")
    taken = group.take()
    assert [logged.topic for logged in taken] == ["studio.a", "studio.b"]
    group.done(taken)
    assert [logged.topic for logged in group.take()] == ["studio.a"]
    session.event_hub.disconnect()


# Servers without a log


@pytest.fixture
def without_log(place: Place, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr("trackteroid.events.asking._SUPPORTED", "no server says this")
    return place.session()


@pytest.mark.parametrize(
    "ask",
    [
        lambda events: events.position(),
        lambda events: events.since(0),
        lambda events: events.follow(5),
        lambda events: events.group("g"),
        lambda events: events.groups(),
    ],
)
def test_a_server_without_a_log_is_not_asked_for_it(without_log: Session, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(NoEventLogError, match=r"keeps no log of its events.*follow\(\) listens to the event hub"):
        ask(without_log.events)


def test_a_server_without_a_log_is_followed_through_its_hub_with_gaps(place: Place, without_log: Session) -> None:
    following = without_log.events.follow(where="topic=studio.x")
    hub = without_log.event_hub
    until(lambda: not hub._packet_callbacks, "the subscription")
    hub.publish(Event("studio.x", data={"number": 1}))
    heard = next(following)
    assert (heard.event["data"], heard.sequence) == ({"number": 1}, 0)
    hub.reconnect(attempts=5, delay=0.1)
    gap = next(following)
    assert gap.is_gap
    assert gap.event["data"]["activities"] == []
    until(lambda: not hub._packet_callbacks, "the subscription")
    hub.publish(Event("studio.x", data={"number": 2}))
    assert next(following).event["data"] == {"number": 2}
    following.close()  # type: ignore[attr-defined]
    hub.disconnect()


# As any program may ask


def test_the_action_answers_any_client(place: Place) -> None:
    server = place.servers[0]
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}

    def ask(**arguments: Any) -> Any:
        body = json.dumps([{"action": "events", **arguments}]).encode()
        return json.loads(server.api.respond(headers, body, "").body)

    (answer,) = ask()
    assert answer.keys() == {"action", "events", "position", "newest", "first", "gap"}
    assert (answer["events"], answer["gap"], answer["position"]) == ([], False, answer["newest"])
    for wrong in ({"most": 0}, {"most": "1"}, {"wait": "1"}, {"where": 5}, {"subscriber": 5}, {"after": True}):
        assert ask(**wrong)["exception"] == "ValidationError", wrong
    assert server.call([{"action": "query_server_information"}])[0]["supports_event_log"] is True


def test_an_event_for_some_is_read_by_those_who_say_that_they_are(place: Place, session: Session) -> None:
    server = place.servers[0]
    session.event_hub.connect()
    position = session.events.position()
    session.event_hub.publish(Event("studio.x", data={"n": 1}, target="role=lead"))
    until(lambda: not session.event_hub._packet_callbacks, "the event to be in the log")
    for subscriber, count in (({"role": "lead"}, 1), ({"role": "artist"}, 0), (None, 0)):
        asked = {"action": "events", "after": position, "where": "topic=studio.x", "subscriber": subscriber}
        assert len(server.call([asked])[0]["events"]) == count
    session.event_hub.disconnect()


def test_as_many_may_wait_as_may_be_connected(tmp_path: Path) -> None:
    with closing(EmbeddedServer("sqlite://", limits=Limits(hub_connections=1))) as server, server.listening() as url:
        headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        question = {"headers": headers, "json": [{"action": "events", "wait": 60}], "timeout": 60}
        thread = threading.Thread(target=requests.post, args=(f"{url}/api",), kwargs=question)
        thread.start()
        until(lambda: server.api.hub._bells, "one to wait")
        answer = requests.post(f"{url}/api", **question).json()
        assert (answer["exception"], "hub_connections" in answer["content"]) == ("LimitError", True)
        server.api.hub.end_waits()
        thread.join()
