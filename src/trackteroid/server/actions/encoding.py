"""The action `encode_media`: what browsers can show is made of a file."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from trackteroid.server.actions.update import find_row
from trackteroid.server.auth.writing import require_kind, require_update
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.files import encodings, rows
from trackteroid.server.files.encodings import Encoding
from trackteroid.server.files.permission import require_reading
from trackteroid.server.files.plans import Output, plan
from trackteroid.server.files.service import files_of
from trackteroid.server.rules import create_row


def encode_media(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make a `Job` that encodes a component, so that browsers can show it; what it makes has its own components.

    Args:
        request: The request.
        operation: `component_id`, in the location of this server; `version_id` that the results are to belong to, whose
            thumbnail they become; `keep_original`, false to delete the source in the end.

    Raises:
        ValueError_: There is no such component or version.
        ValidationError: The component has no data here.
        PermissionError_: The caller may not change the version, or make components.
    """
    files, uow = files_of(request), unit_of_work(request)
    component = require_reading(request, str(operation.get("component_id")))
    if rows.find_stored(request.connection, request.model, component.key[0]) is None:
        raise ValidationError(f"{component.label} has no data on this server. Add it to the location ftrack.server.")
    version_id, keep = operation.get("version_id"), operation.get("keep_original") is not False
    if version_id is not None:
        version = find_row(uow, uow.type("AssetVersion"), version_id)
        require_update(uow, version, {"comment": version.values["comment"]})
        version_id = version.key[0]
    require_kind(uow, uow.type("FileComponent"), "create")
    if not keep:
        require_update(uow, component, {"name": component.values["name"]})
    made = plan(component.values["file_type"], can_encode=encodings.can_encode())
    outputs = tuple((str(uuid.uuid4()), output) for output in made)
    job_id = _make_job(uow, component.key[0], outputs, keep=keep)
    if made:
        encoding = Encoding(job_id, component.key[0], version_id, keep, outputs)
        encodings.add(request.connection, request.model, encoding)
        request.afterwards.append(files.wake)
    return {"action": "encode_media", "job_id": job_id}


def _make_job(uow: UnitOfWork, source: str, outputs: Sequence[tuple[str, Output]], *, keep: bool) -> str:
    """Return the id of a job; one that has failed already, if nothing can be made."""
    description = "Encode media" if outputs else f"Encode media: it failed. {_why_not(uow, source)}"
    data = {
        "description": description,
        "output": [{"format": output.format, "component_id": component_id} for component_id, output in outputs],
        "source_component_id": source,
        "keep_original": keep,
    }
    status = "queued" if outputs else "failed"
    values = {"type": "encode_media", "status": status, "user_id": uow.request.actor.id, "data": json.dumps(data)}
    return create_row(uow, uow.type("Job"), values, by_server=True).key[0]


def _why_not(uow: UnitOfWork, source: str) -> str:
    component = uow.find("Component", source)
    file_type = component.values["file_type"] if component is not None else None
    if plan(file_type, can_encode=True):
        return f"Browsers cannot show {file_type} as it is, and this server cannot encode: install trackteroid[media]."
    return f"Browsers show pictures and films; {file_type or 'a file without a type'} is none that can be read here."
