"""The action `history`: which values attributes of entities had before, and who has changed them when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import orjson
import sqlalchemy as sa

from trackteroid.server.auth.policy import Place, place_of, policy_of
from trackteroid.server.compiler import run
from trackteroid.server.core.among import among
from trackteroid.server.core.failures import LimitError, QueryError, ValidationError, nearest, suggestion
from trackteroid.server.core.request import Request
from trackteroid.server.core.values import shown, to_wire
from trackteroid.server.history.asking import standing
from trackteroid.server.history.moments import kept_since
from trackteroid.server.history.undoing import Undone, Values, values_of
from trackteroid.server.language import parse
from trackteroid.server.model import EntityType, Key, Reference, Scalar, UnknownName, standard_model
from trackteroid.server.model.column_types import JsonText
from trackteroid.server.model.keeping import DELETE, KEPT
from trackteroid.spelling import quoted
from trackteroid.values import frozen

#: What entities are called by, the first that they have.
_NAMES: Final = ("full_name", "username", "name", "label")
_MOST_IDS: Final = 10_000


@frozen
class _Asked:
    """An attribute that is asked for, and the column that has its values; those of references are ids."""

    name: str
    column: Scalar
    stored: str
    target: EntityType | None


def history(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes of attributes of entities, also of deleted ones, oldest first.

    Args:
        request: The request.
        operation: `entity_type`, `ids` and `attributes`.

    Returns:
        The `data`, one object for each change: `id`, `attribute`, `old`, `new`, `at`, `user_id`, `username`, `event`;
        values of references have their names in `old_name` and `new_name`. `metadata.since` is the moment from which
        on all are there.

    Raises:
        ValidationError: Something of the operation is wrong.
        QueryError: There is no such type or attribute, or no history of it.
    """
    entity_type = _entity_type(request, operation)
    ids = _texts(operation, "ids")
    if len(ids) > _MOST_IDS:
        raise LimitError(f'"ids" has {len(ids)} ids, more than {_MOST_IDS}. Ask for some at a time.')
    asked = [_attribute(request, entity_type, name) for name in _texts(operation, "attributes")]
    kept = kept_since(request.connection)
    changes = list(_changes(request, entity_type, list(dict.fromkeys(ids)), asked))
    return {
        "action": "history",
        "data": _named(request, asked, changes),
        "metadata": {"since": None if kept is None else kept.at},
    }


def _entity_type(request: Request, operation: Mapping[str, Any]) -> EntityType:
    name = operation.get("entity_type")
    try:
        found = request.model.type(name if isinstance(name, str) else "")
    except UnknownName as error:
        raise QueryError(f"{error}{suggestion(error.near)}") from None
    if not found.served or found.view is not None or found.primary_key != ("id",):
        raise QueryError(f"{found.name} has no history: only what has an id has one.")
    if not request.model.table(found).info.get(KEPT):
        raise QueryError(f"{found.name} has no history: its values are secrets, and are not kept.")
    return found


def _attribute(request: Request, entity_type: EntityType, name: str) -> _Asked:
    try:
        owner, found = request.model.attribute(entity_type, name)
    except UnknownName as error:
        raise QueryError(f"{error}{suggestion(error.near)}") from None
    columns = owner.stored()
    if isinstance(found, Reference) and len(found.keys) == 1 and found.keys[0] in columns:
        return _Asked(name, columns[found.keys[0]], found.keys[0], request.model.type(found.target))
    if isinstance(found, Scalar):
        stored = found.same_as or name
        if stored in columns:
            target = found.target if isinstance(found, Key) else None
            return _Asked(name, columns[stored], stored, None if target is None else request.model.type(target))
    known = [each for each, attribute in owner.attributes.items() if each in columns and not attribute.hidden]
    near = suggestion(nearest(name, known))
    raise QueryError(
        f"{entity_type.name}.{name} has no history: only plain values and references to one entity have one.{near}"
    )


