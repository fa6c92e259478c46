"""What is asked directly is answered, and fails, as what SQLAlchemy asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError

from trackteroid.server.core.asking import Standing, ask
from trackteroid.server.model import standard_model
from trackteroid.server.storage.database import Database

USER = standard_model().table("User")
BY_NAME = sa.select(USER.c.username, USER.c.is_active).where(USER.c.username == sa.bindparam("name"))


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    database = Database("sqlite://")
    with database.begin(write=True) as connection:
        users = [
            {"id": name, "username": name, "concrete_type": "User", "is_active": name == "ann"}
            for name in ("ann", "bob")
        ]
        connection.execute(sa.insert(USER), users)
        yield connection
    database.close()


def test_values_come_as_sqlalchemy_reads_them(connection: sa.Connection) -> None:
    standing = Standing(BY_NAME)
    found = [tuple(row) for name in ("ann", "bob", "nobody") for row in standing.rows(connection, name=name)]
    assert found == [("ann", True), ("bob", False)]
    assert [type(is_active) for _, is_active in found] == [bool, bool]


def test_no_more_rows_come_than_are_asked_for(connection: sa.Connection) -> None:
    standing = Standing(sa.select(USER.c.username).where(USER.c.username != sa.bindparam("name")))
    assert len(standing.rows(connection, name="nobody")) > 1
    assert len(standing.rows(connection, 1, name="nobody")) == 1


def test_a_mistake_is_what_sqlalchemy_says_it_is(connection: sa.Connection) -> None:
    with pytest.raises(DBAPIError) as expected:
        connection.exec_driver_sql("SELECT nonsense FROM nowhere", ())
    with pytest.raises(DBAPIError) as caught:
        ask(connection, "SELECT nonsense FROM nowhere", (), 1)
    assert type(caught.value) is type(expected.value) is OperationalError
    assert str(caught.value.orig) == str(expected.value.orig)


def test_whoever_listens_to_statements_hears_of_them(connection: sa.Connection) -> None:
    heard: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        assert Standing(BY_NAME).rows(connection, name="ann")
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    assert len(heard) == 1
    assert Standing(BY_NAME).rows(connection, name="ann")
    assert len(heard) == 1
