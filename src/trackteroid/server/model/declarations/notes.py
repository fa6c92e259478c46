"""Notes with their labels, recipients and attachments, and conversations."""

from __future__ import annotations

from trackteroid.server.model.attributes import (
    boolean,
    collection,
    datetime,
    entity_type_name,
    identifier,
    integer,
    key,
    object_,
    reference,
    text,
)
from trackteroid.server.model.declarations.common import METADATA, PROJECT, created
from trackteroid.server.model.types import EntityType, entity_type

NOTE_COMPONENT = entity_type(
    "NoteComponent",
    {
        "component_id": key("Component", required=True, immutable=True, on_delete="cascade"),
        "component": reference("Component", "component_id"),
        "note_id": key("Note", required=True, immutable=True, on_delete="cascade"),
        "note": reference("Note", "note_id"),
        "thumbnail_url": object_(immutable=True, computed=True, stored=False),
        "url": object_(immutable=True, computed=True, stored=False),
    },
    primary_key=("component_id", "note_id"),
    system_projections=("note_component_type",),
    discriminator="concrete_type",
)

TYPES: tuple[EntityType, ...] = (
    entity_type(
        "Note",
        {
            "id": identifier(alias="noteid"),
            "category_id": key("NoteCategory", alias="categoryid"),
            "category": reference("NoteCategory", "category_id"),
            "completed_at": datetime(),
            "completed_by_id": key("User"),
            "completed_by": reference("User", "completed_by_id"),
            "content": text(alias="text"),
            "date": datetime(),
            "frame_number": integer(),
            "in_reply_to_id": key("Note", alias="noteparentid", on_delete="cascade"),
            "in_reply_to": reference("Note", "in_reply_to_id", alias="noteparent"),
            "is_todo": boolean(default=False),
            "parent_id": key(None, format=None, on_delete="cascade"),
            "parent_type": entity_type_name(),
            **PROJECT,
            "project": reference("Project", "project_id"),
            "thread_activity": datetime(alias="triggerdate"),
            "user_id": key("BaseUser", alias="userid", required=True),
            "author": reference("BaseUser", "user_id", alias="user"),
            "note_components": collection("NoteComponent", "note_id"),
            "note_label_links": collection("NoteLabelLink", "note_id"),
            "recipients": collection("Recipient", "note_id", alias="note_recipients"),
            "replies": collection("Note", "in_reply_to_id", alias="notes"),
            **METADATA,
        },
        system_projections=("project_id",),
        groups=True,
    ),
    *(
        entity_type(
            name,
            {
                "id": identifier(alias="categoryid"),
                "name": text(),
                "color": text(),
                "sort": integer(default=0),
            },
            table="note_category",
            alias="NoteCategory",
            mixin=mixin,
        )
        for name, mixin in (("NoteLabel", None), ("NoteCategory", {"$ref": "NoteLabel"}))
    ),
    entity_type(
        "NoteLabelLink",
        {
            "label_id": key("NoteLabel", required=True, immutable=True, on_delete="cascade"),
            "label": reference("NoteLabel", "label_id"),
            "note_id": key("Note", required=True, immutable=True, on_delete="cascade"),
            "note": reference("Note", "note_id"),
        },
        primary_key=("note_id", "label_id"),
    ),
    NOTE_COMPONENT,
    entity_type(
        "NoteAnnotationComponent",
        {
            "data": object_(),
        },
        extends=NOTE_COMPONENT,
    ),
    entity_type(
        "Recipient",
        {
            "note_id": key("Note", required=True, immutable=True, on_delete="cascade"),
            "note": reference("Note", "note_id", alias="recipient_note"),
            "resource_id": key("Resource", required=True, immutable=True, on_delete="cascade"),
            "recipient": reference("Resource", "resource_id", alias="recipient_resource"),
            "user": reference("User", "resource_id", narrow=True),
            "text_mentioned": text(),
        },
        primary_key=("note_id", "resource_id"),
    ),
    entity_type(
        "Conversation",
        {
            "id": identifier(),
            **created(required=True),
            "messages": collection("Message", "conversation_id"),
            "participants": collection("Participant", "conversation_id"),
        },
    ),
    entity_type(
        "Message",
        {
            "id": identifier(),
            "conversation_id": key("Conversation", required=True, on_delete="cascade"),
            "conversation": reference("Conversation", "conversation_id"),
            **created(required=True),
            "text": text(),
        },
    ),
    entity_type(
        "Participant",
        {
            "id": identifier(),
            "conversation_id": key("Conversation", required=True, on_delete="cascade"),
            "conversation": reference("Conversation", "conversation_id"),
            "last_visit": datetime(),
            "resource_id": key("Resource", required=True, on_delete="cascade"),
            "resource": reference("Resource", "resource_id"),
        },
    ),
)
