"""A session that connects when it is first needed, and writes the answers of queries in one pass."""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import ftrack_api
import ftrack_api.exception
import requests
from ftrack_api.cache import MemoryCache
from ftrack_api.entity.base import Entity
from ftrack_api.entity.factory import StandardFactory

from trackteroid.client import failures, fork, given, shared_schemas
from trackteroid.client.arguments import Arguments, checked_settings, setting
from trackteroid.client.base import BaseSession
from trackteroid.client.commit.attempt import finish
from trackteroid.client.commit.attempts import Attempts
from trackteroid.client.contract import CONNECTION_ATTRIBUTES, LOCKS
from trackteroid.client.creating import Blueprint, created, new_values, with_written_id
from trackteroid.client.custom_attributes import adopt
from trackteroid.client.events import EventHub, SessionEventHub
from trackteroid.client.failures import outermost
from trackteroid.client.files import give_access
from trackteroid.client.hydration.answers import HydratingSession, Recipe
from trackteroid.client.hydration.pages import QueryResult
from trackteroid.client.inprocess import servers
from trackteroid.client.local_changes import LocalChanges, only_changed, seen_memory_of, watch
from trackteroid.client.requests_log import Observers
from trackteroid.client.sending import RETRIES, Call, is_patient, is_reading, prepare, send
from trackteroid.client.shared_schemas import EntityTypes
from trackteroid.errors import UnexpectedAnswerError, UnknownAttributeError, nearest, suggest
from trackteroid.progress import following, waiting
from trackteroid.session_state import Blocks, SessionState

#: Names that Python and tools look for on every object, which no plugin gives to a session.
_PROBES = re.compile(r"__|_repr_|_ipython_|_pytest|_mock_|_sympy|_asdict$|_fields$|_.*_$")


#: The header that says who of the clients of one user changes something, as the JavaScript client sends it.
_TOKEN_HEADER = "ftrack-clienttoken"  # noqa: S105  # it opens nothing

#: The event by which plugins may make classes of their own.
_MAKING_CLASSES = "ftrack.api.session.construct-entity-type"
_CLOSED = "The session was closed. Call reconnect() to use it again."


class Switched:
    """A setting of a session that has another value for the time of a block.

    Ctrl-C may come when a block ends and its exit has not begun, or right after its entry. A session that records
    nothing from then on would lose what is changed later. But then the block lets go of this object, which ends it,
    at once or when garbage is collected: by any thread, in any order, and in the midst of other blocks, which go on.
    """

    __slots__ = ("_before", "_name", "_session", "_thread", "_value")

    def __init__(self, session: LazySession, name: str, value: bool) -> None:
        self._session, self._name, self._value = session, name, value
        self._thread = 0
        # What it was before the block, in a list that is known to the session, too; empty when the block has ended.
        self._before: list[bool] = []

    def __enter__(self) -> None:
        session, name, thread = self._session, self._name, threading.get_ident()
        self._thread, self._before = thread, [getattr(session, name)]
        session.open_switches[name, thread].append(self._before)
        session.__dict__["_" + name][thread] = self._value

    def __del__(self) -> None:
        if self._before:
            self.__exit__()

    def __exit__(self, *_: object) -> None:
        session, name, thread, before = self._session, self._name, self._thread, self._before
        for number, block in enumerate(blocks := session.open_switches[name, thread]):
            if block is not before:
                continue
            if block is not blocks[-1]:
                blocks[number + 1][0] = before[0]
            elif "_" + name in session.__dict__:  # a new connection has settings of its own
                session.__dict__["_" + name][thread] = before[0]
            del blocks[number]
            break
        self._before = []


