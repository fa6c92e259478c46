"""Which path leads from one entity type to another: configured, curated or inferred from the schema.

``Query(AssetVersion).by_name(Project, "x")``, ``AssetVersion.Project.name`` and ``versions.Project`` all ask for a
relation. It comes from the ``RELATIONSHIPS_RESOLVER`` of the configuration, else from the table of this module, else
the shortest path through the schema is taken: to-one steps are tried first, then to-many steps, then both. The result
depends on names only, never on the order in which a server lists its types and attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from trackteroid.configuration import logger
from trackteroid.display import graphs
from trackteroid.errors import RelationError, UnknownNameError, suggest
from trackteroid.schema.types import AttributeSchema, Schema, Step, parse_path, schema_of
from trackteroid.session_state import HasSchemas, Memory, of_connection
from trackteroid.values import frozen

if TYPE_CHECKING:
    from trackteroid.display.graphs import Edge, Graph

Origin = Literal["resolver", "curated", "inferred"]

_CONTEXTS = "*"
"""Stands for every kind of typed context a server has, and ``*`` in a path for its name."""

_CURATED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("AssetVersion", "Project", ("task.project",)),
    ("AssetVersion", "Task", ("task",)),
    ("AssetVersion", _CONTEXTS, ("asset.parent[*]",)),
    ("Asset", "Project", ("parent.project", "parent[Project]")),
    ("Asset", "Task", ("versions.task",)),
    ("Asset", _CONTEXTS, ("parent[*]",)),
    ("Component", "Project", ("version.asset.parent.project", "version.asset.parent[Project]")),
    ("Component", "Task", ("version.task",)),
    ("Component", _CONTEXTS, ("version.asset.parent[*]",)),
    (
        "ComponentLocation",
        "Project",
        ("component.version.asset.parent.project", "component.version.asset.parent[Project]"),
    ),
    ("ComponentLocation", "Task", ("component.version.task",)),
    ("NoteComponent", "User", ("note.author[User]",)),
    ("ComponentLocation", _CONTEXTS, ("component.version.asset.parent[*]",)),
    ("Project", "Asset", ("descendants.assets", "assets")),
    ("Project", "AssetVersion", ("descendants.assets.versions", "assets.versions")),
    ("Project", _CONTEXTS, ("descendants[*]",)),
    ("Timelog", "Project", ("context.project", "context[Project]")),
    ("Timelog", _CONTEXTS, ("context[*]",)),
    ("Timer", "Project", ("context.project", "context[Project]")),
    ("Timer", _CONTEXTS, ("context[*]",)),
    ("Appointment", "Project", ("context.project", "context[Project]")),
    ("Appointment", _CONTEXTS, ("context[*]",)),
    ("Resource", _CONTEXTS, ("assignments.context[*]",)),
    ("ReviewSession", "AssetVersion", ("review_session_objects.asset_version",)),
    ("ReviewSession", _CONTEXTS, ("review_session_objects.asset_version.asset.parent[*]",)),
    ("AssetVersionList", _CONTEXTS, ("items.asset.parent[*]",)),
    ("TypedContextList", _CONTEXTS, ("items[*]",)),
)

_DEPTHS = {"Episode": 1, "Sequence": 2, "AssetBuild": 3, "Milestone": 3, "Shot": 3, "TypedContext": 3, "Task": 4}
"""How deep in the tree of a project a type usually is; the types that are not named here are near the root."""

_LISTED = 25
"""How many of the types are named that can be reached."""


@frozen
class SchemaEntry:
    """The relations a studio configures under one name: ``entities["Task"]["Shot"] == ("parent[Shot]",)``.

    ``mistakes`` tells what was wrong with others, by the types they lead from and to (``""``: to all).
    """

    name: str = "default"
    entities: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, ...]]]
    )
    mistakes: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def __hash__(self) -> int:
        return hash(self.name)

    def __deepcopy__(self, _memo: object) -> SchemaEntry:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        entities = {source: dict(paths) for source, paths in self.entities.items()}
        return SchemaEntry, (self.name, entities, dict(self.mistakes))

    def graph(self) -> Graph:
        """Return the relations that are configured, to be drawn; each edge is a path."""
        edges = [
            graphs.Edge(source, target, path)
            for source, targets in self.entities.items()
            for target, paths in targets.items()
            for path in paths
        ]
        return graphs.Graph((), edges)

    def __getitem__(self, key: str) -> object:
        if key not in ("name", "entities"):
            raise KeyError(key)
        return getattr(self, key)


@frozen
class Relation:
    """How to get from the entities of one type to those of another.

    ``paths`` are alternatives, each like ``asset.parent[Shot]``; ``collection`` says whether one entity can have
    several of these.
    """

    source: str
    target: str
    paths: tuple[str, ...]
    collection: bool
    origin: Origin


@frozen
class Ways:
    """The steps of a relation.

    Attributes:
        paths: Those of each of its paths.
        are_partial: They miss what only the other side tells of, see `Relations.is_partial`.
    """

    paths: tuple[tuple[Step, ...], ...]
    are_partial: bool


class Relations:
    """All relations between the types of one server, under one entry of ``SCHEMA``.

    A configured path is looked at when it is needed, so a mistake in one of them is no matter for the others.
    """

    def __init__(self, schema: Schema, entry: SchemaEntry) -> None:
        self._schema = schema
        self._entry = entry
        self._found: dict[tuple[str, str], Relation | None] = {}
        self._ways: dict[tuple[str, str], Ways] = {}
        self._told: set[tuple[str, str]] = set()
        #: What other modules have worked out from them.
        self.memory = Memory()
        # Nobody can ever use paths that start at what looks like a misspelt type.
        for source in entry.entities:
            if source not in schema.types and (near := suggest(source, schema.types)):
                logger("query").warning(
                    'RELATIONSHIPS_RESOLVER, schema "%s": the server has no entity type "%s", so its paths are not '
                    "used.%s",
                    *(entry.name, source, near),
                )

    def find(self, source: str, target: str) -> Relation | None:
        """Return the relation between two types, or None.

        Raises:
            RelationError: the path that is configured for it does not fit the server.
        """
        if (source, target) not in self._found:
            self._found[source, target] = next(self._iter_candidates(source, target), None)
        return self._found[source, target]

    def relation(self, source: str, target: str) -> Relation:
        """Return the relation between two types.

        Raises:
            UnknownEntityTypeError: one of them does not exist.
            RelationError: no path is known; the message says which types can be reached, and how to configure more.
                Or the path that is configured does not fit the server.
        """
        if found := self.find(self._schema.type(source).name, target):
            return found
        self._schema.type(target)
        reachable = self._reachable(source)
        more = f" and {len(reachable) - _LISTED} more" if len(reachable) > _LISTED else ""
        raise RelationError(
            f"No path is known from {source} to {target}. From {source}, Trackteroid knows the way to "
            f"{', '.join(reachable[:_LISTED]) or 'no other type'}{more}. Add the path with "
            "RELATIONSHIPS_RESOLVER in the file that "
            f'TRACKTEROID_CONFIGURATION names: {{"entities": {{"{source}": {{"{target}": "..."}}}}}}.'
        )

    def explain(self, source: str, target: str) -> str:
        """Describe the path between two types: where it comes from, and where it can end early.

        Raises:
            UnknownEntityTypeError: one of the types does not exist.
            RelationError: no path is known.
        """
        relation = self.relation(source, target)
        lines = [f"{source} -> {target} ({relation.origin}, {'any number' if relation.collection else 'at most one'})"]
        for path in relation.paths:
            gaps = list(self._iter_gaps(source, path))
            lines.append(f"  {path}" + (f"; can be null: {', '.join(gaps)}" if gaps else ""))
        return "\n".join([*lines, *([what_is_missed(relation)] if self.is_partial(relation) else [])])

    def ways(self, relation: Relation) -> Ways:
        """Return the steps of a relation."""
        found = self._ways.get((relation.source, relation.target))
        if found is None:
            paths = tuple(parse_path(path) for path in relation.paths)
            found = self._ways[relation.source, relation.target] = Ways(paths, self.is_partial(relation))
        return found

    def is_partial(self, relation: Relation) -> bool:
        """Return whether a relation misses what only the other side tells of.

        A task has the assets directly below it, of which there are hardly ever any. What was made for it says so
        itself: a version has a task, and no attribute leads back. A path that was configured is meant as it is.
        """
        if relation.origin == "resolver" or relation.source != "Task":
            return False
        if any(parse_path(path)[0].attribute != "assets" for path in relation.paths):
            return False
        back = self.find(relation.target, relation.source)
        return back is not None and all(parse_path(path)[-1].attribute == "task" for path in back.paths)

    def warn_of_partial(self, relation: Relation) -> None:
        """Tell once in the log that a query takes a path that misses what only the other side tells of."""
        key = (relation.source, relation.target)
        if key not in self._told and self.is_partial(relation):
            self._told.add(key)
            logger("query").warning("%s", what_is_missed(relation))

    def edges(self, source: str, target: str) -> list[Edge]:
        """Return the steps from one type to another, on all paths of their relation.

        Raises:
            UnknownEntityTypeError: one of the types does not exist.
            RelationError: no path is known.
        """
        found: dict[Edge, None] = {}
        for path in self.relation(source, target).paths:
            here = source
            for step, attribute in zip(parse_path(path), self._schema.walk(source, path), strict=True):
                end = step.cast or attribute.target or here
                found[graphs.Edge(here, end, attribute.name, attribute.is_many, is_marked=True)] = None
                here = end
        return list(found)

    def _iter_candidates(self, source: str, target: str) -> Iterator[Relation]:
        if source not in self._schema.types:
            return
        for each in self._schema.lineage(source):
            for place in ((each, target), (each, "")):
                if place in self._entry.mistakes:
                    where = f'RELATIONSHIPS_RESOLVER, schema "{self._entry.name}", {" to ".join(filter(None, place))}'
                    raise RelationError(f"{where}: {self._entry.mistakes[place]}")
            if target in self._entry.entities.get(each, ()):
                configured = self._configured(each, target)
                yield Relation(source, target, configured.paths, configured.collection, "resolver")
        if target not in self._schema.types:
            return
        for each in self._schema.lineage(source):
            for paths in self._curated(source, each, target):
                if self._is_walkable(source, paths):
                    yield Relation(source, target, paths, _is_many(self._schema, source, paths[0]), "curated")
        if inferred := infer(self._schema, source, target):
            yield Relation(source, target, (inferred,), _is_many(self._schema, source, inferred), "inferred")

    def _configured(self, source: str, target: str) -> Relation:
        paths = self._entry.entities[source][target]
        where = f'RELATIONSHIPS_RESOLVER, schema "{self._entry.name}", {source} to {target}'
        try:
            self._schema.type(target)
            kinds = {_is_many(self._schema, source, path) for path in paths}
        except UnknownNameError as error:
            raise RelationError(f"{where}: {error} Correct the path in the configuration.") from error
        if len(kinds) != 1:
            raise RelationError(
                f"{where}: some of the paths {', '.join(paths)} lead to one entity, others to several (ambiguous array "
                f"state). Give only paths of one kind."
            )
        return Relation(source, target, paths, kinds.pop(), "resolver")

    def _curated(self, source: str, declared: str, target: str) -> Iterator[tuple[str, ...]]:
        """Yield the paths of the table for *source*, as it is written for *declared*, which it is a kind of."""
        is_context = self._schema.is_a(target, "TypedContext")
        for name, end, paths in _CURATED:
            if name == declared and (end == target or (end == _CONTEXTS and is_context)):
                yield tuple(path.replace("*", target) for path in paths)
        if declared == "TypedContext" and is_context:
            is_below = _DEPTHS.get(target, 0) > _DEPTHS.get(source, 0)
            yield (f"children[{target}]" if is_below else f"parent[{target}]",)

    def _is_walkable(self, source: str, paths: tuple[str, ...]) -> bool:
        try:
            return all(self._schema.walk(source, path) for path in paths)
        except UnknownNameError:
            return False

    def _reachable(self, source: str) -> list[str]:
        """Return the names of the types that can be reached, the nearest first."""
        known = [(name, found) for name in sorted(self._schema.types) if (found := self._find_usable(source, name))]
        return [name for name, _ in sorted(known, key=lambda each: each[1].paths[0].count("."))]

    def _find_usable(self, source: str, target: str) -> Relation | None:
        try:
            return self.find(source, target)
        except RelationError:
            return None  # said when it is used

    def _iter_gaps(self, source: str, path: str) -> Iterator[str]:
        here: str | None = source
        for step, attribute in zip(parse_path(path), self._schema.walk(source, path), strict=True):
            key = self._schema.find_attribute(here, f"{attribute.name}_id") if here else None
            if attribute.kind == "reference" and not (key and key.required):
                yield attribute.name
            here = step.cast or attribute.target


def what_is_missed(relation: Relation) -> str:
    """Return what a path misses for which `Relations.is_partial` holds, and what to write instead."""
    source, target = relation.source, relation.target
    return (
        f'"{", ".join(relation.paths)}" of a {source} is about assets directly below it only. What was made for a '
        f"{source} has to be asked for from the other side: "
        f"Query({target}).by_id({source}, *collection.keys())."
    )


class _Tables(dict[SchemaEntry, Relations]):
    """The relations that a connection has, by the entry of the configuration that they are under."""


def relations_of(session: HasSchemas, schema_entry: SchemaEntry) -> Relations:
    """Return the relations between the types of the server *session* is connected to, under *schema_entry*."""
    tables = of_connection(session, _Tables)
    known = tables.get(schema_entry)
    return tables.setdefault(schema_entry, Relations(schema_of(session), schema_entry)) if known is None else known


def _is_many(schema: Schema, source: str, path: str) -> bool:
    return any(attribute.is_many for attribute in schema.walk(source, path))


_DEAD_ENDS = re.compile(r"thumbnail.*|created_by|owner|latest_version|lists|completed_by|from_status")
"""What a path never continues from, and ends at only if there is nothing better."""

_NOT_STEPPED_THROUGH = frozenset(
    (
        *("parent", "children", "ancestors", "descendants", "incoming_links", "outgoing_links"),
        *("status_changes", "dashboard_resources", "user_security_role_projects"),
    )
)
"""What says nothing about the meaning of a longer path."""

_OTHER_CONTEXTS = frozenset(("children", "ancestors", "descendants"))
"""What lies around a context that a path has led to has no more to do with the beginning of the path than any other."""

_Accepts = Callable[[AttributeSchema], bool]


#: What the steps of a path may be, from the most to the least meaningful.
_FEW: tuple[_Accepts, ...] = (
    lambda each: each.kind == "reference" and not _is_dead_end(each),
    lambda each: each.is_many and not _is_dead_end(each),
)
_MANY: tuple[_Accepts, ...] = (lambda each: not _is_dead_end(each), lambda _: True)


def infer(schema: Schema, source: str, target: str) -> str | None:
    """Return the path from *source* to *target*, or None.

    If nothing leads to the target itself but something to what it is a kind of, the last step is narrowed:
    ``resource[User]``.
    """
    if source == target:
        return None
    for accepts in _FEW:
        if path := _narrowed(schema, source, target, accepts):
            return path
    for attribute in sorted(schema.types[source].attributes.values(), key=lambda each: each.name):
        if attribute.target == target and _is_dead_end(attribute):
            return attribute.name
    for accepts in _MANY:
        if path := _narrowed(schema, source, target, accepts):
            return path
    return None


def _narrowed(schema: Schema, source: str, target: str, accepts: _Accepts) -> str | None:
    for reached in schema.lineage(target):
        is_narrowed = reached != target
        if path := _shortest(schema, source, reached, accepts, is_narrowed=is_narrowed):
            return f"{path}[{target}]" if is_narrowed else path
    return None


def _shortest(schema: Schema, source: str, target: str, accepts: _Accepts, *, is_narrowed: bool) -> str | None:
    """Search breadth first. Of equally long ways to a type, the one that is called like it wins, then alphabet."""
    visited = {source}
    frontier: dict[str, tuple[str, ...]] = {source: ()}
    while frontier:
        ends: list[tuple[bool, tuple[str, ...]]] = []
        ways: dict[str, list[tuple[bool, tuple[str, ...]]]] = {}
        for here, path in frontier.items():
            for attribute in schema.types[here].attributes.values():
                if attribute.target is None or not (_is_way(here, attribute, path) and accepts(attribute)):
                    continue
                own = re.sub(r"(?<!^)(?=[A-Z])", "_", attribute.target).lower()
                way = (attribute.name not in (own, f"{own}s"), (*path, attribute.name))
                if attribute.target != target:
                    is_open = attribute.target in schema.types and attribute.target not in visited
                    if is_open and _is_stepped_through(attribute, path):
                        ways.setdefault(attribute.target, []).append(way)
                elif not (path and is_narrowed and attribute.name in _OTHER_CONTEXTS):
                    ends.append(way)
        if ends:
            return ".".join(min(ends)[1])
        frontier = {name: min(found)[1] for name, found in ways.items()}
        visited.update(frontier)
    return None


def _is_way(here: str, attribute: AttributeSchema, path: tuple[str, ...]) -> bool:
    # Every context has a parent by the schema, but a project is the root of its tree.
    is_above_root = here == "Project" and attribute.name in ("parent", "ancestors")
    # What a note is on is in the project of the note, but not everything has notes.
    is_detour = here == "Note" and attribute.name == "project" and "notes" in path
    return attribute.projectable and not is_above_root and not is_detour


def _is_dead_end(attribute: AttributeSchema) -> bool:
    return _DEAD_ENDS.fullmatch(attribute.name) is not None


def _is_stepped_through(attribute: AttributeSchema, path: tuple[str, ...]) -> bool:
    # "Context" may be a project or any part of one: what lies behind it differs from entity to entity.
    is_meaningful = attribute.name not in _NOT_STEPPED_THROUGH and attribute.target != "Context"
    # What somebody works on has to do with that person, not with everything else he or she has ever touched.
    is_meaningful = is_meaningful and not (path and attribute.target == "Appointment")
    return is_meaningful and attribute.kind != "mapped" and not _is_dead_end(attribute)
