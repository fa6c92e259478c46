"""The checks at the end of a batch: nothing required is missing or occurs twice, every reference leads somewhere.

What may occur only once may occur twice in between: two entities that swap their names need that. There is no index
that waits that long on both databases, so only primary keys are unique there, and the rest is looked at here. Others
cannot get in between all the same: see `Database.run`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from trackteroid.server.auth.permissions import check_administrators
from trackteroid.server.auth.writing import check_permissions, hidden_references, may_refer
from trackteroid.server.core.changes import Alike, Change, Row, RowKey
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, chunks, unit_of_work
from trackteroid.server.core.values import shown
from trackteroid.server.model import Collection, EntityType, Model, Unique
from trackteroid.server.rules.custom_attributes import check_written_values
from trackteroid.server.rules.engine import rows_to_check, rules_of
from trackteroid.server.rules.homes import settle_homes
from trackteroid.server.rules.workflow import start_late
from trackteroid.spelling import is_claim

_Statements = dict[tuple[str, Unique], sa.Executable]
_STATEMENTS: WeakKeyDictionary[Model, _Statements] = WeakKeyDictionary()


def finish(request: Request) -> None:
    """Complete and check what a batch has left behind, before its transaction is committed.

    Checks come last because a batch may be in disorder in between: an entity may be made before the one it refers to,
    or get its name later.

    Raises:
        ValidationError: An entity lacks something it needs, or does not have the custom attribute of a value.
        IntegrityError: An entity refers to something that does not exist or is below it, or repeats what is unique.
        PermissionError_: The caller may not put something where it is, or nobody would be an administrator any more.
    """
    uow = unit_of_work(request)
    uow.end()
    start_late(uow)
    check_trees(uow)
    settle_homes(uow)
    check_completeness(uow)
    for group in uow.changes.alike():
        for check in rules_of(group.type).checks:
            for change in group.changes:
                check(uow, change)
    check_references(uow)
    check_permissions(uow)
    check_administrators(uow)
    check_uniqueness(uow)
    check_written_values(uow)
    request.pending.flush(request.transaction)


def refuse_unseen(uow: UnitOfWork, row: Row) -> None:
    """Refuse that somebody makes a row that is there, which they may not see: in the words in which a new one would be.

    Raises:
        ValidationError: It would lack something.
        IntegrityError: It would refer to something that is not there for them.
    """
    _check_complete(row, _needed(uow, row.type))
    for reference in _references(uow, Alike(row.type, True, row.values.keys(), [Change("create", row)])):
        if not may_refer(uow, row, reference.name):
            raise reference.failure()
    raise IntegrityError(f"{row.label} exists already.")


def check_completeness(uow: UnitOfWork) -> None:
    """Refuse what a batch has left without a value that it needs.

    Raises:
        ValidationError: An entity lacks one.
    """
    for (entity_type, changed), rows in rows_to_check(uow).items():
        names = [name for name in _needed(uow, entity_type) if changed is None or name in changed]
        for row in rows if names else ():
            if uow.is_current(row):
                _check_complete(row, names)


def _check_complete(row: Row, names: Iterable[str]) -> None:
    """Refuse a row that lacks a value for a column with one of these names."""
    missing = [name for name in names if row.values[name] is None]
    if missing:
        raise ValidationError(f"{row.label} lacks a value for {' and '.join(missing)}.")


def _needed(uow: UnitOfWork, entity_type: EntityType) -> Sequence[str]:
    def collect() -> list[str]:
        rules = rules_of(entity_type)
        required = [name for name, attribute in entity_type.stored().items() if attribute.required]
        return [name for name in dict.fromkeys((*required, *rules.needs)) if name not in rules.optional]

    return uow.remembered("needed", entity_type.name, collect)


def check_references(uow: UnitOfWork) -> None:
    """Refuse references of a batch to what is not there, or not for its sender.

    Raises:
        IntegrityError: There is one.
    """
    wanted: defaultdict[str, set[RowKey]] = defaultdict(set)
    for group in uow.changes.alike():
        for name, targets in _targets(uow, group.type):
            if name not in group.columns:
                continue
            if len(targets) == 1:
                keys = {change.row.values[name] for change in group.changes}
                wanted[targets[0]].update((key,) for key in keys if key is not None)
            else:
                for reference in _references_by(uow, group, name, targets):
                    wanted[reference.targets[0]].add((reference.value,))
    missing = {target: keys - uow.find_all(target, keys).keys() for target, keys in wanted.items()}
    hidden = hidden_references(uow)
    if not hidden and not any(missing.values()):
        return
    for reference in (found for group in uow.changes.alike() for found in _references(uow, group)):
        key, (first, *others) = (reference.value,), reference.targets
        is_there = key not in missing[first] or any(uow.find(target, key) for target in others)
        if not is_there or (id(reference.row), reference.name) in hidden:
            raise reference.failure()


class _Reference(NamedTuple):
    """A key that the batch has set, and the types it may lead to, the likeliest first."""

    row: Row
    name: str
    value: Any
    targets: tuple[str, ...]

    def failure(self) -> IntegrityError:
        """Return the refusal of a reference to nothing."""
        what = f"{' or '.join(self.targets)} {self.value} ({self.name})"
        return IntegrityError(f"{self.row.label} refers to {what}, which does not exist.")


def _references(uow: UnitOfWork, group: Alike) -> Iterator[_Reference]:
    for name, targets in _targets(uow, group.type):
        if name in group.columns:
            yield from _references_by(uow, group, name, targets)


def _references_by(uow: UnitOfWork, group: Alike, name: str, targets: tuple[str, ...]) -> Iterator[_Reference]:
    """Yield what the rows of changes refer to by one key."""
    for change in group.changes:
        values = change.row.values
        if values[name] is not None:
            # Beside a key to any of several types, a row names the one that it leads to.
            named = values.get(f"{name.removesuffix('_id')}_type") if len(targets) > 1 else None
            yield _Reference(change.row, name, values[name], (named,) if named in uow.model.types else targets)


def _targets(uow: UnitOfWork, entity_type: EntityType) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return the keys of a type that lead to something with a single id, and the types they may lead to."""

    def collect() -> list[tuple[str, tuple[str, ...]]]:
        found = {
            name: (key.target,) if key.target else tuple(_owners(uow, entity_type.table, name))
            for name, key in entity_type.keys().items()
            if key.stored
        }
        return [
            (name, targets) for name, targets in found.items() if targets and len(uow.type(targets[0]).primary_key) == 1
        ]

    return uow.remembered("targets", entity_type.name, collect)


