"""Deferring costs about as much as the operations themselves; the benchmark measures it, this only guards it."""

import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def benchmark():
    path = Path(__file__).parent.parent.parent / "benchmarks" / "deferred.py"
    spec = importlib.util.spec_from_file_location("benchmark_deferred", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_recording_and_replaying_cost_about_as_much_as_doing_it_directly(tmp_path):
    deferred, path = benchmark(), tmp_path / "operations.dbm"
    ratios = []
    for _ in range(3):
        plain, recorded, stored = deferred.recording(1000, path)
        direct, replayed = deferred.replaying(1000, path)
        ratios.append((recorded / (plain + stored), replayed / direct))
        if ratios[-1][0] < 6 and ratios[-1][1] < 4:
            return  # other work on the machine must not matter
    raise AssertionError(f"deferring takes too long, as multiples of the direct way: {ratios}")
