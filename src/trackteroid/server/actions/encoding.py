"""The action `encode_media`: what browsers can show is made of a file."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from trackteroid.server.actions.update import find_row
from trackteroid.server.auth.writing import require_kind, require_update
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import UnitOfWork, unit_of_work
from trackteroid.server.files import encodings
from trackteroid.server.files.encodings import Encoding
from trackteroid.server.files.permission import require_reading
from trackteroid.server.files.plans import Output, plan
from trackteroid.server.files.service import files_of
from trackteroid.server.files.sources import Source, find_source
from trackteroid.server.rules import create_row


def encode_media(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make a `Job` that encodes a component, so that browsers can show it; what it makes has its own components.

    Args:
        request: The request.
        operation: `component_id`, a file or a sequence in the location of this server; `version_id` that the results
            are to belong to, whose thumbnail they become unless it was given one; `keep_original`, false to delete the
            source in the end.

    Raises:
        ValueError_: There is no such component or version.
        ValidationError: The component has no data here.
        PermissionError_: The caller may not change the version, or make components.
    """
    files, uow = files_of(request), unit_of_work(request)
    request.pending.flush(request.transaction)  # the component may be made in the same call
    component = require_reading(request, str(operation.get("component_id")))
    source = find_source(request, component)
    version_id, keep = operation.get("version_id"), operation.get("keep_original") is not False
    if version_id is not None:
        versions = uow.type("AssetVersion")
        version = find_row(uow, versions, uow.key_of(versions, version_id))
        require_update(uow, version, {"comment": version.values["comment"]})
        version_id = version.key[0]
    require_kind(uow, uow.type("FileComponent"), "create")
    if not keep:
        require_update(uow, component, {"name": component.values["name"]})
    made = _plan(source, can_encode=encodings.can_encode())
    outputs = tuple((str(uuid.uuid4()), output) for output in made)
    job_id = _make_job(uow, component.key[0], outputs, keep=keep, failure="" if made else _why_not(source))
    if made:
        encoding = Encoding(job_id, component.key[0], version_id, keep, outputs)
        encodings.add(request.connection, request.model, encoding)
        request.afterwards.append(files.wake)
    return {"action": "encode_media", "job_id": job_id}


def _plan(source: Source, *, can_encode: bool) -> tuple[Output, ...]:
    is_sequence, can_render = source.rate is not None, encodings.can_render()
    return plan(source.file_type, can_encode=can_encode, can_render=can_render, is_sequence=is_sequence)


def _make_job(uow: UnitOfWork, source: str, outputs: Sequence[tuple[str, Output]], *, keep: bool, failure: str) -> str:
    """Return the id of a job; one that has failed already, if nothing can be made."""
    description = f"Encode media: it failed. {failure}" if failure else "Encode media"
    data = {
        "description": description,
        "output": [{"format": output.format, "component_id": component_id} for component_id, output in outputs],
        "source_component_id": source,
        "keep_original": keep,
    }
    status = "queued" if outputs else "failed"
    values = {"type": "encode_media", "status": status, "user_id": uow.request.actor.id, "data": json.dumps(data)}
    return create_row(uow, uow.type("Job"), values, by_server=True).key[0]


def _why_not(source: Source) -> str:
    kind = source.file_type or "a file without a type"
    if _plan(source, can_encode=True):
        return f"Browsers cannot show {kind} as it is, and this server cannot encode: install trackteroid[media]."
    if source.rate is not None:
        return f"Films are made of sequences of pictures; {kind} is none that can be read here."
    return f"Browsers show pictures, films and PDF; {kind} is none that can be read here."
