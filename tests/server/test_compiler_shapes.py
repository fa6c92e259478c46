"""Queries that differ in ids only share what is worked out about them, and each gets its own answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

from server.guarded import Person, create, guarded_server
from trackteroid.server import EmbeddedServer, Limits
from trackteroid.server.compiler import plans, run_text
from trackteroid.server.compiler.prepared import Unprepared, filled, places_of, shape_of
from trackteroid.server.core.failures import Failure, LimitError, QueryError
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.model import standard_model

ONE, OTHER = str(uuid.uuid4()), str(uuid.uuid4())


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    project = str(uuid.uuid4())
    server.call([create("Project", project, name="show", full_name="Show")])
    server.call([create("Shot", key, name=f"sh {key[:8]}", parent_id=project) for key in (ONE, OTHER)])
    yield server
    server.close()


@pytest.fixture
def ask(server: EmbeddedServer) -> Iterator[Any]:
    """Answers a query as administrators get it."""
    with server.database.begin(write=False) as connection:
        request = Request(standard_model(), connection, Actor("", "somebody"), "2026-01-01T00:00:00", strict=True)
        yield lambda text, **options: run_text(replace(request, **options), text).records


def names(records: list[dict[str, Any]]) -> list[str]:
    return sorted(record["name"] for record in records)


@pytest.mark.parametrize(
    "text",
    [
        'select name from Shot where id is "{}"',
        "select name from Shot where id is {}",
        'select name from Shot where id in ("{}", "11111111-1111-4111-8111-111111111111")',
        'select name, parent.name, project.name from Shot where id is "{}" limit 5',
        'select name from Shot where id like "{}"',
        'select name from Shot where id like "{}%"',
        'select name from Shot where id like "%{}"',
        'select name from Shot where id >= "{0}" and id <= "{0}"',
        'select name from Shot where not (id is_not "{}")',
        'select name from Shot where id in (select id from TypedContext where id is "{}")',
    ],
)
def test_each_id_gets_its_own_answer_however_often_others_were_asked_for(ask: Any, text: str) -> None:
    for key in (ONE, ONE, ONE, OTHER, OTHER, ONE):
        assert names(ask(text.format(key))) == [f"sh {key[:8]}"]
    assert ask(text.format(uuid.uuid4())) == []


def test_a_long_list_of_ids_is_one_of_its_length(ask: Any) -> None:
    def listed(*keys: str) -> str:
        others = [str(uuid.uuid4()) for _ in range(230 - len(keys))]
        return 'select name from Shot where id in ("' + '", "'.join([*others, *keys]) + '")'

    for keys in ((ONE,), (OTHER,), (ONE, OTHER), (), (ONE,)):
        assert names(ask(listed(*keys))) == sorted(f"sh {key[:8]}" for key in keys)


def test_accents_behind_an_id_are_found_however_often_others_were_asked_for(server: EmbeddedServer) -> None:
    # "c" and a cedilla are one letter, "a" and a cedilla are two.
    for _ in range(3):
        name = f"{str(uuid.uuid4())[:-1]}c\u0327"
        server.call([{**create("Shot", name=name), "action": "update", "entity_key": [ONE]}])
        text = f'select id from Shot where name like "%{name}"'
        assert [each["id"] for each in server.call([{"action": "query", "expression": text}])[0]["data"]] == [ONE]
    server.call([{**create("Shot", name=f"sh {ONE[:8]}"), "action": "update", "entity_key": [ONE]}])


def test_nothing_is_kept_of_long_queries(ask: Any) -> None:
    plans._kept.cache_clear()
    for count in range(300, 303):
        listed = ", ".join(str(uuid.uuid4()) for _ in range(count))
        for _ in range(3):
            assert names(ask(f"select name from Shot where id in ({listed}, {ONE})")) == [f"sh {ONE[:8]}"]
    assert plans._kept.cache_info().currsize == 0


def test_from_the_third_time_on_nothing_is_read_or_compiled(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[str]()
    parse = plans.parse

    def noted(text: str, limits: Limits) -> Any:
        read.append(text)
        return parse(text, limits)

    monkeypatch.setattr(plans, "parse", noted)
    for _ in range(5):
        ask(f'select id, name, description from Shot where parent_id is "{uuid.uuid4()}"')
    assert len(read) == 2, "once as it is, and once for all of its shape"


def test_only_so_many_shapes_are_kept(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_kept", lru_cache(maxsize=2)(plans._kept.__wrapped__))
    for _ in range(3):
        for name in ("a", "b", "c"):
            assert ask(f'select name from Shot where name is "{name}"') == []
    assert plans._kept.cache_info().currsize == 2


def test_equal_ids_are_told_from_different_ones(ask: Any) -> None:
    text = 'select name from Shot where id is "{}" and id is "{}"'
    for _ in range(3):
        assert names(ask(text.format(ONE, ONE))) == [f"sh {ONE[:8]}"]
        assert ask(text.format(ONE, OTHER)) == []


def test_an_id_in_capitals_is_found_as_well(ask: Any) -> None:
    for key in (ONE, OTHER, ONE):
        assert names(ask(f'select name from Shot where id is "{key.upper()}"')) == [f"sh {key[:8]}"]


def test_an_error_names_the_id_that_was_sent_each_time(ask: Any) -> None:
    for key in (ONE, OTHER, ONE, OTHER):
        with pytest.raises(QueryError, match=key):
            ask(f'select name from Shot where bid > "{key}"')


def test_what_is_no_query_is_refused_each_time(ask: Any) -> None:
    for key in (ONE, OTHER, ONE):
        with pytest.raises(Failure, match=key):
            ask(f'select name from Shot where id is "{key}" and and')


def test_what_is_too_large_is_refused_each_time(ask: Any) -> None:
    for _ in range(3):
        with pytest.raises(LimitError):
            ask("Shot where " + "not " * 2_000 + "name is x")
        with pytest.raises(LimitError, match="more than 1 rows"):
            ask("Shot", limits=Limits(answer_rows=1))
        assert len(ask("Shot")) == 2


def test_counting_is_never_in_the_way(ask: Any) -> None:
    for key in (ONE, OTHER, ONE):
        assert ask(f'select count(id) from Shot where id is "{key}"') == [{"count_id": 1}]


def test_whoever_sees_less_gets_less_of_what_others_have_asked_before() -> None:
    server = guarded_server()
    try:
        artist, everywhere = Person(server, "artist").holds("User", "p"), Person(server, "everywhere").holds("User")
        text = "select name, parent.name, project.name from Task"
        for _ in range(3):
            assert set(everywhere.ids(text)) > set(artist.ids(text))
            assert {identity[0] for identity in artist.ids(text)} == {"p"}
    finally:
        server.close()


def test_what_is_left_out_is_told_each_time(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        caplog.clear()
        ask("select name, nonsense from Shot", strict=False)
        assert "Left out of an answer" in caplog.text


def test_a_new_custom_attribute_is_there_at_once(server: EmbeddedServer) -> None:
    def found(text: str) -> list[dict[str, Any]]:
        return server.call([{"action": "query", "expression": text}])[0]["data"]

    def grades() -> list[str]:
        (shot,) = found(f'select custom_attributes from Shot where id is "{ONE}"')
        return [each["value"] for each in shot["custom_attributes"] if each["key"] == "grade"]

    for _ in range(3):
        assert grades() == []
    kind, shots = found('CustomAttributeType where name is "text"'), found('ObjectType where name is "Shot"')
    values = {"type_id": kind[0]["id"], "object_type_id": shots[0]["id"], "entity_type": "task", "config": "{}"}
    server.call([create("CustomAttributeConfiguration", key="grade", label="Grade", default="warm", **values)])
    assert grades() == ["warm"]


def test_what_is_next_to_a_place_is_not_taken_for_one() -> None:
    place = shape_of(f"x {ONE}").text.removeprefix("x ")
    assert places_of([place, ["a", place]]) == {0}
    assert filled(["%" + place, 1, None], [OTHER]) == ["%" + OTHER, 1, None]
    for part in (place[:-1] + chr(ord(place[-1]) + 1), place[:10], place[:8]):
        with pytest.raises(Unprepared):
            places_of([part])


def test_ids_within_words_are_part_of_the_shape() -> None:
    for text in (f"a{ONE}", f"{ONE}b", f"{ONE}-1", ONE.upper(), ONE.replace("-", "")):
        assert shape_of(text) == (text, ())
