"""Statements on their way to the database: as SQLAlchemy has them, or compiled for good and filled with ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from trackteroid.server.compiler.shapes import Unprepared, filled, places_of
from trackteroid.server.core.asking import Compiled

Rows = Sequence[Any]


class Statement(Protocol):
    """A statement that reads."""

    def rows(self, connection: sa.Connection, most: int) -> Rows:
        """Return its rows, at most so many."""
        ...

    def explained(self, connection: sa.Connection) -> str:
        """Return the database's plan of it."""
        ...


class Fresh:
    """A statement that was made for one answer, with its parameters. SQLAlchemy knows it if there was one like it."""

    def __init__(self, statement: sa.Executable, parameters: Mapping[str, Any] | None = None) -> None:
        self._statement = statement
        self._parameters = parameters

    def rows(self, connection: sa.Connection, most: int) -> Rows:
        """Return its rows, at most so many."""
        return connection.execute(self._statement, self._parameters).fetchmany(most)

    def explained(self, connection: sa.Connection) -> str:
        """Return the database's plan of it."""
        return _lines(connection.execute(_Explained(self._statement), self._parameters))


class Draft:
    """A statement as SQLAlchemy has it, for one answer.

    Attributes:
        statement: The statement.
    """

    def __init__(self, statement: sa.Select[Any]) -> None:
        self.statement = statement

    def filled(self, ids: Sequence[str], parameters: Mapping[str, Any] | None = None) -> Statement:  # noqa: ARG002 - as of a prepared one
        """Return it with its parameters; ids are in it."""
        return Fresh(self.statement, parameters)


class Prepared:
    """A statement that was compiled once, with places for ids. SQLAlchemy does nothing more for it, at any run.

    Args:
        statement: The statement. What stands for ids in it are places of a shape.
        dialect: That of the database.
        named: Its parameters that have a name, and whose values are given at each run.

    Attributes:
        dialect: As given.
        places: The places of the shape that ids are put into.

    Raises:
        Unprepared: It would not be the same for other ids.
    """

    def __init__(self, statement: sa.Select[Any], dialect: sa.Dialect, named: Iterable[str] = ()) -> None:
        self.compiled = compiled = Compiled(statement, dialect, named)
        self.dialect = dialect
        if places_of(compiled.text):
            raise Unprepared("An id is written into the statement itself.")
        self._varying = {name: value for name, value in compiled.parameters.items() if places_of(value)}
        self.places = {place for value in self._varying.values() for place in places_of(value)}
        constant = {name: value for name, value in compiled.parameters.items() if name not in self._varying}
        self._constant = compiled.processed(constant)

    def filled(self, ids: Sequence[str], parameters: Mapping[str, Any] | None = None) -> Statement:
        """Return it with ids in its places, and with the parameters that it has been made with names for."""
        given = {name: filled(value, ids) for name, value in self._varying.items()}
        processed = self.compiled.processed({**given, **(parameters or {})})
        return Filled(self.compiled, self.compiled.ordered({**self._constant, **processed}))


class Filled:
    """A prepared statement with all of its values."""

    def __init__(self, compiled: Compiled, values: Any) -> None:
        self._compiled = compiled
        self._values = values

    def rows(self, connection: sa.Connection, most: int) -> Rows:
        """Return its rows, at most so many."""
        return self._compiled.rows(connection, self._values, most)

    def explained(self, connection: sa.Connection) -> str:
        """Return the database's plan of it."""
        return _lines(connection.exec_driver_sql(f"{_explain(connection.dialect)} {self._compiled.text}", self._values))


class _Explained(sa.sql.expression.Executable, sa.sql.expression.ClauseElement):
    """The plan of a statement."""

    inherit_cache = False

    def __init__(self, statement: sa.Executable) -> None:
        self.statement = statement


@compiles(_Explained)
def _compile_explained(element: _Explained, compiler: Any, **options: Any) -> str:
    return f"{_explain(compiler.dialect)} {compiler.process(element.statement, **options)}"


def _explain(dialect: sa.Dialect) -> str:
    return "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"


def _lines(found: sa.CursorResult[Any]) -> str:
    return "\n".join(str(row[-1]) for row in found)
