"""What holds for all tests."""

import gc
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from selections import FUZZ

#: Folders in which everything is slow: programs are started, files encoded, each way to reach a server is tried.
SLOW = (
    "cli",
    "commands",
    "conformance",
    "files",
    "javascript",
    "listening",
    "postgres",
    "publishing",
    "releases",
    "testing",
)


# One profile for all property tests: none fails because the machine is busy, and examples may share fixtures.
settings.register_profile(
    "trackteroid",
    max_examples=FUZZ or 30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
settings.load_profile("trackteroid")


def pytest_configure() -> None:
    """Let the programs that tests start mind Ctrl-C, also when the tests run in the background of a shell.

    A shell makes what it runs in its background ignore interrupts, and that is passed on to every process it starts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep `make test` from loading the folders of which it runs nothing."""
    return True if config.option.markexpr == "not slow" and _is_slow(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow because of where it is."""
    for item in items:
        if _is_slow(item.path):
            item.add_marker(pytest.mark.slow)


def _is_slow(path: Path) -> bool:
    here = Path(__file__).parent
    return path != here and path.relative_to(here).parts[0] in SLOW


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail tests that leave the default session connected or closed: others would ask their server, or nobody."""
    outcome = yield
    module = sys.modules.get("trackteroid.session")
    if module is not None and (module.SESSION.connected or module.SESSION.closed):
        left = repr(module.SESSION)
        module.SESSION._begin_anew({}, closed=False)
        pytest.fail(f"{item.nodeid} leaves {left}; use it inside of `with SESSION.elsewhere():`")
    return outcome


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking at all modules and tests again and again.

    Each session makes thousands of objects, so that it runs often: without this it takes a third of the time.
    """
    _set_aside()
    gc.set_threshold(5_000, 10, 30)


@pytest.fixture(scope="session", autouse=True)
def _schemas_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the copies of schemas that sessions write out of the folder of the user who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FTRACK_API_SCHEMA_CACHE_PATH", str(tmp_path_factory.mktemp("schemas")))
        yield


@pytest.fixture
def nothing_left_open() -> Iterator[None]:
    """Collect what a test that breaks things on purpose leaves open, so that no later test is blamed for it.

    For use with a filter of the warnings that say so, which holds for this test only.
    """
    yield
    gc.collect()


@pytest.fixture(scope="module")
def old_objects_aside() -> None:
    """Make it cheap to collect garbage: what earlier tests have left is not looked at."""
    _set_aside()


def _set_aside() -> None:
    gc.collect()
    gc.freeze()
