"""The collection of no entities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid import configuration
from trackteroid.collections.bound import BoundCollection, check_same_world, common_type, require_type
from trackteroid.collections.empty_values import EMPTY_VALUES, EmptyValues
from trackteroid.collections.frames import Binding, Frame, Source
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import EntityCollectionOperationError
from trackteroid.schema import AttributeSchema

if TYPE_CHECKING:
    from trackteroid.collections.core import EntityCollection

T = TypeVar("T")


class EmptyCollection(BoundCollection):
    """No entities of a type: falsy, without elements, and safe to go on with.

    Reading an attribute of nothing gives nothing, of the type the schema knows, so that chains never break and a
    fallback can stand at their end::

        latest = shot.AssetVersion.filter(is_published).max(by_version) or "nothing published"

    ``depth`` counts how far it is from something that exists: 1 right below a collection or a query, 2 for an
    attribute of that, and so on. New entities can be created at depth 1, where the parent is known.
    """

    __slots__ = ("_depth",)

    _depth: int

    def __init__(
        self, entity_type: type[Entity], bound: Binding, source: Source | None = None, *, depth: int = 1
    ) -> None:
        object.__setattr__(self, "_frame", Frame(entity_type, bound, source))
        object.__setattr__(self, "_depth", depth)

    @property
    def depth(self) -> int:
        """How many attributes were read since the last collection that had entities."""
        return self._depth

    def _read(self, attribute: AttributeSchema) -> EmptyCollection | EmptyValues:
        if attribute.kind in ("scalar", "mapped"):
            return EMPTY_VALUES
        target = entity_class(common_type(attribute), self._types)
        return EmptyCollection(target, self._frame.bound, Source(self, attribute.name), depth=self._depth + 1)

    def _read_custom(self, key: str) -> EmptyValues:
        return EMPTY_VALUES

    def retyped(self, entity_type: type[Entity]) -> EmptyCollection:
        return EmptyCollection(entity_type, self._frame.bound, self._frame.source, depth=self._depth)

    # Container

    def __len__(self) -> Literal[0]:
        return 0

    def __bool__(self) -> Literal[False]:
        return False

    def __iter__(self) -> Iterator[EntityCollection]:
        return iter(())

    def __contains__(self, _item: object) -> Literal[False]:
        return False

    def __getitem__(self, item: object) -> EmptyCollection:
        if isinstance(item, type) and issubclass(item, Entity):
            return self.retyped(item)
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmptyCollection)

    def __hash__(self) -> int:
        return hash(())

    def __repr__(self) -> str:
        return f"EmptyCollection[{self._frame.entity_type.__name__}]"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise EntityCollectionOperationError(
            f'Cannot set "{name}" on {self!r}: there are no entities to set it on. '
            f"Check first that the collection is not empty, or that what leads to it was projected."
        )

    def keys(self) -> KeysView[Any]:
        """Return the ids: none."""
        return dict[Any, Any]().keys()

    def values(self) -> tuple[FtrackEntity, ...]:
        """Return the ftrack entities: none."""
        return ()

    # Transformation: neutral results

    def apply(self, predicate: Callable[[Any], object], attribute_name: str | None = None) -> Any:
        """Change nothing; return the (empty) attribute."""
        return self if attribute_name is None else self.attribute(attribute_name)

    def count(self, predicate: Callable[[Any], object]) -> int:
        """Return 0."""
        return 0

    def filter(self, predicate: Callable[[Any], object]) -> EmptyCollection:
        """Return this collection."""
        return self

    def fold(self, startvalue: T, predicate: Callable[[T, Any], T]) -> T:
        """Return the start value."""
        return startvalue

    def group(self, predicate: Callable[[Any], object]) -> dict[Any, Any]:
        """Return an empty dictionary."""
        return {}

    def group_and_map(
        self, group_predicate: Callable[[Any], object], map_predicate: Callable[[Any], T]
    ) -> dict[Any, T]:
        """Return an empty dictionary."""
        return {}

    def map(self, predicate: Callable[[Any], T]) -> list[T]:
        """Return an empty list."""
        return []

    def max(self, predicate: Callable[[Any], object]) -> EmptyCollection:
        """Return this collection."""
        return self

    def min(self, predicate: Callable[[Any], object]) -> EmptyCollection:
        """Return this collection."""
        return self

    def partition(self, predicate: Callable[[Any], object]) -> tuple[EmptyCollection, EmptyCollection]:
        """Return this collection twice."""
        return self, self

    def sort(self, predicate: Callable[[Any], object], reverse: bool = False) -> EmptyCollection:
        """Return this collection."""
        return self

    # Set algebra

    def union(self, *others: EntityCollection | EmptyCollection) -> Any:
        """Return the union of the others."""
        check_same_world(self, *others)
        filled = [other for other in others if other]
        return filled[0].union(*filled[1:]) if filled else self

    def intersection(self, *others: EntityCollection | EmptyCollection) -> EmptyCollection:
        """Return this collection: nothing is in all of them."""
        check_same_world(self, *others)
        return self

    def difference(self, *others: EntityCollection | EmptyCollection) -> EmptyCollection:
        """Return this collection."""
        check_same_world(self, *others)
        return self

    def symmetric_difference(self, *others: EntityCollection | EmptyCollection) -> Any:
        """Return the symmetric difference of the others."""
        check_same_world(self, *others)
        filled = [other for other in others if other]
        return filled[0].symmetric_difference(*filled[1:]) if filled else self

    def __or__(self, other: object) -> Any:
        return self.union(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def __and__(self, other: object) -> Any:
        return self if isinstance(other, BoundCollection) else NotImplemented

    def __sub__(self, other: object) -> Any:
        return self if isinstance(other, BoundCollection) else NotImplemented

    def __xor__(self, other: object) -> Any:
        return self.union(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    # Authoring

    def create(self, **attributes: Any) -> EntityCollection:
        """Create the first entity here; its parent is the collection that this one was read from.

        Nothing needs to be loaded for it: ``asset.versions.create(task=task)`` works without asking the server.

        Raises:
            CreationError: the parent is not known, or there are several; or a value does not fit.
        """
        from trackteroid.collections.creation import create

        return create(self, attributes)

    def create_batch(self, *batch: dict[str, Any]) -> Any:
        """Create one entity for every dictionary of attributes and return all of them."""
        from trackteroid.collections.creation import create_batch

        return create_batch(self, batch)

    def delete(self) -> Session:
        """Delete nothing; return the session."""
        return self._session

    def fetch_attributes(self, *attributes: object, only_missing: bool = False) -> EmptyCollection:
        """Load nothing, without a request."""
        configuration.logger("entities").info("There is nothing to load %s for.", ", ".join(map(str, attributes)))
        return self

    def get(self, entity_type: type[Entity], projections: object = None) -> Any:
        """Return the empty collection of related entities, without a request."""
        return self.attribute(require_type(entity_type).__name__)

    def as_query(self, use_ids: bool = False) -> Any:
        """Return a query that finds nothing."""
        from trackteroid.collections.querying import new_query

        return new_query(self, self._frame.entity_type).by_id()

    def query_children(self, projections: object = None, session: object = None) -> EmptyCollection:
        """Return no children, without a request."""
        return self.retyped(entity_class("TypedContext"))

    def link_inputs(self, other: object) -> EmptyCollection:
        """Link nothing."""
        return self

    link_outputs = unlink_inputs = unlink_outputs = link_inputs
