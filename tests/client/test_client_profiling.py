"""What sessions sent, counted; and tests that fail when it is too much."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from client_support import FakeServer, Mounting, in_threads

from trackteroid.client.requests_log import shape_of
from trackteroid.session import Session
from trackteroid.testing import RequestBudgetError, request_budget


@pytest.fixture
def session() -> Session:
    rows = [{"__entity_type__": "Task", "id": f"t{number}", "name": "comp"} for number in range(3)]

    def answer(operation: dict[str, Any]) -> Any:
        if operation["action"] != "query":
            data = {"__entity_type__": "Task", "id": operation["entity_key"][0]}
            return {"action": operation["action"], "data": data}
        return {"action": "query", "data": rows, "metadata": {"next": {"offset": None}}}

    session = Mounting(FakeServer(answer)).ours()
    assert session.types
    return session


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('Task where name is "a"', "Task where name is ?"),
        (r'Task where name is "a \" b" and bid > 3', "Task where name is ? and bid > ?"),
        ("Task where id in ('1', '2', \"3\")", "Task where id in (?)"),
        ("Task where id in (a1b2c3d4-0000-1111-2222-333344445555)", "Task where id in (?)"),
        ("Task where bid is -2.5 limit 5", "Task where bid is ?"),
        ("select a from Task offset 500 limit 500", "select a from Task"),
        ("Task where start_date > 2024-05-06T07:08:09", "Task where start_date > ?"),
        ("select custom_attributes.v2 from AssetVersion where version2 is 3", None),
    ],
)
def test_queries_that_differ_in_values_have_the_same_shape(query: str, expected: str | None) -> None:
    assert shape_of(query) == (expected or query.replace("is 3", "is ?"))


def test_requests_rows_bytes_and_time_are_counted(session: Session) -> None:
    with session.profile() as profile:
        task = session.query("select name from Task").first()
        task["name"] = "anim"
        session.commit()
    session.query("Task").all()
    assert (profile.requests, profile.rows) == (2, 3)
    assert profile.bytes > 300
    assert profile.seconds > 0
    assert [exchange.actions for exchange in profile.exchanges] == [("query",), ("update",)]
    (cost,) = profile.queries
    assert (cost.query, cost.requests, cost.rows) == ("select name from Task", 1, 3)
    assert "(1 update)" in str(profile)


def test_connecting_is_kept_apart() -> None:
    session = Mounting(FakeServer()).ours()
    with session.profile() as profile:
        assert session.types
    assert (profile.requests, len(profile.connecting)) == (0, 2)


def test_fetching_one_by_one_is_named(session: Session) -> None:
    with session.profile() as profile:
        for number in range(4):
            session.query(f'select name from Task where id is "{number}"').all()
        for _ in range(2):
            session.query("select name from Shot").all()
    (shape,) = profile.one_by_one()
    assert (shape.query, shape.texts) == ("select name from Task where id is ?", 4)
    assert profile.one_by_one(at_least=5) == ()
    assert [cost.query for cost in profile.repeated()] == ["select name from Shot"]
    text = str(profile)
    assert text.startswith("6 requests, 18 rows")
    assert "one by one: 4 queries of the shape: select name from Task where id is ?" in text
    assert "repeated: 2 times the same query: select name from Shot" in text


def test_pages_of_one_query_are_not_one_by_one(session: Session) -> None:
    with session.profile() as profile:
        for offset in range(0, 2500, 500):
            session._query(f"select name from Task offset {offset} limit 500")
    assert profile.one_by_one() == profile.repeated() == ()
    assert [cost.requests for cost in profile.queries] == [5]


def test_profiles_can_be_nested_and_count_all_threads(session: Session) -> None:
    with session.profile() as outer:
        with session.profile() as inner:
            in_threads(4, lambda: session.query("Task").all())
        session.query("Task").all()
    assert (outer.requests, inner.requests) == (5, 4)


def test_a_failed_request_counts_with_its_error(session: Session) -> None:
    session.retries = 0
    with session.profile() as profile, pytest.raises(KeyError):
        session.call([{"action": "query", "expression": "Task"}, {"action": "fail"}])
    assert [exchange.error for exchange in profile.exchanges] == ["KeyError"]


# Budgets.


def test_a_budget_counts_all_sessions(session: Session) -> None:
    with request_budget(1) as profile:
        session.query("Task").all()
    assert profile.requests == 1
    with pytest.raises(RequestBudgetError, match="2 requests were sent, 1 are allowed"), request_budget(1):
        in_threads(2, lambda: session.query("Task").all())


def test_a_budget_refuses_fetching_one_by_one(session: Session) -> None:
    def fetch() -> None:
        for number in range(3):
            session.query(f'Task where id is "{number}"').all()

    with pytest.raises(RequestBudgetError, match="3 queries differ only in their values"), request_budget():
        fetch()
    with request_budget(3, one_by_one=True):
        fetch()


@pytest.mark.slow
def test_the_plugin_fails_tests_that_ask_too_much(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["trackteroid.testing.plugin"]\n', encoding="utf-8")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "from trackteroid.client.requests_log import Exchange, everywhere\n"
        "def ask(times):\n"
        "    for number in range(times):\n"
        "        everywhere.notify(Exchange.of([{'action': 'query', 'expression': f'Task where bid is {number}'}]))\n"
        "@pytest.mark.request_budget(2)\n"
        "def test_fine(): ask(2)\n"
        "@pytest.mark.request_budget(2)\n"
        "def test_too_many(): ask(3)\n"
        "@pytest.mark.request_budget\n"
        "def test_one_by_one(): ask(5)\n"
        "@pytest.mark.request_budget(one_by_one=True)\n"
        "def test_allowed(): ask(5)\n"
        "def test_with_fixture(request_budget):\n"
        "    with request_budget(1):\n"
        "        ask(2)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--strict-markers", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    failed = [
        line.split(" - ")[0].rpartition("::")[2] for line in done.stdout.splitlines() if line.startswith("FAILED")
    ]
    assert failed == ["test_too_many", "test_one_by_one", "test_with_fixture"], done.stdout
    assert "3 requests were sent, 2 are allowed" in done.stdout
