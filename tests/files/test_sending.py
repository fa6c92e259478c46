"""Data of components on its way to the server."""

from __future__ import annotations

import http.client
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from files.sending import Client, client_of, component, kept, md5, metadata, new_id
from trackteroid.server import EmbeddedServer, Limits
from trackteroid.server.auth import signatures
from trackteroid.server.http.files import FileCalls

DATA = bytes(range(256)) * 1000


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = EmbeddedServer("sqlite://", limits=Limits(file_bytes=2**20, upload_pause_seconds=1.0))
    with client_of(server) as client:
        yield client
    server.close()


@pytest.fixture
def folder(client: Client) -> Path:
    """Where files are kept; nothing is left of other tests."""
    store = client.server.files.store
    for file_id in list(store.file_ids()):
        store.remove(file_id)
    return Path(store.name)


def urls(client: Client, component_id: str, parts: int, size: int) -> Any:
    return client.call(metadata(component_id, b"", file_size=size, checksum=None, parts=parts))[0]


def complete(component_id: str, upload_id: str, tags: dict[int, str]) -> dict[str, Any]:
    parts = [{"part_number": number, "e_tag": tag} for number, tag in tags.items()]
    told = {"component_id": component_id, "upload_id": upload_id, "parts": parts}
    return {"action": "complete_multipart_upload", **told}


def send_parts(client: Client, told: Any, parts: dict[int, bytes]) -> dict[int, str]:
    """Send parts as the JavaScript client does, the last first; return their ETags."""
    tags: dict[int, str] = {}
    for place in reversed(told["urls"]):
        answer = client.http.put(place["signed_url"], data=parts[place["part_number"]])
        assert answer.status_code == 200, answer.text
        tags[place["part_number"]] = answer.headers["ETag"].replace('"', "")
    return dict(sorted(tags.items()))


def test_where_to_send_is_told_as_the_original_does(client: Client) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, b"x" * 13, file_name="data.json", checksum=None))[0]
    assert told.keys() == {"url", "headers", "component_id"}
    assert told["headers"] == {"Content-Length": "13", "Content-Type": "application/json"}
    assert told["component_id"] == component_id


def test_what_is_sent_comes_back(client: Client) -> None:
    component_id = client.send(DATA)
    answer = client.get(component_id)
    assert (answer.status_code, answer.content) == (200, DATA)


def test_a_file_can_be_empty_and_come_in_chunks(client: Client) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, b""))[0]
    assert "Content-Length" not in told["headers"]
    answer = client.http.put(told["url"], data=iter(()), headers=told["headers"])
    assert answer.status_code == 200, answer.text
    client.call(component(component_id))
    assert client.get(component_id).content == b""


def test_a_file_can_come_in_chunks(client: Client) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, DATA))[0]
    pieces = (DATA[start : start + 1000] for start in range(0, len(DATA), 1000))
    assert client.http.put(told["url"], data=pieces).status_code == 200
    client.call(component(component_id))
    assert client.get(component_id).content == DATA


def test_the_component_may_be_made_in_the_same_call(client: Client) -> None:
    component_id = new_id()
    _, told = client.call(component(component_id), metadata(component_id, DATA, checksum=None, parts=None))
    assert client.http.put(told["url"], data=DATA).status_code == 200
    assert client.get(component_id).content == DATA


def test_new_data_takes_the_place_of_the_old(client: Client, folder: Path) -> None:
    component_id = client.send(b"old")
    told = client.call(metadata(component_id, b"newer"))[0]
    assert client.http.put(told["url"], data=b"newer").status_code == 200
    assert client.get(component_id).content == b"newer"
    client.server.files.clear()  # as the server does, once it has answered
    assert len(kept(folder)) == 1, "the old data is removed"


def test_data_that_was_changed_on_its_way_is_refused(client: Client, folder: Path) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, b"right"))[0]
    answer = client.http.put(told["url"], data=b"wrong")
    assert answer.status_code == 400
    assert "another MD5 checksum" in answer.json()["content"]
    assert kept(folder) == []
    assert client.http.put(told["url"], data=b"right").status_code == 200, "it can be sent again"


