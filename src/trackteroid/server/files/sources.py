"""What is to be encoded: the data of a file, or that of all members of a sequence in their order."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any, cast

import sqlalchemy as sa

from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.files import rows
from trackteroid.server.files.rows import StoredFile
from trackteroid.values import frozen

#: The pictures a second of a sequence that says nothing of it.
_USUAL_RATE = 24.0
_FASTEST = 1000


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
    if component.type.name == "SequenceComponent":
        return Source(file_type, _members(request, component), _rate(request, component))
    file = rows.find_stored(request.connection, request.model, component.key[0])
    if file is None:
        raise ValidationError(f"{component.label} has no data on this server. Add it to the location ftrack.server.")
    return Source(file_type, ((0, file),))


def _members(request: Request, sequence: Row) -> tuple[tuple[int, StoredFile], ...]:
    table = request.model.table("Component")
    found = sa.select(table.c.id, table.c.name).where(table.c.container_id == sequence.key[0])
    names = {row.id: str(row.name) for row in request.connection.execute(found)}
    stored = rows.find_stored_of(request.connection, request.model, list(names))
    missing = [name for id_, name in names.items() if id_ not in stored]
    if missing or not names:
        raise ValidationError(
            f"{len(missing)} of {len(names)} members of {sequence.label} have no data on this server. Add the sequence "
            "to the location ftrack.server."
        )
    wrong = next((name for name in names.values() if not name.isdecimal()), None)
    if wrong is not None:
        raise ValidationError(f'The member "{wrong}" of {sequence.label} is not called by a number.')
    return tuple(sorted((int(name), stored[id_]) for id_, name in names.items()))


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
