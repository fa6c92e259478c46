"""What will happen to entities, as values, in words and as JSON; `trackteroid.operations.plan` makes them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

from ftrack_api.symbol import NOT_SET

from trackteroid.operations.naming import Names, words
from trackteroid.operations.values import EntityReference, Json, encode_value

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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
        return "\n".join(
            [f"{_VERBS[self.action]} {self.name}{remark}", *(f"    {_line(item)}" for item in self.changes)]
        )


@dataclass(frozen=True, slots=True)
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

    def __str__(self) -> str:
        return "\n".join([*_heading(self), *map(str, self.entities)])


@dataclass(frozen=True, slots=True)
class Plan:
    """What committing the *files* will do; *checked* when the server was asked about it.

    >>> print(session.plan("publish.db"))  # doctest: +SKIP
    """

    files: tuple[PlannedFile, ...]
    checked: bool = False

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.files))

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
        return any(self.found(finding) for finding in ("changed", "gone", "exists"))

    def as_json(self) -> dict[str, Json]:
        """Return the plan as an object that ``json.dumps`` takes; values as the files encode them."""
        return {"checked": self.checked, "files": [_file_as_json(planned) for planned in self.files]}


def _heading(planned: PlannedFile) -> Iterator[str]:
    count = words(planned.operations, "operation")
    if planned.format:
        yield f"{planned.path}: {count}, recorded by {planned.user} on {_moment(planned.created)}"
        yield f"for the server at {planned.server_url}."
    else:
        yield f"{planned.path}: {count}, recorded by an older tool."
    if planned.is_foreign:
        yield "ANOTHER SERVER: this session is connected to another one."
    if planned.committed is not None:
        yield f"It was committed on {_moment(planned.committed)}; committing it again does nothing."
    elif planned.sending is not None:
        yield f"An attempt to commit it on {_moment(planned.sending)} was interrupted; it can be repeated."
    else:
        yield "It was not committed yet."


def _moment(text: str) -> str:
    return f"{text[:16].replace('T', ' ')} UTC"


def _line(change: PlannedChange) -> str:
    line = f"{change.attribute}: {change.text}"
    match change.finding:
        case "changed":
            now = Names({}).value(change.attribute, change.current)
            return f"{line}  [{_REMARKS['changed']}: it is {now} by now]"
        case None:
            return line
        case finding:
            return f"{line}  [{_REMARKS[finding]}]"


def _file_as_json(planned: PlannedFile) -> Json:
    return {
        "path": os.fspath(planned.path),
        "format": planned.format,
        "recorded": {
            "user": planned.user,
            "created": planned.created,
            "server_url": planned.server_url,
            "server_id": planned.server_id,
        },
        "is_foreign": planned.is_foreign,
        "sending": planned.sending,
        "committed": planned.committed,
        "operations": planned.operations,
        "entities": [_entity_as_json(item) for item in planned.entities],
    }


def _entity_as_json(planned: PlannedEntity) -> Json:
    return {
        "action": planned.action,
        "entity_type": planned.entity.entity_type,
        "entity_key": dict(planned.entity.key),
        "name": planned.name,
        "finding": planned.finding,
        "changes": [_change_as_json(change) for change in planned.changes],
    }


def _change_as_json(change: PlannedChange) -> Json:
    return {
        "attribute": change.attribute,
        "old": encode_value(change.old),
        "new": encode_value(change.new),
        "text": change.text,
        "finding": change.finding,
        "current": encode_value(change.current),
    }
