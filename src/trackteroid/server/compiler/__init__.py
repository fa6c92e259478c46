"""From a query's syntax tree to one SQL statement per level, and from its rows to the records of the answer."""

from trackteroid.server.compiler.run import Answer, run

__all__ = ["Answer", "run"]
