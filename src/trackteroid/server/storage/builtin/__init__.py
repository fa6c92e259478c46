"""What a server holds before anybody has worked on it.

Locations, object types, statuses, task types, project schemas and the like. Ids that are the same on every site are
kept; all others follow from the name, so that two fresh servers agree.

Example:
    >>> kind, values = next(iter(rows()))
    >>> kind, values["name"]
    ('Location', 'ftrack.origin')
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from trackteroid.server.storage.builtin import attributes, schemas, site, vocabulary
from trackteroid.server.storage.builtin.table import Row, named_id

__all__ = ["Row", "find_id", "named_id", "rows"]


def rows() -> Iterator[Row]:
    """Yield the built-in rows as (entity type, values by attribute name), every row after the ones it refers to."""
    for part in (site, vocabulary, attributes, schemas):
        yield from part.rows()


@cache
def find_id(entity_type: str, name: str) -> str:
    """Return the id of the built-in row of `entity_type` called `name`; raises `LookupError` if there is none."""
    ids = {values["name"]: values["id"] for kind, values in rows() if kind == entity_type and "name" in values}
    if name not in ids:
        raise LookupError(f"There is no built-in {entity_type} called {name!r}. There are: {', '.join(ids) or 'none'}.")
    return ids[name]
