"""Who asks for a status, a type, a user or a project that does not exist is told so, and what was probably meant."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_session import FakeSession, FakeTrackteroidSession, record

from demo_servers import demo_server
from trackteroid import (
    Asset,
    AssetVersion,
    Note,
    NoteCategory,
    Priority,
    Project,
    Query,
    Session,
    Shot,
    Status,
    Task,
    Type,
)
from trackteroid.errors import NoResultFoundError

Build = Callable[[Any], Any]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """The demo production."""
    server = demo_server()
    with Session(server_url=server, plugin_paths=[]) as session:
        yield session
    server.close()


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What queries warn of, after the sentence that they found nothing."""
    caplog.set_level(logging.WARNING, "trackteroid")

    def read() -> list[str]:
        found = [each.getMessage().partition("returned no results.")[2].strip() for each in caplog.records]
        caplog.clear()
        return [each for each in found if each]

    return read


def requests(session: Any, text: str) -> int:
    return sum(text in each["expression"] for batch in session.requests for each in batch)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda q: q(AssetVersion).by_status("Aproved"),
            'The server has no Status called "Aproved". Did you mean "Approved"?',
        ),
        (
            lambda q: q(AssetVersion).by_status("Aprov%"),
            'The server has no Status that matches "Aprov%". Did you mean "Approved"?',
        ),
        (
            lambda q: q(Task).by_status("Aproved", "Approved").by_name("nothing"),
            'The server has no Status called "Aproved". Did you mean "Approved"?',
        ),
        (lambda q: q(Task).by_state("Don"), 'The server has no State called "Don". Did you mean "Done"?'),
        (
            lambda q: q(Task).by_type("Compositting"),
            'The server has no Type called "Compositting". Did you mean "Compositing"?',
        ),
        (lambda q: q(Asset).by_type("Geo"), 'The server has no AssetType called "Geo".'),
        (
            lambda q: q(Shot).by_name(Project, "DumyProject"),
            'The server has no Project called "DumyProject". Did you mean "DummyProject" or "DummyProject2"?',
        ),
        (
            lambda q: q(Project).by_name("dummy"),
            'The server has no Project called "dummy". It has: DummyProject, DummyProject2, showroom, sync.',
        ),
        (lambda q: q(Task).by_assignee("lenaa"), 'The server has no User called "lenaa". Did you mean "lena"?'),
        (lambda q: q(AssetVersion).by_publisher("oscar"), 'The server has no User called "oscar".'),
        (lambda q: q(Note).by_name(NoteCategory, "Internl"), 'The server has no NoteCategory called "Internl".'),
        (lambda q: q(AssetVersion).by_status(Task, "Aproved"), 'The server has no Status called "Aproved".'),
        (lambda q: q(Task).where(Task.Status.name == "Aproved"), 'The server has no Status called "Aproved".'),
        (lambda q: q(Shot).where(Priority.name.in_("Urgentt", "Hgh")), 'The server has no Priority called "Urgentt".'),
        (lambda q: q(Type).by_name("Compositting"), 'The server has no Type called "Compositting".'),
    ],
)
def test_a_value_that_names_nothing_is_told_with_what_was_meant(
    session: Session, warned: Callable[[], list[str]], build: Build, message: str
) -> None:
    assert not build(lambda entity_type: Query(entity_type, session)).get_all()
    (found,) = warned()
    assert found.startswith(message)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda q: q(AssetVersion).by_status("approved").by_version(77), id="as the server compares"),
        pytest.param(lambda q: q(AssetVersion).by_status("App%", "%").by_version(77), id="patterns that match"),
        pytest.param(lambda q: q(Task).not_by_status("Aproved").by_name("nothing"), id="what is excluded"),
        pytest.param(lambda q: q(Task).where(Task.name == "Aproved"), id="names of what there are many of"),
        pytest.param(lambda q: q(Task).by_status(None).by_name("nothing"), id="no value"),
        pytest.param(lambda q: q(Task).by_status(*[]), id="no values"),
        pytest.param(lambda q: q(Task).inject('name is "nothing"'), id="text"),
    ],
)
def test_nothing_is_said_of_anything_else(session: Session, warned: Callable[[], list[str]], build: Build) -> None:
    assert not build(lambda entity_type: Query(entity_type, session)).get_all()
    assert warned() == []


def test_a_query_with_results_says_nothing(session: Session, warned: Callable[[], list[str]]) -> None:
    assert Query(Task, session).by_status("Aproved", "Approved").get_all()
    assert warned() == []


@pytest.mark.parametrize("ask", [lambda q: q.ids(), lambda q: q.count(), lambda q: list(q.iterate())])
def test_every_way_to_ask_tells_it(session: Session, warned: Callable[[], list[str]], ask: Build) -> None:
    assert not ask(Query(Task, session).by_status("Aproved"))
    assert len(warned()) == 1
    assert not ask(Query(Task, session).by_name("nothing"))
    assert warned() == []


def test_asking_whether_there_is_any_is_no_mistake(session: Session, warned: Callable[[], list[str]]) -> None:
    assert Query(Project, session).by_name("new").exists() is False
    assert warned() == []


def test_the_error_of_get_one_tells_it(session: Session) -> None:
    with pytest.raises(NoResultFoundError, match=r'"Aproved"\). The server has no Status called "Aproved"'):
        Query(Task, session).by_status("Aproved").get_one()


def test_a_name_that_has_just_been_made_is_known(session: Session, warned: Callable[[], list[str]]) -> None:
    nothing = Query(Task, session).by_status("Brand new")
    nothing.get_all()
    assert len(warned()) == 1
    session.create("Status", {"name": "Brand new"})
    session.commit()
    nothing.get_all()
    assert warned() == []


@pytest.mark.parametrize("kind", [FakeSession, FakeTrackteroidSession])
class TestWhatItCosts:
    def test_names_that_exist_are_asked_for_once(self, kind: type[Any]) -> None:
        session = kind()
        session.answer("select id, name from Task", [])
        session.answer("select name from Status", [record("Status", "s", name="Approved")])
        for number in range(5):
            Query(Task, session).by_status("Approved").by_name(f"nothing{number}").get_all()
        assert requests(session, "select name from Status") == 1

    def test_it_costs_nothing_if_no_name_is_compared_or_nobody_listens(
        self, kind: type[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        session = kind()
        session.answer("select id, name from Task", [])
        Query(Task, session).by_name("nothing").get_all()
        caplog.set_level(logging.ERROR, "trackteroid.query")
        Query(Task, session).by_status("Aproved").get_all()
        assert len(session.requests) == 2

    def test_a_site_with_too_many_names_is_not_searched(
        self, kind: type[Any], monkeypatch: pytest.MonkeyPatch, warned: Callable[[], list[str]]
    ) -> None:
        monkeypatch.setattr("trackteroid.query.help._MOST", 2)
        session = kind()
        session.answer("select id, name from Task", [])
        session.answer("select name from Status", [record("Status", each, name=each) for each in "ab"])
        Query(Task, session).by_status("c").get_all()
        assert warned() == []

    def test_a_query_never_fails_because_names_cannot_be_looked_up(
        self, kind: type[Any], warned: Callable[[], list[str]]
    ) -> None:
        session = kind()
        session.answer("select id, name from Task", [])
        session.answer("select name from Status", [{"unexpected": True}])
        assert not Query(Task, session).where(Status.name == "c").get_all()
        assert warned() == []
