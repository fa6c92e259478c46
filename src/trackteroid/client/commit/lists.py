"""What is sent for changes of lists: operations on single rows, which nobody else can contradict.

`trackteroid.schema.membership` says what makes an entity a member of a list:

* the member holds the key of its owner: adding sets the key, removing empties it;
* an entity links both: adding creates it, removing deletes it;
* the server does not say: servers of ours are told what is added and removed. For others the list is read again right
  before it is sent, and sent as it is there with the changes.

What has to be known of the server for that is asked in one request, if there is anything to ask: which members and
links are there. What is created in the same batch, as most new members are, needs no question.
"""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, cast

from ftrack_api.entity.base import Entity
from ftrack_api.session import Session

from trackteroid.client.commit.batch import (
    TYPE,
    Edit,
    ListEdit,
    Payload,
    Reference,
    Step,
    create_payload,
    data_of,
    delete_payload,
    key_of,
    key_of_payload,
    key_of_reference,
    reference_to,
    update_payload,
)
from trackteroid.client.commit.questions import Answers, Payloads, Place, Questions, place_of, said
from trackteroid.client.entities import Key
from trackteroid.errors import AssignmentError
from trackteroid.schema.membership import Linked, Membership, Owned, find_membership
from trackteroid.schema.types import schema_of
from trackteroid.values import frozen, replace

#: What servers of ours say that take additions and removals.
SUPPORTED = "supports_list_changes"
#: What stands in the place of a list for them.
CHANGES = "list_changes"


@frozen
class Gone:
    """A member that could not be added to a list, because somebody else has deleted it.

    Attributes:
        owner: whose list it is.
        attribute: which of its lists.
        member: the member that does not exist any more.
    """

    owner: Reference
    attribute: str
    member: Reference

    def __str__(self) -> str:
        place = f"{self.attribute} of {_named(self.owner)}"
        return f"{_named(self.member)} does not exist any more and was not added to {place}"


@frozen
class Resolved:
    """What is sent for a batch with changes of lists.

    Attributes:
        payloads: the operations, in order.
        edits: what changes in the lists when they are applied.
        gone: the members that are not added.
    """

    payloads: list[Payload]
    edits: tuple[ListEdit, ...] = ()
    gone: tuple[Gone, ...] = ()


def resolve(session: Session, steps: Iterable[Step]) -> Resolved:
    """Return what has to be sent for *steps*; this may ask the server.

    Raises:
        AssignmentError: a member was taken out of a list that it has to be in.
    """
    listed = list(steps)
    if not any(isinstance(step, ListEdit) for step in listed):
        return Resolved([step for step in listed if not isinstance(step, ListEdit)])
    return _Resolving(session, listed).result()


@frozen
class _List:
    """A list that changes, and what makes an entity a member of it."""

    owner: Reference
    attribute: str
    edit: Edit
    membership: Membership | None
    is_mapped: bool

    @property
    def owner_id(self) -> str:
        """The id of the owner."""
        return _id(self.owner)


def ignored_in(payloads: Iterable[Payload], answer: Iterable[Mapping[str, Any]]) -> Iterator[Gone]:
    """Iterate over what the server says that it has not added to lists, because it does not exist any more."""
    for payload, result in zip(payloads, answer, strict=False):
        if not result.get("ignored"):
            continue
        ignored = {key_of(reference_to(each) if isinstance(each, Entity) else each) for each in result["ignored"]}
        owner = dict(zip([TYPE, "id"], [payload["entity_type"], *payload["entity_key"]], strict=False))
        for attribute, value in data_of(payload).items():
            # Only changes of lists for servers of ours say what is added.
            fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
            added: list[Reference] = fields["add"] if fields.get("__type__") == CHANGES else []
            yield from (Gone(owner, attribute, each) for each in added if key_of(each) in ignored)


def without_gone(edits: Iterable[ListEdit], gone: Iterable[Gone]) -> list[ListEdit]:
    """Return the *edits* without what could not be added."""
    keys = {key_of(each.member) for each in gone}
    return [_without_added(each, keys) for each in edits]


