"""Criteria of queries: the call ``by_name(Project, "a", "b%")`` as a value, checked when it is made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.chains import Chain, Condition
from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.entities.base import Entity, EntityType
from trackteroid.entities.criteria import Bound, CriterionRule
from trackteroid.errors import CriterionNotImplementedError, InvalidArgumentsError, suggest
from trackteroid.expressions import (
    EVERYTHING,
    Expression,
    is_nameless,
    render,
    text_of,
)
from trackteroid.query.literals import KINDS, Moment, day_of, is_number, moment_of
from trackteroid.query.worlds import as_query
from trackteroid.schema.relations import Relation
from trackteroid.values import replace

_FLAGS = ("true", "false", "1", "0", "none")


class Criteria:
    """The names criteria can have, and the errors they raise.

    ``Criteria.InvalidArgumentsError`` and ``Criteria.CriterionNotImplementedError`` are what ``except`` clauses name.
    """

    InvalidArgumentsError = InvalidArgumentsError
    CriterionNotImplementedError = CriterionNotImplementedError

    names: frozenset[str] = frozenset(
        (
            *("by_id", "by_name", "by_type", "by_status", "by_state", "by_version", "by_metadata", "by_description"),
            *("by_comment", "by_publisher", "by_assignee", "by_list", "by_location", "by_resource_identifier"),
            *("by_component_location", "by_file_type", "by_system_type", "by_size", "by_active_state", "by_action"),
            *("by_data", "by_publish_state", "by_publish_time", "by_status_change_time", "by_lifespan"),
            *("by_creation_date", "by_finish_date", "by_outgoing_link", "by_incoming_link", "inject"),
        )
    )


@dataclass(frozen=True, slots=True)
class Criterion:
    """One call of a criterion: ``by_name(Project, "a", "b%")``."""

    rule: CriterionRule
    target: type[Entity] | None = None
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict[str, object])
    is_negated: bool = False
    relations: tuple[Relation, ...] = ()
    compiled: Callable[[Criterion], tuple[Expression, ...]] | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """How the criterion is called, without ``not_``."""
        return self.rule.name

    @property
    def called(self) -> str:
        """The call as it is written: ``not_by_name(Project, 'a')``."""
        given = [self.target.__name__] if self.target else []
        given += [*map(repr, self.args), *(f"{name}={value!r}" for name, value in self.kwargs.items())]
        return f"{'not_' if self.is_negated else ''}{self.name}({', '.join(given)})"

    def resolve(self) -> str:
        """Return what this criterion demands as query text; empty if it demands nothing.

        Raises:
            InvalidArgumentsError: it belongs to no query, so what it is asked of is not known.
        """
        if self.compiled is None:
            raise InvalidArgumentsError(
                f"{self.name} belongs to no query. Call it on one: Query(Shot).{self.name}(...)"
            )
        conditions = (each for each in self.compiled(self) if each != EVERYTHING)
        return " and ".join(map(render, conditions))

    def as_dict(self) -> dict[str, object]:
        """Return how this criterion was called: its name, target, arguments and whether it is negated."""
        return {
            "name": self.name,
            "target": self.target,
            "args": self.args,
            "kwargs": dict(self.kwargs),
            "negate": self.is_negated,
        }

    def __copy__(self) -> Criterion:
        return self

    def __deepcopy__(self, _memo: object) -> Criterion:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """A criterion is pickled without the query it belongs to, whose session cannot be."""
        return Criterion, (self.rule, self.target, self.args, dict(self.kwargs), self.is_negated, self.relations)

    def merged(self, other: Criterion) -> Criterion | None:
        """Return both as one criterion with the values of both, or None if both have to hold."""
        mine = (self.rule, self.target, self.is_negated)
        if self.rule.kind not in ("values", "mapped", "json") or mine != (other.rule, other.target, other.is_negated):
            return None
        return replace(self, args=(*self.args, *other.args))


def call(rule: CriterionRule, is_negated: bool, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Criterion:
    """Return the criterion for a call with these arguments.

    Raises:
        InvalidArgumentsError: the criterion does not take such arguments or such a target.
    """
    name = f"not_{rule.name}" if is_negated else rule.name
    target = _target(name, rule, args[0]) if args and isinstance(args[0], type) else None
    given = args[1:] if target else args
    if target and not given and not kwargs:
        raise InvalidArgumentsError(f"{name}({target.__name__}) has no values. Give some after the target.")
    if rule.kind == "range":
        return Criterion(rule, target, (), _bounds(name, rule, given, kwargs), is_negated)
    if kwargs:
        raise InvalidArgumentsError(f"{name} takes values only, not the keywords {', '.join(kwargs)}.")
    if rule.kind in ("flag", "day") and len(given) != 1:
        raise InvalidArgumentsError(f"{name} takes exactly one value, not {len(given)}.")
    for value in given:
        _check_value(name, rule, value)
    return Criterion(rule, target, given, {}, is_negated)


def _target(name: str, rule: CriterionRule, given: type) -> type[Entity]:
    if not isinstance(given, EntityType):
        raise InvalidArgumentsError(f"{name}({given.__name__}) has no target: that is an entity class such as Project.")
    target = cast("type[Entity]", given)
    if not {base.__name__ for base in target.__mro__}.intersection(rule.targets):
        supported = "the targets " + ", ".join(rule.targets) if rule.targets else "no targets"
        raise InvalidArgumentsError(f"{name} does not support the target {target.__name__}; it supports {supported}.")
    return target


def _check_value(name: str, rule: CriterionRule, value: object) -> None:
    if rule.kind in ("mapped", "json") and not rule.key:
        _check_pairs(name, rule, value)
    elif rule.kind == "raw":
        if not isinstance(value, str) or not value.strip():
            raise InvalidArgumentsError(f"{name} takes query text, not {value!r}.")
        fragment_of(value)
    elif rule.kind == "day":
        required_day(name, value)
    elif rule.kind == "flag" and str(value).lower() not in _FLAGS:
        raise InvalidArgumentsError(f"{name} takes True or False, not {value!r}.")
    else:
        _check_single(name, value)


def _check_single(name: str, value: object) -> None:
    if type(value) is str:  # the usual case, thousands of ids
        return
    if isinstance(value, (EntityCollection, EmptyCollection, FtrackEntity)) or as_query(value):
        raise InvalidArgumentsError(
            f"{name} takes single values, not {value!r}. Conditions take entities and queries: "
            f"where(AssetVersion.asset == assets), where(Note.author.in_(query))."
        )
    if isinstance(value, (Chain, Condition)):
        raise InvalidArgumentsError(f"{name} takes single values, not {value!r}. Conditions go into where(...).")
    if isinstance(value, (type, Iterable)) and not isinstance(value, str):
        raise InvalidArgumentsError(f"{name} takes single values, not {value!r}. Unpack a list: {name}(*values).")
    if is_nameless(value):
        raise InvalidArgumentsError(f"{name} takes text, numbers and moments, not {value!r}.")
    text_of(value)  # which refuses what was not loaded


def _check_pairs(name: str, rule: CriterionRule, value: object) -> None:
    if not isinstance(value, Mapping) or not value:
        raise InvalidArgumentsError(f'{name} takes dictionaries such as {{"key": "value"}}, not {value!r}.')
    pairs = cast("Mapping[object, object]", value)
    for key, each in pairs.items():
        if not isinstance(key, str):
            raise InvalidArgumentsError(f"{name} takes dictionaries with text as keys, not {key!r}.")
        if rule.kind == "mapped":
            _check_single(name, each)
        else:
            json_text(name, each)


def _bounds(
    name: str, rule: CriterionRule, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> dict[str, object]:
    known = [bound.argument for bound in rule.bounds]
    for keyword in kwargs:
        if keyword not in known:
            near = suggest(keyword, known)
            raise InvalidArgumentsError(f'{name} has no argument "{keyword}".{near} It takes {" and ".join(known)}.')
    if len(args) > len(known) or set(known[: len(args)]) & set(kwargs):
        raise InvalidArgumentsError(f"{name} takes {' and '.join(known)}, each at most once.")
    given = {**dict(zip(known, args, strict=False)), **kwargs}
    bounds = {argument: value for argument, value in given.items() if value is not None}
    for bound in rule.bounds:
        if bound.argument in bounds and not _is_bound(name, bound, bounds[bound.argument]):
            del bounds[bound.argument]
    if not bounds:
        raise InvalidArgumentsError(f"{name} without any bound says nothing. Give {' or '.join(known)}.")
    return bounds


def _is_bound(name: str, bound: Bound, value: object) -> bool:
    """Return whether *value* bounds anything, after checking that it could."""
    if bound.holds == "moment" and moment_of(value) is None:
        raise InvalidArgumentsError(f"{name} takes a moment as {bound.argument}: {KINDS}, not {value!r}.")
    if bound.holds == "number" and not is_number(value):
        raise InvalidArgumentsError(f"{name} takes a number as {bound.argument}, not {value!r}.")
    return value != 0  # a size of 0 has always meant "no bound"


def required_day(name: str, value: object) -> Moment:
    """Return the day that *value* stands for.

    Raises:
        InvalidArgumentsError: it stands for none.
    """
    found = day_of(value)
    if found is None:
        raise InvalidArgumentsError(f"{name} takes a day: {KINDS}, not {value!r}.")
    return found


def json_text(name: str, value: object) -> str:
    """Return *value* as JSON.

    Raises:
        InvalidArgumentsError: there is no JSON for it.
    """
    try:
        return json.dumps(value)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentsError(f"{name} looks for JSON, which cannot have {value!r} in it.") from error


def fragment_of(text: str) -> str:
    """Return the condition in a text that a user wrote.

    Raises:
        InvalidArgumentsError: there is none, or the text is only the rest of one.
    """
    fragment = re.sub(r"^\s*(and|where)\b", "", text, flags=re.IGNORECASE).strip()
    if re.match(r"or\b", fragment, flags=re.IGNORECASE):
        raise InvalidArgumentsError(f'"{text}" begins with "or". Write alternatives into one text: "a or b".')
    if not fragment:
        raise InvalidArgumentsError(f'"{text}" is not a condition.')
    return fragment
