"""A worker of the server as a process of its own, asked for page after page."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psutil

#: As many rows as clients ask for at once.
PAGE = 500

#: The pages after which a worker has everything that it keeps for good: its connections, its caches.
FIRST_PAGES = 20

TEXT = "select id, version, asset.name, status.name, task.name from AssetVersion order by id limit {} offset {}"


class Worker:
    """A running ``trackteroid serve``."""

    def __init__(self, process: subprocess.Popen[str], url: str, user: str, key: str) -> None:
        self.url = url
        self.process = psutil.Process(process.pid)
        self.headers = {"ftrack-user": user, "ftrack-api-key": key}
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)

    def memory(self) -> float:
        """The megabytes of memory that the process holds."""
        return self.process.memory_info().rss / 1e6

    def page(self, offset: int) -> int:
        """How many rows the page that begins at `offset` has."""
        operation = {"action": "query", "expression": TEXT.format(PAGE, offset)}
        self._connection.request("POST", "/api", json.dumps([operation]), self.headers)
        answer = json.loads(self._connection.getresponse().read())
        if isinstance(answer, dict):
            raise RuntimeError(str(answer))
        return len(answer[0]["data"])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def worker(database: str, *options: str) -> Generator[Worker]:
    """A worker that serves `database` for the time of a block, with further options of `serve`."""
    key = secrets.token_hex(16)
    command = [sys.executable, "-m", "trackteroid.cli", "serve", "--port", "0", "--database", database, *options]
    environment = os.environ | {"TRACKTEROID_SERVE_KEY": key, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            variables = _variables(process)
            found = Worker(process, variables["FTRACK_SERVER"], variables["FTRACK_API_USER"], key)
            yield found
            found.close()
        finally:
            process.terminate()


def _variables(process: subprocess.Popen[str]) -> dict[str, str]:
    """What the server prints for its clients, once it listens."""
    variables: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("export ", "set ")):
            name, _, value = line.split(maxsplit=1)[1].strip().partition("=")
            variables[name] = value
        if line.startswith("# Serving"):
            return variables
    raise RuntimeError("The server ended before it listened.")


def paged(worker: Worker, rows: int) -> tuple[int, float, float]:
    """Page through `rows` rows; returns how many came, and the memory after the first pages and at the end."""
    count, early = 0, 0.0
    for number, offset in enumerate(range(0, rows, PAGE)):
        count += worker.page(offset)
        if number < FIRST_PAGES:
            early = worker.memory()
    return count, early, worker.memory()
