"""What creating a note takes: its parent of any type, an author, a category, and recipients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.memory import find_in_memory, key_of, stored_value, stored_values
from trackteroid.client.selecting import quoted
from trackteroid.collections.bound import BoundCollection, check_same_world
from trackteroid.collections.container import Container
from trackteroid.collections.conversion import check_session
from trackteroid.collections.fetching import fetch_missing
from trackteroid.errors import CreationError


@dataclass(frozen=True, slots=True)
class NoteParts:
    """The entities that are created together with a note."""

    resource_ids: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = ()

    @staticmethod
    def split(
        near: BoundCollection, session: Session, arguments: Mapping[str, Any]
    ) -> tuple[dict[str, Any], NoteParts]:
        """Return the attributes of the new note itself, and what is created with it."""
        data = dict(arguments)
        recipients, category = data.pop("recipients", None), data.pop("category", None)
        if data.get("author") is None and data.get("user_id") is None:
            data["author"] = _current_user(session)
        if data.get("parent_id") is None and data.get("in_reply_to") is None:
            data.update(_parent(near))
        label_ids = () if category is None else _label_ids(category, near)
        if category is not None and not label_ids:
            data["category"] = category
        resource_ids = _resource_ids(recipients, near) or _ids(data.get("author"), near)
        return data, NoteParts(resource_ids, label_ids)

    def record(self, session: Session, note: FtrackEntity) -> None:
        """Record the creation of the recipients and labels of the note."""
        for resource_id in self.resource_ids:
            session.create("Recipient", {"note_id": note["id"], "resource_id": resource_id})
        for label_id in self.label_ids:
            session.create("NoteLabelLink", {"note_id": note["id"], "label_id": label_id})


_current_users: WeakKeyDictionary[Session, tuple[object, str]] = WeakKeyDictionary()


def _current_user(session: Session) -> FtrackEntity:
    """Return the user of the session, who is asked for once per connection."""
    # Only the id is kept: the entity itself would keep its session alive.
    known = _current_users.get(session)
    if known is not None and known[0] is session.schemas:
        user = find_in_memory(session, "User", [known[1]])
        if user is not None:
            return user
    found: list[FtrackEntity] = list(
        session.query(f"select id, username from User where username is {quoted(session.api_user)}").all()  # noqa: S608
    )
    if not found:
        raise CreationError(
            f'The server does not know the user of this session, "{session.api_user}". Pass an author: `author=user`.'
        )
    _current_users[session] = (session.schemas, str(stored_value(found[0], "id")))
    return found[0]


def _parent(near: BoundCollection) -> dict[str, Any]:
    """Return what the note is about: the entity the notes were read from, or the one all the notes are about."""
    source = near.source
    if source is not None and isinstance(source.owner, Container) and len(source.owner) == 1:
        owner = source.owner.values()[0]
        if source.attribute == "replies":
            return {"in_reply_to": owner}
        if source.attribute == "notes":
            type_name, (identifier,) = key_of(owner)
            return {"parent_id": identifier, "parent_type": type_name}
    if not isinstance(near, Container):
        raise CreationError(
            "Ambiguous context: it is not clear what the new note is about. Create it from the notes of one entity: "
            "`version.notes.create(...)`."
        )
    notes = near.values()
    fetch_missing(notes[0].session, notes, "parent_id", "parent_id", "parent_type")
    found = set(zip(stored_values(notes, "parent_id"), stored_values(notes, "parent_type"), strict=True))
    if len(found) != 1:
        raise CreationError(
            f"Ambiguous context: {near!r} are about {len(found)} different entities. Create the note from the notes of "
            f"one of them."
        )
    parent_id, parent_type = found.pop()
    return {"parent_id": parent_id, "parent_type": parent_type}


def _entities(value: object, what: str, near: BoundCollection) -> tuple[FtrackEntity, ...]:
    if isinstance(value, FtrackEntity):
        check_session(value, near)
        return (value,)
    if isinstance(value, BoundCollection):
        check_same_world(near, value)
        return value.values() if isinstance(value, Container) else ()
    if value is None:
        return ()
    raise CreationError(f"The {what} of a note must be a collection, not {value!r}.")


def _ids(value: object, near: BoundCollection) -> tuple[str, ...]:
    return tuple(str(stored_value(entity, "id")) for entity in _entities(value, "author", near))


def _resource_ids(recipients: object, near: BoundCollection) -> tuple[str, ...]:
    """Return the ids of users and groups; of recipients of another note, those they stand for."""
    return tuple(
        str(stored_value(entity, "resource_id" if entity.entity_type == "Recipient" else "id"))
        for entity in _entities(recipients, "recipients", near)
    )


def _label_ids(category: object, near: BoundCollection) -> tuple[str, ...]:
    """Return the ids of labels, which are linked to a note; a category proper is an attribute of it."""
    entities = _entities(category, "category", near)
    if len(entities) != 1:
        raise CreationError(f"The category of a note must be one category or label, not {category!r}.")
    return () if entities[0].entity_type == "NoteCategory" else (str(stored_value(entities[0], "id")),)
