"""Productions of any size, for measuring and for trying things out at scale.

Rows go straight into the tables, many at once. They are what the server's own code would have written, which a
test checks on a small production; the same seed makes the same production.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import sqlalchemy as sa

from trackteroid.server.core.pending import insert_all
from trackteroid.server.model import Model, standard_model
from trackteroid.server.rules.homes import home_of, homed
from trackteroid.server.storage.builtin import find_id
from trackteroid.server.storage.database import Database

Values = dict[str, Any]

_BEGINNING = datetime(2024, 1, 8, 9)
_TASKS = ("Modeling", "Rigging", "Layout", "Animation", "FX", "Lighting", "Compositing", "Tracking", "Rotoscoping")
_STATUSES = ("Not started", "In progress", "Pending Review", "Approved", "Completed", "On Hold")
_ASSETS = ("plate", "model", "rig", "anim", "fx", "light", "comp", "camera")
_COMPONENTS = ("main", "preview", "thumbnail", "cache")
_EMPLOYEE = "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much of everything: per project, per context (a shot or an asset build), per asset, per version."""

    projects: int
    artists: int
    sequences: int
    shots: int
    builds: int
    tasks: float
    assets: float
    versions: float
    components: float


#: A small team's project, a studio's year, and a large studio's archive.
SCALES = {
    "s": Scale(projects=1, artists=20, sequences=10, shots=200, builds=0, tasks=10, assets=5, versions=5, components=3),
    "m": Scale(
        projects=20, artists=200, sequences=10, shots=400, builds=100, tasks=7.5, assets=5, versions=5, components=3
    ),
    "l": Scale(
        projects=200, artists=1000, sequences=10, shots=400, builds=100, tasks=10, assets=6, versions=5, components=3.4
    ),
}


