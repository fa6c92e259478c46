"""Whether a database keeps the rules of its data, and repairing what follows from the rest of it.

Rules are kept by the server whenever something changes. This looks at all of it, after a crash of a disk, a restored
backup or a program that wrote past the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from trackteroid.server.auth.policy import families_of
from trackteroid.server.core.pending import insert_all
from trackteroid.server.core.unit_of_work import chunks
from trackteroid.server.model import EntityType, Model
from trackteroid.server.model.column_types import CaselessText, caseless
from trackteroid.server.model.folding import FOLDS, beside, with_folded
from trackteroid.server.rules import homes
from trackteroid.server.rules.custom_attributes import search_columns
from trackteroid.server.storage.database import Database, Models
from trackteroid.values import frozen

_SHOWN = 3
#: Types whose keys have a rule of their own.
_LINKS = ("CustomAttributeLink", "CustomAttributeLinkFrom")
_PIECE = 10_000


@frozen
class Finding:
    """Something that breaks a rule.

    Attributes:
        rule: Which one.
        text: What is wrong, in a sentence.
        count: How many rows it concerns.
        examples: The keys of a few of them.
        is_derived: Whether it follows from the rest, so that it can be repaired.
        is_repaired: Whether it has been.
    """

    rule: str
    text: str
    count: int
    examples: tuple[str, ...]
    is_derived: bool = False
    is_repaired: bool = False

    def __str__(self) -> str:
        more = ", ..." if self.count > len(self.examples) else ""
        named = f" ({', '.join(self.examples)}{more})" if self.examples else ""
        state = " Repaired." if self.is_repaired else " Can be repaired with --repair." if self.is_derived else ""
        return f"{self.rule}: {self.text}{named}.{state}"


@frozen
class Report:
    """What was looked at and what was found."""

    database: str
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is left that breaks a rule."""
        return all(finding.is_repaired for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "database": self.database,
            "is_sound": self.is_sound,
            "rules": list(self.rules),
            "findings": [asdict(finding) for finding in self.findings],
        }


def check(database: Database, *, repair: bool = False) -> Report:
    """Look at everything, in one transaction; with `repair` change what follows from the rest in it.

    Raises:
        PermissionError_: Something is to be repaired in a database that is open for reading only.
    """

    def work(connection: sa.Connection) -> tuple[Finding, ...]:
        checking = _Checking(connection, Models().current(connection), repair)
        return tuple(finding for rule in _RULES.values() for finding in rule(checking))

    return Report(database.name, tuple(_RULES), database.run(work, write=repair))


