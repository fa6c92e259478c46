"""The clients that are connected to the hub.

What waits to be sent to one, what comes from there, and whether anybody is still there; what each may see at the
moment; and what they have published, until it is in the log and they are told so.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import sqlalchemy as sa

from trackteroid.server.auth.access import Opened, find_active_user
from trackteroid.server.auth.policy import Policy, lasting, policy_for
from trackteroid.server.core.failures import Failure, LimitError, PermissionError_
from trackteroid.server.core.options import Limits
from trackteroid.server.core.request import Actor
from trackteroid.server.events import messages
from trackteroid.server.events.bells import Loop
from trackteroid.server.events.following import Own
from trackteroid.server.events.log import Entry
from trackteroid.server.storage.database import Database, Models
from trackteroid.values import frozen

#: The seconds between heartbeats. The JavaScript client gives up when it hears none for 15.
HEARTBEAT_SECONDS: Final = 5.0
#: The seconds after which a client is taken for dead that answers no heartbeat. It is told so when it connects.
DEAD_SECONDS: Final = 60
#: How many events of one client are written to the log at the same time, before no more are read.
_IN_HAND: Final = 256
#: The seconds that a client has to read why its connection ends.
FAREWELL_SECONDS: Final = 5.0

#: What the extension of ASGI is called that sends texts at once.
AT_ONCE: Final = "trackteroid.at-once"
#: How many characters are sent in one piece, unless a single packet has more.
_TOGETHER: Final = 64 * 1024

Read = Callable[[], Awaitable[str]]
Write = Callable[[str], Awaitable[None]]

#: The seconds for which what was looked up of a user is believed.
KEPT_SECONDS: Final = 1.0
#: How many events are written in one transaction, and bytes before the last one of them.
_WRITTEN_AT_ONCE: Final = 1_000
_BYTES_AT_ONCE: Final = 8 * 1024 * 1024


class Sender(Protocol):
    """What sends at once, without waiting for those who are slow to read."""

    @property
    def is_ready(self) -> bool:
        """Whether the other side takes more."""
        ...

    def send_at_once(self, texts: Iterable[str], /) -> None:
        """Send texts, where it is ready."""
        ...


class Hub(Protocol):
    """What members give their events to."""

    def take(self, member: Member, sent: Mapping[str, Any], number: int | None) -> bool:
        """Do what an event asks for; return whether it is to be written to the log."""
        ...


class Member:
    """A client that is connected. What is offered to it may come from any thread.

    Args:
        hub: The hub.
        opened: Who it is, and with which key.
        limits: How much may wait for it.
        loop: Where it is served.
    """

    def __init__(self, hub: Hub, opened: Opened, limits: Limits, loop: Loop) -> None:
        self.actor = opened.actor
        self.key_id = opened.key_id
        self._hub = hub
        self._limits = limits
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._bytes = 0
        self._awake = asyncio.Event()
        self._is_woken = False
        #: Whether the task is sending, so that nothing may overtake what it has taken.
        self._is_writing = False
        self._sender: Sender | None = None
        self._is_ending = False
        self._ending = asyncio.Event()
        self._in_hand = 0
        self._has_room = asyncio.Event()
        self._heard_at = time.monotonic()

    async def serve(self, read: Read, write: Write, sender: Sender | None = None) -> None:
        """Exchange packets until one side ends that.

        Args:
            read: Returns what comes next; raises when the client has left.
            write: Sends something, and waits for those who are slow to read.
            sender: What is used instead while they are not.
        """
        self._sender = sender
        self._offer([messages.CONNECTED, messages.HEARTBEAT])
        beat = asyncio.create_task(self._beat())
        reading = asyncio.create_task(self._read_all(read))
        writing = asyncio.create_task(self._write_all(write))
        ending = asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait({reading, writing, ending}, return_when=asyncio.FIRST_COMPLETED)
            if self._is_ending:
                await asyncio.wait({writing}, timeout=FAREWELL_SECONDS)
        finally:
            tasks = (beat, reading, writing, ending)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    @property
    def is_ending(self) -> bool:
        """Whether it is told that its connection ends."""
        return self._is_ending

    def offer(self, packet: str) -> None:
        """Let a packet be sent; too much for a client that does not read ends its connection."""
        self._offer([packet])

    def settle(self, answers: Iterable[str], count: int) -> None:
        """Let the answers be sent to so many events of this client, which are in the log now or never will be."""
        self._offer(list(answers))
        self._loop.do(lambda: self._settled(count))

    def end(self, reason: str) -> None:
        """Say why the connection ends, and end it."""
        with self._lock:
            if self._is_ending:
                return
            self._is_ending = True
            self._waiting.clear()
            self._waiting.extend((messages.error_packet(reason), messages.DISCONNECT))
        self._wake()
        self._loop.do(self._ending.set)

    def _offer(self, offered: list[str]) -> None:
        size = sum(map(len, offered))
        with self._lock:
            if self._is_ending:
                return
            too_many = len(self._waiting) >= self._limits.waiting_events
            too_long = bool(self._waiting) and self._bytes + size > self._limits.waiting_bytes
            if not (too_many or too_long):
                self._waiting.extend(offered)
                self._bytes += size
        if too_many or too_long:
            name = "waiting_events" if too_many else "waiting_bytes"
            self.end(
                f"{getattr(self._limits, name)} {'events' if too_many else 'bytes'} waited for this client, this "
                f"server's limit {name}, because it was slow to read them. They are lost to it. Connect again."
            )
        else:
            self._wake()

    def _wake(self) -> None:
        """Let the loop send what waits, unless it was asked to already."""
        with self._lock:
            if self._is_woken:
                return
            self._is_woken = True
        self._loop.do(self._send_waiting)

    def _send_waiting(self) -> None:
        """Send what waits at once, as far as the client takes it; the rest is sent by the task."""
        sender, is_more = self._sender, True
        if sender is not None and not (self._is_writing or self._is_ending):
            while is_more and sender.is_ready:
                taken, is_more = self._take(_TOGETHER)
                sender.send_at_once(taken)
        if is_more:
            self._awake.set()

    def _take(self, most: int) -> tuple[list[str], bool]:
        """Return packets that wait, with so many characters before the last one, and whether there are more."""
        taken, size = list[str](), 0
        with self._lock:
            while self._waiting and size < most:
                taken.append(self._waiting.popleft())
                size += len(taken[-1])
            self._bytes -= size
            self._is_woken = bool(self._waiting)
            return taken, self._is_woken

    async def _write_all(self, write: Write) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            self._is_writing = True
            # Until there is nothing: what tells why it ends may come while the last one is sent.
            while taken := self._take(1)[0]:
                await write(taken[0])
            self._is_writing = False
            if self._is_ending:
                return

    async def _read_all(self, read: Read) -> None:
        is_open = True
        while is_open:
            text = await read()
            self._heard_at = time.monotonic()
            is_open = await self._handle(text)

    async def _handle(self, text: str) -> bool:
        """Do what a packet asks for; return whether more are to be read."""
        try:
            if len(text) > self._limits.event_bytes:
                raise LimitError(
                    f"An event may have {self._limits.event_bytes} bytes, this server's limit event_bytes; this one "
                    f"has {len(text)}."
                )
            packet = messages.read_packet(text)
        except Failure as failure:
            self.end(str(failure))
            return False
        if packet.kind == "0":
            return False
        if packet.event is None:
            return True
        try:
            is_in_hand = self._hub.take(self, packet.event, packet.number)
        except Failure as failure:
            # Clients that want no answer hear it as an error, and that is the end.
            if packet.number is not None:
                self.offer(messages.acknowledgement(packet.number, str(failure)))
            else:
                self.end(str(failure))
            return True
        if is_in_hand:
            await self._wait_for_room()
        elif packet.number is not None:
            self.offer(messages.acknowledgement(packet.number))
        return True

    async def _wait_for_room(self) -> None:
        self._in_hand += 1
        while self._in_hand >= _IN_HAND:
            self._has_room.clear()
            await self._has_room.wait()

    def _settled(self, count: int) -> None:
        self._in_hand -= count
        self._has_room.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if time.monotonic() - self._heard_at > DEAD_SECONDS:
                self.end(f"This client has answered no heartbeat for {DEAD_SECONDS} seconds.")
                return
            self._offer([messages.HEARTBEAT])


class Viewers:
    """The users that are connected.

    Args:
        database: Where their roles are.
        models: The entity types.
        is_open: Every user may do everything.
    """

    def __init__(self, database: Database, models: Models, *, is_open: bool) -> None:
        self._database = database
        self._models = models
        self._is_open = is_open
        self._known: dict[str, tuple[float, Policy | None]] = {}

    def policy(self, actor: Actor) -> Policy | None:
        """Return what limits a user; None for those who may see everything.

        Raises:
            PermissionError_: They may not come in any more.
        """
        if self._is_open:
            return None
        until, policy = self._known.get(actor.id, (0.0, None))
        if until < time.monotonic():
            policy = self._database.run(lambda connection: self._look_up(connection, actor), write=False)
            self._known[actor.id] = (time.monotonic() + KEPT_SECONDS, policy)
        return policy

    def forget(self, actor: Actor) -> None:
        """Forget a user who is not connected any more."""
        self._known.pop(actor.id, None)

    def policy_in(self, connection: sa.Connection, actor: Actor) -> Policy | None:
        """Return what limits a user at this moment; None for those who may see everything.

        Raises:
            PermissionError_: They may not come in any more.
        """
        return None if self._is_open else self._look_up(connection, actor)

    def _look_up(self, connection: sa.Connection, actor: Actor) -> Policy | None:
        model = self._models.current(connection)
        found = find_active_user(connection, model, actor.id)
        if found is None:
            raise PermissionError_(f"The user {actor.username} is not active any more.")
        return None if found.is_administrator else lasting(policy_for(model, found))


@frozen
class Published:
    """An event that a client wants to be in the log.

    Attributes:
        member: The client.
        number: That of the answer that it waits for, if it does.
        entry: What is written.
        event: The event.
    """

    member: Member
    number: int | None
    entry: Entry
    event: Mapping[str, Any]

    @property
    def own(self) -> Own:
        """What is handed on of it."""
        return Own(self.entry.topic, self.event, self.entry.content.decode())


class Publications:
    """What is to be written, in order. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Published] = []

    def add(self, published: Published) -> bool:
        """Let an event be written; return whether it is the first one, so that somebody has to be told."""
        with self._lock:
            self._waiting.append(published)
            return len(self._waiting) == 1

    def take(self) -> list[Published]:
        """Return what is to be written in one transaction; nothing if there is nothing."""
        with self._lock:
            count, size = 0, 0
            while count < min(len(self._waiting), _WRITTEN_AT_ONCE) and size < _BYTES_AT_ONCE:
                size += len(self._waiting[count].entry.content)
                count += 1
            batch, self._waiting = self._waiting[:count], self._waiting[count:]
            return batch


def settle(batch: Sequence[Published], problem: str | None = None) -> None:
    """Tell the publishers that their events are in the log, or what the problem is."""
    by_member: dict[Member, list[Published]] = {}
    for each in batch:
        by_member.setdefault(each.member, []).append(each)
    for member, own in by_member.items():
        answers = [messages.acknowledgement(each.number, problem) for each in own if each.number is not None]
        member.settle(answers, len(own))
