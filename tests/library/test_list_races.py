"""Whoever changes a list, in whatever order: what was added is there, and what was removed is not.

``TRACKTEROID_FUZZ=5000`` (``make fuzz``) runs some thousand races; the default run a few.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from library.list_races import KINDS, Person, Race, connect
from trackteroid.server import EmbeddedServer

BUDGET = int(os.environ.get("TRACKTEROID_FUZZ", "0"))
RACES = BUDGET // 20 if BUDGET else 4
TEAMS = [*itertools.combinations_with_replacement(KINDS, 2), ("ours", "ours, populating", "stock"), ("ours",) * 3]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer("sqlite://", with_demo=True)
    yield server
    server.close()


@pytest.fixture(scope="module")
def url(server: EmbeddedServer) -> Iterator[str]:
    with server.listening() as url:
        yield url


@pytest.fixture(scope="module")
def look(server: EmbeddedServer) -> Any:
    return connect(server, server, "ours, populating")


@pytest.mark.parametrize("team", TEAMS, ids=" and ".join)
def test_what_was_added_is_there_and_what_was_removed_is_not(
    team: tuple[str, ...], server: EmbeddedServer, url: str, look: Any
) -> None:
    sessions = [connect(server, url if kind == "stock" else server, kind) for kind in team]
    for seed in range(RACES):
        people = [Person(kind, session) for kind, session in zip(team, sessions, strict=True)]
        Race(look, people, Random(seed)).run(12)
    for session in sessions:
        session.close()


def test_it_is_the_same_over_http(server: EmbeddedServer, url: str, look: Any) -> None:
    people = [Person(kind, connect(server, url, kind)) for kind in KINDS]
    for seed in range(RACES):
        Race(look, people, Random(seed)).run(15)
        for person in people:
            person.forget()
    for person in people:
        person.session.close()
