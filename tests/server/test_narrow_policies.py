"""Whoever sees some projects does not read what is in others on SQLite. PostgreSQL knows how much that is."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from server.planned import MODEL, Planned
from trackteroid.server.auth.policy import Held, Policy, read_holds


def plan_of(planned: Planned, text: str, projects: int) -> list[str]:
    """Return the plan of a query of somebody who sees one of so many projects."""
    held = Held(everywhere=False, projects=frozenset([planned.names["Project"]]))
    grants = frozenset(((permission, "read"), held) for permission in ("contexts", "assets", "notes", "own_notes"))
    placed = frozenset(("asset", "asset_version", "component", "note"))
    planned.work.policy = Policy("u", "u", grants, frozenset(), projects, placed)
    try:
        return planned.plan(text)
    finally:
        planned.work.policy = None


@pytest.mark.parametrize(
    ("kind", "index"),
    [
        ("AssetVersion", "ix_asset_version_project_id"),
        ("Note", "ix_note_project_id"),
        ("Component", "ix_component_home_id"),
        ("ComponentLocation", "ix_component_location_home_id"),
        ("Metadata", "ix_metadata_home_id"),
    ],
)
@pytest.mark.parametrize(("projects", "is_narrow"), [(1000, True), (2, False)])
def test_a_page_of_one_project_of_very_many_is_found_by_that(
    planned: Planned, kind: str, index: str, projects: int, is_narrow: bool
) -> None:
    plan = plan_of(planned, f"select {'key' if kind == 'Metadata' else 'id'} from {kind} limit 5", projects)
    found = any(index in step and "=?" in step for step in plan)
    assert found is is_narrow, "\n".join(plan)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("select name, parent.name from Asset limit 5", "ix_asset_pages"),
        ("select version, asset.name from AssetVersion limit 5", "ix_asset_version_pages"),
        (
            "select asset.name from AssetVersion where is_latest_version is True limit 5",
            "ix_asset_version_pages",
        ),
        ("select name, parent.name from Task limit 5", "ix_context_concrete_type"),
        ("select name, parent.name from TypedContext limit 5", "ix_context_pages"),
        ("select name, version.version from FileComponent limit 5", "ix_component_concrete_type"),
    ],
)
def test_a_page_of_half_of_the_projects_passes_over_others_without_reading_them(
    planned: Planned, text: str, index: str
) -> None:
    plan = plan_of(planned, text, projects=2)
    page = plan[: plan.index("SCAN page")]
    assert any(f"USING COVERING INDEX {index}" in step for step in page), "\n".join(plan)
    assert not any("ORDER BY" in step for step in page), "\n".join(plan)


def test_components_that_are_not_to_be_seen_are_passed_over_in_an_index(planned: Planned) -> None:
    plan = plan_of(planned, "select name from Component order by id limit 5 offset 40", projects=2)
    assert any("SCAN" in step and "USING INDEX ix_component_pages" in step for step in plan), "\n".join(plan)


def test_private_projects_are_found_among_very_many_others(planned: Planned) -> None:
    asked: list[str] = []
    driver = planned.connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_trace_callback(asked.append)
    planned.connection.execute(sa.select(read_holds(MODEL, sa.literal("u"))))
    driver.set_trace_callback(None)
    plan = [row[3] for statement in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert any("ix_context_is_private" in step for step in plan), "\n".join(plan)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("select key, value from Metadata limit 5", "ix_context_pages"),
        ("select resource_identifier from ComponentLocation limit 5", "ix_component_pages"),
    ],
)
def test_of_what_a_row_is_part_of_an_index_tells_whether_it_is_seen(planned: Planned, text: str, index: str) -> None:
    plan = plan_of(planned, text, projects=2)
    assert any("SEARCH" in step and f"USING COVERING INDEX {index} (id>? AND id<?)" in step for step in plan), plan


@pytest.mark.parametrize("projects", [1000, 2])
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("select key from Metadata where parent_id in ({ids})", "parent_id"),
        ("select key from Metadata where parent_id is {Task}", "parent_id"),
        ("select value from Metadata where parent_id in ({ids}) order by key", "parent_id"),
        ("select id from ComponentLocation where component_id in ({ids})", "component_id"),
        ("select resource_identifier from ComponentLocation where component_id is {FileComponent}", "component_id"),
        ("select name from Task where id in ({ids}) and metadata any (key is a)", "parent_id"),
    ],
)
def test_the_parts_of_some_are_found_by_these(planned: Planned, text: str, key: str, projects: int) -> None:
    ids = ", ".join([planned.names["Task"], planned.names["FileComponent"], *(f"x{number}" for number in range(23))])
    plan = plan_of(planned, text.replace("{ids}", ids), projects)
    table = "metadata" if key == "parent_id" else "component_location"
    assert any(f"SEARCH {table}" in step and f"{key}=?" in step for step in plan), "\n".join(plan)
    assert not any(f"SCAN {table}" in step or f"ix_{table}_home_id" in step for step in plan), "\n".join(plan)
