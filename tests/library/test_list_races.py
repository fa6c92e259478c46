"""Whoever changes a list, in whatever order: what was added is there, and what was removed is not.

``TRACKTEROID_FUZZ=5000`` (``make fuzz``) runs some thousand races; the default run a few.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from demo_servers import demo_server
from library.list_races import KINDS, Person, connect, race_of
from selections import FUZZ, some
from trackteroid.server import EmbeddedServer

pytestmark = pytest.mark.slow

RACES = settings(
    max_examples=FUZZ // 20 if FUZZ else 1,
    stateful_step_count=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate] if not FUZZ else list(Phase),
    suppress_health_check=list(HealthCheck),
)
TEAMS = [*itertools.combinations_with_replacement(KINDS, 2), ("ours", "ours, populating", "stock"), ("ours",) * 3]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def url(server: EmbeddedServer) -> Iterator[str]:
    with server.listening() as url:
        yield url


@pytest.fixture(scope="module")
def look(server: EmbeddedServer) -> Any:
    return connect(server, server, "ours, populating")


@pytest.mark.parametrize("team", some(TEAMS, 2), ids=" and ".join)
def test_what_was_added_is_there_and_what_was_removed_is_not(
    team: tuple[str, ...], server: EmbeddedServer, url: str, look: Any
) -> None:
    sessions = [connect(server, url if kind == "stock" else server, kind) for kind in team]
    people = [Person(kind, session) for kind, session in zip(team, sessions, strict=True)]
    run_state_machine_as_test(race_of(look, people), settings=RACES)
    for session in sessions:
        session.close()


def test_it_is_the_same_over_http(server: EmbeddedServer, url: str, look: Any) -> None:
    people = [Person(kind, connect(server, url, kind)) for kind in KINDS]
    run_state_machine_as_test(race_of(look, people), settings=RACES)
    for person in people:
        person.session.close()
