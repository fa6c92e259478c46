"""Component data on its way to a server and back: in pieces that are small beside the memory, and again after outages.

Sending a piece again does no harm: the address says which it is, and the same bytes come there twice. Large files go in
parts, as the JavaScript client sends them; a server that knows no parts gets them in one.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any, TypeAlias, TypeVar

import requests
from ftrack_api.accessor.server import _ServerAccessor  # pyright: ignore[reportPrivateUsage]  # no public base class
from ftrack_api.session import Session
from requests.exceptions import RequestException

from trackteroid.client.base import BaseSession
from trackteroid.client.sending import RETRIES, keep_secrets, pause
from trackteroid.errors import TransferError
from trackteroid.spelling import written_id
from trackteroid.values import frozen

T = TypeVar("T")
Advance: TypeAlias = Callable[[int], None]

#: The bytes that are read or written at once.
CHUNK = 1024 * 1024
#: The bytes of a part; files with more than a thousand of these get larger ones.
PART = 16 * CHUNK
#: The fewest parts that a file goes in: that is how servers know what follows.
_FEWEST_PARTS = 3
_MOST_PARTS = 1000
#: The bytes of files that go in one.
IN_ONE = PART * (_FEWEST_PARTS - 1)
#: Answers after which the same may be sent again.
_PASSING = (408, 425, 429, 500, 502, 503, 504)
#: Answers after which addresses may be too old, and others are asked for.
_EXPIRED = (401, 403, 404, 410)
_NO_RANGE, _PARTIAL, _FORBIDDEN = 416, 206, 403


@frozen
class Outgoing:
    """A file that is to be the data of a component.

    Attributes:
        component_id: the component, which the server need not have yet.
        path: the file.
        name: what it is called.
        size: its bytes.
        md5: its checksum, in digits.
    """

    component_id: str
    path: Path
    name: str
    size: int
    md5: str


class _StatusError(Exception):
    """The server has answered with an error."""

    def __init__(self, response: requests.Response) -> None:
        try:
            reason = f"status {response.status_code}: {response.json()['content']}"  # as the server tells it
        except (ValueError, LookupError, TypeError):
            reason = f"status {response.status_code} {response.reason or ''}".strip()
        super().__init__(reason)
        self.status = response.status_code


def is_server(accessor: object) -> bool:
    """Return whether an accessor of a location gives access to the files of an ftrack server."""
    return isinstance(accessor, _ServerAccessor)


def checksum_of(path: Path) -> str:
    """Return the MD5 of a file, in digits."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