def test_data_is_compared_with_the_checksum_that_comes_with_it(client: Client) -> None:
    told = client.call(metadata(new_id(), b"right", checksum=None))[0]
    answer = client.http.put(told["url"], data=b"wrong", headers={"Content-MD5": md5(b"right")})
    assert answer.status_code == 400


def test_data_of_another_size_is_refused(client: Client, folder: Path) -> None:
    told = client.call(metadata(new_id(), b"four", checksum=None))[0]
    answer = client.http.put(told["url"], data=b"fourteen")
    assert (answer.status_code, "8 bytes have arrived of 4" in answer.text) == (400, True)
    assert kept(folder) == []


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"file_size": -1}, "file_size must be a number of bytes"),
        ({"file_size": "12"}, "file_size must be a number of bytes"),
        ({"file_size": True}, "file_size must be a number of bytes"),
        ({"checksum": "nonsense"}, "checksum must be the MD5"),
        ({"parts": 0}, "parts must be a number from 1"),
        ({"parts": 20_000}, "limit file_parts"),
        ({"file_size": 2**21}, "limit file_bytes"),
        ({"component_id": None}, "component_id must be the id"),
        ({"component_id": "  "}, "component_id must be the id"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(client: Client, values: dict[str, Any], text: str) -> None:
    answer = client.call(metadata(new_id(), DATA, **values))
    assert text in answer["content"]


def test_a_file_that_is_too_large_is_refused_as_soon_as_it_shows(client: Client, folder: Path) -> None:
    told = client.call(metadata(new_id(), b"", file_size=None, checksum=None))[0]
    answer = client.http.put(told["url"], data=(b"x" * 2**18 for _ in range(16)))
    assert (answer.status_code, "limit file_bytes" in answer.text) == (413, True)
    assert kept(folder) == []
    # Whoever says how much it is hears so before sending it.
    parts = urlsplit(told["url"])
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {2**40}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_sender_who_stops_is_not_waited_for(client: Client, folder: Path) -> None:
    told = client.call(metadata(new_id(), b"", file_size=100, checksum=None))[0]
    parts = urlsplit(told["url"])
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
        connection.sendall(head.encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert b"limit upload_pause_seconds" in answer.read()
    assert kept(folder) == []


def test_a_sender_who_leaves_leaves_nothing(client: Client, folder: Path) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, b"", file_size=100, checksum=None))[0]
    parts = urlsplit(told["url"])
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
        connection.sendall(head.encode())
    # The same address takes the file all the same; only then is it sure that the first was noticed.
    assert client.http.put(told["url"], data=b"x" * 100).status_code == 200
    client.call(component(component_id))
    assert client.get(component_id).content == b"x" * 100


