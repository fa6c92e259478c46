"""How much one call may ask of a server: declared here, once, for the command line and for everything that checks it.

What a query may look like has limits too, which are not for anyone to set (`language.limits`): they keep to what the
parser and the databases can take.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one server. Every field is an option of ``trackteroid serve``, and errors name it.

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


#: What a server has that is told nothing else.
STANDARD = Limits()
