"""Whoever is killed while a file is sent, at any moment: all of it is there or nothing, and it can be sent again."""

from __future__ import annotations

import http.client
import json
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from files.sending import DIED, Client, component, kept, metadata, new_id
from selections import some
from trackteroid.server import Database
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.folder import FolderStore

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal"),
]

KEY = "a-key-that-is-long-enough-for-this"
MIB = 2**20


@contextmanager
def serving(database: Path, *options: str) -> Generator[tuple[subprocess.Popen[str], Client]]:
    """A server in a process of its own, and a client of it."""
    command = [sys.executable, "-m", "trackteroid.cli", "serve", "--port", "0", "--key", KEY, *options]
    command += ["--database", f"sqlite:///{database.as_posix()}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        url = next(line.split("=", 1)[1].strip() for line in process.stdout if line.startswith("export FTRACK_SERVER"))
        client = Client.__new__(Client)
        client.url, client.username, client.key = url, "demo", KEY
        client.http = requests.Session()
        try:
            yield process, client
        finally:
            client.http.close()
            process.kill()


def content(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def unsound(database: Path) -> list[str]:
    opened = Database(f"sqlite:///{database.as_posix()}")
    try:
        return [
            str(finding) for finding in check_files(opened, FolderStore(database.with_suffix(".files")), read_all=True)
        ]
    finally:
        opened.close()


@pytest.mark.parametrize("after", some([0.0, 0.002, 0.01, 0.03, 0.1, 0.3], 2))
def test_a_killed_server_has_all_of_a_file_or_nothing(tmp_path: Path, after: float) -> None:
    database = tmp_path / "show.db"
    sent = {new_id(): content(seed, 3 * MIB) for seed in range(6)}
    heard: list[str] = []
    with serving(database) as (process, client):
        timer = threading.Timer(after, process.kill)
        places = {each: client.call(component(each), metadata(each, data))[1] for each, data in sent.items()}
        timer.start()
        for each, told in places.items():
            try:
                answer = client.http.put(told["url"], data=sent[each], headers=told["headers"])
            except DIED:
                break
            assert answer.status_code == 200
            heard.append(each)
        process.kill()
        process.wait()
        timer.join()
    assert unsound(database) == []
    with serving(database) as (process, client):
        for each, data in sent.items():
            answer = client.get(each)
            assert answer.status_code in ((200,) if each in heard else (200, 404))
            if answer.status_code == 404:
                assert client.http.put(redirected(places[each]["url"], client), data=data).status_code == 200
            assert client.get(each).content == data
    assert unsound(database) == []


def redirected(url: str, client: Client) -> str:
    """The same address on the server that runs now."""
    return url.replace(url[: url.index("/component/")], client.url)


def test_a_killed_server_goes_on_with_the_parts_that_had_arrived(tmp_path: Path) -> None:
    database, component_id, parts = tmp_path / "show.db", new_id(), [content(seed, MIB) for seed in range(5)]
    with serving(database) as (process, client):
        asked = metadata(component_id, b"", file_size=5 * MIB, checksum=None, parts=5)
        told = client.call(component(component_id), asked)[1]
        tags = {
            place["part_number"]: client.http.put(place["signed_url"], data=parts[place["part_number"] - 1]).headers[
                "ETag"
            ]
            for place in told["urls"][:3]
        }
        head = urlsplit(told["urls"][3]["signed_url"])
        with socket.create_connection((head.hostname, head.port)) as connection:
            connection.sendall(
                f"PUT {head.path}?{head.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {MIB}\r\n\r\n".encode()
            )
            connection.sendall(parts[3][: MIB // 2])
            process.kill()
            process.wait()
    with serving(database) as (process, client):
        again = client.call(metadata(component_id, b"", upload_id=told["upload_id"]))[0]
        assert [place["part_number"] for place in again["urls"]] == [4, 5]
        for place in again["urls"]:
            number = place["part_number"]
            tags[number] = client.http.put(place["signed_url"], data=parts[number - 1]).headers["ETag"]
        done: dict[str, Any] = {"action": "complete_multipart_upload", "component_id": component_id}
        done["parts"] = [{"part_number": number, "e_tag": tag.strip('"')} for number, tag in tags.items()]
        client.call(done | {"upload_id": told["upload_id"]})
        assert client.get(component_id).content == b"".join(parts)
    assert unsound(database) == []


def test_killed_workers_leave_nothing_and_others_take_the_file(tmp_path: Path) -> None:
    database, component_id, data = tmp_path / "show.db", new_id(), content(3, 4 * MIB)
    with serving(database, "--workers", "2") as (process, client):
        told = client.call(component(component_id), metadata(component_id, data))[1]
        head = urlsplit(told["url"])
        with socket.create_connection((head.hostname, head.port)) as connection:
            request = f"PUT {head.path}?{head.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n\r\n"
            connection.sendall(request.encode() + data[: 2 * MIB])
            wait_until(lambda: kept(database.with_suffix(".files")))
            workers = psutil.Process(process.pid).children()
            for worker in workers:
                worker.kill()
            psutil.wait_procs(workers)
        assert unsound(database) == []
        client.http.close()
        wait_until(lambda: sends(client, told["url"], data))
        assert client.get(component_id).content == data
    assert unsound(database) == []


def sends(client: Client, url: str, data: bytes) -> bool:
    try:
        return client.http.put(url, data=data).status_code == 200
    except DIED:
        return False


SENDER = """
import sys, requests
url, size = sys.argv[1], int(sys.argv[2])
print("begun", flush=True)
requests.put(url, data=(b"x" * 65536 for _ in range(size // 65536)))
"""


@pytest.mark.parametrize("after", some([0.0, 0.05, 0.2], 2))
def test_a_killed_client_leaves_nothing(tmp_path: Path, after: float) -> None:
    database, component_id = tmp_path / "show.db", new_id()
    with serving(database) as (_, client):
        told = client.call(component(component_id), metadata(component_id, b"", file_size=512 * MIB, checksum=None))[1]
        with subprocess.Popen(
            [sys.executable, "-c", SENDER, told["url"], str(512 * MIB)], stdout=subprocess.PIPE, text=True
        ) as sender:
            assert sender.stdout is not None
            sender.stdout.readline()
            sender.stdout.close()
            try:
                sender.wait(after)
            except subprocess.TimeoutExpired:
                sender.kill()
        wait_until(lambda: not kept(database.with_suffix(".files")))
        assert client.get(component_id).status_code == 404
        small = client.call(metadata(component_id, b"small"))[0]
        assert client.http.put(small["url"], data=b"small").status_code == 200
        assert client.get(component_id).content == b"small"


@pytest.mark.parametrize("after", some([0.0, 0.3, 0.6, 1.0, 1.5, 2.5, 4.0], 3))
def test_a_server_that_is_killed_while_it_encodes_has_made_all_or_nothing(tmp_path: Path, after: float) -> None:
    films = pytest.importorskip("files.films")
    database, source = tmp_path / "show.db", new_id()
    data = films.film(tmp_path / "film.mov", frames=200, size=(640, 360)).read_bytes()
    with serving(database) as (process, client):
        told = client.call(component(source, file_type=".mov"), metadata(source, data))[1]
        client.http.put(told["url"], data=data)
        job_id = client.call({"action": "encode_media", "component_id": source})[0]["job_id"]
        # Nothing can be waited for: it is killed wherever it is by then.
        time.sleep(after)
        process.kill()
        process.wait()
    assert unsound(database) == []
    with closing(sqlite3.connect(database)) as connection:
        (status,) = connection.execute("select status from job where id = ?", (job_id,)).fetchone()
        (count,) = connection.execute("select count(*) from component").fetchone()
        assert count == (4 if status == "done" else 1)
        connection.execute("update encoding set claimed_until = '2020-01-01'")
        connection.commit()
    text = f'select status, data from Job where id is "{job_id}"'
    with serving(database) as (process, client):
        wait_until(lambda: client.call({"action": "query", "expression": text})[0]["data"][0]["status"] == "done", 120)
        outputs = json.loads(client.call({"action": "query", "expression": text})[0]["data"][0]["data"])["output"]
        assert [client.get(each["component_id"]).status_code for each in outputs] == [200] * 3
    assert unsound(database) == []


def wait_until(holds: Any, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


def test_files_go_through_in_little_memory(tmp_path: Path) -> None:
    database, size, piece = tmp_path / "show.db", 768 * MIB, content(1, MIB)
    with serving(database) as (process, client):
        client.send(b"x" * MIB)
        client.get(client.send(b"x" * MIB))
        of_server = psutil.Process(process.pid)
        before, most = of_server.memory_info().rss, [0]
        is_done = threading.Event()

        def watch() -> None:
            while not is_done.wait(0.02):
                most[0] = max(most[0], of_server.memory_info().rss)

        watcher = threading.Thread(target=watch)
        watcher.start()
        component_id = new_id()
        told = client.call(component(component_id), metadata(component_id, b"", file_size=size, checksum=None))[1]
        answer = client.http.put(told["url"], data=(piece for _ in range(size // MIB)))
        assert answer.status_code == 200, answer.text
        got = 0
        with client.get(component_id, stream=True) as answer:
            for each in answer.iter_content(MIB):
                got += len(each)
        is_done.set()
        watcher.join()
    assert got == size
    more = (most[0] - before) / MIB
    assert more < 60, f"{more:.0f} MiB more for a file of {size // MIB} MiB"


def test_a_download_that_is_left_ends(tmp_path: Path) -> None:
    database = tmp_path / "show.db"
    with serving(database) as (process, client):
        component_id = client.send(content(1, 64 * MIB))
        head = urlsplit(f"{client.url}/component/get?id={component_id}&username=demo&apiKey={KEY}")
        for _ in range(5):
            connection = http.client.HTTPConnection(str(head.hostname), head.port)
            connection.request("GET", f"{head.path}?{head.query}")
            connection.getresponse().read(1000)
            connection.close()
        of_server = psutil.Process(process.pid)
        wait_until(lambda: not [file for file in of_server.open_files() if ".files" in file.path])
