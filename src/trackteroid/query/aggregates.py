"""Counting, adding up and grouping: on the server where it can, else of what it sends.

Servers of ours aggregate anything, in one request. Others do so for the types whose schema says it, see ``group_by`` in
its metadata, and only in their strict mode; whether they follow references is known by asking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.entities import stored_value
from trackteroid.client.hydration.answers import decode
from trackteroid.client.hydration.pages import can_be_strict, iter_records
from trackteroid.collections.context import Selection, entities_in
from trackteroid.configuration import logger
from trackteroid.errors import InvalidArgumentsError, RefusedError, suggest
from trackteroid.projections import resolve_projections
from trackteroid.schema.relations import Relations
from trackteroid.schema.types import Schema
from trackteroid.values import frozen

#: What servers of ours say that aggregate whatever they are asked for.
SUPPORTED = "supports_aggregates"

#: A name that no attribute has.
_COUNT = "count()"
_PAIR = 2

Row: TypeAlias = dict[str, Any]
#: What `Groups.agg` takes for one value: "count", or a function of an attribute.
Wanted: TypeAlias = "str | tuple[object, str]"


#: What is worked out here of the values that are there, where a server does not; text is compared without its case.
_FUNCTIONS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "count": len,
    "sum": lambda values: sum(values) if values else None,
    "avg": lambda values: sum(values) / len(values) if values else None,
    "min": lambda values: min(values, key=_folded, default=None),
    "max": lambda values: max(values, key=_folded, default=None),
}


@frozen
class Aggregate:
    """One value of each group: a function of an attribute of the entities in it."""

    name: str
    function: str
    path: str

    @property
    def projection(self) -> str:
        """How a server is asked for it."""
        return f"{self.function}({self.path})"

    @property
    def key(self) -> str:
        """What a server calls it in its answer."""
        return f"{self.function}_{self.path}"


@frozen
class Question:
    """What is aggregated: the entities of one type that meet conditions.

    Attributes:
        session: who asks.
        entity_type: the type of the entities.
        where: the conditions as they stand behind the type; None if nothing can meet them.
        types: the schema of the server.
        relations: the paths that lead from one type to another.
        iterate: fetches the entities in chunks, with these paths.
    """

    session: Session
    entity_type: str
    where: str | None
    types: Schema
    relations: Relations
    iterate: Callable[[list[str]], Iterable[Selection]]

    @property
    def can_aggregate(self) -> bool:
        """Whether the server says that it aggregates entities of this type."""
        if not can_be_strict(self.session):
            return False
        if self.session.server_information.get(SUPPORTED):
            return True
        schemas: Iterable[Mapping[str, Any]] = self.session.schemas
        metadata = next((each.get("metadata") for each in schemas if each.get("id") == self.entity_type), None)
        return bool(metadata and metadata.get("group_by"))

    def count(self) -> int:
        """Return how many entities there are."""
        return self.rows([self.aggregate("count", "count")])[0]["count"]

    def one(self, attribute: object, function: str) -> Any:
        """Return a function of an attribute of all entities."""
        return self.rows([self.aggregate(function, (attribute, function))])[0][function]

    def path(self, attribute: object, function: str = "") -> str:
        """Return the path of an attribute that has one plain value per entity, which a *function* can take.

        Raises:
            InvalidArgumentsError: it leads to entities, to several values, or is no number where one is needed.
            UnknownAttributeError: there is none of this name; the message suggests similar ones.
        """
        paths = resolve_projections(self.types, self.relations, self.entity_type, [attribute])
        if len(paths) != 1:
            raise InvalidArgumentsError(f"{attribute!r} is not one attribute but {', '.join(paths)}. Name one of them.")
        *way, last = self.types.walk(self.entity_type, paths[0])
        if last.kind != "scalar" or any(step.kind != "reference" for step in way):
            raise InvalidArgumentsError(
                f'"{paths[0]}" of {self.entity_type} is not one plain value per entity. Name one, such as '
                '"status.name"; to aggregate what is in a list, query the entities of the list.'
            )
        if function in ("sum", "avg") and last.type not in ("integer", "number"):
            raise InvalidArgumentsError(
                f'{function} needs numbers, and "{paths[0]}" of {self.entity_type} is a {last.type}.'
            )
        return paths[0]

    def aggregate(self, name: str, wanted: object) -> Aggregate:
        """Return the value that is *wanted* under a name: ``"count"``, or a pair of an attribute and a function.

        Raises:
            InvalidArgumentsError: it is neither, or the attribute does not fit.
        """
        if wanted == "count":
            return Aggregate(name, "count", self.types.type(self.entity_type).primary_key[0])
        pair = cast("tuple[object, ...]", wanted) if isinstance(wanted, tuple) else (None, wanted)
        function = pair[-1] if pair else None
        if len(pair) == _PAIR and pair[0] is not None and function in _FUNCTIONS:
            return Aggregate(name, str(function), self.path(pair[0], str(function)))
        raise InvalidArgumentsError(
            f'{name} is "count" or a pair of an attribute and one of {", ".join(_FUNCTIONS)}, such as ("bid", "sum"), '
            f"not {wanted!r}.{suggest(str(function), _FUNCTIONS)}"
        )

    def rows(self, wanted: Sequence[Aggregate], groups: Sequence[str] = ()) -> list[Row]:
        """Return one row for each group; without *groups*, one for all."""
        if self.where is None:
            return [] if groups else [{each.name: 0 if each.function == "count" else None for each in wanted}]
        if self.can_aggregate:
            try:
                return self._of_server(wanted, groups)
            except RefusedError as error:
                if self.session.server_information.get(SUPPORTED):
                    raise
                logger("query").info("The server does not aggregate this (%s), so it is done here.", error)
        return self._of_entities(wanted, groups)

    def _of_server(self, wanted: Sequence[Aggregate], groups: Sequence[str]) -> list[Row]:
        asked = dict.fromkeys([*groups, *(each.projection for each in wanted)])
        by = ", ".join(groups)
        ordered = f" group by {by} order by {by}" if groups else ""
        text = f"select {', '.join(asked)} from {self.entity_type}{self.where}{ordered}"  # noqa: S608 - ftrack's, no SQL
        logger("query").info('Performing query: "%s"', text)
        return [
            {**{path: decode(row[path]) for path in groups}, **{each.name: decode(row[each.key]) for each in wanted}}
            for row in iter_records(self.session, text, strict=True)
        ]

    def _of_entities(self, wanted: Sequence[Aggregate], groups: Sequence[str]) -> list[Row]:
        paths = list(dict.fromkeys([*groups, *(each.path for each in wanted)]))
        # By what tells groups apart: what is shown of each, and its entities.
        found: dict[tuple[Any, ...], tuple[list[Any], list[FtrackEntity]]] = {} if groups else {(): ([], [])}
        for chunk in self.iterate(paths):
            for entity in entities_in(chunk):
                values = [_value(entity, path) for path in groups]
                found.setdefault(tuple(map(_folded, values)), (values, []))[1].append(entity)
        rows: list[Row] = []
        for _, (values, entities) in sorted(found.items(), key=lambda each: each[0]):
            row: Row = dict(zip(groups, values, strict=True))
            for each in wanted:
                present = [value for entity in entities if (value := _value(entity, each.path)) is not None]
                row[each.name] = _FUNCTIONS[each.function](present)
            rows.append(row)
        return rows


class Groups:
    """The entities of a query, grouped by the values of attributes; made by `Query.group_by`."""

    def __init__(self, question: Question, attributes: Iterable[object]) -> None:
        self._question = question
        self._paths = [question.path(attribute) for attribute in attributes]

    def __repr__(self) -> str:
        return f"<{self._question.entity_type}{self._question.where} group by {', '.join(self._paths)}>"

    def count(self) -> dict[Any, int]:
        """Return how many entities each group has, by its value; by a tuple of them where there are several.

        >>> Query(Task).group_by(Task.Status.name).count()  # doctest: +SKIP
        {'Approved': 31, 'In progress': 12}
        """
        rows = self._question.rows([self._question.aggregate(_COUNT, "count")], self._paths)
        keys = ([row[path] for path in self._paths] for row in rows)
        return {tuple(key) if len(key) > 1 else key[0]: row[_COUNT] for key, row in zip(keys, rows, strict=True)}

    def agg(self, **wanted: Wanted) -> list[Row]:
        """Return one row for each group: what it is grouped by, by path, and the *wanted* values, by name.

        A value is ``"count"``, or a pair of an attribute and one of ``"count"``, ``"sum"``, ``"avg"``, ``"min"`` and
        ``"max"``. Entities without a value for the attribute do not count, and what none of them has is None.

        Raises:
            InvalidArgumentsError: a value is none of these, or an attribute is no number where one is needed.
            UnknownAttributeError: an attribute does not exist; the message suggests similar ones.

        >>> Query(Task).group_by("status.name").agg(tasks="count", bid=("bid", "sum"))  # doctest: +SKIP
        [{'status.name': 'Approved', 'tasks': 31, 'bid': 412.0}, ...]
        """
        if not wanted:
            raise InvalidArgumentsError('agg() needs a value: agg(tasks="count", bid=("bid", "sum")).')
        return self._question.rows([self._question.aggregate(*each) for each in wanted.items()], self._paths)


def _value(entity: FtrackEntity, path: str) -> Any:
    found: Any = entity
    for name in path.split("."):
        found = stored_value(found, name) if isinstance(found, FtrackEntity) else None
    return None if found is NOT_SET else found


def _folded(value: Any) -> Any:
    """Return what values of one kind are told apart and sorted by: no value first, text without its case."""
    return (value is not None, value.casefold() if isinstance(value, str) else value or 0)
