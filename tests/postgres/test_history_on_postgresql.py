"""What was seen is seen again afterwards, on PostgreSQL, where transactions overlap."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from postgres.cluster import Cluster
from selections import slow
from server.guarded import create, update
from server.remembered import Remembered, check_that_the_past_is_as_it_was
from server.test_history import (  # noqa: F401 - the same tests as on SQLite
    test_a_history_tells_of_keys_of_metadata_and_custom_attributes,
    test_a_history_tells_who_came_into_a_list_and_left_it,
    test_a_history_tells_who_has_changed_what_also_of_what_is_gone,
    test_nobody_sees_in_the_past_what_they_may_not_see_now,
    test_nothing_is_left_of_a_question,
    test_two_changes_within_a_second_are_told_apart,
    test_values_come_back_exactly,
    test_what_was_trimmed_is_refused_and_the_rest_is_as_it_was,
)
from trackteroid.server import EmbeddedServer
from trackteroid.server.history import moments


@pytest.fixture
def remembered(cluster: Cluster) -> Iterator[Remembered]:
    remembered = Remembered(cluster.new_database(), is_open=False)
    yield remembered
    remembered.close()


@pytest.mark.parametrize("seed", [0, slow(1)])
def test_whatever_was_seen_is_seen_again_afterwards(remembered: Remembered, seed: int) -> None:
    check_that_the_past_is_as_it_was(remembered, seed, 6)


def test_moments_are_told_apart_when_transactions_overlap(remembered: Remembered) -> None:
    tasks = [f"t{number}" for number in range(4)]
    remembered.send([create("Task", task, name=task, parent_id="project0", bid=0) for task in tasks])
    first, before = remembered.number(), remembered.rows()

    def work(task: str) -> list[int]:
        return [remembered.send([update("Task", task, bid=count)])[0] for count in range(1, 11)]

    with ThreadPoolExecutor(len(tasks)) as threads:
        assert {status for statuses in threads.map(work, tasks) for status in statuses} == {200}
    assert remembered.rows_at(first) == before
    assert remembered.rows_at(remembered.number()) == remembered.rows()
    question = [f"select bid from Task where id in ({', '.join(tasks)}) order by id"]
    events = remembered.send([{"action": "events", "after": 0}])[1][0]["events"]
    sums = [
        sum(each["bid"] for each in remembered.ask(question, as_of=event["sequence"])[0]["data"])
        for event in events[-40:]
    ]
    assert sums == list(range(1, 41)), "each event is one step"


def test_a_change_that_waited_for_others_is_of_when_it_was_seen(cluster: Cluster) -> None:
    server = EmbeddedServer(cluster.new_database())
    project = str(uuid.uuid4())
    server.call([create("Project", project, name="before", full_name="before")])
    change = update("Project", project, name="after")
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    engine, marking = server.database.engine, sa.text(f"SELECT pg_advisory_xact_lock({moments._MARKING})")
    with ThreadPoolExecutor(1) as threads:
        with engine.connect() as others, engine.connect() as looking:
            others.execute(marking)
            done = threads.submit(server.call, [change])
            while not looking.execute(waiting).scalar():
                assert not done.done()
            meanwhile = moments.time_now()
            others.rollback()
        done.result()
    text = f"select name from Project where id is {project}"
    answers = [
        server.call([{"action": "query", "expression": text, "as_of": asked}])[0]["data"]
        for asked in (meanwhile, moments.time_now())
    ]
    server.close()
    assert [found[0]["name"] for found in answers] == ["before", "after"]
