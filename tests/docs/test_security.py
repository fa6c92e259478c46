"""What SECURITY.md promises of keys and of who may ask."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from trackteroid.cli.serve import serve
from trackteroid.server import EmbeddedServer
from trackteroid.server.actions import ACTIONS

KEY = "a-key-that-nobody-else-knows"


def _ask(server: EmbeddedServer, operation: dict[str, Any], key: str = KEY) -> Any:
    headers = {"ftrack-user": server.username, "ftrack-api-key": key}
    return json.loads(server.api.respond(headers, json.dumps([operation]).encode(), "").body)


def test_only_loopback_is_listened_on_unless_told_otherwise() -> None:
    host = next(option for option in serve.params if option.name == "host")
    assert host.default == "127.0.0.1"


def test_no_action_is_answered_without_a_key() -> None:
    with closing(EmbeddedServer("sqlite://", key=KEY)) as server:
        answers = {(name, key): _ask(server, {"action": name}, key) for name in ACTIONS for key in ("", "another")}
    answered = [
        asked
        for asked, answer in answers.items()
        if isinstance(answer, list) or answer["exception"] != "InvalidCredentialsError"
    ]
    assert answers
    assert answered == []


def test_keys_are_in_no_log_and_not_in_the_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    with closing(EmbeddedServer(f"sqlite:///{(tmp_path / 'show.db').as_posix()}", key=KEY)) as server:
        made = _ask(server, {"action": "reset_remote", "reset_type": "api_key"})[0]["data"]["api_key"]
        assert _ask(server, {"action": "query", "expression": "select username from User"}, made)[0]["data"]
        assert "exception" in _ask(server, {"action": "query", "expression": "Nothing"}, made)
        monkeypatch.setitem(ACTIONS, "query", lambda *_: 1 / 0)  # what fails for no good reason is logged in full
        assert "incident" in _ask(server, {"action": "query", "expression": "User"}, made)["content"]
    assert "Incident" in caplog.text
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for key in (KEY, made):
        assert key not in caplog.text
        assert key.encode() not in kept


def test_every_risk_and_every_finding_is_answered_by_a_test_that_exists() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "server" / "security.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("|") and "`test_" in line]
    risks = [row[0].split()[0] for row in rows if len(row) == 3]
    assert risks == [f"API{number}" for number in range(1, 11)]
    assert len(rows) > 3 * len(risks)
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "tests").rglob("test_*.py"))
    assert [row[-1] for row in rows if f"def {row[-1].strip(' `')}(" not in tests] == []
