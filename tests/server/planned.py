"""A generated production with a little of everything that grows, and what databases say they do with its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from trackteroid.server.compiler import run
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.demo.generate import Scale, generate
from trackteroid.server.language import parse
from trackteroid.server.model import standard_model
from trackteroid.server.storage.database import Database

SCALE = Scale(projects=24, artists=40, sequences=2, shots=6, builds=1, tasks=2, assets=2, versions=3, components=1)
MODEL = standard_model()
MOMENT = "2024-05-01T12:00:00"

#: The tables that grow with the work that is done; those of settings, people and projects stay small beside them.
GROWING = {
    *("context", "context_ancestor", "asset", "asset_version", "component", "component_location", "appointment"),
    *("note", "job", "timelog", "metadata", "custom_attribute_value", "review_session_object", "event"),
}
#: Indexes that lead to most of a table.
_OF_TYPES = ("ix_context_concrete_type", "ix_component_concrete_type")

_PROJECTS = "concrete_type = 'Project'"
#: Indexes that hold projects only, of which there are few.
_OF_PROJECTS = re.compile(r" INDEX (ix_context_project_name|ix_context_project|ix_context_is_private)\b")

#: What is shown of a step of PostgreSQL's plans.
_SHOWN = ("Node Type", "Alias", "Index Name", "Index Cond", "Filter")

Statement = tuple[str, Any]


def fill(database: Database) -> None:
    """Generate the production, and add what generated ones do not have."""
    generate(database, SCALE)
    with database.begin(write=True) as connection:
        ids = {name: _ids(connection, name) for name in ("User", "Task", "AssetVersion")}
        for name, rows in _more(ids["User"], ids["Task"], ids["AssetVersion"]):
            connection.execute(sa.insert(MODEL.table(name)), list(rows))
        if connection.dialect.name == "postgresql":
            # It does so by itself. SQLite never does, and would take a value to be as frequent as any other.
            connection.exec_driver_sql("ANALYZE")


def _ids(connection: sa.Connection, name: str) -> list[str]:
    entity_type = MODEL.type(name)
    table = MODEL.table(entity_type)
    kinds = [table.c[entity_type.discriminator] == name] if entity_type.discriminator else []
    return list(connection.execute(sa.select(table.c.id).where(*kinds).order_by(table.c.id)).scalars())


def _more(users: list[str], tasks: list[str], versions: list[str]) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    def row(number: int, **values: Any) -> dict[str, Any]:
        return {"id": f"{number:08}", "user_id": users[number % len(users)], **values}

    starts = [f"{2014 + number % 10}-01-01T00:00:00" for number in range(10)]
    yield "Note", (row(n, content="x", parent_id=version) for n, version in enumerate(versions))
    yield "Timelog", (row(n, context_id=task, start=starts[n % 10], duration=1.0) for n, task in enumerate(tasks * 2))
    states = ["queued", "running", "failed", *["done"] * 97]
    yield "Job", (row(n, status=states[n % 100], created_at=starts[n % 10], data="x") for n in range(2000))
    yield "Event", (row(n, id=n, parent_id=task, action="x") for n, task in enumerate(tasks * 2))
    yield "ReviewSessionObject", ({"id": f"{n:08}", "version_id": version} for n, version in enumerate(versions))
    yield "Metadata", ({"parent_id": version, "key": key, "value": "x"} for version in versions for key in "ab")
    yield "CustomAttributeConfiguration", ({"id": f"c{number}", "key": f"key {number}"} for number in range(5))
    yield "CustomAttributeValue", ({"entity_id": task, "configuration_id": f"c{n % 5}"} for n, task in enumerate(tasks))
    yield "Scope", ({"id": f"s{number}", "name": f"scope {number}"} for number in range(5))
    yield "ContextScope", ({"context_id": task, "scope_id": f"s{n % 5}"} for n, task in enumerate(tasks))


class Planned:
    """A production, ids of things in it, and what the database says it does."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.work = Request(MODEL, connection, Actor("u", "u"), MOMENT, strict=True)
        kinds = ("Project", "Sequence", "Shot", "Task", "Asset", "AssetVersion", "FileComponent", "User")
        self.names = {name: _ids(connection, name)[0] for name in kinds}
        if connection.dialect.name == "postgresql":
            # Of small tables it reads all even where an index could lead to the rows.
            for way in ("seqscan", "hashjoin", "mergejoin"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")

    def reads(self, text: str) -> dict[str, str]:
        """The growing tables that a query reads from end to end, with the statement and its plan."""
        return self.reads_of(self._statements(text.format(**self.names)))

    def reads_of(self, statements: Iterable[Statement]) -> dict[str, str]:
        """The same of statements."""
        found: dict[str, str] = {}
        for statement in statements:
            plan = list(self._explain(statement))
            for table, _ in plan:
                if table in GROWING:
                    found[table] = "\n".join([*(step for _, step in plan), statement[0]])
        return found

    def plan(self, text: str) -> list[str]:
        """The steps of all statements of a query."""
        return [step for statement in self._statements(text) for _, step in self._explain(statement)]

    def _explain(self, statement: Statement) -> Iterator[tuple[str, str]]:
        """The steps of a plan, each with the table that it reads as a whole, if any."""
        is_postgresql = self.connection.dialect.name == "postgresql"
        return (_explain_postgresql if is_postgresql else _explain_sqlite)(self.connection, statement)

    def _statements(self, text: str) -> list[Statement]:
        statements: list[Statement] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if "set_config" not in statement:
                statements.append((statement, parameters))

        sa.event.listen(self.connection, "before_cursor_execute", note)
        try:
            run(self.work, parse(text))
        finally:
            sa.event.remove(self.connection, "before_cursor_execute", note)
        return statements


def _explain_sqlite(connection: sa.Connection, statement: Statement) -> Iterator[tuple[str, str]]:
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1]):
        match = re.match(r"(?:SCAN|SEARCH) (\w+?)(?:_\d+)?(?: |$)", row[3])
        is_few = _OF_PROJECTS.search(row[3])
        is_most = _PROJECTS not in statement[0] and any(f"{name} " in row[3] for name in _OF_TYPES)
        is_whole = not is_few and (row[3].startswith("SCAN") or is_most)
        yield match[1] if match and is_whole else "", row[3]


def _explain_postgresql(connection: sa.Connection, statement: Statement) -> Iterator[tuple[str, str]]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement[0]}", statement[1]).scalar_one()
    return _steps(plan[0]["Plan"])


def _steps(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name, index = node["Node Type"], node.get("Index Name", "")
    shown = " ".join(
        str(node[key]) for key in ("Node Type", "Alias", "Index Name", "Index Cond", "Filter") if key in node
    )
    is_all = index and "Index Cond" not in node and not _OF_PROJECTS.search(f" INDEX {index}")
    is_whole = name == "Seq Scan" or index in _OF_TYPES or is_all
    table = node.get("Relation Name") or next((table for table in GROWING if index == f"ix_{table}_concrete_type"), "")
    yield table if is_whole else "", shown
    for child in node.get("Plans", ()):
        yield from _steps(child)
