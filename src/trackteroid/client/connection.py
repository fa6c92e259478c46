"""A session that connects when it is first needed, and writes the answers of queries in one pass."""

import json
import logging
import os
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import ftrack_api
import ftrack_api.exception
import ftrack_api.query
import requests
from ftrack_api.cache import MemoryCache
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import SERVER_LOCATION_ID

from trackteroid.client import failures, fork
from trackteroid.client.arguments import (
    ARGUMENTS,
    check_plugin_paths,
    check_timeout,
    checked_settings,
    setting,
    stripped,
    without_password,
)
from trackteroid.client.blocks import Blocks
from trackteroid.client.commit.attempts import Attempts, finish
from trackteroid.client.commit.lists import Gone
from trackteroid.client.commit.sendable import check_value, refuse_unsendable
from trackteroid.client.contract import CONNECTION_ATTRIBUTES, LOCKS
from trackteroid.client.custom_attributes import adopt
from trackteroid.client.entities import find_in_memory
from trackteroid.client.events import EventHub, SessionEventHub
from trackteroid.client.failures import outermost
from trackteroid.client.hydration.answers import Hydration, MergingSession, can_hydrate, collector_paused, merges_copies
from trackteroid.client.hydration.paging import QueryResult
from trackteroid.client.hydration.recipes import Plan
from trackteroid.client.inprocess import servers
from trackteroid.client.local_changes import LocalChanges, only_changed, seen_memory_of, watch
from trackteroid.client.requests_log import Exchange, Observers, everywhere, note_response
from trackteroid.client.retry import RETRIES, Call, is_reading
from trackteroid.client.sending import keep_secrets, refuse_redirects, send
from trackteroid.errors import (
    InvalidArgumentsError,
    UnexpectedAnswerError,
    UnknownAttributeError,
    UnknownEntityTypeError,
    nearest,
    suggest,
)
from trackteroid.ids import written_id
from trackteroid.session_state import SessionState

#: True while the answer of a query is decoded, which `Hydration` wants as plain dictionaries.
_PLAIN_RECORDS: ContextVar[bool] = ContextVar("plain records", default=False)
#: The header that lets a server of ours tell of each entity only once. Other servers take no notice of it.
_MERGES_COPIES = "trackteroid-merges-copies"

#: Names that Python and tools look for on every object, which no plugin gives to a session.
_PROBES = re.compile(r"__|_repr_|_ipython_|_pytest|_mock_|_sympy|_asdict$|_fields$|_.*_$")


_CLOSED = "The session was closed. Call reconnect() to use it again."


def _check_entity(method: str, given: object, of_collections: str) -> None:
    if not isinstance(given, Entity):
        raise InvalidArgumentsError(
            f"{method} takes entities of ftrack_api, not {given!r}. Collections have {of_collections}, and their "
            f"entities are `collection.values()`."
        )