class LazySession(BaseSession, HydratingSession):
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
        self.is_connecting = False
        self._connected = False
        self._arguments = Arguments(arguments)
        self._lease: servers.Lease | None = None
        self._recipes: dict[type[Entity], Recipe] = {}
        self._blueprints: dict[type[Entity], Blueprint] = {}
        self._built: tuple[list[dict[str, Any]], dict[str, type[Entity]]] | None = None
        self._local_changes = LocalChanges()
        self.accepted_batches = 0
        self.blocks = Blocks()
        self.open_switches: defaultdict[tuple[str, int], list[list[bool]]] = defaultdict(list)
        self.trackteroid_state = SessionState()
        self.attempts = Attempts(self)
        self.not_added = ()
        self._client_token = None
        self.observers = Observers()
        self.retries = RETRIES
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

    def __copy__(self) -> LazySession:
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

    @outermost
    def query(self, expression: str, page_size: int = 500) -> QueryResult:
        """Return the results of the query *expression*, which are fetched when they are first looked at.

        Raises:
            InvalidArgumentsError: it is no text.
            UnknownEntityTypeError: it begins with a type that the server does not have; the message suggests similar
                ones.

        >>> session.query('Task where name is "limit 5"').all()  # doctest: +SKIP
        """
        return QueryResult(self, given.query_text(self, expression), page_size=page_size)

    @outermost
    def get(self, entity_type: str, entity_key: Any) -> Any:
        """Return the entity with this type and key, from memory or from the server; None if there is none.

        An id may be in capitals, have blanks around it or no dashes.

        Raises:
            UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
        """
        return super().get(entity_type, given.entity_key(self, entity_type, entity_key))

    @outermost
    def create(self, entity_type: str, data: Mapping[str, Any] | None = None, reconstructing: bool = False) -> Entity:
        """Create an entity with these values, to be sent with the next commit.

        Raises:
            UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
            UnsendableValueError: a value cannot be sent; nothing is created.
        """
        if reconstructing:
            return super().create(entity_type, with_written_id(data), reconstructing)
        values = with_written_id(new_values(self, entity_type, data))
        found = created(self, entity_type, values or {}, self._blueprints, self._local_changes)
        return super().create(entity_type, values) if found is None else found

    @outermost
    def call(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send a batch of operations and return the server's answer to each.

        What only asks is repeated while the server cannot be reached, see `trackteroid.client.sending`.
        """
        if not self._connected:
            self._connect()
        with nullcontext() if is_patient(data) else waiting("Waiting for the server"):
            result = Call(self, data, self._send, self.attempts).answer()
        if not is_reading(data):
            self.accepted_batches += 1
        return result

    def _send(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return send(self, batch, self.attempts.leaves)

    def commit(self) -> None:
        """Send all pending operations to the server, in one transaction.

        What it costs depends on what changed, not on how many entities the session holds.
        """
        self.blocks.check("commit")
        self._wait_for_connection()
        with following(f"Committing {len(self.recorded_operations):,} operations"):
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

    def rollback(self) -> None:
        """Forget all pending operations, and all values and entities that the server does not have."""
        self._wait_for_connection()
        with only_changed(self, self._local_changes):
            self.attempts.finish_what_arrived()
            finish(super().rollback)

    @property
    def _local_cache(self) -> MemoryCache:
        return seen_memory_of(self)

    @outermost
    def populate(self, entities: Any, projections: str) -> None:
        """Fetch the *projections* of *entities*, one of them or several, that are not there yet.

        Raises:
            InvalidArgumentsError: something is no entity of ftrack_api.
        """
        given.check_entities("populate", entities, "fetch_attributes(...)")
        super().populate(entities, projections)

    @outermost
    def delete(self, entity: Any) -> None:
        """Mark an entity for deletion, which the next commit sends.

        Raises:
            InvalidArgumentsError: it is no entity of ftrack_api.
        """
        given.check_entities("delete", [entity], "delete()")
        super().delete(entity)

    def mark_changes(self, token: str | None) -> None:
        """Let the server write a *token* into the events of what this session changes, so that it knows them."""
        self._client_token = token
        request = vars(self).get("_managed_request")
        if request is not None:
            self._send_token(request)

    def _send_token(self, request: requests.Session) -> None:
        if self._client_token is not None:
            request.headers[_TOKEN_HEADER] = self._client_token
        else:
            request.headers.pop(_TOKEN_HEADER, None)

    def another(self) -> LazySession:
        """Return another session of the same user on the same server, made with the same arguments.

        It has a connection, entities and pending operations of its own, as threads need that change something.
        """
        given = dict(self._arguments.given)
        self._wait_for_connection()
        if self._lease is not None:
            given["server_url"] = self._lease.server
        made = type(self)(**{**given, "auto_connect_event_hub": False})
        made.retries = self.retries
        made.mark_changes(self.client_token)
        return made

    # Connecting.

    def _connect(self) -> None:
        """Run ftrack_api's initialiser unless that happened before, or is happening in this thread."""
        with self._connection_lock:
            if self._connected or self.is_connecting:
                return
            if self._closed:
                raise ftrack_api.exception.ConnectionClosedError(_CLOSED)
            try:
                self.is_connecting = True
                with following("Connecting"):
                    self._open_connection()
            except Exception as error:  # noqa: BLE001 - it is raised below, or what explains it
                explained = failures.connecting(self, error)
                try:
                    if explained is error:
                        raise
                    raise explained from None
                finally:
                    del explained  # or this frame and what it holds would stay until garbage is collected
            finally:
                self.is_connecting = False

    def _open_connection(self) -> None:
        """Run ftrack_api's initialiser. Values that were set before stay, also when it fails."""
        chosen: dict[str, Any] = {}
        try:
            chosen = self._forget_connection()
            super().__init__(**self._initialiser_arguments())
            self._thread_lock = self._thread_lock  # under this name from now on, whatever ftrack_api calls it
            vars(self).update(chosen)
            self._connected = True
        except BaseException:
            self._drop_connection()
            self._forget_connection()
            vars(self).update(chosen)
            raise

    def _wait_for_connection(self) -> None:
        """Connect, or let another thread that is about to connect finish.

        What that thread has set so far can be read already, but to take one of its locks and then to wait for the rest
        is a deadlock.
        """
        if not self._connected:
            self._connect()

    def _initialiser_arguments(self) -> dict[str, Any]:
        if not self._arguments.are_for_embedded:
            return checked_settings(self._arguments.given)
        if self._lease is None or self._lease.pid != os.getpid():
            self._lease = servers.lease(self._arguments.server, setting(self._arguments.given, "api_user"))
        return self._arguments.for_embedded(self._lease)

    def _reconnect(self, overrides: dict[str, Any]) -> None:
        """Close the connection and make a new one with the same arguments but the *overrides*."""
        with self._connection_lock:
            address = self._arguments.given.get("server_url")
            self._arguments.update(overrides)
            self._leave_to_parent()
            if self._connected and not self._closed:
                super().close()
            if self._arguments.given.get("server_url") != address or "api_user" in overrides:
                self.attempts.forget()
                self._give_back_server()
            chosen = self._forget_connection()
            self._closed = False
            if "auto_populate" not in overrides and "_auto_populate" in chosen:
                self._auto_populate = chosen["_auto_populate"]
            self._connect()

    @contextmanager
    def elsewhere(self, **arguments: Any) -> Generator[None]:
        """Be a session with other arguments for the time of a block, and one that is not connected before and after it.

        What is pending is discarded at both ends, as by `close`. It connects when it is first used, in the block too,
        also when it was closed before, which it then is again.
        """
        before, was_closed = dict(self._arguments.given), self._closed
        self._begin_anew({**before, **arguments}, closed=False)
        try:
            yield
        finally:
            self._begin_anew(before, closed=was_closed)

    def _begin_anew(self, arguments: dict[str, Any], *, closed: bool) -> None:
        """Forget everything but the settings, and take these arguments for the next connection."""
        with self._connection_lock:
            self.close()
            self.attempts.forget()
            chosen = self._forget_connection()
            self._arguments = Arguments(arguments)
            self._closed = closed
            if "_auto_populate" in chosen:
                self._auto_populate = chosen["_auto_populate"]

    def _forget_connection(self) -> dict[str, Any]:
        """Remove what the initialiser set, and return it. Interrupted, it leaves a session that connects again."""
        self._connected = False
        self._recipes = {}
        self._blueprints = {}
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

    def _leave_to_parent(self) -> None:
        """Let go of an embedded server that belongs to the process this one was forked from."""
        if self._lease is not None and self._lease.pid != os.getpid():
            self._lease = None

    def _give_back_server(self) -> None:
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.release()

    # What ftrack_api's initialiser calls.

    @property
    def auto_populate(self) -> bool:
        """Whether reading an attribute that was not fetched yet fetches it. A setting of each thread."""
        return (vars(self).get("_auto_populate") or self._auto_populate_settings())[threading.get_ident()]

    @auto_populate.setter
    def auto_populate(self, value: bool) -> None:
        (vars(self).get("_auto_populate") or self._auto_populate_settings())[threading.get_ident()] = value

    @property
    def record_operations(self) -> bool:
        """Whether changes are recorded. A setting of each thread."""
        return self._record_operations[threading.get_ident()]

    @record_operations.setter
    def record_operations(self, value: bool) -> None:
        self._record_operations[threading.get_ident()] = value

    def operation_recording(self, record_operations: bool) -> Switched:
        """Record changes, or do not, for the time of a block."""
        return Switched(self, "record_operations", record_operations)

    def auto_populating(self, auto_populate: bool) -> Switched:
        """Fetch attributes that were not fetched yet when they are read, or do not, for the time of a block."""
        return Switched(self, "auto_populate", auto_populate)

    def _auto_populate_settings(self) -> defaultdict[int, bool]:
        """Return the setting by thread, which can be read and changed before connecting."""
        default = bool(self._arguments.given.get("auto_populate", True))
        return vars(self).setdefault("_auto_populate", defaultdict(lambda: default))

    @property
    def _request(self) -> requests.Session:
        if self._managed_request is None:
            raise ftrack_api.exception.ConnectionClosedError(_CLOSED)
        if self._lease is not None and self._lease.pid != os.getpid():
            self._lease = fork.lease_again(self, self._lease, self._managed_request)
        return self._managed_request

    @_request.setter
    def _request(self, value: requests.Session | None) -> None:
        # The initialiser makes its requests.Session and sends the first request through it right away, so this is
        # the one moment to mount another transport.
        if value is not None:
            prepare(self, value)
            if self._client_token is not None:
                self._send_token(value)
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
        vars(self)["_event_hub"] = SessionEventHub.adopt(value, self, self._lease) if type(value) is EventHub else value

    def _load_schemas(self, schema_cache_path: str | bool) -> list[dict[str, Any]]:
        name = self._server_information.get("schema_hash")
        is_written = isinstance(schema_cache_path, bool) or exists(schema_cache_path)
        schemas = shared_schemas.find_schemas(name) if is_written else None
        if schemas is None:
            schemas = super()._load_schemas(schema_cache_path)
            shared_schemas.keep_schemas(name, schemas)
        return schemas

    def _build_entity_type_classes(self, schemas: list[dict[str, Any]]) -> dict[str, type[Entity]]:
        # After a reconnect to the same schema entities from before are of the same classes as new ones.
        if self._built is None or self._built[0] != schemas:
            hub = self._event_hub
            if isinstance(hub, SessionEventHub) and not hub.may_hear(_MAKING_CLASSES):
                entity_classes = shared_schemas.types_of(schemas, _usual_class)
            else:
                entity_classes = _watched(super()._build_entity_type_classes(schemas))
            self._built = schemas, entity_classes
        built = self._built[1]
        return EntityTypes(built.shared) if isinstance(built, EntityTypes) else dict(built)

    def _read_schemas_from_cache(self, schema_cache_path: str) -> tuple[list[dict[str, Any]], str | None]:
        return super()._read_schemas_from_cache(schema_cache_path) if exists(schema_cache_path) else ([], None)

    def _write_schemas_to_cache(self, schemas: list[dict[str, Any]], schema_cache_path: str) -> None:
        write(schemas, schema_cache_path, self.logger)

    def _fetch_server_information(self) -> dict[str, Any]:
        information = super()._fetch_server_information()
        if not isinstance(information, dict):  # pyright: ignore[reportUnnecessaryIsInstance]  # what answers may be anything
            raise UnexpectedAnswerError("This is no information of a server.")
        return information

    def _configure_locations(self) -> None:
        super()._configure_locations()
        give_access(self, is_embedded=self._lease is not None)


def _usual_class(schema: dict[str, Any]) -> type[Entity]:
    """Return the class that ftrack_api makes where no plugin makes another one."""
    made = StandardFactory().create(schema)
    _watched({made.entity_type: made})
    return made


def _watched(entity_classes: dict[str, type[Entity]]) -> dict[str, type[Entity]]:
    adopt(entity_classes.values())
    watch(entity_classes.values())
    return entity_classes


def exists(path: str) -> bool:
    """Return whether there is a copy: on a fresh machine there is none yet, which is nothing to report."""
    return os.path.exists(path)


def write(schemas: list[dict[str, Any]], path: str, log: Logger) -> None:
    """Keep a copy of *schemas*; where that is not possible, the log says so.

    It replaces the one before in one step, because several processes read it, and makes the folder for it.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=Path(path).parent, prefix=Path(path).name, delete=False) as file:
            json.dump(schemas, file)
        os.replace(file.name, path)
    except OSError as error:
        log.warning("The schema is not kept for the next time: %s cannot be written (%s).", Path(path), error)
