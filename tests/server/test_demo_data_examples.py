"""Which part of the demo production serves which example of the documentation.

The examples are numbered as in the catalogue that the documentation is checked against. `SERVED` says what an example
needs and asks the production for it; `WITHOUT_DATA` lists the ones that any production serves.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from server.demo_world import Record, World, world


@dataclass(frozen=True)
class Case:
    """Examples that need the same data: what is asked of it, and the answer."""

    examples: tuple[int, ...]
    need: str
    ask: Callable[[World], Any]
    answer: Any


def like(pattern: str, text: str) -> bool:
    """The server's own comparison: ``%`` stands for anything, upper and lower case are the same."""
    return fnmatch.fnmatchcase(text.lower(), pattern.lower().replace("%", "*"))


def assets(w: World, pattern: str) -> list[Record]:
    return [asset for asset in w.of("Asset") if like(pattern, asset["name"])]


def numbers(w: World, asset: str) -> list[int]:
    return [version["version"] for found in w.named("Asset", asset) for version in w.versions(found)]


def logged(w: World, tasks: list[Record]) -> float:
    ids = {task["id"] for task in tasks}
    return sum(timelog["duration"] for timelog in w.of("Timelog") if timelog["context"] in ids)


def builds_of_example_1(w: World) -> list[Record]:
    """Asset builds of the two productions whose folder is called "Asset..." or "Delivery 3"."""
    return [
        build
        for build in w.of("AssetBuild")
        if w.project(build) in ("sync", "showroom")
        and any(like(pattern, w.get(build["parent"])["name"]) for pattern in ("Asset%", "Delivery 3"))
    ]


def time_by_child_tasks(w: World) -> Counter[float]:
    tasks = w.of("Task")
    builds = builds_of_example_1(w)
    return Counter(logged(w, [task for task in tasks if task["parent"] == build["id"]]) for build in builds)


def time_by_versions(w: World) -> Counter[float]:
    def tasks(build: Record) -> list[Record]:
        made = [asset for asset in w.of("Asset") if asset["parent"] == build["id"]]
        return [w.get(version["task"]) for asset in made for version in w.versions(asset)]

    return Counter(logged(w, tasks(build)) for build in builds_of_example_1(w))


def first_version(w: World) -> tuple[Any, ...]:
    version = w.of("AssetVersion")[0]
    asset, task = w.get(version["asset"]), w.get(version["task"])
    return version["comment"], w.project(asset), w.project(task), asset["name"]


def projects_of(w: World, name: str) -> list[str]:
    return [w.project(asset) for asset in w.named("Asset", name)]


def names_of(w: World, pattern: str) -> set[str]:
    return {asset["name"] for asset in assets(w, pattern)}


def frames_of_first_shots(w: World) -> tuple[list[float], ...]:
    ids = [shot["id"] for shot in w.of("Shot")[:2]]
    keys = {row["key"]: row["id"] for row in w.of("CustomAttributeConfiguration")}
    configurations = [keys[key] for key in ("frame_start", "frame_end")]
    return tuple([w.records["ContextCustomAttributeValue", (c, id_)]["value"] for id_ in ids] for c in configurations)


def first_five_versions(w: World) -> tuple[list[str], list[int]]:
    found = w.of("AssetVersion")[:5]
    return [w.get(version["asset"])["name"] for version in found], [version["version"] for version in found]


def states_of_published_tasks(w: World) -> set[str]:
    tasks = {version["task"] for version in w.of("AssetVersion") if "task" in version}
    return {w.state(w.get(task)) for task in tasks}


def publisher(w: World) -> dict[str, list[str]]:
    """What a publisher with few versions got to hear, by version."""
    (noor,) = [user for user in w.of("User") if user["username"] == "noor"]
    said: dict[str, list[str]] = {}
    for version in w.of("AssetVersion"):
        if version["user"] == noor["id"]:
            label = f"{w.get(version['asset'])['name']}_v{version['version']:03}"
            notes = [note for note in w.of("Note") if note.get("parent_id") == version["id"]]
            said[label] = [w.get(note["category"])["name"] for note in notes]
    return said


