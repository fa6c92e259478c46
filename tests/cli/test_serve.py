"""`trackteroid serve`, as somebody at a shell meets it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import Field, fields
from multiprocessing import get_context
from pathlib import Path

import ftrack_api
import pytest
import requests
from click.testing import CliRunner

from trackteroid.cli import main, workers
from trackteroid.cli.serving import address_of, mode_of, remarks_for
from trackteroid.server import DatabaseError, EmbeddedServer, Limits

COMMAND = [sys.executable, "-m", "trackteroid.cli", "serve", "--port", "0"]


@contextmanager
def serving(*options: str) -> Generator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A running server and the variables it printed."""
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        variables: dict[str, str] = {}
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("# Workers: "):
                variables["workers"] = line.partition(": ")[2].strip()
            if line.startswith(("export ", "set ")):
                name, _, value = line.split(maxsplit=1)[1].strip().partition("=")
                variables[name] = value
            if line.startswith("# Serving"):
                break
        try:
            yield process, variables
        finally:
            process.kill()


def connect(variables: dict[str, str]) -> ftrack_api.Session:
    return ftrack_api.Session(
        server_url=variables["FTRACK_SERVER"],
        api_user=variables["FTRACK_API_USER"],
        api_key=variables["FTRACK_API_KEY"],
        schema_cache_path=False,
        plugin_paths=[],
    )


def test_a_connection_outlives_a_pause_of_its_client() -> None:
    with serving() as (_, variables):
        connection = http.client.HTTPConnection(variables["FTRACK_SERVER"].removeprefix("http://"))
        connection.connect()
        used = connection.sock
        for pause in (0, 6):
            time.sleep(pause)
            connection.request("GET", "/")
            connection.getresponse().read()
        assert connection.sock is used
        connection.close()


def test_what_it_prints_is_all_a_client_needs() -> None:
    with serving() as (_, variables), connect(variables) as session:
        assert variables["FTRACK_SERVER"].startswith("http://127.0.0.1:")
        assert session.query("Status").all()
        assert session.query("Project").all() == []


def test_the_user_and_key_can_be_chosen() -> None:
    with serving("--user", "ann", "--key", "secret") as (_, variables), connect(variables) as session:
        assert (variables["FTRACK_API_USER"], variables["FTRACK_API_KEY"]) == ("ann", "secret")
        assert session.api_user == "ann"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_tools_of_yesterday_find_the_schema_that_they_were_made_for(tmp_path: Path, workers: str) -> None:
    database = f"sqlite:///{(tmp_path / 'kept.db').as_posix()}"
    with serving("--database", database) as (_, variables), connect(variables) as session:
        assert session.server_information["version"] == "4.13.8"
        assert "StatusRule" in session.types
    old = ("--database", database, "--schema", "4.13.0", "--workers", workers)
    with serving(*old) as (_, variables), connect(variables) as session:
        assert session.server_information["version"] == "4.13.0"
        assert "StatusRule" not in session.types
        assert session.query("Status").all()
    with serving("--database", f"{database}?schema=4.13.0") as (_, variables), connect(variables) as session:
        assert session.server_information["version"] == "4.13.0"


def test_a_database_outlives_the_server(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'kept.db').as_posix()}"
    with serving("--database", database) as (_, variables), connect(variables) as session:
        scope = session.create("Scope", {"name": "London"})
        session.commit()
    with serving("--database", database) as (_, variables), connect(variables) as session:
        assert session.get("Scope", scope["id"])["name"] == "London"


@pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot send another one an interrupt")
def test_an_interrupt_stops_it_cleanly() -> None:
    with serving("--demo") as (process, _):
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert printed.endswith("# Stopped.\n")
        assert "Traceback" not in errors


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), "a traceback reached the shell"
    return result.exit_code, result.output


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, printed = run("serve", "--port", str(port))
    assert code == 1
    assert f"127.0.0.1:{port}" in printed
    assert "--port" in printed


def test_a_database_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    code, printed = run("serve", "--port", "0", "--database", f"sqlite:///{tmp_path.as_posix()}/no/such/folder/x.db")
    assert code == 1
    assert "folder" in printed


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be taken for one" * 40)
    code, printed = run("serve", "--port", "0", "--database", f"sqlite:///{path.as_posix()}")
    assert code == 1
    assert "not a SQLite database" in printed
    assert path.read_text().startswith("not a database")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table things (name text)")
    connection.close()
    code, printed = run("serve", "--port", "0", "--database", f"sqlite:///{path.as_posix()}")
    assert code == 1
    assert "another program" in printed


posix = pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot send another one a signal")


def test_several_workers_share_a_database(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'shared.db').as_posix()}"
    with serving("--database", database, "--workers", "2") as (process, variables):
        assert len(variables["workers"].split()) == 2
        with connect(variables) as session:
            kind = session.create("ObjectType", {"name": "Turntable", "is_typeable": True})
            session.commit()
        for _ in range(4):
            with connect(variables) as session:
                assert session.get("ObjectType", kind["id"])["name"] == "Turntable"
                assert session.query("Turntable").all() == []
        if os.name != "nt":
            assert ended(process, signal.SIGTERM) == (0, "# Stopped.\n", "")


def ended(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str, str]:
    """What a server leaves behind; its output ends when the last process that holds it does."""
    process.send_signal(how)
    printed, errors = process.communicate(timeout=30)
    return process.returncode, printed, errors


@posix
def test_workers_do_not_outlive_the_process_that_watches_them(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'shared.db').as_posix()}"
    with serving("--database", database, "--workers", "2") as (process, _):
        process.kill()
        assert process.communicate(timeout=30)[0] == ""