def generate(
    database: Database, scale: Scale, *, seed: int = 0, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Add projects to a database, each in one transaction; returns the number of rows.

    Args:
        database: Where to; what is there already stays.
        scale: How much.
        seed: Another seed makes other projects, which fit into the same database.
        progress: Called with 1 after each project.
    """
    total = 0
    maker = _Maker(standard_model(), scale, random.Random(seed))  # noqa: S311 - for variety, not for secrets
    names = (f"s{seed}p{number:03}" for number in range(scale.projects))
    for rows in chain([maker.artists()], map(maker.project, names)):
        with database.begin(write=True) as connection:
            for table, values in rows.items():
                insert_all(connection, table, values)
                total += len(values)
        progress(1)
    if not database.has_one_writer:  # PostgreSQL does so by itself, but later; SQLite never does
        with database.begin(write=True) as connection:
            connection.exec_driver_sql("ANALYZE")
    return total


class _Maker:
    """Makes the rows of one project after the other."""

    def __init__(self, model: Model, scale: Scale, rng: random.Random) -> None:
        self._model = model
        self._scale = scale
        self._rng = rng
        self._users: list[str] = []
        self._project = ""
        self._homes = {kind.name for family in homed(model) for kind in model.subtypes(family)}
        self._rows: dict[sa.Table, list[Values]] = {}
        stored = [entity_type for entity_type in model if entity_type.view is None]
        self._templates = {each.name: dict.fromkeys(model.columns(each.table)) for each in stored}

    def artists(self) -> dict[sa.Table, list[Values]]:
        """Return the users that everything is made by."""
        self._rows = defaultdict(list)
        tag = self._id()[:8]
        for number in range(self._scale.artists):
            user = self._add(
                "User",
                username=f"artist-{tag}-{number:04}",
                first_name="Artist",
                last_name=f"{number:04}",
                is_active=True,
                resource_type="user",
                user_type_id=_EMPLOYEE,
                is_otp_enabled=False,
                is_totp_enabled=False,
                require_details_update=False,
            )
            self._users.append(user)
        return self._rows

    def project(self, name: str) -> dict[sa.Table, list[Values]]:
        """Return one project with everything in it."""
        self._rows = defaultdict(list)
        project = self._project = self._id()
        self._add(
            "Project",
            id=project,
            name=name,
            full_name=f"Project {name}",
            context_type="show",
            status="active",
            project_id=project,
            project_schema_id=find_id("ProjectSchema", "VFX"),
            is_global=False,
            is_private=False,
            created_at=self._moment(),
        )
        for number in range(self._scale.sequences):
            sequence = self._context("Sequence", f"sq{number:03}", [project])
            for shot in range(number, self._scale.shots, self._scale.sequences):
                self._filled("Shot", f"sh{shot:04}", [sequence, project])
        folder = self._context("Folder", "assets", [project])
        for number in range(self._scale.builds):
            self._filled("AssetBuild", f"build{number:04}", [folder, project])
        return self._rows

    def _filled(self, kind: str, name: str, parents: Sequence[str]) -> None:
        """A shot or an asset build with its tasks, assets and versions."""
        context = self._context(kind, name, parents)
        tasks = [self._task(number, [context, *parents]) for number in self._count(self._scale.tasks)]
        for number in self._count(self._scale.assets):
            self._asset(number, context, tasks)

    def _context(self, kind: str, name: str, parents: Sequence[str], **values: Any) -> str:
        defaults: Values = {"bid": 0.0}
        if kind not in ("Folder", "Sequence"):
            defaults["status_id"] = find_id("Status", "In progress")
        context = self._add(
            kind,
            name=name,
            parent_id=parents[0],
            project_id=parents[-1],
            context_type="task",
            object_type_id=self._model.object_type_ids[kind],
            priority_id=find_id("Priority", "None"),
            description="",
            sort=0.0,
            created_at=self._moment(),
            created_by_id=self._user(),
            **(defaults | values),
        )
        for depth, ancestor in enumerate(parents, 1):
            self._add("ContextAncestor", context_id=context, ancestor_id=ancestor, depth=depth)
        return context

    def _task(self, number: int, parents: Sequence[str]) -> str:
        name = _TASKS[number % len(_TASKS)]
        task = self._context(
            "Task",
            name if number < len(_TASKS) else f"{name} {number}",
            parents,
            type_id=find_id("Type", name),
            status_id=find_id("Status", self._rng.choice(_STATUSES)),
            bid=self._rng.choice((3600.0, 14400.0, 28800.0)),
        )
        self._add("Appointment", context_id=task, resource_id=self._user(), type="assignment")
        return task

    def _asset(self, number: int, context: str, tasks: Sequence[str]) -> None:
        asset, versions = self._id(), [self._id() for _ in self._count(self._scale.versions)]
        name = _ASSETS[number % len(_ASSETS)]
        task = tasks[number % len(tasks)] if tasks else None
        for place, version in enumerate(versions, 1):
            self._version(version, asset, place, task)
        self._add(
            "Asset",
            id=asset,
            name=f"{name}_{number}",
            context_id=context,
            type_id=find_id("AssetType", "Render"),
            latest_version_id=versions[-1] if versions else None,
        )

    def _version(self, version: str, asset: str, number: int, task: str | None) -> None:
        self._add(
            "AssetVersion",
            id=version,
            asset_id=asset,
            version=number,
            task_id=task,
            status_id=find_id("Status", self._rng.choice(_STATUSES)),
            is_published=True,
            comment=f"Take {number}",
            date=self._moment(),
            user_id=self._user(),
        )
        for place in self._count(self._scale.components):
            name = _COMPONENTS[place % len(_COMPONENTS)]
            component = self._add(
                "FileComponent",
                name=name,
                file_type=".exr",
                size=self._rng.randrange(10**9),
                system_type="file",
                version_id=version,
            )
            self._add(
                "ComponentLocation",
                component_id=component,
                location_id=find_id("Location", "ftrack.unmanaged"),
                resource_identifier=f"/show/{asset}/v{number:03}/{name}.exr",
            )

    def _add(self, kind: str, **values: Any) -> str:
        """Return one row; columns that are not given are null."""
        entity_type = self._model.type(kind)
        row = self._templates[kind] | values
        if "id" in row and row["id"] is None:
            row["id"] = self._id()
        if kind in self._homes:
            row[home_of(entity_type)] = self._project
        if entity_type.discriminator:
            row[entity_type.discriminator] = kind
        self._rows[self._model.table(entity_type)].append(row)
        return row.get("id") or ""

    def _count(self, average: float) -> Iterator[int]:
        """Return 0, 1, ... , on average so many."""
        whole = int(average)
        return iter(range(whole + (self._rng.random() < average - whole)))

    def _id(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def _user(self) -> str:
        return self._rng.choice(self._users)

    def _moment(self) -> str:
        return (_BEGINNING + timedelta(seconds=self._rng.randrange(2 * 365 * 86400))).isoformat()
