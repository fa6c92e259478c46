"""What things looked like: sessions whose answers are of a moment that has passed."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session as AnySession

from trackteroid.client.commit.batch import PlainBatch
from trackteroid.client.past import forget_present, unchangeable
from trackteroid.collections import history as histories
from trackteroid.errors import InvalidArgumentsError, PastError
from trackteroid.query.literals import KINDS, end_of
from trackteroid.session import Session

#: What can be asked of a session of the past besides queries: what does not depend on when it is.
_TIMELESS: Final = frozenset({"query_schemas", "query_server_information", "history"})


class PastSession(Session):
    """A session that is asked for what was at a moment, and changes nothing; made by `Query.as_of`.

    It shares the connection of the session that it was made of. Its entities are its own: what they were then never
    mixes with what they are now.
    """

    present: Session
    moment: str | int

    @classmethod
    def of(cls, present: Session, moment: str | int) -> PastSession:
        """Return the session for what *present* would have seen at a moment."""
        present.schemas  # noqa: B018  # connects, so that there is something to share
        past = cls.__new__(cls)
        vars(past).update(vars(present))
        past.present, past.moment = present, moment
        forget_present(past, past.shown)
        return past

    @property
    def shown(self) -> str:
        """The moment in words."""
        return f"after event {self.moment}" if isinstance(self.moment, int) else f"at {self.moment} UTC"

    def call(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send questions, and return the answers as of the moment.

        Raises:
            PastError: something is no question, or its answer does not depend on the moment.
        """
        batch = PlainBatch([self._at_the_moment(operation) for operation in data])
        batch.strict = isinstance(data, PlainBatch) and data.strict
        answers = self.present.call(batch)
        if isinstance(data, PlainBatch):
            return answers
        decoded: list[dict[str, Any]] = self.decode(json.dumps(answers))
        return decoded

    def create(
        self, entity_type: str, data: Mapping[str, Any] | None = None, reconstructing: bool = False
    ) -> FtrackEntity:
        """Refuse to create anything; entities that the server tells of are made."""
        if not reconstructing:
            raise unchangeable(self.shown)
        return super().create(entity_type, data, reconstructing)

    def ensure(
        self,
        entity_type: str,  # noqa: ARG002 - as in sessions
        data: Mapping[str, Any],  # noqa: ARG002
        identifying_keys: list[str] | None = None,  # noqa: ARG002
    ) -> NoReturn:
        """Refuse to create anything."""
        raise unchangeable(self.shown)

    def delete(self, entity: Any) -> NoReturn:  # noqa: ARG002 - as in sessions
        """Refuse to delete anything."""
        raise unchangeable(self.shown)

    def commit(self) -> NoReturn:
        """Refuse to commit: there is nothing that could have changed."""
        raise unchangeable(self.shown)

    def reconnect(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse to connect anew."""
        raise PastError("A session of the past uses the connection of another one. Reconnect that.")

    def close(self) -> None:
        """Do nothing: the connection belongs to the session of the present."""

    def _at_the_moment(self, operation: dict[str, Any]) -> dict[str, Any]:
        action = operation.get("action")
        if action == "query":
            return {**operation, "as_of": self.moment}
        if action in _TIMELESS:
            return operation
        if action in ("create", "update", "delete"):
            raise unchangeable(self.shown)
        raise PastError(
            f'Sessions of the past only answer queries; "{action}" would be of now. Call it on the session itself.'
        )


def past_of(session: AnySession, moment: object) -> PastSession:
    """Return the session for what was at a moment; the same one for as long as anybody has it.

    Raises:
        InvalidArgumentsError: it is no moment, or the session is not one of ours.
        NoHistoryError: its server keeps no history.
    """
    present = present_of(session)
    if not isinstance(present, Session):
        raise InvalidArgumentsError("as_of() asks through a trackteroid.Session; make one for the same server.")
    histories.check_history(present)
    at = moment_text(moment)
    known: weakref.WeakValueDictionary[Any, PastSession] = vars(present).setdefault(
        "pasts", weakref.WeakValueDictionary()
    )
    found = known.get(at)
    if found is None or found.schemas is not present.schemas:
        found = known[at] = PastSession.of(present, at)
    return found


def present_of(session: Any) -> Any:
    """Return the session that one of the past was made of; other sessions are of the present themselves."""
    return session.present if isinstance(session, PastSession) else session


def moment_text(moment: object) -> str | int:
    """Return a moment as servers take it: the time in UTC, the end of a day; or the number of an event.

    >>> moment_text("2026-11-01 18:00+02:00"), moment_text("2026-11-01")
    ('2026-11-01T16:00:00', '2026-11-01T23:59:59.999999')

    Raises:
        InvalidArgumentsError: it is none of these.
    """
    if isinstance(moment, int) and not isinstance(moment, bool):
        return moment
    found = end_of(moment)
    if found is None:
        raise InvalidArgumentsError(f"as_of() takes {KINDS}, or the number of an event, not {moment!r}.")
    return found.isoformat()
