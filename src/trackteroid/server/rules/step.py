"""What a rule sees, one row that is being made or changed, and what rules an entity type has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from trackteroid.server.core.changes import Change, Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import MISSING, EntityType, Scalar


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
        """Return the value of a column after the step."""
        return self.values[name] if name in self.values else self.old.get(name)

    def changes(self, name: str) -> bool:
        """Return whether the step gives a column another value; for a new row, any value."""
        return name in self.values and self.values[name] != self.old.get(name)

    def lacks(self, name: str) -> bool:
        """Return whether a new row still needs the server's own value for a column.

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

#: Rules that are about some columns only -> these.
_ABOUT: dict[Rule, frozenset[str]] = {}


def about(*columns: str) -> Callable[[Rule], Rule]:
    """Return what marks a rule as one about these columns: a row that is changed in none of them is no concern of it.

    Without any, the rule is about new rows only. New rows concern all rules.
    """

    def mark(rule: Rule) -> Rule:
        _ABOUT[rule] = frozenset(columns)
        return rule

    return mark


def concerns(rule: Rule, step: Step) -> bool:
    """Return whether a row that is changed concerns a rule."""
    columns = _ABOUT.get(rule)
    return columns is None or not columns.isdisjoint(step.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the server does by itself for one entity type and its subtypes.

    Attributes:
        ahead: Run before many rows are made, changed or deleted; they read at once what the others look at for each.
        before: Run before a row is written; they complete or refuse its values.
        after: Run after a row is written; they keep other rows in step with it.
        removed: Run after rows are deleted.
        checks: Run for what has become of a row when the batch is complete; they refuse it.
        needs: Columns that must have a value in the end, besides the required ones.
        optional: Required columns that may stay empty all the same.
        upsert: Creating a row that exists changes it instead of failing.
        entries: Rows are entries of a dictionary that many may write at once: setting one that is gone makes it again,
            and removing one that is gone is done already.
        read_only: Clients cannot make, change or delete rows; the message says who does.
        administrators: Only administrators may make, change or delete rows; completes "Only administrators may ...".
    """

    ahead: tuple[Callable[[Sequence[Step]], None], ...] = ()
    before: tuple[Rule, ...] = ()
    after: tuple[Rule, ...] = ()
    removed: tuple[Callable[[UnitOfWork, Sequence[Row]], None], ...] = ()
    checks: tuple[Callable[[UnitOfWork, Change], None], ...] = ()
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    upsert: bool = False
    entries: bool = False
    read_only: str = ""
    administrators: str = ""

    def allow(self, *, is_administrator: bool) -> bool:
        """Return whether somebody may make, change and delete rows."""
        return not self.read_only and (is_administrator or not self.administrators)

    def extended(self, other: Rules) -> Rules:
        """Return these rules, then `other`."""
        return Rules(
            ahead=self.ahead + other.ahead,
            before=self.before + other.before,
            after=self.after + other.after,
            removed=self.removed + other.removed,
            checks=self.checks + other.checks,
            needs=self.needs + other.needs,
            optional=self.optional + other.optional,
            upsert=self.upsert or other.upsert,
            entries=self.entries or other.entries,
            read_only=self.read_only or other.read_only,
            administrators=self.administrators or other.administrators,
        )


#: What the server does by itself, by entity type. `table` fills it in: rules make rows, which other rules are about.
RULES: dict[str, Rules] = {}


def now(step: Step) -> str:
    """Return the moment of the request."""
    return step.uow.request.now


def actor(step: Step) -> str:
    """Return who asks."""
    return step.uow.request.actor.id


def supply(**values: Any) -> Rule:
    """Return a rule that gives new rows the values they lack; functions of the step are called for theirs."""

    @about()
    def rule(step: Step) -> None:
        for name, value in values.items():
            step.supply(name, value(step) if callable(value) else value)

    return rule


def only_as(instead: str, *general: str) -> Rule:
    """Return a rule that refuses entities of the types `general`, or of a root; `instead` says what to make."""

    @about()
    def rule(step: Step) -> None:
        if step.is_new and (step.type.base is None or step.type.name in general):
            raise ValidationError(f"A {step.type.name} cannot be made as such; make {instead}.")

    return rule


def declared_value(attribute: Scalar) -> Any:
    """Return the value the model gives to an attribute that nobody set, or `MISSING`."""
    return attribute.default if attribute.fallback is MISSING else attribute.fallback
