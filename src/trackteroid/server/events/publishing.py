"""What clients have published, until it is in the log and they are told so."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from trackteroid.server.events import packets
from trackteroid.server.events.following import Own
from trackteroid.server.events.log import Entry
from trackteroid.server.events.members import Member
from trackteroid.values import frozen

#: How many events are written in one transaction, and bytes before the last one of them.
_TOGETHER: Final = 1_000
_BYTES: Final = 8 * 1024 * 1024


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
            while count < min(len(self._waiting), _TOGETHER) and size < _BYTES:
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
        answers = [packets.acknowledgement(each.number, problem) for each in own if each.number is not None]
        member.settle(answers, len(own))
