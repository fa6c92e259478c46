"""The pytest plugin. pytest knows it as soon as the package is installed; nothing else is imported until it is needed.

===================  ===================================================================================================
``ftrack_server``    a server on a database of its own for each test, see `FreshServer`
``ftrack_session``   a `Session` there, without a port
``stock_session``    an ``ftrack_api.Session`` there, over HTTP
``ftrack_hub``       a function that returns connected event hubs of ``ftrack_api``, over HTTP
``demo_production``  the server, begun with the demo production
``ftrack_make``      makes projects, shots, tasks, see `Make`
``ftrack_freeze``    a function that lets the server's time stand still from then on
``ftrack_faults``    lets calls of the server go wrong, see `Faults`
``ftrack_tool``      lets tools use the server and sessions of ours, see `substitute`
``ftrack_environment``  the variables of the environment that lead to the server, which are set
``expect_queries``   a function that fails a block which does not send this many requests
``request_budget``   a function that fails a block which sends more requests than it may, see `request_budget`
``events``           events for the listeners on ``trackteroid.SESSION``
===================  ===================================================================================================

Markers: ``request_budget(...)``, and ``ftrack_server(demo=False, roles=False)``, which says how the server of a test
begins. With ``--ftrack-postgresql=URL``, the ini option ``ftrack_postgresql`` or the variable
``TRACKTEROID_TEST_POSTGRESQL`` the databases are PostgreSQL's.
"""

from __future__ import annotations

import os
import typing
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import date, datetime
from functools import partial
from importlib import import_module

import pytest

from trackteroid import testing

if typing.TYPE_CHECKING:
    import ftrack_api
    import ftrack_api.event.hub

    from trackteroid.client.requests_log import Profile
    from trackteroid.server.core.clock import FrozenClock
    from trackteroid.session import Session
    from trackteroid.testing.events import Events
    from trackteroid.testing.factories import Make
    from trackteroid.testing.faults import Faults
    from trackteroid.testing.servers import FreshServer, Template

_POSTGRESQL = "ftrack_postgresql"
_VARIABLE = "TRACKTEROID_TEST_POSTGRESQL"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the options known."""
    text = "The PostgreSQL database beside which those of the ftrack servers of tests are made; SQLite without."
    parser.getgroup("trackteroid").addoption("--ftrack-postgresql", metavar="URL", help=text)
    parser.addini(_POSTGRESQL, text)


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    config.addinivalue_line(
        "markers",
        "request_budget(requests=None, *, one_by_one=False): fail a test that sends more requests to an ftrack server, "
        "or that fetches entities one by one.",
    )
    config.addinivalue_line(
        "markers",
        "ftrack_server(*, demo=False, roles=False): begin the server of a test with the demo production, or let users "
        "do only what their roles allow.",
    )


# Servers


@pytest.fixture(scope="session")
def _ftrack_templates(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[bool], Template]]:
    """Return what makes a template when it is first asked for, in this process and for this run."""
    made: dict[bool, Template] = {}
    url = pytestconfig.getoption(_POSTGRESQL) or pytestconfig.getini(_POSTGRESQL) or os.environ.get(_VARIABLE)

    def template(with_demo: bool) -> Template:
        if with_demo not in made:
            folder = tmp_path_factory.mktemp("ftrack")
            if url:
                made[with_demo] = testing.PostgresTemplate(url, folder, with_demo=with_demo)
            else:
                made[with_demo] = testing.SqliteTemplate(folder, with_demo=with_demo)
        return made[with_demo]

    yield template
    for each in made.values():
        each.close()


@pytest.fixture
def ftrack_server(
    request: pytest.FixtureRequest, _ftrack_templates: Callable[[bool], Template]
) -> Iterator[FreshServer]:
    """Return a server on a database of its own, see `trackteroid.testing.FreshServer`."""
    marker = request.node.get_closest_marker("ftrack_server")
    with_demo, roles = _beginning(**marker.kwargs) if marker else (False, False)
    with_demo = with_demo or "demo_production" in request.fixturenames
    with testing.FreshServer(_ftrack_templates(with_demo), roles=roles, has_demo=with_demo) as server:
        yield server


def _beginning(*, demo: bool = False, roles: bool = False) -> tuple[bool, bool]:
    """Return what a marker says."""
    return demo, roles


@pytest.fixture
def demo_production(ftrack_server: FreshServer) -> FreshServer:
    """Return the server of the test, which holds the demo production: the same one every time, with the same ids."""
    if not ftrack_server.has_demo:
        raise pytest.UsageError(
            "The server of this test has begun without the demo production. Name demo_production among the arguments "
            "of the test or of its fixtures, or mark the test: @pytest.mark.ftrack_server(demo=True)"
        )
    return ftrack_server


@pytest.fixture
def ftrack_session(ftrack_server: FreshServer) -> Session:
    """Return a session of ours on the server of the test."""
    return ftrack_server.session()


@pytest.fixture
def stock_session(ftrack_server: FreshServer) -> ftrack_api.Session:
    """Return a session of the official client on the server of the test."""
    return ftrack_server.stock_session()


@pytest.fixture
def ftrack_hub(ftrack_server: FreshServer) -> Callable[..., ftrack_api.event.hub.EventHub]:
    """Return a function that returns connected event hubs of the official client; they are disconnected in the end."""
    return ftrack_server.hub


# What tests begin with, and what happens to them


@pytest.fixture
def ftrack_make(ftrack_session: Session) -> Make:
    """Return what makes projects, shots and tasks, see `trackteroid.testing.Make`."""
    return testing.Make(ftrack_session)


@pytest.fixture
def ftrack_freeze(ftrack_server: FreshServer) -> Iterator[Callable[[datetime | date | str], FrozenClock]]:
    """Return a function that lets the time of the server stand still, until the end of the test."""
    with ExitStack() as stack:
        yield lambda moment: stack.enter_context(ftrack_server.freeze(moment))


@pytest.fixture
def ftrack_faults(ftrack_server: FreshServer) -> Iterator[Faults]:
    """Return what lets calls of the server go wrong, see `trackteroid.testing.Faults`."""
    yield ftrack_server.faults
    ftrack_server.faults.check()


@pytest.fixture
def ftrack_environment(ftrack_server: FreshServer) -> Iterator[dict[str, str]]:
    """Let the environment and ``trackteroid.SESSION`` lead to the server of the test, and return the variables."""
    with testing.pointed_at(ftrack_server) as environment:
        yield dict(environment)


@pytest.fixture
def ftrack_tool(ftrack_server: FreshServer) -> Iterator[FreshServer]:
    """Let all sessions that tools make be ours and go to the server of the test, see `substitute`."""
    with testing.substitute(ftrack_server):
        yield ftrack_server


# What they may ask


@pytest.fixture
def request_budget() -> Callable[..., AbstractContextManager[Profile]]:
    """Return `trackteroid.testing.request_budget`, to limit the requests of a part of a test."""
    return testing.request_budget


@pytest.fixture
def expect_queries() -> Callable[..., AbstractContextManager[Profile]]:
    """Return `trackteroid.testing.request_budget` for a part of a test that sends exactly so many requests."""
    return partial(testing.request_budget, exactly=True)


@pytest.fixture
def events() -> Events:
    """Return what lets the listeners on ``trackteroid.SESSION`` have events, and expects events of others."""
    return testing.Events(import_module("trackteroid.session").SESSION)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Limit the requests of a test that has the marker; its fixtures do not count."""
    marker = item.get_closest_marker("request_budget")
    if marker is None:
        return (yield)
    with testing.request_budget(*marker.args, **marker.kwargs):
        return (yield)
