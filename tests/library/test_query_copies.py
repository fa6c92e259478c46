"""Queries, criteria, paths and conditions can be copied; what cannot be pickled says so, and what to do instead."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_session import FakeSession, record
from query_tools import ListeningSession, query, where

import trackteroid
from trackteroid import Project, Query, Shot, Status, Task
from trackteroid.entities import entity_class
from trackteroid.errors import InvalidArgumentsError
from trackteroid.schema.relations import SchemaEntry

COPIES = pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
EVERYWHERE = pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))], ids=["copy", "deep", "pickle"]
)


@COPIES
def test_a_copy_of_a_query_asks_the_same_and_goes_its_own_way(copied: Callable[[Any], Any]) -> None:
    first = query(Shot, entry=SchemaEntry("own")).by_name("bc%").where(Shot.bid > 1).by_name(Project, "p")
    second = copied(first)
    assert str(second) == str(first)
    assert (second.session, second.schema, second.entity_type) == (first.session, first.schema, Shot)
    second.by_status("x")
    assert (len(first.criteria), len(second.criteria)) == (3, 4)


@COPIES
def test_queries_in_other_things_are_copied_with_them(copied: Callable[[Any], Any]) -> None:
    settings = {"shots": query(Shot).by_name("a"), "paths": [Shot.name, Task.Project]}
    assert str(copied(settings)["shots"]) == str(settings["shots"])


@COPIES
def test_a_copy_is_of_the_same_class(copied: Callable[[Any], Any]) -> None:
    class Asked(Query):
        __slots__ = ()

    assert type(copied(Asked(Shot, ListeningSession()))) is Asked  # type: ignore[arg-type]


def test_pickling_a_query_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(TypeError, match=r"Query\(Shot\) cannot be pickled: it belongs to a session.*query\.ids\(\)"):
        pickle.dumps(query(Shot).by_name("a"))


@EVERYWHERE
def test_a_criterion_is_a_value(copied: Callable[[Any], Any]) -> None:
    for criterion in query(Task).by_name(Project, "a", "b%").not_by_lifespan(end="2026-01-31").criteria:
        assert copied(criterion) == criterion
        assert copied(criterion).as_dict() == criterion.as_dict()
    (criterion,) = query(Task).where(Project.name == "a").criteria
    assert copied(criterion) == criterion


def test_a_pickled_criterion_leaves_its_query_behind() -> None:
    (criterion,) = query(Shot).by_name("a").criteria
    with pytest.raises(InvalidArgumentsError, match="belongs to no query"):
        pickle.loads(pickle.dumps(criterion)).resolve()


@EVERYWHERE
def test_an_entry_of_the_schema_is_a_value(copied: Callable[[Any], Any]) -> None:
    from trackteroid.schema.entries import entries_of

    entry = entries_of({"entities": {"Task": {"Shot": "parent[Shot]"}}})["default"]
    assert copied(entry) == entry


@COPIES
def test_conditions_on_entities_and_queries_are_copied(copied: Callable[[Any], Any]) -> None:
    session = FakeSession()
    session.answer("select id, name from Status", [record("Status", "s1", name="a")])
    statuses = Query(Status, session).get_all()
    for given in (statuses, statuses.values()[0], Query(Status, session)):
        condition = copied(Task.status.in_(given) & (Task.bid > 3))
        assert "status_id" in where(Query(Task, session).where(condition))


def test_pickling_conditions_on_entities_and_queries_is_refused() -> None:
    session = FakeSession()
    session.answer("select id, name from Status", [record("Status", "s1", name="a")])
    statuses = Query(Status, session).get_all()
    for given in (statuses, statuses.values()[0], Query(Status, session)):
        for condition in (Task.status.in_(given), ~Task.status.in_(given), Task.any(Task.status.in_(given))):
            with pytest.raises(TypeError, match=r"cannot be pickled: .*belongs to a session. Compare with ids instead"):
                pickle.dumps(condition)
    with pytest.raises(TypeError, match="belongs to a session"):
        pickle.dumps(Task.status == statuses)


def test_a_condition_holds_a_query_as_it_was_when_it_was_given() -> None:
    session = ListeningSession()
    asked = query(Status, session).by_name("a")
    condition = Task.status.in_(asked)
    asked.by_name("later")
    assert "later" not in where(query(Task, session).where(condition))


def test_classes_of_types_of_one_server_can_be_pickled() -> None:
    made = entity_class("CameraBuildOfOneServer")
    source = str(Path(trackteroid.__file__).parents[1])
    program = f"import sys, pickle; sys.path.insert(0, {source!r}); print(pickle.loads({pickle.dumps(made)!r}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["CameraBuildOfOneServer"], done.stderr
    assert pickle.loads(pickle.dumps([made, Shot])) == [made, Shot]