class _Checking:
    """One look at a database, with what the rules ask of it."""

    def __init__(self, connection: sa.Connection, model: Model, repair: bool) -> None:
        self.connection = connection
        self.model = model
        self.repair = repair
        self.tables = sorted(model.metadata.tables.values(), key=lambda table: table.name)

    def broken(self, rule: str, text: str, keys: Sequence[Any]) -> Iterator[Finding]:
        """Yield what cannot be repaired, if there are any rows with `keys`."""
        if keys:
            counted = "1 row" if len(keys) == 1 else f"{len(keys):,} rows"
            yield Finding(rule, text.format(counted), len(keys), tuple(map(str, keys[:_SHOWN])))

    def derived(self, rule: str, text: str, keys: Sequence[Any], repairing: Callable[[], None]) -> Iterator[Finding]:
        """Yield what can be repaired, and is if that was asked for."""
        for finding in self.broken(rule, text, keys):
            if self.repair:
                repairing()
            yield Finding(rule, finding.text, finding.count, finding.examples, True, self.repair)

    def rows(self, statement: sa.Executable) -> Iterable[Any]:
        """Return the rows of a statement, some of them in memory at a time."""
        return self.connection.execution_options(yield_per=_PIECE).execute(statement)

    def change(self, table: sa.Table, changes: dict[Any, dict[str, Any]]) -> None:
        """Change values of rows, by the values of their primary keys."""
        columns: list[sa.Column[Any]] = list(table.primary_key.columns)
        names = [f"own_{column.name}" for column in columns]
        conditions = [column == sa.bindparam(name) for name, column in zip(names, columns, strict=True)]
        for key, values in changes.items():
            parts: tuple[Any, ...] = (key,) if isinstance(key, str) else key
            bound = dict(zip(names, parts, strict=True))
            self.connection.execute(sa.update(table).where(*conditions).values(values), bound)

    def integrity(self) -> Iterator[Finding]:
        """Yield what is unsound in the file itself."""
        if self.connection.dialect.name == "sqlite":
            found = self.connection.exec_driver_sql("PRAGMA integrity_check(100)").scalars().all()
            if found != ["ok"]:
                text = f"SQLite finds damage: {'; '.join(map(str, found[:_SHOWN]))}"
                yield Finding("integrity", f"{text}. Restore a backup", len(found), ())

    def references(self) -> Iterator[Finding]:
        """Whatever is referred to exists."""
        for table in self.tables:
            for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
                target, own = key.column.table.alias(), table.c[key.parent.key]
                other = target.c[key.column.key]
                missing = (
                    sa.select(*table.primary_key.columns)
                    .select_from(table.outerjoin(target, own == other))
                    .where(own.is_not(None), other.is_(None))
                )
                keys = [_key(row) for row in self.connection.execute(missing)]
                text = f"{{}} of {table.name} refer with {own.name} to {key.column.table.name} that is not there"
                yield from self.broken("references", text, keys)

    def owners(self) -> Iterator[Finding]:
        """Keys that may lead to entities of several types lead to one."""
        for entity_type in self.model:
            if entity_type.base is not None or entity_type.view is not None or entity_type.name in _LINKS:
                continue
            for name, key in entity_type.keys().items():
                families = families_of(self.model, entity_type, name) if key.target is None else ()
                if not families:
                    continue
                table = self.model.table(entity_type)
                lost = [_key(row) for row in self.connection.execute(self._lost(table, name, families))]
                text = f"{{}} of {table.name} refer with {name} to something that is not there"
                yield from self.broken("owners", text, lost)

    def _lost(self, table: sa.Table, name: str, families: Iterable[EntityType]) -> sa.Select[Any]:
        """Return the keys of rows that lead to nothing, neither in their families nor of the type that they name."""
        kind = table.c.get(f"{name.removesuffix('_id')}_type")

        def is_missing(family: EntityType) -> sa.ColumnElement[bool]:
            found = self.model.table(family).alias()
            return ~sa.exists().where(found.c.id == table.c[name])

        conditions = [is_missing(family) for family in families]
        if kind is not None:
            whole = (each.root for each in self.model if each.view is None and each.root.primary_key == ("id",))
            for family in {each.name: each for each in whole}.values():
                names = [each.name for each in self.model.subtypes(family)]
                conditions.append(sa.or_(kind.is_(None), kind.not_in(names), is_missing(family)))
        return sa.select(*table.primary_key.columns).where(table.c[name].is_not(None), *conditions)

    def uniqueness(self) -> Iterator[Finding]:
        """Yield what may occur once does not occur twice."""
        for entity_type in self.model:
            own = [unique for holder, unique in self.model.uniques(entity_type) if holder is entity_type]
            uniques = [unique for unique in own if not unique.if_claimed]
            if entity_type.view is not None or not uniques:
                continue
            table = self.model.table(entity_type)
            kind = self.model.condition_of(entity_type, table)
            for unique in uniques:
                columns = [table.c[name] for name in unique.columns]
                compared = [caseless(each) if isinstance(each.type, CaselessText) else each for each in columns]
                given = [each.is_not(None) for each in columns if each.name not in unique.even_empty]
                twice = (
                    sa.select(sa.func.min(next(iter(table.primary_key.columns))))
                    .where(*given, *([] if kind is None else [kind]))
                    .group_by(*compared)
                    .having(sa.func.count() > 1)
                )
                keys = list(self.connection.execute(twice).scalars())
                text = f"{{}} of {entity_type.name} have the same {' and '.join(unique.columns)} as others"
                yield from self.broken("uniqueness", text, keys)

    def hierarchy(self) -> Iterator[Finding]:
        """Contexts know all that is above them, and their project."""
        table, closure = self.model.table("Context"), self.model.table("ContextAncestor")
        contexts = {
            row.id: (row.parent_id, row.project_id)
            for row in self.rows(sa.select(table.c.id, table.c.parent_id, table.c.project_id))
        }
        parents = {key: parent for key, (parent, _) in contexts.items()}
        wanted: dict[tuple[str, str], int] = {}
        circles: list[str] = []
        projects: dict[Any, dict[str, Any]] = {}
        for key, (_, project) in contexts.items():
            above = _above(parents, key)
            if above is None:
                circles.append(key)
                continue
            wanted.update(((key, ancestor), depth) for depth, ancestor in enumerate(above, start=1))
            top = above[-1] if above else key
            if project != top:
                projects[key] = {"project_id": top}
        yield from self.broken("hierarchy", "{} of context are below themselves", circles)
        yield from self.derived(
            "hierarchy",
            "{} of context name another project than the one they are in",
            list(projects),
            lambda: self.change(table, projects),
        )
        columns = (closure.c.context_id, closure.c.ancestor_id, closure.c.depth)
        surplus: list[tuple[str, str]] = []
        for context, ancestor, depth in self.rows(sa.select(*columns)):
            if wanted.get((context, ancestor)) == depth:
                del wanted[context, ancestor]
            elif context not in circles:
                surplus.append((context, ancestor))
        wrong = sorted({context for context, _ in (*surplus, *wanted)})

        def repair() -> None:
            delete = sa.delete(closure).where(
                closure.c.context_id == sa.bindparam("own"), closure.c.ancestor_id == sa.bindparam("other")
            )
            for each in chunks(surplus):
                self.connection.execute(delete, [{"own": context, "other": above} for context, above in each])
            made = [{"context_id": one, "ancestor_id": above, "depth": depth} for (one, above), depth in wanted.items()]
            for each in chunks(made):
                insert_all(self.connection, closure, list(each))

        yield from self.derived("ancestors", "the ancestors of {} of context are not those above them", wrong, repair)

    def latest_versions(self) -> Iterator[Finding]:
        """Assets know their latest version."""
        asset, version = self.model.table("Asset"), self.model.table("AssetVersion")
        newest = (
            sa.select(version.c.id)
            .where(version.c.asset_id == asset.c.id)
            .order_by(version.c.version.desc(), version.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        wrong = sa.select(asset.c.id, newest.label("newest")).where(asset.c.latest_version_id.is_distinct_from(newest))
        changes: dict[Any, dict[str, Any]] = {
            row.id: {"latest_version_id": row.newest} for row in self.connection.execute(wrong)
        }
        text = "{} of asset name another version as their latest than the one with the highest number"
        yield from self.derived("latest versions", text, list(changes), lambda: self.change(asset, changes))

    def projects(self) -> Iterator[Finding]:
        """What is on something is in its project."""
        for entity_type in homes.homed(self.model):
            table = self.model.table(entity_type)
            found = homes.home_as_sql(self.model, entity_type, table)
            wrong = sa.select(*table.primary_key).where(table.c[homes.home_of(entity_type)].is_distinct_from(found))
            yield from self.derived(
                "projects",
                f"{{}} of {table.name} name another project than the one they are in",
                [_key(row) for row in self.connection.execute(wrong)],
                lambda: homes.fill(self.connection, self.model),
            )

    def links(self) -> Iterator[Finding]:
        """Links of custom attributes lead to what is there, and know of what type it is."""
        links = self.model.table("CustomAttributeLink")
        kinds = {name: name for name in ("Context", "Asset", "AssetVersion", "List", "User", "Group", "Component")}
        known: dict[str, str] = {}
        for kind in kinds:
            entity_type = self.model.type(kind)
            table = self.model.table(entity_type)
            tells = table.c[entity_type.discriminator] if entity_type.discriminator else sa.literal(kind)
            known.update((row[0], row[1]) for row in self.rows(sa.select(table.c.id, tells)))
        lost: list[str] = []
        changes: dict[Any, dict[str, Any]] = {}
        ends = ("from", "to")
        columns = [links.c[f"{end}_{part}"] for end in ends for part in ("id", "entity_type")]
        for row in self.rows(sa.select(links.c.id, *columns)):
            for number, end in enumerate(ends):
                target, said = row[1 + 2 * number], row[2 + 2 * number]
                if target not in known:
                    lost.append(row[0])
                elif said != known[target]:
                    changes.setdefault(row[0], {})[f"{end}_entity_type"] = known[target]
        yield from self.broken("links", "{} of custom attribute links lead to something that is not there", lost)
        text = "{} of custom attribute links name another type than the one they lead to"
        yield from self.derived("links", text, list(changes), lambda: self.change(links, changes))

    def search_columns(self) -> Iterator[Finding]:
        """Yield the values of custom attributes that cannot be found, since what is compared is not what they are."""
        for name, value, text, number in (
            ("CustomAttributeValue", "value", "text", "number"),
            ("CustomAttributeConfiguration", "default", "default_text", "default_number"),
        ):
            table = self.model.table(name)
            key = list(table.primary_key.columns)
            changes: dict[Any, dict[str, Any]] = {}
            for row in self.rows(sa.select(*key, table.c[value], table.c[text], table.c[number])):
                held, *compared = row[len(key) :]
                if tuple(compared) != (wanted := search_columns(held)):
                    found = {text: wanted[0], number: wanted[1]}
                    changes[tuple(row[: len(key)])] = dict(with_folded(table, found))

            def repair(table: sa.Table = table, changes: dict[Any, dict[str, Any]] = changes) -> None:
                self.change(table, changes)

            about = f"{{}} of {table.name} cannot be found by the {value} of their attribute"
            yield from self.derived("search columns", about, [_key(each) for each in changes], repair)

    def folded_text(self) -> Iterator[Finding]:
        """Yield the texts whose stored folding is not their folding."""
        for table in self.tables:
            folds: dict[str, str] = table.info[FOLDS]
            if not folds:
                continue
            key = list(table.primary_key.columns)
            columns = [table.c[name] for pair in folds.items() for name in pair]
            changes: dict[Any, dict[str, Any]] = {}
            for row in self.rows(sa.select(*key, *columns)):
                values = iter(row[len(key) :])
                for companion, text, folding in zip(folds.values(), values, values, strict=True):
                    if folding != beside(text):
                        changes.setdefault(tuple(row[: len(key)]), {})[companion] = beside(text)
            keys = [_key(each) for each in changes]

            def repair(table: sa.Table = table, changes: dict[Any, dict[str, Any]] = changes) -> None:
                self.change(table, changes)

            yield from self.derived("folded text", f"{{}} of {table.name} cannot be found by their text", keys, repair)


_RULES: dict[str, Callable[[_Checking], Iterator[Finding]]] = {
    "integrity": _Checking.integrity,
    "references": _Checking.references,
    "owners": _Checking.owners,
    "uniqueness": _Checking.uniqueness,
    "hierarchy": _Checking.hierarchy,
    "projects": _Checking.projects,
    "latest versions": _Checking.latest_versions,
    "links": _Checking.links,
    "search columns": _Checking.search_columns,
    "folded text": _Checking.folded_text,
}


def _above(parents: dict[str, str | None], key: str) -> list[str] | None:
    """Return what is above a context, from its parent upwards; None where that leads back to it, or around above it."""
    above: list[str] = []
    seen, parent = {key}, parents[key]
    while parent is not None and parent in parents:
        if parent in seen:
            return None
        seen.add(parent)
        above.append(parent)
        parent = parents[parent]
    return above


def _key(row: Sequence[Any]) -> Any:
    return row[0] if len(row) == 1 else "/".join(map(str, row))
