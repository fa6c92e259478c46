"""Transactions, repeats and profiles on a real server, over every transport."""

from __future__ import annotations

from typing import Any

import ftrack_api
import pytest
import requests
from requests.adapters import BaseAdapter

from trackteroid import AssetVersion, Query, Session
from trackteroid.errors import UnconfirmedCommitError


class Failing(BaseAdapter):
    """A transport that loses what it is told to lose, once for each entry."""

    def __init__(self, transport: Any) -> None:
        super().__init__()
        self.transport = transport
        self.losses: list[str] = []
        self.sent = 0

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        loss = self.losses.pop(0) if self.losses else ""
        if loss == "request":
            raise requests.exceptions.ConnectionError("the request is lost")
        self.sent += 1
        answer = self.transport.send(request, *arguments, **options)
        if loss == "answer":
            assert answer.content
            raise requests.exceptions.ConnectionError("the answer is lost")
        return answer

    def close(self) -> None:
        self.transport.close()


@pytest.fixture
def transport(session: Session) -> Failing:
    assert session.types  # connected
    transport = Failing(session._request.get_adapter(session.server_url))
    session._request.mount(session.server_url, transport)
    return transport


def test_a_transaction_commits_at_its_end(session: Session, other: Session, version: Any) -> None:
    with session.transaction():
        version["comment"] = "first"
        with session.transaction():
            version["comment"] = "approved"
        assert other.get("AssetVersion", version["id"])["comment"] != "approved"
    other.reset()
    assert other.get("AssetVersion", version["id"])["comment"] == "approved"
    assert not session.recorded_operations


def test_a_transaction_that_raises_leaves_nothing(session: Session, version: Any) -> None:
    before = version["comment"]

    def fail() -> None:
        with session.transaction():
            version["comment"] = "lost"
            session.create("Scope", {"name": "lost"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert version["comment"] == before
    assert not session.recorded_operations
    assert not session.created


def test_a_transaction_that_the_server_refuses_leaves_nothing(session: Session, other: Session, version: Any) -> None:
    before = version["comment"]

    def fail() -> None:
        with session.transaction():
            version["comment"] = "lost"
            session.create("Shot", {"name": "without a parent"})

    with pytest.raises(ftrack_api.exception.ServerError):
        fail()
    assert version["comment"] == before
    assert not session.recorded_operations
    assert other.get("AssetVersion", version["id"])["comment"] == before


@pytest.mark.parametrize("loss", ["request", "answer"])
def test_a_query_survives_a_lost_connection(session: Session, transport: Failing, loss: str) -> None:
    expected = len(Query(AssetVersion, session=session).get_all())
    transport.losses = [loss]
    assert len(Query(AssetVersion, session=session).get_all()) == expected


def test_a_commit_that_arrived_is_not_sent_again(
    session: Session, other: Session, transport: Failing, name: str
) -> None:
    session.create("Scope", {"name": name})
    transport.losses = ["answer"]
    session.commit()
    assert len(other.query(f'Scope where name is "{name}"').all()) == 1
    assert not session.recorded_operations


def test_a_change_that_cannot_be_found_again_is_reported_and_not_repeated(
    session: Session, other: Session, transport: Failing, version: Any
) -> None:
    version["comment"] = "once"
    transport.losses = ["answer", "request", "request", "request", "request"]
    before = transport.sent
    with pytest.raises((UnconfirmedCommitError, requests.exceptions.ConnectionError)):
        session.commit()
    assert transport.sent == before + 1
    assert session.recorded_operations


def test_a_profile_counts_what_is_asked(session: Session) -> None:
    assert session.types
    with session.profile() as profile:
        for _ in range(3):
            Query(AssetVersion, session=session).get_first()
    assert "select id, asset.name, version from AssetVersion" in str(profile)
    assert profile.requests == 3