class Carrier:
    """Carries the data of components between files and the server of a session.

    Args:
        session: the session; one thread uses the carrier at a time.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._retries = session.retries if isinstance(session, BaseSession) else RETRIES
        is_embedded = isinstance(session, BaseSession) and session.database_url is not None
        # What is sent to a server in this process goes there over the session's own connection. Elsewhere the addresses
        # are those of any storage, which gets neither the key nor the headers of the session.
        self._http: requests.Session = session._request if is_embedded else requests.Session()  # pyright: ignore[reportPrivateUsage]
        if not is_embedded:
            keep_secrets(self._http)

    def announce(self, files: Sequence[Outgoing]) -> dict[str, Mapping[str, Any]]:
        """Return what the server tells of where small files are to be sent, by the ids of their components.

        Raises:
            TransferError: the server does not take them, or cannot be reached.
        """
        operations = [_announcing(file, checksum=base64.b64encode(bytes.fromhex(file.md5)).decode()) for file in files]
        answers = self._call(f"send {files[0].path}", operations)
        return {file.component_id: answer for file, answer in zip(files, answers, strict=True)}

    def send(self, file: Outgoing, advance: Advance, told: Mapping[str, Any] | None = None) -> None:
        """Let a file be the data of its component.

        Args:
            file: the file.
            advance: called with how many more bytes have been read.
            told: what `announce` has returned for it, if it was called.

        Raises:
            TransferError: the server does not take it, or cannot be reached.
        """
        if file.size <= IN_ONE:
            self._send_whole(file, advance, told)
            return
        size = max(PART, -(-file.size // _MOST_PARTS))
        parts = [
            _Part(file.path, start, min(size, file.size - start), number)
            for number, start in enumerate(range(0, file.size, size), start=1)
        ]
        told = self._announce(file, parts=len(parts))
        if "urls" not in told:
            self._put(_Part(file.path, 0, file.size), told["url"], told["headers"], advance)
            return
        self._send_parts(file, parts, told, advance)

    def _send_whole(self, file: Outgoing, advance: Advance, told: Mapping[str, Any] | None) -> None:
        part = _Part(file.path, 0, file.size)
        if told is not None:
            try:
                self._put(part, told["url"], told["headers"], advance)
            except TransferError as error:
                if not _is_expired(error):
                    raise
            else:
                return
        told = self.announce([file])[file.component_id]
        self._put(part, told["url"], told["headers"], advance)

    def _send_parts(self, file: Outgoing, parts: Sequence[_Part], told: Mapping[str, Any], advance: Advance) -> None:
        """Send a file in parts; those that have arrived are not sent again."""
        arrived: dict[int, str] = {}
        upload_id, renewed = told["upload_id"], False
        addresses = {each["part_number"]: each["signed_url"] for each in told["urls"]}
        while missing := [part for part in parts if part.number not in arrived]:
            error = self._send_some(missing, addresses, arrived, advance)
            if error is not None:
                if renewed:
                    raise error
                renewed = True
                again = self._announce(file, parts=len(parts), upload_id=upload_id)
                addresses |= {each["part_number"]: each["signed_url"] for each in again.get("urls", ())}
        listed = [{"part_number": number, "e_tag": e_tag} for number, e_tag in sorted(arrived.items())]
        completing = {
            "action": "complete_multipart_upload",
            "component_id": file.component_id,
            "upload_id": upload_id,
            "parts": listed,
        }
        self._call(f"complete {file.path}", [completing])

    def _send_some(
        self, parts: Sequence[_Part], addresses: Mapping[int, str], arrived: dict[int, str], advance: Advance
    ) -> TransferError | None:
        """Send parts, and note which have arrived; return the error if an address is too old for it."""
        try:
            for part in parts:
                answer = self._put(part, addresses[part.number], {}, advance)
                arrived[part.number] = answer.headers.get("ETag", "").strip('"')
        except TransferError as error:
            if _is_expired(error):
                return error
            raise
        return None

    def _announce(self, file: Outgoing, **more: Any) -> Mapping[str, Any]:
        return self._call(f"send {file.path}", [_announcing(file, **more)])[0]

    def _call(self, task: str, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the answers to operations that may be repeated."""
        return self._again(task, lambda: self._session.call(operations))

    def _put(self, part: _Part, address: str, headers: Mapping[str, str], advance: Advance) -> requests.Response:
        def put() -> requests.Response:
            with part.reading(advance) as data:
                # Without its size, an empty file would be sent in chunks, which some storages refuse.
                response = self._http.put(
                    address, data=data if part.size else b"", headers=dict(headers), timeout=self._timeout
                )
            return _checked(response)

        return self._again(f"send {part.path}", put)

    @property
    def _timeout(self) -> Any:
        return self._session.request_timeout

    @contextmanager
    def receiving(self, component_id: str, start: int = 0) -> Generator[Incoming]:
        """Receive the data of a component, from a byte on if the server can do that.

        Raises:
            TransferError: there is none, or the server cannot be reached.
        """
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})

        def ask() -> requests.Response:
            address, params = f"{self._session.server_url}/component/get", self._identification(component_id)
            response = self._http.get(address, params=params, headers=headers, stream=True, timeout=self._timeout)
            return response if response.status_code == _NO_RANGE else _checked(response)

        with self._again(f"read the data of component {component_id}", ask) as response:
            yield Incoming(response, start)

    def remove(self, component_id: str) -> None:
        """Remove the data of a component, if there is any.

        Raises:
            TransferError: the server does not do it, or cannot be reached.
        """

        def remove() -> requests.Response:
            address, params = f"{self._session.server_url}/component/remove", self._identification(component_id)
            return _checked(self._http.get(address, params=params, timeout=self._timeout))

        self._again(f"remove the data of component {component_id}", remove)

    def thumbnail(self, component_id: str, size: int) -> tuple[bytes, str]:
        """Return a picture of a component, at most *size* pixels wide and high, and its content type.

        Raises:
            TransferError: there is none, or the server cannot be reached.
        """

        def ask() -> requests.Response:
            address = f"{self._session.server_url}/component/thumbnail"
            params = {**self._identification(component_id), "size": str(size)}
            return _checked(self._http.get(address, params=params, timeout=self._timeout))

        response = self._again(f"read the thumbnail {component_id}", ask)
        return response.content, response.headers.get("Content-Type", "").partition(";")[0]

    def _identification(self, component_id: str) -> dict[str, str]:
        session = self._session
        return {"id": written_id(component_id), "username": session.api_user, "apiKey": session.api_key}

    def _again(self, task: str, do: Callable[[], T]) -> T:
        """Return what *do* returns, which is called again after outages."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return do()
            except (RequestException, _StatusError) as error:
                passes = error.status in _PASSING if isinstance(error, _StatusError) else is_passing(error)
                if not passes or attempt > self._retries:
                    tries = "" if attempt == 1 else f" after {attempt} tries"
                    # The text of the other errors has the address with the key in it.
                    reason = error if isinstance(error, _StatusError) else type(error).__name__
                    raise TransferError(
                        f"The server failed to {task}{tries}: {str(reason).rstrip('.')}."
                        + (" Try again when it can be reached." if passes else ""),
                        is_passing=passes,
                    ) from (error if isinstance(error, _StatusError) else None)
                sleep(pause(attempt))


class Incoming:
    """The data of a component as it comes.

    Attributes:
        start: the byte that it begins with.
        size: the bytes of all of it, as far as the server tells.
        e_tag: what tells it from other data.
    """

    def __init__(self, response: requests.Response, wanted: int) -> None:
        headers = response.headers
        self._response = response
        self.start = wanted if response.status_code == _PARTIAL else 0
        self.is_beyond = response.status_code == _NO_RANGE
        told = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "")
        self.size = int(told) if told.isdecimal() else None
        self.e_tag = headers.get("ETag", "").strip('"')

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over its pieces; raises a `RequestException` where it breaks off."""
        return self._response.iter_content(CHUNK)


