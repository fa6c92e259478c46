"""The actions that say where files go and are, and `encode_media`, which makes of a file what browsers can show."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from trackteroid.server.actions.entities import find_row
from trackteroid.server.auth import addresses
from trackteroid.server.auth.writing import require_kind, require_update
from trackteroid.server.core.failures import PermissionError_, ValidationError, ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.core.values import is_object, shown
from trackteroid.server.files import encodings, rows
from trackteroid.server.files.encodings import Encoding, Source, find_source
from trackteroid.server.files.kinds import Output, content_type, plan
from trackteroid.server.files.rows import StoredFile
from trackteroid.server.files.service import begin, chosen, e_tag_of, files_of, require_reading, require_writing
from trackteroid.server.rules import create_row


def get_upload_metadata(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Tell where the data of a component can be sent to.

    Args:
        request: The request.
        operation: `component_id`, of a component that may not be there yet; `file_name` and `file_size`; `checksum`,
            its MD5 as base64 text; `parts`, if it comes in several; `upload_id` of an earlier answer, to go on with
            what has not arrived.

    Raises:
        PermissionError_: The caller may not change the component.
        ValidationError: What is told makes no sense.
        LimitError: The file is too large.
    """
    if operation.get("upload_id") is not None:
        file = _upload(request, operation)
        found = files_of(request).store.pieces(file.id)
        there = [{"part_number": piece.number, "e_tag": piece.e_tag} for piece in found]
        urls = _urls(request, file, {piece.number for piece in found})
        return {"component_id": file.component_id, "urls": urls, "parts": there, "upload_id": file.id}
    name, size, checksum = (operation.get(key) for key in ("file_name", "file_size", "checksum"))
    file = begin(request, operation.get("component_id"), size=size, checksum=checksum, parts=operation.get("parts"))
    if file.parts is not None:
        return {"component_id": file.component_id, "urls": _urls(request, file), "upload_id": file.id}
    headers = {"Content-Type": content_type(PurePosixPath(str(name or "")).suffix)}
    if size:  # clients send nothing in chunks, which must not have a length
        headers["Content-Length"] = str(size)
    if checksum is not None:
        headers["Content-MD5"] = str(checksum)
    return {"url": addresses.sending(request, file.id, 1), "headers": headers, "component_id": file.component_id}


def complete_multipart_upload(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Let the parts of a file be the data of its component. Doing so again changes nothing.

    Args:
        request: The request.
        operation: `component_id` and `upload_id` as `get_upload_metadata` has told; `parts`, a list of `part_number`
            and `e_tag`.

    Raises:
        ValueError_: There is no such upload, or not any more.
        ValidationError: A part is missing, or was told wrongly.
    """
    file = _upload(request, operation)
    if file.state != rows.STORED:
        parts = operation.get("parts")
        sent = cast("list[Any]", parts if isinstance(parts, list) else [None])
        if not all(is_object(part) and isinstance(part.get("part_number"), int) for part in sent):
            raise ValidationError(f"parts must be a list of part_number and e_tag; got {shown(parts)}.")
        told = [(part["part_number"], str(part.get("e_tag")).strip('"')) for part in sent]
        pieces = chosen(file, files_of(request).store.pieces(file.id), told)
        rows.settle(request, file, pieces, e_tag_of(pieces))
    return {
        "action": "complete_multipart_upload",
        "component_id": file.component_id,
        "url": addresses.reading(request, file.component_id, "get"),
    }


def generate_signed_url(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Tell an address that needs no key, where the data of a component can be read, or sent to, for some time.

    Args:
        request: The request.
        operation: `component_id`; `operation`, which is `get`, `thumbnail` or `put`.

    Raises:
        ValueError_: There is no such component.
        PermissionError_: The caller may not change it.
    """
    deed, component_id = operation.get("operation") or "get", operation.get("component_id")
    if deed == "put":
        return {"signed_url": addresses.sending(request, begin(request, component_id).id, 1)}
    if deed not in ("get", "thumbnail"):
        raise ValidationError(f"operation must be get, thumbnail or put; got {shown(deed)}.")
    component = require_reading(request, str(component_id))
    return {"signed_url": addresses.reading(request, component.key[0], deed)}


def _upload(request: Request, operation: Mapping[str, Any]) -> StoredFile:
    """Return the file in parts that an operation is about."""
    upload_id, component_id = (str(operation.get(name)) for name in ("upload_id", "component_id"))
    file = rows.find(request.connection, request.model, upload_id)
    if file is None or file.parts is None or file.state == rows.REMOVED:
        raise ValueError_(f"There is no upload {upload_id[:100]}, or not any more. Send the file again.")
    if require_writing(request, component_id) != file.component_id:
        raise ValidationError(f"The upload {file.id} is for another component than {component_id[:100]}.")
    if file.user_id != request.actor.id:
        raise PermissionError_("Only who has begun to send a file completes it.")
    return file


def _urls(request: Request, file: StoredFile, there: set[int] | frozenset[int] = frozenset()) -> list[dict[str, Any]]:
    numbers = (number for number in range(1, (file.parts or 1) + 1) if number not in there)
    return [{"signed_url": addresses.sending(request, file.id, each), "part_number": each} for each in numbers]


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
    data = {
        "description": "Encode media" if made else f"Encode media: it failed. {_why_not(source)}",
        "output": [{"format": output.format, "component_id": component_id} for component_id, output in outputs],
        "source_component_id": component.key[0],
        "keep_original": keep,
    }
    status = "queued" if made else "failed"
    values = {"type": "encode_media", "status": status, "user_id": request.actor.id, "data": json.dumps(data)}
    job_id = create_row(uow, uow.type("Job"), values, by_server=True).key[0]
    if made:
        encoding = Encoding(job_id, component.key[0], version_id, keep, outputs)
        encodings.add(request.connection, request.model, encoding)
        request.afterwards.append(files.wake)
    return {"action": "encode_media", "job_id": job_id}


def _plan(source: Source, *, can_encode: bool) -> tuple[Output, ...]:
    is_sequence, can_render = source.rate is not None, encodings.can_render()
    return plan(source.file_type, can_encode=can_encode, can_render=can_render, is_sequence=is_sequence)


def _why_not(source: Source) -> str:
    kind = source.file_type or "a file without a type"
    if _plan(source, can_encode=True):
        return f"Browsers cannot show {kind} as it is, and this server cannot encode: install trackteroid[media]."
    if source.rate is not None:
        return f"Films are made of sequences of pictures; {kind} is none that can be read here."
    return f"Browsers show pictures, films and PDF; {kind} is none that can be read here."
