"""A server that asks for permissions, with two projects and people who may do different things in them."""

from __future__ import annotations

import json
from typing import Any

from trackteroid.server import EmbeddedServer
from trackteroid.server.storage.builtin import find_id

Operation = dict[str, Any]


def create(entity_type: str, entity_id: str | None = None, /, **values: Any) -> Operation:
    identity = {} if entity_id is None else {"id": entity_id}
    return {"action": "create", "entity_type": entity_type, "entity_data": identity | values}


def update(entity_type: str, *key: str, **values: Any) -> Operation:
    return {"action": "update", "entity_type": entity_type, "entity_key": list(key), "entity_data": values}


def delete(entity_type: str, *key: str) -> Operation:
    return {"action": "delete", "entity_type": entity_type, "entity_key": list(key)}


def role(name: str) -> str:
    return find_id("SecurityRole", name)


class Person:
    """A user of a server who is no administrator, unless they get that role."""

    def __init__(self, server: EmbeddedServer, name: str) -> None:
        self.server, self.name, self.id = server, name, f"user-{name}"
        server.call([create("User", self.id, username=name, is_active=True)])
        reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": self.id}
        self.key = server.call([reset])[0]["data"]["api_key"]

    def holds(self, role_name: str, *projects: str) -> Person:
        """Give a role for projects, or for all open ones."""
        held = f"{self.id}-{role_name}"
        values = {"user_id": self.id, "security_role_id": role(role_name), "is_all_open_projects": not projects}
        grants = [
            create("UserSecurityRoleProject", user_security_role_id=held, project_id=project) for project in projects
        ]
        self.server.call([create("UserSecurityRole", held, **values), *grants])
        return self

    def call(self, *operations: Operation) -> Any:
        headers = {"ftrack-user": self.name, "ftrack-api-key": self.key, "ftrack-strict-api": "true"}
        return json.loads(self.server.api.respond(headers, json.dumps(operations).encode(), "").body)

    def query(self, text: str) -> list[dict[str, Any]]:
        answer = self.call({"action": "query", "expression": text})
        assert "exception" not in answer, answer
        return answer[0]["data"]

    def ids(self, text: str) -> list[str]:
        return [record["id"] for record in self.query(text)]

    def refused(self, *operations: Operation) -> str:
        """The message with which operations are refused because of permissions."""
        answer = self.call(*operations)
        assert "exception" in answer, answer
        assert answer["exception"] == "PermissionError", answer
        return answer["content"]


def guarded_server(url: str = "sqlite://", **options: Any) -> EmbeddedServer:
    """A guarded server with the projects "p" and "q" and a task, an asset, versions and notes in each."""
    server = EmbeddedServer(url, is_open=False, **options)
    for project in "pq":
        server.call(list(production(project)))
    server.call([create("Project", "secret", name="secret", full_name="secret", is_private=True)])
    return server


def production(project: str) -> list[Operation]:
    """A small production in a project of that name; ids begin with the name."""
    names = {"name": project, "full_name": project}
    return [
        create("Project", project, **names),
        create("Shot", f"{project}-shot", name="sh010", parent_id=project),
        create("Task", f"{project}-task", name="comp", parent_id=f"{project}-shot", bid=10.0),
        create(
            "Asset",
            f"{project}-asset",
            name="hero",
            context_id=f"{project}-shot",
            type_id=find_id("AssetType", "Render"),
        ),
        create("AssetVersion", f"{project}-version", asset_id=f"{project}-asset", task_id=f"{project}-task"),
        create("FileComponent", f"{project}-component", name="main", version_id=f"{project}-version"),
        create("Note", f"{project}-note", content="of demo", parent_id=f"{project}-task", parent_type="Task"),
        create(
            "Note", f"{project}-version-note", content="x", parent_id=f"{project}-version", parent_type="AssetVersion"
        ),
        create("Metadata", parent_id=f"{project}-task", parent_type="Task", key="k", value="v"),
        create(
            "TypedContextList",
            f"{project}-list",
            name="l",
            project_id=project,
            category_id=find_id("ListCategory", "Default"),
        ),
        create("ListObject", f"{project}-item", list_id=f"{project}-list", entity_id=f"{project}-task"),
        create("ReviewSession", f"{project}-review", name="r", project_id=project),
        create(
            "ReviewSessionObject",
            f"{project}-object",
            review_session_id=f"{project}-review",
            version_id=f"{project}-version",
            name="o",
        ),
        create("Timelog", f"{project}-timelog", context_id=f"{project}-task", duration=3600.0),
    ]
