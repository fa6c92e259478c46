"""Whoever sees one project of very many does not read past all others on SQLite. PostgreSQL knows how many that is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.planned import Planned, fill
from trackteroid.server.auth.policy import Held, Policy
from trackteroid.server.storage.database import Database


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'plans.db'}")
    fill(database)
    with database.begin(write=False) as connection:
        yield Planned(connection)
    database.close()


@pytest.mark.parametrize(
    ("kind", "index"),
    [
        ("AssetVersion", "ix_asset_version_project_id"),
        ("Note", "ix_note_project_id"),
        ("Component", "ix_component_home_id"),
        ("ComponentLocation", "ix_component_home_id"),
    ],
)
@pytest.mark.parametrize(("projects", "is_narrow"), [(1000, True), (2, False)])
def test_a_page_of_one_project_of_very_many_is_found_by_that(
    planned: Planned, kind: str, index: str, projects: int, is_narrow: bool
) -> None:
    held = Held(everywhere=False, projects=frozenset([planned.names["Project"]]))
    grants = frozenset(((permission, "read"), held) for permission in ("contexts", "assets", "notes", "own_notes"))
    planned.work.policy = Policy("u", "u", grants, frozenset(), projects)
    try:
        plan = planned.plan(f"select id from {kind} limit 5")
    finally:
        planned.work.policy = None
    found = any(index in step and "=?" in step for step in plan)
    assert found is is_narrow, "\n".join(plan)
