"""Criteria of queries: the call ``by_name(Project, "a", "b%")`` as a value, checked when made, and what it demands.

The criteria of a type are the methods of the class of its queries: ``Query(Shot)`` is a ``ShotQuery``.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import Parameter
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.chains import Chain, Condition
from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.entities.base import Entity, EntityType, entity_class
from trackteroid.entities.criteria import CriterionRule
from trackteroid.errors import CriterionNotImplementedError, InvalidArgumentsError, UnknownNameError, suggest
from trackteroid.expressions import (
    EVERYTHING,
    And,
    Comparison,
    Expression,
    InSubquery,
    Membership,
    Not,
    Or,
    Raw,
    Related,
    along,
    are_texts,
    is_nameless,
    matches,
    meets_nothing,
    one_of,
    opposite,
    render,
    simplify,
    text_of,
)
from trackteroid.query.help import description, signature
from trackteroid.query.literals import KINDS, Moment, as_query, day_of, is_number, moment_of
from trackteroid.schema.relations import Relation, SchemaEntry, relations_of
from trackteroid.schema.types import Schema, parse_path, schema_of
from trackteroid.session_state import HasSchemas
from trackteroid.spelling import written_ids
from trackteroid.values import frozen, replace

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
    target: type[Entity] | None = None
    if args and isinstance(args[0], type):
        if not isinstance(args[0], EntityType):
            raise InvalidArgumentsError(
                f"{name}({args[0].__name__}) has no target: that is an entity class such as Project."
            )
        target = cast("type[Entity]", args[0])
        if not {base.__name__ for base in target.__mro__}.intersection(rule.targets):
            known = "the targets " + ", ".join(rule.targets) if rule.targets else "no targets"
            raise InvalidArgumentsError(f"{name} does not support the target {target.__name__}; it supports {known}.")
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


def _check_value(name: str, rule: CriterionRule, value: object) -> None:
    if rule.kind in ("mapped", "json") and not rule.key:
        if not isinstance(value, Mapping) or not value:
            raise InvalidArgumentsError(f'{name} takes dictionaries such as {{"key": "value"}}, not {value!r}.')
        for key, each in cast("Mapping[object, object]", value).items():
            if not isinstance(key, str):
                raise InvalidArgumentsError(f"{name} takes dictionaries with text as keys, not {key!r}.")
            if rule.kind == "mapped":
                _check_single(name, each)
            else:
                json_text(name, each)
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
        if bound.argument not in bounds:
            continue
        value = bounds[bound.argument]
        if bound.holds == "moment" and moment_of(value) is None:
            raise InvalidArgumentsError(f"{name} takes a moment as {bound.argument}: {KINDS}, not {value!r}.")
        if bound.holds == "number" and not is_number(value):
            raise InvalidArgumentsError(f"{name} takes a number as {bound.argument}, not {value!r}.")
        if value == 0:  # a size of 0 has always meant "no bound"
            del bounds[bound.argument]
    if not bounds:
        raise InvalidArgumentsError(f"{name} without any bound says nothing. Give {' or '.join(known)}.")
    return bounds


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


@frozen
class CriterionCompiler:
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
        places = self._places(criterion)
        if criterion.is_negated:
            opposites = tuple(map(self._opposite, places))
            return (simplify(opposites[0] if len(opposites) == 1 else And(opposites)),)
        alternatives = tuple(map(_Place.condition, places))
        positive = simplify(alternatives[0] if len(alternatives) == 1 else Or(alternatives))
        is_bare = not criterion.rule.grouped or criterion.rule.kind in ("raw", "where")
        return positive.parts if isinstance(positive, And) and is_bare else (positive,)

    def relations(self, criterion: Criterion) -> Iterator[Relation]:
        """Yield the relation that leads to the target of *criterion*, if it is needed."""
        if criterion.target and self._column(criterion) is None:
            relations = relations_of(self.session, self.entry)
            relation = relations.relation(self.entity_type.__name__, criterion.target.__name__)
            relations.warn_of_partial(relation)
            yield relation

    def _opposite(self, place: _Place) -> Expression:
        """Return that there is nothing of the kind at a place: also where no way leads there, or where no value is."""
        schema, type_name = schema_of(self.session), self.entity_type.__name__
        if place.is_dotted and place.path and meets_nothing(place.asked):
            # Behind dots, "none" is also met where the last single references lead nowhere.
            steps = place.path.split(".")
            many = [number for number, each in enumerate(schema.walk(type_name, place.path), 1) if each.is_many]
            if not many:
                end = schema.end(type_name, place.path) or type_name
                return Related(place.path, "has", opposite(place.asked, schema, end))
            head, rest = ".".join(steps[: many[-1]]), ".".join(steps[many[-1] :])
            place = _Place(head, True, along(rest, place.asked) if rest else place.asked)
        return opposite(place.related() if place.path else place.asked, schema, type_name)

    def _places(self, criterion: Criterion) -> list[_Place]:
        """Return where *criterion* asks something: in one place, or in several of which one has to have it."""
        rule = criterion.rule
        if criterion.target is None:
            # A path that is written with dots ends at what it compares.
            head, _, last = rule.attribute.rpartition(".") if not rule.on else (rule.on, "", rule.attribute)
            return [_Place(head, rule.many, _compared(criterion, last), is_dotted=not rule.on)]
        if column := self._column(criterion):
            return [_Place("", False, _compared(criterion, column))]
        return self._reached(criterion, criterion.target)

    def _column(self, criterion: Criterion) -> str | None:
        """Return the own attribute that holds the answer for the target, if there is one."""
        target = criterion.target
        found = (column for name, column in criterion.rule.columns if target and issubclass(target, entity_class(name)))
        return next(found, None)

    def _attribute(self, rule: CriterionRule, target: type[Entity]) -> str:
        """Return the attribute of *target* that answers the criterion: for a User, the name is its ``username``."""
        own = target.criteria.get(rule.name)
        attribute = own.path if own and own.kind in (rule.kind, "values") else rule.key or rule.attribute
        try:
            schema_of(self.session).walk(target.__name__, attribute)
        except UnknownNameError as error:
            raise InvalidArgumentsError(f"{rule.name} cannot be asked of {target.__name__}: {error}") from error
        return attribute

    def _reached(self, criterion: Criterion, target: type[Entity]) -> list[_Place]:
        (relation,) = self.relations(criterion)
        attribute = self._attribute(criterion.rule, target)
        is_dotted = criterion.rule.kind in ("range", "mapped") and not relation.collection
        found: list[_Place] = []
        for path in relation.paths:
            key = self._key(relation, path, criterion) if attribute == "id" and not relation.collection else None
            found.append(key or _Place(path, relation.collection, _compared(criterion, attribute), is_dotted))
        return found

    def _key(self, relation: Relation, path: str, criterion: Criterion) -> _Place | None:
        """Return the place one step before the end of a path where the ids of what lies there are kept."""
        if any(value is None or "%" in str(value) for value in criterion.args):
            return None
        head, _, last = path.rpartition(".")
        schema = schema_of(self.session)
        owner = schema.end(relation.source, head) if head else relation.source
        is_kept = owner and not parse_path(last)[0].cast and schema.find_attribute(owner, f"{last}_id")
        return _Place(head, False, one_of(f"{last}_id", criterion.args)) if is_kept else None


@frozen
class _Place:
    """Where something is asked: of the entities themselves (no path), or of those at the end of a path."""

    path: str
    many: bool
    asked: Expression
    is_dotted: bool = False

    def condition(self) -> Expression:
        """Return the condition as people know it from logs: some paths are written with dots."""
        if not self.path:
            return self.asked
        return along(self.path, self.asked) if self.is_dotted else self.related()

    def related(self) -> Expression:
        """Return the condition that there is something at the end of the path of which it holds."""
        return Related(self.path, "any" if self.many else "has", self.asked)


def check(schema: Schema, type_name: str, condition: Expression) -> None:
    """Make sure that everything a condition compares exists, except in text that somebody wrote himself.

    Raises:
        UnknownAttributeError: something does not; the message suggests similar names.
    """
    match condition:
        case Comparison(path) | Membership(path) | InSubquery(path):
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


def _compared(criterion: Criterion, attribute: str) -> Expression:
    """Return the comparison a criterion makes on *attribute*."""
    args = criterion.args
    match criterion.rule.kind:
        case "json" if attribute == criterion.rule.attribute:
            key = criterion.rule.key
            found = [{key: value} if key else cast("Mapping[str, Any]", value) for value in args]
            return Or(tuple(And(tuple(_has_json(attribute, name, each[name]) for name in each)) for each in found))
        case "values" if criterion.rule.name == "by_id":
            texts = args if are_texts(args) else [text for value in args if (text := text_of(value)) is not None]
            return one_of(attribute, [*written_ids(texts), *([None] if None in args else [])])
        case "values" | "flag" | "json":
            return one_of(attribute, args)
        case "range":
            bounds: list[Expression] = []
            for bound in criterion.rule.bounds:
                if bound.argument in criterion.kwargs:
                    value = criterion.kwargs[bound.argument]
                    moment = moment_of(value) if bound.holds == "moment" else None
                    bounds.append((moment or Moment(str(value))).compared(bound.attribute, bound.operator))
            return And(tuple(bounds))
        case "day":
            return required_day(criterion.name, args[0]).compared(attribute, "is")
        case "mapped":
            given = cast("tuple[Mapping[str, object], ...]", args)
            named = ([And((matches("key", key), matches("value", pairs[key]))) for key in pairs] for pairs in given)
            return Or(tuple(And(tuple(Related(attribute, "any", each) for each in pairs)) for pairs in named))
        case "where":
            return And(cast("tuple[Expression, ...]", args))
        case "raw":
            return And(tuple(Raw(fragment_of(cast("str", text))) for text in args))


def _has_json(attribute: str, key: str, value: object) -> Expression:
    """Return the condition that a JSON text has this key and value, written with or without a blank between them."""
    written = json_text("by_data", value)
    return Or(tuple(Comparison(attribute, "like", f"%{json.dumps(key)}:{gap}{written}%") for gap in (" ", "")))


_SELF = Parameter("self", Parameter.POSITIONAL_ONLY)

_kinds: dict[type[Entity], type] = {}
_lock = threading.Lock()


def check_entity_type(given: object, expected: type[Entity] | None) -> None:
    """Check that queries can be made for what is given, of a class for the type that is *expected*, if any.

    Raises:
        InvalidArgumentsError: it is no entity class, or another one.
    """
    if expected is not None and given is not expected:
        raise InvalidArgumentsError(f"{expected!r}Query asks for {expected!r}, not for {given!r}. Use Query.")
    if not isinstance(given, EntityType) or given is Entity:
        raise InvalidArgumentsError(f"Query takes an entity class such as Shot, not {given!r}.")


def kind_of(query_class: type, entity_type: type[Entity]) -> type[Any]:
    """Return the class of the queries for a type, always the same one, which is made of *query_class*."""
    with _lock:
        if entity_type not in _kinds:
            name = entity_type.__name__
            namespace: dict[str, Any] = {
                "__slots__": (),
                "__module__": __package__,
                "__doc__": f"A question to the server for {name} entities, see `Query`.",
                "asks_for": entity_type,
            }
            for rule in entity_type.criteria.values():
                namespace[rule.name] = _criterion(name, rule, is_negated=False)
                if rule.name.startswith("by_"):
                    namespace[f"not_{rule.name}"] = _criterion(name, rule, is_negated=True)
            _kinds[entity_type] = type(f"{name}Query", (query_class,), namespace)
        return _kinds[entity_type]


def _criterion(type_name: str, rule: CriterionRule, *, is_negated: bool) -> Callable[..., Any]:
    def criterion(self: Any, /, *args: object, **kwargs: object) -> Any:
        return self._called(rule, is_negated, args, kwargs)

    described = signature(rule)
    criterion.__name__ = criterion.__qualname__ = f"not_{rule.name}" if is_negated else rule.name
    criterion.__doc__ = description(type_name, rule, is_negated)
    described = described.replace(parameters=[_SELF, *described.parameters.values()])
    setattr(criterion, "__signature__", described)  # noqa: B010  # functions may have one, types do not say so
    return criterion
