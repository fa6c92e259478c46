"""The collections that users see. What their methods do is in the modules beside, which do not know these classes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, KeysView, Sequence
from copy import copy
from itertools import compress
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, cast, overload
from uuid import UUID

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import key_of, plain_value
from trackteroid.client.missing import reading
from trackteroid.collections import history as histories
from trackteroid.collections import querying, sorting, tabular
from trackteroid.collections.arguments import (
    check_functions,
    check_kind,
    entities_for,
    no_name,
    require_type,
    unknown_attribute,
)
from trackteroid.collections.attributes import E_co, Readable
from trackteroid.collections.change import assign as assigning
from trackteroid.collections.change import create as creating
from trackteroid.collections.change import links, pending
from trackteroid.collections.context import (
    Context,
    Memo,
    Origin,
    Selection,
    Source,
    Table,
    at,
    by_id,
    by_key,
    check_same_world,
    context_of,
    entities_in,
    find_attribute,
    find_id,
    memo_of,
    of_type,
    table_of,
    type_name_of,
    views_of,
)
from trackteroid.collections.files.verbs import FileVerbs
from trackteroid.collections.missing import along_with, refuse_unloaded, tell
from trackteroid.collections.reading import Attributes, custom_names, read_custom, read_entities, read_values
from trackteroid.collections.sets import OPERATIONS, includes, operands
from trackteroid.collections.trees import hierarchy
from trackteroid.collections.trees.verbs import TreeVerbs
from trackteroid.display import graphs
from trackteroid.entities.base import Entity, entity_class
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError
from trackteroid.schema.relations import SchemaEntry, Ways, relations_of
from trackteroid.schema.types import AttributeSchema, Step
from trackteroid.tabular import DataTable, Tabular

if TYPE_CHECKING:
    from typing import TypeGuard

    from typing_extensions import Self

    from trackteroid.chains import Chain
    from trackteroid.collections.attributes import Creator
    from trackteroid.collections.history import Change
    from trackteroid.display.graphs import Explanation
    from trackteroid.display.trees import Tree

T = TypeVar("T")
E = TypeVar("E", bound=Entity)


class Collection(TreeVerbs, FileVerbs, Tabular, Readable[E_co]):
    """Entities of one type, any number of them: ordered, without duplicates, immutable.

    Every function given to a method receives the elements, as collections of one entity. What is changed is checked
    before anything is recorded, an error leaves the session as it was, and nothing is sent before `commit`.
    """

    __slots__ = ()

    def explain(self, target: type[Entity]) -> Explanation:
        """Describe the path that leads from these entities to those of *target*, as ``collection.Target`` takes it.

        Its ``graph`` draws it.

        Raises:
            RelationError: no path is known.
        """
        relations = relations_of(self._context.session, self._context.schema)
        own, name = type_name_of(self), require_type(target).__name__
        return graphs.Explanation.of(relations.explain(own, name), [own], relations.edges(own, name))

    def from_entities(
        self,
        entities: FtrackEntity | Iterable[FtrackEntity],
        type_override: type[Entity] | None = None,
        source: Source | None = None,
    ) -> Any:
        """Return the collection of these entities of ftrack_api, with the session and schema of this one.

        They are of the type of this collection, or of the one that *type_override* names.

        >>> shots.from_entities(session.query("Shot where name is sh010").all())  # doctest: +SKIP
        EntityCollection[Shot]{1}

        Raises:
            CoercionError: an entity is not of that type.
            EntityCollectionOperationError: an entity belongs to another session.
        """
        wanted = self._context.entity_type if type_override is None else require_type(type_override)
        given = entities_for(self, wanted, entities)
        return collected(Context(wanted, self._context.origin, source), Table.make(given))

    # Elements

    def __iter__(self) -> Iterator[EntityCollection[E_co]]:
        return map(views_of(self), self.values())

    def __reversed__(self) -> Iterator[EntityCollection[E_co]]:
        return map(views_of(self), reversed(self.values()))

    @overload
    def __getitem__(self, item: int | str | FtrackEntity | tuple[Any, ...] | UUID) -> EntityCollection[E_co]: ...

    @overload
    def __getitem__(self, item: slice) -> EntityCollection[E_co] | EmptyCollection[E_co]: ...

    @overload
    def __getitem__(self, item: type[E]) -> EntityCollection[E]: ...

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, str) and (found := by_id(self).get(item)) is not None:
            return self._element(found)  # thousands of ids are looked up so
        if isinstance(item, slice):
            return self._part(self._entities[item])
        if isinstance(item, type) and issubclass(item, Entity):
            return retyped(self, item) if item is Entity else made(*of_type(self, item))
        return self._element(at(self, cast("object", item)))

    def __contains__(self, item: object) -> bool:
        if is_collection(item):
            # No entities are in none, and tell if that is because they were not loaded.
            return bool(item) and includes(self, item)
        if isinstance(item, FtrackEntity):
            return key_of(item) in by_key(self)
        return isinstance(item, str | tuple | UUID) and find_id(self, cast("Hashable", item)) is not None

    def __eq__(self, other: object) -> bool:
        entities = self.values()
        if not is_collection(other) or len(entities) != len(other.values()):
            return False
        mine, theirs = table_of(self), table_of(other)
        return mine.of == theirs.of and tuple(mine.entities) == tuple(theirs.entities)

    def __hash__(self) -> int:
        table = table_of(self)
        return hash((table.of, *table.entities))

    def keys(self) -> KeysView[Hashable]:
        """Return the ids, in order (tuples for the types that are identified by several attributes)."""
        return by_id(self).keys()

    # Attributes

    def attribute(self, name: str) -> Any:
        """Read attribute *name*, also when a method or property of collections has the same name; see `attributes`.

        >>> shots.attribute("sort")  # doctest: +SKIP
        [10.0, 20.0]

        Raises:
            UnknownAttributeError: the entity type has no such attribute; the message suggests similar ones.
        """
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # nobody checks our callers
            raise no_name(name)
        found = self._find_attribute(name)
        if found is not None:
            return self._read(found)
        if name.startswith(assigning.CUSTOM_PREFIX) and name != assigning.CUSTOM_PREFIX:
            custom = self._find_attribute("custom_attributes")
            if custom is not None:
                return read_custom(self, custom, name.removeprefix(assigning.CUSTOM_PREFIX))
        if self._context.types.find_type(name):
            return self._read_related(name)
        raise unknown_attribute(self, name)

    @property
    def attributes(self) -> Attributes[E_co]:
        """The attributes of the entities, under names that no method hides: read, set and completed like others.

        >>> statuses.attributes.sort  # doctest: +SKIP
        [10.0, 20.0]
        """
        return Attributes(self, lambda: {*self._context.types.attributes(type_name_of(self)), *custom_names(self)})

    def _get(self, name: str) -> Any:
        # Functions given to `filter`, `map` and the like read a plain value of one entity, thousands of times.
        if len(self._entities) == 1:
            (entity,) = self._entities
            plan = self._context.origin.attributes.get((type(entity), name))
            if plan is not None and plan.kind == "scalar":
                value = plain_value(entity, name)
                return self._read(plan) if value is NOT_SET else [value]
            ways = self._context.origin.ways.get((type(entity), name)) if plan is None else None
            if ways is not None:
                return self._reach(ways, name)
        # Python looks for protocols (copying, pickling, arrays) under such names: they must be found missing.
        if name.startswith("__"):
            raise AttributeError(name)
        return self.attribute(name)

    def _set(self, name: str, value: object) -> None:
        refuse_unloaded(self, f'Cannot set "{name}" on {self!r}, which is not all of it')
        assigning.assign(self, name, value, follow=self._follow)

    if not TYPE_CHECKING:  # checkers know the attributes by the stub of `Readable`
        __getattr__, __setattr__ = _get, _set

    def __dir__(self) -> list[str]:
        types = self._context.types
        return sorted({*super().__dir__(), *types.attributes(type_name_of(self)), *custom_names(self), *types.types})

    def _ipython_key_completions_(self) -> list[str]:
        return [each for each in by_id(self) if isinstance(each, str)]

    # Verbs that look at every element

    def apply(self, predicate: Callable[[EntityCollection[E_co]], Any], attribute_name: str | None = None) -> Any:
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
        return assigning.assign_each(self, predicate, attribute_name)

    def count(self, predicate: Callable[[EntityCollection[E_co]], object]) -> int:
        """Return for how many elements *predicate* is true."""
        check_functions("count", predicate)
        return sum(map(bool, self.map(predicate)))

    def filter(
        self, predicate: Callable[[EntityCollection[E_co]], object]
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]:
        """Return the elements for which *predicate* is true, in order."""
        check_functions("filter", predicate)
        return self._part(tuple(compress(self._entities, self.map(predicate))))

    def fold(self, startvalue: Any, predicate: Callable[[Any, EntityCollection[E_co]], T]) -> T:
        """Combine all elements into one value, from the first to the last: ``predicate(so_far, element)``.

        >>> components.fold(0, lambda total, component: total + component.size[0])  # doctest: +SKIP
        """
        check_functions("fold", predicate)
        for element in self:
            startvalue = predicate(startvalue, element)
        return startvalue

    def group(self, predicate: Callable[[EntityCollection[E_co]], object]) -> dict[Any, EntityCollection[E_co]]:
        """Return the elements by what *predicate* returns for them, in order of first occurrence.

        A list of one element counts as that element, a longer list as a tuple: ``group(lambda v: v.name)`` groups by
        name, and ``group(lambda v: (v.Shot.name, v.asset.name))`` by both names. Collections are keys, too, also empty
        ones; None is the key of what has no value. An attribute of this name is ``attributes.group``.

        Raises:
            NoValueError: an element has no value because there is no entity that could have it, or because it was not
                loaded. Give it a fallback: ``v.Task.name or "no task"``.
        """
        check_functions("group", predicate)
        groups = sorting.grouped(self._entities, self.map(predicate))
        return {key: self._part(tuple(entities)) for key, entities in groups.items()}

    def group_and_map(
        self,
        group_predicate: Callable[[EntityCollection[E_co]], object],
        map_predicate: Callable[[EntityCollection[E_co]], T],
    ) -> dict[Any, T]:
        """Return what *map_predicate* makes of every group: ``group`` followed by a ``map`` over its values."""
        check_functions("group_and_map", group_predicate, map_predicate)
        return {key: map_predicate(elements) for key, elements in self.group(group_predicate).items()}

    def map(self, predicate: Callable[[EntityCollection[E_co]], T]) -> list[T]:
        """Return the list of what *predicate* returns for every element."""
        check_functions("map", predicate)
        return [predicate(element) for element in self]

    def max(self, predicate: Callable[[EntityCollection[E_co]], object]) -> Self:
        """Return the element with the largest key, the last one among equals.

        Keys are compared as in ``sort``. Elements without a value only count if no element has one.
        """
        check_functions("max", predicate)
        return self._element(sorting.largest(self._entities, self.map(predicate))) if self else self

    def min(self, predicate: Callable[[EntityCollection[E_co]], object]) -> Self:
        """Return the element with the smallest key, the first one among equals.

        Keys are compared as in ``sort``. Elements without a value only count if no element has one.
        """
        check_functions("min", predicate)
        return self._element(sorting.smallest(self._entities, self.map(predicate))) if self else self

    def partition(
        self, predicate: Callable[[EntityCollection[E_co]], object]
    ) -> tuple[EntityCollection[E_co] | EmptyCollection[E_co], EntityCollection[E_co] | EmptyCollection[E_co]]:
        """Return the elements for which *predicate* is true, and the others."""
        check_functions("partition", predicate)
        matching, rest = sorting.parted(self._entities, self.map(predicate))
        return self._part(tuple(matching)), self._part(tuple(rest))

    def sort(self, predicate: Callable[[EntityCollection[E_co]], object], reverse: bool = False) -> Self:
        """Return the elements in the order of their keys; equal ones stay in the order they are in.

        A key may be a list, of which the largest element counts (so ``lambda v: v.version`` works), a single value, or
        a tuple of such for several criteria. Elements without a value come last, also in reverse order. An attribute of
        this name is ``attributes.sort``.
        """
        check_functions("sort", predicate)
        if not isinstance(reverse, int):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
            raise InvalidArgumentsError(f"reverse is {reverse!r}, but has to be True or False.")
        return self._part(tuple(sorting.in_order(self._entities, self.map(predicate), reverse=reverse)))

    # Sets: of the same type, session and schema; an `EmptyCollection` fits everywhere

    def union(self, *others: EntityCollection[Any] | EmptyCollection[Any]) -> EntityCollection[E_co]:
        """Return the own elements, followed by those of the others that are new."""
        return self._combined("union", others)

    def intersection(
        self, *others: EntityCollection[Any] | EmptyCollection[Any]
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]:
        """Return the elements that all the others have too."""
        return self._combined("intersection", others)

    def difference(
        self, *others: EntityCollection[Any] | EmptyCollection[Any]
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]:
        """Return the elements that none of the others has."""
        return self._combined("difference", others)

    def symmetric_difference(
        self, *others: EntityCollection[Any] | EmptyCollection[Any]
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]:
        """Return the elements that exactly one of all the collections has.

        For three and more collections this is not the same as ``a ^ b ^ c``, which has what an odd number of them has.
        """
        return self._combined("symmetric difference", others)

    def __or__(self, other: object) -> Any:
        return self._combined("union", (other,)) if is_collection(other) else NotImplemented

    def __and__(self, other: object) -> Any:
        return self._combined("intersection", (other,)) if is_collection(other) else NotImplemented

    def __sub__(self, other: object) -> Any:
        return self._combined("difference", (other,)) if is_collection(other) else NotImplemented

    def __xor__(self, other: object) -> Any:
        return self._combined("symmetric difference", (other,)) if is_collection(other) else NotImplemented

    # Changes

    if TYPE_CHECKING:
        create: Creator  # with the attributes of the type as keywords
    else:

        def create(self, **attributes: Any) -> EntityCollection[E_co]:
            """Create an entity beside these, with the same parent, and return it alone; this collection stays as it is.

            The parent is what this collection was read from (``asset.AssetVersion.create(task=task)``), else what its
            entities have in common. Entities for reference and array attributes are given as collections;
            ``custom_<key>`` sets a custom attribute. Nothing needs to be loaded for the first entity of an attribute.

            Raises:
                CreationError: something required is missing, or the parent is not clear.
                UnknownAttributeError: there is no attribute of this name; the message suggests similar ones.
                AssignmentError: a value does not fit its attribute.
            """
            return self.create_batch(attributes)

    def create_batch(self, *batch: dict[str, Any]) -> EntityCollection[E_co]:
        """Create one entity for every dictionary of attributes and return all of them; or none if one is wrong."""
        creating.check_loaded(self, batch)
        known = self._as_loaded()
        return made(known._context.part(), tuple(creating.create_batch(known, batch)))

    def delete(self) -> Session:
        """Record the deletion of every entity and return the session, for ``collection.delete().commit()``.

        Deleted entities disappear from what is read from other collections afterwards.

        Raises:
            SharedVocabularyError: the whole site would lose it, see `Session.editing_vocabulary`.
            DeletionError: the setting ``ALLOWED_FOR_DELETION_RESOLVER`` does not allow this.
        """
        pending.delete(self)
        return self._context.session

    def link_inputs(self, other: EntityCollection[Any] | EmptyCollection[Any]) -> Self:
        """Make every entity of *other* an input of every entity here; existing links stay as they are."""
        links.link(self, "incoming_links", other)
        return self

    def link_outputs(self, other: EntityCollection[Any] | EmptyCollection[Any]) -> Self:
        """Make every entity here an input of every entity of *other*; existing links stay as they are."""
        links.link(self, "outgoing_links", other)
        return self

    def unlink_inputs(self, other: EntityCollection[Any] | EmptyCollection[Any]) -> Self:
        """Remove the links that come from entities of *other*."""
        links.unlink(self, "incoming_links", other)
        return self

    def unlink_outputs(self, other: EntityCollection[Any] | EmptyCollection[Any]) -> Self:
        """Remove the links that lead to entities of *other*."""
        links.unlink(self, "outgoing_links", other)
        return self

    def commit(self) -> None:
        """Send **all** pending changes of the session to the server."""
        pending.commit(self._context.session)

    # The server

    def fetch_attributes(self, *attributes: object, only_missing: bool = False) -> Self:
        """Load attributes of these entities from the server and return the collection, to go on with.

        Args:
            attributes: what to load, as projections of a query: ``"comment"``, ``"task.status.name"``,
                ``Task.State.name``; without any, the default projections of the type.
            only_missing: whether to ask only for the attributes that were not loaded yet, and only for the entities
                that lack one. If there are none, nothing is sent.

        All of it is one query (one per thousand entities). Values that were changed locally stay as they are.

        >>> assets.fetch_attributes(Task.State.name, "versions").Task.State.name  # doctest: +SKIP
        ['Blocked']

        Raises:
            UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
            RelationError: no path is known to a type.
        """
        querying.fetch_attributes(self, attributes, only_missing=only_missing)
        return self

    def history(self, *attributes: str | Chain[Any]) -> list[Change]:
        """Return what became of attributes of these entities: who has changed them, when, from what to what.

        Changes are in the order in which they were made, for as long as the server keeps them, with one request for a
        thousand entities. Values of references are the names of what they refer to, also of what is deleted since.
        Entities that are deleted have a history, too; `Session.history` takes their ids.

        Args:
            attributes: plain values such as ``"bid"``, references such as ``"status"``, custom attributes
                (``"custom_fps"``), keys of metadata (``Shot.metadata["lens"]``), and the ``"items"`` of lists.

        Raises:
            InvalidArgumentsError: none is named.
            UnknownAttributeError: an attribute does not exist; the message suggests similar ones.
            NoHistoryError: the server keeps none, as only Trackteroid's own does.

        >>> for change in task.history("status"):  # doctest: +SKIP
        ...     print(change)
        2026-11-01 18:02:11 UTC, ada: status of Task 3f2e... In progress -> Approved
        """
        return histories.history_of(self, attributes)

    def get(
        self, entity_type: type[E], projections: Iterable[object] | None = None
    ) -> EntityCollection[E] | EmptyCollection[E]:
        """Load the related entities of a type, with these attributes of theirs, and return them.

        >>> projects.get(Shot, projections=["status.name"])  # doctest: +SKIP
        EntityCollection[Shot]{120}

        Raises:
            RelationError: no path is known to this type.
        """
        target = require_type(entity_type).__name__
        querying.fetch_related(self, target, projections)
        # What the server did not send now is not there: nobody has forgotten it.
        with reading(self._context.session, "not_set"):
            return self.attribute(target)._as_loaded()

    def as_query(self, use_ids: bool = False) -> Any:
        """Return the query that found these entities; with *use_ids*, or for a part of a result, one for their ids.

        The query is a copy: criteria that are added to it change nothing here.
        """
        if self._context.is_result and not use_ids:
            return copy(self.query)
        ids = self.keys()
        return querying.new_query(self, self._context.entity_type).by_id(*ids)

    def query_children(self, projections: Iterable[object] | None = None, session: Any = None) -> Any:
        """Ask for all direct children of these contexts, with their default and these projections."""
        found = querying.query_children(self, projections, session)
        return found[0].union(*found[1:]) if found else retyped(self, entity_class("TypedContext"))

    # Tables

    def table(self, columns: Iterable[object] | None = None) -> DataTable:
        """Return these entities as a table, from what is loaded; *columns* as for `to_dicts`.

        Without columns, they are what was asked for. Nothing is asked of the server, and no warning is given.

        >>> shots.table(["name", Status.name]).show()  # doctest: +SKIP
        """
        return tabular.table(self, columns)

    def _loaded(self, columns: Iterable[object] | None) -> DataTable:
        return tabular.loaded_table(self, columns)

    def _drawn(self, columns: Iterable[object] | None = None) -> DataTable:
        return tabular.table(self, columns, sample=tabular.SAMPLE)

    def tree(self, depth: int | None = None) -> Tree:
        """Ask the server for all that is below these contexts, and return the hierarchy: print or `show` it.

        Args:
            depth: how many levels below these are drawn; None for all.

        Raises:
            EntityCollectionOperationError: these are no contexts.

        >>> print(Query(Project).by_name("sync").get_one().tree(1))  # doctest: +SKIP
        sync Project
        ├── Assets Folder
        └── bc Sequence (In progress)
        """
        return hierarchy.tree(self, depth)

    # Reading, and deriving other collections

    def _find_attribute(self, name: str) -> AttributeSchema | None:
        """Return what the schema says about an attribute of any of the entities; of single ones it is remembered."""
        origin = self._context.origin
        if len(self._entities) != 1:
            return origin.types.find_attribute(type_name_of(self), name) or find_attribute(self, name)
        key = (type(self._entities[0]), name)
        found = origin.attributes.get(key) or origin.types.find_attribute(type_name_of(self), name)
        if found is None:
            return find_attribute(self, name)
        origin.attributes[key] = found
        return found

    def _read(self, attribute: AttributeSchema, rest: str = "") -> Any:
        """Read an attribute, after which the path *rest* is going to be read."""
        if attribute.kind in ("scalar", "mapped"):
            return read_values(self, attribute)
        context, entities = read_entities(self, attribute, rest)
        # One entity has no duplicates.
        return collected(context, Table.make(entities)) if len(entities) > 1 else made(context, tuple(entities))

    def _read_related(self, type_name: str) -> Any:
        relations = relations_of(self._context.session, self._context.schema)
        ways = relations.ways(relations.relation(type_name_of(self), type_name))
        if len(self._entities) == 1:
            self._context.origin.ways[type(self._entities[0]), type_name] = ways
        return self._reach(ways, type_name)

    def _reach(self, ways: Ways, type_name: str) -> Any:
        """Return the entities of a type that some paths lead to, and what these miss."""
        found = [self._follow(path)._as_type(type_name) for path in ways.paths]
        if ways.are_partial or len(self._entities) != 1:
            found += querying.query_missed(self, type_name)
        if len(found) == 1:
            return found[0]
        for first in found:
            if entities_in(first):
                return first.union(*(each for each in found if each is not first))
        # All led to nothing, which knows what was not loaded on any of the paths.
        unloaded = along_with([context_of(each).unloaded for each in found])
        return made(context_of(found[0]).known().lacking(unloaded), ())

    def _follow(self, steps: Sequence[Step]) -> Any:
        """Return what is reached from here by reading one attribute after the other."""
        current: Any = self
        for number, step in enumerate(steps, start=1):
            attribute = current._find_attribute(step.attribute)
            if attribute is None:
                raise unknown_attribute(current, step.attribute)
            current = current._read(attribute, ".".join(each.attribute for each in steps[number:]))
            if step.cast:
                current = current[entity_class(step.cast, current._context.types)]
        return current

    def _combined(self, operation: str, others: tuple[Any, ...]) -> Any:
        """Return what an operation of sets makes of this collection and the others, after checking that they fit."""
        fitting = operands(self, operation, others)
        context = self._context.part(self._entities)
        for other in fitting[1:]:
            context = context.lacking(other._context.unloaded)
        return collected(context, OPERATIONS[operation]([table_of(each) for each in fitting]))

    def _as_type(self, type_name: str) -> Any:
        """Return this collection as one of *type_name*: only those entities if that is a more specific type."""
        if self._context.entity_type.__name__ == type_name:
            return self
        entity_type = entity_class(type_name, self._context.types)
        is_kind = self._context.types.is_a(type_name_of(self), type_name)
        return retyped(self, entity_type) if is_kind else self[entity_type]

    def _coerced(self, entity_type: type[Entity]) -> Any:
        """Return this collection as one of a more general type, see `EntityType.__call__`."""
        check_kind(self._context.types, self, self.entity_type.__name__, entity_type.__name__)
        return retyped(self, entity_type)

    def _as_loaded(self) -> Any:
        """Return the same collection for what does not depend on what was not loaded."""
        return type(self)(self._context.known(), self._entities, self._memo)

    def _part(self, entities: tuple[FtrackEntity, ...]) -> Any:
        """Return some of the entities as a collection."""
        return made(self._context.part(self._entities), entities)

    def _made_of(self, entity_type: type[Entity], entities: Iterable[FtrackEntity]) -> Any:
        """Return the collection of other entities of the session, which were not read from these."""
        origin = self._context.origin
        return collected(Context(entity_type, origin), Table.make(entities))

    def _element(self, entity: FtrackEntity) -> Any:
        """Return one of the entities as a collection. Which one it is does not depend on what was not loaded."""
        return type(self)(self._context.part(self._entities).known(), (entity,))


def is_collection(value: object) -> TypeGuard[Collection[Any]]:
    """Return whether something is a collection, with or without entities."""
    return isinstance(value, Collection)


class EntityCollection(Collection[E_co]):
    """Entities of one type: ordered, without duplicates, immutable, never empty.

    Attributes are read from all entities at once, and only from memory: ``versions.comment`` is a list with one value
    per version (``NOT_SET`` where it was not loaded), ``versions.task`` the collection of their tasks,
    ``versions.Task.name`` the names of these. Elements are collections of one entity; ``versions[0]``,
    ``versions[2:5]``, ``versions["<id>"]`` and ``contexts[Shot]`` select. Assigning to an attribute records changes
    that ``commit`` sends.
    """

    __slots__ = ()

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__

    def __repr__(self) -> str:
        return f"EntityCollection[{self._context.entity_type.__name__}]{{{len(self._entities)}}}"


class EmptyCollection(Collection[E_co]):
    """No entities of a type: falsy, without elements, and safe to go on with.

    Reading an attribute of nothing gives nothing, of the type the schema knows, so that chains never break and a
    fallback can stand at their end::

        latest = shot.AssetVersion.filter(is_published).max(by_version) or "nothing published"

    New entities can be created right below a collection or a query, where the parent is known, and not further on.

    Some are empty because what they were read from was not loaded. They say so when they are printed or used: whatever
    looks at their elements or reads a value through them does what the session does about ``missing``.
    """

    __slots__ = ()

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__

    def values(self) -> tuple[FtrackEntity, ...]:
        """Return the entities of ftrack_api: none."""
        if self._context.unloaded is not None:
            tell(self._context.unloaded)
        return ()

    def keys(self) -> KeysView[Hashable]:
        """Return the ids: none."""
        return dict.fromkeys(cast("tuple[Hashable, ...]", self.values())).keys()

    def __len__(self) -> Literal[0]:
        self.values()
        return 0

    def __bool__(self) -> Literal[False]:
        self.values()
        return False

    def __contains__(self, _item: object) -> Literal[False]:
        self.values()
        return False

    def __getitem__(self, item: object) -> Any:
        return retyped(self, item) if isinstance(item, type) and issubclass(item, Entity) else self

    def __repr__(self) -> str:
        known = "" if self._context.unloaded is None else " (not loaded)"
        return f"EmptyCollection[{self._context.entity_type.__name__}]{known}"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        refuse_unloaded(self, f'Cannot set "{name}" on {self!r}, which has no entities')
        raise EntityCollectionOperationError(
            f'Cannot set "{name}" on {self!r}: there are no entities to set it on. '
            f"Check first that the collection is not empty."
        )

    def union(self, *others: EntityCollection[Any] | EmptyCollection[Any]) -> Any:
        """Return the union of the others."""
        return self._combined("union", others)

    def get(self, entity_type: type[Entity], projections: Iterable[object] | None = None) -> Any:
        """Return the empty collection of related entities, without a request."""
        target = require_type(entity_type).__name__
        querying.requested_paths(self._context, (target,), projections)
        self.values()
        return self.attribute(target)

    def _combined(self, operation: str, others: tuple[Any, ...]) -> Any:
        check_same_world(self, *others)
        self.values()
        filled = [other for other in others if other] if operation in ("union", "symmetric difference") else []
        return filled[0]._combined(operation, (*filled[1:], self)) if filled else self

    def _part(self, entities: tuple[FtrackEntity, ...]) -> EmptyCollection[E_co]:  # noqa: ARG002 - there are none
        return self


def made(context: Context, entities: tuple[FtrackEntity, ...], memo: Memo | None = None) -> Any:
    """Return the collection of these entities, which are unique."""
    return EntityCollection(context, entities, memo) if entities else EmptyCollection(context.emptied(), ())


def collected(context: Context, table: Table) -> Any:
    """Return the collection of the entities in a table."""
    return made(context, tuple(table.entities.values()), Memo(table, type_name=table.of or None))


def retyped(selection: Selection, entity_type: type[Entity]) -> Any:
    """Return the same entities as a collection of another type, unchecked."""
    memo = copy(memo_of(selection))
    memo.type_name = None  # which is that of the type, where kinds are mixed
    return made(context_of(selection).retyped(entity_type), entities_in(selection), memo)


def make_collection(
    entity_type: type[Entity],
    entities: Iterable[FtrackEntity],
    *,
    session: Session,
    schema: SchemaEntry,
    query: Any = None,
    asked: Iterable[str] = (),
    source: Source | None = None,
) -> EntityCollection | EmptyCollection:
    """Return the collection of these entities, in order and without duplicates.

    Args:
        entity_type: the class they are a collection of.
        entities: entities of ftrack_api, attached to the session.
        session: the session they belong to.
        schema: the entry of ``SCHEMA`` that decides which paths lead to other types.
        query: the query that found them.
        asked: the paths that it asked for.
        source: the collection and attribute they were read from.
    """
    context = Context(entity_type, Origin(session, schema, query, asked), source, is_result=query is not None)
    return collected(context, Table.make(entities))
