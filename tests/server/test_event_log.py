"""The log is read and kept in bounded pieces, however large its events are."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from postgres.cluster import cluster  # noqa: F401 - a fixture
from trackteroid.server import EmbeddedServer
from trackteroid.server.core.options import Limits
from trackteroid.server.events import log, reading

NOW = "2026-01-02T00:00:00"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("cluster").new_database()
    with closing(EmbeddedServer(url)) as server:
        yield server


def append(server: EmbeddedServer, *sizes: int, at: str = NOW) -> None:
    def write(connection: sa.Connection) -> None:
        events = [{"topic": "studio.x", "target": "", "data": "é" * (size // 2)} for size in sizes]
        entries = [
            log.Entry("studio.x", "me", "event", json.dumps(each, ensure_ascii=False).encode()) for each in events
        ]
        log.append(connection, entries, at)

    server.database.run(write, write=True)


def pages(server: EmbeddedServer, *, most: int, most_bytes: int, **options: Any) -> list[list[int]]:
    """How many bytes the events of each page have, from the first to the last one."""
    found, after, is_last = list[list[int]](), 0, False
    while not is_last:
        with server.database.begin(write=False) as connection:
            page = log.since(connection, after, most, most_bytes=most_bytes, **options)
        found.append([each.size for each in page.rows])
        after, is_last = (page.rows[-1].sequence if page.rows else after), page.is_last
    return found


@pytest.mark.parametrize("count", [1, 2, 70])
def test_events_come_back_letter_by_letter_however_many_are_written_together(
    server: EmbeddedServer, count: int
) -> None:
    odd = ["\0", "\u2028", "größe 🎬", "\\u0000", '"', "%s ? :x {}", ""]
    contents = [json.dumps([number, *odd], ensure_ascii=number % 2 == 0).encode() for number in range(count)]
    entries = [
        log.Entry(f"studio.{'ü' * (number % 3)}", f"user {number}", "event", each)
        for number, each in enumerate(contents)
    ]
    last = server.database.run_statement(lambda connection: log.append(connection, entries, NOW))
    with server.database.begin(write=False) as connection:
        rows = log.since(connection, last - count, 1_000, most_bytes=1 << 30).rows
        assert log.last(connection) == last
    assert [each.content.encode() for each in rows] == contents
    assert [each.size for each in rows] == [len(each) for each in contents]
    assert [(each.topic, each.user_id, each.form, each.at) for each in rows] == [
        (each.topic, each.user_id, each.form, NOW) for each in entries
    ]
    assert [each.sequence for each in rows] == list(range(last - count + 1, last + 1))


def test_a_page_ends_with_the_event_that_makes_it_too_long(server: EmbeddedServer) -> None:
    append(server, 10, 10, 5_000, 10, 900, 900, 10, 10, 10)
    found = pages(server, most=4, most_bytes=1_000, topics=frozenset({"studio.*"}))
    assert sum(map(len, found)) == 9
    assert all(len(page) <= 4 and sum(page[:-1]) < 1_000 for page in found)
    assert all(sum(page) >= 1_000 or len(page) == 4 for page in found[:-1]), "no page is shorter than it has to be"
    assert pages(server, most=100, most_bytes=1 << 40, topics=frozenset({"other"})) == [[]]


def test_answers_are_bounded_by_bytes_and_lose_nothing(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE_BYTES", 1_000)
    monkeypatch.setattr(reading, "_BYTES", 2_000)
    append(server, *[600] * 20)
    position, counts = 0, list[int]()
    taken = list[int]()
    while True:
        asked = {"action": "events", "after": position, "where": "topic=studio.x", "most": 500}
        answer = server.call([asked])[0]
        if not answer["events"]:
            break
        counts.append(len(answer["events"]))
        position = answer["position"]
    assert sum(counts) == 20
    assert max(counts) <= 4
    asked = {"action": "take_events", "group": "g", "where": "topic=studio.x", "after": 0, "most": 500, "lease": 0.001}
    for _ in range(2):  # they are handed out again, because nobody says that they are done
        taken.append(len(server.call([{**asked, "consumer": "c"}])[0]["events"]))
        time.sleep(0.05)  # a call takes less than a millisecond
    assert 0 < taken[0] <= 4
    assert 0 < taken[1] <= 4


def kept(server: EmbeddedServer) -> list[int]:
    with server.database.begin(write=False) as connection:
        return [each.size for each in log.since(connection, 0, 10_000, most_bytes=1 << 40).rows]


def test_only_what_is_new_is_counted_to_keep_the_log_within_its_size(server: EmbeddedServer) -> None:
    limits, counted = Limits(log_bytes=5_000), log.Counted()
    for _ in range(6):
        append(server, *[900] * 3)
        with server.database.begin(write=True) as connection:
            counted = log.trim(connection, limits, NOW, counted)
        assert counted.size == sum(kept(server)) <= 5_000
        assert sum(kept(server)) > 3_500 or len(kept(server)) < 5
    append(server, 900)
    with server.database.begin(write=True) as connection:  # another process, which knows nothing
        log.trim(connection, Limits(log_bytes=2_000), NOW, log.Counted())
        counted = log.trim(connection, limits, NOW, counted)
    assert counted.size == sum(kept(server)) <= 2_000
    with server.database.begin(write=True) as connection:
        counted = log.trim(connection, limits, "2026-02-02T00:00:00", counted)
    assert len(kept(server)) == 1, "the last one stays"
    assert counted.size == sum(kept(server))


def test_many_events_whose_time_has_not_come_are_not_all_looked_at_to_trim_the_log(server: EmbeddedServer) -> None:
    append(server, *[10] * 3, at="2025-01-01T00:00:00")
    append(server, *[10] * 4_500, at="2027-01-01T00:00:00")
    append(server, *[10] * 3)
    looked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        looked.extend([statement] if "hub_event.at" in statement else [])

    sa.event.listen(server.database.engine, "before_cursor_execute", note)
    try:
        with server.database.begin(write=True) as connection:
            log.trim(connection, Limits(log_days=30), NOW, log.Counted())
    finally:
        sa.event.remove(server.database.engine, "before_cursor_execute", note)
    assert len(looked) <= 2, "pages of a thousand events"
    assert len(kept(server)) == 4_503, "the old ones are gone all the same"
