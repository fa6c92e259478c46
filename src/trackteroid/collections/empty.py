"""The collection of no entities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid import configuration
from trackteroid.collections.arguments import check_functions
from trackteroid.collections.collection import BoundCollection, check_same_world, common_type, frame_of, require_type
from trackteroid.collections.context import Binding, Frame, Source
from trackteroid.collections.empty_values import EmptyValues
from trackteroid.collections.missing import Unloaded
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import CreationError, EntityCollectionOperationError
from trackteroid.schema import AttributeSchema

if TYPE_CHECKING:
    from trackteroid.collections.entity_collection import EntityCollection

T = TypeVar("T")


class EmptyCollection(BoundCollection):
    """No entities of a type: falsy, without elements, and safe to go on with.

    Reading an attribute of nothing gives nothing, of the type the schema knows, so that chains never break and a
    fallback can stand at their end::

        latest = shot.AssetVersion.filter(is_published).max(by_version) or "nothing published"

    New entities can be created right below a collection or a query, where the parent is known, and not further on.

    Some are empty because what they were read from was not loaded. They say so when they are printed or used: whatever
    looks at their elements or reads a value through them does what the session does about ``missing``.
    """

    __slots__ = ("_depth",)

    _depth: int

    def __init__(
        self,
        entity_type: type[Entity],
        bound: Binding,
        source: Source | None = None,
        *,
        depth: int = 1,
        unloaded: Unloaded | None = None,
    ) -> None:
        object.__setattr__(self, "_frame", Frame(entity_type, bound, source, unloaded=unloaded))
        object.__setattr__(self, "_depth", depth)

    def _read(self, attribute: AttributeSchema, rest: str = "") -> EmptyCollection | EmptyValues:
        unloaded = self._frame.unloaded and Unloaded(self, attribute)
        if attribute.kind in ("scalar", "mapped"):
            if unloaded:
                unloaded.tell()
            return EmptyValues(self, attribute.name, unloaded or None)
        target = entity_class(common_type(attribute), self._types)
        source = Source(self, attribute.name)
        return EmptyCollection(target, self._frame.bound, source, depth=self._depth + 1, unloaded=unloaded)

    def _read_custom(self, key: str) -> EmptyValues:
        self._use()
        return EmptyValues(self, f"custom_{key}", self._frame.unloaded)

    def _retyped(self, entity_type: type[Entity]) -> EmptyCollection:
        frame = self._frame
        return EmptyCollection(entity_type, frame.bound, frame.source, depth=self._depth, unloaded=frame.unloaded)

    def _united(self, others: Sequence[Any]) -> Any:
        filled = [each for each in others if not isinstance(each, EmptyCollection)]
        if filled:
            return filled[0].union(*filled[1:], self, *(each for each in others if isinstance(each, EmptyCollection)))
        every = [each for each in (self._frame.unloaded, *(other._frame.unloaded for other in others)) if each]
        frame, unloaded = self._frame, every[0].along_with(every[1:]) if every else None
        return EmptyCollection(frame.entity_type, frame.bound, frame.source, depth=self._depth, unloaded=unloaded)

    def _as_loaded(self) -> EmptyCollection:
        frame = self._frame
        return EmptyCollection(frame.entity_type, frame.bound, frame.source, depth=self._depth)

    def _use(self) -> None:
        """Tell that nothing was loaded here, if that is why nothing is here."""
        if self._frame.unloaded is not None:
            self._frame.unloaded.tell()

    # Container

    def __len__(self) -> Literal[0]:
        self._use()
        return 0

    def __bool__(self) -> Literal[False]:
        self._use()
        return False

    def __iter__(self) -> Iterator[EntityCollection]:
        self._use()
        return iter(())

    def __contains__(self, _item: object) -> Literal[False]:
        self._use()
        return False

    def __getitem__(self, item: object) -> EmptyCollection:
        if isinstance(item, type) and issubclass(item, Entity):
            return self._retyped(item)
        return self

    def __eq__(self, other: object) -> bool:
        self._use()
        if not isinstance(other, EmptyCollection):
            return False
        other._use()
        return True

    def __hash__(self) -> int:
        return hash(())

    def __repr__(self) -> str:
        known = "" if self._frame.unloaded is None else " (not loaded)"
        return f"EmptyCollection[{self._frame.entity_type.__name__}]{known}"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        self._refuse_unloaded(f'Cannot set "{name}" on {self!r}, which has no entities')
        raise EntityCollectionOperationError(
            f'Cannot set "{name}" on {self!r}: there are no entities to set it on. '
            f"Check first that the collection is not empty."
        )

    def keys(self) -> KeysView[Any]:
        """Return the ids: none."""
        self._use()
        return dict[Any, Any]().keys()

    def values(self) -> tuple[FtrackEntity, ...]:
        """Return the ftrack entities: none."""
        self._use()
        return ()

    # Transformation: neutral results

    def apply(self, predicate: Callable[[Any], object], attribute_name: str | None = None) -> Any:
        """Change nothing; return the (empty) attribute."""
        check_functions("apply", predicate)
        self._refuse_unloaded("There is nothing to apply this to")
        return self if attribute_name is None else self.attribute(attribute_name)

    def count(self, predicate: Callable[[Any], object]) -> int:
        """Return 0."""
        check_functions("count", predicate)
        self._use()
        return 0

    def filter(self, predicate: Callable[[Any], object]) -> EmptyCollection:
        """Return this collection."""
        check_functions("filter", predicate)
        self._use()
        return self

    def fold(self, startvalue: T, predicate: Callable[[T, Any], T]) -> T:
        """Return the start value."""
        check_functions("fold", predicate)
        self._use()
        return startvalue

    def group(self, predicate: Callable[[Any], object]) -> dict[Any, Any]:
        """Return an empty dictionary."""
        check_functions("group", predicate)
        self._use()
        return {}

    def group_and_map(
        self, group_predicate: Callable[[Any], object], map_predicate: Callable[[Any], T]
    ) -> dict[Any, T]:
        """Return an empty dictionary."""
        check_functions("group_and_map", group_predicate, map_predicate)
        self._use()
        return {}

    def map(self, predicate: Callable[[Any], T]) -> list[T]:
        """Return an empty list."""
        check_functions("map", predicate)
        self._use()
        return []

    def max(self, predicate: Callable[[Any], object]) -> EmptyCollection:
        """Return this collection."""
        check_functions("max", predicate)
        self._use()
        return self

    def min(self, predicate: Callable[[Any], object]) -> EmptyCollection:
        """Return this collection."""
        check_functions("min", predicate)
        self._use()
        return self

    def partition(self, predicate: Callable[[Any], object]) -> tuple[EmptyCollection, EmptyCollection]:
        """Return this collection twice."""
        check_functions("partition", predicate)
        self._use()
        return self, self

    def sort(self, predicate: Callable[[Any], object], reverse: bool = False) -> EmptyCollection:
        """Return this collection."""
        check_functions("sort", predicate)
        self._use()
        return self

    # Set algebra

    def union(self, *others: EntityCollection | EmptyCollection) -> Any:
        """Return the union of the others."""
        check_same_world(self, *others)
        self._use()
        filled = [other for other in others if other]
        return filled[0].union(*filled[1:], self) if filled else self

    def intersection(self, *others: EntityCollection | EmptyCollection) -> EmptyCollection:
        """Return this collection: nothing is in all of them."""
        check_same_world(self, *others)
        self._use()
        return self

    def difference(self, *others: EntityCollection | EmptyCollection) -> EmptyCollection:
        """Return this collection."""
        check_same_world(self, *others)
        self._use()
        return self

    def symmetric_difference(self, *others: EntityCollection | EmptyCollection) -> Any:
        """Return the symmetric difference of the others."""
        check_same_world(self, *others)
        self._use()
        filled = [other for other in others if other]
        return filled[0].symmetric_difference(*filled[1:], self) if filled else self

    def __or__(self, other: object) -> Any:
        return self.union(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def __and__(self, other: object) -> Any:
        return self.intersection(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def __sub__(self, other: object) -> Any:
        return self.difference(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    def __xor__(self, other: object) -> Any:
        return self.symmetric_difference(other) if isinstance(other, BoundCollection) else NotImplemented  # pyright: ignore[reportArgumentType]

    # Authoring

    def create(self, **attributes: Any) -> EntityCollection:
        """Create the first entity here; its parent is the collection that this one was read from.

        Nothing needs to be loaded for it: ``asset.versions.create(task=task)`` works without asking the server.

        Raises:
            CreationError: the parent is not known, or there are several; or a value does not fit.
        """
        from trackteroid.collections.change.create import create

        check_values(attributes)
        return create(self._to_create_in(), attributes)

    def create_batch(self, *batch: dict[str, Any]) -> Any:
        """Create one entity for every dictionary of attributes and return all of them."""
        from trackteroid.collections.change.create import create_batch

        check_values(*batch)
        return create_batch(self._to_create_in(), batch)

    def _to_create_in(self) -> EmptyCollection:
        """Return this collection, in which creating reads nothing.

        Raises:
            CreationError: what the new entity would belong to was not loaded.
        """
        unloaded = self._frame.unloaded
        if unloaded is not None and (self._depth > 1 or unloaded.attribute.kind == "reference"):
            raise CreationError(
                f"There is nothing that the new {self._frame.entity_type.__name__} could belong to. Load or create its "
                f"parent first. {unloaded.reason()}"
            )
        return self._as_loaded()

    def delete(self) -> Session:
        """Delete nothing; return the session."""
        self._refuse_unloaded("There is nothing to delete")
        return self._session

    def fetch_attributes(self, *attributes: object, only_missing: bool = False) -> EmptyCollection:
        """Load nothing, without a request."""
        from trackteroid.collections.querying import requested_paths

        requested_paths(self, self._type_name, attributes)
        self._use()
        configuration.logger("entities").info("There is nothing to load %s for.", ", ".join(map(str, attributes)))
        return self

    def get(self, entity_type: type[Entity], projections: object = None) -> Any:
        """Return the empty collection of related entities, without a request."""
        from trackteroid.collections.querying import requested_paths

        requested_paths(self, require_type(entity_type).__name__, projections)
        self._use()
        return self.attribute(entity_type.__name__)

    def as_query(self, use_ids: bool = False) -> Any:
        """Return a query that finds nothing."""
        self._use()
        from trackteroid.collections.querying import new_query

        return new_query(self, self._frame.entity_type).by_id()

    def query_children(self, projections: object = None, session: object = None) -> EmptyCollection:
        """Return no children, without a request."""
        from trackteroid.collections.querying import requested_paths

        requested_paths(self, "TypedContext", projections)
        self._use()
        return self._retyped(entity_class("TypedContext"))

    def link_inputs(self, other: object) -> EmptyCollection:
        """Link nothing."""
        self._refuse_unloaded("There is nothing to link")
        return self

    link_outputs = unlink_inputs = unlink_outputs = link_inputs


depth_of: Callable[[EmptyCollection], int] = attrgetter("_depth")
"""Return how many attributes were read since the last collection that had entities."""


def check_values(*batch: Mapping[str, object]) -> None:
    """Refuse to create entities with collections that are only empty because they were not loaded.

    Raises:
        CreationError: a dictionary of the batch has such a value.
    """
    for name, value in (item for each in batch if isinstance(each, Mapping) for item in each.items()):  # pyright: ignore[reportUnnecessaryIsInstance]  # nobody checks our callers
        for part in cast("list[object]", value) if isinstance(value, list | tuple) else (value,):
            if isinstance(part, EmptyCollection) and (unloaded := frame_of(part).unloaded):
                raise CreationError(f"'{name}' is {part!r}. {unloaded.reason()}")
