"""Criteria as SQL conditions.

References are outer joins (`sources`); collections become a subquery, correlated or not: ``exists`` looks for a
member of each row, ``in`` starts from the members. Neither multiplies rows. SQLite does not turn one into the other,
so the better one is chosen here: start from the members when what is asked of them is likely to single out a few.

Negations are taken inwards, to the comparisons: ``not (a is 1 or b > 2)`` becomes ``a is_not 1 and b <= 2``. That is
how SQL's three-valued logic works, and leaves only conditions of which "unknown" may count as "no". They stop at
collections and at ``has``, of which the negation says that there is none such.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.reading import comes_from_seen
from trackteroid.server.compiler.aliases import Aliases
from trackteroid.server.compiler.columns import end_column, ordered
from trackteroid.server.compiler.comparisons import (
    OPPOSITES,
    Condition,
    compare,
    compare_variable,
    is_member,
    is_no_member,
    is_no_variable_member,
    is_variable_member,
    key_paths,
    one_of_keys,
)
from trackteroid.server.compiler.dialects import found_in, matching
from trackteroid.server.compiler.shortcuts import along_home, flattened
from trackteroid.server.compiler.sources import Selection, Source, cast_type, type_conditions, type_named
from trackteroid.server.compiler.values import kind_of
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import (
    And,
    Comparison,
    Criteria,
    Literal,
    Membership,
    Not,
    Operator,
    Or,
    Path,
    Quantifier,
    Query,
    Step,
)
from trackteroid.server.model import Attribute, Collection, EntityType, Model, Reference, Scalar
from trackteroid.values import frozen

Inner = Callable[[Source], Condition]
Ask = Callable[[Source, Step, bool], Condition]


def condition(source: Source, criteria: Criteria, *, negated: bool = False, alone: bool = True) -> Condition:
    """Return `criteria`, asked of the rows of `source`.

    Arguments:
        source: Whose rows.
        criteria: What is asked.
        negated: Ask for the opposite.
        alone: Rows that do not meet the criteria are out, apart from alternatives; joins may be inner ones then.
    """
    match criteria:
        case Not(inner):
            return condition(source, inner, negated=not negated, alone=alone)
        case And(parts):
            return _combined(source, parts, is_or=negated, negated=negated, alone=alone)
        case Or(parts):
            if paths := key_paths(parts):
                columns = [end_column(source, path.steps[0]) for path in paths]
                if all(attribute.type != "variable" for _, attribute in columns):
                    return _unless(negated, one_of_keys(columns, paths, parts))
            return _combined(source, parts, is_or=not negated, negated=negated, alone=alone)
        case Comparison(path, operator, value):
            source.selection.aliases.count_condition()
            met_by_null = (_finds_nothing(operator, value), _finds_nothing(OPPOSITES[operator], value))
            selective = singles_out(source.model, source.type, criteria)
            walk = Walk(_comparison(operator, value), selective, met_by_null)
            return walk.along(source, path, negated=negated, alone=alone)
        case Membership(path, values, is_negative):
            source.selection.aliases.count_condition()
            lists_nothing = not isinstance(values, Query) and any(value.is_null for value in values)
            met_by_null = (lists_nothing and not is_negative, lists_nothing and is_negative)
            selective = singles_out(source.model, source.type, criteria)
            walk = Walk(_membership(values, is_negative=is_negative, selective=selective), selective, met_by_null)
            return walk.along(source, path, negated=negated, alone=alone)
        case Quantifier():
            shorter = None if negated else flattened(source, criteria)
            if shorter is not None:
                return condition(source, shorter, alone=alone)
            return _quantified(source, criteria, negated=negated, alone=alone)


def _combined(source: Source, parts: tuple[Criteria, ...], *, is_or: bool, negated: bool, alone: bool) -> Condition:
    conditions = [partial(condition, source, part, negated=negated, alone=alone) for part in parts]
    if is_or:
        return sa.or_(*source.selection.required_by_all(conditions))
    return sa.and_(*(make() for make in conditions))


def _unless(negated: bool, found: Condition) -> Condition:
    return sa.not_(found) if negated else found


def _finds_nothing(operator: Operator, value: Literal) -> bool:
    return operator is Operator.IS and value.is_null


@frozen
class Walk:
    """How to get to the end of a path and what to ask there: of one member at least where it runs through many.

    Attributes:
        ask: Makes the condition, or its opposite, of the attribute at the end.
        selective: An index is likely to find the few rows that qualify.
        met_by_nothing: Whether nothing at the end meets the condition, and its opposite.
    """

    ask: Ask
    selective: bool
    met_by_null: tuple[bool, bool]

    def along(self, source: Source, path: Path, *, negated: bool = False, alone: bool = True) -> Condition:
        """Return the condition at the end of `path`, or its opposite."""
        source, (step, *rest) = along_home(source, path.steps)
        while rest:
            attribute = source.related(step)
            if isinstance(attribute, Collection):
                if alone and not negated:
                    source.require()
                further = partial(self.along, path=Path(tuple(rest)))
                return _unless(negated, members(source, attribute, step.cast, further, self.selective))
            source, (step, *rest) = along_home(source.step(step), rest)
        if alone and not self.met_by_null[negated]:
            source.require()
        return self.ask(source, step, negated)


def _comparison(operator: Operator, value: Literal) -> Ask:
    def ask(source: Source, step: Step, negated: bool) -> Condition:
        column, attribute = end_column(source, step)
        asked = OPPOSITES[operator] if negated else operator
        if attribute.type == "variable":
            return compare_variable(source, step.name, asked, value)
        return compare(column, attribute, asked, value)

    return ask


def _membership(values: tuple[Literal, ...] | Query, *, is_negative: bool, selective: bool) -> Ask:
    def ask(source: Source, step: Step, negated: bool) -> Condition:
        column, attribute = end_column(source, step)
        none_of = is_negative != negated
        if isinstance(values, Query):
            compared, listed, other = subquery(source.selection, values, column)
            # Values are compared by the rules of their own column; those of another kind are never equal.
            found = (
                _found_in(source.selection, compared, listed, selective=selective)
                if kind_of(attribute) == kind_of(other)
                else sa.false()
            )
            return sa.and_(column.is_not(None), sa.not_(found)) if none_of else found
        if attribute.type == "variable":
            return (is_no_variable_member if none_of else is_variable_member)(source, step.name, values)
        return (is_no_member if none_of else is_member)(column, attribute, values)

    return ask


def subquery(
    around: Selection, query: Query, sought: sa.ColumnElement[Any]
) -> tuple[sa.ColumnElement[Any], sa.Select[Any], Scalar]:
    """For ``sought in (select ...)``: what is sought, the values of the query's first projection, and what they are."""
    if query.group or any(projection.function for projection in query.projections):
        raise QueryError("A query inside another one cannot group or count; ask for the values of an attribute.")
    model = around.model
    selection = Selection(model, type_named(model, query.entity_type), around.aliases)
    path = query.projections[0].path if query.projections else Path((Step(selection.root.type.primary_key[0]),))
    source = selection.root
    for step in path.steps[:-1]:
        source = source.step(step)
    column, attribute = end_column(source, path.steps[-1])
    compared, listed = matching(sought, column)
    wheres = [*type_conditions(selection.root)]
    if query.criteria is not None:
        wheres.append(condition(selection.root, query.criteria))
    if query.limit is None and query.offset is None:
        return compared, selection.select([listed], [column.is_not(None), *wheres]), attribute
    orders = ordered(selection.root, query.order)
    page = selection.select([listed.label("value")], wheres).order_by(*orders)
    values = page.limit(query.limit).offset(query.offset).subquery()
    return compared, sa.select(values.c.value).where(values.c.value.is_not(None)), attribute


