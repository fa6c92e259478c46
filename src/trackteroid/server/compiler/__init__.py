"""From a query's syntax tree to one SQL statement per level, and from its rows to the records of the answer."""

from trackteroid.server.compiler.run import Answer, run, run_columns

__all__ = ["Answer", "run", "run_columns"]
