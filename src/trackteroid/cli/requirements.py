"""What is installed beside each other: what clashes, what is missing, and what nothing needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final

from trackteroid.extras import optional

#: What ftrack-python-api installs and nothing of it imports.
_DOCUMENTATION: Final = "sphinx-notfound-page"
_US: Final = "trackteroid"
#: What this module needs itself.
_READER: Final = "packaging"


@dataclass(frozen=True, slots=True)
class Clash:
    """A package that has a version which another one does not take.

    Attributes:
        holder: the package that needs it.
        requirement: what it needs.
        found: the version that there is; None if there is none.
    """

    holder: str
    requirement: str
    found: str | None

    def __str__(self) -> str:
        there = "it is not installed" if self.found is None else f"{self.found} is installed"
        return f"{self.holder} needs {self.requirement}, but {there}"


def clashes() -> Iterator[Clash]:
    """Yield what we, and what we need, do not find in the version that it has to be."""
    installed = _installed()
    for name in sorted(_reached(installed, _US)):
        for needed in _needs(installed[name]):
            found = installed.get(_folded(needed.name))
            if found is None and _folded(needed.name) == _DOCUMENTATION:  # whoever was told that nothing needs it
                continue
            if found is None or not needed.specifier.contains(found.version, prereleases=True):
                text = f"{needed.name}{needed.specifier}"
                yield Clash(name, text, found.version if found else None)


def extras() -> dict[str, list[str]]:
    """Return for each of our extras which of its packages are missing."""
    installed = _installed()
    us = installed.get(_US)
    if us is None:
        return {}
    return {
        extra: [each.name for each in _needs(us, extra) if _folded(each.name) not in installed]
        for extra in us.metadata.get_all("Provides-Extra") or ()
    }


def superfluous() -> list[str]:
    """Return what is installed for the documentation of ftrack-python-api, and needed by nothing else."""
    installed = _installed()
    if _DOCUMENTATION not in installed:
        return []
    theirs = _reached(installed, _DOCUMENTATION)
    others = set(installed) - theirs
    needed = {
        name
        for other in others
        for name in (_folded(each.name) for each in _needs(installed[other]))
        if name in theirs and (other, name) != ("ftrack-python-api", _DOCUMENTATION)
    }
    for name in sorted({*needed, _READER}):
        theirs -= _reached(installed, name)
    return sorted(theirs)


def _folded(name: str) -> str:
    """Return the name of a package as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed() -> Mapping[str, metadata.Distribution]:
    return {_folded(each.metadata["Name"]): each for each in metadata.distributions() if each.metadata["Name"]}


def _needs(distribution: metadata.Distribution, extra: str | None = None) -> list[Any]:
    """Return what a package needs here; with an extra, what that adds.

    Raises:
        MissingExtraError: nothing is installed that reads requirements.
    """
    reader = optional("packaging.requirements", "", "Comparing versions")
    found: list[Any] = []
    for text in distribution.requires or ():
        try:
            requirement = reader.Requirement(text)
        except reader.InvalidRequirement:  # packages of older times have what no tool can read
            continue
        marker = requirement.marker
        here = [marker is None or marker.evaluate({"extra": name}) for name in ("", extra or "")]
        if here == ([True, True] if extra is None else [False, True]):
            found.append(requirement)
    return found


def _reached(installed: Mapping[str, metadata.Distribution], start: str) -> set[str]:
    """Return a package, and all that it needs, as far as it is installed."""
    found: set[str] = set()
    waiting = [start] if start in installed else []
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            needed = (_folded(each.name) for each in _needs(installed[name]))
            waiting += [each for each in needed if each in installed]
    return found
