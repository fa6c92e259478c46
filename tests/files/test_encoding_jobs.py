"""Media is encoded for browsers, by somebody who may be killed at any moment."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from files.films import av, film
from files.sending import Client, client_of, component, metadata, new_id
from trackteroid.server import EmbeddedServer
from trackteroid.server.files import encodings
from trackteroid.server.files.kinds import plan
from trackteroid.server.media import encoder as encoders


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = EmbeddedServer("sqlite://")
    with client_of(server) as client:
        yield client
    server.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("films") / "film.mov", sound=True)


def send(client: Client, data: bytes, file_type: str) -> str:
    component_id = new_id()
    told = client.call(component(component_id, file_type=file_type), metadata(component_id, data))[1]
    assert client.http.put(told["url"], data=data).status_code == 200
    return component_id


def encode(client: Client, component_id: str, **told: Any) -> str:
    return client.call({"action": "encode_media", "component_id": component_id, **told})[0]["job_id"]


def query(client: Client, text: str) -> list[dict[str, Any]]:
    return client.call({"action": "query", "expression": text})[0]["data"]


def finished(client: Client, job_id: str, seconds: float = 120) -> dict[str, Any]:
    """The data of a job that is done or has failed."""
    end = time.monotonic() + seconds
    while True:
        (job,) = query(client, f'select status, data, finished_at from Job where id is "{job_id}"')
        if job["status"] in ("done", "failed"):
            assert job["finished_at"] is not None
            return json.loads(job["data"]) | {"status": job["status"]}
        assert time.monotonic() < end, job
        time.sleep(0.05)


@pytest.fixture(scope="module")
def version(client: Client) -> str:
    version_id = new_id()
    data = {"id": version_id, "asset_id": new_id()}
    asset = {"action": "create", "entity_type": "Asset", "entity_data": {"id": data["asset_id"], "name": "a"}}
    answer = client.call(asset, {"action": "create", "entity_type": "AssetVersion", "entity_data": data})
    assert isinstance(answer, list), answer
    return version_id


@pytest.fixture(scope="module")
def encoded(client: Client, path: Path, version: str) -> dict[str, Any]:
    source = send(client, path.read_bytes(), ".mov")
    job_id = encode(client, source, version_id=version, keep_original=True)
    (job,) = query(client, f'select data from Job where id is "{job_id}"')
    begun = json.loads(job["data"])
    return finished(client, job_id) | {"begun": begun, "job_id": job_id, "source": source}


def test_the_job_says_at_once_what_there_will_be(encoded: dict[str, Any]) -> None:
    begun = encoded["begun"]
    assert [each["format"] for each in begun["output"]] == ["video/mp4", "image/jpeg", "image/jpeg"]
    assert (begun["source_component_id"], begun["keep_original"]) == (encoded["source"], True)
    assert (encoded["status"], encoded["output"], encoded["progress"]) == ("done", begun["output"], 1.0)


def test_what_is_made_belongs_to_the_job_and_the_version(client: Client, encoded: dict[str, Any], version: str) -> None:
    ids = [each["component_id"] for each in encoded["output"]]
    made = query(client, f'select name, file_type, size from Component where version_id is "{version}"')
    names = {each["id"]: f"{each['name']}{each['file_type']}" for each in made}
    assert [names[each] for each in ids] == ["ftrackreview-mp4.mp4", "thumbnail.jpg", "ftrackreview-filmstrip.jpg"]
    attached = query(client, f'select component_id from JobComponent where job_id is "{encoded["job_id"]}"')
    assert {each["component_id"] for each in attached} == set(ids)
    (seen,) = query(client, f'select thumbnail_id from AssetVersion where id is "{version}"')
    assert seen["thumbnail_id"] == ids[1]
    assert client.get(ids[1], "thumbnail").status_code == 200
    assert {each["id"]: each["size"] for each in made} == {each: len(client.get(each).content) for each in ids}


def test_the_film_is_what_browsers_play(client: Client, encoded: dict[str, Any]) -> None:
    data = client.get(encoded["output"][0]["component_id"]).content
    assert data.index(b"moov") < data.index(b"mdat"), "it begins to play before all of it is there"
    with av.open(io.BytesIO(data)) as made:
        (pictures,), (sound,) = made.streams.video, made.streams.audio
        codec = pictures.codec_context
        assert (codec.name, codec.profile, codec.pix_fmt) == ("h264", "Constrained Baseline", "yuv420p")
        assert (codec.width, codec.height, pictures.average_rate, sound.codec_context.name) == (322, 180, 25, "aac")
        moments = [frame.time for frame in made.decode(video=0)]
    assert moments == pytest.approx([number / 25 for number in range(50)], abs=0.001)


def test_what_a_player_needs_is_told(client: Client, encoded: dict[str, Any]) -> None:
    film_id, _, strip_id = (each["component_id"] for each in encoded["output"])
    (meta,) = query(client, f'select value from Metadata where parent_id is "{film_id}" and key is "ftr_meta"')
    told = {"frameIn": 0, "frameOut": 49, "frameRate": 25.0, "width": 322, "height": 180}
    assert json.loads(meta["value"]) == told
    (meta,) = query(client, f'select value from Metadata where parent_id is "{strip_id}" and key is "ftr_meta"')
    strip, told = Image.open(io.BytesIO(client.get(strip_id).content)), json.loads(meta["value"])
    assert strip.size == (told["frames"] * told["width"], told["height"])
    grey = [strip.convert("L").getpixel((place * told["width"] + 50, 50)) for place in range(told["frames"])]
    assert grey == sorted(grey), "it goes from black to white, as the film does"


@pytest.mark.slow
@pytest.mark.parametrize("rate", [Fraction(24_000, 1001), Fraction(60)])
def test_frame_rates_stay_and_no_sound_is_made_up(client: Client, tmp_path: Path, rate: Fraction) -> None:
    source = film(tmp_path / "silent.mov", rate=rate, frames=24, size=(64, 36))
    told = finished(client, encode(client, send(client, source.read_bytes(), ".mov")))
    with av.open(io.BytesIO(client.get(told["output"][0]["component_id"]).content)) as made:
        assert (made.streams.video[0].average_rate, len(made.streams.audio)) == (rate, 0)
        assert len(list(made.decode(video=0))) == 24


def test_pictures_become_jpegs(client: Client, version: str) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (300, 200), (200, 30, 30, 255)).save(file, "PNG")
    told = finished(client, encode(client, send(client, file.getvalue(), ".png"), version_id=version))
    (output,) = told["output"]
    assert output["format"] == "image/jpeg"
    made = Image.open(io.BytesIO(client.get(output["component_id"]).content))
    assert (made.format, made.size) == ("JPEG", (300, 200))
    (row,) = query(client, f'select name from Component where id is "{output["component_id"]}"')
    assert row["name"] == "ftrackreview-image"


def test_a_thumbnail_that_was_given_stays_and_one_of_an_earlier_job_does_not(client: Client, version: str) -> None:
    pictures = [io.BytesIO() for _ in range(3)]
    for number, each in enumerate(pictures):
        Image.new("RGB", (64, 36), (80 * number, 0, 0)).save(each, "PNG")
    given, *sources = (send(client, each.getvalue(), ".png") for each in pictures)

    def shown() -> str:
        return query(client, f'select thumbnail_id from AssetVersion where id is "{version}"')[0]["thumbnail_id"]

    first = finished(client, encode(client, sources[0], version_id=version, keep_original=True))
    assert shown() in {each["component_id"] for each in first["output"]}
    second = finished(client, encode(client, sources[1], version_id=version, keep_original=True))
    assert shown() in {each["component_id"] for each in second["output"]}
    told = {"entity_type": "AssetVersion", "entity_key": [version], "entity_data": {"thumbnail_id": given}}
    client.call({"action": "update", **told})
    assert finished(client, encode(client, sources[0], version_id=version))["status"] == "done"
    assert shown() == given


def test_the_source_goes_if_it_is_not_to_stay(client: Client, path: Path) -> None:
    source = send(client, path.read_bytes(), ".mov")
    assert finished(client, encode(client, source, keep_original=False))["status"] == "done"
    assert client.get(source).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "file_type", "reason"),
    [
        (b"no film at all", ".mov", "The file could not be read"),
        (b"no picture", ".png", "The file could not be read"),
        (b"#EXTM3U\nfile:///etc/passwd\n", ".mp4", "The file could not be read"),
        (b"scene", ".abc", "none that can be read here"),
    ],
)
def test_what_cannot_be_shown_fails_in_words(client: Client, data: bytes, file_type: str, reason: str) -> None:
    told = finished(client, encode(client, send(client, data, file_type), keep_original=False))
    assert (told["status"], reason in told["description"]) == ("failed", True)


@pytest.mark.slow
def test_broken_films_are_told_and_leave_the_server_alone(client: Client, path: Path) -> None:
    whole = path.read_bytes()
    broken = bytearray(whole)
    for place in range(len(whole) // 4, len(whole), 997):
        broken[place] ^= 0xFF
    for data in (bytes(broken), whole[: len(whole) // 2]):
        assert finished(client, encode(client, send(client, data, ".mov")))["status"] in ("done", "failed")
    assert query(client, "User")


def test_refusals(client: Client) -> None:
    component_id = new_id()
    client.call(component(component_id))
    asked = {"action": "encode_media", "component_id": component_id}
    assert "has no data on this server" in client.call(asked)["content"]
    assert client.call(asked | {"component_id": new_id()})["exception"] == "ValueError"


def test_without_the_extra_what_browsers_show_is_passed_through(
    client: Client, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "can_encode", lambda: False)
    told = finished(client, encode(client, send(client, b"as it is", ".mp4")))
    assert (told["status"], len(told["output"])) == ("done", 1)
    assert client.get(told["output"][0]["component_id"]).content == b"as it is"
    told = finished(client, encode(client, send(client, path.read_bytes(), ".mov")))
    assert (told["status"], "install trackteroid[media]" in told["description"]) == ("failed", True)


def test_plans() -> None:
    assert [each.name for each in plan(".PNG", can_encode=False)] == ["ftrackreview-image"]
    assert [each.name for each in plan(".webm", can_encode=False)] == ["ftrackreview-webm"]
    assert plan(None, can_encode=True) == ()


def test_a_killed_worker_is_replaced_and_in_the_end_given_up(
    client: Client, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders.sys, "executable", "/bin/false")
    source = send(client, path.read_bytes(), ".mov")
    told = finished(client, encode(client, source))
    assert (told["status"], "was tried 3 times" in told["description"]) == ("failed", True)
    with client.server.database.begin(write=False) as connection:
        assert connection.exec_driver_sql("select count(*) from encoding").scalar() == 0
    assert client.get(source).content == path.read_bytes()


def test_a_worker_that_was_given_up_too_early_spoils_nothing(
    client: Client, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands still for so long that another one takes its job, and goes on when that is done."""
    first, made, makers = client.server._encoder, encoders.Encoder._made, list[encoders.Encoder]()
    other = encoders.Encoder(client.server.api, client.server.files)

    def made_late(self: encoders.Encoder, *arguments: Any) -> dict[str, Any]:
        result = made(self, *arguments)
        makers.append(self)
        if self is first:
            with client.server.database.begin(write=True) as connection:
                connection.exec_driver_sql("update encoding set claimed_until = '2020-01-01'")
            other.wake()
            finished(client, job_id)
        return result

    monkeypatch.setattr(encoders.Encoder, "_made", made_late)
    source = send(client, path.read_bytes(), ".mov")
    job_id = encode(client, source, keep_original=True)
    finished(client, job_id)
    if thread := first._thread:
        thread.join(60)
    other.close()
    told = finished(client, job_id)
    assert makers == [first, other]
    assert told["status"] == "done", told
    assert len(query(client, f'JobComponent where job_id is "{job_id}"')) == 3
    assert [client.get(each["component_id"]).status_code for each in told["output"]] == [200] * 3
