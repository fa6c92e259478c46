"""How clients reach a server of a test: without a port or over HTTP, and everything closed in the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any

import ftrack_api
import ftrack_api.event.hub
from starlette.types import ASGIApp

from trackteroid.server.core.options import STANDARD
from trackteroid.server.http.serving import listen, make_runner
from trackteroid.session import Session

#: Nothing of the machine that the tests run on.
_ALONE: dict[str, Any] = {"plugin_paths": [], "schema_cache_path": False}


class LocalServer:
    """A server in this process. Give it as ``server_url`` to a `Session`, or let others use its `url`."""

    def __init__(self) -> None:
        self._closing = ExitStack()

    @property
    def app(self) -> ASGIApp:
        """The application that answers."""
        raise NotImplementedError

    @property
    def username(self) -> str:
        """The name of its user."""
        raise NotImplementedError

    @property
    def api_key(self) -> str:
        """The key of its user."""
        raise NotImplementedError

    def end_waits(self) -> None:
        """Answer the calls that wait for something."""

    @cached_property
    def url(self) -> str:
        """The address under which it answers over HTTP, from the first time that this is read."""
        return self._closing.enter_context(_served(self.app, self.end_waits))

    @property
    def credentials(self) -> dict[str, str]:
        """What sessions are given to use it over HTTP."""
        return {"server_url": self.url, "api_user": self.username, "api_key": self.api_key}

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that make clients use it."""
        return {"FTRACK_SERVER": self.url, "FTRACK_API_USER": self.username, "FTRACK_API_KEY": self.api_key}

    def session(self, **arguments: Any) -> Session:
        """Return a session of ours. It reaches the server without a port unless the arguments say otherwise."""
        given: dict[str, Any] = {"server_url": self, **_ALONE, **arguments}
        session = Session(**given)
        self._closing.callback(session.close)
        return session

    def stock_session(self, **arguments: Any) -> ftrack_api.Session:
        """Return a session of the official client, over HTTP."""
        given: dict[str, Any] = {**self.credentials, **_ALONE, **arguments}
        session = ftrack_api.Session(**given)
        self._closing.callback(session.close)
        return session

    def hub(self, **arguments: Any) -> ftrack_api.event.hub.EventHub:
        """Return an event hub of the official client, connected over HTTP and without a session."""
        hub = ftrack_api.event.hub.EventHub(self.url, self.username, self.api_key, **arguments)
        hub.connect()
        self._closing.callback(_disconnect, hub)
        return hub

    def close(self) -> None:
        """Close its sessions and hubs, and end it."""
        self.end_waits()
        self._closing.close()


@contextmanager
def _served(app: ASGIApp, end_waits: Callable[[], object]) -> Generator[str]:
    """Answer over HTTP on a free port of loopback, for the time of a block; yields the address."""
    listener = listen("127.0.0.1", 0)
    runner = make_runner(app, STANDARD, end_waits=end_waits)
    thread = threading.Thread(
        target=runner.run, kwargs={"sockets": [listener]}, name="trackteroid-testing", daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        runner.should_exit = True
        thread.join()
        listener.close()


def _disconnect(hub: ftrack_api.event.hub.EventHub) -> None:
    if hub.connected:
        hub.disconnect()
