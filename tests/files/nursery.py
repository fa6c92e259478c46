"""Servers that die at the step that they are told: before the n-th thing that they write, commit or answer.

One process has loaded everything and makes each server by forking, so that one takes little time to start. It is told
what to make as lines of JSON on standard input; each server says where it listens on standard output.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

KEY = "a-key-that-is-long-enough-for-this"


@dataclass(frozen=True)
class Nursery:
    """What makes servers."""

    process: subprocess.Popen[str]

    def server(self, database: str, files: Path, *, dies_at: int = 0, port: int = 0) -> tuple[int, str]:
        """The process and the address of a new server, which dies at a step, or never."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        told = {"database": database, "files": str(files), "dies_at": dies_at, "port": port}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert "problem" not in told, told["problem"]
        return told["pid"], told["url"]


@contextmanager
def nursery() -> Generator[Nursery]:
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def different_steps(url: str) -> list[int]:
    """The steps that a server has taken so far, without those of a kind that came after the same kind before."""
    taken = requests.get(f"{url}/steps", timeout=10).json()
    first: dict[tuple[str, str], int] = {}
    for number, pair in enumerate(zip(["", *taken], taken, strict=False), 1):
        first.setdefault(pair, number)
    return list(first.values())


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def end(pid: int) -> None:
    """Kill a server, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.002)


def _main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    from trackteroid.server import embedded  # noqa: F401 - loaded before anything is forked

    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                _live(**json.loads(line))
            except BaseException:  # noqa: BLE001 - whoever waits for the server is told
                print(json.dumps({"problem": traceback.format_exc()}), flush=True)
                os._exit(1)
            os._exit(0)


def _live(database: str, files: str, dies_at: int, port: int) -> None:
    import sqlalchemy as sa

    from trackteroid.server import EmbeddedServer
    from trackteroid.server.files import folder
    from trackteroid.server.http.serving import listen, make_runner

    server = EmbeddedServer(database, key=KEY, files=files)
    taken: list[str] = []

    def step(kind: str) -> None:
        taken.append(kind)
        if len(taken) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any, **options: Any) -> Any:
            step(f"{do.__qualname__} in {sys._getframe(1).f_code.co_name}")
            return do(*arguments, **options)

        return done

    for name in ("fsync", "replace", "mkdir"):
        setattr(os, name, stepping(getattr(os, name)))
    shutil.rmtree = stepping(shutil.rmtree)
    folder.FolderWriter.write = stepping(folder.FolderWriter.write)  # type: ignore[method-assign]
    folder.FolderWriter.discard = stepping(folder.FolderWriter.discard)  # type: ignore[method-assign]

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        words = statement.split()
        if words[0] in ("INSERT", "UPDATE", "DELETE", "COPY"):
            connection.info.setdefault("written", set()).add(" ".join(words[:3]))

    def committing(connection: Any) -> None:
        if written := connection.info.pop("written", None):
            step(f"commit {sorted(written)}")

    sa.event.listen(server.database.engine, "before_cursor_execute", note)
    sa.event.listen(server.database.engine, "commit", committing)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/steps":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(taken).encode()})
            return

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                step(f"answer {scope['path']}")
            await send(message)

        await server.app(scope, receive, sending)

    listener = listen("127.0.0.1", port)
    runner = make_runner(app, server.api.limits, end_waits=server.api.hub.end_waits)
    print(json.dumps({"pid": os.getpid(), "url": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
    server.encode_what_is_left()
    runner.run(sockets=[listener])


if __name__ == "__main__":
    _main()
