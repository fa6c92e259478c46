"""A session that connects when it is first needed, and writes the answers of queries in one pass."""

import inspect
import json
import logging
import os
import tempfile
import threading
from collections import defaultdict
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import ftrack_api
import ftrack_api.exception
import requests
from ftrack_api.cache import MemoryCache
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import SERVER_LOCATION_ID

from trackteroid.client import embedded, failures, forks
from trackteroid.client.calls import RETRIES, Call, is_reading
from trackteroid.client.changes import LocalChanges, memory_of, only_changed, watch
from trackteroid.client.configurations import adopt
from trackteroid.client.contract import CONNECTION_ATTRIBUTES
from trackteroid.client.exchanges import Exchange, Observers, everywhere, note_response
from trackteroid.client.hydration import Hydration, can_hydrate, collector_paused
from trackteroid.client.plans import Plan
from trackteroid.client.queries import QueryResult
from trackteroid.errors import NotConnectedError

#: True while the answer of a query is decoded, which `Hydration` wants as plain dictionaries.
_PLAIN_RECORDS: ContextVar[bool] = ContextVar("plain records", default=False)

#: The names of the arguments that ftrack_api's initialiser takes.
ARGUMENTS = tuple(inspect.signature(ftrack_api.Session.__init__).parameters)[1:]


