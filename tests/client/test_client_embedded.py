"""Sessions whose server runs in this process."""

import gc
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from client_support import start_up
from ftrack_api.exception import AccessorOperationFailedError, AccessorUnsupportedOperationError
from ftrack_api.symbol import SERVER_LOCATION_ID

from trackteroid import errors
from trackteroid.client.arguments import is_embedded
from trackteroid.client.inprocess import servers
from trackteroid.session import Session


class FakeEmbeddedServer:
    """Has the interface of `trackteroid.server.EmbeddedServer`; keeps component data in a dictionary."""

    made: list["FakeEmbeddedServer"] = []

    def __init__(self, database_url: str, user: str | None = None) -> None:
        if user == "nobody":
            raise DatabaseError(f'The database has no user "{user}".')
        self.database_url, self.username, self.api_key = database_url, user or "demo", "embedded-key"
        self.files: dict[str, bytes] = {}
        self.headers: dict[bytes, bytes] = {}
        self.closed = 0
        self.made.append(self)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        self.headers = dict(scope["headers"])
        status, content = self.respond(scope, body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": content})

    def respond(self, scope: Any, body: bytes) -> tuple[int, bytes]:
        if scope["path"] == "/api":
            return 200, json.dumps([self.answer(operation) for operation in json.loads(body)]).encode()
        if b"apiKey=embedded-key" not in scope["query_string"] and scope["method"] != "PUT":
            return 403, b""
        if scope["method"] == "PUT":
            self.files[scope["path"].rpartition("/")[2]] = body
            return 200, b""
        name = scope["query_string"].decode().partition("id=")[2].partition("&")[0]
        content = self.files.pop(name, None) if scope["path"].endswith("remove") else self.files.get(name)
        return (404, b"") if content is None else (200, content)

    def answer(self, operation: dict[str, Any]) -> Any:
        if operation["action"] == "get_upload_metadata":
            address = f"http://{self.headers[b'host'].decode()}/upload/{operation['component_id']}"
            return {"url": address, "component_id": operation["component_id"], "headers": {}}
        if operation["action"] == "query":
            row = {"__entity_type__": "FileComponent", "id": "c1", "name": "plate", "file_type": ".exr"}
            return {"action": "query", "data": [row], "metadata": {"next": {"offset": None}}}
        return start_up(operation)

    def close(self) -> None:
        self.closed += 1


class DatabaseError(Exception):
    pass


@pytest.fixture(autouse=True)
def _environment(old_objects_aside: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("FTRACK_SERVER", "FTRACK_API_KEY", "FTRACK_APIKEY", "FTRACK_API_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FTRACK_API_SCHEMA_CACHE_PATH", str(tmp_path))
    monkeypatch.setenv("FTRACK_EVENT_PLUGIN_PATH", "")
    before, threads = set(servers._running), set(threading.enumerate())  # those of other tests in this process
    yield
    gc.collect()
    assert set(servers._running) <= before, "a session kept its server"
    assert "trackteroid-asgi" not in [thread.name for thread in threading.enumerate() if thread not in threads]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[FakeEmbeddedServer]:
    """The servers that sessions started."""
    module = SimpleNamespace(EmbeddedServer=FakeEmbeddedServer, DatabaseError=DatabaseError)
    monkeypatch.setitem(sys.modules, "trackteroid.server", module)
    monkeypatch.setattr(FakeEmbeddedServer, "made", servers := [])
    return servers


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sqlite://", True),
        ("sqlite:///file.db", True),
        ("postgresql://ada@db/ftrack", True),
        ("postgresql+psycopg://db/ftrack", True),
        (FakeEmbeddedServer("sqlite://"), True),
        ("https://ftrack.example.com", False),
        ("ftrack.example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_a_database_is_told_from_an_address(address: Any, expected: bool) -> None:
    assert is_embedded(address) is expected


def test_a_session_on_a_database_needs_no_credentials(made: list[FakeEmbeddedServer]) -> None:
    with Session(server_url="sqlite://") as session:
        assert made == []
        assert session.query("select name from FileComponent").one()["name"] == "plate"
        assert (session.api_user, session.api_key) == ("demo", "embedded-key")
        assert session.database_url == "sqlite://"
        assert session.server_url.endswith(".trackteroid.invalid")
        assert repr(session) == "<Session of sqlite://, connected>"
    assert [server.closed for server in made] == [1]


def test_the_users_name_is_passed_on(made: list[FakeEmbeddedServer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_API_USER", "grace")
    monkeypatch.setenv("FTRACK_API_KEY", "the key of another server")
    monkeypatch.setenv("FTRACK_SERVER", "sqlite://")
    for arguments, expected in (({}, b"grace"), ({"api_user": "ada"}, b"ada")):
        with Session(**arguments) as session:
            assert session.types
        assert made[-1].headers[b"ftrack-user"] == expected
        assert made[-1].headers[b"ftrack-api-key"] == b"embedded-key"


def test_sessions_on_one_file_share_one_server_until_the_last_leaves(
    made: list[FakeEmbeddedServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = Session(server_url="sqlite:///a.db"), Session(server_url=f"sqlite:///{tmp_path / 'a.db'}")
    assert first.server_url == second.server_url
    assert len(made) == 1
    first.close()
    assert made[0].closed == 0
    assert second.query("FileComponent").first()
    second.close()
    assert made[0].closed == 1


def test_every_database_in_memory_is_a_server_of_its_own(made: list[FakeEmbeddedServer]) -> None:
    with Session(server_url="sqlite://") as first, Session(server_url="sqlite://") as second:
        assert first.server_url != second.server_url
    assert len(made) == 2


def test_a_server_object_is_shared_and_left_open() -> None:
    server = FakeEmbeddedServer("sqlite://")
    with Session(server_url=server) as first, Session(server_url=server) as second:
        assert first.server_url == second.server_url
    assert server.closed == 0


def test_a_forgotten_session_gives_its_server_back(made: list[FakeEmbeddedServer]) -> None:
    session = Session(server_url="sqlite://")
    assert session.types
    running = session._lease
    assert running is not None
    running.release()
    assert made[0].closed == 1


def test_reconnecting_keeps_the_database_in_memory(made: list[FakeEmbeddedServer]) -> None:
    with Session(server_url="sqlite://") as session:
        before = session.server_url
        session.reconnect()
        assert session.server_url == before
        assert len(made) == 1
        session.reconnect(server_url="sqlite:///:memory:")
        assert [server.closed for server in made] == [1, 0]


def test_the_same_database_has_the_same_address_in_every_process(
    made: list[FakeEmbeddedServer], tmp_path: Path
) -> None:
    addresses = []
    for _ in range(2):
        with Session(server_url=f"sqlite:///{tmp_path / 'a.db'}") as session:
            addresses.append(session.server_url)
    assert addresses[0] == addresses[1]
    assert len(made) == 2


def test_a_database_that_cannot_be_used_is_an_error_of_the_family(made: list[FakeEmbeddedServer]) -> None:
    with pytest.raises(errors.UnusableDatabaseError, match='no user "nobody"') as caught:
        _ = Session(server_url="sqlite://", api_user="nobody").types
    assert isinstance(caught.value, errors.NotConnectedError)


def test_a_missing_server_extra_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['sqlalchemy'] = None; sys.modules['orjson'] = None\n"
        "from trackteroid.session import Session\n"
        "try: Session(server_url='sqlite://').types\n"
        "except ImportError as error: print(type(error).__name__, error)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output.startswith("MissingServerExtraError")
    assert 'pip install "trackteroid[server]"' in output


def test_a_server_in_this_process_without_an_event_hub_says_that_events_stay_here(
    made: list[FakeEmbeddedServer], caplog: pytest.LogCaptureFixture
) -> None:
    with Session(server_url="sqlite://", auto_connect_event_hub=True) as session:
        assert session.types
    assert "Events cannot be exchanged with other processes" in caplog.text


def test_component_data_goes_through_the_same_transport(made: list[FakeEmbeddedServer]) -> None:
    with Session(server_url="sqlite://") as session:
        accessor = session.get("Location", SERVER_LOCATION_ID).accessor
        assert session.query("FileComponent").one()["id"] == "c1"
        with closing(accessor.open("c1", "wb")) as file:
            file.write(b"pixels" * 100_000)
        assert made[0].files == {"c1": b"pixels" * 100_000}
        assert content(accessor) == b"pixels" * 100_000
        accessor.remove("c1")
        assert made[0].files == {}
        for use in (content, lambda accessor: accessor.remove("c1")):
            with pytest.raises(AccessorOperationFailedError, match="status 404") as caught:
                use(accessor)
            assert "embedded-key" not in str(caught.value)


@pytest.mark.parametrize("method", ["get_url", "get_thumbnail_url"])
def test_a_server_without_a_port_says_that_nobody_can_open_an_address(
    made: list[FakeEmbeddedServer],
    method: str,
) -> None:
    with Session(server_url="sqlite://") as session:
        accessor = session.get("Location", SERVER_LOCATION_ID).accessor
        with pytest.raises(AccessorUnsupportedOperationError, match=r"no address.*components\.open.*trackteroid serve"):
            getattr(accessor, method)("c1")


def content(accessor: Any) -> bytes:
    with closing(accessor.open("c1")) as file:
        return file.read()


def test_the_real_embedded_server_answers(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("orjson")
    address = f"sqlite:///{tmp_path / 'production.db'}"
    with Session(server_url=address) as session, Session(server_url=address) as other:
        user = session.create("User", {"username": "grace"})
        session.commit()
        assert other.query('select username from User where username is "grace"').one()["id"] == user["id"]


@pytest.mark.slow
def test_a_program_that_ends_without_closing_its_session_says_nothing() -> None:
    code = "from trackteroid import Query, Session, Shot; s = Session(server_url='sqlite://?demo')\n"
    code += "print(len(Query(Shot, s).get_all()) > 0)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("True\n", "")
