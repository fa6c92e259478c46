"""Files come back: complete or not at all, gone on with where they broke off, and never over something else."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from publishing.kept import kept
from trackteroid import AssetVersion, Query, Session
from trackteroid.client import transfer
from trackteroid.client.transfer import Incoming
from trackteroid.errors import PublishingError, TransferError
from trackteroid.publishing.downloads import name_of

SERVER = {"location": "ftrack.server", "reviewable": False}


@pytest.fixture
def published(shot: Any, files: Path) -> Any:
    several = [*sorted(files.glob("plate.*.exr")), files / "scene.ma", files / "comp.png"]
    return shot.publish(several, asset="all", type="Compositing", **SERVER).components


def test_files_and_folders_are_called_after_their_components(published: Any, files: Path, tmp_path: Path) -> None:
    done = published.download(tmp_path / "here")
    names = {
        "all_v001_comp.png": "comp.png",
        "all_v001_scene.ma": "scene.ma",
        **{f"all_v001_plate/plate.{frame}.exr": f"plate.{frame}.exr" for frame in (1001, 1002, 1003)},
    }
    assert kept(tmp_path / "here") == {name: (files / given).read_bytes() for name, given in names.items()}
    assert len(done.paths) == 3
    pattern = "{project}/{context}/{type}/{asset}.{version:04d}.{name}{file_type}"
    done = published.filter(lambda component: component.name == ["scene"]).download(tmp_path / "there", pattern)
    assert done.paths[0].parts[-4:-1] == ("showroom", published.version.asset.parent.name[0], "Compositing")
    assert done.paths[0].name == "all.0001.scene.ma"


@pytest.mark.promise("downloads-overwrite-nothing")
def test_nothing_is_overwritten_unless_one_says_so(published: Any, files: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "all_v001_scene.ma").write_bytes(b"mine")
    done = published.download(here)
    assert done.skipped == (here / "all_v001_scene.ma",)
    assert "Skipped" in repr(done)
    assert (here / "all_v001_scene.ma").read_bytes() == b"mine"
    assert not published.download(here, overwrite=True).skipped
    assert (here / "all_v001_scene.ma").read_bytes() == (files / "scene.ma").read_bytes()


def test_a_folder_that_cannot_be_made_is_told(published: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PublishingError, match=r"The folder .*within cannot be made"):
        published.download(tmp_path / "file" / "within")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{nmae}", r'"nmae" cannot stand in the pattern .* Did you mean "name"\?'),
        ("../{name}", "not inside of the folder"),
        ("/tmp/{name}", "not inside of the folder"),
        ("{name.__class__}", "cannot stand in the pattern"),
        ("{name!r}", "cannot stand in the pattern"),
        ("{name", "cannot be read"),
        ("{name:03d}", "does not fit"),
        ("same", "Two components would be written to"),
        ("", "not inside of the folder"),
    ],
)
def test_patterns_that_do_not_fit_are_refused(published: Any, tmp_path: Path, pattern: str, message: str) -> None:
    with pytest.raises(PublishingError, match=message):
        published.download(tmp_path / "here", pattern)
    assert not (tmp_path / "here").exists()


@given(name=st.text(min_size=1, max_size=20), suffix=st.text(max_size=10))
def test_no_name_leads_out_of_the_folder(name: str, suffix: str) -> None:
    folder = Path("/folder/of/somebody").resolve()
    try:
        found = name_of("{name}{file_type}", {"name": name, "file_type": suffix}, "It")
    except PublishingError:
        return
    assert (folder / found).parent == folder
    assert found.name not in ("", ".", "..")


def test_it_says_which_components_are_nowhere_to_be_had(
    session: Session, shot: Any, files: Path, tmp_path: Path
) -> None:
    done = shot.publish(files / "scene.ma", asset="lost", type="Scene", location=None)
    session.reset()
    lost = Query(AssetVersion, session=session).by_id(*done.version.keys()).get_one(["components.name"])
    result = lost.components.download(tmp_path / "here")
    assert result.unavailable == lost.components
    assert "1 component in no location" in repr(result)
    with pytest.raises(PublishingError, match="in no location that this session has access to"):
        lost.components.open()


def test_it_comes_from_whatever_location_has_it(shot: Any, files: Path, disk: Any, tmp_path: Path) -> None:
    done = shot.publish(files / "scene.ma", asset="disk", type="Scene")
    assert done.location == disk["name"]
    (files / "scene.ma").unlink()
    result = done.components.download(tmp_path / "here")
    assert result.paths[0].read_bytes() == b"requires maya;"
    with done.components.open() as data:
        assert data.read(8) == b"requires"


def test_a_file_of_another_size_than_its_component_says_is_not_there(
    shot: Any, files: Path, disk: Any, tmp_path: Path
) -> None:
    done = shot.publish(files / "scene.ma", asset="short", type="Scene")
    Path(disk.get_filesystem_path(done.components.values()[0])).write_bytes(b"short")
    with pytest.raises(TransferError, match=r"has 5 bytes where it is kept, and its component .* tells of 14"):
        done.components.download(tmp_path / "here")
    assert kept(tmp_path / "here") == {}


# What breaks off

CONTENT = random.Random(1).randbytes(300_000)


@pytest.fixture
def large(shot: Any, files: Path) -> Any:
    (files / "large.bin").write_bytes(CONTENT)
    return shot.publish(files / "large.bin", asset="large", type="Scene", **SERVER).components


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes after which answers break off, one after the other, and where each has begun."""
    limits: list[int] = []
    pieces = Incoming.__iter__
    monkeypatch.setattr(transfer, "CHUNK", 10_000)
    monkeypatch.setattr("trackteroid.publishing.downloads.pause", lambda _: 0)

    def breaks(self: Incoming) -> Iterator[bytes]:
        limit = limits.pop(0) if limits else None
        sent = 0
        for piece in pieces(self):
            yield piece
            sent += len(piece)
            if limit is not None and sent >= limit:
                raise requests.ConnectionError("gone")

    monkeypatch.setattr(Incoming, "__iter__", breaks)
    return limits


