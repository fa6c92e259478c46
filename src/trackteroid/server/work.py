"""One request: its transaction, who asks, when, and how the answer is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from .limits import STANDARD, Limits
from .model import Model


@dataclass(frozen=True, slots=True)
class Actor:
    """The authenticated user a request runs as."""

    id: str
    username: str


@dataclass(slots=True)
class Work:
    """Everything an action needs.

    Attributes:
        model: All entity types of the server.
        connection: The open transaction; the caller commits it or rolls it back.
        actor: Who asks.
        now: The moment of the request, ISO 8601 in UTC with whole seconds.
        base_url: Where the client reaches this server, for links in answers.
        strict: The client wants HTTP error statuses and may aggregate.
        denormalize: The client wants every occurrence of an entity in full.
        merges_copies: The client merges every copy of an entity, so that each has to be told only once.
        limits: What it may cost.
        notes: What actions of one batch leave for each other and for the end of the batch.
    """

    model: Model
    connection: sa.Connection
    actor: Actor
    now: str
    base_url: str = ""
    strict: bool = False
    denormalize: bool = False
    merges_copies: bool = False
    limits: Limits = STANDARD
    notes: dict[str, Any] = field(default_factory=dict[str, Any])
