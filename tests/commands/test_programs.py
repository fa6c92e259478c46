"""What `--python` prints does what the command does: both are run, and what they answer is compared."""

from __future__ import annotations

import base64
import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from commands.shell import shell
from trackteroid import AssetVersion, Query, Shot
from trackteroid.session import SESSION, Session


def run(*arguments: object) -> tuple[str, dict[str, Any]]:
    """Run the program of a command; return what it prints, and its names."""
    program = shell(*map(str, arguments), "--python")
    assert program.code == 0, program.said
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program.printed, " ".join(map(str, arguments)), "exec"), names)
    if (session := names.get("session")) is not None:
        session.close()
    return printed.getvalue(), names


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("get", "Shot", "sync/bc/bc0010", "--select", "name,status.name"), ["bc0010", "In progress"]),
        (("query", "Shot", "--by-project", "sync", "--select", "name"), ["bc0010", "st0040"]),
        (("query", "Shot", "--by-project", "sync", "--count"), ["10"]),
        (("query", "Shot where name like 'bc%' order by name limit 2", "--select", "name"), ["bc0010", "bc0020"]),
        (("tree", "sync/bc", "--depth", "1"), ["bc0010 Shot (In progress)", "Editing Task"]),
        (("schema", "Shot"), ["status", "description"]),
        (("schema",), ["AssetVersion", "Shot"]),
        (("whoami",), ["demo"]),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_what_is_asked_is_answered_in_the_same_way(server: str, command: tuple[str, ...], words: list[str]) -> None:
    answered = shell(*command, "--server", server).printed
    printed, _ = run(*command, "--server", server)
    for word in words:
        assert word in answered
        assert word in printed
    if command[0] == "query" and "--count" not in command:
        assert set(re.findall(r"\b(?:bc|st)\d{4}", printed)) == set(re.findall(r"\b(?:bc|st)\d{4}", answered))


def test_publishing_and_downloading(fresh_server: str, tmp_path: Path) -> None:
    source = tmp_path / "comp.txt"
    source.write_text("first light")
    below = ("--context", "sync/bc/bc0010", "--asset", "noted", "--server", fresh_server)
    options = ("--type", "Geometry", "--comment", "it's done", "--name", "notes", "--thumbnail", "none")
    assert shell("publish", str(source), *below, *options).code == 0
    run("publish", source, *below, *options)
    with Session(server_url=fresh_server) as session:
        versions = Query(AssetVersion, session).inject("asset.name is noted").get_all(["components.name", "comment"])
        told = sorted(versions.to_dicts(["version", "comment", "components.name"]), key=lambda row: row["version"])
    assert told == [{"version": n, "comment": "it's done", "components.name": ["notes"]} for n in (1, 2)]

    assert shell("download", str(tmp_path / "a"), *below, "--version", "1", "--name", "notes").code == 0
    run("download", tmp_path / "b", *below, "--version", "1", "--name", "notes")
    both = [{path.name: path.read_text() for path in (tmp_path / folder).rglob("*.*")} for folder in "ab"]
    assert both[0] == both[1]
    assert list(both[0].values()) == ["first light"]
    component = versions.components.id[0]
    printed, _ = run("download", tmp_path / "c", "--id", component, "--server", fresh_server)
    assert "1 component" in printed

    deferred = tmp_path / "later.dbm"
    run("publish", source, *below, *options, "--defer", deferred)
    assert shell("operations", "commit", str(deferred), "--server", fresh_server).code == 0
    with Session(server_url=fresh_server) as session:
        assert Query(AssetVersion, session).inject("asset.name is noted").count() == 3


def test_watching(fresh_server: str) -> None:
    with Session(server_url=fresh_server) as session:
        shot = Query(Shot, session).by_name("bc0010").get_one(["description"])
        shot.apply(lambda _: "seen", "description")
        session.commit()
    asked = ("watch", "topic=ftrack.update", "--since", "0", "--most", "1", "--server", fresh_server)
    number = shell(*asked).printed.split()[0]
    assert run(*asked)[0].startswith(f"{number} ")


def test_stubs(server: str, tmp_path: Path) -> None:
    assert shell("stubs", str(tmp_path / "a"), "--server", server).code == 0
    run("stubs", tmp_path / "b", "--server", server)
    written = [{each.name: each.read_bytes() for each in (tmp_path / to).rglob("*.pyi")} for to in "ab"]
    assert written[0] == written[1] != {}


