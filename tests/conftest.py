"""What holds for all tests."""

import signal
from pathlib import Path

import pytest

#: Folders in which everything is slow: programs are started, and each way to reach a server is tried.
SLOW = ("cli", "conformance", "javascript", "postgres", "releases")


def pytest_configure() -> None:
    """Let the programs that tests start mind Ctrl-C, also when the tests run in the background of a shell.

    A shell makes what it runs in its background ignore interrupts, and that is passed on to every process it starts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow because of where it is."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)
