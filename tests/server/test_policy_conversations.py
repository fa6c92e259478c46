"""Conversations are for those who take part in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.guarded import Person, create, delete, guarded_server, update
from trackteroid.server import EmbeddedServer


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = guarded_server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def people(server: EmbeddedServer) -> dict[str, Person]:
    """Two who talk, and one whose role lets them do everything with notes."""
    names = {"ann": "User", "bob": "User", "manager": "Project Manager"}
    people = {name: Person(server, name).holds(role) for name, role in names.items()}
    made = people["ann"].call(
        create("Conversation", "talk"),
        create("Participant", "ann-in", conversation_id="talk", resource_id=people["ann"].id),
        create("Participant", "bob-in", conversation_id="talk", resource_id=people["bob"].id),
        create("Message", "hello", conversation_id="talk", text="confidential"),
    )
    assert isinstance(made, list), made
    return people


def test_whoever_takes_part_reads_and_answers(people: dict[str, Person]) -> None:
    for name in ("ann", "bob"):
        (found,) = people[name].query("select messages.text, participants.resource_id from Conversation")
        assert "confidential" in [message["text"] for message in found["messages"]]
        assert len(found["participants"]) == 2
    assert isinstance(people["bob"].call(create("Message", "reply", conversation_id="talk", text="yes")), list)
    assert set(people["ann"].ids("Message")) == {"hello", "reply"}


@pytest.mark.parametrize(
    "text",
    [
        "Conversation",
        "Message",
        "Participant",
        'Message where text like "%conf%"',
        'Conversation where messages any (text like "%")',
        "User where id in (select resource_id from Participant)",
        "User where id in (select created_by_id from Conversation)",
    ],
)
def test_nobody_else_meets_it_on_any_path(people: dict[str, Person], text: str) -> None:
    assert people["manager"].query(text) == []
    assert people["bob"].query(text) != []


@pytest.mark.parametrize(
    "operation",
    [
        create("Message", conversation_id="talk", text="me too"),
        create("Participant", conversation_id="talk", resource_id="user-manager"),
        update("Conversation", "talk", messages=[]),
        update("Message", "hello", text="changed"),
        delete("Participant", "bob-in"),
        delete("Message", "hello"),
        delete("Conversation", "talk"),
    ],
    ids=lambda operation: f"{operation['action']} {operation['entity_type']}",
)
def test_nobody_else_gets_in(people: dict[str, Person], operation: dict[str, object]) -> None:
    answer = people["manager"].call(operation)
    assert isinstance(answer, dict), answer
    assert set(people["ann"].ids("Message")) >= {"hello"}


def test_guests_neither_invite_nor_end_it(people: dict[str, Person]) -> None:
    for operation in (
        create("Participant", conversation_id="talk", resource_id="user-manager"),
        delete("Conversation", "talk"),
        update("Message", "hello", text="changed"),
    ):
        assert "bob may not" in people["bob"].refused(operation)
