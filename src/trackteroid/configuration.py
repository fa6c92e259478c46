"""The settings of a studio, from the Python file that ``TRACKTEROID_CONFIGURATION`` names.

``RELATIONSHIPS_RESOLVER(api_version) -> dict``
    Paths between entity types: ``{"entities": {"Task": {"Shot": "parent[Shot]"}}, "overrides": [...]}``.
``DEFAULT_PROJECTIONS_RESOLVER(session, type_name) -> list[str] | None``
    What queries for a type ask for by themselves; None means what Trackteroid would ask for.
``ALLOWED_FOR_DELETION_RESOLVER(session, type_name) -> bool``
    Whether entities of this type may be deleted.
``LOGGING_NAMESPACE: str``
    The first part of the names of all loggers.
``WARN_ON_INJECT: bool``
    Whether every use of ``inject`` is logged as a warning.

A function that returns None configures nothing. The file is read once, when the first setting is needed. A mistake in
it raises a ``ConfigurationError``, the same one every time.
"""

from __future__ import annotations

import functools
import logging
import os
import runpy
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from trackteroid.errors import ConfigurationError

VARIABLE = "TRACKTEROID_CONFIGURATION"
"""The environment variable with the path of the configuration file."""

RELATIONSHIPS_RESOLVER: Callable[..., Mapping[str, Any]]
DEFAULT_PROJECTIONS_RESOLVER: Callable[..., Sequence[str] | None]
ALLOWED_FOR_DELETION_RESOLVER: Callable[..., bool]
LOGGING_NAMESPACE: str
WARN_ON_INJECT: bool


def no_relations(api_version: str) -> Mapping[str, Any]:  # noqa: ARG001 - as documented
    """Configure no relations between types."""
    return {}


def own_projections(session: object, type_name: str) -> None:
    """Let queries ask for what Trackteroid would ask for."""


def always_allowed(session: object, type_name: str) -> bool:  # noqa: ARG001 - as documented
    """Let everything be deleted."""
    return True


_DEFAULTS: dict[str, Any] = {
    "RELATIONSHIPS_RESOLVER": no_relations,
    "DEFAULT_PROJECTIONS_RESOLVER": own_projections,
    "ALLOWED_FOR_DELETION_RESOLVER": always_allowed,
    "LOGGING_NAMESPACE": "trackteroid",
    "WARN_ON_INJECT": False,
}

_lock = threading.RLock()
_loaded: dict[str, Any] | ConfigurationError | None = None


def logger(name: str) -> logging.Logger:
    """Return the logger of a part of Trackteroid: ``logger("query")`` is ``trackteroid.query``."""
    settings = _loaded if isinstance(_loaded, dict) else _settings()
    return logging.getLogger(f"{settings['LOGGING_NAMESPACE']}.{name}")


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the settings of the configuration file at *path*, with the defaults of those it does not name.

    Raises:
        ConfigurationError: the file does not exist, is not a ``.py`` file, fails, or has a setting of a wrong type.
    """
    file = Path(os.fspath(path))
    if not file.is_file():
        raise ConfigurationError(f'{VARIABLE} names "{path}", which is not a file. Correct the path or unset it.')
    if file.suffix != ".py":
        raise ConfigurationError(f'{VARIABLE} names "{path}". A configuration is a Python file and ends with ".py".')
    try:
        names = runpy.run_path(str(file))
    except Exception as error:  # whatever it raises: the user's own code failed
        raise ConfigurationError(f'The configuration file "{path}" failed:\n{traceback.format_exc()}') from error
    settings = dict(_DEFAULTS)
    for name in names.keys() & _DEFAULTS.keys():
        value, default = names[name], _DEFAULTS[name]
        expected = "a function" if callable(default) else f"of type {type(default).__name__}"
        if not (callable(value) if callable(default) else isinstance(value, type(default))):
            raise ConfigurationError(
                f'In the configuration file "{path}", {name} is {value!r}, but has to be {expected}.'
            )
        settings[name] = _or_default(value, default) if callable(default) else value
    return settings


def _or_default(setting: Callable[..., Any], default: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of a configuration that asks the default where it returns None, which configures nothing."""

    @functools.wraps(setting)
    def resolve(*args: Any, **kwargs: Any) -> Any:
        found = setting(*args, **kwargs)
        return default(*args, **kwargs) if found is None else found

    return resolve


def _settings() -> dict[str, Any]:
    global _loaded
    with _lock:
        if _loaded is None:
            path = os.environ.get(VARIABLE)
            try:
                _loaded = read(path) if path else _DEFAULTS
            except ConfigurationError as error:
                _loaded = error
        if isinstance(_loaded, ConfigurationError):
            raise _loaded.with_traceback(None)
        return _loaded


def __getattr__(name: str) -> Any:
    if name in _DEFAULTS:
        return (_loaded if isinstance(_loaded, dict) else _settings())[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
