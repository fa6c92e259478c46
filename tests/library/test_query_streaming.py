"""``iterate`` while things change: everything that meets the query when it is its turn, and nothing twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_session import FakeSession, record
from hypothesis import given
from hypothesis import strategies as st

from demo_servers import demo_server
from trackteroid import Folder, Metadata, Query, Session, Shot, entities
from trackteroid.expressions import And, Comparison, Expression, Or
from trackteroid.query.window import iter_by_key
from trackteroid.schema.types import schema_of


@pytest.fixture
def session() -> Iterator[Session]:
    """Thirty folders in one project."""
    with Session(server_url="sqlite://", plugin_paths=[]) as session:
        schema = session.query("ProjectSchema").first()
        project = session.create("Project", {"name": "p", "full_name": "p", "project_schema": schema})
        for number in range(30):
            session.create("Folder", {"name": f"folder{number:02}", "parent": project})
        session.commit()
        yield session


def folders(session: Session) -> Query:
    return Query(Folder, session).by_name("folder%")


SIZES = pytest.mark.parametrize("size", [1, 7, 10, 30, 31])


@pytest.mark.slow
@SIZES
def test_whoever_deletes_what_the_loop_reaches_reaches_everything(session: Session, size: int) -> None:
    reached: list[str] = []
    for chunk in folders(session).iterate(size):
        reached += chunk.name
        chunk.delete()
        session.commit()
    assert sorted(reached) == [f"folder{number:02}" for number in range(30)]
    assert folders(session).count() == 0


@pytest.mark.slow
@SIZES
def test_whoever_changes_what_the_query_asks_for_reaches_everything(session: Session, size: int) -> None:
    reached: list[str] = []
    for chunk in folders(session).iterate(size):
        reached += chunk.name
        chunk.apply(lambda folder: f"done {folder.name[0]}", "name")
        session.commit()
    assert sorted(reached) == [f"folder{number:02}" for number in range(30)]


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7, 10])
def test_whoever_creates_more_meets_every_old_one_once(session: Session, size: int) -> None:
    old, project = set(folders(session).ids()), session.query("Project").one()
    reached: list[str] = []
    for number, chunk in enumerate(folders(session).iterate(size)):
        reached += chunk.id
        # One that comes before everything, which is never reached, and two somewhere.
        first = {"name": f"folder before {number}", "parent": project, "id": str(uuid.UUID(int=number))}
        session.create("Folder", first)
        if number < 20:
            session.create("Folder", {"name": f"folder new {number}", "parent": project})
            session.create("Folder", {"name": f"folder also {number}", "parent": project})
        session.commit()
    assert old <= set(reached)
    assert len(reached) == len(set(reached))
    assert not {each for each in reached if each.startswith("00000000-0000")}


def test_what_another_deletes_or_adds_between_two_chunks_shifts_nothing(session: Session) -> None:
    ids = folders(session).ids()
    chunks: Any = folders(session).iterate(10)
    reached = list(next(chunks).id)
    for number in (3, 5, 15, 29):  # two that were reached, two that were not
        session.delete(session.get("Folder", ids[number]))
    session.commit()
    for chunk in chunks:
        reached += chunk.id
    assert reached == [each for number, each in enumerate(ids) if number not in (15, 29)]


def test_what_is_left_out_of_the_query_before_its_turn_is_not_reached(session: Session) -> None:
    ids = folders(session).ids()
    chunks: Any = folders(session).iterate(10)
    next(chunks)
    session.get("Folder", ids[20])["name"] = "another"
    session.commit()
    assert [each for chunk in chunks for each in chunk.id] == [*ids[10:20], *ids[21:]]


def test_the_last_request_is_saved_where_the_last_chunk_is_not_full() -> None:
    session = FakeSession()
    session.answer('select id, name from Shot where id > "s1"', [record("Shot", "s2", name="c")])
    session.answer("select id, name from Shot order", [record("Shot", f"s{each}", name="x") for each in range(2)])
    assert [len(chunk) for chunk in Query(Shot, session).iterate(2)] == [2, 1]
    assert len(session.requests) == 2


@pytest.fixture(scope="module")
def demo() -> Iterator[Session]:
    server = demo_server()
    with Session(server_url=server, plugin_paths=[]) as session:
        yield session
    server.close()


class TestSeveralKeys:
    TYPES = [getattr(entities, name) for name in entities.__all__ if name != "Entity"]

    @pytest.mark.parametrize("entity_type", TYPES, ids=lambda each: each.__name__)
    @pytest.mark.slow
    def test_every_entity_of_every_type_comes_once(self, demo: Session, entity_type: Any) -> None:
        names = schema_of(demo).type(entity_type.__name__).primary_key
        found = demo.query(f"select {', '.join(names)} from {entity_type.__name__} order by {', '.join(names)}").all()
        size = max(1, len(found) // 3)
        chunks = list(Query(entity_type, demo).iterate(size))
        assert all(0 < len(chunk) <= size for chunk in chunks)
        assert [each for chunk in chunks for each in chunk.values()] == list(found)

    @pytest.mark.parametrize("size", [1, 2, 5])
    def test_metadata_can_be_deleted_while_it_is_read(self, size: int) -> None:
        with Session(server_url="sqlite://", plugin_paths=[]) as session:
            schema = session.query("ProjectSchema").first()
            for name in ("p", "q"):
                project = session.create("Project", {"name": name, "full_name": name, "project_schema": schema})
                project["metadata"].update({f"key {number}": "x" for number in range(5)} | {'"quoted" \\': "y"})
            session.commit()
            reached: list[str] = []
            for chunk in Query(Metadata, session).iterate(size):
                reached += [each["key"] for each in chunk.values()]
                for each in chunk.values():
                    session.delete(each)
                session.commit()
            assert sorted(reached) == sorted([*(f"key {number}" for number in range(5)), '"quoted" \\'] * 2)


Row = dict[str, Any]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda held, value: held > value,
    ">=": lambda held, value: held >= value,
}


def _meets(row: Row, condition: Expression) -> bool:
    match condition:
        case Comparison(path, operator, value):
            return COMPARED[operator](row[path].casefold(), str(value).casefold())
        case And(parts):
            return all(_meets(row, part) for part in parts)
        case Or(parts):
            return any(_meets(row, part) for part in parts)
        case _:
            raise AssertionError(condition)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "X", "y", "Y", "z"])), unique=True),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_keys_that_a_server_takes_for_equal_all_come_once(keys: list[tuple[str, str]], size: int, chance: Any) -> None:
    """A server that orders and compares without regard to case, and keeps rows that only differ in it in any order."""
    rows = [{"a": one, "b": other} for one, other in keys]
    gone: list[Row] = []

    def fetch(conditions: list[Expression], limit: int) -> list[Row]:
        left = [row for row in rows if row not in gone and all(_meets(row, each) for each in conditions)]
        chance.shuffle(left)
        return sorted(left, key=lambda row: (row["a"].casefold(), row["b"].casefold()))[:limit]

    reached: list[Row] = []
    for page in iter_by_key(fetch, ("a", "b"), size):
        assert 0 < len(page) <= size
        reached += page
        gone += [row for row in page if chance.random() < 0.3]
        assert len(reached) <= len(rows)
    assert sorted(map(str, reached)) == sorted(map(str, rows))
