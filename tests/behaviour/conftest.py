"""What users see, tried on the demo production: the same tests in process and, in `make test-slow`, over HTTP.

One server holds the demo production, which no test changes: `session` and `near` ask it, `fresh` too, without
remembering what earlier tests loaded. A second server is for tests that change things, each in a `project` of its own:
`author` changes, `other` looks whether it arrived.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from behaviour_world import PLAIN

from demo_servers import demo_server
from selections import slow
from trackteroid import PROJECT_SCHEMAS, Asset, AssetVersion, Folder, Project, Query, Sequence, Session, Shot, Task
from trackteroid.server import EmbeddedServer

Connect = Callable[..., Session]


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def workshop() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://")
    yield server
    server.close()


@contextmanager
def _connecting(server: EmbeddedServer, transport: str) -> Iterator[Connect]:
    if transport == "in process":
        yield lambda **options: Session(server_url=server, **PLAIN, **options)
        return
    with server.listening() as url:
        credentials = {"server_url": url, "api_user": server.username, "api_key": server.api_key}
        yield lambda **options: Session(**credentials, **PLAIN, **options)


@pytest.fixture(scope="session", params=["in process", slow("http")])
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def _to_the_demo(server: EmbeddedServer, transport: str) -> Iterator[Connect]:
    with _connecting(server, transport) as connect:
        yield connect


@pytest.fixture(scope="session")
def _reading(_to_the_demo: Connect) -> Iterator[Session]:
    with _to_the_demo() as session:
        yield session


@pytest.fixture
def session(_reading: Session) -> Iterator[Session]:
    """A session to ask the demo production with, shared by all tests. None may leave a change behind."""
    yield _reading
    left = len(_reading.recorded_operations)
    _reading.rollback()
    assert left == 0, "the test left changes pending in the session that everybody reads with"


@pytest.fixture(scope="session")
def connect(workshop: EmbeddedServer, transport: str) -> Iterator[Connect]:
    """Makes sessions with the server that may be changed."""
    with _connecting(workshop, transport) as connect:
        yield connect


@pytest.fixture(scope="session")
def _writing(connect: Connect) -> Iterator[Session]:
    with connect() as session:
        yield session


@pytest.fixture
def author(_writing: Session) -> Iterator[Session]:
    """A session that may change things; what a test did not commit is taken back."""
    yield _writing
    _writing.rollback()


@pytest.fixture(scope="session")
def _watching(connect: Connect) -> Iterator[Session]:
    with connect() as session:
        yield session


@pytest.fixture
def other(_watching: Session) -> Iterator[Session]:
    """A second session, which sees only what reached the server."""
    yield _watching
    _watching.rollback()


@pytest.fixture
def name() -> str:
    """A name nobody has used yet."""
    return f"name-{uuid.uuid4().hex}"


@pytest.fixture
def project(author: Session, name: str) -> Any:
    """A fresh project with one folder, as `author` sees it."""
    author.create(
        "Project", {"name": name, "full_name": name, "project_schema": PROJECT_SCHEMAS.get("VFX", session=author)}
    )
    author.commit()
    found = Query(Project, session=author).by_name(name).get_one()
    found.children[Folder].create(name="folder")
    author.commit()
    return found


@pytest.fixture
def shot(author: Session, project: Any) -> Any:
    """A fresh shot, with everything about it loaded that these tests set."""
    sequence = project.children[Sequence].create(name="sq010")
    sequence.children[Shot].create(name="sh010")
    author.commit()
    return (
        Query(Shot, session=author)
        .by_id(Project, *project.id)
        .get_one(projections=["parent", "status", "custom_attributes", "metadata", "description", "notes", "assets"])
    )


@pytest.fixture
def version(author: Session, shot: Any) -> Any:
    """A fresh version of a fresh asset below the shot."""
    task = shot.children[Task].create(name="comp", type="Compositing")
    asset = shot.assets.create(name="plate", type="Nuke Script")
    asset.versions.create(task=task)
    author.commit()
    return (
        Query(AssetVersion, session=author)
        .by_id(Asset, *asset.id)
        .get_one(projections=["task", "asset", "comment", "metadata", "is_published", "date", "user", "uses_versions"])
    )


@pytest.fixture
def stored(other: Session) -> Callable[[Any, str], Any]:
    """Reads an attribute of a collection as the server has it."""

    def read(collection: Any, attribute: str) -> Any:
        found = Query(collection.entity_type, session=other).by_id(*collection.id).get_all(projections=[attribute])
        for step in attribute.split("."):
            found = getattr(found, step)
        return found

    return read


@pytest.fixture(scope="session")
def _near(_to_the_demo: Connect) -> Iterator[Session]:
    with _to_the_demo() as session:
        yield session


@pytest.fixture
def near(_near: Session) -> Iterator[Session]:
    """A session for tests that leave something pending in it, which is taken back."""
    yield _near
    _near.rollback()


@pytest.fixture
def fresh(_to_the_demo: Connect) -> Iterator[Session]:
    """A session that knows nothing yet: for what is loaded when."""
    with _to_the_demo() as session:
        yield session
        session.recorded_operations.clear()


@pytest.fixture
def requests_of() -> Callable[[Session], AbstractContextManager[list[str]]]:
    """Lists what a session asks its server for in a block: one action per entry."""

    @contextmanager
    def listening(session: Session) -> Iterator[list[str]]:
        asked: list[str] = []
        call = session.call

        def counting(data: Any) -> Any:
            asked.extend(each["action"] for each in data)
            return call(data)

        session.call = counting  # type: ignore[method-assign]
        try:
            yield asked
        finally:
            del session.call  # type: ignore[misc]

    return listening


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [each for each in os.environ if each.startswith(("FTRACK_", "TRACKTEROID_"))]:
        monkeypatch.delenv(variable)
