"""Nobody is told whether an id that they may not see is there, or of what type: the answer is that of any other id."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from selections import some
from server.guarded import Operation, Person, create, delete, guarded_server, update
from trackteroid.server import EmbeddedServer
from trackteroid.server.model import Collection, Key, Reference, standard_model

pytestmark = pytest.mark.slow

MODEL = standard_model()

#: What is in each project, by type; ids begin with the name of the project.
IDS = {
    "Project": "",
    "Shot": "-shot",
    "Task": "-task",
    "Asset": "-asset",
    "AssetVersion": "-version",
    "FileComponent": "-component",
    "Note": "-note",
    "TypedContextList": "-list",
    "ListObject": "-item",
    "ReviewSession": "-review",
    "ReviewSessionObject": "-object",
    "Timelog": "-timelog",
    "Conversation": "-talk",
    "TypedContextLink": "-link",
}

Make = Callable[[str], Operation]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = guarded_server()
    for project in "pq":
        link = create("TypedContextLink", f"{project}-link", from_id=f"{project}-task", to_id=f"{project}-shot")
        server.call([link, create("Conversation", f"{project}-talk")])
    yield server
    server.close()


@pytest.fixture(scope="module")
def people(server: EmbeddedServer) -> list[Person]:
    return [Person(server, role.replace(" ", "")).holds(role, "p") for role in ("User", "Project Manager")]


def told(person: Person, make: Make, there: str) -> tuple[str, str]:
    """What somebody is told of an id, and of one that is not there; ids that the server makes up do not count."""
    gone = f"{there}0"
    answers = (json.dumps(person.call(make(key))).replace(gone, "X").replace(there, "X") for key in (there, gone))
    answers = (re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", answer) for answer in answers)
    one, other = (re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "NOW", answer) for answer in answers)
    return one, other


def operations(kind: str) -> Iterator[Make]:
    """Every operation that may name an entity of a type."""
    for name in dict.fromkeys((kind, MODEL.type(kind).root.name, "Context", "Task")):
        yield partial(update, name, name="n")
        yield partial(update, name)
        yield partial(delete, name)
    for mine, end in IDS.items():
        for name, attribute in MODEL.type(mine).attributes.items():
            if isinstance(attribute, Key) and not attribute.hidden:
                yield lambda key, mine=mine, end=end, name=name: update(mine, f"p{end}", **{name: key})
            if isinstance(attribute, Reference):
                yield lambda key, mine=mine, end=end, name=name: update(mine, f"p{end}", **{name: named(kind, key)})
            if isinstance(attribute, Collection) and not attribute.mapped:
                for sent in (
                    lambda key: [named(kind, key)],
                    partial(changed, kind, "add"),
                    partial(changed, kind, "remove"),
                ):
                    yield lambda key, mine=mine, end=end, name=name, sent=sent: update(
                        mine, f"p{end}", **{name: sent(key)}
                    )
    for entity_type in MODEL:
        for name, attribute in entity_type.attributes.items():
            if entity_type.served and entity_type.view is None and isinstance(attribute, Key) and not attribute.hidden:
                yield lambda key, made=entity_type.name, name=name: create(made, **{name: key})
    yield lambda key: create("Metadata", parent_id=key, parent_type=kind, key="new", value="v")
    yield lambda key: create("Metadata", parent_id=key, key="k", value="v")
    yield lambda key: create("Metadata", parent_id=key, parent_type=kind, key="k", value="v")
    yield lambda key: update("Metadata", key, "k", value="v")
    yield lambda key: delete("Metadata", key, "k")
    yield lambda key: {"action": "query", "expression": f'select id from {kind} where id is "{key}"'}
    yield lambda key: {"action": "get_widget_url", "name": "info", "entity_type": kind, "entity_key": [key]}
    yield lambda key: {"action": "compute_rollups", "attributes": ["bid"], "ids": [key]}
    for action in (update, delete):
        yield lambda key, action=action: {"action": "_authorize_operation", "operation": action(kind, key)}
    for action in ("send_review_session_invite", "send_user_invite", "delete_job"):
        yield lambda key, action=action: {"action": action, "job_id": key, "user_id": key, "invitee_id": key}


def named(kind: str, key: str) -> dict[str, str]:
    return {"__entity_type__": kind, "id": key}


def changed(kind: str, verb: str, key: str) -> dict[str, object]:
    return {"__type__": "list_changes", verb: [named(kind, key)]}


@pytest.mark.parametrize("kind", IDS)
def test_an_id_that_is_not_seen_is_as_good_as_none(
    people: list[Person], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    first = list(IDS).index(kind) % 4  # the others are tried with other types
    for person in people:
        answers = [told(person, make, f"q{IDS[kind]}") for make in some(list(operations(kind))[first:], 4)]
        assert len(answers) > 50
        assert [pair for pair in answers if pair[0] != pair[1]] == []
