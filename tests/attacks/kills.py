"""Processes that are killed while they record or replay operations files, again and again, and then do it once more.

    PYTHONPATH=tests python -m attacks.kills --trials 500 --seed 1
    PYTHONPATH=tests python -m attacks.kills --http --first 300 --trials 200 --seed 1

Each trial records changes of every kind, and replays them, in forks that get SIGKILL at moments of its own: between two
lines that write the file, after a step of the replay, before the answer is read, while SQLite marks the file, or at any
line of the package. Without ``--http`` the server is in the process that dies. Then the replay is done to its end.
Found are files that are there by half, what the server holds not at all or twice, and what nobody has recorded.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attacks.load import serving
from attacks.trials import Found, in_rounds, main
from library import interrupted
from library.one_of_each import ADDED, prepare, state, totals, wanted, work
from trackteroid.operations.format import container, file
from trackteroid.operations.replaying import Step
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

#: After how many trials they go on with a new server.
ROUND = 50
#: How many operations of a file are sent at once.
AT_ONCE = (5, 10_000)
USER, KEY = "demo", "kills"
#: Kinds of moments, those with a number before those without one.
NUMBERED = ("any", "any", "any", "sqlite")
STEPS = (*(step.name for step in Step), "killed before the answer is read")


@contextmanager
def world(*, http: bool) -> Generator[tuple[Session, Path]]:
    """A session of a fresh server, and an empty folder, for the time of a block."""
    options: dict[str, Any] = {"retries": 0, "schema_cache_path": False, "plugin_paths": []}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        url = f"sqlite:///{(folder / 'studio.db').as_posix()}"
        EmbeddedServer(url, with_demo=True, key=KEY).close()
        if not http:
            with Session(server_url=url, **options) as session:
                yield session, folder
            return
        command = ["trackteroid.cli", "serve", "--port", "0", "--database", url, "--open"]
        with (
            serving(command, TRACKTEROID_SERVE_KEY=KEY) as (address, _),
            Session(server_url=address, api_user=USER, api_key=KEY, **options) as session,
        ):
            yield session, folder


class Run:
    """Trials on one server."""

    def __init__(self, session: Session, folder: Path, seed: int, found: Found) -> None:
        self.session, self.folder, self.seed = session, folder, seed
        self.kills, self.findings = found.counts, found.findings
        self.done = 0
        self.before = totals(session)
        self.measures: dict[str, int] = {}
        self.count = 0  # operations of one file
        for kind, moment in (("record", "line"), ("replay", "any"), ("replay", "sqlite")):
            self.measure(kind, moment)

    def measure(self, kind: str, moment: str) -> None:
        """Learn how many lines or instructions there are when nobody is killed."""
        name = f"measured_{moment}"
        things = prepare(self.session, name)
        for each in dict.fromkeys(("record", kind)):
            outcome = self.fork(each, name, things, moment if each == kind else "")
        self.measures[moment] = int(outcome)
        self.count = len(file.read(self.path(name)).operations)
        if kind == "record":
            self.fork("replay", name, things, "")
        self.check(name)

    def path(self, name: str) -> Path:
        """Where the operations of a trial are recorded."""
        return self.folder / f"{name}.dbm"

    def fork(self, kind: str, name: str, things: tuple[Any, ...], moment: str, at_once: int = AT_ONCE[-1]) -> str:
        """Record or replay in a fork that dies at a moment; returns how it ended."""
        case = {"kind": kind, "path": self.path(name), "moment": moment or "never", "at_once": at_once}
        case["work"] = lambda session: work(session, name, *things)
        outcome = interrupted.run(self.session, {**case, "total": self.measures.get(moment.partition(" ")[0], 0)})
        if outcome == "killed":
            self.kills[f"at {kind} {moment.rstrip(' 0123456789')}"] += 1
        elif not outcome.isdecimal():
            self.findings.append(f"{name}: {kind} ends at {moment or 'no moment'!r} with {outcome[:500]}")
        return outcome

    def try_one(self, number: int) -> None:
        """Record and replay with kills, then to the end, and look at what the server holds."""
        name, dice = f"trial_{number:05}", random.Random(f"{self.seed} {number}")
        things = prepare(self.session, name)
        is_recorded = False
        for _ in range(dice.randrange(3)):
            outcome = self.fork("record", name, things, f"line {dice.randrange(1001)}")
            is_recorded = self.is_whole(name, must=is_recorded or outcome != "killed")
        if not is_recorded:
            self.fork("record", name, things, "")
            self.is_whole(name, must=True)
        for _ in range(dice.randint(1, 4)):
            self.fork("replay", name, things, moment_of(dice), dice.choice(AT_ONCE))
        for _ in range(2):  # the second has nothing left to do
            self.fork("replay", name, things, "", dice.choice(AT_ONCE))
        self.check(name)

    def is_whole(self, name: str, *, must: bool) -> bool:
        """Whether there is a file; it is never there by half, and where it *must* be there it is."""
        there = container.exists(self.path(name))
        if there and (count := len(file.read(self.path(name)).operations)) != self.count:
            self.findings.append(f"{name}: the file has {count} of {self.count} operations")
        if must and not there:
            self.findings.append(f"{name}: the file is gone")
        return there

    def check(self, name: str) -> None:
        """Look at what the server holds of a trial."""
        self.done += 1
        if (found := state(self.session, name)) != wanted(name):
            self.findings.append(f"{name}: the server holds {found}")
        if file.read(self.path(name)).state.committed is None:
            self.findings.append(f"{name}: the file does not say that it is committed")

    def check_all(self) -> None:
        """Look at whether the server holds anything else."""
        added = totals(self.session) - self.before
        expected = Counter({name: each * self.done for name, each in ADDED.items()})
        if added != expected:
            self.findings.append(f"{self.done} trials have added {dict(added)}, not {dict(expected)}")
        left = [path.name for path in self.folder.iterdir() if path.name.endswith((".tmp", "-journal", ".lock"))]
        if left:
            self.findings.append(f"beside the files were left {left[:5]}")


def moment_of(dice: random.Random) -> str:
    """A moment of a replay."""
    kind = dice.choice((*NUMBERED, *STEPS))
    return f"{kind} {dice.randrange(1001)}" if kind in NUMBERED else f"{kind} {dice.randint(1, 2)}".removesuffix(" 1")


def run(numbers: range, seed: int, *, http: bool = False) -> Found:
    """Try; returns what was found, and how many were killed at which moments."""
    interrupted.remember_claims()
    found = Found()
    for some in in_rounds(numbers, ROUND):
        with world(http=http) as (session, folder):
            tried = Run(session, folder, seed, found)
            for number in some:
                tried.try_one(number)
            tried.check_all()
        found.show(f"{some.stop - numbers.start} trials, {found.counts.total()} kills")
    return found


if __name__ == "__main__":
    sys.exit(
        main(
            __doc__,
            run,
            unit="trials",
            count=100,
            events="kills",
            add=lambda parser: parser.add_argument("--http", action="store_true", help="the server is another process"),
        )
    )
