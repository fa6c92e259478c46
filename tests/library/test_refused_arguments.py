"""Whatever is given to queries and collections, the answer is in words."""

from __future__ import annotations

import copy
import inspect
import itertools
import operator
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from collection_tools import UNNOTICED
from ftrack_api.exception import ConnectionClosedError
from ftrack_api.symbol import NOT_SET

from demo_servers import demo_server
from trackteroid import SCHEMA, AssetVersion, Query, Session, Task, TrackteroidError
from trackteroid.errors import InvalidArgumentsError

pytestmark = UNNOTICED


@pytest.fixture(autouse=True)
def _writing_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some methods write to the path that they are given."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    server = demo_server()
    with Session(server_url=server, plugin_paths=[]) as session:
        yield session
    server.close()


@pytest.fixture(scope="module")
def versions(session: Session) -> Any:
    return Query(AssetVersion, session).get_all(limit=3, projections=["comment", "task"])


def strange(session: Session, versions: Any) -> list[Any]:
    """Values of all kinds; few methods take more than one of these."""
    nothing = Query(AssetVersion, session).by_name("no such").get_all()
    return [
        *(None, 0, 1, -1, 1.5, float("nan"), True, "", "x", "a b", b"x", [], [1], ["x"], [None], {}, {"a": 1}, {1}),
        *(object(), print, lambda each: each, lambda: 0, Task, Task.name, Task.name == "x", session, SCHEMA.default),
        *(SCHEMA, Query(Task, session), versions, versions[0].values()[0], versions.components, nothing),
        *(nothing.version, nothing.version[0], NOT_SET, ValueError("x")),
    ]


def in_words(session: Session, function: Any, *arguments: Any) -> None:
    """Call a function; if it refuses the arguments, it has to say so in words and leave nothing behind."""
    try:
        found = function(*arguments)
        list(found) if hasattr(found, "__next__") else repr(found)
    except TrackteroidError as error:
        said = str(error)
    except TypeError as error:
        # Python itself counts the arguments.
        said = str(error)
        if "positional argument" not in said and "required keyword-only argument" not in said:
            raise AssertionError(f"{function} {arguments!r}: {error!r}") from error
    except Exception as error:
        raise AssertionError(f"{function} {arguments!r}: {error!r}") from error
    else:
        session.rollback()
        return
    assert said, arguments
    assert "\n" not in said, said
    assert not session.recorded_operations, said


def methods(of: type) -> Iterator[str]:
    for name in sorted(dir(of)):
        if not name.startswith("_") and inspect.isfunction(getattr(of, name)):
            yield name


@pytest.mark.parametrize("which", ["three", "one", "none", "not loaded"])
@pytest.mark.slow
def test_methods_of_collections_refuse_what_they_cannot_take(session: Session, versions: Any, which: str) -> None:
    collections = {"three": versions, "one": versions[0], "none": versions[:0], "not loaded": versions.components}
    collection, values = collections[which], strange(session, versions)
    for name in methods(type(collection)):
        for value in values:
            in_words(session, getattr(collection, name), value)
        for first, second in itertools.product(("name", lambda each: each), values):
            in_words(session, getattr(collection, name), first, second)


@pytest.mark.slow
def test_methods_of_queries_refuse_what_they_cannot_take(session: Session, versions: Any) -> None:
    for name in (*methods(Query), "by_name", "not_by_name", "by_id", "by_publish_time", "by_metadata", "inject"):
        for value in strange(session, versions):
            query = Query(AssetVersion, session).by_name("no such")
            in_words(session, getattr(query, name), value)
            in_words(session, getattr(query, name), 3, value)
            in_words(session, getattr(query, name), None, value)


def test_items_and_operators_are_refused(session: Session, versions: Any) -> None:
    for collection, value in itertools.product((versions, versions[:0]), strange(session, versions)):
        in_words(session, operator.contains, collection, value)
        in_words(session, operator.eq, collection, value)


def test_arguments_of_terminators_are_refused(session: Session, versions: Any) -> None:
    query = Query(Task, session).by_name("x")
    for name in ("projections", "limit", "offset", "order", "order_by"):
        for value in strange(session, versions):
            in_words(session, lambda name, value: query.get_all(**{name: value}), name, value)


def test_what_is_no_session_is_refused_by_the_query(session: Session, versions: Any) -> None:
    for value in strange(session, versions):
        if value is not None and value is not session:
            with pytest.raises(InvalidArgumentsError, match="asks a session such as SESSION"):
                Query(Task, value)
        if value is not None and value is not SCHEMA.default:
            with pytest.raises(InvalidArgumentsError, match=r"takes an entry of SCHEMA"):
                Query(Task, session, value)
    with pytest.raises(InvalidArgumentsError, match=r"Relations go by name: Query\(\.\.\., schema=\.\.\.\)"):
        Query(Task, SCHEMA.default)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("given", "meant"),
    [("version", "each.version"), ("task.name", "each.task.name"), (AssetVersion.Task.name, "each.Task.name")],
)
def test_an_attribute_in_place_of_a_function_is_answered_with_one(versions: Any, given: Any, meant: str) -> None:
    for collection in (versions, versions[:0]):
        for name in ("filter", "map", "sort", "max", "min", "count", "partition", "group"):
            with pytest.raises(InvalidArgumentsError, match=rf"Write one: {name}\(lambda each: {meant}\)"):
                getattr(collection, name)(given)


