"""Servers for one test, each on a copy of a database that is made once: a file of SQLite, or one of PostgreSQL."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from trackteroid.errors import InvalidArgumentsError
from trackteroid.server import EmbeddedServer
from trackteroid.server.core import clock
from trackteroid.server.core.clock import FrozenClock
from trackteroid.server.people import People
from trackteroid.server.storage.engines import make_engine
from trackteroid.spelling import moment_of
from trackteroid.testing.faults import Faults
from trackteroid.testing.reaching import LocalServer

_PREFIX = "trackteroid_test_"


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


class Template(Protocol):
    """A database to be copied."""

    def copy(self) -> Copy:
        """Return a copy."""
        ...

    def close(self) -> None:
        """Remove the template."""
        ...


@dataclass(frozen=True, slots=True)
class Copy:
    """A database for one test.

    Attributes:
        url: Its address.
        folder: A folder of its own.
        discard: Removes both.
    """

    url: str
    folder: Path
    discard: Callable[[], object]


class SqliteTemplate:
    """A file of SQLite to be copied.

    Args:
        folder: Where it and its copies are kept; each process needs its own.
        with_demo: Whether it holds the demo production.
    """

    def __init__(self, folder: Path, *, with_demo: bool = False) -> None:
        self._folder = folder
        self._path = folder / f"template-{uuid.uuid4().hex[:8]}.db"
        with closing(_server(_address(self._path), self._path.with_suffix(".files"), with_demo=with_demo)):
            pass  # whoever closes it last leaves one file, with everything in it

    def copy(self) -> Copy:
        """Return a copy: a file in a folder of its own."""
        folder = self._folder / uuid.uuid4().hex[:12]
        folder.mkdir()
        path = Path(shutil.copyfile(self._path, folder / "ftrack.db"))
        return Copy(_address(path), folder, partial(shutil.rmtree, folder))

    def close(self) -> None:
        """Remove the file."""
        self._path.unlink()
        shutil.rmtree(self._path.with_suffix(".files"), ignore_errors=True)


class PostgresTemplate:
    """A database of PostgreSQL to be copied, beside one that exists and whose user may create databases.

    Args:
        url: ``postgresql://user:password@host/name``; nothing in that database is touched.
        folder: Where the data of components is kept.
        with_demo: Whether it holds the demo production.

    Raises:
        DatabaseError: There is no such database.
    """

    def __init__(self, url: str, folder: Path, *, with_demo: bool = False) -> None:
        self._url, self._folder = sa.make_url(url), folder
        self._engine = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
        self._name = self._create("TEMPLATE template0 ENCODING 'UTF8'")
        files = folder / f"{self._name}.files"
        with closing(_server(self._address(self._name), files, with_demo=with_demo)):
            pass

    def copy(self) -> Copy:
        """Return a copy: a database with a name of its own."""
        name = self._create(f'TEMPLATE "{self._name}"')
        folder = self._folder / name
        folder.mkdir()

        def discard() -> None:
            self._drop(name)
            shutil.rmtree(folder)

        return Copy(self._address(name), folder, discard)

    def close(self) -> None:
        """Drop the template."""
        self._drop(self._name)
        self._engine.dispose()
        shutil.rmtree(self._folder / f"{self._name}.files", ignore_errors=True)

    def _create(self, options: str) -> str:
        name = f"{_PREFIX}{uuid.uuid4().hex[:16]}"
        self._run(f'CREATE DATABASE "{name}" {options}')
        return name

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


def _address(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def _server(url: str, files: Path, *, with_demo: bool) -> EmbeddedServer:
    return EmbeddedServer(url, with_demo=with_demo, durability="relaxed", files=files)
