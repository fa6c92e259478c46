"""Helpers for the tests of tools: servers to begin with, what goes wrong between, and how much tools may ask.

Installing the package is enough for pytest to know the fixtures; `trackteroid.testing.plugin` lists them. What is in
here is imported when it is first asked for, so that tests which use none of it pay for none of it.
"""

from __future__ import annotations

import importlib as _importlib
import typing as _typing

if _typing.TYPE_CHECKING:
    from trackteroid.testing.assertions import NotCommittedError, RequestBudgetError, assert_committed, request_budget
    from trackteroid.testing.events import Events, ExpectedEventError
    from trackteroid.testing.factories import Make
    from trackteroid.testing.faults import Fault, Faults, NothingMetError
    from trackteroid.testing.reaching import LocalServer, pointed_at, substitute
    from trackteroid.testing.recording import RemovedFrom, record
    from trackteroid.testing.replaying import ReplayedServer, ReplayMismatchError, replay
    from trackteroid.testing.servers import FreshServer, PostgresTemplate, SqliteTemplate

#: Where the public names are.
_HOMES = {
    "assertions": ("NotCommittedError", "RequestBudgetError", "assert_committed", "request_budget"),
    "events": ("Events", "ExpectedEventError"),
    "factories": ("Make",),
    "faults": ("Fault", "Faults", "NothingMetError"),
    "reaching": ("LocalServer", "pointed_at", "substitute"),
    "recording": ("RemovedFrom", "record"),
    "replaying": ("ReplayMismatchError", "ReplayedServer", "replay"),
    "servers": ("FreshServer", "PostgresTemplate", "SqliteTemplate"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - by what they are for
    "FreshServer",
    "LocalServer",
    "PostgresTemplate",
    "SqliteTemplate",
    "Make",
    "pointed_at",
    "substitute",
    "Fault",
    "Faults",
    "NothingMetError",
    "RemovedFrom",
    "ReplayMismatchError",
    "ReplayedServer",
    "record",
    "replay",
    "Events",
    "ExpectedEventError",
    "NotCommittedError",
    "RequestBudgetError",
    "assert_committed",
    "request_budget",
]


def __getattr__(name: str) -> object:
    """Import what is first asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(_importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package in ("trackteroid", "ftrack_api"):
            raise
        missing: _typing.Any = _importlib.import_module("trackteroid.errors")
        raise missing.MissingExtraError(
            f'trackteroid.testing.{name} needs {package}, which is not installed: pip install "trackteroid[server]".',
            name=package,
        ) from error


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
