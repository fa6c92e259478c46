"""Copying entities with all that is below them, and as much of what belongs to them as is asked for.

It is read with a few requests, checked, and then recorded: what is above before what is below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import is_new, key_of, members, stored_value
from trackteroid.client.hydration.together import Asking, ask, texts_for, together
from trackteroid.collections.allowed import Workflow, workflows
from trackteroid.collections.change.pending import Made, all_or_nothing, show
from trackteroid.collections.context import Selection, context_of, unique
from trackteroid.collections.fetching import loading
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees.belongings import Belongings, components_of
from trackteroid.collections.trees.hierarchy import INSIDE, ancestry_of, below
from trackteroid.collections.trees.target import (
    Target,
    called,
    check_allowed,
    check_names,
    only_parent,
    parent_id_of,
    project_of,
    taken_names,
)
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError, suggest, unknown_attribute
from trackteroid.schema.types import Schema
from trackteroid.values import frozen

#: What may be copied along with the hierarchy.
Part: TypeAlias = Literal[
    "custom_attributes",
    "metadata",
    "thumbnails",
    "links",
    "statuses",
    "assignments",
    "assets",
    "versions",
    "components",
    "notes",
    "lists",
]
PARTS: tuple[str, ...] = get_args(Part)
USUAL: tuple[Part, ...] = ("custom_attributes", "metadata", "thumbnails", "links")

#: What parts are of no use without.
_NEEDS = {"components": ("versions", "assets"), "versions": ("assets",)}

_CONTEXT = ("name", "description", "bid", "start_date", "end_date", "sort", "priority_id", "type_id")
_ASSET = ("name", "type_id")
_VERSION = ("version", "comment", "date", "is_published", "user_id")

#: What else has to be known of versions.
_OF_VERSIONS = ("status_id", "thumbnail_id", "task_id", "asset_id")

_VERB = "copy"


@frozen
class Copied:
    """What was copied; it is pending until it is committed.

    Attributes:
        roots: the copies of the entities of the collection.
        ids: the id of each copy, by the id of what it is a copy of: contexts, assets, versions and components.
        counts: how many entities of each type were created.
        left_out: what was not copied, and why.
    """

    roots: Any
    ids: Mapping[str, str]
    counts: Mapping[str, int]
    left_out: tuple[str, ...]

    if not TYPE_CHECKING:  # which would let checkers take any attribute for known

        def __getattr__(self, name):
            """Refuse what only entities have, and say where these are."""
            raise unknown_attribute(self, name, "roots")

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return "\n".join([f"copied: {counts or 'nothing'}", *(f"left out: {each}" for each in self.left_out)])


@frozen
class Plan:
    """What is going to be copied: contexts with what is above first, assets, and versions."""

    roots: tuple[FtrackEntity, ...]
    contexts: Sequence[FtrackEntity]
    assets: Sequence[FtrackEntity]
    versions: Sequence[FtrackEntity]
    parts: frozenset[str]
    project_id: str | None

    @property
    def entities(self) -> list[FtrackEntity]:
        """All of it."""
        return [*self.contexts, *self.assets, *self.versions]

    @classmethod
    def find(
        cls, session: Session, types: Schema, roots: Sequence[FtrackEntity], parts: frozenset[str]
    ) -> Asking[Plan]:
        """Find out what there is below the entities."""
        own_contexts = [each for each in roots if types.is_a(each.entity_type, "TypedContext")]
        own_assets = [each for each in roots if types.is_a(each.entity_type, "Asset")]
        of_versions = [f"versions.{each}" for each in (*_VERSION, *_OF_VERSIONS)] if "versions" in parts else []
        columns = (
            *_CONTEXT,
            "link",
            "parent_id",
            "project_id",
            "status_id",
            "thumbnail_id",
            "type.name",
            "status.name",
        )
        _, (ancestry, _), inside, found = yield from together(
            loading(session, own_contexts, columns),
            together(ancestry_of(session, roots[:1]), loading(session, own_assets, [*_ASSET, *of_versions])),
            below(session, own_contexts, "TypedContext", columns),
            _assets_in(own_contexts if "assets" in parts else (), [*_ASSET, "context_id", *of_versions]),
        )
        inner = {key_of(each) for each in inside}
        nested = next((each for each in own_contexts if key_of(each) in inner), None)
        if nested is not None:
            raise EntityCollectionOperationError(
                f"Cannot copy {called(nested)} twice: it is below another one of these. Copy the upper one only."
            )
        children: dict[str, list[FtrackEntity]] = {}
        for each in inside:
            children.setdefault(parent_id_of(each), []).append(each)
        contexts = list(own_contexts)  # what is above comes before what is below
        for each in contexts:  # which grows meanwhile
            contexts.extend(children.get(key_of(each)[1][0], ()))
        ids = {key_of(each)[1][0] for each in contexts}
        assets = [*own_assets, *(each for each in found if stored_value(each, "context_id") in ids)]
        versions = [each for asset in assets if of_versions for each in members(stored_value(asset, "versions"))]
        return cls(tuple(roots), contexts, assets, versions, parts, project_of(ancestry.of_entity(roots[0])))

    def check_names(self, types: Schema, taken: Mapping[str, FtrackEntity], names: Mapping[str, str]) -> None:
        """Refuse names for the copies that something has already where these will be."""
        contexts = [each for each in self.roots if types.is_a(each.entity_type, "TypedContext")]
        new = [(each, names[key_of(each)[1][0]]) for each in contexts]
        # A copy takes a name, also where what it is a copy of has it.
        clashing = [(each, name) for each, name in new if taken.get(name.casefold()) is each]
        if clashing:
            raise EntityCollectionOperationError(
                f"Cannot copy {called(clashing[0][0])} to where it is, under its own name. Give another one: "
                f'name=lambda name: f"{{name}}_copy".'
            )
        check_names(taken, new, _VERB)


class Copying:
    """The copies that are made, by the ids of what they are copies of."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.copies: dict[str, FtrackEntity] = {}
        self.made: list[Made] = []
        self.counts: dict[str, int] = {}
        self.left_out: dict[str, int] = {}

    def create(self, type_name: str, data: Mapping[str, Any], original: FtrackEntity | None = None) -> FtrackEntity:
        """Record a creation."""
        created = self.session.create(type_name, {name: each for name, each in data.items() if each is not NOT_SET})
        self.made.append(Made(created))
        self.counts[type_name] = self.counts.get(type_name, 0) + 1
        if original is not None:
            self.copies[key_of(original)[1][0]] = created
        return created

    def leave_out(self, what: str) -> None:
        """Note that something is not copied."""
        self.left_out[what] = self.left_out.get(what, 0) + 1

    def id_of(self, original_id: object) -> str | None:
        """Return the id of the copy of what has this id."""
        copy = self.copies.get(str(original_id))
        return None if copy is None else key_of(copy)[1][0]

    def record(self, plan: Plan, parent: FtrackEntity, names: Mapping[str, str]) -> None:
        """Record the copies of all that is planned, those of its roots under these names."""
        optional = {"status_id": "statuses", "thumbnail_id": "thumbnails"}
        kept = tuple(column for column, part in optional.items() if part in plan.parts)
        for context in plan.contexts:
            above = self.copies.get(parent_id_of(context), parent)
            data = _values(context, (*_CONTEXT, *kept))
            data["name"] = names.get(key_of(context)[1][0], data["name"])
            self.create(context.entity_type, {**data, "parent": above}, context)
        for asset in plan.assets:
            above = self.copies.get(str(stored_value(asset, "context_id")), parent)
            data = _values(asset, _ASSET)
            data["name"] = names.get(key_of(asset)[1][0], data["name"])
            self.create("Asset", {**data, "parent": above}, asset)
        for asset in plan.assets:
            for version in members(stored_value(asset, "versions")) if plan.versions else ():
                task_id = stored_value(version, "task_id")
                task = self.copies.get(str(task_id))
                if task is None and isinstance(task_id, str):
                    self.leave_out("the task of a version, which was not copied")
                data = {**_values(version, (*_VERSION, *kept)), "asset": self.copies[key_of(asset)[1][0]]}
                self.create("AssetVersion", {**data, **({"task": task} if task is not None else {})}, version)


