"""A thousand clients of the event hub of whom two want each event, against a bare relay of the same messages.

The relay is a Starlette application under the same server, which sends each message to the two whose numbers it is
told, and acknowledges it: no log, no expressions, nobody's permissions. The clients are sockets of this
process, so that the server has a processor of its own. Latency is from when an event was due until somebody has it.

    TRACKTEROID_BENCH=s python -m benchmarks events
"""

from __future__ import annotations

import http.client
import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil

from benchmarks._production import SCALE, databases, empty
from benchmarks._worker import worker

_BARE = """
import socket, uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

sockets = {}

async def connect(ws):
    await ws.accept()
    sockets[int(ws.path_params["number"])] = ws
    await ws.send_text("1::")
    try:
        while True:
            text = await ws.receive_text()
            if text[0] != "5":
                continue
            kind, number, _, event = text.split(":", 3)
            first = int(event[event.index('bench.') + 6:].split('"', 1)[0])
            for each in (2 * first, 2 * first + 1) if 'bench.' in event[:80] and first >= 0 else ():
                await sockets[each].send_text("5:::" + event)
            await ws.send_text("6:::" + number.rstrip("+") + '+[{"success":true}]')
    except Exception:
        pass

with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
    print(listener.getsockname()[1], flush=True)
    app = Starlette(routes=[WebSocketRoute("/{number}", connect)])
    config = uvicorn.Config(app, ws="websockets-sansio", ws_per_message_deflate=False, ws_ping_interval=None,
                            log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])
"""
SUBSCRIBERS, PUBLISHERS, EACH = 1_000, 10, 2
RATE = 2_000
#: The seconds after which nothing more is expected.
PATIENCE = 30.0


class Client:
    """One WebSocket, which reads and writes whole packets."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self.socket = socket.create_connection((host, port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        head += "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        self.socket.sendall(head.encode())
        self._rest = b""
        while b"\r\n\r\n" not in self._rest:
            self._rest += self.socket.recv(4096)
        answer, _, self._rest = self._rest.partition(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise RuntimeError(answer.decode())

    def send(self, packet: bytes) -> None:
        """Send a packet, in one frame whose mask changes nothing."""
        size = len(packet)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
        self.socket.sendall(head + b"\0\0\0\0" + packet)

    def read(self) -> list[bytes]:
        """Return the packets that have come."""
        data = self._rest + self.socket.recv(1 << 16)
        place, found = 0, list[bytes]()
        while len(data) >= place + 4:
            size, start = data[place + 1], place + 2
            if size == 126:
                size, start = int.from_bytes(data[start : start + 2], "big"), place + 4
            if len(data) < start + size:
                break
            found.append(data[start : start + size])
            place = start + size
        self._rest = data[place:]
        return found


@dataclass
class Crowd:
    """Clients that subscribe, and those that publish."""

    process: psutil.Process
    subscribers: list[Client]
    publishers: list[Client]
    arrived: list[float] = field(default_factory=list[float])
    acknowledged: int = 0

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        for client in (*self.subscribers, *self.publishers):
            self._selector.register(client.socket, selectors.EVENT_READ, client)

    def subscribe(self) -> None:
        """Let each two want one topic, and wait until the server knows."""
        for number, client in enumerate(self.subscribers):
            subscriber = {"id": f"s{number}"}
            told = {"subscriber": subscriber, "subscription": f"topic=bench.{number // EACH}"}
            client.send(packet(0, "ftrack.meta.subscribe", told, number % EACH))
        self._until(lambda: self.acknowledged >= len(self.subscribers))

    def run(self, rate: int, seconds: float) -> Measured:
        """Publish at a rate; return what came of it."""
        self.arrived, self.acknowledged = [], 0
        count, topics = int(rate * seconds), len(self.subscribers) // EACH
        before, began = _processor(self.process), time.perf_counter()
        for number in range(count):
            due = began + number / rate
            while True:
                left = due - time.perf_counter()
                if left <= 0:
                    break
                self._hear(left)
            data = {"due": due, "comment": "x" * 200, "entities": [{"entityType": "task", "entityId": f"{number:032}"}]}
            self.publishers[number % len(self.publishers)].send(
                packet(number + 1, f"bench.{number * 7 % topics}", data, number)
            )
            if number % 8 == 0:
                self._hear(0)
        self._until(lambda: len(self.arrived) >= EACH * count and self.acknowledged >= count)
        took = time.perf_counter() - began
        return Measured(count / took, sorted(self.arrived), (_processor(self.process) - before) / count)

    def _hear(self, wait: float) -> None:
        for key, _ in self._selector.select(wait):
            packets = key.data.read()
            now = time.perf_counter()
            for each in packets:
                kind = each[:1]
                if kind == b"5":
                    place = each.index(b'"due":') + 6
                    self.arrived.append(now - float(each[place : each.index(b",", place)]))
                elif kind == b"6":
                    self.acknowledged += 1
                    if b"true" not in each:
                        raise RuntimeError(each.decode())
                elif kind == b"2":
                    key.data.send(b"2::")
                elif kind in (b"0", b"7"):
                    raise RuntimeError(each.decode())

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.perf_counter() + PATIENCE
        while not done():
            if time.perf_counter() > end:
                raise RuntimeError(f"{len(self.arrived)} events came, {self.acknowledged} answers; then nothing.")
            self._hear(0.1)


@dataclass(frozen=True)
class Measured:
    """What came of a run: events in a second, the sorted seconds that they took, and the server's processor time."""

    rate: float
    latencies: list[float]
    processor: float

    def percentile(self, share: float) -> float:
        """Return the seconds within which so many of them have come, as a share of 1."""
        return self.latencies[int(len(self.latencies) * share)]

    def __str__(self) -> str:
        p50, p95, p99 = (self.percentile(share) * 1e3 for share in (0.5, 0.95, 0.99))
        return (
            f"{self.rate:6.0f} events/s   p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   p99 {p99:7.1f} ms   "
            f"processor {self.processor * 1e6:5.0f} us each"
        )


