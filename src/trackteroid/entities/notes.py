"""What people tell each other: notes and conversations."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import ANY, BY_NAME, NAMED, values

_SUBJECTS = ("Context", "Asset", "AssetVersion", "ReviewSession", "ReviewSessionObject", "Component", "List")


class NoteLabel(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A label of a note."""


class NoteCategory(NoteLabel):
    """What a note is about: Client feedback, Internal."""


class NoteLabelLink(Entity, projections=("note_id", "label_id"), parents=("note",)):
    """The label a note has."""


class Note(
    Entity,
    projections=("id", "content"),
    parents=("parent_id", "in_reply_to"),
    criteria=(
        values("by_id", "id", *ANY, columns=tuple((subject, "parent_id") for subject in _SUBJECTS)),
        values("by_name", "content", "User", "NoteCategory"),
    ),
):
    """A comment on something. It has no name: ``by_name`` without a target looks at the text."""


class NoteComponent(Entity, projections=("note_id", "component_id", "component"), parents=("note",)):
    """A file that is attached to a note."""


class NoteAnnotationComponent(NoteComponent):
    """A drawing that is attached to a note."""


class Recipient(Entity, projections=("resource_id", "note", "note_id", "recipient", "user"), parents=("note",)):
    """Somebody a note is meant for."""


class Conversation(Entity, projections=("id",)):
    """An exchange of messages."""


class Message(Entity, projections=("id", "text"), parents=("conversation",)):
    """One message of a conversation."""


class Participant(Entity, projections=("id",), parents=("conversation",)):
    """Somebody who takes part in a conversation."""


__all__ = [
    "Conversation",
    "Message",
    "Note",
    "NoteAnnotationComponent",
    "NoteCategory",
    "NoteComponent",
    "NoteLabel",
    "NoteLabelLink",
    "Participant",
    "Recipient",
]
