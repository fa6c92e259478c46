"""One call of the API: a batch of operations in, a list of answers or one error object out.

A batch is one transaction. This is the whole of the server but for its transports, and knows nothing of HTTP beyond
header names and status numbers.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, TypeVar, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DataError, OperationalError, TimeoutError
from sqlalchemy.exc import IntegrityError as BrokenRule

from . import web
from .actions import ACTIONS, WRITING
from .auth.access import LocalKey, Opened, authenticate, note_use
from .auth.policy import Policy, load_policy
from .core.failures import Failure, IntegrityError, LimitError, ValidationError
from .core.limits import STANDARD, Limits
from .core.request import Request
from .model import standard_model
from .rules import finish
from .storage.database import Database
from .storage.object_types import Models, announce

T = TypeVar("T")

logger = logging.getLogger("trackteroid.server")

#: How exactly it is kept when a key was last used.
_USE_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one call."""

    status: int
    body: bytes


class Api:
    """Answers calls from a database.

    Args:
        database: Where everything is kept.
        local_key: A key accepted besides the stored ones.
        limits: What one call may cost.
        is_open: Every user may do everything, whatever their roles.
    """

    def __init__(
        self,
        database: Database,
        local_key: LocalKey | None = None,
        *,
        limits: Limits = STANDARD,
        is_open: bool = False,
    ) -> None:
        self.database = database
        self.local_key = local_key
        self.is_open = is_open
        self.limits = limits
        self._models = Models()

    def respond(self, headers: Mapping[str, str], body: bytes, base_url: str) -> Reply:
        """Answer one call. `headers` must be case-insensitive or in lower case."""
        strict = headers.get("ftrack-strict-api", "").lower() == "true"

        def answer() -> Reply:
            answers = self._run(headers, _operations(body, self.limits), base_url, strict=strict)
            return Reply(200, orjson.dumps(answers, option=orjson.OPT_NON_STR_KEYS))

        return _guarded(answer, lambda failure: _reply(failure, strict=strict))

    def page(self, token: str, base_url: str) -> Reply:
        """The page behind a link that `get_widget_url` has made, as HTML."""

        def show(connection: sa.Connection) -> Reply:
            model = self._models.current(connection)
            widget, actor = web.open_link(connection, model, token)
            request = Request(model, connection, actor, _now(), base_url, denormalize=True, limits=self.limits)
            request.policy = self._policy(request)
            return Reply(200, web.html_of(web.show(request, widget), widget.theme).encode())

        return _guarded(
            lambda: self._transaction(show, write=False),
            lambda failure: Reply(failure.status, web.refusal(str(failure)).encode()),
        )

    def _run(
        self, headers: Mapping[str, str], operations: list[Mapping[str, Any]], base_url: str, *, strict: bool
    ) -> list[Any]:
        writes = any(operation["action"] in WRITING for operation in operations)

        used: list[Opened] = []

        def answer(connection: sa.Connection) -> list[Any]:
            model = self._models.current(connection)
            now = _now()
            user, key = headers.get("ftrack-user", ""), headers.get("ftrack-api-key", "")
            opened = authenticate(connection, model, user, key, now=now, local=self.local_key)
            request = Request(
                model=model,
                connection=connection,
                actor=opened.actor,
                now=now,
                base_url=base_url,
                strict=strict,
                denormalize="denormalize:1" in headers.get("ftrack-api-options", ""),
                merges_copies="trackteroid-merges-copies" in headers,
                limits=self.limits,
            )
            request.policy = self._policy(request)
            if opened.is_first_use_since(_now(minus=_USE_KEPT)):
                used.append(opened)
            answers = [ACTIONS[operation["action"]](request, operation) for operation in operations]
            if writes:
                finish(request)
                announce(request)
            return answers

        answers = self._transaction(answer, write=writes)
        self._note_use(used)
        return answers

    def _note_use(self, used: list[Opened]) -> None:
        """Keep when a key was used: seldom, so that whoever only reads does not wait for writers at each call."""
        key_id = used[-1].key_id if used else None
        if key_id is not None and not self.database.is_read_only:
            self._transaction(partial(note_use, model=standard_model(), key_id=key_id, now=_now()), write=True)

    def _policy(self, request: Request) -> Policy | None:
        """What limits whoever asks; None for administrators, and where everybody may do everything."""
        actor = request.actor
        if self.is_open or actor.is_administrator:
            return None
        return load_policy(request.connection, request.model, actor.id, actor.username)

    def _transaction(self, run: Callable[[sa.Connection], T], *, write: bool) -> T:
        """The result of `run`; what the database refuses is told in words."""
        try:
            return self.database.run(run, write=write)
        except BrokenRule as error:
            raise IntegrityError(
                "The change breaks a rule of the database: a key that exists already or a missing entity."
            ) from error
        except DataError as error:
            raise ValidationError(
                f"The database cannot hold or compare a value of the request: {error.orig}."
            ) from error
        except (OperationalError, TimeoutError) as error:
            reason = error.orig if isinstance(error, OperationalError) else "all its connections are in use"
            raise Failure(f"The database is not available: {reason}. Try again.") from error


def _operations(body: bytes, limits: Limits) -> list[Mapping[str, Any]]:
    """The batch that a request body holds."""
    try:
        batch = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ValidationError(f"The request is not JSON: {error}.") from None
    if not isinstance(batch, list):
        raise ValidationError("A request is a list of operations.")
    operations = cast("list[Any]", batch)
    if len(operations) > limits.call_operations:
        raise LimitError(
            f"The call has {len(operations)} operations, more than this server's limit call_operations, which is "
            f"{limits.call_operations}. Commit more often."
        )
    for operation in operations:
        action = operation.get("action") if isinstance(operation, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- checked right here
        if action not in ACTIONS:
            # The clients look for exactly this text to tell that a server lacks an action.
            raise ValidationError(f"Invalid action u'{action}'")
    return cast("list[Mapping[str, Any]]", operations)


def _now(minus: timedelta = timedelta()) -> str:
    return (datetime.now(timezone.utc) - minus).replace(tzinfo=None, microsecond=0).isoformat()


def _guarded(answer: Callable[[], Reply], refuse: Callable[[Failure], Reply]) -> Reply:
    """The answer, or the refusal that tells why there is none."""
    try:
        return answer()
    except Failure as failure:
        return refuse(failure)
    except Exception:  # a bug must reach the client in the form of an answer, never as a closed connection
        incident = uuid.uuid4().hex[:8]
        logger.exception("Incident %s while answering a call", incident)
        return refuse(Failure(f"The server failed on this request; its log tells more under incident {incident}."))


def _reply(failure: Failure, *, strict: bool) -> Reply:
    return Reply(failure.status if strict else 200, orjson.dumps(failure.as_record()))
