"""Files up and down: beside copying them, and beside a bare application on the same web server; thumbnails; memory.

Processor time of the server counts, which other work on the machine disturbs least; all ways take turns.

    python -m benchmarks.files
"""

from __future__ import annotations

import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests
from PIL import Image

MIB = 2**20
SIZE = int(os.environ.get("TRACKTEROID_BENCH_FILE", "256")) * MIB
LARGE = int(os.environ.get("TRACKTEROID_BENCH_LARGE", "2048")) * MIB
ROUNDS = 5
KEY = "a-key-that-is-long-enough-for-this"

BARE = """
import socket, sys, uvicorn
from pathlib import Path
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import Route

async def put(request):
    with Path(sys.argv[1], "file").open("wb") as file:
        async for piece in request.stream():
            file.write(piece)
    return Response()

async def get(request):
    return FileResponse(Path(sys.argv[1], "file"))

listener = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}/file", flush=True)
app = Starlette(routes=[Route("/file", put, methods=["PUT"]), Route("/file", get)])
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
"""


def run() -> Iterator[str]:
    """Yield what files cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source").write_bytes(os.urandom(MIB) * (SIZE // MIB))
        with ours(folder) as (served, call), bare(folder) as (plain, address):
            yield from _compared(folder, served, call, plain, address)
            yield from _thumbnails(served, call)
            yield from _large(served, call)


def _compared(folder: Path, ours: psutil.Process, call: Any, bare: psutil.Process, address: str) -> Iterator[str]:
    seconds: dict[str, list[tuple[float, float]]] = {}
    before, own = ours.memory_info().rss, psutil.Process()
    for _ in range(ROUNDS):
        component = str(uuid.uuid4())
        told = call("call", _component(component), _metadata(component, SIZE))[1]
        ways: dict[str, tuple[psutil.Process, Callable[[], object]]] = {
            "cp": (own, lambda: shutil.copyfile(folder / "source", folder / "copy")),
            "up": (ours, lambda told=told: put(told["url"], folder)),
            "up, bare": (bare, lambda: put(address, folder)),
            "down": (ours, lambda component=component: get(call("address", component))),
            "down, bare": (bare, lambda: get(address)),
        }
        for way, (process, do) in ways.items():
            begun, used = time.perf_counter(), spent(process)
            do()
            seconds.setdefault(way, []).append((time.perf_counter() - begun, spent(process) - used))
        call("remove", component)
    for way, found in seconds.items():
        wall, processor = (statistics.median(each) for each in zip(*found, strict=True))
        each = 1000 * processor / (SIZE / MIB)
        yield f"{way}: {SIZE / MIB / wall:,.0f} MiB/s, {each:.2f} ms of processor for each MiB"
    for way in ("up", "down"):
        ratios = [mine[1] / theirs[1] for mine, theirs in zip(seconds[way], seconds[f"{way}, bare"], strict=True)]
        yield f"{way} / bare, processor: {statistics.median(ratios):.2f}"
    yield f"memory of the server: {(ours.memory_info().rss - before) / MIB:.0f} MiB more after {ROUNDS} files"


def _large(ours: psutil.Process, call: Any) -> Iterator[str]:
    """Yield what one file that is larger than all others costs, sent and fetched, in memory and time."""
    component, piece, before = str(uuid.uuid4()), os.urandom(MIB), ours.memory_info().rss
    told = call("call", _component(component), _metadata(component, LARGE))[1]
    with most_memory(ours) as most:
        begun = time.perf_counter()
        requests.put(told["url"], data=(piece for _ in range(LARGE // MIB)), timeout=600).raise_for_status()
        up, begun = time.perf_counter() - begun, time.perf_counter()
        get(call("address", component), LARGE)
        down = time.perf_counter() - begun
    call("remove", component)
    size, more = LARGE / MIB, (most[0] - before) / MIB
    yield f"a file of {size / 1024:g} GiB: {size / up:,.0f} MiB/s up, {size / down:,.0f} MiB/s down"
    yield f"memory of the server meanwhile: at most {more:.0f} MiB more"


@contextmanager
def most_memory(process: psutil.Process) -> Generator[list[int]]:
    """The most memory that a process has at any moment of a block."""
    most, is_over = [process.memory_info().rss], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            most[0] = max(most[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        is_over.set()
        watcher.join()


def _thumbnails(ours: psutil.Process, call: Any) -> Iterator[str]:
    for width, height in ((1920, 1080), (4096, 2160)):
        file = io.BytesIO()
        Image.effect_noise((width, height), 40).convert("RGB").save(file, "JPEG", quality=90)
        component = str(uuid.uuid4())
        told = call("call", _component(component), _metadata(component, file.tell()))[1]
        requests.put(told["url"], data=file.getvalue(), timeout=60)
        sizes, used, begun = range(200, 240), spent(ours), time.perf_counter()
        for size in sizes:
            requests.get(f"{call('address', component, 'thumbnail')}&size={size}", timeout=60).raise_for_status()
        wall, processor = time.perf_counter() - begun, spent(ours) - used
        yield (
            f"thumbnails of a JPEG of {width} x {height}: {len(sizes) / wall:.0f} a second, "
            f"{1000 * processor / len(sizes):.0f} ms of processor each"
        )


@contextmanager
def ours(folder: Path) -> Generator[tuple[psutil.Process, Any]]:
    database = f"sqlite:///{(folder / 'show.db').as_posix()}"
    command = [sys.executable, "-m", "trackteroid.cli", "serve", "--port", "0", "--key", KEY, "--database", database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        url = next(
            line.split("=", 1)[1].strip() for line in process.stdout or () if line.startswith("export FTRACK_SERV")
        )

        def call(what: str, *told: Any) -> Any:
            if what == "call":
                headers = {"ftrack-user": "demo", "ftrack-api-key": KEY}
                return requests.post(f"{url}/api", data=json.dumps(told), headers=headers, timeout=60).json()
            component, kind = (*told, "get")[:2]
            address = f"{url}/component/{kind}?id={component}&username=demo&apiKey={KEY}"
            return address if what == "address" else requests.get(address.replace("/get", "/remove"), timeout=60)

        try:
            yield psutil.Process(process.pid), call
        finally:
            process.terminate()


@contextmanager
def bare(folder: Path) -> Generator[tuple[psutil.Process, str]]:
    (folder / "bare").mkdir()
    command = [sys.executable, "-c", BARE, str(folder / "bare")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = next(iter(process.stdout or ())).strip()
        try:
            yield psutil.Process(process.pid), address
        finally:
            process.terminate()


def _component(component_id: str) -> dict[str, Any]:
    return {"action": "create", "entity_type": "FileComponent", "entity_data": {"id": component_id, "name": "main"}}


def _metadata(component_id: str, size: int) -> dict[str, Any]:
    return {"action": "get_upload_metadata", "component_id": component_id, "file_name": "main", "file_size": size}


def put(url: str, folder: Path) -> None:
    with (folder / "source").open("rb") as source:
        requests.put(url, data=source, timeout=600).raise_for_status()


def get(url: str, size: int = SIZE) -> None:
    with requests.get(url, stream=True, timeout=600) as answer:
        answer.raise_for_status()
        assert sum(map(len, answer.iter_content(MIB))) == size


def spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    for line in run():
        print(line)
