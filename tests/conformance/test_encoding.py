"""Encoding with both clients, as tools ask for it."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import ftrack_api
import ftrack_api.accessor.server
import ftrack_api.symbol
import pytest
from PIL import Image

from conformance.conftest import Running

Session = ftrack_api.Session
films: Any = pytest.importorskip("files.films")


@pytest.fixture(autouse=True)
def _reaching(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = running.browser()
    monkeypatch.setattr(ftrack_api.accessor.server.requests, "get", browser.get)
    monkeypatch.setattr(ftrack_api.accessor.server.requests, "put", browser.put)


def finished(session: Session, job: Any) -> dict[str, Any]:
    """The data of a job, once it is done."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = session.query(f'select status, data from Job where id is "{job["id"]}"').one()
        if found["status"] in ("done", "failed"):
            assert found["status"] == "done", found["data"]
            return json.loads(found["data"])
        session.reset()
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_a_path(session: Session, other: Session, version: Any, tmp_path: Path) -> None:
    path = films.film(tmp_path / "dailies.mov", frames=25, size=(128, 72))
    job = session.encode_media(str(path), version_id=version["id"])
    told = json.loads(job["data"])
    assert (told["keep_original"], told["output"][0]["format"]) == (False, "video/mp4")
    told = finished(session, job)
    seen = other.get("AssetVersion", version["id"])
    names = sorted(component["name"] for component in seen["components"])
    assert names == ["ftrackreview-filmstrip", "ftrackreview-mp4", "thumbnail"]
    made = {each["component_id"] for each in told["output"]}
    assert {each["component_id"] for each in other.get("Job", job["id"])["job_components"]} == made
    assert seen["thumbnail_id"] in made
    assert other.get("FileComponent", told["source_component_id"]) is None
    film = next(component for component in seen["components"] if component["name"] == "ftrackreview-mp4")
    assert json.loads(film["metadata"]["ftr_meta"])["frameRate"] == 25.0


def test_a_component(session: Session, other: Session, running: Running, tmp_path: Path) -> None:
    path = tmp_path / "concept.png"
    Image.new("RGB", (64, 36), "teal").save(path)
    location = session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)
    component = session.create_component(str(path), location=location)
    session.commit()
    job = session.encode_media(component)
    assert json.loads(job["data"])["keep_original"] is True
    (output,) = finished(session, job)["output"]
    there = other.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)
    made = other.get("FileComponent", output["component_id"])
    shown = running.browser().get(there.get_url(made))
    assert Image.open(io.BytesIO(shown.content)).format == "JPEG"
    assert other.get("FileComponent", component["id"]) is not None


def test_what_is_neither_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="Unable to encode media"):
        session.encode_media(session.query("User").first())
