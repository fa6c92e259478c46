"""What files of deferred operations will do: as values, in words and as JSON.

Found out from the files alone, or also from what the server holds.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.operations.format import file
from trackteroid.operations.format.container import AnyPath
from trackteroid.operations.format.file import OperationsFile
from trackteroid.operations.loading import Values, current_values, is_same
from trackteroid.operations.naming import Names, difference, words
from trackteroid.operations.record import CreateRecord, DeleteRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, Json, References, encode_value
from trackteroid.progress import size_text
from trackteroid.tables import Column
from trackteroid.tabular import DataTable, Tabular
from trackteroid.values import frozen, replace

Action: TypeAlias = Literal["create", "change", "delete", "create and delete"]
#: What the server says: a value "changed" since, the entity is "gone", "exists" before it is created, or all is "done".
Finding: TypeAlias = Literal["changed", "gone", "exists", "done"]

_VERBS: Mapping[Action, str] = {
    "create": "Create",
    "change": "Change",
    "delete": "Delete",
    "create and delete": "Create and delete again",
}
_REMARKS: Mapping[Finding, str] = {
    "changed": "CONFLICT",
    "gone": "GONE: it no longer exists on the server",
    "exists": "EXISTS: the server has it already",
    "done": "done already",
}


@frozen
class PlannedChange:
    """One value that will be set.

    Attributes:
        attribute: the name of the attribute.
        old: what the server held when the change was recorded; not set when that is not known. Of a list, what is
            removed from it.
        new: what it will hold; entities as references. Of a list, what is added to it.
        text: the change in words.
        finding: what the server says about it, after a check.
        current: what the server holds, after a check; else not set.
    """

    attribute: str
    old: object
    new: object
    text: str
    finding: Finding | None = None
    current: object = NOT_SET


@frozen
class PlannedEntity:
    """Everything that will happen to one entity.

    Attributes:
        action: what will happen.
        entity: type and key.
        name: type and name, and what it belongs to.
        changes: the values that will be set.
        finding: what the server says about the entity, after a check.
    """

    action: Action
    entity: EntityReference
    name: str
    changes: tuple[PlannedChange, ...] = ()
    finding: Finding | None = None

    def __str__(self) -> str:
        remark = "" if self.finding is None else f"  [{_REMARKS[self.finding]}]"
        lines = [f"{_VERBS[self.action]} {self.name}{remark}"]
        for change in self.changes:
            found = "" if change.finding is None else _REMARKS[change.finding]
            if change.finding == "changed":
                found += f": it is {Names({}).value(change.attribute, change.current)} by now"
            lines.append(f"    {change.attribute}: {change.text}" + (f"  [{found}]" if found else ""))
        return "\n".join(lines)


@frozen
class PlannedUpload:
    """A file that will be sent.

    Attributes:
        path: the file.
        size: its bytes when it was recorded.
        component_id: the component that it belongs to.
        problem: why it would be refused, after a check: it has changed, or is missing.
    """

    path: str
    size: int
    component_id: str
    problem: str | None = None

    def __str__(self) -> str:
        remark = f"  [REFUSED: {self.problem}]" if self.problem else ""
        return f"Send {self.path} ({size_text(self.size)}){remark}"


@frozen
class PlannedFile:
    """What one file will do, and where it comes from.

    Attributes:
        path: the file.
        format: the version of its format, 0 for files of older tools.
        user: who recorded it; empty when the file does not say, as in files of older tools.
        created: when, in UTC.
        server_url: for which server.
        server_id: the identity of that server.
        operations: how many operations the file holds.
        sending: when the last attempt to send it began, if it was interrupted.
        committed: when it was committed, if it was; nothing will happen then.
        entities: what will happen, in the order of recording.
        is_foreign: whether a check found that the file was recorded for another server.
        uploads: the files that will be sent before.
        reviews: how many reviews will be asked for.
    """

    path: Path
    format: int
    user: str
    created: str
    server_url: str
    server_id: str | None
    operations: int
    sending: str | None
    committed: str | None
    entities: tuple[PlannedEntity, ...]
    is_foreign: bool = False
    uploads: tuple[PlannedUpload, ...] = ()
    reviews: int = 0

    def __str__(self) -> str:
        count = words(self.operations, "operation")
        if self.format:
            lines = [
                f"{self.path}: {count}, recorded by {self.user} on {_moment(self.created)}",
                f"for the server at {self.server_url}.",
            ]
        else:
            lines = [f"{self.path}: {count}, recorded by an older tool."]
        if self.is_foreign:
            lines.append("ANOTHER SERVER: this session is connected to another one.")
        if self.committed is not None:
            lines.append(f"It was committed on {_moment(self.committed)}; committing it again does nothing.")
        elif self.sending is not None:
            lines.append(f"An attempt to commit it on {_moment(self.sending)} was interrupted; it can be repeated.")
        else:
            lines.append("It was not committed yet.")
        reviews = [f"Ask for {words(self.reviews, 'review')}"] if self.reviews else []
        return "\n".join([*lines, *map(str, self.uploads), *map(str, self.entities), *reviews])

    def as_json(self) -> dict[str, Json]:
        """Return it as an object that ``json.dumps`` takes."""
        return {
            "path": os.fspath(self.path),
            "format": self.format,
            "recorded": {
                "user": self.user,
                "created": self.created,
                "server_url": self.server_url,
                "server_id": self.server_id,
            },
            "is_foreign": self.is_foreign,
            "sending": self.sending,
            "committed": self.committed,
            "operations": self.operations,
            "uploads": [
                {"path": each.path, "size": each.size, "component_id": each.component_id, "problem": each.problem}
                for each in self.uploads
            ],
            "reviews": self.reviews,
            "entities": [
                {
                    "action": each.action,
                    "entity_type": each.entity.entity_type,
                    "entity_key": dict(each.entity.key),
                    "name": each.name,
                    "finding": each.finding,
                    "changes": [
                        {
                            "attribute": change.attribute,
                            "old": encode_value(change.old),
                            "new": encode_value(change.new),
                            "text": change.text,
                            "finding": change.finding,
                            "current": encode_value(change.current),
                        }
                        for change in each.changes
                    ],
                }
                for each in self.entities
            ],
        }


def _moment(text: str) -> str:
    return f"{text[:16].replace('T', ' ')} UTC"


@frozen
class Plan(Tabular):
    """What committing the *files* will do; *checked* when the server was asked about it.

    >>> print(session.plan("publish.db"))  # doctest: +SKIP
    """

    files: tuple[PlannedFile, ...]
    checked: bool = False

    _repr_pretty_ = Tabular._repr_pretty_  # IPython looks for it where it finds __repr__

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.files))

    def __repr__(self) -> str:
        count = words(sum(len(planned.entities) for planned in self.files), "entity", "entities")
        return f"<Plan for {count} in {', '.join(planned.path.name for planned in self.files)}>"

    def table(self, columns: Iterable[object] | None = None) -> DataTable:
        """Return the plan as a table, with one row for each value that is set."""
        rows = [
            (planned.path.name, entity.action, entity.name, *change, entity.finding)
            for planned in self.files
            for entity in planned.entities
            for change in [(each.attribute, each.text) for each in entity.changes] or [(None, None)]
        ]
        names = ("file", "action", "entity", "attribute", "change", "finding")
        return DataTable.of("changes", [Column(name) for name in names], rows, one="change").table(columns)

    def found(self, finding: Finding) -> tuple[PlannedEntity, ...]:
        """Return the entities about which, or about a change of which, the server says *finding*."""
        return tuple(
            entity
            for entity in chain.from_iterable(planned.entities for planned in self.files)
            if finding in (entity.finding, *(change.finding for change in entity.changes))
        )

    @property
    def has_conflicts(self) -> bool:
        """Whether the server disagrees with what was recorded, so far as it was asked."""
        refused = any(upload.problem for planned in self.files for upload in planned.uploads)
        return refused or any(self.found(finding) for finding in ("changed", "gone", "exists"))

    def as_json(self) -> dict[str, Json]:
        """Return the plan as an object that ``json.dumps`` takes; values as the files encode them."""
        return {"checked": self.checked, "files": [planned.as_json() for planned in self.files]}


def checked(session: Session, planned: Plan) -> Plan:
    """Return *planned* with what the server says about every entity of the files that are not committed."""
    waiting = [item for item in planned.files if item.committed is None]
    entities = list(chain.from_iterable(item.entities for item in waiting))
    wanted: dict[EntityReference, set[str]] = {}
    for item in entities:
        wanted.setdefault(item.entity, set())
        if item.action == "change":
            wanted[item.entity].update(change.attribute for change in item.changes)
    created = {item.entity for item in entities if item.action == "create"}
    # Of what is created the server is only asked whether it exists.
    for entity in created:
        wanted[entity].clear()
    current = current_values(session, wanted)
    here = session.server_information.get("server_id")
    files: list[PlannedFile] = []
    for item in planned.files:
        found = replace(item, is_foreign=None not in (here, item.server_id) and here != item.server_id)
        if item.committed is None:
            is_interrupted = item.sending is not None
            entities = [_checked_entity(each, current, created, is_interrupted) for each in item.entities]
            found = replace(found, entities=tuple(entities))
        files.append(found)
    return Plan(tuple(files), checked=True)


def _checked_entity(
    planned: PlannedEntity, current: Mapping[EntityReference, Values], created: set[EntityReference], interrupted: bool
) -> PlannedEntity:
    exists = planned.entity in current
    match planned.action:
        case "create" if exists:
            return replace(planned, finding="done" if interrupted else "exists")
        case "delete" if not exists and planned.entity not in created:
            return replace(planned, finding="done" if interrupted else "gone")
        case "change" if not exists and planned.entity not in created:
            return replace(planned, finding="gone")
        case "change" if planned.entity not in created:
            values = current[planned.entity]
            changes = tuple(_checked_change(change, values[change.attribute]) for change in planned.changes)
            done = bool(changes) and all(change.finding == "done" for change in changes)
            return replace(planned, changes=changes, finding="done" if done else None)
        case _:
            return planned


def _checked_change(change: PlannedChange, now: object) -> PlannedChange:
    checked = replace(change, current=now)
    if isinstance(change.new, References) and isinstance(now, References):
        removed = change.old.items if isinstance(change.old, References) else ()
        done = set(change.new.items) <= set(now.items) and set(now.items).isdisjoint(removed)
        return replace(checked, finding="done") if done else checked
    if is_same(now, change.new):
        return replace(checked, finding="done")
    if change.old is NOT_SET or is_same(now, change.old):
        return checked
    return replace(checked, finding="changed")


def plan(session: Session, paths: AnyPath | Iterable[AnyPath], *, check: bool = False) -> Plan:
    """Return what committing the files at *paths* would do. Nothing is changed, neither here nor on the server.

    Args:
        session: the session to ask the server with; it is used for checks only.
        paths: one file or several, in the order of committing.
        check: whether to compare with what the server holds now.

    Raises:
        OperationsFileError: a file cannot be read.
        NotConnectedError: with *check*, when the server cannot be reached.
    """
    listed = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    contents = [file.read(path) for path in {os.path.realpath(path): Path(path) for path in listed}.values()]
    planned = Plan(tuple(map(_planned, contents)))
    if not check:
        return planned
    found = checked(session, planned)
    files: list[PlannedFile] = []
    for each, content in zip(found.files, contents, strict=True):
        if each.committed is None:  # the files that are to be sent are compared with what they are now
            pairs = zip(each.uploads, content.attached.transfers, strict=True)
            uploads = tuple(replace(upload, problem=transfer.problem) for upload, transfer in pairs)
            files.append(replace(each, uploads=uploads))
        else:
            files.append(each)
    return replace(found, files=tuple(files))


def _planned(content: OperationsFile) -> PlannedFile:
    header, state = content.header, content.state
    return PlannedFile(
        path=content.path,
        format=header.format if header else 0,
        user=header.user if header else "",
        created=header.created if header else "",
        server_url=header.server_url if header else "",
        server_id=header.server_id if header else None,
        operations=len(content.operations),
        sending=state.sending,
        committed=state.committed,
        entities=tuple(_entities(content)),
        uploads=tuple(PlannedUpload(each.path, each.size, each.component_id) for each in content.attached.transfers),
        reviews=len(content.attached.reviews),
    )


def _entities(content: OperationsFile) -> Iterator[PlannedEntity]:
    grouped: dict[EntityReference, list[OperationRecord]] = {}
    for operation in content.operations:
        grouped.setdefault(operation.entity, []).append(operation)
    known: dict[EntityReference, dict[str, object]] = {item.entity: dict(item.values) for item in content.entities}
    for entity, operations in grouped.items():
        if isinstance(operations[0], CreateRecord):
            known.setdefault(entity, {}).update(
                {item.attribute: item.new for item in _changes(operations, lambda _: "")}
            )
    names = Names(known)

    def describe(change: PlannedChange) -> str:
        if change.old is NOT_SET:
            return names.value(change.attribute, change.new)
        return difference(change.old, change.new, partial(names.value, change.attribute))

    for entity, operations in grouped.items():
        kinds = [type(operation) for operation in operations if isinstance(operation, CreateRecord | DeleteRecord)]
        action: Action = "change"
        if kinds and kinds[-1] is CreateRecord:
            action = "create"
        elif kinds:
            action = "create and delete" if kinds[0] is CreateRecord else "delete"
        changes = () if "delete" in action else tuple(_changes(operations, describe))
        yield PlannedEntity(action, entity, names.full(entity), changes)


def _changes(
    operations: Sequence[OperationRecord], describe: Callable[[PlannedChange], str]
) -> Iterator[PlannedChange]:
    """Iterate over the changes of one entity: from the first old value to the last new one."""
    changes: dict[str, PlannedChange] = {}
    for operation in operations:
        if isinstance(operation, CreateRecord):
            values = {name: value for name, value in operation.values.items() if name not in dict(operation.entity.key)}
            changes = {name: PlannedChange(name, NOT_SET, value, "") for name, value in values.items()}
        elif isinstance(operation, UpdateRecord):
            name = operation.attribute
            before = operation.old_value if operation.server_value is NOT_SET else operation.server_value
            first = changes[name].old if name in changes else before
            changes[name] = PlannedChange(name, first, operation.new_value, "")
        elif isinstance(operation, ListRecord):
            name = operation.attribute
            changes[name] = _with_list(changes.get(name), operation)
    is_new = any(isinstance(operation, CreateRecord) for operation in operations)
    for change in changes.values():
        # What a new entity does not have is no news.
        if not (is_new and (change.new is None or change.new == "")) and change.old != change.new:
            yield replace(change, text=describe(change))


def _with_list(before: PlannedChange | None, operation: ListRecord) -> PlannedChange:
    """Return the change of a list: from what is removed to what is added; of a new entity, what its list is."""
    old, new = (before.old, before.new) if before is not None else (References(()), References(()))
    added, removed = (side.items if isinstance(side, References) else () for side in (new, old))
    now = (
        *(item for item in added if item not in operation.removed.items),
        *(item for item in operation.added.items if item not in removed),
    )
    gone = (
        *(item for item in removed if item not in operation.added.items),
        *(item for item in operation.removed.items if item not in added),
    )
    first = old if old is NOT_SET else References(gone)
    return PlannedChange(operation.attribute, first, References(tuple(dict.fromkeys(now))), "")
