"""The verbs that look at every element: map, filter, fold, group, partition, sort and their relatives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.collections.arguments import check_functions
from trackteroid.collections.collection import check_name
from trackteroid.collections.container import Container
from trackteroid.collections.sorting import comparing, group_key, is_missing, ordering_key
from trackteroid.errors import AssignmentError, InvalidArgumentsError

if TYPE_CHECKING:
    from trackteroid.collections.empty import EmptyCollection
    from trackteroid.collections.entity_collection import EntityCollection

T = TypeVar("T")


class Transforming(Container):
    """Every function given to these methods receives the elements as collections of one entity."""

    __slots__ = ()

    def apply(self, predicate: Callable[[EntityCollection], Any], attribute_name: str | None = None) -> Any:
        """Set an attribute of every element to what *predicate* returns for it; return the attribute afterwards.

        Without *attribute_name*, the attribute that this collection was read from is set, and *predicate* receives the
        elements it had so far. This gives the same status to many tasks::

            versions.Task.Status.apply(lambda _: done)

        Raises:
            AssignmentError: a value does not fit, or there is neither a name nor an attribute this was read from.
                Nothing is changed then.
            UnloadedAttributeError: what this was read from was not loaded for all entities.
        """
        check_functions("apply", predicate)
        if attribute_name is not None:
            check_name(attribute_name)
            self._refuse_unloaded(f"Cannot apply this to {self!r}, which is not all of it")
            setattr(self, attribute_name, [predicate(element) for element in self])
            return self.attribute(attribute_name)
        source = self._frame.source
        if source is None or not source.complete:
            raise AssignmentError(
                f"{self!r} is not an attribute of other entities, or no longer all of it, so `apply` does not know "
                f"what to set. Name the attribute to set on these entities: `collection.apply(function, 'comment')`."
            )
        self._refuse_unloaded(f"Cannot apply this to {self!r}, which is not all of it")
        owner: Any = source.owner
        setattr(owner, source.attribute, [predicate(_current(element, source.attribute)) for element in owner])
        return owner.attribute(source.attribute)

    def count(self, predicate: Callable[[EntityCollection], object]) -> int:
        """Return for how many elements *predicate* is true."""
        check_functions("count", predicate)
        return sum(1 for element in self if predicate(element))

    def filter(self, predicate: Callable[[EntityCollection], object]) -> EntityCollection | EmptyCollection:
        """Return the elements for which *predicate* is true, in order."""
        check_functions("filter", predicate)
        view = self._views()
        return self._part([entity for entity in self._entities if predicate(view(entity))])

    def fold(self, startvalue: T, predicate: Callable[[T, EntityCollection], T]) -> T:
        """Combine all elements into one value, from the first to the last: ``predicate(so_far, element)``.

        >>> components.fold(0, lambda total, component: total + component.size[0])  # doctest: +SKIP
        """
        check_functions("fold", predicate)
        for element in self:
            startvalue = predicate(startvalue, element)
        return startvalue

    def group(self, predicate: Callable[[EntityCollection], object]) -> dict[Any, EntityCollection]:
        """Return the elements by what *predicate* returns for them, in order of first occurrence.

        A list of one element counts as that element, a longer list as a tuple: ``group(lambda v: v.name)`` groups by
        name, and ``group(lambda v: (v.Shot.name, v.asset.name))`` by both names. Collections are keys, too, also empty
        ones; None is the key of what has no value. An attribute of this name is ``attributes.group``.

        Raises:
            NoValueError: an element has no value because there is no entity that could have it, or because it was not
                loaded. Give it a fallback: ``v.Task.name or "no task"``.
        """
        check_functions("group", predicate)
        view, groups = self._views(), defaultdict[Any, list[FtrackEntity]](list)
        for entity in self._entities:
            groups[group_key(predicate(view(entity)))].append(entity)
        return {key: self._filled(entities) for key, entities in groups.items()}

    def group_and_map(
        self,
        group_predicate: Callable[[EntityCollection], object],
        map_predicate: Callable[[EntityCollection], T],
    ) -> dict[Any, T]:
        """Return what *map_predicate* makes of every group: ``group`` followed by a ``map`` over its values."""
        check_functions("group_and_map", group_predicate, map_predicate)
        return {key: map_predicate(elements) for key, elements in self.group(group_predicate).items()}

    def map(self, predicate: Callable[[EntityCollection], T]) -> list[T]:
        """Return the list of what *predicate* returns for every element."""
        check_functions("map", predicate)
        return [predicate(element) for element in self]

    def max(self, predicate: Callable[[EntityCollection], object]) -> EntityCollection:
        """Return the element with the largest key, the last one among equals.

        Keys are compared as in ``sort``. Elements without a value only count if no element has one.
        """
        check_functions("max", predicate)
        present, missing = self._with_keys(predicate, reverse=False)
        # Of equal ones Python returns the first that it meets.
        with comparing("max"):
            return self._element(max(reversed(present), key=_key)[1] if present else missing[-1])

    def min(self, predicate: Callable[[EntityCollection], object]) -> EntityCollection:
        """Return the element with the smallest key, the first one among equals.

        Keys are compared as in ``sort``. Elements without a value only count if no element has one.
        """
        check_functions("min", predicate)
        present, missing = self._with_keys(predicate, reverse=False)
        with comparing("min"):
            return self._element(min(present, key=_key)[1] if present else missing[0])

    def partition(
        self, predicate: Callable[[EntityCollection], object]
    ) -> tuple[EntityCollection | EmptyCollection, EntityCollection | EmptyCollection]:
        """Return the elements for which *predicate* is true, and the others."""
        check_functions("partition", predicate)
        matching: list[FtrackEntity] = []
        rest: list[FtrackEntity] = []
        view = self._views()
        for entity in self._entities:
            (matching if predicate(view(entity)) else rest).append(entity)
        return self._part(matching), self._part(rest)

    def sort(self, predicate: Callable[[EntityCollection], object], reverse: bool = False) -> EntityCollection:
        """Return the elements in the order of their keys; equal ones stay in the order they are in.

        A key may be a list, of which the largest element counts (so ``lambda v: v.version`` works), a single value, or
        a tuple of such for several criteria. Elements without a value come last, also in reverse order. An attribute of
        this name is ``attributes.sort``.
        """
        check_functions("sort", predicate)
        if not isinstance(reverse, int):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
            raise InvalidArgumentsError(f"reverse is {reverse!r}, but has to be True or False.")
        present, missing = self._with_keys(predicate, reverse=reverse)
        with comparing("sort"):
            present.sort(key=_key, reverse=reverse)
        return self._filled([*(entity for _, entity in present), *missing])

    def _with_keys(
        self, predicate: Callable[[EntityCollection], object], *, reverse: bool
    ) -> tuple[list[tuple[Any, FtrackEntity]], list[FtrackEntity]]:
        """Return the entities that have a key, each with it, and those that have none."""
        present: list[tuple[Any, FtrackEntity]] = []
        missing: list[FtrackEntity] = []
        view = self._views()
        for entity in self._entities:
            value = predicate(view(entity))
            if is_missing(value):
                missing.append(entity)
            else:
                present.append((ordering_key(value, reverse=reverse), entity))
        return present, missing


_key: Callable[[tuple[Any, FtrackEntity]], Any] = itemgetter(0)


def _current(element: Any, attribute_name: str) -> Any:
    return element.attribute(attribute_name)
