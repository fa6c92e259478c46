"""Review sessions: what is shown to whom, and what they think of it."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import BY_NAME, NAMED


class ReviewSessionFolder(Entity, projections=NAMED, parents=("project",), criteria=BY_NAME):
    """A number of review sessions that are kept together."""


class ReviewSession(Entity, projections=NAMED, parents=("project",), criteria=BY_NAME):
    """A number of versions that are reviewed together."""


class ReviewSessionObject(Entity, projections=NAMED, parents=("review_session",), criteria=BY_NAME):
    """One version in a review session."""


class ReviewSessionInvitee(Entity, projections=("id", "name", "email"), parents=("review_session",), criteria=BY_NAME):
    """Somebody who is asked for a review."""


class ReviewSessionObjectStatus(Entity, projections=("id", "status"), parents=("review_session_object",)):
    """What an invitee thinks of a version."""


class ReviewSessionObjectAnnotation(Entity, projections=("id", "frame_number"), parents=("review_session_object",)):
    """What was drawn on a frame of a version in a review session."""


class ReviewSessionObjectAnnotationComponent(
    Entity,
    projections=("component_id", "frame_number", "review_session_object_id"),
    parents=("review_session_object",),
):
    """A picture of what was drawn."""


__all__ = [
    "ReviewSession",
    "ReviewSessionFolder",
    "ReviewSessionInvitee",
    "ReviewSessionObject",
    "ReviewSessionObjectAnnotation",
    "ReviewSessionObjectAnnotationComponent",
    "ReviewSessionObjectStatus",
]
