"""Short spellings of trees, and Hypothesis strategies that make whole ones."""

from __future__ import annotations

import re

from hypothesis import strategies as st

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
    parse,
)


def path(text: str) -> Path:
    """``path("parent[Shot].name")``."""
    steps = (re.fullmatch(r"(\w+)(?:\[(\w+)\])?", step) for step in text.split("."))
    return Path(tuple(Step(*step.groups()) for step in steps if step))


def word(text: str) -> Literal:
    return Literal(text, quoted=False)


def quoted(text: str) -> Literal:
    return Literal(text, quoted=True)


def is_(attribute: str, value: Literal) -> Comparison:
    return Comparison(path(attribute), Operator.IS, value)


def criteria_of(text: str) -> Criteria | None:
    """The tree of criteria, as they stand behind ``where``."""
    return parse(f"T where {text}").criteria


# -- strategies --------------------------------------------------------------------------------------------------------

KEYWORDS = [
    *["select", "from", "where", "group", "order", "by", "limit", "offset", "asc", "ascending", "desc", "descending"],
    *["and", "or", "not", "in", "not_in", "any", "has", "is", "is_not", "like", "not_like", "after", "before"],
    *["none", "null", "true", "false", "count", "sum", "avg", "min", "max"],
]

# Deferred strategies print as their name, not as all they are made of.
#
# "not" is the one word that no attribute can have for a name, "select" no entity type.
names = st.deferred(
    lambda: st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True) | st.sampled_from(KEYWORDS)
).filter(lambda name: name.lower() != "not")
types = st.deferred(lambda: st.from_regex(r"[A-Za-z0-9_]{1,8}", fullmatch=True) | st.sampled_from(KEYWORDS)).filter(
    lambda name: name.lower() != "select"
)
words = st.deferred(
    lambda: (
        st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="\"'(),"), min_size=1, max_size=12)
        | st.sampled_from([*KEYWORDS, "12e5", "2017-12-11", "=", "!=x", "{x}", "a@b", "\\", "-1.5e3"])
    )
)
literals = st.deferred(
    lambda: st.builds(word, words) | st.builds(quoted, st.text(max_size=20) | st.text("\\\"'%_n ", max_size=6))
)
paths = st.deferred(
    lambda: st.builds(Path, st.lists(st.builds(Step, names, st.none() | types), min_size=1, max_size=3).map(tuple))
)
projections = st.deferred(
    lambda: st.builds(Projection, paths, st.none() | st.sampled_from(["count", "sum", "avg", "min", "max"]))
)


def some(strategy: st.SearchStrategy, least: int = 0, most: int = 3) -> st.SearchStrategy:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


def _queries(criteria: st.SearchStrategy, least_projections: int = 0) -> st.SearchStrategy:
    numbers = st.none() | st.integers(0, 10**18 - 1)
    return st.builds(
        Query,
        entity_type=types,
        projections=some(projections, least_projections),
        criteria=criteria,
        group=some(paths, most=2),
        order=some(st.builds(Order, paths, st.booleans()), most=2),
        limit=numbers,
        offset=numbers,
    )


def _members(inner: st.SearchStrategy) -> st.SearchStrategy:
    # Only a query with criteria or "select" can be told from a list inside "in (...)".
    return some(literals) | _queries(inner) | _queries(st.none() | inner, least_projections=1)


leaves = st.deferred(
    lambda: (
        st.builds(Comparison, paths, st.sampled_from(Operator), literals)
        | st.builds(Membership, paths, some(literals), st.booleans())
    )
)
criteria = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Quantifier, paths, st.none() | inner),
        st.builds(Not, inner),
        st.builds(And, some(inner, 2)),
        st.builds(Or, some(inner, 2)),
        st.builds(Membership, paths, _members(inner), st.booleans()),
    ),
    max_leaves=12,
)
queries = st.deferred(lambda: _queries(st.none() | criteria))
