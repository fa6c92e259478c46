"""The blocks that a session is in, and what it remembers for as long as it lives or is connected."""

import threading
from typing import Any

import ftrack_api
import pytest

from trackteroid.session import Session
from trackteroid.session_state import Action, Block, Blocks, blocks_of, innermost, of_connection, of_session, opening


class Refusing(Block):
    def __init__(self, name: str) -> None:
        self.name = name

    def refusal(self, action: Action) -> Exception | None:
        return RuntimeError(f"{self.name}: {action}")


class Quiet(Block):
    is_of_thread = True


@pytest.fixture
def session() -> Session:
    return Session(server_url="sqlite://")


def names(blocks: Blocks) -> list[str]:
    return [block.name for block in blocks if isinstance(block, Refusing)]


def test_the_innermost_block_says_why_nothing_is_sent(session: Session) -> None:
    with opening(session, Refusing("outer")):
        with opening(session, Refusing("inner")), pytest.raises(RuntimeError, match="inner: commit"):
            session.commit()
        with pytest.raises(RuntimeError, match="outer: confirm_commit"):
            session.confirm_commit()
    assert not session.connected
    assert list(session.blocks) == []


def test_what_is_left_over_inside_of_a_block_goes_with_it(session: Session) -> None:
    outer, left = Refusing("outer"), Refusing("left over")
    session.blocks.enter(outer)
    session.blocks.enter(left)
    session.blocks.leave(outer)
    session.blocks.leave(outer)
    assert names(session.blocks) == []


def test_blocks_of_a_thread_end_in_any_order_and_are_seen_by_no_other_thread(session: Session) -> None:
    first, second = Quiet(), Quiet()
    seen: list[Any] = []
    session.blocks.enter(first)
    session.blocks.enter(second)
    session.blocks.leave(first)
    thread = threading.Thread(target=lambda: seen.append(innermost(session, Quiet)))
    thread.start()
    thread.join()
    assert innermost(session, Quiet) is second
    assert seen == [None]
    session.blocks.leave(second)
    assert innermost(session, Quiet) is None


def test_other_sessions_are_in_no_block_of_this_one(session: Session) -> None:
    other = Session(server_url="sqlite://")
    with opening(session, Quiet()):
        assert innermost(other, Quiet) is None


def test_a_session_of_ftrack_api_asks_its_blocks_before_it_commits() -> None:
    stock: Any = object.__new__(ftrack_api.Session)
    assert innermost(stock, Quiet) is None
    with opening(stock, Refusing("file")), pytest.raises(RuntimeError, match="file: commit"):
        stock.commit()
    assert list(blocks_of(stock)) == []


class Remembered(list[int]):
    pass


class Connected:
    def __init__(self) -> None:
        self.schemas: list[dict[str, Any]] = []


def test_what_is_of_a_connection_is_forgotten_with_it() -> None:
    session = Connected()
    of_session(session, Remembered).append(1)
    of_connection(session, Remembered).append(2)
    assert of_connection(session, Remembered) == [2]
    session.schemas = []
    assert of_connection(session, Remembered) == []
    assert of_session(session, Remembered) == [1]
    assert of_session(Connected(), Remembered) == []


def test_threads_that_remember_at_once_remember_the_same() -> None:
    session, found = Connected(), list[Any]()
    together = threading.Barrier(8)

    def remember() -> None:
        together.wait()
        found.append(of_connection(session, Remembered))

    threads = [threading.Thread(target=remember) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
