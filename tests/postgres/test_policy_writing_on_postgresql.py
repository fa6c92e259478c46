"""Who may make, change and delete what, on PostgreSQL: no write changes a row outside, and refusals are the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from postgres.cluster import Cluster
from selections import FUZZ
from server.guarded import Operation, Person, create, delete, guarded_server, production, update
from server.test_policy_properties import changes, everything
from server.test_policy_writing import ARTIST, project_of, without_ids
from trackteroid.server import EmbeddedServer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[EmbeddedServer]:
    server = guarded_server(cluster.new_database())
    for project in "pq":
        server.call([create("FileComponent", f"{project}-picture", name="picture")])
        server.call([update("Task", f"{project}-task", thumbnail_id=f"{project}-picture")])
    yield server
    server.close()


@pytest.fixture(scope="module")
def people(server: EmbeddedServer) -> dict[str, Person]:
    roles = {"artist": "User", "manager": "Project Manager", "viewer": "Assigned"}
    return {name: Person(server, name).holds(role, "p") for name, role in roles.items()}


def outside(server: EmbeddedServer, person: Person) -> dict[str, set[str]]:
    """The rows that are neither in the project of somebody nor themselves."""
    inside = ("'p'", "'p-", f"'{person.id}'")
    found = everything(server)
    return {table: {row for row in rows if not any(part in row for part in inside)} for table, rows in found.items()}


def restore(server: EmbeddedServer) -> None:
    """Make again what somebody may have deleted; only the project itself and its roles stay."""
    left = server.call([{"action": "query", "expression": 'Context where parent_id is "p"'}])[0]["data"]
    server.call([delete("Context", context["id"]) for context in left])
    server.call([made for made in production("p")[1:] if not _is_there(server, made)])


def _is_there(server: EmbeddedServer, made: Operation) -> bool:
    key = made["entity_data"].get("id")
    text = f'{made["entity_type"]} where id is "{key}"'
    return key is not None and bool(server.call([{"action": "query", "expression": text}])[0]["data"])


@settings(
    max_examples=FUZZ or 25,
    derandomize=not FUZZ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(["artist", "manager", "viewer"]), st.lists(changes(), min_size=1, max_size=3))
def test_no_write_changes_a_row_outside(
    server: EmbeddedServer, people: dict[str, Person], name: str, operations: list[Operation]
) -> None:
    if not server.call([{"action": "query", "expression": 'Task where id is "p-task"'}])[0]["data"]:
        restore(server)
    person = people[name]
    before = outside(server, person)
    answer = person.call(*operations)
    event("done" if isinstance(answer, list) else answer["exception"])
    after = everything(server)
    assert {table: rows - after[table] for table, rows in before.items() if rows - after[table]} == {}


@pytest.mark.parametrize("project", ["q"])
def test_nobody_changes_another_project(server: EmbeddedServer, people: dict[str, Person], project: str) -> None:
    before = everything(server)
    for person in people.values():
        for operation in project_of(project):
            answer = person.call(operation)
            assert isinstance(answer, dict), answer
            assert answer["exception"] in ("PermissionError", "ValueError", "IntegrityError")
    assert everything(server) == before


@pytest.mark.parametrize("deed", [deed for deed, (operation, _) in ARTIST.items() if operation is not None])
def test_what_an_artist_may_do_in_their_project(server: EmbeddedServer, people: dict[str, Person], deed: str) -> None:
    restore(server)
    operation, allowed = ARTIST[deed]
    answer = people["artist"].call({"action": "_authorize_operation", "operation": operation})
    if allowed is None:
        assert answer["exception"] == "ValueError"
        return
    assert answer[0]["data"]["is_authorized"] is allowed, answer
    if not allowed:
        told = people["artist"].call(operation)["content"]
        assert without_ids(told) == without_ids(answer[0]["data"]["reason"])
