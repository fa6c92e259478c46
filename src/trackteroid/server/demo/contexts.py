"""The production's structure: projects down to tasks, with assignments and frame ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trackteroid.server.demo.people import person, worker
from trackteroid.server.demo.script import Entity, Script, in_turn, known, moment
from trackteroid.server.storage import builtin

#: Short name, full name, project schema, colour.
PROJECTS = (
    ("DummyProject", "Dummy Project", "VFX", "#95A5A6"),
    ("DummyProject2", "Dummy Project 2", "Media production", "#7F8C8D"),
    ("showroom", "The Showroom", "Animation", "#E67E22"),
    ("sync", "Sync", "VFX", "#2980B9"),
)

FOLDERS = (
    "DummyProject/Library",
    "DummyProject2/Library",
    "showroom/Asset Library",
    "showroom/Backlot",
    "sync/Assets",
    "sync/Delivery 3",
)

CHARACTER, PROP, ENVIRONMENT = "Character", "Prop", "Environment"

#: Folder, type, names.
ASSET_BUILDS = (
    (
        "showroom/Asset Library",
        PROP,
        ("Small Round Table", "Small Round Stool", "Tall Oak Shelf", "Long Glass Counter"),
    ),
    ("showroom/Backlot", CHARACTER, ("Host", "Guide", "Visitor", "Mascot")),
    ("showroom/Backlot", ENVIRONMENT, ("Main Hall", "Courtyard")),
    ("showroom/Backlot", PROP, ("Neon Sign", "Delivery Van")),
    ("sync/Assets", CHARACTER, ("Aria", "Bolt", "Cora", "Dex")),
    ("sync/Delivery 3", ENVIRONMENT, ("Harbor",)),
)

BUILD_TASKS = {
    CHARACTER: ("Modeling", "Rigging", "Lookdev"),
    ENVIRONMENT: ("Modeling", "Texture"),
    PROP: ("Modeling",),
}

#: Sequence, shots, tasks of each shot.
SEQUENCES = (
    ("showroom/ep01/sq010", [f"sh{n:03}" for n in range(10, 70, 10)], ("Animation", "Compositing")),
    ("showroom/ep01/sq020", [f"sh{n:03}" for n in range(10, 60, 10)], ("Animation", "Compositing")),
    ("showroom/ep01/sq030", [f"sh{n:03}" for n in range(10, 50, 10)], ("Animation", "Compositing")),
    ("sync/bc", [f"bc{n:04}" for n in range(10, 70, 10)], ("Layout", "Animation", "Compositing")),
    ("sync/st", [f"st{n:04}" for n in range(10, 50, 10)], ("Animation", "Compositing")),
)

#: Tasks that hang on something larger than a shot or an asset build.
LOOSE_TASKS = (
    "DummyProject/Library/Modeling",
    "DummyProject/Library/Texture",
    "DummyProject2/Library/Modeling",
    "showroom/Production",
    "showroom/ep01/Editing",
    "sync/Production",
    "sync/bc/Editing",
    "sync/st/Editing",
)

#: Tasks whose status matters to somebody; eleven of the hundred are done.
STATUSES = {
    "DummyProject/Library/Modeling": "Completed",
    "showroom/Asset Library/Small Round Table/Modeling": "Completed",
    "showroom/Backlot/Host/Modeling": "Approved",
    "showroom/Backlot/Guide/Modeling": "Approved",
    "sync/Assets/Aria/Modeling": "Client approved",
    "sync/Assets/Aria/Rigging": "Approved",
    "sync/Assets/Bolt/Modeling": "Client approved",
    "sync/Delivery 3/Harbor/Modeling": "Completed",
    "sync/bc/bc0010/Animation": "Approved",
    "sync/bc/bc0020/Animation": "Approved",
    "sync/bc/bc0030/Animation": "Completed",
    "sync/bc/bc0040/Compositing": "In progress",
    "sync/Delivery 3/Harbor/Texture": "On Hold",
    "showroom/Backlot/Courtyard/Modeling": "On Hold",
}

#: Tasks that nobody does yet.
UNASSIGNED = ("sync/st/st0030/Compositing", "sync/st/st0040/Compositing")

#: The statuses of all other tasks, in turns.
OPEN_STATUSES = ("In progress", "Ready to start", "Pending Review", "Not started", "WIP", "Revise")
SHOT_STATUSES = ("In progress", "In progress", "Not started", "Completed", "On Hold")
BUILD_STATUSES = ("In progress", "Not started", "Completed")
PRIORITIES = ("None", "Low", "Medium", "High", "Urgent")

#: First frames of the shots, in turns, and their lengths.
FIRST_FRAMES = (1009.0, 1006.0, 1001.0, 1001.0, 1013.0, 1001.0, 997.0)
LENGTHS = (120.0, 96.0, 48.0, 201.0, 73.0, 150.0)

#: Custom attributes of this production, beside those of the template.
FRAME_ATTRIBUTES = (("frame_start", "First frame"), ("frame_end", "Last frame"))


def write(script: Script) -> None:
    """All contexts."""
    for sort, (key, label) in enumerate(FRAME_ATTRIBUTES):
        script.create(
            "CustomAttributeConfiguration",
            f"attributes/{key}",
            key=key,
            label=label,
            entity_type="task",
            object_type_id=builtin.find_id("ObjectType", "Shot"),
            type=known("CustomAttributeType", "number"),
            group=known("CustomAttributeGroup", "Frames"),
            config='{"isdecimal": true}',
            default=1001.0,
            sort=100 + sort,
            core=False,
            is_hierarchical=False,
        )
    for name, full_name, schema, color in PROJECTS:
        script.create(
            "Project",
            name,
            name=name,
            full_name=full_name,
            color=color,
            status="active",
            is_global=False,
            is_private=False,
            project_schema=known("ProjectSchema", schema),
            start_date=moment(0),
            end_date=moment(180),
        )
    for path in FOLDERS:
        create_context(script, "Folder", path)
    _create_asset_builds(script)
    create_context(script, "Episode", "showroom/ep01", status=known("Status", "In progress"))
    for path, shots, tasks in SEQUENCES:
        _create_sequence(script, path, shots, tasks)
    for path in LOOSE_TASKS:
        _create_task(script, path)
    _create_milestones(script)


def create_context(script: Script, entity_type: str, path: str, **values: Any) -> Entity:
    """Create a typed context below the one its path starts with."""
    parent_path, _, name = path.rpartition("/")
    object_type = {"AssetBuild": "Asset Build"}.get(entity_type, entity_type)
    settings: dict[str, Any] = {
        "name": name,
        "parent": script[parent_path],
        "object_type_id": builtin.find_id("ObjectType", object_type),
        "priority_id": builtin.find_id("Priority", "None"),
    }
    return script.create(entity_type, path, **(settings | values))


def _create_asset_builds(script: Script) -> None:
    builds = ((f"{folder}/{name}", type_) for folder, type_, names in ASSET_BUILDS for name in names)
    for turn, (path, type_) in enumerate(builds):
        create_context(
            script,
            "AssetBuild",
            path,
            description=f"{path.rpartition('/')[2]} ({type_.lower()})",
            type=known("Type", type_),
            status=known("Status", in_turn(BUILD_STATUSES, turn)),
        )
        for task in BUILD_TASKS[type_]:
            _create_task(script, f"{path}/{task}")


def _create_sequence(script: Script, path: str, shots: Iterable[str], tasks: Iterable[str]) -> None:
    """A sequence, its shots and their tasks; each range is under the template's names and this production's own."""
    object_type_id = builtin.find_id("ObjectType", "Shot")
    configurations = {
        values["key"]: values["id"]
        for entity_type, values in builtin.rows()
        if entity_type == "CustomAttributeConfiguration" and values["object_type_id"] == object_type_id
    }
    configurations |= {key: script[f"attributes/{key}"].id for key, _ in FRAME_ATTRIBUTES}
    create_context(script, "Sequence", path)
    for name in shots:
        turn = len(script.find("Shot"))
        shot = create_context(
            script,
            "Shot",
            f"{path}/{name}",
            status=known("Status", in_turn(SHOT_STATUSES, turn)),
            description=f"Shot {name} of {path.rpartition('/')[2]}",
        )
        first, length = in_turn(FIRST_FRAMES, turn), in_turn(LENGTHS, turn)
        last = first + length - 1
        frames = {"fstart": first, "fend": last, "handles": 8, "frame_start": first, "frame_end": last}
        for key, value in frames.items():
            script.set_custom_attribute(configurations[key], shot, value)
        for task in tasks:
            _create_task(script, f"{shot.path}/{task}")


def _create_task(script: Script, path: str) -> None:
    """A task, named like its type, and who does it."""
    turn = len(script.find("Task"))
    task = create_context(
        script,
        "Task",
        path,
        type=known("Type", path.rpartition("/")[2]),
        status=known("Status", STATUSES.get(path) or in_turn(OPEN_STATUSES, turn)),
        priority_id=builtin.find_id("Priority", in_turn(PRIORITIES, turn)),
        bid=3600.0 * 8 * (1 + turn % 5),
        start_date=moment(turn // 2),
        end_date=moment(turn // 2 + 7),
    )
    if path not in UNASSIGNED:
        script.create(
            "Appointment", f"{path}/assignment", context=task, resource=worker(script, task), type="assignment"
        )


def _create_milestones(script: Script) -> None:
    for path, type_, day in (
        ("showroom/Client presentation", "Production", 60),
        ("sync/First cut", "Editing", 75),
        ("sync/Final delivery", "Deliverable", 150),
    ):
        create_context(
            script,
            "Milestone",
            path,
            type=known("Type", type_),
            status=known("Status", "Not started"),
            end_date=moment(day),
        )
    for project in ("showroom", "sync"):
        values = {"type": known("ManagerType", "Producer"), "user": person(script, "paul")}
        script.create("Manager", f"{project}/producer", context=script[project], **values)