def copy_tree(
    selection: Selection, parent: object, parts: Iterable[str], name: str | Callable[[str], str] | None
) -> tuple[list[FtrackEntity], Copying]:
    """Record copies of the entities, and of all that is below them, below *parent*.

    Raises:
        InvalidArgumentsError: there is no such part.
        EntityCollectionOperationError: they cannot be there. Nothing has changed then.
    """
    refuse_unloaded(selection, f"Cannot copy {selection!r}, which is not all of it")
    wanted = _checked_parts(parts)
    session, types = context_of(selection).session, context_of(selection).types
    copying = Copying(session)
    if not selection.values():
        return [], copying
    above = only_parent(selection, parent, _VERB)
    _check_kinds(types, selection)
    target, taken, plan, components = ask(
        session,
        together(
            Target.find(selection, above, _VERB),
            taken_names(session, above),
            Plan.find(session, types, selection.values(), wanted),
            components_of(types, selection.values(), wanted),
        ),
    )
    names = {
        key_of(each)[1][0]: name(original) if callable(name) else original if name is None else name
        for each in plan.roots
        for original in [str(stored_value(each, "name"))]
    }
    plan.check_names(types, taken, names)
    is_elsewhere = plan.project_id != target.project_id
    belongings, allowed = ask(
        session,
        together(
            Belongings.find(session, plan.entities, wanted, components),
            _allowed_in(session, target.project_id if is_elsewhere else None),
        ),
    )
    for workflow in allowed:
        check_allowed(workflow, plan.contexts, _VERB, statuses="statuses" in wanted)
    with all_or_nothing(session):
        copying.record(plan, target.parent, names)
        belongings.record(copying, target.project_id, is_elsewhere=is_elsewhere)
    show(session, types, copying.made)
    return [copying.copies[key_of(each)[1][0]] for each in plan.roots], copying


