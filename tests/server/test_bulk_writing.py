"""Rows are written together where that can be; what users see of it is the time that it takes, and nothing else.

The same batches are done one by one, a statement for each row at once, and with all rules for each row. Answers,
errors and all rows must be the same.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from selections import some
from server.guarded import Person
from server.random_batches import STATUSES, Operation, Writer, create, delete, production, update
from trackteroid.server import EmbeddedServer, api
from trackteroid.server.api import RefusedTogetherError
from trackteroid.server.model import standard_model
from trackteroid.server.rules import engine

_ORDERED = ("row_history", "history_moment")  # tells in which order rows were written, and when exactly
TABLES = [table for name, table in sorted(standard_model().metadata.tables.items()) if name not in _ORDERED]
KEY = "a-key-for-both-servers"


class OneByOne(api.Api):
    """Writes each row at once."""

    def _carry_out(self, *arguments: Any, **_: Any) -> list[Any]:  # pyright: ignore[reportIncompatibleMethodOverride] - one way only
        return super()._carry_out(*arguments, one_by_one=True)


def told(event: Any) -> list[Any]:
    """What an event tells, whatever the order in which it tells of the changes of a batch."""
    facts = json.loads(event.content)
    nodes, reaches = facts.pop("nodes", []), facts.pop("reaches", [])

    def above(node: int) -> list[Any]:
        return [] if node < 0 else [nodes[node][:2], *above(nodes[node][2])]

    changes = [
        (kind, above(node), sorted(map(str, reaches[reach])), *rest)
        for kind, node, reach, *rest in facts.pop("changes", [])
    ]
    return [event.topic, event.user_id, facts, sorted(map(repr, changes))]


class Side:
    """A server of its own with a copy of the production, which writes in one of both ways."""

    def __init__(self, path: Path, person: Person, kind: type[api.Api]) -> None:
        self.server = EmbeddedServer(f"sqlite:///{path.as_posix()}", key=KEY, is_open=False)
        self.api = kind(self.server.database, self.server.api.local_key)
        self.people = {"demo": KEY, person.name: person.key}
        self.name = kind.__name__

    def answer(self, user: str, batch: list[Operation]) -> Any:
        headers = {"ftrack-user": user, "ftrack-api-key": self.people[user], "ftrack-strict-api": "true"}
        reply = self.api.respond(headers, json.dumps(batch).encode(), "http://here")
        assert not isinstance(reply.error, Exception) or "incident" not in str(reply.error), reply.error
        return reply.status, json.loads(reply.body)

    def rows(self) -> dict[str, list[Any]]:
        with self.server.database.begin(write=False) as connection:
            found = {table.name: connection.execute(sa.select(table)).all() for table in TABLES}
        events = found.pop("hub_event")
        return {name: sorted(map(repr, rows)) for name, rows in found.items()} | {"events": list(map(told, events))}

    def ids(self) -> Collection[str]:
        with self.server.database.begin(write=False) as connection:
            return {
                key
                for table in TABLES
                if "id" in table.c
                for key in connection.execute(sa.select(table.c.id)).scalars()
            }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Person, str]:
    """A production, somebody who manages a part of it, and the user who has made it."""
    path = tmp_path_factory.mktemp("bulk") / "production.db"
    server = EmbeddedServer(f"sqlite:///{path.as_posix()}", is_open=False)
    user = server.call([{"action": "query", "expression": "select id from User"}])[0]["data"][0]["id"]
    server.call(production(user))
    person = Person(server, "ann").holds("Project Manager", "project1").holds("API", "project0")
    server.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, person, user


@pytest.fixture
def sides(template: tuple[Path, Person, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Side]]:
    def now(**_: Any) -> str:
        return "2026-11-30T12:00:00"

    monkeypatch.setattr(api, "_now", now)
    path, person, _ = template
    sides = [Side(Path(shutil.copy(path, tmp_path / kind.__name__)), person, kind) for kind in (api.Api, OneByOne)]
    yield sides
    for side in sides:
        side.server.close()


class Pair:
    """Both servers, which get the same batches and make the same ids."""

    def __init__(self, sides: list[Side], monkeypatch: pytest.MonkeyPatch, user: str) -> None:
        self.sides = sides
        self.user = user
        self._monkeypatch = monkeypatch
        self._made = itertools.count()

    def answer(self, batch: list[Operation], user: str = "demo") -> Any:
        """The answer to a batch, which is the same on both sides, as are all rows afterwards."""
        first = next(self._made) * 1_000_000
        answers = [self._answer(side, batch, user, first) for side in self.sides]
        assert answers[0] == answers[1]
        assert self.sides[0].rows() == self.sides[1].rows()
        return answers[0]

    def refusal(self, batch: list[Operation]) -> str:
        """The message with which a batch is refused, which is the same on both sides."""
        status, answer = self.answer(batch)
        assert status >= 400, answer
        return answer["content"]

    def _answer(self, side: Side, batch: list[Operation], user: str, first: int) -> Any:
        numbers = itertools.count(first)
        with self._monkeypatch.context() as patch:
            patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers), version=4))
            if isinstance(side.api, OneByOne):  # rules look at all changes, also at those that they are not about
                patch.setattr(engine, "concerns", lambda *_: True)
            return side.answer(user, batch)


@pytest.fixture
def pair(sides: list[Side], template: tuple[Path, Person, str], monkeypatch: pytest.MonkeyPatch) -> Pair:
    return Pair(sides, monkeypatch, template[2])


def try_at_random(pair: Pair, seed: int, user: str) -> list[int]:
    """The statuses of the answers to a few batches that are made up."""
    random = Random(seed)
    writer = Writer(random, pair.user, hostility=random.choice((0, 0.005, 0.02)))
    return [pair.answer(writer.batch(pair.sides[0].ids()), user)[0] for _ in range(6)]


@pytest.mark.slow
@pytest.mark.parametrize("user", ["demo", "ann"])
def test_batches_do_the_same_together_as_one_by_one(pair: Pair, user: str) -> None:
    statuses = [status for seed in range(3) for status in try_at_random(pair, seed, user)]
    assert 200 in statuses
    assert any(status >= 400 for status in statuses)


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(100, 140), 6))
@pytest.mark.parametrize("user", ["demo", "ann"])
def test_many_batches_do_the_same_together_as_one_by_one(pair: Pair, seed: int, user: str) -> None:
    assert try_at_random(pair, seed, user)


@pytest.mark.parametrize("seed", some(range(200, 240), 4))
@pytest.mark.parametrize("user", ["demo", "ann"])
def test_deletions_in_a_row_do_the_same_together_as_one_by_one(pair: Pair, seed: int, user: str) -> None:
    random = Random(seed)
    writer = Writer(random, pair.user, hostility=0)
    statuses: list[int] = []
    for length in (2, 3, 5, 8):
        writer.batch(pair.sides[0].ids())  # from here on it knows what there is
        statuses.append(pair.answer([writer.deletion() for _ in range(length)], user)[0])
    assert user != "demo" or 200 in statuses


SHOT: Operation = create("Shot", id="new", name="new", parent_id="project0")

SCHEMA: Operation = create("ProjectSchema", id="s", name="s")
USER_OF_SCHEMA: Operation = create("Project", id="p", name="p", full_name="p", project_schema_id="s")

#: Batches that turn something around, and what is said of them; nothing where they succeed.
TURNS: dict[str, tuple[str, list[Operation]]] = {
    "made twice": (r"Scope \"b\" \(id new\) exists already", [create("Scope", id="new", name=name) for name in "ab"]),
    "made though it is there": (
        r"Scope \"b\" \(id scope0\) exists already",
        [create("Scope", id="new", name="a"), create("Scope", id="scope0", name="b"), create("Nonsense", id="x")],
    ),
    "deleted and made again": ("", [delete("Scope", "scope0"), create("Scope", id="scope0", name="again")]),
    "deleted, made and deleted": (
        "",
        [delete("Shot", "shot0"), create("Shot", id="shot0", name="n", parent_id="project0"), delete("Shot", "shot0")],
    ),
    "made, deleted and made": (
        "",
        [SHOT, create("Note", id="n", content="c", parent_id="new", parent_type="Shot"), delete("Shot", "new"), SHOT],
    ),
    "made, made below, and deleted": (
        "",
        [SHOT, create("Task", id="t", name="t", parent_id="new"), delete("Shot", "new")],
    ),
    "changed in turns": (
        "",
        [
            update("Shot", "shot0", name="a", description="a"),
            update("Shot", "shot0", name="b"),
            update("Shot", "shot0", description="c", name="c"),
            update("Shot", "shot0", description="d"),
        ],
    ),
    "swapped names": (
        "",
        [
            SHOT,
            create("Shot", id="other", name="other", parent_id="project0"),
            update("Shot", "new", name="other"),
            update("Shot", "other", name="new"),
        ],
    ),
    "a number that no database holds, then a mistake": (
        r"whole number that the database cannot hold",
        [create("Component", id="new", size=1), update("Component", "new", size=2**70), create("Nonsense", id="x")],
    ),
    "a key without its second part": (
        "Metadata",
        [create("Scope", id="new", name="new"), create("Metadata", parent_id="shot0", value="v")],
    ),
    "settings that differ in case": (
        "",
        [create("Setting", name=name, group="g", value=name) for name in ("fps", "FPS")],
    ),
    "versions before their asset": (
        "",
        [
            create("AssetVersion", id="v", asset_id="a"),
            create("AssetVersion", id="w", asset_id="a"),
            create("Asset", id="a", name="a", context_id="shot0"),
            create("AssetVersion", id="x", asset_id="a"),
            delete("AssetVersion", "x"),
            update("AssetVersion", "v", version=7),
        ],
    ),
    "children before parents": (
        "",
        [
            create("Task", id="t", name="t", parent_id="s"),
            create("Shot", id="s", name="s", parent_id="e"),
            create("Sequence", id="e", name="e", parent_id="project0"),
            update("Shot", "s", parent_id="project1"),
            delete("Sequence", "e"),
        ],
    ),
    "deleted with what it was on": (
        "",
        [delete("Project", "project0"), delete("Shot", "shot0"), delete("Asset", "asset0"), delete("Note", "note0")],
    ),
    "deleted from below": (
        "",
        [delete("Note", "note0"), delete("Task", "task0"), delete("Shot", "shot0"), delete("Project", "project0")],
    ),
    "deleted twice in a row": ("", [delete("Shot", "shot0"), delete("Shot", "shot1"), delete("Shot", "shot0")]),
    "deleted in a row, and one that never was": (
        "Could not find entity Shot",
        [delete("Shot", "shot0"), delete("Shot", "nowhere"), delete("Shot", "shot1")],
    ),
    "deleted in a row, and one of another type": (
        "Could not find entity Asset",
        [delete("Shot", "shot0"), delete("Asset", "shot1")],
    ),
    "deleted in a row, and one of another type that went before": (
        "",
        [delete("Project", "project0"), delete("Asset", "shot0")],
    ),
    "what is in the way goes before": (
        "",
        [SCHEMA, USER_OF_SCHEMA, delete("Project", "p"), delete("ProjectSchema", "s")],
    ),
    "what is in the way goes after": (
        "cannot be deleted",
        [SCHEMA, USER_OF_SCHEMA, delete("ProjectSchema", "s"), delete("Project", "p")],
    ),
    "a status in use": (
        "",
        [{"action": "query", "expression": "select id, status_id from Task"}, delete("Status", "nowhere")],
    ),
}


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.slow
def test_what_a_batch_turns_around_is_the_same(pair: Pair, turn: str) -> None:
    message, batch = TURNS[turn]
    status, answer = pair.answer(batch)
    if status == 200:
        assert not message
    else:
        assert message or answer["content"]
        assert re.search(message, answer["content"])


def test_questions_in_a_batch_see_what_was_written_before(pair: Pair) -> None:
    ask = {"action": "query", "expression": 'select id, name from Shot where parent_id is "project0" order by name'}
    _, answers = pair.answer([SHOT, ask, update("Shot", "new", name="zzz"), ask, delete("Shot", "new"), ask])
    names = [[shot["name"] for shot in answer["data"]] for answer in answers if answer["action"] == "query"]
    assert "new" in names[0]
    assert names[1][-1] == "zzz"
    assert len(names[2]) == len(names[0]) - 1


def statements(server: EmbeddedServer, batch: list[Operation]) -> int:
    """How many SQL statements a batch takes."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(server.database.engine, "before_cursor_execute", note)
    try:
        server.call(batch)
    finally:
        event.remove(server.database.engine, "before_cursor_execute", note)
    return len(seen)


