"""Object stores that run here.

* `s3`: moto, with keys and signatures.
* `gs`: moto as well. What obstore asks of Google is what it asks of S3, but for the way to say who asks: of that,
  nothing is seen here, and no address is signed.
* `az`: azurite, Microsoft's own, if the program `azurite-blob` is installed (``npm install azurite``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from email.utils import formatdate
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import requests

_ACCOUNT = "devstoreaccount1"
#: The one that everybody knows, of the account with which it begins.
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_ANYBODY = "AWS4-HMAC-SHA256 Credential=testing/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"


@contextmanager
def serving(kind: str) -> Generator[tuple[str, dict[str, str]]]:
    """The address of a bucket, and the variables of the environment that say how to get at it."""
    with {"s3": _amazon, "gs": _google, "az": _azure}[kind]() as found:
        yield found


@contextmanager
def _amazon() -> Generator[tuple[str, dict[str, str]]]:
    with _moto() as endpoint:
        keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
        yield "s3://films/show", {**keys, "AWS_ENDPOINT": endpoint}


@contextmanager
def _google() -> Generator[tuple[str, dict[str, str]]]:
    with _moto(is_for_all=True) as endpoint:
        nobody = {"client_email": "", "private_key": "", "private_key_id": ""}
        account = {"gcs_base_url": endpoint, "disable_oauth": True, **nobody}
        yield "gs://films/show", {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(account)}


@contextmanager
def _moto(*, is_for_all: bool = False) -> Generator[str]:
    import boto3
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Silent(WSGIRequestHandler):
        def log(self, *_: Any) -> None:
            pass

    inner: Any = DomainDispatcherApplication(create_backend_app)

    def app(environ: dict[str, Any], start: Any) -> Any:
        if is_for_all:
            environ["HTTP_AUTHORIZATION"] = _ANYBODY
        return inner(environ, start)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    # All of them in a process share what they keep.
    requests.post(f"{endpoint}/moto-api/reset", timeout=60).raise_for_status()
    given = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=endpoint, **given).create_bucket(Bucket="films")
    try:
        yield endpoint
    finally:
        boto3.client("s3", endpoint_url=endpoint, **given).close()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _azure() -> Generator[tuple[str, dict[str, str]]]:
    program = shutil.which("azurite-blob")
    if program is None:
        pytest.skip("azurite-blob is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryDirectory() as folder:
        command = [program, "--location", folder, "--blobHost", "127.0.0.1", "--blobPort", str(port)]
        command += ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                endpoint = f"http://127.0.0.1:{port}/{_ACCOUNT}"
                _make_container(endpoint, "films")
                names = {"AZURE_STORAGE_ACCOUNT_NAME": _ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": _KEY}
                yield "az://films/show", {**names, "AZURE_STORAGE_ENDPOINT": endpoint}
            finally:
                process.terminate()
                process.wait()


def _make_container(endpoint: str, name: str) -> None:
    """Make what is a bucket there, as soon as the server is there."""
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    lines = "".join(f"{key}:{value}\n" for key, value in headers.items())
    resource = f"/{_ACCOUNT}/{_ACCOUNT}/{name}\nrestype:container"
    text = f"PUT{12 * chr(10)}{lines}{resource}"
    signature = base64.b64encode(hmac.new(base64.b64decode(_KEY), text.encode(), hashlib.sha256).digest()).decode()
    given = {**headers, "Authorization": f"SharedKey {_ACCOUNT}:{signature}"}
    end = time.monotonic() + 30
    while (answer := _asked(f"{endpoint}/{name}?restype=container", given)) is None:
        assert time.monotonic() < end, "azurite never came up"
        time.sleep(0.05)
    assert answer.status_code == 201, answer.text


def _asked(address: str, headers: dict[str, str]) -> requests.Response | None:
    try:
        return requests.put(address, headers=headers, timeout=5)
    except requests.ConnectionError:
        return None
