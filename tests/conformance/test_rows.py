"""Rows of plain values are what entities would have, whoever asks and however the server answers."""

from __future__ import annotations

from typing import Any

import pytest
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selections import FUZZ
from trackteroid import (
    Asset,
    AssetVersion,
    Component,
    Context,
    Note,
    Project,
    Query,
    Shot,
    Status,
    Task,
    TypedContext,
    User,
)
from trackteroid.client.entities import stored_value
from trackteroid.collections.context import entities_in
from trackteroid.errors import InvalidArgumentsError, UnknownAttributeError
from trackteroid.query.rows import SUPPORTED
from trackteroid.schema.types import Schema, schema_of

TYPES = [Task, AssetVersion, Shot, TypedContext, Context, Asset, Note, Component, User, Project]


@pytest.fixture(params=["columns", "records"])
def form(request: pytest.FixtureRequest, session: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the server answers: as one of ours does, or as any other."""
    assert session.server_information[SUPPORTED] is True
    if request.param == "records":
        information = {name: value for name, value in session.server_information.items() if name != SUPPORTED}
        monkeypatch.setattr(session, "_server_information", information)
    return request.param


def candidates(types: Schema, type_name: str) -> list[str]:
    """The columns that entities of a type may be asked for: their own and those behind their references."""

    def scalars(name: str) -> list[str]:
        known = types.attributes(name).values()
        return [each.name for each in known if each.kind == "scalar" and each.projectable and each.type]

    own = types.attributes(type_name)
    behind = [
        f"{each.name}.{name}"
        for each in own.values()
        if each.kind == "reference" and each.projectable and each.target in types.types
        for name in scalars(str(each.target))
    ]
    customs = ["custom_fstart", "custom_handles", "custom_frame_end"] if "custom_attributes" in own else []
    return [*scalars(type_name), *behind, *customs]


def value(entity: Any, path: str) -> Any:
    """What an entity holds at the end of a path."""
    *way, last = path.split(".")
    for name in way:
        entity = stored_value(entity, name) if isinstance(entity, FtrackEntity) else None
    if not isinstance(entity, FtrackEntity):
        return None
    if last.startswith("custom_"):
        held = stored_value(entity, "custom_attributes")
        return None if held is NOT_SET else dict(held).get(last.removeprefix("custom_"))
    found = stored_value(entity, last)
    return None if found is NOT_SET or isinstance(found, FtrackEntity) else found


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=FUZZ or 8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_are_what_entities_would_have(session: Any, form: str, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(TYPES))
    columns = data.draw(
        st.lists(st.sampled_from(candidates(schema_of(session), kind.__name__)), min_size=1, max_size=6, unique=True)
    )
    limit = data.draw(st.none() | st.integers(0, 30))
    offset = data.draw(st.integers(0, 20))
    order = data.draw(st.sampled_from(["ascending", "descending"]))
    query = Query(kind, session=session)
    rows = query.rows(columns, limit, offset, order=order)
    entities = query.get_all(columns, limit, offset, order=order)
    held = [tuple(value(entity, column) for column in columns) for entity in entities_in(entities)]
    assert rows == held


def test_others_are_not_asked_for_columns(session: Any, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    encode = session.encode

    def encoding(data: Any, **options: Any) -> Any:
        asked.extend(data)
        return encode(data, **options)

    monkeypatch.setattr(session, "encode", encoding)
    Query(Task, session=session).rows(["name"])
    assert [operation.get("answer") for operation in asked] == ["columns" if form == "columns" else None]


def test_rows_name_what_they_have(session: Any, form: str) -> None:
    versions = Query(AssetVersion, session=session).by_name("bc0040_comp")
    rows = versions.rows(["version", Asset.name, AssetVersion.Task.Status.name, "date"])
    assert rows
    assert rows == list(versions.iter_rows(["version", "asset.name", "task.status.name", "date"]))
    named = versions.rows([Asset.name, "version"], as_dicts=True)
    assert named == [{"asset.name": row[1], "version": row[0]} for row in rows]


def test_no_entity_is_made(session: Any, form: str) -> None:
    before = set(session.cache.keys())
    assert Query(Task, session=session).rows(["name", Status.name])
    assert set(session.cache.keys()) == before


def test_where_a_path_leads_to_another_type_there_is_no_value(session: Any, form: str) -> None:
    rows = Query(Task, session=session).rows([Shot.name, "parent.name", "parent.id"])
    shots = dict(Query(Shot, session=session).rows(["id", "name"]))
    assert {name for name, _, _ in rows} > {None}
    assert all(name == shots.get(parent) for name, _, parent in rows)
    assert all(name in (None, any_name) for name, any_name, _ in rows)


def test_values_with_keys(session: Any, form: str) -> None:
    shots = session.query("select custom_attributes from Shot").all()
    key = next(key for shot in shots for key, value in dict(shot["custom_attributes"]).items() if value)
    rows = Query(Shot, session=session).rows(["id", f"custom_{key}"])
    assert {type(each) for _, each in rows} - {type(None)}
    assert rows == Query(Shot, session=session).rows(["id", Shot.custom_attributes[key]])
    assert all(session.get("Shot", shot)["custom_attributes"].get(key) == each for shot, each in rows[:5])


def test_long_lists_and_many_pages(session: Any, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackteroid.query.rows.PAGES", (7, 11))
    everything = Query(TypedContext, session=session).rows(["id", "name"])
    assert len(everything) == Query(TypedContext, session=session).count()
    assert len(dict(everything)) == len(everything)
    ids = [str(each) for each, _ in everything]
    listed = Query(TypedContext, session=session).by_id(*ids[::-1])
    assert listed.rows(["id", "name"]) == everything
    assert Query(TypedContext, session=session).rows(["id", "name"], offset=3, limit=30) == everything[3:33]
    assert Query(TypedContext, session=session).rows(["id", "name"], order="descending") == everything[::-1]
    assert [each for (each,) in listed.rows(["id"])] == ids


def test_nothing_is_asked_where_there_can_be_nothing(session: Any, form: str) -> None:
    assert Query(Task, session=session).rows(["name"], limit=0) == []
    assert Query(Task, session=session).by_id(*()).rows(["name"]) == []


def test_what_is_no_column_is_refused_in_words(session: Any, form: str) -> None:
    query = Query(Task, session=session)
    for wanted, message in [
        (["status"], "not one plain value"),
        ([Status], "not one plain value"),
        (["children.name"], "not one plain value"),
        (["metadata"], "not one plain value"),
        ([3], "not one plain value"),
        ([], "no column"),
        ("name", "given as a list"),
    ]:
        with pytest.raises(InvalidArgumentsError, match=message):
            query.iter_rows(wanted)
    with pytest.raises(UnknownAttributeError, match="status"):
        query.rows(["statuss.name"])
    with pytest.raises(InvalidArgumentsError, match="twice"):
        query.rows(["name", Task.name], as_dicts=True)


def test_no_id_is_sent_twice(session: Any, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = Query(TypedContext, session=session).ids()
    listed = Query(TypedContext, session=session).by_id(*ids[::-1])
    monkeypatch.setattr("trackteroid.query.query._KEYS", 9)
    sent: list[str] = []
    encode = session.encode

    def encoding(data: Any, **options: Any) -> Any:
        sent.extend(operation.get("expression", "") for operation in data)
        return encode(data, **options)

    monkeypatch.setattr(session, "encode", encoding)
    assert listed.ids() == ids == sorted(ids)
    assert all(sum(each in text.partition(" and ")[0] for text in sent) == 1 for each in ids)
    sent.clear()
    assert [each["id"] for chunk in listed.iterate(20) for each in entities_in(chunk)] == ids
    assert max(map(len, sent)) < 40 * 50
