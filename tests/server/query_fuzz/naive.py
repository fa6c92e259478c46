"""The query language once more, over plain dictionaries: slow, straightforward, and the judge of the compiler.

Conditions are true, false or unknown (None), as in SQL. Nothing here knows of joins, subqueries or statements: a path
is walked row by row, a collection is a list. What the compiler must refuse raises `Refused` here too, whatever the
rows are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.query_fuzz.comparing import (
    Refused,
    Row,
    Truth,
    ascii_lower,
    compare,
    compare_variable,
    every,
    negation,
    some,
    sort_key,
)
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

    def values(self, query: Query) -> list[Any]:
        """The values of a query inside another one."""
        entity_type = self.type(query.entity_type)
        if query.group or any(projection.function for projection in query.projections):
            raise Refused("a query inside another one cannot group")
        path = query.projections[0].path if query.projections else Path((Step(entity_type.primary_key[0]),))
        self.check(query)
        self.at(entity_type, None, path)
        return [self.at(entity_type, row, path)[1] for row in self.rows(query)]

    def ordered(self, entity_type: EntityType, rows: list[Row], orders: Sequence[Order]) -> list[Row]:
        """Rows in order: nothing first, then smaller ones, at last by primary key."""
        for name in reversed(entity_type.primary_key):
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
            found = self.among(attribute, value, self.values(values))
        else:
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

    def among(self, attribute: Scalar, value: Any, others: Sequence[Any]) -> Truth:
        if value is None:
            return None
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
        return attribute, None if row is None else COMPUTED[step.name](self, row)

    def relation(self, entity_type: EntityType, step: Step) -> tuple[Reference | Collection, EntityType]:
        attribute = self.attribute(entity_type, step.name)
        if isinstance(attribute, Scalar):
            others = [subtype.attributes.get(step.name) for subtype in self.model.subtypes(entity_type)]
            attribute = next((other for other in others if isinstance(other, Reference | Collection)), attribute)
        if not isinstance(attribute, Reference | Collection):
            raise Refused("a plain value")
        return attribute, self.family(attribute.target, step.cast)

    def attribute(self, entity_type: EntityType, name: str) -> Attribute:
        name = "state" if (entity_type.name, name) == ("Status", "type") else name
        found = self.model.find_attribute(entity_type, name)
        if found is None or found[1].hidden:
            raise Refused(f"no attribute {name}")
        return found[1]

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
            self.views[entity_type.name] = dense(self, entity_type.name)
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
            for link in self.tables[self.model.types[collection.through.link].table]
            if link[collection.through.own] == owner
        ]
        wanted = [link[collection.through.other] for link in links]
        return [one for one in candidates if one[target.primary_key[0]] in wanted]


# what no column holds


def is_latest_version(naive: Naive, row: Row) -> bool:
    assets = [asset for asset in naive.tables["asset"] if asset["id"] == row["asset_id"]]
    return any(asset["latest_version_id"] == row["id"] for asset in assets)


def time_logged(naive: Naive, row: Row) -> float:
    below = {link["context_id"] for link in naive.tables["context_ancestor"] if link["ancestor_id"] == row["id"]}
    logged = [log["duration"] for log in naive.tables["timelog"] if log["context_id"] in below | {row["id"]}]
    return sum((duration for duration in logged if duration is not None), 0.0)


COMPUTED: dict[str, Callable[[Naive, Row], Any]] = {
    "is_latest_version": is_latest_version,
    "time_logged": time_logged,
    "bid_time_logged_difference": lambda naive, row: (row["bid"] or 0.0) - time_logged(naive, row),
}

KINDS = {"Context": "task", "AssetVersion": "assetversion", "Asset": "asset", "User": "user"}
KINDS |= {"List": "list", "ListObject": "listobject"}


#: What leads from an entity to its project: a key, the table and the kind of what it leads to.
ABOVE = {
    "Asset": ("context_id", "context", "Context"),
    "AssetVersion": ("asset_id", "asset", "Asset"),
    "ListObject": ("list_id", "list", "List"),
}


def dense(naive: Naive, name: str) -> list[Row]:
    """A value for every configuration that applies to an entity."""
    owner = naive.model.types[name.removesuffix("CustomAttributeValue")]
    configurations = [
        row
        for row in naive.tables["custom_configuration_base"]
        if row["concrete_type"] == "CustomAttributeConfiguration"
    ]
    stored = {(row["configuration_id"], row["entity_id"]): row for row in naive.tables["custom_attribute_value"]}
    rows: list[Row] = []
    for entity in naive.rows_of(owner):
        project = project_of(naive, owner.name, entity)
        meant = [one for one in configurations if is_meant(owner.name, entity, one)]
        own = [one for one in meant if project is not None and one["project_id"] == project]
        own_keys = {one["key"] and ascii_lower(one["key"]) for one in own} - {None}
        everywhere = [
            one
            for one in meant
            if one["project_id"] is None and (one["key"] is None or ascii_lower(one["key"]) not in own_keys)
        ]
        for one in own + everywhere:
            default = {
                form: None if one["is_hierarchical"] else one[column]
                for form, column in (("value", "default"), ("text", "default_text"), ("number", "default_number"))
            }
            value = stored.get((one["id"], entity["id"]), default)
            row = {"configuration_id": one["id"], "entity_id": entity["id"], "key": one["key"]}
            rows.append(row | {form: value[form] for form in ("value", "text", "number")})
    return rows


def is_meant(owner: str, entity: Row, configuration: Row) -> bool:
    if owner in ("Context", "AssetVersion", "Asset") and configuration["is_hierarchical"]:
        return True
    kind = ascii_lower(configuration["entity_type"] or "")
    if owner != "Context":
        return kind == KINDS[owner]
    if kind == "show":
        return entity["concrete_type"] == "Project"
    object_type = configuration["object_type_id"]
    return kind == "task" and object_type is not None and object_type == entity["object_type_id"]


def project_of(naive: Naive, owner: str, entity: Row | None) -> str | None:
    if entity is None or owner == "User":
        return None
    above = {
        "Asset": ("context_id", "context"),
        "AssetVersion": ("asset_id", "asset"),
        "ListObject": ("list_id", "list"),
    }
    if owner not in above:
        return entity["project_id"]
    key, table = above[owner]
    holder = next((row for row in naive.tables[table] if row["id"] == entity[key]), None)
    return project_of(naive, {"context": "Context", "asset": "Asset", "list": "List"}[table], holder)
