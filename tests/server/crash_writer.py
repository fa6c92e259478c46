"""A process that writes to a server without rest: `test_crash_recovery` starts several of these.

Run as ``python crash_writer.py URL ASSET SCOPE BATCHES``. Each batch makes, changes, deletes and publishes, and carries
a mark; every third one ends with a mistake, so that the server has to refuse it. What became of each is printed, a line
of JSON for each, in order. Anything but an answer leaves that open.
"""

from __future__ import annotations

import json
import socket
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

Operation = dict[str, Any]
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
PATIENCE = 60


def create(entity_type: str, **values: Any) -> Operation:
    return {"action": "create", "entity_type": entity_type, "entity_data": values}


def update(entity_type: str, identity: str, **values: Any) -> Operation:
    return {"action": "update", "entity_type": entity_type, "entity_key": [identity], "entity_data": values}


def delete(entity_type: str, identity: str) -> Operation:
    return {"action": "delete", "entity_type": entity_type, "entity_key": [identity]}


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Batch:
    """What one batch does, and what the server said to it.

    Attributes:
        counter: A scope that all batches of a writer rename after themselves.
        removes: The spare scope of an earlier batch.
    """

    asset: str
    counter: str
    removes: str | None
    is_mistaken: bool
    mark: str = field(default_factory=new_id)
    kept: str = field(default_factory=new_id)
    spare: str = field(default_factory=new_id)
    outcome: str = UNKNOWN
    answer: str = ""

    def operations(self) -> Iterator[Operation]:
        yield create("Scope", id=self.kept, name=f"{self.mark} new")
        yield create("Scope", id=self.spare, name=f"{self.mark} spare")
        yield create("AssetVersion", asset_id=self.asset, comment=self.mark)
        yield update("Scope", self.kept, name=f"{self.mark} changed")
        yield update("Scope", self.counter, name=f"{self.mark} was here")
        if self.removes:
            yield delete("Scope", self.removes)
        if self.is_mistaken:
            yield create("Scope", id=self.kept, name=f"{self.mark} twice")


def await_server(url: str) -> None:
    """Wait until somebody listens: servers are being killed and started again."""
    address, deadline = urlsplit(url), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE).close()
        except OSError:  # noqa: PERF203 - trying again is what the loop is for
            time.sleep(0.02)
        else:
            return


def call(url: str, operations: list[Operation]) -> Any:
    """The answer to one batch; a list if it was done, an object if it was refused."""
    headers = {"ftrack-user": "demo", "ftrack-api-key": "secret", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api", json.dumps(operations).encode(), headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return json.loads(response.read())


def write(url: str, asset: str, counter: str, count: int) -> Iterator[Batch]:
    """Send batches, each of which deletes something of the last one that is known to be through."""
    removes: str | None = None
    for number in range(count):
        await_server(url)
        batch = Batch(asset, counter, removes, is_mistaken=number % 3 == 2)
        try:
            answer = call(url, list(batch.operations()))
            batch.outcome = DONE if isinstance(answer, list) else REFUSED
            batch.answer = "" if isinstance(answer, list) else str(answer)
        except (urllib.error.URLError, HTTPException, ConnectionError):
            pass
        if batch.outcome != REFUSED:
            removes = batch.spare if batch.outcome == DONE else None
        yield batch


if __name__ == "__main__":
    for each in write(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])):
        print(json.dumps(asdict(each)), flush=True)
