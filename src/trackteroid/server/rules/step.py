"""What a rule sees: one row that is being made or changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..failures import ValidationError
from ..model import MISSING, EntityType, Scalar
from ..unit_of_work import UnitOfWork


@dataclass(slots=True)
class Step:
    """One row that is being made or changed.

    Attributes:
        uow: Where rules read and write other rows.
        type: The concrete entity type.
        values: The new values of the columns that are set. Rules that run before the row is written may add to them.
        old: All columns before the step; empty for a new row.
    """

    uow: UnitOfWork
    type: EntityType
    values: dict[str, Any]
    old: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_new(self) -> bool:
        """Whether the row is being made."""
        return not self.old

    def value(self, name: str) -> Any:
        """The value of a column after the step."""
        return self.values[name] if name in self.values else self.old.get(name)

    def changes(self, name: str) -> bool:
        """Whether the step gives a column another value; for a new row, any value."""
        return name in self.values and self.values[name] != self.old.get(name)

    def lacks(self, name: str) -> bool:
        """Whether a new row still needs the server's own value for a column.

        An explicit null counts as given unless the attribute is required.
        """
        if name not in self.values:
            return True
        attribute = self.type.attributes.get(name)
        return self.values[name] is None and attribute is not None and attribute.required

    def supply(self, name: str, value: Any) -> None:
        """Give a new row a value for a column it lacks."""
        if self.is_new and self.lacks(name):
            self.values[name] = value


Rule = Callable[[Step], None]


def now(step: Step) -> str:
    """The moment of the request."""
    return step.uow.work.now


def actor(step: Step) -> str:
    """Who asks."""
    return step.uow.work.actor.id


def supply(**values: Any) -> Rule:
    """A rule that gives new rows the values they lack; functions of the step are called for theirs."""

    def rule(step: Step) -> None:
        for name, value in values.items():
            step.supply(name, value(step) if callable(value) else value)

    return rule


def only_as(instead: str) -> Rule:
    """A rule that refuses entities of a general type; `instead` says what to make."""

    def rule(step: Step) -> None:
        if step.is_new and step.type.base is None:
            raise ValidationError(f"A {step.type.name} cannot be made as such; make {instead}.")

    return rule


def declared_value(attribute: Scalar) -> Any:
    """The value the model gives to an attribute that nobody set, or `MISSING`."""
    return attribute.default if attribute.fallback is MISSING else attribute.fallback
