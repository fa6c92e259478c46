"""What the rows of a table change: a plan that can be read, and committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from ftrack_api.entity.base import Entity as FtrackEntity

from trackteroid.client.entities import stored_value
from trackteroid.collections.context import context_of
from trackteroid.errors import TableError
from trackteroid.operations.transaction import transaction
from trackteroid.tables import Column
from trackteroid.tabular import DataTable, Tabular
from trackteroid.values import frozen

Action: TypeAlias = Literal["create", "change", "delete", "keep"]
_VERBS: Mapping[Action, str] = {"create": "Create", "change": "Change", "delete": "Delete", "keep": "Keep"}

#: How many of those that are not in the table are named.
_NAMED = 10


@frozen
class RowChange:
    """What happens to one entity.

    Attributes:
        action: what happens; ``"keep"`` is nothing, to what is not in the table.
        name: what the entity is known by in the table.
        row: the number of the row, from 1 on; None for what is in no row.
        values: what its attributes become, and what they were.
        entity: the entity, if there is one already.
    """

    action: Action
    name: str
    row: int | None = None
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    entity: FtrackEntity | None = None

    def lines(self, type_name: str) -> Iterator[str]:
        """Yield it in words."""
        yield f"{_VERBS[self.action]} {type_name} {self.name}"
        for attribute, (old, new) in self.values.items():
            before = "" if self.action == "create" else f"{words(old)} -> "
            yield f"    {attribute}: {before}{words(new)}"


@runtime_checkable
class HasTransactions(Protocol):
    """A session of ours."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit the changes of a block at its end, all or none."""
        ...


class RowsPlan(Tabular):
    """What the rows of a table change: print it, then `commit` it.

    Attributes:
        type_name: the type of the entities.
        changes: what happens, in the order of the rows; then what is in no row.
        unchanged: how many rows change nothing.
    """

    __slots__ = ("_is_committed", "_near", "changes", "type_name", "unchanged")

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__

    def __init__(self, near: Any, changes: Sequence[RowChange], unchanged: int) -> None:
        """Plan changes of the entities of a collection, and what is created beside them."""
        self._near = near
        self._is_committed = False
        self.type_name: str = near.entity_type.__name__
        self.changes = tuple(changes)
        self.unchanged = unchanged

    def found(self, action: Action) -> tuple[RowChange, ...]:
        """Return what has this action."""
        return tuple(change for change in self.changes if change.action == action)

    @property
    def new(self) -> tuple[RowChange, ...]:
        """What is created."""
        return self.found("create")

    @property
    def changed(self) -> tuple[RowChange, ...]:
        """What is changed."""
        return self.found("change")

    @property
    def gone(self) -> tuple[RowChange, ...]:
        """What the query finds and the table does not have; it is deleted if that was asked for."""
        return (*self.found("delete"), *self.found("keep"))

    def __bool__(self) -> bool:
        return any(change.action != "keep" for change in self.changes)

    def __str__(self) -> str:
        kept = self.found("keep")
        lines = [line for change in self.changes if change.action != "keep" for line in change.lines(self.type_name)]
        named = ", ".join(change.name for change in kept[:_NAMED]) + (", ..." if len(kept) > _NAMED else "")
        return "\n".join(
            [f"{self.type_name}: {self._counts}", *lines, *([f"Not in the table: {named}"] if kept else [])]
        )

    @property
    def _counts(self) -> str:
        kept, gone = self.found("keep"), self.found("delete")
        counts = f"{len(self.new)} new, {len(self.changed)} changed, {self.unchanged} unchanged, "
        return counts + (f"{len(gone)} deleted" if gone else f"{len(kept)} not in the table, which stay")

    def __repr__(self) -> str:
        return f"<RowsPlan {self.type_name}: {len(self.new)} new, {len(self.changed)} changed, {len(self.gone)} gone>"

    def table(self, columns: Any = None) -> DataTable:
        """Return the plan as a table, with one row for each value that is set."""
        rows: list[tuple[Any, ...]] = []
        for change in self.changes:
            told = [(name, words(old), words(new)) for name, (old, new) in change.values.items()]
            rows += [(change.action, change.name, *each) for each in told or [(None, None, None)]]
        names = [Column("action"), Column(self.type_name), Column("attribute"), Column("old"), Column("new")]
        found = DataTable.of("lines", names, rows, notes=[self._counts], one="line")
        return found.table(columns)

    def record(self) -> None:
        """Record everything in the session; nothing is sent before its next commit."""
        self._check_open()
        for name, changed in self._by_attribute().items():
            part = self._near.from_entities([entity for entity, _ in changed])
            setattr(part, name, [value for _, value in changed])
        if self.new:
            batch = [{name: new for name, (_, new) in change.values.items()} for change in self.new]
            self._near.create_batch(*batch)
        if gone := [change.entity for change in self.found("delete") if change.entity is not None]:
            self._near.from_entities(gone).delete()
        self._is_committed = True

    def commit(self) -> None:
        """Record everything and commit it, all or nothing.

        In a block of `deferred_operations` it goes to the file. What was pending in the session is committed too.

        Raises:
            TableError: this was committed already.
            ServerError: the server refuses something; then nothing is changed.
        """
        self._check_open()
        try:
            session = context_of(self._near).session
            # Sessions of ftrack_api can do the same, without finding out about interrupted commits first.
            with session.transaction() if isinstance(session, HasTransactions) else transaction(session):
                self.record()
        except BaseException:
            self._is_committed = False
            raise

    def _check_open(self) -> None:
        if self._is_committed:
            raise TableError("These changes were committed already. Make another plan: Query(...).from_rows(...).")

    def _by_attribute(self) -> dict[str, list[tuple[FtrackEntity, Any]]]:
        found: dict[str, list[tuple[FtrackEntity, Any]]] = {}
        for change in self.changed:
            for name, (_, new) in change.values.items():
                if change.entity is not None:
                    found.setdefault(name, []).append((change.entity, new))
        return found


_NAMES: tuple[Callable[[FtrackEntity], Any], ...] = tuple(
    lambda entity, name=name: stored_value(entity, name) if entity.attributes.get(name) else None  # pyright: ignore[reportUnknownLambdaType]
    for name in ("name", "full_name", "username", "label", "id")
)


def words(value: Any) -> str:
    """Return a value as people write it; entities by their names."""
    if value is None:
        return "(nothing)"
    if isinstance(value, FtrackEntity):
        return next(found for each in _NAMES if isinstance(found := each(value), str))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(words, value))  # pyright: ignore[reportUnknownArgumentType]
    inner = getattr(value, "datetime", None)
    return value if isinstance(value, str) else inner.isoformat() if inner is not None else str(value)
