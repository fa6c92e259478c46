"""Processes that are killed in the middle of it: nothing is lost, nothing is there twice, and no file is half written.

The process that replays, or that leaves a deferred block, is killed with SIGKILL at every step there is, against a
real server, over HTTP and in the process that is killed itself; then the replay is repeated.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from one_of_each import prepare, state, wanted, work

from trackteroid.operations import deferred_operations, replay
from trackteroid.operations.format import container, file
from trackteroid.operations.replaying import Step
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes to kill are forks")]

PROGRAM = Path(__file__).parent / "interrupted.py"
FAULTS = ["killed before the answer is read", "request lost", "answer lost", "sent twice"]
MARKING = [f"sqlite {thousandth}" for thousandth in (1, 250, 490, 510, 750, 999)]
# Files that are sent in several batches are interrupted in test_operations_batches.
MOMENTS = [step.name for step in Step if step is not Step.MARKED_ARRIVED] + FAULTS + MARKING
LINES = [f"line {thousandth}" for thousandth in (0, 300, 600, 700, 800, 900, 950, 1000)]


@pytest.fixture(scope="module", params=["http", "in process"])
def address(tmp_path_factory, request):
    """The arguments of a session of a server."""
    database = f"sqlite:///{(tmp_path_factory.mktemp('server') / 'studio.db').as_posix()}"
    server = EmbeddedServer(database, with_demo=True)
    if request.param == "in process":
        yield {"server_url": database, "retries": 0}
        server.close()
        return
    with server.listening() as url:
        yield {"server_url": url, "api_user": server.username, "api_key": server.api_key, "retries": 0}
    server.close()


@pytest.fixture(scope="module")
def session(address):
    with Session(**address, schema_cache_path=False, plugin_paths=[]) as session:
        yield session


def interrupt(address, measures, cases):
    order = {"session": address, "measures": measures, "cases": cases}
    finished = subprocess.run(
        [sys.executable, os.fspath(PROGRAM)], input=json.dumps(order), capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return json.loads(finished.stdout)


@pytest.fixture(scope="module")
def interrupted(address, session, tmp_path_factory):
    """One file per moment, whose replay was interrupted there; and how."""
    folder = tmp_path_factory.mktemp("files")
    names = {moment: f"case_{number}" for number, moment in enumerate(["measure", *MOMENTS])}
    paths = {moment: folder / f"{name}.dbm" for moment, name in names.items()}
    for moment, name in names.items():
        things = prepare(session, name)
        with deferred_operations(session, paths[moment]):
            work(session, name, *things)
        session.rollback()
        session.reset()
    measure = {"kind": "replay", "path": os.fspath(paths["measure"]), "moment": "sqlite 0"}
    cases = [{"kind": "replay", "path": os.fspath(paths[moment]), "moment": moment} for moment in MOMENTS]
    done = interrupt(address, [measure], cases)
    assert done["totals"]["replay"] > 20, "SQLite was not watched"
    return {
        moment: (names[moment], paths[moment], outcome)
        for moment, outcome in zip(MOMENTS, done["outcomes"], strict=True)
    }


def test_a_replay_that_is_interrupted_can_be_repeated_and_has_its_effect_once(interrupted, session):
    wrong = {}
    for moment, (name, path, outcome) in interrupted.items():
        reported = outcome.startswith(("ConnectionError", "UnreachableServer", "Unconfirmed", "RefusedError"))
        if moment == "sent twice":  # which the session sees by itself
            reported = outcome.isdecimal()
        assert reported if moment in FAULTS[1:] else outcome == "killed", f"{moment} ended with {outcome}"
        replay(session, path)
        session.reset()
        assert replay(session, path).already_committed == (path,)
        found = state(session, name)
        if found != wanted(name):
            wrong[moment] = found
    assert wrong == {}, f"wanted {wanted('case_N')}"


@pytest.fixture(scope="module")
def killed_recordings(address, session, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    paths = {}
    for number, moment in enumerate([*LINES, *(f"{moment} again" for moment in LINES)]):
        paths[moment] = folder / f"recording_{number}.dbm"
        if moment.endswith("again"):
            with deferred_operations(session, paths[moment]):
                session.create("Scope", {"name": "old"})
            session.rollback()
    session.reset()
    measure = {"kind": "record", "path": os.fspath(folder / "measure.dbm"), "moment": "line 0"}
    cases = [{"kind": "record", "path": os.fspath(path), "moment": moment} for moment, path in paths.items()]
    done = interrupt(address, [{**measure, "moment": "measure"}], cases)
    assert done["totals"]["record"] > 100, "the lines were not watched"
    return {moment: (paths[moment], outcome) for moment, outcome in zip(paths, done["outcomes"], strict=True)}


def test_a_recording_that_is_killed_leaves_a_whole_file_or_none(killed_recordings):
    for moment in LINES:
        path, outcome = killed_recordings[moment]
        assert outcome == "killed"
        assert not container.exists(path) or len(file.read(path).operations) == 5, moment


def test_a_recording_that_is_killed_leaves_the_old_file_or_the_new_one(killed_recordings):
    for moment in LINES:
        path, outcome = killed_recordings[f"{moment} again"]
        assert outcome == "killed"
        names = [operation.values["name"] for operation in file.read(path).operations]
        assert names in (["old"], [f"scope {number}" for number in range(5)]), moment


def test_the_moments_include_both_outcomes(killed_recordings):
    exists = {container.exists(killed_recordings[moment][0]) for moment in LINES}
    assert exists == {True, False}, "the process was always killed on the same side of the last step"
