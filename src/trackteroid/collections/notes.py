"""What creating a note takes: its parent of any type, an author, a category, and recipients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.memory import find_in_memory, stored_value
from trackteroid.client.selecting import quoted
from trackteroid.collections.bound import BoundCollection, check_same_world
from trackteroid.collections.container import Container
from trackteroid.collections.conversion import check_session
from trackteroid.collections.shown import Made
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
        label_ids = () if category is None else _label_ids(category, near)
        if category is not None and not label_ids:
            data["category"] = category
        resource_ids = _resource_ids(recipients, near) or _ids(data.get("author"), near)
        return data, NoteParts(resource_ids, label_ids)

    def record(self, session: Session, note: FtrackEntity) -> list[Made]:
        """Record the creation of the recipients and labels of the note, and return them."""
        rows = [("Recipient", "resource_id", each) for each in self.resource_ids]
        rows += [("NoteLabelLink", "label_id", each) for each in self.label_ids]
        created = [session.create(kind, {"note_id": stored_value(note, "id"), key: each}) for kind, key, each in rows]
        return [Made(each, (note,)) for each in created]


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
