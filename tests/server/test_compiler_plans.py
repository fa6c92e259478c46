"""How SQLite goes about real queries: where an index could lead to the rows, no large table is read from end to end.

The queries are those of tools and of the clients themselves, asked of a generated production of some thousand rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from server.real_queries import SELECTIVE
from trackteroid.server.compiler import run
from trackteroid.server.database import Database
from trackteroid.server.generate import Scale, generate
from trackteroid.server.language import parse
from trackteroid.server.model import standard_model
from trackteroid.server.work import Actor, Work

SCALE = Scale(projects=3, artists=10, sequences=4, shots=40, builds=5, tasks=2, assets=2, versions=3, components=1)
MODEL = standard_model()

#: Tables with more rows than anyone wants to read for a few of them.
LARGE = 200


@dataclass
class Planned:
    """A production, ids of things in it, and what SQLite says it does."""

    connection: sa.Connection
    work: Work
    names: dict[str, str]
    sizes: dict[str, int]

    def scans(self, text: str) -> list[str]:
        """The large tables that a query reads from end to end, with the plan of each statement that does."""
        statements: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            statements.append((statement, parameters))

        sa.event.listen(self.connection, "before_cursor_execute", note)
        try:
            run(self.work, parse(text))
        finally:
            sa.event.remove(self.connection, "before_cursor_execute", note)
        found: list[str] = []
        for statement, parameters in statements:
            plan = [row[3] for row in self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            found.extend("\n".join([step, *plan, statement]) for step in plan if self.is_scan_of_large_table(step))
        return found

    def is_scan_of_large_table(self, step: str) -> bool:
        match = re.match(r"SCAN (\w+?)(?:_\d+)?( |$)", step)
        return match is not None and self.sizes.get(match[1], 0) > LARGE


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'plans.db'}")
    generate(database, SCALE)
    with database.begin(write=True) as connection:
        connection.exec_driver_sql("ANALYZE")
    with database.begin(write=False) as connection:
        sizes = {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in MODEL.metadata.tables.items()
        }
        work = Work(MODEL, connection, Actor("u", "u"), "2024-05-01T12:00:00")
        yield Planned(connection, work, dict(_names(connection)), sizes)
    database.close()


def _names(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """An id of some entity of each type, by the name of the type."""
    for name in ("Project", "Sequence", "Shot", "Task", "Asset", "AssetVersion", "FileComponent", "User"):
        entity_type = MODEL.type(name)
        table = MODEL.table(entity_type)
        kinds = [table.c[entity_type.discriminator] == name] if entity_type.discriminator else []
        yield name, connection.execute(sa.select(table.c.id).where(*kinds).order_by(table.c.id).limit(1)).scalar_one()


@pytest.mark.parametrize("text", SELECTIVE, ids=SELECTIVE)
def test_an_index_leads_to_the_rows(planned: Planned, text: str) -> None:
    scans = planned.scans(text.format(**planned.names))
    assert not scans, "\n\n".join(scans)


def test_the_check_sees_scans(planned: Planned) -> None:
    assert planned.scans('AssetVersion where comment is "x"')
