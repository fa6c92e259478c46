"""Asking a server: ``Query``, its criteria, and the configured relations in ``SCHEMA``."""

from typing import Any

from trackteroid import configuration
from trackteroid.constants import __VERSION__
from trackteroid.entities.imports import missing
from trackteroid.query.criteria import Criteria, Criterion
from trackteroid.query.query import Query
from trackteroid.schema.entries import SCHEMA

__all__ = ["SCHEMA", "__VERSION__", "Criteria", "Criterion", "Query"]


def __getattr__(name: str) -> Any:
    """Serve the configured resolver under the name by which older code imports it from here."""
    if name == "RELATIONSHIPS_RESOLVER":
        return configuration.RELATIONSHIPS_RESOLVER
    raise missing(__name__, name, __all__)
