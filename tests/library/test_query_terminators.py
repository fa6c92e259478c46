"""Asking the server: the text that is sent, the log, and what comes back."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ftrack_api.exception
import pytest
from fake_session import FakeSession, record
from query_tools import ListeningSession, UnreachableSession, query

import trackteroid.session
from trackteroid.client.hydration.pages import fetch_pages
from trackteroid.client.results import ResultStore
from trackteroid.entities import AssetVersion, Entity, Event, Metadata, Shot, Task, entity_class
from trackteroid.errors import (
    InvalidArgumentsError,
    MultipleResultsFoundError,
    NoResultFoundError,
    UnknownAttributeError,
    UnknownEntityTypeError,
)
from trackteroid.query import SCHEMA, Query
from trackteroid.schema.relations import SchemaEntry

SHOTS = "select id, name from Shot"


def sent(**options: Any) -> str:
    session = ListeningSession()
    query(Shot, session).get_all(**options)
    return session.texts[0].removeprefix(SHOTS).strip()


@pytest.mark.promise("server-orders-and-limits")
@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "offset 0 limit 500"),
        ({"limit": 5}, "order by id offset 0 limit 5"),
        ({"limit": 5, "offset": 10}, "order by id offset 10 limit 5"),
        ({"offset": 10}, "order by id offset 10 limit 500"),
        ({"limit": 800}, "order by id offset 0 limit 500"),
        ({"order_by": "name"}, "order by name ascending offset 0 limit 500"),
        ({"order_by": "name", "order": "descending"}, "order by name descending offset 0 limit 500"),
        ({"order": "descending"}, "order by id descending offset 0 limit 500"),
        (
            {"order_by": ["status.sort", "name"], "limit": 1},
            "order by status.sort ascending, name ascending offset 0 limit 1",
        ),
    ],
    ids=str,
)
def test_the_server_orders_and_limits(options: dict[str, Any], text: str) -> None:
    assert sent(**options) == text


def test_types_with_several_keys_are_ordered_by_all_of_them() -> None:
    session = ListeningSession()
    query(Metadata, session).get_first()
    assert session.texts[0].endswith("order by parent_id, key offset 0 limit 1")


@pytest.mark.promise("wrong-options-are-refused")
@pytest.mark.parametrize(
    "options",
    [
        {"limit": -1},
        {"offset": -1},
        {"limit": "5"},
        {"order": "up"},
        {"order_by": "children.name"},
        {"order_by": "metadata"},
    ],
    ids=str,
)
def test_wrong_options_are_refused_before_anything_is_sent(options: dict[str, Any]) -> None:
    session = ListeningSession()
    with pytest.raises(InvalidArgumentsError):
        query(Shot, session).get_all(**options)
    assert session.texts == []


def test_a_misspelt_order_gets_a_suggestion() -> None:
    with pytest.raises(UnknownAttributeError, match=r'"nmae".*"name"'):
        query(Shot).get_all(order_by="nmae")


def test_a_type_the_server_does_not_have_gets_a_suggestion() -> None:
    session = ListeningSession()
    with pytest.raises(UnknownEntityTypeError, match=r'"Shotty".*"Shot"'):
        query(entity_class("Shotty"), session).get_all()
    assert session.texts == []


def test_a_criterion_on_what_the_type_does_not_have_is_reported_before_anything_is_sent() -> None:
    session = ListeningSession()
    with pytest.raises(UnknownAttributeError, match=r'Metadata has no attribute "id"'):
        query(Metadata, session).by_id("a").get_all()
    with pytest.raises(UnknownAttributeError, match=r'Metadata has no attribute "metadata"'):
        query(Metadata, session).not_by_metadata({"a": "b"}).get_all()
    assert session.texts == []


@pytest.mark.parametrize(
    "build",
    [
        lambda: (
            query(Shot).by_assignee("a").by_metadata(Task, {"a": "b"}).not_by_lifespan("2026-01-01").inject("x is 1")
        ),
        lambda: query(AssetVersion).by_name(Shot, "x").by_resource_identifier("x").not_by_publish_time("2026-01-01"),
    ],
)
def test_criteria_on_what_exists_are_sent(build: Any) -> None:
    built = build()
    built.get_all()
    assert built.session.texts == [f"{built} offset 0 limit 500"]


@pytest.mark.promise("query-takes-an-entity-class")
@pytest.mark.parametrize("wrong", [int, "Shot", Shot.name, None, Entity], ids=repr)
def test_only_entity_classes_can_be_queried(wrong: Any) -> None:
    with pytest.raises(TypeError, match="takes an entity class such as Shot"):
        Query(wrong, UnreachableSession())  # type: ignore[arg-type]


class TestNothingToAsk:
    @pytest.mark.promise("no-values-find-nothing")
    @pytest.mark.parametrize(
        "built", [query(Shot).by_id(), query(Shot).by_name("x").by_id(*[]), query(AssetVersion).by_name()], ids=str
    )
    def test_no_values_find_nothing_without_a_request(self, built: Any) -> None:
        assert repr(built.get_all()) == f"EmptyCollection[{built.entity_type.__name__}]"
        assert built.session.texts == []

    def test_a_limit_of_zero_finds_nothing_without_a_request(self) -> None:
        session = ListeningSession()
        assert not query(Shot, session).get_all(limit=0)
        assert session.texts == []

    def test_printing_asks_nothing(self) -> None:
        built = query(AssetVersion, UnreachableSession())
        assert str(built) == "select id, asset.name, version from AssetVersion"
        assert repr(built) == "<Query select id, asset.name, version from AssetVersion>"


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


def shots(*names: str) -> list[dict[str, Any]]:
    return [record("Shot", f"id {name}", name=name) for name in names]


class TestResults:
    @pytest.mark.promise("results-know-their-query")
    def test_they_are_collections_that_know_where_they_come_from(self, session: FakeSession) -> None:
        session.answer(SHOTS, shots("b", "a"))
        built = query(Shot, session).by_name("%")
        found = built.get_all()
        assert repr(found) == "EntityCollection[Shot]{2}"
        assert found.name == ["b", "a"]
        assert str(found.query) == str(built)
        built.by_status("x")
        assert "status" not in str(found.query), "what happens to the query later is not what found the collection"

    @pytest.mark.promise("finding-nothing-is-no-error")
    def test_all_get_methods_but_get_one_accept_no_result(self) -> None:
        for method in ("get", "get_all", "get_first", "get_inputs", "get_outputs"):
            assert repr(getattr(query(Shot), method)()) == "EmptyCollection[Shot]"

    @pytest.mark.promise("get-first-is-by-primary-key")
    def test_get_first_is_the_first_by_primary_key(self, session: FakeSession) -> None:
        session.answer(SHOTS, shots("a"))
        assert repr(query(Shot, session).get_first(offset=3)) == "EntityCollection[Shot]{1}"
        assert session.requests[-1][0]["expression"] == f"{SHOTS} order by id offset 3 limit 1"

    @pytest.mark.promise("get-one-is-exactly-one")
    def test_get_one_returns_the_only_one(self, session: FakeSession) -> None:
        session.answer(SHOTS, shots("a"))
        assert query(Shot, session).get_one().name == ["a"]

    @pytest.mark.promise("get-first-is-by-primary-key", "get-one-is-exactly-one")
    @pytest.mark.parametrize("method", ["get_first", "get_one"])
    def test_one_entity_has_what_was_asked_for_too(self, session: FakeSession, method: str) -> None:
        described = record("Shot", "a", name="a", description="x")
        session.answer("select id, name, description from Shot", [described])
        assert getattr(query(Shot, session), method)(["description"]).description == ["x"]

    @pytest.mark.promise("everything-without-a-limit")
    def test_without_a_limit_everything_is_returned(self, session: FakeSession) -> None:
        session.answer(SHOTS, shots(*map(str, range(1001))))
        assert len(query(Shot, session).get_all()) == 1001

    @pytest.mark.promise("get-one-is-exactly-one")
    @pytest.mark.parametrize(
        ("names", "error", "base"),
        [
            ((), NoResultFoundError, ftrack_api.exception.NoResultFoundError),
            (("a", "b"), MultipleResultsFoundError, ftrack_api.exception.MultipleResultsFoundError),
        ],
    )
    def test_get_one_refuses_none_and_several(
        self, session: FakeSession, names: tuple[str, ...], error: type[Exception], base: type[Exception]
    ) -> None:
        session.answer(SHOTS, shots(*names))
        with pytest.raises(error) as raised:
            query(Shot, session).by_name("{a}", "b").get_one()
        assert isinstance(raised.value, base)
        assert str(raised.value).endswith(f'{SHOTS} where (name in ("{{a}}","b"))')

    @pytest.mark.promise("inputs-and-outputs-follow-links")
    def test_links_lead_to_inputs_and_outputs(self, session: FakeSession) -> None:
        links = [
            record("TypedContextLink", "l1", from_id="s1", to_id="t1"),
            record("TypedContextLink", "l2", from_id="s2"),
        ]
        session.answer(
            "select id, name, incoming_links.from_id from Task", [record("Task", "t1", incoming_links=links)]
        )
        session.answer("select id, name, outgoing_links.to_id from Task", [record("Task", "t1", outgoing_links=[])])
        session.answer(
            f'{SHOTS} where (id in ("s1","s2"))', [record("Shot", "s1", name="a"), record("Shot", "s2", name="b")]
        )
        assert query(Task, session).get_inputs(Shot).name == ["a", "b"]
        described = record("Shot", "s1", name="a", description="x")
        session.answer('select id, name, description from Shot where (id in ("s1","s2"))', [described])
        assert query(Task, session).get_inputs(Shot, ["description"]).description == ["x"]
        assert repr(query(Task, session).get_outputs()) == "EmptyCollection[Task]"


class TestPaging:
    class Paged(ListeningSession):
        """Has this many rows, and pages of what is asked for."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = list(range(rows))

        def _query(self, text: str) -> tuple[list[Any], dict[str, Any]]:
            super()._query(text)
            *_, offset, _, limit = text.split()
            end = int(offset) + int(limit)
            return self.rows[int(offset) : end], {"next": {"offset": end if end < len(self.rows) else None}}

    @pytest.mark.promise("everything-without-a-limit")
    @pytest.mark.parametrize(
        ("rows", "options", "pages", "found"),
        [
            (5, {}, ["offset 0 limit 2", "offset 2 limit 2", "offset 4 limit 2"], [0, 1, 2, 3, 4]),
            (4, {}, ["offset 0 limit 2", "offset 2 limit 2"], [0, 1, 2, 3]),
            (5, {"limit": 3}, ["offset 0 limit 2", "offset 2 limit 1"], [0, 1, 2]),
            (5, {"limit": 2}, ["offset 0 limit 2"], [0, 1]),
            (5, {"limit": 9, "offset": 3}, ["offset 3 limit 2"], [3, 4]),
            (0, {}, ["offset 0 limit 2"], []),
        ],
        ids=str,
    )
    def test_pages_are_asked_for_until_there_are_enough(
        self, rows: int, options: dict[str, int], pages: list[str], found: list[int]
    ) -> None:
        session: Any = self.Paged(rows)
        assert fetch_pages(session, "select id from Shot", page_size=2, **options) == found
        assert session.texts == [f"select id from Shot {page}" for page in pages]

    def test_words_in_values_are_not_taken_for_limits(self) -> None:
        session = ListeningSession()
        query(Shot, session).by_name("limit 5", "offset 2").get_all(limit=1)
        assert session.texts == [f'{SHOTS} where (name in ("limit 5","offset 2")) order by id offset 0 limit 1']

    def test_a_server_that_names_no_next_page_has_no_more(self) -> None:
        class Terse(ListeningSession):
            def _query(self, text: str) -> tuple[list[Any], dict[str, Any]]:
                return [1], {}

        session: Any = Terse()
        assert fetch_pages(session, "select id from Shot") == [1]


