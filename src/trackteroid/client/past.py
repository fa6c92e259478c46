"""What a session needs that looks at the past of another one: a memory of its own, in which nothing changes."""

from __future__ import annotations

from collections import defaultdict

from ftrack_api.cache import LayeredCache, MemoryCache, StringKeyMaker
from ftrack_api.operation import Operation, Operations, UpdateEntityOperation

from trackteroid.client import fork
from trackteroid.client.commit.attempts import Attempts
from trackteroid.client.connection import LazySession
from trackteroid.client.entities import find_in_memory, set_local_value
from trackteroid.client.local_changes import LocalChanges
from trackteroid.client.results import ResultStore
from trackteroid.errors import PastError
from trackteroid.session_state import Blocks, SessionState


class Unchanging(Operations):
    """Takes no operation, and takes back what was set for it."""

    def __init__(self, session: LazySession, moment: str) -> None:
        super().__init__()
        self._session, self._moment = session, moment

    def push(self, operation: Operation) -> None:
        """Refuse an operation.

        Raises:
            PastError: always.
        """
        if isinstance(operation, UpdateEntityOperation):
            key = operation.entity_key.values()
            entity = find_in_memory(self._session, operation.entity_type, key)
            if entity is not None:
                set_local_value(entity, operation.attribute_name, operation.old_value)
        raise unchangeable(self._moment)


def unchangeable(moment: str) -> PastError:
    """Return the error that whoever changes the past ends with."""
    return PastError(
        f"This is what it looked like {moment}, which cannot be changed. Ask again without as_of() for what is there "
        "now, such as Query(Task).by_id(*tasks.keys()), and change that."
    )


def forget_present(session: LazySession, moment: str) -> None:
    """Let a copy of a session know nothing of what that holds: entities, operations, results."""
    vars(session).update(
        cache_key_maker=StringKeyMaker(),
        cache=LayeredCache([MemoryCache()]),
        recorded_operations=Unchanging(session, moment),
        _record_operations=defaultdict[int, bool](lambda: True),
        _local_changes=LocalChanges(),
        _recipes={},
        _blueprints={},
        blocks=Blocks(),
        trackteroid_state=SessionState(),
        attempts=Attempts(session),
        query_results=ResultStore(),
    )
    fork.register(session)
