"""Sees to the jobs that encode: one after the other, each in a process of its own.

A job is somebody's for some time, which whoever works at it prolongs. If they are killed, it becomes free again, and
somebody else begins anew: nothing of what was made counts before all of it is there, in one transaction. Whoever was
only slow, and lost the job by that, changes nothing any more.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, cast

import sqlalchemy as sa

from trackteroid.server.actions.entities import delete
from trackteroid.server.api import Api
from trackteroid.server.auth.access import find_active_user
from trackteroid.server.core import clock
from trackteroid.server.core.failures import Failure, ValueError_
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.files import encodings, rows
from trackteroid.server.files.encodings import TRIES, Encoding, Source, find_source
from trackteroid.server.files.kinds import Output
from trackteroid.server.files.rows import StoredFile
from trackteroid.server.files.scratch import Scratch
from trackteroid.server.files.service import Files
from trackteroid.server.files.stores import Joined, Piece
from trackteroid.server.model import Model, standard_model
from trackteroid.server.rules import create_row, finish, update_row
from trackteroid.server.storage.builtin import find_id

_LOG = logging.getLogger("trackteroid.server.media")
#: The seconds for which a job is somebody's, and after which they say that it still is; and those after which it is
#: looked whether it still is.
_CLAIM, _PROLONG, _PATIENCE = 60, 10.0, 5.0
_PIECE: Final = 1024 * 1024
#: What clients look for in the location ftrack.review.
_REVIEWED: Final = ("film", "document")
_NAMES: Final = {"film": "film.mp4", "image": "image.jpg", "filmstrip": "filmstrip.jpg", "document": "document.pdf"}


class Encoder:
    """Encodes what is to be encoded, in a thread that ends when there is nothing left.

    Args:
        api: Where the jobs are.
        files: Where the data is.
    """

    def __init__(self, api: Api, files: Files) -> None:
        self._api, self._files = api, files
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = self._is_asked = False
        self._bell = threading.Event()

    def wake(self) -> None:
        """See to what is to be done."""
        with self._lock:
            self._is_asked = True
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._work, name="trackteroid-encoder", daemon=True)
                self._thread.start()

    def wake_for_others(self) -> None:
        """See to what other servers have left, if they have."""
        if self._is_any_left():
            self.wake()

    def close(self) -> None:
        """End now; what is not finished is free for others."""
        with self._lock:
            self._is_closed, thread = True, self._thread
            self._bell.set()
            if self._process is not None:
                self._process.kill()
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while not self._is_closed:
            try:
                encoding = self._claim()
                if encoding is not None:
                    self._encode(encoding)
                elif not self._goes_on():
                    return
            except Exception:  # noqa: BLE001, PERF203 - the thread is nobody's, so that nobody else would hear of it
                _LOG.exception("Encoding has failed; it goes on")
                self._bell.wait(_PATIENCE)

    def _goes_on(self) -> bool:
        """Return whether there may be more to do, once it is time to look again."""
        with self._lock:
            if self._is_asked:
                self._is_asked = False
                return True
            if not self._is_any_left():
                self._thread = None
                return False
        # Somebody else is at it. Should they be killed, it is ours.
        self._bell.wait(_PATIENCE)
        return True

    def _is_any_left(self) -> bool:
        return bool(self._api.database.run(partial(encodings.waiting, model=standard_model()), write=False))

    def _claim(self) -> Encoding | None:
        now = clock.now()
        claim = partial(encodings.claim, model=standard_model(), now=_text(now), until=_later())
        return self._api.database.run(claim, write=True)

    def _encode(self, encoding: Encoding) -> None:
        try:
            if encoding.tries > TRIES:
                raise ValueError_(f"It was tried {TRIES} times, and whoever did it was ended each time.")
            source = self._begin(encoding)
            with Scratch("encoding") as folder:
                told = self._made(encoding, source, folder)
                self._keep(encoding, folder, told)
        except _EndedError:
            self._release(encoding)
        except _LostError:
            _LOG.warning("The job %s took so long that another server has taken it.", encoding.id)
        except Failure as failure:
            self._fail(encoding, str(failure))

    def _begin(self, encoding: Encoding) -> Source:
        """Return what to encode; the job runs."""

        def begin(request: Request) -> Source:
            component = unit_of_work(request).find("Component", encoding.component_id)
            if component is None:
                raise ValueError_(f"There is no component {encoding.component_id} any more.")
            source = find_source(request, component)
            self._set_job(request, encoding, "running", {"progress": 0.0})
            return source

        return self._attend(encoding, begin)

    def _made(self, encoding: Encoding, source: Source, folder: Path) -> dict[str, Any]:
        """Return what is to be known of what was made in a folder."""
        roles = {output.role for _, output in encoding.outputs}
        passed = roles & ({"document"} if encodings.can_encode() else {"document", "film"})
        for role in passed:
            self._copy(encoding, source, folder / _NAMES[role])
        if roles == passed:
            return {}
        files = [
            (number, file.id, [[piece.number, piece.size, piece.e_tag] for piece in file.pieces])
            for number, file in source.files
        ]
        task = {
            "store": self._files.store.name,
            "files": files,
            "folder": str(folder),
            "file_type": source.file_type,
            "rate": source.rate,
        }
        return self._run(encoding, task)

    def _copy(self, encoding: Encoding, source: Source, path: Path) -> None:
        """Take a file that browsers show as it is."""
        (_, file), *_ = source.files
        with self._files.open(file) as data, path.open("wb") as copy:
            for read in self._patiently(encoding, data):
                copy.write(read)

    def _patiently(self, encoding: Encoding, data: IO[bytes] | Joined) -> Iterator[bytes]:
        """Yield all of a file, and go on having the job however long that takes."""
        said = time.monotonic()
        while read := data.read(_PIECE):
            yield read
            if time.monotonic() - said > _PROLONG:
                said = time.monotonic()
                self._prolong(encoding)

    def _run(self, encoding: Encoding, task: Mapping[str, Any]) -> dict[str, Any]:
        """Let a process do it, and hear how far it is."""
        command = [sys.executable, "-m", "trackteroid.server.media.process"]
        with self._lock:
            if self._is_closed:
                raise _EndedError
            process = self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        timer = threading.Timer(self._api.limits.encode_seconds, process.kill)
        timer.start()
        try:
            with process, suppress(BrokenPipeError):
                send, hear = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
                send.write(json.dumps(task) + "\n")
                send.close()
                return self._heard(encoding, hear)
        finally:
            is_late = timer.finished.is_set()
            timer.cancel()
            self._process = None
        raise self._why_ended(is_late=is_late)

    def _heard(self, encoding: Encoding, lines: IO[str]) -> dict[str, Any]:
        said = time.monotonic()
        for line in lines:
            told = json.loads(line)
            if "done" in told:
                return cast("dict[str, Any]", told["done"])
            if "failed" in told:
                raise ValueError_(f"The file could not be read: {told['failed']}.")
            if time.monotonic() - said > _PROLONG:
                said = time.monotonic()
                self._prolong(encoding, told["progress"])
        raise BrokenPipeError

    def _why_ended(self, *, is_late: bool) -> Exception:
        if self._is_closed:
            return _EndedError()
        if is_late:
            return ValueError_(
                f"It took longer than {self._api.limits.encode_seconds:g} seconds, this server's limit encode_seconds."
            )
        return _EndedError()

    def _prolong(self, encoding: Encoding, progress: float | None = None) -> None:
        def prolong(request: Request) -> None:
            encodings.prolong(request.connection, request.model, encoding, _later())
            self._set_job(request, encoding, "running", {} if progress is None else {"progress": progress})

        self._attend(encoding, prolong)

    def _keep(self, encoding: Encoding, folder: Path, told: Mapping[str, Any]) -> None:
        """Keep what was made: first the data, then all that tells of it in one transaction."""

        def announce(request: Request) -> list[StoredFile]:
            return [rows.announce(request, component_id) for component_id, _ in encoding.outputs]

        files = self._attend(encoding, announce)
        pieces = [
            self._store(encoding, file.id, folder / _NAMES[output.role])
            for file, (_, output) in zip(files, encoding.outputs, strict=True)
        ]

        def keep(request: Request) -> None:
            for file, piece, (component_id, output) in zip(files, pieces, encoding.outputs, strict=True):
                rows.settle(request, file, [piece], piece.e_tag)
                _make_component(request, encoding, component_id, output, piece.size, told.get(output.role))
            self._set_job(request, encoding, "done", {"progress": 1.0})
            _finish(request, encoding)

        self._attend(encoding, keep)

    def _store(self, encoding: Encoding, file_id: str, path: Path) -> Piece:
        writer = self._files.store.write(file_id, 1)
        try:
            with path.open("rb") as made:
                for read in self._patiently(encoding, made):
                    writer.write(read)
            return writer.finish()
        finally:
            writer.discard()

    def _fail(self, encoding: Encoding, reason: str) -> None:
        def fail(request: Request) -> None:
            self._set_job(request, encoding, "failed", {"description": f"Encode media: it failed. {reason}"})
            encodings.finish(request.connection, request.model, encoding.id)

        try:
            self._attend(encoding, fail)
        except _LostError:
            _LOG.warning("The job %s was taken by another server: %s", encoding.id, reason)
        except Failure as failure:
            # Whoever wanted it is not there any more, nor is their job.
            _LOG.warning("The job %s ended: %s (%s)", encoding.id, reason, failure)
            end = partial(encodings.finish, model=standard_model(), job_id=encoding.id)
            self._api.database.run(end, write=True)

    def _release(self, encoding: Encoding) -> None:
        """Let somebody else have a job."""
        now = _text(clock.now() - timedelta(seconds=1))
        free = partial(encodings.prolong, model=standard_model(), encoding=encoding, until=now)
        self._api.database.run(free, write=True)

    def _attend(self, encoding: Encoding, work: Any, *, write: bool = True) -> Any:
        """Do something in a transaction, for whoever wanted the job. Their permission was asked when they did.

        Raises:
            _LostError: Somebody else has the job by now.
        """

        def identify(connection: sa.Connection, model: Model) -> Actor:
            jobs = model.table("Job")
            user_id = connection.execute(sa.select(jobs.c.user_id).where(jobs.c.id == encoding.id)).scalar()
            actor = find_active_user(connection, model, user_id) if user_id else None
            if actor is None:
                raise ValueError_(f"There is no job {encoding.id} any more, or nobody whose it is.")
            return actor

        def done(request: Request) -> Any:
            request.policy = None
            if not encodings.is_claimed(request.connection, request.model, encoding):
                raise _LostError
            result = work(request)
            if write:
                finish(request)
                request.pending.flush(request.transaction)
            return result

        return self._api.attend(identify, done, write=write)

    def _set_job(self, request: Request, encoding: Encoding, status: str, told: Mapping[str, Any]) -> None:
        uow = unit_of_work(request)
        job = uow.find("Job", encoding.id)
        if job is None:
            raise ValueError_(f"There is no job {encoding.id} any more.")
        data = json.loads(job.values["data"]) | told
        update_row(uow, job, {"status": status, "data": json.dumps(data)})


class _EndedError(Exception):
    """Whoever encoded was ended; it can be done again."""


class _LostError(Exception):
    """Somebody else has taken the job, because it took too long; or has finished it."""


def _make_component(
    request: Request, encoding: Encoding, component_id: str, output: Output, size: int, told: Any
) -> None:
    uow = unit_of_work(request)
    values = {
        "id": component_id,
        "name": output.name,
        "file_type": output.file_type,
        "size": size,
        "version_id": encoding.version_id,
    }
    component = create_row(uow, uow.type("FileComponent"), values, by_server=True)
    place = {"component_id": component_id, "resource_identifier": component_id}
    for location in ("ftrack.server", "ftrack.review") if output.role in _REVIEWED else ("ftrack.server",):
        located = place | {"location_id": find_id("Location", location)}
        create_row(uow, uow.type("ComponentLocation"), located, by_server=True)
    linked = {"component_id": component_id, "job_id": encoding.id}
    create_row(uow, uow.type("JobComponent"), linked, by_server=True)
    if told is not None:
        meta = {"parent_id": component_id, "parent_type": component.type.name, "key": "ftr_meta"}
        create_row(uow, uow.type("Metadata"), meta | {"value": json.dumps(told)}, by_server=True)


def _finish(request: Request, encoding: Encoding) -> None:
    """Let the version have its thumbnail unless somebody has given it one, and what is not to stay go."""
    uow = unit_of_work(request)
    version = uow.find("AssetVersion", encoding.version_id) if encoding.version_id else None
    shown = next((each for each, output in encoding.outputs if output.role == "image"), None)
    if version is not None and shown is not None:
        given, made = version.values["thumbnail_id"], request.model.table("JobComponent").c.component_id
        by_job = sa.select(made).where(made == given).limit(1)
        if given is None or request.connection.execute(by_job).first() is not None:
            update_row(uow, version, {"thumbnail_id": shown})
    if not encoding.keep_original and uow.find("Component", encoding.component_id) is not None:
        delete(request, {"entity_type": "Component", "entity_key": [encoding.component_id]})
    encodings.finish(request.connection, request.model, encoding.id)


def _later() -> str:
    return _text(clock.now() + timedelta(seconds=_CLAIM))


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None, microsecond=0).isoformat()
