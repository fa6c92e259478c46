"""Files of a server in this process: a session without a port sends, fetches and shows them all the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ftrack_api.exception
import ftrack_api.symbol
import pytest
from PIL import Image

from trackteroid.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(f"sqlite:///{(tmp_path / 'show.db').as_posix()}", auto_populate=True)
    yield session
    session.close()


@pytest.fixture
def location(session: Session) -> Any:
    return session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)


def test_data_goes_in_and_comes_out(session: Session, location: Any, tmp_path: Path) -> None:
    path = tmp_path / "plate.exr"
    path.write_bytes(bytes(range(256)) * 1000)
    component = session.create_component(str(path), location=location)
    session.commit()
    data = location.accessor.open(component["id"])
    assert data.read() == path.read_bytes()
    data.close()
    assert [file.read_bytes() for file in (tmp_path / "show.files").rglob("*") if file.is_file()] == [path.read_bytes()]
    location.remove_component(component)
    data = location.accessor.open(component["id"])
    with pytest.raises(ftrack_api.exception.AccessorOperationFailedError, match="status 404"):
        data.read()
    data.close()


def test_entities_have_thumbnails(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (320, 180), "teal").save(path)
    user = session.query("User").one()
    component = user.create_thumbnail(str(path))
    session.reset()
    assert session.query("User").one()["thumbnail_id"] == component["id"]


def test_two_sessions_of_one_database_share_its_files(session: Session, location: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(b"shared")
    component = session.create_component(str(path), location=location)
    session.commit()
    other = Session(session.address)
    data = other.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID).accessor.open(component["id"])
    assert data.read() == b"shared"
    data.close()
    other.close()


@pytest.mark.slow
def test_a_large_file_takes_no_more_memory_than_a_small_one(session: Session, location: Any, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(512 * 2**20)
    session.query("User").first()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    component = session.create_component(str(path), location=location)
    session.commit()
    data = location.accessor.open(component["id"])
    data.read(1)
    data.close()
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / (1 if sys.platform == "darwin" else 1024)
    assert more < 80, f"{more:.0f} MiB more"  # of 512 MiB; what Python keeps for itself differs a little