class LazySession(ftrack_api.Session):
    """An ``ftrack_api.Session`` that runs its initialiser when the first attribute that it sets is read.

    Several threads may do that at once: one connects, the others wait. A failure leaves the session unconnected, and
    the next use tries again. Values set before connecting (``session.auto_populate = True``) stay.
    """

    def __init__(self, **arguments: Any) -> None:
        # The base initialiser is what connecting means, see `_connect`.
        self.logger = logging.getLogger(f"ftrack_api.session.{type(self).__name__}")
        self._closed = False
        self._connection_lock = threading.RLock()
        self._connecting = False
        self._connected = False
        self._arguments: dict[str, Any] = {}
        self._lease: embedded.Lease | None = None
        self._plans: dict[type[Entity], Plan] = {}
        self._built: tuple[list[dict[str, Any]], dict[str, type[Entity]]] | None = None
        self._local_changes = LocalChanges()
        self._accepted_batches = 0
        self._takes_back = False
        self.observers = Observers()
        self.retries = RETRIES
        self._accept(arguments)
        forks.register(self)

    if not TYPE_CHECKING:  # type checkers would take it for a licence to read any name

        def __getattr__(self, name: str) -> Any:
            if name in CONNECTION_ATTRIBUTES and "_connection_lock" in vars(self):
                self._connect()
                with suppress(KeyError):
                    return vars(self)[name]
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        state = "closed" if self._closed else "connected" if self._connected else "not connected"
        return f"<{type(self).__name__} of {self.address}, {state}>"

    @property
    def connected(self) -> bool:
        """Whether the session has a connection now. Asking does not connect."""
        return self._connected and not self._closed

    @property
    def database_url(self) -> str | None:
        """The database of the embedded server that the session talks to; None for a server somewhere else.

        ``server_url`` is then the address under which ftrack_api knows that server.
        """
        address = failures.setting(self._arguments, "server_url")
        return str(address) if embedded.is_embedded(address) else None

    @property
    def address(self) -> str:
        """The server as it may be shown to people: its URL, or its database without the password."""
        address = self.database_url or failures.setting(self._arguments, "server_url") or "no server"
        return embedded.without_password(str(address))

    @property
    def is_connecting(self) -> bool:
        """Whether the session is about to connect, in whatever thread."""
        return self._connecting

    @property
    def takes_back(self) -> bool:
        """Whether a commit that fails now is taken back as a whole, see `trackteroid.operations.transaction`."""
        return self._takes_back

    def close(self) -> None:
        """Close the session. Pending operations are discarded; a session that never connected stays so.

        After this, using the session raises ``ftrack_api.exception.ConnectionClosedError``.
        """
        with self._connection_lock:
            self._leave_to_parent()
            if self._connected:
                super().close()
            self._closed = True
            self._give_back_server()

    def query(self, expression: str, page_size: int = 500) -> QueryResult:
        """Return the results of the query *expression*, which are fetched when they are first looked at.

        >>> session.query('Task where name is "limit 5"').all()  # doctest: +SKIP
        """
        if not expression.startswith("select"):
            projections = self.types[expression.split(" ", 1)[0]].default_projections
            expression = f"select {', '.join(projections)} from {expression}"  # noqa: S608 - a query of ftrack's, no SQL
        return QueryResult(self, expression, page_size=page_size)

    def call(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send a batch of operations and return the server's answer to each.

        What only asks is repeated while the server cannot be reached, see `trackteroid.client.calls`.
        """
        self._wait_for_connection()
        result = Call(self, data, super().call).answer()
        if not is_reading(data):
            self._accepted_batches += 1
        return result

    def trace(self, message: str) -> None:
        """Log what is worth knowing of the connection."""
        self.logger.info(message)

    def exchanged(self, exchange: Exchange) -> None:
        """Tell who watches of a request and its answer."""
        self.observers.notify(exchange)
        everywhere.notify(exchange)

    def commit(self) -> None:
        """Send all pending operations to the server, in one transaction.

        What it costs depends on what changed, not on how many entities the session holds.
        """
        self._wait_for_connection()
        with only_changed(self, self._local_changes):
            super().commit()

    def rollback(self) -> None:
        """Forget all pending operations, and all values and entities that the server does not have."""
        self._wait_for_connection()
        with only_changed(self, self._local_changes):
            super().rollback()

    def decode(self, string: str) -> Any:
        """Return the Python value of a JSON text, with entities and dates made of what stands for them."""
        if not _PLAIN_RECORDS.get():
            return super().decode(string)
        with collector_paused():
            return json.loads(string)

    @property
    def _local_cache(self) -> MemoryCache:
        return memory_of(self)

    def _query(self, expression: str) -> tuple[list[Entity], dict[str, Any]]:
        self._wait_for_connection()
        if not can_hydrate(self):
            return super()._query(expression)
        answer = self._plain_call([{"action": "query", "expression": expression}])[0]
        return self._hydrate(answer["data"]), answer["metadata"]

    def _hydrate(self, rows: list[Any]) -> list[Entity]:
        with collector_paused(), self._thread_lock, self.operation_recording(False), self.auto_populating(False):
            try:
                return Hydration(self, self._plans).rows(rows)
            except ValueError as error:  # a broken date, which ftrack_api takes for an answer that is no JSON
                reason = str(error).replace("{", "(").replace("}", ")")  # ftrack_api formats what is in braces
                raise ftrack_api.exception.ServerError(f"The server sent what cannot be read: {reason}") from error

    def _plain_call(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        token = _PLAIN_RECORDS.set(True)
        try:
            return self.call(batch)
        finally:
            _PLAIN_RECORDS.reset(token)

    # Connecting.

    def _accept(self, arguments: dict[str, Any]) -> None:
        unknown = sorted(set(arguments) - set(ARGUMENTS))
        if unknown:
            raise TypeError(f"Session has no argument called {', '.join(unknown)}; it takes {', '.join(ARGUMENTS)}.")
        self._arguments.update(arguments)

    def _connect(self) -> None:
        """Run ftrack_api's initialiser unless that happened before, or is happening in this thread."""
        with self._connection_lock:
            if self._connected or self._connecting:
                return
            if self._closed:
                raise ftrack_api.exception.ConnectionClosedError(
                    "The session was closed. Call reconnect() to use it again."
                )
            chosen = self._forget_connection()
            self._connecting = True
            try:
                super().__init__(**self._initialiser_arguments())
            except BaseException:
                self._drop_connection()
                self._forget_connection()
                vars(self).update(chosen)
                raise
            finally:
                self._connecting = False
            vars(self).update(chosen)
            self._connected = True

    def _wait_for_connection(self) -> None:
        """Connect, or let another thread that is about to connect finish.

        What that thread has set so far can be read already, but to take one of its locks and then to wait for the rest
        is a deadlock.
        """
        if not self._connected:
            self._connect()

    def _initialiser_arguments(self) -> dict[str, Any]:
        arguments = dict(self._arguments)
        address = failures.setting(arguments, "server_url")
        if not embedded.is_embedded(address):
            failures.check_credentials(arguments)
            return arguments
        if self._lease is None or not self._lease.is_of_this_process:
            self._lease = embedded.lease(address, failures.setting(arguments, "api_user"))
        arguments["server_url"] = self._lease.url
        arguments["api_user"] = arguments.get("api_user") or self._lease.username
        arguments["api_key"] = arguments.get("api_key") or self._lease.api_key
        if arguments.pop("auto_connect_event_hub", False):
            self.logger.warning(
                "An embedded server has no event hub: events reach this process only. Start a server with "
                "`trackteroid serve` to exchange events between processes."
            )
        return arguments

    def _reconnect(self, overrides: dict[str, Any]) -> None:
        """Close the connection and make a new one with the same arguments but the *overrides*."""
        with self._connection_lock:
            address = self._arguments.get("server_url")
            self._accept(overrides)
            self._leave_to_parent()
            if self._connected and not self._closed:
                super().close()
            if self._arguments.get("server_url") != address or "api_user" in overrides:
                self._give_back_server()
            chosen = self._forget_connection()
            self._connected = self._closed = False
            if "auto_populate" not in overrides and "_auto_populate" in chosen:
                self._auto_populate = chosen["_auto_populate"]
            self._connect()

    def _forget_connection(self) -> dict[str, Any]:
        """Remove what the initialiser set, and return it."""
        self._plans = {}
        self._local_changes = LocalChanges()
        return {name: vars(self).pop(name) for name in CONNECTION_ATTRIBUTES & vars(self).keys()}

    def _drop_connection(self) -> None:
        """Close what a failed initialiser had opened."""
        request = vars(self).get("_managed_request")
        if request is not None:
            request.close()
        hub = vars(self).get("_event_hub")
        if hub is not None:
            with suppress(ftrack_api.exception.EventHubConnectionError):
                hub.disconnect()

    def after_fork(self) -> None:
        """Get locks and a connection of its own, in a forked child."""
        self._connection_lock = threading.RLock()
        self.observers.after_fork()

    def _leave_to_parent(self) -> None:
        """Let go of an embedded server that belongs to the process this one was forked from."""
        if self._lease is not None and not self._lease.is_of_this_process:
            self._lease = None

    def _give_back_server(self) -> None:
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.release()

    # What ftrack_api's initialiser calls.

    @property
    def auto_populate(self) -> bool:
        """Whether reading an attribute that was not fetched yet fetches it. A setting of each thread."""
        return self._thread_settings("_auto_populate")[threading.get_ident()]

    @auto_populate.setter
    def auto_populate(self, value: bool) -> None:
        self._thread_settings("_auto_populate")[threading.get_ident()] = value

    def _thread_settings(self, name: str) -> "defaultdict[int, bool]":
        """Return the thread-wise setting, which can be read and changed before connecting."""
        settings = vars(self).get(name)
        if settings is None:
            default = bool(self._arguments.get("auto_populate", True))
            settings = vars(self).setdefault(name, defaultdict(lambda: default))
        return cast("defaultdict[int, bool]", settings)

    @property
    def _request(self) -> requests.Session:
        if self._managed_request is None:
            raise ftrack_api.exception.ConnectionClosedError()
        if self._lease is not None and not self._lease.is_of_this_process:
            self._lease = forks.lease_again(self, self._lease, self._managed_request)
        return self._managed_request

    @_request.setter
    def _request(self, value: requests.Session | None) -> None:
        # The initialiser makes its requests.Session and sends the first request through it right away, so this is
        # the one moment to mount another transport.
        if value is not None:
            value.hooks["response"].append(note_response)
            if self._lease is not None:
                value.mount(self._lease.url, self._lease.adapter)
        self._managed_request = value

    def _build_entity_type_classes(self, schemas: list[dict[str, Any]]) -> dict[str, type[Entity]]:
        # After a reconnect to the same schema entities from before are of the same classes as new ones.
        if self._built is None or self._built[0] != schemas:
            entity_classes = super()._build_entity_type_classes(schemas)
            adopt(entity_classes.values())
            watch(entity_classes.values())
            self._built = schemas, entity_classes
        return dict(self._built[1])

    def _read_schemas_from_cache(self, schema_cache_path: str) -> tuple[list[dict[str, Any]], str | None]:
        # On a fresh machine there is no copy yet, which is nothing to report.
        return super()._read_schemas_from_cache(schema_cache_path) if os.path.exists(schema_cache_path) else ([], None)

    def _write_schemas_to_cache(self, schemas: list[dict[str, Any]], schema_cache_path: str) -> None:
        # Several processes share the copy, so it is replaced in one step; and on a fresh machine it has no folder yet.
        path = Path(schema_cache_path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False) as file:
                json.dump(schemas, file)
            os.replace(file.name, path)
        except OSError as error:
            self.logger.warning("The schema is not kept for the next time: %s cannot be written (%s).", path, error)

    def _fetch_server_information(self) -> dict[str, Any]:
        try:
            return super()._fetch_server_information()
        except Exception as error:
            explained = failures.explain(error, self._server_url, self._api_user)
            if isinstance(explained, NotConnectedError):
                raise explained from error
            raise

    def _configure_locations(self) -> None:
        super()._configure_locations()
        if self._lease is None:
            return
        from trackteroid.client.files import EmbeddedServerAccessor, is_stock_accessor

        location = cast("Any", self.get("Location", SERVER_LOCATION_ID))
        if is_stock_accessor(location.accessor):
            location.accessor = EmbeddedServerAccessor(session=self)
