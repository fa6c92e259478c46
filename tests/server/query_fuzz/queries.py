"""Queries at random, made from the model: valid paths, every operator, literals of every kind."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from server.query_fuzz.worlds import COUNTS, World, id_of
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
    Projection,
    Quantifier,
    Query,
    Step,
)
from trackteroid.server.model import Attribute, Collection, EntityType, Reference, Scalar

BASES = ("Context", "TypedContext", "Component", "Resource", "List", "StatusChange", "CustomAttributeLink",
         "CustomAttributeLinkFrom", "ContextCustomAttributeValue", "AssetVersionCustomAttributeValue",
         "ListCustomAttributeValue", "UserCustomAttributeValue", "CustomConfigurationBase")  # fmt: skip
TYPES = sorted({*COUNTS, *BASES} - {"ContextScope"})
ODD = ["", "%", "_", "%a%", "sh_010", "%\\%", "\\", "a\\", "C:\\a%", "C:\\\\a%", "ä%", "%ÄRGER", "STRASSE", "1", "10",
       "1.0", "-3", "2.5", "1e3", "1e400", "nan", "inf", "1_0", "9007199254740993", "99999999999999999999", "٣", "true",
       "False", "0", "yes", "none", "2024", "2024-05", "2024-05-01", "2024-05-01T14:00:00+02:00", "2024-05-01 12:00",
       "2024-05-01T12:00:00.9Z", "2024-13-01", "0001-01-01T00:00:00+05:00", "not a date", "'", '"', "ﬁN",
       "\u212a", "İST%", "ist%", "CAF_", "cafe%", "%\u0301", "stra_e", "STRA__E", "αθηνασ%", "E\u0301", "하%",
       "_\u0301",       "\\\u0301", "%\u0301%", "_", "\U0001f44b_", "caf\u00e9"]  # fmt: skip
OPERATORS = list(Operator)
#: What matters more than other attributes, or is easily missed among them.
FAVOURITES = ("custom_attributes", "custom_attribute_links", "custom_attribute_links_from", "metadata", "ancestors",
              "descendants", "latest_version", "is_latest_version", "time_logged", "link", "thumbnail_url", "name",
              "bid", "key", "value", "default", "configuration", "status", "parent", "children", "versions",
              "components")  # fmt: skip
#: More values than databases are given one by one.
OBJECT_TYPES = [id_of("objecttype0"), id_of("objecttype1")]
MANY = tuple(Literal(f"{number}", quoted=number % 2 == 0) for number in range(250))
FUNCTIONS = ("count", "sum", "avg", "min", "max")


def shown_attributes(world: World, entity_type: EntityType) -> dict[str, Attribute]:
    """Everything a query may name on a type, subtypes' attributes included."""
    found: dict[str, Attribute] = {}
    for subtype in world.model.subtypes(entity_type):
        for name, attribute in subtype.attributes.items():
            if not attribute.hidden:
                found.setdefault(name, attribute)
    return found


@st.composite
def paths(draw: DrawFn, world: World, entity_type: EntityType, ends: tuple[type, ...] = (Scalar, Reference)) -> Path:
    """A path of at most four steps that ends in one of `ends`."""
    steps: list[Step] = []
    while True:
        attributes = shown_attributes(world, entity_type)
        names = sorted(attributes)
        final = [name for name in names if isinstance(attributes[name], ends)]
        onward = [name for name in names if isinstance(attributes[name], Reference | Collection)]
        if onward and (not final or (len(steps) < 3 and draw(st.integers(0, 2)) == 0)):
            name = draw(st.sampled_from(favoured(onward)))
            steps.append(Step(name, draw(casts(world, attributes[name], one_in=4))))
        elif final:
            name = draw(st.sampled_from(favoured(final)))
            return Path((*steps, Step(name, draw(casts(world, attributes[name], one_in=8)))))
        else:
            return Path((*steps, Step("id")))
        entity_type = world.model.type(steps[-1].cast or attributes[name].target)  # type: ignore[union-attr]


def favoured(names: list[str]) -> list[str]:
    return names + 3 * [name for name in names if name in FAVOURITES]


