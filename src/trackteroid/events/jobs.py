"""Jobs: what is done in the background, shown to people where ftrack shows jobs."""

from __future__ import annotations

import json
import time
import traceback
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from ftrack_api.session import Session

from trackteroid.errors import InvalidArgumentsError
from trackteroid.spelling import quoted

#: The seconds between two messages about progress; more often nobody reads them.
_SELDOM: Final = 1.0
#: How much of a traceback is kept, from its end.
_LONGEST: Final = 20_000


class RunningJob:
    """A job that is running.

    What it tells is sent at once, beside the pending operations of the session, which stay pending.

    Attributes:
        id: the id of the entity of type Job.
        name: what it is called.
    """

    def __init__(self, session: Session, name: str, about: list[dict[str, str]]) -> None:
        self.id = str(uuid.uuid4())
        self.name = name
        self._session = session
        self._data: dict[str, Any] = {"description": name, **({"selection": about} if about else {})}
        self._told_at = 0.0

    def progress(self, fraction: float, text: str = "") -> None:
        """Tell how far it is.

        Args:
            fraction: from 0 to 1.
            text: what is being done.
        """
        if not 0 <= fraction <= 1:
            raise InvalidArgumentsError(f"progress is {fraction!r}, but goes from 0 to 1.")
        told = f"{self.name}: {text} ({fraction:.0%})" if text else f"{self.name} ({fraction:.0%})"
        self._data.update(description=told, progress=fraction)
        if time.monotonic() - self._told_at >= _SELDOM:
            self._send(self._update(data=json.dumps(self._data)))

    def _start(self) -> None:
        user = self._session.query(f"User where username is {quoted(self._session.api_user)}").one()
        values = {
            "__entity_type__": "Job",
            "id": self.id,
            "type": "api_job",
            "status": "running",
            "user_id": user["id"],
            "data": json.dumps(self._data),
        }
        self._send({"action": "create", "entity_type": "Job", "entity_key": [self.id], "entity_data": values})

    def _done(self) -> None:
        self._data.update(description=self.name, progress=1.0)
        self._send(self._update(status="done", data=json.dumps(self._data)))

    def _failed(self, error: BaseException) -> None:
        told = "interrupted" if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
        where = "".join(traceback.format_exception(type(error), error, error.__traceback__))[-_LONGEST:]
        self._data.update(description=f"{self.name} failed: {told}", traceback=where)
        self._send(self._update(status="failed", data=json.dumps(self._data)))

    def _update(self, **values: Any) -> dict[str, Any]:
        data = {"__entity_type__": "Job", **values}
        return {"action": "update", "entity_type": "Job", "entity_key": [self.id], "entity_data": data}

    def _send(self, operation: dict[str, Any]) -> None:
        self._session.call([operation])
        self._told_at = time.monotonic()


@contextmanager
def running(session: Session, name: str, entities: Any = None) -> Generator[RunningJob]:
    """Show a job for the time of a block: running, then done, or failed with what was raised.

    Args:
        session: whose user the job is of.
        name: what it is called.
        entities: the collection that it is about.
    """
    members: Any = () if entities is None else entities.values()
    about = [{"entityType": each.entity_type, "entityId": each["id"]} for each in members]
    job = RunningJob(session, name, about)
    job._start()  # pyright: ignore[reportPrivateUsage]  # users see the rest
    try:
        yield job
    except BaseException as error:
        job._failed(error)  # pyright: ignore[reportPrivateUsage]
        raise
    job._done()  # pyright: ignore[reportPrivateUsage]
