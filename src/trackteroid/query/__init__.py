"""Asking a server: ``Query``, its criteria, and the configured relations in ``SCHEMA``.

The class of the queries for one type is called like it: ``Query(Shot)`` is a ``ShotQuery``.
"""

from typing import TYPE_CHECKING, Any

from trackteroid import configuration, entities
from trackteroid.constants import __VERSION__
from trackteroid.entities.imports import missing
from trackteroid.query.criteria import Criteria, Criterion
from trackteroid.query.named import query_class
from trackteroid.query.query import Query
from trackteroid.schema.entries import SCHEMA

__all__ = ["SCHEMA", "__VERSION__", "Criteria", "Criterion", "Query"]

if TYPE_CHECKING:
    from trackteroid.query import named
    from trackteroid.query.named import *  # noqa: F403 - a name for each entity type

    __all__ += named.__all__

    RELATIONSHIPS_RESOLVER: Any
else:

    def __getattr__(name: str) -> Any:
        """Serve the classes of queries, and the configured resolver under the name by which older code imports it."""
        if name == "RELATIONSHIPS_RESOLVER":
            return configuration.RELATIONSHIPS_RESOLVER
        if (found := query_class(name)) is not None:
            return found
        raise missing(__name__, name, (*__all__, *(f"{each}Query" for each in entities.__all__)))
