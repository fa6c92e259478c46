"""Files over HTTP: component data as it comes and goes, in pieces that are small beside the memory; thumbnails."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Any, Final, TypeVar
from urllib.parse import unquote

import sqlalchemy as sa
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from trackteroid.server.api import Api, reply_to
from trackteroid.server.auth import addresses
from trackteroid.server.core.failures import Failure, LeftError, LimitError, ValidationError, ValueError_
from trackteroid.server.core.request import Actor
from trackteroid.server.core.request import Request as Asked
from trackteroid.server.files import kinds, rows, thumbnails
from trackteroid.server.files.rows import StoredFile
from trackteroid.server.files.service import Files, check_arrived, check_size, require_reading, require_writing
from trackteroid.server.files.stores import GivenUpError, Joined, Piece, Writer
from trackteroid.server.http.calls import Calls, leave
from trackteroid.server.model import Model
from trackteroid.values import frozen

T = TypeVar("T")

#: The bytes that are read or written at once.
_PIECE: Final = 1024 * 1024
#: Threads that wait for disks, for the database, and that make pictures.
_DISK, _DATABASE, _DRAWING = 16, 2, 2
_DEFAULT_SIZE: Final = 300
_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII)
_MOST_DIGITS = 18
#: What goes with everything that somebody has sent: it is what it is said to be, and runs nothing.
_SAFE: Final = {
    "Content-Encoding": "identity",  # so that nothing tries to make it smaller
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}


class FileCalls:
    """Answers requests for files.

    Args:
        api: What knows who may have which.
        files: Where they are.
        calls: What lets callers in.
    """

    def __init__(self, api: Api, files: Files, calls: Calls) -> None:
        self._api = api
        self._files = files
        self._calls = calls
        self._disk, self._database, self._drawing = map(ThreadPoolExecutor, (_DISK, _DATABASE, _DRAWING))

    def routes(self) -> list[Route]:
        """Return what is answered here."""
        return [
            Route("/component/get", self._told(self.get)),
            Route("/component/thumbnail", self._told(self.thumbnail)),
            Route("/component/remove", self._told(self.remove), methods=["GET", "POST", "DELETE"]),
            Route("/component/upload", self._told(self.upload), methods=["PUT"]),
            Route("/img/{name}", self._told(self.picture)),
        ]

    @cached_property
    def _thumbnails(self) -> thumbnails.Thumbnails:
        return thumbnails.Thumbnails(self._api.limits)

    async def get(self, request: Request) -> Response:
        """Send the data of a component, all of it or a range."""
        file, component = await self._readable(request, "get")
        try:
            data = await self._in(self._disk, self._files.open, file)
        except FileNotFoundError:
            again, component = await self._readable(request, "get")
            if again.id == file.id:
                raise _missing(file.component_id) from None
            # Another one has taken its place just now.
            file, data = again, await self._in(self._disk, self._files.open, again)
        found = wanted(request.headers, file.size or 0, _e_tag(file))
        place = None if found.status == 304 else await self._in(self._disk, self._files.address, file)
        if place is not None:
            data.close()
            return Response(status_code=307, headers={**_SAFE, "Location": place, "Cache-Control": "no-store"})
        name = kinds.file_name(component["name"], component["file_type"])
        kind = kinds.content_type(f".{(component['file_type'] or '').lstrip('.')}")
        headers = {
            "Content-Type": kind,
            "Content-Disposition": kinds.disposition(name, shown=kinds.is_shown(kind)),
            "Accept-Ranges": "bytes",
            "ETag": _e_tag(file),
            **_SAFE,
        }
        return _Data(data, found, headers, partial(self._in, self._disk))

    async def thumbnail(self, request: Request) -> Response:
        """Send a picture of a component that fits into a square."""
        told, most = request.query_params.get("size"), self._api.limits.thumbnail_size
        size = _DEFAULT_SIZE if not told else int(told) if told.isdecimal() and len(told) < 10 else 0
        if not 1 <= size <= most:
            known = f"from 1 to {most}, this server's limit thumbnail_size"
            raise ValidationError(f"size must be a number of pixels {known}; got {told}."[:200])
        file, _ = await self._readable(request, "thumbnail")
        e_tag = f'"{file.checksum}-{size}"'
        headers = {"ETag": e_tag, **_SAFE, "Cache-Control": "private, max-age=600"}
        if wanted(request.headers, 1, e_tag).status == 304:
            return Response(status_code=304, headers=headers)
        try:
            opening = partial(self._files.open, file)
            drawn = await self._in(self._drawing, self._thumbnails.get, file.checksum, size, opening)
        except FileNotFoundError:
            raise _missing(file.component_id) from None
        return Response(drawn, media_type="image/png", headers=headers)

    async def remove(self, request: Request) -> Response:
        """Remove the data of a component."""
        component_id = request.query_params.get("id", "")
        identify = await self._credentials(request)

        def remove(asked: Asked) -> bool:
            return rows.remove(asked, require_writing(asked, component_id))

        was_there = await self._ask(identify, remove, write=True)
        told = "The data was removed.\n" if was_there else "There was no data.\n"
        return Response(told, media_type="text/plain", headers=_SAFE, background=self._clearing())

    async def upload(self, request: Request) -> Response:
        """Take a file, or a part of one."""
        file, part = await self._in(self._database, self._expected, request.query_params.get("token", ""))
        length = request.headers.get("content-length", "")
        check_size(int(length) if length.isdecimal() and len(length) < 20 else None, self._api.limits)
        if file.state == rows.STORED and file.parts is None:
            # Its sender has not heard that it arrived, and sends it again.
            writer: Writer = _Comparing(file)
        else:
            writer = await self._in(self._disk, self._files.store.write, file.id, part)
        try:
            await self._take(request, writer)
            check_arrived(file, writer.size, writer.md5, request.headers.get("content-md5"))
            piece = await self._in(self._disk, writer.finish)
            if file.parts is None and file.state == rows.UPLOADING:
                await self._in(self._database, self._settle, file, piece, writer.md5)
        finally:
            # It may end because the server does, which takes away everything that could wait for it.
            writer.discard()
        return Response(headers={"ETag": f'"{piece.e_tag}"', **_SAFE}, background=self._clearing())

    async def picture(self, request: Request) -> Response:
        """Send a picture that stands for those that are not there."""
        drawn = thumbnails.named(request.path_params["name"])
        if drawn is None:
            raise ValueError_(f"There is no picture of that name; there are {', '.join(thumbnails.NAMES)}.")
        return Response(drawn, media_type="image/png", headers={**_SAFE, "Cache-Control": "public, max-age=86400"})

    async def _take(self, request: Request, writer: Writer) -> None:
        """Write what comes, for as long as something comes."""
        limits, waiting = self._api.limits, bytearray()
        while True:
            try:
                message = await asyncio.wait_for(request.receive(), limits.upload_pause_seconds)
            except asyncio.TimeoutError:
                raise LimitError(
                    f"Nothing of the file came for {limits.upload_pause_seconds:g} seconds, this server's limit "
                    "upload_pause_seconds. Send it again."
                ) from None
            if message["type"] == "http.disconnect":
                raise LeftError("The client has left before its file was complete.")
            waiting += message.get("body", b"")
            is_more = message.get("more_body", False)
            if len(waiting) >= _PIECE or not is_more:
                check_size(writer.size + len(waiting), limits)
                await self._in(self._disk, writer.write, waiting)
                waiting = bytearray()
            if not is_more:
                return

    async def _readable(self, request: Request, deed: addresses.Deed) -> tuple[StoredFile, Mapping[str, Any]]:
        """Return the data of a component that the caller may have, and the component."""
        component_id = request.query_params.get("id", "")
        token = request.query_params.get("token")
        if token is None:
            identify = await self._credentials(request)
        else:
            identify = partial(addresses.open_reading, token=token, component_id=component_id, deed=deed)

        def find(asked: Asked) -> tuple[StoredFile, Mapping[str, Any]]:
            component = require_reading(asked, component_id)
            file = rows.find_stored(asked.connection, asked.model, component.key[0])
            if file is None:
                raise _missing(component.key[0])
            return file, component.values

        return await self._ask(identify, find)

    async def _credentials(self, request: Request) -> Callable[[sa.Connection, Model], Actor]:
        """Return what finds the caller, who has told a name and a key in the address or in headers."""
        told = _query(request.scope["query_string"].decode(errors="replace"))
        username = told.get("username") or request.headers.get("ftrack-user", "")
        key = told.get("apiKey") or request.headers.get("ftrack-api-key", "")
        await self._calls.admit(request.client.host if request.client else "", username, key)
        return self._api.identify(username, key)

    def _expected(self, token: str) -> tuple[StoredFile, int]:
        """Return the file, and the part of it, that somebody may send to an address."""
        found: list[tuple[StoredFile, int]] = []

        def identify(connection: sa.Connection, model: Model) -> Actor:
            file_id, part = addresses.open_sending(connection, model, token)
            file = rows.find(connection, model, file_id)
            if file is None or file.state == rows.REMOVED or (file.state == rows.STORED and file.parts):
                raise GivenUpError
            found[:] = [(file, part)]
            return addresses.find_sender(connection, model, file.user_id)

        self._api.attend(identify, lambda asked: require_writing(asked, found[0][0].component_id))
        return found[0]

    def _settle(self, file: StoredFile, piece: Piece, md5: str) -> None:
        """Let a file be the data of its component."""

        def settle(asked: Asked) -> None:
            require_writing(asked, file.component_id)
            rows.settle(asked, file, [piece], md5)

        try:
            self._api.attend(partial(addresses.find_sender, user_id=file.user_id), settle, write=True)
        except GivenUpError:
            # Its row may be gone, so that nobody would ever remove what has come since.
            self._files.store.remove(file.id)
            raise

    def _clearing(self) -> BackgroundTask:
        return BackgroundTask(self._in, self._database, self._files.clear)

    async def _ask(
        self, identify: Callable[[sa.Connection, Model], Actor], work: Callable[[Asked], T], *, write: bool = False
    ) -> T:
        return await self._in(self._database, partial(self._api.attend, identify, work, write=write))

    async def _in(self, threads: ThreadPoolExecutor, do: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, do, *arguments)

    def _told(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """Return what answers a request, and tells what keeps it from being answered as clients read it."""

        async def told(request: Request) -> Response:
            try:
                return await answer(request)
            except Failure as failure:
                reply = reply_to(failure, strict=True)
                return Response(reply.body, reply.status, media_type="application/json", headers=_SAFE)

        return told


class _Data(Response):
    """The data of a file, as much of it as was asked for."""

    def __init__(self, data: Joined, found: Wanted, headers: dict[str, str], wait: Callable[..., Any]) -> None:
        super().__init__(None, found.status, headers=headers)
        self._data, self._found, self._wait = data, found, wait
        size = data.seek(0, 2)
        if found.status == 416:
            self.headers["content-range"] = f"bytes */{size}"
        elif found.status == 206:
            self.headers["content-range"] = f"bytes {found.start}-{found.stop - 1}/{size}"
        if found.status != 304:
            self.headers["content-length"] = str(found.stop - found.start)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it piece by piece, for as long as the client is there."""
        gone = asyncio.ensure_future(leave(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            left = 0 if scope["method"] == "HEAD" else self._found.stop - self._found.start
            self._data.seek(self._found.start)
            while left > 0 and not gone.done():
                piece: bytes = await self._wait(self._data.read, min(_PIECE, left))
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self._data.close()


class _Comparing:
    """Takes a file that is there already, and keeps nothing of it."""

    def __init__(self, file: StoredFile) -> None:
        self._file = file
        self._digest, self.size = hashlib.md5(usedforsecurity=False), 0

    @property
    def md5(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes | bytearray) -> None:
        self._digest.update(data)
        self.size += len(data)

    def finish(self) -> Piece:
        return self._file.pieces[0]

    def discard(self) -> None:
        pass


def _e_tag(file: StoredFile) -> str:
    return f'"{file.checksum}"'


def _missing(component_id: str) -> ValueError_:
    return ValueError_(f"There is no data of component {component_id[:100]}: nobody has sent it, or it was removed.")


def _query(text: str) -> dict[str, str]:
    """Return what is told in an address. The Python client does not encode what it pastes there.

    >>> _query("username=ada%2Bgrace%40example.com&apiKey=1"), _query("username=ada+grace@example.com")
    ({'username': 'ada+grace@example.com', 'apiKey': '1'}, {'username': 'ada+grace@example.com'})
    """
    told: dict[str, str] = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        told.setdefault(name, unquote(value if "@" in value else value.replace("+", " ")))
    return told


@frozen
class Wanted:
    """What is answered to a request for a file.

    Attributes:
        status: 200 for all of it, 206 for a range, 304 for nothing new, 416 for a range that it does not have.
        start: The first byte.
        stop: The byte after the last.
    """

    status: int
    start: int
    stop: int


def wanted(headers: Mapping[str, str], size: int, e_tag: str) -> Wanted:
    """Return what a request with `headers` is for. Several ranges are answered with all of it, as servers may.

    >>> wanted({"range": "bytes=2-"}, 10, '"x"')
    Wanted(status=206, start=2, stop=10)
    """
    # Weak ETags are as good, because nothing is changed.
    told = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    if e_tag in told or told == ["*"]:
        return Wanted(304, 0, 0)
    found = _RANGE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", e_tag) != e_tag or max(map(len, found.groups())) > _MOST_DIGITS:
        return Wanted(200, 0, size)
    first, last = found.groups()
    if not first and not last:
        return Wanted(200, 0, size)
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if first and last and int(last) < start:
        return Wanted(200, 0, size)
    return Wanted(206, start, stop) if start < size and start < stop else Wanted(416, 0, 0)
