"""Answers as columns: one list of values for each projection, for those who want values and no entities.

Each projection is a plain value of the entity or of one that references lead to. Where it is a column of the statement
it is taken from there as it is; what is made of several, or takes a statement of its own, comes from the records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, cast

from trackteroid.server.compiler.readers import Layout, Record, Row
from trackteroid.server.compiler.sources import present_name
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import Path
from trackteroid.server.model import Scalar
from trackteroid.values import frozen

Columns = list[Sequence[Any]]


@frozen
class Place:
    """Where the values of one projection are.

    Attributes:
        names: The attributes along its path.
        slot: The column of each row; None if they are only in the records.
        is_moment: They are moments.
    """

    names: tuple[str, ...]
    slot: int | None
    is_moment: bool

    def of_record(self, record: Record) -> Any:
        """Return the value that is told of by a record; what is an entity for its kind is no value."""
        found: Any = record
        for name in self.names:
            found = cast("Record", found).get(name) if isinstance(found, dict) else None
        if isinstance(found, dict) and "__entity_type__" in cast("Record", found):
            return None
        value = cast("Any", found)
        return value["value"] if self.is_moment and value is not None else value


def places(root: Layout, paths: Sequence[Path]) -> list[Place]:
    """Return where the values of *paths* are in rows, of which `root` is the layout.

    Raises:
        QueryError: One is not one plain value for each entity.
    """
    return [_place(root, path) for path in paths]


def from_rows(found: Sequence[Place], rows: Sequence[Row]) -> Columns:
    """Return the columns of places that all have a slot."""
    return [list(map(itemgetter(place.slot), rows)) for place in found]


def from_records(found: Sequence[Place], records: Sequence[Record]) -> Columns:
    """Return the columns of any places."""
    readers: list[Callable[[Record], Any]] = [place.of_record for place in found]
    return [[read(record) for record in records] for read in readers]


def _place(root: Layout, path: Path) -> Place:
    layout, names, is_everywhere = root, [step.name for step in path.steps], True
    for index, step in enumerate(path.steps[:-1]):
        name = names[index] = present_name(layout.node.type, step.name)
        if name not in layout.references:
            raise _no_column(path)
        # A kind of the type may have a column in their table, and be no entity that has this attribute.
        kinds = layout.model.subtypes(layout.node.type)
        is_everywhere &= all(layout.node.relation(layout.model, name, kind) is not None for kind in kinds)
        layout = layout.references[name]
    name = names[-1] = present_name(layout.node.type, names[-1])
    kinds = layout.model.subtypes(layout.node.type)
    scalars = [(kind, each) for kind in kinds if isinstance(each := kind.attributes.get(name), Scalar)]
    if not scalars:
        raise _no_column(path)
    is_everywhere &= len(scalars) == len(kinds) and all(kind.column(name) is not None for kind, _ in scalars)
    slot = layout.slots.get(name) if is_everywhere else None
    return Place(tuple(names), slot, any(attribute.is_datetime for _, attribute in scalars))


def _no_column(path: Path) -> QueryError:
    return QueryError(f"{path} is not one plain value for each entity, and so it cannot be a column of an answer.")
