"""`trackteroid doctor` finds what is wrong, and keeps secrets."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import requests

from commands.shell import Ended, shell
from demo_servers import demo_server


def states(done: Ended) -> dict[str, str]:
    return {check["name"]: check["state"] for check in done.data["checks"]}


@pytest.mark.slow
def test_what_is_wrong_is_told_without_keys_and_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_SERVER", "http://127.0.0.1:9")
    monkeypatch.setenv("FTRACK_API_KEY", "a-secret-key")
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:a-secret-word@proxy:3128")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    done = shell("doctor", "--json")
    assert done.code == 1
    assert not done.data["is_well"]
    assert "secret" not in done.printed + done.said
    found = states(done)
    wrong = {name for name, state in found.items() if state == "error"}
    assert wrong == {"Server", "REQUESTS_CA_BUNDLE"}
    assert found["HTTPS_PROXY"] == "note"
    printed = shell("doctor").printed
    assert "\nERROR    Server: " in printed
    assert printed.endswith("2 errors.\n")


def test_an_address_and_a_key_that_are_not_there_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FTRACK_SERVER", "FTRACK_API_KEY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRACKTEROID_CONFIGURATION", "/nowhere/settings.py")
    done = shell("doctor", "--json")
    assert done.code == 1
    assert {name for name, state in states(done).items() if state == "error"} == {"Address", "Key", "Configuration"}


@pytest.mark.slow
def test_a_server_that_answers_is_well_and_clocks_are_compared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    server = demo_server()
    key = tmp_path / "key"
    key.write_text(server.api_key)
    key.chmod(0o600)
    with closing(server), server.listening() as url:
        given = ("doctor", "--json", "--server", url, "--user", server.username, "--key-file", str(key))
        done = shell(*given)
        assert done.code == 0, done.printed
        assert server.api_key not in done.printed
        assert (states(done)["Server"], states(done)["Clock"], states(done)["Key"]) == ("ok", "ok", "ok")
        monkeypatch.setattr(requests, "head", lambda *_, **__: _At("Mon, 01 Jan 2001 00:00:00 GMT"))
        assert states(shell(*given))["Clock"] == "warning"


def test_packages_that_clash_lack_or_are_not_needed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FTRACK_SERVER", raising=False)
    packages = [
        _Package("trackteroid", "ftrack-python-api", "click>=8.1", 'rich>=13; extra == "display"', extras=("display",)),
        _Package("ftrack-python-api", "pyparsing<3", "sphinx-notfound-page"),
        _Package("sphinx-notfound-page", "Sphinx"),
        _Package("sphinx", "packaging", "requests"),
        _Package("packaging"),
        _Package("requests"),
        _Package("pyparsing", version="3.1"),
        _Package("other", "requests"),
    ]
    monkeypatch.setattr(metadata, "distributions", lambda: packages)
    checks = {check["text"]: check for check in shell("doctor", "--json").data["checks"]}
    assert checks["ftrack-python-api needs pyparsing<3, but 3.1 is installed"]["state"] == "error"
    assert checks["trackteroid needs click>=8.1, but it is not installed"]["state"] == "error"
    assert checks["not installed: rich"]["name"] == "Extra display"
    (named,) = [check for check in checks.values() if check["name"] == "Superfluous"]
    assert named["advice"] == "Nothing here uses them: pip uninstall sphinx sphinx-notfound-page"


def test_without_what_reads_versions_everything_else_is_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FTRACK_SERVER", raising=False)
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    done = shell("doctor", "--json")
    found = states(done)
    assert (found["Packages"], found["Address"]) == ("note", "error")
    assert [check["name"] for check in done.data["checks"]].count("Packages") == 1


class _At:
    """The answer of a server at some time."""

    def __init__(self, date: str) -> None:
        self.headers: Mapping[str, str] = {"Date": date}


class _Package:
    """An installed package."""

    def __init__(self, name: str, *requires: str, version: str = "1.0", extras: tuple[str, ...] = ()) -> None:
        self.requires, self.version, self.metadata = list(requires), version, Message()
        self.metadata["Name"] = name
        for extra in extras:
            self.metadata["Provides-Extra"] = extra

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)
