"""Every error Trackteroid raises, in one family; and `MissingValueWarning`, the one warning.

Each class also derives from the class (in brackets) that existing code catches, so ``except ValueError`` around a
collection, or ``except ftrack_api.exception.ServerError`` around a session, keeps working::

    TrackteroidError [Exception]
    ├── NotConnectedError
    │   ├── MissingCredentialsError [TypeError]
    │   ├── UnreachableServerError [requests ConnectionError]
    │   │   ├── TimedOutError [requests ReadTimeout]
    │   │   ├── ConnectTimedOutError [requests ConnectTimeout]
    │   │   └── UnconfirmedCommitError                          has .operations
    │   │       └── TimedOutCommitError [requests ReadTimeout]
    │   ├── RejectedCredentialsError [ftrack_api ServerError]
    │   ├── UnexpectedAnswerError [ftrack_api ServerError]
    │   │   └── RedirectedError
    │   ├── MissingServerExtraError [ImportError]
    │   ├── UnusableDatabaseError [OSError]
    │   ├── ForkedSessionError [RuntimeError]
    │   └── EventHubError [ftrack_api EventHubConnectionError]
    ├── MissingExtraError [ImportError]                         has .name
    ├── NoEventLogError [NotImplementedError]
    ├── NoHistoryError [NotImplementedError]
    ├── PastError [RuntimeError]
    ├── WebhookSignatureError [ValueError]
    ├── RefusedError [ftrack_api ServerError]                   has .exception
    ├── ConfigurationError [OSError, AssertionError, RuntimeError]
    ├── UnknownNameError                                        has .name and .near
    │   ├── UnknownEntityTypeError [KeyError, AttributeError]
    │   ├── UnknownAttributeError [AttributeError]
    │   ├── UnknownImportError [ImportError]
    │   ├── UnknownSchemaEntryError [KeyError, AttributeError]
    │   ├── UnknownTypeNameError [KeyError, AttributeError]
    │   └── CriterionNotImplementedError [NotImplementedError, AttributeError]
    ├── RelationError [AttributeError]
    ├── InvalidArgumentsError [ValueError, TypeError, AssertionError]
    ├── NoResultFoundError [ftrack_api NoResultFoundError]
    ├── MultipleResultsFoundError [ftrack_api MultipleResultsFoundError]
    ├── EntityCollectionOperationError [ValueError]
    │   ├── CreationError [AssertionError]
    │   ├── DeletionError [AssertionError]
    │   ├── SharedVocabularyError [TypeError, AssertionError]
    │   ├── CoercionError [AssertionError]
    │   ├── PublishingError                                     has .published
    │   └── UnloadedAttributeError [LookupError]                has .projections
    ├── NoValueError [TypeError]
    ├── TableError [ValueError]                                 has .problems
    ├── AssignmentError [TypeError]
    │   └── UnsendableValueError [ValueError]
    ├── OperationsFileError [OSError]
    ├── DeferredOperationsError [RuntimeError]
    ├── TransactionError [RuntimeError]
    ├── TransferError [OSError]                                 has .is_passing
    └── ConflictError [RuntimeError]                            has .conflicts
"""

from collections.abc import Iterable

import ftrack_api.exception
import requests

from trackteroid import hints


