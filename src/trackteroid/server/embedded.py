"""A server inside this process: for sessions without a port, for tests, and for the command line."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from starlette.types import ASGIApp

from trackteroid.server import demo
from trackteroid.server.api import Api
from trackteroid.server.app import create_app
from trackteroid.server.auth.access import (
    LocalKey,
    add_user,
    digest,
    find_administrator,
    find_user,
    is_unclaimed,
    new_key,
)
from trackteroid.server.auth.permissions import make_administrator
from trackteroid.server.auth.signatures import ensure_key, find_key
from trackteroid.server.core.options import QUIET, STANDARD, Limits, Options
from trackteroid.server.core.request import Actor
from trackteroid.server.files import rows
from trackteroid.server.files.opening import open_store
from trackteroid.server.files.service import Files
from trackteroid.server.files.stores import StoreError
from trackteroid.server.http import serving
from trackteroid.server.media.encoder import Encoder
from trackteroid.server.model import standard_model
from trackteroid.server.model.schema import EDITIONS, NEWEST
from trackteroid.server.storage.database import Database, DatabaseError, Durability
from trackteroid.server.storage.engines import is_memory
from trackteroid.server.webhooks.deliverer import Deliverer
from trackteroid.server.webhooks.posting import Allowed

#: The user that a fresh database starts with.
FIRST_USER = "demo"


class EmbeddedServer:
    """A server on `database_url`, with a key of its own for one user.

    Args:
        database_url: ``sqlite:///path/to/file.db``, ``sqlite://`` for a database in memory, or
            ``postgresql://user:password@host/name``.
        user: Name of the user to act as; by default "demo", or an administrator where there is nobody of that name.
            A fresh database starts with this user, as its administrator.
        with_demo: Fill a database that has no project yet with the demo production, as ``sqlite:///show.db?demo``
            does, too.
        key: The API key to accept; by default a random one.
        limits: What callers may ask for.
        options: How it shows itself over HTTP.
        durability: ``full``: what is committed survives a power cut. ``relaxed``: faster, for tests and toys.
        is_open: Let every user do everything, whatever their roles. By default so in memory and with the demo
            production, and nowhere else.
        files: Where the data of components is kept: a folder, or the address of an object store. By default a folder
            beside the database, one in the folder of the user's data for PostgreSQL, and one that is removed in the
            end for databases in memory.
        schema: The version of the original server whose schema clients see, such as "4.13.0"; by default what the
            address of a SQLite database says, as in ``sqlite:///old.db?schema=4.13.0``, or the newest.

    Attributes:
        is_fresh: Whether the database was made just now.
        is_open: Whether every user may do everything.
        files: The data of components.

    Raises:
        DatabaseError: The database, or where files are to be kept, cannot be used, or there is no such user.

    Example:
        >>> server = EmbeddedServer("sqlite://")
        >>> server.username
        'demo'
        >>> server.close()
    """

    def __init__(
        self,
        database_url: str,
        user: str | None = None,
        *,
        with_demo: bool = False,
        key: str | None = None,
        limits: Limits = STANDARD,
        options: Options = QUIET,
        durability: Durability = "full",
        is_open: bool | None = None,
        files: str | Path | None = None,
        schema: str | None = None,
    ) -> None:
        self.database = Database(database_url, durability=durability)
        with_demo = with_demo or self.database.wants_demo
        try:
            actor = self._actor(user)
            self.files = Files(open_store(files, self.database), self.database, limits)
            self._ensure_signing_key()
            version = schema or self.database.schema or NEWEST.version
            if version not in EDITIONS:
                known = " and ".join(EDITIONS)
                raise DatabaseError(f'There is no schema of the version "{version}". There are {known}.')
        except (DatabaseError, StoreError) as error:
            self.database.close()
            raise DatabaseError(str(error)) from error
        self.username = actor.username
        self.is_fresh = self.database.is_fresh
        self.api_key = key or new_key()
        self.is_open = (with_demo or is_memory(self.database.engine.url)) if is_open is None else is_open
        self.api = Api(
            self.database,
            LocalKey(actor.id, digest(self.api_key)),
            limits=limits,
            slow_query=options.slow_query,
            is_open=self.is_open,
            files=self.files,
            edition=EDITIONS[version],
        )
        self._encoder = Encoder(self.api, self.files)
        self._deliverer = Deliverer(self.api, Allowed.of(options.webhook_allow))
        self.files.wake = self._encoder.wake
        self.app: ASGIApp = create_app(self.api, options)
        if with_demo and not self._has_projects():
            self._fill(actor)

    def call(self, operations: list[dict[str, Any]]) -> list[Any]:
        """Send one batch, as a client would; raises `DatabaseError` with the text of the server's error."""
        headers = {"ftrack-user": self.username, "ftrack-api-key": self.api_key}
        answer: Any = orjson.loads(self.api.respond(headers, orjson.dumps(operations), "").body)
        if isinstance(answer, dict):
            raise DatabaseError(f"{answer['exception']}: {answer['content']}")
        return answer

    @contextmanager
    def listening(self) -> Generator[str]:
        """Answer over HTTP too, on a free port of loopback, for the time of a block; yields the address.

        Example:
            >>> server = EmbeddedServer("sqlite://")
            >>> with server.listening() as url:
            ...     url.startswith("http://127.0.0.1:")
            True
            >>> server.close()
        """
        listener = serving.listen("127.0.0.1", 0)
        runner = serving.make_runner(self.app, self.api.limits, end_waits=self.api.hub.end_waits)
        thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            runner.should_exit = True
            thread.join()
            listener.close()

    def encode_what_is_left(self) -> None:
        """See to the media that other servers of this database have not finished."""
        if not self.database.is_read_only:
            self._encoder.wake_for_others()

    def send_to_webhooks(self) -> None:
        """Send events to the webhooks of this database from now on."""
        if not self.database.is_read_only:
            self._deliverer.start()

    def close(self) -> None:
        """End the connections to the event hub, close the database, and remove the files of one in memory."""
        self._encoder.close()
        self._deliverer.close()
        self.api.hub.close()
        self.database.close()
        self.files.store.close()

    def _fill(self, actor: Actor) -> None:
        """Make the demo production: as clients do, first the data and then, in one transaction, what it belongs to."""
        script = demo.write(actor.id)
        files = [rows.drawn_file(actor.id, *each) for each in script.drawings]
        self.database.run(lambda connection: rows.add(connection, standard_model(), files), write=True)
        self.call(script.operations)

    def _ensure_signing_key(self) -> None:
        """Let addresses be signed by whoever only reads; where there is a key, nobody has to wait for writers."""
        model = standard_model()
        if not (self.database.is_read_only or self.database.run(partial(find_key, model=model), write=False)):
            self.database.run(partial(ensure_key, model=model), write=True)

    def _actor(self, username: str | None) -> Actor:
        model = standard_model()
        with self.database.begin(write=False) as connection:
            found = find_user(connection, model, username or FIRST_USER)
            if found is None and username is None:
                found = find_administrator(connection, model)
        if found is None and self.database.is_read_only:
            raise self._lacks(username or FIRST_USER)
        return found or self.database.run(partial(self._first_actor, username or FIRST_USER), write=True)

    def _lacks(self, username: str) -> DatabaseError:
        return DatabaseError(
            f'The database {self.database.name} has no user "{username}". Pass api_user= or set FTRACK_API_USER to one '
            "that it has."
        )

    def _first_actor(self, username: str, connection: sa.Connection) -> Actor:
        """Return the user that a fresh database gets, unless another server has been faster."""
        model = standard_model()
        found = find_user(connection, model, username)
        if found is not None:
            return found
        if not is_unclaimed(connection, model):
            raise self._lacks(username)
        actor = add_user(connection, model, username)
        make_administrator(connection, model, actor.id)
        return actor

    def _has_projects(self) -> bool:
        return bool(self.call([{"action": "query", "expression": "select id from Project limit 1"}])[0]["data"])
