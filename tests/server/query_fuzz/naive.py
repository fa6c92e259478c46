"""The query language once more, over plain dictionaries: slow, straightforward, and the judge of the compiler.

Conditions are true, false or unknown (None), as in SQL. Nothing here knows of joins, subqueries or statements: a path
is walked row by row, a collection is a list. What the compiler must refuse raises `Refused` here too, whatever the
rows are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from server.query_fuzz.comparing import (
    Refused,
    Row,
    Truth,
    compare,
    compare_variable,
    every,
    is_empty,
    kind_of,
    negation,
    some,
    sort_key,
)
from server.query_fuzz.derived import COMPUTED, VIEWS, dense
from trackteroid.server.language import (
    And,
    Comparison,
    Criteria,
    Literal,
    Membership,
    Not,
    Operator,
    Or,
    Order,
    Path,
    Quantifier,
    Query,
    Step,
)
from trackteroid.server.model import Attribute, Collection, EntityType, Model, Reference, Scalar


@dataclass
class Naive:
    """Answers queries about `tables`: rows by table name, with the columns of the database."""

    model: Model
    tables: dict[str, list[Row]]
    checking: bool = False
    views: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])

    # queries

    def rows(self, query: Query) -> list[Row]:
        """The rows of a query in order; one that makes no sense is refused even where there are no rows."""
        entity_type = self.type(query.entity_type)
        self.check(query)
        found = [
            row
            for row in self.rows_of(entity_type)
            if query.criteria is None or self.holds(entity_type, row, query.criteria) is True
        ]
        found = self.ordered(entity_type, found, query.order)[query.offset or 0 :]
        return found if query.limit is None else found[: query.limit]

    def check(self, query: Query) -> None:
        """Ask everything of no row at all, leaving nothing out."""
        entity_type, before, self.checking = self.type(query.entity_type), self.checking, True
        try:
            if query.criteria is not None:
                self.holds(entity_type, None, query.criteria)
            for order in query.order:
                self.at(entity_type, None, order.path)
        finally:
            self.checking = before

    def values(self, query: Query) -> tuple[Scalar, list[Any]]:
        """The values of a query inside another one, and what they are."""
        entity_type = self.type(query.entity_type)
        if query.group or any(projection.function for projection in query.projections):
            raise Refused("a query inside another one cannot group")
        path = query.projections[0].path if query.projections else Path((Step(entity_type.primary_key[0]),))
        self.check(query)
        attribute, _ = self.at(entity_type, None, path)
        return attribute, [self.at(entity_type, row, path)[1] for row in self.rows(query)]

    def ordered(self, entity_type: EntityType, rows: list[Row], orders: Sequence[Order]) -> list[Row]:
        """Rows in order: nothing first, then smaller ones, at last by the order of the type and the primary key."""
        for name in reversed((*entity_type.order, *entity_type.primary_key)):
            rows = sorted(rows, key=lambda row: sort_key(entity_type.attributes[name], row[name]))
        for order in reversed(orders):
            keys = {id(row): self.sort_key_at(entity_type, row, order.path) for row in rows}
            rows = sorted(rows, key=lambda row: keys[id(row)], reverse=order.descending)
        return rows

    def sort_key_at(self, entity_type: EntityType, row: Row, path: Path) -> Any:
        attribute, value = self.at(entity_type, row, path)
        return sort_key(attribute, value)

    # criteria

    def holds(self, entity_type: EntityType, row: Row | None, criteria: Criteria) -> Truth:
        match criteria:
            case And(parts):
                return every([self.holds(entity_type, row, part) for part in parts])
            case Or(parts):
                return some([self.holds(entity_type, row, part) for part in parts])
            case Not(inner):
                return negation(self.holds(entity_type, row, inner))
            case Quantifier(path, inner):
                return self.along(entity_type, row, path.steps, lambda t, r, s: self.has(t, r, s, inner))
            case Comparison(path, operator, literal):
                return self.along(
                    entity_type, row, path.steps, lambda t, r, s: self.compared(t, r, s, operator, literal)
                )
            case Membership(path, values, negated):
                return self.along(entity_type, row, path.steps, lambda t, r, s: self.member(t, r, s, values, negated))

    def along(
        self,
        entity_type: EntityType,
        row: Row | None,
        steps: Sequence[Step],
        ask: Callable[[EntityType, Row | None, Step], Truth],
    ) -> Truth:
        """Walk a path and ask at its end; through a collection one member must say yes."""
        if len(steps) == 1:
            return ask(entity_type, row, steps[0])
        attribute, target = self.relation(entity_type, steps[0])
        if isinstance(attribute, Collection):
            members = self.members(entity_type, row, steps[0], attribute)
            return any(self.along(target, member, steps[1:], ask) is True for member in members)
        return self.along(target, self.referred(row, attribute, steps[0].cast, target), steps[1:], ask)

    def has(self, entity_type: EntityType, row: Row | None, step: Step, criteria: Criteria | None) -> bool:
        attribute, target = self.relation(entity_type, step)
        if isinstance(attribute, Collection):
            found = self.members(entity_type, row, step, attribute)
        else:
            referred = self.referred(row, attribute, step.cast, target)
            found = [] if referred is None and not self.checking else [referred]
        return any(criteria is None or self.holds(target, one, criteria) is True for one in found)

    def compared(
        self, entity_type: EntityType, row: Row | None, step: Step, operator: Operator, literal: Literal
    ) -> Truth:
        attribute, value = self.end(entity_type, row, step)
        if attribute.type == "variable":
            return compare_variable(row, step.name, operator, literal)
        return compare(attribute, value, operator, literal)

    def member(
        self,
        entity_type: EntityType,
        row: Row | None,
        step: Step,
        values: tuple[Literal, ...] | Query,
        negated: bool,
    ) -> Truth:
        attribute, value = self.end(entity_type, row, step)
        if isinstance(values, Query):
            found = self.among(attribute, value, *self.values(values))
        else:
            if attribute.type == "variable" and is_empty(row, step.name):
                value = None
            found = some([False if value is not None or not self.is_listable(values) else None])
            for literal in values:
                found = some([found, self.equals(row, step, attribute, value, literal)])
        return negation(found) if negated else found

    def is_listable(self, values: tuple[Literal, ...]) -> bool:
        """Nothing is in no list, and is not outside of one either, unless the list names it."""
        return not any(literal.is_null for literal in values)

    def equals(self, row: Row | None, step: Step, attribute: Scalar, value: Any, literal: Literal) -> Truth:
        if literal.is_null:
            return value is None
        if attribute.type == "variable":
            return compare_variable(row, step.name, Operator.IS, literal)
        return compare(attribute, value, Operator.IS, literal)

    def among(self, attribute: Scalar, value: Any, kind: Scalar, others: Sequence[Any]) -> Truth:
        """Values of one kind are compared as the attribute compares; those of different kinds are never the same."""
        if value is None:
            return None
        if kind_of(attribute) != kind_of(kind):
            return False
        if attribute.folds and not kind.folds:
            attribute = replace(attribute, words=True)
        wanted = sort_key(attribute, value)
        return any(other is not None and sort_key(attribute, other) == wanted for other in others)

    # paths

    def at(self, entity_type: EntityType, row: Row | None, path: Path) -> tuple[Scalar, Any]:
        """The value at the end of a path through references."""
        for step in path.steps[:-1]:
            attribute, target = self.relation(entity_type, step)
            if isinstance(attribute, Collection):
                raise Refused("a collection has no one value")
            entity_type, row = target, self.referred(row, attribute, step.cast, target)
        return self.end(entity_type, row, path.steps[-1])

    def end(self, entity_type: EntityType, row: Row | None, step: Step) -> tuple[Scalar, Any]:
        """The value of a scalar, or the id behind a reference."""
        attribute = self.attribute(entity_type, step.name)
        if isinstance(attribute, Collection):
            raise Refused("a collection is no value")
        if isinstance(attribute, Reference):
            if len(attribute.keys) > 1:
                raise Refused("several keys")
            found = self.model.find_attribute(entity_type, attribute.keys[0])
            assert found is not None
            assert isinstance(found[1], Scalar)
            value = row and row.get(attribute.keys[0])
            if step.cast or attribute.narrow:
                target = self.family(attribute.target, step.cast)
                value = value if self.referred(row, attribute, step.cast, target) is not None else None
            return found[1], value
        assert isinstance(attribute, Scalar)
        if step.cast:
            raise Refused("a value cannot be cast")
        if attribute.stored or attribute.same_as:
            return attribute, row and row.get(attribute.same_as or step.name)
        if step.name not in COMPUTED:
            raise Refused("computed")
        return attribute, None if row is None else COMPUTED[step.name](self.tables, row)

    def relation(self, entity_type: EntityType, step: Step) -> tuple[Reference | Collection, EntityType]:
        found = self.relations(entity_type, step)
        if not found:
            raise Refused("a plain value")
        return found[0], self.family(found[0].target, step.cast)

    def relations(self, entity_type: EntityType, step: Step) -> list[Reference | Collection]:
        """What a step may follow; where kinds of the type lead to several families, the cast has to choose."""
        found = [one for one in self.variants(entity_type, step.name) if not isinstance(one, Scalar)]
        families = [self.root(one) for one in found]
        if len(set(families)) > 1:
            if step.cast is None:
                raise Refused("several families")
            found = [one for one, root in zip(found, families, strict=True) if root is self.type(step.cast).root]
            if not found:
                raise Refused("another family")
        return found

    def root(self, relation: Reference | Collection) -> EntityType:
        return self.type(relation.target).root

    def attribute(self, entity_type: EntityType, name: str) -> Attribute:
        return self.variants(entity_type, name)[0]

    def variants(self, entity_type: EntityType, name: str) -> list[Attribute]:
        """What an attribute is: one thing where the type has it, else what it is on each of the subtypes."""
        name = self.present(entity_type, name)
        kinds = [entity_type] if name in entity_type.attributes else self.model.subtypes(entity_type)
        found = [kind.attributes[name] for kind in kinds if name in kind.attributes]
        if not found or found[0].hidden:
            raise Refused(f"no attribute {name}")
        return found

    def present(self, entity_type: EntityType, name: str) -> str:
        return "state" if (entity_type.name, name) == ("Status", "type") else name

    def type(self, name: str) -> EntityType:
        if name not in self.model.types or not self.model.types[name].served:
            raise Refused(f"no type {name}")
        return self.model.types[name]

    def family(self, target: str, cast: str | None) -> EntityType:
        if cast is not None and self.type(cast).root is not self.type(target).root:
            raise Refused("another family")
        return self.type(cast or target)

    # rows

    def rows_of(self, entity_type: EntityType) -> list[Row]:
        rows = self.all_rows(entity_type)
        if entity_type.base is None or entity_type.discriminator is None:
            return rows
        names = {subtype.name for subtype in self.model.subtypes(entity_type)}
        return [row for row in rows if row[entity_type.discriminator] in names]

    def all_rows(self, entity_type: EntityType) -> list[Row]:
        if not entity_type.view:
            return self.tables[entity_type.table]
        if entity_type.name not in self.views:
            if entity_type.name in VIEWS:
                self.views[entity_type.name] = VIEWS[entity_type.name](self.tables)
            else:
                owner = self.type(entity_type.name.removesuffix("CustomAttributeValue"))
                self.views[entity_type.name] = dense(self.tables, owner.name, self.rows_of(owner))
        return self.views[entity_type.name]

    def referred(self, row: Row | None, reference: Reference, cast: str | None, target: EntityType) -> Row | None:
        if row is None:
            return None
        keys = [row.get(name) for name in reference.keys]
        rows = self.rows_of(target) if cast or reference.narrow else self.all_rows(target)
        return next((one for one in rows if [one[name] for name in target.primary_key] == keys), None)

    def members(
        self, entity_type: EntityType, row: Row | None, step: Step, collection: Collection
    ) -> Sequence[Row | None]:
        if self.checking:
            return [None]
        if row is None:
            return []
        target = self.family(collection.target, step.cast)
        owner = row[entity_type.primary_key[0]]
        candidates = self.rows_of(target) if step.cast or collection.narrow else self.all_rows(target)
        if collection.through is None:
            found = [one for one in candidates if one[str(collection.by)] == owner]
            return [one for one in found if all(one[name] == value for name, value in collection.where.items())]
        links = [
            link
            for link in self.all_rows(self.model.types[collection.through.link])
            if link[collection.through.own] == owner
        ]
        wanted = [link[collection.through.other] for link in links]
        return [one for one in candidates if one[target.primary_key[0]] in wanted]