def _checked_parts(parts: Iterable[str]) -> frozenset[str]:
    """Return parts that are to be copied, with what they are of no use without."""
    given = [parts] if isinstance(parts, str) else list(parts)
    for each in given:
        if each not in PARTS:
            raise InvalidArgumentsError(
                f'"{each}" is nothing that can be copied along.{suggest(str(each), PARTS)} There are '
                f"{', '.join(PARTS)}."
            )
    return frozenset(given) | {needed for each in given for needed in _NEEDS.get(each, ())}


def _check_kinds(types: Schema, selection: Selection) -> None:
    """Refuse what cannot be copied."""
    roots = selection.values()
    new = next((each for each in roots if is_new(each)), None)
    if new is not None:
        raise EntityCollectionOperationError(f"Cannot copy {called(new)}, which is not committed yet. Commit it first.")
    if not all(types.is_a(each.entity_type, "TypedContext") or types.is_a(each.entity_type, "Asset") for each in roots):
        raise EntityCollectionOperationError(
            f"Cannot copy {selection!r}: contexts, such as shots, and assets can be copied. Versions are, with their "
            f'assets: assets.copy_to(parent, with_=["versions"]).'
        )


def _assets_in(contexts: Sequence[FtrackEntity], columns: Sequence[str]) -> Asking[list[FtrackEntity]]:
    """Return the assets of contexts, and of what is below these."""
    ids = [key_of(each)[1][0] for each in contexts]
    pages = yield texts_for(f"select {', '.join(columns)} from Asset where context_id in ({INSIDE})", ids)  # noqa: S608
    return unique(each for page in pages for each in page)


def _allowed_in(session: Session, project_id: str | None) -> Asking[list[Workflow]]:
    """Return what a project allows, if there is one; in a list, which is empty where nothing says it."""
    found = (yield from workflows(session, [project_id])) if project_id is not None else {}
    return list(found.values())


def _values(entity: FtrackEntity, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := stored_value(entity, name)) is not NOT_SET and value is not None}
