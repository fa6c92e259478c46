"""The demo production shows something: its pictures and films are drawn when they are read, and kept nowhere."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from demo_servers import demo_database, demo_server
from files.sending import Client, client_of, kept, metadata
from trackteroid.server import Database, EmbeddedServer, drawing
from trackteroid.server.demo import write
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.opening import open_store

DRAWINGS = write("00000000-0000-4000-8000-000000000000").drawings


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = demo_server()
    with client_of(server) as client:
        yield client
    server.close()


def drawn(kind: str) -> tuple[str, str]:
    return next((id_, subject) for id_, of, subject in DRAWINGS if of == kind)


@pytest.mark.parametrize("kind", ["picture", "portrait", "filmstrip"])
def test_pictures_are_as_long_as_their_components_say_and_always_the_same(client: Client, kind: str) -> None:
    component_id, subject = drawn(kind)
    text = f'select size, file_type from Component where id is "{component_id}"'
    (row,) = client.call({"action": "query", "expression": text})[0]["data"]
    data = client.get(component_id).content
    assert (len(data), row["file_type"]) == (row["size"], ".jpg")
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
    drawing.draw.cache_clear()
    assert drawing.draw(kind, subject) == data
    assert client.get(component_id, headers={"Range": "bytes=100-199"}).content == data[100:200]
    with Image.open(io.BytesIO(client.get(component_id, "thumbnail", params={"size": "50"}).content)) as small:
        assert (small.format, max(small.size)) == ("PNG", 50)


def test_films_play_and_are_what_their_metadata_says(client: Client) -> None:
    av = pytest.importorskip("av")
    component_id, _ = drawn("film")
    data = client.get(component_id).content
    assert data.index(b"moov") < data.index(b"mdat")
    text = f'select value from Metadata where parent_id is "{component_id}" and key is "ftr_meta"'
    told = json.loads(client.call({"action": "query", "expression": text})[0]["data"][0]["value"])
    with av.open(io.BytesIO(data)) as film:
        (stream,) = film.streams.video
        assert (stream.width, stream.height, float(stream.average_rate)) == tuple(
            told[name] for name in ("width", "height", "frameRate")
        )
        assert sum(1 for _ in film.decode(stream)) == told["frameOut"] + 1


def test_every_drawing_fits_into_what_its_kind_says() -> None:
    for kind, subject in {(kind, subject) for _, kind, subject in DRAWINGS if kind != "film"}:
        assert len(drawing.draw(kind, subject)) == drawing.SIZES[kind]


def test_nothing_of_it_is_kept_and_all_of_it_is_sound(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{demo_database(tmp_path).as_posix()}")
    store = open_store(None, database)
    assert list(check_files(database, store)) == []
    assert not (tmp_path / "demo.files").exists()
    database.close()


def test_what_is_drawn_can_be_replaced_and_removed_like_any_other_file(tmp_path: Path) -> None:
    server = EmbeddedServer(f"sqlite:///{demo_database(tmp_path).as_posix()}")
    (one, _, _), (other, _, _), *_ = DRAWINGS
    with client_of(server) as client:
        told = client.call(metadata(one, b"another picture"))[0]
        assert client.http.put(told["url"], data=b"another picture").status_code == 200
        assert client.get(one).content == b"another picture"
        client.call({"action": "delete", "entity_type": "FileComponent", "entity_key": [other]})
        assert client.get(other).status_code == 404
        server.files.clear()
        assert len(kept(tmp_path / "demo.files")) == 1
    assert {str(finding) for finding in check_files(server.database, server.files.store)} == set()
    server.close()


def test_without_the_extra_there_are_pictures_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "can_draw_films", lambda: False)
    script = write("00000000-0000-4000-8000-000000000000")
    assert {kind for _, kind, _ in script.drawings} == {"picture", "portrait"}
    assert [each for each in script.find("FileComponent") if each.name.startswith("ftrackreview")] == []
