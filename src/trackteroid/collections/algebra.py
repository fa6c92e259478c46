"""The operations on sets of entities. Every result keeps the order of its first operand and has no duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.collections.collection import BoundCollection, check_same_world
from trackteroid.collections.container import Container
from trackteroid.collections.sets import Table
from trackteroid.collections.transforming import Transforming
from trackteroid.errors import EntityCollectionOperationError

if TYPE_CHECKING:
    from trackteroid.collections.empty import EmptyCollection
    from trackteroid.collections.entity_collection import EntityCollection


class SetAlgebra(Transforming):
    """Union, intersection and differences, as methods with any number of operands and as operators.

    All operands are collections of the same type, session and schema; ``TypedContext(shots) | TypedContext(folders)``
    brings collections to a common type. An ``EmptyCollection`` fits everywhere.
    """

    __slots__ = ()

    def union(self, *others: EntityCollection | EmptyCollection) -> EntityCollection:
        """Return the own elements, followed by those of the others that are new."""
        own, *rest = self._tables("union", others)
        found = own.entities
        for table in rest:
            found = found | table.entities | found
        return self._kept(own.of, found, others)

    def intersection(self, *others: EntityCollection | EmptyCollection) -> EntityCollection | EmptyCollection:
        """Return the elements that all the others have too."""
        own, *rest = self._tables("intersection", others)
        kept = own.entities if len(rest) == len(others) else {}
        for table in rest:
            kept = {key: entity for key, entity in kept.items() if key in table.entities}
        return self._kept(own.of, kept, others)

    def difference(self, *others: EntityCollection | EmptyCollection) -> EntityCollection | EmptyCollection:
        """Return the elements that none of the others has."""
        own, *rest = self._tables("difference", others)
        kept = own.entities
        for table in rest:
            kept = {key: entity for key, entity in kept.items() if key not in table.entities}
        return self._kept(own.of, kept, others)

    def symmetric_difference(self, *others: EntityCollection | EmptyCollection) -> EntityCollection | EmptyCollection:
        """Return the elements that exactly one of all the collections has.

        For three and more collections this is not the same as ``a ^ b ^ c``, which has what an odd number of them has.
        """
        own, *rest = self._tables("symmetric difference", others)
        found, repeated = own.entities, set[Any]()
        for table in rest:
            repeated |= found.keys() & table.entities.keys()
            found = found | table.entities
        return self._kept(own.of, {key: entity for key, entity in found.items() if key not in repeated}, others)

    def __or__(self, other: object) -> Any:
        return self.union(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def __and__(self, other: object) -> Any:
        return self.intersection(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def __sub__(self, other: object) -> Any:
        return self.difference(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def __xor__(self, other: object) -> Any:
        return self.symmetric_difference(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def _united(self, others: Sequence[Any]) -> Any:
        return self.union(*others)

    def _kept(self, of: str, entities: dict[Any, FtrackEntity], others: tuple[BoundCollection, ...]) -> Any:
        frame = self._frame.part(self._entities)
        for other in others:
            if other._frame.unloaded is not None:
                frame = frame.lacking(other._frame.unloaded)
        return self._of_table(frame, Table(of, entities))

    def _tables(self, operation: str, others: tuple[EntityCollection | EmptyCollection, ...]) -> list[Table]:
        """Return the elements of this collection and of the others that have any, all told apart by the same."""
        operands: list[Container] = [self, *self._operands(operation, others)]
        tables = [operand._table() for operand in operands]
        if len({table.of for table in tables}) == 1:
            return tables
        return [Table("", operand._by_key()) for operand in operands]

    def _operands(self, operation: str, others: tuple[EntityCollection | EmptyCollection, ...]) -> list[Container]:
        """Return the others that have elements, after checking that they all fit."""
        for other in others:
            if not isinstance(other, BoundCollection):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
                raise EntityCollectionOperationError(
                    f"The {operation} of {self!r} and {other!r} is not possible: both must be collections."
                )
        check_same_world(self, *others)
        filled: list[Container] = []
        for other in others:
            if isinstance(other, Container):
                filled.append(other)
            else:
                bool(other)  # which tells if it is empty because it was not loaded
        for other in filled:
            if other.entity_type is not self._frame.entity_type:
                raise EntityCollectionOperationError(
                    f"The {operation} of {self!r} and {other!r} is not possible: their types differ. "
                    f"Bring both to a common type first, such as `TypedContext(collection)`."
                )
        return filled
