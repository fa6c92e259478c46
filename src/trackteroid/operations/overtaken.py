"""Assets that a file makes, and somebody else has made by the time it is replayed: the file goes on with theirs.

Such an asset is claimed by its id, see `trackteroid.spelling.claims`. What else the file has is told of that asset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from ftrack_api.session import Session

from trackteroid.client.entities import key_of
from trackteroid.operations.record import CreateRecord, DeleteRecord, ListRecord, OperationRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References
from trackteroid.spelling import claims, folded, is_claim, quoted
from trackteroid.values import frozen, replace

#: What an asset is made with.
_IDENTITY = ("name", "parent", "context_id", "type", "type_id")


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


def find_claimed(operations: Iterable[OperationRecord]) -> list[Claimed]:
    """Return the assets that some operations claim."""
    values: dict[EntityReference, dict[str, object]] = {}
    for each in operations:
        if isinstance(each, CreateRecord) and each.entity.entity_type == "Asset" and is_claim(each.entity.key[0][1]):
            values[each.entity] = dict(each.values)
        elif isinstance(each, UpdateRecord) and each.entity in values:
            values[each.entity][each.attribute] = each.new_value
    return [
        Claimed(entity, context_id, str(given.get("name")))
        for entity, given in values.items()
        if (context_id := _context_of(given)) is not None
    ]


def _context_of(values: Mapping[str, object]) -> str | None:
    parent = values.get("parent", values.get("context_id"))
    if isinstance(parent, EntityReference):
        return parent.key[0][1]
    return parent if isinstance(parent, str) else None


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
            names |= _renaming(each, same[0])
        elif each.id in there and each.entity in wanted:  # it has another name by now
            names |= _renaming(each, next((id_ for id_ in _ids(each) if id_ not in there), each.id))
    left: list[OperationRecord] = []
    for each in operations:
        if each.entity in made and _makes(each):
            continue
        if isinstance(each, CreateRecord) and each.entity in known:
            if each.entity in seen:  # files may make it several times
                continue
            seen.add(each.entity)
        left.append(_renamed(each, names) if names else each)
    return tuple(left)


def _makes(operation: OperationRecord) -> bool:
    """Return whether an operation is a part of making an asset, which is not to change that of somebody else."""
    return isinstance(operation, CreateRecord) or (
        isinstance(operation, UpdateRecord) and operation.attribute in _IDENTITY
    )


def _ids(claimed: Claimed) -> list[str]:
    return claims("Asset", claimed.context_id, claimed.name)


def _find_assets(session: Session, claimed: Sequence[Claimed]) -> dict[str, tuple[str, str]]:
    """Return the assets of these names, and those with ids that claim them; nothing is kept of them in the session."""
    contexts, names, ids = (
        ", ".join(map(quoted, dict.fromkeys(some)))
        for some in (
            (each.context_id for each in claimed),
            (each.name for each in claimed),
            (id_ for each in claimed for id_ in _ids(each)),
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


def _renaming(claimed: Claimed, id_: str) -> dict[object, object]:
    """Return what stands for an asset that is made under another id, as a reference and as the text of a key."""
    other = replace(claimed.entity, key=(("id", id_),))
    return {claimed.entity: other, claimed.id: id_}


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
