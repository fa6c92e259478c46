"""Small questions that go along with the next query of a connection, in its request.

Whoever will need what a server knows by name, and will not need it before that query is answered, has it asked here:
whoever loads custom attributes may set them, for instance, and then their configurations are known already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trackteroid.session_state import HasSchemas, of_connection

#: Takes the records that one of the questions finds, as the server sent them.
Take = Callable[[list[Any]], None]


class _Riders:
    def __init__(self) -> None:
        self.waiting: dict[str, Take] = {}


def ride_along(session: HasSchemas, text: str, take: Take) -> None:
    """Let the query *text* be asked along with the next one. *take* is not called if there is more than one page."""
    of_connection(session, _Riders).waiting[text] = take


def take_riders(session: HasSchemas) -> dict[str, Take]:
    """Return the queries that are to go along, and let them be asked no more."""
    riders = of_connection(session, _Riders)
    if not riders.waiting:
        return {}
    waiting, riders.waiting = riders.waiting, {}
    return waiting
