"""Component data.

ftrack_api moves files with ``requests.get`` and ``requests.put``, which know nothing of a server in this process. The
accessor for embedded servers does the same through the session's own connection. The one for other servers is
ftrack_api's, without the key in the errors: it is a part of the addresses that they show.
"""

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import requests
from ftrack_api.accessor.server import (
    ServerFile,
    _ServerAccessor,  # pyright: ignore[reportPrivateUsage]  # it has no public base class
)
from ftrack_api.exception import AccessorOperationFailedError, AccessorUnsupportedOperationError
from ftrack_api.session import Session
from ftrack_api.symbol import CHUNK_SIZE, SERVER_LOCATION_ID

#: The part of an address behind the path, where keys and signatures are.
_QUERY = re.compile(r"\?[^\s\"')]+")


class EmbeddedServerFile(ServerFile):
    """A component's data on an embedded server."""

    def _read(self) -> None:
        address = f"{self._session.server_url}/component/get"
        response = _checked(
            "read data", self._session._request.get, address, params=self._identification(), stream=True
        )
        position = self.tell()
        self.seek(0)
        for piece in response.iter_content(CHUNK_SIZE):
            self.wrapped_file.write(piece)
        self.flush()
        self.seek(position)

    def _write(self) -> None:
        component = self._session.get("FileComponent", self.resource_identifier)
        if component is None:
            raise AccessorOperationFailedError(f"There is no component {self.resource_identifier} to write data for.")
        name = ".".join(part for part in (component["name"], (component["file_type"] or "").lstrip(".")) if part)
        position = self.tell()
        self.seek(0)  # the checksum is of what follows
        upload = self._session.get_upload_metadata(
            component_id=self.resource_identifier,
            file_name=name,
            file_size=self._get_size(),
            checksum=self._compute_checksum(),
        )
        _checked(
            "write data", self._session._request.put, upload["url"], data=self.wrapped_file, headers=upload["headers"]
        )
        self.seek(position)

    def _identification(self) -> dict[str, str]:
        session = self._session
        return {"id": self.resource_identifier, "username": session.api_user, "apiKey": session.api_key}


class EmbeddedServerAccessor(_ServerAccessor):
    """Gives the server location of a session access to the files of its embedded server."""

    def open(self, resource_identifier: str, mode: str = "rb") -> EmbeddedServerFile:
        """Return the data of the component *resource_identifier* as a file."""
        return EmbeddedServerFile(resource_identifier, session=self._session, mode=mode)

    def get_url(self, resource_identifier: str) -> str:
        """Raise that there is no address.

        Raises:
            AccessorUnsupportedOperationError: always; the message says what to do instead.
        """
        raise _without_address("get_url", resource_identifier)

    def get_thumbnail_url(self, resource_identifier: str, size: int | None = None) -> str:  # noqa: ARG002
        """Raise that there is no address.

        Raises:
            AccessorUnsupportedOperationError: always; the message says what to do instead.
        """
        raise _without_address("get_thumbnail_url", resource_identifier)

    def remove(self, resourceIdentifier: str) -> None:  # noqa: N803 - the name ftrack_api gave it
        """Remove the data of the component *resourceIdentifier*."""
        session = self._session
        identification = {"id": resourceIdentifier, "username": session.api_user, "apiKey": session.api_key}
        _checked("remove data", session._request.get, f"{session.server_url}/component/remove", params=identification)


def _without_address(operation: str, component_id: str) -> AccessorUnsupportedOperationError:
    return AccessorUnsupportedOperationError(
        operation,
        component_id,
        message="The server of this session runs in this process and has no port, so the component "
        f"{component_id} has no address that anybody could open. Read its data with location.accessor.open(...) or "
        "components.open(), its picture with thumbnails(); or serve the database with `trackteroid serve` and connect "
        "to that.",
    )


class DiscreetServerFile(ServerFile):
    """A component's data on a server somewhere else."""

    def _read(self) -> None:
        with _without_secrets():
            super()._read()

    def _write(self) -> None:
        with _without_secrets():
            super()._write()


class DiscreetServerAccessor(_ServerAccessor):
    """ftrack_api's accessor, whose errors show neither keys nor signatures."""

    def open(self, resource_identifier: str, mode: str = "rb") -> DiscreetServerFile:
        """Return the data of the component *resource_identifier* as a file."""
        return DiscreetServerFile(resource_identifier, session=self._session, mode=mode)

    def remove(self, resourceIdentifier: str) -> None:  # noqa: N803 - the name ftrack_api gave it
        """Remove the data of the component *resourceIdentifier*."""
        with _without_secrets():
            super().remove(resourceIdentifier)


@contextmanager
def _without_secrets() -> Generator[None]:
    try:
        yield
    except (AccessorOperationFailedError, requests.exceptions.RequestException) as error:
        text = error.message if isinstance(error, AccessorOperationFailedError) else str(error)
        shown = _QUERY.sub("?...", text).replace("{", "{{").replace("}", "}}")  # ftrack_api formats what is in braces
        raise AccessorOperationFailedError(shown) from None


def _checked(task: str, send: Any, address: str, **options: Any) -> requests.Response:
    """Return the response to a request; raise what ftrack_api raises when it fails, but without the key in it."""
    try:
        response: requests.Response = send(address, **options)
        response.raise_for_status()
    except requests.exceptions.RequestException as error:
        reason = type(error).__name__
        if error.response is not None:
            try:
                reason = f"status {error.response.status_code}: {error.response.json()['content']}"
            except (ValueError, LookupError, TypeError):
                reason = f"status {error.response.status_code}."
        shown = reason.replace("{", "{{").replace("}", "}}")  # ftrack_api formats what is in braces
        raise AccessorOperationFailedError(f"The embedded server failed to {task}: {shown}") from None
    return response


def give_access(session: Session, *, is_embedded: bool) -> None:
    """Let the server location of *session* have one of these accessors, unless somebody has given it another one."""
    location: Any = session.get("Location", SERVER_LOCATION_ID)
    if location is not None and type(location.accessor) is _ServerAccessor:
        accessor = EmbeddedServerAccessor if is_embedded else DiscreetServerAccessor
        location.accessor = accessor(session=session)