def _owners(uow: UnitOfWork, table: str, name: str) -> Iterable[str]:
    """Return the families that keep collections by a key without a target of its own."""
    found: dict[str, None] = {}
    for owner in uow.model:
        for attribute in owner.attributes.values():
            if isinstance(attribute, Collection):
                if attribute.by == name and uow.type(attribute.target).table == table:
                    found[owner.root.name] = None
                link = attribute.through
                if link is not None and uow.type(link.link).table == table and link.own == name:
                    found[owner.root.name] = None
    return found


def check_trees(uow: UnitOfWork) -> None:
    """Refuse what a batch has made a part of itself: groups, replies, members of containers.

    Contexts are not looked at: see `hierarchy`.

    Raises:
        IntegrityError: Somebody is above and below an entity.
    """
    upwards = (
        (change.row, name)
        for group in uow.changes.alike()
        if group.type.root.name != "Context"
        for name, key in group.type.keys().items()
        if name in group.columns and key.target and key.on_delete == "cascade"
        if uow.type(key.target).table == group.type.table
        for change in group.changes
        if change.row.values[name] is not None
    )
    for row, name in upwards:
        above, seen = row.values[name], {row.key[0]}
        while above is not None and above not in seen:
            seen.add(above)
            found = uow.find(row.type, above)
            above = found.values[name] if found is not None else None
        if above == row.key[0]:
            other = f"{row.type.root.name} {row.values[name]} ({name})"
            raise IntegrityError(f"{row.label} cannot be below {other}, which is below it or itself.")


def check_uniqueness(uow: UnitOfWork) -> None:
    """Refuse values that a batch has made occur twice. Those that did so before are left alone.

    Raises:
        IntegrityError: There is such an entity already; the message names it.
    """
    touched: dict[tuple[EntityType, Unique], dict[str, Row]] = {}
    for group in uow.changes.alike():
        for entity_type, unique in uow.model.uniques(group.type):
            if not group.columns.isdisjoint(unique.columns):
                # A new row may claim by its id what it is, so that there is to be no other of that kind.
                rows = (
                    change.row
                    for change in group.changes
                    if not unique.if_claimed or (change.kind == "create" and is_claim(str(change.row.key[0])))
                )
                touched.setdefault((entity_type, unique), {}).update((row.key[0], row) for row in rows)
    for (entity_type, unique), rows in touched.items():
        statement = _statement(uow.model, entity_type, unique)
        for chunk in chunks(rows):
            found = {row.own: row.other for row in uow.execute(statement, {"ids": chunk})}
            for row_id in chunk:
                if row_id in found:
                    raise _refusal(uow, unique, rows, row_id, found[row_id])


def _statement(model: Model, entity_type: EntityType, unique: Unique) -> sa.Executable:
    """Return pairs of rows with the same values, of which the first is among some."""
    statements = _STATEMENTS.setdefault(model, {})
    place = (entity_type.name, unique)
    if place not in statements:
        own, other = model.table(entity_type).alias(), model.table(entity_type).alias()
        same = [
            own.c[name].is_not_distinct_from(other.c[name])
            if name in unique.even_empty
            else own.c[name] == other.c[name]
            for name in unique.columns
        ]
        among = own.c.id.in_(sa.bindparam("ids", expanding=True))
        kind = model.condition_of(entity_type, other)
        statements[place] = (
            sa.select(own.c.id.label("own"), other.c.id.label("other"))
            .select_from(own.join(other, sa.and_(*same, own.c.id != other.c.id)))
            .where(among, *([] if kind is None else [kind]))
            .order_by(other.c.id.desc())
        )
    return statements[place]


def _refusal(uow: UnitOfWork, unique: Unique, rows: Mapping[str, Row], row_id: str, other_id: str) -> IntegrityError:
    """Of two that the batch has touched, the one that it touched first was there already."""
    order: Sequence[str] = list(rows)
    is_later = other_id in rows and order.index(other_id) > order.index(row_id)
    new_id, old_id = (other_id, row_id) if is_later else (row_id, other_id)
    new, old = rows[new_id], rows.get(old_id) or uow.find(rows[new_id].type.root, old_id) or rows[new_id]
    same = " and ".join(f"{name} {shown(value)}" for name, value in new.values.items() if name in unique.columns)
    return IntegrityError(f"There is a {old.type.name} with {same} already. It is {old.label}.")