def test_who_has_not_heard_that_it_arrived_may_send_it_again(client: Client, folder: Path) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, DATA))[0]
    first, again = (client.http.put(told["url"], data=DATA) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.headers["ETag"] == again.headers["ETag"]
    assert len(kept(folder)) == 1
    told = client.call(metadata(component_id, b"", file_size=4, checksum=None))[0]
    client.http.put(told["url"], data=b"four")
    assert client.http.put(told["url"], data=b"five").status_code == 400
    client.call(component(component_id))
    assert client.get(component_id).content == b"four"


def test_parts_become_one_file(client: Client) -> None:
    component_id, parts = new_id(), {1: b"a" * 1000, 2: b"b" * 1000, 3: b"c" * 7}
    client.call(component(component_id))
    told = urls(client, component_id, 3, 2007)
    assert told.keys() == {"component_id", "urls", "upload_id"}
    assert [each["part_number"] for each in told["urls"]] == [1, 2, 3]
    tags = send_parts(client, told, parts)
    assert client.get(component_id).status_code == 404, "not before it is complete"
    done = client.call(complete(component_id, told["upload_id"], tags))[0]
    assert done.keys() == {"action", "component_id", "url"}
    assert client.get(component_id).content == b"".join(parts.values())
    assert client.http.get(done["url"]).content == b"".join(parts.values())
    answer = client.get(component_id, headers={"Range": "bytes=998-2001"})
    assert (answer.status_code, answer.content) == (206, b"aa" + b"b" * 1000 + b"cc")
    assert re.fullmatch(r'"[0-9a-f]{32}-3"', answer.headers["ETag"])


def test_to_complete_it_again_changes_nothing(client: Client, folder: Path) -> None:
    component_id = new_id()
    told = urls(client, component_id, 2, 4)
    tags = send_parts(client, told, {1: b"ab", 2: b"cd"})
    first, again = (client.call(complete(component_id, told["upload_id"], tags)) for _ in range(2))
    assert first == again
    late = client.http.put(told["urls"][0]["signed_url"], data=b"xx")
    assert (late.status_code, "Nothing more is expected" in late.text) == (404, True)
    assert len(kept(folder)) == 2


def test_parts_can_be_sent_again_and_the_ones_that_are_told_count(client: Client, folder: Path) -> None:
    component_id = new_id()
    told = urls(client, component_id, 2, 4)
    client.http.put(told["urls"][0]["signed_url"], data=b"xx")
    tags = send_parts(client, told, {1: b"ab", 2: b"cd"})
    client.call(complete(component_id, told["upload_id"], tags), component(component_id))
    assert client.get(component_id).content == b"abcd"


def test_an_upload_goes_on_where_it_was(client: Client) -> None:
    component_id = new_id()
    told = urls(client, component_id, 3, 6)
    tag = client.http.put(told["urls"][1]["signed_url"], data=b"cd").headers["ETag"].strip('"')
    again = client.call(metadata(component_id, b"", upload_id=told["upload_id"]))[0]
    assert [each["part_number"] for each in again["urls"]] == [1, 3]
    assert again["parts"] == [{"part_number": 2, "e_tag": tag}]
    tags = {2: tag} | send_parts(client, again, {1: b"ab", 3: b"ef"})
    client.call(component(component_id), complete(component_id, again["upload_id"], tags))
    assert client.get(component_id).content == b"abcdef"


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        ({1: None, 2: "0" * 32}, "Part 2 has not arrived"),
        ({1: None}, "was to have 2 parts"),
        ({1: None, 2: None, 3: "x"}, "Part 3 has not arrived"),
    ],
)
def test_what_is_incomplete_is_told(client: Client, tags: dict[int, str | None], text: str) -> None:
    component_id = new_id()
    told = urls(client, component_id, 2, 4)
    known = send_parts(client, told, {1: b"ab", 2: b"cd"})
    given = {number: tag or known[number] for number, tag in tags.items()}
    assert text in client.call(complete(component_id, told["upload_id"], given))["content"]


def test_parts_that_are_not_as_long_as_the_file_are_refused(client: Client) -> None:
    component_id = new_id()
    told = urls(client, component_id, 2, 5)
    tags = send_parts(client, told, {1: b"ab", 2: b"cd"})
    answer = client.call(complete(component_id, told["upload_id"], tags))
    assert "4 bytes together; the file was to have 5" in answer["content"]


def test_an_upload_is_for_its_own_component(client: Client) -> None:
    component_id = new_id()
    told = urls(client, component_id, 1, 2)
    tags = send_parts(client, told, {1: b"ab"})
    assert "another component" in client.call(complete(new_id(), told["upload_id"], tags))["content"]
    assert "no upload" in client.call(complete(component_id, new_id(), tags))["content"]


def test_an_address_is_for_one_part_of_one_file_and_one_method(client: Client) -> None:
    told = client.call(metadata(new_id(), b"x"))[0]
    assert client.http.put(told["url"][:-2] + "xx", data=b"x").status_code == 403
    assert client.http.get(told["url"]).status_code == 405
    component_id = client.send(b"x")
    signed = client.call({"action": "generate_signed_url", "component_id": component_id})[0]["signed_url"]
    assert client.http.get(signed).content == b"x"
    assert client.http.put(signed.replace("/get?", "/upload?"), data=b"y").status_code == 403
    assert client.http.get(signed.replace("/get?", "/thumbnail?")).status_code == 403
    other = client.send(b"other")
    assert client.http.get(signed.replace(component_id, other)).status_code == 403


