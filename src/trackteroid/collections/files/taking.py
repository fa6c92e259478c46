"""The files of components, and the thumbnails of everything: fetched for whole collections."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import stored_value
from trackteroid.collections.context import Selection, context_of, find_attribute, type_name_of
from trackteroid.collections.fetching import fetch, fetch_missing
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.errors import PublishingError
from trackteroid.progress import OnProgress, following
from trackteroid.publishing.downloads import (
    FIELDS,
    Fetcher,
    Source,
    Thumbnail,
    fetch_thumbnails,
    fields_of,
    find_members,
    find_sources,
    name_of,
    unavailable,
)
from trackteroid.values import frozen


@frozen
class Target:
    """A component and where it goes: one file, or a folder with a file for each member.

    Attributes:
        component: the component.
        path: the file or the folder.
        files: the file components with their files.
    """

    component: FtrackEntity
    path: Path
    files: tuple[tuple[Any, Path], ...]


@frozen
class Fetched:
    """What was downloaded; see `trackteroid.publishing.published.Downloaded`."""

    paths: tuple[Path, ...]
    skipped: tuple[Path, ...]
    unavailable: tuple[FtrackEntity, ...]
    size: int


def download(
    selection: Selection,
    folder: str | os.PathLike[str],
    pattern: str,
    *,
    overwrite: bool,
    on_progress: OnProgress | None,
) -> Fetched:
    """Download the components of a collection into a folder; see `Collection.download`."""
    targets, sources = planned(selection, folder, pattern)
    lacking = [each for each in targets if any(part["id"] not in sources for part, _ in each.files) or not each.files]
    available = [each for each in targets if each not in lacking]
    wanted = {each.path: [pair for pair in each.files if overwrite or not pair[1].exists()] for each in available}
    total = sum(int(part["size"] or 0) for parts in wanted.values() for part, _ in parts)
    fetcher, size = Fetcher(context_of(selection).session), 0
    with following("Downloading", total, on_progress=on_progress) as advance:
        for part, path in (pair for parts in wanted.values() for pair in parts):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise PublishingError(
                    f"The folder {path.parent} cannot be made: {error.strerror}. Name another one."
                ) from error
            size += fetcher.fetch(sources[part["id"]], path, int(part["size"] or 0), advance, overwrite=overwrite)
    return Fetched(
        tuple(path for path, parts in wanted.items() if parts),
        tuple(path for path, parts in wanted.items() if not parts),
        tuple(each.component for each in lacking),
        size,
    )


def planned(
    selection: Selection, folder: str | os.PathLike[str], pattern: str
) -> tuple[list[Target], Mapping[str, Source]]:
    """Return where each component goes, and where the data of all files is.

    Raises:
        PublishingError: the pattern does not fit, or two would be written to the same file.
    """
    if not isinstance(folder, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise PublishingError(f"{folder!r} is no folder. Give the path of the one that the files are to be in.")
    fields, components = fields_of(pattern), _components(selection, "download")
    session, base = context_of(selection).session, Path(os.fspath(folder))
    if base.exists() and not base.is_dir():
        raise PublishingError(f"{base} is no folder. Name the folder that the files are to be in.")
    paths = dict.fromkeys(("name", "file_type", "size", *(FIELDS[field] for field in fields if field != "id")))
    fetch(session, components, paths, only_missing=True)
    members = find_members(session, (_text(each, "id") for each in components if _is_container(each)))
    targets = [_target(each, base, pattern, members.get(_text(each, "id"), ())) for each in components]
    seen: dict[str, Target] = {}
    for each in targets:
        other = seen.setdefault(os.path.normcase(each.path).casefold(), each)
        if other is not each:
            raise PublishingError(
                f"Two components would be written to {each.path}: {_text(other.component, 'id')} and "
                f"{_text(each.component, 'id')}. Put what tells them apart into the pattern: {{context}}, {{id}}."
            )
    return targets, find_sources(session, [part for each in targets for part, _ in each.files])


def _components(selection: Selection, verb: str) -> tuple[FtrackEntity, ...]:
    refuse_unloaded(selection, f"Cannot {verb} {selection!r}, which is not all of it")
    if not context_of(selection).types.is_a(type_name_of(selection), "Component"):
        raise PublishingError(
            f"Components have files, not {selection!r}. Read them first: versions.Component.{verb}(...)."
        )
    return selection.values()


def _target(component: FtrackEntity, base: Path, pattern: str, members: Sequence[Any]) -> Target:
    values: dict[str, Any] = {}
    for field in fields_of(pattern):
        found: Any = component
        for name in FIELDS[field].split("."):  # None where the path does not lead that far
            found = stored_value(found, name) if isinstance(found, FtrackEntity) else None
        values[field] = None if found is NOT_SET else found
    label = f'The component "{_text(component, "name")}" ({_text(component, "id")})'
    if "file_type" in values and values["file_type"] is None:
        values["file_type"] = ""
    if not _is_container(component):
        path = base / name_of(pattern, values, label)
        return Target(component, path, ((component, path),))
    folder = base / name_of(pattern, values | ({"file_type": ""} if "file_type" in values else {}), label)
    head = f"{_text(component, 'name')}." if component.entity_type == "SequenceComponent" else ""
    files: list[tuple[Any, Path]] = []
    for each in members:
        own = {"name": f"{head}{each['name']}", "file_type": each["file_type"] or ""}
        files.append((each, folder / name_of("{name}{file_type}", own, f"{label[:-1]}, member {each['id']})")))
    return Target(component, folder, tuple(files))


def _is_container(component: FtrackEntity) -> bool:
    return component.entity_type in ("ContainerComponent", "SequenceComponent")


def _text(entity: FtrackEntity, name: str) -> str:
    return str(stored_value(entity, name))


def open_all(selection: Selection) -> Iterator[BinaryIO]:
    """Iterate over the data of the components, as files to read.

    Raises:
        PublishingError: one is in no location that the session has access to, or has no data of its own.
    """
    components, session = _components(selection, "open"), context_of(selection).session
    fetch(session, components, ("name",), only_missing=True)
    for component in components:
        if _is_container(component):
            raise PublishingError(
                f'The {component.entity_type} "{_text(component, "name")}" has no data of its own. Open its members: '
                "components.members.open()."
            )
    sources, fetcher = find_sources(session, components), Fetcher(session)
    for component in components:
        if _text(component, "id") not in sources:
            raise unavailable({"name": _text(component, "name"), "id": _text(component, "id")})
    return (fetcher.open(sources[_text(component, "id")]) for component in components)


def thumbnails(selection: Selection, size: int) -> list[Thumbnail]:
    """Return the thumbnails of the entities, in their order.

    Raises:
        PublishingError: such entities have no thumbnails.
    """
    refuse_unloaded(selection, f"Cannot get thumbnails of {selection!r}, which is not all of it")
    if find_attribute(selection, "thumbnail_id") is None:
        raise PublishingError(f"{selection!r} has no thumbnails; contexts, assets, versions and users have them.")
    session = context_of(selection).session
    fetch_missing(session, selection.values(), "thumbnail_id")
    found = (stored_value(entity, "thumbnail_id") for entity in selection.values())
    return fetch_thumbnails(session, [each if isinstance(each, str) else None for each in found], size)
