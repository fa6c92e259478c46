"""Pictures as they are shown small: whatever they are, and whoever made them to do harm."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from files.sending import Client, client_of
from trackteroid.server import EmbeddedServer, Limits
from trackteroid.server.core.failures import LimitError, ValidationError
from trackteroid.server.files import thumbnails
from trackteroid.server.files.thumbnails import Thumbnails, draw

RED, BLUE = (200, 30, 30), (30, 30, 200)


def halves(mode: str = "RGB", size: tuple[int, int] = (400, 200)) -> Image.Image:
    """A picture that is red on the left and blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def saved(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def drawn(data: bytes, size: int = 100, **limits: Any) -> Image.Image:
    return Image.open(io.BytesIO(draw(io.BytesIO(data), size, Limits(**limits))))  # type: ignore[arg-type]


def is_near(found: Any, expected: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(found, expected, strict=True))


def corners(picture: Image.Image) -> list[Any]:
    shown = picture.convert("RGB")
    right, low = shown.width - 3, shown.height - 3
    return [shown.getpixel(place) for place in ((2, 2), (right, 2), (2, low), (right, low))]


def test_it_fits_into_a_square_and_is_a_png_of_256_colours() -> None:
    picture = drawn(saved(halves()))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (100, 50))
    palette = picture.getpalette()
    assert palette is not None
    assert len(palette) == 3 * 256


def test_small_pictures_stay_small() -> None:
    assert drawn(saved(halves(size=(40, 20)))).size == (40, 20)


def test_what_comes_with_a_palette_keeps_its_colours_as_it_does_at_the_original() -> None:
    """The client's own tests compare the bytes of such a thumbnail with those that the original has made."""
    picture = Image.linear_gradient("L").resize((400, 200)).convert("P")
    exact = picture.convert("RGBA")
    exact.thumbnail((10, 10), Image.Resampling.LANCZOS, reducing_gap=None)
    wanted = io.BytesIO()
    exact.save(wanted, "PNG")
    assert draw(io.BytesIO(saved(picture, "PNG")), 10, Limits()) == wanted.getvalue()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("JPEG", "RGB", {}),
        ("JPEG", "CMYK", {}),
        ("TIFF", "RGB", {"compression": "tiff_lzw"}),
        ("TIFF", "CMYK", {}),
        ("BMP", "RGB", {}),
        ("GIF", "P", {}),
        ("WEBP", "RGB", {"lossless": True}),
    ],
)
def test_pictures_of_every_sort(form: str, mode: str, options: dict[str, Any]) -> None:
    left, right, *_ = corners(drawn(saved(halves(mode), form, **options)))
    assert (is_near(left, RED), is_near(right, BLUE)) == (True, True)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_pictures_with_more_than_8_bits_are_not_all_white(mode: str) -> None:
    most = 1.0 if mode == "F" else 65535
    values = [most * column / 255 for column in range(256)] * 8
    picture = Image.new(mode, (256, 8))
    picture.putdata(values if mode == "F" else [int(value) for value in values])
    small = drawn(saved(picture, "TIFF"), 256).convert("L")
    assert [abs(small.getpixel((x, 4)) - x) < 12 for x in (0, 64, 128, 192, 255)] == [True] * 5


@pytest.mark.parametrize(("form", "turned"), [("JPEG", 6), ("JPEG", 3), ("PNG", 6), ("TIFF", 6)])
def test_they_are_upright(form: str, turned: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    small = drawn(saved(halves(), form, exif=exif))
    above, below = (RED, BLUE) if turned == 6 else (BLUE, BLUE)
    left_above, _, left_below, _ = corners(small)
    assert small.size == ((50, 100) if turned == 6 else (100, 50))
    assert (is_near(left_above, above), is_near(left_below, below)) == (True, True)


def test_what_is_transparent_stays_so_and_what_is_not_is_no_reason_for_it() -> None:
    picture = halves("RGBA")
    assert "transparency" not in drawn(saved(picture)).info
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    small = drawn(saved(picture)).convert("RGBA")
    alphas = [small.getpixel((5, y))[3] for y in (1, small.height - 2)]  # type: ignore[index]
    assert (alphas[0] < 60, alphas[1] > 200) == (True, True)


def test_of_moving_pictures_the_first() -> None:
    frames = [halves(), Image.new("RGB", (400, 200), (0, 255, 0))]
    left, right, *_ = corners(drawn(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])))
    assert (is_near(left, RED), is_near(right, BLUE)) == (True, True)


def test_large_pictures_are_refused_before_they_are_decoded() -> None:
    data = saved(Image.new("1", (3000, 3000)))
    with pytest.raises(LimitError, match="limit thumbnail_pixels"):
        drawn(data, thumbnail_pixels=8_000_000)


@pytest.mark.parametrize("side", [9_500, 60_000])
def test_bombs_are_refused(side: int) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")
    with pytest.raises(LimitError, match="limit thumbnail_pixels"):
        drawn(bomb)


def test_what_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(10_000))
    # Of this module only: the loops of servers that live in this process would wait for hours.
    monkeypatch.setattr(thumbnails, "time", SimpleNamespace(monotonic=lambda: float(next(now))))
    noise = Image.effect_noise((1500, 1500), 100)
    with pytest.raises(LimitError, match="limit thumbnail_seconds"):
        drawn(saved(noise), thumbnail_seconds=3)


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", b"<svg/>", b"P6 1 1 255 abc"],
)
def test_what_is_no_picture_is_told(data: bytes) -> None:
    with pytest.raises(ValidationError, match="no picture that a thumbnail can be made of"):
        drawn(data)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_broken_pictures_are_told_or_shown_but_never_a_bug(form: str) -> None:
    data = bytearray(saved(halves(), form))
    for place in range(0, len(data), max(1, len(data) // 60)):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        for tried in (bytes(broken), bytes(data[:place])):
            with suppress(ValidationError, LimitError):
                assert max(drawn(tried).size) <= 100


def test_a_thumbnail_is_made_once() -> None:
    opened: list[int] = []

    def opening() -> Any:
        opened.append(1)
        return io.BytesIO(saved(halves()))

    thumbnails = Thumbnails(Limits())
    first, again, smaller = (thumbnails.get("a", size, opening) for size in (50, 50, 20))
    assert (first == again, first == smaller, len(opened)) == (True, False, 2)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = EmbeddedServer("sqlite://")
    with client_of(server) as client:
        yield client
    server.close()


def test_a_thumbnail_comes_in_any_size(client: Client) -> None:
    component_id = client.send(saved(halves()), file_type=".png")
    for size in (10, 120, 300):
        answer = client.get(component_id, "thumbnail", params={"size": size})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
        assert Image.open(io.BytesIO(answer.content)).width == size
    usual = client.get(component_id, "thumbnail")
    assert Image.open(io.BytesIO(usual.content)).width == 300
    again = client.get(component_id, "thumbnail", headers={"If-None-Match": usual.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("size", ["0", "-1", "9999999", "large", "1.5"])
def test_sizes_that_make_no_sense_are_refused(client: Client, size: str) -> None:
    component_id = client.send(saved(halves()), file_type=".png")
    answer = client.get(component_id, "thumbnail", params={"size": size})
    assert (answer.status_code, "limit thumbnail_size" in answer.text) == (400, True)


def test_of_what_is_no_picture_there_is_no_thumbnail(client: Client) -> None:
    answer = client.get(client.send(b"text"), "thumbnail")
    assert (answer.status_code, answer.json()["exception"]) == (400, "ValidationError")
