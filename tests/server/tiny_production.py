"""A production small enough to know by heart, written straight into the tables.

project "Show" (p)                       status text "active"
  sequence sq010 (sq)
    shot sh010 (s1)    status Not started   metadata: colour=red
      task comp (t1)   status In progress   assigned to ann, 2 h and 3 h logged
      task anim (t2)   no status
    shot sh020 (s2)    status In progress
asset hero (a) on sh010: versions 1 (v1), 2 (v2), 3 (v3); v2 for task comp; v1 has components main and thumb
asset prop (b) on sh020: no versions
users ann (u1), bob (u2, inactive)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from trackteroid.server.compiler import Answer, run
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.language import parse
from trackteroid.server.model import Model, standard_model
from trackteroid.server.model.folding import with_folded

TASK, SHOT = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c", "bad911de-3bd6-47b9-8b46-3476e237cb36"
SEQUENCE = "e5139355-61da-4c8f-9db4-3abc870166bc"
MOMENT = "2022-10-10T10:12:09"


class TinyProduction:
    """Answers queries about the production, and counts the statements that takes."""

    def __init__(self, model: Model, connection: sa.Connection) -> None:
        self.work = Request(model, connection, Actor("u1", "ann"), MOMENT, base_url="http://here")
        self.statements: list[str] = []
        sa.event.listen(connection, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.statements.append(statement)

    def query(
        self, text: str, *, strict: bool = False, denormalize: bool = False, merges_copies: bool = False
    ) -> Answer:
        self.statements.clear()
        work = replace(self.work, strict=strict, denormalize=denormalize, merges_copies=merges_copies)
        return run(work, parse(text))

    def records(self, text: str) -> list[dict[str, Any]]:
        return self.query(text).records

    def ids(self, text: str) -> list[str]:
        return [record["id"] for record in self.records(text)]


@contextmanager
def tiny_production() -> Iterator[TinyProduction]:
    model = standard_model()
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        model.metadata.create_all(connection)
        fill(model, connection)
        yield TinyProduction(model, connection)
    engine.dispose()


def fill(model: Model, connection: sa.Connection) -> None:
    """Add the production to empty tables."""
    for type_name, values in _rows():
        _insert(model, connection, type_name, values)


def _insert(model: Model, connection: sa.Connection, type_name: str, values: dict[str, Any]) -> None:
    entity_type = model.type(type_name)
    if entity_type.discriminator:
        values = values | {entity_type.discriminator: type_name}
    table = model.table(entity_type)
    connection.execute(sa.insert(table).values(with_folded(table, values)))


def _context(type_name: str, object_type: str, identity: str, name: str, parents: list[str], **more: Any) -> Any:
    yield (
        type_name,
        {
            "id": identity,
            "name": name,
            "parent_id": parents[0],
            "project_id": "p",
            "context_type": "task",
            "object_type_id": object_type,
            "created_at": MOMENT,
            "bid": 7.5,
            **more,
        },
    )
    for depth, ancestor in enumerate(parents, 1):
        yield "ContextAncestor", {"context_id": identity, "ancestor_id": ancestor, "depth": depth}


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for identity, name in ((TASK, "Task"), (SHOT, "Shot"), (SEQUENCE, "Sequence")):
        yield "ObjectType", {"id": identity, "name": name}
    yield "State", {"id": "st1", "name": "Not started", "short": "NOT_STARTED"}
    yield "State", {"id": "st2", "name": "In progress", "short": "IN_PROGRESS"}
    yield "Status", {"id": "n", "name": "Not started", "state_id": "st1", "sort": 2}
    yield "Status", {"id": "i", "name": "In progress", "state_id": "st2", "sort": 1}
    yield "User", {"id": "u1", "username": "ann", "first_name": "Ann", "is_active": True, "resource_type": "user"}
    yield "User", {"id": "u2", "username": "bob", "is_active": False, "resource_type": "user"}
    yield "Group", {"id": "g", "name": "Crew"}
    yield (
        "Project",
        {
            "id": "p",
            "name": "show",
            "full_name": "Show",
            "context_type": "show",
            "status": "active",
            "project_id": "p",
        },
    )
    yield from _context("Sequence", SEQUENCE, "sq", "sq010", ["p"])
    yield from _context("Shot", SHOT, "s1", "sh010", ["sq", "p"], status_id="n", thumbnail_id=None)
    yield from _context("Shot", SHOT, "s2", "sh020", ["sq", "p"], status_id="i")
    yield from _context("Task", TASK, "t1", "comp", ["s1", "sq", "p"], status_id="i")
    yield from _context("Task", TASK, "t2", "anim", ["s1", "sq", "p"], start_date="2024-02-01T00:00:00")
    yield "Appointment", {"id": "ap1", "context_id": "t1", "resource_id": "u1", "type": "assignment"}
    yield "Appointment", {"id": "ap2", "context_id": "t2", "resource_id": "g", "type": "allocation"}
    yield "Timelog", {"id": "tl1", "context_id": "t1", "user_id": "u1", "duration": 7200.0}
    yield "Timelog", {"id": "tl2", "context_id": "t1", "user_id": "u1", "duration": 10800.0}
    yield "Metadata", {"parent_id": "s1", "parent_type": "Shot", "key": "colour", "value": "red"}
    yield "Asset", {"id": "a", "name": "hero", "context_id": "s1", "project_id": "p", "latest_version_id": "v3"}
    yield "Asset", {"id": "b", "name": "prop", "context_id": "s2", "project_id": "p"}
    for number in (1, 2, 3):
        yield (
            "AssetVersion",
            {
                "id": f"v{number}",
                "asset_id": "a",
                "project_id": "p",
                "version": number,
                "task_id": "t1" if number == 2 else None,
                "status_id": "n",
                "is_published": number != 3,
                "comment": "50% done" if number == 1 else "",
            },
        )
    yield "FileComponent", {"id": "c1", "name": "main", "version_id": "v1", "system_type": "file", "size": 10}
    yield "FileComponent", {"id": "c2", "name": "thumb", "version_id": "v1", "system_type": "file", "size": 2000}
    yield "AssetVersionLink", {"id": "l", "from_id": "v1", "to_id": "v2"}
    yield "Location", {"id": "lo", "name": "disk"}
    yield "ComponentLocation", {"id": "cl", "component_id": "c1", "location_id": "lo", "resource_identifier": "/a/b"}
    yield "ReviewSession", {"id": "rs", "name": "dailies", "project_id": "p", "end_date": "2020-01-01T00:00:00"}
    yield "ListCategory", {"id": "lc", "name": "Default"}
    yield "AssetVersionList", {"id": "li", "name": "picks", "is_open": True, "category_id": "lc", "project_id": "p"}
    yield "Schema", {"id": "sc", "object_type_id": TASK}
    yield from _custom_attributes()


def _custom_attributes() -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "CustomAttributeConfiguration",
        {
            "id": "cf1",
            "key": "fstart",
            "entity_type": "task",
            "object_type_id": SHOT,
            "default": 1,
            "default_text": "1",
            "default_number": 1.0,
            "is_hierarchical": False,
        },
    )
    yield (
        "CustomAttributeConfiguration",
        {
            "id": "cf2",
            "key": "note",
            "entity_type": "show",
            "default": "inherited",
            "default_text": "inherited",
            "is_hierarchical": True,
        },
    )
    yield (
        "CustomAttributeValue",
        {
            "configuration_id": "cf1",
            "entity_id": "s1",
            "value": 1001,
            "text": "1001",
            "number": 1001.0,
        },
    )
