"""Whatever films and pictures people have, what is made of it shows the same, upright and in step."""

from __future__ import annotations

import io
import json
import struct
from array import array
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from files.films import av
from files.sending import Client, client_of, component, new_id
from files.test_encoding_jobs import encode, finished, send
from trackteroid.server import EmbeddedServer
from trackteroid.server.media import making

RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 128, 0), (0, 0, 255), (0, 0, 0)


def halves(first: tuple[int, int, int], second: tuple[int, int, int], size: tuple[int, int] = (64, 32)) -> Image.Image:
    """A picture with one colour on the left and another on the right."""
    picture = Image.new("RGB", size, first)
    picture.paste(second, (size[0] // 2, 0, *size))
    return picture


def film_of(path: Path, pictures: list[Any], *, codec: str = "mpeg4", form: str = "yuv420p", **more: Any) -> bytes:
    """A film of these pictures, which have numbers where they do not follow each other."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream(codec, rate=Fraction(25))
        first = pictures[0] if isinstance(pictures[0], Image.Image) else pictures[0][1]
        stream.width, stream.height, stream.pix_fmt = *first.size, form
        for name, value in more.items():
            setattr(stream.codec_context, name, value)
        for number, each in enumerate(pictures):
            place, picture = (number, each) if isinstance(each, Image.Image) else each
            frame = av.VideoFrame.from_image(picture).reformat(format=form)
            frame.pts, frame.time_base = place, Fraction(1, 25)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return path.read_bytes()


def made_of(data: bytes, end: str, folder: Path) -> dict[str, Any]:
    return making.film(
        io.BytesIO(data), {".mov": "mov", ".mkv": "matroska", ".mxf": "mxf"}[end], folder, lambda _: None
    )


def pictures_of(path: Path) -> list[tuple[float, Image.Image]]:
    with av.open(str(path)) as opened:
        return [(frame.time, frame.to_image()) for frame in opened.decode(video=0)]


def is_near(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    seen: Any = picture.convert("RGB").getpixel(place)
    return all(abs(is_ - was) < 40 for is_, was in zip(seen, colour, strict=True))


def turned(data: bytes, quarters: int) -> bytes:
    """A film that says, as phones write it, that it is to be turned clockwise."""
    a, b = {0: (1, 0), 1: (0, 1), 2: (-1, 0), 3: (0, -1)}[quarters]
    matrix = struct.pack(">9i", a << 16, b << 16, 0, -b << 16, a << 16, 0, 0, 0, 1 << 30)
    unity = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    header = data.index(b"tkhd")
    place = data.index(unity, header)
    return data[:place] + matrix + data[place + len(matrix) :]


@pytest.mark.parametrize(
    ("quarters", "size", "red", "green"),
    [
        (0, (64, 32), (8, 16), (56, 16)),
        (1, (32, 64), (16, 8), (16, 56)),
        (2, (64, 32), (56, 16), (8, 16)),
        (3, (32, 64), (16, 56), (16, 8)),
    ],
)
def test_films_of_phones_are_upright(
    tmp_path: Path, quarters: int, size: tuple[int, int], red: tuple[int, int], green: tuple[int, int]
) -> None:
    data = turned(film_of(tmp_path / "film.mov", [halves(RED, GREEN)] * 5), quarters)
    told = made_of(data, ".mov", tmp_path)
    assert (told["film"]["width"], told["film"]["height"]) == size
    (_, first), *_ = pictures_of(tmp_path / "film.mp4")
    with Image.open(tmp_path / "image.jpg") as poster:
        for picture in (first, poster):
            assert picture.size == size
            assert is_near(picture, red, RED)
            assert is_near(picture, green, GREEN)
    with av.open(str(tmp_path / "film.mp4")) as opened:
        assert next(opened.decode(video=0)).rotation == 0, "it is not turned twice"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_pictures_of_phones_are_upright(tmp_path: Path, orientation: int) -> None:
    upright = halves(RED, GREEN)
    stored = upright.rotate({1: 0, 3: 180, 6: 90, 8: 270}[orientation], expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, "JPEG", exif=exif, quality=95)
    making.picture(file, ".jpg", tmp_path)
    with Image.open(tmp_path / "image.jpg") as made:
        assert made.size == upright.size
        assert is_near(made, (8, 16), RED)
        assert is_near(made, (56, 16), GREEN)


@pytest.mark.parametrize("size", [(1, 1), (33, 17), (17, 33), (2049, 3)])
def test_sizes_may_be_odd(tmp_path: Path, size: tuple[int, int]) -> None:
    data = film_of(tmp_path / "film.mkv", [Image.new("RGB", size, RED)] * 3, codec="ffv1", form="yuv444p")
    told = made_of(data, ".mkv", tmp_path)["film"]
    assert told["width"] % 2 == told["height"] % 2 == 0
    assert [picture.size for _, picture in pictures_of(tmp_path / "film.mp4")] == [(told["width"], told["height"])] * 3


def test_pictures_with_wide_points_become_wider(tmp_path: Path) -> None:
    pictures = [Image.new("RGB", (40, 30), RED)] * 3
    data = film_of(tmp_path / "film.mov", pictures, sample_aspect_ratio=Fraction(2))
    told = made_of(data, ".mov", tmp_path)["film"]
    assert (told["width"], told["height"]) == (80, 30)


def test_moments_of_films_without_a_steady_rate_stay(tmp_path: Path) -> None:
    moments = [0, 1, 2, 10, 11, 40, 41, 90]
    shown = [(place, Image.new("RGB", (64, 32), (2 * place, 0, 0))) for place in moments]
    made_of(film_of(tmp_path / "film.mkv", shown, codec="ffv1", form="yuv444p"), ".mkv", tmp_path)
    seen = [moment for moment, _ in pictures_of(tmp_path / "film.mp4")]
    assert seen == pytest.approx([place / 25 for place in moments], abs=0.005)


@pytest.mark.parametrize(
    ("codec", "form"),
    [("prores_ks", "yuv422p10le"), ("prores_ks", "yuv444p10le"), ("ffv1", "gray16le"), ("ffv1", "rgb48le")],
)
def test_deep_colours_become_those_of_screens(tmp_path: Path, codec: str, form: str) -> None:
    end = ".mov" if codec == "prores_ks" else ".mkv"
    data = film_of(tmp_path / f"film{end}", [halves(BLACK, (200, 200, 200))] * 3, codec=codec, form=form)
    made_of(data, end, tmp_path)
    for _, picture in pictures_of(tmp_path / "film.mp4"):
        assert is_near(picture, (8, 16), BLACK)
        assert is_near(picture, (56, 16), (200, 200, 200))
    with av.open(str(tmp_path / "film.mp4")) as opened:
        assert opened.streams.video[0].codec_context.pix_fmt == "yuv420p"


@pytest.mark.parametrize(("codec", "form"), [("prores_ks", "yuva444p10le"), ("qtrle", "argb"), ("png", "rgba")])
def test_what_shines_through_is_black(tmp_path: Path, codec: str, form: str) -> None:
    picture = halves(RED, GREEN).convert("RGBA")
    picture.putalpha(Image.eval(halves(BLACK, (255, 255, 255)).convert("L"), lambda level: level))
    path = tmp_path / "film.mov"
    with av.open(str(path), "w") as made:
        stream = made.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 32, form
        frame = av.VideoFrame(64, 32, "rgba")
        frame.planes[0].update(_padded(picture.tobytes(), 64 * 4, frame.planes[0].line_size))
        made.mux(stream.encode(frame.reformat(format=form)))
        made.mux(stream.encode(None))
    made_of(path.read_bytes(), ".mov", tmp_path)
    ((_, seen),) = pictures_of(tmp_path / "film.mp4")
    assert is_near(seen, (8, 16), BLACK)
    assert is_near(seen, (56, 16), GREEN)
    file = io.BytesIO()
    picture.save(file, "PNG")
    making.picture(file, ".png", tmp_path)
    with Image.open(tmp_path / "image.jpg") as still:
        assert is_near(still, (8, 16), BLACK)


def _padded(data: bytes, width: int, line: int) -> bytes:
    return b"".join(data[start : start + width] + bytes(line - width) for start in range(0, len(data), width))


@pytest.mark.parametrize(
    ("rate", "layout", "kept"), [(48_000, "5.1", 48_000), (192_000, "stereo", 48_000), (22_050, "mono", 22_050)]
)
def test_sound_is_kept_whatever_it_is(tmp_path: Path, rate: int, layout: str, kept: int) -> None:
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as made:
        pictures, tone = made.add_stream("mpeg4", rate=25), made.add_stream("pcm_s16le", rate=rate, layout=layout)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 32, "yuv420p"
        for _ in range(25):
            made.mux(pictures.encode(av.VideoFrame.from_image(Image.new("RGB", (64, 32), RED))))
        made.mux(pictures.encode(None))
        for start in range(0, rate, 1050):
            piece = av.AudioFrame(format="s16", layout=layout, samples=1050)
            count = piece.planes[0].buffer_size // 2
            piece.planes[0].update(array("h", ((place * 97) % 9000 for place in range(count))).tobytes())
            piece.sample_rate, piece.pts, piece.time_base = rate, start, Fraction(1, rate)
            made.mux(tone.encode(piece))
        made.mux(tone.encode(None))
    made_of(path.read_bytes(), ".mkv", tmp_path)
    with av.open(str(tmp_path / "film.mp4")) as opened:
        (sound,) = opened.streams.audio
        assert (sound.rate, sound.channels) == (kept, 1 if layout == "mono" else 2)
        assert float(sound.duration * sound.time_base) == pytest.approx(1.0, abs=0.06)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = EmbeddedServer("sqlite://")
    with client_of(server) as client:
        yield client
    server.close()


def png(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 32), (number * 20, 0, 0)).save(file, "PNG")
    return file.getvalue()


def exr(number: int) -> bytes:
    """A frame as renderers write it: light in floating point numbers."""
    file = io.BytesIO()
    with av.open(file, "w", format="image2pipe") as made:
        stream = made.add_stream("exr", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "gbrpf32le"
        frame = av.VideoFrame(64, 32, "gbrpf32le")
        for plane, light in zip(frame.planes, (0.0, 0.0, (number * 20 / 255) ** 2.2), strict=True):
            plane.update(array("f", [light] * (plane.buffer_size // 4)).tobytes())
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return file.getvalue()


def send_sequence(client: Client, end: str, made: Callable[[int], bytes], numbers: list[int], **more: Any) -> str:
    """A sequence as the Python client makes it, with members that are called by their numbers."""
    sequence_id = new_id()
    values = {"id": sequence_id, "name": "beauty", "file_type": end, "padding": 4}
    answer = client.call({"action": "create", "entity_type": "SequenceComponent", "entity_data": values})
    assert isinstance(answer, list), answer
    for number in numbers:
        client.send(made(number), container_id=sequence_id, **{"name": f"{number:04}", "file_type": end} | more)
    return sequence_id


@pytest.mark.parametrize(("end", "made"), [(".png", png), (".exr", exr)])
def test_sequences_become_films(client: Client, tmp_path: Path, end: str, made: Callable[[int], bytes]) -> None:
    sequence_id = send_sequence(client, end, made, [4, 1, 2, 10])
    meta = {"parent_id": sequence_id, "parent_type": "SequenceComponent", "key": "ftr_meta"}
    meta["value"] = json.dumps({"frameRate": 10})
    client.call({"action": "create", "entity_type": "Metadata", "entity_data": meta})
    told = finished(client, encode(client, sequence_id))
    assert told["status"] == "done", told
    assert [each["format"] for each in told["output"]] == ["video/mp4", "image/jpeg", "image/jpeg"]
    (tmp_path / "film.mp4").write_bytes(client.get(told["output"][0]["component_id"]).content)
    seen = pictures_of(tmp_path / "film.mp4")
    assert [moment for moment, _ in seen] == pytest.approx([0, 0.1, 0.3, 0.9], abs=0.005)
    for (_, picture), number in zip(seen, (1, 2, 4, 10), strict=True):
        assert is_near(picture, (32, 16), (number * 20, 0, 0))


def test_sequences_that_cannot_be_shown_are_refused_or_fail_in_words(client: Client) -> None:
    lacking = send_sequence(client, ".png", png, [1])
    client.call(component(new_id(), name="0002", file_type=".png", container_id=lacking))
    refused = client.call({"action": "encode_media", "component_id": lacking})
    assert '1 of 2 members of SequenceComponent "beauty"' in refused["content"]
    odd = send_sequence(client, ".png", png, [1], name="beauty")
    assert "is not called by a number" in client.call({"action": "encode_media", "component_id": odd})["content"]
    caches = send_sequence(client, ".abc", png, [1])
    told = finished(client, encode(client, caches))
    assert (told["status"], "Films are made of sequences of pictures" in told["description"]) == ("failed", True)


def test_documents_are_shown_as_they_are_with_their_first_page(client: Client) -> None:
    pytest.importorskip("pypdfium2")
    file = io.BytesIO()
    halves(RED, GREEN, (200, 100)).save(file, "PDF", save_all=True, append_images=[halves(BLUE, BLUE, (200, 100))])
    told = finished(client, encode(client, send(client, file.getvalue(), ".pdf")))
    assert told["status"] == "done", told
    shown, page = (each["component_id"] for each in told["output"])
    assert client.get(shown).content == file.getvalue()
    with Image.open(io.BytesIO(client.get(page).content)) as picture:
        assert picture.width == 2 * picture.height
        assert is_near(picture, (picture.width // 4, picture.height // 2), RED)
    told = finished(client, encode(client, send(client, b"%PDF-1.7 and nothing else", ".pdf")))
    assert (told["status"], "could not be read" in told["description"]) == ("failed", True)


def test_pictures_of_renderers_become_those_of_screens(client: Client) -> None:
    told = finished(client, encode(client, send(client, exr(8), ".exr")))
    assert told["status"] == "done", told
    with Image.open(io.BytesIO(client.get(told["output"][0]["component_id"]).content)) as picture:
        assert is_near(picture, (32, 16), (160, 0, 0))


def test_films_that_have_sound_only_are_told(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "sound.mov"
    with av.open(str(path), "w") as made:
        tone = made.add_stream("aac", rate=48_000, layout="mono")
        piece = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        piece.planes[0].update(bytes(4096))
        piece.sample_rate, piece.pts = 48_000, 0
        made.mux(tone.encode(piece))
        made.mux(tone.encode(None))
    told = finished(client, encode(client, send(client, path.read_bytes(), ".mov")))
    assert "there are no pictures in it" in told["description"]
