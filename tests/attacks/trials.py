"""What programs share that try something again and again: the command line, and telling what was found."""

from __future__ import annotations

import argparse
import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any


class Found:
    """What was found, and how often what has happened.

    Attributes:
        findings: What is wrong, a text for each.
        counts: How often something happened, by its name.
    """

    def __init__(self) -> None:
        self.findings: list[str] = []
        self.counts: Counter[str] = Counter()
        self._shown = 0

    def show(self, done: str) -> None:
        """Print how far it is, and what was found since this was last called."""
        print(f"{done}, {len(self.findings)} findings", flush=True)
        for finding in self.findings[self._shown :]:
            print(f"  FOUND {finding[:800]}", flush=True)
        self._shown = len(self.findings)


def in_rounds(numbers: range, size: int) -> Iterator[range]:
    """The numbers, so many at a time."""
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def main(
    title: str | None,
    run: Callable[..., Found],
    *,
    unit: str,
    count: int,
    events: str,
    add: Callable[[Any], object] = id,
) -> int:
    """Read the command line and run; returns 1 if anything was found.

    Args:
        title: What the program does.
        run: Called with the numbers of what to try, the seed, and what else was *added* to the command line.
        unit: What is tried.
        count: How many by default.
        events: What happens in them.
        add: Adds options.
    """
    parser = argparse.ArgumentParser(description=title, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(f"--{unit}", type=int, default=count, dest="count")
    parser.add_argument("--first", type=int, default=0, help="go on with this one")
    parser.add_argument("--seed", type=int, default=0)
    add(parser)
    options = vars(parser.parse_args())
    # Being told to end is no different from Ctrl-C: no process and no folder may be left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    logging.getLogger("trackteroid").setLevel(logging.CRITICAL)  # it has much to say of what goes wrong
    first, count, seed = (options.pop(name) for name in ("first", "count", "seed"))
    found = run(range(first, first + count), seed, **options)
    print(", ".join(f"{times:,} {what}" for what, times in sorted((+found.counts).items())))
    words = "".join(f", {name}" for name, value in options.items() if value is True)
    print(f"{count:,} {unit} of seed {seed}{words}: {found.counts.total():,} {events}, {len(found.findings)} findings")
    return 1 if found.findings else 0
