"""Data of components on its way to those who may have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from files.sending import Client, client_of, component, metadata, new_id
from trackteroid.server import EmbeddedServer
from trackteroid.server.files import kinds
from trackteroid.server.http.files import Wanted, wanted

DATA = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = EmbeddedServer("sqlite://")
    with client_of(server) as client:
        yield client
    server.close()


@pytest.fixture(scope="module")
def component_id(client: Client) -> str:
    return client.send(DATA, name="beauty", file_type=".mp4")


def test_it_says_what_it_is(client: Client, component_id: str) -> None:
    headers = client.get(component_id).headers
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Length"] == str(len(DATA))
    assert headers["Content-Disposition"] == "inline; filename=\"beauty.mp4\"; filename*=UTF-8''beauty.mp4"
    assert headers["Accept-Ranges"] == "bytes"
    assert re.fullmatch(r'"[0-9a-f]{32}"', headers["ETag"])


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=10-", 206, 10, len(DATA)),
        ("bytes=-10", 206, len(DATA) - 10, len(DATA)),
        ("bytes=-999999", 206, 0, len(DATA)),
        ("bytes=0-999999", 206, 0, len(DATA)),
        ("bytes=5-3", 200, 0, len(DATA)),
        ("bytes=0-1,5-6", 200, 0, len(DATA)),
        ("lines=1-2", 200, 0, len(DATA)),
        ("bytes=-", 200, 0, len(DATA)),
        (f"bytes={len(DATA)}-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
def test_a_range_of_it(client: Client, component_id: str, asked: str, status: int, start: int, stop: int) -> None:
    answer = client.get(component_id, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, DATA[start:stop])
    if status == 206:
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(DATA)}"
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"


def test_a_range_of_what_has_changed_is_all_of_it(client: Client, component_id: str) -> None:
    same = {"Range": "bytes=0-4", "If-Range": client.get(component_id).headers["ETag"]}
    assert client.get(component_id, headers=same).status_code == 206
    assert client.get(component_id, headers=same | {"If-Range": '"other"'}).status_code == 200


def test_what_a_client_has_already_is_not_sent_again(client: Client, component_id: str) -> None:
    tag = client.get(component_id).headers["ETag"]
    for told in (tag, f'"x", W/{tag}', "*"):
        answer = client.get(component_id, headers={"If-None-Match": told})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert client.get(component_id, headers={"If-None-Match": '"x"'}).status_code == 200


def test_only_the_headers(client: Client, component_id: str) -> None:
    who = {"id": component_id, "username": client.username, "apiKey": client.key}
    answer = client.http.head(f"{client.url}/component/get", params=who)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(DATA))


def test_large_text_is_sent_as_it_is_and_its_range_too(client: Client) -> None:
    text = b"all work and no play\n" * 10_000
    component_id = client.send(text, file_type=".txt")
    answer = client.get(component_id, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-99999"})
    assert (answer.status_code, answer.content) == (206, text[:100_000])


@pytest.mark.parametrize("file_type", [".html", ".svg", ".js", ".xml", ".unknown", None])
def test_what_a_browser_could_run_is_saved_instead(client: Client, file_type: str | None) -> None:
    headers = client.get(client.send(b"<script>", file_type=file_type)).headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_names_do_not_break_out_of_their_header(client: Client) -> None:
    name = 'a"; b\r\nSet-Cookie: ä%'
    headers = client.get(client.send(b"x", name=name)).headers
    assert "Set-Cookie" not in headers
    assert "filename*=UTF-8''a%22%3B%20b__Set-Cookie%3A%20%C3%A4%25.bin" in headers["Content-Disposition"]


def test_an_id_may_be_written_otherwise(client: Client, component_id: str) -> None:
    assert client.get(component_id.upper().replace("-", "")).content == DATA


def test_what_is_not_there_is_told(client: Client) -> None:
    nothing, without = client.get(new_id()), new_id()
    assert (nothing.status_code, nothing.json()["exception"]) == (404, "ValueError")
    client.call(component(without))
    answer = client.get(without)
    assert (answer.status_code, "nobody has sent it, or it was removed" in answer.text) == (404, True)


def test_data_of_a_component_that_is_deleted_is_gone(client: Client) -> None:
    component_id = client.send(b"x")
    client.call({"action": "delete", "entity_type": "FileComponent", "entity_key": [component_id]})
    assert client.get(component_id).status_code == 404


def test_data_is_nobody_s_until_its_component_is_there(client: Client) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, b"x"))[0]
    assert client.http.put(told["url"], data=b"x").status_code == 200
    assert client.get(component_id).status_code == 404


def test_the_key_may_come_in_headers(client: Client, component_id: str) -> None:
    headers = {"ftrack-user": client.username, "ftrack-api-key": client.key}
    answer = client.http.get(f"{client.url}/component/get", params={"id": component_id}, headers=headers)
    assert answer.content == DATA


def test_a_wrong_key_gets_nothing(client: Client, component_id: str) -> None:
    for params in ({"apiKey": "wrong"}, {"username": "nobody"}, {"apiKey": ""}):
        for what in ("get", "thumbnail", "remove"):
            assert client.get(component_id, what, params=params).status_code == 401


def test_names_are_understood_as_both_clients_write_them(client: Client, component_id: str) -> None:
    mail = "ada+grace@example.com"
    user_id = new_id()
    reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": user_id}
    data = {"id": user_id, "username": mail, "is_active": True}
    _, told = client.call({"action": "create", "entity_type": "User", "entity_data": data}, reset)
    key = told["data"]["api_key"]
    pasted = f"{client.url}/component/get?id={component_id}&username={mail}&apiKey={key}"
    encoded = pasted.replace("+", "%2B").replace("@", "%40")
    assert [client.http.get(url).content for url in (pasted, encoded)] == [DATA, DATA]


def test_entities_tell_where_their_data_and_pictures_are(client: Client) -> None:
    component_id = client.send(b"x", file_type=".txt")
    location = "3a372bde-05bc-11e4-8908-20c9d081909b"
    data = {"component_id": component_id, "location_id": location, "resource_identifier": component_id}
    client.call({"action": "create", "entity_type": "ComponentLocation", "entity_data": data})
    text = f'select url from ComponentLocation where component_id is "{component_id}"'
    (record,) = client.call({"action": "query", "expression": text})[0]["data"]
    assert record["url"]["value"] == component_id
    assert client.http.get(record["url"]["url"]).content == b"x"
    (user,) = client.call({"action": "query", "expression": "select thumbnail_url from User"})[0]["data"][:1]
    assert user["thumbnail_url"]["value"] is None
    answer = client.http.get(user["thumbnail_url"]["url"])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")


def test_there_are_no_other_pictures(client: Client) -> None:
    answer = client.http.get(f"{client.url}/img/secret.png")
    assert (answer.status_code, "there are thumbnail2.png" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Wanted(200, 0, 10)),
        ({"range": "bytes=2-3"}, Wanted(206, 2, 4)),
        ({"range": "bytes=" + "9" * 30 + "-"}, Wanted(200, 0, 10)),
        ({"range": "bytes=٣-"}, Wanted(200, 0, 10)),
    ],
)
def test_ranges(headers: dict[str, str], expected: Wanted) -> None:
    assert wanted(headers, 10, '"x"') == expected


def test_an_empty_file_has_no_ranges() -> None:
    assert wanted({"range": "bytes=0-"}, 0, '"x"') == Wanted(416, 0, 0)


def test_kinds() -> None:
    assert kinds.content_type(".MOV") == "video/quicktime"
    assert kinds.content_type("") == "application/octet-stream"
    assert kinds.file_name(None, None) == "file"
