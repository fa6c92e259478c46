"""What real productions have besides: attributes of every kind, templates, gaps, and people who disagree."""

from __future__ import annotations

import json
from typing import Any

from trackteroid.server.demo.people import person
from trackteroid.server.demo.script import Entity, Script, known, moment
from trackteroid.server.storage import builtin

_GRADES = ("simple", "medium", "complex")
_VENDORS = ("inhouse", "harbour fx", "north light")


def _choices(*values: str, several: bool) -> str:
    return json.dumps(
        {"multiSelect": several, "data": json.dumps([{"menu": value.title(), "value": value} for value in values])}
    )


#: Attributes that everything inherits from what it is in: key, label, type, settings, default.
INHERITED: tuple[tuple[str, str, str, str, Any], ...] = (
    ("resolution", "Resolution", "text", "{}", "1920x1080"),
    ("stereo", "Stereo", "boolean", "{}", False),
    ("delivery", "Delivery", "date", "{}", None),
    ("vendors", "Vendors", "enumerator", _choices(*_VENDORS, several=True), None),
    ("overscan", "Overscan", "number", '{"isdecimal": true}', 1.0),
)

#: The others: key, label, kind of entity, object type, type, settings, default.
ATTRIBUTES: tuple[tuple[str, str, str, str | None, str, str, Any], ...] = (
    ("complexity", "Complexity", "task", "Asset Build", "enumerator", _choices(*_GRADES, several=False), "medium"),
    ("polygons", "Polygons", "task", "Asset Build", "number", '{"isdecimal": false}', 0),
    ("reference_url", "Reference", "task", "Sequence", "url", "{}", ""),
    ("headline", "Headline", "task", "Sequence", "expression", "{}", "Sequence {self.name}"),
    ("plates", "Plates", "task", "Sequence", "dynamic enumerator", "{}", None),
    ("is_final", "Final", "assetversion", None, "boolean", "{}", False),
    ("first_day", "First day", "user", None, "date", "{}", None),
)

#: Path, key, value. What is inherited is set at several levels.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("sync", "resolution", "4096x1716"),
    ("sync/st", "resolution", "2048x858"),
    ("sync/st/st0020", "resolution", "1024x429"),
    ("sync", "overscan", 1.1),
    ("sync/st/st0030", "overscan", 1.25),
    ("sync/st", "stereo", True),
    ("sync/st/st0040", "stereo", False),
    ("sync", "delivery", moment(150)),
    ("sync/st/st0010", "delivery", moment(120)),
    ("sync", "vendors", ["inhouse"]),
    ("sync/st", "vendors", ["inhouse", "north light"]),
    ("sync/Assets/Aria", "complexity", "complex"),
    ("sync/Assets/Bolt", "complexity", "simple"),
    ("sync/Assets/Aria", "polygons", 180_000),
    ("sync/st", "reference_url", "https://example.com/st"),
    ("sync/st", "plates", ["st_plate_a", "st_plate_b"]),
)

#: Templates of a project schema: name, types of their tasks.
TEMPLATES = (
    ("VFX", "Shot", ("Layout", "Animation", "Lighting", "Compositing")),
    ("VFX", "Character", ("Modeling", "Rigging", "Lookdev")),
    ("Animation", "Shot", ("Layout", "Animation", "Compositing")),
)

#: A version that has a file of which nobody knows where it is.
UNLOCATED = "sync/st/st0040/st0040_character_anim/v001"

#: What several people say of one shot: author, text, whether it is done.
DISAGREEMENT = (
    ("lena", "The camera move is approved, please leave it.", True),
    ("oskar", "The camera move has to change: the edit is two frames shorter.", False),
    ("paul", "Let us look at both versions together before anybody goes on.", False),
)


def write(script: Script) -> None:
    """All of it."""
    _create_attributes(script)
    for path, key, value in VALUES:
        script.set_custom_attribute(script[f"attributes/{key}"].id, script[path], value)
    for schema, name, types in TEMPLATES:
        schema_values = {"name": name, "project_schema": known("ProjectSchema", schema)}
        template = script.create("TaskTemplate", f"templates/{schema}/{name}", **schema_values)
        for type_ in types:
            item = {"task_type": known("Type", type_), "template": template}
            script.create("TaskTemplateItem", f"{template.path}/{type_}", **item)
    values = {"name": "plates", "file_type": ".zip", "size": 48_000_000, "version": script[UNLOCATED]}
    script.create("FileComponent", f"{UNLOCATED}/plates", **values)
    # Several people work on one thing: two of them do the task, publish and judge as if the others were not there.
    shot = script["sync/st/st0010"]
    for hour, (username, content, done) in enumerate(DISAGREEMENT):
        author = person(script, username)
        note = script.create(
            "Note",
            f"{shot.path}/notes/{username}",
            author=author,
            category=Entity("NoteCategory", known("NoteLabel", "Internal").id),
            content=content,
            date=moment(95, hours=hour),
            is_todo=True,
            parent_id=shot.id,
            parent_type=shot.type,
            **{"completed_by": author, "completed_at": moment(95, hours=hour + 1)} if done else {},
        )
        other = person(script, "oskar" if username == "lena" else "lena")
        script.create_row("Recipient", {"note_id": note.id, "resource_id": other.id})


def _create_attributes(script: Script) -> None:
    inherited = ((key, label, "show", None, *rest) for key, label, *rest in INHERITED)
    for sort, (key, label, kind, object_type, type_, config, default) in enumerate((*inherited, *ATTRIBUTES)):
        script.create(
            "CustomAttributeConfiguration",
            f"attributes/{key}",
            key=key,
            label=label,
            entity_type=kind,
            type=known("CustomAttributeType", type_),
            config=config,
            default=default,
            sort=200 + sort,
            core=False,
            is_hierarchical=sort < len(INHERITED),
            **{"object_type_id": builtin.find_id("ObjectType", object_type)} if object_type else {},
        )
