"""What creating a note takes besides its own attributes: recipients, labels, a category and attachments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session

from trackteroid.client.entities import find_in_memory, stored_value
from trackteroid.collections.change.convert import convert
from trackteroid.collections.change.names import Subject
from trackteroid.collections.change.pending import Made
from trackteroid.collections.context import Selection, context_of, unique
from trackteroid.errors import AssignmentError, CreationError
from trackteroid.schema.types import AttributeSchema, Schema
from trackteroid.session_state import of_connection
from trackteroid.spelling import quoted
from trackteroid.values import frozen


@frozen
class _Part:
    """Something that is linked to a note: what it is called, what it takes, and how it is linked.

    Attributes:
        argument: the argument of ``create``.
        target: the type of the entities that it takes.
        link: the type of the linking entity.
        reference: the attribute of the linking entity that leads to what is linked.
        key: the attribute with its id.
    """

    argument: str
    target: str
    link: str = ""
    reference: str = ""
    key: str = ""


_RECIPIENTS = _Part("recipients", "Resource", "Recipient", "recipient", "resource_id")
_LABELS = _Part("labels", "NoteLabel", "NoteLabelLink", "label", "label_id")
_ATTACHMENTS = _Part("attachments", "Component", "NoteComponent", "component", "component_id")
_CATEGORY = _Part("category", "NoteCategory")
_LABEL = _Part("category", "NoteLabel")
_PARTS = (_RECIPIENTS, _LABELS, _ATTACHMENTS)

#: The types of what is given for the parts of a note.
TARGETS = {part.argument: part.target for part in (*_PARTS, _CATEGORY)}


@frozen
class NoteParts:
    """What is created together with a note: links to recipients, labels and attachments."""

    links: tuple[tuple[_Part, FtrackEntity], ...] = ()

    @staticmethod
    def split(
        near: Selection, types: Schema, arguments: Mapping[str, Any], subject: Subject
    ) -> tuple[dict[str, Any], NoteParts]:
        """Return the attributes of the new note itself, and what is created with it."""
        data = dict(arguments)
        reader = _Reader(near, types, subject)
        if data.get("author") is None and data.get("user_id") is None:
            data["author"] = _current_user(context_of(near).session)
        found = {part: reader.entities(part, data.pop(part.argument, None)) for part in _PARTS}
        category = reader.category(data.pop("category", None))
        if category is not None and category.entity_type == "NoteCategory":
            data["category"] = category  # the server links it as well
            found[_LABELS] = [each for each in found[_LABELS] if _id(each) != _id(category)]
        elif category is not None:
            found[_LABELS] = unique([category, *found[_LABELS]])
        if not found[_RECIPIENTS]:
            found[_RECIPIENTS] = reader.author(data.get("author"))
        return data, NoteParts(tuple((part, entity) for part, entities in found.items() for entity in entities))

    def record(self, session: Session, note: FtrackEntity) -> list[Made]:
        """Record the creation of what belongs to the note, and return it."""
        made: list[Made] = []
        for part, entity in self.links:
            is_of_another = entity.entity_type == part.link  # what it links is to be linked with this note, too
            key = stored_value(entity, part.key if is_of_another else "id")
            linked = stored_value(entity, part.reference) if is_of_another else entity
            link = session.create(part.link, {"note_id": stored_value(note, "id"), part.key: key})
            with session.operation_recording(False):
                link["note"] = note
                if isinstance(linked, FtrackEntity):
                    link[part.reference] = linked
            made.append(Made(link, (note,)))
        return made


class _Reader:
    """Reads what is given for the parts of a note: collections, entities of ftrack_api, names, or lists of these."""

    def __init__(self, near: Selection, types: Schema, subject: Subject) -> None:
        self._near = near
        self._types = types
        self._subject = subject

    def entities(self, part: _Part, value: object) -> list[FtrackEntity]:
        """Return the entities that are given for a part."""
        if value is None:
            return []
        target = "Recipient" if _is_of(value, "Recipient") else part.target
        attribute = AttributeSchema(part.argument, "collection", target=target)
        try:
            return convert(attribute, value, self._near, self._types, self._subject)
        except AssignmentError as error:
            raise CreationError(str(error)) from error

    def author(self, value: object) -> list[FtrackEntity]:
        """Return the author, who is a recipient if there is no other."""
        attribute = AttributeSchema("author", "collection", target="User")
        return convert(attribute, value, self._near, self._types, self._subject)

    def category(self, value: object) -> FtrackEntity | None:
        """Return the one category or label that is given."""
        if value is None:
            return None
        found = self.entities(_CATEGORY if isinstance(value, str) else _LABEL, value)
        if len(found) != 1:
            raise CreationError(f"The category of a note must be one category or label, not {value!r}.")
        return found[0]


def _id(entity: FtrackEntity) -> object:
    return stored_value(entity, "id")


def _is_of(value: object, type_name: str) -> bool:
    """Return whether something is of a type: an entity, a collection, or all in a list of these."""
    if isinstance(value, FtrackEntity):
        return value.entity_type == type_name
    if isinstance(value, Selection):
        return value.entity_type.__name__ == type_name
    if isinstance(value, list | tuple):
        parts = cast("list[object]", value)
        return bool(parts) and all(_is_of(each, type_name) for each in parts)
    return False


@dataclass(slots=True)
class _CurrentUser:
    """The id of the user of a connection, once it was asked for."""

    id: str | None = None


def _current_user(session: Session) -> FtrackEntity:
    """Return the user of the session, who is asked for once per connection."""
    known = of_connection(session, _CurrentUser)
    if known.id is not None:
        user = find_in_memory(session, "User", [known.id])
        if user is not None:
            return user
    found: list[FtrackEntity] = list(
        session.query(f"select id, username from User where username is {quoted(session.api_user)}").all()  # noqa: S608
    )
    if not found:
        raise CreationError(
            f'The server does not know the user of this session, "{session.api_user}". Pass an author: `author=user`.'
        )
    known.id = str(stored_value(found[0], "id"))
    return found[0]
