"""How commands end: their exit codes, and in order when they are told to, as by service managers and job schedulers."""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
import textwrap
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

import click
from click.exceptions import Exit

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
TRY_AGAIN: Final = 3
INTERRUPTED: Final = 130
CLOSED: Final = 141

#: What each of them means.
CODES: Mapping[int, str] = MappingProxyType(
    {
        DONE: "done, or done already",
        REFUSED: "refused, not found, or something is wrong: a conflict, a damaged file, an error of the server",
        USAGE: "wrong usage: a misspelt name, a value that does not fit, or credentials are missing",
        TRY_AGAIN: "the server cannot be reached or did not answer, or another process uses the file; the same "
        "command can be repeated, and what has arrived already is not sent again",
        INTERRUPTED: "interrupted by Ctrl-C",
        CLOSED: "whoever read what is printed has closed the pipe, as `| head` does",
    }
)


def outline() -> str:
    """Return the table as the help of a command shows it."""
    lines = [
        textwrap.fill(meaning, 78, initial_indent=f"  {code:>3}  ", subsequent_indent=" " * 7)
        for code, meaning in CODES.items()
    ]
    return "\n".join(["\b", "Exit codes:", *lines])


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

    def interrupt_when_closed() -> None:
        closed = select.poll()
        for each in (descriptor, ended):
            closed.register(each, 0)  # a pipe without another end is told of in any case
        if any(found == descriptor for found, _ in closed.poll()):
            os.kill(os.getpid(), signal.SIGINT)

    watching = threading.Thread(target=interrupt_when_closed, daemon=True)
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
        _print_the_rest()
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
        _print_no_more()
        raise Exit(CLOSED) from error


def _print_the_rest() -> None:
    """Print what was kept back, of which Python would complain at its end if it cannot be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        _print_no_more()
        click.echo(f"Error: What is to be printed cannot be written: {error.strerror}.", err=True)
        raise Exit(REFUSED) from error


def _print_no_more() -> None:
    """Let what is still to be printed go nowhere."""
    descriptor = _descriptor()
    if descriptor is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _descriptor() -> int | None:
    try:
        return sys.stdout.fileno()
    except (OSError, ValueError):
        return None
