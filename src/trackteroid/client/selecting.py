"""Query text that selects entities by their primary keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def quoted(value: object) -> str:
    """Return a value as it is written in a query."""
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def with_keys(
    type_name: str, names: Sequence[str], keys: Iterable[Sequence[object]], projections: Iterable[str]
) -> str:
    """Return the query for the *projections* of the entities with these primary keys.

    Args:
        type_name: their type.
        names: the attributes of its primary key.
        keys: one value for each of these attributes, per entity.
        projections: what to ask for.

    >>> with_keys("Task", ["id"], [["a"], ["b"]], ["name"])
    'select name from Task where id in ("a","b")'
    """
    return " ".join(("select", ", ".join(projections), "from", type_name, "where", key_condition(names, keys)))


def key_condition(names: Sequence[str], keys: Iterable[Sequence[object]]) -> str:
    """Return the condition that an entity has one of these primary keys."""
    *before, last = names
    # Of keys with several parts, those that differ in the last part only share a list.
    lists: dict[tuple[object, ...], list[object]] = {}
    for *start, end in keys:
        lists.setdefault(tuple(start), []).append(end)
    rows = [
        " and ".join(
            (
                *(f"{name} is {quoted(value)}" for name, value in zip(before, start, strict=True)),
                f"{last} in ({','.join(map(quoted, ends))})",
            )
        )
        for start, ends in lists.items()
    ]
    return rows[0] if len(rows) == 1 else " or ".join(f"({row})" for row in rows)
