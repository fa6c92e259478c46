"""How a server shows itself: what it prints for which shell, where its key comes from, TLS, logs, figures, restarts."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from test_serve import COMMAND, connect, run, serving

from trackteroid.cli.serving import assignments, remark
from trackteroid.server import EmbeddedServer

CERTIFICATE = Path(__file__).parent / "data" / "localhost.pem"
QUERY = [{"action": "query", "expression": "select name from Status limit 1"}]
HOSTILE = {"FTRACK_API_USER": 'ann o\'hara; $(touch x) & "%PATH%"'}
posix = pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot send another one a signal")


def headers_of(variables: dict[str, str]) -> dict[str, str]:
    return {"ftrack-user": variables["FTRACK_API_USER"], "ftrack-api-key": variables["FTRACK_API_KEY"]}


# What it prints


@posix
def test_a_posix_shell_takes_names_as_they_are() -> None:
    script = "\n".join([*assignments(HOSTILE, "posix"), remark("Stopped.", "posix"), 'printf %s "$FTRACK_API_USER"'])
    assert (
        subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
        == (HOSTILE["FTRACK_API_USER"])
    )


def test_other_shells_get_what_they_understand() -> None:
    assert assignments({"A": "it's"}, "powershell") == ["$env:A = 'it''s'"]
    assert assignments({"A": "a&b%"}, "cmd") == ["set A=a^&b%%"]
    assert json.loads(assignments(HOSTILE, "json")[0]) == HOSTILE
    assert [remark("x", form) for form in ("posix", "powershell", "cmd")] == ["# x", "# x", "rem x"]


def test_json_is_all_that_it_prints(tmp_path: Path) -> None:
    command = [*COMMAND, "--format", "json", "--workers", "2", "--database", f"sqlite:///{tmp_path.as_posix()}/x.db"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        variables = json.loads(process.stdout.readline())
        with connect(variables) as session:
            assert session.query("Status").all()
        process.terminate()
        assert process.stdout.read() == ""


# Keys


def test_a_key_of_a_file_is_used_and_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("a-key-in-a-file-of-its-own\n")
    with serving("--key-file", str(path)) as (_, variables):
        assert "FTRACK_API_KEY" not in variables
        with connect({**variables, "FTRACK_API_KEY": "a-key-in-a-file-of-its-own"}) as session:
            assert session.query("Status").all()


def test_a_key_of_the_environment_is_used_and_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FTRACK_API_KEY", "TRACKTEROID_SERVE_KEY"):
        monkeypatch.setenv(name, f"key-of-{name}")
        with serving() as (_, variables):
            assert "FTRACK_API_KEY" not in variables
            with connect({**variables, "FTRACK_API_KEY": f"key-of-{name}"}) as session:
                assert session.query("Status").all()


def test_a_key_on_the_command_line_comes_with_a_warning() -> None:
    with serving("--key", "a-key-for-all-to-see") as (process, _):
        assert process.stderr is not None
        process.kill()
        said = process.stderr.read()
        assert "--key-file" in said
        assert "a-key-for-all-to-see" not in said


@pytest.mark.parametrize("key", ["two\nlines", "a blank", "", "ä", "bell\a"])
def test_what_is_no_key_is_refused_unseen(key: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(key, encoding="utf-8")
    code, printed = run("serve", "--port", "0", "--key-file", str(path))
    assert code == 1
    assert "is no key" in printed
    assert not key or key not in printed.replace(str(path), "")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.7.7", "::"])
def test_other_machines_cannot_guess_short_keys(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def listen(*_: object) -> None:
        raise OSError(errno.EADDRINUSE, "nobody is to get this far")

    monkeypatch.setattr("trackteroid.cli.serving.listen", listen)
    path = tmp_path / "key"
    path.write_text("nineteen-characters")
    code, printed = run("serve", "--port", "0", "--host", host, "--key-file", str(path))
    assert code == 1
    assert "fewer than 20 characters" in printed
    assert "nineteen" not in printed


# TLS


def test_a_certificate_makes_it_https() -> None:
    with serving("--tls-cert", str(CERTIFICATE)) as (_, variables):
        url = variables["FTRACK_SERVER"]
        assert url.startswith("https://127.0.0.1:")
        answer = requests.post(
            f"{url}/api", json=QUERY, headers=headers_of(variables), verify=str(CERTIFICATE), timeout=60
        )
        assert answer.json()[0]["data"]


def test_what_is_no_certificate_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cert.pem"
    path.write_text("nonsense")
    code, printed = run("serve", "--port", "0", "--tls-cert", str(path))
    assert code == 1
    assert "PEM" in printed
    code, printed = run("serve", "--port", "0", "--tls-key", str(path))
    assert code == 2
    assert "--tls-cert" in printed


@pytest.mark.parametrize("url", ["tracking.example", "https://ann:sesame@tracking.example", "ftp://x"])
def test_a_public_address_has_to_be_one(url: str) -> None:
    code, printed = run("serve", "--port", "0", "--public-url", url)
    assert code == 2
    assert "--public-url" in printed
    assert "sesame" not in printed


# Logs and figures


@pytest.mark.parametrize("form", ["json", "text"])
def test_requests_are_logged_without_keys(form: str) -> None:
    with serving("--access-log", form) as (process, variables):
        url, headers = variables["FTRACK_SERVER"], headers_of(variables)
        requests.post(f"{url}/api", json=QUERY, headers=headers, timeout=60)
        requests.get(f"{url}/widget?token=open-sesame", headers={"ftrack-user": "ann\nroot"[:3]}, timeout=60)
        process.terminate()
        assert process.stderr is not None
        lines = process.stderr.read().splitlines()
    assert len(lines) == 2
    assert "/api" in lines[0]
    assert "query" in lines[0]
    assert not any(secret in line for line in lines for secret in (variables["FTRACK_API_KEY"], "sesame"))
    if form == "json":
        call = json.loads(lines[0])
        assert (call["actions"], call["rows"], call["status"], call["error"]) == ({"query": 1}, 1, 200, None)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_figures_of_all_workers_are_served(workers: str, tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    with serving("--metrics", "--workers", workers, "--database", database) as (_, variables):
        url, headers = variables["FTRACK_SERVER"], headers_of(variables)
        for _ in range(10):
            requests.post(f"{url}/api", json=QUERY, headers=headers, timeout=60)
        requests.post(f"{url}/api", json=[{"action": "brew"}], headers=headers, timeout=60)
        deadline = time.monotonic() + 30
        while 'trackteroid_requests_total{outcome="ok"} 10\n' not in (
            text := requests.get(f"{url}/metrics", timeout=60).text
        ):
            assert time.monotonic() < deadline, text
    assert 'trackteroid_requests_total{outcome="ValidationError"} 1\n' in text
    assert 'trackteroid_actions_total{action="query"} 10\n' in text
    assert "trackteroid_rows_total 10\n" in text
    assert f"trackteroid_workers {workers}\n" in text
    assert "# TYPE trackteroid_request_seconds histogram\n" in text


def test_figures_are_for_those_who_asked_for_them() -> None:
    server = EmbeddedServer("sqlite://")
    with server.listening() as url:
        assert requests.get(f"{url}/metrics", timeout=60).status_code == 404
        assert requests.get(f"{url}/readyz", timeout=60).status_code == 200
    server.close()


# Restarts


@posix
def test_workers_are_replaced_without_dropping_a_request(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'shared.db').as_posix()}"
    with serving("--database", database, "--workers", "2") as (process, variables):
        url, headers = variables["FTRACK_SERVER"], headers_of(variables)
        ended = threading.Event()
        failures: list[Exception] = []
        answered = [0]

        def ask_again_and_again(session: requests.Session) -> None:
            while not ended.is_set():
                answer = session.post(f"{url}/api", json=QUERY, headers=headers, timeout=60)
                assert answer.json()[0]["data"]
                answered[0] += 1

        def ask() -> None:
            with requests.Session() as session:
                session.trust_env = False
                try:
                    ask_again_and_again(session)
                except (requests.RequestException, AssertionError) as error:
                    failures.append(error)

        crowd = [threading.Thread(target=ask) for _ in range(4)]
        for each in crowd:
            each.start()
        process.send_signal(signal.SIGHUP)
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(2)]
        gone = variables["workers"].split()
        assert [line.split()[2] for line in said] == gone, said
        before = answered[0]
        deadline = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in gone) and sys.platform == "linux":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        while answered[0] < before + 20:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        ended.set()
        for each in crowd:
            each.join()
        assert failures == []
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("# Stopped.\n", "")
