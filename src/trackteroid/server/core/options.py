"""What a server is set up with: how much callers may ask of it, how it shows itself, and how it is reached."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one server. Every field is an option of ``trackteroid serve``, and errors name it.

    Raises:
        ValueError: A limit is not positive, or more than a server can keep to.

    Example:
        >>> Limits(statement_seconds=5).answer_rows
        1000000
    """

    statement_seconds: float = field(
        default=30.0, metadata={"help": "Seconds that the database may take for one statement of a query."}
    )
    answer_rows: int = field(
        default=1_000_000,
        metadata={"help": "Rows that a query may bring. Those without a limit of their own are answered in one piece."},
    )
    call_operations: int = field(
        default=100_000,
        metadata={"help": "Operations that one call may have. Each holds up the writers behind it."},
    )
    query_characters: int = field(
        default=4 * 1024 * 1024,
        metadata={"help": "Characters that a query may have: by default room for about 100,000 ids in one list."},
    )
    query_words: int = field(
        default=100_000,
        metadata={
            "help": "Words and signs that a query may have; those inside a list count as one. As many as by default "
            "take about half a second to read."
        },
    )
    query_depth: int = field(
        default=32,
        # Whoever walks a tree may recurse: SQLAlchemy reaches Python's default recursion limit at about 50 relations
        # inside each other, and the caller's own frames need room too.
        metadata={"help": "Parentheses, and negations before them, that may be open at one place.", "most": 32},
    )
    list_values: int = field(default=100_000, metadata={"help": "Values that one list in a query may have."})
    call_seconds: float = field(
        default=300.0, metadata={"help": "Seconds that all operations of one call may take together."}
    )
    locked_seconds: float = field(
        default=10.0,
        metadata={
            "help": "Seconds that the queries of one call may take together between and after its changes, while other "
            "writers wait for a database of SQLite."
        },
    )
    call_rows: int = field(
        default=2_000_000, metadata={"help": "Rows that all queries of one call may bring together."}
    )
    body_bytes: int = field(
        default=128 * 1024 * 1024, metadata={"help": "Bytes that a call may have. Only known callers send any at all."}
    )
    body_values: int = field(
        default=1_750_000,
        metadata={
            "help": "Values that a call may have, counted by the signs {, [ and , in it, { three times. Each takes up "
            "to 80 bytes beside the call itself."
        },
    )
    body_memory: int = field(
        default=140_000_000,
        metadata={"help": "Bytes of memory that the values of a call may take, beside the text of one operation."},
    )
    operation_bytes: int = field(
        default=8 * 1024 * 1024,
        metadata={"help": "Bytes that one operation may have in a call of more than one megabyte."},
    )
    body_seconds: float = field(default=120.0, metadata={"help": "Seconds that a call may take to arrive."})
    header_bytes: int = field(default=32 * 1024, metadata={"help": "Bytes that the headers of a request may have."})
    header_seconds: float = field(
        default=10.0, metadata={"help": "Seconds that a connection may take to send the headers of a request."}
    )
    address_connections: int = field(
        default=256, metadata={"help": "Connections that one address may have open at the same time, with each worker."}
    )
    wrong_keys: int = field(
        default=20,
        metadata={
            "help": "Wrong keys that one address may send in a minute before all keys from there are refused, except "
            "those that have worked lately; and that one user may be tried with before further tries are answered "
            "slowly."
        },
    )
    user_calls: int = field(
        default=4,
        metadata={"help": "Calls of one user that each worker answers at the same time. The others wait their turn."},
    )
    wait_seconds: float = field(
        default=60.0, metadata={"help": "Seconds that a call waits for its turn, or for the writers before it."}
    )
    file_bytes: int = field(default=1024**4, metadata={"help": "Bytes that the data of one component may have."})
    file_parts: int = field(
        default=10_000, metadata={"help": "Parts in which the data of one component may come.", "most": 10_000}
    )
    upload_seconds: int = field(
        default=24 * 3600,
        metadata={
            "help": "Seconds for which an address takes a file. What is not complete by then, or has no component, is "
            "removed."
        },
    )
    upload_pause_seconds: float = field(
        default=60.0, metadata={"help": "Seconds for which nothing of a file that is being sent may come."}
    )
    address_seconds: int = field(
        default=24 * 3600, metadata={"help": "Seconds for which an address in an answer leads to a file, at least."}
    )
    thumbnail_size: int = field(default=4096, metadata={"help": "Pixels that a thumbnail may have at its longer side."})
    thumbnail_pixels: int = field(
        default=80_000_000,
        metadata={"help": "Pixels that a picture may have for a thumbnail to be made of it.", "most": 178_000_000},
    )
    encode_seconds: float = field(
        default=6 * 3600.0, metadata={"help": "Seconds that it may take to encode the media of one component."}
    )
    thumbnail_seconds: float = field(default=10.0, metadata={"help": "Seconds that a thumbnail may take."})

    hub_connections: int = field(
        default=4096, metadata={"help": "Connections to the event hub that each worker has at the same time."}
    )
    hub_subscriptions: int = field(
        default=1000,
        metadata={
            "help": "Subscriptions that one connection to the event hub may have. Each eight comparisons count as one."
        },
    )
    event_bytes: int = field(
        default=4 * 1024 * 1024, metadata={"help": "Bytes that an event may have which a client publishes."}
    )
    waiting_events: int = field(
        default=10_000,
        metadata={"help": "Events that may wait for a client that is slow to read them. It is told, and let go."},
    )
    waiting_bytes: int = field(
        default=64 * 1024 * 1024,
        metadata={"help": "Bytes that events may have which wait for a client, unless it is a single one."},
    )
    event_wait_seconds: float = field(
        default=60.0, metadata={"help": "Seconds that a call may wait for events that are not there yet."}
    )
    webhook_seconds: float = field(
        default=10.0, metadata={"help": "Seconds that the receiver of a webhook has to answer."}
    )
    webhook_tries: int = field(
        default=12,
        metadata={"help": "How often an event is sent to a webhook that does not take it, before it is given up."},
    )
    webhook_pause_seconds: float = field(
        default=1.0,
        metadata={"help": "Seconds before an event is sent to a webhook again. Each further pause is twice as long."},
    )
    log_days: float = field(default=7.0, metadata={"help": "Days that events are kept in the database."})
    log_bytes: int = field(
        default=256 * 1024 * 1024, metadata={"help": "Bytes of events that are kept in the database, about."}
    )
    history_days: float = field(
        default=90.0, metadata={"help": "Days for which the database can be asked what it was like before."}
    )
    history_rows: int = field(
        default=10_000_000, metadata={"help": "Changes of rows that are kept for that; a few hundred bytes each."}
    )
    past_changes: int = field(
        default=500_000,
        metadata={"help": "Changes of rows since a moment that a question about it may have to undo."},
    )

    def __post_init__(self) -> None:
        """Refuse what cannot be a limit."""
        for limit in fields(self):
            value, most = getattr(self, limit.name), most_of(limit)
            if value <= 0 or (most is not None and value > most):
                bounds = f"between 0 and {most}" if most is not None else "above 0"
                raise ValueError(f"The limit {limit.name} must be {bounds}, not {value}.")


