"""The JavaScript client, unmodified, against the server over HTTP.

It needs Node.js and npm, and fetches the client from the npm registry. Without them there is nothing to run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo_servers import demo_server
from trackteroid.server import EmbeddedServer

HERE = Path(__file__).parent
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "ENETUNREACH")
NPM, NODE = shutil.which("npm"), shutil.which("node")


@pytest.fixture(scope="module")
def url_and_server() -> Iterator[tuple[str, EmbeddedServer]]:
    server = demo_server()
    with server.listening() as url:
        yield url, server
    server.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client is installed."""
    if not NPM or not NODE:
        pytest.skip("Node.js and npm are not installed")
    folder = tmp_path_factory.mktemp("javascript")
    for path in (HERE / "package.json", *HERE.glob("*.mjs")):
        shutil.copy(path, folder)
    install = subprocess.run(
        [NPM, "install", "--no-audit", "--no-fund", "--no-package-lock"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if any(sign in install.stderr for sign in OFFLINE):
        pytest.skip("the npm registry cannot be reached")
    assert install.returncode == 0, install.stderr
    return folder


def run(script: str, folder: Path, url_and_server: tuple[str, EmbeddedServer]) -> Any:
    """What the client heard in one conversation."""
    url, server = url_and_server
    credentials = {"FTRACK_SERVER": url, "FTRACK_API_USER": server.username, "FTRACK_API_KEY": server.api_key}
    finished = subprocess.run(
        [str(NODE), script],
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
