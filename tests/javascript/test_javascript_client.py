"""The JavaScript client, unmodified, against the server over HTTP.

It needs Node.js and npm, and fetches the client from the npm registry. Without them there is nothing to run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import ftrack_api
import pytest
import requests

from demo_servers import demo_server
from trackteroid.server import EmbeddedServer

NODE = shutil.which("node")


@pytest.fixture(scope="module")
def url_and_server() -> Iterator[tuple[str, EmbeddedServer]]:
    server = demo_server()
    with server.listening() as url:
        yield url, server
    server.close()


def run(script: str, folder: Path, url_and_server: tuple[str, EmbeddedServer], *arguments: str) -> Any:
    """What the client heard in one conversation."""
    url, server = url_and_server
    credentials = {"FTRACK_SERVER": url, "FTRACK_API_USER": server.username, "FTRACK_API_KEY": server.api_key}
    finished = subprocess.run(
        [str(NODE), script, *arguments],
        cwd=folder,
        env=os.environ | credentials,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


@pytest.fixture(scope="module")
def heard(folder: Path, url_and_server: tuple[str, EmbeddedServer]) -> Any:
    return run("conversation.mjs", folder, url_and_server)


@pytest.fixture(scope="module")
def sent(folder: Path, url_and_server: tuple[str, EmbeddedServer]) -> Any:
    return run("uploads.mjs", folder, url_and_server)


def test_it_starts_up(heard: Any) -> None:
    assert heard["types"] >= 116
    assert heard["serverVersion"]


def test_it_reads_nested_values_dates_and_links(heard: Any) -> None:
    task = heard["tasks"][0]
    assert task["status"]["state"]["short"] in ("NOT_STARTED", "IN_PROGRESS", "DONE", "BLOCKED")
    assert task["created_at"].endswith("Z")
    assert task["link"][-1]["type"] == "Task"
    assert heard["next"]["offset"] == 3


def test_it_merges_entities_that_occur_several_times(heard: Any) -> None:
    assert sorted(heard["versionsOfAsset"])[:2] == [1, 2]


def test_it_creates_updates_and_deletes(heard: Any) -> None:
    assert heard["created"]["resource_type"] == "user"
    assert heard["updated"]["last_name"] == "Script"
    assert (heard["found"], heard["deleted"], heard["gone"]) == (1, True, 0)


def test_later_operations_of_a_batch_see_earlier_ones(heard: Any) -> None:
    assert heard["batch"][0].startswith("js-")
    assert heard["batch"][1] is True


def test_it_ensures_once(heard: Any) -> None:
    assert heard["ensured"][0] == heard["ensured"][1]


def test_it_finds_the_statuses_of_a_project_schema(heard: Any) -> None:
    assert "In progress" in heard["statuses"]
    assert "In progress" in heard["shotStatuses"]
    assert "Pending Review" in heard["versionStatuses"]


def test_it_gets_answers_without_references_when_it_asks_for_them(heard: Any) -> None:
    assert heard["denormalised"] is True


def test_it_is_told_permissions_rollups_and_jobs(heard: Any) -> None:
    told = heard["told"]
    assert told["permissions"]["is_administrator"] is True
    assert [told["permissions"]["entity_types"][name]["create"] for name in ("Task", "StatusChange")] == [True, False]
    assert told["rollups"][0].keys() == {"id", "bid", "end_date"}
    assert (told["job"]["__entity_type__"], told["job"]["status"]) == ("Job", "failed")


def test_its_links_lead_to_pages(heard: Any) -> None:
    assert heard["page"] == [200, True]


def test_it_understands_errors(heard: Any) -> None:
    assert heard["error"] == ["ServerError", "Task has no attribute nothing."]
    assert heard["refused"][1] == "api_credentials_invalid"


def test_it_sends_a_file_in_one_part(sent: Any) -> None:
    assert sent["small"] == {"name": ["small", ".bin", 300_000], "same": [200, True], "told": True}


def test_it_sends_a_file_in_many_parts_at_once(sent: Any) -> None:
    assert sent["large"] == {"same": [200, True], "told": True}


def test_what_it_aborts_has_no_data(sent: Any) -> None:
    assert (sent["abortedInOne"], sent["abortedInMany"]) == (404, 404)


def test_it_shows_thumbnails_and_the_picture_that_stands_for_them(sent: Any) -> None:
    assert sent["thumbnail"] == [200, "image/png"]
    assert sent["standard"] == [200, "image/png"]


@pytest.fixture
def python(url_and_server: tuple[str, EmbeddedServer]) -> Iterator[ftrack_api.Session]:
    """The Python client, unmodified."""
    url, server = url_and_server
    with ftrack_api.Session(url, server.api_key, server.username, auto_connect_event_hub=False) as session:
        yield session


def film_made(folder: Path) -> Path:
    films = pytest.importorskip("files.films")
    return films.film(folder / "film.mov", frames=30, sound=True)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def data_of(session: ftrack_api.Session, component_id: str) -> bytes:
    """The data of a component, as the Python client reads it."""
    server = session.query('Location where name is "ftrack.server"').one()
    place = server.get_resource_identifier(session.get("Component", component_id))
    with closing(server.accessor.open(place, "rb")) as file:
        return file.read()


def test_what_javascript_sends_python_encodes_and_both_fetch_the_same(
    python: ftrack_api.Session, folder: Path, url_and_server: tuple[str, EmbeddedServer], tmp_path: Path
) -> None:
    path = film_made(tmp_path)
    source = run("films.mjs", folder, url_and_server, "send", str(path))
    assert data_of(python, source) == path.read_bytes()
    job = python.encode_media(python.get("Component", source), keep_original=True)
    while job["status"] not in ("done", "failed"):
        time.sleep(0.1)
        job = python.query(f'select status, data from Job where id is "{job["id"]}"').one()
    made = [each["component_id"] for each in json.loads(job["data"])["output"]]
    heard = run("films.mjs", folder, url_and_server, "fetch", source, *made)
    assert [digest for digest, _, _ in heard] == [sha256(data_of(python, each)) for each in (source, *made)]
    assert [kind for _, kind, _ in heard] == ["video/quicktime", "video/mp4", "image/jpeg", "image/jpeg"]
    assert [status for _, _, status in heard[2:]] == [200, 200]


def test_what_python_sends_javascript_encodes_and_both_fetch_the_same(
    python: ftrack_api.Session, folder: Path, url_and_server: tuple[str, EmbeddedServer], tmp_path: Path
) -> None:
    path = film_made(tmp_path)
    server = python.query('Location where name is "ftrack.server"').one()
    source = python.create_component(str(path), location=server)["id"]
    python.commit()
    told = run("films.mjs", folder, url_and_server, "encode", source)
    assert told["status"] == "done", told
    made = [each["component_id"] for each in told["output"]]
    heard = run("films.mjs", folder, url_and_server, "fetch", source, *made)
    assert heard[0][0] == sha256(path.read_bytes())
    shown = [
        requests.get(server.get_thumbnail_url(python.get("Component", each), size=100), timeout=60) for each in made[1:]
    ]
    assert [answer.headers["content-type"] for answer in shown] == ["image/png"] * len(shown)
    assert [status for _, _, status in heard[2:]] == [answer.status_code for answer in shown] == [200, 200]
    assert [digest for digest, _, _ in heard] == [sha256(data_of(python, each)) for each in (source, *made)]
