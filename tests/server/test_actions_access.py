"""Keys and roles, through the API: who may do what, and what stops working."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.storage.builtin import find_id

MANAGER = find_id("SecurityRole", "Project Manager")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    yield server
    server.close()


def user(server: EmbeddedServer, name: str) -> str:
    created = server.call(
        [{"action": "create", "entity_type": "User", "entity_data": {"username": name, "is_active": True}}]
    )
    return created[0]["data"]["id"]


def key_of(server: EmbeddedServer, user_id: str) -> str:
    operation = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": user_id}
    return server.call([operation])[0]["data"]["api_key"]


def ask(server: EmbeddedServer, name: str, key: str, *operations: dict[str, Any]) -> Any:
    batch = list(operations) or [{"action": "query", "expression": "select id from Status limit 1"}]
    reply = server.api.respond({"ftrack-user": name, "ftrack-api-key": key}, json.dumps(batch).encode(), "")
    return json.loads(reply.body)


def test_a_new_key_works_and_the_one_before_no_longer(server: EmbeddedServer) -> None:
    user_id = user(server, "ann")
    keys = [key_of(server, user_id) for _ in range(10)]
    assert len(set(keys)) == 10
    assert isinstance(ask(server, "ann", keys[-1]), list)
    assert ask(server, "ann", keys[-2])["exception"] == "InvalidCredentialsError"


def test_keys_are_not_kept_as_they_are(server: EmbeddedServer) -> None:
    key = key_of(server, user(server, "secretive"))
    with server.database.begin(write=False) as connection:
        kept = connection.exec_driver_sql("select * from api_key").mappings().all()
    assert kept
    assert all(key not in str(value) for row in kept for value in row.values())


def test_a_key_opens_only_its_own_user_and_only_while_active(server: EmbeddedServer) -> None:
    user_id = user(server, "lee")
    key = key_of(server, user_id)
    assert ask(server, server.username, key)["error_code"] == "api_credentials_invalid"
    server.call(
        [{"action": "update", "entity_type": "User", "entity_key": [user_id], "entity_data": {"is_active": False}}]
    )
    assert ask(server, "lee", key)["error_code"] == "api_credentials_invalid"


@pytest.mark.parametrize(
    "operation",
    [
        {"reset_type": '["id"]'},
        {"reset_type": "password"},
        {"reset_type": "api_key", "entity_type": "Task", "entity_key": "x"},
        {"reset_type": "api_key", "entity_type": "User", "entity_key": "nobody"},
    ],
    ids=["a list", "a password", "a task", "nobody"],
)
def test_nothing_else_can_be_reset(server: EmbeddedServer, operation: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError):
        server.call([{"action": "reset_remote", **operation}])


def test_whoever_is_no_administrator_resets_only_the_own_key(server: EmbeddedServer) -> None:
    other = user(server, "victim")
    key = key_of(server, user(server, "mallory"))
    operation = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": other}
    refused = ask(server, "mallory", key, operation)
    assert refused["exception"] == "PermissionError"
    assert "Administrator" in refused["content"]
    own = ask(server, "mallory", key, {"action": "reset_remote", "reset_type": "api_key"})
    assert isinstance(ask(server, "mallory", own[0]["data"]["api_key"]), list)


def roles(server: EmbeddedServer, user_id: str) -> list[tuple[str, bool, int]]:
    text = (
        "select security_role.name, is_all_open_projects, user_security_role_projects.project_id "
        f'from UserSecurityRole where user_id is "{user_id}"'
    )
    found = server.call([{"action": "query", "expression": text}])[0]["data"]
    return [
        (row["security_role"]["name"], row["is_all_open_projects"], len(row["user_security_role_projects"]))
        for row in found
    ]


def test_roles_are_given_changed_and_taken(server: EmbeddedServer) -> None:
    user_id = user(server, "max")
    project = server.call(
        [{"action": "create", "entity_type": "Project", "entity_data": {"name": "p", "full_name": "P"}}]
    )[0]["data"]["id"]

    def act(name: str, **values: Any) -> None:
        server.call([{"action": name, "user_id": user_id, **values}])

    act("add_user_security_role", role_id=MANAGER)
    act("add_user_security_role", role_id=MANAGER)
    assert roles(server, user_id) == [("Project Manager", False, 0)]
    act("grant_user_security_role_project", role_id=MANAGER, project_id=project)
    act("grant_user_security_role_project", role_id=MANAGER, project_id=project)
    act("grant_user_security_role_project", role_id=MANAGER, all_open_projects=True)
    assert roles(server, user_id) == [("Project Manager", True, 1)]
    act("update_user_security_role", role_id=MANAGER, new_role_id=find_id("SecurityRole", "User"))
    assert roles(server, user_id) == [("User", True, 1)]
    act("revoke_user_security_role_project", role_id=find_id("SecurityRole", "User"), project_id=project)
    act("revoke_user_security_role_project", role_id=find_id("SecurityRole", "User"), all_open_projects=True)
    assert roles(server, user_id) == [("User", False, 0)]
    act("remove_user_security_role", role_id=find_id("SecurityRole", "User"))
    assert roles(server, user_id) == []
    with pytest.raises(DatabaseError, match="does not hold"):
        act("remove_user_security_role", role_id=MANAGER)


@pytest.mark.parametrize(
    "operation",
    [
        {"action": "add_user_security_role"},
        {"action": "create", "entity_type": "SecurityRole", "entity_data": {"name": "God"}},
        {"action": "create", "entity_type": "UserSecurityRole", "entity_data": {}},
    ],
    ids=["by action", "a role", "by entity"],
)
def test_nobody_makes_themselves_an_administrator(server: EmbeddedServer, operation: dict[str, Any]) -> None:
    name = f"eve {operation['action']} {operation.get('entity_type')}"
    user_id = user(server, name)
    ids = {"user_id": user_id, "role_id": find_id("SecurityRole", "Administrator")}
    if operation.get("entity_type") == "UserSecurityRole":
        operation = operation | {"entity_data": {"user_id": user_id, "security_role_id": ids["role_id"]}}
    refused = ask(server, name, key_of(server, user_id), operation | ids)
    assert refused["exception"] == "PermissionError"


def test_usage_reports_are_taken_and_unknown_actions_are_named(server: EmbeddedServer) -> None:
    assert server.call([{"action": "_track_usage", "data": {"type": "event"}}])[0]["success"] is True
    with pytest.raises(DatabaseError, match="Invalid action u'make_coffee'"):
        server.call([{"action": "make_coffee"}])