def most_of(limit: Field[Any]) -> int | None:
    """Return the largest value that a limit may have, if there is one."""
    return limit.metadata.get("most")


#: The limits of a server that is given no others.
STANDARD = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one server.

    Attributes:
        public_url: Where clients reach it, for links; by default the address that a call came to.
        allow_origin: Origins of web pages that may call, such as ``https://tools.studio.example``; ``*`` is all.
        access_log: How each request is logged, by the logger ``trackteroid.server.access``.
        slow_query: Seconds from which on a statement is logged with its plan, by ``trackteroid.server.slow``.
        webhook_allow: Hosts and networks inside of the own one that webhooks may lead to.
        metrics: A folder in which all workers of a server keep their figures; without it there are none.

    Raises:
        ValueError: The public address is none, or has more than a scheme, a host and a port.
    """

    public_url: str | None = None
    allow_origin: tuple[str, ...] = ()
    access_log: Literal["json", "text", "off"] = "off"
    slow_query: float | None = None
    metrics: str | None = None
    webhook_allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be the address of a server."""
        if self.public_url is None:
            return
        parts = urlsplit(self.public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError(
                "The public address of a server is like https://tracking.studio.example, without a user or a query."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How a server is reached.

    Attributes:
        certificate: The file of the TLS certificate; without it, it is plain HTTP.
        private_key: The file of its key, unless that is in the same file.
        proxies: Addresses of proxies whose word is taken for who asks, by ``X-Forwarded-For`` and ``-Proto``.
    """

    certificate: str | None = None
    private_key: str | None = field(default=None, repr=False)
    proxies: tuple[str, ...] = ()


#: What a server has that is told nothing else.
QUIET = Options()
PLAIN = Transport()
