"""Whatever a session was asked before, after a query it reads like a fresh one.

Sessions at random: queries of ours, ``session.query`` and ``fetch_attributes``, changes here and by a colleague,
commits and rollbacks. After the last query, everything that it projected must read as in a session that was asked
nothing else, but for what was changed here and not committed.

``TRACKTEROID_FUZZ=5000`` (``make fuzz``) makes it ten thousand sessions and more; the default run tries some hundred.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from library.warm_servers import MANNERS, Manner, connect, small_production
from library.warm_sessions import PATHS, WarmSession, paths_of
from selections import FUZZ
from trackteroid.server import EmbeddedServer

pytestmark = pytest.mark.slow

#: How many sessions with our own server, and how many with each other manner and with the official client.
OURS, OTHERS = (2 * FUZZ, FUZZ // 5) if FUZZ else (40, 8)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = small_production()
    yield server
    server.close()


@pytest.fixture(scope="module")
def others(server: EmbeddedServer) -> tuple[Any, Any]:
    """A colleague's session, and one that always is as good as new."""
    return connect(server), connect(server)


@pytest.mark.parametrize("manner", MANNERS.values(), ids=list(MANNERS))
def test_a_warm_session_answers_like_a_fresh_one(
    server: EmbeddedServer, others: tuple[Any, Any], manner: type[Manner]
) -> None:
    with connect(server, manner) as session:
        for seed in range(OURS if manner is Manner else OTHERS):
            check(WarmSession(session, *others, seed))


def test_the_official_client_is_told_all_it_asks_for(server: EmbeddedServer, others: tuple[Any, Any]) -> None:
    session = connect(server, stock=True)
    for seed in range(OTHERS):
        check(WarmSession(session, *others, seed, is_stock=True))
    session.close()


def test_a_warm_session_over_http_answers_like_a_fresh_one(server: EmbeddedServer, others: tuple[Any, Any]) -> None:
    with server.listening() as url, connect(server, url=url) as session:
        for seed in range(OTHERS):
            check(WarmSession(session, *others, seed))


def check(tried: WarmSession) -> None:
    try:
        differences = tried.run()
    except BaseException:
        print("\n".join(tried.log))
        raise
    assert not differences, "\n".join([*tried.log, "", *differences])


def test_many_paths_are_tried() -> None:
    paths = [path for name in PATHS for path in paths_of(name)]
    assert len(paths) > 100
    assert sum("[" in path for path in paths) > 10
