"""Events: functions that are called when something changes or is asked for, and the log of the server."""

from typing import TYPE_CHECKING

from trackteroid.later import names_of

if TYPE_CHECKING:
    from trackteroid.events.actions import Message
    from trackteroid.events.changes import Change
    from trackteroid.events.forms import FormError, Multiline
    from trackteroid.events.jobs import RunningJob
    from trackteroid.events.records import Received, Reply
    from trackteroid.events.running import Outcome, Told

__all__ = ["Change", "FormError", "Message", "Multiline", "Outcome", "Received", "Reply", "RunningJob", "Told"]

__getattr__ = names_of(
    __name__,
    {
        "actions": ("Message",),
        "changes": ("Change",),
        "forms": ("FormError", "Multiline"),
        "jobs": ("RunningJob",),
        "records": ("Received", "Reply"),
        "running": ("Outcome", "Told"),
    },
)
