"""A browser without a window, told what to do by its own debugging protocol."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

FOUND = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Tab:
    """One tab, and everything that it has asked for or complained of."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.asked: list[str] = []
        self.complaints: list[str] = []
        for domain in ("Page", "Network", "Log", "Runtime"):
            self._call(f"{domain}.enable")

    def go(self, url: str) -> None:
        """Open an address."""
        self._call("Page.navigate", url=url)

    def do(self, script: str) -> Any:
        """Return what a script comes to, run as in the console, which no policy of the page keeps from it."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, script: str) -> Any:
        """Return what a script comes to once that is true."""
        end = time.monotonic() + 30
        while not (found := self.do(script)):
            assert time.monotonic() < end, (script, self.do("document.body.innerText"), self.complaints)
            time.sleep(0.05)
        return found

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while (message := json.loads(self._connection.recv(timeout=60))).get("id") != self._number:
            self._note(message)
        assert "error" not in message, message
        return message["result"]

    def _note(self, event: dict[str, Any]) -> None:
        if event["method"] == "Network.requestWillBeSent":
            self.asked.append(event["params"]["request"]["url"])
        elif event["method"] == "Log.entryAdded":
            entry = event["params"]["entry"]
            self.complaints.append(f"{entry['text']} {entry.get('url', '')}")
        elif event["method"] == "Runtime.exceptionThrown":
            self.complaints.append(str(event["params"]["exceptionDetails"]))


@contextmanager
def browsing(folder: Path) -> Generator[Tab]:
    """Let a browser run that keeps what it has in a folder, and yield its first tab."""
    assert FOUND is not None
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0")
    command = [FOUND, *options, f"--user-data-dir={folder}", "about:blank"]
    with (folder / "said").open("w+") as said, subprocess.Popen(command, stderr=said, stdout=said) as process:
        try:
            port = _port(folder / "said", process)
            with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=30) as answer:
                (tab,) = [each for each in json.load(answer) if each["type"] == "page"]
            with connect(tab["webSocketDebuggerUrl"], max_size=None) as connection:
                yield Tab(connection)
        finally:
            process.terminate()


def _port(said: Path, process: subprocess.Popen[bytes]) -> int:
    """Where the browser listens, once it does."""
    end = time.monotonic() + 60
    while not (found := re.search(r"listening on ws://[^:]+:(\d+)/", said.read_text())):
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < end, said.read_text()
        time.sleep(0.05)
    return int(found[1])
