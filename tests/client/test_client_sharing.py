"""Sessions of one process share what a server says of its schema, and the classes made of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client_support import FakeServer, Mounting, in_threads, information, schemas
from ftrack_api.event.base import Event
from ftrack_api.event.subscription import Subscription
from ftrack_api.exception import NotUniqueError, ParseError
from hypothesis import example, given
from hypothesis import strategies as st

from library.ctrl_c import Lines, interrupting
from trackteroid.client.events import _Subscription
from trackteroid.client.shared_schemas import made_types

PLATE = {"id": "Plate", "properties": {"id": {"type": "string"}}, "primary_key": ["id"]}

PLUGIN = """
import ftrack_api.entity.factory


def make(event):
    if event["data"]["schema"]["id"] == "Shot":
        made = ftrack_api.entity.factory.StandardFactory().create(event["data"]["schema"])
        made.cut = "a cut of the studio"
        return made


def register(session):
    session.event_hub.subscribe("topic=ftrack.api.session.construct-entity-type", make)
"""


def called(hash_: str, *more: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """Return what a server answers whose schema has this hash, and these types besides the recorded ones."""

    def answer(operation: dict[str, Any]) -> Any:
        if operation["action"] == "query_server_information":
            return information() | {"schema_hash": hash_}
        return [*schemas(), *more]

    return answer


def actions(server: FakeServer) -> list[str]:
    return [operation["action"] for batch in server.requests for operation in batch]


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    server.starting = called("a schema of its own")
    return server


def test_only_the_first_session_of_a_process_asks_for_a_schema(server: FakeServer) -> None:
    first, second = Mounting(server).ours(), Mounting(server).ours()
    assert first.types["Shot"] is second.types["Shot"]
    assert first.types is not second.types
    assert actions(server).count("query_schemas") == 1


def test_classes_are_made_when_they_are_asked_for(server: FakeServer) -> None:
    session, stock = Mounting(server).ours(), Mounting(server).stock()
    assert "Shot" in session.types
    assert "Shoot" not in session.types
    assert session.types.get("Shoot") is None
    with pytest.raises(KeyError, match="Shoot"):
        session.types["Shoot"]
    made = session.types["Shot"]
    assert session.types.get("Shot") is made
    assert len(made_types(session.types)) < 5, "those of locations, which ftrack_api makes, and this one"
    assert list(session.types) == list(stock.types)
    assert session.types["Shot"] is made
    assert dict(session.types) == session.types
    assert [each.entity_type for each in session.types.values()] == list(stock.types)


@pytest.mark.parametrize(
    "change",
    [
        lambda types: types.pop("Shot"),
        lambda types: types.__delitem__("Shot"),
        lambda types: types.update(Shot=types["Task"]),
        lambda types: types.__setitem__("Shot", types["Task"]),
        lambda types: types.clear(),
    ],
)
def test_whoever_changes_the_types_of_a_session_changes_those_of_no_other(
    server: FakeServer, change: Callable[[Any], Any]
) -> None:
    session, other = Mounting(server).ours(), Mounting(server).ours()
    before = other.types["Shot"]
    change(session.types)
    assert session.types.get("Shot") is not before
    assert other.types["Shot"] is before


def test_threads_that_ask_at_once_get_the_same_class(server: FakeServer) -> None:
    sessions = [Mounting(server).ours() for _ in range(2)]
    types = [session.types for session in sessions]
    found = in_threads(4, lambda: [each[schema["id"]] for schema in schemas() for each in types])
    assert all(each == found[0] for each in found)


def test_who_asks_while_another_thread_looks_at_all_gets_the_class(server: FakeServer) -> None:
    types = Mounting(server).ours().types
    made, seen = types["Shot"], []
    look = types.shared.make

    def asked(name: str) -> Any:
        seen.append(types["Shot"])
        return look(name)

    types.shared.make = asked
    in_threads(2, lambda: [len(types), *(seen.append(types["Shot"]) for _ in range(2_000))])
    assert set(seen) == {made}


def test_types_that_were_interrupted_while_all_were_made_are_all_there(server: FakeServer) -> None:
    types = Mounting(server).ours().types
    made = types["Shot"]
    types.fill()
    lines, counted = Lines(), Mounting(server).ours().types
    with interrupting(lines):
        counted.fill()
    for moment in range(max(1, lines.count - 12), lines.count + 1):
        again = Mounting(server).ours().types
        with interrupting(Lines(moment)):
            again.fill()
        assert again["Shot"] is made
        assert list(again) == [each["id"] for each in schemas()]


def test_another_schema_is_another_one(server: FakeServer) -> None:
    first = Mounting(server).ours()
    assert "Plate" not in first.types
    server.starting = called("with plates", PLATE)
    second = Mounting(server).ours()
    assert "Plate" in second.types
    first.reconnect()
    assert "Plate" in first.types


def test_a_server_that_says_no_hash_is_asked_each_time() -> None:
    server = FakeServer()
    server.starting = lambda operation: (
        {name: value for name, value in information().items() if name != "schema_hash"}
        if operation["action"] == "query_server_information"
        else schemas()
    )
    for _ in range(2):
        assert "Shot" in Mounting(server).ours().types
    assert actions(server).count("query_schemas") == 2


def test_classes_that_a_plugin_makes_are_those_of_its_session(server: FakeServer, tmp_path: Path) -> None:
    (tmp_path / "plugin.py").write_text(PLUGIN)
    before = Mounting(server).ours()
    studio = Mounting(server).ours(plugin_paths=[str(tmp_path)])
    after = Mounting(server).ours()
    assert studio.types["Shot"].cut == "a cut of the studio"
    assert not hasattr(before.types["Shot"], "cut")
    assert before.types["Shot"] is after.types["Shot"]


def test_a_file_of_the_schema_is_still_written(server: FakeServer, tmp_path: Path) -> None:
    assert "Shot" in Mounting(server).ours().types
    assert "Shot" in Mounting(server).ours(schema_cache_path=str(tmp_path)).types
    assert (tmp_path / "ftrack_api_schema_cache.json").exists()


@pytest.mark.parametrize("subscription", ["topic", "topic=", "topic=a b", "topic=a and", 'topic=a and data.x="', "or"])
def test_subscriptions_that_mean_nothing_are_refused_at_once(server: FakeServer, subscription: str) -> None:
    with pytest.raises(ParseError):
        Mounting(server).ours().event_hub.subscribe(subscription, print)


def test_a_subscriber_has_one_identifier(server: FakeServer) -> None:
    hub = Mounting(server).ours().event_hub
    assert hub.subscribe("topic=a", print, {"id": "me"}) == "me"
    with pytest.raises(NotUniqueError):
        hub.subscribe("topic=b", print, {"id": "me"})


WORDS = st.sampled_from(["a", "b", "a*", "a.b", "and", "or", "not", "topic", "1"])
PLACES = st.sampled_from(["topic", "data.x", "data.y.z", "source.id", "and.x"])
CONDITIONS = st.builds("{}{}{}".format, PLACES, st.sampled_from(["=", "!=", " = "]), WORDS | WORDS.map('"{}"'.format))
JOINED = st.lists(CONDITIONS, min_size=1, max_size=3).flatmap(
    lambda each: st.sampled_from([" and ", " or ", " AND ", " and not ", "  and "]).map(lambda word: word.join(each))
)
EVENTS = st.builds(
    lambda topic, x, z: Event(topic=topic, data={"x": x, "y": {"z": z}}, source={"id": x}), WORDS, WORDS, WORDS
)


@example(text="topic=a and data.x=b", event=Event(topic="a", data={"x": "b"}))
@given(text=JOINED, event=EVENTS)
def test_subscriptions_mean_what_they_mean_to_the_official_client(text: str, event: Event) -> None:
    try:
        expected = Subscription(text).includes(event)
    except ParseError:
        with pytest.raises(ParseError):
            _Subscription(text)
    else:
        assert _Subscription(text).includes(event) == expected
        assert str(_Subscription(text)) == text
