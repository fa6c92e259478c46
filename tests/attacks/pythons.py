"""Files that one Python records and another one replays, in every pair of those that are given.

    PYTHONPATH=tests python -m attacks.pythons python3.10 .venv311/bin/python /opt/python3.13/bin/python

Each of them needs what the library depends on; the library itself is the one that runs here. Found are programs that
fail, changes that the server does not hold once, and files that are not read as the same operations and entities.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import trackteroid
from attacks.kills import KEY, USER, world
from library.one_of_each import ADDED, state, totals, wanted

IDENTITY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HERE = Path(__file__).parents[1]


def told(python: str, *arguments: str, address: str) -> str:
    """What `attacks.one_python` prints."""
    paths = os.pathsep.join((str(HERE), str(Path(trackteroid.__file__).parents[1])))
    server = {"FTRACK_SERVER": address, "FTRACK_API_USER": USER, "FTRACK_API_KEY": KEY}
    done = subprocess.run(
        [python, "-m", "attacks.one_python", *arguments],
        env={**os.environ, **server, "PYTHONPATH": paths},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{python} ends with {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


def version(python: str) -> str:
    """What version it is."""
    done = subprocess.run([python, "-V"], capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def operations_in(text: str, name: str) -> str:
    """The operations of what was told, with their ids numbered as they come, and without the name of the case."""
    known: dict[str, str] = {}
    operations = text.partition("---\n")[0].replace(name, "the case")
    return IDENTITY.sub(lambda found: known.setdefault(found.group(), f"id {len(known)}"), operations)


def run(pythons: list[str]) -> list[str]:
    """Try every pair; returns what was found."""
    findings: list[str] = []
    operations: set[str] = set()
    with world(http=True) as (session, folder):
        before, done = totals(session), 0
        for number, (one, other) in enumerate(product(pythons, pythons)):
            pair, name = f"recorded by {version(one)}, replayed by {version(other)}", f"pair_{number}"
            path = str(folder / f"{name}.dbm")
            try:
                recorded = told(one, "record", path, name, address=session.server_url)
                replayed = told(other, "replay", path, name, address=session.server_url)
            except RuntimeError as error:
                findings.append(f"{pair}: {error}")
                continue
            done += 1
            operations.add(operations_in(recorded, name))
            if recorded != replayed:
                findings.append(f"{pair}: what is read is not the same:\n{recorded}\n{replayed}")
            if (found := state(session, name)) != wanted(name):
                findings.append(f"{pair}: the server holds {found}")
            print(f"{pair}: {len(replayed.splitlines()) - 1} operations and entities", flush=True)
        if (added := totals(session) - before) != (expected := {name: each * done for name, each in ADDED.items()}):
            findings.append(f"{done} pairs have added {dict(added)}, not {expected}")
    if len(operations) > 1:
        findings.append("the same work was recorded in several ways:\n" + "\n".join(sorted(operations)))
    return findings


def main() -> int:
    """Read the command line; returns 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", nargs="*", default=[sys.executable], help="this one by default")
    pythons = parser.parse_args().python
    findings = run(pythons)
    for finding in findings:
        print(f"  FOUND {finding[:2000]}")
    print(f"{len(pythons) ** 2} pairs of {len(pythons)} Pythons: {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
