"""What follows from what is there when a database of the older schema is opened: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from server.guarded import create, production
from trackteroid.server import EmbeddedServer

QUERIES = (
    "select project_id from Asset order by id",
    "select project_id from AssetVersion order by id",
    "select project_id, project.name from Note order by id",
    "select type, lag from TypedContextLink",
    "select thumbnail_source_id from ReviewSession order by id",
    "select resource_id from ReviewSessionInvitee order by id",
    "select resource_id from ReviewSessionObjectStatus order by id",
    "select note_id from NoteComponent",
    "select is_prioritizable, is_schedulable from ObjectType order by id",
    'select id from Asset where ancestors any (name is "sh010") order by id',
)


def fill(server: EmbeddedServer) -> None:
    """Two productions, and whatever the newer schema says more of."""
    for project in "pq":
        server.call(list(production(project)))
    server.call(
        [
            create("TypedContextLink", from_id="p-task", to_id="q-task"),
            create("Note", "r-note", content="reviewed", parent_id="p-object", parent_type="ReviewSessionObject"),
            create("Note", "s-note", content="reply", in_reply_to_id="r-note"),
            create("NoteComponent", note_id="p-note", component_id="p-component"),
            create("User", "ann", username="ann", email="Ann@studio.example"),
            create("ReviewSessionInvitee", "i", name="A", email="ann@Studio.example", review_session_id="p-review"),
            create(
                "ReviewSessionObjectStatus", "s", review_session_invitee_id="i", review_session_object_id="p-object"
            ),
            {
                "action": "update",
                "entity_type": "AssetVersion",
                "entity_key": ["p-version"],
                "entity_data": {"thumbnail_id": "p-component"},
            },
            create("ObjectType", "0-scene", name="Scene", is_schedulable=True),
        ]
    )


def answers(server: EmbeddedServer) -> list[Any]:
    """What is known of it."""
    return [answer["data"] for answer in server.call([{"action": "query", "expression": text} for text in QUERIES])]
