"""What went wrong between a session and its server, told in one paragraph with the next step.

Users see the paragraph and their own code, and not how the library got there: see `outermost`.
"""

import functools
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import ParamSpec, TypeVar

import ftrack_api.exception
import requests
import urllib3.exceptions
from ftrack_api.exception import Error
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation, UpdateEntityOperation
from ftrack_api.session import OperationPayload

from trackteroid.client.arguments import OFFLINE
from trackteroid.client.base import BaseSession
from trackteroid.client.commit.batch import Changes
from trackteroid.client.requests_log import UnavailableError
from trackteroid.errors import (
    ConnectTimedOutError,
    InvalidArgumentsError,
    NotConnectedError,
    RedirectedError,
    RefusedError,
    RejectedCredentialsError,
    TimedOutCommitError,
    TimedOutError,
    TrackteroidError,
    UnconfirmedCommitError,
    UnexpectedAnswerError,
    UnreachableServerError,
    printable,
)

_KINDS: tuple[tuple[type[Operation], str], ...] = (
    (CreateEntityOperation, "create"),
    (UpdateEntityOperation, "update"),
    (DeleteEntityOperation, "delete"),
)
_REJECTIONS = re.compile(r"InvalidCredentialsError|FTAuthenticationError|api_credentials_invalid")
_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,80}?)\s*</title", re.IGNORECASE)
#: Shorter keys are no secrets, and words of messages could look like them.
_LENGTH_OF_A_SECRET = 8
#: Why the server cannot tell of updates and deletions whether they have arrived.
OTHER_VALUES = "holds other values than were sent, from before them or from somebody else"
_INTERRUPTED = "The commit before this was interrupted."


def connecting(session: BaseSession, error: Exception) -> Exception:
    """Return the error to raise in place of *error*, which *session* met while it connected.

    Errors that already tell what to do, such as a server that is too old, are returned as they are.
    """
    if isinstance(error, requests.exceptions.RequestException) and not isinstance(error, TrackteroidError):
        return _failure(error)(
            f"Cannot connect to ftrack: {session.address} {cause(error)}. Check server_url (or FTRACK_SERVER), the "
            f"network and, behind a proxy, HTTPS_PROXY. {OFFLINE}"
        )
    if isinstance(error, UnexpectedAnswerError) and not isinstance(error, RedirectedError):
        return UnexpectedAnswerError(
            f"Cannot connect to ftrack: what answers at {session.address} is not an ftrack server, its answer cannot "
            f"be read. Check server_url (or FTRACK_SERVER): it is the address of the web interface without any path, "
            f"such as https://company.ftrackapp.com. {OFFLINE}"
        )
    return error


def refused(session: BaseSession, exception: object, content: object) -> TrackteroidError:
    """Return the error for an answer that is an error object of ftrack's."""
    words = _without_key(session, f"Server reported error: {exception}({content})")
    error = RefusedError(words, exception=exception if isinstance(exception, str) else "")
    if not _REJECTIONS.search(error.message):
        return error
    rejected = RejectedCredentialsError(
        f"{'Cannot connect to ftrack: ' if session.is_connecting else ''}{session.address} does not accept the API key "
        f'for user "{printable(session.api_user)}". Check api_key and api_user (or FTRACK_API_KEY and '
        "FTRACK_API_USER): personal keys are made in the web interface, under your account settings, and belong to one "
        "user."
    )
    rejected.__context__ = error  # what the server itself said
    return rejected


def unreadable(session: BaseSession, response: requests.Response) -> UnexpectedAnswerError:
    """Return the error for an answer that no ftrack server gives."""
    text = response.text.strip()
    what = "text that is no JSON" if text else "nothing"
    if text.startswith(("{", "[")):
        what = "JSON of another kind"
    elif text.startswith("<"):
        title = _TITLE.search(text)
        what = f'the web page "{_without_key(session, title[1])}"' if title else "a web page"
    return UnexpectedAnswerError(
        f"The ftrack server at {session.address} cannot be understood: what came as its answer is {what} (HTTP status "
        f"{response.status_code}). Look for what stands before the server, such as a proxy or a page to log in, and "
        f"try again. {kept(session)}".rstrip()
    )


