"""The server can be asked what things looked like before, as if nothing had happened since."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from selections import slow
from server.guarded import Person, create, delete, update
from server.random_batches import STATUSES
from server.remembered import (
    KEY,
    Remembered,
    check_that_a_history_leads_from_moment_to_moment,
    check_that_the_past_is_as_it_was,
)
from trackteroid.server import EmbeddedServer
from trackteroid.server.core.options import Limits
from trackteroid.server.history import keeping, moments
from trackteroid.server.people import People

TASK = "7a5c0000-0000-4000-8000-000000000000"
NAMES = ["select id, name from Task order by id"]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "x.db"
    remembered = Remembered(url_of(path))
    remembered.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="module")
def unchanged(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remembered]:
    """One for all tests that only ask."""
    copy = shutil.copy(template, tmp_path_factory.mktemp("unchanged") / "x.db")
    remembered = Remembered(url_of(copy), is_open=False, is_filled=True)
    yield remembered
    remembered.close()


@pytest.fixture
def remembered(template: Path, tmp_path: Path) -> Iterator[Remembered]:
    copy = shutil.copy(template, tmp_path / "x.db")
    remembered = Remembered(url_of(copy), is_open=False, is_filled=True)
    yield remembered
    remembered.close()


def url_of(path: Path | str) -> str:
    return f"sqlite:///{Path(path).as_posix()}"


def refusal(remembered: Remembered, moment: Any) -> str:
    return remembered.ask(NAMES, as_of=moment)["content"]


@pytest.mark.promise("the-past-is-as-it-was")
@pytest.mark.parametrize(("seed", "batches"), [(0, 6), *(slow(seed, 25) for seed in range(1, 4))])
@pytest.mark.slow
def test_whatever_was_seen_is_seen_again_afterwards(remembered: Remembered, seed: int, batches: int) -> None:
    check_that_the_past_is_as_it_was(remembered, seed, batches)


@pytest.mark.promise("history-of-attributes")
@pytest.mark.parametrize(("seed", "batches"), [(5, 10), *(slow(seed, 40) for seed in range(6, 9))])
def test_a_history_leads_from_each_moment_to_the_next(remembered: Remembered, seed: int, batches: int) -> None:
    check_that_a_history_leads_from_moment_to_moment(remembered, seed, batches)


def test_two_changes_within_a_second_are_told_apart(remembered: Remembered) -> None:
    numbers: list[int] = []
    for name in ("first", "second", "third"):
        remembered.send([update("Task", TASK, name=name)])
        numbers.append(remembered.number())
    question = [f'select name from Task where id is "{TASK}"']
    names = [remembered.ask(question, as_of=remembered.time_of(number))[0]["data"] for number in numbers]
    assert [each[0]["name"] for each in names] == ["first", "second", "third"]
    last = remembered.send([{"action": "events", "after": 0}])[1][0]["events"][-1]["sequence"]
    assert remembered.ask(question, as_of=last - 1)[0]["data"][0]["name"] == "second"
    assert remembered.ask(question, as_of=last)[0]["data"][0]["name"] == "third"


def test_values_come_back_exactly(remembered: Remembered) -> None:
    values = {"bid": 0.1 + 0.2, "description": 'é "\\ \n\t{}%', "name": "ÄÖ'ß"}
    question = [f'select bid, description, name from Task where id is "{TASK}"']
    remembered.send([update("Task", TASK, **values)])
    before, number = remembered.ask(question), remembered.number()
    remembered.send([update("Task", TASK, bid=None, description=None, name="äö'ß")])
    remembered.send([delete("Task", TASK)])
    assert remembered.ask(question, as_of=remembered.time_of(number)) == before
    assert before[0]["data"][0]["bid"] == 0.1 + 0.2


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("2020-01-01", "is not known: it is from .* on"),
        ("2999-01-01", "is in the future; here it is"),
        ("yesterday", 'is a moment such as "2026-01-31T18:00:00", or the number of an event'),
        (True, "is a moment such as"),
        (10**6, "There is no event 1000000 yet; the last one is"),
        (-1, "counted from 1"),
    ],
)
def test_what_cannot_be_known_is_refused_in_words(unchanged: Remembered, moment: Any, message: str) -> None:
    assert re.search(message, refusal(unchanged, moment))


def test_a_call_that_changes_something_cannot_ask_about_the_past(unchanged: Remembered) -> None:
    batch = [update("Task", TASK, name="x"), {"action": "query", "expression": NAMES[0], "as_of": 1}]
    assert "Send two" in unchanged.send(batch)[1]["content"]


def test_a_server_says_from_when_on_it_knows(unchanged: Remembered) -> None:
    told = unchanged.send([{"action": "query_server_information"}])[1][0]
    assert told["history_since"] == unchanged.time_of(1)
    assert not unchanged.ask(NAMES, as_of=told["history_since"])[0]["data"]


def test_what_was_trimmed_is_refused_and_the_rest_is_as_it_was(remembered: Remembered) -> None:
    seen: dict[int, Any] = {}
    for name in "abcdef":
        remembered.send([update("Task", TASK, name=name)])
        seen[remembered.number()] = remembered.rows()
    rows = sa.text("SELECT count(*) FROM row_history")
    with remembered.server.database.begin(write=True) as connection:
        total = connection.execute(rows).scalar_one()
        assert moments.trim(connection, Limits(history_rows=4), moments.time_now())
        assert connection.execute(rows).scalar_one() < total
    for number, before in list(seen.items())[3:]:
        assert remembered.rows_at(number) == before
    assert "is not known" in refusal(remembered, 1)
    later = (datetime.now(timezone.utc) + timedelta(days=91)).replace(tzinfo=None).isoformat()
    with remembered.server.database.begin(write=True) as connection:
        moments.trim(connection, Limits(), later)
    assert remembered.rows_at(remembered.number()) == remembered.rows()
    remembered.send([update("Task", TASK, name="g")])
    assert remembered.rows_at(remembered.number() - 1) == list(seen.values())[-1]


@pytest.mark.promise("the-past-by-permissions-of-now")
def test_nobody_sees_in_the_past_what_they_may_not_see_now(remembered: Remembered) -> None:
    remembered.send([create("Task", "secret", name="secret", parent_id="project1")])
    ann = Person(remembered.server, "ann").holds("User", "project0")
    ben = Person(remembered.server, "ben").holds("User")
    moment = remembered.time_of(remembered.number())
    remembered.send([update("Project", "project1", is_private=True)])
    closed = remembered.time_of(remembered.number())
    remembered.send([delete("Project", "project1")])
    for at in (moment, closed):
        question = {"action": "query", "expression": "select id from Task where id is secret", "as_of": at}
        asked = {"action": "history", "entity_type": "Task", "ids": ["secret"], "attributes": ["name"]}
        for person in (ann, ben):
            assert person.call(question)[0]["data"] == []
            assert person.call(asked)[0]["data"] == []
        assert len(remembered.send([question])[1][0]["data"]) == 1
    assert [each["old"] for each in remembered.send([asked])[1][0]["data"]] == ["secret"]


def test_what_was_in_no_project_is_seen_in_the_past(remembered: Remembered) -> None:
    remembered.send([create("Asset", "loose", name="loose")])
    ann = Person(remembered.server, "ann").holds("User", "project0")
    moment = remembered.time_of(remembered.number())
    remembered.send([delete("Asset", "loose")])
    question = {"action": "query", "expression": "select id from Asset where id is loose", "as_of": moment}
    assert [each["id"] for each in ann.call(question)[0]["data"]] == ["loose"]


def test_a_history_tells_who_has_changed_what_also_of_what_is_gone(remembered: Remembered) -> None:
    ann = Person(remembered.server, "ann").holds("Project Manager")
    remembered.send([create("Status", "own", name="On hold", sort=1, color="#fff", is_active=True)])
    remembered.send([update("Task", TASK, status_id=STATUSES[0], bid=1.5)])
    ann.call(update("Task", TASK, status_id=STATUSES[1]))
    remembered.send([delete("Task", TASK)])
    asked = {"action": "history", "entity_type": "Task", "ids": [TASK, "nowhere"], "attributes": ["status", "bid"]}
    told = ann.call(asked)[0]["data"]
    assert told == remembered.send([asked])[1][0]["data"]
    changes = [(each["username"], each["attribute"], each.get("old_name"), each.get("new_name")) for each in told]
    assert ("ann", "status", "Not started", "In progress") in changes
    assert changes[-2] == ("demo", "status", "In progress", None)
    assert (told[-1]["attribute"], told[-1]["old"], told[-1]["new"]) == ("bid", 1.5, None)
    numbers = [each["event"] for each in told]
    assert numbers == sorted(numbers)


def told(answer: Any, *sides: str) -> list[tuple[Any, ...]]:
    return [tuple(each.get(name) for name in ("attribute", *(sides or ("old", "new")))) for each in answer[0]["data"]]


def test_a_history_tells_of_keys_of_metadata_and_custom_attributes(remembered: Remembered) -> None:
    awkward = 'a.b "\\ \n\t\x1f\x7fé\u2028\U0001f600 '
    remembered.send([create("Metadata", parent_id=TASK, key="lens", value="35mm")])
    remembered.send([create("Metadata", parent_id=TASK, key=awkward, value="1")])
    remembered.send([update("Metadata", TASK, "lens", value="50mm"), update("Metadata", TASK, awkward, value="2")])
    value = {"configuration_id": "attribute0", "entity_id": TASK}
    remembered.send([create("CustomAttributeValue", **value, value="24")])
    remembered.send([update("CustomAttributeValue", "attribute0", TASK, value="25")])
    remembered.send([delete("Metadata", TASK, "lens")])
    remembered.send([update("Task", TASK, bid=3.0)])
    names = ["metadata.lens", f"metadata.{awkward}", "custom_attributes.fps", "bid"]
    asked = {"action": "history", "entity_type": "Task", "ids": [TASK], "attributes": names}
    answer = remembered.send([asked])[1]
    assert told(answer)[:-1] == [
        ("metadata.lens", None, "35mm"),
        (f"metadata.{awkward}", None, "1"),
        ("metadata.lens", "35mm", "50mm"),
        (f"metadata.{awkward}", "1", "2"),
        ("custom_attributes.fps", None, "24"),
        ("custom_attributes.fps", "24", "25"),
        ("metadata.lens", "50mm", None),
    ]
    assert told(answer, "new")[-1] == ("bid", 3.0)
    numbers = [each["event"] for each in answer[0]["data"]]
    assert numbers == sorted(numbers)
    assert {each["username"] for each in answer[0]["data"]} == {"demo"}


def test_a_history_tells_who_came_into_a_list_and_left_it(remembered: Remembered) -> None:
    remembered.send(
        [create("TypedContextList", "dailies", name="dailies", project_id="project0", category_id="category")]
    )
    remembered.send([create("Task", "hidden", name="hidden", parent_id="project1")])
    links = [create("ListObject", f"l-{each}", list_id="dailies", entity_id=each) for each in (TASK, "hidden")]
    remembered.send(links)
    remembered.send([delete("ListObject", f"l-{TASK}")])
    remembered.send([create("ListObject", "again", list_id="dailies", entity_id=TASK)])
    remembered.send([delete("Task", TASK)])
    asked = {"action": "history", "entity_type": "TypedContextList", "ids": ["dailies"], "attributes": ["items"]}
    assert told(remembered.send([asked])[1]) == [
        ("items", None, TASK),
        ("items", None, "hidden"),
        ("items", TASK, None),
        ("items", None, TASK),
        ("items", TASK, None),
    ]
    ann = Person(remembered.server, "ann").holds("User", "project0")
    assert {each[2] or each[1] for each in told(ann.call(asked))} == {TASK}, "what is of other projects is not told"
    others = Person(remembered.server, "ben").holds("User", "project1")
    assert told(others.call(asked)) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attributes": ["custom_attributes.fsp"]}, 'no custom attribute "fsp", at least not now. Did you mean fps'),
        ({"entity_type": "Tsak"}, "There is no entity type Tsak. Did you mean Task"),
        ({"entity_type": "ApiKey"}, "secrets"),
        ({"entity_type": "Metadata"}, "only what has an id"),
        ({"attributes": ["statsu"]}, "Did you mean status"),
        ({"attributes": ["children"]}, "only plain values, references to one entity"),
        ({"attributes": []}, '"attributes" to be a list of texts'),
        ({"ids": "x"}, '"ids" to be a list of texts'),
    ],
)
def test_questions_for_a_history_that_make_no_sense(
    unchanged: Remembered, changes: dict[str, Any], message: str
) -> None:
    asked = {"action": "history", "entity_type": "Task", "ids": [TASK], "attributes": ["name"], **changes}
    assert message in unchanged.send([asked])[1]["content"]


def test_a_database_that_is_open_for_reading_only_can_be_asked(remembered: Remembered, tmp_path: Path) -> None:
    number, before = remembered.number(), remembered.ask(NAMES)
    remembered.send([delete("Task", TASK)])
    moment = remembered.time_of(number)
    remembered.close()
    reading = EmbeddedServer(f"{url_of(tmp_path / 'x.db')}?mode=ro", key=KEY)
    try:
        asked = [{"action": "query", "expression": NAMES[0], "as_of": moment}]
        assert reading.call(asked)[0]["data"] == before[0]["data"]
        with pytest.raises(Exception, match=r"reading only|readonly"), reading.database.begin(write=True):
            pass
    finally:
        reading.close()


def test_a_database_of_before_begins_when_it_is_brought_up_to_date(remembered: Remembered, tmp_path: Path) -> None:
    with remembered.server.database.engine.begin() as connection:
        keeping.pause(connection)
        for statement in (
            "DROP TABLE row_history",
            "DROP TABLE history_moment",
            "ALTER TABLE event_delivery DROP COLUMN lease_seconds",
            *(f"DROP INDEX ix_{table}_home_id" for table in ("metadata", "component_location")),
            *(f"ALTER TABLE {table} DROP COLUMN home_id" for table in ("metadata", "component_location")),
            "UPDATE alembic_version SET version_num = '0016'",
        ):
            connection.exec_driver_sql(statement)
    remembered.close()
    upgraded = EmbeddedServer(url_of(tmp_path / "x.db"), key=KEY)
    try:
        question = {"action": "query", "expression": NAMES[0]}
        before = upgraded.call([question])
        since = upgraded.call([{"action": "query_server_information"}])[0]["history_since"]
        upgraded.call([delete("Task", TASK)])
        assert upgraded.call([{**question, "as_of": since}]) == before
    finally:
        upgraded.close()


def test_what_the_command_line_does_is_kept_as_well(remembered: Remembered) -> None:
    number, rows = remembered.number(), remembered.rows()
    people = People(remembered.server.database)
    people.add("zoe")
    assert remembered.rows() != rows
    assert remembered.rows_at(number) == rows


def test_nothing_is_left_of_a_question(remembered: Remembered) -> None:
    moment = remembered.time_of(remembered.number())
    remembered.send([delete("Task", TASK)])
    now = remembered.ask(NAMES)
    for _ in range(2):
        assert remembered.ask(NAMES, as_of=moment) != now
        assert remembered.ask(NAMES) == now
        assert "nonsense" in remembered.ask(["select id from nonsense"], as_of=moment)["content"]
        assert remembered.ask(NAMES) == now
