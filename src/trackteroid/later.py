"""Modules that run when something of them is first used, rather than when they are imported.

A first question needs a third of the library. What is in the rooms below is not in that third. It is imported like
anything else, at the top of a module, but as a module: after ``from trackteroid.display import graphs`` it is the first
``graphs.Graph`` that runs it. ``from trackteroid.display.graphs import Graph`` runs it at once, as always.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any, cast

#: The rooms, and single modules, that run later.
ROOMS = (
    "trackteroid.client.inprocess",
    "trackteroid.client.replacement",
    "trackteroid.client.transfer",
    "trackteroid.collections.allowed",
    "trackteroid.collections.change",
    "trackteroid.collections.custom_values",
    "trackteroid.collections.files",
    "trackteroid.collections.history",
    "trackteroid.collections.preloading",
    "trackteroid.collections.sorting",
    "trackteroid.collections.tabular",
    "trackteroid.collections.trees",
    "trackteroid.columns",
    "trackteroid.display",
    "trackteroid.events",
    "trackteroid.export",
    "trackteroid.hints",
    "trackteroid.importing",
    "trackteroid.operations",
    "trackteroid.publishing",
    "trackteroid.query.aggregates",
    "trackteroid.query.conditions",
    "trackteroid.query.rows",
    "trackteroid.server.demo",
    "trackteroid.server.drawing",
    "trackteroid.server.files.thumbnails",
    "trackteroid.server.http.serving",
)

_PREFIXES = tuple(f"{room}." for room in ROOMS)


class _Run:
    """How a module is run, and whether that has begun."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.lock = RLock()
        self.has_begun = False


class _Unrun(ModuleType):
    """A module that has not run."""

    def __getattr__(self, name: str) -> Any:
        # Whoever imports something of it asks whether it is a package, and tools such as unittest ask all modules for
        # what few have. That is no use of it, and it must not fail because a package that it needs is not installed.
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name)
        spec: Any = self.__spec__
        run: _Run = spec.loader_state
        with run.lock:  # another thread may run it: all of it is there then
            if not run.has_begun:
                run.has_begun = True
                try:
                    run.loader.exec_module(self)
                except BaseException:
                    run.has_begun = False  # whoever asks next is told, too
                    raise
                vars_of: Any = self
                vars_of.__class__ = ModuleType
            elif type(self) is _Unrun:  # it asks itself, or what it imports does
                raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} yet", name=name)
        return getattr(self, name)


class _Later(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> None:  # noqa: ARG002 - as usual
        return None

    def exec_module(self, module: ModuleType) -> None:
        spec: Any = module.__spec__
        spec.loader = module.__loader__ = self._loader
        spec.loader_state = _Run(self._loader)
        module.__class__ = _Unrun


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not f"{fullname}.".startswith(_PREFIXES):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and spec.submodule_search_locations is None:
            spec.loader = _Later(spec.loader)
        return spec


def install() -> None:
    """Let the modules of these rooms run later, from now on."""
    if not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def has_run(module: ModuleType) -> bool:
    """Return whether a module has run, or has begun to."""
    return not isinstance(module, _Unrun) or cast("Any", module.__spec__).loader_state.has_begun


def names_of(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package whose names are in modules of it, which run when one is asked for.

    Args:
        package: the name of the package.
        homes: the names by module.
    """
    home_of = {name: f"{package}.{home}" for home, names in homes.items() for name in names}

    def get(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
        return getattr(import_module(home_of[name]), name)

    return get
