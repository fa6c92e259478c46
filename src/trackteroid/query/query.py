"""Query: asking a server for entities."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from inspect import getattr_static
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeAlias, TypeVar, cast, overload

from ftrack_api.session import Session

from trackteroid import columns as tabular
from trackteroid import configuration, tables
from trackteroid import session as sessions
from trackteroid.chains import Chain, Condition, condition_of
from trackteroid.client.custom_attributes import ATTRIBUTE, expect_configurations
from trackteroid.client.failures import outermost
from trackteroid.client.hydration.answers import collector_paused
from trackteroid.client.hydration.pages import fetch_pages, iter_pages, iter_records
from trackteroid.collections import make_collection
from trackteroid.collections.arguments import require_type
from trackteroid.display import graphs
from trackteroid.entities.base import Entity, EntityType
from trackteroid.entities.criteria import WHERE, CriterionRule
from trackteroid.errors import (
    CriterionNotImplementedError,
    InvalidArgumentsError,
    MultipleResultsFoundError,
    NoResultFoundError,
    UnknownAttributeError,
    nearest,
    suggest,
)
from trackteroid.expressions import EVERYTHING, NOTHING, Expression, are_texts, depth, render
from trackteroid.importing import planning
from trackteroid.progress import counted
from trackteroid.projections import default_projections, resolve_projections, usable_projections
from trackteroid.query import aggregates
from trackteroid.query import conditions as condition_readers
from trackteroid.query import rows as rows_of
from trackteroid.query.asking import Asking, E_co
from trackteroid.query.criteria import Criteria, Criterion, CriterionCompiler, call, check, check_entity_type, kind_of
from trackteroid.query.help import comparing, explain, hint, instead
from trackteroid.query.literals import World
from trackteroid.query.past import PastSession, past_of, present_of
from trackteroid.query.window import Pages, check_window, in_parts, iter_by_key, order_text, page_sizes
from trackteroid.schema.entries import SCHEMA
from trackteroid.schema.relations import Relation, Relations, SchemaEntry, relations_of
from trackteroid.schema.types import schema_of
from trackteroid.tabular import DataTable, Tabular
from trackteroid.values import replace

if TYPE_CHECKING:
    from typing_extensions import Self

    from trackteroid.collections import EmptyCollection, EntityCollection
    from trackteroid.columns import Way
    from trackteroid.display.graphs import Explanation
    from trackteroid.importing.changes import RowsPlan
    from trackteroid.importing.planning import Empty
    from trackteroid.query.aggregates import Groups, Question
    from trackteroid.query.rows import Reader, Row

#: How many keys come in one page, where nothing else is wanted.
_KEYS = 5_000

#: How many times fewer pages there are of the past.
_FEWER = 10

#: Limit, offset, order and what to order by.
Window: TypeAlias = "tuple[int | None, int, str, Order]"

#: What to order by: one path or several.
Order: TypeAlias = "str | Chain[Any] | Iterable[str | Chain[Any]] | None"

#: What to load besides the default projections: attributes as text, entity classes, or paths of these.
Projections: TypeAlias = "Iterable[str | Chain[Any] | EntityType] | None"

E = TypeVar("E", bound=Entity)


class Query(Tabular, Asking[E_co]):
    """A question to the server: entities of one type that meet all criteria.

    Criteria are called one after the other (``by_...`` and ``not_by_...``); each of them accepts several values, of
    which one has to match, and ``%`` in them. A class as the first argument asks it of something related. Nothing is
    sent before one of the ``get`` methods is called.

    >>> from trackteroid.entities import AssetVersion
    >>> print(Query(AssetVersion).by_version(1, 2))
    select id, asset.name, version from AssetVersion where (version in ("1","2"))
    """

    __slots__ = ("_compiler", "_criteria", "_entity_type", "_schema", "_session", "_type_name")

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__
    #: The type that all queries of a class ask for, if it is one of `kinds`.
    asks_for: ClassVar[type[Entity] | None] = None

    def __new__(
        cls,
        entity_type: type[E_co],
        session: Session | None = None,  # noqa: ARG004 - for the initialiser
        schema: SchemaEntry | None = None,  # noqa: ARG004
    ) -> Query[E_co]:
        """Return a query of the class for *entity_type*: ``Query(Shot)`` is a ``ShotQuery``."""
        check_entity_type(entity_type, cls.asks_for)
        return object.__new__(kind_of(Query, entity_type) if cls is Query else cls)

    def __init__(
        self, entity_type: type[E_co], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> None:
        """Start a query for all entities of *entity_type*, in the default session and with the default relations.

        Raises:
            InvalidArgumentsError: *session* is none, or *schema* is no entry of ``SCHEMA``.
        """
        if (
            session is not None
            and not isinstance(cast("object", session), Session)
            and getattr_static(session, "schemas", None) is None
        ):
            meant = " Relations go by name: Query(..., schema=...)." if isinstance(session, SchemaEntry) else ""
            raise InvalidArgumentsError(f"A query asks a session such as SESSION, not {session!r}.{meant}")
        if schema is not None and not isinstance(schema, SchemaEntry):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgumentsError(f"A query takes an entry of SCHEMA, such as SCHEMA.default, not {schema!r}.")
        self._entity_type = entity_type
        self._type_name = entity_type.__name__
        self._session = sessions.SESSION if session is None else session
        self._schema = SCHEMA.default if schema is None else schema
        self._criteria: list[Criterion] = []
        self._compiler = CriterionCompiler(entity_type, self._session, self._schema)

    @property
    def entity_type(self) -> type[Entity]:
        """The class of the entities that are asked for."""
        return self._entity_type

    @property
    def session(self) -> Session:
        """The session that is asked."""
        return self._session

    @property
    def schema(self) -> SchemaEntry:
        """The entry of ``SCHEMA`` that decides which paths lead to other types."""
        return self._schema

    @property
    def primary_key(self) -> str:
        """The attribute that identifies an entity of this type; the first one, where there are several."""
        return schema_of(self._session).type(self._type_name).primary_key[0]

    @property
    def criteria(self) -> list[Criterion]:
        """The criteria so far."""
        return list(self._criteria)

    @property
    def projections(self) -> list[str]:
        """What is asked for in any case; terminators add to it."""
        return default_projections(self._session, self._type_name, self._entity_type.projections)

    def where(self, *conditions: Condition | Chain[bool], **named: NoReturn) -> Self:
        """Demand that conditions hold, all of them; they are written with the attributes of entity classes.

        Conditions compare (``==``, ``!=``, ``<``, ``in_``, ``like``, ``between``, ``is_none``), are combined with
        ``&``, ``|`` and ``~``, and start at the queried type or at any related one. An attribute behind a relation is
        compared for each related entity: one of them has to meet the condition. ``any`` asks several things of the
        same one. ``~`` is the exact opposite: an attribute without a value is ``!=`` everything.

        Raises:
            UnknownAttributeError: a step of a path does not exist; the message suggests similar ones.
            RelationError: no path is known to a type.
            InvalidArgumentsError: a value does not fit what it is compared with, or something is not a condition.

        >>> from trackteroid.entities import Shot, Task
        >>> Query(Shot).where((Shot.name == "bc0040") | Shot.Task.any(Task.bid > 3))  # doctest: +SKIP
        """
        if named:
            meant = ", ".join(f"{self._type_name}.{name} == {value!r}" for name, value in named.items())
            raise InvalidArgumentsError(f"where() takes conditions, and no keywords: where({meant}).")
        if not conditions:
            raise InvalidArgumentsError("where() has no condition. Give some: where(Shot.name == 'bc0040').")
        reader = condition_readers.ConditionReader(schema_of(self._session), self._relations(), self._world)
        found = [reader.read(self._type_name, condition_of(condition)) for condition in conditions]
        return self._add(Criterion(WHERE, args=tuple(found), relations=tuple(reader.used)))

    @outermost
    def as_of(self, moment: object) -> Self:
        """Ask for what was at a moment, as if nothing had happened since; only Trackteroid's own server can tell.

        What comes are entities of their own: they never mix with those of now, and cannot be changed. Whatever is read
        from them is of that moment as well. Who may see what is decided by the permissions of now.

        Args:
            moment: a date, which stands for its end; a datetime or text such as ``"2026-01-31 18:00"``, in UTC if it
                has no time zone; or the number of an event in the log, for the state right after it.

        Raises:
            InvalidArgumentsError: it is none of these.
            NoHistoryError: the server keeps no history.
            RefusedError: by what asks then, if the moment lies in the future, or before history was kept.

        >>> Query(Task).by_status("Approved").as_of("2026-11-01 18:00").count()  # doctest: +SKIP
        31
        """
        self._session = past_of(self._session, moment)
        self._compiler = CriterionCompiler(self._entity_type, self._session, self._schema)
        return self

    @outermost
    def get(
        self,
        projections: Projections = None,
        limit: int | None = None,
        offset: int = 0,
        *,
        order: str = "ascending",
        order_by: Order = None,
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]:
        """Ask the server and return the collection of what it found.

        Args:
            projections: what to load besides the default projections: attributes as text (``"asset.name"``), entity
                classes (``Project``) or chains (``Task.Status.name``).
            limit: the largest number of entities to return; None for all, 0 for none (without a request).
            offset: how many entities to leave out at the beginning.
            order: ``"ascending"`` or ``"descending"``.
            order_by: one path or several to order by, ``"asset.name"`` or ``Asset.name``; by default the primary key.

        Raises:
            InvalidArgumentsError: an argument is not one of these.
            UnknownAttributeError: an attribute is misspelt; the message suggests similar ones.
            RelationError: no path is known to a type.

        >>> Query(Shot).get(["description"], limit=10, order_by="name")  # doctest: +SKIP
        EntityCollection[Shot]{10}
        """
        check_window(limit, offset, order, order_by)
        projected, where = self._projected(projections), self._checked_where()
        if limit == 0 or NOTHING in where:
            return self._collection([], projected)
        asked = self._text(projected, where)
        if limit is None and not offset and not order_by and order == "ascending":
            return self._fetch(asked, projected, partial(self._read_all, asked, projected, where))
        ordered = f"{asked} order by {self._order_by(order_by, order)}"
        text = ordered + (f" offset {offset}" if offset else "") + (f" limit {limit}" if limit is not None else "")

        def read() -> list[Any]:
            pages = iter_pages(self._session, ordered, limit=limit, offset=offset)
            return [entity for page in counted(pages, f"Reading {self._type_name}") for entity in page]

        return self._fetch(text, projected, read)

    get_all = get

    def get_first(
        self, projections: Projections = None, offset: int = 0
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]:
        """Return the first entity, in the order of the primary key; an ``EmptyCollection`` if there is none."""
        return self.get(projections, 1, offset)

    def get_one(self, projections: Projections = None) -> EntityCollection[E_co]:
        """Return the only entity there is.

        Raises:
            NoResultFoundError: there is none.
            MultipleResultsFoundError: there are several.
        """
        found: Any = self.get(projections, 2)
        if len(found) == 1:
            return found
        if not found:
            reason = self._reason()
            raise NoResultFoundError(
                f"No entity was found, but exactly one was asked for: {self}{reason and '. '}{reason}"
            )
        raise MultipleResultsFoundError(f"Several entities were found, but exactly one was asked for: {self}")

    @overload
    def get_inputs(
        self, entity_type: None = None, projections: Projections = None
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]: ...

    @overload
    def get_inputs(
        self, entity_type: type[E], projections: Projections = None
    ) -> EntityCollection[E] | EmptyCollection[E]: ...

    def get_inputs(self, entity_type: type[Entity] | None = None, projections: Projections = None) -> Any:
        """Return what the entities depend on, as entities of *entity_type* (by default: of the same type)."""
        return self._linked("incoming_links.from_id", entity_type, projections)

    @overload
    def get_outputs(
        self, entity_type: None = None, projections: Projections = None
    ) -> EntityCollection[E_co] | EmptyCollection[E_co]: ...

    @overload
    def get_outputs(
        self, entity_type: type[E], projections: Projections = None
    ) -> EntityCollection[E] | EmptyCollection[E]: ...

    def get_outputs(self, entity_type: type[Entity] | None = None, projections: Projections = None) -> Any:
        """Return what depends on the entities, as entities of *entity_type* (by default: of the same type)."""
        return self._linked("outgoing_links.to_id", entity_type, projections)

    @outermost
    def count(self) -> int:
        """Return how many entities there are; none of them is loaded.

        Servers that can count do so, in one request. Of others, and in sessions of ftrack_api, the ids are fetched and
        counted: 5,000 with each request.
        """
        question = self._question()
        if not question.can_aggregate:
            return sum(map(len, self._keys()))
        found = question.count()
        if not found:
            self._warn_of_names()
        return found

    @outermost
    def sum(self, attribute: object) -> Any:
        """Return the sum of an attribute of all entities; None where none has a value.

        Attributes of what the entities refer to are named by their path, ``"asset.name"`` or ``Asset.name``.

        Raises:
            InvalidArgumentsError: it is no number, or has not one value per entity.
            UnknownAttributeError: there is none of this name; the message suggests similar ones.

        >>> Query(Task).by_status("Approved").sum("bid")  # doctest: +SKIP
        412.0
        """
        return self._question().one(attribute, "sum")

    @outermost
    def avg(self, attribute: object) -> Any:
        """Return the average of an attribute of the entities that have a value, as `sum` names it."""
        return self._question().one(attribute, "avg")

    @outermost
    def min(self, attribute: object) -> Any:
        """Return the smallest value of an attribute, as `sum` names it; text as it is sorted, the first date."""
        return self._question().one(attribute, "min")

    @outermost
    def max(self, attribute: object) -> Any:
        """Return the largest value of an attribute, as `sum` names it; text as it is sorted, the last date."""
        return self._question().one(attribute, "max")

    @outermost
    def distinct(self, attribute: object) -> list[Any]:
        """Return the values that an attribute has, each once and in order; None is one of them.

        >>> Query(Task).distinct(Task.Status.name)  # doctest: +SKIP
        ['Approved', 'In progress']
        """
        return list(self.group_by(attribute).count())

    @outermost
    def group_by(self, *attributes: object) -> Groups:
        """Group the entities by the values of attributes, named as for `sum`; then `count` or `agg` asks the server.

        Raises:
            InvalidArgumentsError: none is named, or one has not one value per entity.
            UnknownAttributeError: there is none of this name; the message suggests similar ones.

        >>> Query(Task).group_by(Task.Status.name).count()  # doctest: +SKIP
        {'Approved': 31, 'In progress': 12}
        """
        if not attributes:
            raise InvalidArgumentsError('group_by() needs an attribute: group_by("status.name").')
        return aggregates.Groups(self._question(), attributes)

    @outermost
    def exists(self) -> bool:
        """Return whether there is any such entity; none is loaded."""
        return any(True for _ in self._records(limit=1))

    @outermost
    def ids(self) -> list[str]:
        """Return the ids of all entities, in ascending order; the entities are not loaded.

        Raises:
            InvalidArgumentsError: entities of this type are identified by several attributes.
        """
        self._single_key()
        return [row[0] for page in self._keys() for row in page]

    def iterate(self, chunk_size: int = 500, projections: Projections = None) -> Iterator[EntityCollection[E_co]]:
        """Yield all entities as collections of at most *chunk_size*, each of which is fetched when it is its turn.

        They come in the order of their keys. The loop may create, change and delete: everything is reached that meets
        the query when its chunk is fetched, and nothing twice.

        >>> for shots in Query(Shot).iterate(100):  # doctest: +SKIP
        ...     print(shots.name)

        Raises:
            InvalidArgumentsError: *chunk_size* is no positive number.
            UnknownAttributeError: an attribute is misspelt; the message suggests similar ones.
        """
        if isinstance(chunk_size, bool) or not isinstance(chunk_size, int) or chunk_size < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgumentsError(f"chunk_size is {chunk_size!r}, but has to be 1 or a larger whole number.")
        projected, where = self._projected(projections), self._checked_where()
        if NOTHING in where:
            return iter(())
        return self._chunks(projected, where, chunk_size)

    @outermost
    def rows(
        self,
        columns: Iterable[object],
        limit: int | None = None,
        offset: int = 0,
        *,
        order: str = "ascending",
        order_by: Order = None,
        as_dicts: bool = False,
    ) -> list[Any]:
        """Return plain values of all entities, one tuple for each: no entity is made, and the session keeps nothing.

        That is several times faster than `get` and takes a fraction of its memory; what changes something needs
        entities. Dates are what entities have; where a reference leads to nothing, the value is None.

        Args:
            columns: what is wanted, each one plain value: ``"name"``, ``"status.name"``, ``Task.Status.name``,
                ``"custom_fps"``.
            limit: the largest number of rows; None for all.
            offset: how many entities to leave out at the beginning.
            order: ``"ascending"`` or ``"descending"``.
            order_by: one path or several to order by, as for `get`.
            as_dicts: return a dictionary for each, by what the columns are called: text as it is given, and the path
                that a chain stands for.

        Raises:
            InvalidArgumentsError: an argument is not one of these, or a column has not one plain value per entity.
            UnknownAttributeError: an attribute is misspelt; the message suggests similar ones.
            RelationError: no path is known to a type.

        >>> Query(AssetVersion).rows(["version", Asset.name, Task.Status.name])  # doctest: +SKIP
        [(1, 'animation', 'Approved'), (2, 'animation', 'In progress'), ...]
        """
        check_window(limit, offset, order, order_by)
        return list(self._rows(columns, (limit, offset, order, order_by), as_dicts=as_dicts, is_counted=True))

    @outermost
    def iter_rows(self, columns: Iterable[object], *, as_dicts: bool = False) -> Iterator[Any]:
        """Yield what `rows` returns, for what does not fit into memory: one page after the other is asked for.

        >>> for version, name in Query(AssetVersion).iter_rows(["version", Asset.name]):  # doctest: +SKIP
        ...     print(f"{name} v{version:03}")
        """
        return self._rows(columns, (None, 0, "ascending", None), as_dicts=as_dicts)

    def table(
        self,
        columns: Iterable[object] | None = None,
        limit: int | None = None,
        offset: int = 0,
        *,
        order: str = "ascending",
        order_by: str | Chain | Iterable[str | Chain] | None = None,
    ) -> DataTable:
        """Return what the query finds as a table; it is asked for whenever the table is read, page by page.

        The arguments are those of `rows`; without columns, they are the default projections. No entity is made.

        >>> Query(Shot).table(["name", "status.name"], limit=100).to_csv("shots.csv")  # doctest: +SKIP
        """
        check_window(limit, offset, order, order_by)
        types, name = schema_of(self._session), self._type_name
        ways = tabular.wanted_ways(self._session, types, self._relations(), name, columns, self.projections)
        if order_by is not None:
            self._order_by(order_by, order)

        def read(start: int, stop: int | None) -> Iterator[list[Row]]:
            ends = [end for end in (stop, limit) if end is not None]
            left = max(0, min(ends) - start) if ends else None
            return self._pages_of_table(ways, (left, offset + start, order, order_by))

        found = tabular.columns_of(self._session, name, ways)
        return DataTable(name, found if columns is None else tables.shown(found), read)

    def _drawn(self, columns: Iterable[object] | None = None) -> DataTable:
        if columns is not None:
            return self.table(columns)
        criteria = [("criterion", each.called) for each in self._criteria]
        rows = [("entities", self._type_name), *criteria, ("text", str(self))]
        return DataTable.of("", [tables.Column("Query"), tables.Column(self._type_name, is_whole=True)], rows)

    @outermost
    def from_rows(
        self,
        frame: object,
        key: str | Iterable[str] = "name",
        *,
        parent: EntityCollection | EmptyCollection | None = None,
        columns: Mapping[str, str | None] | None = None,
        empty: Empty = "keep",
        delete: bool = False,
        spreadsheet: bool = False,
    ) -> RowsPlan:
        """Plan to create and change entities so that they are as the rows of a table say. Nothing is changed yet.

        What the query finds is compared with the rows: print the plan, then `commit` it. A second plan for the same
        table is empty then.

        Args:
            frame: a list of dictionaries, a data frame of pandas or Polars, Arrow data, or the path of a ``.csv``,
                ``.json``, ``.jsonl`` or ``.parquet`` file. Columns are attributes; what is known by its name is given
                so, as ``"status"`` or ``"status.name"``, and custom attributes as ``"custom_fps"``.
            key: the column by which rows and entities are known as the same, or several.
            parent: what new entities belong to. Only what belongs to it is looked at; of several, a column
                ``"parent"`` names the one of each row.
            columns: the attributes of columns that are called differently; None leaves a column out.
            empty: what an empty cell does: ``"keep"`` changes nothing, ``"clear"`` takes the value away.
            delete: whether what the query finds and the table does not have is deleted, instead of only named.
            spreadsheet: whether a CSV file is one that `to_csv` has written with *spreadsheet*.

        Raises:
            TableError: cells do not fit, or the key does not tell rows or entities apart; all of it is listed.
            UnknownAttributeError: a column is no attribute; the message suggests similar ones.
            InvalidArgumentsError: it is no table, or another argument is wrong.

        >>> plan = Query(Shot).from_rows("shots.csv", parent=sequence)  # doctest: +SKIP
        >>> print(plan)  # doctest: +SKIP
        >>> plan.commit()  # doctest: +SKIP
        """
        keys = planning.key_columns(key)
        options = planning.Options(keys, parent, columns or {}, empty, delete, spreadsheet)
        return planning.plan(self, frame, options)

    def as_subquery(self) -> tuple[str, str] | None:
        """Return the type of the entities and the text that selects their ids; None if there cannot be any."""
        where = self._checked_where()
        return None if NOTHING in where else (self._type_name, self._text([self._single_key()], where))

    def explain(self, target: type[Entity] | None = None) -> Explanation:
        """Describe what will be asked; with a *target*, only the path to entities of that type.

        Names the text, the paths that related types stand for, where these come from and where they can end early,
        and how many requests each way to run the query makes. It is text, whose ``graph`` draws the paths.

        Raises:
            RelationError: no path is known.
        """
        relations = self._relations()
        if target is not None:
            name = require_type(target).__name__
            described = relations.explain(self._type_name, name)
            return graphs.Explanation.of(described, [self._type_name], relations.edges(self._type_name, name))
        where = self._checked_where()
        pairs = dict.fromkeys((each.source, each.target) for each in self._used())
        described = [relations.explain(source, other) for source, other in pairs]
        counts = self._question().can_aggregate
        text = explain(self._text(self.projections, where), described, is_impossible=NOTHING in where, counts=counts)
        edges = [edge for source, other in pairs for edge in relations.edges(source, other)]
        return graphs.Explanation.of(text, [self._type_name], edges)

    if not TYPE_CHECKING:  # checkers know the criteria by the stub of `Asking`

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            criterion = vars(kind_of(Query, self._entity_type)).get(name)  # in a class that was derived from this one
            if criterion is not None:
                return criterion.__get__(self)
            raise self._unknown(name, name.removeprefix("not_") if name.startswith("not_by_") else name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *vars(kind_of(Query, self._entity_type))})

    def of_type(self, entity_type: type[E], session: Session | None = None) -> Query[E]:
        """Return a query without criteria for another type, in the same session (or another one), with the same schema.

        It is of the class that this one was made with, if that is derived from `Query`.
        """
        made = Query if self.asks_for else type(self)
        return cast("type[Query[Any]]", made)(entity_type, self._session if session is None else session, self._schema)

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        for name in Query.__slots__:
            setattr(copied, name, getattr(self, name))
        if type(self).__dictoffset__:  # a class that was derived may have attributes of its own
            vars(copied).update(vars(self))
        copied._criteria = list(self._criteria)
        return copied

    def __deepcopy__(self, _memo: object) -> Self:
        return self.__copy__()  # criteria never change, and a session is not copied

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError(
            f"Query({self._type_name}) cannot be pickled: it belongs to a session. Pickle the ids that it finds "
            f"(`query.ids()`) and ask for them again, or write it down as a function of the session."
        )

    def __str__(self) -> str:
        return self._text(self.projections, self._where())

    def __repr__(self) -> str:
        when = f", what it looked like {self._session.shown}" if isinstance(self._session, PastSession) else ""
        return f"<Query {self}{when}>"

    @property
    def _world(self) -> World:
        return World(self._session, self._schema, present_of(self._session))

    def _pages(self, sizes: tuple[int, int]) -> tuple[int, int]:
        """Return how many entities the first page has, and the largest.

        Of the past each page costs as much as finding out what everything looked like.
        """
        return (_FEWER * sizes[0], _FEWER * sizes[1]) if isinstance(self._session, PastSession) else sizes

    def _relations(self) -> Relations:
        return relations_of(self._session, self._schema)

    def _add(self, criterion: Criterion) -> Self:
        if criterion.rule.kind == "raw" and configuration.WARN_ON_INJECT:
            configuration.logger("query").warning("inject is used on %s: %s", self._type_name, criterion.args)
        for index, known in enumerate(self._criteria):
            if merged := known.merged(criterion):
                self._criteria[index] = merged
                return self
        if criterion.target is not None:
            self._compiler.condition(criterion)  # so that a relation nobody knows is reported by the call
        self._criteria.append(replace(criterion, compiled=self._compiler.condition))
        return self

    def _used(self) -> Iterator[Relation]:
        """Yield the relations that the criteria use."""
        for criterion in self._criteria:
            yield from criterion.relations
            yield from self._compiler.relations(criterion)

    def _where(self) -> list[Expression]:
        """Return what has to hold, the nearest conditions first."""
        conditions = chain.from_iterable(map(self._compiler.condition, self._criteria))
        return sorted([condition for condition in conditions if condition is not EVERYTHING], key=depth)

    def _checked_where(self) -> list[Expression]:
        where, types = self._where(), schema_of(self._session)
        for condition in where:
            check(types, self._type_name, condition)
        return where

    def _records(self, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the primary keys of the entities as plain data."""
        keys = schema_of(self._session).type(self._type_name).primary_key
        where = self._checked_where()
        if NOTHING in where:
            return iter(())
        text = f"{self._text(keys, where)} order by {', '.join(keys)}"
        configuration.logger("query").info('Performing query: "%s"', text)
        return iter_records(self._session, text, limit=limit)

    def _question(self) -> Question:
        where = self._checked_where()
        text = None if NOTHING in where else _conditions(where)

        def iterate(paths: list[str]) -> Iterator[Any]:
            return self.iterate(projections=paths)

        return aggregates.Question(
            self._session,
            self._type_name,
            text,
            schema_of(self._session),
            self._relations(),
            iterate,
        )

    def _rows(self, wanted: object, window: Window, *, as_dicts: bool, is_counted: bool = False) -> Iterator[Any]:
        """Return an iterator over the rows of *wanted* columns; what is wrong with these is said at once.

        They are counted for those who wait for all of them.
        """
        types = schema_of(self._session)
        columns = rows_of.read_columns(types, self._relations(), self._type_name, wanted)
        names = [column.name for column in columns]
        if as_dicts and len(set(names)) < len(names):
            raise InvalidArgumentsError(f"A dictionary has each name once, and of these one is twice: {names}.")
        where = self._checked_where()
        if NOTHING in where or window[0] == 0:
            return iter(())
        reader = rows_of.Reader(self._session, types, self._type_name, columns)
        pages = self._window_of_rows(reader, where, window)
        if is_counted:
            pages = counted(pages, f"Reading {self._type_name}")
        rows = chain.from_iterable(map(reader.without_key, pages))
        return (dict(zip(names, row, strict=True)) for row in rows) if as_dicts else rows

    def _pages_of_table(self, ways: Sequence[Way], window: Window) -> Iterator[list[Row]]:
        where = self._checked_where()
        if NOTHING in where or window[0] == 0:
            return iter(())
        columns = [rows_of.column_of(way) for way in ways]
        reader = rows_of.Reader(self._session, schema_of(self._session), self._type_name, columns, has_moments=False)
        return (list(reader.without_key(page)) for page in self._window_of_rows(reader, where, window))

    def _keys(self) -> Iterator[list[Row]]:
        """Yield the primary keys of all entities, in their order."""
        where, types = self._checked_where(), schema_of(self._session)
        if NOTHING in where:
            return iter(())
        keys = types.type(self._type_name).primary_key
        reader = rows_of.Reader(self._session, types, self._type_name, [rows_of.Column(key, (), key) for key in keys])
        return self._pages_of_rows(reader, where, order=f" order by {', '.join(keys)}", sizes=(_KEYS, _KEYS))

    def _window_of_rows(self, reader: Reader, where: list[Expression], window: Window) -> Iterator[list[Row]]:
        limit, offset, order, order_by = window
        if limit is None and not offset and not order_by and order == "ascending":
            return self._pages_of_rows(reader, where, sizes=self._pages(reader.sizes))
        text = f"{self._text(reader.projections, where)} order by {self._order_by(order_by, order)}"
        return self._told(text, reader.window(text, limit, offset))

    def _pages_of_rows(
        self, reader: Reader, where: list[Expression], *, sizes: tuple[int, int], order: str = ""
    ) -> Iterator[list[Row]]:
        def text(conditions: Sequence[Expression]) -> str:
            return f"{self._text(reader.projections, conditions)}{order}"

        pages = Pages(self._session, self._type_name, text, fetch=reader.fetch, key=reader.key, sizes=sizes)
        return self._told(text(where), pages.all(where))

    def _told(self, text: str, pages: Iterator[list[Row]]) -> Iterator[list[Row]]:
        """Yield pages; tell what is asked, and what could be the reason if there is nothing."""
        configuration.logger("query").info('Performing query: "%s"', text)
        is_empty = True
        for page in pages:
            is_empty = is_empty and not page
            yield page
        if is_empty:
            self._warn_of_names()

    def _chunks(self, projected: list[str], where: list[Expression], chunk_size: int) -> Iterator[Any]:
        ordered = f" order by {self._order_by(None, 'ascending')}"

        def fetch(part: Sequence[Expression], also: list[Expression], limit: int) -> list[Any]:
            text = self._text(projected, [*part, *also]) + ordered
            configuration.logger("query").info('Performing query: "%s limit %d"', text, limit)
            return fetch_pages(self._session, text, limit=limit, page_size=limit)

        keys, is_empty = schema_of(self._session).type(self._type_name).primary_key, True
        for part in in_parts(where, lambda: chunk_size) if keys == ("id",) else [where]:
            for page in iter_by_key(partial(fetch, part), keys, chunk_size):
                is_empty = False
                yield make_collection(
                    self._entity_type,
                    page,
                    session=self._session,
                    schema=self._schema,
                    query=self._of(page),
                    asked=projected,
                )
        if is_empty:
            self._warn_of_names()

    def _called(
        self, rule: CriterionRule, is_negated: bool, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> Self:
        """Add the criterion of a call; the methods that do so are made by `kinds`."""
        if kwargs or not are_texts(args):
            self._world.admit_all((*args, *kwargs.values()))
        return self._add(call(rule, is_negated, args, kwargs))

    def _of(self, entities: list[Any]) -> Query[E_co]:
        """Return the query for exactly these entities, where they have an id."""
        keys = schema_of(self._session).type(self._type_name).primary_key
        if keys != ("id",):
            return self.__copy__()
        return Query(self._entity_type, self._session, self._schema).by_id(*(each["id"] for each in entities))

    def _single_key(self) -> str:
        keys = schema_of(self._session).type(self._type_name).primary_key
        if len(keys) != 1:
            raise InvalidArgumentsError(f"{self._type_name} entities have no id: {', '.join(keys)} identify them.")
        return keys[0]

    def _unknown(self, name: str, declared: str) -> AttributeError:
        known = self._entity_type.criteria
        if declared in Criteria.names:
            return CriterionNotImplementedError(
                f"{name} makes no sense for {self._type_name}. It has {', '.join(sorted(known))}."
                f"{instead(name, self._entity_type)}",
                name=name,
                near=nearest(name, known),
            )
        offered = [each for each in dir(self) if not each.startswith("_")]
        meant = instead(name, self._entity_type) or comparing(name, self._entity_type, self._is_known_attribute)
        meant = meant or suggest(name, offered) or comparing(name, self._entity_type, lambda _: True)
        return UnknownAttributeError(
            f"Query({self._type_name}) has no attribute {name!r}.{meant}", name=name, near=nearest(name, offered)
        )

    def _is_known_attribute(self, name: str) -> bool:
        """Return whether the entities have an attribute, as far as that is known without connecting."""
        is_connected = getattr(self._session, "connected", True)
        return is_connected and schema_of(self._session).find_attribute(self._type_name, name) is not None

    def _text(self, projections: Iterable[str], where: Sequence[Expression]) -> str:
        return f"select {', '.join(projections)} from {self._type_name}{_conditions(where)}"  # noqa: S608 - no SQL

    def _projected(self, projections: Projections) -> list[str]:
        types, relations = schema_of(self._session), relations_of(self._session, self._schema)
        types.type(self._type_name)
        requested = resolve_projections(types, relations, self._type_name, projections)
        own = usable_projections(self._session, types, self._type_name, self._entity_type.projections)
        return list(dict.fromkeys([*own, *requested]))

    def _order_by(self, order_by: object, order: str) -> str:
        return order_text(schema_of(self._session), self._relations(), self._type_name, order_by, order)

    def _read_all(self, asked: str, projected: list[str], where: list[Expression]) -> list[Any]:
        def text(conditions: Sequence[Expression]) -> str:
            return asked if conditions is where else self._text(projected, conditions)

        pages = Pages(self._session, self._type_name, text, sizes=self._pages(page_sizes()))
        found: list[Any] = []
        with collector_paused() as sweep:
            for page in counted(pages.all(where), f"Reading {self._type_name}"):
                found += page
                sweep()
        return found

    def _fetch(self, text: str, projected: list[str], read: Callable[[], list[Any]]) -> Any:
        log = configuration.logger("query")
        store: Any = getattr(self._session, "query_results", None)
        # Relations belong to a collection, so the same text asked under another entry of SCHEMA is another result.
        key = text if self._schema is SCHEMA.default else f"{text} -- {self._schema.name}"
        if store is not None and store.keeping:
            known = store.get(key)
            if known is not None:
                log.debug('Reusing the result of: "%s"', text)
                return known
        log.info('Performing query: "%s"', text)
        if ATTRIBUTE in ".".join(projected).split("."):
            expect_configurations(self._session)
        found = self._collection(read(), projected)
        if not found:
            reason = self._reason() if log.isEnabledFor(logging.WARNING) else ""
            log.warning("Query '%s' returned no results.%s", self, reason and f" {reason}")
        if store is not None:
            store.put(key, found)
        return found

    def _reason(self) -> str:
        """Return which values of the criteria name nothing, when nothing was found."""
        return hint(self._session, schema_of(self._session), self._type_name, self._where())

    def _warn_of_names(self) -> None:
        log = configuration.logger("query")
        if log.isEnabledFor(logging.WARNING) and (reason := self._reason()):
            log.warning("Query '%s' returned no results. %s", self, reason)

    def _collection(self, entities: list[Any], asked: list[str]) -> Any:
        return make_collection(
            self._entity_type,
            entities,
            session=self._session,
            schema=self._schema,
            query=self.__copy__(),
            asked=asked,
        )

    def _linked(self, path: str, entity_type: type[Entity] | None, projections: Projections) -> Any:
        links, key = path.split(".")
        found: Any = self.get([path])
        ids = dict.fromkeys(found.attribute(links).attribute(key))
        related = Query(entity_type or self._entity_type, self._session, self._schema)
        return related.by_id(*ids).get(projections)


def _conditions(where: Sequence[Expression]) -> str:
    return f" where {' and '.join(map(render, where))}" if where else ""
