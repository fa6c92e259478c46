"""For anybody, the answer to a query is the answer about what they may see, on whatever path the query goes."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import lru_cache

import pytest
import sqlalchemy as sa
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn

from selections import FUZZ
from server.guarded import Operation, Person, create, delete, guarded_server, update
from server.policy_judge import ME, PROJECTS, Judge, policies
from server.query_fuzz import agreement
from server.query_fuzz.queries import groupings, queries, searches
from server.query_fuzz.worlds import MODEL, World, world
from trackteroid.server import EmbeddedServer
from trackteroid.server.auth.policy import Held, Policy, policy_for, read_holds
from trackteroid.server.core.failures import LimitError
from trackteroid.server.core.request import Actor
from trackteroid.server.language import Query, render
from trackteroid.server.model import Collection, Key, Scalar


def fuzzing(examples: int) -> settings:
    return settings(max_examples=FUZZ or examples, derandomize=not FUZZ, deadline=None)


@lru_cache(maxsize=4)
def seen(number: int, policy: Policy) -> World:
    """A world as somebody sees it."""
    whole = world(number)
    judge = Judge(MODEL, policy, whole.naive.tables)
    connection = whole.work.connection
    holds = connection.execute(sa.select(read_holds(MODEL, sa.literal("nobody")))).scalar_one()
    placed = policy_for(MODEL, Actor("nobody", "nobody", holds=holds)).placed  # true of this world
    return World(replace(whole.work, policy=replace(policy, placed=placed)), judge.naive())


@pytest.mark.slow
@fuzzing(60)
@given(st.integers(0, 3), policies(), st.data())
def test_an_answer_tells_what_somebody_may_see(number: int, policy: Policy, data: DataObject) -> None:
    tried = seen(number, policy)
    query = data.draw(queries(world(number)))
    try:
        agreement.agree_on_query(tried.work, tried, query, render(query))
    except LimitError:
        # What is too much for the database is too much for it without a policy, or nearly so.
        event("too deep")


@fuzzing(30)
@given(st.integers(0, 3), policies(), st.data())
@pytest.mark.slow
def test_groups_and_counts_are_of_what_somebody_may_see(number: int, policy: Policy, data: DataObject) -> None:
    tried = seen(number, policy)
    query = data.draw(groupings(world(number)))
    agreement.agree_on_groups(tried.work, tried, query, render(query))


@fuzzing(20)
@given(st.integers(0, 3), policies(), st.data())
@pytest.mark.slow
def test_searches_find_what_somebody_may_see(number: int, policy: Policy, data: DataObject) -> None:
    tried = seen(number, policy)
    query = data.draw(queries(world(number)))
    agreement.agree_on_search(tried.work, tried, query, data.draw(searches(world(number))))


@pytest.mark.slow
@fuzzing(20)
@given(st.integers(0, 3), policies())
def test_every_type_is_seen_as_far_as_it_may_be(number: int, policy: Policy) -> None:
    tried = seen(number, policy)
    for entity_type in MODEL:
        if entity_type.served:
            query = Query(entity_type.name)
            agreement.agree_on_query(tried.work, tried, query, render(query))


@pytest.mark.parametrize("kinds", ["contexts assets notes", "contexts assets own_notes", "contexts", "assets reviews"])
@pytest.mark.parametrize("where", ["in all", "in all but one", "in one"])
@pytest.mark.parametrize("projects", [2, 10_000])
@fuzzing(4)
@given(number=st.integers(0, 3))
def test_parts_are_seen_as_what_they_are_part_of_is(kinds: str, where: str, projects: int, number: int) -> None:
    held = Held(where != "in one", frozenset(PROJECTS[:1]))
    grants = frozenset(((kind, "read"), held) for kind in kinds.split())
    closed = frozenset(PROJECTS[:1] if where == "in all" else PROJECTS[1:])
    tried = seen(number, Policy(ME, "ann", grants, closed, projects))
    for name in ("Metadata", "ComponentLocation", "ReviewSessionObject"):
        agreement.agree_on_query(tried.work, tried, Query(name), render(Query(name)))


# Writing

#: The entities of a production that may be named, by the end of their ids.
ENDS = {
    "": "Project",
    "-shot": "Shot",
    "-task": "Task",
    "-asset": "Asset",
    "-version": "AssetVersion",
    "-component": "FileComponent",
    "-picture": "FileComponent",
    "-note": "Note",
    "-list": "TypedContextList",
    "-item": "ListObject",
    "-review": "ReviewSession",
    "-object": "ReviewSessionObject",
    "-timelog": "Timelog",
}
#: What somebody may change who has everything in one project, besides that.
THEIRS = {"api_key", "job", "dashboard"}


@lru_cache(maxsize=1)
def studio() -> tuple[Person, sqlite3.Connection, dict[str, set[str]]]:
    """A manager of the project "p", the database as it is in the beginning, and the rows outside of that project."""
    server = guarded_server()
    person = Person(server, "manager").holds("Project Manager", "p")
    for project in "pq":
        server.call([create("FileComponent", f"{project}-picture", name="picture")])
        server.call([update("Task", f"{project}-task", thumbnail_id=f"{project}-picture")])
    template = sqlite3.connect(":memory:", check_same_thread=False)
    with server.database.engine.connect() as connection:
        connection.connection.driver_connection.backup(template)
    inside = ("'p'", "'p-", f"'{person.id}'")
    rows = everything(server)
    outside = {table: {row for row in rows[table] if not any(part in row for part in inside)} for table in rows}
    return person, template, outside


def everything(server: EmbeddedServer) -> dict[str, set[str]]:
    with server.database.begin(write=False) as connection:
        return {
            table.name: {repr(tuple(row)) for row in connection.execute(table.select())}
            for table in MODEL.metadata.tables.values()
            if table.name not in THEIRS
        }


@st.composite
def changes(draw: DrawFn) -> Operation:
    """An operation that names entities of both projects."""
    project, end = draw(st.sampled_from("pppq")), draw(st.sampled_from(sorted(ENDS)))
    entity_type = MODEL.type(ENDS[end])
    action = draw(st.sampled_from(["create", "update", "update", "delete"]))
    if action == "delete":
        return delete(entity_type.name, project + end)
    values: dict[str, object] = {}
    for _ in range(draw(st.integers(1, 3))):
        shown = {name for name, found in entity_type.attributes.items() if not (found.hidden or found.computed)}
        name = draw(st.sampled_from(sorted(shown)))
        attribute = entity_type.attributes[name]
        target = MODEL.type(str(getattr(attribute, "target", None) or "Context")).root
        meant = [found for found, kind in ENDS.items() if MODEL.type(kind).root is target] or sorted(ENDS)
        entity_id = draw(st.sampled_from("pq")) + draw(st.sampled_from(meant))
        if isinstance(attribute, Key):
            values[name] = entity_id
        elif isinstance(attribute, Collection):
            kind = ENDS[entity_id[1:]]
            members = [{"__entity_type__": kind, "id": entity_id}]
            values[name] = {"__type__": "list_changes", draw(st.sampled_from(["add", "remove"])): members}
        elif isinstance(attribute, Scalar) and attribute.type == "string" and not attribute.is_datetime:
            values[name] = draw(st.sampled_from(["a", "b"]))
    return (
        update(entity_type.name, project + end, **values) if action == "update" else create(entity_type.name, **values)
    )


@pytest.mark.slow
@fuzzing(150)
@given(st.lists(changes(), min_size=1, max_size=3))
def test_no_write_changes_a_row_outside(operations: list[Operation]) -> None:
    person, template, outside = studio()
    with person.server.database.engine.connect() as connection:
        template.backup(connection.connection.driver_connection)
    answer = person.call(*operations)
    event("done" if isinstance(answer, list) else answer["exception"])
    found = everything(person.server)
    assert {table: rows - found[table] for table, rows in outside.items() if rows - found[table]} == {}
