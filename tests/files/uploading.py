"""A process that uploads with the unmodified Python client, and is killed at a chosen moment, again and again.

Run as a program, it reads as JSON from its input: the server, the key, the file, and what the components are called.
Each time it forks, the fork uploads once and dies at one of its moments: before or after one of its requests, or
whenever more of the file was sent. It prints how many moments there are, and how the last fork ended, which was not
killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import ftrack_api
import ftrack_api.accessor.server
import ftrack_api.symbol
import requests


def upload(session: ftrack_api.Session, path: str, name: str) -> Any:
    """Let a file be the component with a name in the location of the server, whatever was done of that before."""
    server = session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)
    component = session.query(f'FileComponent where name is "{name}"').first()
    if component is None:
        component = session.create_component(path, {"name": name}, location=server)
    elif component.get_availability([server])[server["id"]] < 100:
        origin = session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID)
        origin.add_component(component, path, recursive=False)
        server.add_component(component, origin, recursive=False)
    session.commit()
    return component


class Moments:
    """Counts what happens, and dies when it is time."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def pass_by(self) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """A file of which every piece that is sent is a moment."""

    def __init__(self, file: Any, moments: Moments) -> None:
        self.file, self.moments = file, moments
        self.size = os.fstat(file.fileno()).st_size

    def __len__(self) -> int:
        return self.size

    def read(self, size: int = -1) -> bytes:
        self.moments.pass_by()
        return self.file.read(size)


def watch(moments: Moments) -> None:
    """Let the HTTP library pass by the moments."""
    send = requests.Session.send

    def sending(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if request.method == "PUT":
            request.body = Watched(request.body, moments)  # type: ignore[assignment]
        moments.pass_by()
        answer = send(self, request, **options)
        assert answer.content is not None
        moments.pass_by()
        return answer

    requests.Session.send = sending  # type: ignore[method-assign]


def main() -> None:
    told = json.load(sys.stdin)
    session = ftrack_api.Session(
        told["server"], told["key"], "demo", plugin_paths=[], schema_cache_path=False, auto_connect_event_hub=False
    )
    session._request.close()
    limit = 0
    while True:
        child = os.fork()
        if child == 0:
            try:
                watch(Moments(limit))
                upload(session, told["path"], f"{told['name']}{limit}")
            except BaseException:  # noqa: BLE001 - whatever it is, the test shows it
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            print(json.dumps({"moments": limit, "ended": os.WEXITSTATUS(status)}))
            return
        limit += told["stride"]


if __name__ == "__main__":
    main()
