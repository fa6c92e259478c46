"""The promises of `docs/session/guarantees.md` on a real server, over every transport, as their user meets them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ftrack_api.exception import ServerError

from trackteroid import AssetVersion, Query, Session
from trackteroid.errors import ConflictError, OperationsFileError
from trackteroid.operations.format import file
from trackteroid.server import EmbeddedServer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "later.db"


def comment_of(session: Session, version: Any) -> str:
    """What the server holds, by fresh eyes."""
    session.reset()
    return session.query(f'select comment from AssetVersion where id is "{version["id"]}"').one()["comment"]


def record(session: Session, path: Path, version: Any, comment: str) -> Path:
    with session.deferred_operations(path):
        version["comment"] = comment
    return path


def test_a_file_is_whole_once_its_block_is_left(session: Session, other: Session, version: Any, path: Path) -> None:
    record(session, path, version, "later")
    assert [operation.new_value for operation in file.read(path).operations] == ["later"]
    assert comment_of(other, version) == "first"
    assert version["comment"] == "later", "the recorded value is not seen in the session that recorded it"


def test_a_block_that_raises_changes_neither_session_nor_file(session: Session, version: Any, path: Path) -> None:
    def fail() -> None:
        with session.deferred_operations(path):
            version["comment"] = "lost"
            session.create("Scope", {"name": "lost"})
            raise ZeroDivisionError

    pending = session.create("Scope", {"name": "pending before"})
    with pytest.raises(ZeroDivisionError):
        fail()
    assert version["comment"] == "first"
    assert list(session.created) == [pending]
    assert not path.exists()


def test_what_was_pending_before_a_block_is_not_in_its_file(
    session: Session, other: Session, version: Any, path: Path, name: str
) -> None:
    session.create("Scope", {"name": name})
    record(session, path, version, "later")
    session.commit()
    assert comment_of(other, version) == "first"
    assert len(other.query(f'Scope where name is "{name}"').all()) == 1
    other.reconnect_and_commit(path)
    assert comment_of(other, version) == "later"
    assert len(other.query(f'Scope where name is "{name}"').all()) == 1


def test_several_files_take_effect_in_their_order_and_once(
    session: Session, other: Session, version: Any, tmp_path: Path
) -> None:
    files = [record(session, tmp_path / f"{comment}.db", version, comment) for comment in ("one", "two")]
    assert other.reconnect_and_commit(files).sent == 2
    assert comment_of(other, version) == "two"
    assert other.reconnect_and_commit(files).sent == 0


def test_several_files_take_effect_together_or_not_at_all(
    session: Session, other: Session, version: Any, tmp_path: Path
) -> None:
    good = record(session, tmp_path / "good.db", version, "good")
    with session.deferred_operations(tmp_path / "bad.db"):
        session.create("Shot", {"name": "without a parent"})
    with pytest.raises(ServerError):
        other.reconnect_and_commit([good, tmp_path / "bad.db"])
    other.rollback()
    assert comment_of(other, version) == "first"
    assert file.read(good).state.committed is None


def test_a_file_for_another_server_is_refused(session: Session, version: Any, path: Path) -> None:
    record(session, path, version, "later")
    server = EmbeddedServer("sqlite://")
    with Session(server_url=server) as elsewhere, pytest.raises(OperationsFileError, match="server"):
        elsewhere.reconnect_and_commit(path)
    server.close()


def test_damage_is_noticed_before_anything_is_sent(session: Session, other: Session, version: Any, path: Path) -> None:
    record(session, path, version, "later" * 2000)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(OperationsFileError, match="operations repair"):
        other.reconnect_and_commit(path)
    assert comment_of(other, version) == "first"


def test_a_plan_tells_what_somebody_else_has_changed(
    session: Session, other: Session, version: Any, path: Path
) -> None:
    record(session, path, version, "later")
    theirs = other.query(f'AssetVersion where id is "{version["id"]}"').one()
    theirs["comment"] = "sooner"
    other.commit()
    [change] = other.plan(path, check=True).files[0].entities[0].changes
    assert (change.old, change.current, change.new, change.finding) == ("first", "sooner", "later", "changed")
    with pytest.raises(ConflictError):
        other.reconnect_and_commit(path, on_conflict="raise")
    assert comment_of(other, version) == "sooner"
    other.reconnect_and_commit(path, on_conflict="skip")
    assert comment_of(other, version) == "sooner"


def test_results_are_reused_until_a_commit(session: Session, version: Any) -> None:
    query = Query(AssetVersion, session=session).by_id(version["id"])
    with session.reusing_query_results():
        found = query.get_all(projections=["comment"])
        assert query.get_all(projections=["comment"]) is found
        version["comment"] = "second"
        session.commit()
        assert query.get_all(projections=["comment"]) is not found
    assert (session.query_results.hits, session.query_results.misses) == (1, 2)


def test_threads_share_a_session(session: Session, version: Any) -> None:
    query = Query(AssetVersion, session=session).by_id(version["id"])
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(list(query.get_one().id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[version["id"]]] * 8


def test_a_correction_of_what_a_file_has_changed_stays(
    session: Session, other: Session, version: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(session, path, version, "from the file")
    with monkeypatch.context() as patch:
        patch.setattr("trackteroid.operations.format.file.store_state", _interrupting(file.store_state))
        with pytest.raises(KeyboardInterrupt):
            other.reconnect_and_commit(path)
    version["comment"] = "corrected"
    session.commit()
    assert other.reconnect_and_commit(path).recognised == 1
    assert comment_of(other, version) == "corrected"
    assert other.query('Metadata where key like "trackteroid replay%"').all() == []


def _interrupting(store: Callable[[Any, file.State], None]) -> Callable[[Any, file.State], None]:
    def interrupted(claim: Any, state: file.State) -> None:
        if state.committed:
            raise KeyboardInterrupt
        store(claim, state)

    return interrupted
