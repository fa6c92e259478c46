"""What the naive evaluator answers: records with everything that was asked for, groups, and searches.

Records are those of denormalised answers, in which every entity is told in full wherever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from server.query_fuzz.comparing import NUMBER, Refused, Row, matches, sort_key
from server.query_fuzz.derived import COMPUTED, SHOWN
from server.query_fuzz.naive import Naive
from trackteroid.server.language import Path, Projection, Query, Step
from trackteroid.server.model import Attribute, Collection, EntityType, Reference, Scalar

#: What is asked of the entities at one place: attributes, and what is asked of the entities behind them.
Tree = dict[str, Any]
#: Where a tree says which family of entities it is asked of.
FAMILY = "the family"
#: Marks in a tree what is asked for as a plain value; kinds of a type disagree about some attributes.
VALUE = "a value"
Record = dict[str, Any]


# records


def records(naive: Naive, query: Query) -> list[Record]:
    entity_type, tree = naive.type(query.entity_type), Tree()
    for projection in query.projections:
        plant(naive, entity_type, projection.path.steps, tree)
    if not query.projections:
        scalars = [name for name in entity_type.default_projections if is_scalar(entity_type, name)]
        tree = {name: {VALUE: True} for name in scalars}
    return [record(naive, entity_type, row, tree) for row in naive.rows(query)]


def is_scalar(entity_type: EntityType, name: str) -> bool:
    return isinstance(entity_type.attributes.get(name), Scalar)


def plant(naive: Naive, entity_type: EntityType, steps: Sequence[Step], tree: Tree) -> None:
    """Add a path to a tree; entities of another type than a cast says keep what they have as well."""
    step, rest = steps[0], steps[1:]
    inner: Tree = tree.setdefault(naive.present(entity_type, step.name), {})
    variants, relations = naive.variants(entity_type, step.name), naive.relations(entity_type, step)
    for relation in relations:
        if relation.restricted:
            raise Refused("cannot be projected")
        target = naive.family(relation.target, step.cast)
        if inner.setdefault(FAMILY, target.root) is not target.root:
            raise Refused("two families at one place")
        if isinstance(relation, Collection) and relation.mapped:
            inner.update({name: {VALUE: True} for name in ("key", "value", "parent_type") if name in target.attributes})
        if rest:
            plant(naive, target, rest, inner)
    if not relations and (rest or step.cast):
        raise Refused("a plain value")
    if any(not is_known(step.name, variant) for variant in variants):
        raise Refused("computed")
    if any(isinstance(variant, Scalar) for variant in variants):
        inner[VALUE] = True


def is_known(name: str, attribute: Attribute) -> bool:
    if not isinstance(attribute, Scalar) or attribute.stored or attribute.same_as:
        return True
    return name in COMPUTED or name in SHOWN


def record(naive: Naive, entity_type: EntityType, row: Row, tree: Tree) -> Record:
    """An entity with all that is asked of it and that its own type has."""
    kind = naive.model.type(row[entity_type.discriminator]) if entity_type.discriminator else entity_type
    told: Record = {"__entity_type__": kind.name}
    # Where a relation leads to an entity of a type that it should not, only what both types tell is told.
    always = {name for subtype in naive.model.subtypes(entity_type) for name in subtype.always_returned}
    for name in (name for name in kind.always_returned if name in always):
        value = shown(naive, kind, row, name)
        if value is not None or name in kind.primary_key:
            told[name] = value
    for name, inner in tree.items():
        attribute = kind.attributes.get(name)
        if isinstance(attribute, Scalar) and VALUE in inner:
            told[name] = shown(naive, kind, row, name)
        elif isinstance(attribute, Reference | Collection) and naive.root(attribute) is inner.get(FAMILY):
            told[name] = related(naive, row, kind, name, inner)
    return told


def related(naive: Naive, row: Row, kind: EntityType, name: str, tree: Tree) -> Record | list[Record] | None:
    attribute, target = naive.relation(kind, Step(name))
    if isinstance(attribute, Reference):
        found = naive.referred(row, attribute, None, target)
        return None if found is None else record(naive, target, found, tree)
    members = [one for one in naive.members(kind, row, Step(name), attribute) if one is not None]
    return [record(naive, target, one, tree) for one in naive.ordered(target, members, ())]


def shown(naive: Naive, kind: EntityType, row: Row, name: str) -> Any:
    """A value as clients see it."""
    attribute = kind.attributes[name]
    assert isinstance(attribute, Scalar)
    if attribute.stored or attribute.same_as or name in COMPUTED:
        return as_told(attribute, naive.end(kind, row, Step(name))[1])
    return SHOWN[name](naive.tables, kind.root.name, row)


def as_told(attribute: Scalar, value: Any) -> Any:
    return {"__type__": "datetime", "value": value} if attribute.is_datetime and value is not None else value


# groups


def groups(naive: Naive, query: Query) -> list[Record]:
    """The rows of a query that counts or groups, one for each group."""
    entity_type = naive.type(query.entity_type)
    keys = [column(naive, entity_type, Projection(path)) for path in query.group]
    columns = dict(keys)
    for projection in query.projections:
        name, found = column(naive, entity_type, projection)
        if projection.function is None and name not in columns:
            raise Refused("many values")
        columns.setdefault(name, found)
    orders = [(str(order.path), order.descending) for order in query.order]
    if any(name not in columns for name, _ in orders):
        raise Refused("no such value")
    rows = naive.rows(replace(query, projections=(), group=(), order=(), limit=None, offset=None))
    told = [
        {name: (attribute, make(members)) for name, (attribute, make) in columns.items()}
        for members in grouped(naive, entity_type, query.group, rows)
    ]
    for name, descending in reversed([*orders, *((name, False) for name, _ in keys)]):
        told.sort(key=lambda one: sort_key(*one[name]), reverse=descending)
    return [{name: as_told(*value) for name, value in one.items()} for one in told]


def grouped(naive: Naive, entity_type: EntityType, paths: Sequence[Path], rows: Sequence[Row]) -> Iterable[list[Row]]:
    found: dict[Any, list[Row]] = {} if paths else {(): []}
    for row in rows:
        found.setdefault(tuple(naive.sort_key_at(entity_type, row, path) for path in paths), []).append(row)
    return found.values()


def column(
    naive: Naive, entity_type: EntityType, projection: Projection
) -> tuple[str, tuple[Scalar, Callable[[Sequence[Row]], Any]]]:
    """The name, kind and making of one value of every group; of several spellings the first is told."""
    path, function = projection.path, projection.function
    attribute, _ = naive.at(entity_type, None, path)
    if attribute.type in ("variable", "object"):
        raise Refused("any type")
    if function in ("sum", "avg") and attribute.type not in ("integer", "number"):
        raise Refused("no numbers")
    if function in ("min", "max") and attribute.type == "boolean":
        raise Refused("no order")

    def make(rows: Sequence[Row]) -> Any:
        found = [naive.at(entity_type, row, path)[1] for row in rows]
        return FUNCTIONS[function or "min"](attribute, [value for value in found if value is not None])

    name = f"{function}_{path}" if function else str(path)
    return name, (NUMBER if function in ("count", "sum", "avg") else attribute, make)


def spelling(attribute: Scalar) -> Callable[[Any], Any]:
    return lambda value: (sort_key(attribute, value), value)


FUNCTIONS: dict[str, Callable[[Scalar, list[Any]], Any]] = {
    "count": lambda _, values: len(values),
    "sum": lambda _, values: sum(values) if values else None,
    "avg": lambda _, values: sum(values) / len(values) if values else None,
    "min": lambda attribute, values: min(values, key=spelling(attribute), default=None),
    "max": lambda attribute, values: max(values, key=spelling(attribute), default=None),
}


# searches

#: Paths to what an entity is called, and to the context it belongs to.
NAMES: dict[str, tuple[list[str], str | None]] = {
    "Project": (["name", "full_name"], None),
    "Context": (["full_name"], ""),
    "Asset": (["name"], "parent."),
    "AssetVersion": (["asset.name", "task.name", "comment"], "asset.parent."),
    "Component": (["name", "version.asset.name"], "version.asset.parent."),
    "Resource": (["name", "username", "first_name", "last_name", "email"], None),
}
OTHERS = (["name", "label", "full_name", "username", "content", "key"], None)


def search(
    naive: Naive, query: Query, terms: Sequence[str], context_id: str | None, object_types: Sequence[str]
) -> list[Record]:
    """The records of a query of which every word is in one of the names, at or below a context."""
    entity_type = naive.type(query.entity_type)
    names, context = NAMES.get(entity_type.name) or NAMES.get(entity_type.root.name, OTHERS)
    paths = [name for name in names if naive.model.find_attribute(entity_type, name.split(".")[0])]
    if context is not None:
        paths += [context + name for name in ("name", "ancestors.name", "project.name", "project.full_name")]
    if terms and not paths:
        raise Refused("no names")
    if context is None and (object_types or (context_id and "project_id" not in entity_type.attributes)):
        raise Refused("in no context")

    def is_found(row: Row) -> bool:
        def values(path: str) -> list[Any]:
            return every_value(naive, entity_type, row, path.split("."))

        called = [name for path in paths for name in values(path)]
        places = (
            ["project_id"] if context is None else [context + name for name in ("id", "project_id", "ancestors.id")]
        )
        return (
            all(any(contains(name, word) for name in called) for term in terms for word in term.split())
            and (context_id is None or context_id in [found for place in places for found in values(place)])
            and (not object_types or values(f"{context}object_type_id")[0] in object_types)
        )

    wanted = records(naive, replace(query, limit=None, offset=None))
    rows = naive.rows(replace(query, limit=None, offset=None))
    return [one for one, row in zip(wanted, rows, strict=True) if is_found(row)]


def contains(name: str | None, word: str) -> bool:
    signs = "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in word)
    return name is not None and matches(name, f"%{signs}%")


def every_value(naive: Naive, entity_type: EntityType, row: Row, names: Sequence[str]) -> list[Any]:
    """All values at the end of a path, through collections as well."""
    found: list[Any] = []

    def ask(kind: EntityType, end: Row | None, step: Step) -> bool:
        found.append(naive.end(kind, end, step)[1])
        return False

    naive.along(entity_type, row, [Step(name) for name in names], ask)
    return found
