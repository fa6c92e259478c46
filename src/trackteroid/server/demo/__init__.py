"""The demo production, as the requests a client would send to make it.

Two small productions (`showroom`, an episode of a design show, and `sync`, a film sequence) and two dummy projects
that carry the examples of the documentation. It is deterministic: every call gives the same operations.
Its pictures and films are not among them: `Script.drawings` says what they are of.

Example:
    >>> from itertools import islice
    >>> [operation["entity_type"] for operation in islice(operations("00000000-0000-4000-8000-000000000000"), 2)]
    ['User', 'UserSecurityRole']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trackteroid.server.demo import collaboration, contexts, people, pictures, practice, publishing
from trackteroid.server.demo.script import Script

__all__ = ["operations", "write"]


def operations(actor_id: str) -> Iterator[dict[str, Any]]:
    """Yield all operations of the demo production in order; they may be sent in batches of any size.

    Args:
        actor_id: Id of the existing user who sends them; this user also writes notes and owns lists.
    """
    yield from write(actor_id).operations


def write(actor_id: str) -> Script:
    """Return the script of the demo production, which has all operations and what is to be drawn.

    Args:
        actor_id: Id of the existing user who sends them; this user also writes notes and owns lists.
    """
    script = Script(actor_id)
    for chapter in (people, contexts, publishing, collaboration, pictures, practice):
        chapter.write(script)
    return script
