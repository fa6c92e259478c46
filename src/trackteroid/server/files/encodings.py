"""What is to be encoded: one row for each job that is not finished, and who works at it until when.

The source is the data of a file, or that of all members of a sequence in their order.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, cast

import orjson
import sqlalchemy as sa

from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.files import rows
from trackteroid.server.files.kinds import Output
from trackteroid.server.files.rows import StoredFile
from trackteroid.server.model import Model
from trackteroid.values import frozen

#: How often a job is tried whose worker has ended without a word.
TRIES: Final = 3
#: The pictures a second of a sequence that says nothing of it.
_USUAL_RATE = 24.0
_FASTEST = 1000


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


@frozen
class Source:
    """What is to be encoded.

    Attributes:
        file_type: The end of the name of each file, in small letters.
        files: The files, and the number of each in a sequence.
        rate: How many numbers of a sequence make a second; None for what is no sequence.
    """

    file_type: str
    files: tuple[tuple[int, StoredFile], ...]
    rate: float | None = None


def find_source(request: Request, component: Row) -> Source:
    """Return the data of a component.

    Raises:
        ValidationError: It is not all on this server.
    """
    file_type = str(component.values["file_type"] or "").lower()
    if component.type.name != "SequenceComponent":
        file = rows.find_stored(request.connection, request.model, component.key[0])
        if file is None:
            raise ValidationError(
                f"{component.label} has no data on this server. Add it to the location ftrack.server."
            )
        return Source(file_type, ((0, file),))
    table = request.model.table("Component")
    found = sa.select(table.c.id, table.c.name).where(table.c.container_id == component.key[0])
    names = {row.id: str(row.name) for row in request.connection.execute(found)}
    stored = rows.find_stored_of(request.connection, request.model, list(names))
    missing = [name for id_, name in names.items() if id_ not in stored]
    if missing or not names:
        raise ValidationError(
            f"{len(missing)} of {len(names)} members of {component.label} have no data on this server. Add the "
            "sequence to the location ftrack.server."
        )
    wrong = next((name for name in names.values() if not name.isdecimal()), None)
    if wrong is not None:
        raise ValidationError(f'The member "{wrong}" of {component.label} is not called by a number.')
    members = tuple(sorted((int(name), stored[id_]) for id_, name in names.items()))
    return Source(file_type, members, _rate(request, component))


def _rate(request: Request, sequence: Row) -> float:
    """Return what the metadata of a sequence says, as players read it: frameRate in ftr_meta."""
    table = request.model.table("Metadata")
    said = sa.select(table.c.value).where(table.c.parent_id == sequence.key[0], table.c.key == "ftr_meta")
    text = request.connection.execute(said).scalar()
    try:
        told: Any = json.loads(text) if text else {}
        rate = float(Fraction(str(cast("dict[str, Any]", told).get("frameRate", _USUAL_RATE))))
    except (AttributeError, ValueError, ZeroDivisionError):
        rate = 0.0
    if not 0 < rate <= _FASTEST:
        raise ValidationError(f"frameRate in the metadata ftr_meta of {sequence.label} must be a number; got {text}.")
    return rate
