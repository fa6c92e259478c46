"""Connections that lose, cut, repeat, delay and refuse calls while files are replayed and sessions commit.

    PYTHONPATH=tests python -m attacks.lossy --trials 1000 --seed 1

Each trial makes changes of every kind, and lets something go wrong with one call or several of them, at one to three
attempts in a row. What was acknowledged must be there at once; then the replay or the commit is done again, as one does
after its error. Found are changes that the server holds not at all or twice, and what nobody has made.
"""

from __future__ import annotations

import random
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import requests
from ftrack_api.exception import ServerError

from attacks.faults import KINDS, TIMEOUT
from attacks.trials import Found, in_rounds, main
from library.one_of_each import ADDED, prepare, state, totals, wanted, work
from trackteroid.errors import TrackteroidError
from trackteroid.operations import replay
from trackteroid.session import Session
from trackteroid.testing.faults import Fault, NothingMetError
from trackteroid.testing.servers import FreshServer, SqliteTemplate

#: After how many trials they go on with a new server.
ROUND = 50
#: How often it is tried at most when nothing goes wrong any more.
PATIENCE = 3
FAILURES = (TrackteroidError, ServerError, requests.exceptions.RequestException)


class Run:
    """Trials on one server."""

    def __init__(self, server: FreshServer, folder: Path, seed: int, found: Found) -> None:
        self.server, self.folder, self.seed = server, folder, seed
        self.session = server.session(**server.credentials, timeout=TIMEOUT)
        self.other = server.session()
        self.faults, self.findings = found.counts, found.findings
        self.before = totals(self.other)

    def try_one(self, number: int) -> None:
        """Make changes while something goes wrong, then without, and look at what the server holds."""
        name, dice = f"trial_{number:05}", random.Random(f"{self.seed} {number}")
        self.session.rollback()
        self.session.reset()
        self.session.retries = dice.randrange(3)
        attempt = dice.choice((Replaying, Committing, InTransaction))(self.session, name, self.folder, dice)
        for _ in range(dice.randint(1, 3)):
            if self.goes_wrong(attempt, dice):
                self.check(f"{name}, which was acknowledged", name, attempt)
                break
        self.goes_well(attempt, PATIENCE)
        self.check(name, name, attempt)

    def goes_well(self, attempt: Attempt, patience: int) -> None:
        """Try until it is done. What arrives late may still be in the way, and is known the next time."""
        try:
            while not attempt.run():
                pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            if isinstance(error, FAILURES) and patience > 1:
                self.goes_well(attempt, patience - 1)
            else:
                self.findings.append(f"{attempt.name}: {attempt} fails for good: {type(error).__name__}: {error}")

    def goes_wrong(self, attempt: Attempt, dice: random.Random) -> bool:
        """Try once while something goes wrong; returns whether it was acknowledged all the same."""
        kind, to = dice.choice(sorted(KINDS)), dice.choice(("changes", "changes", "calls"))
        nth, times = dice.choice((1, 1, 1, 2) if to == "changes" else range(1, 5)), dice.choice((1, 1, 2, 3, None))
        fault = Fault(kind, KINDS[kind], nth=nth, times=times, to=to)
        is_done = False
        try:
            with suppress(NothingMetError, *FAILURES), self.server.faults._during(fault):
                is_done = attempt.run()
        except Exception as error:  # noqa: BLE001 - nothing else should come, whatever goes wrong
            where = f"{attempt} {attempt.name} with {kind} at {to} {nth}, {times or 'all'} times"
            self.findings.append(f"{where}: {type(error).__name__}: {error}")
        self.faults[kind] += fault.met
        return is_done

    def check(self, title: str, name: str, attempt: Attempt) -> None:
        """Look at what the server holds of a trial."""
        if (found := state(self.other, name)) != wanted(name):
            self.findings.append(f"{title}: after {attempt} the server holds {found}")

    def check_all(self, trials: int) -> None:
        """Look at whether the server holds anything else."""
        added, expected = totals(self.other) - self.before, {name: each * trials for name, each in ADDED.items()}
        if added != expected:
            self.findings.append(f"{trials} trials have added {dict(added)}, not {expected}")


class Attempt:
    """What is tried until it is done."""

    def __init__(self, session: Session, name: str, folder: Path, dice: random.Random) -> None:
        self.session, self.name, self.dice = session, name, dice
        self.path = folder / f"{name}.dbm"
        self.things = prepare(session, name)
        self.begin()

    def __str__(self) -> str:
        return type(self).__name__.lower()

    def begin(self) -> None:
        """Make the changes."""
        work(self.session, self.name, *self.things)

    def run(self) -> bool:
        """Send them once more; returns whether that was all."""
        raise NotImplementedError


class Replaying(Attempt):
    """A file that is replayed, in one or several transactions."""

    def begin(self) -> None:
        with self.session.deferred_operations(self.path):
            super().begin()

    def run(self) -> bool:
        replay(self.session, self.path, at_once=self.dice.choice((5, 10_000)))
        return True


class Committing(Attempt):
    """A commit that is repeated."""

    def run(self) -> bool:
        self.session.commit()
        return True


class InTransaction(Attempt):
    """A block that is run again where nothing of it has arrived."""

    def begin(self) -> None:
        """Make the changes in the block."""
        self.is_open = False  # whether a block was left that has arrived, or of which nobody knows

    def run(self) -> bool:
        if self.is_open:
            self.is_open = self.session.confirm_commit()
            return self.is_open
        with self.session.transaction():
            work(self.session, self.name, *self.things)
            self.is_open = True
        return True


def run(numbers: range, seed: int) -> Found:
    """Try; returns what was found, and how often something went wrong in which way."""
    found = Found()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        template = SqliteTemplate(Path(name), with_demo=True)
        for some in in_rounds(numbers, ROUND):
            with FreshServer(template, has_demo=True) as server:
                tried = Run(server, Path(name), seed, found)
                for number in some:
                    tried.try_one(number)
                tried.check_all(len(some))
            found.show(f"{some.stop - numbers.start} trials, {found.counts.total()} faults")
    return found


if __name__ == "__main__":
    sys.exit(main(__doc__, run, unit="trials", count=100, events="faults"))
