"""Receiving what a server sends to a webhook: who has sent it is checked before anything of it is believed.

The signature is that of Standard Webhooks (https://www.standardwebhooks.com), for which there are libraries in many
languages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Final

from trackteroid.errors import WebhookSignatureError
from trackteroid.events.asking import LoggedEvent, logged_event

_PREFIX: Final = "whsec_"
_VERSION: Final = "v1,"


def received(headers: Mapping[str, str], body: bytes, secret: str, *, tolerance: float = 300.0) -> LoggedEvent:
    """Return the event that a request to a webhook tells of.

    It may come more than once, with the same ``webhook-id`` and the same `sequence`.

    Args:
        headers: those of the request.
        body: its body, byte by byte as it came.
        secret: the one that was shown when the webhook was made.
        tolerance: how many seconds old it may be, so that nobody sends it once more who has seen it.

    Raises:
        WebhookSignatureError: it was not sent by whoever has the secret, or is too old.

    >>> logged = received(request.headers, request.body, os.environ["WEBHOOK_SECRET"])  # doctest: +SKIP
    """
    told = {name.lower(): value for name, value in headers.items()}
    message_id, moment = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    signatures = told.get("webhook-signature", "").split()
    if not (message_id and moment and signatures):
        raise WebhookSignatureError(
            "This is no request to a webhook: it lacks webhook-id, webhook-timestamp or webhook-signature."
        )
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise WebhookSignatureError(f"The secret is none: it is {_PREFIX} and Base64.") from None
    digest = hmac.new(key, b".".join((message_id.encode(), moment.encode(), body)), hashlib.sha256).digest()
    expected = _VERSION + base64.b64encode(digest).decode()
    if not any(hmac.compare_digest(each.encode(), expected.encode()) for each in signatures):
        raise WebhookSignatureError(
            "The signature is not one by this secret. Compare the secret with the one that was shown when the webhook "
            "was made, and pass the body as it came, before anything has parsed it."
        )
    age = abs(time.time() - int(moment))
    if age > tolerance:
        raise WebhookSignatureError(
            f"The request was signed {age:.0f} seconds ago; at most {tolerance:g} are believed."
        )
    return logged_event(json.loads(body))
