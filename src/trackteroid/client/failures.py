"""What went wrong while connecting, told in one paragraph with the next step."""

import getpass
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import ftrack_api.exception
import requests
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, Operation, UpdateEntityOperation

from trackteroid.client.exchanges import UnavailableError
from trackteroid.errors import (
    MissingCredentialsError,
    NotConnectedError,
    RejectedCredentialsError,
    TimedOutError,
    UnconfirmedCommitError,
    UnexpectedAnswerError,
    UnreachableServerError,
)

if TYPE_CHECKING:
    from trackteroid.client.lazy import LazySession

OFFLINE = (
    "To work without a server, start one with `trackteroid serve --demo` or use an embedded one: "
    'Session(server_url="sqlite:///file.db").'
)
#: What the initialiser's arguments are called in the environment; the first name is the one to advise.
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "server_url": ("FTRACK_SERVER",),
    "api_key": ("FTRACK_API_KEY", "FTRACK_APIKEY"),
    "api_user": ("FTRACK_API_USER",),
}

_KINDS: tuple[tuple[type[Operation], str], ...] = (
    (CreateEntityOperation, "create"),
    (UpdateEntityOperation, "update"),
    (DeleteEntityOperation, "delete"),
)
_REJECTIONS = re.compile(r"InvalidCredentialsError|FTAuthenticationError|api_credentials_invalid")


def setting(arguments: Mapping[str, Any], name: str) -> Any:
    """Return the argument called *name*, or what the environment says in its place, or None."""
    value = arguments.get(name)
    if value is not None:
        return value
    return next((os.environ[variable] for variable in ENVIRONMENT[name] if os.environ.get(variable)), None)


def check_credentials(arguments: Mapping[str, Any]) -> None:
    """Raise MissingCredentialsError when the address, the key or the user name is nowhere to be found."""
    missing = [name for name in ENVIRONMENT if not setting(arguments, name) and not _has_login_name(name)]
    if not missing:
        return
    variables = _enumerate([ENVIRONMENT[name][0] for name in missing])
    verb = "is" if len(missing) == 1 else "are"
    every = _enumerate([names[0] for names in ENVIRONMENT.values()])
    raise MissingCredentialsError(
        f"Cannot connect to ftrack: {variables} {verb} not set. Set {every} in the environment, "
        f"or pass server_url, api_key and api_user to Session(). {OFFLINE}"
    )


def explain(error: Exception, server_url: str, api_user: str) -> Exception:
    """Return the error to raise in place of *error*, which the first request to the server met.

    Errors that already tell what to do, such as a server that is too old, are returned as they are.
    """
    if isinstance(error, (json.JSONDecodeError, requests.exceptions.JSONDecodeError, LookupError, TypeError)):
        return _unexpected(server_url)
    if isinstance(error, requests.exceptions.RequestException):
        return _unreachable(error, server_url)
    if isinstance(error, ftrack_api.exception.ServerError):
        if _REJECTIONS.search(error.message):
            return _rejected(server_url, api_user)
        if "unexpected format" in error.message or "for url" in error.message:
            return _unexpected(server_url)
    return error


def interrupted(
    session: "LazySession", error: requests.exceptions.RequestException, attempts: int, outcome: str = ""
) -> NotConnectedError:
    """Return the error to raise in place of *error*, which the last of several attempts met.

    *outcome* says what became of what was sent.
    """
    failure = TimedOutError if isinstance(error, requests.exceptions.ReadTimeout) else UnreachableServerError
    tries = f" ({attempts} tries)" if attempts > 1 else ""
    return failure(f"The ftrack server at {session.address} {cause(error)}{tries}. {outcome}{_kept(session)}".rstrip())


def unconfirmed(session: "LazySession", batch: Iterable[object], reason: str) -> UnconfirmedCommitError:
    """Return the error for a commit of which nobody knows whether it has arrived."""
    operations = tuple(batch)
    advice = (
        ""
        if session.takes_back
        else " Look at the server, then call commit() to send them again or rollback() to forget them."
    )
    return UnconfirmedCommitError(
        "The answer to a commit was lost, and it cannot be told whether its operations have arrived: "
        f"the ftrack server at {session.address} {reason}. {_kept(session)}{advice}",
        operations=operations,
    )


def describe_operations(operations: Iterable[Operation]) -> str:
    """Return how many operations of what kind there are: ``1 x create Task, 2 x update Shot``."""
    counts = Counter(map(_description, operations))
    return ", ".join(f"{count} x {description}" for description, count in sorted(counts.items()))


def _description(operation: Any) -> str:
    kind = next((name for kind, name in _KINDS if isinstance(operation, kind)), type(operation).__name__)
    return f"{kind} {getattr(operation, 'entity_type', '')}".strip()


def _kept(session: "LazySession") -> str:
    """Say what is pending and where it is kept."""
    pending = tuple(session.recorded_operations)
    if not pending:
        return ""
    if session.takes_back:
        return f"The transaction takes its changes back ({describe_operations(pending)})."
    return (
        f"The {len(pending)} pending operations ({describe_operations(pending)}) are kept in "
        "session.recorded_operations."
    )


def cause(error: Exception) -> str:
    """Return what is wrong with a server, as the end of a sentence that begins with its address."""
    if isinstance(error, UnavailableError):
        asks = f" and asks to come back in {error.retry_after:.0f} seconds" if error.retry_after else ""
        return f"is not available now (HTTP status {error.status}){asks}"
    if isinstance(error, requests.exceptions.Timeout):
        return "did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "closed the connection in the middle of its answer"
    if isinstance(error, requests.exceptions.RequestException) and isinstance(error, ValueError):
        return "is not an address of a server; it should look like https://company.ftrackapp.com"
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that cannot be verified"
    if isinstance(error, ftrack_api.exception.ServerError):
        return "does not tell"
    return "cannot be reached"


def _unreachable(error: requests.exceptions.RequestException, server_url: str) -> NotConnectedError:
    return UnreachableServerError(
        f"Cannot connect to ftrack: {server_url} {cause(error)}. Check server_url (or FTRACK_SERVER), the network and, "
        f"behind a proxy, HTTPS_PROXY. {OFFLINE}"
    )


def _rejected(server_url: str, api_user: str) -> NotConnectedError:
    return RejectedCredentialsError(
        f'Cannot connect to ftrack: {server_url} does not accept the API key for user "{api_user}". Check api_key and '
        "api_user (or FTRACK_API_KEY and FTRACK_API_USER): personal keys are made in the web interface, under your "
        "account settings, and belong to one user."
    )


def _unexpected(server_url: str) -> NotConnectedError:
    return UnexpectedAnswerError(
        f"Cannot connect to ftrack: what answers at {server_url} is not an ftrack server, its answer cannot be read. "
        f"Check server_url (or FTRACK_SERVER): it is the address of the web interface without any path, such as "
        f"https://company.ftrackapp.com. {OFFLINE}"
    )


def _has_login_name(name: str) -> bool:
    """Return whether ftrack_api's last resort for the user's name, the login name, exists."""
    if name != "api_user":
        return False
    try:
        return bool(getpass.getuser())
    except (OSError, ImportError, KeyError):
        return False


def _enumerate(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