def _without_added(change: ListEdit, keys: Container[Key]) -> ListEdit:
    added = {key: each for key, each in change.edit.added.items() if key_of(each) not in keys}
    return replace(change, edit=Edit(added, change.edit.removed))


class _Resolving:
    """One batch on its way from changes of lists to rows."""

    def __init__(self, session: Session, steps: list[Step]) -> None:
        self._schema = schema_of(session)
        self._takes_changes = bool(session.server_information.get(SUPPORTED))
        self._changes = [step for step in steps if isinstance(step, ListEdit)]
        self._payloads = [step for step in steps if not isinstance(step, ListEdit)]
        self._created = {key_of_payload(each) for each in self._payloads if each["action"] == "create"}
        self._deleted = _deleted(self._payloads)
        self._steps = [self._list(step) if isinstance(step, ListEdit) else step for step in steps]
        self._lists = [step for step in self._steps if isinstance(step, _List) and step.edit]
        self._linked = self._links_in_batch()
        self._moved = self._new_owners()
        self._answers = self._ask(session)
        self._gone: list[Gone] = []

    def result(self) -> Resolved:
        """Return what is sent."""
        payloads = Payloads(self._schema)
        for step in self._steps:
            if not isinstance(step, _List):
                payloads.add(step)
                continue
            for payload in self._rows(step):
                if isinstance(step.membership, Owned):
                    payloads.add_key(payload, step.owner)
                else:
                    payloads.add(payload)
        edits = [_without_added(each, self._deleted) for each in self._changes]
        return Resolved(payloads.all(), tuple(edits), tuple(self._gone))

    def _list(self, step: ListEdit) -> _List:
        """Return a list with its change, without what goes by itself because it is deleted in the same batch."""
        attribute = self._schema.find_attribute(step.owner[TYPE], step.attribute)
        leave = self._deleted.__contains__
        edit = Edit() if leave(step.key) else step.edit.without_those(lambda each: leave(key_of(each)))
        membership = find_membership(self._schema, step.owner[TYPE], step.attribute)
        return _List(step.owner, step.attribute, edit, membership, attribute is not None and attribute.kind == "mapped")

    def _links_in_batch(self) -> set[Place]:
        """Return where links are created in the batch by themselves."""
        found: set[Place] = set()
        for link in {step.membership for step in self._lists if isinstance(step.membership, Linked)}:
            for payload in self._payloads:
                if payload["action"] == "create" and payload["entity_type"] == link.link:
                    ends = said(self._schema, payload, link.own), said(self._schema, payload, link.other)
                    if all(ends):
                        found.add(place_of(link, ends[0][0], ends[1][0]))
        return found

    def _new_owners(self) -> set[tuple[Key, str]]:
        """Return the members that get another owner in the batch, and the attribute that says so."""
        owned = [(step, step.membership.key) for step in self._lists if isinstance(step.membership, Owned)]
        found = {(key_of(each), key) for step, key in owned for each in step.edit.added.values()}
        leaving = {(key_of(each), key) for step, key in owned for each in step.edit.removed.values()}
        for payload in self._payloads if leaving else ():
            for member, key in leaving:
                if key_of_payload(payload) == member and any(said(self._schema, payload, key)):
                    found.add((member, key))
        return found

    def _ask(self, session: Session) -> Answers:
        questions = Questions()
        for step in self._lists:
            if step.is_mapped:
                continue
            owner_key = step.membership.key if isinstance(step.membership, Owned) else None
            for each in step.edit.added.values():
                if key_of(each) not in self._created:
                    questions.member(each, owner_key)
            if key_of(step.owner) not in self._created:
                self._ask_for_rows(questions, step)
        return questions.ask(session, self._schema)

    def _ask_for_rows(self, questions: Questions, step: _List) -> None:
        match step.membership:
            case Owned(key):
                for each in step.edit.removed.values():
                    questions.member(each, key)
            case Linked() as link:
                for each in (*step.edit.added.values(), *step.edit.removed.values()):
                    if key_of(each) not in self._created:
                        questions.link(link, step.owner_id, _id(each))
            case None if not self._takes_changes:
                questions.content(step.owner, step.attribute)
            case None:
                pass

    def _rows(self, step: _List) -> Iterator[Payload]:
        if not step.edit:
            return
        added = [each for each in step.edit.added.values() if self._is_there(step, each)]
        match step.membership:
            case Owned() as owned if step.is_mapped:
                # Their rows are created and deleted by operations of their own.
                for each in step.edit.removed.values():
                    raise _refusal(step, owned, each)
            case Owned() as owned:
                yield from (update_payload(each, owned.columns(step.owner[TYPE], step.owner_id)) for each in added)
                yield from self._removals(step, owned)
            case Linked() as link:
                yield from self._new_links(step, link, added)
                yield from self._deleted_links(step, link)
            case None:
                yield from self._whole(step, added)

    def _is_there(self, step: _List, member: Reference) -> bool:
        if step.is_mapped or key_of(member) in self._created or self._answers.has_member(member):
            return True
        self._gone.append(Gone(step.owner, step.attribute, member))
        return False

    def _removals(self, step: _List, owned: Owned) -> Iterator[Payload]:
        for each in step.edit.removed.values():
            belongs = key_of(each) in self._created or self._answers.owner_of(each, owned.key) == step.owner_id
            if belongs and (key_of(each), owned.key) not in self._moved:
                if not self._may_be_empty(each[TYPE], owned.key):
                    raise _refusal(step, owned, each)
                yield update_payload(each, {owned.key: None} | ({owned.kind: None} if owned.kind else {}))

    def _new_links(self, step: _List, link: Linked, added: Iterable[Reference]) -> Iterator[Payload]:
        for each in added:
            place = place_of(link, step.owner_id, _id(each))
            if place not in self._linked and not self._answers.links(place):
                self._linked.add(place)
                ends = {link.own: step.owner_id, link.other: _id(each)}
                names = self._schema.type(link.link).primary_key
                yield create_payload(link.link, {name: ends.get(name) or str(uuid.uuid4()) for name in names}, ends)

    def _deleted_links(self, step: _List, link: Linked) -> Iterator[Payload]:
        for each in step.edit.removed.values():
            for row in self._answers.links(place_of(link, step.owner_id, _id(each))):
                if key_of(row) not in self._deleted:
                    self._deleted.add(key_of(row))
                    yield delete_payload(row)

    def _whole(self, step: _List, added: list[Reference]) -> Iterator[Payload]:
        if self._takes_changes:
            removed = list(step.edit.removed.values())
            yield update_payload(step.owner, {step.attribute: {"__type__": CHANGES, "add": added, "remove": removed}})
            return
        members = dict(self._answers.content(step.owner, step.attribute))  # nothing of what is created here
        members = {key: each for key, each in members.items() if key not in step.edit.removed}
        members |= {key_of_reference(each): each for each in added}
        yield update_payload(step.owner, {step.attribute: list(members.values())})

    def _may_be_empty(self, type_name: str, name: str) -> bool:
        declared = self._schema.type(type_name)
        attribute = declared.attributes.get(name)
        if attribute is None or name in declared.primary_key:
            return False
        return not (attribute.immutable or attribute.required)


def _refusal(step: _List, owned: Owned, member: Reference) -> AssignmentError:
    return AssignmentError(
        f"{_named(member)} cannot be taken out of {step.attribute} of {_named(step.owner)}: its {owned.key} cannot be "
        "empty. Delete it instead, with session.delete(...), or put it back; then commit again."
    )


def _deleted(payloads: Iterable[Payload]) -> set[Key]:
    """Return the keys of what does not exist after the batch."""
    deleted: set[Key] = set()
    for payload in payloads:
        if payload["action"] == "delete":
            deleted.add(key_of_payload(payload))
        elif payload["action"] == "create":
            deleted.discard(key_of_payload(payload))
    return deleted


def _id(reference: Reference) -> str:
    return key_of(reference)[1][0]


def _named(reference: Reference) -> str:
    return f"{reference[TYPE]} {', '.join(key_of(reference)[1])}"
