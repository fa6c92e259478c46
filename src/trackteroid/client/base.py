"""What a session of ours is to the modules that work for it, and knows before it has a connection."""

import threading
from collections import defaultdict
from contextlib import AbstractContextManager, nullcontext

import ftrack_api

from trackteroid.client.arguments import Arguments
from trackteroid.client.commit.lists import Gone
from trackteroid.client.requests_log import Observers
from trackteroid.session_state import Blocks, SessionState


class BaseSession(ftrack_api.Session):
    """An ``ftrack_api.Session`` with what ours have besides; `trackteroid.client.connection` connects it."""

    _arguments: Arguments
    _connected: bool
    _connection_lock: threading.RLock
    _record_operations: defaultdict[int, bool]
    _client_token: str | None

    #: Whether the session is about to connect, in whatever thread.
    is_connecting: bool
    #: The blocks that are open: of deferred operations, of transactions, of settings.
    blocks: Blocks
    #: What is known of the session and its server, by whom it is known.
    trackteroid_state: SessionState
    #: Who watches its requests.
    observers: Observers
    #: How often a request is repeated that the server cannot have had.
    retries: int
    #: How many batches with changes the server has accepted.
    accepted_batches: int
    #: What the last commit could not add to lists, because somebody else had deleted it.
    not_added: tuple[Gone, ...]

    @property
    def connected(self) -> bool:
        """Whether the session has a connection now. Asking does not connect."""
        return self._connected and not self._closed

    @property
    def client_token(self) -> str | None:
        """What the server writes into the events of what this session changes, by which it knows them; or None."""
        return self._client_token

    @property
    def database_url(self) -> str | None:
        """The database of the embedded server that the session talks to; None for a server somewhere else.

        ``server_url`` is then the address under which ftrack_api knows that server.
        """
        return self._arguments.database_url

    @property
    def address(self) -> str:
        """The server as it may be shown to people: its URL, or its database without the password."""
        return self._arguments.address

    @property
    def rolls_back_on_failure(self) -> bool:
        """Whether a commit that fails now is taken back as a whole, see `trackteroid.operations.transaction`."""
        return self.blocks.rolls_back_on_failure

    def trace(self, message: str) -> None:
        """Log what is worth knowing of the connection."""
        self.logger.info(message)

    def warn(self, message: str) -> None:
        """Log what somebody has to know."""
        self.logger.warning(message)

    def settling(self) -> AbstractContextManager[None]:
        """Wrap taking over the answer to a commit."""
        return nullcontext()

    def after_fork(self) -> None:
        """Get locks and a connection of its own, in a forked child."""
        self._connection_lock = threading.RLock()
        self.observers.after_fork()
        self.trackteroid_state.after_fork()
