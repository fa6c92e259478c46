"""A fresh server in memory for tests of the writer: batches of operations in, answers and table rows out."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from trackteroid.server.actions.entities import create as create_entity
from trackteroid.server.actions.entities import delete as delete_entity
from trackteroid.server.actions.entities import update as update_entity
from trackteroid.server.auth.permissions import make_administrator
from trackteroid.server.core.changes import Change
from trackteroid.server.core.pending import Pending
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.model import Model, standard_model
from trackteroid.server.model.folding import with_folded, written
from trackteroid.server.rules import finish
from trackteroid.server.storage import builtin, engines

NOW = "2024-05-06T07:08:09"
LATER = "2024-05-06T07:08:19"
ADA = "00000000-0000-4000-8000-00000000ada0"
BOB = "00000000-0000-4000-8000-00000000b0b0"

ACTIONS = {"create": create_entity, "update": update_entity, "delete": delete_entity}
Operation = dict[str, Any]


def new_id() -> str:
    return str(uuid.uuid4())


def builtin_id(entity_type: str, name: str) -> str:
    return builtin.find_id(entity_type, name)


def ref(entity_type: str, entity_id: str) -> dict[str, str]:
    return {"__entity_type__": entity_type, "id": entity_id}


def create(entity_type: str, entity_id: str | None = None, /, **data: Any) -> Operation:
    identity = {} if entity_id is None else {"id": entity_id}
    content = {"__entity_type__": entity_type, **identity, **data}
    return {"action": "create", "entity_type": entity_type, "entity_data": content}


def update(entity_type: str, key: str | list[str], /, **data: Any) -> Operation:
    content = {"__entity_type__": entity_type, **data}
    return {"action": "update", "entity_type": entity_type, "entity_key": key, "entity_data": content}


def delete(entity_type: str, *key: str) -> Operation:
    return {"action": "delete", "entity_type": entity_type, "entity_key": list(key)}


class Server:
    """Applies batches the way the server does: one transaction each, rolled back as a whole when one fails."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.model: Model = standard_model()
        self.changes: list[Change] = []
        self._looking: Callable[[], AbstractContextManager[sa.Connection]] = engine.connect

    def apply(self, *operations: Operation, now: str = NOW, actor: str = ADA) -> list[Any]:
        """The `data` of the answers to one batch."""
        return [answer["data"] for answer in self.answers(*operations, now=now, actor=actor)]

    def answers(self, *operations: Operation, now: str = NOW, actor: str = ADA) -> list[Any]:
        """The answers to one batch."""
        try:
            with self.engine.begin() as connection:
                return self._apply(connection, operations, now, actor)
        except DBAPIError:  # as the server does, to find out which of several rows was refused
            with self.engine.begin() as connection:
                return self._apply(connection, operations, now, actor, one_by_one=True)

    @contextmanager
    def trying(self, *operations: Operation) -> Generator[list[Any]]:
        """The answers to one batch, which is taken back at the end of the block. `rows` show what it has done."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            self._looking = lambda: nullcontext(connection)
            try:
                yield self._apply(connection, operations, NOW, ADA)
            finally:
                self._looking = self.engine.connect
                transaction.rollback()

    def _apply(
        self,
        connection: sa.Connection,
        operations: Sequence[Operation],
        now: str,
        actor: str,
        *,
        one_by_one: bool = False,
    ) -> list[Any]:
        pending = Pending(one_by_one=one_by_one)
        work = Request(self.model, connection, Actor(actor, "somebody"), now, pending=pending)
        answers = [ACTIONS[operation["action"]](work, operation) for operation in operations]
        finish(work)
        self.changes = list(work.changes)
        assert [answer["action"] for answer in answers] == [operation["action"] for operation in operations]
        return answers

    def one(self, operation: Operation, **options: Any) -> Any:
        """The `data` of the answer to a batch of one operation."""
        return self.apply(operation, **options)[0]

    def count_statements(self, *operations: Operation) -> int:
        """How many SQL statements a batch takes."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            self.apply(*operations)
        finally:
            event.remove(self.engine, "before_cursor_execute", note)
        return len(seen)

    def rows(self, entity_type: str, **where: Any) -> list[dict[str, Any]]:
        """The stored rows of the table of a type, by primary key."""
        kind = self.model.type(entity_type)
        table = self.model.table(kind)
        statement = sa.select(*written(table)).where(*(table.c[name] == value for name, value in where.items()))
        with self._looking() as connection:
            ordered = statement.order_by(*(table.c[name] for name in kind.primary_key))
            return [dict(row) for row in connection.execute(ordered).mappings()]

    def row(self, entity_type: str, entity_id: str) -> dict[str, Any]:
        """The stored row with an id."""
        (row,) = self.rows(entity_type, id=entity_id)
        return row

    def ancestors(self, context_id: str) -> list[str]:
        """Who is above a context, from its parent upwards."""
        rows = self.rows("ContextAncestor", context_id=context_id)
        return [row["ancestor_id"] for row in sorted(rows, key=lambda row: row["depth"])]

    def dangling(self) -> list[Any]:
        """The rows whose foreign keys lead nowhere, as the database sees it."""
        with self.engine.connect() as connection:
            return list(connection.exec_driver_sql("PRAGMA foreign_key_check"))

    # What many tests begin with

    def project(self, **data: Any) -> str:
        project_id = new_id()
        data.setdefault("name", f"p{project_id[:8]}")
        schema = ref("ProjectSchema", builtin_id("ProjectSchema", "VFX"))
        self.apply(create("Project", project_id, **{"project_schema": schema, **data}))
        return project_id

    def context(self, entity_type: str, parent_id: str, **data: Any) -> str:
        context_id = new_id()
        data.setdefault("name", f"c{context_id[:8]}")
        self.apply(create(entity_type, context_id, parent_id=parent_id, **data))
        return context_id

    def asset(self, parent_id: str, versions: int = 0) -> tuple[str, list[str]]:
        asset_id, version_ids = new_id(), [new_id() for _ in range(versions)]
        self.apply(
            create("Asset", asset_id, name="model", context_id=parent_id),
            *(create("AssetVersion", version_id, asset_id=asset_id) for version_id in version_ids),
        )
        return asset_id, version_ids


