"""Recordings of what a server answers: read by people, replayed without a server, and strict about what is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ftrack_api
import pytest

from trackteroid import Session
from trackteroid.testing import FreshServer, Make, RemovedFrom, ReplayMismatchError, record, replay, substitute

KINDS = ("session", "stock_session")


def report(session: ftrack_api.Session, name: str = "sh0010", *, backwards: bool = False) -> list[Any]:
    """The tool that is recorded: it asks twice, creates something, and asks for that."""
    texts = [f'select name, status.name from Shot where name is "{name}"', "select username, email from User"]
    found = [session.query(text).all() for text in (reversed(texts) if backwards else texts)]
    made = session.create("Scope", {"name": "reported"})
    session.commit()
    assert session.query(f'select name from Scope where id is "{made["id"]}"').one()["name"] == "reported"
    return [sorted(str(each["id"]) for each in each) for each in found]


@pytest.fixture
def recorded(ftrack_server: FreshServer, ftrack_make: Make, tmp_path: Path) -> Path:
    ftrack_make.shots(2)
    ftrack_make.users("ada", email="ada@studio.example.org")
    path = tmp_path / "recorded" / "report.json"
    with record(path, ftrack_server.session()):
        pass
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep_ids", [True, False])
def test_a_tool_gets_the_same_answers_again(
    kind: str, keep_ids: bool, recorded: Path, ftrack_server: FreshServer
) -> None:
    session = getattr(ftrack_server, kind)()
    with record(recorded, session, keep_ids=keep_ids):
        before = report(session)
    for _ in range(2):
        with replay(recorded) as server:
            after = report(getattr(server, kind)())
    assert (after == before) is keep_ids
    assert [len(each) for each in after] == [len(each) for each in before]


def test_queries_may_come_in_another_order(recorded: Path, ftrack_server: FreshServer) -> None:
    session = ftrack_server.session()
    with record(recorded, session):
        report(session)
    with replay(recorded) as server:
        report(server.session(), backwards=True)


@pytest.mark.promise("replays-notice-other-queries")
def test_other_queries_fail_with_the_difference(recorded: Path, ftrack_server: FreshServer) -> None:
    session = ftrack_server.session()
    with record(recorded, session):
        report(session)
    with pytest.raises(ReplayMismatchError) as raised, replay(recorded) as server:
        report(server.session(), "sh0020")
    lines = str(raised.value).splitlines()
    assert [line[:1] for line in lines if "Shot" in line] == ["-", "+"]
    with pytest.raises(ReplayMismatchError, match="4 of the 4 calls"), replay(recorded):
        pass


@pytest.mark.promise("replays-notice-other-queries")
def test_a_tool_that_swallows_errors_fails_all_the_same(recorded: Path) -> None:
    with pytest.raises(ReplayMismatchError, match="Nothing more was asked"), replay(recorded) as server:  # noqa: PT012
        session = server.session()
        with pytest.raises(ftrack_api.exception.ServerError):
            session.query("Shot").all()


def test_secrets_are_removed_and_what_a_user_says(recorded: Path, ftrack_server: FreshServer) -> None:
    session, removed = ftrack_server.session(), RemovedFrom(names=("username",), patterns={"<shot>": r"sh\d+"})
    with record(recorded, session, removed=removed):
        report(session)
    text = recorded.read_text(encoding="utf-8")
    for secret in (session.api_key, "studio.example.org", '"ada"', "sh0010"):
        assert secret not in text
    with replay(recorded, removed=removed) as server:
        report(server.session())


def test_recordings_are_read_by_people(recorded: Path, ftrack_server: FreshServer) -> None:
    session = ftrack_server.session()
    with record(recorded, session):
        session.query("select name from Shot").all()
    content = json.loads(recorded.read_text(encoding="utf-8"))
    assert content["calls"][0]["ask"][0]["expression"].startswith("select name from Shot")
    assert sorted(content) == ["calls", "format", "schema", "server"]
    assert (recorded.parent / content["schema"]).exists()
    with pytest.raises(FileNotFoundError, match=r"Beside it there are: report\.json"), replay(recorded.with_stem("x")):
        pass


def test_tools_that_make_their_own_sessions_are_replayed(recorded: Path, ftrack_server: FreshServer) -> None:
    session = ftrack_server.session()
    with record(recorded, session):
        report(session)
    options = {"plugin_paths": [], "schema_cache_path": False, "auto_populate": False}
    with replay(recorded) as server, substitute(server), ftrack_api.Session(**options) as own:
        report(own)


@pytest.mark.parametrize("kind", [Session, ftrack_api.Session])
def test_tools_that_make_their_own_sessions_are_recorded(
    kind: type[ftrack_api.Session], recorded: Path, ftrack_server: FreshServer
) -> None:
    def tool() -> list[Any]:
        options = {"plugin_paths": [], "schema_cache_path": False, "auto_populate": False}
        with ftrack_api.Session(**options) as first:
            assert first.query("select name from Shot").all()
        with ftrack_api.Session(**options) as second:
            return report(second)

    before = ftrack_server.session()
    before.query("select name from Location").all()
    with substitute(ftrack_server, session=kind), record(recorded):
        found = tool()
        before.query("select name from Location").all()
    text = recorded.read_text(encoding="utf-8")
    assert len(json.loads(text)["calls"]) == 5
    assert "from Location" not in text, "that is no session of the tool"
    assert ftrack_server.api_key not in text
    with replay(recorded) as server, substitute(server, session=kind):
        assert tool() == found


def test_what_connects_in_the_block_is_recorded(recorded: Path, ftrack_server: FreshServer) -> None:
    session = ftrack_server.session()
    with record(recorded), substitute(ftrack_server):
        report(session)
    with replay(recorded) as server:
        report(server.session())
    with pytest.raises(ValueError, match="nothing to record"), record(recorded):
        pass
