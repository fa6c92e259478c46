"""Several processes that serve one database behind one listening socket.

The process that the user started opens the database, starts the workers and watches them. Each worker is told how to
serve through a pipe, which is also how it learns that it is to stop: the other end closes, be it on purpose or because
the process that holds it has died.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any, Protocol

import uvicorn

from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.core.options import PLAIN, QUIET, STANDARD, Limits, Options, Transport
from trackteroid.server.http import serving as http
from trackteroid.server.storage.engines import Durability

#: Seconds that requests under way have to end, when workers are stopped.
GRACE = 10.0

_READY, _RETIRE = "ready", "retire"
#: What only some systems have.
_resource: Any = importlib.import_module("resource") if os.name == "posix" else None
#: The files and connections that a process may have open, where the system allows so many.
_DESCRIPTORS = 65_536
#: The seconds that a thread computes before it is another one's turn.
_SWITCH_SECONDS = 0.0005
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
    options: Options = QUIET
    transport: Transport = PLAIN
    durability: Durability = "full"
    is_open: bool | None = None
    files: str | None = None
    schema: str | None = None


class WorkerError(Exception):
    """A worker ended before it could serve."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: SpawnProcess
    pipe: _Pipe

    def stop(self) -> None:
        """Ask for an orderly end."""
        self.pipe.close()

    def retire(self) -> None:
        """Ask for an end once everything that has reached it is answered."""
        self.pipe.send(_RETIRE)

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
        self._retired: list[_Worker] = []
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
        """Return the numbers of the processes."""
        return [worker.process.pid for worker in self._workers]

    def watch(self, tell: Callable[[str], object]) -> None:
        """Replace workers that end, and all of them at a SIGHUP, and `tell` so; never returns."""
        with _hangups() as hung_up:
            while True:
                processes = [worker.process.sentinel for worker in (*self._workers, *self._retired)]
                ready = set(wait([*processes, hung_up], _PATIENCE))
                for place, worker in enumerate(self._workers):
                    if worker.process.sentinel in ready:
                        self._replace_ended(place, tell)
                for worker in [each for each in self._retired if each.process.sentinel in ready]:
                    worker.stop()
                    worker.join()
                    self._retired.remove(worker)
                if hung_up in ready:
                    hung_up.recv()
                    self._renew(tell)

    def _replace_ended(self, place: int, tell: Callable[[str], object]) -> None:
        worker = self._workers[place]
        worker.stop()
        worker.process.join(GRACE)
        pid, code = worker.process.pid, worker.process.exitcode
        worker.join()
        self._workers[place] = self._start()
        _await_ready(self._workers[place])
        tell(f"Worker {pid} ended unexpectedly (exit code {code}); {self.pids[place]} takes its place.")

    def _renew(self, tell: Callable[[str], object]) -> None:
        """Put another worker into the place of each, and let the old one finish what has reached it."""
        for place, worker in enumerate(self._workers):
            successor = self._start()
            try:
                _await_ready(successor)
            except WorkerError as error:
                successor.stop()
                successor.join()
                tell(f"{error} Worker {worker.process.pid} stays.")
                return
            self._workers[place] = successor
            worker.retire()
            self._retired.append(worker)
            tell(f"Worker {worker.process.pid} is replaced by {successor.process.pid}.")

    def stop(self) -> None:
        """Stop all of them, in order and together."""
        every = [*self._workers, *self._retired]
        for worker in every:
            worker.stop()
        for worker in every:
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
    """Do what a worker does: serve until it is told to stop."""
    prepare_process(serving)
    try:
        server = EmbeddedServer(
            serving.database,
            serving.user,
            key=serving.key,
            limits=serving.limits,
            options=serving.options,
            durability=serving.durability,
            is_open=serving.is_open,
            files=serving.files,
            schema=serving.schema,
        )
    except DatabaseError as error:
        _tell(pipe, str(error))
        return
    try:
        runner = make_runner(server, serving)
        server.encode_what_is_left()
        server.send_to_webhooks()
        threading.Thread(target=_stop_with, args=(pipe, runner, serving), daemon=True).start()
        _tell(pipe, _READY)
        runner.run(sockets=[listener])
    finally:
        server.close()


def _tell(pipe: _Pipe, text: str) -> None:
    try:
        pipe.send(text)
    except OSError:  # a worker that is replaced at the very end; `_stop_with` hears of it, too
        logging.getLogger("trackteroid.server").debug("The other end has closed; nobody waits for %s", text)


def _stop_with(pipe: _Pipe, runner: uvicorn.Server, serving: Serving) -> None:
    """Stop `runner` when it is told to retire, or when the other end of the pipe closes."""
    try:
        while pipe.recv() == _RETIRE:
            limits = serving.limits
            http.retire(runner, limits.body_seconds + limits.wait_seconds + limits.call_seconds)
    except (EOFError, OSError):
        logging.getLogger("trackteroid.server").debug("The other end has closed; stopping")
    runner.should_exit = True


def make_runner(server: EmbeddedServer, serving: Serving) -> uvicorn.Server:
    """Return what serves `server` over HTTP."""
    return http.make_runner(server.app, serving.limits, serving.transport, end_waits=server.api.hub.end_waits)


def prepare_process(serving: Serving) -> None:
    """Let this process have as many connections as it may, and write the log of requests to standard error.

    Its threads take turns more often than usual: the one that serves all connections gives up its turn whenever it
    sends something, and would wait up to 5 ms each time for one that computes.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    if _resource is not None:
        usual, most = _resource.getrlimit(_resource.RLIMIT_NOFILE)
        wanted = _DESCRIPTORS if most == _resource.RLIM_INFINITY else min(most, _DESCRIPTORS)
        _resource.setrlimit(_resource.RLIMIT_NOFILE, (max(usual, wanted), most))
    if serving.options.access_log != "off":
        logger = logging.getLogger("trackteroid.server.access")
        logger.addHandler(logging.StreamHandler())
        logger.setLevel(logging.INFO)
        logger.propagate = False


@contextmanager
def _hangups() -> Generator[Any]:
    """Return what can be read from whenever this process gets a SIGHUP."""
    heard, told = get_context("spawn").Pipe(duplex=False)
    if os.name != "posix":
        yield heard
        return

    def tell(_number: int, _frame: object) -> None:
        told.send(None)

    before = signal.signal(signal.SIGHUP, tell)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGHUP, before)
        heard.close()
        told.close()


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Let processes that start now not mind Ctrl-C; the one that watches them sees to their end."""
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
