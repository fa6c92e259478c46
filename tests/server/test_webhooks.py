"""Webhooks: events arrive signed and in order, are tried again, and lead nowhere that they should not."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.exc import DBAPIError, OperationalError

from hubs import until
from postgres.cluster import cluster  # noqa: F401 - a fixture
from receivers import Receiver, dribble, receiving
from server.guarded import Person, create
from trackteroid.cli import main
from trackteroid.errors import WebhookSignatureError
from trackteroid.events.webhooks import received
from trackteroid.server import Database, DatabaseError, EmbeddedServer
from trackteroid.server.core.failures import DeliveryError
from trackteroid.server.core.options import Limits, Options
from trackteroid.server.events.webhooks import new_secret
from trackteroid.server.webhooks import deliverer, posting
from trackteroid.server.webhooks.posting import Allowed, is_outside, resolve

HERE = ("127.0.0.1",)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer, "_LOOK", 0.02)


class Site:
    """A server that sends, one receiver, and a webhook that leads there."""

    def __init__(self, stack: ExitStack, **limits: Any) -> None:
        self.receiver = stack.enter_context(receiving())
        options = {"webhook_pause_seconds": 0.01, "webhook_tries": 3, "webhook_seconds": 5, **limits}
        self.server = EmbeddedServer("sqlite://", limits=Limits(**options), options=Options(webhook_allow=HERE))
        stack.enter_context(closing(self.server))
        self.server.send_to_webhooks()
        self.id = self.add(self.receiver)

    def add(self, receiver: Receiver, where: str = "topic=ftrack.update") -> str:
        made = self.call("add_webhook", url=receiver.url, where=where)["data"]
        receiver.secret = made["secret"]
        return made["id"]

    def call(self, action: str, **arguments: Any) -> Any:
        return self.server.call([{"action": action, **arguments}])[0]

    def make(self, count: int = 1) -> None:
        for _ in range(count):
            self.server.call([create("Scope", name=f"{uuid.uuid4()}")])

    def state(self) -> dict[str, Any]:
        return next(each for each in self.call("webhooks")["data"] if each["id"] == self.id)

    def failures(self) -> list[dict[str, Any]]:
        return self.call("webhook_failures", webhook=self.id)["data"]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def site(stack: ExitStack) -> Site:
    return Site(stack)


def test_events_arrive_signed_in_order_and_once(site: Site) -> None:
    site.make(5)
    until(lambda: len(site.receiver.requests) >= 5, "the events")
    until(lambda: site.state()["position"] == site.state()["newest"], "that to be known")
    events = site.receiver.events  # whose signatures are checked
    assert site.receiver.sequences == sorted({logged.sequence for logged in events})
    assert [logged.topic for logged in events] == ["ftrack.update"] * 5
    headers = [headers for headers, _ in site.receiver.requests]
    assert [each["webhook-id"] for each in headers] == [f"{site.id}-{number}" for number in site.receiver.sequences]
    assert [int(each["trackteroid-sequence"]) for each in headers] == site.receiver.sequences


def test_only_what_is_wanted_is_sent(site: Site, stack: ExitStack) -> None:
    other = stack.enter_context(receiving())
    site.add(other, "topic=studio.*")
    site.make(2)
    until(lambda: len(site.receiver.requests) >= 2, "the events")
    assert other.requests == []


@pytest.mark.promise("webhooks-are-sent")
def test_what_is_not_taken_is_sent_again_with_the_same_id_before_anything_else(stack: ExitStack) -> None:
    site = Site(stack, webhook_tries=50)
    site.receiver.status = 503
    site.make(2)
    until(lambda: len(site.receiver.requests) >= 3, "some tries")
    assert "status 503" in site.state()["error"]
    assert site.state()["position"] == site.state()["newest"] - 2
    site.receiver.status = 200
    until(lambda: site.state()["position"] == site.state()["newest"], "all to arrive")
    first, second = sorted(set(site.receiver.sequences))
    assert site.receiver.sequences[-2:] == [first, second]
    assert set(site.receiver.sequences[:-1]) == {first}
    assert len({headers["webhook-id"] for headers, _ in site.receiver.requests}) == 2
    assert (site.state()["error"], site.state()["tries"], site.failures()) == (None, 0, [])


def test_what_is_given_up_is_kept_and_can_be_sent_again(site: Site) -> None:
    site.receiver.status = 500
    site.make()
    until(site.failures, "it to be given up")
    (failure,) = site.failures()
    assert (failure["tries"], failure["topic"], len(site.receiver.requests)) == (3, "ftrack.update", 3)
    assert "status 500" in failure["error"]
    assert json.loads(failure["content"])["event"]["topic"] == "ftrack.update"
    site.call("change_webhook", webhook=site.id, send_again=[failure["sequence"]])
    until(lambda: site.failures()[0]["tries"] == 4, "one more try")
    site.receiver.status = 200
    assert site.call("change_webhook", webhook=site.id, send_again=True)["again"] == 1
    until(lambda: not site.failures(), "it to arrive")
    assert len(set(site.receiver.sequences)) == 1
    assert site.state()["error"] is None, "the last try has not failed"


def test_what_was_not_given_up_cannot_be_sent_again(site: Site) -> None:
    site.receiver.status = 500
    site.make()
    until(site.failures, "it to be given up")
    (failure,) = site.failures()
    asked = [failure["sequence"], 98, 99]
    with pytest.raises(DatabaseError, match="98, 99 are not among the events that were given up"):
        site.call("change_webhook", webhook=site.id, send_again=asked)
    assert site.failures() == [failure]


def test_a_database_that_is_away_is_told_of_once_and_the_event_arrives_afterwards(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site.make()
    until(lambda: site.receiver.requests, "the first event")
    tries = 0

    def away() -> None:
        nonlocal tries
        tries += 1
        raise OperationalError("SELECT", {}, Exception("the connection was lost"))

    with monkeypatch.context() as patched:
        patched.setattr(site.server.database.engine, "connect", away)
        until(lambda: tries >= 10, "it to be tried often")
    site.make()
    until(lambda: len(site.receiver.requests) >= 2, "the next event")
    told = [each for each in caplog.records if each.name == "trackteroid.server.webhooks"]
    assert [each.exc_info for each in told] == [None, None]
    assert "What sends to webhooks cannot reach the database (the connection was lost)" in told[0].message
    assert "reaches the database again" in told[1].message


def test_what_happens_while_a_webhook_is_paused_is_sent_afterwards(site: Site) -> None:
    site.call("change_webhook", webhook=site.id, paused=True)
    site.make(2)
    assert site.state()["is_paused"]
    site.call("change_webhook", webhook=site.id, paused=False)
    until(lambda: len(site.receiver.requests) == 2, "both")
    site.call("change_webhook", webhook=site.id, remove=True)
    assert site.call("webhooks")["data"] == []


HOPELESS: dict[str, tuple[dict[str, Any], str]] = {
    "redirects": ({"status": 302}, "status 302. Redirects are not followed"),
    "closes": ({"instead": lambda handler: handler.connection.shutdown(2)}, "closed without an answer"),
    "answers without end": ({"instead": dribble}, "no answer within 0.4 seconds"),
    "hangs": ({"instead": lambda _: time.sleep(0.8)}, "no answer within 0.4 seconds|no connection in time"),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_receiver_that_does_not_answer_is_told_of_and_holds_up_nobody_else(stack: ExitStack, name: str) -> None:
    behaviour, complaint = HOPELESS[name]
    site = Site(stack, webhook_seconds=0.4, webhook_tries=1)
    for key, value in behaviour.items():
        setattr(site.receiver, key, value)
    good = stack.enter_context(receiving())
    site.add(good)
    site.make()
    until(lambda: good.requests, "the other one to get it")
    until(site.failures, "it to be given up")
    error = site.failures()[0]["error"]
    assert any(each in error for each in complaint.split("|")), error
    assert len(site.receiver.requests) == 1


def test_whoever_may_not_come_in_any_more_gets_nothing(stack: ExitStack) -> None:
    site = Site(stack)
    server = EmbeddedServer("sqlite://", is_open=False, options=Options(webhook_allow=HERE))
    stack.enter_context(closing(server))
    boss = Person(server, "boss").holds("Administrator")
    boss.call({"action": "add_webhook", "url": site.receiver.url})
    server.call(
        [{"action": "update", "entity_type": "User", "entity_key": [boss.id], "entity_data": {"is_active": False}}]
    )
    server.send_to_webhooks()
    until(lambda: server.call([{"action": "webhooks"}])[0]["data"][0]["is_paused"], "it to be paused")
    assert "not active" in server.call([{"action": "webhooks"}])[0]["data"][0]["error"]
    assert site.receiver.requests == []


def test_only_administrators_say_where_events_go(stack: ExitStack) -> None:
    server = stack.enter_context(closing(EmbeddedServer("sqlite://", is_open=False)))
    ann = Person(server, "ann").holds("User")
    for action in ("webhooks", "webhook_failures", "add_webhook", "change_webhook"):
        assert ann.call({"action": action, "url": "https://x.example"})["exception"] == "PermissionError"


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"url": "ftp://x.example/"}, "address of a webhook is like"),
    ({"url": "https://user:pass@x.example/"}, "address of a webhook is like"),
    ({"url": "https://x.example/\r\nX: 1"}, "address of a webhook is like"),
    ({"url": "https://x.example:99999/"}, "address of a webhook is like"),
    ({"url": "https://"}, "address of a webhook is like"),
    ({"url": "https://x.example/", "where": "(("}, "expected a condition"),
    ({"url": "https://x.example/", "secret": "short"}, "24 to 64 bytes"),
    ({"url": "https://x.example/", "secret": "whsec_QUJD"}, "24 to 64 bytes"),
]


def test_what_can_be_no_webhook_is_refused(site: Site) -> None:
    for arguments, complaint in REFUSED:
        with pytest.raises(DatabaseError, match=complaint):
            site.call("add_webhook", **arguments)


def test_a_secret_is_shown_once_and_logged_never(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.receiver.status = 500
    with caplog.at_level(logging.DEBUG):
        site.make()
        until(site.failures, "it to be given up")
    shown = json.dumps([site.call("webhooks"), site.failures()]) + caplog.text
    assert site.receiver.secret not in shown
    assert site.receiver.secret.removeprefix("whsec_") not in shown


# Signatures


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_an_error_of_the_database_tells_no_secret(kind: str, request: pytest.FixtureRequest) -> None:
    url = "sqlite://" if kind == "sqlite" else request.getfixturevalue("cluster").new_database()
    secret, statement = new_secret(), sa.text("UPDATE webhooks SET secret = :secret")
    with closing(Database(url)) as database, pytest.raises(DBAPIError, match="UPDATE webhooks") as refused:
        database.run(lambda connection: connection.execute(statement, {"secret": secret}), write=True)
    assert secret not in str(refused.value)


def test_a_request_that_was_changed_or_is_old_is_refused(site: Site) -> None:
    site.make()
    until(lambda: site.receiver.requests, "the event")
    headers, body = site.receiver.requests[0]
    secret = site.receiver.secret
    assert received(headers, body, secret).topic == "ftrack.update"
    assert received({**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}, body, secret)
    old = str(int(time.time()) - 1000)
    signed = posting.signature(secret, headers["webhook-id"], int(old), body)
    changes: list[tuple[dict[str, str], bytes, str, str]] = [
        (headers, body + b" ", secret, "not one by this secret"),
        (headers, body, new_secret(), "not one by this secret"),
        ({**headers, "webhook-id": "other"}, body, secret, "not one by this secret"),
        ({**headers, "webhook-timestamp": old}, body, secret, "not one by this secret"),
        ({**headers, "webhook-timestamp": old, "webhook-signature": signed}, body, secret, r"100\d seconds ago"),
        ({}, body, secret, "no request to a webhook"),
        (headers, body, "whsec_!", "secret is none"),
    ]
    for changed, content, used, complaint in changes:
        with pytest.raises(WebhookSignatureError, match=complaint):
            received(changed, content, used)


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    # The example of https://github.com/standard-webhooks/standard-webhooks
    secret, message_id, moment = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert posting.signature(secret, message_id, moment, b'{"test": 2432232314}') == expected


# Where they lead

INSIDE = [
    *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254"),
    *("ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "fec0::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_the_own_network_is_inside(address: str) -> None:
    assert not is_outside(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_the_world_is_outside(address: str) -> None:
    assert is_outside(ipaddress.ip_address(address))


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let the name server give these answers, one after the other, and the last one for ever."""
    left = list(answers)

    def getaddrinfo(_host: str, port: int, **_: Any) -> list[Any]:
        answer = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answer]

    monkeypatch.setattr(posting.socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    ("url", "answer", "allowed", "complaint"),
    [
        ("https://x.example/", ["8.8.8.8"], (), None),
        ("https://x.example/", ["10.0.0.1"], (), "inside of the server's own network.*--webhook-allow x.example"),
        ("https://x.example/", ["8.8.8.8", "127.0.0.1"], (), "inside of the server's own network"),
        ("https://x.example/", ["10.0.0.1"], ("X.example",), None),
        ("https://x.example/", ["10.0.0.1"], ("10.0.0.0/8",), None),
        ("https://x.example/", ["10.0.0.1", "192.168.0.1"], ("10.0.0.0/8",), "192.168.0.1"),
        ("http://x.example/", ["8.8.8.8"], (), "by https only"),
        ("http://x.example/", ["10.0.0.1"], ("x.example",), None),
        ("http://x.example/", ["10.0.0.1"], ("10.0.0.0/8",), None),
    ],
)
def test_a_name_leads_into_the_own_network_only_where_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, url: str, answer: list[str], allowed: tuple[str, ...], complaint: str | None
) -> None:
    names(monkeypatch, answer)
    if complaint is None:
        assert [str(each) for each in resolve(url, Allowed.of(allowed))] == answer
    else:
        with pytest.raises(DeliveryError, match=complaint):
            resolve(url, Allowed.of(allowed))


