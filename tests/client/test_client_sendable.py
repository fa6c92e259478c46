"""Values that cannot be sent are refused where they are given, and leave nothing behind."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from client_support import FakeServer, Mounting
from ftrack_api.entity.base import Entity

from demo_servers import demo_server
from trackteroid import AssetVersion, Query, Shot, errors
from trackteroid.client.local_changes import check_value
from trackteroid.operations.format import file
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

#: A name as os.listdir gives it, of a file that somebody named in Latin-1.
NAME = os.fsdecode(b"caf\xe9.exr")


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def shared(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server_url=server, plugin_paths=[], schema_cache_path=False) as session:
        assert session.types
        yield session


@pytest.fixture
def session(shared: Session) -> Iterator[Session]:
    yield shared
    shared.rollback()
    shared.reset()


def shots(session: Session) -> Any:
    query = Query(Shot, session=session).by_name("bc00%")
    return query.get_all(projections=["description", "metadata", "custom_attributes"])


def entity(session: Session) -> Entity:
    return shots(session).values()[0]


WAYS: dict[str, Callable[[Session, Any], Any]] = {
    "an attribute of a collection": lambda session, bad: setattr(shots(session)[0], "description", bad),
    "the last of many": lambda session, bad: setattr(shots(session), "description", ["fine"] * 5 + [bad]),
    "apply": lambda session, bad: shots(session).apply(lambda _: bad, "description"),
    "creating": lambda session, bad: shots(session)[0].Task.create(name=bad, type="Compositing"),
    "creating with metadata": lambda session, bad: shots(session)[0].Task.create(
        name="x", type="Compositing", metadata={"a": bad}
    ),
    "metadata": lambda session, bad: setattr(shots(session)[0], "metadata", {"fine": "x", "path": bad}),
    "a key of metadata": lambda session, bad: setattr(shots(session)[0], "metadata", {"fine": "x", bad: "x"}),
    "a custom attribute": lambda session, bad: setattr(shots(session)[0], "custom_fstart", bad),
    "an attribute of an entity": lambda session, bad: entity(session).__setitem__("description", bad),
    "metadata of an entity": lambda session, bad: entity(session)["metadata"].__setitem__("path", bad),
    "a key of the metadata of an entity": lambda session, bad: entity(session)["metadata"].__setitem__(bad, "x"),
    "all metadata of an entity": lambda session, bad: entity(session).__setitem__("metadata", {"a": "x", "b": bad}),
    "a custom attribute of an entity": lambda session, bad: entity(session)["custom_attributes"].__setitem__(
        "fstart", bad
    ),
    "session.create": lambda session, bad: session.create("Task", {"name": bad, "parent": entity(session)}),
    "session.create with metadata": lambda session, bad: session.create(
        "Task", {"name": "x", "parent": entity(session), "metadata": {"a": "x", "b": bad}}
    ),
    "session.ensure": lambda session, bad: session.ensure("Scope", {"name": bad}),
    "a note": lambda session, bad: entity(session).create_note(bad, author=session.query("User").first()),
}
#: These look at more than the value, or take text for something else.
NOT_FOR_NUMBERS = ("a key of metadata", "a key of the metadata of an entity", "a note", "session.ensure")


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.slow
def test_a_name_that_is_no_utf_8_is_refused_when_it_is_given(way: Callable[..., Any], session: Session) -> None:
    with pytest.raises((errors.UnsendableValueError, errors.AssignmentError)) as caught:
        way(session, NAME)
    text = str(caught.value)
    text.encode("ascii")
    assert "caf\\udce9" in text
    assert len(session.recorded_operations) == 0
    session.commit()


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.slow
def test_in_a_deferred_block_it_leaves_a_file_that_can_be_sent(
    way: Callable[..., Any], session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "later.dbm"
    with session.deferred_operations(path):
        version = Query(AssetVersion, session=session).get_first()
        version.comment = "fine"
        with pytest.raises(errors.AssignmentError):
            way(session, NAME)
    assert len(file.read(path).operations) == 1
    assert session.reconnect_and_commit(path).sent == 1


@pytest.mark.parametrize(
    "bad",
    [
        float("nan"),
        float("inf"),
        b"bytes",
        Path("/a/path"),
        UUID(int=5),
        {"a"},
        frozenset("a"),
        Decimal("1.5"),
        timedelta(1),
        range(2),
        1j,
    ],
    ids=str,
)
@pytest.mark.parametrize("way", [name for name in WAYS if name not in NOT_FOR_NUMBERS])
def test_other_values_that_no_request_can_hold_are_refused_too(bad: Any, way: str, session: Session) -> None:
    with pytest.raises(errors.AssignmentError):
        WAYS[way](session, bad)
    assert len(session.recorded_operations) == 0
    session.commit()


@pytest.mark.parametrize("way", [name for name in WAYS if name not in NOT_FOR_NUMBERS])
def test_what_is_read_from_nothing_is_refused_too(way: str, session: Session) -> None:
    nothing: Any = Query(Shot, session=session).by_name("no such shot").get_all().name
    with pytest.raises((errors.NoValueError, errors.AssignmentError), match=r"EmptyCollection.Shot. has no entities"):
        WAYS[way](session, nothing)
    assert len(session.recorded_operations) == 0


def test_the_message_says_what_and_where_and_what_next(session: Session) -> None:
    with pytest.raises(errors.UnsendableValueError) as caught:
        entity(session)["description"] = NAME
    assert str(caught.value) == (
        "\"description\" of Shot cannot be 'caf\\udce9.exr': at character 4 it has the byte 0xe9, which is not UTF-8, "
        "as names of files may have. Decode the name in the encoding that it was written in, such as "
        'os.fsencode(name).decode("latin-1").'
    )
    assert isinstance(caught.value, (TypeError, ValueError))


@pytest.mark.parametrize("text", ["\ud83d", "a\udc00b", "\ud800\ud800"], ids=ascii)
def test_half_of_a_surrogate_pair_is_refused_as_such(text: str) -> None:
    with pytest.raises(errors.UnsendableValueError, match="half of a surrogate pair"):
        check_value('"name" of Task', text)


@pytest.mark.parametrize(
    "value", ["", "é", "日本", "😀", "\\ud83d", "\x00", 1, 1.5, True, None, ["a", {"b": 1}], {"k": ("x",)}], ids=ascii
)
def test_everything_else_is_fine(value: Any) -> None:
    check_value('"name" of Task', value)


@pytest.mark.parametrize("value", [["a", NAME], {"a": [NAME]}, {NAME: 1}, [{"a": (1, float("nan"))}]], ids=ascii)
def test_parts_of_a_value_are_looked_at(value: Any) -> None:
    with pytest.raises(errors.UnsendableValueError):
        check_value('"data" of Job', value)


def test_long_texts_are_not_shown_at_length() -> None:
    with pytest.raises(errors.UnsendableValueError) as caught:
        check_value('"comment" of AssetVersion', NAME * 1000)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", [NAME, "\ud83d"], ids=ascii)
def test_a_question_with_it_is_refused_before_it_is_sent(text: str, session: Session) -> None:
    with pytest.raises(errors.UnsendableValueError, match="A value that is sent"):
        Query(Shot, session=session).by_name(text).get_all()
    with pytest.raises(errors.UnsendableValueError):
        session.query(f'Shot where name is "{text}"').all()


def test_a_call_by_hand_with_it_is_refused_before_it_is_sent() -> None:
    server = FakeServer()
    session = Mounting(server).ours()
    assert session.types
    before = len(server.requests)
    creation = {"action": "create", "entity_type": "Scope", "entity_key": ["s"], "entity_data": {"name": NAME}}
    with pytest.raises(errors.UnsendableValueError, match=r"sent \(create Scope\)"):
        session.call([{"action": "query", "expression": "Scope"}, creation])
    assert len(server.requests) == before


def test_text_with_pairs_and_with_the_word_nan_arrives(session: Session, server: EmbeddedServer) -> None:
    found = shots(session)
    found[0].description = "😀 NaN Infinity \\ud83d"
    session.commit()
    with Session(server_url=server) as fresh:
        assert Query(Shot, session=fresh).by_id(found[0].id[0]).get_one(projections=["description"]).description == [
            "😀 NaN Infinity \\ud83d"
        ]


def test_values_that_no_attribute_takes_are_told_with_the_nearest_name(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    task = session.create("Task", {"nmae": "anim", "name": "comp"})
    assert task["name"] == "comp"
    assert 'Task has no attribute "nmae", so the value that was given for it is left out. Did you mean "name"?' in (
        caplog.text
    )
