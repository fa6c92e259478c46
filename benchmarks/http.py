"""What a call over HTTP costs besides its work: against a bare Starlette application under the same runner, in turns.

Latencies over one connection that is kept, and the processor time of the server; then sixteen clients of one worker.

    TRACKTEROID_BENCH=s python -m benchmarks http
"""

from __future__ import annotations

import http.client
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import psutil

from benchmarks._production import SCALE, production
from benchmarks._worker import Worker, worker

_BARE = """
import socket, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def api(request):
    return Response(await request.body(), media_type="application/json")

# Of sockets whose protocol is not told, asyncio leaves Nagle's algorithm on, and each answer takes 40 ms.
with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    print(listener.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/api", api, methods=["POST"])])
    config = uvicorn.Config(app, http="httptools", ws="none", log_level="warning", access_log=False, lifespan="off",
                            timeout_keep_alive=600)
    uvicorn.Server(config).run(sockets=[listener])
"""
NOTHING = b"[]"
TWENTY = "select id, version, comment, asset.name, status.name from AssetVersion order by id limit 20"
POINT = 'select id, version, comment from AssetVersion where id is "{}"'
CLIENTS, EACH = 16, 12


def query(text: str) -> bytes:
    """The body of a call with one query."""
    return json.dumps([{"action": "query", "expression": text}]).encode()


class Caller:
    """One kept connection, and the process at its other end."""

    def __init__(self, url: str, headers: dict[str, str], process: psutil.Process) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = headers
        self._process = process

    def call(self, body: bytes) -> bytes:
        """The answer to one call."""
        self._connection.request("POST", "/api", body, self._headers)
        return self._connection.getresponse().read()

    def cost(self, bodies: list[bytes]) -> tuple[float, float]:
        """The seconds of each call, and those of the server's processors."""
        before, began = sum(self._process.cpu_times()[:2]), time.perf_counter()
        for body in bodies:
            self.call(body)
        seconds = time.perf_counter() - began
        return seconds / len(bodies), (sum(self._process.cpu_times()[:2]) - before) / len(bodies)


@contextmanager
def bare() -> Generator[Caller]:
    """A bare application that answers with what it is sent."""
    with subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            yield Caller(f"http://127.0.0.1:{port}", {}, psutil.Process(process.pid))
        finally:
            process.terminate()


def of_worker(asked: Worker) -> Caller:
    """A connection to one of ours."""
    return Caller(asked.url, asked.headers, asked.process)


def compared(ours: Caller, other: Caller, bodies: Callable[[], list[bytes]], rounds: int) -> tuple[float, ...]:
    """The median latency and processor time of ours, and of the other."""
    costs = [(*ours.cost(bodies()), *other.cost(bodies())) for _ in range(rounds)]
    return tuple(statistics.median(each) for each in zip(*costs, strict=True))


def together(asked: Worker, clients: int = CLIENTS, each: int = EACH) -> float:
    """The calls that are answered in a second when many clients ask at once."""
    callers = [of_worker(asked) for _ in range(clients)]
    body = query(TWENTY)
    threads = [threading.Thread(target=lambda caller=caller: caller.cost([body] * each)) for caller in callers]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return clients * each / (time.perf_counter() - began)


def run(scale: str = SCALE, rounds: int = 7, calls: int = 200) -> Iterator[str]:
    """Yield the lines of the report."""
    with ExitStack() as stack:
        asked = stack.enter_context(worker(stack.enter_context(production("SQLite", scale)).url))
        ours, other = of_worker(asked), stack.enter_context(bare())
        records = json.loads(ours.call(query("select id from AssetVersion limit 500")))[0]["data"]
        points = [query(POINT.format(record["id"])) for record in records[:calls]]
        yield f"calls over one connection, against a bare application; median of {rounds} rounds"
        for title, bodies in (("nothing", [NOTHING] * calls), ("by id", points), ("20 rows", [query(TWENTY)] * calls)):
            mine, processor, least, bare_processor = compared(ours, other, lambda bodies=bodies: bodies, rounds)
            yield (
                f"  {title:8} {mine * 1e6:6.0f} us, {mine / least:4.1f} times   "
                f"processor {processor * 1e6:6.0f} us, {processor / max(bare_processor, 1e-9):4.1f} times"
            )
        rate = statistics.median(together(asked) for _ in range(rounds))
        yield f"{CLIENTS} clients, 20 rows each: {rate:.0f} calls a second"
