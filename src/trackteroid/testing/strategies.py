"""Strategies for Hypothesis: productions, queries and changes at random, for property tests of tools.

>>> from hypothesis import given  # doctest: +SKIP
>>> @given(productions(), st.lists(operations()))
... def test_report(production, changes): ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Literal, TypeAlias

import ftrack_api

from trackteroid.collections import EntityCollection
from trackteroid.extras import optional
from trackteroid.server.language import (
    And,
    Comparison,
    Not,
    Operator,
    Or,
    Order,
    Path,
    Projection,
    Query,
    Step,
    render,
)
from trackteroid.server.language import Literal as Value
from trackteroid.server.model import EntityType, Scalar, standard_model
from trackteroid.testing.factories import Make

st: Any = optional("hypothesis.strategies", "testing", "trackteroid.testing.strategies")

#: What the statuses of tasks and the types of tasks are called in the project schema that productions have.
TASK_TYPES: Final = ("Animation", "Compositing", "Layout", "Lighting")
Kind: TypeAlias = Literal["rename", "describe", "add task", "delete"]
_KINDS: Final[tuple[Kind, ...]] = ("rename", "describe", "add task", "delete")
_QUERIED: Final = ("Project", "Sequence", "Shot", "Task", "AssetBuild", "Asset", "AssetVersion", "User", "Status")
_COMPARED: Final = {
    "string": (Operator.IS, Operator.IS_NOT, Operator.LIKE, Operator.NOT_LIKE),
    "number": (Operator.IS, Operator.IS_NOT, Operator.GREATER, Operator.LESS),
    "boolean": (Operator.IS, Operator.IS_NOT),
}


@dataclass(frozen=True, slots=True)
class PlannedShot:
    """A shot, and the types of its tasks."""

    name: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedSequence:
    """A sequence and its shots."""

    name: str
    shots: tuple[PlannedShot, ...]


@dataclass(frozen=True, slots=True)
class Production:
    """A project as it will be made."""

    name: str
    sequences: tuple[PlannedSequence, ...]

    def build(self, make: Make) -> EntityCollection:
        """Make it and return the project."""
        project = make.project(self.name)
        for sequence in self.sequences:
            parent = make.sequences(parent=project, name=sequence.name)
            for shot in sequence.shots:
                make.shots(parent=parent, name=shot.name, tasks=shot.tasks)
        return project


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of one shot.

    Attributes:
        kind: What is done.
        place: Which shot, in the order of names; counted from the first again behind the last.
        text: The new name, description, or name of a task.
    """

    kind: Kind
    place: int
    text: str

    def apply(self, session: ftrack_api.Session) -> bool:
        """Record it in a session of either client; return False where there is no shot to change, or nothing to do."""
        shots: Sequence[Any] = session.query("select name, parent_id from Shot order by name, id").all()
        if not shots:
            return False
        shot = shots[self.place % len(shots)]
        if self.kind == "delete":
            session.delete(shot)
        elif self.kind == "describe":
            shot["description"] = self.text
        elif self.kind == "rename":
            if any(each["name"] == self.text and each["parent_id"] == shot["parent_id"] for each in shots):
                return False
            shot["name"] = self.text
        elif session.query(f'Task where parent_id is "{shot["id"]}" and name is "{self.text}"').first():
            return False
        else:
            kind = session.query('Type where name is "Layout"').one()
            session.create("Task", {"name": self.text, "parent": shot, "type": kind})
        return True


def names() -> Any:
    """Return a strategy for names as they are common: letters, digits and underscores."""
    return st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True)


def productions(*, sequences: int = 3, shots: int = 4) -> Any:
    """Return a strategy for `Production`: at most so many sequences, with at most so many shots each."""
    shot = st.builds(PlannedShot, names(), st.lists(st.sampled_from(TASK_TYPES), unique=True).map(tuple))
    sequence = st.builds(PlannedSequence, names(), _of_other_names(shot, shots))
    return st.builds(Production, names(), _of_other_names(sequence, sequences))


def operations() -> Any:
    """Return a strategy for `Operation`."""
    return st.builds(Operation, st.sampled_from(_KINDS), st.integers(0, 50), names())


def queries(types: Sequence[str] = _QUERIED) -> Any:
    """Return a strategy for texts of queries that servers accept: projections, conditions, an order and a limit.

    Args:
        types: The entity types that are asked for.

    Raises:
        KeyError: There is no such type.
    """

    def comparison(attribute: tuple[str, str]) -> Any:
        name, kind = attribute
        values = {"string": st.text("abcs01%_ä\"'\\", max_size=6), "number": st.integers(-5, 2000).map(str)}
        value = values.get(kind, st.sampled_from(("true", "false")))
        written = st.builds(Value, value, quoted=st.just(kind == "string"))
        return st.builds(Comparison, st.just(Path((Step(name),))), st.sampled_from(_COMPARED[kind]), written)

    def combined(criteria: Any) -> Any:
        several = st.lists(criteria, min_size=2, max_size=3).map(tuple)
        made: Any = criteria.map(Not) | several.map(And) | several.map(Or)
        return made

    def of_type(entity_type: EntityType) -> Any:
        kinds = {
            name: str(attribute.type)
            for name, attribute in entity_type.attributes.items()
            if isinstance(attribute, Scalar)
            and attribute.stored
            and not attribute.hidden
            and attribute.type in _COMPARED
        }
        path = st.sampled_from([Path((Step(name),)) for name in sorted(kinds)])
        compared = st.sampled_from(sorted(kinds.items())).flatmap(comparison)
        query = st.builds(
            Query,
            entity_type=st.just(entity_type.name),
            projections=st.lists(path.map(Projection), max_size=3, unique=True).map(tuple),
            criteria=st.none() | st.recursive(compared, combined, max_leaves=4),
            order=st.lists(path.map(Order), max_size=1).map(tuple),
            limit=st.none() | st.integers(1, 20),
        )
        return query.map(render)

    return st.sampled_from(list(types)).map(standard_model().type).flatmap(of_type)


def _of_other_names(each: Any, most: int) -> Any:
    return st.lists(each, max_size=most, unique_by=attrgetter("name")).map(tuple)
