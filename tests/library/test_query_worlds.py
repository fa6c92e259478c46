"""Entities, collections and queries of one session mean nothing in the queries of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_session import FakeSession, FakeTrackteroidSession, record
from query_tools import where

from trackteroid import AssetVersion, EntityCollectionOperationError, Note, Query, Shot, Status, Task, User
from trackteroid.errors import InvalidArgumentsError
from trackteroid.schema.relations import SchemaEntry

STATUSES = [record("Status", "s1", name="a"), record("Status", "s2", name="b")]
OTHER_ENTRY = SchemaEntry("other", {"Task": {"Shot": ("parent[Shot]",)}})


def answering(kind: type[Any] = FakeSession) -> Any:
    session = kind()
    session.answer("select id, name from Status", STATUSES)
    return session


#: What is made in another session, and given to a query.
GIVEN: dict[str, Callable[[Any], Any]] = {
    "a collection": lambda q: q.get_all(),
    "an element": lambda q: q.get_all()[0],
    "an empty collection": lambda q: q.get_all().filter(lambda _: False),
    "an entity": lambda q: q.get_all().values()[0],
    "a query": lambda q: q,
    "a query without results": lambda q: q.by_id(*[]),
}

TAKEN: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda q, given: q.where(Task.status == given),
    "!=": lambda q, given: q.where(Task.status != given),
    "in_": lambda q, given: q.where(Task.status.in_(given)),
    "in_ a list": lambda q, given: q.where(Task.status.in_(["s1", given])),
    "not_in": lambda q, given: q.where(Task.status.not_in(given)),
    "a type": lambda q, given: q.where(Task.Status.in_(given)),
    "ids": lambda q, given: q.where(Task.status_id.in_(given)),
    "any": lambda q, given: q.where(Shot.Task.any(Task.status.in_(given)) | (Task.bid > 3)),
    "not any": lambda q, given: q.where(~Shot.Task.any(~Task.status.in_(given))),
    "deep": lambda q, given: q.where(Shot.Task.AssetVersion.status.in_(given)),
    "a criterion": lambda q, given: q.by_id(given),
    "a target": lambda q, given: q.by_id(Shot, given),
    "a negated criterion": lambda q, given: q.not_by_name("x", given),
    "a dictionary": lambda q, given: q.by_metadata({"a": given}),
    "a range": lambda q, given: q.by_lifespan(start=given),
    "a list in a criterion": lambda q, given: q.by_id([given]),
    "between": lambda q, given: q.where(Task.bid.between(1, given)),
    "larger": lambda q, given: q.where(Task.bid > given),
    "a pattern": lambda q, given: q.where(Task.name.like(given)),
    "a custom attribute": lambda q, given: q.where(Task.custom_fps == given),
    "metadata": lambda q, given: q.where(Task.metadata["a"] == given),
}


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.slow
def test_what_another_session_found_is_refused_wherever_it_is_given(given: str, taken: str) -> None:
    value, own = GIVEN[given](Query(Status, answering())), answering(FakeTrackteroidSession)
    with pytest.raises(EntityCollectionOperationError, match="session"):
        TAKEN[taken](Query(Task, own), value)
    assert own.queries == []


@pytest.mark.parametrize("taken", ["==", "in_", "in_ a list", "any"])
@pytest.mark.parametrize("given", ["a collection", "an element", "an empty collection"])
def test_what_was_found_with_other_relations_is_refused(given: str, taken: str) -> None:
    session = answering()
    value = GIVEN[given](Query(Status, session, OTHER_ENTRY))
    with pytest.raises(EntityCollectionOperationError, match='with the schema "other"'):
        TAKEN[taken](Query(Task, session), value)


def test_a_query_with_other_relations_is_refused() -> None:
    session = answering()
    with pytest.raises(EntityCollectionOperationError, match="Query both with the same one"):
        Query(Note, session).where(Note.author.in_(Query(User, session, OTHER_ENTRY)))


def test_what_the_same_session_found_is_taken() -> None:
    session = answering()
    for given in GIVEN.values():
        built = Query(Task, session).where(Task.status.in_(given(Query(Status, session))))
        assert "status_id in" in where(built) or "status_id is" in where(built) or where(built) == "()"
    # Entities have no relations of their own.
    entity = Query(Status, session, OTHER_ENTRY).get_all().values()[0]
    assert where(Query(Task, session).where(Task.status == entity)) == 'status_id is "s1"'


@pytest.mark.parametrize("given", ["a collection", "an element", "an entity", "a query"])
def test_criteria_say_where_entities_and_queries_are_taken(given: str) -> None:
    session = answering()
    value = GIVEN[given](Query(Status, session))
    with pytest.raises(InvalidArgumentsError, match=r"Conditions take entities and queries: where"):
        Query(AssetVersion, session).by_id(Status, value)