def test_webhooks(tmp_path: Path) -> None:
    database = ("--database", f"sqlite:///{(tmp_path / 'hooks.db').as_posix()}")
    secret = tmp_path / "secret"
    secret.write_text("whsec_" + base64.b64encode(bytes(32)).decode() + "\n")
    run(
        "webhooks",
        "add",
        "https://example.com/hook",
        "--where",
        "topic=ftrack.update",
        "--secret-file",
        secret,
        *database,
    )
    (hook,) = shell("webhooks", "list", "--json", *database).data
    assert (hook["url"], hook["expression"]) == ("https://example.com/hook", "topic=ftrack.update")
    assert hook["id"] in run("webhooks", "list", *database)[0]
    run("webhooks", "pause", hook["id"], *database)
    assert shell("webhooks", "list", "--json", *database).data[0]["is_paused"] is True
    run("webhooks", "resume", hook["id"], *database)
    assert shell("webhooks", "list", "--json", *database).data[0]["is_paused"] is False
    assert "'data': []" in run("webhooks", "failed", hook["id"], *database)[0]
    assert "'again': 0" in run("webhooks", "send-again", hook["id"], *database)[0]
    run("webhooks", "remove", hook["id"], *database)
    assert shell("webhooks", "list", "--json", *database).data == []


@pytest.mark.slow
def test_users_and_their_database(tmp_path: Path) -> None:
    database = ("--database", f"sqlite:///{(tmp_path / 'people.db').as_posix()}")
    run("users", "add", "ann", "--role", "Administrator", *database)
    run("users", "add", "bob", *database)
    run("users", "role", "add", "bob", "API", *database)
    run("users", "role", "deny", "API", "notes", "delete", *database)
    run("users", "role", "allow", "API", "notes", "delete", *database)
    assert run("users", "role", "list", *database)[0].count("'role':") == len(
        shell("users", "role", "list", "--json", *database).data
    )
    key, _ = run("users", "key", "new", "bob", "--name", "laptop", "--days", "2", *database)
    assert len(key.strip()) > 20
    assert "'laptop'" in run("users", "key", "list", "bob", *database)[0]
    run("users", "key", "revoke", "bob", "--name", "laptop", *database)
    run("users", "role", "remove", "bob", "API", *database)
    run("users", "deactivate", "bob", *database)
    (bob,) = [each for each in shell("users", "list", "--json", *database).data if each["username"] == "bob"]
    assert (bob["is_active"], bob["roles"], bob["keys"]) == (False, [], 0)
    assert str(bob) in run("users", "list", *database)[0]
    assert run("check", *database)[0].strip() == ""


@pytest.mark.slow
def test_serving(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def ask_meanwhile(_: str) -> str:
        address, user = printed.getvalue().split()
        with Session(server_url=address, api_user=user, api_key="x", plugin_paths=[]) as session:
            asked.append(Query(Shot, session).count())
        return ""

    monkeypatch.setattr("builtins.input", ask_meanwhile)
    monkeypatch.setenv("TRACKTEROID_SERVE_KEY", "x")
    program = shell(
        "serve", "--demo", "--key", "x", "--port", "0", "--answer-rows", "5000", "--slow-query", "3", "--python"
    ).printed
    assert "limits=Limits(answer_rows=5000), options=Options(slow_query=3.0)" in program
    assert "# This cannot do what these say: --port." in program
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program, {})
    assert asked == [25]


def test_listening(fresh_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "tool.py"
    source.write_text("from trackteroid import SESSION\n\n@SESSION.on('topic=nothing')\ndef see(event): ...\n")
    monkeypatch.setenv("FTRACK_SERVER", fresh_server)
    monkeypatch.setattr(SESSION, "listen", lambda **options: options)
    printed, _ = run("listen", source, "--group", "farm", "--duration", "0", "--stop-on-error")
    assert printed.strip() == "{'group': 'farm', 'duration': 0.0, 'on_error': 'stop'}"


def test_doctor_and_completion(server: str) -> None:
    printed, _ = run("doctor", "--server", server)
    checks = shell("doctor", "--server", server, "--json").data["checks"]
    assert [line.split()[0] for line in printed.splitlines()][: len(checks)] == [each["state"] for each in checks]
    assert run("completion", "bash")[0] == shell("completion", "bash").printed


def test_the_demo_says_why_it_has_none() -> None:
    program = shell("demo", "--python").printed
    assert all(line.startswith("# ") for line in program.splitlines())
    assert "record.py" in program


@pytest.mark.slow
def test_generating(tmp_path: Path) -> None:
    assert "rows" in run("generate", "--database", f"sqlite:///{(tmp_path / 'made.db').as_posix()}")[0]