@st.composite
def casts(draw: DrawFn, world: World, attribute: Attribute, *, one_in: int) -> str | None:
    """A type that a relation may be cast to, and seldom one that makes no sense."""
    if draw(st.integers(1, one_in)) > 1:
        return None
    if isinstance(attribute, Scalar):
        return draw(st.sampled_from([*[None] * 15, "Task"]))
    family = [one.name for one in world.model.subtypes(world.model.type(attribute.target).root) if one.served]
    if len(family) == 1:
        return None
    return draw(st.sampled_from([*family * 3, "User"]))


def end_of(world: World, entity_type: EntityType, path: Path) -> tuple[EntityType, Attribute | None]:
    """The type and attribute at the end of a path, as far as the model tells."""
    attribute: Attribute | None = None
    for place, step in enumerate(path.steps):
        found = world.model.find_attribute(entity_type, step.name)
        attribute = found[1] if found else None
        if place < len(path.steps) - 1 and isinstance(attribute, Reference | Collection):
            entity_type = world.model.type(step.cast or attribute.target)
    return entity_type, attribute


@st.composite
def literals(draw: DrawFn, world: World, entity_type: EntityType, path: Path) -> Literal:
    """A value that is there, something near it, nothing, or something odd."""
    holder, attribute = end_of(world, entity_type, path)
    name = path.steps[-1].name
    if isinstance(attribute, Reference):
        name = attribute.keys[0]
    pool = world.values(holder, name)
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return Literal("none", quoted=False)
    if kind <= 7 and pool:
        value = draw(st.sampled_from(pool))
        text = value if isinstance(value, str) else str(value)
        text = draw(st.sampled_from([*[text] * 6, text.upper(), text.swapcase(), text[:1] + "%", f"%{text[1:]}"]))
    else:
        text = draw(st.sampled_from(ODD))
    is_word = bool(text) and not any(sign in text for sign in " \t\n\"'(),") and text.strip() == text
    return Literal(text, quoted=not is_word or text.lower() in ("none", "null") or draw(st.booleans()))


@st.composite
def criteria(draw: DrawFn, world: World, entity_type: EntityType, depth: int = 3) -> Criteria:
    """Anything that may stand behind where."""
    kind = draw(st.integers(0, 9 if depth else 5))
    if kind <= 3:
        path = draw(paths(world, entity_type))
        return Comparison(path, draw(st.sampled_from(OPERATORS)), draw(literals(world, entity_type, path)))
    if kind <= 5:
        path = draw(paths(world, entity_type))
        if depth and draw(st.integers(0, 3)) == 0:
            values: tuple[Literal, ...] | Query = draw(subqueries(world, entity_type, path, depth - 1))
        else:
            values = tuple(draw(st.lists(literals(world, entity_type, path), max_size=4)))
            values += draw(st.sampled_from([()] * 15 + [MANY]))
        return Membership(path, values, negated=draw(st.booleans()))
    if kind == 6:
        path = draw(paths(world, entity_type, ends=(Reference, Collection)))
        _, attribute = end_of(world, entity_type, path)
        inner = None
        if isinstance(attribute, Reference | Collection) and draw(st.integers(0, 4)):
            inner = draw(criteria(world, world.model.type(attribute.target), depth - 1))
        return Quantifier(path, inner)
    if kind == 7:
        return Not(draw(criteria(world, entity_type, depth - 1)))
    if draw(st.integers(0, 9)) == 0:
        return draw(chains(world, entity_type))
    parts = tuple(draw(st.lists(criteria(world, entity_type, depth - 1), min_size=2, max_size=3)))
    return And(parts) if kind == 8 else Or(parts)


@st.composite
def chains(draw: DrawFn, world: World, entity_type: EntityType) -> Criteria:
    """What populating many entities asks: ``(a is x and b is y) or (a is z and b is w) or ...``."""
    names = [name for name, one in shown_attributes(world, entity_type).items() if isinstance(one, Scalar)]
    keys = [Path((Step(name),)) for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))]
    values = [[*draw(st.lists(literals(world, entity_type, key), min_size=1, max_size=3)), *MANY[:22]] for key in keys]
    rows = [
        tuple(Comparison(key, Operator.IS, value) for key, value in zip(keys, row, strict=True))
        for row in zip(*values, strict=False)
    ]
    return Or(tuple(row[0] if len(row) == 1 else And(row) for row in rows))


