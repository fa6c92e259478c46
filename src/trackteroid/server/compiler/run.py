"""Running a query: its statement, one more per collection and level, and the records they amount to."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from trackteroid.server.compiler.aggregates import aggregate, is_aggregate, read_row
from trackteroid.server.compiler.aliases import aliases_for
from trackteroid.server.compiler.computed import DERIVED, LOADERS
from trackteroid.server.compiler.emitter import Emitter, RepeatingEmitter
from trackteroid.server.compiler.limits import check_rows, execute
from trackteroid.server.compiler.projections import Node, needs_normalising, projection_tree
from trackteroid.server.compiler.readers import Copies, Graph, Reader, Record, Underived, count_copies
from trackteroid.server.compiler.sources import type_named
from trackteroid.server.compiler.statements import Level, collection_level, root_level
from trackteroid.server.compiler.tables import Columns, from_records, from_rows, places
from trackteroid.server.core.failures import QueryError
from trackteroid.server.core.request import Request
from trackteroid.server.language import Path, Query, Step
from trackteroid.server.model import Collection, EntityType, Scalar
from trackteroid.values import frozen

logger = logging.getLogger("trackteroid.server")

#: How much of a query is shown in the log.
_SHOWN = 500


@frozen
class Answer:
    """The answer to a query.

    Attributes:
        records: The records.
        next_offset: The offset of the next page, if there is one.
        left_out: The projections that mean nothing, and why, where whoever asked does not insist on them.
    """

    records: list[Record]
    next_offset: int | None
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def metadata(self) -> dict[str, Any]:
        """What clients are told beside the records."""
        told: dict[str, Any] = {"next": {"offset": self.next_offset}}
        if self.left_out:
            told["left_out"] = [{"projection": name, "reason": reason} for name, reason in self.left_out.items()]
        return told


@frozen
class Table:
    """The columns of a query.

    Attributes:
        columns: The values of each projection.
        moments: The places of the columns that have moments.
        rows: How many rows there are.
        next_offset: The offset of the next page if there is one.
    """

    columns: Columns
    moments: list[int]
    rows: int
    next_offset: int | None


def run(request: Request, query: Query) -> Answer:
    """Answer `query`."""
    if is_aggregate(query):
        return _run_aggregate(request, query)
    entity_type = type_named(request.model, query.entity_type)
    paths = [projection.path for projection in query.projections] or _default_paths(entity_type)
    node, left_out = _projections(request, entity_type, paths)
    graph = Copies() if request.denormalize else Graph() if needs_normalising(node) else None
    level = root_level(aliases_for(request), node, query, graph)
    rows, more = _page(request, level, query)
    records = [record for row in rows if (record := level.reader.read(row)) is not None]
    _complete(request, level.readers, graph)
    if request.denormalize:
        check_rows(request, count_copies(records))
    elif graph is not None:
        emitter = Emitter if request.merges_copies else RepeatingEmitter
        records = emitter(request.model).emit(records)
    return Answer(records, (query.offset or 0) + len(records) if more else None, left_out)


def run_columns(request: Request, query: Query) -> Table:
    """Answer `query` with a column for each of its projections.

    Raises:
        QueryError: It aggregates, names no projection, or one that is not one plain value for each entity.
    """
    if is_aggregate(query) or not query.projections:
        raise QueryError("Columns are asked for by their projections: plain values, of which nothing is aggregated.")
    paths = [projection.path for projection in query.projections]
    graph = Copies()
    node = projection_tree(request.model, type_named(request.model, query.entity_type), paths)
    level = root_level(aliases_for(request), node, query, graph)
    found = places(level.reader, paths)
    rows, more = _page(request, level, query)
    if all(place.slot is not None for place in found):
        columns = from_rows(found, rows)
    else:
        records = [record for row in rows if (record := level.reader.read(row)) is not None]
        _complete(request, level.readers, graph)
        columns = from_records(found, records)
    moments = [place for place, each in enumerate(found) if each.is_moment]
    return Table(columns, moments, len(rows), (query.offset or 0) + len(rows) if more else None)


def _page(request: Request, level: Level, query: Query) -> tuple[Sequence[Any], bool]:
    """Return the rows of a page, and whether there are more."""
    rows = execute(request, level.statement, wanted=query.limit)
    return rows[: query.limit], query.limit is not None and len(rows) > query.limit


def _projections(request: Request, entity_type: EntityType, paths: Sequence[Path]) -> tuple[Node, dict[str, str]]:
    """Return the tree of what is asked for, and the paths that mean nothing with the reason; strict ones are refused.

    Tools ask for attributes that one server had and another has not, and live without them.
    """
    try:
        return projection_tree(request.model, entity_type, paths), {}
    except QueryError:
        if request.strict:
            raise
    left_out: dict[str, str] = {}
    for path in paths:
        try:
            projection_tree(request.model, entity_type, [path])
        except QueryError as error:  # noqa: PERF203 - each is looked at alone
            left_out[str(path)] = str(error)
    if left_out:
        user, reasons = request.actor.username, " ".join(left_out.values())
        logger.warning("Left out of an answer to %s: %s Asked was %r.", user, reasons, request.text[:_SHOWN])
    return projection_tree(request.model, entity_type, [path for path in paths if str(path) not in left_out]), left_out


def _run_aggregate(request: Request, query: Query) -> Answer:
    statement, values = aggregate(request, query)
    rows = execute(request, statement, wanted=query.limit)
    more = query.limit is not None and len(rows) > query.limit
    records = [read_row(values, row) for row in rows[: query.limit]]
    return Answer(records, (query.offset or 0) + len(records) if more else None)


def _default_paths(entity_type: EntityType) -> list[Path]:
    return [
        Path((Step(name),))
        for name in entity_type.default_projections
        if isinstance(entity_type.attributes.get(name), Scalar)
    ]


def _complete(request: Request, readers: Iterable[Reader], graph: Graph | None) -> None:
    """Add to the records of one level what takes statements of their own."""
    for reader in readers:
        _load_computed(request, reader)
        for name, child in reader.node.children.items():
            _load_collection(request, reader, name, child, graph)


def _load_computed(request: Request, reader: Reader) -> None:
    for name in (name for name in reader.node.names if name in DERIVED):
        for record, program in reader.seen.values():
            if name in program.derived and isinstance(underived := record[name], Underived):
                record[name] = DERIVED[name].make(request, underived.source)
    for name in (name for name in reader.node.names if name in LOADERS):
        holders = [(key, record) for key, (record, program) in reader.seen.items() if name in program.loaded]
        if holders:
            values = LOADERS[name](request, reader.node.type, [key for key, _ in holders])
            for key, record in holders:
                record[name] = values.get(key)


def _load_collection(request: Request, reader: Reader, name: str, child: Node, graph: Graph | None) -> None:
    """Fetch the members of the collection `name` for all entities read, and hand them to their owners."""
    owners = {
        key: (record, program.type) for key, (record, program) in reader.seen.items() if name in program.collections
    }
    if not owners:
        return
    for collection, keys in _by_collection(name, owners):
        level = collection_level(aliases_for(request), collection, child, keys, graph)
        for key in keys:
            owners[key][0][name] = []
        for row in execute(request, level.statement):
            member = level.reader.read(row)
            if member is not None:
                owners[row[0]][0][name].append(member)
        _complete(request, level.readers, graph)


def _by_collection(
    name: str, owners: dict[Any, tuple[Record, EntityType]]
) -> Iterable[tuple[Collection, Sequence[Any]]]:
    """Return the owners by what the collection is on their type: subtypes may find members in different places."""
    groups: dict[int, tuple[Collection, list[Any]]] = {}
    for key, (_, entity_type) in owners.items():
        attribute = entity_type.attributes[name]
        if isinstance(attribute, Collection):
            groups.setdefault(id(attribute), (attribute, []))[1].append(key)
    return groups.values()