class LazySession(MergingSession):
    """An ``ftrack_api.Session`` that runs its initialiser when the first attribute that it sets is read.

    So does reading a name that nobody knows yet, because the initialiser loads the plugins, which add to sessions.

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
        self._lease: servers.Lease | None = None
        self._plans: dict[type[Entity], Plan] = {}
        self._built: tuple[list[dict[str, Any]], dict[str, type[Entity]]] | None = None
        self._local_changes = LocalChanges()
        #: How many batches with changes the server has accepted.
        self.accepted_batches = 0
        self.blocks = Blocks()
        self.trackteroid_state = SessionState()
        self.attempts = Attempts(self)
        #: What the last commit could not add to lists, because somebody else had deleted it.
        self.not_added: tuple[Gone, ...] = ()
        self.observers = Observers()
        self.retries = RETRIES
        self._accept(arguments)
        fork.register(self)

    if not TYPE_CHECKING:  # type checkers would take it for a licence to read any name

        @outermost
        def __getattr__(self, name: str) -> Any:
            if self._may_connect_for(name):
                self._connect()
                with suppress(KeyError):
                    return vars(self)[name]
            offered = [each for each in dir(self) if not each.startswith("_")]
            raise UnknownAttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}.{suggest(name, offered)}",
                name=name,
                near=nearest(name, offered),
            )

    def _may_connect_for(self, name: str) -> bool:
        """Return whether connecting may bring about the attribute *name*."""
        if name in CONNECTION_ATTRIBUTES:
            return "_connection_lock" in vars(self)
        is_waiting = not (vars(self).get("_connected", True) or vars(self)["_closed"])
        return is_waiting and _PROBES.match(name) is None

    def __copy__(self) -> "LazySession":
        copied = type(self).__new__(type(self))
        vars(copied).update(vars(self))
        return copied

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError(
            "A session cannot be pickled, nor copied with what it holds: it is a connection. Give the same session to "
            "everybody in this process, and let other processes make their own: Session()."
        )

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
        address = setting(self._arguments, "server_url")
        return str(address) if servers.is_embedded(address) else None

    @property
    def address(self) -> str:
        """The server as it may be shown to people: its URL, or its database without the password."""
        address = self.database_url or setting(self._arguments, "server_url") or "no server"
        return without_password(str(address))

    @property
    def is_connecting(self) -> bool:
        """Whether the session is about to connect, in whatever thread."""
        return self._connecting

    @property
    def takes_back(self) -> bool:
        """Whether a commit that fails now is taken back as a whole, see `trackteroid.operations.transaction`."""
        return self.blocks.takes_back

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

        Raises:
            InvalidArgumentsError: it is no text.
            UnknownEntityTypeError: it begins with a type that the server does not have; the message suggests similar
                ones.

        >>> session.query('Task where name is "limit 5"').all()  # doctest: +SKIP
        """
        if not isinstance(expression, str) or not expression.strip():  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
            raise InvalidArgumentsError(f'A query is a text such as "Task where name is layout", not {expression!r}.')
        expression = expression.strip()
        if not expression.startswith("select"):
            projections = self._type_called(expression.split(maxsplit=1)[0]).default_projections
            expression = f"select {', '.join(projections)} from {expression}"  # noqa: S608 - a query of ftrack's, no SQL
        return QueryResult(self, expression, page_size=page_size)

    def get(self, entity_type: str, entity_key: Any) -> Any:
        """Return the entity with this type and key, from memory or from the server; None if there is none.

        An id may be in capitals, have blanks around it or no dashes.

        Raises:
            UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
        """
        self._type_called(entity_type)
        given = [entity_key] if isinstance(entity_key, str) else list(entity_key)
        kept = [written_id(part) if isinstance(part, str) else part for part in given]
        return super().get(entity_type, given if find_in_memory(self, entity_type, given) else kept)

    def _type_called(self, name: object) -> Any:
        text = str(name)
        if isinstance(name, str) and text in self.types:
            return self.types[text]
        meant = suggest(text, self.types) if isinstance(name, str) else ' Give its name as text, such as "Task".'
        raise UnknownEntityTypeError(
            f'The server has no entity type "{text}".{meant}',
            name=text,
            near=nearest(text, self.types),
        )

    @outermost
    def create(self, entity_type: str, data: Mapping[str, Any] | None = None, reconstructing: bool = False) -> Entity:
        """Create an entity with these values, to be sent with the next commit.

        Raises:
            UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
            UnsendableValueError: a value cannot be sent; nothing is created.
        """
        if not reconstructing:
            self._type_called(entity_type)
            for name, value in (data or {}).items():
                check_value(f'"{name}" of {entity_type}', value)
        return super().create(entity_type, _with_written_id(data), reconstructing)

    @outermost
    def call(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send a batch of operations and return the server's answer to each.

        What only asks is repeated while the server cannot be reached, see `trackteroid.client.retry`.
        """
        self._wait_for_connection()
        result = Call(self, data, partial(send, self)).answer()
        if not is_reading(data):
            self.accepted_batches += 1
        return result

    def trace(self, message: str) -> None:
        """Log what is worth knowing of the connection."""
        self.logger.info(message)

    def warn(self, message: str) -> None:
        """Log what somebody has to know."""
        self.logger.warning(message)

    def exchanged(self, exchange: Exchange) -> None:
        """Tell who watches of a request and its answer."""
        self.observers.notify(exchange)
        everywhere.notify(exchange)

    def commit(self) -> None:
        """Send all pending operations to the server, in one transaction.

        What it costs depends on what changed, not on how many entities the session holds.
        """
        self.blocks.check("commit")
        self._wait_for_connection()
        self.attempts.commit(only_changed(self, self._local_changes), super().commit)

    def confirm_commit(self) -> bool:
        """Return whether the last commit has arrived, should anything have interrupted it."""
        self.blocks.check("confirm_commit")
        self._wait_for_connection()
        with only_changed(self, self._local_changes):
            return self.attempts.confirm()

    def find_out(self) -> None:
        """Find out what became of the last commit, if anything has interrupted it; see `Attempts.find_out`."""
        if self.connected and self.attempts.is_any_open:
            with only_changed(self, self._local_changes):
                self.attempts.find_out()

    def settling(self) -> AbstractContextManager[None]:
        """Wrap taking over the answer to a commit."""
        return nullcontext()

    def rollback(self) -> None:
        """Forget all pending operations, and all values and entities that the server does not have."""
        self._wait_for_connection()
        with only_changed(self, self._local_changes):
            self.attempts.finish_what_arrived()
            finish(super().rollback)

    def decode(self, string: str) -> Any:
        """Return the Python value of a JSON text, with entities and dates made of what stands for them."""
        if not _PLAIN_RECORDS.get():
            return super().decode(string)
        with collector_paused():
            return json.loads(string)

    @property
    def _local_cache(self) -> MemoryCache:
        return seen_memory_of(self)

    @outermost
    def populate(self, entities: Any, projections: str) -> None:
        """Fetch the *projections* of *entities*, one of them or several, that are not there yet.

        Raises:
            InvalidArgumentsError: something is no entity of ftrack_api.
        """
        if not isinstance(entities, ftrack_api.query.QueryResult):
            for each in cast("Iterable[object]", entities if isinstance(entities, (list, tuple)) else (entities,)):
                _check_entity("populate", each, "fetch_attributes(...)")
        super().populate(entities, projections)

    @outermost
    def delete(self, entity: Any) -> None:
        """Mark an entity for deletion, which the next commit sends.

        Raises:
            InvalidArgumentsError: it is no entity of ftrack_api.
        """
        _check_entity("delete", entity, "delete()")
        super().delete(entity)

    @outermost
    def _query(self, expression: str) -> tuple[list[Entity], dict[str, Any]]:
        self._wait_for_connection()
        if not can_hydrate(self):
            return super()._query(expression)
        answer = self._plain_call([{"action": "query", "expression": expression}])[0]
        return self._hydrate(answer["data"]), answer.get("metadata") or {}

    def _hydrate(self, rows: list[Any]) -> list[Entity]:
        with collector_paused(), self._thread_lock, self.operation_recording(False), self.auto_populating(False):
            try:
                return Hydration(self, self._plans).rows(rows)
            except ValueError as error:  # a broken date, which ftrack_api takes for an answer that is no JSON
                raise UnexpectedAnswerError(
                    f"The ftrack server at {self.address} sent what cannot be read: {error}. Only whoever runs the "
                    "server can repair that; other projections may leave it out."
                ) from None

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
            raise TypeError(
                f"Session has no argument called {', '.join(unknown)}; it takes {', '.join(ARGUMENTS)}."
                f"{suggest(unknown[0], ARGUMENTS)}"
            )
        check_timeout(arguments.get("timeout"))
        check_plugin_paths(arguments.get("plugin_paths"))
        self._arguments.update(arguments)

    def _connect(self) -> None:
        """Run ftrack_api's initialiser unless that happened before, or is happening in this thread."""
        with self._connection_lock:
            if self._connected or self._connecting:
                return
            if self._closed:
                raise ftrack_api.exception.ConnectionClosedError(_CLOSED)
            chosen = self._forget_connection()
            self._connecting = True
            try:
                super().__init__(**self._initialiser_arguments())
                self._thread_lock = self._thread_lock  # under this name from now on, whatever ftrack_api calls it
            except BaseException as error:
                explained = failures.connecting(self, error) if isinstance(error, Exception) else error
                self._drop_connection()
                self._forget_connection()
                vars(self).update(chosen)
                if explained is error:
                    raise
                raise explained from None
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
        address = setting(arguments, "server_url")
        if not servers.is_embedded(address):
            return checked_settings(arguments)
        if self._lease is None or not self._lease.is_of_this_process:
            self._lease = servers.lease(address, setting(arguments, "api_user"))
        arguments["server_url"] = self._lease.url
        # What the environment says of a key is for another server.
        arguments["api_user"] = stripped(arguments.get("api_user")) or self._lease.username
        arguments["api_key"] = stripped(arguments.get("api_key")) or self._lease.api_key
        if arguments.pop("auto_connect_event_hub", False):
            self.logger.warning(
                "An embedded server has no event hub: events reach this process only, with "
                "publish(event, synchronous=True)."
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
                self.attempts.forget()
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
        self.trackteroid_state.after_fork()

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
            raise ftrack_api.exception.ConnectionClosedError(_CLOSED)
        if self._lease is not None and not self._lease.is_of_this_process:
            self._lease = fork.lease_again(self, self._lease, self._managed_request)
        return self._managed_request

    @_request.setter
    def _request(self, value: requests.Session | None) -> None:
        # The initialiser makes its requests.Session and sends the first request through it right away, so this is
        # the one moment to mount another transport.
        if value is not None:
            keep_secrets(value)
            refuse_redirects(self, value)
            value.hooks["response"].append(note_response)
            if merges_copies(self):
                value.headers[_MERGES_COPIES] = "true"
            if self._lease is not None:
                value.mount(self._lease.url, self._lease.adapter)
        self._managed_request = value

    @property
    def _thread_lock(self) -> Any:
        # The same lock as ftrack_api's own merging takes, which had another name in its release 3.0.0.
        for name in LOCKS:
            if name in vars(self):
                return vars(self)[name]
        raise AttributeError(LOCKS[0])  # so that Python asks `__getattr__`, which connects

    @_thread_lock.setter
    def _thread_lock(self, value: Any) -> None:
        vars(self)[LOCKS[0]] = value

    @property
    def _event_hub(self) -> EventHub:
        try:
            return cast("EventHub", vars(self)["_event_hub"])
        except KeyError:
            raise AttributeError("_event_hub") from None  # so that Python asks `__getattr__`, which connects

    @_event_hub.setter
    def _event_hub(self, value: EventHub) -> None:
        # The initialiser may let another thread connect the hub right away. Somebody else's hub is left alone.
        vars(self)["_event_hub"] = SessionEventHub.adopt(value, self) if type(value) is EventHub else value

    def _build_entity_type_classes(self, schemas: list[dict[str, Any]]) -> dict[str, type[Entity]]:
        # After a reconnect to the same schema entities from before are of the same classes as new ones.
        if self._built is None or self._built[0] != schemas:
            entity_classes = super()._build_entity_type_classes(schemas)
            refuse_unsendable(entity_classes.values())
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
        information = super()._fetch_server_information()
        if not isinstance(information, dict):  # pyright: ignore[reportUnnecessaryIsInstance]  # what answers may be anything
            raise UnexpectedAnswerError("This is no information of a server.")
        return information

    def _configure_locations(self) -> None:
        super()._configure_locations()
        from trackteroid.client.files import DiscreetServerAccessor, EmbeddedServerAccessor, is_stock_accessor

        location = self.get("Location", SERVER_LOCATION_ID)
        if location is not None and is_stock_accessor(location.accessor):
            accessor = DiscreetServerAccessor if self._lease is None else EmbeddedServerAccessor
            location.accessor = accessor(session=self)


def _with_written_id(data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return values of an entity with its id as it is kept, so that no entity is kept twice."""
    found = None if data is None else data.get("id")
    if data is None or not isinstance(found, str) or written_id(found) == found:
        return data
    return {**data, "id": written_id(found)}
