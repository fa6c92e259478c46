"""The command `trackteroid users`: people, roles and keys of a database."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trackteroid.cli import main
from trackteroid.server import EmbeddedServer
from trackteroid.server.auth.access import digest

Run = Callable[..., Any]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'studio.db').as_posix()}"


@pytest.fixture
def run(url: str) -> Run:
    def run(*arguments: str, fails: bool = False) -> Any:
        asked = [*arguments, "--database", url, "--json"]
        found = CliRunner().invoke(main, ["users", *asked])
        assert found.exit_code == (1 if fails else 0), found.output
        return found.output if fails else json.loads(found.output)

    return run


def ask(url: str, user: str, key: str, operation: dict[str, Any]) -> Any:
    with closing(EmbeddedServer(url)) as server:
        headers = {"ftrack-user": user, "ftrack-api-key": key}
        return json.loads(server.api.respond(headers, json.dumps([operation]).encode(), "").body)


QUERY = {"action": "query", "expression": "select name from Project"}


def test_a_studio_is_set_up(url: str, run: Run) -> None:
    with closing(EmbeddedServer(url)) as server:
        server.call([{"action": "create", "entity_type": "Project", "entity_data": {"name": "p", "full_name": "P"}}])
        server.call([{"action": "create", "entity_type": "Project", "entity_data": {"name": "q", "full_name": "Q"}}])
    run("add", "ada")
    run("role", "add", "ada", "user", "--project", "p")
    run("add", "paul", "--role", "Project Manager")
    assert [(one["username"], one["roles"]) for one in run("list")] == [
        ("ada", [{"role": "User", "projects": ["p"]}]),
        ("demo", [{"role": "Administrator", "projects": None}]),
        ("paul", [{"role": "Project Manager", "projects": None}]),
    ]
    key = run("key", "new", "ada", "--name", "laptop")["api_key"]
    assert [row["name"] for row in ask(url, "ada", key, QUERY)[0]["data"]] == ["p"]
    run("role", "remove", "ada", "User")
    assert ask(url, "ada", key, QUERY)[0]["data"] == []
    run("deactivate", "ada")
    assert ask(url, "ada", key, QUERY)["exception"] == "InvalidCredentialsError"


def test_keys_have_names_expire_and_are_revoked(url: str, run: Run) -> None:
    run("add", "ada", "--role", "Administrator")
    keys = {name: run("key", "new", "ada", "--name", name)["api_key"] for name in ("laptop", "farm")}
    run("key", "new", "ada", "--name", "guest", "--days", "30")
    expired = run("key", "new", "ada", "--name", "old", "--days", "0.000001")["api_key"]
    assert "already" in run("key", "new", "ada", "--name", "farm", fails=True)
    time.sleep(0.1)  # longer than it is valid
    assert ask(url, "ada", expired, QUERY)["exception"] == "InvalidCredentialsError"
    assert "data" in ask(url, "ada", keys["farm"], QUERY)[0]
    listed = {one["name"]: one for one in run("key", "list", "ada")}
    assert [name for name, one in listed.items() if one["last_used_at"]] == ["farm"]
    assert [name for name, one in listed.items() if one["expires_at"]] == ["guest", "old"]
    run("key", "revoke", "ada", "--name", "farm")
    assert ask(url, "ada", keys["farm"], QUERY)["exception"] == "InvalidCredentialsError"
    assert "data" in ask(url, "ada", keys["laptop"], QUERY)[0]
    assert "Known: laptop" in run("key", "revoke", "ada", "--name", "farm", fails=True)


def test_keys_are_kept_hashed(url: str, run: Run) -> None:
    run("add", "ada", "--role", "Administrator")
    key = run("key", "new", "ada")["api_key"]
    content = Path(url.removeprefix("sqlite:///")).read_bytes()
    assert digest(key).encode() in content
    assert key.encode() not in content


def test_what_a_role_grants_is_changed(url: str, run: Run) -> None:
    run("add", "boss", "--role", "Administrator")
    run("add", "ada", "--role", "User")
    key = run("key", "new", "ada")["api_key"]
    create = {"action": "create", "entity_type": "Project", "entity_data": {"name": "new", "full_name": "new"}}
    assert ask(url, "ada", key, create)["exception"] == "PermissionError"
    run("role", "allow", "User", "contexts", "create")
    assert "create" in next(one for one in run("role", "list") if one["role"] == "User")["permissions"]["contexts"]
    assert ask(url, "ada", key, create)[0]["data"]["name"] == "new"
    run("role", "deny", "User", "contexts", "create", "read")
    assert ask(url, "ada", key, QUERY)[0]["data"] == []
    assert "Did you mean contexts" in run("role", "allow", "User", "context", "read", fails=True)


def test_the_first_user_is_an_administrator_and_the_last_one_stays(run: Run) -> None:
    assert "no administrator yet" in run("add", "ada", "--role", "User", fails=True)
    run("add", "ada", "--role", "Administrator")
    assert "last administrator cannot leave" in run("deactivate", "ada", fails=True)
    assert "last administrator cannot leave" in run("role", "remove", "ada", "Administrator", fails=True)
    assert "already" in run("add", "ada", fails=True)
    assert "Did you mean ada" in run("deactivate", "adda", fails=True)
    assert "no SecurityRole" in run("role", "add", "ada", "Emperor", fails=True)


def test_what_is_done_is_told_in_a_line(url: str) -> None:
    def said(*arguments: str) -> str:
        return CliRunner().invoke(main, ["users", *arguments, "--database", url]).output

    assert said("add", "ada", "--role", "Administrator") == "Added ada.\n"
    assert said("list") == "ada: Administrator for all open projects; 0 keys\n"
    assert said("role", "add", "ada", "User") == "ada has the role User for all open projects.\n"
    assert "  read users" in said("role", "list")
    assert len(said("key", "new", "ada").strip()) > 40
    assert "last used never, expires never" in said("key", "list", "ada")
    assert said("key", "revoke", "ada") == 'The key "key" of ada is revoked.\n'
