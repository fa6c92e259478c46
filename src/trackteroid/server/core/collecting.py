"""Large batches make hundreds of thousands of objects, and keep them until they end.

Python looks for garbage among all objects again and again while their number grows: it would take a quarter of the time
of a batch to find nothing.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

#: How many more objects there are before Python looks for garbage, during a large batch.
_SELDOM: Final = 200_000
_LOCK: Final = threading.Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def collecting_seldom() -> Generator[None]:
    """Let Python look for garbage seldom for the time of a block, whichever threads are in one."""
    with _LOCK:
        _usual.append(gc.get_threshold() if not _usual else _usual[0])
        if gc.get_threshold()[0]:  # else somebody does not want it at all
            gc.set_threshold(_SELDOM, *_usual[0][1:])
    try:
        yield
    finally:
        with _LOCK:
            usual = _usual.pop()
            if not _usual:
                gc.set_threshold(*usual)
