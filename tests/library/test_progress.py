"""How far long work has come is told to a function, or shown in a terminal or a notebook, and otherwise to nobody.

Clocks and screens are made up here, so that nobody waits for a second; only one program runs in a real terminal.
"""

from __future__ import annotations

import io
import itertools
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trackteroid import Query, Session, Shot
from trackteroid import progress as screens
from trackteroid.operations import deferred_operations
from trackteroid.progress import Board, Progress, counted, following, is_shown, size_text, waiting


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name in ("NO_COLOR", "TRACKTEROID_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(screens, "_has", lambda package: package == "rich")
    return Terminal()


class Screen:
    """Remembers what could be seen."""

    def __init__(self) -> None:
        self.seen: list[list[str]] = []
        self.is_open = True

    def draw(self, works: Sequence[screens.Seen]) -> None:
        assert self.is_open
        self.seen.append([str(progress) for progress, _ in works])

    def close(self) -> None:
        self.is_open = False


class Room:
    """A board whose clock only goes on when it is told to, and the screens that it has opened."""

    def __init__(self) -> None:
        self.now = 0.0
        self.screens: list[Screen] = []
        self.board = Board(self.open, lambda: self.now, is_watched=False)

    def open(self) -> Screen:
        self.screens.append(Screen())
        return self.screens[-1]

    def after(self, seconds: float) -> list[str]:
        """Return what is seen so many seconds later."""
        self.now += seconds
        self.board.draw()
        return self.screens[-1].seen[-1] if self.screens else []


@pytest.fixture
def room(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room()
    monkeypatch.setattr(screens, "_is_terminal", lambda: True)
    monkeypatch.setattr("trackteroid.progress.BOARD", room.board)
    return room


def test_nothing_is_seen_before_a_second_has_passed(room: Room) -> None:
    with following("Uploading", 10) as advance:
        advance(5)
        assert room.after(0.75) == []
    with following("Uploading", 10) as advance:
        assert room.after(0.5) == []
        advance(4)
        assert room.after(0.5) == ["Uploading: 4 bytes of 10 bytes"]
    assert len(room.screens) == 1
    assert not room.screens[0].is_open


def test_work_within_work_is_seen_when_it_takes_long_itself(room: Room) -> None:
    with following("Committing", 3, unit="operations") as advance:
        advance(1)
        assert room.after(2) == ["Committing: 1 of 3 operations"]
        with following("Uploading", 10):
            assert room.after(0.5) == ["Committing: 1 of 3 operations"]
            assert room.after(0.5) == ["Committing: 1 of 3 operations", "Uploading: 0 bytes of 10 bytes"]
        assert room.after(0) == ["Committing: 1 of 3 operations"]
        with waiting("Waiting for the server"):
            assert room.after(5) == ["Committing: 1 of 3 operations"]
    with waiting("Waiting for the server"):
        assert room.after(5) == ["Waiting for the server"]
    assert [screen.is_open for screen in room.screens] == [False, False]


def test_pages_are_counted(room: Room) -> None:
    pages = counted([[1, 2], [3]], "Reading Shot")
    seen = [(page, room.after(1)) for page in pages]
    assert seen == [([1, 2], ["Reading Shot: 2 rows"]), ([3], ["Reading Shot: 3 rows"])]


@pytest.mark.parametrize("ending", [ZeroDivisionError, KeyboardInterrupt])
def test_nothing_stays_of_work_that_fails_or_is_interrupted(room: Room, ending: type[BaseException]) -> None:
    def end() -> None:
        room.after(1)
        raise ending

    with pytest.raises(ending), following("Reading"):
        end()
    assert not room.screens[0].is_open
    assert not room.board.is_busy


def test_the_screen_is_closed_when_waiting_for_it_is_interrupted(room: Room) -> None:
    class Interrupting:
        """A lock that is taken by who draws, when Ctrl-C is pressed."""

        times = 0

        def __enter__(self) -> None:
            self.times += 1
            if self.times == 3:
                raise KeyboardInterrupt

        def __exit__(self, *_: object) -> None:
            pass

    room.board._lock = Interrupting()
    with pytest.raises(KeyboardInterrupt), following("Reading"):
        room.after(1)
    assert not room.screens[0].is_open


@pytest.fixture
def look(room: Room, session: Session) -> Iterator[Callable[[], list[str]]]:
    """What was seen at the end of each request, of which each takes two seconds."""
    session.query("Shot").first()
    told: list[str] = []
    with session.observers.watching(lambda _: told.extend(room.after(2))):
        yield lambda: list(dict.fromkeys(told))


def in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("query.query.page_sizes", "query.window.page_sizes"):
        monkeypatch.setattr(f"trackteroid.{place}", lambda: (4, 4))


def test_reading_is_seen(session: Session, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_pages(monkeypatch)
    shots = Query(Shot, session=session).get_all(["name"])
    assert look()[:3] == ["Reading Shot", "Reading Shot: 4 rows", "Reading Shot: 8 rows"]
    assert len(shots) > 8


def replayed(session: Session, path: Path) -> None:
    task = session.query("select bid from Task").first()
    with deferred_operations(session, path):
        task["bid"] = 12345.0
    session.reconnect_and_commit(path)


@pytest.mark.parametrize(
    ("work", "seen"),
    [
        (lambda session, _: Query(Shot, session=session).rows(["name"]), "Reading Shot"),
        (lambda session, _: Query(Shot, session=session).get_all(limit=3), "Reading Shot"),
        (lambda session, _: Query(Shot, session=session).to_csv(columns=["name"]), "Reading Shot"),
        (lambda session, _: Query(Shot, session=session).to_dicts(["name"]), "Reading Shot"),
        (lambda session, _: Query(Shot, session=session).to_arrow(["name"]), "Reading Shot"),
        (lambda session, path: Query(Shot, session=session).to_parquet(path, ["name"]), "Reading Shot"),
        (lambda session, _: Query(Shot, session=session).count(), "Waiting for the server"),
        (lambda session, _: session.preload("sync"), "Reading TypedContext"),
        (lambda session, path: replayed(session, path), "Committing: 0 of 1 operations"),
    ],
    ids=["rows", "limited", "csv", "dicts", "arrow", "parquet", "count", "preload", "replay"],
)
def test_what_asks_the_server_is_seen(
    session: Session, look: Any, path: Path, work: Callable[[Session, Path], object], seen: str
) -> None:
    work(session, path)
    assert seen in look()


def test_fetching_and_committing_are_seen(session: Session, look: Any) -> None:
    shots = Query(Shot, session=session).get_all(["name"])
    shots.fetch_attributes("description")
    assert f"Fetching: 0 of {len(shots)} entities" in look()
    shots.apply(lambda _: "slow", "description")
    session.commit()
    assert f"Committing {len(shots):,} operations" in look()


def test_streams_are_left_to_who_takes_them(session: Session, room: Room) -> None:
    for _ in Query(Shot, session=session).iter_rows(["name"]):
        assert not room.board.is_busy


def test_waiting_for_events_is_no_work(session: Session, look: Any) -> None:
    list(session.events.since(0))
    assert look() == []


def test_rows_cost_nothing(session: Session, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who works notes a number for each page; the clock is looked at when work begins."""
    times = itertools.count()
    monkeypatch.setattr(room.board, "_clock", lambda: float(next(times)))
    list(counted([range(1000)] * 1000, "Reading"))
    assert next(times) == 1


def test_a_terminal_has_a_line_for_each_work(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stderr", terminal)
    screen = screens.Terminal()
    screen.draw([(Progress("Reading Shot", 12_000, None, "rows"), 75.0), (Progress("Uploading", 512, 2048), 3.0)])
    drawn = terminal.getvalue()
    first, second = drawn.splitlines()
    assert [part for part in ("Reading Shot", "12,000 rows", "1:15") if part not in first] == []
    assert [part for part in ("Uploading", "512 bytes of 2.0 KiB", "0:09 left") if part not in second] == []
    assert "\x1b[?25l" in drawn
    screen.close()
    assert terminal.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K\x1b[1A\x1b[2K")


def test_what_is_printed_into_a_file_stays_there(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", terminal)
    screen = screens.Terminal()
    print("name,status")
    screen.close()
    assert sys.stdout.getvalue() == "name,status\n"  # pyright: ignore


def test_a_notebook_has_widgets_and_nothing_of_them_at_the_end(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []

    class Handle:
        def update(self, data: dict[str, str], *, raw: bool) -> None:
            shown.append(data)

    def widget(children: Any = (), **_: Any) -> Any:
        return SimpleNamespace(children=children, close=lambda: shown.append("closed"))

    def display(box: Any, *, display_id: bool) -> Handle:
        shown.append(box)
        return Handle()

    widgets = SimpleNamespace(VBox=widget, HBox=widget, Label=widget, IntProgress=widget)
    monkeypatch.setitem(sys.modules, "ipywidgets", widgets)
    monkeypatch.setattr("IPython.display.display", display)
    screen = screens.Notebook()
    screen.draw([(Progress("Reading Shot", 5, 10, "rows"), 2.0), (Progress("Waiting", 0, None), 1.0)])
    (name, bar, amount), (other, *_) = (row.children for row in shown[0].children)
    assert (name.value, bar.max, bar.value, amount.value) == ("Reading Shot", 10, 5, "5 of 10 rows 0:02 left")
    assert other.value == "Waiting"
    screen.draw([(Progress("Reading Shot", 10, 10, "rows"), 4.0)])
    assert [row.children[2].value for row in shown[0].children] == ["10 of 10 rows 0:04"]
    screen.close()
    assert shown[1:] == [{"text/plain": ""}, "closed"]


@pytest.mark.parametrize(("is_kernel", "has_widgets"), [(True, True), (True, False), (False, True)])
def test_notebooks_are_told_from_consoles(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, is_kernel: bool, has_widgets: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    shell = SimpleNamespace(kernel=object() if is_kernel else None)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    monkeypatch.setattr(screens, "_has", lambda package: has_widgets and package == "ipywidgets")
    assert is_shown() is (is_kernel and has_widgets)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TRACKTEROID_PROGRESS", "0")])
def test_whoever_wants_none_has_none(room: Room, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert is_shown()
    monkeypatch.setenv(name, value)
    with following("Uploading", 10):
        assert room.after(5) == []


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_pipes_have_none(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
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


PROGRAM = """
    import time
    from trackteroid import progress

    progress.DELAY = progress.INTERVAL = 0.05
    with progress.following("Reading Shot", unit="rows"):
        time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in the standard library")
def test_ctrl_c_leaves_a_clean_terminal() -> None:
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "TRACKTEROID_PROGRESS": "1", "NO_COLOR": ""}
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM)]
    program = subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE, env=environment)
    os.close(theirs)
    seen = b""
    end = time.monotonic() + 30
    while b"Reading Shot" not in seen and time.monotonic() < end:
        seen += os.read(ours, 4096)
    program.send_signal(signal.SIGINT)
    while b"KeyboardInterrupt" not in seen and time.monotonic() < end:
        seen += os.read(ours, 4096)
    program.communicate(timeout=30)
    os.close(ours)
    assert seen.count(b"\x1b[?25l") == seen.count(b"\x1b[?25h") == 1  # the cursor was hidden, and is there again
    assert seen.index(b"\x1b[?25h") < seen.index(b"Traceback")
