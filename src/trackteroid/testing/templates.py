"""Databases that are made once and copied for each test: files of SQLite, and databases of PostgreSQL."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from trackteroid.server import EmbeddedServer
from trackteroid.server.storage.engines import make_engine

_PREFIX = "trackteroid_test_"


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


class Template(Protocol):
    """A database to be copied."""

    def copy(self) -> Copy:
        """Return a copy."""
        ...

    def close(self) -> None:
        """Remove the template."""
        ...


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
