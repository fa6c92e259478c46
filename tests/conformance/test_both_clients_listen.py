"""Our listeners and actions beside those of the unmodified client, on one server, both ways; and who may hear what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ftrack_api.event.base import Event

from hubs import Heard, hub_at, listen, run_until
from server.guarded import Person, guarded_server, update
from trackteroid import AssetVersion, Query, Session, Task
from trackteroid.events import Change
from trackteroid.server import EmbeddedServer


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://", with_demo=True)
    yield server
    server.close()


@contextmanager
def listening(session: Session, **options: Any) -> Iterator[None]:
    """Let a session listen in a thread."""
    over, ready = threading.Event(), threading.Event()

    def until() -> bool:
        ready.set()
        return over.is_set()

    thread = threading.Thread(target=lambda: session.listen(until=until, duration=60, **options))
    thread.start()
    assert ready.wait(60)
    try:
        yield
    finally:
        over.set()
        thread.join()


def wait_for(is_so: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(6_000):
        if is_so():
            return
        waiting.wait(0.01)
    raise AssertionError("waited in vain")


def test_the_official_client_starts_our_actions_and_hears_our_answers(server: EmbeddedServer) -> None:
    with (
        server.listening() as url,
        Session(url, server.api_key, server.username, plugin_paths=[]) as ours,
        hub_at(url, server.username, server.api_key) as theirs,
    ):
        versions = Query(AssetVersion, session=ours).get_all(limit=2)
        given: list[Any] = []

        @ours.action("Deliver", on=AssetVersion)
        def deliver(versions: Any, *, width: int = 1920) -> str:
            given.append((versions.id, width))
            return "On their way."

        ours.answers("studio.ask")(lambda event: {"asked": event.data})
        selection = [{"entityId": each, "entityType": "assetversion"} for each in versions.id]
        launch = {"actionIdentifier": "deliver", "selection": selection}
        asked = [
            ("ftrack.action.discover", {"selection": selection}),
            ("ftrack.action.launch", launch),
            ("ftrack.action.launch", {**launch, "values": {"width": "640"}}),
            ("studio.ask", {"number": 1}),
        ]
        answers = Heard()
        with listening(ours):
            for number, (topic, data) in enumerate(asked, 1):
                theirs.publish(Event(topic, data=data), on_reply=answers)
                run_until(lambda number=number: len(answers) == number, theirs)
    item = {"name": "width", "label": "Width", "type": "number", "value": 1920}
    assert answers.data == [
        {"items": [{"label": "Deliver", "actionIdentifier": "deliver"}]},
        {"items": [item], "title": "Deliver"},
        {"success": True, "message": "On their way."},
        {"asked": {"number": 1}},
    ]
    assert given == [(versions.id, 640)]


def test_our_session_starts_actions_of_the_official_client(server: EmbeddedServer) -> None:
    with (
        server.listening() as url,
        Session(url, server.api_key, server.username, plugin_paths=[]) as ours,
        hub_at(url, server.username, server.api_key) as theirs,
    ):
        listen(theirs, "topic=ftrack.action.launch and data.actionIdentifier=theirs", {"success": True, "message": "m"})
        replies: list[Any] = []
        asking = threading.Thread(
            target=lambda: replies.extend(
                ours.publish("ftrack.action.launch", {"actionIdentifier": "theirs"}, wait=30, replies=1)
            )
        )
        asking.start()
        run_until(lambda: not asking.is_alive(), theirs)
    assert [reply.data for reply in replies] == [{"success": True, "message": "m"}]


@pytest.mark.parametrize("options", [{}, {"since": "now"}, {"group": "g"}], ids=["live", "log", "group"])
def test_one_change_is_heard_by_both_clients_and_each_in_its_own_words(
    server: EmbeddedServer, options: dict[str, Any]
) -> None:
    changes: list[Change] = []
    with (
        server.listening() as url,
        Session(url, server.api_key, server.username, plugin_paths=[]) as ours,
        Session(url, server.api_key, server.username, plugin_paths=[]) as other,
        hub_at(url, server.username, server.api_key) as theirs,
    ):
        heard = listen(theirs, "topic=ftrack.update")
        ours.on("ftrack.update", Task.status)(changes.append)
        task = Query(Task, session=other).where(Task.Status.name != "Approved").get_first(["status.name"])
        with listening(ours, **options):
            task.status = "Approved"
            task.commit()
            run_until(lambda: heard, theirs)
            wait_for(lambda: changes)
        (change,) = changes
        told = heard[0]["data"]["entities"][0]["changes"]["statusid"]
        assert (change.new, change.new_id, change.old_id) == ("Approved", told["new"], told["old"])


@pytest.mark.parametrize("options", [{}, {"since": "now"}, {"group": "g"}], ids=["live", "log", "group"])
def test_somebody_who_may_see_little_hears_of_nothing_else(options: dict[str, Any]) -> None:
    server = guarded_server()
    person = Person(server, "artist").holds("User", "p")
    changes: list[Change] = []
    with server.listening() as url, Session(url, person.key, person.name, plugin_paths=[]) as session:
        session.on("ftrack.update", Task)(changes.append)
        with listening(session, **options):
            server.call([update("Task", "q-task", name="hidden")])
            server.call([update("Task", "p-task", name="seen")])
            wait_for(lambda: changes)
    server.close()
    assert [(change.new, change.ids) for change in changes] == [("seen", ("p-task",))]
