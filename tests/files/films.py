"""Small films and pictures, made on the spot."""

from __future__ import annotations

import math
from array import array
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

av: Any = pytest.importorskip("av")


def film(
    path: Path,
    *,
    frames: int = 50,
    rate: Fraction = Fraction(25),
    size: tuple[int, int] = (322, 180),
    sound: bool = False,
) -> Path:
    """A film that goes from black to white, with a tone if it is to have one."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        tone = made.add_stream("aac", rate=48_000, layout="mono") if sound else None
        for number in range(frames):
            level = 255 * number // max(1, frames - 1)
            picture = Image.new("RGB", size, (level, level, level))
            made.mux(stream.encode(av.VideoFrame.from_image(picture)))
        made.mux(stream.encode(None))
        if tone is not None:
            for start in range(0, 48_000, 1024):
                piece = av.AudioFrame(format="fltp", layout="mono", samples=1024)
                piece.planes[0].update(array("f", (math.sin((start + place) / 20) for place in range(1024))).tobytes())
                piece.sample_rate, piece.pts = 48_000, start
                made.mux(tone.encode(piece))
            made.mux(tone.encode(None))
    return path
