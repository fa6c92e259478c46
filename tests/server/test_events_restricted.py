"""Whoever may not see everything hears exactly what they may see: from the hub, from the log and by webhooks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from hubs import until
from receivers import Receiver, receiving
from selections import FUZZ
from server.guarded import Operation, Person, create, delete, guarded_server, update
from server.test_events_limits import next_but_heartbeats, raw, subscribe
from server.test_policy_properties import ENDS, changes
from trackteroid.server import EmbeddedServer
from trackteroid.server.core.options import Options
from trackteroid.server.embedded import DatabaseError
from trackteroid.server.events import log, members

END = "studio.end"
#: What each of them may see: roles, and the projects that they have it for.
PEOPLE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "p": ("User", ("p",)),
    "manager": ("Project Manager", ("q",)),
    "open": ("User", ()),
    "both": ("User", ("p", "secret")),
}


class Listener:
    """A person without all rights, who listens in every way that there is."""

    def __init__(self, server: EmbeddedServer, url: str, person: Person, stack: ExitStack) -> None:
        self.person = person
        # Only administrators say where events go; what they see of them is decided when these are sent.
        person.holds("Administrator")
        self._receiver: Receiver = stack.enter_context(receiving())
        made = person.call({"action": "add_webhook", "url": self._receiver.url})
        self._receiver.secret = made[0]["data"]["secret"]
        self._socket = stack.enter_context(raw(server, url, person))
        self._socket.send(subscribe("all", "topic=*", 1))
        while not next_but_heartbeats(self._socket).startswith("6"):
            pass

    def from_hub(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while not found or found[-1]["topic"] != END:
            packet = next_but_heartbeats(self._socket)
            if packet.startswith("5"):
                found.append(json.loads(packet.split(":", 3)[3])["args"][0])
        return found

    def from_log(self, after: int) -> list[dict[str, Any]]:
        found, position = list[dict[str, Any]](), after
        while not found or found[-1]["topic"] != END:
            answer = self.person.call({"action": "events", "after": position})[0]
            found += [each["event"] for each in answer["events"]]
            position = answer["position"]
        return found

    def from_webhook(self) -> list[dict[str, Any]]:
        def is_over() -> bool:
            return bool(self._receiver.requests) and self._receiver.events[-1].event["topic"] == END

        until(is_over, "the webhook")
        found = [dict(logged.event) for logged in self._receiver.events]
        self._receiver.requests.clear()
        return found


@contextmanager
def audience() -> Iterator[tuple[EmbeddedServer, list[Listener]]]:
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "KEPT_SECONDS", 0.0)
        server = guarded_server(options=Options(webhook_allow=("127.0.0.1",)))
        stack.enter_context(closing(server))
        server.call([create("Task", "secret-task", name="task", parent_id="secret")])
        url = stack.enter_context(server.listening())
        listeners = [Listener(server, url, Person(server, name), stack) for name in PEOPLE]
        for each in listeners:
            role, projects = PEOPLE[each.person.name]
            server.call([delete("UserSecurityRole", f"{each.person.id}-Administrator")])
            each.person.holds(role, *projects)
        server.send_to_webhooks()
        publish_end(server)
        for each in listeners:
            each.from_hub(), each.from_webhook()
        yield server, listeners


#: What would be noticed everywhere at once, and what changes who sees what.
RARE: list[list[Operation]] = [
    [delete("Task", "p-task"), update("Task", "q-task", bid=2)],
    [create("Task", "secret-2", name="x", parent_id="secret"), create("Task", "p-task", name="x", parent_id="p")],
    [update("Project", "q", is_private=True)],
    [update("Project", "q", is_private=False), update("Shot", "q-shot", name="y")],
    [create("Metadata", parent_id="secret-task", key="k", value="v")],
    [update("Task", "secret-task", bid=3), update("Task", "p-task", bid=4)],
]


def newest(server: EmbeddedServer) -> int:
    return server.database.run(log.last, write=False)


def happened(server: EmbeddedServer, position: int) -> list[Mapping[str, Any]]:
    """What administrators are told."""
    return [each["event"] for each in server.call([{"action": "events", "after": position}])[0]["events"]]


def publish_end(server: EmbeddedServer) -> None:
    content = json.dumps({"id": uuid.uuid4().hex, "topic": END, "data": {}, "target": "", "source": {}}).encode()
    entry = log.Entry(END, "demo", "event", content)
    server.database.run(lambda connection: log.append(connection, [entry], "2026-01-01T00:00:00"), write=True)
    server.api.hub.committed()


def is_kept(operation: Operation) -> bool:
    """Whether all projects stay: with a project goes who may see it, so that its end is told to others only."""
    return operation["action"] != "delete" or operation["entity_type"] != "Project"


BATCHES = st.one_of(st.sampled_from(RARE), st.lists(changes().filter(is_kept), min_size=1, max_size=3))


@pytest.mark.slow
@pytest.mark.promise("events-by-permission")
@settings(max_examples=FUZZ or 1, derandomize=not FUZZ, deadline=None, phases=[Phase.generate])
@given(
    batches=st.lists(
        st.one_of(st.sampled_from(RARE), st.lists(changes().filter(is_kept), min_size=1, max_size=3)),
        min_size=12,
        max_size=12,
    )
)
def test_everybody_hears_what_they_may_see_and_nothing_else(batches: list[list[Operation]]) -> None:
    with audience() as (server, listeners):
        for batch in batches:
            before = [seen_by(each.person) for each in listeners]
            position = newest(server)
            try:
                server.call(batch)
            except DatabaseError:  # some of them make no sense, and change nothing
                event("refused")
            told = entities_in(happened(server, position))
            publish_end(server)
            for each, seen in zip(listeners, before, strict=True):
                check(each, position, told, seen)


def seen_by(person: Person) -> dict[str, set[str]]:
    """The ids of what somebody may see, by type."""
    return {kind: set(person.ids(f"select id from {kind}")) for kind in {*ENDS.values()}}


def entities_in(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [entity for each in events for entity in (each["data"] or {}).get("entities") or ()]


def check(listener: Listener, position: int, told: list[dict[str, Any]], before: dict[str, set[str]]) -> None:
    """Of what is told to administrators, somebody hears what they may see; of what is gone what they could."""
    by_hub, after = listener.from_hub(), seen_by(listener.person)
    contents = [(each["id"], each["topic"], each["data"]) for each in by_hub]
    for others in (listener.from_log(position), listener.from_webhook()):
        assert [(each["id"], each["topic"], each["data"]) for each in others] == contents
    heard = entities_in(by_hub)
    event("hears something" if heard else "hears nothing")
    assert [each for each in heard if each not in told] == []
    expected = [
        each
        for each in told
        if each["entity_type"] in after
        and each["entityId"] in (before if each["action"] == "remove" else after)[each["entity_type"]]
    ]
    assert [each for each in heard if each["entity_type"] in after] == expected, listener.person.name
    hidden = {"p", "q", "secret"} - after["Project"] - before["Project"]
    assert not [each for each in hidden if f'"{each}-' in json.dumps(by_hub)], listener.person.name
