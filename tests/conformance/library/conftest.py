"""Tests of the library alone: `session` and `other` are sessions of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from trackteroid import Session


@pytest.fixture
def client() -> str:
    return "ours"


@pytest.fixture
def session(running: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    session = running.connect("ours", monkeypatch)
    yield session
    session.close()
