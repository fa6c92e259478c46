"""The pytest plugin: the fixtures ``request_budget`` and ``events``, and the marker ``request_budget``."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager

import pytest

from trackteroid.client.requests_log import Profile
from trackteroid.session import SESSION
from trackteroid.testing.budget import request_budget as budget
from trackteroid.testing.events import Events


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "request_budget(requests=None, *, one_by_one=False): fail a test that sends more requests to an ftrack server, "
        "or that fetches entities one by one.",
    )


@pytest.fixture
def request_budget() -> Callable[..., AbstractContextManager[Profile]]:
    """Return `trackteroid.testing.request_budget`, to limit the requests of a part of a test."""
    return budget


@pytest.fixture
def events() -> Events:
    """Return what lets the listeners on ``trackteroid.SESSION`` have events, and expects events of others."""
    return Events(SESSION)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Limit the requests of a test that has the marker; its fixtures do not count."""
    marker = item.get_closest_marker("request_budget")
    if marker is None:
        return (yield)
    with budget(*marker.args, **marker.kwargs):
        return (yield)
