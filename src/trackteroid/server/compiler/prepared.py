"""Statements on their way to the database: as SQLAlchemy has them, or compiled for good and filled with ids.

What is compiled for good serves for all queries of one shape: of a text without the ids in it. In the place of an id
stands another one that nobody has, which is read as the same word or text by every rule of the language. Where it turns
up in what was made, the real one is put in; where a part of it does, the shape does not serve.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from trackteroid.server.core.asking import Compiled

#: An id as this server writes it; others are part of the shape, because case might mean something. So are those with
#: anything beyond ASCII beside them: an accent becomes one letter with that before it, or not, depending on the letter.
_ID: Final = re.compile(
    r"(?<![\w\-\u0080-\U0010ffff])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"(?![\w\-\u0080-\U0010ffff])",
    re.ASCII,
)

#: What stands for ids begins and ends so: between, they are numbered. Something that is sorted right before or after
#: one of them (the end of a range) is not another one.
_BEGIN, _END = uuid.uuid4().hex[:8], "5a5a"
_PLACE: Final = re.compile(rf"{_BEGIN}-0000-4000-8000-([0-9a-f]{{8}}){_END}")

#: Texts that are longer are lists of ids, which hardly ever come again with as many, and would take much memory.
LONGEST: Final = 4_000


class Unprepared(Exception):  # noqa: N818 - not an error: queries of a shape have nothing in common that could be kept
    """What was made of one query does not serve for others of its shape."""


class Shape(NamedTuple):
    """What queries that differ in ids only have in common, and the ids of one of them."""

    text: str
    ids: tuple[str, ...]


def shape_of(text: str) -> Shape:
    """Return the shape of a query; equal ids are the same place of it.

    >>> shape = shape_of('Task where id is "5671dcb0-66de-11e1-8e6e-f23c91df25eb"')
    >>> shape.ids
    ('5671dcb0-66de-11e1-8e6e-f23c91df25eb',)
    >>> shape.text == shape_of('Task where id is "0c6ba4c2-1b3e-4b62-8d5c-0f4d7c0f9c57"').text
    True
    """
    places: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        return places.setdefault(found[0], f"{_BEGIN}-0000-4000-8000-{len(places):08x}{_END}")

    return Shape(_ID.sub(place, text), tuple(places)) if "-" in text else Shape(text, ())


def places_of(value: Any) -> set[int]:
    """Return the places of a shape that are in a value, or in a list of values.

    Raises:
        Unprepared: There is a part of one.
    """
    if isinstance(value, str):
        found = _PLACE.findall(value)
        if value.count(_BEGIN) != len(found):
            raise Unprepared("Of a place in the shape, only a part is left.")
        return {int(number, 16) for number in found}
    if isinstance(value, list | tuple):
        return set[int]().union(*map(places_of, cast("Sequence[Any]", value)))
    return set()


def filled(value: Any, ids: Sequence[str]) -> Any:
    """Return a value with ids in their places."""
    if isinstance(value, str):
        return _PLACE.sub(lambda found: ids[int(found[1], 16)], value)
    if isinstance(value, list | tuple):
        return [filled(each, ids) for each in cast("Sequence[Any]", value)]
    return value


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
        return "\n".join(str(row[-1]) for row in connection.execute(_Explained(self._statement), self._parameters))


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
        text = f"{_explain(connection.dialect)} {self._compiled.text}"
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(text, self._values))


class _Explained(sa.sql.expression.Executable, sa.sql.expression.ClauseElement):
    """The plan of a statement."""

    inherit_cache = False

    def __init__(self, statement: sa.Executable) -> None:
        self.statement = statement


@compiles(_Explained)
def explain(element: _Explained, compiler: Any, **options: Any) -> str:
    """Return the SQL that asks for a plan."""
    return f"{_explain(compiler.dialect)} {compiler.process(element.statement, **options)}"


def _explain(dialect: sa.Dialect) -> str:
    return "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
