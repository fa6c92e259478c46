"""Locations of a studio's own: several components at once, containers, sequences, and what identifiers become."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ftrack_api
import ftrack_api.accessor.disk
import ftrack_api.entity.location
import ftrack_api.exception
import ftrack_api.resource_identifier_transformer.base
import ftrack_api.structure.id
import ftrack_api.structure.origin
import ftrack_api.symbol
import pytest

Session = ftrack_api.Session


class Encoded(ftrack_api.resource_identifier_transformer.base.ResourceIdentifierTransformer):
    """Keeps identifiers as lines of base64 text."""

    def encode(self, resource_identifier: str, context: Any = None) -> str:
        return base64.encodebytes(resource_identifier.encode()).decode()

    def decode(self, resource_identifier: str, context: Any = None) -> str:
        return base64.decodebytes(resource_identifier.encode()).decode()


@pytest.fixture
def origin(session: Session) -> Any:
    return session.query('Location where name is "ftrack.origin"').one()


@pytest.fixture
def managed(session: Session, name: str, tmp_path: Path) -> Iterator[Any]:
    """A location that keeps files on a disk, under the ids of their components."""
    location = session.create("Location", {"name": f"managed-{name}"})
    session.commit()
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(prefix=str(tmp_path / "managed"))
    location.structure = ftrack_api.structure.id.IdStructure()
    location.priority = 10
    yield location
    # A location with components in it cannot be deleted.
    for place in location["location_components"]:
        session.delete(place)
    session.commit()
    session.delete(location)
    session.commit()
    assert not session.query(f'Location where name is "managed-{name}"').all()


@pytest.fixture
def noted(session: Session, name: str) -> Any:
    """A location that only notes where files are."""
    location = session.create("Location", {"name": f"noted-{name}"})
    ftrack_api.mixin(location, ftrack_api.entity.location.UnmanagedLocationMixin, name="NotedLocation")
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(prefix="")
    location.structure = ftrack_api.structure.origin.OriginStructure()
    session.commit()
    return location


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "plate.exr").write_bytes(b"plate")
    return str(tmp_path / "plate.exr")


@pytest.fixture
def sequence(session: Session, tmp_path: Path) -> Any:
    for frame in range(1, 4):
        (tmp_path / f"beauty.{frame:04}.exr").write_bytes(f"frame {frame}".encode())
    component = session.create_component(f"{tmp_path}/beauty.%04d.exr [1-3]", location=None)
    session.commit()
    return component


def availabilities(location: Any, *components: Any) -> list[float]:
    """How much of components is there, as a session finds that has forgotten what it knew."""
    for component in components:
        del component["component_locations"]
    return location.get_component_availabilities(list(components))


def test_several_are_added_and_removed_at_once(session: Session, managed: Any, origin: Any, path: str) -> None:
    both = [session.create_component(path, location=None) for _ in range(2)]
    assert managed.get_component_availabilities(both) == [0.0, 0.0]
    for sources in (origin, [origin, origin]):
        managed.add_components(both, sources)
        assert availabilities(managed, *both) == [100.0, 100.0]
        for component in both:
            assert Path(managed.get_filesystem_path(component)).read_bytes() == b"plate"
        managed.remove_components(both)
        assert availabilities(managed, *both) == [0.0, 0.0]
        assert not [file for file in Path(managed.accessor.prefix).rglob("*") if file.is_file()]


def test_all_are_added_or_none(session: Session, managed: Any, origin: Any, path: str) -> None:
    first, second = (session.create_component(path, location=None) for _ in range(2))
    managed.add_component(first, origin)
    with pytest.raises(ftrack_api.exception.ComponentInLocationError):
        managed.add_components([second, first], origin)
    assert availabilities(managed, second, first) == [0.0, 100.0]
    with pytest.raises(ValueError, match="sources"):
        managed.add_components([second], [])


def test_what_a_location_lacks_is_told(
    session: Session, managed: Any, origin: Any, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    component = session.create_component(path, location=None)
    kept = session.create_component(path, location=managed)
    for whose, lacking in ((managed, "structure"), (managed, "accessor"), (origin, "accessor")):
        with monkeypatch.context() as patched:
            patched.setattr(whose, lacking, None)
            with pytest.raises(ftrack_api.exception.LocationError):
                managed.add_component(component, origin)
            if (whose, lacking) == (managed, "accessor"):
                with pytest.raises(ftrack_api.exception.LocationError):
                    managed.remove_component(kept)
        assert availabilities(managed, component, kept) == [0.0, 100.0]


def test_what_is_in_the_way_is_not_overwritten(session: Session, managed: Any, origin: Any, path: str) -> None:
    component = session.create_component(path, location=None)
    there = Path(managed.accessor.prefix, managed.structure.get_resource_identifier(component))
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another")
    with pytest.raises(ftrack_api.exception.LocationError, match="already exists"):
        managed.add_component(component, origin)
    assert there.read_bytes() == b"another"
    assert availabilities(managed, component) == [0.0]


def test_a_container_goes_with_its_members(session: Session, managed: Any, origin: Any, path: str) -> None:
    container = session.create("ContainerComponent", {"name": "all"})
    for name in ("one", "two"):
        member = session.create_component(path, {"name": name}, location=None)
        container["members"].append(member)
    session.commit()
    managed.add_component(container, origin)
    assert availabilities(managed, container) == [100.0]
    managed.remove_component(container)
    assert availabilities(managed, container) == [0.0]


def test_a_sequence_goes_with_its_members_or_without(managed: Any, origin: Any, sequence: Any) -> None:
    for is_recursive, there in ((True, 100.0), (False, 0.0)):
        managed.add_component(sequence, origin, recursive=is_recursive)
        assert availabilities(managed, sequence) == [there]
        managed.remove_component(sequence, recursive=is_recursive)
        assert availabilities(managed, sequence) == [0.0]


def test_identifiers_are_kept_letter_by_letter(
    session: Session, other: Session, noted: Any, origin: Any, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what a studio encodes in them: here a line with its end."""
    component = session.create_component(path, location=None)
    monkeypatch.setattr(noted, "resource_identifier_transformer", Encoded(session))
    noted.add_component(component, origin)
    assert origin.get_resource_identifier(component) == path
    assert noted.get_resource_identifier(component) == path
    (place,) = other.query(f'ComponentLocation where component_id is "{component["id"]}"').all()
    assert place["resource_identifier"] == base64.encodebytes(path.encode()).decode()
    assert place["resource_identifier"].endswith("\n")


def test_a_sequence_with_an_end_of_several_parts_keeps_it(session: Session, tmp_path: Path) -> None:
    """A plugin says what it is; structures name files and frames by it."""
    for frame in (1, 2):
        (tmp_path / f"cache.{frame:04}.bgeo.sc").write_bytes(b"cache")
    topic = "topic=ftrack.api.session.get-file-type-from-string"
    session.event_hub.subscribe(topic, lambda event: ".bgeo.sc")
    component = session.create_component(f"{tmp_path}/cache.%04d.bgeo.sc [1-2]", location=None)
    session.commit()
    structure = ftrack_api.structure.id.IdStructure()
    assert component["file_type"] == ".bgeo.sc"
    assert structure.get_resource_identifier(component).endswith("/file.%04d.bgeo.sc")
    member = next(each for each in component["members"] if each["name"] == "0002")
    assert structure.get_resource_identifier(member).endswith("/file.0002.bgeo.sc")
