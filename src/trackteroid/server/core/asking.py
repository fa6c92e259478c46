"""Asking the database as directly as can be: what is asked at every call is compiled once, and rows are the driver's.

What SQLAlchemy does for each statement, even one that it has compiled before, takes several times as long as finding a
row by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

Processor = Callable[[Any], Any]
#: What a driver tells of a column of its rows: its name, its type and more.
Described = Sequence[Sequence[Any]]


def ask(connection: sa.Connection, text: str, values: Any, most: int | None) -> tuple[Sequence[Any], Described]:
    """Return the rows that a statement brings, as the driver has them, and what it tells of their columns.

    Args:
        connection: Where to ask, in a transaction.
        text: The statement, with places for values as the driver marks them.
        values: The values, in the form that the driver takes.
        most: The number of rows; None for all.

    Raises:
        sqlalchemy.exc.DBAPIError: What SQLAlchemy would raise.
    """
    engine, dialect = connection.engine, connection.dialect
    if engine.dispatch.before_cursor_execute or engine.dispatch.after_cursor_execute:  # somebody listens
        found = connection.exec_driver_sql(text, values)
        described = found.cursor.description if found.cursor is not None else ()
        return (found.all() if most is None else found.fetchmany(most)), described
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, values)
        return (cursor.fetchall() if most is None else cursor.fetchmany(most)), cursor.description
    except dialect.loaded_dbapi.Error as error:
        driver: Any = connection.connection.dbapi_connection
        is_gone = dialect.is_disconnect(error, driver, cursor)
        if is_gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            text, values, error, dialect.loaded_dbapi.Error, connection_invalidated=is_gone, dialect=dialect
        ) from error
    finally:
        cursor.close()


class Compiled:
    """A statement that was compiled once, with places for values. SQLAlchemy does nothing more for it, at any run.

    Args:
        statement: The statement.
        dialect: That of the database.
        named: The parameters whose values are given at each run.

    Attributes:
        text: The statement, as the driver takes it.
        parameters: The other parameters, with their values.
    """

    def __init__(self, statement: sa.SelectBase, dialect: sa.Dialect, named: Iterable[str]) -> None:
        compiled = statement.compile(dialect=dialect)
        state = compiled.construct_expanded_state(dict.fromkeys(named, _GIVEN))
        self.text = state.statement
        self.parameters = {name: value for name, value in state.parameters.items() if value is not _GIVEN}
        self._dialect = dialect
        self._names = list(state.positiontup or ()) if dialect.positional else None
        self._processors = {
            name: processor
            for bound, parameter in compiled.binds.items()
            if (processor := parameter.type.dialect_impl(dialect).bind_processor(dialect))
            for name in state.parameter_expansion.get(bound, [bound])
        }
        self._types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._results: list[tuple[int, Processor]] | None = None

    def processed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values of parameters as the driver takes them."""
        processors = self._processors
        return {name: processors[name](value) if name in processors else value for name, value in values.items()}

    def ordered(self, values: Mapping[str, Any]) -> Any:
        """Return the values of all parameters, processed, in the form that the driver takes them in."""
        return values if self._names is None else tuple([values[name] for name in self._names])

    def rows(self, connection: sa.Connection, ordered: Any, most: int | None) -> Sequence[Sequence[Any]]:
        """Return its rows, at most so many, for values of its parameters."""
        rows, described = ask(connection, self.text, ordered, most)
        if self._results is None:
            kinds = enumerate(zip(self._types, described, strict=True))
            self._results = [
                (place, processor)
                for place, (kind, told) in kinds
                if (processor := kind.result_processor(self._dialect, told[1]))
            ]
        if not self._results:
            return rows
        processed: list[Sequence[Any]] = []
        for row in rows:
            values = list(row)
            for place, processor in self._results:
                values[place] = processor(values[place])
            processed.append(values)
        return processed


class Standing:
    """A statement that is asked again and again, with other values of its parameters.

    Args:
        statement: The statement.
    """

    def __init__(self, statement: sa.SelectBase) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[Compiled, Mapping[str, Any]]] = {}

    def rows(self, connection: sa.Connection, most: int | None = None, **values: Any) -> Sequence[Sequence[Any]]:
        """Return its rows for the values of its parameters, at most so many."""
        dialect = connection.dialect
        if dialect.name not in self._compiled:
            fresh = Compiled(self._statement, dialect, values)
            self._compiled[dialect.name] = fresh, fresh.processed(fresh.parameters)
        compiled, constant = self._compiled[dialect.name]
        return compiled.rows(connection, compiled.ordered({**constant, **compiled.processed(values)}), most)


#: The value of a parameter that is given at each run.
_GIVEN: Any = object()
