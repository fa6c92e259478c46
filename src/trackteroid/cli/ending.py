"""Ending a command in order when it is told to end, as it is by service managers and job schedulers."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
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


@contextmanager
def ending_with_the_reader() -> Generator[None]:
    """Let it be no different from Ctrl-C when whoever reads what is printed closes the pipe, as ``| head`` does.

    What waits and has nothing to print would go on for ever. Windows has no way to tell.
    """
    descriptor = _descriptor()
    if descriptor is None or not hasattr(select, "poll"):
        yield
        return
    ended, ending = os.pipe()
    watching = threading.Thread(target=_interrupt_when_closed, args=(descriptor, ended), daemon=True)
    watching.start()
    try:
        yield
    finally:
        os.close(ending)
        watching.join()
        os.close(ended)


def _descriptor() -> int | None:
    try:
        return sys.stdout.fileno()
    except (OSError, ValueError):
        return None


def _interrupt_when_closed(descriptor: int, ended: int) -> None:
    closed = select.poll()
    for each in (descriptor, ended):
        closed.register(each, 0)  # a pipe without another end is told of in any case
    if any(found == descriptor for found, _ in closed.poll()):
        os.kill(os.getpid(), signal.SIGINT)
