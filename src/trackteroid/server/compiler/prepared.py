"""Statements on their way to the database: as SQLAlchemy has them, or compiled for good and filled with ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from trackteroid.server.compiler.shapes import Unprepared, filled, places_of

Rows = Sequence[Any]
Processor = Callable[[Any], Any]


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
        compiled = statement.compile(dialect=dialect)
        state = compiled.construct_expanded_state(dict.fromkeys(named, _GIVEN))
        if places_of(state.statement):
            raise Unprepared("An id is written into the statement itself.")
        self.dialect = dialect
        self.text = state.statement
        self._names = list(state.positiontup or ()) if dialect.positional else None
        self._processors = {
            name: processor
            for bound, parameter in compiled.binds.items()
            if (processor := parameter.type.dialect_impl(dialect).bind_processor(dialect))
            for name in state.parameter_expansion.get(bound, [bound])
        }
        self._constant: dict[str, Any] = {}
        self._varying: dict[str, Any] = {}
        self.places: set[int] = set()
        for name, value in state.parameters.items():
            if value is _GIVEN:
                continue
            if found := places_of(value):
                self.places |= found
                self._varying[name] = value
            else:
                self._constant[name] = self._processed(name, value)
        self._types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._results: list[tuple[int, Processor]] | None = None

    def filled(self, ids: Sequence[str], parameters: Mapping[str, Any] | None = None) -> Statement:
        """Return it with ids in its places, and with the parameters that it has been made with names for."""
        given = dict(self._constant)
        given.update((name, self._processed(name, filled(value, ids))) for name, value in self._varying.items())
        given.update((name, self._processed(name, value)) for name, value in (parameters or {}).items())
        values = given if self._names is None else tuple([given[name] for name in self._names])
        return Filled(self, values)

    def results(self, cursor: Any) -> Sequence[tuple[int, Processor]]:
        """Return what is made of values as the driver has them, by their places in a row, which a cursor tells of."""
        if self._results is None:
            kinds = enumerate(zip(self._types, cursor.description, strict=True))
            self._results = [
                (place, processor)
                for place, (kind, told) in kinds
                if (processor := kind.result_processor(self.dialect, told[1]))
            ]
        return self._results

    def _processed(self, name: str, value: Any) -> Any:
        processor = self._processors.get(name)
        return value if processor is None else processor(value)


class Filled:
    """A prepared statement with all of its values."""

    def __init__(self, prepared: Prepared, values: Any) -> None:
        self._prepared = prepared
        self._values = values

    def rows(self, connection: sa.Connection, most: int) -> Rows:
        """Return its rows, at most so many."""
        found = connection.exec_driver_sql(self._prepared.text, self._values)
        results, rows = self._prepared.results(found.cursor), found.fetchmany(most)
        return [_read(row, results) for row in rows] if results else rows

    def explained(self, connection: sa.Connection) -> str:
        """Return the database's plan of it."""
        return _lines(connection.exec_driver_sql(f"{_explain(connection.dialect)} {self._prepared.text}", self._values))


def _read(row: Sequence[Any], results: Sequence[tuple[int, Processor]]) -> Sequence[Any]:
    values = list(row)
    for place, processor in results:
        values[place] = processor(values[place])
    return values


#: The value of a parameter that is given at each run.
_GIVEN: Any = object()


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
