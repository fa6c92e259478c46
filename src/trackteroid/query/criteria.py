"""What a criterion of a query means: from the call to a condition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from trackteroid.entities.base import Entity, EntityType, entity_class
from trackteroid.entities.criteria import CriterionRule
from trackteroid.errors import CriterionNotImplementedError, InvalidArgumentsError, UnknownNameError, suggest
from trackteroid.expressions import (
    EVERYTHING,
    NOTHING,
    And,
    Comparison,
    Expression,
    Membership,
    Not,
    Or,
    Raw,
    Related,
    Selected,
    matches,
    negate,
    one_of,
    render,
    simplify,
    text_of,
)
from trackteroid.relationships import Relation, SchemaEntry, relations_of
from trackteroid.schema import HasSchemas, Schema, parse_path, schema_of


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
    conditions: Conditions | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """How the criterion is called, without ``not_``."""
        return self.rule.name

    def resolve(self) -> str:
        """Return what this criterion demands as query text; empty if it demands nothing.

        Raises:
            InvalidArgumentsError: it belongs to no query, so what it is asked of is not known.
        """
        if self.conditions is None:
            raise InvalidArgumentsError(
                f"{self.name} belongs to no query. Call it on one: Query(Shot).{self.name}(...)"
            )
        conditions = (each for each in self.conditions.condition(self) if each != EVERYTHING)
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
        if not isinstance(value, Mapping) or not value:
            raise InvalidArgumentsError(f'{name} takes dictionaries such as {{"key": "value"}}, not {value!r}.')
    elif rule.kind == "raw":
        if not isinstance(value, str) or not value.strip():
            raise InvalidArgumentsError(f"{name} takes query text, not {value!r}.")
    elif isinstance(value, (type, Iterable)) and not isinstance(value, str):
        raise InvalidArgumentsError(f"{name} takes single values, not {value!r}. Unpack a list: {name}(*values).")


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
    # A size of 0 has always meant "no bound".
    bounds = {argument: value for argument, value in given.items() if value is not None and value != 0}
    if not bounds:
        raise InvalidArgumentsError(f"{name} without any bound says nothing. Give {' or '.join(known)}.")
    return bounds


@dataclass(frozen=True, slots=True)
class Conditions:
    """Turns criteria on one entity type into conditions. Only a criterion with a target looks into the schema."""

    entity_type: type[Entity]
    session: HasSchemas
    entry: SchemaEntry

    def condition(self, criterion: Criterion) -> tuple[Expression, ...]:
        """Return what has to hold for *criterion*, usually one condition.

        Raises:
            RelationError: no path is known to the target.
            InvalidArgumentsError: the target has nothing that could be compared.
        """
        rule = criterion.rule
        if criterion.is_negated and (paths := self._alternatives(criterion)):
            return (simplify(And(tuple(map(Not, paths)))),)
        positive = simplify(self._positive(criterion))
        if criterion.is_negated:
            is_outside = rule.many and not rule.on and criterion.target is None
            return (Not(positive) if is_outside and positive != NOTHING else negate(positive),)
        is_bare = not rule.grouped or rule.kind in ("raw", "where")
        return positive.parts if isinstance(positive, And) and is_bare else (positive,)

    def relations(self, criterion: Criterion) -> Iterator[Relation]:
        """Yield the relation that leads to the target of *criterion*, if it is needed."""
        target = criterion.target
        if target and not any(issubclass(target, entity_class(name)) for name, _ in criterion.rule.columns):
            yield relations_of(self.session, self.entry).relation(self.entity_type.__name__, target.__name__)

    def _positive(self, criterion: Criterion) -> Expression:
        rule, target = criterion.rule, criterion.target
        if target is None:
            return _wrapped(rule.on, rule.many, _compared(criterion, rule.attribute))
        for name, column in rule.columns:
            if issubclass(target, entity_class(name)):
                return _compared(criterion, column)
        (relation,) = self.relations(criterion)
        compared = self._attribute(rule, target)
        parts = tuple(self._reached(criterion, relation, path, compared) for path in relation.paths)
        return parts[0] if len(parts) == 1 else Or(parts)

    def _alternatives(self, criterion: Criterion) -> tuple[Expression, ...]:
        """Return what is demanded at the end of each path to the target, where there are several.

        An entity usually has something at the end of one of them only, so none of the others may be demanded to lead
        anywhere, not even by the opposite.
        """
        relation = next(self.relations(criterion), None)
        if relation is None or criterion.target is None or len(relation.paths) == 1:
            return ()
        compared = _compared(criterion, self._attribute(criterion.rule, criterion.target))
        return tuple(_wrapped(path, relation.collection, compared) for path in relation.paths)

    def _attribute(self, rule: CriterionRule, target: type[Entity]) -> str:
        """Return the attribute of *target* that answers the criterion: for a User, the name is its ``username``."""
        own = target.criteria.get(rule.name)
        attribute = own.path if own and own.kind in (rule.kind, "values") else rule.key or rule.attribute
        try:
            schema_of(self.session).walk(target.__name__, attribute)
        except UnknownNameError as error:
            raise InvalidArgumentsError(f"{rule.name} cannot be asked of {target.__name__}: {error}") from error
        return attribute

    def _reached(self, criterion: Criterion, relation: Relation, path: str, attribute: str) -> Expression:
        if criterion.rule.kind in ("range", "mapped"):
            return _compared(criterion, attribute, prefix=f"{path}.")
        if attribute == "id" and not relation.collection and _are_plain(criterion.args):
            head, _, last = path.rpartition(".")
            schema = schema_of(self.session)
            owner = schema.end(relation.source, head) if head else relation.source
            if owner and not parse_path(last)[0].cast and schema.find_attribute(owner, f"{last}_id"):
                return _wrapped(head, False, one_of(f"{last}_id", criterion.args))
        return _wrapped(path, relation.collection, _compared(criterion, attribute))


def check(schema: Schema, type_name: str, condition: Expression) -> None:
    """Make sure that everything a condition compares exists, except in text that somebody wrote himself.

    Raises:
        UnknownAttributeError: something does not; the message suggests similar names.
    """
    match condition:
        case Comparison(path) | Membership(path) | Selected(path):
            schema.walk(type_name, path)
        case Related(path, _, inner):
            check(schema, schema.end(type_name, path) or type_name, inner)
        case Not(inner):
            check(schema, type_name, inner)
        case And(parts) | Or(parts):
            for part in parts:
                check(schema, type_name, part)
        case Raw():
            pass


def _are_plain(values: Iterable[object]) -> bool:
    return all(value is not None and "%" not in str(value) for value in values)


def _wrapped(relation: str, many: bool, condition: Expression) -> Expression:
    return Related(relation, "any" if many else "has", condition) if relation else condition


def _compared(criterion: Criterion, attribute: str, prefix: str = "") -> Expression:
    """Return the comparison a criterion makes on *attribute*."""
    args = criterion.args
    match criterion.rule.kind:
        case "json" if attribute == criterion.rule.attribute:
            return Or(tuple(_iter_json(criterion, attribute)))
        case "values" | "flag" | "json":
            return one_of(attribute, args)
        case "range":
            return And(tuple(_iter_bounds(criterion, prefix)))
        case "day":
            return _on_day(attribute, args[0])
        case "mapped":
            pairs = cast("tuple[Mapping[str, object], ...]", args)
            return Or(tuple(_has_pairs(f"{prefix}{attribute}", each) for each in pairs))
        case "where":
            return And(cast("tuple[Expression, ...]", args))
        case "raw":
            return And(tuple(Raw(_fragment(cast("str", text))) for text in args))


def _iter_bounds(criterion: Criterion, prefix: str) -> Iterator[Expression]:
    for bound in criterion.rule.bounds:
        if bound.argument in criterion.kwargs:
            yield Comparison(f"{prefix}{bound.attribute}", bound.operator, text_of(criterion.kwargs[bound.argument]))


def _on_day(attribute: str, value: object) -> Expression:
    try:
        day = datetime.fromisoformat(text_of(value) or "").date()
    except ValueError as error:
        raise InvalidArgumentsError(f'{value!r} is not a date. Give a date or text such as "2026-01-31".') from error
    following = day + timedelta(days=1)
    return And((Comparison(attribute, ">=", day.isoformat()), Comparison(attribute, "<", following.isoformat())))


def _has_pairs(attribute: str, pairs: Mapping[str, object]) -> Expression:
    return And(
        tuple(Related(attribute, "any", And((matches("key", key), matches("value", pairs[key])))) for key in pairs)
    )


def _iter_json(criterion: Criterion, attribute: str) -> Iterator[Expression]:
    key = criterion.rule.key
    for value in criterion.args:
        pairs = {key: value} if key else cast("Mapping[str, Any]", value)
        yield And(tuple(_has_json(attribute, name, pairs[name]) for name in pairs))


def _has_json(attribute: str, key: str, value: object) -> Expression:
    """Return the condition that a JSON text has this key and value, written with or without a blank between them."""
    written = json.dumps(value)
    return Or(tuple(Comparison(attribute, "like", f"%{json.dumps(key)}:{gap}{written}%") for gap in (" ", "")))


def _fragment(text: str) -> str:
    fragment = re.sub(r"^\s*(and|where)\b", "", text, flags=re.IGNORECASE).strip()
    if re.match(r"or\b", fragment, flags=re.IGNORECASE):
        raise InvalidArgumentsError(f'"{text}" begins with "or". Write alternatives into one text: "a or b".')
    if not fragment:
        raise InvalidArgumentsError(f'"{text}" has no condition.')
    return fragment
