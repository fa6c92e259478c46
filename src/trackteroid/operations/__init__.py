"""Deferred operations: changes that are recorded into a file now and sent later, perhaps by another process."""

from typing import TYPE_CHECKING

from trackteroid.later import names_of

if TYPE_CHECKING:
    from trackteroid.operations.loading import Conflict
    from trackteroid.operations.recording import deferred_operations
    from trackteroid.operations.replaying import OnConflict, ReplayResult, replay

__all__ = ["Conflict", "OnConflict", "ReplayResult", "deferred_operations", "replay"]

__getattr__ = names_of(
    __name__,
    {
        "loading": ("Conflict",),
        "recording": ("deferred_operations",),
        "replaying": ("OnConflict", "ReplayResult", "replay"),
    },
)
