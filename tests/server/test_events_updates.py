"""`ftrack.update`: what it says, when there is one, and who may see what of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.guarded import Operation, Person, create, delete, production, update
from server.policy_judge import Judge, policies
from server.query_fuzz.worlds import MODEL, world
from trackteroid.server import EmbeddedServer
from trackteroid.server.auth.policy import Policy
from trackteroid.server.core.changes import Change, Changes, Row
from trackteroid.server.core.options import Limits
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.events import log
from trackteroid.server.events.changes import NOWHERE, _is_told, _Recorder
from trackteroid.server.events.updates import is_seen, update_event
from trackteroid.server.model import standard_model
from trackteroid.server.people import People
from trackteroid.server.storage.builtin import find_id

SHOT, TASK = "show-shot", "show-task"


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://", is_open=False)
    server.call(production("show"))
    with closing(server):
        yield server


def logged(server: EmbeddedServer) -> list[log.Logged]:
    return server.database.run(lambda connection: log.since(connection, 0, 1_000, most_bytes=1 << 40).rows, write=False)


def events_of(server: EmbeddedServer, *operations: Operation, headers: Any = None) -> list[dict[str, Any]]:
    """Send a batch, and return the events that tell of it."""
    before = len(logged(server))
    credentials = {"ftrack-user": server.username, "ftrack-api-key": server.api_key, "ftrack-strict-api": "true"}
    server.api.respond(credentials | (headers or {}), orjson.dumps(operations), "")
    model = standard_model()
    found = [
        update_event(json.loads(each.content), model, (each.user_id, each.user_name))
        for each in logged(server)[before:]
    ]
    return [event for event in found if event is not None]


def entities_of(server: EmbeddedServer, *operations: Operation) -> list[dict[str, Any]]:
    (event,) = events_of(server, *operations)
    return event["data"]["entities"]


def path_of(entity: dict[str, Any]) -> list[tuple[str, str]]:
    return [(parent["entityType"], parent["entityId"]) for parent in entity["parents"]]


def test_a_change_has_the_old_names_and_values_and_the_whole_path(server: EmbeddedServer) -> None:
    status = find_id("Status", "In progress")
    (entity,) = entities_of(server, update("Task", TASK, status_id=status, bid=5.0))
    old = {"statusid": entity["changes"]["statusid"]["old"], "bid": 10.0}
    assert entity["changes"] == {"statusid": {"old": old["statusid"], "new": status}, "bid": {"old": 10.0, "new": 5.0}}
    assert sorted(entity["keys"]) == ["bid", "statusid"]
    assert old["statusid"] not in (None, status)
    assert (entity["entityType"], entity["entity_type"], entity["action"]) == ("task", "Task", "update")
    assert (entity["entityId"], entity["parentId"]) == (TASK, SHOT)
    assert entity["objectTypeId"] == find_id("ObjectType", "Task")
    assert path_of(entity) == [("task", TASK), ("task", SHOT), ("show", "show")]


def test_a_new_entity_is_added_with_all_that_it_has(server: EmbeddedServer) -> None:
    (entity,) = entities_of(server, create("Task", "new", name="anim", parent_id=SHOT))
    assert entity["action"] == "add"
    changes = {name: change["new"] for name, change in entity["changes"].items()}
    assert {change["old"] for change in entity["changes"].values()} == {None}
    assert (changes["id"], changes["taskid"], changes["name"]) == ("new", "new", "anim")
    assert (changes["parent_id"], changes["showid"]) == (SHOT, "show")
    assert {"statusid", "typeid", "priorityid", "object_typeid", "created_by", "created_at"} <= changes.keys()


def test_what_is_deleted_is_removed_with_the_path_that_it_had(server: EmbeddedServer) -> None:
    entities = entities_of(server, delete("Shot", SHOT))
    assert {entity["action"] for entity in entities} == {"remove"}
    paths = {entity["entityId"]: path_of(entity) for entity in entities}
    assert paths[TASK] == [("task", TASK), ("task", SHOT), ("show", "show")]
    assert paths["show-component"][1:3] == [("assetversion", "show-version"), ("asset", "show-asset")]
    assert paths["show-note"][-1] == ("show", "show")


def test_another_parent_is_a_move(server: EmbeddedServer) -> None:
    server.call([create("Shot", "other", name="sh020", parent_id="show")])
    (entity,) = entities_of(server, update("Task", TASK, parent_id="other"))
    assert (entity["action"], entity["parentId"]) == ("move", "other")
    assert entity["changes"]["parent_id"] == {"old": SHOT, "new": "other"}
    assert path_of(entity) == [("task", TASK), ("task", "other"), ("show", "show")]


@pytest.mark.parametrize(
    ("operation", "kind", "path"),
    [
        (create("Note", "n", content="hi", parent_id=TASK, parent_type="Task"), "note", ["task", "task", "show"]),
        (create("Appointment", "a", context_id=TASK, resource_id="ann", type="assignment"), "appointment",
         ["task", "task", "show"]),
        (create("TypedContextLink", "l", from_id=TASK, to_id=SHOT), "dependency", ["task", "task", "show"]),
        (update("AssetVersion", "show-version", comment="x"), "assetversion", ["asset", "task", "show"]),
        (update("Asset", "show-asset", name="x"), "asset", ["task", "show"]),
        (update("TypedContextList", "show-list", name="x"), "list", ["show"]),
        (update("ReviewSession", "show-review", name="x"), "reviewsession", ["show"]),
        (create("ListObject", "i", list_id="show-list", entity_id=SHOT), "listobject", ["list", "show"]),
        (update("User", "ann", first_name="Ann"), "user", []),
        (update("Project", "show", full_name="x"), "show", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_kind_leads_to_its_project(server: EmbeddedServer, operation: Operation, kind: str, path: Any) -> None:
    server.call([create("User", "ann", username="ann", is_active=True)])
    told = entities_of(server, operation)
    entity = next(each for each in told if each["entityType"] == kind)
    assert [each["entityType"] for each in entity["parents"]] == [kind, *path]
    assert entity["parentId"] == (entity["parents"][1]["entityId"] if path else None)


def test_old_names_of_notes_and_appointments(server: EmbeddedServer) -> None:
    server.call([create("User", "ann", username="ann", is_active=True)])
    note = create("Note", "n", content="hi", parent_id=TASK, parent_type="Task")
    appointment = create("Appointment", "a", context_id=TASK, resource_id="ann", type="assignment")
    entities = {each["entityType"]: each["changes"] for each in entities_of(server, note, appointment)}
    assert (entities["note"]["text"]["new"], entities["note"]["noteid"]["new"]) == ("hi", "n")
    assert entities["appointment"]["context_id"]["new"] == TASK
    assert entities["appointment"]["resource_id"]["new"] == "ann"


def attribute(key: str, kind: str, **values: Any) -> Operation:
    return create(
        "CustomAttributeConfiguration",
        f"configuration-{key}",
        key=key,
        label=key,
        entity_type="task",
        object_type_id=find_id("ObjectType", "Shot"),
        type_id=find_id("CustomAttributeType", kind),
        **values,
    )


def test_values_of_custom_attributes_belong_to_their_entity_by_key(server: EmbeddedServer) -> None:
    server.call([attribute("first_frame", "number", default=1.0, config=json.dumps({"isdecimal": False}))])
    value = "ContextCustomAttributeValue"
    server.call([update(value, "configuration-first_frame", SHOT, value=1001)])
    (entity,) = entities_of(
        server, update(value, "configuration-first_frame", SHOT, value=1002), update("Shot", SHOT, description="x")
    )
    assert (entity["entityId"], entity["action"]) == (SHOT, "update")
    assert entity["changes"]["first_frame"] == {"old": "1001", "new": "1002"}
    assert entity["changes"]["description"]["new"] == "x"
    (entity,) = entities_of(server, update(value, "configuration-first_frame", SHOT, value=5))
    assert entity["keys"] == ["first_frame"]
    assert path_of(entity) == [("task", SHOT), ("show", "show")]


def test_a_transaction_is_one_event_that_says_who_and_by_what(server: EmbeddedServer) -> None:
    headers = {"ftrack-clienttoken": "client-1", "ftrack-pushtoken": "push-1"}
    operations = [update("Task", TASK, bid=3.0), update("Shot", SHOT, description="x")]
    (event,) = events_of(server, *operations, headers=headers)
    assert [entity["entityId"] for entity in event["data"]["entities"]] == [TASK, SHOT]
    assert set(event["data"]["parents"]) == {TASK, SHOT, "show"}
    assert (event["data"]["clientToken"], event["data"]["pushToken"]) == ("client-1", "push-1")
    user = event["source"]["user"]
    assert event["data"]["user"] == {"userid": user["id"], "name": "demo"}
    assert (user["username"], event["source"]["id"]) == ("demo", "client-1")
    assert (event["sent"], event["target"], event["inReplyToEvent"], len(event["id"])) == (None, "", None, 32)


@pytest.mark.parametrize(
    "operations",
    [
        [{"action": "query", "expression": "Task"}],
        [update("Task", TASK, bid=10.0)],
        [update("Task", TASK, bid=3.0), update("Task", TASK, bid=10.0)],
        [create("Task", "x", name="x", parent_id=SHOT), delete("Task", "x")],
        [update("Task", TASK, bid=3.0), update("Task", "nobody", bid=3.0)],
        [{"action": "_authorize_operation", "operation": update("Task", TASK, bid=3.0)}],
    ],
    ids=["asked", "the same", "taken back", "made and deleted", "refused", "on trial"],
)
def test_nothing_is_told_where_nothing_has_changed(server: EmbeddedServer, operations: list[Operation]) -> None:
    assert events_of(server, *operations) == []


def test_what_the_command_line_changes_is_told(server: EmbeddedServer) -> None:
    server.call([create("User", "ann", username="ann", is_active=True)])
    before = len(logged(server))
    People(server.database).deactivate("ann")
    (event,) = logged(server)[before:]
    assert '"is_active"' in event.content


@pytest.mark.parametrize("limits", [{"log_bytes": 2_000}, {"log_days": 0.000_001}])
def test_the_log_is_kept_for_a_time_and_a_size(limits: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "TRIM_EVERY", 2)
    with closing(EmbeddedServer("sqlite://", limits=Limits(**limits))) as server:
        server.call(production("show"))
        for number in range(20):
            server.call([update("Task", TASK, bid=float(number))])
        if "log_days" in limits:
            monkeypatch.setattr("trackteroid.server.events.hub._now", lambda: "2999-01-01T00:00:00")
            server.call([update("Task", TASK, bid=100.0)])
        left = logged(server)
        assert 1 <= len(left) < 15
        server.call([update("Task", TASK, bid=50.0)])
        assert logged(server)[-1].sequence == left[-1].sequence + 1


KILLED = """
import os, sys
from trackteroid.server import EmbeddedServer, api

