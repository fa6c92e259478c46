"""Ending a command in order when it is told to end, as it is by service managers and job schedulers."""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

from click.exceptions import Exit

from trackteroid.cli.codes import CLOSED


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


@contextmanager
def ending_as_the_pipe_does() -> Generator[None]:
    """End without a word, and with a code of its own, when whoever reads what is printed has closed the pipe.

    It is the code of tools that the signal for it ends, for shells with ``pipefail``. A change may not have been made.
    """
    try:
        yield
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
        descriptor = _descriptor()
        if descriptor is not None:
            # What is still to be printed goes nowhere, or Python would complain of it at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
        raise Exit(CLOSED) from error


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