def test_a_name_that_is_another_one_by_then_leads_to_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was looked at is connected to, although the name server says something else the next time."""
    reached: list[Any] = []

    def connect(place: Any, *_: Any, **__: Any) -> Any:
        reached.append(place)
        raise ConnectionRefusedError(111, "Connection refused")

    names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    monkeypatch.setattr(posting.socket, "create_connection", connect)
    with pytest.raises(DeliveryError, match="Connection refused"):
        posting.post("https://x.example/", b"", {}, allowed=Allowed(), seconds=1)
    assert reached == [("8.8.8.8", 443)]


@pytest.mark.parametrize("texts", [("10.0.0.0/99",), ("",), ("a/b",)])
def test_what_is_no_place_cannot_be_allowed(texts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="neither the name of a host nor a network"):
        Allowed.of(texts)


# The command line


def test_webhooks_are_managed_on_the_command_line(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    secret = tmp_path / "secret"
    secret.write_text(new_secret())

    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(main, ["webhooks", *arguments, "--database", database, "--json"])
        return json.loads(result.stdout) if not result.exit_code else result.stderr

    made = run("add", "https://tools.studio.example/events", "--where", "topic=ftrack.update")
    assert made["secret"].startswith("whsec_")
    assert run("add", "https://other.example/", "--secret-file", str(secret)).keys() == {"id"}
    listed = run("list")
    assert {each["url"] for each in listed} == {"https://tools.studio.example/events", "https://other.example/"}
    assert made["secret"] not in json.dumps(listed)
    assert run("pause", made["id"])["is_paused"] is True
    assert run("resume", made["id"])["is_paused"] is False
    assert run("failed", made["id"]) == []
    assert run("send-again", made["id"])["again"] == 0
    assert "5 are not among the events that were given up" in run("send-again", made["id"], "5")
    assert run("remove", made["id"]) == {"id": made["id"]}
    assert len(run("list")) == 1
    assert "There is no webhook" in run("pause", made["id"])


def test_an_event_that_is_sent_when_the_server_ends_is_sent_again_by_the_next_one(
    stack: ExitStack, tmp_path: Path
) -> None:
    receiver = stack.enter_context(receiving())
    database = f"sqlite:///{(tmp_path / 'x.db').as_posix()}"
    options: dict[str, Any] = {"options": Options(webhook_allow=HERE), "limits": Limits(webhook_seconds=5)}
    with closing(EmbeddedServer(database, **options)) as first:
        made = first.call([{"action": "add_webhook", "url": receiver.url}])[0]["data"]
        receiver.secret = made["secret"]
        first.call([create("Scope", name=f"{uuid.uuid4()}")])
    with closing(EmbeddedServer(database, **options)) as second:
        second.send_to_webhooks()
        until(lambda: receiver.requests, "the event")
    assert len(receiver.sequences) == 1
