"""What was published: one hundred assets, their versions, components and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from trackteroid.server.demo.contexts import ASSET_BUILDS, CHARACTER, ENVIRONMENT, SEQUENCES
from trackteroid.server.demo.people import worker
from trackteroid.server.demo.script import Entity, Script, in_turn, known, moment
from trackteroid.values import frozen

#: Where the demo's files would be, were there any.
ROOT = "/mnt/projects"


@frozen
class AssetPlan:
    """One asset: its path, type, the task it is made in, its number of versions and the first version's number."""

    path: str
    type: str
    task: str
    versions: int
    first: int | None = None

    @property
    def numbers(self) -> range:
        """The numbers of its versions."""
        first = self.first or 1
        return range(first, first + self.versions)


#: Dummy assets: path, type, task, number of versions, number of the first one if earlier ones are gone.
DUMMIES = (
    ("DummyProject/Library/SomeAsset", "Geometry", "DummyProject/Library/Modeling", 2, None),
    ("DummyProject/Library/AnotherAsset", "Geometry", "DummyProject/Library/Modeling", 3, None),
    ("DummyProject/Library/FirstAsset", "Geometry", "DummyProject/Library/Modeling", 1, None),
    ("DummyProject/Library/SomeProp", "Texture", "DummyProject/Library/Texture", 2, None),
    ("DummyProject/Library/AssetLibrary", "Texture", "DummyProject/Library/Texture", 1, None),
    ("DummyProject/Library/TheAssetPack", "Upload", "DummyProject/Library/Texture", 2, None),
    ("DummyProject2/Library/SomeAsset", "Geometry", "DummyProject2/Library/Modeling", 1, 3),
    ("DummyProject2/Library/SomeVehicle", "Geometry", "DummyProject2/Library/Modeling", 2, None),
    ("DummyProject2/Library/AssetTurntable", "Render", "DummyProject2/Library/Modeling", 1, None),
    ("DummyProject2/Library/Backdrop", "Texture", "DummyProject2/Library/Modeling", 3, None),
    ("showroom/ep01/sq010/sh010/SomeAsset", "Upload", "showroom/ep01/sq010/sh010/Animation", 1, 3),
)

#: What is published of an asset build: end of the name, type, task.
BUILD_ASSETS = {
    CHARACTER: (
        ("concept", "Upload", "Modeling"),
        ("geo", "Geometry", "Modeling"),
        ("rig", "Rig", "Rigging"),
        ("lookdev", "Lookdev", "Lookdev"),
        ("turntable", "Render", "Lookdev"),
    ),
    ENVIRONMENT: (
        ("concept", "Upload", "Modeling"),
        ("geo", "Geometry", "Modeling"),
        ("set", "Scene", "Modeling"),
        ("lookdev", "Lookdev", "Texture"),
    ),
}

#: What is published of a shot, by task: end of the name, type.
SHOT_ASSETS = {
    "Layout": ("environment_layout", "Layout"),
    "Animation": ("character_anim", "Animation"),
    "Compositing": ("comp", "Image Sequence"),
}

#: How many versions some assets have; all others take turns. Eleven have ten or more.
VERSIONS = {
    "character_mascot_rig": 13,
    "character_aria_geo": 12,
    "character_aria_rig": 16,
    "character_bolt_geo": 10,
    "character_cora_rig": 11,
    "environment_harbor_geo": 14,
    "bc0010_comp": 19,
    "bc0020_comp": 24,
    "bc0030_comp": 10,
    "bc0050_comp": 11,
    "bc0060_comp": 10,
    "bc0040_comp": 3,
}

#: Statuses of the versions of some assets, oldest first; all others take turns.
STATUSES = {
    "bc0030_comp": (*["In progress", "Pending Review", "In progress"] * 3, "Approved"),
    "bc0040_comp": ("In progress", "Pending Review", "Pending Review"),
}
EARLIER_STATUSES = ("In progress", "Pending Review", "On Hold", "In progress", "Omitted")
LATEST_STATUSES = ("Pending Review", "Approved", "In progress", "Client approved", "Completed")

COMMENTS = (
    "First pass",
    "Addressed notes",
    "Fixed flickering highlights",
    "Updated to the latest edit",
    "Softer shadows, warmer key light",
    "Cleaned up for delivery",
)

#: Assets whose versions somebody brought along without a task.
WITHOUT_TASK = ("sync/st/st0040/st0040_character_anim",)

FILE_TYPES = {
    "Geometry": ".abc",
    "Animation": ".abc",
    "Rig": ".ma",
    "Layout": ".ma",
    "Scene": ".usd",
    "Lookdev": ".usd",
    "Texture": ".tif",
    "Upload": ".jpg",
    "Render": ".exr",
    "Image Sequence": ".exr",
}

#: Types whose main component is a sequence of files, and the frames that are there.
SEQUENCES_OF_FILES = ("Render", "Image Sequence")
FRAMES = (1001, 1002, 1003)


