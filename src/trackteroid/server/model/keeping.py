"""Of which tables it is kept what their rows were; see `server.history`."""

from __future__ import annotations

from typing import Final

#: Tables whose rows are now as they are: secrets, what the server needs for itself, and what is kept.
UNKEPT: Final = frozenset(
    (
        *("api_key", "server_information", "security_role_permission", "stored_file", "encoding"),
        *("hub_event", "event_group", "event_delivery", "webhook", "webhook_failure"),
        *("row_history", "history_moment"),
    )
)
#: Whether changes of a table are kept, in its `info`.
KEPT: Final = "changes are kept"

#: Which changes there are.
CREATE: Final = "create"
UPDATE: Final = "update"
DELETE: Final = "delete"
