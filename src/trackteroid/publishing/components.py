"""Components and locations: which one is meant, where it keeps a component, and how components are made of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import ftrack_api.exception
from ftrack_api.entity.location import MemoryLocationMixin, UnmanagedLocationMixin
from ftrack_api.session import Session
from ftrack_api.symbol import SERVER_LOCATION_ID

from trackteroid.client import transfer as carrying
from trackteroid.client.transfer import checksum_of
from trackteroid.errors import PublishingError, suggest
from trackteroid.publishing.paths import Given
from trackteroid.publishing.transfers import Transfer
from trackteroid.session_state import blocks_of


def find_location(session: Session, given: object) -> Any:
    """Return the location that is meant: by its name, itself, or ``"auto"`` for the one that the session picks.

    None is no location: such components are known to this session only, as ``location=None`` is to ftrack_api.

    Raises:
        PublishingError: there is no such location, or this session cannot reach what is in it.
    """
    if given is None:
        return None
    if given == "auto":
        picked: Any = session.pick_location()
        if picked is None:
            raise PublishingError('This session has access to no location. Name one: location="ftrack.server".')
        return picked
    location: Any = given
    if isinstance(given, str):
        known = {_name(each): each for each in all_locations(session)}
        if given not in known:
            accessible = [name for name, each in known.items() if each.accessor]
            raise PublishingError(
                f'There is no location "{given}".{suggest(given, known)} This session has access to '
                f"{', '.join(accessible)}."
            )
        location = known[given]
    elif getattr(location, "entity_type", None) != "Location":
        raise PublishingError(f'location is {given!r}. Give its name, such as "ftrack.server", the location, or None.')
    if not location.accessor or not location.structure:
        raise PublishingError(
            f'This session has no access to the location "{_name(location)}": no plugin gives it an accessor and a '
            "structure. Set FTRACK_EVENT_PLUGIN_PATH, or name another location."
        )
    return location


def all_locations(session: Session) -> list[Any]:
    """Return all locations, those first that are preferred."""
    found: list[Any] = list(session.query("select id, name from Location").all())
    return sorted(found, key=lambda location: location.priority)


def _name(location: Any) -> str:
    return str(location["name"])


def keeps_data(location: Any) -> bool:
    """Return whether a location keeps files of its own; others leave them where they are."""
    return not isinstance(location, UnmanagedLocationMixin)


def keeps_rows(location: Any) -> bool:
    """Return whether the server is told what is in a location; one in memory is known to its session only."""
    return not isinstance(location, MemoryLocationMixin)


class NumberNeededError(Exception):
    """A location keeps components by the number of their version, which is not known yet."""


def identifier_of(location: Any, component: Any, path: str) -> str:
    """Return where a location keeps a component that comes from a path.

    Raises:
        NumberNeededError: it cannot tell before the version of the component is committed.
    """
    session: Session = location.session
    with session.auto_populating(True):
        try:
            return str(location.structure.get_resource_identifier(component, {"source_resource_identifier": path}))
        except ftrack_api.exception.StructureError as error:
            raise NumberNeededError(str(error)) from None


def encoded(location: Any, component: Any, identifier: str) -> str:
    """Return what the server is told of where a component is."""
    transformer = location.resource_identifier_transformer
    return str(transformer.encode(identifier, context={"component": component})) if transformer else identifier


def decoded(location: Any, component: Any, identifier: str) -> str:
    """Return where a component is, from what the server was told."""
    transformer = location.resource_identifier_transformer
    return str(transformer.decode(identifier, context={"component": component})) if transformer else identifier


class Foreseen(Mapping[str, Any]):
    """An entity as it will be once it is committed.

    Structures ask a new component for the number and the place of its version, which only the server gives it.
    """

    def __init__(self, entity: Any, values: Mapping[str, Any]) -> None:
        self._entity, self._values = entity, values

    def __getitem__(self, name: str) -> Any:
        return self._values[name] if name in self._values else self._entity[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entity)

    def __len__(self) -> int:
        return len(self._entity)

    def __getattr__(self, name: str) -> Any:
        if name == "primary_key_attributes":  # by which structures would find it among what is not committed
            raise AttributeError(name)
        return getattr(self._entity, name)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def foreseen_version(version: Any, context: Any, number: int) -> Foreseen:
    """Return a new version below a context as it will be with this number."""
    with version.session.auto_populating(True):
        link = [*context["link"], {"type": "AssetVersion", "id": version["id"], "name": f"v{number}"}]
    return Foreseen(version, {"version": number, "link": link, "version_id": version["id"]})


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
        found: list[Place] = []
        whole = component if foreseen is None else Foreseen(component, {"version": foreseen})
        for part, path in _parts(component, given):
            seen = part
            if foreseen is not None:
                seen = whole if part is component else Foreseen(part, {"container": whole})
            found.append((part, path, identifier_of(location, seen, str(path))))
        return found

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


def number_is_needed(location: Mapping[str, Any], error: NumberNeededError) -> PublishingError:
    """Return the error for a location that cannot do without the number of a version."""
    return PublishingError(
        f'The location "{location["name"]}" keeps components by the number of their version, which is not known before '
        f"it is committed: {error} Publish outside of deferred_operations(), or name another location."
    )
