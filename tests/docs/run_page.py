"""Run the Python blocks of one page in order, as one program in a process of its own.

The process is a fork of one that has already imported the package, where the platform has forks: there are many pages.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from docs.pages import python_blocks
from trackteroid.errors import MissingValueWarning

_CONTEXT: Any = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
_CONTEXT.set_forkserver_preload(["docs.run_page", "trackteroid.query", "trackteroid.session", "trackteroid.server"])


def run_page(page: Path, environment: dict[str, str], folder: Path) -> list[str] | str:
    """Return what each block of a page prints; or the traceback of the error that the page ends with."""
    result, answer = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_answer, args=(page, environment, folder, answer))
    process.start()
    answer.close()
    with result:
        try:
            return result.recv()
        except EOFError:
            process.join()
            return f"The process ended with {process.exitcode}."
        finally:
            process.join()


def _answer(page: Path, environment: dict[str, str], folder: Path, answer: Connection) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    try:
        answer.send(_printed(page))
    except BaseException:  # noqa: BLE001  # whatever it is, the test shows it
        answer.send(traceback.format_exc())


def _printed(page: Path) -> list[str]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outputs: list[str] = []
    warnings.simplefilter("error", MissingValueWarning)  # the pages forget no projection
    for block in python_blocks(page.read_text(encoding="utf-8")):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.code, f"{page}:{block.line}", "exec"), namespace)
        outputs.append(printed.getvalue())
    return outputs