def test_entity_classes_are_not_instantiated(versions: Any) -> None:
    for make in (lambda: Task(), lambda: Task(name="x"), lambda: Task(versions, versions), lambda: Task(versions, a=1)):
        with pytest.raises(InvalidArgumentsError, match=r"Query\(Task\).*collection.create"):
            make()


def test_collections_given_to_methods_of_ftrack_api(session: Session, versions: Any) -> None:
    for given in (versions, versions[:0], None, "id", [versions], [None]):
        with pytest.raises(InvalidArgumentsError, match=r"Collections have fetch_attributes\(\.\.\.\)"):
            session.populate(given, "comment")
        with pytest.raises(InvalidArgumentsError, match=r"Collections have delete\(\)"):
            session.delete(given)
    assert not session.recorded_operations
    session.populate(list(versions.values()), "comment")
    session.populate(session.query("Task limit 2"), "name")


def test_types_that_the_server_does_not_have(session: Session) -> None:
    for kind, said in (
        ("Tusk", '"Tusk".* Did you mean "Task"'),
        (Task, '"Task". Give its name as text'),
        (None, '"None"'),
    ):
        with pytest.raises(KeyError, match=f"no entity type {said}"):
            session.get(kind, "x")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("make", ["create", "ensure"])
def test_nothing_is_made_of_types_that_the_server_does_not_have(session: Session, make: str) -> None:
    with pytest.raises(KeyError, match=r'no entity type "Tusk".* Did you mean "Task"'):
        getattr(session, make)("Tusk", {"name": "x"})
    assert not session.recorded_operations


def test_conditions_are_no_keywords(session: Session) -> None:
    with pytest.raises(InvalidArgumentsError, match=r"no keywords: where\(Task.name == 'x', Task.bid == 3\)"):
        Query(Task, session).where(name="x", bid=3)  # pyright: ignore[reportCallIssue]


def test_what_is_not_there_is_no_order(session: Session) -> None:
    nothing: Any = Query(Task, session).by_name("no such task").get_all().name
    for missing, said in ((nothing, "cannot be what is ordered by"), (NOT_SET, "was not loaded")):
        with pytest.raises(TrackteroidError, match=said):
            Query(Task, session).get_all(order_by=missing)


def test_a_session_is_not_pickled(session: Session) -> None:
    for copying in (copy.deepcopy, pickle.dumps, lambda each: pickle.dumps({"session": each})):
        with pytest.raises(TypeError, match="let other processes make their own"):
            copying(session)


def test_a_closed_session_says_what_to_do() -> None:
    session = Session(server_url="sqlite://", plugin_paths=[])
    assert session.types
    session.close()
    for use in (lambda: session.query("Task").all(), lambda: Query(Task, session).get_all()):
        with pytest.raises(ConnectionClosedError, match=r"Call reconnect\(\) to use it again"):
            use()


def test_keys_that_cannot_be_compared(versions: Any) -> None:
    mixed = iter((1, "a", 2) * 3)
    for name in ("sort", "max", "min"):
        with pytest.raises(InvalidArgumentsError, match="Return a text, a number or a moment"):
            getattr(versions, name)(lambda each: next(mixed))
        with pytest.raises(InvalidArgumentsError, match="Return a text, a number or a moment"):
            getattr(versions, name)(lambda each: [1, "a"])


def test_an_order_by_nothing_is_none(session: Session) -> None:
    query = Query(AssetVersion, session)
    assert query.get_all(limit=3, order_by=[]) == query.get_all(limit=3)


def test_misspelt_projections_of_nothing(versions: Any) -> None:
    for load in (
        lambda: versions[:0].fetch_attributes("coment"),
        lambda: versions[:0].get(Task, projections=["nme"]),
        lambda: versions[:0].query_children(projections=["nme"]),
    ):
        with pytest.raises(TrackteroidError, match="Did you mean"):
            load()


def test_values_without_a_text_are_found_nowhere(session: Session) -> None:
    for value in (object(), print, lambda: "bc0040"):
        with pytest.raises(InvalidArgumentsError, match="text, numbers and moments"):
            Query(Task, session).by_name(value)
        with pytest.raises(InvalidArgumentsError, match="single values"):
            Query(Task, session).where(Task.name == value)
    with pytest.raises(InvalidArgumentsError, match="was not loaded"):
        Query(Task, session).by_name(NOT_SET)
