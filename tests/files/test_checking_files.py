"""`trackteroid check` finds components without data, and data without components."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from files.sending import Client, Operation, client_of, component, kept, metadata, new_id
from trackteroid.cli import main
from trackteroid.server import EmbeddedServer
from trackteroid.server.files import rows
from trackteroid.server.files.rows import StoredFile
from trackteroid.server.model import Model

SERVER = "3a372bde-05bc-11e4-8908-20c9d081909b"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    server = EmbeddedServer(f"sqlite:///{(tmp_path / 'show.db').as_posix()}")
    with client_of(server) as client:
        yield client
    server.close()


def check(client: Client, *options: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(main, ["check", "--database", client.server.database.name, "--json", *options])
    return result.exit_code, json.loads(result.output)["findings"]


def location(component_id: str) -> Operation:
    """Say that a component is in the server's own location."""
    data = {"component_id": component_id, "location_id": SERVER, "resource_identifier": component_id}
    return {"action": "create", "entity_type": "ComponentLocation", "entity_data": data}


@pytest.fixture
def component_id(client: Client) -> str:
    return client.send(b"data")


def test_nothing_is_found_where_all_is_well(client: Client, component_id: str) -> None:
    assert check(client, "--read-files") == (0, [])


def test_missing_data_is_found(client: Client, component_id: str, tmp_path: Path) -> None:
    (path,) = kept(tmp_path / "show.files")
    path.unlink()
    code, (finding,) = check(client)
    assert (code, finding["rule"], finding["examples"]) == (1, "files", [component_id])
    assert "1 component is missing" in finding["text"]


def test_what_comes_while_it_is_looked_at_is_well(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read, sent = rows.every_stored, list[str]()

    def and_then(connection: sa.Connection, model: Model) -> Iterator[StoredFile]:
        found = list(read(connection, model))
        if not sent:
            sent.append(client.send(b"data"))
            client.call(location(sent[0]))
        return iter(found)

    monkeypatch.setattr(rows, "every_stored", and_then)
    assert check(client) == (0, [])
    assert sent, "nothing has come"


@pytest.mark.slow
def test_data_that_has_changed_is_found_when_it_is_read(client: Client, component_id: str, tmp_path: Path) -> None:
    (path,) = kept(tmp_path / "show.files")
    path.write_bytes(b"dada")
    assert check(client) == (0, [])
    code, (finding,) = check(client, "--read-files")
    assert (code, finding["examples"]) == (1, [component_id])
    path.write_bytes(b"dat")
    assert check(client)[0] == 1, "another size shows at once"


@pytest.mark.slow
def test_components_that_are_said_to_be_here_and_are_not_are_found(client: Client) -> None:
    component_id = new_id()
    client.call(component(component_id), location(component_id))
    code, (finding,) = check(client)
    assert (code, finding["examples"]) == (1, [component_id])
    assert finding["text"] == "1 component in ftrack.server without data"


@pytest.mark.slow
def test_data_of_no_component_is_found_and_removed(client: Client, component_id: str, tmp_path: Path) -> None:
    store = client.server.files.store
    writer = store.write("0" * 32, 1)
    writer.write(b"left over")
    writer.finish()
    code, (finding,) = check(client)
    assert (code, finding["examples"], finding["is_derived"]) == (1, ["0" * 32], True)
    code, (finding,) = check(client, "--repair")
    assert (code, finding["is_repaired"]) == (0, True)
    assert check(client) == (0, [])
    assert client.get(component_id).content == b"data"


def test_what_a_killed_client_has_left_is_found_and_removed_after_a_day(
    client: Client, component_id: str, tmp_path: Path
) -> None:
    """Its data is there, and the commit that was to make the component never came; another one never sent its data."""
    left = new_id()
    told, _ = client.call(metadata(left, b"left over"), metadata(new_id(), b"never sent"))
    assert client.http.put(told["url"], data=b"left over").status_code == 200
    assert check(client) == (0, []), "it may yet come"
    with closing(sqlite3.connect(tmp_path / "show.db")) as connection:
        connection.execute("update stored_file set created_at = '2020-01-01T00:00:00'")
        connection.execute("update stored_file set stored_at = created_at where stored_at is not null")
        connection.commit()
    code, (finding,) = check(client)
    assert (code, finding["rule"], finding["count"], finding["is_derived"]) == (1, "files", 2, True)
    assert check(client, "--repair")[0] == 0
    assert check(client) == (0, [])
    assert [path.read_bytes() for path in kept(tmp_path / "show.files")] == [b"data"]
    assert client.get(component_id).content == b"data"


@pytest.mark.slow
def test_files_elsewhere_can_be_named(client: Client, component_id: str, tmp_path: Path) -> None:
    (tmp_path / "show.files").rename(tmp_path / "elsewhere")
    assert check(client)[0] == 1
    assert check(client, "--files", str(tmp_path / "elsewhere")) == (0, [])
