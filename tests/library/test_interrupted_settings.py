"""Ctrl-C at any line of a block that changes a setting of a session leaves the setting as it was before the block."""

import pytest
from ctrl_c import Lines, interrupting
from fake_session import FakeTrackteroidSession


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["operation_recording", "auto_populating"])
def test_a_setting_is_back_wherever_its_block_was_interrupted(name: str) -> None:
    session = FakeTrackteroidSession(auto_populate=True)
    for moment in range(1, 200):
        lines = Lines(moment)
        with interrupting(lines), getattr(session, name)(False):
            session.encode([])
        assert session.record_operations, f"nothing is recorded any more, interrupted at {lines.where}"
        assert session.auto_populate, f"nothing is fetched any more, interrupted at {lines.where}"
    assert not lines.where, "the block has more lines than were tried"
