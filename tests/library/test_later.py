"""Rooms that a first question does without run when something of them is first used."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from trackteroid import later

#: What is run in the end, asked of a fresh process. A module that has not run is of another class.
_RUN = """
import sys
from types import ModuleType
ours = {name: module for name, module in sys.modules.items() if name.startswith("trackteroid")}
names = [name for name, module in ours.items() if type(module) is ModuleType and not hasattr(module, "__path__")]
print(len(names), *sorted({name.split(".")[1] for name in names if name.count(".") == 2}))
"""


def _has_run(program: str) -> tuple[int, set[str]]:
    done = subprocess.run([sys.executable, "-c", program + _RUN], capture_output=True, text=True, check=True)
    count, *rooms = done.stdout.split()
    return int(count), set(rooms)


def test_a_question_is_written_without_what_it_does_not_need() -> None:
    count, rooms = _has_run("from trackteroid import Query, Shot; Query(Shot).by_name('a%')")
    assert rooms.isdisjoint({"display", "export", "importing", "operations", "plots", "publishing"}), rooms
    assert count <= 100


def test_little_is_compiled_for_a_question_that_is_only_named() -> None:
    program = """
import builtins, re, sys
import ftrack_api
known, counts = set(sys.modules), {"patterns": 0, "texts": 0}
def counted(function, name):
    def call(*arguments, **named):
        counts[name] += name == "patterns" or isinstance(arguments[0], str)
        return function(*arguments, **named)
    return call
re._compiler.compile = counted(re._compiler.compile, "patterns") if hasattr(re, "_compiler") else None
builtins.exec = counted(exec, "texts")
from trackteroid import SESSION, AssetVersion, Query, Task
print(counts["patterns"], counts["texts"], *sorted({"difflib", "html"} & (set(sys.modules) - known)))
"""
    if sys.version_info < (3, 11):
        pytest.skip("where patterns are compiled has another name")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    patterns, texts, *modules = done.stdout.split()
    assert not modules
    assert (int(patterns) <= 20, int(texts) <= 20) == (True, True), done.stdout


def test_what_is_used_has_run() -> None:
    _, rooms = _has_run("from trackteroid import SCHEMA; SCHEMA._repr_html_()")
    assert "display" in rooms


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let modules of a folder run later, as ``later_room.<name>``."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(later, "_PREFIXES", ("later_room.",))
    package = tmp_path / "later_room"
    package.mkdir()
    (package / "__init__.py").touch()
    yield package
    for name in [name for name in sys.modules if name.startswith("later_room")]:
        del sys.modules[name]


def _module(room: Path, name: str, text: str) -> ModuleType:
    (room / f"{name}.py").write_text(textwrap.dedent(text))
    return import_module(f"later_room.{name}")


def test_a_module_runs_once_for_all_threads_and_each_sees_all_of_it(room: Path) -> None:
    text = "import time\ntime.sleep(0.05)\nlast = 2\nruns = globals().get('runs', 0) + 1"
    module = _module(room, "slow", text)
    assert not later.has_run(module)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(module.last)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [2, 2, 2, 2]
    assert module.runs == 1
    assert later.has_run(module)


def test_tools_that_look_at_all_modules_run_none_of_them(room: Path) -> None:
    """``unittest.TestCase.assertWarns`` asks each for its warnings, and ``doctest`` for its tests."""
    asked = _module(room, "asked", "import no_such_package")
    for name in ("__warningregistry__", "__test__", "__wrapped__", "__path__"):
        assert not hasattr(asked, name), name
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        _ = asked.name


def test_a_module_that_fails_fails_for_everybody_who_asks(room: Path) -> None:
    module = _module(room, "broken", "raise RuntimeError('no')")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            module.anything  # noqa: B018 - asking is enough


def test_what_is_not_there_is_said_as_always(room: Path) -> None:
    module = _module(room, "small", "here = 1")
    with pytest.raises(AttributeError, match="has no attribute 'there'"):
        module.there  # noqa: B018 - asking is enough
    assert module.here == 1


def test_a_module_that_asks_for_what_it_has_not_made_yet_is_told_so(room: Path) -> None:
    module = _module(room, "itself", "from later_room import itself\nitself.below\nbelow = 1")
    with pytest.raises(AttributeError, match="has no attribute 'below' yet"):
        module.below  # noqa: B018 - asking is enough


def test_packages_give_names_of_their_modules_and_no_others(room: Path) -> None:
    _module(room, "home", "name = 'there'")
    get = later.names_of("later_room", {"home": ("name",)})
    assert get("name") == "there"
    with pytest.raises(AttributeError, match="'later_room' has no attribute 'nam'"):
        get("nam")