def _quantified(source: Source, quantifier: Quantifier, *, negated: bool, alone: bool) -> Condition:
    """Return the condition of ``path any (...)`` or ``path has (...)``, which mean the same to the server."""
    path, criteria = quantifier.path, quantifier.criteria
    for place, step in enumerate(path.steps[:-1]):
        attribute = source.related(step)
        if isinstance(attribute, Collection):
            rest = Quantifier(Path(path.steps[place + 1 :]), criteria)
            ask = partial(_quantified, quantifier=rest, negated=False, alone=True)
            return _unless(negated, members(source, attribute, step.cast, ask, selective=False))
        source = source.step(step)
    last = path.steps[-1]
    attribute = source.related(last)
    if isinstance(attribute, Reference):
        return _has(source.step(last), criteria, negated=negated, alone=alone)
    if isinstance(attribute, Collection):
        selective, inner = False, None
        if criteria is not None:
            selective = singles_out(source.model, cast_type(source.model, attribute.target, last.cast), criteria)
            inner = partial(condition, criteria=criteria)
        return _unless(negated, members(source, attribute, last.cast, inner, selective))
    raise QueryError(f"{source.type.name}.{last.name} is not a relation; any and has need one.")


def _has(target: Source, criteria: Criteria | None, *, negated: bool, alone: bool) -> Condition:
    if alone and not negated:
        target.require()
    if criteria is None:
        return target.key.is_(None) if negated else target.key.is_not(None)
    asked = condition(target, criteria, alone=alone and not negated)
    # What is unknown of an entity is not so, and then the opposite is true.
    if negated:
        return sa.or_(target.key.is_(None), sa.not_(sa.func.coalesce(asked, sa.false())))
    return sa.and_(target.key.is_not(None), asked)


