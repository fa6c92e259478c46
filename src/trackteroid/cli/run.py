"""`trackteroid run`: run a tool that is written for the official client with sessions of ours."""

from __future__ import annotations

import io
import os
import runpy
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
import ftrack_api

from trackteroid import testing
from trackteroid.cli.command import Command, write_json
from trackteroid.cli.ending import DONE, INTERRUPTED, REFUSED
from trackteroid.client.arguments import is_embedded
from trackteroid.session import Session, replace_ftrack_api_sessions

#: What lies between Python and a tool, in the traceback of its error.
_BETWEEN = frozenset({__file__, runpy.__file__, "<frozen runpy>"})


_CODES = """\b
Exit codes are those of the tool; by itself this command ends with
  0  the tool has come to its end
  1  the tool has raised an error, or there is no such module
  2  wrong usage: there is no such file
  3  whatever the tool means by it, as with all others
"""


def run_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid run` does."""
    tool = Tool.of(given["module"], given["words"])
    module, words = tool.module, tool.words
    kind, server = "ftrack_api.Session" if given["stock"] else "Session", given["server"]
    arguments = "" if server is None else f", arguments={dict(_arguments(server))!r}"
    target = f"runpy.run_module({module!r}, " if module else f"runpy.run_path({words[0]!r}, "
    block, imported = f"replace_ftrack_api_sessions({kind}{arguments})", []
    if given["recording"]:
        block, imported = f"{block}, record({str(given['recording'])!r})", ["record"]
    elif given["replayed"]:
        block = f"replay({str(given['replayed'])!r}) as server, substitute(server, session={kind})"
        imported = ["replay", "substitute"]
    return "\n".join(
        [
            "import runpy",
            "import sys",
            "",
            *(["import ftrack_api", ""] if given["stock"] else []),
            "from trackteroid.session import Session, replace_ftrack_api_sessions",
            *([f"from trackteroid.testing import {', '.join(imported)}"] if imported else []),
            "",
            f"sys.argv = {[module, *words] if module else list(words)!r}",
            f"with {block}:",
            f'    {target}run_name="__main__")',
        ]
    )


@click.command(
    cls=Command,
    python=run_in_python,
    epilog=_CODES,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--server", metavar="ADDRESS", help="Let all its sessions go here, whatever addresses it gives.")
@click.option("--stock", is_flag=True, help="Keep the sessions of ftrack_api; only --server is minded.")
@click.option(
    "--record",
    "recording",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what the server answers into this file, without secrets.",
)
@click.option(
    "--replay",
    "replayed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Answer from such a file, without a server; fail if the tool asks something else.",
)
@click.option("-m", "module", metavar="MODULE", help="Run a module instead of a file, as python -m does.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, an object with the output of the tool and its code.")
@click.argument("words", metavar="[TOOL] [ARGUMENTS]...", nargs=-1, type=click.UNPROCESSED)
def run(
    *,
    server: str | None,
    stock: bool,
    recording: Path | None,
    replayed: Path | None,
    module: str | None,
    as_json: bool,
    words: tuple[str, ...],
) -> None:
    """Run a tool that is written for ftrack_api with sessions of ours.

    TOOL is a Python file.
    ADDRESS is that of a server or of a database, such as "sqlite:///show.db?demo". The tool ends as it does without
    this command: with its own exit code, or with the traceback of its error.
    """
    tool = Tool.of(module, words)
    if stock and is_embedded(server):
        raise click.UsageError(
            f"The sessions of ftrack_api reach servers only, and {server} is a database. Start a server on it with "
            "`trackteroid serve`, or leave out --stock."
        )
    if replayed and (server or recording):
        raise click.UsageError("--replay answers without a server: leave out --server and --record.")
    kind = ftrack_api.Session if stock else Session
    start = tool.run_for_json if as_json else tool.run
    if replayed:
        _in_block(_answered_from(replayed, kind), start)
        return
    with leading_to(server) as arguments, replace_ftrack_api_sessions(kind, arguments=arguments):
        if recording:
            _in_block(testing.record(recording), start)
        else:
            start()


@dataclass(frozen=True, slots=True)
class Tool:
    """What is run.

    Attributes:
        module: the module, if it is one.
        words: what follows it on the command line; else the file and what follows.
    """

    module: str | None
    words: tuple[str, ...]

    @classmethod
    def of(cls, module: str | None, words: tuple[str, ...]) -> Tool:
        """Return the tool that a command line names."""
        # Behind a "--" nothing is an option of ours, and -m is as familiar there.
        if module is None and words[:1] == ("-m",):
            module, words = (words[1] if len(words) > 1 else None), words[2:]
        if module is None and not words:
            raise click.UsageError(
                "Name the file to run, or a module with -m: trackteroid run -- tool.py --shot sh0010"
            )
        return cls(module, words)

    def run(self) -> None:
        """Run it; what it raises ends the process as it does without us."""
        if self.module is not None:
            sys.argv, folder = [self.module, *self.words], Path.cwd()
            start = partial(runpy.run_module, self.module, run_name="__main__", alter_sys=True)
        else:
            path = Path(self.words[0])
            if not path.exists():
                raise click.UsageError(
                    f"There is no file {path.absolute()}. A module is run with -m: trackteroid run -m NAME"
                )
            sys.argv, folder = list(self.words), path.parent.absolute()
            start = partial(runpy.run_path, str(path), run_name="__main__")
        sys.path.insert(0, str(folder))
        try:
            start()
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is shown as Python shows it
            rest = error.__traceback__
            while rest is not None and rest.tb_frame.f_code.co_filename in _BETWEEN:
                rest = rest.tb_next
            if rest is None and isinstance(error, ImportError):  # there is no such module
                raise click.ClickException(str(error)) from None
            sys.excepthook(type(error), error.with_traceback(rest), rest)
            raise SystemExit(1) from None

    def run_for_json(self) -> None:
        """Run it and print what it has printed, and its code, as JSON; end with that code."""
        printed, code = io.StringIO(), DONE
        with redirect_stdout(printed):
            try:
                self.run()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else DONE if end.code is None else REFUSED
                if isinstance(end.code, str):
                    click.echo(end.code, err=True)
        write_json({"output": printed.getvalue(), "code": code})
        raise SystemExit(code)


def _in_block(block: AbstractContextManager[object], tool: Callable[[], None]) -> None:
    """Run a tool in a block of recordings; what it exits with is no reason not to complete that."""
    ending: SystemExit | None = None
    try:
        with block:
            try:
                tool()
            except SystemExit as end:
                ending = end
    except (testing.ReplayMismatchError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if ending is not None:
        raise ending


@contextmanager
def _answered_from(path: Path, kind: type[ftrack_api.Session]) -> Generator[None]:
    """Let sessions of a tool be answered from a recording."""
    with testing.replay(path) as server, testing.substitute(server, session=kind):
        yield


def _arguments(server: str) -> Mapping[str, Any]:
    """Return what sessions are given in place of what a tool gives."""
    # A server in this process has a user and a key of its own.
    return {"server_url": server, **({"api_user": None, "api_key": None} if is_embedded(server) else {})}


@contextmanager
def leading_to(server: str | None) -> Generator[Mapping[str, Any]]:
    """Let the environment lead to a server, and yield the arguments that lead there."""
    if server is None:
        yield {}
        return
    before = os.environ.get("FTRACK_SERVER")
    os.environ["FTRACK_SERVER"] = server
    try:
        yield _arguments(server)
    finally:
        if before is None:
            del os.environ["FTRACK_SERVER"]
        else:
            os.environ["FTRACK_SERVER"] = before
