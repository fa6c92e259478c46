"""Everything a request can fail with, as the clients know it.

    Failure                      500  (base; a bug or a lost database)
    +-- InvalidCredentialsError  401  unknown user or key
    +-- PermissionError_         403  PermissionError: the user may not do this
    +-- ParseError               400  the query text does not parse
    +-- QueryError               400  unknown entity type or attribute, impossible comparison
    +-- ValidationError          400  a value of the wrong type, an unknown action or attribute, something missing
    +-- ValueError_              404  ValueError: an entity that does not exist
    +-- IntegrityError           422  a broken reference, a duplicate key
    +-- DuplicateEntryError      409  a second entry where there may be one
    +-- LimitError               413  a request larger than the server takes
    +-- BusyError                429  nothing was done, because others were before it: to be sent again later
    +-- LeftError                499  whoever asked has left; nobody reads this
    +-- StorageError             507  files cannot be written to where they are kept

The status only shows when the client asked for strict answers; otherwise it is 200 and the body tells. What is refused
before its body was read, and a `BusyError`, always have their status.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, ClassVar


class Failure(Exception):  # noqa: N818 - the errors are its subclasses
    """Base of all failures. The message reaches the client, so it names the cause and the next step."""

    name: ClassVar[str] = "ServerError"
    status: ClassVar[int] = 500
    error_code: ClassVar[str | None] = None

    def as_record(self) -> dict[str, Any]:
        """Return the error object that takes the place of the answer list.

        The Python client runs the text through `str.format`, so braces must not reach it.
        """
        content = str(self).replace("{", "(").replace("}", ")")
        return {"exception": self.name, "content": content, "error_code": self.error_code}


class InvalidCredentialsError(Failure):
    """The user is unknown or the API key is not theirs."""

    name = "InvalidCredentialsError"
    status = 401
    error_code = "api_credentials_invalid"


class PermissionError_(Failure):  # noqa: N801 - the client knows it as PermissionError, which is taken in Python
    """The user may not do this."""

    name = "PermissionError"
    status = 403


class ParseError(Failure):
    """The query text does not parse."""

    name = "ParseError"
    status = 400


class QueryError(Failure):
    """The query parses but names something that does not exist or compares what cannot be compared."""

    name = "QueryError"
    status = 400


class ValidationError(Failure):
    """The request has the wrong shape, or a value of it the wrong type."""

    name = "ValidationError"
    status = 400


class ValueError_(Failure):  # noqa: N801 - as above
    """The entity does not exist."""

    name = "ValueError"
    status = 404


class IntegrityError(Failure):
    """A reference to nothing, or a key that exists already."""

    name = "IntegrityError"
    status = 422


class DuplicateEntryError(Failure):
    """There is one already, and only one is possible."""

    name = "DuplicateEntryError"
    status = 409


class LimitError(Failure):
    """The request is larger than the server is set up to take."""

    name = "LimitError"
    status = 413


class BusyError(Failure):
    """Nothing was done, and the same request may succeed later.

    Attributes:
        retry_after: The seconds after which to try again.
    """

    name = "ServerBusyError"
    status = 429

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StorageError(Failure):
    """Files cannot be written to where they are kept: it is full, or was made read-only. Trying again does not help."""

    status = 507


class LeftError(Failure):
    """Whoever asked has left before the answer was there."""

    name = "ClientLeftError"
    status = 499


class DeliveryError(Exception):
    """Something could not be sent, in words that may be shown."""


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return what somebody who wrote `name` may have meant, the likeliest first."""
    return difflib.get_close_matches(name, list(known), n=3)


def suggestion(near: Iterable[str]) -> str:
    """Return the end of a message that asks whether one of `near` was meant.

    >>> suggestion(["final"])
    ' Did you mean final?'
    """
    found = " or ".join(near)
    return f" Did you mean {found}?" if found else ""
