"""Short runs of the programs in `attacks`, so that they go on working; `make attack` runs them for longer."""

from __future__ import annotations

import argparse

import pytest

from attacks import fuzz, load

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("database", "count"), [("sqlite", 800), ("postgresql", 300)])
def test_hostile_requests_are_all_answered_and_told_nothing(database: str, count: int) -> None:
    findings, statuses = fuzz.run(database=database, first=0, count=count, seed=0, progress=False)
    assert findings == []
    assert sum(statuses.values()) == count
    assert {200, 400, 403, 404} <= statuses.keys()


def test_many_clients_at_once_are_all_answered(capsys: pytest.CaptureFixture[str]) -> None:
    errors = load.run(argparse.Namespace(database="sqlite", workers=1, clients=30, seconds=2.5))
    assert errors == []
    assert "0 errors" in capsys.readouterr().out
