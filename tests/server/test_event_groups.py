"""Groups of consumers, whatever these do: nothing is lost, nothing out of order, nothing twice without saying so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from trackteroid.server import EmbeddedServer
from trackteroid.server.events import groups, log
from trackteroid.server.events.groups import Group, Taken, Taking
from trackteroid.server.events.reading import Viewer
from trackteroid.server.model import standard_model
from trackteroid.server.storage.database import Database

LEASE = 10
EVERYBODY = Viewer(standard_model(), None)
TOPIC = "studio.x"


@dataclass
class Clock:
    now: datetime = datetime(2026, 1, 1)


def publish(connection: sa.Connection, *entities: str, topic: str = TOPIC) -> None:
    data = {"entities": [{"entityId": each} for each in entities]}
    event = {"id": "e", "topic": topic, "data": data, "sent": None, "source": {}, "target": "", "inReplyToEvent": None}
    log.append(connection, [log.Entry(topic, "u", "event", orjson.dumps(event))], "2026-01-01T00:00:00")


@dataclass
class Held:
    """What a consumer believes to have."""

    consumer: str
    until: datetime
    taken: Taken


@dataclass
class World:
    """What was published, and what became of it."""

    published: dict[int, tuple[str, ...]] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)
    deliveries: dict[int, int] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    holders: dict[int, str | None] = field(default_factory=dict)


class Consumers(RuleBasedStateMachine):
    """Three consumers that take, finish, give back and die, while events are published and time passes."""

    clock = Clock()
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.run(empty)
        self.world = World()
        self.clock.now = datetime(2026, 1, 1)
        group = Group("g", "u", f"topic={TOPIC}", "{}", at_most_once=False, position=0, created_at="")
        self.run(lambda connection: groups.add(connection, group))

    def teardown(self) -> None:
        self.finish_everything()

    def run(self, work: Any) -> Any:
        return self.database.run(work, write=True)

    @rule(entities=st.lists(st.sampled_from("abc"), max_size=2, unique=True))
    def publish(self, entities: list[str]) -> None:
        self.run(lambda connection: publish(connection, *entities))
        self.run(lambda connection: publish(connection, "a", topic="studio.unwanted"))
        sequence = self.run(log.last) - 1
        self.world.published[sequence] = tuple(entities) or (TOPIC,)

    @rule(consumer=st.sampled_from("123"), most=st.integers(1, 4))
    def take(self, consumer: str, most: int) -> None:
        def work(connection: sa.Connection) -> list[Taken]:
            group = groups.find(connection, "g", locked=True)
            assert group is not None
            return groups.take(connection, EVERYBODY, group, Taking(consumer, most, LEASE))[0]

        taken = self.run(work)
        assert len(taken) <= most
        numbers = [each.found.sequence for each in taken]
        # What was taken before comes first.
        assert len(set(numbers)) == len(numbers)
        busy = self.busy()
        for each in taken:
            sequence = each.found.sequence
            about = set(self.world.published[sequence])
            assert sequence not in self.world.done
            assert each.delivery == self.world.deliveries.get(sequence, 0) + 1
            self.world.deliveries[sequence] = each.delivery
            earlier = [
                other
                for other, entities in self.world.published.items()
                if other < sequence and other not in self.world.done and about & set(entities)
            ]
            assert earlier == [], "an earlier event of the same entity is not done"
            assert not about & busy, "somebody else has an event of the same entity"
            self.world.holders[sequence] = consumer
            self.world.held.append(Held(consumer, self.clock.now + timedelta(seconds=LEASE), each))

    def busy(self) -> set[str]:
        return {
            entity
            for held in self.world.held
            if held.until >= self.clock.now
            and self.world.holders[held.taken.found.sequence] == held.consumer
            and held.taken.found.sequence not in self.world.done
            for entity in self.world.published[held.taken.found.sequence]
        }

    @precondition(lambda self: self.world.held)
    @rule(data=st.data(), done=st.booleans())
    def settle(self, data: st.DataObject, done: bool) -> None:
        held = data.draw(st.sampled_from(self.world.held))
        sequence = held.taken.found.sequence
        settled = {"done": [sequence], "give_back": []} if done else {"done": [], "give_back": [sequence]}
        late = self.run(lambda connection: groups.settle(connection, "g", held.consumer, **settled))
        self.world.held.remove(held)
        holder = self.world.holders[sequence]
        # A consumer gives back what it has, whenever it took it; what nobody has may be done by whoever had it.
        may = holder == held.consumer or (done and holder is None)
        assert late == ([sequence] if done and not may and sequence not in self.world.done else [])
        if may and not done:
            self.world.holders[sequence] = None
        elif may and sequence not in self.world.done:
            self.world.done.append(sequence)

    @rule(seconds=st.sampled_from((1, LEASE + 1)))
    def let_time_pass(self, seconds: int) -> None:
        self.clock.now += timedelta(seconds=seconds)

    @invariant()
    def order_is_kept(self) -> None:
        for entity in ("a", "b", "c", TOPIC):
            of_entity = [each for each in self.world.done if entity in self.world.published[each]]
            assert of_entity == sorted(of_entity)

    def finish_everything(self) -> None:
        """Whatever has happened, one consumer that works gets all that is not done."""
        self.clock.now += timedelta(seconds=LEASE + 1)
        self.world.held.clear()
        for _ in range(len(self.world.published) + 1):
            self.take("9", 4)
            for held in list(self.world.held):
                sequence = held.taken.found.sequence
                self.run(lambda connection, s=sequence: groups.settle(connection, "g", "9", done=[s], give_back=[]))
                self.world.done.append(sequence)
            self.world.held.clear()
        assert set(self.world.done) == set(self.world.published)


def empty(connection: sa.Connection) -> None:
    for name in ("HubEvent", "EventGroup", "EventDelivery"):
        connection.execute(sa.delete(standard_model().table(name)))


@pytest.fixture(autouse=True)
def _world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(groups, "_now", lambda: Consumers.clock.now)
    with closing(Database("sqlite://")) as Consumers.database:
        yield


TestConsumers = Consumers.TestCase
TestConsumers.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)


# What it costs


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    with closing(EmbeddedServer("sqlite://")) as server:
        yield server


@pytest.mark.parametrize(("events", "most"), [(20, 10), (400, 200)])
def test_a_step_takes_the_same_statements_however_many_events_it_is_about(
    server: EmbeddedServer, events: int, most: int
) -> None:
    statements: list[str] = []
    for number in range(events):
        server.database.run(lambda connection, n=number: publish(connection, f"entity {n}"), write=True)
    ask = {"action": "take_events", "group": "g", "consumer": "c", "where": f"topic={TOPIC}"}
    server.call([{**ask, "most": 0, "after": 0}])
    sa.event.listen(server.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    taken = server.call([{**ask, "most": most}])[0]["events"]
    assert len(taken) == most
    done = [each["sequence"] for each in taken]
    server.call([{"action": "settle_events", "group": "g", "consumer": "c", "done": done}])
    assert len(statements) < 30
