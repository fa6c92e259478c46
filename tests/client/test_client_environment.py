"""What the environment says of proxies and certificates counts as it does for ``requests``, and is found out once."""

import os
from typing import Any

import pytest
import requests
from client_support import FakeServer, Mounting

from trackteroid.client import sending
from trackteroid.client.sending import Environment, remember_environment
from trackteroid.errors import UnreachableServerError

URL = "http://ftrack.test/api"
NONE: Any = (None, None, None)
ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"http_proxy": "http://proxy:1"},
    {"HTTP_PROXY": "http://proxy:1", "NO_PROXY": "ftrack.test"},
    {"HTTPS_PROXY": "http://proxy:2", "no_proxy": "elsewhere"},
    {"all_proxy": "socks5://proxy:3"},
    {"REQUESTS_CA_BUNDLE": "studio.pem", "CURL_CA_BUNDLE": "curl.pem"},
    {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "curl.pem"},
]
GIVEN: list[tuple[Any, ...]] = [NONE, (True, True, "client.pem"), (None, False, None), (None, "own.pem", None)]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)


def settings(connection: requests.Session, given: tuple[Any, ...] = NONE, proxies: Any = None) -> Any:
    return connection.merge_environment_settings(URL, proxies or {}, *given)


@pytest.mark.parametrize("variables", ENVIRONMENTS)
@pytest.mark.parametrize("given", GIVEN)
def test_the_environment_counts_as_for_requests(
    variables: dict[str, str], given: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, stock = requests.Session(), requests.Session()
    remember_environment(ours)
    assert settings(ours, given) == settings(stock, given)
    for name, value in variables.items():  # also when it changes later
        monkeypatch.setenv(name, value)
    for connection in (ours, stock):
        connection.proxies["ftp"] = "http://proxy:9"
    assert settings(ours, given) == settings(stock, given)
    assert settings(ours, given, {"http": "http://given:1"}) == settings(stock, given, {"http": "http://given:1"})
    for connection in (ours, stock):
        connection.proxies, connection.verify, connection.cert = {"http": "http://set:1"}, False, "set.pem"
    assert settings(ours, given) == settings(stock, given)
    for connection in (ours, stock):
        connection.trust_env = False
    assert settings(ours, given) == settings(stock, given)


def test_changing_what_was_found_changes_nothing_for_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:1")
    connection = requests.Session()
    remember_environment(connection)
    settings(connection)["proxies"].clear()
    assert settings(connection)["proxies"] == {"http": "http://proxy:1"}


def test_a_connection_with_a_way_of_its_own_keeps_it() -> None:
    class Own(requests.Session):
        def merge_environment_settings(self, *_: Any) -> Any:
            return {}

    connection = Own()
    remember_environment(connection)
    assert not isinstance(connection.merge_environment_settings, Environment)


def test_proxies_are_looked_for_once_until_a_request_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(sending, "get_environ_proxies", lambda url: looked.append(url) or {})
    server = FakeServer()
    session = Mounting(server).ours()
    session.retries = 0
    assert session.types
    for _ in range(3):
        session.query("Task where id is x").all()
    assert len(looked) == 1
    connection = session._request
    send, fails = connection.send, [True]

    def failing(*arguments: Any, **named: Any) -> Any:
        if fails.pop():
            raise requests.ConnectionError("down")
        return send(*arguments, **named)

    monkeypatch.setattr(connection, "send", failing)
    with pytest.raises(UnreachableServerError):
        session.query("Task where id is x").all()
    fails.append(False)
    session.query("Task where id is x").all()
    assert len(looked) == 2


def test_files_of_one_server_are_sent_through_its_proxy_and_nothing_is_kept_of_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:1")
    monkeypatch.setenv("no_proxy", "near.test,far.test:81")
    ours, stock = requests.Session(), requests.Session()
    remember_environment(ours)
    found = list[str]()
    looked = sending.get_environ_proxies
    monkeypatch.setattr(sending, "get_environ_proxies", lambda url: (found.append(url), looked(url))[1])
    for host in ("near.test", "far.test", "far.test:81", "ada:secret@far.test:81"):
        for number in range(50):
            given: Any = (f"http://{host}/file?signature={number}", {}, *NONE)
            assert ours.merge_environment_settings(*given) == stock.merge_environment_settings(*given)
    assert len(found) == 4
