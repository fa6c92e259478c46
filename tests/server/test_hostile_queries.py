"""Signs that mean something to a database, at every place of a query: harmless, and answered or refused in words."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from postgres.cluster import cluster  # noqa: F401 - a fixture
from selections import slow
from server.test_compiler_limits import SQL
from trackteroid.server import DatabaseError, EmbeddedServer

ATTACKS = [
    "'; drop table context; --",
    '"; drop table context; --',
    "x' or '1'='1",
    "x) or (1=1",
    "id; delete from resource",
    "id/**/union/**/select/**/value",
    "(select password from resource)",
    "%s",
    "%(id)s",
    ":name",
    ":id",
    "?",
    "$1",
    "\\",
    "\\'",
    "''",
    "`id`",
    "[id]",
    "id--",
    "\N{FULLWIDTH APOSTROPHE} or 1=1",
    "\x00",
    "{0.__class__}",
]

#: Every place of a query where a client may write.
PLACES = [
    "{0}",
    "select {0} from Scope",
    "select id, {0} from Scope",
    "select id from {0}",
    "select parent[{0}].id from Task",
    "select count({0}) from Task",
    "select {0}(id) from Task",
    "Scope where {0}",
    "Scope where {0} is x",
    "Scope where id {0} x",
    "Scope where id is {0}",
    "Scope where name is '{0}'",
    'Scope where name is "{0}"',
    'Scope where name like "%{0}%"',
    'Scope where name > "{0}"',
    'Scope where name in ("a", "{0}")',
    "Scope where name in (a, {0})",
    "Scope where name in (select {0} from Scope)",
    "Scope where name in (select name from {0})",
    "Task where parent[{0}].name is x",
    "Task where {0} any (name is x)",
    "Task where scopes any ({0})",
    'Task where bid is "{0}"',
    'Task where start_date > "{0}"',
    'Task where custom_attributes any (key is "{0}" and value is "{0}")',
    "select count(id) from Task group by {0}",
    "Scope order by {0}",
    "Scope order by id {0}",
    "Scope limit {0}",
    "Scope offset {0}",
    "Scope limit 1 {0}",
]


@pytest.fixture(scope="module", params=["sqlite", slow("postgresql")])
def server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("cluster").new_database()
    server = EmbeddedServer(url)
    server.call([{"action": "create", "entity_type": "Scope", "entity_data": {"id": "s", "name": "one"}}])
    yield server
    server.close()


def respond(server: EmbeddedServer, operation: dict[str, Any]) -> tuple[int, Any]:
    headers = {"ftrack-user": server.username, "ftrack-api-key": server.api_key, "ftrack-strict-api": "true"}
    reply = server.api.respond(headers, json.dumps([operation]).encode(), "http://here")
    return reply.status, json.loads(reply.body)


def check(server: EmbeddedServer, operation: dict[str, Any], *written: str) -> None:
    """An answer or a refusal in words that are the client's own or ours."""
    status, answer = respond(server, operation)
    assert status < 500, answer
    if status != 200:
        message: str = answer["content"]
        for text in written:
            message = message.replace(text.replace("{", "(").replace("}", ")"), "")
        assert not SQL.search(message), message


def contents(server: EmbeddedServer) -> dict[str, int]:
    with server.database.begin(write=False) as connection:
        names = sa.inspect(connection).get_table_names()
        counts = {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in names}
    # What was made and deleted again is told in the log of events and in the history of rows, and nowhere else.
    told = ("hub_event", "row_history", "history_moment")
    return {name: count or 0 for name, count in counts.items() if name not in told}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.slow
def test_nothing_that_is_written_into_a_query_becomes_sql(server: EmbeddedServer, place: str) -> None:
    before = contents(server)
    for attack in ATTACKS:
        text = place.replace("{0}", attack)
        check(server, {"action": "query", "expression": text}, text, attack)
    assert contents(server) == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_values_are_compared_as_they_are(server: EmbeddedServer, attack: str) -> None:
    quoted = attack.replace("\\", "\\\\").replace('"', '\\"')
    for criterion in (f'name is "{quoted}"', f'name in ("{quoted}")', f'id is "{quoted}"'):
        status, answer = respond(server, {"action": "query", "expression": f"Scope where {criterion}"})
        assert status in (200, 400)
        assert status == 400 or answer[0]["data"] == []


@pytest.mark.parametrize("name", ["expression", "terms", "context_id", "object_type_ids", "entity_type", "action"])
@pytest.mark.slow
def test_nothing_that_is_written_into_an_operation_becomes_sql(server: EmbeddedServer, name: str) -> None:
    before = contents(server)
    for attack in ATTACKS:
        value = [attack] if name in ("terms", "object_type_ids") else attack
        check(server, {"action": "search", "expression": "Task", "entity_type": "Task", name: value}, attack)
    assert contents(server) == before


def test_what_is_written_is_kept_as_it_is(server: EmbeddedServer) -> None:
    before = contents(server)
    for attack in ATTACKS:
        data = {"id": attack, "name": attack}
        check(server, {"action": "create", "entity_type": "Scope", "entity_data": data}, attack)
        check(server, {"action": "create", "entity_type": "Scope", "entity_data": {attack: attack}}, attack)
        check(server, {"action": "update", "entity_type": "Scope", "entity_key": [attack], "entity_data": {}}, attack)
        check(server, {"action": "delete", "entity_type": "Scope", "entity_key": [attack]}, attack)
        check(server, {"action": "delete", "entity_type": attack, "entity_key": [attack]}, attack)
    assert contents(server) == before


@settings(max_examples=60, derandomize=True)
@given(st.sampled_from(PLACES), st.text(max_size=12) | st.text("'\"\\%_;:?$-()[]{}\0", max_size=8))
def test_no_text_at_any_place_breaks_the_server(place: str, text: str) -> None:
    query = place.replace("{0}", text)
    check(_shared(), {"action": "query", "expression": query}, query, text)


@cache
def _shared() -> EmbeddedServer:
    """The server for all examples, which Hypothesis would want a fixture to make anew for each."""
    return EmbeddedServer("sqlite://")


def anybody_of(count: int) -> str:
    return "Task where " + " or ".join(f'ancestors.name is "{number}"' for number in range(count))


@pytest.mark.slow
def test_a_query_with_thousands_of_relations_is_refused_before_it_is_built(server: EmbeddedServer) -> None:
    search = {"action": "search", "expression": "select id from Task", "terms": ["a " * 20_000]}
    for operation in (search, {"action": "query", "expression": anybody_of(10_000)}):
        with pytest.raises(DatabaseError, match="more than 1000 references and collections to follow"):
            server.call([operation])


@pytest.mark.slow
def test_long_queries_that_nobody_asks_twice_leave_nothing_behind(server: EmbeddedServer) -> None:
    server.call([{"action": "query", "expression": anybody_of(120)}])
    tracemalloc.start()
    try:
        server.call([{"action": "query", "expression": anybody_of(121)}])
        before = tracemalloc.get_traced_memory()[0]
        for count in range(122, 124):
            server.call([{"action": "query", "expression": anybody_of(count)}])
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 10 << 20
    finally:
        tracemalloc.stop()