def _changes(
    request: Request, entity_type: EntityType, ids: Sequence[str], asked: Sequence[_Asked]
) -> Iterator[dict[str, Any]]:
    entries = _entries(request, entity_type, ids)
    deleted = _deleted(request, entity_type, entries)
    visible = _visible(request, entity_type, ids, deleted)
    now = _now(request, entity_type, visible, asked)
    found: list[dict[str, Any]] = []
    readers = [(each, _reader(request, entity_type, each)) for each in reversed(asked)]
    for entry in reversed(entries):  # from the newest on, so that what a value became is known
        if entry.key not in visible:
            continue
        old = values_of(entry.old)
        later, is_deletion = now.get(entry.key), entry.kind == DELETE
        for each, read in readers if is_deletion or later is not None else ():
            was = old.get(each.stored)
            if (each.stored in old) and (was is not None or not is_deletion):
                became = None if is_deletion or later is None else later.get(each.stored)
                found.append(
                    {
                        "id": entry.key,
                        "attribute": each.name,
                        "old": read(was),
                        "new": read(became),
                        **entry.told(),
                    }
                )
        now[entry.key] = old if is_deletion else {**(later or {}), **old}
    return reversed(found)


@frozen
class _Entry:
    """A change or a deletion of a row, as it is kept."""

    key: str
    kind: str
    old: str | None
    at: str
    user_id: str | None
    username: str | None
    event: int | None

    def told(self) -> dict[str, Any]:
        """Return who has done it, and when."""
        return {"at": self.at, "user_id": self.user_id, "username": self.username, "event": self.event}


def _entries(request: Request, entity_type: EntityType, ids: Sequence[str]) -> list[_Entry]:
    model = standard_model()
    kept, moment, user = model.table("RowHistory"), model.table("HistoryMoment"), request.model.table("User")
    columns = (kept.c.key, kept.c.kind, kept.c.old, moment.c.at, moment.c.user_id, user.c.username, moment.c.event)
    joined = kept.join(moment, moment.c.batch == kept.c.batch).outerjoin(user, user.c.id == moment.c.user_id)
    most = request.limits.answer_rows
    rows = request.connection.execute(
        sa.select(*columns)
        .select_from(joined)
        .where(among(kept.c.key, ids), kept.c.name == entity_type.table)
        .order_by(moment.c.number, kept.c.id)
        .limit(most + 1)
    ).all()
    if len(rows) > most:
        raise LimitError(f"There are more than {most} changes, this server's limit answer_rows. Ask for fewer ids.")
    return [_Entry(*row) for row in rows]


def _deleted(request: Request, entity_type: EntityType, entries: Iterable[_Entry]) -> dict[str, Values]:
    """Return what was last deleted of each entity, of the type that is asked for."""
    kinds = {each.name for each in request.model.subtypes(entity_type)}
    rows = {entry.key: values_of(entry.old) for entry in entries if entry.kind == DELETE}
    kind = entity_type.discriminator
    return {key: row for key, row in rows.items() if kind is None or row.get(kind) in kinds}


def _visible(request: Request, entity_type: EntityType, ids: Sequence[str], deleted: Mapping[str, Values]) -> set[str]:
    """Return those that the caller may see, or might if they were still there."""
    found = _seen(request, entity_type, ids)
    gone = {key: row for key, row in deleted.items() if key not in found}
    if not gone:
        return found
    there_again = Undone(standard_model().metadata.tables[entity_type.table])
    for key, row in gone.items():
        there_again.undo_deletion((key,), row)

    def find(names: Collection[str]) -> Mapping[str, Undone]:
        return {name: there_again for name in names if name == entity_type.table}

    # What exists under one of these keys is of another type, or not for the caller to see.
    with standing(request, find, _deleted_projects(request, entity_type, gone.values())):
        return found | _seen(request, entity_type, list(gone))


