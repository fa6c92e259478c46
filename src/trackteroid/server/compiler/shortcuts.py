"""Shorter ways to a project.

Assets and versions know the project of what they are on, see `rules.homes`. So ``asset.parent.project_id`` of a version
is its own ``project_id``, which an index finds; the way that tools write leads through all contexts and assets of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from trackteroid.server.auth.policy import place_of
from trackteroid.server.compiler.sources import Source, relations_of
from trackteroid.server.language import Comparison, Criteria, Membership, Path, Quantifier, Query, Step
from trackteroid.server.model import EntityType, Model, Reference

_Steps = Sequence[Step]

#: Where contexts, and what has a way to them, keep their project.
_HOME = "project_id"


def along_home(source: Source, steps: _Steps) -> tuple[Source, _Steps]:
    """Return from where, and how, a path leads to the same in fewer steps; as it is if there is no shorter way."""
    way = _way_home(source.model, source.type) if source.selection.aliases.is_settled else ()
    if not way or not _begins_with(steps, way):
        return source, steps
    end, *rest = steps[len(way) :]
    if end.name == "project" and rest:
        return source.joined("project", Reference(target="Project", keys=(_HOME,))), rest
    return source, (Step(_HOME), *rest)


def flattened(source: Source, quantifier: Quantifier) -> Comparison | Membership | None:
    """Return what ``asset has (parent has (project_id is x))`` says as one path, if there is a shorter way for that."""
    if not source.selection.aliases.is_settled:
        return None
    steps = [*quantifier.path.steps]
    criteria: Criteria | None = quantifier.criteria
    while isinstance(criteria, Quantifier):
        steps += criteria.path.steps
        criteria = criteria.criteria
    # Where nothing may meet the condition, ``has`` wants something to be there all the same.
    match criteria:
        case Comparison(path, _, value) if not value.is_null:
            steps += path.steps
        case Membership(path, values, _) if not isinstance(values, Query) and not any(
            value.is_null for value in values
        ):
            steps += path.steps
        case _:
            return None
    if not _leads_home(source.model, source.type, steps):
        return None
    return replace(criteria, path=Path(tuple(steps)))


def _leads_home(model: Model, entity_type: EntityType, steps: _Steps) -> bool:
    """Return whether a path of references comes to an entity from where there is a shorter way."""
    for place, step in enumerate(steps[:-1]):
        way = _way_home(model, entity_type)
        if way and _begins_with(steps[place:], way):
            return True
        relation = next(iter(relations_of(model, entity_type, step)), None)
        if not isinstance(relation, Reference) or step.cast:
            return False
        entity_type = model.type(relation.target)
    return False


def _begins_with(steps: _Steps, way: Sequence[str]) -> bool:
    names = [step.name for step in steps[: len(way) + 1]]
    plain = not any(step.cast for step in steps[: len(way) + 1])
    return plain and names[:-1] == [*way] and names[-1] in ("project", _HOME)


@cache
def _way_home(model: Model, entity_type: EntityType) -> tuple[str, ...]:
    """Return the references from entities of a type to the context that they are on; none if that is open."""
    place = place_of(entity_type)
    if place is None or place.home != _HOME or not place.is_derived or len(place.keys) != 1 or place.part_of:
        return ()
    for name, attribute in entity_type.attributes.items():
        if isinstance(attribute, Reference) and attribute.keys == place.keys and not attribute.narrow:
            target = model.type(attribute.target)
            further = _way_home(model, target)
            return (name, *further) if further or target.root.name == "Context" else ()
    return ()