def redirected(session: BaseSession, address: str) -> RedirectedError:
    """Return the error for a server that sends its clients to another one, which must not learn the key."""
    return RedirectedError(
        f"The ftrack server at {session.address} redirects to {address}, where the API key was not sent. If this is "
        "where the server is, say so with server_url (or FTRACK_SERVER)."
    )


def invalid_header() -> InvalidArgumentsError:
    """Return the error for headers that cannot be sent. They may be secrets, so it does not show them."""
    return InvalidArgumentsError(
        "Nothing was sent: a header is no text, or has a line break. Check headers=, and api_key and api_user."
    )


def interrupted(
    session: BaseSession, error: requests.exceptions.RequestException, attempts: int, outcome: str = ""
) -> NotConnectedError:
    """Return the error to raise in place of *error*, which the last of several attempts met.

    *outcome* says what became of what was sent.
    """
    tries = f" ({attempts} tries)" if attempts > 1 else ""
    return _failure(error)(
        f"The ftrack server at {session.address} {cause(error)}{tries}. {outcome}{kept(session)}".rstrip()
    )


def unconfirmed(
    session: BaseSession, batch: Sequence[object], lost: Exception, reason: str, second: Exception | None = None
) -> UnconfirmedCommitError:
    """Return the error for changes of which nobody knows whether they have arrived.

    Args:
        session: the session that sent them.
        batch: the changes.
        lost: what happened instead of the answer.
        reason: why asking the server did not help, as the end of a sentence that begins with its address.
        second: what happened when it was asked, None if it answered.
    """
    is_commit = isinstance(batch, Changes) or all(isinstance(operation, OperationPayload) for operation in batch)
    failure = TimedOutCommitError if timed_out(lost) or timed_out(second) else UnconfirmedCommitError
    advice = "Look at the server before sending them again."
    if is_commit:
        advice = _advice(is_pending=not session.rolls_back_on_failure, was_asked=second is None)
    return failure(
        f"The answer to {'a commit' if is_commit else 'a call'} was lost, because the ftrack server at "
        f"{session.address} {cause(lost)}, and it cannot be told whether its operations have arrived: the server "
        f"{reason}. {kept(session)} {advice}",
        operations=batch,
    )


def untold(session: BaseSession, batch: Sequence[object], *, is_pending: bool) -> UnconfirmedCommitError:
    """Return the error for a commit that was interrupted, where the server was asked for it and cannot tell."""
    return UnconfirmedCommitError(
        f"{_INTERRUPTED} It cannot be told whether its {len(batch)} operations have arrived: the ftrack server at "
        f"{session.address} {OTHER_VALUES}. {_advice(is_pending=is_pending, was_asked=True)}",
        operations=batch,
    )


def still_unconfirmed(
    session: BaseSession, batch: Sequence[object], error: Exception, *, is_pending: bool
) -> UnconfirmedCommitError:
    """Return the error for a commit that was interrupted, where asking the server for it ended with *error*."""
    reason = error.__context__ if isinstance(error.__context__, Exception) else error
    failure = TimedOutCommitError if timed_out(error) or timed_out(reason) else UnconfirmedCommitError
    return failure(
        f"{_INTERRUPTED} Whether its {len(batch)} operations have arrived is not known yet, because the ftrack server "
        f"at {session.address} {cause(reason)}. {_advice(is_pending=is_pending, was_asked=False)}",
        operations=batch,
    )


def _advice(*, is_pending: bool, was_asked: bool) -> str:
    """Say what to do about a commit that is not confirmed."""
    if not was_asked:
        forgetting = "; rollback() forgets what is pending" if is_pending else ""
        return (
            "Nothing is sent before that is known: the next commit() asks again, and so does confirm_commit()"
            f"{forgetting}."
        )
    if is_pending:
        return "Look at the server, then call commit() to send them again or rollback() to forget them."
    return "Look at the server before you change the same values again."


def found_out(arrival: str, count: int) -> str:
    """Say what became of a commit that was interrupted."""
    said = {"arrived": "have arrived", "absent": "have not arrived"}.get(arrival, "may have arrived")
    return f"{_INTERRUPTED} The server was asked: its {count} operations {said}."


