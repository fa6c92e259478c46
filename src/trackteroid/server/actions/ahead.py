"""Reading at once, before many operations are carried out, what each of them is going to look at.

Nothing depends on it but how many statements a batch takes: what is not read ahead is read when it is asked for. So
what is wrong with an operation is no concern here, and is told when its turn comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, Final, NamedTuple, cast

from trackteroid.server.actions.entities import delete_ahead
from trackteroid.server.actions.removal import read_removal
from trackteroid.server.core.changes import Row, RowKey
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.core.values import is_object
from trackteroid.server.model import EntityType, Key, Reference
from trackteroid.server.rules import rules_of
from trackteroid.server.rules.step import Step
from trackteroid.spelling import written_id

_ON_ENTITIES: Final = ("create", "update", "delete")

#: How many deletions are done at once; in between, a call can be told that it has taken too long.
_TOGETHER: Final = 1000

Operation = Mapping[str, Any]


def ahead(request: Request, operations: Sequence[Operation]) -> Iterator[Operation]:
    """Yield the operations of a batch; before each stretch of those on entities, read what they look at.

    Of deletions in a row the first one takes the others along.
    """
    if request.pending.one_by_one:
        yield from operations
        return
    for are_on_entities, stretch in groupby(operations, lambda operation: operation["action"] in _ON_ENTITIES):
        if not are_on_entities:
            yield from stretch
            continue
        together = list(stretch)
        if len(together) > 1:
            _read(unit_of_work(request), together)
        for are_deletions, found in groupby(together, lambda operation: operation["action"] == "delete"):
            if not are_deletions:
                yield from found
                continue
            while run := list(islice(found, _TOGETHER)):
                if len(run) > 1:
                    delete_ahead(unit_of_work(request), run)
                yield from run


def _read(uow: UnitOfWork, operations: Sequence[Operation]) -> None:
    """Read what operations on entities are about, and what the rules of their types look at besides."""
    expected = [found for operation in operations if (found := _Expected.of(uow, operation))]
    wanted: defaultdict[EntityType, set[RowKey]] = defaultdict(set)
    for each in expected:
        for target, key in each.others:
            wanted[target].add(key)
    for each in expected:
        if each.is_made:
            wanted[each.type.root].discard(each.key)
    for each in expected:
        if not each.is_made:
            wanted[each.type.root].add(each.key)
    rows = {entity_type.table: uow.find_all(entity_type, keys) for entity_type, keys in wanted.items()}
    steps: defaultdict[EntityType, list[Step]] = defaultdict(list)
    gone: dict[tuple[str, RowKey], Row] = {}
    for each in expected:
        row = None if each.is_made else rows[each.type.table].get(each.key)
        entity_type = each.type if row is None else row.type
        steps[entity_type].append(Step(uow, entity_type, dict(each.given), {} if row is None else row.values))
        if each.is_deleted and row is not None:
            gone[row.type.table, row.key] = row
    for entity_type, some in steps.items():
        for rule in rules_of(entity_type).ahead:
            rule(some)
    read_removal(uow, list(gone.values()))


class _Expected(NamedTuple):
    """What one operation is about, as far as that can be told before it is carried out.

    Attributes:
        type: The entity type whose table has the entity.
        key: The primary key of the entity.
        others: The entities that it is going to refer to, with the roots of their types.
        given: Their ids, by column.
        is_made: Whether the entity is not there before.
        is_deleted: Whether it goes.
    """

    type: EntityType
    key: RowKey
    others: Sequence[tuple[EntityType, RowKey]]
    given: Mapping[str, Any]
    is_made: bool
    is_deleted: bool

    @classmethod
    def of(cls, uow: UnitOfWork, operation: Operation) -> _Expected | None:
        """Return what an operation is about; None if it does not say so in the way it should."""
        name, sent, action = operation.get("entity_type"), operation.get("entity_data"), operation["action"]
        entity_type = uow.model.types.get(name) if isinstance(name, str) else None
        if entity_type is None or not entity_type.served:
            return None
        data = cast("Mapping[str, Any]", sent if is_object(sent) else {})
        given: dict[str, Any] = {}
        for each, column, is_reference in uow.remembered("leading", (name, *data), lambda: _leading(entity_type, data)):
            value = data[each]
            found = cast("Mapping[str, Any]", value).get("id") if is_reference and is_object(value) else value
            if isinstance(found, str):
                given[column] = written_id(found)
        stored = entity_type if entity_type.view is None else uow.type("CustomAttributeValue")
        is_made = action == "create" and entity_type.view is None and not rules_of(stored).upsert
        sent_key = operation.get("entity_key")
        if action == "create":
            parts = [given.get(part, data.get(part)) for part in stored.primary_key]
            sent_key = None if None in parts else parts
        try:
            key = () if sent_key is None else uow.key_of(stored, sent_key)
        except ValidationError:
            key = ()
        if entity_type.view is not None:
            given.update(zip(stored.primary_key, key, strict=False))
        others: list[tuple[EntityType, RowKey]] = []
        if given:
            attributes = entity_type.attributes
            keys = ((column, key) for column, key in attributes.items() if isinstance(key, Key) and key.target)
            look_up = lambda: {column: uow.type(str(key.target)).root for column, key in keys}  # noqa: E731
            targets = uow.remembered("targets ahead", name, look_up)
            others = [(targets[column], (value,)) for column, value in given.items() if column in targets]
        return cls(stored, key, others, given, is_made or not key, action == "delete")


def _leading(entity_type: EntityType, names: Iterable[str]) -> tuple[tuple[str, str, bool], ...]:
    """Return the attributes that lead to another entity, the columns of its id, and whether each is a reference."""
    found = ((name, entity_type.attributes.get(name)) for name in names)
    return tuple(
        (name, name if isinstance(each, Key) else each.keys[0], isinstance(each, Reference))
        for name, each in found
        if isinstance(each, Key) or (isinstance(each, Reference) and len(each.keys) == 1)
    )
