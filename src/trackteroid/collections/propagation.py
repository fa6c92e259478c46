"""Statuses that follow from other statuses, declared as a mapping: a shot is done when all its tasks are, and what is
below a shot that is omitted is omitted.

What a declaration means for some entities is worked out first, as a plan that can be looked at, and applied on request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import find_in_memory, key_of, members, stored_value
from trackteroid.client.hydration.together import Asking, ask, texts_for, together
from trackteroid.collections.allowed import Workflow, workflows
from trackteroid.collections.arguments import require_type
from trackteroid.collections.change.names import Subject, check_known, find_by_name, names_of
from trackteroid.collections.change.pending import all_or_nothing, without_deleted
from trackteroid.collections.context import Selection, context_of, unique
from trackteroid.collections.fetching import loading
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees.hierarchy import ancestry_of, below, kind_of, path_of
from trackteroid.entities.base import Entity
from trackteroid.entities.publishing import AssetVersion
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError
from trackteroid.schema.types import Schema
from trackteroid.values import frozen

#: How many of the entities below have to have a status.
When: TypeAlias = Literal["all", "any"]

#: Whether statuses follow from those of what is below, or of what is above.
Direction: TypeAlias = Literal["up", "down"]

#: Statuses, and the status that is to follow; the first that applies counts.
Rule: TypeAlias = "Mapping[str | tuple[str, ...], str]"

_STATUS = ("name", "status_id", "status.name")


@frozen
class StatusChange:
    """One entity that is to get another status.

    Attributes:
        entity_id: its id.
        path: where it is.
        old: the name of its status; None if it has none.
        new: the name of the status that it is to get.
        because: how many of the entities that this follows from have which status.
    """

    entity_id: str
    path: str
    old: str | None
    new: str
    because: Mapping[str, int]

    def __str__(self) -> str:
        reasons = ", ".join(f"{count} {name}" for name, count in self.because.items())
        return f"{self.path}: {self.old or 'no status'} -> {self.new} ({reasons})"


@frozen
class PropagationPlan:
    """What a declaration means for some entities. Nothing has changed yet.

    Attributes:
        changes: the statuses that are to change.
        unchanged: how many entities have the status already that follows, or none follows.
    """

    changes: tuple[StatusChange, ...]
    unchanged: int
    _settings: tuple[tuple[FtrackEntity, FtrackEntity], ...] = ()
    _session: Session | None = None

    def apply(self) -> PropagationPlan:
        """Record the changes, which are pending until they are committed, and return the plan."""
        if self._session is not None:
            with all_or_nothing(self._session):
                for entity, status in self._settings:
                    entity["status"] = status
        return self

    def __len__(self) -> int:
        return len(self.changes)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.changes), f"{len(self.changes)} to change, {self.unchanged} stay as they are"])


@frozen
class Propagation:
    """A declaration that statuses follow from those of what is below or above.

    Attributes:
        of: the type of what has the statuses: tasks, for instance, or versions.
        to: the type of what gets one: anything above; of versions also their task. The other way round for `down`.
        rule: statuses, one name or several, and the status that follows. The first that applies counts.
        when: whether all entities below have to have one of the statuses, or any of them.
        direction: ``"up"``, to what is above, or ``"down"``, to what is below.
        latest: whether of the versions of an asset only the newest counts: among those below the same entity, if they
            have the statuses, and among those that would get one.

    >>> done = Propagation(Task, to=Shot, rule={("Approved", "Omitted"): "Approved"})  # doctest: +SKIP
    >>> print(done.plan(tasks).apply())  # doctest: +SKIP
    sq010/sh0010: In progress -> Approved (3 Approved)
    1 to change, 4 stay as they are

    >>> Propagation(Shot, to=Task, rule={"Omitted": "Omitted"}, direction="down")  # doctest: +SKIP
    >>> Propagation(AssetVersion, to=Task, rule={"Approved": "Approved"}, latest=True)  # doctest: +SKIP
    """

    of: type[Entity]
    to: type[Entity]
    rule: Rule
    when: When = "all"
    direction: Direction = "up"
    latest: bool = False

    def __post_init__(self) -> None:
        """Check what can be checked without a server.

        Raises:
            InvalidArgumentsError: something is not what it has to be.
        """
        for each in (self.of, self.to):
            require_type(each)
        if self.when not in get_args(When):
            raise InvalidArgumentsError(f'when is "all" or "any", not {self.when!r}.')
        if self.direction not in get_args(Direction):
            raise InvalidArgumentsError(f'direction is "up" or "down", not {self.direction!r}.')
        if self.latest and not issubclass(self._lower, AssetVersion):
            raise InvalidArgumentsError(
                f"Only versions have a latest one, and this propagation leads from {self.of.__name__} to "
                f"{self.to.__name__}. Leave out latest=True."
            )
        if not isinstance(self.rule, Mapping) or not self.rule:  # pyright: ignore[reportUnnecessaryIsInstance]  # untyped callers
            raise InvalidArgumentsError(
                f'The rule of a propagation is a dictionary such as {{("Approved", "Omitted"): "Approved"}}, not '
                f"{self.rule!r}."
            )

    def plan(self, entities: Selection) -> PropagationPlan:
        """Return what follows for entities of the one type, or from entities of the other one.

        What has the statuses is found where entities that would get one are given, and the other way round. One
        request where the upper ones are given, otherwise two or three; one more if anything is to change, for what the
        projects allow. Statuses that were set in the session count.

        Raises:
            AssignmentError: there is no status of a name; the message suggests similar ones.
            EntityCollectionOperationError: the entities are of neither type, or a project does not allow a status.
        """
        refuse_unloaded(entities, f"Cannot tell what follows from {entities!r}, which is not all of it")
        session, types = context_of(entities).session, context_of(entities).types
        known = names_of(session, types, ["Status"])
        (upper, pairs), _ = ask(session, together(self._pairs(session, types, entities), known))
        check_known(session, types, "Status", [name for key in self.rule for name in (*_several(key), self.rule[key])])
        if not entities.values():
            return PropagationPlan((), 0)
        if self.latest:
            pairs = _newest(pairs)
        return self._planned(session, types, self._reasons(entities, upper, pairs, session))

    @property
    def _lower(self) -> type[Entity]:
        return self.of if self.direction == "up" else self.to

    @property
    def _higher(self) -> type[Entity]:
        return self.to if self.direction == "up" else self.of

    def _pairs(
        self, session: Session, types: Schema, entities: Selection
    ) -> Asking[tuple[list[FtrackEntity], list[tuple[FtrackEntity, FtrackEntity]]]]:
        """Return the upper ones, and the lower ones each with the nearest of these."""
        given = list(entities.values())
        if given and all(types.is_a(each.entity_type, self._higher.__name__) for each in given):
            return (yield from together(self._upper(session, types, entities), self._below(session, types, given)))
        upper = (yield from self._upper(session, types, entities)) if given else []
        return upper, (yield from self._below(session, types, upper)) if upper else []

    def _upper(self, session: Session, types: Schema, entities: Selection) -> Asking[list[FtrackEntity]]:
        """Return the upper ones: what is above the entities, or they themselves."""
        given, lower, higher = list(entities.values()), self._lower.__name__, self._higher.__name__
        projections = [*_STATUS, "link", *self._type_of_tasks(types, higher)]
        if all(types.is_a(each.entity_type, higher) for each in given):
            yield from loading(session, given, projections)
            return given
        if not all(types.is_a(each.entity_type, lower) for each in given):
            raise EntityCollectionOperationError(
                f"This propagation leads from {self.of.__name__} to {self.to.__name__}, so it takes a collection of "
                f"either, not {entities!r}."
            )
        if self._is_by_task(types):
            yield from loading(session, given, [f"task.{each}" for each in projections])
            return unique(task for each in given for task in members(stored_value(each, "task")))
        ids = yield from _ids_of_contexts(session, types, given)
        where = "id in ({ids}) or descendants any (id in ({ids}))"
        texts = texts_for(f"select {', '.join(projections)} from {higher} where {where}", ids)  # noqa: S608  # ftrack's
        pages = yield texts
        return without_deleted(session, unique(each for page in pages for each in page))

    def _below(
        self, session: Session, types: Schema, upper: Sequence[FtrackEntity]
    ) -> Asking[list[tuple[FtrackEntity, FtrackEntity]]]:
        """Return the lower ones, each with the nearest of the entities above it."""
        own, lower = {key_of(each)[1][0]: each for each in upper}, self._lower.__name__
        wanted = ["status_id", "status.name", *self._type_of_tasks(types, lower)]
        if self._is_by_task(types):
            asked = ", ".join([kind_of(types, lower).projections, "task_id", *wanted])
            query = f"select {asked} from AssetVersion where task_id in ({{ids}})"  # noqa: S608  # ftrack's
            pages = yield texts_for(query, own)
            found = without_deleted(session, unique(each for page in pages for each in page))
            return [(each, own[str(task)]) for each in found if (task := stored_value(each, "task_id")) in own]
        found = yield from below(session, upper, lower, wanted)
        ancestry = yield from ancestry_of(session, found, is_loaded=True)
        nearest = [
            (each, next((own[at.id] for at in ancestry.of_entity(each)[1:] if at.id in own), None)) for each in found
        ]
        return [(each, above) for each, above in nearest if above is not None]

    def _is_by_task(self, types: Schema) -> bool:
        return types.is_a(self._lower.__name__, "AssetVersion") and self._higher.__name__ == "Task"

    def _type_of_tasks(self, types: Schema, type_name: str) -> list[str]:
        """Return what says which statuses are allowed, for what gets one: types of tasks have their own."""
        return ["type_id"] if type_name == self.to.__name__ and types.is_a(type_name, "Task") else []

    def _reasons(
        self,
        given: Selection,
        upper: Sequence[FtrackEntity],
        pairs: Iterable[tuple[FtrackEntity, FtrackEntity]],
        session: Session,
    ) -> list[tuple[FtrackEntity, list[str]]]:
        """Return what may get a status, each with the statuses that it follows from."""

        def status(entity: FtrackEntity) -> str:
            return _status_name(session, entity) or "no status"

        if self.direction == "up":
            below: dict[str, list[str]] = {}
            for entity, above in pairs:
                below.setdefault(key_of(above)[1][0], []).append(status(entity))
            return [(each, below.get(key_of(each)[1][0], [])) for each in upper]
        keys = {key_of(each) for each in given.values()}
        return [(entity, [status(above)]) for entity, above in pairs if keys & {key_of(entity), key_of(above)}]

    def _planned(
        self, session: Session, types: Schema, reasons: Sequence[tuple[FtrackEntity, list[str]]]
    ) -> PropagationPlan:
        following = [(each, self.follows(names), names) for each, names in reasons]
        changing = [
            (each, new, names)
            for each, new, names in following
            if new is not None and _folded(_status_name(session, each)) != _folded(new)
        ]
        if not changing:
            return PropagationPlan((), len(reasons))
        ancestry = ask(session, ancestry_of(session, [each for each, _, _ in changing], is_loaded=True))
        projects = {key_of(each)[1][0]: ancestry.of_entity(each)[-1].id for each, _, _ in changing}
        allowed = ask(session, workflows(session, list(dict.fromkeys(projects.values()))))
        settings = [
            (each, _status(session, types, each, new, allowed.get(projects[key_of(each)[1][0]])))
            for each, new, _ in changing
        ]
        changes = tuple(
            StatusChange(
                key_of(each)[1][0],
                path_of(ancestry.of_entity(each)),
                _status_name(session, each),
                str(stored_value(status, "name")),
                dict(Counter(names)),
            )
            for (each, status), (_, _, names) in zip(settings, changing, strict=True)
        )
        return PropagationPlan(changes, len(reasons) - len(changes), tuple(settings), session)

    def follows(self, statuses: Iterable[str]) -> str | None:
        """Return the status that follows from these statuses; None if none does.

        >>> Propagation(Task, to=Shot, rule={"Approved": "Done"}).follows(["Approved"])  # doctest: +SKIP
        'Done'
        """
        present = [_folded(each) for each in statuses]
        if not present:
            return None
        holds: Callable[[Iterable[object]], bool] = all if self.when == "all" else any
        for names, following in self.rule.items():
            wanted = {_folded(each) for each in _several(names)}
            if holds(each in wanted for each in present):
                return following
        return None


def _status(
    session: Session, types: Schema, entity: FtrackEntity, name: str, workflow: Workflow | None
) -> FtrackEntity:
    """Return the status of a name that an entity is to get."""
    type_id: Any = stored_value(entity, "type_id") if entity.attributes.get("type_id") else None
    allowed = workflow.statuses(entity.entity_type, None if type_id is NOT_SET else type_id) if workflow else []
    found = next((each for each in allowed if _folded(str(stored_value(each, "name"))) == _folded(name)), None)
    if found is None and allowed and workflow is not None:
        names = ", ".join(str(stored_value(each, "name")) for each in allowed)
        raise EntityCollectionOperationError(
            f'The project schema "{workflow.name}" does not allow the status "{name}" for a {entity.entity_type}. It '
            f"allows {names}."
        )
    return found or find_by_name(session, types, "Status", name, Subject(entity.entity_type, entity))


def _status_name(session: Session, entity: FtrackEntity) -> str | None:
    """Return the name of the status of an entity, as it will be once all changes are committed."""
    for status in members(stored_value(entity, "status")):
        name = stored_value(status, "name")
        return name if isinstance(name, str) else None
    held = find_in_memory(session, "Status", [str(stored_value(entity, "status_id"))])
    return None if held is None else str(stored_value(held, "name"))


def _ids_of_contexts(session: Session, types: Schema, entities: Sequence[FtrackEntity]) -> Asking[list[str]]:
    """Return the ids of contexts; of assets and versions those of the contexts that they belong to."""
    contexts = [each for each in entities if types.is_a(each.entity_type, "Context")]
    others = [each for each in entities if not types.is_a(each.entity_type, "Context")]
    ids = [key_of(each)[1][0] for each in contexts]
    if others:
        ancestry = yield from ancestry_of(session, others)
        ids += [at.id for each in others for at in ancestry.of_entity(each)[1:] if not types.is_a(at.type, "Asset")]
    return list(dict.fromkeys(ids))


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _newest(pairs: Iterable[tuple[FtrackEntity, FtrackEntity]]) -> list[tuple[FtrackEntity, FtrackEntity]]:
    """Return the pairs with the newest version of each asset, of those below the same entity."""
    newest: dict[object, tuple[FtrackEntity, FtrackEntity]] = {}
    for version, above in pairs:
        place = (key_of(above), stored_value(version, "asset_id"))
        known = newest.get(place)
        if known is None or int(str(stored_value(version, "version"))) > int(str(stored_value(known[0], "version"))):
            newest[place] = (version, above)
    return list(newest.values())


def _folded(name: str | None) -> str:
    return "" if name is None else name.casefold()
