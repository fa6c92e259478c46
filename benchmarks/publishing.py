"""Publishing and downloading with the library: beside `cp`, and beside sending to a bare application.

All ways take turns; what counts is how long it takes, and the processor time of the process that publishes.

    python -m benchmarks.publishing
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks.files import KEY, MIB, SIZE, bare, get, ours, put, spent
from trackteroid import Project, Query, Session

ROUNDS = 3
FRAMES = 100


def run() -> Iterator[str]:
    """Yield what publishing costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source").write_bytes(os.urandom(MIB) * (SIZE // MIB))
        for frame in range(FRAMES):
            (folder / f"plate.{frame:04d}.exr").write_bytes(os.urandom(MIB // 16))
        with ours(folder) as (_, call), bare(folder) as (_, address):
            url = call("address", "").partition("/component")[0]
            with Session(url, KEY, "demo", plugin_paths=[]) as session:
                yield from _compared(folder, session, address)


def _compared(folder: Path, session: Session, address: str) -> Iterator[str]:
    schema = session.query("ProjectSchema").first()
    project = session.create("Project", {"name": "bench", "full_name": "bench", "project_schema": schema})
    session.commit()
    below: Any = Query(Project, session=session).by_id(project["id"]).get_one()
    options = {"asset": "bench", "type": "Upload", "location": "ftrack.server", "reviewable": False}
    taken: dict[str, list[tuple[float, float]]] = {}
    own = psutil.Process()
    for number in range(ROUNDS):
        done: list[Any] = []
        ways: dict[str, Callable[[], object]] = {
            "cp": lambda: shutil.copyfile(folder / "source", folder / "copy"),
            "up": lambda done=done: done.append(below.publish(folder / "source", **options)),
            "up, bare": lambda: put(address, folder),
            "down": lambda done=done, number=number: done[0].components.download(folder / f"back{number}"),
            "down, bare": lambda: get(address),
            "frames": lambda: below.publish(f"{folder}/plate.%04d.exr [0-{FRAMES - 1}]", **options),
        }
        for way, do in ways.items():
            begun, before = time.perf_counter(), spent(own)
            do()
            taken.setdefault(way, []).append((time.perf_counter() - begun, spent(own) - before))
        shutil.rmtree(folder / f"back{number}")
    medians = {way: [statistics.median(each) for each in zip(*found, strict=True)] for way, found in taken.items()}
    for way in ("cp", "up", "up, bare", "down", "down, bare"):
        wall, processor = medians[way]
        yield f"{way}: {SIZE / MIB / wall:,.0f} MiB/s, {1000 * processor * MIB / SIZE:.2f} ms of processor for each MiB"
    for way in ("up", "down"):
        yield f"{way} / bare: {medians[way][0] / medians[f'{way}, bare'][0]:.2f} times as long"
    yield f"{FRAMES} frames of 64 KiB: {1000 * medians['frames'][0] / FRAMES:.0f} ms each"


if __name__ == "__main__":
    for line in run():
        print(line)
