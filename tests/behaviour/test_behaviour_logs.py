"""What people read in their logs: which logger, which level, which words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import ftrack_api.exception
import pytest

from trackteroid import Asset, AssetVersion, Query, Session, Shot, Task, configuration


class Log:
    """What people see who read the log: everything but what is for those who debug the connection."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def lines(self, logger: str = "trackteroid") -> list[tuple[str, str, str]]:
        """Return (logger, level, message) of what a logger and those below it were told."""
        return [
            (record.name, record.levelname, record.getMessage())
            for record in self._caplog.records
            if record.name == logger or record.name.startswith(f"{logger}.")
            if record.levelno >= logging.INFO or record.name == "trackteroid.query"
        ]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Log]:
    with caplog.at_level(logging.DEBUG, "trackteroid"):
        yield Log(caplog)


@pytest.mark.promise("queries-are-logged")
def test_a_query_is_a_line_of_information_before_it_is_sent(session: Session, log: Log) -> None:
    Query(Shot, session=session).by_name("bc0040").get_all()
    assert log.lines() == [
        ("trackteroid.query", "INFO", 'Performing query: "select id, name from Shot where (name is "bc0040")"')
    ]


@pytest.mark.promise("queries-are-logged")
def test_a_query_that_the_server_refuses_is_a_line_too(session: Session, log: Log) -> None:
    with pytest.raises(ftrack_api.exception.ServerError):
        Query(Shot, session=session).inject("nonsense is 1").get_all()
    assert "nonsense is 1" in log.lines("trackteroid.query")[0][2]


@pytest.mark.promise("every-way-to-ask-is-logged")
@pytest.mark.parametrize("ask", [Query.count, Query.exists, Query.ids, lambda query: next(query.iterate(2))])
def test_every_way_to_ask_is_a_line(session: Session, log: Log, ask: Any) -> None:
    ask(Query(Shot, session=session).by_name("bc0040"))
    ((name, level, message),) = log.lines()
    assert (name, level) == ("trackteroid.query", "INFO")
    assert message.startswith("Performing query: ")
    assert "bc0040" in message


@pytest.mark.promise("queries-are-logged")
def test_the_line_has_the_whole_text(session: Session, log: Log) -> None:
    Query(Shot, session=session).get_all(limit=2, offset=1, order_by="name", order="descending")
    ((_, level, message),) = log.lines()
    assert level == "INFO"
    assert all(part in message for part in ("limit 2", "offset 1", "order by name descending"))


@pytest.mark.promise("finding-nothing-is-a-warning")
def test_finding_nothing_is_a_warning_without_the_limit(session: Session, log: Log) -> None:
    Query(Shot, session=session).by_name("nope").get_first()
    assert log.lines()[1:] == [
        (
            "trackteroid.query",
            "WARNING",
            "Query 'select id, name from Shot where (name is \"nope\")' returned no results.",
        )
    ]


@pytest.mark.promise("reused-results-are-logged-for-debugging")
def test_a_reused_result_is_mentioned_for_those_who_debug(near: Session, log: Log) -> None:
    with near.reusing_query_results():
        first = Query(Shot, session=near).get_all()
        again = Query(Shot, session=near).get_all()
    assert first is again
    assert [level for _, level, _ in log.lines()] == ["INFO", "DEBUG"]
    assert "select id, name from Shot" in log.lines()[1][2]


@pytest.mark.promise("what-asks-nothing-logs-nothing")
def test_what_asks_nothing_logs_nothing(near: Session, log: Log) -> None:
    shots = Query(Shot, session=near).get_all()
    before = len(log.lines())
    assert not shots.filter(lambda _: False)
    assert not shots[Task]
    assert not shots - shots
    assert not Query(Shot, session=near).by_id(*[]).get_all()
    assert shots.count(lambda _: False) == 0
    str(Query(AssetVersion, session=near).by_name(Shot, "x"))
    assert len(log.lines()) == before


@pytest.mark.promise("every-way-to-ask-is-logged")
def test_loading_more_is_a_query_like_any_other(near: Session, log: Log) -> None:
    shots = Query(Shot, session=near).get_all(limit=2)
    shots.fetch_attributes("description")
    assert log.lines()[-1][:2] == ("trackteroid.query", "INFO")
    assert "description" in log.lines()[-1][2]


@pytest.mark.promise("deletions-are-logged")
def test_a_deletion_is_a_line_of_information(near: Session, log: Log) -> None:
    asset = Query(Asset, session=near).get_first()
    asset.delete()
    assert log.lines()[-1] == ("trackteroid.entities", "INFO", f"Deleting Asset {asset.id[0]}")


@pytest.mark.promise("inject-can-be-a-warning")
def test_inject_is_silent_unless_a_studio_wants_a_warning(
    near: Session, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    Query(Shot, session=near).inject("name is 1")
    assert log.lines() == []
    monkeypatch.setattr(configuration, "_loaded", {**configuration._DEFAULTS, "WARN_ON_INJECT": True})
    Query(Shot, session=near).inject("name is 1")
    ((name, level, message),) = log.lines()
    assert name.startswith("trackteroid.")
    assert level == "WARNING"
    assert "name is 1" in message
    assert "Shot" in message


@pytest.mark.promise("reconnecting-warns-of-lost-changes")
def test_reconnecting_warns_of_what_it_discards(fresh: Session, log: Log) -> None:
    fresh.schemas  # noqa: B018 - connects
    version = Query(AssetVersion, session=fresh).get_first()
    version.comment = "lost"
    fresh.reconnect()
    ((_, _, message),) = log.lines("trackteroid.session")
    assert "1 x update AssetVersion" in message


@pytest.mark.promise("deleting-and-linking-nothing")
@pytest.mark.parametrize("method", ["link_inputs", "link_outputs", "unlink_inputs", "unlink_outputs"])
def test_linking_with_nothing_is_a_warning(near: Session, log: Log, method: str) -> None:
    shots = Query(Shot, session=near).get_all(limit=2)
    getattr(shots, method)(shots.filter(lambda _: False))
    assert log.lines("trackteroid.entities")[-1][1] == "WARNING"


@pytest.mark.promise("loading-for-nothing-is-logged")
def test_loading_for_nothing_is_mentioned(near: Session, log: Log) -> None:
    nothing: Any = Query(Shot, session=near).get_all(limit=2).filter(lambda _: False)
    nothing.fetch_attributes("description")
    assert log.lines("trackteroid.entities")[-1][1] == "INFO"


@pytest.mark.promise("every-way-to-ask-is-logged")
def test_values_that_are_loaded_by_themselves_are_logged_too(server: Any, log: Log) -> None:
    with Session(server_url=server, auto_populate=True, plugin_paths=[], schema_cache_path=False) as session:
        versions = Query(AssetVersion, session=session).get_all(limit=2)
        before = len(log.lines("trackteroid.query"))
        assert versions.comment
        assert len(log.lines("trackteroid.query")) == before + 1


@pytest.mark.promise("loggers-stay-in-their-namespace")
def test_no_logger_escapes_the_namespace(near: Session, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Query(Shot, session=near).inject("name is 1").get_all()
        near.rollback()
        Query(Asset, session=near).get_first().delete()
    foreign = {record.name.partition(".")[0] for record in caplog.records} - {"trackteroid", "ftrack_api"}
    ours = {name for name in foreign if name in ("Shot", "Asset", "AssetVersion", "entities")}
    assert ours == set()
