"""Files in object stores: those that run here, and speak the protocols of the clouds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from files import clouds
from files.sending import Client, client_of, component, md5, metadata, new_id
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.files.checking import check_files
from trackteroid.server.files.objects import ObjectStore

pytest.importorskip("obstore")
pytest.importorskip("moto.server")
pytest.importorskip("boto3")

DATA = bytes(range(256)) * 50_000


@pytest.fixture(
    scope="module",
    params=["s3", pytest.param("gs", marks=pytest.mark.slow), pytest.param("az", marks=pytest.mark.slow)],
)
def bucket(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a bucket, and where programs look for its keys."""
    with clouds.serving(request.param) as (address, variables), pytest.MonkeyPatch.context() as patched:
        for name, value in {**variables, "NO_PROXY": "127.0.0.1"}.items():
            patched.setenv(name, value)
        yield address


@pytest.fixture(scope="module")
def client(bucket: str) -> Iterator[Client]:
    server = EmbeddedServer("sqlite://", files=bucket)
    with client_of(server) as client:
        yield client
    server.close()


@pytest.mark.slow
def test_what_is_sent_comes_back_from_the_store_itself(client: Client) -> None:
    component_id = client.send(DATA)
    answer = client.get(component_id)
    assert (answer.status_code, answer.content) == (200, DATA)
    if not client.server.files.store.name.startswith("gs://"):  # where there is nobody here who signs
        (told,) = answer.history
        assert told.status_code == 307
        assert "X-Amz-Signature" in told.headers["Location"] or "sig=" in told.headers["Location"]
    part = client.get(component_id, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, DATA[10:20])


def test_an_empty_file(client: Client) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, b""))[0]
    assert client.http.put(told["url"], data=iter(()), headers=told["headers"]).status_code == 200
    client.call(component(component_id))
    assert client.get(component_id).content == b""


def test_data_that_was_changed_on_its_way_is_refused(client: Client) -> None:
    component_id = new_id()
    told = client.call(metadata(component_id, b"right"))[0]
    assert client.http.put(told["url"], data=b"wrong").status_code == 400
    assert client.http.put(told["url"], data=b"right", headers={"Content-MD5": md5(b"right")}).status_code == 200
    client.call(component(component_id))
    assert client.get(component_id).content == b"right"


def test_parts_become_one_file(client: Client) -> None:
    component_id, parts = new_id(), {1: b"a" * 11_000_000, 2: b"b" * 10, 3: b"c"}
    size = sum(map(len, parts.values()))
    told = client.call(component(component_id), metadata(component_id, b"", file_size=size, checksum=None, parts=3))[1]
    tags = {
        place["part_number"]: client.http.put(place["signed_url"], data=parts[place["part_number"]]).headers["ETag"]
        for place in told["urls"]
    }
    done: dict[str, Any] = {"action": "complete_multipart_upload", "component_id": component_id}
    done["parts"] = [{"part_number": number, "e_tag": tag} for number, tag in tags.items()]
    answer = client.call(done | {"upload_id": told["upload_id"]})
    assert isinstance(answer, list), answer
    assert client.get(component_id).content == b"".join(parts.values())
    between = client.get(component_id, headers={"Range": "bytes=10999999-11000010"})
    assert (between.status_code, between.content) == (206, b"a" + b"b" * 10 + b"c")
    # What the store itself has got in parts has no MD5 for a tag.
    assert list(check_files(client.server.database, client.server.files.store, read_all=True)) == []


def test_removed_data_is_gone_from_the_store(client: Client) -> None:
    store = client.server.files.store
    before = set(store.file_ids())
    component_id = client.send(b"x")
    assert len(set(store.file_ids()) - before) == 1
    client.get(component_id, "remove")
    client.server.files.clear()  # as the server does, once it has answered
    assert set(store.file_ids()) == before
    assert client.get(component_id).status_code == 404


def test_it_is_checked_as_a_folder_is(client: Client) -> None:
    component_id = client.send(b"some data")
    database, store = client.server.database, client.server.files.store
    assert list(check_files(database, store, read_all=True)) == []
    with database.begin(write=False) as connection:
        text = "select id from stored_file where component_id = ? and state = 'stored'"
        (file_id,) = connection.exec_driver_sql(text, (component_id,)).scalars()
    store.remove(file_id)
    (finding,) = check_files(database, store)
    assert finding.examples == (component_id,)
    client.get(component_id, "remove")


@pytest.mark.slow
def test_thumbnails_and_films_are_made_of_what_is_there(client: Client, tmp_path: Any) -> None:
    films = pytest.importorskip("files.films")
    component_id = client.send(
        films.film(tmp_path / "film.mov", frames=10, size=(64, 36)).read_bytes(), file_type=".mov"
    )
    job = client.call({"action": "encode_media", "component_id": component_id})[0]["job_id"]
    text = f'select status from Job where id is "{job}"'
    while (status := client.call({"action": "query", "expression": text})[0]["data"][0]["status"]) not in (
        "done",
        "failed",
    ):
        pass
    assert status == "done"
    text = 'select id from Component where name is "thumbnail"'
    (thumbnail,) = client.call({"action": "query", "expression": text})[0]["data"]
    assert client.get(thumbnail["id"], "thumbnail").status_code == 200


def test_what_cannot_be_reached_is_told(bucket: str) -> None:
    with pytest.raises(DatabaseError, match=r"://nowhere/x cannot be used for files: .*Check the address and the keys"):
        EmbeddedServer("sqlite://", files=f"{bucket[:2]}://nowhere/x")


def test_what_has_changed_meanwhile_is_not_read(bucket: str) -> None:
    store = ObjectStore(bucket)
    pieces = []
    for content in (b"first", b"other"):
        writer = store.write("0" * 32, 1)
        writer.write(content)
        pieces.append(writer.finish())
    with pytest.raises(FileNotFoundError, match="is not what it was"):
        store.open("0" * 32, pieces[0])
    assert store.open("0" * 32, pieces[1]).read() == b"other"
    store.remove("0" * 32)
