"""Long chains of ``(k1 is a and k2 is b) or (k1 is c and k2 is d) or ...``, as one list of values.

Clients populate entities with several keys that way, thousands of them at once; databases limit how many conditions
a chain may have, and would try one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.compiler.comparisons import Condition
from trackteroid.server.compiler.dialects import one_of_rows
from trackteroid.server.compiler.values import Incomparable, to_value
from trackteroid.server.language import And, Comparison, Criteria, Literal, Operator, Path

#: Shorter chains are left to the database as they are.
SHORTEST = 20


def key_paths(parts: Sequence[Criteria]) -> tuple[Path, ...] | None:
    """Return the attributes that every one of `parts` compares with one value each; None if they are anything else."""
    if len(parts) < SHORTEST:
        return None
    first = _values(parts[0])
    if first is None or any(len(path.steps) > 1 for path in first):
        return None
    paths = tuple(first)
    same = all((values := _values(part)) is not None and tuple(values) == paths for part in parts)
    return paths if same else None


def one_of_keys(
    columns: Sequence[tuple[sa.ColumnElement[Any], Any]], paths: Sequence[Path], parts: Sequence[Criteria]
) -> Condition:
    """Return whether `columns`, each with its attribute, hold one of the combinations of values in `parts`."""
    rows: list[list[Any]] = []
    for part in parts:
        values = _values(part) or {}
        try:
            rows.append(
                [to_value(attribute, values[path]) for path, (_, attribute) in zip(paths, columns, strict=True)]
            )
        except Incomparable:
            continue
    return one_of_rows([column for column, _ in columns], rows)


def _values(criteria: Criteria) -> dict[Path, Literal] | None:
    """Return values by path, if `criteria` is a conjunction of plain equalities."""
    parts = criteria.parts if isinstance(criteria, And) else (criteria,)
    values: dict[Path, Literal] = {}
    for part in parts:
        if not isinstance(part, Comparison) or part.operator is not Operator.IS or part.value.is_null:
            return None
        values[part.path] = part.value
    return values
