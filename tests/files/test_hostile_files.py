"""Whoever means no good with files, or uses the same ones at the same time as others."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from files.sending import Client, client_of, component, metadata, new_id
from postgres.cluster import cluster  # noqa: F401 - a fixture
from trackteroid.server import EmbeddedServer
from trackteroid.server.files.checking import check_files

T = TypeVar("T")

CONTENTS = [bytes([65 + number]) * 300_000 for number in range(6)]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        server = EmbeddedServer(f"sqlite:///{(folder / 'show.db').as_posix()}")
    else:
        server = EmbeddedServer(request.getfixturevalue("cluster").new_database(), files=folder / "files")
    with client_of(server) as client:
        yield client
        assert list(check_files(server.database, server.files.store, read_all=True)) == []
    server.close()


def at_once(client: Client, do: Callable[[Client, int], T]) -> list[T]:
    """What several get who do something at the same time."""

    def done(number: int) -> T:
        own = Client(client.server, client.url)
        try:
            return do(own, number)
        finally:
            own.http.close()

    with ThreadPoolExecutor(len(CONTENTS)) as threads:
        return list(threads.map(done, range(len(CONTENTS))))


def put(client: Client, url: str, number: int) -> int:
    return client.http.put(url, data=CONTENTS[number]).status_code


def is_whole(answer: requests.Response) -> bool:
    """Whether all of what one of them has sent was answered, and is called by its own checksum."""
    is_one = answer.content in CONTENTS
    return is_one and answer.headers["ETag"].strip('"') == hashlib.md5(answer.content).hexdigest()


def test_several_send_to_one_address(client: Client) -> None:
    component_id = new_id()
    told = client.call(component(component_id), metadata(component_id, b"", file_size=None, checksum=None))[1]
    assert set(at_once(client, lambda own, number: put(own, told["url"], number))) == {200}
    assert is_whole(client.get(component_id))


def test_several_send_to_one_component(client: Client) -> None:
    component_id = client.send(CONTENTS[0])
    places = [client.call(metadata(component_id, content))[0]["url"] for content in CONTENTS]
    assert set(at_once(client, lambda own, number: put(own, places[number], number))) == {200}
    assert is_whole(client.get(component_id))


def test_several_complete_one_upload(client: Client) -> None:
    component_id = new_id()
    told = client.call(component(component_id), metadata(component_id, b"", file_size=6, checksum=None, parts=3))[1]
    tags = [
        {"part_number": each["part_number"], "e_tag": client.http.put(each["signed_url"], data=b"ab").headers["ETag"]}
        for each in told["urls"]
    ]
    done = {"action": "complete_multipart_upload", "component_id": component_id, "upload_id": told["upload_id"]}
    answers = at_once(client, lambda own, _: own.call(done | {"parts": tags}))
    assert all(isinstance(answer, list) for answer in answers), answers
    assert client.get(component_id).content == b"ababab"


@pytest.mark.parametrize("how", ["deleted", "removed", "replaced"])
def test_a_download_that_has_begun_is_finished(client: Client, how: str) -> None:
    content = bytes(range(256)) * 40_000
    component_id = client.send(content)
    with client.get(component_id, stream=True) as answer:
        pieces = answer.iter_content(100_000)
        got = next(pieces)
        if how == "deleted":
            client.call({"action": "delete", "entity_type": "FileComponent", "entity_key": [component_id]})
        elif how == "removed":
            assert client.get(component_id, "remove").status_code == 200
        else:
            put(client, client.call(metadata(component_id, CONTENTS[0]))[0]["url"], 0)
        assert got + b"".join(pieces) == content
    after = client.get(component_id)
    assert (after.status_code, after.content) == (200, CONTENTS[0]) if how == "replaced" else after.status_code == 404


def test_data_is_sent_fetched_and_removed_at_once(client: Client) -> None:
    component_id = client.send(CONTENTS[0])

    def mix(own: Client, number: int) -> list[Any]:
        wrong: list[Any] = []
        for turn in range(6):
            if (number + turn) % 3 == 0:
                status = put(own, own.call(metadata(component_id, CONTENTS[number]))[0]["url"], number)
                wrong += [status] if status != 200 else []
            elif (number + turn) % 3 == 1:
                answer = own.get(component_id)
                wrong += [] if answer.status_code == 404 or is_whole(answer) else [answer.headers]
            else:
                status = own.get(component_id, "remove").status_code
                wrong += [status] if status != 200 else []
        return wrong

    assert not any(at_once(client, mix))


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\boot", "/etc/passwd", ".bashrc", "a\x00b", "x" * 20_000, "\u202egnp", "é" * 999],
)
def test_names_lead_nowhere_and_fit_into_a_header(client: Client, name: str) -> None:
    component_id = new_id()
    answer = client.call(component(component_id, name=name, file_type=".exr"), metadata(component_id, b"x"))
    if not isinstance(answer, list):
        assert "\x00" in name, answer  # PostgreSQL keeps no such text
        return
    assert client.http.put(answer[1]["url"], data=b"x").status_code == 200
    told = client.get(component_id).headers["Content-Disposition"]
    assert len(told) < 2000
    for sign in ("/", "\\", "%2F", "%5C", "%00", "%E2%80%AE", '"."', "''."):
        assert sign not in told
    assert told.endswith(".exr")


@pytest.mark.parametrize("component_id", ["a\x00b", "x" * 10_000, " ", "\n"])
def test_what_is_no_id_is_refused_before_anything_is_kept(client: Client, component_id: str) -> None:
    answer = client.call(metadata(component_id, b"x"))
    assert (answer["exception"], "component_id must be" in answer["content"]) == ("ValidationError", True)
    for what in ("get", "thumbnail", "remove"):
        told = client.http.get(
            f"{client.url}/component/{what}",
            params={"id": component_id[:5000], "username": client.username, "apiKey": client.key},
        )
        assert told.status_code in (400, 404), told.text


def test_who_names_no_component_is_told_to(client: Client) -> None:
    answer = client.get("")
    assert (answer.status_code, "Name a component" in answer.text) == (404, True)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rest = (*chunks, chunk(b"IDAT", zlib.compress(b"\0" * 4)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(rest)


BOMB = zlib.compress(bytes(30_000_000), 9)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (png(2**31 - 1, 2**31 - 1), 413),
        (png(200_000_000, 1), 413),
        (png(1, 1, chunk(b"zTXt", b"k\0\0" + BOMB)), 400),
        (png(1, 1, chunk(b"iCCP", b"k\0\0" + BOMB)), 400),
        (png(1, 1, chunk(b"iTXt", b"k\0\1\0\0\0" + BOMB)), 400),
        (b"GIF89a\xff\xff\xff\xff\0\0\0" + b",\0\0\0\0\xff\xff\xff\xff\0\x08\xff" * 10, 413),
        # An older Pillow finds first that it is broken.
        (b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\xff\xff\xff\xff\xff", (400, 413)),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 400),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\n", 400),
        (b"II*\0\x08\0\0\0\x00\0\x08\0\0\0", 400),
    ],
)
def test_pictures_that_are_made_to_hurt_are_refused(client: Client, data: bytes, status: int | tuple[int, ...]) -> None:
    answer = client.get(client.send(data), "thumbnail")
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text