def shots(count: int, prefix: str = "s") -> list[Operation]:
    return [create("Shot", id=f"{prefix}{n}", name=f"{prefix}{n}", parent_id="p") for n in range(count)]


def everything(count: int) -> Iterator[tuple[str, list[Operation]]]:
    """Batches about so many entities, one after the other, by what they do."""
    numbers = range(count)
    yield "shots", shots(count)
    yield "tasks of as many shots", [create("Task", id=f"t{n}", name="t", parent_id=f"s{n}") for n in numbers]
    yield "assets", [create("Asset", id=f"a{n}", name="a", context_id=f"s{n}") for n in numbers]
    yield (
        "versions of as many assets",
        [create("AssetVersion", id=f"v{n}", asset_id=f"a{n}", task_id=f"t{n}") for n in numbers],
    )
    yield "more versions of one", [create("AssetVersion", id=f"w{n}", asset_id="a0") for n in numbers]
    yield "components", [create("FileComponent", id=f"c{n}", name="c", version_id=f"v{n}") for n in numbers]
    yield (
        "notes",
        [create("Note", id=f"n{n}", content="c", parent_id=f"t{n}", parent_type="Task") for n in numbers],
    )
    yield "metadata", [create("Metadata", parent_id=f"t{n}", key="k", value="v") for n in numbers]
    yield "names", [update("Shot", f"s{n}", name=f"renamed{n}") for n in numbers]
    yield "statuses", [update("Task", f"t{n}", status_id=STATUSES[1]) for n in numbers]
    yield "references", [update("AssetVersion", f"v{n}", thumbnail_id=f"c{n}") for n in numbers]
    yield "metadata again", [update("Metadata", f"t{n}", "k", value="w") for n in numbers]
    yield "no components", [delete("FileComponent", f"c{n}") for n in numbers]
    yield "no versions", [delete("AssetVersion", f"w{n}") for n in numbers]
    yield "no tasks", [delete("Task", f"t{n}") for n in numbers]
    yield "no shots, with all that is in them", [delete("Shot", f"s{n}") for n in numbers]


@pytest.mark.slow
def test_the_number_of_statements_does_not_grow_with_a_batch() -> None:
    counts: list[dict[str, int]] = []
    for count in (30, 120):
        server = EmbeddedServer("sqlite://")
        server.call([create("Project", id="p", name="p", full_name="p")])
        counts.append({name: statements(server, batch) for name, batch in everything(count)})
        server.close()
    few, many = counts
    grown = {name: (few[name], many[name]) for name in few if many[name] > few[name] + 2}
    assert not grown


def test_a_refused_batch_of_many_is_done_again_once(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    side = pair.sides[0]
    refused: list[bool] = []
    carry_out: Callable[..., Any] = side.api._carry_out  # pyright: ignore[reportPrivateUsage] - what is counted

    def note(*arguments: Any, one_by_one: bool = False) -> Any:
        try:
            return carry_out(*arguments, one_by_one=one_by_one)
        except RefusedTogetherError:
            refused.append(one_by_one)
            raise

    monkeypatch.setattr(side.api, "_carry_out", note)
    assert "exists already" in pair.refusal([create("Scope", id="x", name="x"), create("Scope", id="scope0", name="y")])
    assert refused == [False]
