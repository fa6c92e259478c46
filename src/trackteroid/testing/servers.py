"""A server for one test: its database, its address, its sessions, and everything closed in the end."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

import ftrack_api
import ftrack_api.event.hub

from trackteroid.server import EmbeddedServer
from trackteroid.server.core import clock
from trackteroid.server.core.clock import FrozenClock
from trackteroid.server.core.limits import STANDARD, Limits
from trackteroid.server.http.listening import listen
from trackteroid.server.http.serving import make_runner
from trackteroid.server.people import People
from trackteroid.session import Session
from trackteroid.testing.faults import Faults
from trackteroid.testing.templates import Template


class FreshServer:
    """A server on a copy of a template. Give it as ``server_url`` to a `Session`, or let others use its `url`.

    Args:
        template: What its database begins as.
        roles: Whether users may only do what their roles allow; else every user may do everything.
        has_demo: Whether the template holds the demo production.

    Attributes:
        faults: Lets calls fail.
        has_demo: Whether it began with the demo production.

    >>> with FreshServer(SqliteTemplate(folder)) as server:  # doctest: +SKIP
    ...     tool.main(server.session())
    """

    def __init__(self, template: Template, *, roles: bool = False, has_demo: bool = False) -> None:
        self._closing = ExitStack()
        self._copy = template.copy()
        self._closing.callback(self._copy.discard)
        self._roles, self.has_demo = roles, has_demo
        self._server = self._open(None)
        self.faults = Faults(self._server.app, self._down)
        self._closing.callback(lambda: self._server.close())

    def __enter__(self) -> FreshServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<FreshServer on {self._server.database.name}>"

    # What a session needs to reach it in this process.

    @property
    def app(self) -> Faults:
        """The application that answers."""
        return self.faults

    @property
    def username(self) -> str:
        """The name of its user."""
        return self._server.username

    @property
    def api_key(self) -> str:
        """The key of its user."""
        return self._server.api_key

    # What others need.

    @cached_property
    def url(self) -> str:
        """The address under which it answers over HTTP, from the first time that this is read."""
        return self._closing.enter_context(served(self.app, end_waits=lambda: self._server.api.hub.end_waits()))

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that make clients use it."""
        return {
            "FTRACK_SERVER": self.url,
            "FTRACK_API_USER": self.username,
            "FTRACK_API_KEY": self.api_key,
            "FTRACK_API_SCHEMA_CACHE_PATH": str(self._copy.folder),
        }

    @property
    def database_url(self) -> str:
        """The address of its database, without a password."""
        return self._server.database.name

    def call(self, *operations: dict[str, Any]) -> list[Any]:
        """Send one batch as its user, without a session, and return the answers."""
        return self._server.call(list(operations))

    def add_user(self, name: str, role: str | None = None, projects: tuple[str, ...] = ()) -> dict[str, str]:
        """Add a user with a role, for some projects or for all open ones, and return how they connect.

        Roles only matter to a server that minds them, see *roles*.

        >>> server.session(**server.add_user("ada", "User"))  # doctest: +SKIP
        """
        people = People(self._server.database)
        people.add(name, role, projects)
        return {"server_url": self.url, "api_user": name, "api_key": people.new_key(name, "testing")}

    # Sessions and hubs, which are closed with the server.

    def session(self, **arguments: Any) -> Session:
        """Return a session of ours. It reaches the server without a port unless the arguments say otherwise."""
        session = Session(**{"server_url": self, "plugin_paths": [], "schema_cache_path": False, **arguments})
        self._closing.callback(session.close)
        return session

    def stock_session(self, **arguments: Any) -> ftrack_api.Session:
        """Return a session of the official client, over HTTP."""
        given = {"server_url": self.url, "api_user": self.username, "api_key": self.api_key}
        session = ftrack_api.Session(**{**given, "plugin_paths": [], "schema_cache_path": False, **arguments})
        self._closing.callback(_close, session)
        return session

    def hub(self, **arguments: Any) -> ftrack_api.event.hub.EventHub:
        """Return an event hub of the official client, connected over HTTP and without a session."""
        hub = ftrack_api.event.hub.EventHub(self.url, self.username, self.api_key, **arguments)
        hub.connect()
        self._closing.callback(_disconnect, hub)
        return hub

    # Time, and the end.

    def freeze(self, moment: datetime) -> AbstractContextManager[FrozenClock]:
        """Let time stand still for the time of a block, for all servers of this process.

        >>> with server.freeze(datetime(2026, 3, 1, 12)) as clock:  # doctest: +SKIP
        ...     clock.move(days=1)
        """
        return clock.frozen(moment)

    def close(self) -> None:
        """Close its sessions and hubs, end it, and remove its database."""
        self._server.api.hub.end_waits()
        self._closing.close()

    @contextmanager
    def _down(self) -> Generator[None]:
        """End the server for the time of a block, and start it again on the same database."""
        key = self._server.api_key
        self._server.close()
        try:
            yield
        finally:
            self._server = self._open(key)
            self.faults.application = self._server.app

    def _open(self, key: str | None) -> EmbeddedServer:
        files = self._copy.folder / "files"
        return EmbeddedServer(self._copy.url, key=key, durability="relaxed", is_open=not self._roles, files=files)


@contextmanager
def served(app: Any, *, end_waits: Any, limits: Limits = STANDARD) -> Generator[str]:
    """Answer over HTTP on a free port of loopback, for the time of a block; yields the address."""
    listener = listen("127.0.0.1", 0)
    runner = make_runner(app, limits, end_waits=end_waits)
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]}, name="trackteroid-testing")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        runner.should_exit = True
        thread.join()
        listener.close()


def _close(session: ftrack_api.Session) -> None:
    if not session.closed:
        session.close()


def _disconnect(hub: ftrack_api.event.hub.EventHub) -> None:
    if hub.connected:
        hub.disconnect()
