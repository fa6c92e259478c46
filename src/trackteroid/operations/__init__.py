"""Deferred operations: changes that are recorded into a file now and sent later, perhaps by another process."""

from trackteroid.operations.loading import Conflict
from trackteroid.operations.recording import deferred_operations
from trackteroid.operations.replay import OnConflict, ReplayResult, replay

__all__ = ["Conflict", "OnConflict", "ReplayResult", "deferred_operations", "replay"]