def repeated(repeated: int, count: int, *, has_arrived: bool) -> str:
    """Say that of the *count* operations of a commit so many are the same as in the one that was interrupted."""
    same = f"{repeated} of the {count} operations of this one are the same"
    ids = "and what they create has the ids that the first one sent"
    if has_arrived:
        return f"{_INTERRUPTED} It has arrived, and {same}: they are not sent a second time, {ids}."
    return f"{_INTERRUPTED} It has not arrived, and {same}: they are sent only once, {ids}."


def timed_out(error: Exception | None) -> bool:
    """Return whether *error* is one of time, wherever in the exchange it ran out."""
    if isinstance(error, requests.exceptions.Timeout):
        return True
    # In the middle of an answer, requests makes it an error of the connection.
    return bool(error and error.args and isinstance(error.args[0], urllib3.exceptions.ReadTimeoutError))


def _failure(error: Exception) -> type[UnreachableServerError]:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return ConnectTimedOutError
    return TimedOutError if timed_out(error) else UnreachableServerError


def _without_key(session: BaseSession, text: str) -> str:
    """Return *text* as it may be shown, should the server repeat the key."""
    key = session.api_key
    return printable(text.replace(key, "***") if len(key) >= _LENGTH_OF_A_SECRET else text)


def describe_operations(operations: Iterable[Operation]) -> str:
    """Return how many operations of what kind there are: ``1 x create Task, 2 x update Shot``."""
    counts: Counter[str] = Counter()
    for each in operations:
        name = next((name for kind, name in _KINDS if isinstance(each, kind)), type(each).__name__)
        counts[f"{name} {getattr(each, 'entity_type', '')}".strip()] += 1
    return ", ".join(f"{count} x {description}" for description, count in sorted(counts.items()))


def kept(session: BaseSession) -> str:
    """Say what is pending and where it is kept."""
    pending = tuple(session.recorded_operations)
    if not pending:
        return ""
    if session.rolls_back_on_failure:
        return f"The transaction takes its changes back ({describe_operations(pending)})."
    return (
        f"The {len(pending)} pending operations ({describe_operations(pending)}) are kept in "
        "session.recorded_operations."
    )


def cause(error: Exception) -> str:
    """Return what is wrong with a server, as the end of a sentence that begins with its address."""
    if isinstance(error, UnavailableError):
        asks = f" and asks to come back in {error.retry_after:.0f} seconds" if error.retry_after else ""
        said = f": {printable(error.said)}" if error.said else ""
        return f"is not available now (HTTP status {error.status}{said}){asks}"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "took no connection in time (timed out)"
    if timed_out(error):
        return "did not answer in time (timed out)"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "closed the connection in the middle of its answer"
    if isinstance(error, requests.exceptions.RequestException) and isinstance(error, ValueError):
        return "is not an address of a server; it should look like https://company.ftrackapp.com"
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that cannot be verified"
    if isinstance(error, UnexpectedAnswerError):
        return "gave an answer that cannot be understood"
    if isinstance(error, ftrack_api.exception.ServerError):
        return "does not tell"
    return "cannot be reached"


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

#: Set in the environment to any text, it leaves tracebacks as Python makes them.
VARIABLE = "TRACKTEROID_FULL_TRACEBACKS"

_INTERNALS = ("trackteroid", "ftrack_api", "requests", "urllib3", "http", "socket", "contextlib")


def outermost(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let errors of ours that leave *function* forget the frames of libraries inside of it.

    It is for what users call. Their own frames stay, also those of functions that they have passed. Errors of
    ftrack_api, which formats what is in braces, get a text that can be read.
    """

    @functools.wraps(function)
    def calling(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except TrackteroidError as error:
            raise error.with_traceback(_shortened(error.__traceback__))  # noqa: B904  # it stays the same error
        except Error as error:
            try:
                str(error)
            except (LookupError, ValueError, AttributeError):
                error.message = error.message.replace("{", "{{").replace("}", "}}")
            raise

    return calling


def _shortened(traceback: TracebackType | None) -> TracebackType | None:
    if traceback is None or os.environ.get(VARIABLE):
        return traceback
    following = _shortened(traceback.tb_next)
    if str(traceback.tb_frame.f_globals.get("__name__")).partition(".")[0] in _INTERNALS:
        return following
    return TracebackType(following, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)
