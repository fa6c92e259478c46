"""Deferring costs about as much as the operations themselves; the benchmark measures it, this only guards it."""

import importlib.util
from contextlib import closing
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from counting import calls_of
from trackteroid.operations import deferred_operations, replay

pytestmark = pytest.mark.slow


def benchmark() -> ModuleType:
    path = Path(__file__).parent.parent.parent / "benchmarks" / "deferred.py"
    spec = importlib.util.spec_from_file_location("benchmark_deferred", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Calls(NamedTuple):
    """What a number of operations takes: made and sent at once, recorded into a file, and sent from it."""

    made: int
    recorded: int
    sent: int
    replayed: int


def calls_for(count: int, path: Path) -> Calls:
    deferred = benchmark()
    server = deferred.AgreeingServer()

    def record(session):
        with deferred_operations(session, path):
            deferred.work(session, count)

    with closing(deferred.connected(server)) as session:
        made = calls_of(partial(deferred.work, session, count))
        sent = calls_of(session.commit)
    with closing(deferred.connected(server)) as session:
        recorded = calls_of(partial(record, session))
    with closing(deferred.connected(server)) as session:
        replayed = calls_of(partial(replay, session, path))
    return Calls(made, recorded, sent, replayed)


def test_recording_and_replaying_cost_about_as_much_as_doing_it_directly(tmp_path):
    calls_for(8, tmp_path / "loads_what_is_loaded_late.dbm")
    few, many = calls_for(500, tmp_path / "few.dbm"), calls_for(2000, tmp_path / "many.dbm")
    assert many.recorded < 8 * many.made, "recording takes too much, beside making the operations"
    assert many.replayed < 4.5 * many.sent, "replaying takes too much, beside committing"
    assert many.recorded < 4.4 * few.recorded, "recording more takes more than in proportion"
    assert many.replayed < 4.4 * few.replayed, "replaying more takes more than in proportion"
