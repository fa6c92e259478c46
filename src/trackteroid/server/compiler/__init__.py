"""From a query's syntax tree to one SQL statement per level, and from its rows to the records of the answer."""

from trackteroid.server.compiler.run import Answer, run, run_columns, run_text

__all__ = ["Answer", "run", "run_columns", "run_text"]
