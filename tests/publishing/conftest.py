"""What tests of publishing begin with: a production, a session that may change it, and files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import ftrack_api.accessor.disk
import ftrack_api.structure.standard
import ftrack_api.symbol
import pytest
from PIL import Image

from demo_servers import demo_database
from trackteroid import Query, Sequence, Session, Shot


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo production on a disk."""
    return demo_database(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def connected(database: Path) -> Iterator[Session]:
    with Session(f"sqlite:///{database.as_posix()}", plugin_paths=[]) as session:
        yield session


@pytest.fixture
def session(connected: Session) -> Iterator[Session]:
    """A session of the demo production on a server in this process."""
    yield connected
    connected.rollback()


@pytest.fixture
def shot(session: Session) -> Any:
    """A shot that nothing was published below yet."""
    sequence = Query(Sequence, session=session).by_name("sq010").get_first(projections=["parent", "project"])
    made = sequence[0].children[Shot].create(name=f"new{next(_NUMBERS)}")
    session.commit()
    return made


_NUMBERS = count(1)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a picture, three frames and something else."""
    folder = tmp_path / "given"
    folder.mkdir()
    Image.new("RGB", (64, 36), "teal").save(folder / "comp.png")
    for frame in (1001, 1002, 1003):
        (folder / f"plate.{frame}.exr").write_bytes(random.Random(frame).randbytes(1000 + frame))
    (folder / "scene.ma").write_bytes(b"requires maya;")
    return folder


@pytest.fixture
def disk(session: Session, tmp_path: Path) -> Iterator[Any]:
    """A studio's own location on a disk, whose folders are named by the number of the version."""
    location: Any = session.ensure("Location", {"name": "studio.disk"})
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(prefix=str(tmp_path / "disk"))
    location.structure = ftrack_api.structure.standard.StandardStructure()
    location.priority = 10
    yield location
    location.accessor = ftrack_api.symbol.NOT_SET
