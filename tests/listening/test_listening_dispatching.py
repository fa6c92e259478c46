"""Doing what events ask for: in order for each entity, acknowledged when it is done, given back when it is not."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubs import until
from trackteroid import Session, Task
from trackteroid.errors import UnreachableServerError
from trackteroid.events.asking import GAP
from trackteroid.events.dispatching import Delivery, Dispatcher, Stopping
from trackteroid.events.dispatching import Task as Work
from trackteroid.events.listening import listener
from trackteroid.events.running import Runner


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=3), max_size=25), st.integers(1, 4))
def test_all_is_done_and_what_has_a_key_in_common_in_order(keys: list[list[str]], threads: int) -> None:
    done: list[int] = []
    running: set[str] = set()
    lock = threading.Lock()
    clashes: list[int] = []

    def do(work: Work, _: int) -> None:
        number = numbers[work]
        with lock:
            clashes.extend([number] if running & set(keys[number]) else [])
            running.update(keys[number])
        time.sleep(0)
        with lock:
            running.difference_update(keys[number])
            done.append(number)

    works = [Work(str(number), print, keys=tuple(each)) for number, each in enumerate(keys)]
    numbers = {work: number for number, work in enumerate(works)}
    dispatcher = Dispatcher(threads, 100, do)
    for work in works:
        dispatcher.submit(work)
    while dispatcher.room < 100:
        dispatcher.wait()
    dispatcher.close()
    assert sorted(done) == list(range(len(keys)))
    assert clashes == []
    for key in "abcd":
        own = [number for number in done if key in keys[number]]
        assert own == sorted(own)


def test_there_is_room_for_so_much_and_no_more() -> None:
    may_go_on = threading.Event()
    dispatcher = Dispatcher(1, 3, lambda _work, _number: may_go_on.wait(60) and None)
    for _ in range(3):
        dispatcher.submit(Work("w", print))
    assert dispatcher.room == 0
    may_go_on.set()
    while dispatcher.room < 3:
        dispatcher.wait()
    dispatcher.close()


class Given:
    """A source that hands out what it was given, and remembers what became of it."""

    def __init__(self, *batches: list[Delivery] | Exception) -> None:
        self.batches = list(batches)
        self.finished: list[Delivery] = []
        self.returned: list[Delivery] = []
        self.is_closed = False

    def take(self, most: int) -> list[Delivery]:
        batch = self.batches.pop(0) if self.batches else []
        if isinstance(batch, Exception):
            raise batch
        return batch

    def done(self, deliveries: Sequence[Delivery]) -> None:
        self.finished += deliveries

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        self.returned += deliveries

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture(scope="module")
def session() -> Any:
    with Session(server_url="sqlite://", plugin_paths=[]) as session:
        yield session


def event(topic: str = "studio.x") -> dict[str, Any]:
    return {"id": "e", "topic": topic, "data": {}, "source": {}}


def run(session: Session, source: Given, call: Any, topic: str = "studio.x", **options: Any) -> Runner:
    runner = Runner(
        session, [listener(topic, call, ())], source, Stopping(), until=lambda: not source.batches, **options
    )
    runner.run()
    return runner


def test_what_is_done_is_acknowledged_and_what_nobody_wants_too(session: Session) -> None:
    wanted, other = Delivery(event(), 1), Delivery(event("other"), 2)
    source, heard = Given([wanted, other]), list[Any]()
    runner = run(session, source, heard.append)
    assert len(heard) == runner.outcome.handled == 1
    assert set(source.finished) == {wanted, other}
    assert source.returned == []
    assert source.is_closed


def test_what_has_waited_too_long_is_for_others_to_do(session: Session) -> None:
    late, fresh = Delivery(event(), 1, until=time.monotonic() - 1), Delivery(event(), 2, until=time.monotonic() + 60)
    source, heard = Given([late, fresh]), list[Any]()
    runner = run(session, source, heard.append)
    assert (len(heard), source.finished, source.returned) == (1, [fresh], [late])
    assert runner.outcome.given_back == 1


def test_what_seems_to_kill_whoever_handles_it_is_put_aside(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    deadly, source, heard = Delivery(event(), 7, number=11), Given(), list[Any]()
    source.batches.append([deadly])
    with caplog.at_level(logging.ERROR):
        runner = run(session, source, heard.append)
    (line,) = runner.outcome.put_aside
    assert "number 7" in line
    assert "10 times" in line
    assert line in caplog.text
    assert (heard, source.finished) == ([], [deadly])


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_lets_what_is_running_finish_and_gives_back_the_rest(session: Session, threads: int) -> None:
    deliveries = [Delivery(event(), number) for number in range(4)]
    source, heard = Given(deliveries, []), list[Any]()
    stopping = Stopping()

    def call(received: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        while not stopping.is_set():  # the main thread hears of it
            time.sleep(0.001)
        heard.append(received)

    with stopping.on_signals():
        runner = Runner(session, [listener("studio.x", call, ())], source, stopping, threads=threads)
        outcome = runner.run()
    assert len(heard) == outcome.handled == 1
    assert source.finished == deliveries[:1]
    assert source.returned == deliveries[1:]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_second_ctrl_c_interrupts_and_what_was_being_done_is_given_back(session: Session) -> None:
    delivery = Delivery(event(), 1)
    source, stopping = Given([delivery]), Stopping()

    def call(_: Any) -> None:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("it was not interrupted")

    with stopping.on_signals(), pytest.raises(KeyboardInterrupt):
        Runner(session, [listener("studio.x", call, ())], source, stopping).run()
    assert (source.finished, source.returned, source.is_closed) == ([], [delivery], True)


class Hanging:
    """A function that does not come back until it is let go."""

    def __init__(self) -> None:
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()

    def __call__(self, _: Any) -> None:
        self.has_begun.set()
        self.may_go_on.wait(60)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    found = Hanging()
    yield found
    found.may_go_on.set()


def test_a_function_that_hangs_holds_its_own_event_and_the_others_go_on(session: Session, hanging: Hanging) -> None:
    stuck, others = Delivery(event("studio.stuck"), 1), [Delivery(event(), number) for number in (2, 3)]
    source, heard = Given([stuck], others), list[Any]()
    handlers = [listener("studio.stuck", hanging, ()), listener("studio.x", heard.append, ())]

    def is_enough() -> bool:
        if set(source.finished) < set(others) or not hanging.has_begun.is_set():
            return False
        assert stuck not in source.finished
        hanging.may_go_on.set()
        return True

    outcome = Runner(session, handlers, source, Stopping(), threads=2, until=is_enough).run()
    assert (len(heard), outcome.handled, source.returned) == (2, 3, [])
    assert source.finished[-1] is stuck


def test_the_second_ctrl_c_ends_although_a_function_hangs_and_all_that_is_not_done_is_given_back(
    session: Session, hanging: Hanging
) -> None:
    deliveries = [Delivery(event(), number) for number in range(3)]
    source, stopping = Given(deliveries), Stopping()

    def interrupt() -> None:
        hanging.has_begun.wait(60)
        os.kill(os.getpid(), signal.SIGINT)
        while not stopping.is_set():
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    with stopping.on_signals(), pytest.raises(KeyboardInterrupt):
        Runner(session, [listener("studio.x", hanging, ())], source, stopping, threads=2).run()
    interrupting.join()
    assert (source.finished, source.returned, source.is_closed) == ([], deliveries, True)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_function_that_takes_long_is_told_of_once_by_name(
    session: Session, threads: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("trackteroid.events.dispatching.LONG_SECONDS", 0.02)
    monkeypatch.setattr("trackteroid.events.dispatching.LOOK_SECONDS", 0.005)

    source = Given([Delivery(event(), 7)])

    def slow(_: Any) -> None:
        until(lambda: "is still at it" in caplog.text, "it to be told of")
        time.sleep(0.05)  # in which it would be told of again

    with caplog.at_level(logging.WARNING):
        handlers = [listener("studio.x", slow, ())]
        Runner(session, handlers, source, Stopping(), threads=threads, until=lambda: source.finished).run()
    (line,) = [each.message for each in caplog.records if "is still at it" in each.message]
    assert "slow" in line
    assert "sequence 7" in line


def test_a_server_that_is_away_is_waited_for(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackteroid.events.running._PAUSE", 0.01)
    source, heard = Given(UnreachableServerError("away"), [Delivery(event(), 1)]), list[Any]()
    run(session, source, heard.append)
    assert len(heard) == 1


def test_lost_events_are_told(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    gap, heard = {**event(GAP), "data": {"from": 3, "to": 9}}, list[Any]()
    with caplog.at_level(logging.WARNING):
        run(session, Given([Delivery(gap, 9)]), heard.append, GAP)
    assert "The events 3 to 9 are lost" in caplog.text
    assert len(heard) == 1


def test_what_is_left_uncommitted_is_told(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    def call(received: Any) -> None:
        received.session.create("Scope", {"name": "left"})

    with caplog.at_level(logging.WARNING):
        run(session, Given([Delivery(event(), 1)]), call)
    assert "without committing them" in caplog.text
    session.rollback()


def test_a_condition_that_fails_for_one_event_spares_the_others(session: Session) -> None:
    update = {"entity_type": "Task", "entityId": "t", "action": "update", "changes": {"bid": {"old": 1, "new": 2}}}
    fine = {**event("ftrack.update"), "data": {"entities": [update]}}
    broken = {**event("ftrack.update"), "data": {"entities": ["what is this?"]}}
    source, heard = Given([Delivery(broken, 1), Delivery(fine, 2)]), list[Any]()
    runner = Runner(
        session, [listener("ftrack.update", heard.append, [Task])], source, Stopping(), until=lambda: not source.batches
    )
    runner.run()
    assert [change.new for change in heard] == [2]
    assert len(runner.outcome.put_aside) == 1
    assert len(source.finished) == 2