def suggest(name: str, known: Iterable[str]) -> str:
    """Return ``' Did you mean "x" or "y"?'`` when *name* looks like one of the *known* names, else an empty text.

    >>> suggest("Shott", ["Shot", "Sequence"])
    ' Did you mean "Shot"?'
    """
    near = [f'"{candidate}"' for candidate in nearest(name, known)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


def nearest(name: object, known: Iterable[str]) -> tuple[str, ...]:
    """Return at most three of the *known* names that *name* could be a misspelling of, the most likely first."""
    return hints.nearest(name, known)


def printable(text: str) -> str:
    r"""Return *text* with halves of surrogate pairs, which no stream can print, written out.

    >>> printable("caf\udce9 {é}")
    'caf\\udce9 {é}'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class TrackteroidError(Exception):
    """The base of every error of this package: one sentence or paragraph that ends with what to do next."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)

    def __str__(self) -> str:
        # Some of the other bases rewrite their text: KeyError quotes it, ftrack_api formats braces in it.
        return str(self.args[0]) if self.args else ""


class NotConnectedError(TrackteroidError):
    """The session has no working connection to a server."""


class MissingCredentialsError(NotConnectedError, TypeError):
    """The server's address, the API key or the user name is not known."""


class UnreachableServerError(NotConnectedError, requests.exceptions.ConnectionError):
    """Nothing answers at the server's address."""


class TimedOutError(UnreachableServerError, requests.exceptions.ReadTimeout):
    """The server took a request but did not answer in time."""


class ConnectTimedOutError(UnreachableServerError, requests.exceptions.ConnectTimeout):
    """No connection to the server was made in time."""


class UnconfirmedCommitError(UnreachableServerError):
    """The answer to a commit was lost, and it cannot be told whether the server has carried it out.

    Attributes:
        operations: what the commit was to do: the dictionaries that were sent.
    """

    operations: tuple[object, ...]

    def __init__(self, message: str = "", *, operations: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.operations = tuple(operations)


class TimedOutCommitError(UnconfirmedCommitError, TimedOutError):
    """The answer to a commit did not come in time, and it cannot be told whether the server has carried it out."""


class RejectedCredentialsError(NotConnectedError, ftrack_api.exception.ServerError):
    """The API key is not accepted for this user: by the server, or because no key can look like this."""


class UnexpectedAnswerError(NotConnectedError, ftrack_api.exception.ServerError):
    """Something answers at the server's address, but not as an ftrack server that this client can talk to does."""


class RedirectedError(UnexpectedAnswerError):
    """The server sends its clients to another address, which has not got the API key."""


class MissingServerExtraError(NotConnectedError, ImportError):
    """An embedded server was asked for, but the packages it needs are not installed."""


class UnusableDatabaseError(NotConnectedError, OSError):
    """The database of an embedded server cannot be opened, or does not have the user."""


class ForkedSessionError(NotConnectedError, RuntimeError):
    """A session is used in a forked child, but its server lives in the memory of the parent."""


class EventHubError(NotConnectedError, ftrack_api.exception.EventHubConnectionError):
    """Events cannot be exchanged with other processes: the server has no event hub, or it cannot be reached."""


class MissingExtraError(TrackteroidError, ImportError):
    """Something needs a package that is not installed; the message says what to install.

    Attributes:
        name: the name of the module that is missing.
    """

    def __init__(self, message: str = "", *, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class NoEventLogError(TrackteroidError, NotImplementedError):
    """The server keeps no log of its events, which only Trackteroid's own server does."""


class NoHistoryError(TrackteroidError, NotImplementedError):
    """The server cannot be asked what things looked like before, which only Trackteroid's own server can."""


class PastError(TrackteroidError, RuntimeError):
    """What things looked like before cannot be changed."""


class WebhookSignatureError(TrackteroidError, ValueError):
    """What came to a webhook was not sent by the server that has the secret, or is too old."""


class RefusedError(TrackteroidError, ftrack_api.exception.ServerError):
    """The server refuses what it was asked to do. The message is the server's own.

    Attributes:
        exception: what the server calls the error: ``"ValidationError"``; an empty text if it does not say.
    """

    def __init__(self, message: str = "", *, exception: str = "") -> None:
        super().__init__(message)
        self.exception = exception


class UnknownNameError(TrackteroidError):
    """A name that is not known.

    Attributes:
        name: the name that was asked for.
        near: known names it could be a misspelling of, the most likely first.
    """

    name: str | None  # as AttributeError, the other base of most of them, declares it
    near: tuple[str, ...]

    def __init__(self, message: str = "", *, name: str = "", near: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.near = tuple(near)

    def _repr_html_(self) -> str:
        return hints.page(str(self), self.near)


class UnknownEntityTypeError(UnknownNameError, KeyError, AttributeError):
    """The server has no entity type of this name."""


class UnknownAttributeError(UnknownNameError, AttributeError):
    """The entity type, the query or the session has no attribute of this name."""


class UnknownImportError(UnknownNameError, ImportError):
    """A module has nothing of the name that is imported from it."""


class UnknownSchemaEntryError(UnknownNameError, KeyError, AttributeError):
    """``SCHEMA`` has no entry of this name."""


def unknown_attribute(result: object, name: str, entities: str) -> AttributeError:
    """Return the error for an attribute that the *result* of a call does not have, but perhaps its *entities*.

    >>> print(unknown_attribute("published", "id", "version"))
    str has no attribute "id". What entities have, its `version` has: `.version.id`.
    """
    kind = type(result).__name__
    if name.startswith("_"):
        return AttributeError(f"{kind} has no attribute {name!r}.")
    own = [each for each in dir(type(result)) if not each.startswith("_")]
    return UnknownAttributeError(
        f'{kind} has no attribute "{name}".{suggest(name, own)} What entities have, its `{entities}` has: '
        f"`.{entities}.{name}`.",
        name=name,
        near=nearest(name, own),
    )


class UnknownTypeNameError(UnknownNameError, KeyError, AttributeError):
    """The server has no object type, asset type, task type, project schema or custom attribute of this name."""


class CriterionNotImplementedError(UnknownNameError, NotImplementedError, AttributeError):
    """A criterion exists, but not for this entity type."""


class ConfigurationError(TrackteroidError, OSError, AssertionError, RuntimeError):
    """The configuration file is missing, fails, or has a setting that cannot be used."""


class InvalidArgumentsError(TrackteroidError, ValueError, TypeError, AssertionError):
    """A criterion or a terminator of a query was called with arguments it does not take."""


class NoResultFoundError(TrackteroidError, ftrack_api.exception.NoResultFoundError):
    """Exactly one entity was asked for, and there is none."""


class MultipleResultsFoundError(TrackteroidError, ftrack_api.exception.MultipleResultsFoundError):
    """Exactly one entity was asked for, and there are several."""


class RelationError(TrackteroidError, AttributeError):
    """No path is known between two entity types."""


class EntityCollectionOperationError(TrackteroidError, ValueError):
    """Collections that do not fit together, or an operation a collection cannot do."""


class CreationError(EntityCollectionOperationError, AssertionError):
    """An entity cannot be created with these arguments."""


class DeletionError(EntityCollectionOperationError, AssertionError):
    """The configuration does not allow entities of this type to be deleted."""


class SharedVocabularyError(EntityCollectionOperationError, TypeError, AssertionError):
    """A change of what a whole site shares, such as the name of a status, which nobody asked for as such."""


class CoercionError(EntityCollectionOperationError, AssertionError):
    """A collection cannot be treated as one of this type."""


class UnloadedAttributeError(EntityCollectionOperationError, LookupError):
    """Something was read, or would have been changed, that was not loaded.

    Attributes:
        projections: what to load, as projections of a query or arguments of ``fetch_attributes``; empty where it
            cannot be loaded.
    """

    projections: tuple[str, ...]

    def __init__(self, message: str = "", *, projections: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.projections = tuple(projections)


class MissingValueWarning(UserWarning):
    """Something was read that was not loaded, so it reads as ``NOT_SET`` or as an empty collection.

    The message names the projection to add. `trackteroid.session.Session` says how to make it an error, or silent.
    """


class PublishingError(EntityCollectionOperationError):
    """Files cannot be published or fetched as it was asked for.

    Attributes:
        published: what is published nevertheless: all of it but a review that was insisted on; else None.
    """

    published: object

    def __init__(self, message: str = "", *, published: object = None) -> None:
        super().__init__(message)
        self.published = published


class NoValueError(TrackteroidError, TypeError):
    """A value that is not there would have become text, a number, a path or the key of a group."""


class TableError(TrackteroidError, ValueError):
    """A table from which entities were to be created or changed has cells that do not fit.

    Attributes:
        problems: one sentence for each, in the order of the rows.
    """

    problems: tuple[str, ...]

    def __init__(self, message: str = "", *, problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class AssignmentError(TrackteroidError, TypeError):
    """A value does not fit the attribute it is assigned to."""


class UnsendableValueError(AssignmentError, ValueError):
    """A value that no server can be sent, such as a file name whose bytes are not UTF-8."""


class OperationsFileError(TrackteroidError, OSError):
    """A file of deferred operations cannot be read or written."""


class DeferredOperationsError(TrackteroidError, RuntimeError):
    """Something that cannot be done while operations are deferred, or before a replay."""


class TransactionError(TrackteroidError, RuntimeError):
    """Something that cannot be done inside of a transaction."""


class TransferError(TrackteroidError, OSError):
    """Data of a component could not be sent, stored or received.

    Attributes:
        is_passing: whether the server was not reached, so that it is worth another try.
    """

    is_passing: bool

    def __init__(self, message: str = "", *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.is_passing = is_passing


class ConflictError(TrackteroidError, RuntimeError):
    """Deferred operations meet values that changed on the server in the meantime.

    Attributes:
        conflicts: one description per value, see `trackteroid.operations.Conflict`.
    """

    conflicts: tuple[object, ...]

    def __init__(self, message: str = "", *, conflicts: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.conflicts = tuple(conflicts)