def members(source: Source, collection: Collection, cast: str | None, ask: Inner | None, selective: bool) -> Condition:
    """Return whether `collection` of `source` has a member, of which `ask` holds if that is given."""
    member, owner = member_source(source.selection.aliases, source.model, collection, cast)
    wheres = [*member_conditions(member, collection, cast)]
    if ask is not None:
        wheres.append(ask(member))
    selected = member.selection.select([owner], wheres)
    if selective:
        return _found_in(source.selection, source.key, selected.where(owner.is_not(None)), selective=True)
    return selected.where(owner == source.key).correlate(source.relation).exists()


def _found_in(around: Selection, column: sa.ColumnElement[Any], found: sa.Select[Any], *, selective: bool) -> Condition:
    """Return whether `column` has one of the values that `found` finds."""
    return found_in(column, found) if selective and around.is_alternative else column.in_(found)


def member_source(
    aliases: Aliases, model: Model, collection: Collection, cast: str | None
) -> tuple[Source, sa.ColumnElement[Any]]:
    """Return a fresh FROM clause of the members of `collection`, and the column in it that holds the owner's id."""
    target = cast_type(model, collection.target, cast)
    if collection.through is None:
        # Whose members are asked for is seen: owners are rows of a statement, or were read before.
        policy, key = aliases.policy, str(collection.by)
        is_seen = policy is not None and comes_from_seen(policy, model, target, key)
        member = Selection(model, target, aliases, is_seen=is_seen).root
        return member, member.column(key)
    link = Selection(model, model.type(collection.through.link), aliases)
    return link.join_members(target, collection.through.other), link.root.column(collection.through.own)


def member_conditions(member: Source, collection: Collection, cast: str | None) -> list[Condition]:
    """Return what restricts the rows of a collection besides their owner."""
    holder = member if collection.through is None else member.selection.root
    conditions: list[Condition] = [
        holder.column(name).is_(None) if value is None else holder.column(name) == value
        for name, value in collection.where.items()
    ]
    if cast or collection.narrow:
        conditions.extend(type_conditions(member))
    return conditions


def singles_out(model: Model, entity_type: EntityType, criteria: Criteria) -> bool:
    """Return whether an index is likely to find the few rows that meet `criteria`."""
    match criteria:
        case And(parts):
            return any(singles_out(model, entity_type, part) for part in parts)
        case Or(parts):
            return all(singles_out(model, entity_type, part) for part in parts)
        case Comparison(path, operator, value) if operator in _SINGLING:
            moment = operator is not Operator.IS
            return not value.is_null and _ends_at_index(model, entity_type, path, moment=moment)
        case Membership(path, _, False):
            return _ends_at_index(model, entity_type, path)
        case _:
            return False


#: Operators of which an index finds the rows; those of an order, where it is the order of time.
_SINGLING = {Operator.IS, Operator.GREATER, Operator.GREATER_EQUAL, Operator.LESS, Operator.LESS_EQUAL}


def _ends_at_index(model: Model, entity_type: EntityType, path: Path, *, moment: bool = False) -> bool:
    attribute: Attribute | None = None
    for step in path.steps:
        found = model.find_attribute(entity_type, step.name)
        if found is None:
            return False
        attribute = found[1]
        if isinstance(attribute, Reference | Collection):
            entity_type = type_named(model, step.cast or attribute.target)
    name = path.steps[-1].name
    if moment and not (isinstance(attribute, Scalar) and attribute.is_datetime):
        return False
    if isinstance(attribute, Scalar):
        return attribute.indexed or attribute.unique or name in entity_type.primary_key[:1]
    return isinstance(attribute, Reference)
