"""Several processes that serve one database behind one listening socket.

The process that the user started opens the database, starts the workers and watches them. Each worker is told how to
serve through a pipe, which is also how it learns that it is to stop: the other end closes, be it on purpose or because
the process that holds it has died.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any, Protocol

import uvicorn

from ..server import DatabaseError, EmbeddedServer
from ..server.core.limits import KEEP_ALIVE_SECONDS, STANDARD, Limits

#: Seconds that requests under way have to end, when workers are stopped.
GRACE = 10.0

_READY = "ready"
# Windows does not interrupt the wait for a process.
_PATIENCE = 0.5 if os.name == "nt" else None


class _Pipe(Protocol):
    """One end of a pipe between processes, whatever the platform makes it of."""

    def send(self, obj: Any, /) -> None: ...
    def recv(self) -> Any: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: what all workers have in common. `key` never appears among arguments or variables of a process."""

    database: str = field(repr=False)  # it may have a password
    user: str
    key: str = field(repr=False)
    limits: Limits = STANDARD
    is_open: bool | None = None


class WorkerError(Exception):
    """A worker ended before it could serve."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: SpawnProcess
    pipe: _Pipe

    def stop(self) -> None:
        """Ask for an orderly end."""
        self.pipe.close()

    def join(self) -> None:
        """Wait for the end, and bring it about when it takes too long."""
        self.process.join(GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Workers:
    """`count` workers that take their connections from `listener`.

    Args:
        serving: What they serve.
        listener: Where they listen.
        count: How many there are; one that dies is replaced.

    Raises:
        WorkerError: One of them ended before it could serve.
    """

    def __init__(self, serving: Serving, listener: socket.socket, count: int) -> None:
        self._serving = serving
        self._listener = listener
        self._workers: list[_Worker] = []
        try:
            for _ in range(count):
                self._workers.append(self._start())
            for worker in self._workers:
                _await_ready(worker)
        except BaseException:
            self.stop()
            raise

    @property
    def pids(self) -> list[int | None]:
        """The numbers of the processes."""
        return [worker.process.pid for worker in self._workers]

    def watch(self, tell: Callable[[str], object]) -> None:
        """Replace workers that end, and `tell` so; never returns."""
        while True:
            ended = set(wait([worker.process.sentinel for worker in self._workers], _PATIENCE))
            for place, worker in enumerate(self._workers):
                if worker.process.sentinel in ended:
                    worker.stop()
                    worker.process.join(GRACE)
                    pid, code = worker.process.pid, worker.process.exitcode
                    worker.join()
                    self._workers[place] = self._start()
                    _await_ready(self._workers[place])
                    tell(f"# Worker {pid} ended unexpectedly (exit code {code}); {self.pids[place]} takes its place.")

    def stop(self) -> None:
        """Stop all of them, in order and together."""
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join()

    def _start(self) -> _Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(self._serving, self._listener, theirs), daemon=True)
        with _uninterrupted():
            process.start()
        theirs.close()
        return _Worker(process, ours)


def _await_ready(worker: _Worker) -> None:
    try:
        said = worker.pipe.recv()
    except (EOFError, OSError):
        said = "it ended while it started"
    if said != _READY:
        raise WorkerError(f"A worker could not serve: {said}")


def _work(serving: Serving, listener: socket.socket, pipe: _Pipe) -> None:
    """What a worker does."""
    try:
        server = EmbeddedServer(
            serving.database, serving.user, key=serving.key, limits=serving.limits, is_open=serving.is_open
        )
    except DatabaseError as error:
        pipe.send(str(error))
        return
    try:
        runner = make_runner(server)
        threading.Thread(target=_stop_with, args=(pipe, runner), daemon=True).start()
        pipe.send(_READY)
        runner.run(sockets=[listener])
    finally:
        server.close()


def _stop_with(pipe: _Pipe, runner: uvicorn.Server) -> None:
    """Stop `runner` when the other end of the pipe closes; nothing else ever comes from there."""
    try:
        pipe.recv()
    except (EOFError, OSError):
        logging.getLogger("trackteroid.server").debug("The other end has closed; stopping")
    runner.should_exit = True


def make_runner(server: EmbeddedServer) -> uvicorn.Server:
    """What serves `server` over HTTP."""
    config = uvicorn.Config(
        server.app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(GRACE / 2),
    )
    return uvicorn.Server(config)


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Processes that start now do not mind Ctrl-C; the one that watches them sees to their end."""
    if os.name == "nt":
        yield
        return
    # The helper of multiprocessing lets interrupts through when it starts, so it has to be there before.
    resource_tracker.ensure_running()
    # Unlike an ignored interrupt, one that is held back reaches this process afterwards.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