database, moment = sys.argv[1:]
server = EmbeddedServer(database)
if moment == "after the commit":
    server.api.after_commit.insert(0, lambda: os._exit(7))
else:
    record = api.record
    api.record = lambda *arguments: (record(*arguments), os._exit(7))
server.call([{"action": "create", "entity_type": "Project", "entity_data": {"id": "p", "name": "p", "full_name": "p"}}])
"""


@pytest.mark.slow
@pytest.mark.parametrize(("moment", "count"), [("after the commit", 1), ("before the commit", 0)])
def test_a_change_and_its_event_are_there_together_when_the_server_is_killed(
    tmp_path: Path, moment: str, count: int
) -> None:
    database = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    EmbeddedServer(database).close()
    killed = subprocess.run([sys.executable, "-c", KILLED, database, moment], check=False, timeout=120)
    assert killed.returncode == 7
    with closing(EmbeddedServer(database)) as server:
        assert len(server.call([{"action": "query", "expression": "Project"}])[0]["data"]) == count
        assert [each.topic for each in logged(server)] == ["ftrack.update"] * count


# Who may see it


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 3), policies())
@pytest.mark.slow
def test_of_every_row_is_told_what_may_be_read_of_it(number: int, policy: Policy) -> None:
    whole = world(number)
    judge = Judge(MODEL, policy, whole.naive.tables)
    uow = unit_of_work(replace(whole.work, changes=Changes(), unit_of_work=None))
    rows = [
        (Row(entity_type, tuple(values[name] for name in entity_type.primary_key), dict(values)), values)
        for entity_type in MODEL
        if entity_type.base is None and entity_type.view is None and _is_told(entity_type)
        for values in whole.naive.tables.get(entity_type.table, [])
    ]
    assert rows
    recorder = _Recorder(uow, [Change("delete", row) for row, _ in rows])
    recorder._load([row for row, _ in rows])
    for row, values in rows:
        reach = recorder._reach(row)
        may, is_seen_here = judge.sees(row.type, values), is_seen(policy, reach)
        # A part of nothing is shown to whoever sees everything; there is nobody to whom it has to be told.
        assert is_seen_here == may or (may and ("", None, NOWHERE) in reach), row.label


def seen_by(person: Person, server: EmbeddedServer) -> list[str]:
    """The ids in the last event, as far as somebody may see it."""
    policy = server.api.hub._viewers._database.run(
        lambda connection: server.api.hub._viewers._look_up(connection, _actor(person)), write=False
    )
    event = update_event(json.loads(logged(server)[-1].content), standard_model(), ("", ""), policy)
    return [entity["entityId"] for entity in event["data"]["entities"]] if event else []


def _actor(person: Person) -> Any:
    from trackteroid.server.core.request import Actor

    return Actor(person.id, person.name)


def test_each_hears_of_the_projects_that_they_may_see(server: EmbeddedServer) -> None:
    server.call(production("hidden"))
    server.call([update("Project", "hidden", is_private=True)])
    insider, outsider = Person(server, "ann").holds("User", "hidden"), Person(server, "bob").holds("User")
    nobody = Person(server, "cid")
    server.call([update("Task", TASK, bid=1.0), update("Task", "hidden-task", bid=1.0)])
    assert seen_by(insider, server) == ["hidden-task"]
    assert seen_by(outsider, server) == [TASK]
    assert seen_by(nobody, server) == []
    server.call([delete("Task", "hidden-task"), delete("Task", TASK)])
    assert "hidden-task" in seen_by(insider, server)
    assert TASK not in seen_by(insider, server)
    assert TASK in seen_by(outsider, server)
    assert "hidden-task" not in seen_by(outsider, server)
