"""The tables of the model in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from trackteroid.server.model import Model, standard_model
from trackteroid.server.model.types import ObjectType

MODEL = standard_model()
SHOT = {"concrete_type": "Shot", "context_type": "task"}
PROJECT = {"concrete_type": "Project", "context_type": "show"}


def check_foreign_keys(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    event.listen(engine, "connect", check_foreign_keys)
    with engine.connect() as opened:
        MODEL.metadata.create_all(opened)
        yield opened
        opened.rollback()
    engine.dispose()


def insert(connection: sa.Connection, type_name: str, **values: Any) -> None:
    connection.execute(sa.insert(MODEL.table(type_name)).values(**values))


def test_every_stored_type_has_a_table_and_views_look_at_another_one() -> None:
    names = {entity_type.table for entity_type in MODEL if entity_type.view is None}
    assert set(MODEL.metadata.tables) == names
    assert MODEL.table("UserCustomAttributeValue") is MODEL.table("CustomAttributeValue")


@pytest.mark.parametrize("table", list(MODEL.metadata.tables.values()), ids=lambda table: table.name)
def test_a_table_can_be_made_on_postgresql(table: sa.Table) -> None:
    dialect = postgresql.dialect()
    statements = [CreateTable(table), *(CreateIndex(index) for index in table.indexes)]
    assert all(str(statement.compile(dialect=dialect)) for statement in statements)
    names = [index.name for index in table.indexes]
    assert len(names) == len(set(names))


def test_foreign_keys_are_checked_at_the_end_of_the_transaction(connection: sa.Connection) -> None:
    insert(connection, "Asset", id="a", context_id="s")
    insert(connection, "Shot", id="s", name="010", **SHOT)
    connection.commit()
    insert(connection, "Asset", id="b", context_id="missing")
    with pytest.raises(exc.IntegrityError, match="FOREIGN KEY"):
        connection.commit()


def test_a_key_to_any_of_several_families_is_not_checked(connection: sa.Connection) -> None:
    insert(connection, "Note", id="n", parent_id="of some version")
    connection.commit()
    notes = MODEL.table("Note")
    assert connection.scalar(sa.select(notes.c.parent_id)) == "of some version"


def test_only_keys_are_unique_in_the_database(connection: sa.Connection) -> None:
    """What else must be unique may occur twice in the middle of a batch."""
    insert(connection, "Shot", id="1", parent_id="p", name="010", **SHOT)
    insert(connection, "Shot", id="2", parent_id="p", name="010", **SHOT)
    with pytest.raises(exc.IntegrityError, match="UNIQUE"):
        insert(connection, "Shot", id="2", parent_id="q", name="020", **SHOT)
    insert(connection, "ApiKey", id="1", digest="d")
    with pytest.raises(exc.IntegrityError, match="UNIQUE"):
        insert(connection, "ApiKey", id="2", digest="d")


def test_types_that_are_two_views_of_one_thing_share_its_rows(connection: sa.Connection) -> None:
    insert(connection, "NoteLabel", id="l", name="Internal")
    category = MODEL.table("NoteCategory")
    assert connection.execute(sa.select(category.c.name)).scalars().all() == ["Internal"]


@pytest.mark.parametrize(("type_name", "column", "folds"), [("Task", "name", True), ("Task", "id", False)])
def test_text_compares_without_regard_to_case_and_ids_exactly(
    connection: sa.Connection, type_name: str, column: str, folds: bool
) -> None:
    insert(connection, type_name, **({"id": "ab", "name": "x"} | {column: "ab"}))
    table = MODEL.table(type_name)
    found = connection.execute(sa.select(table.c.id).where(table.c[column] == "AB")).all()
    assert bool(found) == folds


def test_numbers_of_events_are_given_by_the_database(connection: sa.Connection) -> None:
    events = MODEL.table("Event")
    made = [connection.execute(sa.insert(events).values(action="x")).inserted_primary_key for _ in range(2)]
    assert [tuple(key or ()) for key in made] == [(1,), (2,)]


@pytest.mark.parametrize("value", ["text", 1.5, True, None, ["a", "b"], {"k": "v"}])
def test_custom_attribute_values_keep_their_json_type(connection: sa.Connection, value: Any) -> None:
    insert(connection, "CustomAttributeConfiguration", id="c", concrete_type="CustomAttributeConfiguration", key="k")
    insert(connection, "CustomAttributeValue", configuration_id="c", entity_id="e", value=value)
    table = MODEL.table("CustomAttributeValue")
    assert connection.execute(sa.select(table.c.value)).scalar_one() == value


def test_models_with_more_object_types_use_the_same_tables() -> None:
    extended = MODEL.with_object_types([ObjectType("1", "Scene")])
    assert isinstance(extended, Model)
    columns = {table.name: list(table.c.keys()) for table in extended.metadata.tables.values()}
    assert columns == {table.name: list(table.c.keys()) for table in MODEL.metadata.tables.values()}
