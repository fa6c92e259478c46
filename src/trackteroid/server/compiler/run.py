"""Running a query: its statement, one more per collection and level, and the records they amount to."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from trackteroid.server.compiler.aggregates import aggregate, is_aggregate, read_row
from trackteroid.server.compiler.columns import DERIVED, LOADERS
from trackteroid.server.compiler.emitter import Emitter, RepeatingEmitter
from trackteroid.server.compiler.limits import check_rows, execute
from trackteroid.server.compiler.plans import Plan, Planned, plan_of, planned
from trackteroid.server.compiler.prepared import Fresh
from trackteroid.server.compiler.projections import Node
from trackteroid.server.compiler.readers import (
    Columns,
    Copies,
    Graph,
    Reader,
    Record,
    Underived,
    count_copies,
    from_records,
    from_rows,
    places,
)
from trackteroid.server.core.failures import QueryError
from trackteroid.server.core.request import Request
from trackteroid.server.language import Query, parse
from trackteroid.server.model import Collection
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
    """Answer a query."""
    return (
        _run_aggregate(request, query)
        if is_aggregate(query)
        else _run(request, plan_of(request, query, strict=request.strict))
    )


def run_text(request: Request, text: str) -> Answer:
    """Answer a query that is sent as text.

    Raises:
        ParseError: It is none.
    """
    found = planned(request, text, strict=request.strict)
    return _run_aggregate(request, parse(text, request.limits)) if found is None else _run(request, found)


def _run(request: Request, found: Planned) -> Answer:
    plan = found.plan
    if plan.left_out:
        user, reasons = request.actor.username, " ".join(plan.left_out.values())
        logger.warning("Left out of an answer to %s: %s Asked was %r.", user, reasons, request.text[:_SHOWN])
    graph = Copies() if request.denormalize else Graph() if plan.needs_graph else None
    reader = Reader(plan.layout, graph)
    rows, more = _page(request, found)
    records = [record for row in rows if (record := reader.read(row)) is not None]
    _complete(request, plan, reader, graph)
    if request.denormalize:
        check_rows(request, count_copies(records))
    elif graph is not None:
        emitter = Emitter if request.merges_copies else RepeatingEmitter
        records = emitter(request.model).emit(records)
    return Answer(records, plan.offset + len(records) if more else None, plan.left_out)


def run_columns(request: Request, text: str) -> Table:
    """Answer a query with a column for each of its projections.

    Raises:
        QueryError: It aggregates, names no projection, or one that is not one plain value for each entity.
    """
    asked = planned(request, text, strict=True)
    if asked is None or not asked.plan.names_projections:
        raise QueryError("Columns are asked for by their projections: plain values, of which nothing is aggregated.")
    plan = asked.plan
    found = places(plan.layout, plan.paths)
    rows, more = _page(request, asked)
    if all(place.slot is not None for place in found):
        columns = from_rows(found, rows)
    else:
        graph = Copies()
        reader = Reader(plan.layout, graph)
        records = [record for row in rows if (record := reader.read(row)) is not None]
        _complete(request, plan, reader, graph)
        columns = from_records(found, records)
    moments = [place for place, each in enumerate(found) if each.is_moment]
    return Table(columns, moments, len(rows), plan.offset + len(rows) if more else None)


def _page(request: Request, found: Planned) -> tuple[Sequence[Any], bool]:
    """Return the rows of a page, and whether there are more."""
    limit = found.plan.limit
    rows = execute(request, found.plan.statement(found.ids), wanted=limit)
    return rows[:limit], limit is not None and len(rows) > limit


def _run_aggregate(request: Request, query: Query) -> Answer:
    statement, values = aggregate(request, query)
    rows = execute(request, Fresh(statement), wanted=query.limit)
    more = query.limit is not None and len(rows) > query.limit
    records = [read_row(values, row) for row in rows[: query.limit]]
    return Answer(records, (query.offset or 0) + len(records) if more else None)


def _complete(request: Request, plan: Plan, root: Reader, graph: Graph | None) -> None:
    """Add to the records of one level what takes statements of their own."""
    for reader in root.every():
        for name in (name for name in reader.node.names if name in DERIVED):
            for record, program in reader.seen.values():
                if name in program.derived and isinstance(underived := record[name], Underived):
                    record[name] = DERIVED[name].make(request, underived.source)
        for name in (name for name in reader.node.names if name in LOADERS):
            holders = [(key, record) for key, (record, program) in reader.seen.items() if name in program.loaded]
            values = LOADERS[name](request, reader.node.type, [key for key, _ in holders]) if holders else {}
            for key, record in holders:
                record[name] = values.get(key)
        for name, child in reader.node.children.items():
            _load_collection(request, plan, reader, name, child, graph)


def _load_collection(request: Request, plan: Plan, reader: Reader, name: str, child: Node, graph: Graph | None) -> None:
    """Fetch the members of the collection `name` for all entities read, and hand them to their owners."""
    owners = {
        key: (record, program.type) for key, (record, program) in reader.seen.items() if name in program.collections
    }
    if not owners:
        return
    # Subtypes may find members in different places.
    groups: dict[int, tuple[Collection, list[Any]]] = {}
    for key, (_, entity_type) in owners.items():
        attribute = entity_type.attributes[name]
        if isinstance(attribute, Collection):
            groups.setdefault(id(attribute), (attribute, []))[1].append(key)
    for collection, keys in groups.values():
        found = plan.members(collection, child)
        members = Reader(found.layout, graph)
        for key in keys:
            owners[key][0][name] = []
        for row in execute(request, found.statement(keys)):
            member = members.read(row)
            if member is not None:
                owners[row[0]][0][name].append(member)
        _complete(request, plan, members, graph)