def write(script: Script) -> None:
    """All assets, and which versions were made from which."""
    for plan in plans():
        parent, _, name = plan.path.rpartition("/")
        asset = script.create("Asset", plan.path, name=name, parent=script[parent], type=known("AssetType", plan.type))
        for number in plan.numbers:
            turn = len(script.find("AssetVersion"))
            task = script[plan.task]
            if asset.name in STATUSES:
                status = STATUSES[asset.name][number - 1]
            else:
                status = in_turn(LATEST_STATUSES if number == plan.numbers[-1] else EARLIER_STATUSES, turn)
            version = script.create(
                "AssetVersion",
                f"{plan.path}/v{number:03}",
                asset=asset,
                **({} if plan.path in WITHOUT_TASK else {"task": task}),
                user=worker(script, task),
                status=known("Status", status),
                comment="Hello World" if turn == 0 else in_turn(COMMENTS, turn),
                date=moment(turn // 8, hours=turn % 8),
                is_published=turn % 7 != 6,
                **({"version": number} if plan.first else {}),  # the server counts, unless earlier ones are gone
            )
            _create_component(script, plan, version, "main")
            if plan.type == "Rig":
                _create_component(script, plan, version, "preview")
    _link_versions(script)


def plans() -> Iterator[AssetPlan]:
    """Yield all assets in the order they are made."""
    for dummy in DUMMIES:
        yield AssetPlan(*dummy)
    found: list[tuple[str, str, str, str]] = []
    for folder, type_, names in ASSET_BUILDS:
        for name in names:
            code = f"{type_}_{name}".lower().replace(" ", "_")
            for ending, asset_type, task in BUILD_ASSETS.get(type_, ()):
                found.append((f"{folder}/{name}", f"{code}_{ending}", asset_type, task))
    # Every shot has an animation; the sequence that is nearly done has layouts and comps, too.
    for sequence, shots, tasks in SEQUENCES:
        for shot in (f"{sequence}/{name}" for name in shots):
            for task in tasks if sequence == "sync/bc" else ("Animation",):
                ending, asset_type = SHOT_ASSETS[task]
                found.append((shot, f"{shot_code(shot)}_{ending}", asset_type, task))
    for turn, (parent, name, type_, task) in enumerate(found):
        yield AssetPlan(f"{parent}/{name}", type_, f"{parent}/{task}", VERSIONS.get(name, 1 + turn % 6))


def versions_of(script: Script, asset_path: str) -> Sequence[Entity]:
    """Return the versions of an asset, oldest first."""
    return script.find_in(asset_path, "AssetVersion")


def shot_code(shot: str) -> str:
    """Return what files of a shot start with: ``bc0040``, or ``sq010_sh010`` where the shot says too little."""
    sequence, _, name = shot.rpartition("/")
    sequence = sequence.rpartition("/")[2]
    return name if name.startswith(sequence) else f"{sequence}_{name}"


def _create_component(script: Script, plan: AssetPlan, version: Entity, name: str) -> None:
    """A component and its place in the file system."""
    file_type = ".mov" if name == "preview" else FILE_TYPES[plan.type]
    stem = file_stem(version, name)
    if plan.type not in SEQUENCES_OF_FILES:
        _create_file(script, f"{version.path}/{name}", f"{stem}{file_type}", version=version)
        return
    sequence = script.create(
        "SequenceComponent",
        f"{version.path}/{name}",
        name=name,
        padding=4,
        file_type=file_type,
        size=sum(_size(f"{version.path}/{name}/{frame}") for frame in FRAMES),
        version=version,
    )
    _locate(script, sequence, f"{stem}.%04d{file_type}")
    if version.name == f"v{plan.numbers[-1]:03}":
        for frame in FRAMES:
            _create_file(script, f"{sequence.path}/{frame}", f"{stem}.{frame}{file_type}", container=sequence)


def file_stem(version: Entity, component: str) -> str:
    """Return the path of the files of a component, up to the frame number."""
    asset = version.parent_path.replace(" ", "_")
    name = asset.rpartition("/")[2]
    return f"{ROOT}/{asset}/{version.name}/{component}/{name}_{version.name}"


def _create_file(script: Script, path: str, resource_identifier: str, **owner: Entity) -> None:
    _, _, name = path.rpartition("/")
    file_type = resource_identifier[resource_identifier.rindex(".") :]
    component = script.create("FileComponent", path, name=name, file_type=file_type, size=_size(path), **owner)
    _locate(script, component, resource_identifier)


def _locate(script: Script, component: Entity, resource_identifier: str) -> None:
    script.create(
        "ComponentLocation",
        f"{component.path}/unmanaged",
        component=component,
        location=known("Location", "ftrack.unmanaged"),
        resource_identifier=resource_identifier,
    )


def _size(path: str) -> int:
    """Return a size in bytes that looks arbitrary and never changes: 1 to 64 MiB."""
    return 2**20 + crc32(path.encode()) % (63 * 2**20)


def _link_versions(script: Script) -> None:
    """The newest version of each asset uses the newest one of what it is made from.

    Models are made into rigs, animation and layouts into comps.
    """
    made_from = (("_rig", "_geo"), ("_comp", "_character_anim"), ("_comp", "_environment_layout"))
    for target in sorted({asset.path for asset in script.find("Asset")}):
        for ending, source_ending in made_from:
            if target.endswith(ending):
                source = target.removesuffix(ending) + source_ending
                ends = {"from": versions_of(script, source)[-1], "to": versions_of(script, target)[-1]}
                script.create("AssetVersionLink", f"{target}/from/{source}", **ends)
