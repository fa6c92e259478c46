"""Events for tests of listeners: made, delivered without an event hub, caught from a server, expected."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal, cast

from trackteroid.collections import EntityCollection
from trackteroid.events.changes import Change, View
from trackteroid.events.dispatching import Delivery, Stopping
from trackteroid.events.listening import Registry, Wanted, listener
from trackteroid.events.records import UPDATE, legacy_names
from trackteroid.events.running import Runner, checked_handlers
from trackteroid.session import Session
from trackteroid.session_state import of_session

Event = Mapping[str, Any]

_ANYTHING: Final = object()


class ExpectedEventError(AssertionError):
    """An event was expected that did not come, or one came that was not to."""


class Events:
    """Events of one session, for tests.

    Args:
        session: the session that the listeners are registered on.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    # Making events

    def update(
        self,
        entities: Any,
        attribute: object,
        *,
        old: Any = None,
        new: Any = None,
        action: Literal["add", "update", "remove", "move"] = "update",
        user: str | None = None,
    ) -> Event:
        """Return an ``ftrack.update`` as a server publishes it.

        Args:
            entities: the collection of what has changed.
            attribute: what has changed: ``Task.status``, ``"status"``, ``Shot.custom_fstart``.
            old: the value before; what is referred to by its name, as an id, or as a collection.
            new: the value after.
            action: what has happened.
            user: the user name of who has done it; the user of the session by default.
        """
        told = [self._told(each, Wanted.of(attribute), old, new, action) for each in entities.values()]
        data = {"entities": told, "user": {"userid": None, "name": user}, "clientToken": None, "parents": []}
        return self.made(UPDATE, data, user=user)

    def made(self, topic: str, data: Any = None, *, user: str | None = None) -> Event:
        """Return an event as listeners get it."""
        source = {"id": uuid.uuid4().hex, "user": {"username": user or self._session.api_user}}
        return {
            "id": uuid.uuid4().hex,
            "topic": topic,
            "data": {} if data is None else data,
            "sent": None,
            "source": source,
            "target": "",
            "in_reply_to_event": None,
        }

    def _told(self, entity: Any, wanted: Wanted, old: Any, new: Any, action: str) -> dict[str, Any]:
        names, kind = legacy_names(self._session), entity.entity_type
        attribute = wanted.attribute or "name"
        found = names.schema.find_attribute(kind, attribute)
        if found is None and attribute.startswith("custom_"):
            column = attribute.removeprefix("custom_")
        else:
            names.schema.attribute(kind, attribute)
            column = names.column(kind, attribute)
        target = found.target if found is not None and found.kind == "reference" else None
        values = {"old": self._raw(target, old), "new": self._raw(target, new)}
        return {
            "entity_type": kind,
            "entityType": names.legacy_type(kind),
            "entityId": entity["id"],
            "parentId": None,
            "action": action,
            "keys": [column],
            "changes": {column: values},
            "parents": [{"entityId": entity["id"], "entityType": names.legacy_type(kind), "entity_type": kind}],
        }

    def _raw(self, target: str | None, value: Any) -> Any:
        """Return a value as events have it: the id of what is called so."""
        if isinstance(value, EntityCollection):
            return cast("EntityCollection[Any]", value).id[0]
        if target is None or not isinstance(value, str):
            return value.isoformat() if hasattr(value, "isoformat") else value
        view = View(self._session, ())
        return view.id_of(target, value) or value

    # Delivering them

    def deliver(self, *events: Event, together: bool = True) -> list[Any]:
        """Let the registered listeners, actions and answers handle events now, in this thread and without an event hub.

        Args:
            events: the events, in the order in which they come.
            together: whether they come together, so that what is asked of the server is asked for all at once.

        Returns:
            What actions and answers have replied.

        Raises:
            Exception: what a listener raises.
        """
        registry = of_session(self._session, Registry)
        registry.replies = replies = list[Any]()
        stopping = Stopping()
        source = _Given(events, together=together)
        try:
            handlers = checked_handlers(self._session, registry.handlers)
            Runner(self._session, handlers, source, stopping, on_error="stop", until=source.is_empty).run()
        finally:
            registry.replies = None
        return replies

    def launch(self, action: str, selection: Any, **values: Any) -> Any:
        """Start an action, as an interface does, and return its last reply.

        Args:
            action: its identifier.
            selection: the collection that is selected.
            values: what is entered in its form; without any, an action that has a form replies with it.
        """
        names = legacy_names(self._session)
        selected = [
            {"entityId": each["id"], "entityType": names.legacy_type(each.entity_type)} for each in selection.values()
        ]
        data = {"actionIdentifier": action, "selection": selected, **({"values": values} if values else {})}
        replies = self.deliver(self.made("ftrack.action.launch", data))
        if not replies:
            known = [each.identifier for each in self._session.handlers if hasattr(each, "identifier")]  # pyright: ignore
            raise ExpectedEventError(f'No action "{action}" has replied. These are registered: {known}.')
        return replies[-1]

    # What networks do to events

    @staticmethod
    def duplicate(events: Iterable[Event]) -> list[Event]:
        """Return events as they come where each comes twice."""
        return [each for event in events for each in (event, event)]

    @staticmethod
    def drop(events: Iterable[Event], *places: int) -> list[Event]:
        """Return events as they come where those at some places are lost; the first place is 0."""
        return [event for place, event in enumerate(events) if place not in places]

    @staticmethod
    def reorder(events: Iterable[Event], seed: int = 0) -> list[Event]:
        """Return events in another order; each seed has its own, always the same one."""
        shuffled = list(events)
        random.Random(seed).shuffle(shuffled)  # noqa: S311  # nothing secret
        return shuffled

    # Events of a server

    @contextmanager
    def capture(self, expression: str = f"topic={UPDATE}", *, within: float = 5.0) -> Generator[list[Event]]:
        """Catch the events that are published while a block runs, of this session's server.

        Args:
            expression: which events.
            within: for how many seconds the last of them are waited for.
        """
        hub: Any = self._session.event_hub
        if not hub.connected:
            hub.connect()
        caught: list[Event] = []
        end, last = f"trackteroid.testing.{uuid.uuid4().hex}", list[Any]()

        def catch(event: Event) -> None:
            caught.append({name: event[name] for name in event})

        subscribers = [
            hub.subscribe(expression, catch),
            hub.subscribe(f"topic={end}", last.append),
        ]
        try:
            yield caught
            # Events come in order, so what was published in the block is there when this is.
            self._session.publish(end)
            limit = time.monotonic() + within
            while not last and time.monotonic() < limit:
                hub.wait(0)
        finally:
            for each in subscribers:
                hub.unsubscribe(each)

    @contextmanager
    def expect(
        self,
        topic: str = UPDATE,
        *attributes: object,
        where: object = None,
        old: Any = _ANYTHING,
        new: Any = _ANYTHING,
        count: int | None = None,
        within: float = 5.0,
    ) -> Generator[list[Any]]:
        """Expect events while a block runs, of this session's server.

        Args:
            topic: their topic.
            attributes: of an ``ftrack.update``, what changes, as in ``Session.on``.
            where: what has to hold, as in ``Session.on``.
            old: the value before.
            new: the value after.
            count: how many entities have to be told of, or events to come; at least one by default, 0 for none.
            within: for how many seconds the last of them are waited for.

        Returns:
            A list that has them after the block.

        Raises:
            ExpectedEventError: they have not come; the message says what has come.
        """
        found: list[Any] = []
        wanted = listener(topic, found.append, attributes, where=where)
        with self.capture(wanted.subscription, within=within) as caught:
            yield found
        tasks = wanted.prepare(self._session, [Delivery(event) for event in caught])
        for _, task in tasks:
            task.run(self._session)
        found[:] = [
            each for each in found if (old is _ANYTHING or each.old == old) and (new is _ANYTHING or each.new == new)
        ]
        come = sum(len(each.ids) if isinstance(each, Change) else 1 for each in found)
        if come != count if count is not None else not come:
            expected = "at least one was" if count is None else f"{count} were"
            came = [self._shown(event) for event in caught] or ["nothing"]
            raise ExpectedEventError(
                f"{come} as expected have come, but {expected} expected: {wanted}. There came: " + "; ".join(came)
            )

    def _shown(self, event: Event) -> str:
        if event["topic"] != UPDATE:
            return f"{event['topic']} {event['data']}"
        groups = listener(UPDATE, print, ()).groups_in(self._session, Delivery(event))
        view = View(self._session, groups)
        return ", ".join(repr(Change(group, view)) for group in groups)


class _Given:
    """A source of events that a test has."""

    def __init__(self, events: Sequence[Event], *, together: bool) -> None:
        self._left = list(events)
        self._together = together

    def is_empty(self) -> bool:
        """Return whether all were taken."""
        return not self._left

    def take(self, most: int) -> list[Delivery]:
        """Return the next ones."""
        size = most if self._together else 1
        taken, self._left = self._left[:size], self._left[size:]
        return [Delivery(event) for event in taken]

    def done(self, deliveries: Sequence[Delivery]) -> None:
        """Nobody remembers."""

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Nobody else wants them."""

    def close(self) -> None:
        """There is nothing to close."""