@posix
def test_a_worker_that_dies_is_replaced_and_an_interrupt_stops_all(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'shared.db').as_posix()}"
    with serving("--database", database, "--workers", "2") as (process, variables):
        victim = variables["workers"].split()[0]
        os.kill(int(victim), signal.SIGKILL)
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith(f"# Worker {victim} ended unexpectedly (exit code -9)"), said
        with connect(variables) as session:
            assert session.query("Status").all()
        assert ended(process, signal.SIGINT) == (0, "# Stopped.\n", "")


@pytest.mark.slow
def test_a_worker_that_nobody_waits_for_any_more_ends_in_silence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    serving = workers.Serving(f"sqlite:///{(tmp_path / 'studio.db').as_posix()}", "demo", "secret")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = context.Process(target=workers._work, args=(serving, listener, theirs))
        process.start()
        theirs.close()
        ours.close()
        process.join(60)
    assert process.exitcode == 0
    assert capfd.readouterr().err == ""


@posix
def test_an_interrupt_counts_while_a_worker_is_being_replaced(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'shared.db').as_posix()}"
    with serving("--database", database, "--workers", "2") as (process, variables):
        for victim in variables["workers"].split():
            os.kill(int(victim), signal.SIGKILL)
        code, printed, errors = ended(process, signal.SIGINT)
    assert (code, printed.splitlines()[-1], errors) == (0, "# Stopped.", "")


@pytest.mark.parametrize("workers", [1, 2])
def test_limits_are_options(tmp_path: Path, workers: int) -> None:
    options = ("--database", f"sqlite:///{(tmp_path / 'x.db').as_posix()}", "--workers", str(workers))
    with serving(*options, "--answer-rows", "2") as (_, variables):
        headers = {"ftrack-user": variables["FTRACK_API_USER"], "ftrack-api-key": variables["FTRACK_API_KEY"]}
        query = [{"action": "query", "expression": "select name from Status"}]
        answer = requests.post(f"{variables['FTRACK_SERVER']}/api", json=query, headers=headers, timeout=60).json()
    assert "more than 2 rows, this server's limit answer_rows" in answer["content"]


@pytest.mark.parametrize("limit", fields(Limits), ids=lambda limit: limit.name)
def test_every_limit_has_an_option_that_is_checked(limit: Field[object]) -> None:
    name = f"--{limit.name.replace('_', '-')}"
    assert name in run("serve", "--help")[1]
    for value in ("0", "-1", "much"):
        code, printed = run("serve", "--port", "0", name, value)
        assert code == 2
        assert name in printed


def test_a_database_in_memory_is_refused_to_several_workers() -> None:
    code, printed = run("serve", "--port", "0", "--workers", "2")
    assert code == 1
    assert "--database" in printed


def test_the_password_of_a_database_is_never_shown() -> None:
    code, printed = run("serve", "--port", "0", "--database", "postgresql://ann:sesame@127.0.0.1:1/x")
    assert code == 1
    assert "ann:***@127.0.0.1:1/x" in printed
    assert "sesame" not in printed


@pytest.mark.parametrize("url", ["nonsense", "mysql://somewhere/x", "postgresql//:a"])
def test_databases_it_does_not_know_are_refused(url: str) -> None:
    code, printed = run("serve", "--port", "0", "--database", url)
    assert code == 1
    assert "sqlite:///" in printed


def test_a_user_that_an_existing_database_lacks_is_named(tmp_path: Path) -> None:
    from trackteroid.server import EmbeddedServer

    url = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    EmbeddedServer(url).close()
    code, printed = run("serve", "--port", "0", "--database", url, "--user", "nobody")
    assert code == 1
    assert 'no user "nobody"' in printed


def test_python_can_be_told_to_run_it() -> None:
    command = [sys.executable, "-m", "trackteroid", "--help"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.startswith("Usage: trackteroid ")
    assert "serve" in printed


def test_the_address_that_it_prints_can_be_used_here() -> None:
    with serving("--host", "0.0.0.0") as (_, variables), connect(variables) as session:
        assert session.query("Status").all()


@pytest.mark.parametrize(
    ("host", "printed"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("::1", "http://[::1]:8080"),
        ("fe80::1", "http://[fe80::1]:8080"),
        ("pipeline.studio.example", "http://pipeline.studio.example:8080"),
    ],
)
def test_every_address_to_listen_on_has_one_to_go_to(host: str, printed: str) -> None:
    assert address_of(host, 8080) == printed


def test_serving_other_machines_comes_with_their_address_and_a_warning() -> None:
    lines = "\n".join(remarks_for("0.0.0.0", "http://127.0.0.1:8080"))
    assert f"http://{socket.gethostname()}:8080" in lines
    assert "plain HTTP" in lines
    assert "plain HTTP" in "\n".join(remarks_for("192.168.0.7", "http://192.168.0.7:8080"))
    assert remarks_for("127.0.0.1", "http://127.0.0.1:8080") == []


@pytest.mark.parametrize(("options", "durability"), [((), "full"), (("--durability", "relaxed"), "relaxed")])
def test_durability_is_an_option(monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], durability: str) -> None:
    seen: list[object] = []

    def refuse(*_: object, **given: object) -> None:
        seen.append(given["durability"])
        raise DatabaseError("That is all.")

    monkeypatch.setattr("trackteroid.cli.serving.EmbeddedServer", refuse)
    result = CliRunner().invoke(main, ["serve", "--port", "0", *options])
    assert "That is all." in result.output
    assert seen == [durability]


def test_nobody_is_told_to_give_roles_where_that_cannot_be_done(tmp_path: Path) -> None:
    for database, said in (("sqlite://", "in a file"), (f"sqlite:///{tmp_path.as_posix()}/a.db", "users role add")):
        with closing(EmbeddedServer(database, is_open=False)) as server:
            assert said in mode_of(server)
