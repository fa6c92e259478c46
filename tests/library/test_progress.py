"""How far long work has come is told to a function, or shown on a terminal, and otherwise to nobody."""

from __future__ import annotations

import io
import sys

import pytest

from trackteroid.progress import Progress, following, is_shown, size_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name in ("NO_COLOR", "TRACKTEROID_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_a_terminal_has_a_bar(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    with following("Uploading", 10) as advance:
        advance(10)
    assert "Uploading" in terminal.getvalue()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TRACKTEROID_PROGRESS", "0")])
def test_whoever_wants_none_has_none(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    assert is_shown()
    monkeypatch.setenv(name, value)
    with following("Uploading", 10) as advance:
        advance(10)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_pipes_have_none(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    assert not is_shown()


def test_a_function_is_told_and_ends_the_work_with_what_it_raises() -> None:
    told: list[Progress] = []
    with following("Reading", 3, unit="rows", on_progress=told.append) as advance:
        advance(2)
        advance(-1)
        advance(2)
    assert [each.done for each in told] == [0, 2, 1, 3]
    assert str(told[-1]) == "Reading: 3 of 3 rows"
    with pytest.raises(ZeroDivisionError), following("Reading", 3, on_progress=lambda _: 1 // 0):
        pass


def test_sizes_are_for_people() -> None:
    assert list(map(size_text, (0, 1023, 1024, 1536 * 1024, 2**50))) == [
        "0 bytes",
        "1023 bytes",
        "1.0 KiB",
        "1.5 MiB",
        "1024.0 TiB",
    ]
