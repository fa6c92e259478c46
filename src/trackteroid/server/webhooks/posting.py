"""Sending one event: signed as Standard Webhooks has it, to an address that was checked, in bounded time.

The signature is ``v1,`` and the Base64 of the HMAC-SHA256, by the secret, of ``<id>.<timestamp>.<body>``; the three are
in the headers ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``. Libraries that check this exist for many
languages: https://www.standardwebhooks.com.

This is `http.client` of the standard library, because all that is needed beside it is to say where a connection leads.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from trackteroid.constants import __VERSION__
from trackteroid.server.core.failures import DeliveryError
from trackteroid.server.events.webhooks import key_of
from trackteroid.server.webhooks.addresses import Address, Allowed, resolve

_USER_AGENT: Final = f"Trackteroid/{__VERSION__}"


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return what proves that a message was sent by whoever has the secret."""
    content = b".".join((message_id.encode(), b"%d" % timestamp, body))
    return "v1," + base64.b64encode(hmac.new(key_of(secret), content, hashlib.sha256).digest()).decode()


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Allowed, seconds: float) -> None:
    """Send something; return if the answer says that it has arrived. Redirects are no such answer.

    Raises:
        DeliveryError: It has not arrived, or nobody knows.
    """
    parts = urlsplit(url)
    connection = _connection(url, resolve(url, allowed), seconds)
    late = threading.Event()
    end = threading.Timer(seconds, _cut, [connection, late])
    end.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        own = {"Content-Type": "application/json", "User-Agent": _USER_AGENT, "Connection": "close"}
        connection.request("POST", target, body, {**own, **headers})
        status = connection.getresponse().status
    except ssl.SSLCertVerificationError as error:
        reason = f"the certificate cannot be verified ({error.verify_message})"
        raise DeliveryError(f"{parts.hostname}: {reason}.") from None
    except (OSError, http.client.HTTPException) as error:
        if not late.is_set():
            raise DeliveryError(f"{parts.hostname}: {_reason(error)}.") from None
        status = 0
    finally:
        end.cancel()
        connection.close()
    if late.is_set():  # what was read until then may look like an answer
        raise DeliveryError(f"{parts.hostname}: no answer within {seconds:g} seconds.")
    if not 200 <= status < 300:
        hint = " Redirects are not followed." if 300 <= status < 400 else ""
        raise DeliveryError(f"{parts.hostname} has answered with the status {status}.{hint}")


def _connection(url: str, addresses: Sequence[Address], seconds: float) -> http.client.HTTPConnection:
    """Return a connection to the first of some addresses that takes one, whatever its name stands for by now."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)

    def connect(place: tuple[str, int], timeout: float, _source: object = None) -> socket.socket:
        error: OSError | None = None
        end = time.monotonic() + timeout
        for address in addresses:
            try:
                return socket.create_connection((str(address), place[1]), max(0.1, end - time.monotonic()))
            except OSError as failed:  # noqa: PERF203 - the next address may take it
                error = failed
        raise error or OSError("no address")

    # Where http.client itself asks for a connection; it does all else, such as to verify the certificate for the name.
    connection._create_connection = connect  # pyright: ignore[reportAttributeAccessIssue]
    return connection


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End a connection on which something comes all the time, but no end of it."""
    late.set()
    found = connection.sock
    with suppress(OSError, AttributeError):
        found.shutdown(socket.SHUT_RDWR)


def _reason(error: Exception) -> str:
    if isinstance(error, http.client.RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(error, TimeoutError):
        return "no connection in time"
    text = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return f"no connection ({text})"