@cache
def _template() -> sqlite3.Connection:
    """A database with the built-in rows and two users, to copy."""
    engine = _engine(sqlite3.connect(":memory:", check_same_thread=False))
    model = standard_model()
    model.metadata.create_all(engine)
    with engine.begin() as connection:
        for kind, values in builtin.rows():
            entity_type = model.type(kind)
            columns = entity_type.stored()
            values = {
                getattr(entity_type.attributes[name], "same_as", None) or name: value for name, value in values.items()
            }
            assert values.keys() <= columns.keys()
            if entity_type.discriminator:
                values = {**values, entity_type.discriminator: kind}
            table = model.table(entity_type)
            connection.execute(sa.insert(table).values(with_folded(table, values)))
        for user_id, name in ((ADA, "ada"), (BOB, "bob")):
            user: Mapping[str, Any] = {"id": user_id, "username": name, "is_active": True, "concrete_type": "User"}
            connection.execute(sa.insert(model.table("User")).values(**user, resource_type="user"))
        make_administrator(connection, model, ADA)
    raw = engine.raw_connection().driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _engine(raw: sqlite3.Connection) -> sa.Engine:
    raw.execute("PRAGMA foreign_keys=ON")
    raw.isolation_level = None
    return sa.create_engine(
        "sqlite+trackteroid://", creator=lambda: raw, poolclass=StaticPool, execution_options=engines.SHARED
    )


@contextmanager
def fresh_server() -> Generator[Server]:
    """A server that holds nothing but the built-in rows and the users Ada, an administrator, and Bob."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    _template().backup(raw)
    engine = _engine(raw)
    try:
        yield Server(engine)
    finally:
        engine.dispose()
        raw.close()