@st.composite
def subqueries(draw: DrawFn, world: World, entity_type: EntityType, path: Path, depth: int) -> Query:
    """A query whose values might be among those of a path."""
    _, attribute = end_of(world, entity_type, path)
    target = attribute.target if isinstance(attribute, Reference) else draw(st.sampled_from(TYPES))
    inner = world.model.type(target)
    projected = (
        draw(paths(world, inner, ends=(Scalar,))) if draw(st.booleans()) else Path((Step(inner.primary_key[0]),))
    )
    limit = draw(st.sampled_from([None, None, 0, 1, 3]))
    return Query(
        target,
        (Projection(projected),),
        draw(criteria(world, inner, depth)) if draw(st.booleans()) else None,
        order=draw(orders(world, inner)) if limit is not None else (),
        limit=limit,
    )


@st.composite
def orders(draw: DrawFn, world: World, entity_type: EntityType) -> tuple[Order, ...]:
    """Some keys to order by."""
    found = draw(st.lists(paths(world, entity_type), max_size=2))
    keys = [path for path in found if all(not isinstance(one, Collection) for one in walked(world, entity_type, path))]
    return tuple(Order(path, draw(st.booleans())) for path in keys if not is_variable(world, entity_type, path))


def walked(world: World, entity_type: EntityType, path: Path) -> list[Attribute | None]:
    """The attributes along a path."""
    return [end_of(world, entity_type, Path(path.steps[: place + 1]))[1] for place in range(len(path.steps))]


def is_variable(world: World, entity_type: EntityType, path: Path) -> bool:
    _, attribute = end_of(world, entity_type, path)
    return isinstance(attribute, Scalar) and attribute.type in ("variable", "object")


@st.composite
def queries(draw: DrawFn, world: World, *, plain: bool = False) -> Query:
    """A whole query; a `plain` one asks for its primary key only."""
    name = draw(st.sampled_from(TYPES))
    entity_type = world.model.type(name)
    projected = [Path((Step(key),)) for key in entity_type.primary_key]
    if not plain:
        ends = (Scalar, Reference, Collection)
        projected = draw(st.lists(paths(world, entity_type, ends=ends), max_size=4))
    return Query(
        name,
        tuple(map(Projection, projected)),
        draw(criteria(world, entity_type)) if plain or draw(st.booleans()) else None,
        order=draw(orders(world, entity_type)),
        offset=draw(pages),
        limit=draw(pages),
    )


pages = st.sampled_from([None, None, None, None, None, 0, 1, 3])


@st.composite
def groupings(draw: DrawFn, world: World) -> Query:
    """A query that counts or groups."""
    name = draw(st.sampled_from(TYPES))
    entity_type = world.model.type(name)
    groups = tuple(draw(st.lists(paths(world, entity_type), max_size=2)))
    computed = [
        Projection(path, draw(st.sampled_from(FUNCTIONS)))
        for path in draw(st.lists(paths(world, entity_type), min_size=not groups, max_size=3))
    ]
    named = [str(path) for path in groups]
    named += [
        f"{one.function}_{one.path}" for one in computed if len(one.path.steps) == 1 and not one.path.steps[0].cast
    ]
    keys = draw(st.lists(st.sampled_from(named), max_size=2)) if named else []
    by_name = {str(path): path for path in groups}
    return Query(
        name,
        (*computed, *map(Projection, draw(st.lists(st.sampled_from(groups), max_size=1)) if groups else ())),
        draw(criteria(world, entity_type, 1)) if draw(st.booleans()) else None,
        group=groups,
        order=tuple(Order(by_name.get(key, Path((Step(key),))), draw(st.booleans())) for key in keys),
        offset=draw(pages),
        limit=draw(pages),
    )


@st.composite
def searches(draw: DrawFn, world: World) -> dict[str, Any]:
    """What a search asks besides its query."""
    contexts = world.naive.tables["context"]
    pool = sorted({str(row["name"]) for row in contexts} | {str(row["name"]) for row in world.naive.tables["asset"]})
    pieces = st.sampled_from([*pool, *[name[1:3] for name in pool], "%", "_", "ÄR", "o"])
    return {
        "terms": draw(st.lists(pieces, max_size=2)),
        "context_id": draw(st.none() | st.sampled_from([row["id"] for row in contexts])),
        "object_type_ids": draw(st.just([]) | st.lists(st.sampled_from(OBJECT_TYPES), max_size=2)),
    }
