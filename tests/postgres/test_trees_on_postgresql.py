"""Hierarchies, inherited values and propagated statuses, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from library.test_custom_values import configure, shown
from postgres.cluster import Cluster
from trackteroid import Project, Propagation, Query, Sequence, Session, Shot, Task
from trackteroid.server import EmbeddedServer

LEVELS = [Sequence, Shot, Task]


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[Session]:
    server = EmbeddedServer(cluster.new_database(), with_demo=True)
    with Session(server_url=server) as session:
        yield session
    server.close()


def ask(session: Session, entity_type: Any, name: str) -> Any:
    return Query(entity_type, session=session).by_name(name).get_one()


def test_a_branch_is_made_moved_copied_and_inherits(session: Session) -> None:
    configure(session, "rate")
    project, st = ask(session, Project, "sync"), ask(session, Sequence, "st")
    tree = [f"SQ900/sh{number}/Layout" for number in range(30)]
    made = session.ensure_hierarchy(project, tree, LEVELS)
    assert session.ensure_hierarchy(project, [path.lower() for path in tree], LEVELS).created == ()
    made["SQ900"].fetch_attributes("custom_attributes").custom_rate = 25
    session.commit()
    shots = made.all(Shot)
    assert set(shown(shots)) == {(25, "inherited")}
    made["SQ900"].move_to(st)
    session.commit()
    assert shots.paths()[0] == "st/SQ900/sh0"
    copied = made["SQ900"].copy_to(project, name="sq901")
    session.commit()
    assert dict(copied.counts) == {"Sequence": 1, "Shot": 30, "Task": 30}
    assert set(shown(copied.roots)) == {(25, "own")}
    plan = Propagation(Task, to=Shot, rule={"Not started": "In progress"}).plan(made.all(Task))
    assert len(plan.apply()) == 30
    session.commit()
    loaded = session.preload("sync")
    assert {*copied.ids.values()} <= {*loaded[Project].keys(), *loaded.collections["TypedContext"].keys()}
    assert copied.roots.push_custom_values("rate", to=Shot)
