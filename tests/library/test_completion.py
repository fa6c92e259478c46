"""What people get who press the Tab key in IPython and in notebooks, and what `help` says."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jedi
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import trackteroid
from trackteroid import Project, Query, Shot, Task
from trackteroid import completion as completing
from trackteroid.completion import Matcher, install
from trackteroid.entities import schematypes
from trackteroid.session import Session

Complete = Callable[[str], list[str]]


@pytest.fixture(scope="module", autouse=True)
def _all_the_time_that_it_takes() -> Iterator[None]:
    """What is completed does not depend on how busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(completing, "PATIENCE", 60.0)
        yield


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session on the demo production that is connected."""
    address = f"sqlite:///{tmp_path_factory.mktemp('completion') / 'demo.db'}?demo"
    with Session(server_url=address) as session:
        assert session.schemas
        yield session


@pytest.fixture(scope="module")
def shell(session: Session) -> InteractiveShell:
    made = InteractiveShell()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "get_ipython", lambda: made, raising=False)
        install()
        install()
    made.user_ns.update(Query=Query, Shot=Shot, Task=Task, Project=Project, trackteroid=trackteroid, connected=session)
    made.user_ns["shots"] = Query(Shot, session).get_all(projections=["custom_attributes"], limit=3)
    return made


@pytest.fixture(params=[True, False], ids=["jedi", "without jedi"])
def complete(request: pytest.FixtureRequest, shell: InteractiveShell) -> Complete:
    """IPython's own completer, with and without jedi."""
    shell.Completer.use_jedi = request.param

    def completions(text: str) -> list[str]:
        with provisionalcompleter():
            return [each.text for each in shell.Completer.completions(text, len(text))]

    return completions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Query(Shot).by_st", ["by_state", "by_status", "by_status_change_time"]),
        ("Query(Shot).by_name(Project, 'a').where(Shot.name == ')').not_by_ty", ["not_by_type"]),
        ("print(trackteroid.Query(Shot).by_sta", ["by_state", "by_status", "by_status_change_time"]),
        ("Shot.na", ["name"]),
        ("Shot.Task.bid", ["bid", "bid_time_logged_difference"]),
        ("Task.parent[Shot].desc", ["descendants", "description"]),
        ("Shot.AssetVersionL", ["AssetVersionLink", "AssetVersionList"]),
        ("Query(Shot).get_all().desc", ["descendants", "description"]),
        ("query = Query(Task).get_one().parent.chi", ["children"]),
        ("shots.desc", ["descendants", "description"]),
        ("shots.custom_f", ["custom_fend", "custom_fps", "custom_frame_end", "custom_frame_start", "custom_fstart"]),
        ("shots.attributes.so", ["sort"]),
        ("shots[0].Task.bid", ["bid", "bid_time_logged_difference"]),
    ],
)
def test_names_are_completed(complete: Complete, text: str, expected: list[str]) -> None:
    found = [each for each in complete(text) if text.rpartition(".")[2] in each]
    assert found[: len(expected)] == expected


def test_values_of_criteria_are_those_of_the_server(complete: Complete) -> None:
    assert complete("Query(Shot, session=connected).by_status('Pend") == ["Pending Review"]
    assert complete("Query(Shot, session=connected).by_status('Done', 'Pend") == ["Pending Review"]
    assert '"Approved"' in complete("Query(Shot, session=connected).not_by_status(")
    assert "Animation" in complete("Query(Task, session=connected).by_type(\n    'A")
    assert complete("Query(Shot, session=connected).by_name(Project, '")


def test_values_that_would_not_be_themselves_in_a_program_are_not_offered(
    complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = ["Plain", 'a"b', "a\nb", "\u202efdp.exe", "a\\", "\x1b[2J"]
    monkeypatch.setattr(completing, "names_for", lambda *_: hostile)
    assert complete('Query(Shot, session=connected).by_status("') == ["Plain"]
    assert complete("Query(Shot, session=connected).by_status(")[-1:] == ['"Plain"']


def test_nobody_is_asked_without_a_connection(complete: Complete, shell: InteractiveShell, tmp_path: Path) -> None:
    shell.user_ns["other"] = Session(server_url=f"sqlite:///{tmp_path / 'never.db'}?demo")
    complete("Query(Shot, session=other).by_status('A")
    complete("Query(Shot, session=other).by_")
    assert not shell.user_ns["other"].connected


def test_a_slow_server_does_not_hold_anybody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completing, "PATIENCE", 0.0)
    assert list(completing.within(lambda: ["late"], ["at once"])) in (["late"], ["at once"])


def test_completing_fails_quietly(complete: Complete, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> Any:
        raise OSError

    monkeypatch.setattr(completing, "names_for", failing)
    assert "Approved" not in complete("Query(Shot, session=connected).by_status('")


def test_other_code_is_completed_as_ever(complete: Complete, shell: InteractiveShell) -> None:
    shell.user_ns["text"] = "a"
    assert [each.lstrip(".") for each in complete("text.casef")] == ["casefold"]
    assert sum(isinstance(each, Matcher) for each in shell.Completer.custom_matchers) == 1


def test_types_of_the_server_are_completed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schematypes.trackteroid.session, "SESSION", Session(server_url="sqlite://"))
    assert "Animation" not in dir(trackteroid.TASK_TYPES), "nothing connects by itself"
    monkeypatch.setattr(schematypes.trackteroid.session, "SESSION", session)
    assert "Animation" in dir(trackteroid.TASK_TYPES)
    assert "custom_fps" in dir(Shot)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Query(Shot).by_stat", "by_status"),
        ("Query(Shot).by_name('a').not_by_ty", "not_by_type"),
        ("Shot.descr", "description"),
        ("Shot.Task.bi", "bid"),
        ("Query(Shot).get_one().descr", "description"),
        ("for shot in Query(Shot).get_all():\n    shot.descr", "description"),
    ],
)
def test_editors_with_jedi_complete_them(text: str, expected: str) -> None:
    found = jedi.Script(f"from trackteroid import Query, Shot, Task\n{text}").complete()
    assert expected in [each.name for each in found]


def test_help_lists_attributes_relations_and_criteria() -> None:
    text = inspect.getdoc(Shot) or ""
    attributes, relations, criteria = text.partition("Attributes:")[2].partition("Relations")[0], text, text
    assert text.startswith("A shot.")
    assert "description: str" in attributes
    assert "status: Status" in attributes
    assert "AssetVersion" in relations.partition("Relations, by type:")[2]
    assert "by_assignee" in criteria.partition("Criteria of queries:")[2]
