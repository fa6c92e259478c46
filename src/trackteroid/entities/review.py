"""Review sessions: what is shown to whom, and what they think of it."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import ANY, values

_BY_NAME = (values("by_name", "name", *ANY),)


class ReviewSession(Entity, projections=("id", "name"), parents=("project",), criteria=_BY_NAME):
    """A number of versions that are reviewed together."""


class ReviewSessionObject(Entity, projections=("id", "name"), parents=("review_session",), criteria=_BY_NAME):
    """One version in a review session."""


class ReviewSessionInvitee(Entity, projections=("id", "name", "email"), parents=("review_session",), criteria=_BY_NAME):
    """Somebody who is asked for a review."""


class ReviewSessionObjectStatus(Entity, projections=("id", "status"), parents=("review_session_object",)):
    """What an invitee thinks of a version."""


__all__ = ["ReviewSession", "ReviewSessionInvitee", "ReviewSessionObject", "ReviewSessionObjectStatus"]
