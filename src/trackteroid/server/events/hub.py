"""The hub of one process. Those of all processes that serve one database are one hub, because all read one log.

What is published is written to the log, many events in one transaction when many come at the same time; only what
is in the log is handed to whoever has subscribed, see `following`. Both is done by threads, which run while anybody is
connected.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from functools import partial
from itertools import count
from typing import Any, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from trackteroid.server.auth.access import Opened, still_let_in
from trackteroid.server.auth.policy import Policy
from trackteroid.server.core import clock
from trackteroid.server.core.failures import Failure, LimitError, PermissionError_, ValidationError
from trackteroid.server.core.options import Limits
from trackteroid.server.core.request import Actor
from trackteroid.server.events import log, messages
from trackteroid.server.events.bells import Bell, Loop
from trackteroid.server.events.expressions import parse
from trackteroid.server.events.following import Follower, Own, Watch, watch
from trackteroid.server.events.members import Member, Publications, Published, Viewers, settle
from trackteroid.server.events.messages import SUBSCRIBE, UNSUBSCRIBE, UPDATE, published
from trackteroid.server.events.reading import PAGE, PAGE_BYTES, Viewer, event_in
from trackteroid.server.events.subscriptions import Subscription, Subscriptions, subscriber_in
from trackteroid.server.history import moments
from trackteroid.server.model import Model, standard_model
from trackteroid.server.storage import engines
from trackteroid.server.storage.database import Database, Models
from trackteroid.server.storage.engines import Outages

_LOG: Final = logging.getLogger("trackteroid.server.events")

#: How many comparisons a target may make with each subscriber that there is.
_MOST_AIMS: Final = 64
#: The seconds from one transaction to the next while many events come. What comes after a pause is written at once.
_APART: Final = 0.01
#: The seconds between two looks at whether those who are connected may still be.
CHECK_SECONDS: Final = 2.0
#: The seconds before what has failed because of the database is tried again.
_PAUSE: Final = 1.0


class Hub:
    """The hub of one process.

    Args:
        database: Where the log is.
        limits: How much there may be of everything.
        models: The entity types.
        is_open: Every user may do everything.
    """

    def __init__(self, database: Database, limits: Limits, models: Models, *, is_open: bool = False) -> None:
        self._database = database
        self._limits = limits
        self._models = models
        self._is_open = is_open
        self._viewers = Viewers(database, models, is_open=is_open)
        self._lock = threading.RLock()
        #: Held while the threads start and stop, so that there are never two who hand on the same.
        self._switching = threading.Lock()
        self._members: dict[Member, dict[str, Subscription[Member]]] = {}
        self._subscriptions: Subscriptions[Member] = Subscriptions()
        self._loops: dict[asyncio.AbstractEventLoop, Loop] = {}
        self._bells: dict[Bell, None] = {}
        self._waiting: Subscriptions[Bell] = Subscriptions()
        self._published = Publications()
        self._threads: _Threads | None = None
        self._commits = count(1)
        #: What is known of the size of the log.
        self._counted = log.Counted()
        self.outages = Outages(_LOG, "The event hub")

    def join(self, opened: Opened, loop: asyncio.AbstractEventLoop) -> Member:
        """Return a new connection of a user, who from now on gets what is published and what changes. It may wait.

        Args:
            opened: The user, and with which key they have come in.
            loop: Where the connection is served.

        Raises:
            LimitError: There are too many.
            Failure: The database is not available, or open for reading only.
        """
        self.check_log()
        with self._switching:
            self._begin()
            with self._lock:
                member = Member(self, opened, self._limits, self._loops.setdefault(loop, Loop(loop)))
                self._members[member] = {}
        return member

    def _begin(self) -> None:
        """Make ready for one more connection."""
        count = len(self._members) + len(self._bells)
        if count >= self._limits.hub_connections:
            raise LimitError(f"The event hub has {count} connections, this server's limit hub_connections.")
        if self._threads is None:
            self._threads = _Threads(self, self._database)

    def hang(self, bell: Bell) -> None:
        """Ring a bell from now on whenever there may be something for it. It may wait.

        Raises:
            LimitError: There are too many.
        """
        with self._switching:
            self._begin()
            with self._lock:
                self._bells[bell] = None
                self._waiting.add(bell.subscription)

    def take_down(self, bell: Bell) -> None:
        """Ring a bell no longer. The hub goes on to follow the log, because the same client soon waits again."""
        with self._lock:
            if bell in self._bells:
                del self._bells[bell]
                self._waiting.remove(bell.subscription)

    def viewer(self, connection: sa.Connection, actor: Actor) -> Viewer:
        """Return what a user may see at this moment; raises `PermissionError_` if they may not come in any more."""
        return Viewer(self._models.current(connection), self._viewers.policy_in(connection, actor))

    def ring(self, group: str) -> None:
        """Something was given back that consumers of a group may wait for."""
        with self._lock:
            bells = [bell for bell in self._bells if bell.group == group]
        for bell in bells:
            bell.ring()

    def end_waits(self) -> None:
        """Let all calls be answered that wait for events."""
        with self._lock:
            bells = list(self._bells)
        for bell in bells:
            bell.end()

    def check_log(self) -> None:
        """Raise `PermissionError_` where nothing can be written to the log."""
        if self._database.is_read_only:
            raise PermissionError_(
                "The database is open for reading only, as mode=ro in its address says, so that there is no event hub."
            )

    def leave(self, member: Member) -> None:
        """Forget a connection; the last one stops the hub. It may wait."""
        with self._switching:
            with self._lock:
                for subscription in self._members.pop(member, {}).values():
                    self._subscriptions.remove(subscription)
            self._viewers.forget(member.actor)
            if not (self._members or self._bells):
                self._stop()

    def close(self) -> None:
        """End all connections."""
        self.end_waits()
        for member in list(self._members):
            member.end("The server has stopped.")
        with self._switching:
            self._stop()

    def _stop(self) -> None:
        threads, self._threads = self._threads, None
        self._loops.clear()
        if threads is not None:
            threads.stop()
            self.write_published()

    def committed(self) -> None:
        """Something was committed that is perhaps in the log."""
        threads = self._threads
        if threads is not None:
            threads.follower.look()
        self._count_commit()

    def _count_commit(self) -> None:
        """Delete now and then what is kept no longer, of events and history; if that cannot be now, another time."""
        if next(self._commits) % log.TRIM_EVERY:
            return
        try:
            self._counted = self._database.run(
                partial(log.trim, limits=self._limits, now=_now(), counted=self._counted), write=True
            )
            self._database.run(partial(moments.trim, limits=self._limits, now=_now()), write=True)
        except (Failure, SQLAlchemyError):
            _LOG.warning("Old events could not be deleted; they will be later.", exc_info=True)

    def take(self, member: Member, sent: Mapping[str, Any], number: int | None) -> bool:
        """Do what an event of a client asks for.

        Returns:
            Whether it is to be written to the log; the client is told once it is there.

        Raises:
            Failure: It is wrong, or not allowed.
        """
        event = published(sent, member.actor)
        if event["topic"] == SUBSCRIBE:
            self._subscribe(member, event["data"])
            return False
        if event["topic"] == UNSUBSCRIBE:
            self._unsubscribe(member, event["data"])
            return False
        if event["topic"] == UPDATE and not (self._is_open or member.actor.is_administrator):
            raise PermissionError_(f"{UPDATE} is what the server itself publishes when something has changed.")
        if event["target"] and parse(event["target"]).size > _MOST_AIMS:
            raise ValidationError(f"The target of an event may make {_MOST_AIMS} comparisons.")
        try:
            content = orjson.dumps(event)
        except orjson.JSONEncodeError as error:
            # What is nested deeply can be read, but not written.
            raise ValidationError(f"An event cannot be written to the log: {error}.") from None
        entry = log.Entry(event["topic"], member.actor.id, "event", content)
        is_first, threads = self._published.add(Published(member, number, entry, event)), self._threads
        if threads is not None and is_first:
            threads.write.set()
        return True

    def _subscribe(self, member: Member, data: object) -> None:
        subscriber, text = subscriber_in(data)
        subscription = Subscription(member, subscriber, parse(text))
        with self._lock:
            own = self._members.get(member)
            if own is None:
                return
            known = own.get(subscription.id)
            if known is not None and known.expression == subscription.expression:
                return  # clients that subscribe while they connect say so twice
            if known is not None:
                raise ValidationError(f"This connection has a subscriber with the id {subscription.id} already.")
            if sum(each.weight for each in own.values()) + subscription.weight > self._limits.hub_subscriptions:
                raise LimitError(
                    f"A connection may have {self._limits.hub_subscriptions} subscriptions, this server's limit "
                    "hub_subscriptions; one with many comparisons counts for several."
                )
            for earlier in self._subscriptions.called(subscription.id):
                # The same user on a connection that is dead: they have connected again.
                if earlier.holder.actor.id == member.actor.id:
                    del self._members[earlier.holder][earlier.id]
                    self._subscriptions.remove(earlier)
            own[subscription.id] = subscription
            self._subscriptions.add(subscription)

    def _unsubscribe(self, member: Member, data: object) -> None:
        subscriber, _ = subscriber_in(data)
        with self._lock:
            subscription = self._members.get(member, {}).pop(subscriber["id"], None)
            if subscription is not None:
                self._subscriptions.remove(subscription)

    # What the threads do

    def position(self) -> int:
        """Return the number of the last event in the log."""
        with self.outages.reaching():
            return self._database.run(log.last, write=False)

    def write_published(self) -> None:
        """Write what was published to the log, hand it on and tell the publishers."""
        while batch := self._published.take():
            try:
                self._append_and_hand_on(batch)
            except (Failure, SQLAlchemyError) as error:
                self.outages.tell(error, f"{len(batch)} events could not be written to the log")
                settle(
                    batch,
                    f"The event could not be written to the log of the server ({type(error).__name__}). Try again.",
                )
                continue
            self._count_commit()

    def _append_and_hand_on(self, batch: Sequence[Published]) -> None:
        threads = self._threads
        with threads.follower.writing() if threads is not None else nullcontext():
            last = self._append(batch)
            with self._lock:
                loops = list(self._loops.values())
            with ExitStack() as stack:  # at its end, the loops of the connections learn of all that is to be sent
                for loop in loops:
                    stack.enter_context(loop.together())
                if threads is not None:
                    threads.follower.wrote(last, [each.own for each in batch])
                settle(batch)

    def _append(self, batch: Sequence[Published]) -> int:
        """Write events to the log; return the number of the last one."""
        entries, end = [each.entry for each in batch], time.monotonic() + self._limits.wait_seconds
        while True:
            try:
                with self.outages.reaching():
                    return self._database.run_statement(lambda connection: log.append(connection, entries, _now()))
            except OperationalError as error:  # noqa: PERF203 - trying again is what the loop is for
                if not engines.is_busy(error) or time.monotonic() >= end:
                    raise

    def check_members(self) -> None:
        """End the connections of those who may not come in any more."""
        with self._lock:
            members = list(self._members)
        if not members:
            if self.outages.is_on:
                self.position()
            return
        users, keys = {member.actor.id for member in members}, {member.key_id for member in members if member.key_id}
        with self.outages.reaching():
            active, valid = self._database.run(
                lambda connection: still_let_in(connection, standard_model(), users, keys, _now()), write=False
            )
        for member in members:
            if member.actor.id not in active:
                member.end(f"The user {member.actor.username} is not active any more.")
            elif member.key_id is not None and member.key_id not in valid:
                member.end(f"The API key of {member.actor.username} that this connection was made with is not valid.")

    def read(self, position: int, until: int) -> tuple[log.Page, Model]:
        """Return some events after a position, and none after another one."""

        def read(connection: sa.Connection) -> tuple[log.Page, Model]:
            page = log.since(connection, position, PAGE, most_bytes=PAGE_BYTES, until=until)
            return page, self._models.current(connection)

        with self.outages.reaching():
            return self._database.run(read, write=False)

    def find(self, sequences: Sequence[int]) -> tuple[Mapping[int, log.Logged], int]:
        """Return those events with these numbers that are in the log, and its last number."""
        with self.outages.reaching():
            return self._database.run(
                lambda connection: (log.these(connection, sequences), log.last(connection)), write=False
            )

    def deliver(self, logged: log.Logged, model: Model) -> None:
        """Hand an event on to the clients that want it, as far as they may see it."""
        if not self._may_be_wanted(logged.topic):
            return
        try:
            self._deliver(logged, model)
        except Exception as error:
            if isinstance(error, SQLAlchemyError):
                raise
            _LOG.exception("Event %d could not be handed on; those after it are.", logged.sequence)

    def _deliver(self, logged: log.Logged, model: Model) -> None:
        content = orjson.loads(logged.content)
        if logged.form == "event":
            self.deliver_own([Own(logged.topic, content, logged.content)])
            return
        event = event_in(logged, content, Viewer(model, None))
        if event is None:
            return
        bells, members = self._wanting(event)
        packets_by_policy: dict[Policy | None, str | None] = {None: _packet(event)}
        told = list[tuple[Member, str]]()
        for member in members:
            try:
                policy = self._viewers.policy(member.actor)
            except Failure as failure:
                member.end(str(failure))
                continue
            if policy not in packets_by_policy:
                packets_by_policy[policy] = _packet(event_in(logged, content, Viewer(model, policy)))
            packet = packets_by_policy[policy]
            if packet is not None:
                told.append((member, packet))
        # Not before now: until here the database may be away, and it begins anew.
        for bell in bells:
            bell.ring()
        for member, packet in told:
            member.offer(packet)

    def deliver_own(self, events: Sequence[Own]) -> None:
        """Hand on what clients have published to those that want it."""
        for own in events:
            try:
                if not self._may_be_wanted(own.topic):
                    continue
                bells, members = self._wanting(own.event)
                packet = messages.event_packet(own.content)
                for bell in bells:
                    bell.ring()
                for member in members:
                    member.offer(packet)
            except Exception:  # noqa: BLE001 - each for itself
                _LOG.exception("An event with the topic %s could not be handed on; those after it are.", own.topic)

    def _may_be_wanted(self, topic: str) -> bool:
        with self._lock:
            return self._subscriptions.may_want(topic) or self._waiting.may_want(topic)

    def _wanting(self, event: Mapping[str, Any]) -> tuple[list[Bell], list[Member]]:
        """Return the calls that wait for an event and the clients that it is for, each of them once."""
        with self._lock:
            bells = {subscription.holder: None for subscription in self._waiting.wanting(event)}
            members = {subscription.holder: None for subscription in self._subscriptions.wanting(event)}
        return list(bells), list(members)


def _packet(event: Mapping[str, Any] | None) -> str | None:
    return None if event is None else messages.event_packet(orjson.dumps(event).decode())


class _Threads:
    """What writes to the log and what follows it, from the position of now."""

    def __init__(self, hub: Hub, database: Database) -> None:
        self.write, check = threading.Event(), threading.Event()
        self.write.set()  # there may be something from before
        self.follower = Follower(hub)
        self._stopping = threading.Event()
        self._wakes = (self.write, self.follower.woken, check)
        self._hub = hub
        self._watch: Watch = watch(database, self.follower, hub.outages)
        self.follower.position = hub.position()
        self._running = [
            threading.Thread(target=self._run, args=task, name="trackteroid-hub", daemon=True)
            for task in (
                (self.write, self.write.wait, hub.write_published),
                (self.follower.woken, self._watch.wait, self.follower.hand_on),
                (check, lambda: check.wait(CHECK_SECONDS), hub.check_members),
            )
        ]
        for thread in self._running:
            thread.start()

    def stop(self) -> None:
        """Stop, after what was published is in the log."""
        self._stopping.set()
        for wake in self._wakes:
            wake.set()
        for thread in self._running:
            if thread is not threading.current_thread():
                thread.join()
        self._watch.close()

    def _run(self, woken: threading.Event, wait: Callable[[], object], work: Callable[[], object]) -> None:
        began = 0.0
        while not self._stopping.is_set():
            wait()
            self._stopping.wait(began + _APART - time.monotonic())
            woken.clear()
            began = time.monotonic()
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next event finds the hub alive
                self._hub.outages.tell(error, "The event hub failed; it tries again.")
                self._stopping.wait(_PAUSE)
                woken.set()


def _now() -> str:
    return clock.now().replace(tzinfo=None, microsecond=0).isoformat()
