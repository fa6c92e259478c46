"""Deleting rows with everything that would be left dangling: one statement per table and level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.writing import require_delete, require_sight_of_users
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.failures import IntegrityError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import EntityType, Key
from trackteroid.server.rules import rules_of

#: An entity type whose rows can refer to rows of a table: the type, the column, the key.
Holder = tuple[EntityType, str, Key]

_FEW = 20  # rows for which one statement tells who refers to them at all; above, somebody nearly always does


def delete_rows(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Delete `rows` and what belongs to them; other rows that refer to them let go.

    Raises:
        IntegrityError: A row that stays cannot do without one that goes; nothing is deleted.
        PermissionError_: The caller may not delete one of `rows`.
    """
    require_delete(uow, rows)
    removal = _Removal(uow)
    removal.gather(rows)
    require_sight_of_users(uow, rows, removal.users(rows))
    removal.check()
    removal.release()
    removal.carry_out()


def delete_together(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Delete rows that operations would delete one after the other; nothing if the order of these may matter.

    It may where something cannot do without one of the rows: that may be deleted before, which is fine, or after.

    Raises:
        PermissionError_: The caller may not delete one of `rows`, at least not before others of them are gone.
    """
    require_delete(uow, rows)
    removal = _Removal(uow)
    removal.gather(rows)
    require_sight_of_users(uow, rows, removal.users(rows))
    if next(removal.refusing(), None) is None:
        removal.release()
        removal.carry_out()


def read_removal(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Read at once what holds on to rows that are going to be deleted, each by an operation of its own."""
    seen: set[tuple[str, RowKey]] = set()
    while rows:
        level: dict[str, list[str]] = {}
        for row in rows:
            if (row.type.table, row.key) not in seen:
                seen.add((row.type.table, row.key))
                level.setdefault(row.type.table, []).append(row.key[0])
        rows = []
        for table, ids in level.items():
            for entity_type, column, key in _holding(uow, table, ids).values():
                held = [] if _is_silent(uow, entity_type) else uow.select(entity_type, column, ids)
                rows += held if key.on_delete == "cascade" else []


class _Removal:
    """Rows that go together, and those that hold on to them."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self.to_delete: dict[str, dict[RowKey, Row]] = {}
        self.holding: dict[str, dict[int, Holder]] = {}

    def gather(self, rows: Sequence[Row]) -> None:
        """Find all that goes with `rows`, level by level."""
        level = self._condemn(rows)
        while level:
            below: list[Row] = []
            for table, found in level.items():
                ids = [row.key[0] for row in found]
                for number, holder in _holding(self.uow, table, ids).items():
                    self.holding.setdefault(table, {})[number] = holder
                    entity_type, column, key = holder
                    if key.on_delete == "cascade" and not _is_silent(self.uow, entity_type):
                        below.extend(self.uow.select(entity_type, column, ids))
            level = self._condemn(below)

    def users(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Yield what goes with `rows`, and what lets go of them."""
        own = {(row.type.table, row.key) for row in rows}
        for table, gone in self.to_delete.items():
            yield from (row for key, row in gone.items() if (table, key) not in own)
        for table, holders in self.holding.items():
            for entity_type, column, key in holders.values():
                if key.on_delete != "cascade":
                    yield from self.uow.select(entity_type, column, self._ids(table))

    def refusing(self) -> Iterator[tuple[str, Row, str]]:
        """Yield the rows that cannot do without one that goes, with the table of that and the key that leads to it."""
        for table, holders in self.holding.items():
            for entity_type, column, key in holders.values():
                if key.on_delete == "refuse":
                    yield from ((table, row, column) for row in self.uow.select(entity_type, column, self._ids(table)))

    def check(self) -> None:
        """Refuse where a row that stays cannot do without one that goes."""
        for table, row, column in self.refusing():
            if self._stays(row):
                raise self._refusal(table, row, column)

    def release(self) -> None:
        """Clear the keys of rows that stay."""
        for table, holders in self.holding.items():
            for entity_type, column, key in holders.values():
                if key.on_delete == "clear":
                    held = self.uow.select(entity_type, column, self._ids(table))
                    self.uow.write([row for row in held if self._stays(row)], {column: None})

    def carry_out(self) -> None:
        """Delete what has been gathered, and let the rules know."""
        for table, holders in self.holding.items():
            for entity_type, column, _ in holders.values():
                if _is_silent(self.uow, entity_type):
                    self.uow.remove_links(entity_type, (column,), list(self.to_delete[table]))
        for gone in self.to_delete.values():
            self.uow.remove(list(gone.values()))
        by_type: dict[EntityType, list[Row]] = {}
        for row in (row for gone in self.to_delete.values() for row in gone.values()):
            by_type.setdefault(row.type, []).append(row)
        for entity_type, rows in by_type.items():
            for rule in rules_of(entity_type).removed:
                rule(self.uow, rows)

    def _condemn(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        """Add `rows` to what goes; returns the new ones by table."""
        new: dict[str, list[Row]] = {}
        for row in rows:
            known = self.to_delete.setdefault(row.type.table, {})
            if row.key not in known:
                known[row.key] = row
                new.setdefault(row.type.table, []).append(row)
        return new

    def _stays(self, row: Row) -> bool:
        return row.key not in self.to_delete.get(row.type.table, {})

    def _ids(self, table: str) -> list[str]:
        return [key[0] for key in self.to_delete[table]]

    def _refusal(self, table: str, holder: Row, column: str) -> IntegrityError:
        subject = self.to_delete[table][(holder.values[column],)]
        return IntegrityError(
            f"{subject.label} cannot be deleted, because {holder.label} refers to it ({column}). "
            "Change or delete that first."
        )


def _holding(uow: UnitOfWork, table: str, ids: Sequence[str]) -> Mapping[int, Holder]:
    """Return who may refer to some rows of `table`: for few rows, and where all is known, only those that do."""
    holders = _holders(uow, table)

    def probe() -> sa.Executable:
        """Return one statement that tells for each holder whether it has rows that refer to `ids`."""
        parameter: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
        columns = (uow.model.table(entity_type).c[name] for entity_type, name, _ in holders.values())
        return sa.select(*(sa.exists().where(column.in_(parameter)) for column in columns))

    known = {
        number: True if _is_silent(uow, entity_type) else uow.has_any(entity_type, column, ids)
        for number, (entity_type, column, _) in holders.items()
    }
    if None in known.values() and len(ids) <= _FEW:
        held = uow.execute(uow.remembered("probe", table, probe), {"ids": ids}).one()
        for (number, (entity_type, column, _)), is_held in zip(holders.items(), held, strict=True):
            if known[number] is None:
                known[number] = is_held
                if not is_held:
                    uow.know_all(entity_type, column, ids)
    return {number: holder for number, holder in holders.items() if known[number] is not False}


def _holders(uow: UnitOfWork, table: str) -> dict[int, Holder]:
    """Return the entity types whose rows can refer to rows of `table`, numbered."""

    def collect() -> dict[int, Holder]:
        target = _root_of(uow, table)
        if len(target.primary_key) > 1:
            return {}
        found = ((_root_of(uow, holder), column, key) for holder, column, key in uow.model.referring(target))
        return dict(enumerate(found))

    return uow.remembered("holders", table, collect)


def _root_of(uow: UnitOfWork, table: str) -> EntityType:
    roots = (found for found in uow.model if found.table == table and found.base is None and found.view is None)
    return uow.remembered("root of", table, lambda: next(roots))


def _is_silent(uow: UnitOfWork, entity_type: EntityType) -> bool:
    """Return whether rows of a type can go unseen: no client knows it, nothing refers to it, nobody has read any."""
    return not entity_type.served and not _holders(uow, entity_type.table) and not uow.knows(entity_type)
