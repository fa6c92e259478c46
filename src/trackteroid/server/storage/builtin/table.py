"""Rows written as tables: a header, then one tuple per row."""

from __future__ import annotations

import uuid
from typing import Any

Row = tuple[str, dict[str, Any]]

_NAMESPACE = uuid.UUID("6f0a4c1e-2f53-5d0c-9a4b-7f1f3a7c5b10")


def table(entity_type: str, header: str, *rows: tuple[Any, ...]) -> list[Row]:
    """Return rows of `entity_type`; `header` names the attributes of the columns, separated by blanks.

    Example:
        >>> table("Scope", "id name", ("a", "Trailer"))
        [('Scope', {'id': 'a', 'name': 'Trailer'})]
    """
    names = header.split()
    return [(entity_type, dict(zip(names, row, strict=True))) for row in rows]


def named_table(entity_type: str, header: str, *rows: tuple[Any, ...]) -> list[Row]:
    """As `table`, for rows without an id of their own: it is made from the first column."""
    return table(entity_type, f"id {header}", *((named_id(entity_type, str(row[0])), *row) for row in rows))


def named_id(entity_type: str, name: str) -> str:
    """Return the id of a built-in row whose id is fixed by nothing but its name."""
    return str(uuid.uuid5(_NAMESPACE, f"{entity_type}/{name}"))
