"""Ctrl-C at any line of a block that changes a setting of a session leaves the setting as it was before the block."""

import gc
import threading

import pytest
from ctrl_c import Lines, interrupting
from fake_session import FakeTrackteroidSession


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("nothing_left_open")
@pytest.mark.parametrize("name", ["operation_recording", "auto_populating"])
def test_a_setting_is_back_wherever_its_block_was_interrupted(name: str) -> None:
    session = FakeTrackteroidSession(auto_populate=True)
    for moment in range(1, 200):
        lines = Lines(moment)
        with interrupting(lines), getattr(session, name)(False):
            session.encode([])
        if lines.where:
            gc.collect()  # from Python 3.13 on, frames that were watched go only then
        assert session.record_operations, f"nothing is recorded any more, interrupted at {lines.where}"
        assert session.auto_populate, f"nothing is fetched any more, interrupted at {lines.where}"
    assert not lines.where, "the block has more lines than were tried"


def abandoned(session, name):
    """Return a block that was entered, and never left."""
    block = getattr(session, name)(False)
    block.__enter__()
    return block


@pytest.mark.parametrize("name", ["operation_recording", "auto_populating"])
@pytest.mark.parametrize("is_first_first", [True, False])
def test_blocks_that_were_interrupted_together_may_end_in_any_order(name: str, is_first_first: bool) -> None:
    session = FakeTrackteroidSession(auto_populate=True)
    blocks = [abandoned(session, name), abandoned(session, name)]
    blocks.pop(0 if is_first_first else 1)
    assert not (session.record_operations and session.auto_populate), "one of them is still open"
    blocks.clear()
    assert session.record_operations
    assert session.auto_populate


@pytest.mark.parametrize("name", ["operation_recording", "auto_populating"])
def test_a_block_that_ends_late_disturbs_none_that_is_open(name: str) -> None:
    session = FakeTrackteroidSession(auto_populate=True)
    block = abandoned(session, name)
    with getattr(session, name)(False):
        del block
        assert not (session.record_operations and session.auto_populate)
    assert session.record_operations
    assert session.auto_populate


def test_a_thread_that_collects_garbage_ends_the_blocks_of_another() -> None:
    session = FakeTrackteroidSession(auto_populate=True)
    blocks = [abandoned(session, "operation_recording")]
    thread = threading.Thread(target=blocks.clear)
    thread.start()
    thread.join()
    assert session.record_operations
