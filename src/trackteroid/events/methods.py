"""What sessions do with events: the methods that `trackteroid.session.Session` gets from here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from ftrack_api.event.base import Event

from trackteroid.client.connection import LazySession
from trackteroid.client.events import SessionEventHub
from trackteroid.client.failures import outermost
from trackteroid.entities.base import Entity
from trackteroid.errors import EventHubError, InvalidArgumentsError
from trackteroid.events import actions, dispatching, jobs, listening, records, running, sources
from trackteroid.session_state import of_session

if TYPE_CHECKING:
    from trackteroid.events.listening import Handler
    from trackteroid.events.records import Reply
    from trackteroid.events.running import OnError, Outcome, Told
    from trackteroid.events.sources import Since

F = TypeVar("F", bound=Callable[..., Any])


class EventSession(LazySession):
    """A session that listens to events, answers them and publishes them."""

    @property
    def handlers(self) -> tuple[Handler, ...]:
        """What `listen` calls: listeners, actions and answers, in the order in which they were registered."""
        return tuple(of_session(self, listening.Registry).handlers)

    def on(
        self,
        topic: str,
        *attributes: object,
        where: object = None,
        projections: Iterable[object] = (),
        ignore_own: bool = False,
        attempts: int = 3,
    ) -> Callable[[F], F]:
        """Register a function that is called with each event of a topic while this session listens.

        Nothing is sent for it. For ``"ftrack.update"`` the function gets a `Change`, else what was `Received`.

        Args:
            topic: the topic; a star at its end stands for any rest. It may also be an expression of the event hub,
                such as ``'topic=studio.published and data.kind="Shot"'``.
            attributes: of an ``ftrack.update``, what to hear of: ``Task.status``, ``"status"`` of any type,
                ``Shot.custom_fstart``, or ``Task`` for all changes of tasks.
            where: what has to hold of the entities, as a condition (``Task.Project.name == "sync"``) or as the text of
                one, when they are handled; deleted entities meet none. Of other events an expression.
            projections: what is loaded with the entities besides the default projections and what has changed.
            ignore_own: whether the changes of this listener, and of others of its group, are left out.
            attempts: how often an event is tried before it is put aside.

        Raises:
            InvalidArgumentsError: something in it is nothing to listen to.
            UnknownNameError: something is misspelt, and the session knows the schema of its server.

        >>> @session.on("ftrack.update", Task.status)  # doctest: +SKIP
        ... def approved(change):
        ...     print(change.entities.name, change.old, change.new)
        """
        if callable(topic):
            raise InvalidArgumentsError('Say which events: @session.on("ftrack.update", Task.status).')

        def register(function: F) -> F:
            self._register(
                listening.listener(
                    topic,
                    function,
                    attributes,
                    where=where,
                    projections=projections,
                    ignore_own=ignore_own,
                    attempts=attempts,
                )
            )
            return function

        return register

    def answers(self, topic: str) -> Callable[[F], F]:
        """Register a function whose result is the reply to each event with a topic.

        It is called with what was `Received`. If it raises, the reply is ``{"success": False, "message": ...}``.

        >>> @session.answers("studio.free-disk")  # doctest: +SKIP
        ... def free_disk(event):
        ...     return {"bytes": shutil.disk_usage(event.data["path"]).free}
        """

        def register(function: F) -> F:
            self._register(actions.Question(topic, function, self._answer))
            return function

        return register

    def action(
        self,
        label: str,
        *,
        on: object,
        identifier: str | None = None,
        icon: str | None = None,
        description: str | None = None,
        variant: str | None = None,
        when: object = None,
        job: bool = False,
        users: Iterable[str] = (),
        projections: Iterable[object] = (),
    ) -> Callable[[F], F]:
        """Register a function that people start from ftrack's interfaces, for what they have selected.

        Its first parameter is the selection, as a collection. The others are asked for in a form: their annotations say
        what kind of fields these are. What it returns is told to whoever has started it: text, a `Message`, a
        dictionary as ftrack's interfaces read it, or nothing. So is what it raises.

        Args:
            label: what it is called.
            on: the type of the entities that have to be selected, ``AssetVersion``.
            identifier: what interfaces know it by; by default made of label and variant.
            icon: the address of a picture, or the name of one of ftrack's.
            description: what it does.
            variant: what is shown behind the label, where several have the same.
            when: what has to hold of all that is selected: a condition, or the text of one.
            job: whether it runs beside other things; a job tells how far it is. A parameter that is annotated with
                `RunningJob` gets the job.
            users: the user names of those to whom it is offered; everybody by default.
            projections: what is loaded with the entities besides the default projections.

        Raises:
            InvalidArgumentsError: no form can be made of the function.

        >>> @session.action("Deliver", on=AssetVersion)  # doctest: +SKIP
        ... def deliver(versions, *, width: int = 1920, target: Literal["client", "vendor"] = "client"):
        ...     return f"{len(versions)} versions on their way to the {target}."
        """

        def register(function: F) -> F:
            made = actions.action(
                label,
                function,
                on,
                self._answer,
                identifier=identifier,
                icon=icon,
                description=description,
                variant=variant,
                when=when,
                job=job,
                users=users,
                projections=projections,
            )
            known = [each for each in self.handlers if isinstance(each, actions.Action)]
            if any(each.identifier == made.identifier for each in known):
                raise InvalidArgumentsError(
                    f'There is an action "{made.identifier}" already. Give this one a variant, or another identifier.'
                )
            self._register(made)
            return function

        return register

    def _register(self, handler: Handler) -> None:
        of_session(self, listening.Registry).add(handler, self)

    def _answer(self, event: Mapping[str, Any], data: Any) -> None:
        # Whichever thread has the answer: this is the session that is connected to the hub.
        kept = of_session(self, listening.Registry).replies
        if kept is not None:
            kept.append(data)
            return
        hub = _hub_of(self)
        hub.answer(event, data, {"id": hub.id})

    @outermost
    def listen(
        self,
        *,
        group: str | None = None,
        since: Since | None = None,
        at_most_once: bool = False,
        lease: float = 60.0,
        threads: int = 1,
        duration: float | None = None,
        until: Callable[[], object] | None = None,
        on_error: OnError = "continue",
        deliveries: int = 10,
        report: Callable[[Told], None] | None = None,
    ) -> Outcome:
        """Call the registered functions with the events that come, until somebody stops it.

        Ctrl-C and SIGTERM let what is running finish; the second one interrupts it.

        It hears what happens from now on. Trackteroid's own server keeps a log, of which nothing is missed. Of other
        servers it hears what happens while it is connected to the event hub; that it was not is told.

        Args:
            group: the name of a group of listeners, in as many processes as you like, which share the events: each is
                handled by one of them, and by another one if that dies. The server remembers how far the group is.
            since: the number of the event in the log after which to begin, or ``"now"``. For a group, where it begins
                when it is new.
            at_most_once: whether events of the group are done when they are handed out: none is handled twice, and what
                a listener dies over is lost. Settled when the group is made.
            lease: the seconds after which events of a member of the group that has died are another one's. While a
                function runs, its lease is renewed.
            threads: how many functions are called at the same time. With one it is this thread that calls them. With
                more, each thread has a session of its own, which is the one of the collections that functions get.
                Changes of one entity are always handled in order.
            duration: for how many seconds to listen.
            until: a function that is asked again and again whether that is enough.
            on_error: ``"stop"`` to raise what a function raises, rather than to go on.
            deliveries: how often an event of the group may be delivered and not be acknowledged, because it seems to
                end whoever handles it, before it is put aside.
            report: what is called after each call, with what was `Told`.

        Returns:
            What has become of the events.

        Raises:
            InvalidArgumentsError: nothing is registered.
            UnknownNameError: something that a listener wants is misspelt.
            NoEventLogError: there is a *group* or a *since*, and the server keeps no log.
            EventHubError: the server has no event hub, or the connection to it is lost for good.
        """
        if threads < 1:
            raise InvalidArgumentsError(f"threads is {threads!r}, but at least one is needed.")
        if at_most_once and group is None:
            raise InvalidArgumentsError("at_most_once is settled by a group, which remembers it: give group= too.")
        handlers = running.checked_handlers(self, self.handlers)
        self.mark_changes(f"trackteroid:{group}" if group else self.client_token or uuid.uuid4().hex)
        stopping = dispatching.Stopping(duration)
        with stopping.on_signals():
            if group is not None:
                source: sources.Source = sources.GroupSource(
                    self, group, since=since, lease=lease, at_most_once=at_most_once
                )
            else:
                source = sources.source_of(self, running.subscription_of(handlers), since)
            runner = running.Runner(
                self,
                handlers,
                source,
                stopping,
                threads=threads,
                on_error=on_error,
                until=until,
                report=report,
                deliveries=deliveries,
            )
            return runner.run()

    @outermost
    def publish(
        self,
        topic: str,
        data: Any = None,
        *,
        wait: float | None = None,
        replies: int | None = None,
        target: str = "",
    ) -> list[Reply]:
        """Publish an event, and return the replies to it if they are waited for.

        Args:
            topic: its topic.
            data: what it says: anything that JSON can say.
            wait: for how many seconds replies are waited for; None for not at all.
            replies: how many replies are enough.
            target: an expression for those whom it is for, such as ``'id="..."'``; everybody by default.

        Raises:
            EventHubError: the server has no event hub, or it cannot be reached.

        >>> session.publish("studio.free-disk", {"path": "/renders"}, wait=5, replies=1)  # doctest: +SKIP
        """
        hub = _hub_of(self)
        event = Event(topic, data={} if data is None else data, target=target)
        if wait is None:
            hub.publish(event)
            return []
        replied = map(dict[str, Any], hub.ask(event, wait, replies))
        return [records.Reply(each["data"], each["source"]) for each in replied]

    @outermost
    def from_event(
        self, event: Any, entity_type: type[Entity] | None = None, projections: Iterable[object] = ()
    ) -> Any:
        """Return what is selected in an event as a collection, in the order of the selection.

        Args:
            event: an event of ftrack_api or what was `Received`, such as of an action; or its selection.
            entity_type: the type of the entities that are wanted, if several may be selected.
            projections: what is loaded besides the default projections.

        Raises:
            EntityCollectionOperationError: entities of several types are selected, and nothing says which are wanted.
        """
        given = event.event if isinstance(event, records.Received) else event
        return actions.from_event(self, given, entity_type, projections)

    def job(self, name: str, entities: Any = None) -> AbstractContextManager[jobs.RunningJob]:
        """Show a job for the time of a block: running, then done; failed, with the traceback, if the block raises.

        What it tells is sent at once, beside the pending operations of this session, which stay pending.

        Args:
            name: what it is called.
            entities: the collection that it is about.

        >>> with session.job("Deliver", versions) as job:  # doctest: +SKIP
        ...     job.progress(0.4, "copying")
        """
        return jobs.running(self, name, entities)


def _hub_of(session: Any) -> SessionEventHub:
    """Return the hub of a session, connected."""
    hub = session.event_hub
    if not isinstance(hub, SessionEventHub):
        raise EventHubError(
            f"The event hub of this session is a {type(hub).__name__}, which somebody has put there, and not one of "
            "Trackteroid's. Publish with its own methods."
        )
    if not hub.connected:
        hub.connect()
    return hub
