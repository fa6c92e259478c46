"""What tests begin with: projects, shots and tasks, made and committed in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, Final, TypeAlias

from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.entities import Entity, Task, entity_class
from trackteroid.errors import InvalidArgumentsError, suggest
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.session import Session

Found: TypeAlias = "EntityCollection | EmptyCollection"
#: The project schema of new projects: it has shots, sequences and asset builds.
SCHEMA: Final = "VFX"


class Make:
    """Makes entities on a server, commits them, and returns collections of them.

    Names count up: ``sh0010``, ``sh0020``. What an entity belongs to is made as well unless it is given; of projects
    and sequences that is the one that was made last.

    Args:
        session: Whose session the collections are of.

    >>> make = Make(session)  # doctest: +SKIP
    >>> make.shots(2, tasks=["Layout"]).Task.name  # doctest: +SKIP
    ['Layout', 'Layout']
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._numbers: dict[str, count[int]] = {}
        self._last: dict[str, Found] = {}

    def project(self, name: str | None = None, **attributes: Any) -> EntityCollection:
        """Make a project; *project_schema* is its name or a collection."""
        title = name or self._name("project")
        schema = attributes.pop("project_schema", SCHEMA)
        values = {"full_name": title, "project_schema": self._named("ProjectSchema", schema), **attributes}
        return self._made("Project", [{"name": title, **values}])

    def sequences(self, number: int = 1, *, parent: Found | None = None, **attributes: Any) -> EntityCollection:
        """Make sequences below a project or whatever else may have them."""
        return self._children("Sequence", number, self._parent(parent, "Project", self.project), attributes)

    def shots(
        self, number: int = 1, *, parent: Found | None = None, tasks: Iterable[str] = (), **attributes: Any
    ) -> EntityCollection:
        """Make shots below a sequence, and below each of them a task of each of these types."""
        shots = self._children("Shot", number, self._parent(parent, "Sequence", self.sequences), attributes)
        return self._with_tasks(shots, tasks)

    def asset_builds(
        self, number: int = 1, *, parent: Found | None = None, tasks: Iterable[str] = (), **attributes: Any
    ) -> EntityCollection:
        """Make asset builds below a project, and below each of them a task of each of these types."""
        made = self._children("AssetBuild", number, self._parent(parent, "Project", self.project), attributes)
        return self._with_tasks(made, tasks)

    def tasks(self, types: Iterable[str], parent: Found | None = None, **attributes: Any) -> EntityCollection:
        """Make a task of each of these types below each parent, called like its type; without any, below a new shot."""
        above = self._parent(parent, "Shot", self.shots)
        kinds = {name: self._named("Type", name) for name in _listed(types)}
        values = [
            {"name": name.lower(), "type": kind, "parent": each, **attributes}
            for each in above.values()
            for name, kind in kinds.items()
        ]
        return self._made("Task", values)

    def versions(
        self, number: int = 1, *, task: Found | None = None, asset: str = "main", **attributes: Any
    ) -> EntityCollection:
        """Make versions of an asset, for each task; without any, for a new one."""
        tasks = self._parent(task, "Task", lambda: self.tasks(["Animation"]))
        kind = attributes.pop("type", None) or self.session.query("AssetType").first()
        values: list[dict[str, Any]] = []
        for each in tasks.values():
            made = self.session.create("Asset", {"name": asset, "parent": each["parent"], "type": kind})
            values += [{"asset": made, "task": each, **attributes} for _ in _times(number)]
        return self._made("AssetVersion", values)

    def users(self, *names: str, **attributes: Any) -> EntityCollection:
        """Make users of these names."""
        return self._made(
            "User", [{"username": name, "first_name": name, "last_name": "", **attributes} for name in names]
        )

    def entities(self, entity_type: type[Entity] | str, *values: dict[str, Any]) -> EntityCollection:
        """Make entities of any type with these values, which may be collections of one entity."""
        return self._made(entity_type if isinstance(entity_type, str) else entity_type.__name__, list(values))

    # How

    def _children(self, kind: str, number: int, parent: Found, attributes: dict[str, Any]) -> EntityCollection:
        times = _times(number)
        values = [{"name": self._name(kind), "parent": each, **attributes} for each in parent.values() for _ in times]
        return self._made(kind, values)

    def _with_tasks(self, made: EntityCollection, types: Iterable[str]) -> EntityCollection:
        listed = _listed(types)
        if listed:
            self.tasks(listed, made)
            return self._found(made.entity_type.__name__, list(made.id), ["name", Task.name, Task.type.name])
        return made

    def _parent(self, given: Found | None, kind: str, make: Callable[[], EntityCollection]) -> EntityCollection:
        if given is None:
            given = self._last.get(kind) or make()
        if not isinstance(given, EntityCollection):
            raise InvalidArgumentsError(f"Nothing can be made below {given!r}: it is empty.")
        return given

    def _named(self, kind: str, name: Any) -> Any:
        """Return the entity of this kind and name."""
        if not isinstance(name, str):
            return _entity(name)
        found = {each["name"]: each for each in self.session.query(f"select name from {kind}")}  # noqa: S608 - no SQL
        if name not in found:
            raise InvalidArgumentsError(f'There is no {kind} "{name}".{suggest(name, found)}')
        return found[name]

    def _made(self, kind: str, values: Sequence[dict[str, Any]]) -> EntityCollection:
        created = [self.session.create(kind, {name: _entity(value) for name, value in each.items()}) for each in values]
        self.session.commit()
        collection = self._found(kind, [each["id"] for each in created], None)
        self._last[kind] = collection
        return collection

    def _found(self, kind: str, ids: Sequence[str], projections: Sequence[object] | None) -> EntityCollection:
        query: Any = Query(entity_class(kind, schema_of(self.session)), session=self.session).by_id(*ids)
        found: EntityCollection = query.get_all(projections=projections) if projections else query.get_all()
        places = {identifier: place for place, identifier in enumerate(ids)}

        def place(one: EntityCollection) -> int:
            return places[one.id[0]]

        return found.sort(place)

    def _name(self, kind: str) -> str:
        number = next(self._numbers.setdefault(kind, count(1)))
        return _PATTERNS.get(kind, f"{kind.lower()}_{{0}}").format(number, 10 * number)


_PATTERNS: Final = {"Sequence": "sq{1:03}", "Shot": "sh{1:04}", "AssetBuild": "asset{0:02}"}


def _listed(names: Iterable[str]) -> list[str]:
    if isinstance(names, str):
        raise InvalidArgumentsError(f"Types of tasks are a list, not {names!r}. Write [{names!r}].")
    return list(dict.fromkeys(names))


def _entity(value: Any) -> Any:
    """Return what ftrack_api takes for a value: the one entity of a collection."""
    if isinstance(value, EntityCollection):
        found = value.values()
        if len(found) != 1:
            raise InvalidArgumentsError(f"One entity is taken, not the {len(found)} of {value!r}.")
        return found[0]
    return value


def _times(number: object) -> range:
    """Return how many are to be made, as something to go through."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InvalidArgumentsError(f"How many are to be made is a whole number from 1 on, not {number!r}.")
    return range(number)
