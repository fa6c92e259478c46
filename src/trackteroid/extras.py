"""Packages that not everybody needs, and what to install to have them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from trackteroid.errors import MissingExtraError


def optional(module: str, extra: str, what: str) -> Any:
    """Return the module of this name, for which *extra* has to be installed; without one, the package itself.

    Raises:
        MissingExtraError: it is not; *what* needs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or module.partition(".")[0] != error.name.partition(".")[0]:
            raise  # it is there, and what it needs itself is not
        package = module.partition(".")[0]
        install = f'"trackteroid[{extra}]"' if extra else package
        raise MissingExtraError(
            f"{what} needs {package}, which is not installed: pip install {install}.",
            name=error.name,
        ) from error
