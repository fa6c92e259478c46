"""What a criterion demands: from the call to a condition of the query language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from trackteroid.entities.base import Entity, entity_class
from trackteroid.entities.criteria import CriterionRule
from trackteroid.errors import InvalidArgumentsError, UnknownNameError
from trackteroid.expressions import (
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
    matches,
    meets_nothing,
    one_of,
    opposite,
    simplify,
    text_of,
)
from trackteroid.query.criteria import Criterion, fragment_of, json_text, required_day
from trackteroid.query.literals import Moment, moment_of
from trackteroid.schema.relations import Relation, SchemaEntry, relations_of
from trackteroid.schema.types import Schema, parse_path, schema_of
from trackteroid.session_state import HasSchemas
from trackteroid.spelling import written_ids
from trackteroid.values import frozen


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
        places = tuple(self._places(criterion))
        if criterion.is_negated:
            opposites = tuple(self._opposite(place) for place in places)
            return (simplify(opposites[0] if len(opposites) == 1 else And(opposites)),)
        alternatives = tuple(place.condition() for place in places)
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

    def _places(self, criterion: Criterion) -> Iterator[_Place]:
        """Yield where *criterion* asks something: in one place, or in several of which one has to have it."""
        rule = criterion.rule
        if criterion.target is None:
            # A path that is written with dots ends at what it compares.
            head, _, last = rule.attribute.rpartition(".") if not rule.on else (rule.on, "", rule.attribute)
            yield _Place(head, rule.many, _compared(criterion, last), is_dotted=not rule.on)
        elif column := self._column(criterion):
            yield _Place("", False, _compared(criterion, column))
        else:
            yield from self._reached(criterion, criterion.target)

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

    def _reached(self, criterion: Criterion, target: type[Entity]) -> Iterator[_Place]:
        (relation,) = self.relations(criterion)
        attribute = self._attribute(criterion.rule, target)
        is_dotted = criterion.rule.kind in ("range", "mapped") and not relation.collection
        for path in relation.paths:
            if attribute == "id" and not relation.collection and (key := self._key(relation, path, criterion)):
                yield key
            else:
                yield _Place(path, relation.collection, _compared(criterion, attribute), is_dotted)

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
            return Or(tuple(_iter_json(criterion, attribute)))
        case "values" if criterion.name == "by_id":
            texts = args if are_texts(args) else [text for value in args if (text := text_of(value)) is not None]
            return one_of(attribute, [*written_ids(texts), *([None] if None in args else [])])
        case "values" | "flag" | "json":
            return one_of(attribute, args)
        case "range":
            return And(tuple(_iter_bounds(criterion)))
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


def _iter_bounds(criterion: Criterion) -> Iterator[Expression]:
    for bound in criterion.rule.bounds:
        if bound.argument in criterion.kwargs:
            value = criterion.kwargs[bound.argument]
            moment = moment_of(value) if bound.holds == "moment" else None
            yield (moment or Moment(str(value))).compared(bound.attribute, bound.operator)


def _iter_json(criterion: Criterion, attribute: str) -> Iterator[Expression]:
    key = criterion.rule.key
    for value in criterion.args:
        pairs = {key: value} if key else cast("Mapping[str, Any]", value)
        yield And(tuple(_has_json(attribute, name, pairs[name]) for name in pairs))


def _has_json(attribute: str, key: str, value: object) -> Expression:
    """Return the condition that a JSON text has this key and value, written with or without a blank between them."""
    written = json_text("by_data", value)
    return Or(tuple(Comparison(attribute, "like", f"%{json.dumps(key)}:{gap}{written}%") for gap in (" ", "")))