class TestLog:
    @pytest.mark.promise("queries-are-logged")
    def test_each_executed_query_is_logged_as_it_was_asked(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        query(AssetVersion).get_all()
        query(Shot).by_name('5"').get_all(limit=2, offset=1, order_by="name")
        found = [(each.name, each.getMessage()) for each in caplog.records if each.levelno == logging.INFO]
        assert found == [
            ("trackteroid.query", 'Performing query: "select id, asset.name, version from AssetVersion"'),
            (
                "trackteroid.query",
                f'Performing query: "{SHOTS} where (name is "5\\"") order by name ascending offset 1 limit 2"',
            ),
        ]

    def test_nothing_found_is_a_warning(self, caplog: pytest.LogCaptureFixture) -> None:
        query(Shot).by_name("x").get_all(limit=5)
        assert [(each.name, each.levelname, each.getMessage()) for each in caplog.records] == [
            ("trackteroid.query", "WARNING", f"Query '{SHOTS} where (name is \"x\")' returned no results.")
        ]

    def test_inject_is_a_warning_where_a_studio_wants_that(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        query(Shot).inject("a is 1")
        assert caplog.records == []
        monkeypatch.setattr("trackteroid.configuration.WARN_ON_INJECT", True, raising=False)
        query(Shot).inject("a is 1")
        assert [(each.name, each.levelname) for each in caplog.records] == [("trackteroid.query", "WARNING")]
        assert "a is 1" in caplog.text


class ReusingSession(FakeSession):
    """A session that remembers results the way ours does."""

    def __init__(self) -> None:
        super().__init__()
        self.query_results = ResultStore()
        self.reuse_query_results = False

    @contextmanager
    def reusing(self) -> Iterator[None]:
        self.reuse_query_results = self.query_results.keeping = True
        yield
        self.reuse_query_results = self.query_results.keeping = False


class TestReuse:
    @pytest.fixture
    def session(self) -> ReusingSession:
        session = ReusingSession()
        session.answer(SHOTS, shots("a"))
        return session

    @pytest.mark.promise("reused-results-are-the-same-object")
    def test_the_same_text_returns_the_same_collection_without_a_request_or_a_line_in_the_log(
        self, session: ReusingSession, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        with session.reusing():
            first = query(Shot, session).get_all()
            assert query(Shot, session).get_all() is first
            other = query(Shot, session).by_name("%").get_all()
        assert other == first
        assert other is not first
        assert len(session.queries) == len(caplog.records) == 2

    @pytest.mark.slow
    def test_empty_results_are_reused_too(self, session: ReusingSession) -> None:
        session.answer(f"{SHOTS} where", [])
        with session.reusing():
            assert query(Shot, session).by_name("x").get_all() is query(Shot, session).by_name("x").get_all()
        assert len(session.queries) == 1

    @pytest.mark.promise("reuse-compares-the-whole-text")
    def test_limits_and_orders_are_part_of_the_text(self, session: ReusingSession) -> None:
        with session.reusing():
            found = [query(Shot, session).get_all(limit=limit) for limit in (1, 2, 1)]
        assert found[0] is found[2]
        assert found[0] is not found[1]

    @pytest.mark.promise("reuse-compares-the-whole-text")
    def test_results_are_not_shared_between_entries_of_schema(self, session: ReusingSession) -> None:
        entry = SchemaEntry("vfx", {"Task": {"Shot": ("parent[Shot]",)}})
        with session.reusing():
            assert query(Shot, session).get_all() is not query(Shot, session, entry).get_all()

    @pytest.mark.promise("reuse-only-where-wanted")
    def test_nothing_is_reused_unless_it_is_wanted(self, session: ReusingSession) -> None:
        first = query(Shot, session).get_all()
        assert query(Shot, session).get_all() is not first
        assert len(session.queries) == 2


def test_the_default_session_and_schema_are_used_without_others(monkeypatch: pytest.MonkeyPatch) -> None:
    session = ListeningSession()
    monkeypatch.setattr(trackteroid.session, "SESSION", session)
    built = Query(AssetVersion)
    assert built.session is session
    assert built.schema is SCHEMA.default


@pytest.mark.promise("query-shows-what-it-asks")
def test_a_query_knows_its_primary_key() -> None:
    assert query(Shot).primary_key == "id"
    assert query(Event).primary_key == "id"
    assert query(Metadata).primary_key == "parent_id"


def test_a_query_explains_its_paths() -> None:
    assert query(AssetVersion).explain(Shot).splitlines()[1].strip() == "asset.parent[Shot]; can be null: asset, parent"