@frozen
class _Part:
    """A part of a file, which is read as often as it is sent."""

    path: Path
    start: int
    size: int
    number: int = 1

    @contextmanager
    def reading(self, advance: Advance) -> Generator[_Reading]:
        """Open it; what was told of its progress is taken back when an error leaves the block."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            reading = _Reading(file, self.size, advance)
            try:
                yield reading
            except BaseException:
                advance(reading.left - self.size)
                raise


class _Reading:
    """So many bytes of an open file, as ``requests`` reads what it sends."""

    def __init__(self, file: Any, size: int, advance: Advance) -> None:
        self._file, self._size, self._advance = file, size, advance
        self.left = size

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        piece: bytes = self._file.read(min(self.left, CHUNK if size < 0 else max(size, CHUNK // 4)))
        self.left -= len(piece)
        if piece:
            self._advance(len(piece))
        return piece


def is_passing(error: RequestException) -> bool:
    """Return whether the connection has failed, which may be over the next time."""
    kinds = (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
    )
    return isinstance(error, kinds) and not isinstance(error, requests.exceptions.SSLError)


def _announcing(file: Outgoing, **more: Any) -> dict[str, Any]:
    return {
        "action": "get_upload_metadata",
        "component_id": file.component_id,
        "file_name": file.name,
        "file_size": file.size,
        **more,
    }


def is_forbidden(error: TransferError) -> bool:
    """Return whether the server does not let the user do it."""
    return isinstance(error.__cause__, _StatusError) and error.__cause__.status == _FORBIDDEN


def _is_expired(error: TransferError) -> bool:
    """Return whether an address may have been too old for what was sent there."""
    return isinstance(error.__cause__, _StatusError) and error.__cause__.status in _EXPIRED


def _checked(response: requests.Response) -> requests.Response:
    if not response.ok:
        with response:
            raise _StatusError(response)
    return response


def same_file(path: Path, size: int, md5: str) -> bool:
    """Return whether a file has this size and checksum."""
    return os.path.getsize(path) == size and checksum_of(path) == md5
