"""What has to be known of the server before changes of lists are sent, asked in one request; and what is sent of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.commit.batch import (
    TYPE,
    MemberKey,
    Payload,
    Reference,
    data_of,
    key_of,
    key_of_payload,
    key_of_reference,
    reference_to,
    references_in,
)
from trackteroid.client.entities import Key, key_condition, stored_value, with_keys
from trackteroid.schema.membership import Linked, references_with
from trackteroid.schema.types import Schema

#: A type of links and the ids at both ends, by the attribute that holds them: whichever end the list belongs to.
Place: TypeAlias = "tuple[str, frozenset[tuple[str, str]]]"


def place_of(link: Linked, own: object, other: object) -> Place:
    """Return what identifies the link between two entities, seen from either of them."""
    return link.link, frozenset({(link.own, str(own)), (link.other, str(other))})


class Answers:
    """What the server has of what it was asked for."""

    def __init__(self) -> None:
        self._members: dict[Key, Entity] = {}
        self._links: dict[Place, list[Reference]] = {}
        self._content: dict[tuple[Key, str], dict[MemberKey, Reference]] = {}

    def has_member(self, reference: Reference) -> bool:
        """Return whether an entity is there."""
        return key_of(reference) in self._members

    def owner_of(self, reference: Reference, owner_key: str) -> Any:
        """Return the value of the attribute *owner_key* of an entity; None if there is no such entity any more."""
        entity = self._members.get(key_of(reference))
        return None if entity is None else stored_value(entity, owner_key)

    def links(self, place: Place) -> Sequence[Reference]:
        """Return the links at a place."""
        return self._links.get(place, ())

    def content(self, owner: Reference, attribute: str) -> Mapping[MemberKey, Reference]:
        """Return the members of a list."""
        return self._content.get((key_of(owner), attribute), {})

    def take_members(self, asked: Mapping[MemberKey, Reference], found: Sequence[Entity]) -> None:
        """Take the answer for these members."""
        for entity in found:
            reference = asked.get(key_of_reference(reference_to(entity)))
            if reference is not None:  # the server may know it by a more special type
                self._members[key_of(reference)] = entity

    def take_links(self, link: Linked, found: Sequence[Entity]) -> None:
        """Take the answer for links of one type."""
        for entity in found:
            place = place_of(link, stored_value(entity, link.own), stored_value(entity, link.other))
            self._links.setdefault(place, []).append(reference_to(entity))

    def take_content(self, asked: Mapping[MemberKey, Reference], attribute: str, found: Sequence[Entity]) -> None:
        """Take the answer for one list attribute."""
        for entity in found:
            owner = asked.get(key_of_reference(reference_to(entity)))
            if owner is not None:
                members = references_in(stored_value(entity, attribute))
                self._content[key_of(owner), attribute] = {key_of_reference(each): each for each in members}


class Questions:
    """Which members, links and lists the server is to be asked for."""

    def __init__(self) -> None:
        self._members: dict[str, tuple[dict[MemberKey, Reference], dict[str, None]]] = {}
        self._links: dict[Linked, dict[tuple[str, str], None]] = {}
        self._content: dict[tuple[str, str], dict[MemberKey, Reference]] = {}

    def member(self, reference: Reference, owner_key: str | None = None) -> None:
        """Ask whether an entity is there, and which owner its attribute *owner_key* says."""
        members, names = self._members.setdefault(reference[TYPE], ({}, {}))
        members[key_of_reference(reference)] = reference
        if owner_key is not None:
            names[owner_key] = None

    def link(self, link: Linked, own: str, other: str) -> None:
        """Ask for the links between two entities."""
        self._links.setdefault(link, {})[own, other] = None

    def content(self, owner: Reference, attribute: str) -> None:
        """Ask for the content of a list."""
        self._content.setdefault((owner[TYPE], attribute), {})[key_of_reference(owner)] = owner

    def ask(self, session: Session, schema: Schema) -> Answers:
        """Return what the server says; without a request if nothing was asked."""
        answers = Answers()
        asked = list(self._expressions(schema))
        if asked:
            results = session.call([{"action": "query", "expression": expression} for expression in asked])
            self._read(answers, (cast("list[Entity]", result["data"]) for result in results))
        return answers

    def _expressions(self, schema: Schema) -> Iterator[str]:
        for name, (members, names) in self._members.items():
            keys = schema.type(name).primary_key
            yield with_keys(name, keys, members, dict.fromkeys([*keys, *names]))
        for link, pairs in self._links.items():
            projections = ", ".join(dict.fromkeys([*schema.type(link.link).primary_key, link.own, link.other]))
            condition = key_condition((link.own, link.other), pairs)
            yield f"select {projections} from {link.link} where {condition}"  # noqa: S608 - a query of ftrack's, no SQL
        for (name, attribute), owners in self._content.items():
            keys = schema.type(name).primary_key
            yield with_keys(name, keys, owners, [*keys, attribute])

    def _read(self, answers: Answers, found: Iterator[Sequence[Entity]]) -> None:
        for members, _ in self._members.values():
            answers.take_members(members, next(found))
        for link in self._links:
            answers.take_links(link, next(found))
        for (_, attribute), owners in self._content.items():
            answers.take_content(owners, attribute, next(found))


def said(schema: Schema, payload: Payload, key: str) -> tuple[object, ...]:
    """Return the id that a payload gives to an attribute *key*, by its name or by a reference; empty if it does not."""
    data = data_of(payload)
    for name in _names(schema, payload, key):
        if name in data:
            value = data[name]
            return (key_of(cast("Reference", value))[1][0] if isinstance(value, Mapping) else value,)
    return ()


class Payloads:
    """The payloads of a batch in order, among them those that only say to whom a member belongs.

    These become part of the creation of the member where there is one. What the same batch says itself is not said
    twice, and if it says something else, the later counts.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._listed: list[Payload | None] = []
        self._derived: list[tuple[int, Key]] = []
        self._of: dict[Key, list[int]] = {}

    def add(self, payload: Payload) -> None:
        """Add a payload of the user's, or the row of a link."""
        self._of.setdefault(key_of_payload(payload), []).append(len(self._listed))
        self._listed.append(payload)

    def add_key(self, payload: Payload, owner: Reference) -> None:
        """Add the update of a member that now belongs to *owner*, or no longer belongs to it."""
        self._derived.append((len(self._listed), key_of(owner)))
        self.add(payload)

    def all(self) -> list[Payload]:
        """Return all of them."""
        for number, owner in self._derived:
            self._place(number, owner)
        return [payload for payload in self._listed if payload is not None]

    def _place(self, number: int, owner: Key) -> None:
        payload = cast("Payload", self._listed[number])
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
            self._complete(cast("Payload", self._listed[creation]), data)
            self._listed[number] = None

    def _compare(self, data: dict[str, Any], other: Payload, *, is_later: bool) -> None:
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

    def _complete(self, creation: Payload, data: Mapping[str, Any]) -> None:
        """Let what is created have these values; they may be a part of its key."""
        data_of(creation).update(data)
        names = self._schema.type(creation["entity_type"]).primary_key
        creation["entity_key"] = [str(data_of(creation)[name]) for name in names]

    def _creation(self, key: Key, before: int) -> int | None:
        return next((each for each in self._of.get(key, ()) if each < before and self._is_creation(each)), None)

    def _is_creation(self, number: int) -> bool:
        payload = self._listed[number]
        return payload is not None and payload["action"] == "create"


def _names(schema: Schema, payload: Payload, key: str) -> list[str]:
    """Return the names under which an entity can be given its *key*: references count more than ids."""
    return [*references_with(schema, payload["entity_type"], key), key]
