"""Reading all of it: the same entities in the same order as page after page by offset, and no work is done twice."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import ftrack_api.exception
import ftrack_api.inspection
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo_servers import demo_server
from library.fake_session import record
from library.query_tools import ListeningSession
from selections import FUZZ, some
from trackteroid import Folder, Metadata, Project, Query, Session, entities
from trackteroid.client.hydration.pages import fetch_pages
from trackteroid.query import window
from trackteroid.server import EmbeddedServer
from trackteroid.server.compiler import limits
from trackteroid.server.model import standard_model

TYPES = [getattr(entities, name) for name in entities.__all__ if name != "Entity"]
#: Ids that are no UUIDs; some differ in case only, and "Z" is before "a".
OWN_IDS = ["a", "A", "b", "B", "z", "Z", "é", "É", "a b", 'q"\\', "_", "%", "\U0001f3ac", "\uffee"]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "FIRST", 3)
    monkeypatch.setattr(window, "LARGEST", 7)


@pytest.fixture(scope="module")
def demo() -> Iterator[Session]:
    server = demo_server()
    with Session(server_url=server, plugin_paths=[]) as session:
        yield session
    server.close()


@pytest.fixture(scope="module")
def world() -> Iterator[Session]:
    with Session(server_url="sqlite://", plugin_paths=[]) as session:
        fill(session)
        yield session


def fill(session: Session) -> None:
    """Create two projects with metadata, and folders of which some have ids of their own."""
    schema = session.query("ProjectSchema").first()
    for name in ("p", "q"):
        project = session.create("Project", {"name": name, "full_name": name, "project_schema": schema})
        project["metadata"].update({f"{letter}{number}": "x" for letter in "xX" for number in range(6)})
        for number, key in enumerate([*OWN_IDS, *(str(uuid.uuid4()) for _ in range(12))]):
            given = key if name == "p" else str(uuid.uuid4())
            folder = session.create("Folder", {"id": given, "name": f"f{number:02}", "parent": project})
            folder["metadata"].update({"k": str(number), "K2": name})
    session.commit()


def by_offset(query: Any) -> list[Any]:
    return fetch_pages(query.session, str(query), page_size=4)


def keys(found: Any) -> list[Any]:
    return [ftrack_api.inspection.identity(each) for each in found]


@pytest.mark.slow
@pytest.mark.parametrize("entity_type", some(TYPES, 4), ids=lambda each: each.__name__)
def test_every_type_comes_as_page_after_page_by_offset(demo: Session, entity_type: Any, texts: Any) -> None:
    query = Query(entity_type, demo)
    asked = texts(demo)
    found = query.get_all()
    keyed = not asked[1:] or not re.search(r"offset [1-9]", asked[-1])
    assert keys(found.values()) == keys(by_offset(query))
    unkeyed = {"Setting", *(each.name for each in standard_model().types.values() if each.order)}
    assert keyed or entity_type.__name__ in unkeyed


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Session], list[str]]:
    """Notes what a session asks from now on."""

    def note(session: Session, between: Callable[[int], None] = lambda _: None) -> list[str]:
        asked: list[str] = []
        original: Any = getattr(type(session), "_query")  # noqa: B009  # all queries pass through it

        def query(self: Session, expression: str) -> Any:
            if self is session:
                between(len(asked))
                asked.append(expression)
            return original(self, expression)

        monkeypatch.setattr(type(session), "_query", query)
        return asked

    return note


CONDITIONS: list[Callable[[Any], Any]] = [
    lambda query: query,
    lambda query: query.by_name("f%"),
    lambda query: query.by_name("f1%", "f02"),
    lambda query: query.by_id(Project, "nobody"),
    lambda query: query.by_name(Project, "p"),
    lambda query: query.not_by_name("f03", "f04"),
    lambda query: query.by_id(*OWN_IDS),
    lambda query: query.where(Folder.id.in_(OWN_IDS), Folder.name != "f01"),
    lambda query: query.where((Folder.id == "a") | (Folder.name > "f05")),
    lambda query: query.by_metadata({"K2": "p"}),
    lambda query: query.inject('id != "b" or name is "f02"'),
]


@pytest.mark.slow
@given(st.lists(st.sampled_from(CONDITIONS), max_size=3), st.integers(1, 6), st.integers(0, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_queries_find_what_paging_by_offset_finds(
    world: Session, monkeypatch: pytest.MonkeyPatch, conditions: list[Any], first: int, more: int
) -> None:
    query: Any = Query(Folder, world)
    for condition in conditions:
        query = condition(query)
    with monkeypatch.context() as patched:
        patched.setattr(window, "FIRST", first)
        patched.setattr(window, "LARGEST", first + more)
        found = query.get_all(["metadata"])
        assert keys(found.values()) == keys(by_offset(query))


@pytest.mark.parametrize("size", [1, 2, 5, 30])
def test_keys_of_several_parts_of_which_some_are_no_ids(
    world: Session, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(window, "FIRST", size)
    query: Any = Query(Metadata, world)
    assert len(query.get_all()) == 2 * 12 + 2 * 2 * 26
    assert keys(query.get_all().values()) == keys(by_offset(query))


@pytest.mark.slow
@given(st.data())
@settings(max_examples=FUZZ or 4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.parametrize("entity_type", [Folder, Metadata])
def test_what_comes_and_goes_meanwhile_shifts_nothing(entity_type: Any, data: Any) -> None:
    with (
        Session(server_url="sqlite://", plugin_paths=[]) as session,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        schema = session.query("ProjectSchema").first()
        project = session.create("Project", {"name": "p", "full_name": "p", "project_schema": schema})
        folders = [session.create("Folder", {"name": f"f{each}", "parent": project}) for each in range(9)]
        for folder in folders:
            folder["metadata"].update({"a": "1", "B": "2"})
        session.commit()
        query: Any = Query(entity_type, session)
        stayed = keys(by_offset(query))
        original: Any = getattr(type(session), "_query")  # noqa: B009  # all queries pass through it
        gone: set[str] = set()

        def asked(self: Session, expression: str) -> Any:
            if data.draw(st.booleans()) and folders:
                folder = folders.pop(data.draw(st.integers(0, len(folders) - 1)))
                left = [folder, *folder["metadata"].collection]
                gone.update(str(each) for each in keys(left))
                self.delete(folder)
                new = self.create("Folder", {"name": f"new {uuid.uuid4()}", "parent": project})
                new["metadata"]["a"] = "1"
                self.commit()
            return original(self, expression)

        monkeypatch.setattr(window, "FIRST", data.draw(st.integers(1, 4)))
        monkeypatch.setattr(window, "LARGEST", window.FIRST)
        monkeypatch.setattr(type(session), "_query", asked)
        found = keys(query.get_all().values())
        assert len(set(map(str, found))) == len(found)
        old = {str(each) for each in stayed}
        assert [each for each in found if str(each) in old - gone] == [each for each in stayed if str(each) not in gone]


class TestLists:
    def test_no_id_is_sent_twice(self, world: Session, texts: Any) -> None:
        ids = Query(Folder, world).by_name(Project, "q").ids()
        asked = texts(world)
        assert list(Query(Folder, world).by_id(*reversed(ids)).get_all().id) == sorted(ids)
        sent = "".join(asked)
        assert len(asked) > 2
        assert [sent.count(each) for each in ids] == [1] * len(ids)

    def test_other_conditions_hold_for_every_part(self, world: Session) -> None:
        ids = Query(Folder, world).ids()
        query: Any = Query(Folder, world).where(Folder.id.in_(ids)).by_name("f0%").not_by_name("f05")
        assert list(query.get_all().id) == [each["id"] for each in by_offset(query)]

    def test_an_id_in_two_spellings_is_one_entity(self, world: Session) -> None:
        ids = Query(Folder, world).by_name(Project, "q").ids()
        query: Any = Query(Folder, world).where(Folder.id.in_([*ids, *map(str.upper, ids)]))
        assert list(query.get_all().id) == ids

    def test_numbers_come_in_their_own_order(self) -> None:
        with Session(server_url="sqlite://", plugin_paths=[]) as session:
            users: list[Any] = [
                session.create("User", {"username": f"u{each}", "email": f"u{each}@x.yz"}) for each in range(12)
            ]
            session.commit()
            for user in users:
                user.send_invite()
            numbers = [each["id"] for each in session.query("select id from Event order by id").all()]
            assert len(numbers) >= 12
            for query in (Query(entities.Event, session), Query(entities.Event, session).by_id(*numbers)):
                assert [each["id"] for each in query.get_all().values()] == numbers

    def test_a_limit_is_kept(self, world: Session) -> None:
        ids = Query(Folder, world).ids()
        query: Any = Query(Folder, world).by_id(*ids)
        assert list(query.get_all(limit=5).id) == ids[:5]
        assert list(query.get_all(offset=20).id) == ids[20:]


class Answering(ListeningSession):
    """A server that does not say what it orders by, and that refuses answers of more than some entities."""

    rows = 20
    most = 1000
    server_information: dict[str, Any] = {}

    def _query(self, text: str) -> tuple[list[Any], dict[str, Any]]:
        super()._query(text)
        offset, limit = map(int, re.findall(r"(?:offset|limit) (\d+)", text)[-2:])
        if limit > self.most:
            raise ftrack_api.exception.ServerError("too much")
        after = re.search(r'id > "(\d+)"', text)
        first = offset + (int(after[1]) + 1 if after else 0)
        found = [record("Shot", f"{each:04}") for each in range(first, min(first + limit, self.rows))]
        more = first + limit < self.rows
        return found, {"next": {"offset": offset + limit if more else None}}


def read(session: Any) -> list[str]:
    pages = window.Pages(
        session, "Shot", lambda where: f"select id from Shot {where}" if where else "select id from Shot"
    )
    return [each["id"] for page in pages.all([]) for each in page]


def test_servers_that_do_not_say_what_they_order_by_are_asked_by_offset() -> None:
    session = Answering()
    assert read(session) == [f"{each:04}" for each in range(20)]
    assert session.texts[:2] == ["select id from Shot offset 0 limit 3", "select id from Shot offset 3 limit 3"]


def test_what_a_server_refuses_in_large_pages_is_asked_for_in_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = Answering()
    session.server_information = {window.OWN_ORDERS: []}
    session.most = 6

    def text_of(where: Any) -> str:
        return " ".join(["select id from Shot", *(f'where id > "{each.value}"' for each in where)])

    monkeypatch.setattr(window, "LARGEST", 100)
    pages = window.Pages(session, "Shot", text_of)
    assert [each["id"] for page in pages.all([]) for each in page] == [f"{each:04}" for each in range(20)]
    sizes = [int(text.rsplit(" ", 1)[1]) for text in session.texts]
    assert sizes == [3, 6, 12, 3, 3, 3, 3]
    session.most = 2
    with pytest.raises(ftrack_api.exception.ServerError, match="too much"):
        list(pages.all([]))


def test_pages_that_come_slowly_do_not_grow(world: Session, texts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_QUICKLY", 0)
    asked = texts(world)
    assert len(Query(Folder, world).get_all()) == 52
    assert {text.rsplit(" ", 1)[1] for text in asked} == {"3"}


@pytest.fixture
def large() -> Iterator[Session]:
    """Eight hundred folders, in a database that has the statistics that servers let it gather."""
    server = EmbeddedServer("sqlite://")
    with Session(server_url=server, plugin_paths=[]) as session:
        schema = session.query("ProjectSchema").first()
        project = session.create("Project", {"name": "p", "full_name": "p", "project_schema": schema})
        for number in range(800):
            session.create("Folder", {"name": f"f{number:04}", "parent": project})
        for number in range(800):
            session.create("Task", {"name": f"t{number:04}", "parent": project})
        session.commit()
        with server.database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        yield session
    server.close()


@pytest.mark.slow
@pytest.mark.parametrize("by_ids", [False, True], ids=["all", "by ids"])
def test_four_times_the_entities_are_four_times_the_work(
    large: Session, texts: Any, monkeypatch: pytest.MonkeyPatch, by_ids: bool
) -> None:
    """Counted are the steps that SQLite takes, the bytes that are sent, and the rows that are stepped over."""
    monkeypatch.setattr(window, "FIRST", 20)
    monkeypatch.setattr(window, "LARGEST", 20)
    everything = Query(Folder, large).ids()
    steps: list[None] = []

    def look() -> float:
        steps.append(None)
        return time.monotonic()

    monkeypatch.setattr(limits, "_STEPS", 100)
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=look))
    asked = texts(large)

    def work(count: int) -> tuple[int, int]:
        query: Any = Query(Folder, large)
        wanted = everything[:count]
        query = query.by_id(*wanted) if by_ids else query.where(Folder.id <= wanted[-1])
        steps.clear()
        asked.clear()
        assert list(query.get_all().id) == wanted
        assert all(" offset 0 " in text for text in asked)
        return len(steps), sum(map(len, asked))

    work(200)
    few, many = work(200), work(800)
    assert few[0] > 20
    assert many[0] <= 4.4 * few[0]
    assert many[1] <= 4.4 * few[1]


def test_the_result_is_kept_for_the_same_query(world: Session, texts: Any) -> None:
    ids = Query(Folder, world).ids()
    asked = texts(world)
    with world.reusing_query_results():
        found = Query(Folder, world).by_id(*ids).get_all()
        count = len(asked)
        assert Query(Folder, world).by_id(*ids).get_all() is found
        assert len(asked) == count
