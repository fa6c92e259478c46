"""Keys that members get because they were put into lists, beside what else is said of the same members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ftrack_api.session import OperationPayload

from trackteroid.client.commit.batch import Key, data_of, key_of, key_of_payload
from trackteroid.client.commit.edits import TYPE, Reference
from trackteroid.membership import references_with
from trackteroid.schema import Schema


def said(schema: Schema, payload: OperationPayload, key: str) -> tuple[object, ...]:
    """Return the id that a payload gives to an attribute *key*, by its name or by a reference; empty if it does not."""
    data = data_of(payload)
    for name in _names(schema, payload, key):
        if name in data:
            value = data[name]
            return (_id(cast("Reference", value)) if isinstance(value, Mapping) else value,)
    return ()


class Payloads:
    """The payloads of a batch in order, among them those that only say to whom a member belongs.

    These become part of the creation of the member where there is one. What the same batch says itself is not said
    twice, and if it says something else, the later counts.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._listed: list[OperationPayload | None] = []
        self._derived: list[tuple[int, Key]] = []
        self._of: dict[Key, list[int]] = {}

    def add(self, payload: OperationPayload) -> None:
        """Add a payload of the user's, or the row of a link."""
        self._of.setdefault(key_of_payload(payload), []).append(len(self._listed))
        self._listed.append(payload)

    def add_key(self, payload: OperationPayload, owner: Reference) -> None:
        """Add the update of a member that now belongs to *owner*, or no longer belongs to it."""
        self._derived.append((len(self._listed), key_of(owner)))
        self.add(payload)

    def all(self) -> list[OperationPayload]:
        """Return all of them."""
        for number, owner in self._derived:
            self._place(number, owner)
        return [payload for payload in self._listed if payload is not None]

    def _place(self, number: int, owner: Key) -> None:
        payload = cast("OperationPayload", self._listed[number])
        data = data_of(payload)
        member = key_of_payload(payload)
        for other in self._of[member]:
            earlier = self._listed[other]
            if other != number and earlier is not None and earlier["action"] != "delete":
                self._compare(data, earlier, is_later=other > number)
        if not data.keys() - {TYPE}:
            self._listed[number] = None
            return
        creation, of_owner = self._creation(member, number), self._creation(owner, len(self._listed))
        if creation is not None and (of_owner is None or of_owner < creation):
            self._complete(cast("OperationPayload", self._listed[creation]), data)
            self._listed[number] = None

    def _compare(self, data: dict[str, Any], other: OperationPayload, *, is_later: bool) -> None:
        """Leave out of *data* what *other* says too or will say; else let *other* no longer say it."""
        for key in [name for name in data if name != TYPE]:
            known = said(self._schema, other, key)
            if not known:
                continue
            if is_later or known[0] == data[key]:
                del data[key]
            else:
                for name in _names(self._schema, other, key):
                    data_of(other).pop(name, None)

    def _complete(self, creation: OperationPayload, data: Mapping[str, Any]) -> None:
        """Let what is created have these values; they may be a part of its key."""
        data_of(creation).update(data)
        names = self._schema.type(creation["entity_type"]).primary_key
        creation["entity_key"] = [str(data_of(creation)[name]) for name in names]

    def _creation(self, key: Key, before: int) -> int | None:
        return next((each for each in self._of.get(key, ()) if each < before and self._is_creation(each)), None)

    def _is_creation(self, number: int) -> bool:
        payload = self._listed[number]
        return payload is not None and payload["action"] == "create"


def _names(schema: Schema, payload: OperationPayload, key: str) -> list[str]:
    """Return the names under which an entity can be given its *key*: references count more than ids."""
    return [*references_with(schema, payload["entity_type"], key), key]


def _id(reference: Reference) -> str:
    return key_of(reference)[1][0]
