"""Whoever follows the log gets every number in its order, once, whether it was written here, elsewhere, or never."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.server.events.following import Follower, Own
from trackteroid.server.events.log import Logged, Page
from trackteroid.server.model import Model

PAGE = 3
Step = tuple[Literal["here", "elsewhere", "undone", "hand on"], int]


class LostError(Exception):
    """The database is away."""


class Log:
    """A log in memory, and what was handed on of it."""

    def __init__(self, failing: set[int]) -> None:
        self.numbers: list[int] = []
        self.newest = 0
        self.handed: list[int] = []
        self.reads: list[tuple[int, int]] = []
        self._failing = failing
        #: What tells events with a number from others that had it before.
        self.edition = ""

    def append(self, count: int) -> list[int]:
        numbers = list(range(self.newest + 1, self.newest + 1 + count))
        self.newest += count
        self.numbers += numbers
        return numbers

    def undo(self, count: int) -> None:
        """Give numbers away that never come."""
        self.newest += count

    def read(self, position: int, until: int) -> tuple[Page, Model]:
        self.reads.append((position, until))
        if len(self.reads) in self._failing:
            raise LostError
        found = [each for each in self.numbers if position < each <= until][:PAGE]
        return Page([logged(each, self.edition) for each in found], len(found) < PAGE), None  # type: ignore[return-value]

    def find(self, sequences: Sequence[int]) -> tuple[dict[int, Logged], int]:
        kept = {each: logged(each, self.edition) for each in sequences if each in self.numbers}
        return kept, max(self.numbers, default=0)

    def deliver(self, logged: Logged, model: Model) -> None:
        self.handed.append(logged.sequence)

    def deliver_own(self, events: Sequence[Own]) -> None:
        self.handed += [int(each.topic) for each in events]


def logged(number: int, edition: str = "") -> Logged:
    return Logged(number, "", str(number), "u", "event", 1, f"{number} {edition}", None)


def own(numbers: Sequence[int]) -> list[Own]:
    return [Own(str(each), {}, f"{each} ") for each in numbers]


def hand_on(follower: Follower) -> None:
    """Hand on, however often the database is away meanwhile."""
    while True:
        try:
            follower.hand_on()
        except LostError:
            continue
        return


steps: Any = st.tuples(st.sampled_from(["here", "here", "elsewhere", "undone", "hand on"]), st.integers(1, 5))


@given(st.lists(steps), st.sets(st.integers(1, 12)), st.integers(1, 20))
def test_every_number_is_handed_on_once_in_order(taken: list[Step], failing: set[int], kept: int) -> None:
    log = Log(failing)
    follower = Follower(log, kept=kept)
    for kind, count in taken:
        if kind == "undone":
            log.undo(count)
        elif kind == "hand on":
            hand_on(follower)
        elif kind == "here":
            with follower.writing():
                numbers = log.append(count)
                follower.look(numbers[-1])  # which the database tells, too
                follower.wrote(numbers[-1], own(numbers))
        else:
            follower.look(log.append(count)[-1])
    hand_on(follower)
    assert log.handed == log.numbers


def test_what_is_written_here_is_not_read() -> None:
    log = Log(set())
    follower = Follower(log)
    for numbers in (log.append(3), log.append(1)):
        with follower.writing():
            follower.look(numbers[-1])  # which the database tells, too
            follower.wrote(numbers[-1], own(numbers))
        follower.look(numbers[-1])
        assert log.handed[-1] == numbers[-1], "it is handed on at once"
        assert not follower.woken.is_set()
    assert (log.handed, log.reads) == ([1, 2, 3, 4], [])


def test_what_others_write_while_something_is_written_here_is_not_forgotten() -> None:
    log = Log(set())
    follower = Follower(log)
    with follower.writing():
        elsewhere = log.append(1)
        follower.look(elsewhere[-1])
    assert follower.woken.is_set()
    hand_on(follower)
    assert log.handed == elsewhere


def test_of_what_others_have_written_between_no_more_is_read() -> None:
    log = Log(set())
    follower = Follower(log)
    elsewhere, here = log.append(2), log.append(3)
    follower.wrote(here[-1], own(here))
    hand_on(follower)
    assert log.handed == list(chain(elsewhere, here))
    assert log.reads == [(0, 2)]


def test_somebody_who_does_not_say_how_much_there_is_lets_everything_be_read() -> None:
    log = Log(set())
    follower = Follower(log)
    log.append(7)
    follower.look()
    hand_on(follower)
    assert log.handed == log.numbers


@pytest.mark.parametrize("here", [True, False])
def test_numbers_that_a_log_gives_once_more_are_handed_on_all_the_same(here: bool, caplog: Any) -> None:
    log = Log(set())
    follower = Follower(log)
    numbers = log.append(5)
    if here:
        follower.wrote(numbers[-1], own(numbers))
    else:
        follower.look()
    hand_on(follower)
    del log.numbers[3:]  # which were not on the disk yet
    log.newest = 3
    log.append(1)
    follower.doubt()
    log.find = lambda sequences: ({each: logged(each, "" if each < 4 else "new") for each in log.numbers}, 4)  # type: ignore[method-assign]
    hand_on(follower)
    assert log.handed == [1, 2, 3, 4, 5, 4]
    assert caplog.messages == ["The log of events has gone back: of those up to 5 it knows 3."]


def test_a_database_that_was_away_and_has_lost_nothing_lets_nothing_come_twice(caplog: Any) -> None:
    log = Log(set())
    follower = Follower(log)
    numbers = log.append(3)
    follower.wrote(numbers[-1], own(numbers))
    log.undo(2)
    hand_on(follower)
    follower.doubt()
    log.append(2)
    hand_on(follower)
    assert log.handed == log.numbers
    assert caplog.messages == []
