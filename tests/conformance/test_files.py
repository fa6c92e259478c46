"""Files with both clients: locations, accessors, thumbnails and what tools do with them when they publish.

What the tests of the Python client itself look at is looked at here too: reading, writing and removing through the
accessor, transfers between locations, identifiers, addresses, members and availability.
"""

from __future__ import annotations

import hashlib
import io
import os
import socket
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import ftrack_api
import ftrack_api.accessor.disk
import ftrack_api.accessor.server
import ftrack_api.exception
import ftrack_api.structure.standard
import ftrack_api.symbol
import pytest
from PIL import Image

from conformance.conftest import Running

Session = ftrack_api.Session


@pytest.fixture(autouse=True)
def _reaching(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The accessor uses the HTTP library without a session; that library knows the server in this process, too."""
    browser = running.browser()
    monkeypatch.setattr(ftrack_api.accessor.server.requests, "get", browser.get)
    monkeypatch.setattr(ftrack_api.accessor.server.requests, "put", browser.put)


@pytest.fixture
def server_location(session: Session) -> Any:
    return session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "plate.exr"
    file.write_bytes(bytes(range(256)) * 3000)
    return str(file)


@pytest.fixture
def picture(tmp_path: Path) -> str:
    file = tmp_path / "picture.jpg"
    Image.linear_gradient("L").resize((320, 180)).convert("RGB").save(file)
    return str(file)


@pytest.fixture
def disk(session: Session, name: str, tmp_path: Path) -> Any:
    """A location on this machine."""
    location = session.create("Location", {"name": f"disk-{name}"})
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(str(tmp_path / "disk"))
    location.structure = ftrack_api.structure.standard.StandardStructure()
    location.priority = 20
    session.commit()
    return location


def data_of(location: Any, component: Any) -> bytes:
    data = location.accessor.open(location.get_resource_identifier(component), "rb")
    try:
        return data.read()
    finally:
        data.close()


def test_a_component_is_created_in_the_location_of_the_server(
    session: Session, other: Session, server_location: Any, path: str
) -> None:
    component = session.create_component(path, {"name": "plate"}, location=server_location)
    session.commit()
    assert component["file_type"] == ".exr"
    assert component["size"] == os.path.getsize(path)
    assert session.get_component_availability(component)[server_location["id"]] == 100.0
    assert component.get_availability()[server_location["id"]] == 100.0
    seen = other.get("FileComponent", component["id"])
    (location,) = seen["component_locations"]
    assert (location["location_id"], location["resource_identifier"]) == (server_location["id"], component["id"])
    there = other.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)
    assert other.pick_location(seen)["id"] == there["id"]
    assert data_of(there, seen) == Path(path).read_bytes()


def test_what_is_written_is_read(session: Session) -> None:
    component = session.create("FileComponent", {"name": "notes", "file_type": ".txt"})
    session.commit()
    accessor = session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID).accessor
    for content in (b"first", b"second, and longer", b""):
        data = accessor.open(component["id"], mode="wb")
        data.write(content)
        data.close()
        data = accessor.open(component["id"], "r")
        assert data.read() == content
        data.close()


def test_removed_data_cannot_be_read(session: Session, server_location: Any, path: str) -> None:
    component = session.create_component(path, location=server_location)
    session.commit()
    server_location.accessor.remove(component["id"])
    data = server_location.accessor.open(component["id"], "r")
    with closing(data), pytest.raises(ftrack_api.exception.AccessorOperationFailedError):
        data.read()


def test_data_of_no_component_is_not_written(session: Session, server_location: Any, name: str) -> None:
    data = server_location.accessor.open(name, mode="wb")
    data.write(b"x")
    with pytest.raises(ftrack_api.exception.AccessorOperationFailedError):
        data.flush()
    data.wrapped_file.close()


def test_who_has_no_time_is_told_so(session: Session, server_location: Any, path: str) -> None:
    component = session.create_component(path, location=server_location)
    session.commit()
    accessor = type(server_location.accessor)(session)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # It takes connections, and never says a word.
        elsewhere = f"http://127.0.0.1:{silent.getsockname()[1]}"
        session._server_url, known = elsewhere, session._server_url
        try:
            accessor._timeout = 0.05
            data = accessor.open(component["id"], "r")
            data._timeout = 0.05
            with closing(data), pytest.raises(ftrack_api.exception.AccessorOperationFailedError):
                data.read()
            with pytest.raises(ftrack_api.exception.AccessorOperationFailedError):
                accessor.remove(component["id"])
        finally:
            session._server_url = known


def test_addresses(session: Session, running: Running, server_location: Any, path: str) -> None:
    component = session.create_component(path, location=server_location)
    session.commit()
    url = server_location.get_url(component)
    assert url.startswith(f"{running.url}/component/get?")
    answer = running.browser().get(url)
    assert (answer.status_code, answer.content) == (200, Path(path).read_bytes())
    with pytest.raises(ftrack_api.exception.AccessorUnsupportedOperationError):
        server_location.get_filesystem_path(component)


def test_the_location_of_the_server_has_no_folders(server_location: Any) -> None:
    accessor = server_location.accessor
    assert accessor.get_container("a/b") is None
    assert accessor.exists("a") is False
    for refused in (accessor.list, accessor.is_file, accessor.is_container, accessor.is_sequence):
        with pytest.raises(NotImplementedError):
            refused("a")


def test_a_component_is_added_once(session: Session, server_location: Any, path: str) -> None:
    component = session.create_component(path, location=server_location)
    session.commit()
    origin = session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID)
    with pytest.raises(ftrack_api.exception.ComponentInLocationError):
        server_location.add_component(component, origin)


def test_a_component_leaves_the_location_with_its_data(
    session: Session, other: Session, server_location: Any, path: str
) -> None:
    component = session.create_component(path, location=server_location)
    session.commit()
    server_location.remove_component(component)
    assert session.get_component_availability(component)[server_location["id"]] == 0.0
    assert not other.query(f'ComponentLocation where component_id is "{component["id"]}"').all()
    with pytest.raises(ftrack_api.exception.ComponentNotInLocationError):
        server_location.get_url(component)
    server_location.add_component(component, session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID))
    assert data_of(server_location, component) == Path(path).read_bytes()


@pytest.mark.parametrize("direction", ["to the server", "from the server"])
def test_data_goes_from_one_location_to_another(
    session: Session, version: Any, server_location: Any, disk: Any, path: str, direction: str
) -> None:
    source, target = (disk, server_location) if direction == "to the server" else (server_location, disk)
    component = session.create_component(path, {"name": "plate", "version": version}, location=source)
    session.commit()
    target.add_component(component, source)
    assert session.get_component_availability(component)[target["id"]] == 100.0
    assert data_of(target, component) == Path(path).read_bytes()
    if target is disk:
        local = Path(disk.get_filesystem_path(component))
        assert hashlib.md5(local.read_bytes()).digest() == hashlib.md5(Path(path).read_bytes()).digest()


def test_a_structure_names_what_is_on_the_server_by_its_id(session: Session, server_location: Any, path: str) -> None:
    component = session.create_component(path, location=None)
    assert server_location.structure.get_resource_identifier(component) == component["id"]


def test_the_standard_structure_names_folders_by_what_the_server_tells(
    session: Session, project: Any, shot: Any, path: str, tmp_path: Path
) -> None:
    """By project, contexts, asset and number; of the assets of one name each begins with the first version."""
    structure, within = ftrack_api.structure.standard.StandardStructure("versions"), project["name"]
    for frame in (1, 2):
        (tmp_path / f"seq.{frame:04}.jpg").write_bytes(b"frame")
    called = {"plate": "plate", "Plate": "plate", "\u00e5\u00e4\u00f6": "aao", "my plate@2": "my_plate_2"}
    for parent, folders in ((project, f"{within}/versions"), (shot, f"{within}/sq010/sh010")):
        assets = [session.create("Asset", {"name": name, "parent": parent}) for name in called]
        versions = [session.create("AssetVersion", {"asset": asset}) for asset in assets]
        session.commit()
        for version, folder in zip(versions, called.values(), strict=True):
            file = session.create_component(path, {"name": "M\u00e4in", "version": version}, location=None)
            frames = f"{tmp_path}/seq.%04d.jpg [1-2]"
            sequence = session.create_component(frames, {"name": "seq", "version_id": version["id"]}, location=None)
            container = session.create("ContainerComponent", {"name": "all", "version": version})
            inner = session.create_component(path, {"name": "inner", "container": container}, location=None)
            names = [
                structure.get_resource_identifier(each) for each in (file, sequence, sequence["members"][1], inner)
            ]
            assert names == [
                f"{folders}/{folder}/v001/{name}"
                for name in ("main.exr", "seq.%04d.jpg", "seq.0002.jpg", "all/inner.exr")
            ]
        session.rollback()
    alone = session.create_component(path, {"name": "main"}, location=None)
    with pytest.raises(ftrack_api.exception.StructureError):
        structure.get_resource_identifier(alone)
    session.rollback()


def test_plugins_say_what_type_a_file_has(session: Session, tmp_path: Path, name: str) -> None:
    """`create_component` asks who listens, before it takes the end of the name."""
    asked: list[str] = []

    def answer(event: Any) -> str | None:
        asked.append(event["data"]["file_path"])
        return ".tar.gz" if event["data"]["file_path"].endswith(".tar.gz") else None

    session.event_hub.subscribe("topic=ftrack.api.session.get-file-type-from-string", answer)
    for end, kind in ((".tar.gz", ".tar.gz"), (".exr", ".exr"), ("", "")):
        file = tmp_path / f"{name}{end}"
        file.write_bytes(b"data")
        component = session.create_component(str(file), location=None)
        assert (component["file_type"], asked[-1]) == (kind, str(file))
    session.rollback()


def test_a_container_is_there_as_far_as_its_members_are(
    session: Session, other: Session, server_location: Any, path: str
) -> None:
    container = session.create("ContainerComponent", {"name": "all"})
    for number in range(4):
        session.create_component(path, {"name": f"part{number}", "container": container}, location=None)
    session.commit()
    assert container.get_availability()[server_location["id"]] == 0.0
    origin = session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID)
    for number, member in enumerate(container["members"], start=1):
        server_location.add_component(member, origin, recursive=False)
        seen = other.query(f"ContainerComponent where id is {container['id']}").one()
        assert seen.get_availability()[server_location["id"]] == 25.0 * number
    server_location.remove_component(container["members"][0])
    assert container.get_availability()[server_location["id"]] == 75.0


@pytest.mark.parametrize("transfers", ["to the server", "from the server"])
def test_a_sequence_and_its_members(
    session: Session, other: Session, version: Any, server_location: Any, disk: Any, tmp_path: Path, transfers: str
) -> None:
    for frame in range(1, 6):
        (tmp_path / f"beauty.{frame:04}.exr").write_bytes(f"frame {frame}".encode())
    pattern = f"{tmp_path}/beauty.%04d.exr [1-5]"
    source, target = (disk, server_location) if transfers == "to the server" else (server_location, disk)
    component = session.create_component(pattern, {"name": "beauty", "version": version}, location=source)
    session.commit()
    assert (component["padding"], component["file_type"]) == (4, ".exr")
    target.add_component(component, source)
    assert session.get_component_availability(component)[target["id"]] == 100.0
    seen = other.get("SequenceComponent", component["id"])
    frames = {member["name"]: member for member in seen["members"]}
    assert sorted(frames) == [f"{frame:04}" for frame in range(1, 6)]
    if target is server_location:
        there = other.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)
        for name, member in frames.items():
            assert data_of(there, member) == f"frame {int(name)}".encode()
    removed = next(member for member in component["members"] if member["name"] == "0003")
    server_location.remove_component(removed)
    assert session.get_component_availability(component)[server_location["id"]] == 80.0


@pytest.mark.parametrize("entity", ["version", "shot", "project", "user", "task"])
def test_entities_have_thumbnails(
    request: pytest.FixtureRequest,
    session: Session,
    other: Session,
    running: Running,
    picture: str,
    server_location: Any,
    entity: str,
) -> None:
    if entity == "user":
        holder = session.query("User").first()
    elif entity == "task":
        holder = session.create("Task", {"name": "comp", "parent": request.getfixturevalue("shot")})
        session.commit()
    else:
        holder = request.getfixturevalue(entity)
    component = holder.create_thumbnail(picture)
    assert component["name"] == "thumbnail"
    seen = other.get(holder.entity_type, holder["id"])
    assert seen["thumbnail"]["id"] == component["id"]
    url = server_location.get_thumbnail_url(component, size=10)
    assert parse_qs(urlsplit(url).query)["size"] == ["10"]
    shown = Image.open(io.BytesIO(running.browser().get(url).content))
    assert (shown.format, shown.mode, max(shown.size)) == ("PNG", "P", 10)
    told = other.query(f'select thumbnail_url from {holder.entity_type} where id is "{holder["id"]}"').one()
    assert running.browser().get(told["thumbnail_url"]["url"]).status_code == 200


def test_a_thumbnail_may_have_values_of_its_own(session: Session, version: Any, picture: str) -> None:
    component = version.create_thumbnail(picture, data={"name": "my-thumbnail"})
    assert (component["name"], component["file_type"]) == ("my-thumbnail", ".jpg")
    shot = version["asset"]["parent"]
    shot["thumbnail_id"] = component["id"]
    session.commit()
    assert shot["thumbnail_id"] == version["thumbnail_id"] == component["id"]


def test_a_publish_as_tools_do_it(
    session: Session, other: Session, shot: Any, server_location: Any, path: str, picture: str
) -> None:
    kind = session.query("AssetType").first()
    asset = session.create("Asset", {"name": "comp", "type": kind, "parent": shot})
    version = session.create("AssetVersion", {"asset": asset, "comment": "first"})
    session.commit()
    component = version.create_component(path, data={"name": "main"}, location=server_location)
    component["metadata"] = {"ftr_meta": '{"frameIn": 1, "frameOut": 10}'}
    thumbnail = version.create_thumbnail(picture)
    session.commit()
    seen = other.get("AssetVersion", version["id"])
    assert [each["name"] for each in seen["components"]] == ["main"]
    assert seen["components"][0]["metadata"]["ftr_meta"].startswith("{")
    assert seen["thumbnail"]["id"] == thumbnail["id"]
    there = other.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)
    assert data_of(there, seen["components"][0]) == Path(path).read_bytes()


def test_a_file_can_be_attached_to_a_note_and_to_a_job(
    session: Session, other: Session, running: Running, shot: Any, server_location: Any, path: str
) -> None:
    component = session.create_component(path, {"name": "sketch"}, location=server_location)
    note = shot.create_note("look", session.query("User").first())
    session.create("NoteComponent", {"component_id": component["id"], "note_id": note["id"]})
    job = session.create("Job", {"user": session.query("User").first(), "status": "done", "data": "{}"})
    session.create("JobComponent", {"component_id": component["id"], "job_id": job["id"]})
    session.commit()
    for kind, owner in (("NoteComponent", note), ("JobComponent", job)):
        key = f"{owner.entity_type.lower()}_id"
        told = other.query(f'select url from {kind} where {key} is "{owner["id"]}"').one()["url"]
        assert told["value"] == component["id"]
        assert running.browser().get(told["url"]).content == Path(path).read_bytes()
