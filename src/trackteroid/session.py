"""Sessions: the connection to a server, and what was asked and changed through it."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import ftrack_api
from ftrack_api.cache import Cache, KeyMaker
from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.client import creating, replacement
from trackteroid.client.arguments import ARGUMENTS
from trackteroid.client.creating import type_called
from trackteroid.client.custom_attributes import Finder
from trackteroid.client.entities import memory_of
from trackteroid.client.failures import describe_operations, outermost
from trackteroid.client.missing import Missing, checked, decided, reading
from trackteroid.client.requests_log import Profile
from trackteroid.client.results import ResultStore
from trackteroid.client.sending import RETRIES
from trackteroid.collections import EmptyCollection, EntityCollection, allowed, make_collection, preloading
from trackteroid.collections import history as histories
from trackteroid.collections.arguments import require_type
from trackteroid.collections.change import pending
from trackteroid.collections.context import context_of
from trackteroid.configuration import logger
from trackteroid.constants import AT_ONCE
from trackteroid.entities import Entity, entity_class, known
from trackteroid.entities import __all__ as known_types
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError, UnconfirmedCommitError
from trackteroid.events import log
from trackteroid.events.methods import EventSession
from trackteroid.operations import plan as plans
from trackteroid.operations import recording, replaying
from trackteroid.operations import transaction as transactions
from trackteroid.operations.format import file as operations_file
from trackteroid.schema.entries import SCHEMA
from trackteroid.schema.types import schema_of
from trackteroid.session_state import editing

if TYPE_CHECKING:
    from trackteroid.chains import Chain
    from trackteroid.client.inprocess.servers import InProcessServer
    from trackteroid.client.replacement import Replacement
    from trackteroid.collections.allowed import Projects
    from trackteroid.collections.history import Change
    from trackteroid.collections.preloading import Preloaded
    from trackteroid.collections.trees.building import Attributes, Hierarchy, Tree
    from trackteroid.display.graphs import Graph
    from trackteroid.events.log import EventLog
    from trackteroid.operations.format.container import AnyPath
    from trackteroid.operations.plan import Plan
    from trackteroid.operations.replaying import OnConflict, ReplayResult


class Session(EventSession):
    """A connection to an ftrack server. It is an ``ftrack_api.Session`` and can be used wherever one is expected.

    Nothing is sent when a session is made; it connects when it is first used. Several threads may query and read
    through one session. Changing the same entities, committing and reconnecting are for one thread at a time. A forked
    child makes a connection of its own by itself; its entities and pending operations are copies.

    Args:
        server_url: the server's address, or FTRACK_SERVER from the environment. ``"sqlite:///file.db"`` opens a
            server inside this process on that file, ``"sqlite://"`` one in memory, ``"postgresql://..."`` one on
            that database. A server object of `trackteroid.server` works too.
        api_key: the key of the user, or FTRACK_API_KEY.
        api_user: the user's name, or FTRACK_API_USER, or the login name.
        auto_populate: whether reading an attribute of an entity that was not fetched yet fetches it; collections do the
            same then, for all their entities at once, unless *missing* says something else.
        plugin_paths: folders with ftrack plugins, or FTRACK_EVENT_PLUGIN_PATH.
        cache: a second ftrack_api cache below the one in memory, or a function that makes it for a session.
        cache_key_maker: what makes the keys of the cache.
        auto_connect_event_hub: whether to connect to the server's event hub, in the background.
        schema_cache_path: folder for a copy of the server's schema; False for none.
        plugin_arguments: what to pass to the plugins.
        timeout: seconds to wait for the server's answer to a request.
        cookies: cookies to send with every request.
        headers: headers to send with every request.
        strict_api: whether the server reports errors by HTTP status.
        reuse_query_results: whether the same query returns the same collection, see `reusing_query_results`.
        retries: how often a query is repeated while the server cannot be reached, after longer and longer pauses.
            Changes are only sent again when it is certain that they did not arrive.
        missing: what reading something that was not loaded does in collections, see `missing`: ``"warn"``,
            ``"raise"``, ``"fetch"`` or ``"not_set"``. By default they warn, and fetch with *auto_populate*.

    Proxies and certificates are those of the `requests` package: ``HTTPS_PROXY``, ``NO_PROXY``, ``REQUESTS_CA_BUNDLE``.

    Raises:
        NotConnectedError: at the first use, when there is no server or it does not accept the credentials.

    >>> with Session(server_url="sqlite://") as session:  # doctest: +SKIP
    ...     print(Query(Project, session=session).get_all())
    """

    def __init__(
        self,
        server_url: str | InProcessServer | None = None,
        api_key: str | None = None,
        api_user: str | None = None,
        auto_populate: bool = False,
        plugin_paths: list[str] | None = None,
        cache: Cache | Callable[[ftrack_api.Session], Cache | None] | None = None,
        cache_key_maker: KeyMaker | None = None,
        auto_connect_event_hub: bool = False,
        schema_cache_path: str | bool | None = None,
        plugin_arguments: Mapping[str, Any] | None = None,
        timeout: float = 60,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        strict_api: bool = False,
        *,
        reuse_query_results: bool = False,
        retries: int = RETRIES,
        missing: Missing | None = None,
    ) -> None:
        super().__init__(
            server_url=server_url,
            api_key=api_key,
            api_user=api_user,
            auto_populate=auto_populate,
            plugin_paths=plugin_paths,
            cache=cache,
            cache_key_maker=cache_key_maker,
            auto_connect_event_hub=auto_connect_event_hub,
            schema_cache_path=schema_cache_path,
            plugin_arguments=plugin_arguments,
            timeout=timeout,
            cookies=cookies,
            headers=headers,
            strict_api=strict_api,
        )
        self.query_results = ResultStore()
        self.reuse_query_results = reuse_query_results
        self.retries = retries
        self.missing = missing

    def __enter__(self) -> Session:
        return self

    @property
    def missing(self) -> Missing:
        """What reading an attribute that was not loaded does in the collections of this session.

        ``"warn"``: a `MissingValueWarning`, once per place in your code, which names the projection to add. The value
        is ``NOT_SET``, a relation an empty collection.
        ``"raise"``: an `UnloadedAttributeError` with the same words.
        ``"fetch"``: it is loaded, with one request for the whole collection.
        ``"not_set"``: nothing; it reads as with ``"warn"``.

        None as a value goes back to the default: ``"fetch"`` in a session with ``auto_populate``, else ``"warn"``. What
        would change something through what was not loaded is refused with each of them but ``"fetch"``. Entities of
        ftrack_api only know ``auto_populate``.

        >>> session.missing = "raise"  # doctest: +SKIP
        """
        return decided(self, self._missing)

    @missing.setter
    def missing(self, mode: Missing | None) -> None:
        self._missing: Missing | None = None if mode is None else checked(mode)

    def reading_missing(self, mode: Missing) -> AbstractContextManager[None]:
        """Let reading what was not loaded do something else for the time of a block, in this thread. See `missing`.

        >>> with session.reading_missing("fetch"):  # doctest: +SKIP
        ...     print(tasks.status.name)
        """
        return reading(self, checked(mode))

    def editing_vocabulary(self) -> AbstractContextManager[None]:
        """Allow changes of what the whole site shares, for the time of a block and in this thread.

        These are statuses, types, priorities, object types, project schemas and the like, as collections of them change
        or delete them; entities of ftrack_api are not guarded. Blocks can be inside of each other.

        >>> with session.editing_vocabulary():  # doctest: +SKIP
        ...     status.name = "Approved by client"
        """
        return editing(self)

    @property
    def reuse_query_results(self) -> bool:
        """Whether the same query returns the same collection instead of asking the server again."""
        return self.query_results.keeping

    @reuse_query_results.setter
    def reuse_query_results(self, reuse: bool) -> None:
        self.query_results.keeping = reuse

    @contextmanager
    def reusing_query_results(self) -> Generator[None]:
        """Let the same query return the same collection, for the time of a block.

        Commits, `reconnect` and `close` forget what was returned before.

        >>> with session.reusing_query_results():  # doctest: +SKIP
        ...     assert query.get_all() is query.get_all()
        """
        before = self.reuse_query_results
        self.reuse_query_results = True
        try:
            yield
        finally:
            self.reuse_query_results = before

    @outermost
    def ensure(
        self, entity_type: str, data: Mapping[str, Any], identifying_keys: list[str] | None = None
    ) -> FtrackEntity:
        """Return the entity of this type with this data. It is created and committed if there is none.

        Several processes may do so at once: where the server lets a name occur only once, one of them makes the entity
        and all others get it. If the entity differs from *data* in other attributes than the identifying ones, these
        are changed and committed.

        Args:
            entity_type: the name of the type.
            data: values by attribute.
            identifying_keys: the attributes that it is looked for by, all of *data* if there are none.

        Raises:
            UnknownEntityTypeError: the server has no such type; the message suggests similar ones.
            ServerError: the server refuses it.
            MultipleResultsFoundError: there are several.

        >>> session.ensure("Location", {"name": "studio.disk"})  # doctest: +SKIP
        """
        type_called(self, entity_type)
        return creating.ensured(self, entity_type, data, identifying_keys)

    @outermost
    def ensure_hierarchy(
        self,
        parent: EntityCollection | EmptyCollection,
        tree: Tree,
        types: Sequence[type[Entity] | str],
        *,
        attributes: Attributes = MappingProxyType({}),
    ) -> Hierarchy:
        """Return a hierarchy below one entity; what is missing of it is created and committed, all of it or nothing.

        Several processes may do so at once: servers let a name occur only once among siblings, so one of them makes an
        entity and all others get it. What was pending before is committed, too. `EntityCollection.get_or_create` does
        the same without a commit, and says what the arguments are.

        Two requests, and one if nothing is missing; two more each time that another process was faster.

        Raises:
            TransactionError: inside of a `transaction`.
            DeferredOperationsError: inside of `deferred_operations`. Use ``get_or_create`` in either.
            ServerError: the server refuses it.

        >>> made = session.ensure_hierarchy(project, ["sq010/sh0010"], [Sequence, Shot])  # doctest: +SKIP
        """
        self.blocks.check("commit")
        if not isinstance(parent, EntityCollection | EmptyCollection):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgumentsError(f"A hierarchy begins below an entity, given as a collection, not {parent!r}.")
        if context_of(parent).session is not self:
            raise EntityCollectionOperationError(f"{parent!r} is of another session. Query it with this one.")
        make = partial(parent.get_or_create, tree, types, attributes=attributes)
        return transactions.repeated_while_others_create(self, make)

    @outermost
    def allowed_statuses(
        self, entity_type: type[Entity] | str, project: Projects = None, *, task_type: str | None = None
    ) -> EntityCollection | EmptyCollection:
        """Return the statuses that entities of a type may have in a project, in their order.

        One request, and one more for a project that is given by its name, and for the name of a type the first time.

        Args:
            entity_type: the type: ``Shot``, ``Task``, ``AssetVersion``.
            project: a project, as a collection or by its name. Without one, what any project schema allows.
            task_type: the type of tasks. Some have statuses that override those of all tasks.

        Raises:
            InvalidArgumentsError: entities of this type have no statuses, or there is no such project.
            EntityCollectionOperationError: there are no such entities in this project.

        >>> session.allowed_statuses(Task, "sync", task_type="Animation").name  # doctest: +SKIP
        ['Not started', 'In progress', 'Approved']
        """
        found = allowed.allowed_statuses(self, entity_type, project, task_type)
        return make_collection(entity_class("Status", schema_of(self)), found, session=self, schema=SCHEMA.default)

    @outermost
    def allowed_types(
        self, entity_type: type[Entity] | str, project: Projects = None
    ) -> EntityCollection | EmptyCollection:
        """Return the types that entities of a type may have in a project, in their order, as `allowed_statuses` does.

        >>> session.allowed_types(Task, "sync").name  # doctest: +SKIP
        ['Animation', 'Compositing', 'Layout']
        """
        found = allowed.allowed_types(self, entity_type, project)
        return make_collection(entity_class("Type", schema_of(self)), found, session=self, schema=SCHEMA.default)

    @outermost
    def preload(
        self,
        project: Projects,
        types: Iterable[type[Entity] | str] | type[Entity] | str | None = None,
        *,
        projections: Mapping[type[Entity] | str, object] = MappingProxyType({}),
    ) -> Preloaded:
        """Load a whole project into the session, so that reading of it asks the server nothing, and say what it took.

        One request for each 5,000 entities of each type, and one for a project that is given by its name.

        Args:
            project: a project, or several, as a collection or by name.
            types: what is loaded; by default the project, all contexts, assets and versions. Components, lists and
                review sessions can be loaded, too.
            projections: by type what is loaded besides what is usually read.

        Raises:
            InvalidArgumentsError: there is no such project, or nothing tells which entities of a type are in it.
            UnknownAttributeError: an attribute does not exist; the message suggests similar ones.

        >>> loaded = session.preload("sync")  # doctest: +SKIP
        >>> loaded[Shot].children.status.name  # doctest: +SKIP
        """
        with self.profile() as profile:
            ids = allowed.project_ids(self, project)
            if not ids:
                raise InvalidArgumentsError("preload() needs a project: a collection of one, or its name.")
            found = preloading.load_project(self, ids, types, projections)
        return preloading.Preloaded(MappingProxyType(found), profile.requests, profile.rows, profile.bytes)

    @outermost
    def commit(self) -> None:
        """Send all pending operations to the server, in one transaction.

        What it costs here depends on what changed, not on how much the session holds. If the commit before was
        interrupted, by Ctrl-C or a lost connection, this first finds out whether it has arrived.

        Raises:
            ServerError: the server refuses them, one of ftrack_api's errors. Everything is still pending.
            UnreachableServerError: the server cannot be reached. Everything is still pending.
            UnconfirmedCommitError: the answer was lost, and it cannot be told whether the operations have arrived.
            TransactionError: inside of a `transaction`, which commits at its end.
        """
        super().commit()
        self.query_results.clear()

    @outermost
    def confirm_commit(self) -> bool:
        """Find out whether the last commit has arrived, should anything have interrupted it, such as Ctrl-C.

        `commit` and `transaction` do this first, so it is only for those who want to know.

        Returns:
            Whether the server has all that was to be sent. If not, it has nothing of it: the operations are still
            pending, or were taken back by their transaction.

        Raises:
            UnconfirmedCommitError: it cannot be told, or the server was not reached. The message says what to do.
            TransactionError: inside of a `transaction`.
            DeferredOperationsError: inside of `deferred_operations`.

        >>> try:  # doctest: +SKIP
        ...     session.commit()
        ... except KeyboardInterrupt:
        ...     print("Sent." if session.confirm_commit() else "Not sent.")
        """
        return super().confirm_commit()

    def another(self) -> Session:
        """Return another session of the same user on the same server, made with the same arguments.

        It has a connection, entities and pending operations of its own, as threads need that change something.
        """
        made = cast("Session", super().another())
        made.missing, made.reuse_query_results = self._missing, self.reuse_query_results
        return made

    @contextmanager
    def settling(self) -> Generator[None]:
        """Wrap taking over the answer to a commit: what it deleted is gone for good, and results are asked for anew."""
        with pending.committing(self), super().settling():
            yield
        self.query_results.clear()

    @property
    def events(self) -> EventLog:
        """The events of the server: what has happened since, what happens now, and work that is shared.

        >>> for logged in session.events.follow(where="topic=ftrack.update"):  # doctest: +SKIP
        ...     print(logged.sequence, logged.event["data"]["entities"])
        """
        return log.EventLog(self)

    @outermost
    def history(
        self, entity_type: str | type[Entity], ids: Iterable[str], *attributes: str | Chain[Any]
    ) -> list[Change]:
        """Return what became of attributes of entities, as `history` of collections does; these may be deleted.

        >>> session.history(Task, [task_id], "status")  # doctest: +SKIP
        """
        name = entity_type if isinstance(entity_type, str) else entity_type.__name__
        return histories.history(self, name, ids, attributes)

    def transaction(self) -> AbstractContextManager[None]:
        """Commit the changes of a block at its end, all or none.

        When anything raises in the block, or the server refuses the commit, the session becomes what it was before:
        values and collections as they were, created entities gone, operations pending that were pending.

        What was pending before the block is committed together with it. Blocks inside of each other commit once, at
        the end of the outermost; an inner one that fails takes back only what happened in it. Inside of
        `deferred_operations` nothing is sent, the changes go to the file. A file written inside of a transaction stays.

        Raises:
            TransactionError: a commit inside of the block, or the session was closed or reconnected there.

        >>> with session.transaction():  # doctest: +SKIP
        ...     version.status = approved
        ...     task.status = done
        """
        if self.blocks.refusal("commit") is None:
            self.attempts.expect()
            self.find_out()
        return transactions.transaction(self)

    def graph(self, *entity_types: type[Entity]) -> Graph:
        """Return the types of the server and what leads from one to another: print it for Graphviz, or draw it.

        Of several types only what leads from one of them to another; of one, all that it leads to; of none, everything.

        >>> print(session.graph(Asset, AssetVersion, Task))  # doctest: +SKIP
        """
        return schema_of(self).graph(*(require_type(each).__name__ for each in entity_types))

    @contextmanager
    def profile(self) -> Generator[Profile]:
        """Count what is sent and received in a block: requests, rows, bytes and time, by query.

        The profile also names queries that were sent again and again for one entity after the other.

        >>> with session.profile() as profile:  # doctest: +SKIP
        ...     for task in tasks:
        ...         Query(AssetVersion).by_task(task).get_all()
        >>> print(profile)  # doctest: +SKIP
        """
        profile = Profile()
        with self.observers.watching(profile.add):
            yield profile

    def close(self) -> None:
        """Close the connection; pending operations are discarded. A session that never connected does not do so now.

        Using the session afterwards raises ``ftrack_api.exception.ConnectionClosedError``, until `reconnect`.
        """
        self.query_results.clear()
        super().close()

    @outermost
    def reconnect(self, **overrides: Any) -> None:
        """Close the connection and make a new one, with the arguments this session was made with.

        The session stays the same object, and so do the queries and collections that hold it: they can be read as
        before, and what they fetch next comes through the new connection. Pending operations are discarded.

        Args:
            overrides: arguments to change, by name, as the constructor takes them. They hold from now on, also when
                connecting fails.

        Raises:
            NotConnectedError: the server cannot be reached. The next use of the session tries again.

        >>> session.reconnect(auto_populate=True)  # doctest: +SKIP
        """
        if "reuse_query_results" in overrides:
            self.reuse_query_results = overrides.pop("reuse_query_results")
        self.retries = overrides.pop("retries", self.retries)
        if "missing" in overrides:
            self.missing = overrides.pop("missing")
        self.query_results.clear()
        try:
            self.find_out()
        except UnconfirmedCommitError as error:  # perhaps the new connection is to help with that
            self.warn(str(error))
        self._discard_operations()
        self._reconnect(overrides)

    def deferred_operations(self, path: AnyPath, clear: bool = True) -> AbstractContextManager[None]:
        """Write the changes of a block to the file at *path* instead of leaving them pending.

        Send them later, in this or another process, with `reconnect_and_commit`.

        Args:
            path: the file.
            clear: whether to start a new file rather than to add to the one that is there.

        >>> with session.deferred_operations("publish.db"):  # doctest: +SKIP
        ...     version.comment = "approved"
        """
        return recording.deferred_operations(self, path, clear)

    @outermost
    def plan(self, paths: AnyPath | Iterable[AnyPath], *, check: bool = False) -> Plan:
        """Return what `reconnect_and_commit` would do with one or several files. Nothing is changed or sent.

        Args:
            paths: one file or several.
            check: whether to ask the server what has changed there since the files were written.

        Raises:
            OperationsFileError: a file cannot be read.

        >>> print(session.plan("publish.db"))  # doctest: +SKIP
        """
        return plans.plan(self, paths, check=check)

    @outermost
    def reconnect_and_commit(
        self,
        paths: AnyPath | Iterable[AnyPath],
        on_conflict: OnConflict = "overwrite",
        *,
        allow_other_server: bool = False,
        at_once: int = AT_ONCE,
        **overrides: Any,
    ) -> ReplayResult:
        """Reconnect, then send the operations that `deferred_operations` wrote to one or several files.

        Repeating this never repeats its effect: committed files are marked, and what an interrupted attempt had
        already brought to the server is recognised.

        Args:
            paths: one file or several.
            on_conflict: what to do with a change of a value that is no longer what it was when the change was made:
                ``"overwrite"`` it, ``"raise"`` before anything is sent, or ``"skip"`` the change.
            allow_other_server: whether the files may have been recorded for another server.
            at_once: how many operations are sent in one transaction; more take several, and the files remember how
                far that is.
            overrides: arguments for `reconnect`.

        Raises:
            DeferredOperationsError: a block of `deferred_operations` is open in this session.
            TransactionError: a `transaction` is open in this session.
            OperationsFileError: a file cannot be read. The session is then as it was before, not even reconnected.
            ConflictError: with ``on_conflict="raise"``; nothing was sent.
            NotConnectedError: the server cannot be reached; nothing was sent.
        """
        self.blocks.check("reconnect_and_commit")
        files = [Path(os.fspath(path)) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]
        for file in files:
            operations_file.check(file)
        self.reconnect(**overrides)
        return replaying.replay(self, files, on_conflict, allow_other_server=allow_other_server, at_once=at_once)

    def get_cached_collections(self) -> dict[type[Entity], EntityCollection | EmptyCollection]:
        """Return what the session holds in memory: one collection for each entity type, most of them empty.

        Nothing is asked of the server for it, but a session that has not connected yet does so.

        >>> session.get_cached_collections()[Task]  # doctest: +SKIP
        EntityCollection[Task]{12}
        """
        types = schema_of(self)
        held: dict[str, list[Any]] = {}
        for entity in memory_of(self).values():
            held.setdefault(entity.entity_type, []).append(entity)
        names = dict.fromkeys((*known_types, *types.types))
        return {
            entity_class(name, types): make_collection(
                entity_class(name, types), held.get(name, ()), session=self, schema=SCHEMA.default
            )
            for name in names
            if name != Entity.__name__
        }

    def after_fork(self) -> None:
        """Get locks and a connection of its own, in a forked child."""
        super().after_fork()
        self.query_results.after_fork()

    def trace(self, message: str) -> None:
        """Log what is worth knowing of the connection."""
        logger("session").info("%s", message)

    def warn(self, message: str) -> None:
        """Log what somebody has to know."""
        logger("session").warning("%s", message)

    def _discard_operations(self) -> None:
        """Forget the pending operations, with one warning that says how many of what they were."""
        if not self.connected or not self.recorded_operations:
            return
        logger("session").warning(
            "Reconnecting discards %d pending operations that were never committed: %s. "
            "Call commit() before reconnect() to keep such changes.",
            len(self.recorded_operations),
            describe_operations(self.recorded_operations),
        )
        self.recorded_operations.clear()


def replace_ftrack_api_sessions(
    kind: type[ftrack_api.Session] = Session, *, arguments: Mapping[str, Any] = MappingProxyType({})
) -> Replacement:
    """Let existing programs use sessions of this kind: from now on, ``ftrack_api.Session(...)`` makes one.

    It takes all arguments that ``ftrack_api.Session`` takes, with the same defaults: these sessions load what is
    missing, and they connect, load plugins and raise at once when they are made. Classes that a program derives from
    ``ftrack_api.Session`` stay what they are.

    Args:
        kind: `Session`, or a class derived from it; ``ftrack_api.Session`` to exchange the arguments only.
        arguments: what to give to sessions in place of what programs give, by name: ``{"server_url": "sqlite://"}``.
            Classes that a program derives from ``ftrack_api.Session`` get them, too.

    Returns:
        Something to end it with: ``undo()``, or the end of a ``with`` block.

    >>> with replace_ftrack_api_sessions():  # doctest: +SKIP
    ...     existing_tool.main()
    """
    if not issubclass(kind, Session):
        return replacement.Replacement(kind, arguments)
    if kind not in _replacing:
        _replacing[kind] = type(kind.__name__, (_AtOnce, kind), {"__module__": kind.__module__})
    return replacement.Replacement(_replacing[kind], arguments)


class _AtOnce(Session):
    """A session that is made as ``ftrack_api.Session`` is: populating by itself, and connected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = dict(zip(ARGUMENTS, args, strict=False)) | kwargs
        super().__init__(*args, **kwargs if "auto_populate" in given else {**kwargs, "auto_populate": True})
        self._connect()


_replacing: dict[type[Session], type[Session]] = {}


def _known_attributes(type_name: str) -> list[str]:
    """Return the attributes of an entity type and its custom attributes, if the default session is connected."""
    if not SESSION.connected or schema_of(SESSION).find_type(type_name) is None:
        return []
    custom = Finder(SESSION).fitting_keys(type_name)
    return [*schema_of(SESSION).attributes(type_name), *(f"custom_{key}" for key in custom if key.isidentifier())]


known.Live.attributes = staticmethod(_known_attributes)

#: The session that queries use when they are given none. Like every session it connects when it is first used.
SESSION = Session(auto_populate=False)
