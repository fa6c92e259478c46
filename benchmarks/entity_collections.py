"""How fast collections are read, transformed and combined, in memory.

Every operation is compared with the same thing written by hand: with loops over the entities of ftrack_api, and with
Python's own dictionaries. What counts are the ratios within one run, and how much longer four times as much takes: "x4"
is the growth from a quarter of the size. The growth from there to four times the size is printed as well, ours beside
the one by hand: that is where the processor's caches end, and both take more than four times as long.

    python -m benchmarks entity_collections
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import ftrack_api
from ftrack_api.symbol import NOT_SET

from trackteroid.collections import make_collection
from trackteroid.entities import AssetVersion
from trackteroid.schema.relations import SchemaEntry

RECORDED = Path(__file__).parent.parent / "tests" / "recorded"
SIZE = 10_000
ROUNDS = 11

#: Time of this process where the system measures that finely: what else the machine does then matters little.
CLOCK = time.process_time if time.get_clock_info("process_time").resolution <= 1e-6 else time.perf_counter


class OfflineSession(ftrack_api.Session):
    """A session that only answers the start-up requests."""

    def call(self, data: list[dict[str, Any]]) -> Any:
        """Answer with a recording."""
        name = {"query_schemas": "schemas"}.get(data[0]["action"], data[0]["action"])
        return [json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))]


class World:
    """Versions as a collection and as they would be held without one, and two overlapping halves of each."""

    def __init__(self, session: ftrack_api.Session, size: int) -> None:
        self.session = session
        self.entities = [_version(session, number) for number in range(size)]
        self.versions = self.collection()
        self.stored = [entity.attributes.get("version").get_entity_storage(entity) for entity in self.entities]
        third = size // 3
        self.a, self.b = self.versions[: 2 * third], self.versions[third:]
        self.dict_a, self.dict_b = ({each["id"]: each for each in half.values()} for half in (self.a, self.b))

    def collection(self) -> Any:
        """Return a new collection, which has not worked out anything about its entities yet."""
        return make_collection(AssetVersion, self.entities, session=self.session, schema=SchemaEntry())


#: How many times as long four times as much may take, while it fits the processor's caches.
GROWTH = 4.5


class Worlds(NamedTuple):
    """The same at three sizes, each four times the one before."""

    quarter: World
    whole: World
    fourfold: World


class Case(NamedTuple):
    """An operation, what it is compared with, and how many times as long it may take."""

    name: str
    ours: Callable[[World], object]
    theirs: Callable[[World], object] | None = None
    limit: float = 0


def _grouped(world: World) -> dict[bool, list[Any]]:
    groups: dict[bool, list[Any]] = {}
    for entity in world.entities:
        groups.setdefault(entity["version"] > 5, []).append(entity)
    return groups


def _parted(world: World) -> tuple[list[Any], list[Any]]:
    parts: tuple[list[Any], list[Any]] = ([], [])
    for entity in world.entities:
        parts[0 if entity["version"] > 5 else 1].append(entity)
    return parts


CASES = (
    Case(
        "read an attribute",
        lambda w: w.versions.version,
        lambda w: [
            values["version"]["remote"] if values["version"]["local"] is NOT_SET else values["version"]["local"]
            for values in w.stored
        ],
        2,
    ),
    Case(
        "filter",
        lambda w: w.versions.filter(lambda v: v.version[0] > 5),
        lambda w: [entity for entity in w.entities if entity["version"] > 5],
        4,
    ),
    Case(
        "map",
        lambda w: w.versions.map(lambda v: v.version[0] > 5),
        lambda w: [entity["version"] > 5 for entity in w.entities],
        4,
    ),
    Case("group", lambda w: w.versions.group(lambda v: v.version[0] > 5), _grouped, 4),
    Case("partition", lambda w: w.versions.partition(lambda v: v.version[0] > 5), _parted, 4),
    Case("union", lambda w: w.a.union(w.b), lambda w: {**w.dict_a, **w.dict_b}, 5),
    Case(
        "intersection",
        lambda w: w.a.intersection(w.b),
        lambda w: {key: each for key, each in w.dict_a.items() if key in w.dict_b},
        5,
    ),
    Case(
        "difference",
        lambda w: w.a.difference(w.b),
        lambda w: {key: each for key, each in w.dict_a.items() if key not in w.dict_b},
        5,
    ),
    Case(
        "symmetric_difference",
        lambda w: w.a.symmetric_difference(w.b),
        lambda w: (
            {key: each for key, each in w.dict_a.items() if key not in w.dict_b}
            | {key: each for key, each in w.dict_b.items() if key not in w.dict_a}
        ),
        5,
    ),
    Case(
        "sort",
        lambda w: w.versions.sort(lambda v: v.version),
        lambda w: sorted(w.entities, key=lambda entity: entity["version"]),
        8,
    ),
    Case("make, and read an attribute", lambda w: w.collection().version),
    Case("read a reference", lambda w: w.versions.task),
    Case("max", lambda w: w.versions.max(lambda v: v.version)),
    Case("min", lambda w: w.versions.min(lambda v: v.version)),
    Case("fold", lambda w: w.versions.fold(0, lambda total, v: total + v.version[0])),
    Case("group_and_map", lambda w: w.versions.group_and_map(lambda v: v.version[0] % 7, len)),
    Case("iterate", lambda w: deque(w.versions, maxlen=0)),
    Case("slice", lambda w: w.versions[::2]),
    Case("in", lambda w: [w.b in w.versions, *(identifier in w.versions for identifier in w.dict_a)]),
    Case("select by id", lambda w: [w.versions[identifier] for identifier in w.dict_a]),
)


def offline_session() -> ftrack_api.Session:
    """Return a session with the recorded schemas of a server."""
    return OfflineSession(
        "https://benchmark.invalid", "key", "user", auto_populate=False, plugin_paths=[], schema_cache_path=False
    )


def times(*candidates: Callable[[], object], rounds: int = ROUNDS) -> list[list[float]]:
    """Return the seconds that each candidate took in each round; they run in turns, without garbage collection."""
    found: list[list[float]] = [[] for _ in candidates]
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            for candidate, taken in zip(candidates, found, strict=True):
                start = CLOCK()
                candidate()
                taken.append(CLOCK() - start)
    finally:
        if was_enabled:
            gc.enable()
    return found


def run(size: int = SIZE) -> Iterator[str]:
    """Yield the lines of the report."""
    session = offline_session()
    worlds = Worlds(*(World(session, count) for count in (size // 4, size, 4 * size)))
    yield f"{size} AssetVersions; medians of {ROUNDS} rounds"
    for case in CASES:
        yield _line(case, worlds) + (_comparison(case, worlds) if case.theirs else "")


def _line(case: Case, worlds: Worlds) -> str:
    own, growth = _growth(case.ours, worlds.quarter, worlds.whole)
    beyond = _growth(case.ours, worlds.whole, worlds.fourfold)[1]
    return f"  {case.name:28} {_milliseconds(own)} ms, x4: {growth:4.2f} (at most {GROWTH}), beyond: {beyond:4.2f}"


def _growth(operation: Callable[[World], object], world: World, larger: World) -> tuple[list[float], float]:
    """Return how long an operation takes in the larger world, and how many times as long that is."""
    little, much = times(lambda: operation(world), lambda: operation(larger))
    return much, statistics.median(much) / statistics.median(little)


def _comparison(case: Case, worlds: Worlds) -> str:
    theirs = cast("Callable[[World], object]", case.theirs)
    own, other = times(lambda: case.ours(worlds.whole), lambda: theirs(worlds.whole))
    ratio = statistics.median(own) / statistics.median(other)
    beyond = _growth(theirs, worlds.whole, worlds.fourfold)[1]
    return f"   by hand {_milliseconds(other)} ms, beyond: {beyond:4.2f}   ratio {ratio:4.2f} (at most {case.limit})"


def _milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:6.2f}"


def _version(session: ftrack_api.Session, number: int) -> Any:
    task = session.create("Task", {"id": f"t{number % 100}"}, reconstructing=True)
    return session.create("AssetVersion", {"id": f"v{number}", "version": number, "task": task}, reconstructing=True)
