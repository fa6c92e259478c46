"""A server for one test, on a database of its own."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date, datetime
from typing import Any

from trackteroid.errors import InvalidArgumentsError
from trackteroid.server import EmbeddedServer
from trackteroid.server.core import clock
from trackteroid.server.core.clock import FrozenClock
from trackteroid.server.people import People
from trackteroid.spelling import moment_of
from trackteroid.testing.faults import Faults
from trackteroid.testing.reaching import LocalServer
from trackteroid.testing.templates import Template


class FreshServer(LocalServer):
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
        super().__init__()
        self._roles, self.has_demo = roles, has_demo
        self._copy = template.copy()
        with ExitStack() as failing:
            failing.callback(self._copy.discard)
            self._server = self._open(None)
            failing.callback(lambda: self._server.close())
            self._closing = failing.pop_all()
        self.faults = Faults(self._server.app, self._down)

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

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that make clients use it."""
        return {**super().environment, "FTRACK_API_SCHEMA_CACHE_PATH": str(self._copy.folder)}

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

    # Time, and the end.

    def freeze(self, moment: datetime | date | str) -> AbstractContextManager[FrozenClock]:
        """Let time stand still for the time of a block, for all servers of this process.

        Raises:
            InvalidArgumentsError: *moment* is none, and no ISO 8601 text of one.

        >>> with server.freeze(datetime(2026, 3, 1, 12)) as clock:  # doctest: +SKIP
        ...     clock.move(days=1)
        """
        if moment_of(moment, text=True) is None:
            raise InvalidArgumentsError(
                'Time stands still at a moment such as "2026-03-01T12:00" or datetime(2026, 3, 1, 12), '
                f"not at {moment!r}."
            )
        return clock.frozen(moment)

    def end_waits(self) -> None:
        """Answer the calls that wait for something."""
        self._server.api.hub.end_waits()

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
