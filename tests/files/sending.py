"""Somebody who sends and fetches files as clients do, byte for byte."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from trackteroid.server import EmbeddedServer

Operation = dict[str, Any]

#: What clients find out of a server that died: before it answered, or between the head of an answer and its body.
DIED = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def new_id() -> str:
    return str(uuid.uuid4())


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def component(component_id: str, **values: Any) -> Operation:
    data = {"id": component_id, "name": "main", "file_type": ".bin", **values}
    return {"action": "create", "entity_type": "FileComponent", "entity_data": data}


def metadata(component_id: str, data: bytes, /, **values: Any) -> Operation:
    told = {"file_name": "main.bin", "file_size": len(data), "checksum": md5(data), "component_id": component_id}
    return {"action": "get_upload_metadata"} | told | values


class Client:
    """A user of a server that listens."""

    def __init__(self, server: EmbeddedServer, url: str, username: str | None = None, key: str | None = None) -> None:
        self.server, self.url = server, url
        self.username, self.key = username or server.username, key or server.api_key
        self.http = requests.Session()
        self.http.trust_env = False

    def call(self, *operations: Operation) -> Any:
        headers = {"ftrack-user": self.username, "ftrack-api-key": self.key, "ftrack-strict-api": "true"}
        return self.http.post(f"{self.url}/api", data=json.dumps(operations), headers=headers).json()

    def send(self, data: bytes, component_id: str | None = None, **values: Any) -> str:
        """Make a component with data, as the Python client does: first the data, then the component."""
        component_id = component_id or new_id()
        told = self.call(metadata(component_id, data))[0]
        answer = self.http.put(told["url"], data=data, headers=told["headers"])
        assert answer.status_code == 200, answer.text
        created = self.call(component(component_id, size=len(data), **values))
        assert isinstance(created, list), created
        return component_id

    def get(self, component_id: str, what: str = "get", **options: Any) -> requests.Response:
        who = {"id": component_id, "username": self.username, "apiKey": self.key}
        who.update(options.pop("params", {}))
        return self.http.get(f"{self.url}/component/{what}", params=who, **options)


@contextmanager
def client_of(server: EmbeddedServer) -> Generator[Client]:
    with server.listening() as url:
        client = Client(server, url)
        yield client
        client.http.close()


def kept(folder: Path) -> list[Path]:
    """What is kept in the folder of a store."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
