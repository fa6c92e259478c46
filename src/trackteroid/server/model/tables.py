"""The database tables of a model.

Text compares without regard to case, as the server's own database does; ids, dates and names of entity types compare
byte by byte. Beside text that people write is a column with its folding, where that is not the database's own.
Moments are ISO 8601 text in UTC with whole seconds, which sorts, compares and prints as it stands. Foreign keys are
checked when a transaction ends, so that a batch may create and delete in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.util import OrderedSet

from trackteroid.server.model.attributes import Key, Scalar
from trackteroid.server.model.column_types import BOOLEAN, CASELESS, EXACT, JSON, NUMBER, WHOLE, CaselessText, caseless
from trackteroid.server.model.folding import BLANK, FOLDS, WRITTEN
from trackteroid.server.model.types import EntityType

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "boolean": BOOLEAN,
    "integer": WHOLE,
    "number": NUMBER,
    "variable": JSON,
    "object": JSON,
}
#: The key of what everything belongs to: whole projects are read, page after page.
_WHOLE = "project_id"
#: Columns with the project of a row, which tell whether it may be seen.
_HOMES = (_WHOLE, "home_id")
#: Tables of parts. Whether one is seen takes more than its project, so that no index tells pages of them.
_PARTS: Final = frozenset(("component_location", "metadata"))
#: Tables of which pages are found before their rows are read, so that an index tells which of them somebody may see.
_PAGED: Final = frozenset(("asset", "asset_version"))
_NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
#: Tables whose rows are now as they are: secrets, what the server needs for itself, and what is kept.
UNKEPT: Final = frozenset(
    (
        *("api_key", "server_information", "security_role_permission", "stored_file", "encoding"),
        *("hub_event", "event_group", "event_delivery", "webhook", "webhook_failure"),
        *("row_history", "history_moment"),
    )
)
#: Whether changes of a table are kept, in its `info`.
KEPT: Final = "changes are kept"

#: Which changes there are.
CREATE: Final = "create"
UPDATE: Final = "update"
DELETE: Final = "delete"


class Types(Protocol):
    """All entity types together, as `registry.Model` has them."""

    def __iter__(self) -> Iterator[EntityType]: ...

    def type(self, name: str) -> EntityType:
        """Return the entity type called `name`."""
        ...

    def columns(self, table: str) -> Mapping[str, Scalar]:
        """Return the stored attributes of all types that share a table, by column name."""
        ...

    def subtypes(self, entity_type: EntityType) -> tuple[EntityType, ...]:
        """Return a type and everything that derives from it."""
        ...

    def condition_of(self, entity_type: EntityType, table: sa.FromClause) -> sa.ColumnElement[bool] | None:
        """Return what tells the rows of a type from others in their table."""
        ...


def build_tables(model: Types) -> sa.MetaData:
    """Return all tables of `model`."""
    metadata = sa.MetaData(naming_convention=_NAMES)
    for entity_type in model:
        if entity_type.view is None and entity_type.table not in metadata.tables:
            table = _build_table(metadata, model, entity_type)
            _add_indexes(model, entity_type, table)
            # Of two that serve it equally well SQLite takes one by the order they were made in. A set has none.
            table.indexes = OrderedSet(sorted(table.indexes, key=lambda index: str(index.name)))
    return metadata


def _build_table(metadata: sa.MetaData, model: Types, entity_type: EntityType) -> sa.Table:
    attributes = model.columns(entity_type.table)
    columns: list[sa.Column[Any]] = []
    for name, attribute in attributes.items():
        references: list[sa.ForeignKey] = []
        if isinstance(attribute, Key) and attribute.target is not None and not attribute.derived:
            target = model.type(attribute.target)
            if not target.view and len(target.primary_key) == 1:  # checked by the database, when a transaction ends
                there = f"{target.table}.{target.primary_key[0]}"
                references = [sa.ForeignKey(there, deferrable=True, initially="DEFERRED")]
        is_key = name in entity_type.primary_key
        kind = column_type(attribute)
        columns.append(sa.Column(name, kind, *references, key=name, primary_key=is_key, nullable=not is_key))
    folds = {name: f"{name}_folded" for name, attribute in attributes.items() if attribute.folds}
    columns += [sa.Column(companion, EXACT) for companion in folds.values()]
    noted = {WRITTEN: tuple(attributes), BLANK: dict.fromkeys(attributes), FOLDS: folds}
    return sa.Table(entity_type.table, metadata, *columns, info={**noted, KEPT: entity_type.table not in UNKEPT})


def column_type(attribute: Scalar) -> sa.types.TypeEngine[Any]:
    """Return the database type that keeps values of `attribute`."""
    if attribute.type in _TYPES:
        return _TYPES[attribute.type]
    return EXACT if attribute.exact else CASELESS


def _add_indexes(model: Types, entity_type: EntityType, table: sa.Table) -> None:
    """Let rows be found: by their keys, by what must be unique, and page after page."""
    # What an index has to hold that tells pages of a type by itself, in the order of answers.
    kinds = {each.discriminator for each in model if each.table == table.name}
    kind = next(iter(kinds)) if len(kinds) == 1 else None
    pages = [*table.primary_key, *([table.c[kind]] if kind else [])]
    homes = [table.c[name] for name in _HOMES if name in table.c]
    leading = table.primary_key.columns.keys()[0]  # the index of the primary key finds by the first column itself
    for name, attribute in model.columns(table.name).items():
        if attribute.unique and (attribute.hidden or not entity_type.served):
            table.append_constraint(sa.UniqueConstraint(name, name=f"uq_{table.name}_{name}"))
        elif (attribute.unique or attribute.indexed) and name != leading:
            more = pages if name in _HOMES and table.name not in _PARTS else ()
            if name == kind:  # pages of one type, be it frequent or rare
                more = [*table.primary_key, *homes]
            is_partial = isinstance(attribute, Key) and not more and name not in entity_type.primary_key
            # Most keys have no value in most rows. SQLite takes an index of nothing but these to find everything, and
            # never uses it; without them it is smaller, and faster to write. PostgreSQL knows how often there is none.
            rows = table.c[name].is_not(None) if is_partial else None
            if attribute.type == "boolean":  # what it is true of is looked for, which is little
                few = table.c[name].is_(True)
                sa.Index(f"ix_{table.name}_{name}", *table.primary_key, sqlite_where=few, postgresql_where=few)
            else:
                sa.Index(f"ix_{table.name}_{name}", _compared(table.c[name]), *more, sqlite_where=rows)
    if len(pages) > len(table.primary_key) or table.name in _PAGED:
        sa.Index(f"ix_{table.name}_pages", *pages, *homes)
    for holder in model:
        if holder.table == table.name and holder.view is None:
            for unique in (each for each in holder.unique if not each.if_claimed):
                _make_findable(model, holder, table, unique.columns)


def _make_findable(model: Types, entity_type: EntityType, table: sa.Table, names: tuple[str, ...]) -> None:
    """Let entities be found by what must be unique; whether it is, is checked when a batch is complete."""
    label = [table.name, *names]
    options: dict[str, Any] = {}
    rows = model.condition_of(entity_type, table)
    if rows is not None:
        label.insert(1, entity_type.name.lower())
        options = {"sqlite_where": rows, "postgresql_where": rows}
        if len(model.subtypes(entity_type)) == 1:  # few among many: found alone, and in the order of answers
            sa.Index(f"ix_{table.name}_{entity_type.name.lower()}", *table.primary_key, **options)
    sa.Index(f"ix_{'_'.join(label)}", *(_compared(table.c[name]) for name in names), **options)


def _compared(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return what an index holds of a column: the form of it that is compared."""
    return caseless(column) if isinstance(column.type, CaselessText) else column