@pytest.mark.promise("downloads-go-on")
def test_what_breaks_off_goes_on_from_there(large: Any, breaking: list[int], tmp_path: Path) -> None:
    breaking[:] = [50_000, 100_000]
    told: list[int] = []
    large.download(tmp_path / "here", on_progress=lambda progress: told.append(progress.done))
    assert kept(tmp_path / "here") == {"large_v001_main.bin": CONTENT}
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)


def test_another_download_goes_on_where_the_last_one_gave_up(large: Any, breaking: list[int], tmp_path: Path) -> None:
    breaking[:] = [50_000] * 3
    with pytest.raises(TransferError, match="broke off after 150,000 bytes"):
        large.download(tmp_path / "here")
    assert not (tmp_path / "here" / "large_v001_main.bin").exists()
    told: list[int] = []
    large.download(tmp_path / "here", on_progress=lambda progress: told.append(progress.done))
    assert told[:2] == [0, 150_000]
    assert kept(tmp_path / "here") == {"large_v001_main.bin": CONTENT}


def test_what_was_kept_of_other_data_is_not_gone_on_with(
    session: Session, large: Any, breaking: list[int], files: Path, tmp_path: Path
) -> None:
    breaking[:] = [50_000] * 3
    with pytest.raises(TransferError):
        large.download(tmp_path / "here")
    (files / "large.bin").write_bytes(CONTENT[::-1])
    carrier = transfer.Carrier(session)
    path = files / "large.bin"
    md5 = transfer.checksum_of(path)
    carrier.send(transfer.Outgoing(large.id[0], path, "large.bin", len(CONTENT), md5), lambda _: None)
    large.download(tmp_path / "here")
    assert kept(tmp_path / "here") == {"large_v001_main.bin": CONTENT[::-1]}


def test_a_file_that_is_open_goes_on_and_goes_anywhere(large: Any, breaking: list[int]) -> None:
    breaking[:] = [50_000, 20_000]
    with large.open() as data:
        assert data.read(120_000) == CONTENT[:120_000]
        assert data.seek(-10, io.SEEK_END) == len(CONTENT) - 10
        assert (data.read(), data.read()) == (CONTENT[-10:], b"")
        assert data.seek(5) == 5
        assert data.read(5) == CONTENT[5:10]


def test_several_are_opened_in_their_order_and_containers_are_not(published: Any) -> None:
    single = published.filter(lambda component: component.file_type != [".exr"])
    assert [file.read(4) for file in single.open()] == [
        b"requ" if name == "scene" else b"\x89PNG" for name in single.name
    ]
    with pytest.raises(PublishingError, match="has no data of its own"):
        published.open()
    assert len(published.members.open()) == 3
    with pytest.raises(PublishingError, match=r"Read them first: versions\.Component\.download"):
        published.version.download()


# Thumbnails


def test_thumbnails_are_pictures_and_those_that_are_missing_say_so(
    session: Session, shot: Any, files: Path, tmp_path: Path
) -> None:
    shown = shot.publish(files / "comp.png", asset="shown", type="Scene", **SERVER)
    plain = shot.publish(files / "scene.ma", asset="plain", type="Scene", **SERVER)
    lost = shot.publish(files / "comp.png", asset="lost", type="Scene", **SERVER)
    transfer.Carrier(session).remove(lost.components.id[0])
    found = shown.versions.union(plain.versions, lost.versions).thumbnails(size=32)
    assert list(map(bool, found)) == [True, False, False]
    assert Image.open(io.BytesIO(found[0].data)).size == (32, 18)
    assert found[0]._repr_png_() == found[0].data
    assert (found[0]._repr_jpeg_(), found[1]._repr_png_()) == (None, None)
    assert found[0].save(tmp_path / "shown.png").read_bytes() == found[0].data
    assert "no thumbnail" in repr(found[1])
    assert "is missing" in repr(found[2])
    with pytest.raises(TransferError, match="no thumbnail"):
        found[1].save(tmp_path / "none.png")
    with pytest.raises(PublishingError, match="has no thumbnails"):
        shown.components.thumbnails()