def bc0040_comp(w: World) -> tuple[Any, ...]:
    (asset,) = w.named("Asset", "bc0040_comp")
    found = w.versions(asset)
    components = [c for c in w.of("FileComponent", "SequenceComponent") if c.get("version") in {v["id"] for v in found}]
    located = [row for row in w.of("ComponentLocation") if row["component"] in {c["id"] for c in components}]
    return (
        [version["version"] for version in found],
        len({version["task"] for version in found}),
        [w.get(version["status"])["name"] for version in found],
        [component["name"] for component in components],
        len(located),
    )


def unlinked_builds_first(w: World) -> tuple[str, bool]:
    linked = {link[end] for link in w.of("TypedContextLink") for end in ("from", "to")}
    first = w.of("AssetBuild")[:3]
    return first[0]["name"], linked.isdisjoint(build["id"] for build in first)


def parents(w: World) -> Counter[str]:
    ids = {context["parent"] for context in w.of(*TYPED)}
    return Counter(w.get(id_)["__entity_type__"] for id_ in ids)


TYPED = ("Folder", "AssetBuild", "Episode", "Sequence", "Shot", "Milestone", "Task")
SYNC_AND_DUMMY = {"SomeAsset", "AnotherAsset", "FirstAsset"}

SERVED: list[Case] = [
    Case((1,), "9 asset builds, one with 16.0 logged on its tasks", time_by_child_tasks, {16.0: 1, 0: 8}),
    Case((1,), "the same by way of the versions' tasks", time_by_versions, {16.0: 1, 0: 8}),
    Case(
        (2, 5, 6, 7),
        "the first version of all: its comment, and its project by asset and by task",
        first_version,
        ("Hello World", "DummyProject", "DummyProject", "SomeAsset"),
    ),
    Case((8,), "two versions to find by id", lambda w: len(w.of("AssetVersion")[:2]), 2),
    Case((9,), "SomeAsset has just one version 1 and one version 2", lambda w: numbers(w, "SomeAsset"), [1, 2, 3, 3]),
    Case(
        (9,),
        "other assets have at least ten versions numbered 1 or 2",
        lambda w: sum(v["version"] < 3 for v in w.of("AssetVersion")) >= 12,
        True,
    ),
    Case((10,), "names ending in Asset", lambda w: names_of(w, "%Asset"), SYNC_AND_DUMMY),
    Case((10,), "names starting with Some", lambda w: names_of(w, "Some%"), {"SomeAsset", "SomeProp", "SomeVehicle"}),
    Case(
        (10,),
        "names containing Asset",
        lambda w: names_of(w, "%Asset%"),
        SYNC_AND_DUMMY | {"AssetLibrary", "TheAssetPack", "AssetTurntable"},
    ),
    Case(
        (11,),
        "three SomeAssets, two of them in the dummy projects",
        lambda w: projects_of(w, "SomeAsset"),
        ["DummyProject", "DummyProject2", "showroom"],
    ),
    Case(
        (11,),
        "ten assets in the dummy projects",
        lambda w: sum(w.project(asset).startswith("Dummy") for asset in w.of("Asset")),
        10,
    ),
    Case(
        (12, 41, 43, 44, 45, 46),
        "an asset with many versions to order and to form sets of",
        lambda w: numbers(w, "bc0020_comp"),
        list(range(1, 25)),
    ),
    Case(
        (16, 18, 30),
        "every version has a component main with a size and a path",
        lambda w: (
            {c["version"] for c in w.of("FileComponent", "SequenceComponent") if c["name"] == "main" and c["size"] > 0}
            == {v["id"] for v in w.of("AssetVersion")}
        ),
        True,
    ),
    Case(
        (16, 17, 34, 47),
        "shots among the first hundred contexts",
        lambda w: sum(context["__entity_type__"] == "Shot" for context in w.of(*TYPED)[:100]) >= 8,
        True,
    ),
    Case((17, 21, 42), "a hundred versions to slice", lambda w: len(w.of("AssetVersion")) >= 100, True),
    Case((19,), "frame ranges of the first two shots", frames_of_first_shots, ([1009.0, 1006.0], [1128.0, 1101.0])),
    Case(
        (20,),
        "five versions of two assets, two of them numbered 2",
        first_five_versions,
        (["SomeAsset"] * 2 + ["AnotherAsset"] * 3, [1, 2, 1, 2, 3]),
    ),
    Case(
        (22, 40),
        "published work whose task is blocked, done, in progress, not started",
        states_of_published_tasks,
        {"Blocked", "Done", "In Progress", "Not Started"},
    ),
    Case((23,), "no asset of a name", lambda w: assets(w, "NoSuchAsset"), []),
    Case(
        (24,),
        "the first asset has a published version and its publisher",
        lambda w: [w.get(v["user"])["username"] for v in w.versions(w.of("Asset")[0]) if v["is_published"]],
        ["mira", "mira"],
    ),
    Case(
        (24,), "not everything is published", lambda w: {v["is_published"] for v in w.of("AssetVersion")}, {True, False}
    ),
    Case(
        (25,),
        "tasks that are not in progress yet",
        lambda w: sum(w.state(t) == "Not Started" for t in w.of("Task")) >= 5,
        True,
    ),
    Case(
        (26, 35, 36, 38, 50, 54, 55),
        "bc0040_comp",
        bc0040_comp,
        ([1, 2, 3], 1, ["In progress", "Pending Review", "Pending Review"], ["main"] * 3, 3),
    ),
    Case(
        (27, 28),
        "assets: all, characters, environments",
        lambda w: tuple(len(assets(w, pattern)) for pattern in ("%", "%character%", "%environment%")),
        (100, 65, 18),
    ),
    Case((28,), "one asset of a part of a name", lambda w: len(assets(w, "%aria_turntable%")), 1),
    Case((29,), "assets with ten versions or more", lambda w: sum(len(w.versions(a)) >= 10 for a in w.of("Asset")), 11),
    Case(
        (31,),
        "eight names among the first fifteen versions",
        lambda w: len({w.get(v["asset"])["name"] for v in w.of("AssetVersion")[:15]}),
        8,
    ),
    Case(
        (32,),
        "ten versions by state",
        lambda w: Counter(w.state(v) for v in w.versions(w.named("Asset", "bc0030_comp")[0])),
        {"Done": 1, "In Progress": 9},
    ),
    Case(
        (33, 51),
        "versions of one publisher with and without notes, which have categories",
        publisher,
        {"bc0040_comp_v001": ["Internal"], "bc0040_comp_v002": ["Client feedback", "Internal"], "bc0040_comp_v003": []},
    ),
    Case((34,), "contexts of every object type", lambda w: {c["__entity_type__"] for c in w.of(*TYPED)}, set(TYPED)),
    Case(
        (37, 39),
        "one asset has the most versions, and every asset has some",
        lambda w: (
            Counter(v["asset"] for v in w.of("AssetVersion")).most_common(1)[0][1],
            sum(v["version"] == 24 for v in w.of("AssetVersion")),
            {bool(w.versions(asset)) for asset in w.of("Asset")},
        ),
        (24, 1, {True}),
    ),
    Case(
        (40,),
        "a hundred tasks, eleven done",
        lambda w: Counter(w.state(t) == "Done" for t in w.of("Task")),
        {True: 11, False: 89},
    ),
    Case(
        (47, 49),
        "folders, asset builds, shots",
        lambda w: tuple(len(w.of(kind)) for kind in ("Folder", "AssetBuild", "Shot")),
        (6, 17, 25),
    ),
    Case(
        (48,),
        "parents of contexts, of every kind that can be one",
        parents,
        {"Project": 4, "Folder": 6, "AssetBuild": 17, "Episode": 1, "Sequence": 5, "Shot": 25},
    ),
    Case((52,), "the first asset builds are not linked yet", unlinked_builds_first, ("Small Round Table", True)),
    Case((53,), "a version that can go", lambda w: len(numbers(w, "Backdrop")), 3),
    Case(
        (56,),
        "every version has a number that a pattern matches",
        lambda w: {v["version"] > 0 for v in w.of("AssetVersion")},
        {True},
    ),
]

#: How to build queries, print projections, use several sessions, configure: nothing in them depends on the data.
WITHOUT_DATA = {3, 4, 13, 14, 15, 57, 58, 59, 60, 61, 62}


@pytest.mark.parametrize("case", SERVED, ids=lambda case: f"{'-'.join(map(str, case.examples))}: {case.need}")
def test_the_production_serves(case: Case) -> None:
    assert case.ask(world()) == case.answer, f"examples {case.examples} need {case.need}"


def test_every_example_is_accounted_for() -> None:
    served = {number for case in SERVED for number in case.examples}
    assert served.isdisjoint(WITHOUT_DATA)
    assert served | WITHOUT_DATA == set(range(1, 63))
