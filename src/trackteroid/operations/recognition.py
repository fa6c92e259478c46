"""What the server has already of what is to be replayed.

What of an interrupted replay has arrived is told by what it created or by a witness. An asset that a file makes may
have been made by somebody else in the meantime: the file goes on with theirs, and what else it has is told of that one.
Such an asset is claimed by its id, see `trackteroid.spelling.claims`.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import ftrack_api.exception
import requests
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.commit.recognition import WITNESS, is_witness
from trackteroid.client.entities import forget, key_of
from trackteroid.configuration import logger
from trackteroid.operations.format.file import OperationsFile, now
from trackteroid.operations.loading import current_values
from trackteroid.operations.record import CreateRecord, DeleteRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References
from trackteroid.spelling import claims, folded, is_claim, quoted
from trackteroid.values import frozen, replace

#: What witnesses are that are made for nothing else: metadata of the user.
_TYPE = "Metadata"
#: What an asset is made with.
_IDENTITY = ("name", "parent", "context_id", "type", "type_id")


@frozen
class Arrived:
    """What is known to have arrived of files.

    Attributes:
        counts: per file, how many of its operations have arrived for certain.
        witnesses: the witnesses that exist, of those that were made for nothing else.
    """

    counts: tuple[int, ...]
    witnesses: tuple[EntityReference, ...]


@frozen
class Waiting:
    """Operations of one file that are to be sent, unless they are there already.

    Attributes:
        content: the file.
        start: the number of the first.
        stop: the number of the one behind the last.
    """

    content: OperationsFile
    start: int
    stop: int

    @property
    def doubtful(self) -> int:
        """The number behind the last of which nobody knows whether it has arrived; what follows was never sent."""
        state = self.content.state
        if state.sending is None:
            return self.start
        return self.stop if state.count is None else min(max(state.count, self.start), self.stop)


def find_arrived(session: Session, files: Sequence[OperationsFile]) -> Arrived:
    """Return what of the *files* has arrived for certain; they may have got more since."""
    witnesses = {content.state.witness for content in files} - {None}
    present = current_values(session, {witness: () for witness in witnesses if witness is not None})
    counts = tuple(
        content.state.count or content.state.arrived if content.state.witness in present else content.state.arrived
        for content in files
    )
    return Arrived(counts, tuple(filter(is_made_here, present)))


def find_missing(session: Session, waiting: Sequence[Waiting]) -> tuple[OperationRecord, ...]:
    """Return what of the *waiting* operations has to be sent, in the order of the files."""
    doubtful = [record for part in waiting for record in part.content.operations[part.start : part.doubtful]]
    lacking = iter(_lacking(session, doubtful) if doubtful else ())
    missing: list[OperationRecord] = []
    for part in waiting:
        for _ in range(part.start, part.doubtful):
            missing += next(lacking)
        missing += part.content.operations[part.doubtful : part.stop]
    return tuple(missing)


def witness_of(operations: Iterable[OperationRecord]) -> EntityReference | None:
    """Return an entity that exists on the server when, and only when, these operations have been applied.

    What is claimed by its id may have been made by others.
    """
    found: dict[EntityReference, None] = {}
    for operation in operations:
        key = operation.entity.key
        if isinstance(operation, CreateRecord) and [name for name, _ in key] == ["id"] and not is_claim(key[0][1]):
            found[operation.entity] = None
        elif isinstance(operation, DeleteRecord):
            found.pop(operation.entity, None)
    return next(iter(found), None)


def _lacking(session: Session, operations: Sequence[OperationRecord]) -> Iterator[tuple[OperationRecord, ...]]:
    """Iterate over what of each operation has to be sent, looking at each by itself.

    Created entities that exist are ours, entities to delete that do not exist have been deleted and need no more
    changes. Other changes may be repeated, without what has been deleted since.
    """
    created = {operation.entity for operation in operations if isinstance(operation, CreateRecord)}
    deleted = {operation.entity for operation in operations if isinstance(operation, DeleteRecord)}
    # What is created and deleted again never reaches the server, so its absence tells nothing.
    existing = current_values(session, dict.fromkeys(created ^ deleted, ())).keys()
    finished = (deleted - created) - existing
    for operation in operations:
        if operation.entity in finished:
            yield ()
        elif isinstance(operation, CreateRecord) and operation.entity in existing:
            # One with an id of ours has the values that it was to be created with. A key that means something, like
            # that of metadata, may be somebody else's.
            keys = dict(operation.entity.key)
            values = {name: value for name, value in operation.values.items() if name not in keys}
            yield tuple(
                UpdateRecord(operation.entity, name, NOT_SET, value)
                for name, value in (values.items() if list(keys) != ["id"] else ())
            )
        elif isinstance(operation, ListRecord):
            added, removed = (
                replace(side, items=tuple(item for item in side.items if item not in finished))
                for side in (operation.added, operation.removed)
            )
            yield (replace(operation, added=added, removed=removed),)
        else:
            yield (operation,)


def witnesses_for(session: Session, paths: Iterable[Path]) -> dict[Path, EntityReference]:
    """Return a new witness for each of the files at *paths*; none when the server does not know the user."""
    expression = f"select id from User where username is {quoted(session.api_user)}"  # noqa: S608 - ftrack's, no SQL
    found = cast("list[Entity]", session.call([{"action": "query", "expression": expression}])[0]["data"])
    if len(found) != 1 or _TYPE not in session.types:
        return {}
    with session.auto_populating(False):
        user = str(found[0]["id"])
    return {path: EntityReference(_TYPE, (("parent_id", user), ("key", f"{WITNESS}{uuid.uuid4()}"))) for path in paths}


def witness_creation(witness: EntityReference, path: Path) -> CreateEntityOperation:
    """Return the operation that lets the *witness* of the file at *path* arrive."""
    value = f"{path.name} was sent on {now()}. This can be removed once the file has been replayed to its end."
    values = {**dict(witness.key), "parent_type": "User", "value": value}
    return CreateEntityOperation(_TYPE, dict(witness.key), values)


def is_made_here(witness: EntityReference | None) -> bool:
    """Return whether a witness is one of `witnesses_for`, and not something that a file creates."""
    return witness is not None and is_witness(witness.entity_type, [value for _, value in witness.key])


def remove_witnesses(session: Session, witnesses: Iterable[EntityReference]) -> bool:
    """Remove *witnesses* from the server and return whether it was reached; what stays there does no harm."""
    keys = [[value for _, value in witness.key] for witness in witnesses]
    for key in keys:
        forget(session, _TYPE, key)
    try:
        # The server removes all or none, so one that is gone already keeps the others from going.
        if keys and not _remove(session, keys) and len(keys) > 1:
            for key in keys:
                _remove(session, [key])
    except requests.exceptions.RequestException as error:
        logger("operations").debug("The server was not reached to remove what told of replays: %s", error)
        return False
    return True


def _remove(session: Session, keys: Iterable[list[str]]) -> bool:
    try:
        session.call([{"action": "delete", "entity_type": _TYPE, "entity_key": key} for key in keys])
    except ftrack_api.exception.ServerError as error:
        logger("operations").debug("What told of a replay stays in the metadata of the user: %s", error)
        return False
    return True


@frozen
class Claimed:
    """An asset that a file makes below a context, where there is to be no other of that name."""

    entity: EntityReference
    context_id: str
    name: str

    @property
    def id(self) -> str:
        """The id that claims it."""
        return self.entity.key[0][1]

    @property
    def ids(self) -> list[str]:
        """All ids that claim an asset of this name there."""
        return claims("Asset", self.context_id, self.name)

    def under(self, id_: str) -> dict[object, object]:
        """Return what stands for it when it is made under another id, as a reference and as the text of a key."""
        return {self.entity: replace(self.entity, key=(("id", id_),)), self.id: id_}


def find_claimed(operations: Iterable[OperationRecord]) -> list[Claimed]:
    """Return the assets that some operations claim."""
    values: dict[EntityReference, dict[str, object]] = {}
    for each in operations:
        if isinstance(each, CreateRecord) and each.entity.entity_type == "Asset" and is_claim(each.entity.key[0][1]):
            values[each.entity] = dict(each.values)
        elif isinstance(each, UpdateRecord) and each.entity in values:
            values[each.entity][each.attribute] = each.new_value
    found: list[Claimed] = []
    for entity, given in values.items():
        parent = given.get("parent", given.get("context_id"))
        context_id = parent.key[0][1] if isinstance(parent, EntityReference) else parent
        if isinstance(context_id, str):
            found.append(Claimed(entity, context_id, str(given.get("name"))))
    return found


def with_assets_of_others(
    session: Session, operations: Sequence[OperationRecord], claimed: Sequence[Claimed]
) -> tuple[OperationRecord, ...]:
    """Return the operations without the assets that there are by now, and with those in their place.

    Args:
        session: a connected session.
        operations: what is to be sent now.
        claimed: all assets that the files of the operations claim; some may have been made earlier.
    """
    if not claimed:
        return tuple(operations)
    there = _find_assets(session, claimed)
    wanted = {each.entity for each in operations if isinstance(each, CreateRecord)}
    known = {each.entity for each in claimed}
    names: dict[object, object] = {}
    made, seen = set[EntityReference](), set[EntityReference]()
    for each in claimed:
        same = sorted(id_ for id_, asset in there.items() if asset == (each.context_id, folded(each.name)))
        if each.id in same:
            made.add(each.entity)
        elif same:
            made.add(each.entity)
            names |= each.under(same[0])
        elif each.id in there and each.entity in wanted:  # it has another name by now
            names |= each.under(next((id_ for id_ in each.ids if id_ not in there), each.id))
    left: list[OperationRecord] = []
    for each in operations:
        # What is a part of making an asset is not to change that of somebody else.
        makes = isinstance(each, CreateRecord) or (isinstance(each, UpdateRecord) and each.attribute in _IDENTITY)
        if makes and each.entity in made:
            continue
        if isinstance(each, CreateRecord) and each.entity in known:
            if each.entity in seen:  # files may make it several times
                continue
            seen.add(each.entity)
        left.append(_renamed(each, names) if names else each)
    return tuple(left)


def _find_assets(session: Session, claimed: Sequence[Claimed]) -> dict[str, tuple[str, str]]:
    """Return the assets of these names, and those with ids that claim them; nothing is kept of them in the session."""
    contexts, names, ids = (
        ", ".join(map(quoted, dict.fromkeys(some)))
        for some in (
            (each.context_id for each in claimed),
            (each.name for each in claimed),
            (id_ for each in claimed for id_ in each.ids),
        )
    )
    select = "select id, name, context_id from Asset where"
    expressions = [f"{select} context_id in ({contexts}) and name in ({names})", f"{select} id in ({ids})"]
    answers = session.call([{"action": "query", "expression": text} for text in expressions])
    with session.auto_populating(False):
        return {
            key_of(asset)[1][0]: (str(asset["context_id"]), folded(str(asset["name"])))
            for answer in answers
            for asset in cast("list[Any]", answer["data"])
        }


def _renamed(record: OperationRecord, names: Mapping[object, object]) -> OperationRecord:
    entity = cast("EntityReference", names.get(record.entity, record.entity))
    match record:
        case CreateRecord():
            return CreateRecord(entity, {name: _named(value, names) for name, value in record.values.items()})
        case UpdateRecord():
            return replace(record, entity=entity, new_value=_named(record.new_value, names))
        case ListRecord():
            added, removed = (cast("References", _named(side, names)) for side in (record.added, record.removed))
            return ListRecord(entity, record.attribute, added, removed)
        case DeleteRecord():
            return DeleteRecord(entity)


def _named(value: object, names: Mapping[object, object]) -> object:
    if isinstance(value, References):
        return replace(value, items=tuple(cast("EntityReference", names.get(each, each)) for each in value.items))
    return names.get(value, value) if isinstance(value, str | EntityReference) else value
