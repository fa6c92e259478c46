"""Making components of files, and telling where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ftrack_api.session import Session
from ftrack_api.symbol import SERVER_LOCATION_ID

from trackteroid.client import transfer as carrying
from trackteroid.client.transfer import checksum_of
from trackteroid.errors import PublishingError
from trackteroid.publishing.locations import (
    Foreseen,
    NumberNeededError,
    encoded,
    identifier_of,
    keeps_data,
    keeps_rows,
)
from trackteroid.publishing.paths import Given
from trackteroid.publishing.transfers import Transfer
from trackteroid.session_state import blocks_of

#: A component, its file or the notation of its sequence, and where a location keeps it.
Place: TypeAlias = "tuple[Any, Path | str, str]"


@dataclass(slots=True)
class Maker:
    """Makes components in a session, and notes what goes with them.

    Attributes:
        session: the session.
        made: the new entities.
        transfers: the files that are to be put in place.
        added: the components and locations that those who listen are told of.
    """

    session: Session
    made: list[Any] = field(default_factory=list[Any])
    transfers: list[Transfer] = field(default_factory=list[Transfer])
    added: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def component(self, given: Given, **data: Any) -> Any:
        """Return a new component of what is given; a sequence with its members."""
        component: Any = self.session.create_component(given.path, {"name": given.name, **data}, location=None)
        self.made += [each for each, _ in _parts(component, given)]
        return component

    def places(self, component: Any, given: Given, location: Any, foreseen: Foreseen | None = None) -> list[Place]:
        """Return where a location is going to keep a component and its members.

        Raises:
            NumberNeededError: the location needs to know the number of the version.
        """
        if not keeps_rows(location):
            return []  # each new component is known there already
        seen = None if foreseen is None else Foreseen(component, {"version": foreseen})
        return [
            (part, path, identifier_of(location, _seen(part, component, seen), str(path)))
            for part, path in _parts(component, given)
        ]

    def locate(self, places: Iterable[Place], location: Any) -> None:
        """Let components be in a location, once their files are."""
        for part, path, place in places:
            data = {"component": part, "location": location, "resource_identifier": encoded(location, part, place)}
            self.made.append(self.session.create("ComponentLocation", data))
            self.added.append((part["id"], location["id"]))
            if isinstance(path, Path) and keeps_data(location):
                self.transfers.append(self._transfer(path, part["id"], location["id"], place))

    def on_server(self, path: Path, name: str) -> Any:
        """Return a new component of a file that belongs to no version and goes to the server."""
        given = Given(name, str(path), (path,))
        component = self.component(given)
        location: Any = self.session.get("Location", SERVER_LOCATION_ID)
        self.locate(self.places(component, given, location), location)
        return component

    def _transfer(self, path: Path, component_id: str, location_id: str, place: str) -> Transfer:
        size = path.stat().st_size
        # What is sent in parts now is read once; whatever is sent later is compared with what it was.
        is_compared = size <= carrying.IN_ONE or blocks_of(self.session).defers
        md5 = checksum_of(path) if is_compared else ""
        return Transfer(str(path), size, md5, component_id, location_id, place)


def _parts(component: Any, given: Given) -> Iterator[tuple[Any, Path | str]]:
    """Iterate over a component and its members, each with its file; a sequence itself has its notation."""
    if not given.is_sequence:
        yield component, given.files[0]
        return
    yield component, given.path
    yield from zip(component["members"], given.files, strict=True)


def _seen(part: Any, component: Any, seen: Foreseen | None) -> Any:
    if seen is None or part is component:
        return seen or part
    return Foreseen(part, {"container": seen})


def number_is_needed(location: Mapping[str, Any], error: NumberNeededError) -> PublishingError:
    """Return the error for a location that cannot do without the number of a version."""
    return PublishingError(
        f'The location "{location["name"]}" keeps components by the number of their version, which is not known before '
        f"it is committed: {error} Publish outside of deferred_operations(), or name another location."
    )
