"""Ending a command in order when it is told to end, as it is by service managers and job schedulers."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def ending_in_order() -> Generator[None]:
    """Let SIGTERM be no different from Ctrl-C for the time of a block: what was begun is taken back."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
