"""Programs, plugins and habits from ftrack_api find what they expect in our session."""

import copy
import gc
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import ftrack_api
import ftrack_api.session
import pytest
from client_servers import Answering
from client_support import CREDENTIALS, FakeServer, Mounting, in_threads, mounted
from ftrack_api.session import Session as ImportedEarly

from demo_servers import demo_server
from trackteroid import AssetVersion, Query, Scope, Shot, Task, errors
from trackteroid.entities import Entity
from trackteroid.session import Session, replace_ftrack_api_sessions

TOOL = "def register(session):\n    session.my_tool = lambda: 'works'\n    session._private_tool = 1\n"


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def plugins(tmp_path: Path) -> str:
    (tmp_path / "plugin.py").write_text(TOOL, encoding="utf-8")
    return str(tmp_path)


# Arguments.


def test_all_arguments_of_ftrack_api_are_taken_by_position(monkeypatch: pytest.MonkeyPatch) -> None:
    names = list(inspect.signature(ftrack_api.Session).parameters)
    given = ["https://studio.example", "key", "user", True, [], None, None, False, False, {}, 7, {}, {}, True]
    reached: dict[str, Any] = {}
    monkeypatch.setattr(ftrack_api.Session, "__init__", lambda _self, **arguments: reached.update(arguments))
    with pytest.raises(AttributeError):  # the initialiser that would set it does nothing here
        _ = Session(*given).types
    assert reached == dict(zip(names, given, strict=True))


def test_what_is_ours_alone_is_given_by_name() -> None:
    ours = [each for each in inspect.signature(Session).parameters.values() if each.kind is each.KEYWORD_ONLY]
    assert {each.name for each in ours} >= {"reuse_query_results", "retries"}
    assert not {each.name for each in ours} & set(inspect.signature(ftrack_api.Session).parameters)


def test_a_class_of_a_studio_that_passes_ten_on_works(server: FakeServer, plugins: str) -> None:
    class Studio(Session):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)

    session = mounted(Studio, server)(*CREDENTIALS.values(), True, [plugins], None, None, False, False, None)
    assert session.my_tool() == "works"
    assert session.auto_populate
    session.close()


# Plugins.


@pytest.mark.parametrize("name", ["my_tool", "_private_tool"])
def test_what_a_plugin_adds_is_there_at_once(name: str, server: FakeServer, plugins: str) -> None:
    session = Mounting(server).ours(plugin_paths=[plugins])
    assert not session.connected
    assert getattr(session, name)
    assert session.connected
    session.close()


def test_a_plugin_is_found_by_hasattr(server: FakeServer, plugins: str) -> None:
    session = Mounting(server).ours(plugin_paths=[plugins])
    assert hasattr(session, "my_tool")
    assert not hasattr(session, "your_tool")
    session.close()


def test_a_plugin_is_loaded_once_by_several_threads(server: FakeServer, plugins: str) -> None:
    session = Mounting(server).ours(plugin_paths=[plugins])
    tools = in_threads(8, lambda: session.my_tool)
    assert {id(tool) for tool in tools} == {id(session.my_tool)}
    session.close()


def test_what_was_set_before_connecting_is_no_reason_to_connect(server: FakeServer) -> None:
    session = Mounting(server).ours()
    session.own = 1
    assert session.own == 1
    assert not session.connected


def test_a_session_that_cannot_connect_says_so_instead_of_knowing_nothing() -> None:
    with pytest.raises(errors.UnreachableServerError):
        _ = Session("http://127.0.0.1:9", "key", "ada").my_tool


def test_a_closed_session_does_not_connect_for_an_unknown_name(server: FakeServer) -> None:
    session = Mounting(server).ours()
    session.close()
    assert not hasattr(session, "my_tool")
    assert server.requests == []


PROBES = [
    "__array__", "__wrapped__", "__fspath__", "__deepcopy__", "__rich_repr__", "__getstate_x__",
    "_repr_html_", "_repr_mimebundle_", "_repr_pretty_", "_ipython_display_", "_ipython_key_completions_",
    "_ipython_canary_method_should_not_exist_", "_pytestfixturefunction", "_mock_methods", "_asdict", "_fields",
    "_sympy_",
]  # fmt: skip


@pytest.mark.parametrize("name", PROBES)
def test_what_tools_look_for_on_every_object_does_not_connect(name: str, server: FakeServer) -> None:
    session = Mounting(server).ours()
    assert not hasattr(session, name)
    assert not session.connected
    assert server.requests == []


@pytest.mark.parametrize(
    "look",
    [
        copy.copy,
        repr,
        dir,
        lambda session: mock.create_autospec(ftrack_api.Session, instance=True) == session,
        lambda session: inspect.unwrap(session),
        lambda session: inspect.getattr_static(session, "x", None),
        lambda session: callable(session),
        lambda session: {session: 1},
        lambda session: f"{session}",
        lambda session: gc.get_referrers(session) and None,
    ],
)
def test_looking_does_not_connect(look: Callable[[Session], Any], server: FakeServer) -> None:
    session = Mounting(server).ours()
    look(session)
    assert not session.connected
    assert server.requests == []


def test_a_class_that_reads_its_own_options_while_it_is_made_does_not_connect(server: FakeServer) -> None:
    class Studio(Session):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.before = hasattr(self, "option")
            super().__init__(*args, **kwargs)

    session = mounted(Studio, server)(**CREDENTIALS)
    assert session.before is False
    assert not session.connected