def _deleted_projects(request: Request, entity_type: EntityType, rows: Iterable[Values]) -> set[str]:
    """Return the projects of deleted rows that are gone, but for those that are known to have been open."""
    home = (place_of(entity_type) or Place()).home
    projects = {row[home] for row in rows if home and row.get(home) is not None}
    if not projects or policy_of(request) is None:
        return set()
    project = request.model.type("Project")
    table = request.model.table(project)
    is_there = sa.select(table.c.id).where(among(table.c.id, list(projects)))
    gone = projects.difference(request.connection.execute(is_there).scalars())
    entries = _entries(request, project, sorted(gone)) if gone else []
    last = {entry.key: values_of(entry.old) for entry in entries if entry.kind == DELETE}
    return {each for each in gone if each not in last or last[each].get("is_private")}


def _seen(request: Request, entity_type: EntityType, ids: Sequence[str], name: str = "id") -> set[str]:
    return set(_values(request, entity_type, ids, name))


def _values(request: Request, entity_type: EntityType, ids: Sequence[str], name: str) -> dict[str, Any]:
    """Return an attribute of those entities that the caller may see, by id."""
    found: dict[str, Any] = {}
    if ids:
        text = f"select id, {name} from {entity_type.name} where id in ({', '.join(map(quoted, ids))})"  # noqa: S608 - no SQL
        for record in run(request, parse(text, request.limits)).records:
            found[cast("str", record["id"])] = record.get(name)
    return found


def _now(
    request: Request, entity_type: EntityType, ids: Iterable[str], asked: Sequence[_Asked]
) -> dict[str, Values | None]:
    """Return the values of the columns that are asked for as the database has them now, of what is there."""
    names = list(dict.fromkeys(each.stored for each in asked))
    rows = sa.table(entity_type.table, sa.column("id", sa.Text()), *map(sa.column, names))
    statement = sa.select(rows.c.id, *(rows.c[name] for name in names)).where(among(rows.c.id, list(ids)))
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in request.connection.execute(statement)}


def _reader(request: Request, entity_type: EntityType, asked: _Asked) -> Callable[[Any], Any]:
    """Return what makes the JSON form of a value of an attribute as the database has it."""
    kind = request.model.table(entity_type).c[asked.stored].type

    def read(value: Any) -> Any:
        if value is not None and isinstance(kind, sa.Boolean):
            value = bool(value)
        elif value is not None and isinstance(kind, JsonText):
            value = orjson.loads(value)
        return to_wire(asked.column, value)

    return read


def _named(request: Request, asked: Sequence[_Asked], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the names of those entities whose ids are values, where the caller may know them."""
    for each in asked:
        if each.target is None:
            continue
        own = [change for change in changes if change["attribute"] == each.name]
        ids = {change[side] for change in own for side in ("old", "new") if change[side] is not None}
        names = _names(request, each.target, sorted(ids))
        for change in own:
            change |= {f"{side}_name": names.get(change[side]) for side in ("old", "new")}
    return changes


def _names(request: Request, target: EntityType, ids: Sequence[str]) -> dict[str, Any]:
    attribute = next((name for name in _NAMES if name in target.stored()), None)
    attribute = attribute or ("name" if request.model.find_attribute(target, "name") else None)
    if attribute is None or not ids:
        return {}
    found = _values(request, target, ids, attribute)
    missing = [each for each in ids if each not in found]
    place = place_of(target)
    # Words of the production are for everybody, also those that are not used any more.
    if missing and (policy_of(request) is None or (place is not None and place.kind == "schemas")):
        for entry in _entries(request, target, missing):
            if entry.kind == DELETE:
                found[entry.key] = values_of(entry.old).get(attribute)
    return found


def _texts(operation: Mapping[str, Any], name: str) -> list[str]:
    values = operation.get(name)
    texts = cast("list[Any]", values) if isinstance(values, list) else []
    if not texts or not all(isinstance(each, str) for each in texts):
        raise ValidationError(f'The action "history" needs "{name}" to be a list of texts; got {shown(values)}.')
    return texts
