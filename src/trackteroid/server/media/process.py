"""What encodes one file, in a process of its own: whatever a broken film does to it, the server goes on.

It is told what to do as one line of JSON on standard input, and tells the same way how far it is and what it has made:
``{"progress": 0.5}``, ``{"done": {...}}`` or ``{"failed": "..."}``. What it makes is in the folder that it is told.
"""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from trackteroid.server.files.kinds import DOCUMENTS, FILMS
from trackteroid.server.files.opening import store_at
from trackteroid.server.files.stores import Joined, Piece
from trackteroid.server.media.making import document, film, picture, sequence


def main() -> None:
    """Do what standard input says."""
    told = json.loads(sys.stdin.readline())
    if sys.platform == "linux":
        # A film is to take this process down and not the machine, where that can be said.
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
    try:
        try:
            answer: dict[str, Any] = {"done": _made(told)}
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the job failed of
            answer = {"failed": f"{type(error).__name__}: {error}"[:500]}
        _say(answer)
    except BrokenPipeError:
        # Whoever wanted it was killed, and cannot take it away any more.
        shutil.rmtree(told["folder"], ignore_errors=True)
        sys.exit(1)


def _made(told: Mapping[str, Any]) -> dict[str, Any]:
    """Make what is wanted, and tell how far that is whenever it is a percent more."""
    store, folder, end = store_at(told["store"]), Path(told["folder"]), told["file_type"]
    opened = [
        (number, partial(Joined, store, file_id, [Piece(*each) for each in pieces]))
        for number, file_id, pieces in told["files"]
    ]
    last = 0.0

    def tell(progress: float) -> None:
        nonlocal last
        if progress >= last + 0.01:
            last = progress
            _say({"progress": round(progress, 2)})

    if told["rate"] is not None:
        return sequence(opened, end, folder, tell, rate=Fraction(told["rate"]).limit_denominator(1001))
    with opened[0][1]() as data:
        if end in FILMS:
            return film(data, FILMS[end], folder, tell)
        return document(data, folder) if end in DOCUMENTS else picture(data, end, folder)


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
