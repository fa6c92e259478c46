"""What is to be encoded: one row for each job that is not finished, and who works at it until when."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Final

import orjson
import sqlalchemy as sa

from trackteroid.server.files.plans import Output
from trackteroid.server.model import Model
from trackteroid.values import frozen

#: How often a job is tried whose worker has ended without a word.
TRIES: Final = 3


@frozen
class Encoding:
    """A job that encodes.

    Attributes:
        id: The job.
        component_id: What it encodes.
        version_id: Whose the results will be, if anything's.
        keep_original: Whether the source stays.
        outputs: The ids of the components to be made, and what they are.
        tries: How often it was begun.
    """

    id: str
    component_id: str
    version_id: str | None
    keep_original: bool
    outputs: tuple[tuple[str, Output], ...]
    tries: int = 0


def can_encode() -> bool:
    """Return whether films can be encoded here."""
    return importlib.util.find_spec("av") is not None


def can_render() -> bool:
    """Return whether pictures of documents can be made here."""
    return importlib.util.find_spec("pypdfium2") is not None


def add(connection: sa.Connection, model: Model, encoding: Encoding) -> None:
    """Keep what is to be encoded."""
    outputs = orjson.dumps(encoding.outputs).decode()
    values = {
        "id": encoding.id,
        "component_id": encoding.component_id,
        "version_id": encoding.version_id,
        "keep_original": encoding.keep_original,
        "outputs": outputs,
        "tries": 0,
    }
    connection.execute(sa.insert(_table(model)).values(values))


def claim(connection: sa.Connection, model: Model, now: str, until: str) -> Encoding | None:
    """Return something to encode at which nobody works; it is the caller's until some moment, or they say more."""
    table = _table(model)
    is_free = sa.or_(table.c.claimed_until.is_(None), table.c.claimed_until < now)
    row = connection.execute(sa.select(table).where(is_free).order_by(table.c.tries, table.c.id).limit(1)).first()
    if row is None:
        return None
    outputs = tuple((each_id, Output(**output)) for each_id, output in orjson.loads(row.outputs))
    claimed = Encoding(row.id, row.component_id, row.version_id, bool(row.keep_original), outputs, row.tries + 1)
    change = sa.update(table).where(table.c.id == row.id)
    connection.execute(change.values(claimed_until=until, tries=claimed.tries))
    return claimed


def is_claimed(connection: sa.Connection, model: Model, encoding: Encoding) -> bool:
    """Return whether a job is still whose it was: nobody else has taken it, and it is not finished."""
    table = _table(model)
    found = sa.select(table.c.id).where(table.c.id == encoding.id, table.c.tries == encoding.tries)
    return connection.execute(found).first() is not None


def prolong(connection: sa.Connection, model: Model, encoding: Encoding, until: str) -> None:
    """Somebody still works at a job, if it is still theirs."""
    table = _table(model)
    change = sa.update(table).where(table.c.id == encoding.id, table.c.tries == encoding.tries)
    connection.execute(change.values(claimed_until=until))


def finish(connection: sa.Connection, model: Model, job_id: str) -> None:
    """Nobody has to work at a job any more."""
    table = _table(model)
    connection.execute(sa.delete(table).where(table.c.id == job_id))


def waiting(connection: sa.Connection, model: Model) -> Sequence[str]:
    """Return the jobs that are not finished."""
    return connection.execute(sa.select(_table(model).c.id)).scalars().all()


def _table(model: Model) -> sa.Table:
    return model.table("Encoding")
