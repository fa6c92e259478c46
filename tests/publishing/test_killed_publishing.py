"""Whoever is killed while publishing, at any moment: all of the version is there, or nothing."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from publishing import killed
from publishing.kept import kept
from selections import STRESS
from trackteroid import AssetVersion, Query, Session, Shot
from trackteroid.client import transfer
from trackteroid.server import EmbeddedServer
from trackteroid.server.files.checking import check_files

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks")]


@pytest.mark.promise("killed-publishing-leaves-nothing-half")
@pytest.mark.parametrize("where", ["ftrack.server", "studio.disk"])
def test_a_version_is_there_with_all_of_its_files_or_not_at_all(database: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "given").mkdir()
    files = [tmp_path / "given" / f"plate.{frame}.exr" for frame in (1, 2, 3)]
    for seed, file in enumerate(files):
        file.write_bytes(random.Random(seed).randbytes(200_000))
    picture = tmp_path / "given" / "comp.png"
    Image.new("RGB", (64, 36), "teal").save(picture)
    contents = [file.read_bytes() for file in (picture, *files)]
    disk = tmp_path / "disk"
    server = EmbeddedServer(f"sqlite:///{database.as_posix()}")
    with server.listening() as url, Session(server, plugin_paths=[]) as session:
        session.ensure("Location", {"name": "studio.disk"})
        told = {
            "server": url,
            "key": server.api_key,
            "shot": Query(Shot, session=session).by_name("sh020").get_first().id[0],
            "files": list(map(str, (picture, *files))),
            "disk": str(disk),
            "location": where,
            "asset": f"killed in {where}",
            "stride": 1 if STRESS else 4,
        }
        before = {json.loads(job["data"])["source_component_id"] for job in session.query("select data from Job").all()}
        program = [sys.executable, str(Path(killed.__file__))]
        ran = subprocess.run(program, input=json.dumps(told), capture_output=True, text=True, timeout=120)
        assert json.loads(ran.stdout)["ended"] == 0, ran.stderr
        versions = Query(AssetVersion, session=session).by_name(f"killed in {where}").get_all(projections=["version"])
        assert 1 <= len(versions) < json.loads(ran.stdout)["moments"]
        for version in versions:
            assert _contents(session, version, tmp_path / version.id[0], disk) == contents
        jobs = [json.loads(job["data"])["source_component_id"] for job in session.query("select data from Job").all()]
        assert len(set(jobs)) == len(jobs)
        reviews = [job for job in jobs if job not in before]
        assert len(reviews) == len(versions), "each version has one review that was asked for"
        assert list(check_files(server.database, server.files.store)) == []
    hidden = {name for name in kept(disk) if "/." in name}
    assert all(content in contents for name, content in kept(disk).items() if name not in hidden)
    server.close()


def _contents(session: Session, version: Any, folder: Path, disk: Path) -> list[bytes]:
    """The files of a version, as somebody finds them who comes later."""
    location: Any = session.query("Location where name is studio.disk").one()
    location.accessor = killed.ftrack_api.accessor.disk.DiskAccessor(prefix=str(disk))
    location.structure = killed.ftrack_api.structure.standard.StandardStructure()
    version.fetch_attributes("components.name")
    given = version.components.filter(lambda component: component.name[0] in ("comp", "plate"))
    result = given.download(folder)
    assert not result.unavailable
    return [content for _, content in sorted(kept(folder).items())]


def test_large_files_go_in_parts_and_only_what_is_missing_again(
    session: Session, shot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "PART", 50_000)
    monkeypatch.setattr(transfer, "IN_ONE", 100_000)
    monkeypatch.setattr(transfer, "pause", lambda _: 0)
    content = random.Random(7).randbytes(333_333)
    (tmp_path / "large.bin").write_bytes(content)
    sent: list[str] = []
    put = session._request.put
    told: list[int] = []

    def breaking(address: str, **options: Any) -> Any:
        sent.append(address)
        if len(sent) in (3, 5):
            options["data"].read()
            raise transfer.requests.ConnectionError("gone")
        if len(sent) == 7:
            address += "x"  # an address that has expired, as far as the server can tell
        return put(address, **options)

    monkeypatch.setattr(session._request, "put", breaking)
    done = shot.publish(
        tmp_path / "large.bin",
        asset="large",
        type="Scene",
        location="ftrack.server",
        on_progress=lambda progress: told.append(progress.done),
    )
    with done.components.open() as data:
        assert data.read() == content
    assert len(sent) == 7 + 2 + 1
    assert told[-1] == len(content)
