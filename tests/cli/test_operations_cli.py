"""`trackteroid operations`, as somebody at a shell, or a farm, meets it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from trackteroid.cli import main
from trackteroid.operations.format import container, file
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

KEY = "a-key-that-nobody-may-see"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    database = f"sqlite:///{(tmp_path_factory.mktemp('server') / 'studio.db').as_posix()}"
    EmbeddedServer(database, with_demo=True).close()
    return database


@pytest.fixture
def session(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session of the server that the environment names."""
    monkeypatch.setenv("FTRACK_SERVER", address)
    monkeypatch.setenv("FTRACK_API_USER", "demo")
    monkeypatch.setenv("FTRACK_API_KEY", KEY)
    with Session() as session:
        yield session


@pytest.fixture
def path(session: Session, tmp_path: Path) -> Path:
    """A file that renames a scope, and creates another."""
    path = tmp_path / "changes.dbm"
    scope = session.create("Scope", {"name": path.parent.name})
    session.commit()
    with session.deferred_operations(path):
        scope["name"] = f"{path.parent.name} renamed"
        session.create("Scope", {"name": f"{path.parent.name} new"})
    return path


def names(session: Session, prefix: str) -> list[str]:
    session.reset()  # what was deferred stays visible in the session that did it
    found = session.query(f'select name from Scope where name like "{prefix}%"').all()
    return sorted(scope["name"] for scope in found)


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["operations", *map(os.fspath, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), "a traceback reached the shell"
    assert KEY not in result.output
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def change_elsewhere(address: str, path: Path) -> None:
    with Session(server_url=address) as other:
        (scope,) = other.query(f'Scope where name is "{path.parent.name}"').all()
        scope["name"] = f"{path.parent.name} by somebody else"
        other.commit()


def test_what_a_file_will_do_is_shown_without_a_server(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FTRACK_SERVER", "FTRACK_API_USER", "FTRACK_API_KEY"):
        monkeypatch.delenv(name)
    code, printed = run("show", path)
    assert code == 0
    assert f'Change Scope "{path.parent.name}"' in printed
    assert f'name: "{path.parent.name}" -> "{path.parent.name} renamed"' in printed
    assert f'Create Scope "{path.parent.name} new"' in printed
    assert "recorded by demo" in printed


def test_what_a_file_will_do_is_shown_as_json(path: Path) -> None:
    code, printed = run("show", path, "--json", "--check")
    assert code == 0
    data = json.loads(printed)
    assert data["checked"]
    assert [entity["action"] for entity in data["files"][0]["entities"]] == ["change", "create"]


def test_a_check_that_finds_conflicts_says_so_and_fails(address: str, path: Path) -> None:
    change_elsewhere(address, path)
    code, printed = run("show", path, "--check")
    assert code == 1
    assert f'CONFLICT: it is "{path.parent.name} by somebody else" by now' in printed


def test_a_file_is_committed_once(session: Session, path: Path) -> None:
    assert run("commit", path, "--dry-run")[0] == 0
    assert names(session, path.parent.name) == [path.parent.name]
    code, printed = run("commit", path)
    assert code == 0
    assert "committed." in printed
    assert "Sent 2 operations." in printed
    expected = [f"{path.parent.name} new", f"{path.parent.name} renamed"]
    assert names(session, path.parent.name) == expected
    code, printed = run("commit", path)
    assert code == 0
    assert "already committed" in printed
    assert names(session, path.parent.name) == expected


def test_several_files_are_committed_together(session: Session, path: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.dbm"
    with session.deferred_operations(second):
        session.create("Scope", {"name": f"{path.parent.name} second"})
    code, printed = run("commit", path, second)
    assert code == 0
    assert printed.count(": committed.") == 2
    assert len(names(session, path.parent.name)) == 3


@pytest.mark.parametrize(
    ("option", "code", "name"),
    [("overwrite", 0, "renamed"), ("raise", 1, "by somebody else"), ("skip", 0, "by somebody else")],
)
def test_conflicts_are_treated_as_asked(
    session: Session, address: str, path: Path, option: str, code: int, name: str
) -> None:
    change_elsewhere(address, path)
    expected_of_dry_run = 1 if option == "raise" else 0
    assert run("commit", path, "--dry-run", "--on-conflict", option)[0] == expected_of_dry_run
    actual, printed = run("commit", path, "--on-conflict", option)
    assert actual == code, printed
    assert f"{path.parent.name} {name}" in names(session, path.parent.name)
    assert ("Skipped:" in printed) == (option == "skip")


def test_another_server_is_refused_unless_allowed(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = f"sqlite:///{(tmp_path / 'other.db').as_posix()}"
    EmbeddedServer(other).close()
    monkeypatch.setenv("FTRACK_SERVER", other)
    code, printed = run("commit", path)
    assert code == 1
    assert "another" in printed or "not the one" in printed
    assert run("commit", path, "--dry-run")[0] == 1
    # The other server has no such scope: it is asked, and refuses.
    code, printed = run("commit", path, "--allow-other-server")
    assert code == 1
    assert "not the one" not in printed


@pytest.mark.parametrize("arguments", [["commit"], ["commit", "x", "--on-conflict", "maybe"], ["verify"], ["nothing"]])
def test_wrong_usage_has_its_own_exit_code(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_missing_credentials_are_wrong_usage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_SERVER", "http://127.0.0.1:1")
    monkeypatch.delenv("FTRACK_API_KEY")
    code, printed = run("commit", path)
    assert code == 2
    assert "FTRACK_API_KEY" in printed


def test_a_server_that_cannot_be_reached_can_be_tried_again(
    path: Path, session: Session, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTRACK_SERVER", "http://127.0.0.1:1")
    monkeypatch.setattr("trackteroid.client.sending.sleep", lambda _: None)
    code, printed = run("commit", path)
    assert code == 3
    assert "127.0.0.1:1" in printed
    monkeypatch.setenv("FTRACK_SERVER", address)
    assert run("commit", path)[0] == 0


def test_a_server_that_does_not_answer_in_time_can_be_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise requests.exceptions.ReadTimeout(f"no answer to {KEY}")

    with monkeypatch.context() as patch:
        patch.setattr(requests.Session, "post", slow)
        assert run("commit", path)[0] == 3
    assert run("commit", path)[0] == 0


def test_a_file_that_another_process_uses_can_be_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_SECONDS_TO_WAIT_FOR_A_CLAIM", 0.0)
    with container.claim(path):
        code, printed = run("commit", path)
    assert code == 3
    assert "in use by another process" in printed
    assert run("commit", path)[0] == 0


@pytest.mark.parametrize("command", [["show"], ["show", "--check"], ["verify"], ["repair"], ["commit"]])
def test_a_missing_file_is_named(session: Session, tmp_path: Path, command: list[str]) -> None:
    code, printed = run(*command, tmp_path / "missing.dbm")
    assert code == 1
    assert "missing.dbm" in printed


def test_a_damaged_file_is_found_and_repaired_and_committed(session: Session, path: Path) -> None:
    code, printed = run("verify", path)
    assert code == 0
    assert "2 operations, undamaged" in printed
    assert "nothing to repair" in run("repair", path)[1]
    sound = path.read_bytes()
    path.write_bytes(sound.replace(b'"count": 2', b'"count": 7'))
    assert run("verify", path)[0] == 1
    assert run("commit", path)[0] == 1
    damaged = path.read_bytes()
    code, printed = run("repair", path)
    assert code == 0
    assert "recovered 2 operations of 2" in printed
    assert path.read_bytes() == damaged
    repaired = path.with_name("changes.repaired.dbm")
    assert len(file.read(repaired).operations) == 2
    assert run("repair", path)[0] == 1, "an existing file is not replaced"
    assert run("repair", path, "--output", path.with_name("elsewhere.dbm"))[0] == 0
    assert run("commit", repaired)[0] == 0
    assert len(names(session, path.parent.name)) == 2


def test_the_help_names_the_exit_codes() -> None:
    for command in ("show", "verify", "repair", "commit"):
        code, printed = run(command, "--help")
        assert code == 0
        assert "3  the server cannot be reached" in printed


def test_many_operations_are_committed_in_several_transactions(session: Session, path: Path) -> None:
    code, text = run("commit", path, "--at-once", "1")
    assert code == 0, text
    assert "Sent 2 operations." in text
    assert len(names(session, path.parent.name)) == 2
    code, text = run("commit", path, "--at-once", "1")
    assert (code, "already committed" in text) == (0, True)