# Programs that make their own sessions.


@pytest.fixture(scope="module")
def address() -> Iterator[dict[str, str]]:
    server = demo_server()
    with server.listening() as url:
        yield {"server_url": url, "api_key": server.api_key, "api_user": server.username}
    server.close()


def made(kind: Callable[..., Any], address: dict[str, str], **arguments: Any) -> Any:
    return kind(**address, plugin_paths=[], schema_cache_path=False, **arguments)


NAMES: dict[str, Callable[[], Any]] = {
    "ftrack_api.Session": lambda: ftrack_api.Session,
    "ftrack_api.session.Session": lambda: ftrack_api.session.Session,
    "imported before": lambda: ImportedEarly,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_existing_programs_get_our_session_under_every_name(name: Any, address: dict[str, str]) -> None:
    with replace_ftrack_api_sessions():
        session = made(name(), address)
    assert isinstance(session, Session)
    assert isinstance(session, name())
    assert session.connected, "errors and plugins come when they do with ftrack_api"
    assert session.auto_populate
    assert session.query('Shot where name is "bc0040"').one()["project"]["name"]
    session.close()
    after = made(name(), address)
    assert type(after) is ftrack_api.Session
    after.close()


def test_arguments_are_taken_by_position_and_as_they_are(address: dict[str, str]) -> None:
    with replace_ftrack_api_sessions():
        positional = ftrack_api.Session(*address.values(), False, [], schema_cache_path=False)
        named = made(ftrack_api.Session, address, auto_populate=False, timeout=7)
    assert (positional.auto_populate, named.auto_populate, named.request_timeout) == (False, False, 7)
    positional.close()
    named.close()


def test_a_refusal_is_raised_where_the_session_is_made(address: dict[str, str]) -> None:
    with replace_ftrack_api_sessions(), pytest.raises(ftrack_api.exception.ServerError):
        made(ftrack_api.Session, {**address, "api_key": "wrong"})


def test_blocks_inside_of_each_other_and_ends_in_any_order_leave_nothing(address: dict[str, str]) -> None:
    initialiser = ftrack_api.Session.__init__
    first, second, third = (replace_ftrack_api_sessions() for _ in range(3))
    first.undo()
    second.undo()
    second.undo()
    session = made(ftrack_api.Session, address)
    assert isinstance(session, Session)
    session.close()
    with third:
        pass
    assert ftrack_api.Session.__init__ is initialiser


def test_a_block_that_raises_ends_too() -> None:
    initialiser = ftrack_api.Session.__init__
    with pytest.raises(ZeroDivisionError), replace_ftrack_api_sessions():
        _ = 1 / 0
    assert ftrack_api.Session.__init__ is initialiser


def test_a_class_of_the_studio_can_be_the_replacement(address: dict[str, str]) -> None:
    class Studio(Session):
        """With something of its own."""

    with replace_ftrack_api_sessions(Studio):
        studio = made(ftrack_api.Session, address)
        with replace_ftrack_api_sessions():
            inner = made(ftrack_api.Session, address)
        again = made(ftrack_api.Session, address)
    assert [isinstance(each, Studio) for each in (studio, inner, again)] == [True, False, True]
    for each in (studio, inner, again):
        each.close()


def test_sessions_that_are_not_ftrack_apis_own_class_are_left_alone(address: dict[str, str]) -> None:
    class Own(ftrack_api.Session):
        """Somebody's own."""

    with replace_ftrack_api_sessions():
        own, ours = made(Own, address), made(Session, address)
        assert type(own) is Own
        assert not ours.connected, "ours waits as always"
        stock = copy.copy(own)
    assert type(stock) is Own
    own.close()


def test_the_signature_stays() -> None:
    before = inspect.signature(ftrack_api.Session)
    with replace_ftrack_api_sessions():
        assert inspect.signature(ftrack_api.Session) == before


# What the session holds.


def test_what_a_session_holds_comes_by_type(address: dict[str, str]) -> None:
    session = made(Session, address)
    shots = Query(Shot, session=session).by_name("bc00%").get_all(projections=[AssetVersion])
    with session.profile() as profile:
        held = session.get_cached_collections()
    assert profile.requests == 0
    assert held[Shot] == shots
    assert sorted(held[AssetVersion].keys()) == sorted(shots.AssetVersion.keys())
    assert not held[Task]
    assert str(held[Task]) == "EmptyCollection[Task]"
    assert all(issubclass(entity_type, Entity) for entity_type in held)
    assert {entity_type.__name__ for entity_type in held} >= set(session.types)
    assert held[Shot].AssetVersion == shots.AssetVersion, "they know the relations of queries"
    session.close()


def test_what_was_created_is_held_too(address: dict[str, str]) -> None:
    session = made(Session, address)
    session.create("Scope", {"name": "new"})
    held = session.get_cached_collections()
    assert held[Scope].name == ["new"]
    session.rollback()
    session.close()


def test_a_session_of_another_server_is_no_obstacle() -> None:
    with Answering(200, "application/json", b"[]") as answering, pytest.raises(errors.NotConnectedError):
        Session(answering.url, "key", "ada", schema_cache_path=False).get_cached_collections()
