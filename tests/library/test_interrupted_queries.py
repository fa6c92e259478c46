"""Ctrl-C at any line of a query: the session answers the next one as if nothing had happened."""

from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from ctrl_c import Lines, interrupting
from ftrack_api.entity.base import Entity

from trackteroid.session import Session


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(server_url="sqlite://") as session:
        yield session


class QueryLines(Lines):
    """The lines of a session's own way from a query to its answer. Those below it hold locks."""

    def watch(self, frame: FrameType, event: str, _: Any) -> Any:
        return super().watch(frame, event, _) if frame.f_code.co_name in ("_query", "_plain_call", "call") else None


def test_entities_come_after_a_query_that_was_interrupted_anywhere(session: Session) -> None:
    text = "select id, username from User limit 1"
    session.query(text).all()
    everything = QueryLines()
    with interrupting(everything):
        session.query(text).all()
    assert everything.count
    for at in range(1, everything.count + 1):
        lines = QueryLines(at)
        with interrupting(lines):
            session.query(text).all()
        (found,) = session.call([{"action": "query", "expression": text}])[0]["data"]
        assert isinstance(found, Entity), lines.where
