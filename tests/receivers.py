"""A receiver of webhooks: it keeps what comes, and answers as it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from trackteroid.events.asking import LoggedEvent
from trackteroid.events.webhooks import received


@dataclass
class Receiver:
    """What has come, in order."""

    url: str = ""
    secret: str = ""
    status: int = 200
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    #: What is done instead of to answer.
    instead: Callable[[Any], object] | None = None

    @property
    def events(self) -> list[LoggedEvent]:
        """What has come, checked and read."""
        return [received(headers, body, self.secret) for headers, body in self.requests]

    @property
    def sequences(self) -> list[int]:
        return [logged.sequence for logged in self.events]


@contextmanager
def receiving(**options: Any) -> Iterator[Receiver]:
    """A receiver on a port of loopback."""
    receiver = Receiver(**options)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((dict(self.headers), body))
            if receiver.instead is not None:
                receiver.instead(self)
                return
            self.send_response(receiver.status)
            self.send_header("Location", receiver.url)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/events?token=1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def dribble(handler: Any) -> None:
    """Answer without ever coming to an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    try:
        while True:
            handler.wfile.write(b"X-More: 1\r\n")
            time.sleep(0.05)
    except OSError:
        pass
