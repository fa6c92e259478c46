"""What the caller may do: told by `permissions` and `_authorize_operation`, and the same as what is enforced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.storage.builtin import find_id

Operation = dict[str, Any]

MANAGER = find_id("SecurityRole", "Project Manager")
ADMINISTRATOR = find_id("SecurityRole", "Administrator")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    yield server
    server.close()


class Somebody:
    """A user who is no administrator."""

    def __init__(self, server: EmbeddedServer, name: str) -> None:
        self.server, self.name = server, name
        (created,) = server.call([create("User", username=name, is_active=True)])
        self.id = created["data"]["id"]
        reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": self.id}
        self.key = server.call([reset])[0]["data"]["api_key"]

    def call(self, *operations: Operation) -> Any:
        headers = {"ftrack-user": self.name, "ftrack-api-key": self.key}
        return json.loads(self.server.api.respond(headers, json.dumps(operations).encode(), "").body)


@pytest.fixture(scope="module")
def somebody(server: EmbeddedServer) -> Somebody:
    return Somebody(server, "ann")


def create(entity_type: str, **values: Any) -> Operation:
    return {"action": "create", "entity_type": entity_type, "entity_data": values}


def authorize(**operation: Any) -> Operation:
    return {"action": "_authorize_operation", "operation": operation}


def may(*verbs: str) -> dict[str, bool]:
    return {verb: verb in verbs for verb in ("create", "update", "delete")}


ALL = may("create", "update", "delete")


def test_an_administrator_may_do_all_but_what_the_server_does_itself(server: EmbeddedServer) -> None:
    (answer,) = server.call([{"action": "permissions"}])
    data = answer["data"]
    assert answer["action"] == "permissions"
    assert data["is_administrator"] is True
    forbidden = {name for name, verbs in data["entity_types"].items() if verbs != ALL}
    assert forbidden == {"StatusChange", "TypedContextStatusChange", "AssetVersionStatusChange", "UserSession"}
    assert all(data["entity_types"][name] == may() for name in forbidden)
    schemas = server.call([{"action": "query_schemas"}])[0]
    assert data["entity_types"].keys() == {schema["id"] for schema in schemas}
    assert [(role["name"], role["is_all_open_projects"], role["project_ids"]) for role in data["roles"]] == [
        ("Administrator", True, [])
    ]


def test_others_may_not_hand_out_roles(somebody: Somebody) -> None:
    types = ["Task", "SecurityRole", "UserSecurityRole", "UserSecurityRoleProject", "StatusChange"]
    (answer,) = somebody.call({"action": "permissions", "entity_types": types})
    assert answer["data"] == {
        "user_id": somebody.id,
        "is_administrator": False,
        "roles": [],
        "entity_types": {"Task": ALL} | dict.fromkeys(types[1:], may()),
    }


def test_roles_come_with_their_projects(server: EmbeddedServer) -> None:
    other = Somebody(server, "manager")
    projects = [server.call([create("Project", name=name, full_name=name)])[0]["data"]["id"] for name in ("p", "q")]
    role = {"user_id": other.id, "role_id": MANAGER}
    server.call([{"action": "add_user_security_role", **role}])
    server.call([{"action": "grant_user_security_role_project", **role, "project_id": project} for project in projects])
    (answer,) = other.call({"action": "permissions", "entity_types": []})
    assert answer["data"]["entity_types"] == {}
    (told,) = answer["data"]["roles"]
    assert told.pop("permissions")["reviews"] == ["create", "delete", "read", "update"]
    assert [told] == [
        {"id": MANAGER, "name": "Project Manager", "is_all_open_projects": False, "project_ids": sorted(projects)}
    ]


@pytest.mark.parametrize(
    ("types", "message"),
    [("Task", "list of names"), (["Tsk"], "Did you mean Task"), (["SecurityRolePermission"], "no entity type")],
)
def test_types_that_nobody_knows_are_refused(server: EmbeddedServer, types: Any, message: str) -> None:
    with pytest.raises(DatabaseError, match=message):
        server.call([{"action": "permissions", "entity_types": types}])


FORBIDDEN: dict[str, Operation] = {
    "a role": create("SecurityRole", name="God"),
    "a role for oneself": create("UserSecurityRole", security_role_id=ADMINISTRATOR),
    "the role of everybody": {"action": "delete", "entity_type": "SecurityRole", "entity_key": [ADMINISTRATOR]},
    "a key for others": {
        "action": "reset_remote",
        "reset_type": "api_key",
        "entity_type": "User",
        "entity_key": "someone",
    },
    "a status change": create("StatusChange"),
}


@pytest.mark.parametrize("operation", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_is_not_authorized_is_refused_for_the_same_reason(somebody: Somebody, operation: Operation) -> None:
    (answer,) = somebody.call(authorize(**operation))
    refused = somebody.call(operation)
    assert refused["exception"] == "PermissionError"
    assert answer["action"] == "_authorize_operation"
    assert answer["data"] == {"is_authorized": False, "reason": refused["content"]}


def test_a_held_role_is_deleted_by_administrators_only(server: EmbeddedServer, somebody: Somebody) -> None:
    held = server.call([{"action": "query", "expression": 'UserSecurityRole where user.username is "demo"'}])
    key = [held[0]["data"][0]["id"]]
    operation = {"action": "delete", "entity_type": "UserSecurityRole", "entity_key": key}
    assert somebody.call(operation)["exception"] == "PermissionError"
    assert server.call([authorize(**operation)])[0]["data"] == {"is_authorized": True, "reason": None}
    assert server.call([{"action": "permissions"}])[0]["data"]["is_administrator"] is True


def test_a_trial_of_deletions_tells_all_that_would_go(server: EmbeddedServer) -> None:
    def ask(expression: str) -> list[dict[str, Any]]:
        return server.call([{"action": "query", "expression": expression}])[0]["data"]

    made = server.call([create("Group", name="compositors"), create("User", username="leaving")])
    group, user = (each["data"]["id"] for each in made)
    server.call([create("Membership", group_id=group, user_id=user)])
    tried = [{"action": "delete", "entity_type": "Group", "entity_key": [group]}] * 2
    answer = server.call([{"action": "_authorize_operation", "operations": tried}])[0]["data"]
    assert answer == {"is_authorized": True, "reason": None, "gone": {"Group": 1, "Membership": 1}}
    assert len(ask(f"select id from Group where id is {group}")) == 1
    (nothing,) = server.call([authorize(action="query", expression="User")])
    assert nothing["data"] == {"is_authorized": True, "reason": None}


def test_a_role_cannot_be_taken_over_through_the_list_of_a_user(server: EmbeddedServer, somebody: Somebody) -> None:
    held = server.call([{"action": "query", "expression": 'UserSecurityRole where user.username is "demo"'}])
    role = {"__entity_type__": "UserSecurityRole", "id": held[0]["data"][0]["id"]}
    data = {"entity_data": {"user_security_roles": [role]}}
    refused = somebody.call({"action": "update", "entity_type": "User", "entity_key": [somebody.id], **data})
    assert refused["exception"] == "PermissionError"


def test_an_operation_that_is_checked_leaves_nothing(server: EmbeddedServer, somebody: Somebody) -> None:
    answers = somebody.call(
        create("Scope", id="before", name="before"),
        authorize(**create("Scope", id="tried", name="tried")),
        authorize(action="update", entity_type="Scope", entity_key=["before"], entity_data={"name": "changed"}),
        authorize(**create("ObjectType", name="Turntable")),
        create("Scope", id="after", name="after"),
    )
    assert [answer["data"] for answer in answers[1:4]] == [{"is_authorized": True, "reason": None}] * 3
    found = server.call([{"action": "query", "expression": "select name from Scope order by name"}])[0]["data"]
    assert [scope["name"] for scope in found] == ["after", "before"]
    with pytest.raises(DatabaseError, match="no entity type Turntable"):
        server.call([{"action": "query", "expression": "Turntable"}])


def test_an_operation_that_is_checked_need_not_be_complete(server: EmbeddedServer) -> None:
    incomplete = create("Scope")
    (answer,) = server.call([authorize(**incomplete)])
    assert answer["data"]["is_authorized"] is True
    with pytest.raises(DatabaseError, match="lacks a value for name"):
        server.call([incomplete])


@pytest.mark.parametrize(
    ("operation", "exception"),
    [
        (authorize(), "ValidationError"),
        (authorize(action="no such action"), "ValidationError"),
        (authorize(action=["query"]), "ValidationError"),
        (authorize(**authorize(**create("Scope", name="s"))), "ValidationError"),
        ({"action": "_authorize_operation", "operation": "create"}, "ValidationError"),
        (authorize(action="delete", entity_type="Scope", entity_key=["nowhere"]), "ValueError"),
    ],
)
def test_an_operation_that_fails_anyway_fails_here_too(
    somebody: Somebody, operation: Operation, exception: str
) -> None:
    assert somebody.call(operation)["exception"] == exception
