"""Sending one request to the server's API, and making sure that what comes back is an answer.

This does what ftrack_api's ``Session.call`` does, with three differences: what was sent and received must fit together,
every error can be read, whatever the server put into it, and the key, like whatever else a session sends, stays with
the server it is for: it does not follow redirects to another host.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import requests
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET
from requests.utils import default_headers

from trackteroid.client import failures
from trackteroid.client.base import BaseSession
from trackteroid.client.commit.sendable import check_request
from trackteroid.client.entities import stored_value
from trackteroid.client.hydration.answers import PlainBatch, collector_paused
from trackteroid.client.hydration.session import merges_copies
from trackteroid.client.requests_log import is_recording, note_response

_HEADERS = {"content-type": "application/json", "accept": "application/json"}
_STRICT = {**_HEADERS, "ftrack-strict-api": "true"}


def send(session: BaseSession, batch: list[dict[str, Any]], leaves: Callable[[object], None]) -> list[dict[str, Any]]:
    """Return the answer of the server of *session* to a *batch* of operations; *leaves* is told when it is sent.

    Raises:
        UnsendableValueError: a value cannot be sent.
        RefusedError: the server refuses the batch.
        RejectedCredentialsError: the server does not accept the API key.
        UnexpectedAnswerError: what came is no answer of an ftrack server.
        RequestException: nothing came.
    """
    url = f"{session.server_url}/api"
    body = session.encode(batch, entity_attribute_strategy="modified_only")
    check_request(batch, body)
    session.logger.debug("Calling server %s with %r", url, body)
    connection = session._request  # pyright: ignore[reportPrivateUsage]  # where ftrack_api keeps it
    leaves(batch)
    headers = _STRICT if isinstance(batch, PlainBatch) and batch.strict else _HEADERS
    response = connection.post(url, headers=headers, data=body, timeout=session.request_timeout)
    response.encoding = response.encoding or "utf-8"
    session.logger.debug("Call took: %s", response.elapsed.total_seconds())
    session.logger.debug("Response: %r", _Text(response))
    try:
        answer: object = _decoded(session, batch, response.text)
    except ValueError:
        raise failures.unreadable(session, response) from None
    refusal = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    if "exception" in refusal:
        raise failures.refused(session, refusal["exception"], refusal.get("content")) from None
    if not response.ok or not is_answer_to(batch, cast("object", answer)):
        raise failures.unreadable(session, response)
    return cast("list[dict[str, Any]]", answer)


def _decoded(session: BaseSession, batch: Sequence[Mapping[str, Any]], text: str) -> object:
    if not isinstance(batch, PlainBatch):
        return session.decode(text)
    with collector_paused():
        return json.loads(text)


def is_answer_to(batch: Sequence[Mapping[str, Any]], answer: object) -> bool:
    """Return whether *answer* has something for each operation: rows for a query, and the entity that was changed."""
    if not isinstance(answer, list):
        return False
    results = cast("list[object]", answer)
    return len(results) == len(batch) and all(
        _is_answer(operation.get("action"), result) for operation, result in zip(batch, results, strict=True)
    )


def _is_answer(action: object, result: object) -> bool:
    if action not in ("query", "create", "update", "delete"):
        return True
    if not isinstance(result, dict) or "data" not in result:
        return False
    return action not in ("create", "update") or _is_named(cast("object", result["data"]))


def _is_named(value: object) -> bool:
    """Return whether *value* is an entity with a key."""
    return isinstance(value, Entity) and all(
        stored_value(value, name) is not NOT_SET for name in value.primary_key_attributes
    )


class _Text:
    """The text of a response, decoded only if somebody looks at it."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response

    def __repr__(self) -> str:
        return repr(self._response.text)


#: The header that lets a server of ours tell of each entity only once. Other servers take no notice of it.
_MERGES_COPIES = "trackteroid-merges-copies"
#: What is sent with every request besides the headers of the connection.
_SECRETS = ("ftrack-api-key", "ftrack-user", "Cookie")
#: The statuses after which the next request is a GET, as browsers have always done it.
_BODY_IS_DROPPED = (301, 302, 303)


def prepare(session: BaseSession, connection: requests.Session) -> None:
    """Let *connection*, over which *session* is about to send its first request, do all that it does for sessions."""
    keep_secrets(connection)
    refuse_redirects(session, connection)
    connection.hooks["response"].append(note_response)
    if merges_copies(session):
        connection.headers[_MERGES_COPIES] = "true"


def keep_secrets(connection: requests.Session) -> None:
    """Let *connection* take its own headers and cookies along to another host never.

    ``requests`` knows that of the ``Authorization`` header only.
    """
    rebuild = connection.rebuild_auth

    def rebuild_auth(prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        rebuild(prepared_request, response)
        if connection.should_strip_auth(str(response.request.url), str(prepared_request.url)):
            for name in {*_SECRETS, *connection.headers} - default_headers().keys():
                prepared_request.headers.pop(name, None)

    connection.rebuild_auth = rebuild_auth


def refuse_redirects(session: BaseSession, connection: requests.Session) -> None:
    """Let a call of *session* end with an error where it would be redirected to another host, or lose its body."""

    def check(response: requests.Response, *_: Any, **__: Any) -> None:
        if not (response.is_redirect and is_recording()):
            return
        here = str(response.request.url)
        there = urljoin(here, response.headers["location"])
        if response.status_code in _BODY_IS_DROPPED or connection.should_strip_auth(here, there):
            parts = urlsplit(there)
            raise failures.redirected(session, f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")

    connection.hooks["response"].append(check)
