"""How databases go about real queries: where an index could lead to the rows, nothing that grows is read as a whole.

The queries are those of tools and of the clients themselves, asked of a generated production of some thousand rows.
"""

from __future__ import annotations

import pytest

from server.planned import MODEL, Planned
from server.real_queries import PUBLISHED, SELECTIVE
from trackteroid.server.auth.policy import Held, Policy


@pytest.mark.parametrize("text", SELECTIVE, ids=SELECTIVE)
def test_an_index_leads_to_the_rows(planned: Planned, text: str) -> None:
    assert planned.reads(text) == {}


@pytest.mark.parametrize("text", PUBLISHED, ids=PUBLISHED)
def test_nothing_is_read_as_a_whole_but_what_the_query_is_about(planned: Planned, text: str) -> None:
    reads = planned.reads(text)
    unexpected = {table: plan for table, plan in reads.items() if table not in PUBLISHED[text]}
    assert not unexpected, "\n\n".join(unexpected.values())


def test_the_check_sees_scans(planned: Planned) -> None:
    assert set(planned.reads('AssetVersion where comment is "x"')) == {"asset_version"}
    assert set(planned.reads("Task where bid > 10")) == {"context"}


@pytest.mark.parametrize("kind", ["Asset", "AssetVersion", "Note"])
def test_what_knows_its_project_is_found_by_it(planned: Planned, kind: str) -> None:
    table = MODEL.type(kind).table
    plan = planned.plan(f"select id from {kind} where project_id is {{Project}}")
    assert any(f"ix_{table}_project_id" in step for step in plan), "\n".join(plan)


def test_a_project_is_found_by_its_own_index(planned: Planned) -> None:
    plan = planned.plan('AssetVersion where asset.parent.project.name is "x"')
    assert any("ix_context_project_name" in step for step in plan), "\n".join(plan)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("select name, status.name from Task limit 5 offset 40", "ix_context_concrete_type"),
        ("select name, status.name from TypedContext limit 5 offset 40", "ix_context_pages"),
        ('select name, status.name from Task where id > "x" limit 5', "ix_context_concrete_type"),
        ("select name, status.name from Milestone order by id limit 5 offset 40", "ix_context_concrete_type"),
        ("select name, status.name from Task where project_id is {Project} limit 5 offset 40", "ix_context_project_id"),
        ("select name, status.name from TypedContext where project.id is {Project} limit 5", "ix_context_project_id"),
        ("select name, version.version from FileComponent limit 5 offset 40", "ix_component_concrete_type"),
    ],
)
def test_the_rows_before_a_page_are_stepped_over_in_an_index(planned: Planned, text: str, index: str) -> None:
    plan = planned.plan(text)
    page = plan[: plan.index("SCAN page")]
    assert f"COVERING INDEX {index}" in page[1], plan
    assert not any("ORDER BY" in step for step in page), plan


@pytest.mark.parametrize("kind", ["Asset", "AssetVersion", "Note"])
def test_what_is_in_some_projects_is_counted_in_an_index(planned: Planned, kind: str) -> None:
    held = Held(everywhere=False, projects=frozenset(planned.names[kind] for kind in ("Project", "Shot")))
    grants = frozenset(((kind, "read"), held) for kind in ("contexts", "assets", "notes", "own_notes"))
    placed = frozenset([MODEL.type(kind).table])
    planned.work.policy = Policy("u", "u", grants, frozenset(), placed=placed)
    try:
        plan = planned.plan(f"select count(id) from {kind}")
    finally:
        planned.work.policy = None
    index = f"ix_{MODEL.type(kind).table}_project_id"
    assert any(index in step and "project_id" in step.replace(index, "") for step in plan), "\n".join(plan)
