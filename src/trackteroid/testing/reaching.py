"""How clients reach a server of a test: without a port, over HTTP, or because existing tools are led to it.

Everything is closed in the end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any
from unittest import mock

import ftrack_api
import ftrack_api.event.hub
from starlette.types import ASGIApp

from trackteroid.server.core.options import STANDARD
from trackteroid.server.http.serving import listen, make_runner
from trackteroid.session import SESSION, Session, replace_ftrack_api_sessions

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
        listener = listen("127.0.0.1", 0)
        runner = make_runner(self.app, STANDARD, end_waits=self.end_waits)
        thread = threading.Thread(
            target=runner.run, kwargs={"sockets": [listener]}, name="trackteroid-testing", daemon=True
        )
        thread.start()

        def stop() -> None:
            runner.should_exit = True
            thread.join()
            listener.close()

        self._closing.callback(stop)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

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
        self._closing.callback(lambda: hub.disconnect() if hub.connected else None)
        return hub

    def close(self) -> None:
        """Close its sessions and hubs, and end it."""
        self.end_waits()
        self._closing.close()


@contextmanager
def substitute(server: LocalServer | None = None, *, session: type[ftrack_api.Session] = Session) -> Generator[None]:
    """Make existing tools use sessions of ours, and a server of ours if there is one, for the time of a block.

    ``ftrack_api.Session(...)`` makes a session of this kind, under whatever name and however long ago a tool has
    imported it. With a server all sessions of ``ftrack_api`` that are made in the block go there, whatever address and
    credentials a tool gives, and also where it has derived a class from ``ftrack_api.Session``. ``trackteroid.SESSION``
    and the environment lead there, too, see `pointed_at`.

    Args:
        server: where they go; where they would go anyway, if there is none.
        session: the kind of sessions: `Session` or a class derived from it, or ``ftrack_api.Session`` to keep the
            official client.

    >>> with substitute(ftrack_server):  # doctest: +SKIP
    ...     existing_tool.main(["--shot", "sh0010"])
    """
    if server is None:
        with replace_ftrack_api_sessions(session):
            yield
        return
    with pointed_at(server), replace_ftrack_api_sessions(session, arguments=server.credentials):
        yield


@contextmanager
def pointed_at(server: LocalServer) -> Generator[Mapping[str, str]]:
    """Let the environment and ``trackteroid.SESSION`` lead to a server for the time of a block.

    ``SESSION`` connects when it is first used, and is not connected before and after. Sessions that exist already, and
    those that are given an address, go where they went before.

    Returns:
        The variables, for processes that are started with an environment of their own.
    """
    environment = server.environment
    with mock.patch.dict(os.environ, environment), SESSION.elsewhere(**server.credentials):
        for name in ("FTRACK_APIKEY", "FTRACK_EVENT_PLUGIN_PATH"):
            os.environ.pop(name, None)  # patched, so it comes back
        yield environment