def test_an_address_expires(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    component_id = client.send(b"x")
    told = client.call(metadata(component_id, b"y"))[0]
    signed = client.call({"action": "generate_signed_url", "component_id": component_id})[0]["signed_url"]
    later = signatures.now() + 26 * 3600
    monkeypatch.setattr(signatures, "now", lambda: later)
    assert client.http.put(told["url"], data=b"y").status_code == 403
    expired = client.http.get(signed)
    assert (expired.status_code, "has expired" in expired.text) == (403, True)


def test_an_address_to_send_to_can_be_had_alone(client: Client) -> None:
    component_id = client.send(b"x")
    asked = {"action": "generate_signed_url", "component_id": component_id, "operation": "put"}
    signed = client.call(asked)[0]["signed_url"]
    assert client.http.put(signed, data=b"y").status_code == 200
    assert client.get(component_id).content == b"y"
    assert "operation must be" in client.call(asked | {"operation": "steal"})["content"]


def test_removed_data_is_gone_and_can_be_removed_again(client: Client, folder: Path) -> None:
    component_id = client.send(DATA)
    assert client.get(component_id, "remove").text == "The data was removed.\n"
    assert client.get(component_id).status_code == 404
    client.server.files.clear()  # as the server does, once it has answered
    assert kept(folder) == []
    again = client.get(component_id, "remove")
    assert (again.status_code, again.text) == (200, "There was no data.\n")


def test_containers_have_no_data(client: Client) -> None:
    component_id = new_id()
    create = {"action": "create", "entity_type": "SequenceComponent", "entity_data": {"id": component_id, "padding": 4}}
    client.call(create)
    assert "has no data of its own" in client.call(metadata(component_id, DATA))["content"]


def test_what_nobody_finishes_or_uses_is_cleared_away(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = client.server.files
    used, unused = client.send(b"used"), new_id()
    told = client.call(metadata(unused, b"unused"))[0]
    client.http.put(told["url"], data=b"unused")
    half = urls(client, new_id(), 2, 4)
    client.http.put(half["urls"][0]["signed_url"], data=b"ab")
    assert len(kept(folder)) == 3
    monkeypatch.setattr(files, "_swept", float("-inf"))
    files.clear()
    assert len(kept(folder)) == 3, "it is too early"
    monkeypatch.setattr(files, "limits", Limits(upload_seconds=1))
    with client.server.database.begin(write=True) as connection:
        connection.exec_driver_sql("update stored_file set created_at = '2020-01-01', stored_at = '2020-01-01'")
    monkeypatch.setattr(files, "_swept", float("-inf"))
    files.clear()
    assert [path.read_bytes() for path in kept(folder)] == [b"used"]
    assert client.get(used).content == b"used"
    with client.server.database.begin(write=False) as connection:
        found = connection.exec_driver_sql("select state from stored_file where component_id in (?, ?)", (used, unused))
        assert found.scalars().all() == ["stored"]


@pytest.mark.parametrize("when", ["while it comes", "when all of it has come"])
def test_what_is_given_up_while_it_is_sent_is_refused(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    component_id = client.send(b"before")
    told = client.call(metadata(component_id, b"after"))[0]
    settle = FileCalls._settle

    def give_up() -> None:
        with client.server.database.begin(write=True) as connection:
            connection.exec_driver_sql("update stored_file set state = 'removed' where state = 'uploading'")
        client.server.files.clear()

    def pieces() -> Iterator[bytes]:
        yield b"af"
        if when == "while it comes":
            wait_until(lambda: len(kept(folder)) == 2)
            give_up()
        yield b"ter"

    def settle_late(self: FileCalls, *arguments: Any) -> None:
        if when == "when all of it has come":
            give_up()
            # What came too late to be removed with the rest.
            put = client.server.files.store.write(arguments[0].id, 1)
            put.finish()
        settle(self, *arguments)

    monkeypatch.setattr(FileCalls, "_settle", settle_late)
    answer = client.http.put(told["url"], data=pieces())
    assert (answer.status_code, "Begin again with get_upload_metadata" in answer.text) == (404, True), answer.text
    assert client.get(component_id).content == b"before"
    assert [path.read_bytes() for path in kept(folder)] == [b"before"]


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


def test_a_page_of_another_origin_may_read_the_etag(client: Client) -> None:
    told = client.call(metadata(new_id(), b"x"))[0]
    origin = {"Origin": "http://localhost:3000"}
    asked = client.http.options(told["url"], headers=origin | {"Access-Control-Request-Method": "PUT"})
    assert (asked.status_code, "PUT" in asked.headers["Access-Control-Allow-Methods"]) == (200, True)
    answer = client.http.put(told["url"], data=b"x", headers=origin)
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