def packet(number: int, topic: str, data: object, identity: int) -> bytes:
    """Return a numbered event as the Python client sends it, with the topic in front for the relay to find."""
    event = {
        "topic": topic,
        "id": f"{number:016}{identity:016}",
        "target": "",
        "inReplyToEvent": None,
        "sent": None,
        "source": {"id": f"{identity:032}", "applicationId": "ftrack.client.benchmark", "user": {"username": "demo"}},
        "data": data,
    }
    return f"5:{number}+::{json.dumps({'name': 'ftrack.event', 'args': [event]})}".encode()


@contextmanager
def bare(subscribers: int) -> Generator[Crowd]:
    """A relay, and everybody connected to it."""
    with subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            clients = [Client("127.0.0.1", port, f"/{number}") for number in range(subscribers + PUBLISHERS)]
            yield Crowd(psutil.Process(process.pid), clients[:subscribers], clients[subscribers:])
        finally:
            process.terminate()


@contextmanager
def hub(database: str, subscribers: int) -> Generator[Crowd]:
    """The event hub of a worker, and everybody connected to it."""
    limits = ["--address-connections", str(2 * (subscribers + PUBLISHERS))]
    with worker(database, *limits) as served:
        parts = urlsplit(served.url)
        greeting = http.client.HTTPConnection(parts.netloc)
        greeting.request("GET", "/socket.io/1/", headers=served.headers)
        ticket = greeting.getresponse().read().decode().split(":")[0]
        greeting.close()
        path = f"/socket.io/1/websocket/{ticket}"
        clients = [Client(str(parts.hostname), parts.port or 0, path) for _ in range(subscribers + PUBLISHERS)]
        crowd = Crowd(served.process, clients[:subscribers], clients[subscribers:])
        crowd.subscribe()
        yield crowd


def _processor(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


def run(scale: str = SCALE, rounds: int = 3) -> Iterator[str]:
    """Yield the lines of the report."""
    seconds = 2.0 if scale == "s" else 5.0
    with ExitStack() as stack:
        crowds = {"relay": stack.enter_context(bare(SUBSCRIBERS))}
        for name in databases():
            crowds[name] = stack.enter_context(hub(stack.enter_context(empty(name)), SUBSCRIBERS))
        yield f"{SUBSCRIBERS:,} subscribers, {EACH} for each event; {RATE:,} events a second; median of {rounds} rounds"
        for crowd in crowds.values():
            crowd.run(RATE // 4, 1.0)
        measured = {name: list[Measured]() for name in crowds}
        for _ in range(rounds):
            for name, crowd in crowds.items():
                measured[name].append(crowd.run(RATE, seconds))
        for name, each in measured.items():
            yield f"  {name:10} {sorted(each, key=lambda one: one.percentile(0.95))[rounds // 2]}"
