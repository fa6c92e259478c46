"""What the demo production looks like: pictures of what was published and of who works on it, and films to review.

None of the data is kept: it is drawn whenever somebody reads it, see `drawing`.
"""

from __future__ import annotations

import json

from trackteroid.server import drawing
from trackteroid.server.demo.people import ARTISTS, person
from trackteroid.server.demo.publishing import versions_of
from trackteroid.server.demo.script import Entity, Script, known

#: Assets whose newest version has a film, as what encodes media makes it.
FILMED = (
    *(f"sync/bc/bc00{number}0/bc00{number}0_comp" for number in (1, 2, 3, 5, 6)),
    "sync/bc/bc0010/bc0010_character_anim",
    "sync/bc/bc0040/bc0040_character_anim",
    "sync/Assets/Aria/character_aria_turntable",
    "showroom/Backlot/Mascot/character_mascot_turntable",
    "showroom/ep01/sq010/sh010/sq010_sh010_character_anim",
)


def write(script: Script) -> None:
    """All pictures and films."""
    shown: dict[str, Entity] = {}
    for asset in script.find("Asset"):
        version = versions_of(script, asset.path)[-1]
        shown[asset.parent_path] = _show(script, version, "picture", _subject(version))
    for context in (*script.find("Shot"), *script.find("AssetBuild"), *script.find("Project")):
        if context.path in shown:
            script.update(context, thumbnail=shown[context.path])
        else:
            _show(script, context, "picture", context.name)
    for username, first_name, last_name, _ in ARTISTS:
        _show(script, person(script, username), "portrait", f"{first_name} {last_name}")
    if drawing.can_draw_films():
        for asset_path in FILMED:
            # What is made of a film so that browsers show it, with what players want to know.
            version = versions_of(script, asset_path)[-1]
            subject = _subject(version)
            film = _create(script, f"{version.path}/ftrackreview-mp4", "film", subject, version=version)
            _locate(script, film, "ftrack.review")
            strip = _create(script, f"{version.path}/ftrackreview-filmstrip", "filmstrip", subject, version=version)
            width, height = drawing.SCENE
            told = {"frameIn": 0, "frameOut": drawing.FRAMES - 1, "frameRate": float(drawing.RATE)}
            script.set_metadata(film, ftr_meta=json.dumps(told | {"width": width, "height": height}))
            width, height = drawing.STRIP
            parts = {"frames": drawing.IN_STRIP, "width": width, "height": height}
            script.set_metadata(strip, ftr_meta=json.dumps(parts))


def _show(script: Script, entity: Entity, kind: str, subject: str) -> Entity:
    """Give an entity a thumbnail, as the Python client makes it, and return that."""
    picture = _create(script, f"{entity.path}/thumbnail", kind, subject)
    script.update(entity, thumbnail=picture)
    return picture


def _create(script: Script, path: str, kind: str, subject: str, **values: Entity) -> Entity:
    """Create a component whose data is drawn."""
    file_type, size = ".mp4" if kind == "film" else ".jpg", drawing.SIZES[kind]
    name = path.rpartition("/")[2]
    component = script.create("FileComponent", path, name=name, file_type=file_type, size=size, **values)
    _locate(script, component, "ftrack.server")
    script.drawings.append((component.id, kind, subject))
    return component


def _locate(script: Script, component: Entity, location: str) -> None:
    script.create(
        "ComponentLocation",
        f"{component.path}/{location}",
        component=component,
        location=known("Location", location),
        resource_identifier=component.id,
    )


def _subject(version: Entity) -> str:
    return f"{version.parent_path.rpartition('/')[2]} {version.name}"
