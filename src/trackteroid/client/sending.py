"""Calling the server's API: one request and its answer, and what happens when the connection fails.

Sending does what ftrack_api's ``Session.call`` does, with three differences: what was sent and received must fit
together, every error can be read, whatever the server put into it, and the key, like whatever else a session sends,
stays with the server it is for: it does not follow redirects to another host.

Queries are repeated, after a pause that doubles each time and varies by chance so that the many clients of one server
do not all come back at the same moment. A server that says when to come back is taken at its word. Changes are never
simply sent again: when the answer to a commit is lost, the server is asked whether the commit has arrived (see
`trackteroid.client.commit.recognition`).
"""

import json
import logging
import os
import random
import re
from collections.abc import Callable, Mapping, Sequence
from operator import methodcaller
from time import sleep
from typing import Any, Final, Protocol, TypeAlias, cast
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions
from ftrack_api.entity.base import Entity
from ftrack_api.exception import ServerError
from ftrack_api.session import Session
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ConnectTimeout,
    InvalidHeader,
    ReadTimeout,
    SSLError,
)
from requests.sessions import merge_setting
from requests.utils import default_headers, get_environ_proxies

from trackteroid.client import failures
from trackteroid.client.base import BaseSession
from trackteroid.client.commit.batch import Changes, PlainBatch
from trackteroid.client.commit.commit import decoded
from trackteroid.client.commit.recognition import Arrival, Change, changes_of, may_be_a_copy, recognise
from trackteroid.client.entities import has_unset, stored_value
from trackteroid.client.hydration.answers import collector_paused, is_record, merges_copies
from trackteroid.client.local_changes import SUSPICIOUS, check_request
from trackteroid.client.requests_log import (
    TOO_MANY_REQUESTS,
    Exchange,
    UnavailableError,
    everywhere,
    is_recording,
    note_response,
    recording,
)
from trackteroid.configuration import logger
from trackteroid.errors import NotConnectedError, RedirectedError, UnconfirmedCommitError, UnexpectedAnswerError

_HEADERS = {"content-type": "application/json", "accept": "application/json"}
#: How the query of a page ends that is not the first one.
_FOLLOWING_PAGE = re.compile(r" offset [1-9]\d* limit \d+$")
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
    if SUSPICIOUS.search(body):
        check_request(batch)
    session.logger.debug("Calling server %s with %r", url, body)
    connection = connection_of(session)
    leaves(batch)
    headers = _STRICT if isinstance(batch, PlainBatch) and batch.strict else _HEADERS
    try:
        response = connection.post(url, headers=headers, data=body, timeout=session.request_timeout)
    except requests.RequestException:
        forget_environment(connection)
        raise
    response.encoding = response.encoding or "utf-8"
    session.logger.debug("Call took: %s", response.elapsed.total_seconds())
    session.logger.debug("Response: %r", _Text(response))
    try:
        if isinstance(batch, Changes):
            answer: object = decoded(session, response.text)
        elif isinstance(batch, PlainBatch):
            with collector_paused():
                answer = json.loads(response.text)
        else:
            answer = session.decode(response.text)
    except ValueError:
        raise failures.unreadable(session, response) from None
    refusal = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    if "exception" in refusal:
        raise failures.refused(session, refusal["exception"], refusal.get("content")) from None
    if not response.ok or not is_answer_to(batch, cast("object", answer)):
        raise failures.unreadable(session, response)
    answers = cast("list[dict[str, Any]]", answer)
    _tell_what_was_left_out(session, batch, answers)
    return answers


def _tell_what_was_left_out(
    session: BaseSession, batch: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]
) -> None:
    """Say which projections the server has left out of answers; of those in pages, with the first one."""
    for operation, answer in zip(batch, answers, strict=True):
        if operation.get("action") != "query" or not isinstance(metadata := answer.get("metadata"), dict):
            continue
        text, left_out = str(operation.get("expression")), cast("dict[str, Any]", metadata).get("left_out") or ()
        for each in () if _FOLLOWING_PAGE.search(text) else left_out:
            session.logger.warning(
                'The server has left "%s" out of its answer: %s The query was: %s',
                *(each.get("projection"), each.get("reason"), text),
            )


def is_answer_to(batch: Sequence[Mapping[str, Any]], answer: object) -> bool:
    """Return whether *answer* has something for each operation: rows for a query, and the entity that was changed."""
    if not isinstance(answer, list):
        return False
    results = cast("list[object]", answer)
    if len(results) != len(batch):
        return False
    for operation, result in zip(batch, results, strict=True):
        action = operation.get("action")
        if action not in ("query", "create", "update", "delete"):
            continue
        if not isinstance(result, dict) or "data" not in result:
            return False
        data = cast("object", result["data"])
        if action not in ("create", "update") or is_record(data):
            continue
        if not isinstance(data, Entity) or has_unset(stored_value(data, name) for name in data.primary_key_attributes):
            return False
    return True


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
    remember_environment(connection)
    refuse_redirects(session, connection)
    connection.hooks["response"].append(note_response)
    if merges_copies(session):
        connection.headers[_MERGES_COPIES] = "true"


def connection_of(session: Session) -> requests.Session:
    """Return what a session of ours or of ftrack_api sends through."""
    return session._request  # pyright: ignore[reportPrivateUsage]  # where ftrack_api keeps it


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


Batch: TypeAlias = list[dict[str, Any]]
Send: TypeAlias = Callable[[Batch], list[dict[str, Any]]]

#: The actions that only ask, besides those that are called so.
_READING = frozenset({"query", "events", "event_groups"})
_ACTION: Callable[[dict[str, Any]], object] = methodcaller("get", "action")

#: How often a request is repeated unless the session is told otherwise.
RETRIES = 2
#: The first pause in seconds; each further one is twice as long, up to the longest.
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
#: The longest wait that a server may ask for; one that asks for more is an outage.
LONGEST_WAIT = 60.0


class Fate(Protocol):
    """Who wants to know what became of a batch."""

    def was_not_sent(self, payloads: object) -> None:
        """Note that a request with these *payloads* has not left."""

    def cannot_be_told(self, payloads: object) -> None:
        """Note that the server was asked for these *payloads* and cannot tell, which is about to be raised."""


class Call:
    """One call of the server, for which *send* may run more than once."""

    def __init__(self, session: BaseSession, batch: Batch, send: Send, fate: Fate) -> None:
        self._session = session
        self._fate = fate
        self._batch = batch
        self._send = send
        self._attempt = 0

    def answer(self) -> Batch:
        """Return the server's answer.

        Raises:
            UnreachableServerError: there was none. The message says what is pending.
            UnconfirmedCommitError: changes were sent, and it cannot be told whether they have arrived.
            RefusedError: the server refuses what was sent.
            UnexpectedAnswerError: what came is no answer of an ftrack server.
        """
        while True:
            self._attempt += 1
            try:
                return self._send_once()
            except UnexpectedAnswerError as error:
                return self._after_unexpected_answer(error)
            except ServerError as error:
                return self._after_refusal(error)
            except InvalidHeader:
                self._fate.was_not_sent(self._batch)
                raise failures.invalid_header() from None
            except requests.exceptions.RequestException as error:
                if not is_outage(error):
                    raise
                recognised = self._after_outage(error)
                if recognised is not None:
                    return recognised
                self._session.trace(
                    f"Trying again ({self._attempt} of {self._session.retries}): the server {failures.cause(error)}."
                )
                sleep(asked_to_wait(error) + pause(self._attempt))

    def _send_once(self) -> Batch:
        session = self._session
        exchange = Exchange.of(self._batch, connecting=session.is_connecting, attempt=self._attempt)
        try:
            with recording(exchange):
                result = self._send(self._batch)
            exchange.end(result)
            return result
        finally:
            log = logger("session")
            if log.isEnabledFor(logging.DEBUG):
                log.debug("%s: %s", session.address, exchange)
            session.observers.notify(exchange)
            everywhere.notify(exchange)

    def _after_refusal(self, error: ServerError) -> Batch:
        """Return the answer if a batch was only refused because a copy of it had arrived before; else raise.

        What was sent once may have been repeated on its way. Then all of it is there as it was sent: an id alone may
        just as well be somebody else's.
        """
        changes, is_first = changes_of(self._batch), self._attempt == 1
        if changes is None or (is_first and not may_be_a_copy(changes, str(error))):
            raise error
        try:
            arrival, answer = self._recognise(changes, error, as_sent=is_first)
        except UnconfirmedCommitError as unconfirmed:
            raise (error if is_first else unconfirmed) from None
        if arrival is not Arrival.ARRIVED:
            raise error
        return answer

    def _after_unexpected_answer(self, error: UnexpectedAnswerError) -> Batch:
        """Return the answer if what was sent has arrived, although something else came back; else raise."""
        if isinstance(error, RedirectedError):
            self._fate.was_not_sent(self._batch)
        if is_reading(self._batch) or isinstance(error, RedirectedError):
            raise error
        changes = changes_of(self._batch)
        if changes is None:
            raise UnexpectedAnswerError(f"{error} Whether the server has done what was asked is not known.") from None
        arrival, answer = self._recognise(changes, error)
        if arrival is Arrival.UNKNOWN:
            raise self._unconfirmed(error)
        if arrival is Arrival.ABSENT:
            raise UnexpectedAnswerError(f"{error} Nothing of what was sent has arrived.") from None
        return answer

    def _after_outage(self, error: requests.exceptions.RequestException) -> Batch | None:
        """Return the answer if what was sent has arrived, None if it may be sent again; else raise."""
        is_last = self._attempt > self._session.retries or asked_to_wait(error) > LONGEST_WAIT
        if is_reading(self._batch):
            if not is_last and (isinstance(error, ConnectTimeout) or not failures.timed_out(error)):
                return None
            # Connecting has words of its own for what went wrong.
            raise error if self._session.is_connecting else self._failure(error) from None
        changes = changes_of(self._batch)
        if was_never_sent(error):
            self._fate.was_not_sent(self._batch)
            raise self._failure(error, "Nothing was sent. ") from None
        if changes is None and was_turned_away(error):
            if is_last:
                raise self._failure(error, "Nothing of what was asked was done. ") from None
            return None
        if changes is None:
            raise self._failure(error, "Whether the server has done what was asked is not known. ") from None
        arrival, answer = self._recognise(changes, error)
        if arrival is Arrival.UNKNOWN:
            raise self._unconfirmed(error)
        if arrival is Arrival.ARRIVED:
            self._session.trace(f"The server {failures.cause(error)}, but the {len(changes)} changes have arrived.")
            return answer
        if is_last:
            raise self._failure(error, "Nothing of the commit has arrived. ") from None
        return None

    def _recognise(self, changes: list[Change], error: Exception, *, as_sent: bool = False) -> tuple[Arrival, Batch]:
        def ask(queries: Batch) -> Batch:
            return Call(self._session, queries, self._send, self._fate).answer()

        try:
            return recognise(self._session, changes, ask, as_sent=as_sent)
        except (NotConnectedError, requests.exceptions.RequestException, ServerError) as second:
            reason = failures.cause(second.__context__ if isinstance(second.__context__, Exception) else second)
            raise failures.unconfirmed(self._session, self._batch, error, reason, second) from None

    def _unconfirmed(self, lost: Exception) -> UnconfirmedCommitError:
        self._fate.cannot_be_told(self._batch)
        return failures.unconfirmed(self._session, self._batch, lost, failures.OTHER_VALUES)

    def _failure(self, error: requests.exceptions.RequestException, outcome: str = "") -> NotConnectedError:
        return failures.interrupted(self._session, error, self._attempt, outcome)


def is_reading(batch: Batch) -> bool:
    """Return whether *batch* only asks, so that sending it twice does no harm."""
    if isinstance(batch, Changes):
        return False
    others = set(map(str, map(_ACTION, batch))) - _READING
    return all(action.startswith("query_") for action in others)


def is_patient(batch: Batch) -> bool:
    """Return whether the server may let *batch* wait until something happens, so that time says nothing."""
    return "events" in map(_ACTION, batch)


def is_outage(error: Exception) -> bool:
    """Return whether *error* is one of the connection rather than of what was sent over it."""
    return isinstance(error, (ConnectionError, ReadTimeout, ChunkedEncodingError)) and not isinstance(error, SSLError)


def asked_to_wait(error: Exception) -> float:
    """Return the seconds that the server asked to wait before the next try."""
    return error.retry_after if isinstance(error, UnavailableError) else 0.0


def was_turned_away(error: Exception) -> bool:
    """Return whether the server answers that it did not look at what was sent, because there was too much."""
    return isinstance(error, UnavailableError) and error.status == TOO_MANY_REQUESTS


def was_never_sent(error: Exception) -> bool:
    """Return whether not even a connection was made, so that nothing can have arrived."""
    if isinstance(error, ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))


def pause(attempt: int) -> float:
    """Return the seconds to wait after this attempt: longer each time, and never the same for two clients."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311  # no secret


_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
#: What tells of proxies; a change of one counts from the next request on.
_VARIABLES: Final = (*_PROXIES, *map(str.upper, _PROXIES), "REQUEST_METHOD")
#: What names the certificates to trust.
_CERTIFICATES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Environment:
    """The ``merge_environment_settings`` of one connection, found out once for a server and not for each request.

    ``requests`` goes through all variables of the environment twice per request, and on some systems through settings
    of the system, to find the proxy for it. That is a fifth of what a call costs the client.

    What is set on the connection itself is looked at each time. Settings of the system are looked at again once a
    request has failed.
    """

    def __init__(self, connection: requests.Session) -> None:
        self._connection = connection
        self._merge = connection.merge_environment_settings
        self._known: dict[str, tuple[list[str | None], dict[str, str]]] = {}

    def __call__(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Return what a request to this address is sent with."""
        connection = self._connection
        if proxies or not connection.trust_env:
            return self._merge(url, proxies, stream, verify, cert)
        if verify is True or verify is None:
            verify = next(filter(None, map(os.environ.get, _CERTIFICATES)), verify)
        return {
            "proxies": merge_setting(self._proxies(url), connection.proxies),
            "stream": merge_setting(stream, connection.stream),
            "verify": merge_setting(verify, connection.verify),
            "cert": merge_setting(cert, connection.cert),
        }

    def _proxies(self, url: str) -> dict[str, str]:
        variables = list(map(os.environ.get, _VARIABLES))
        server = "/".join(url.split("/", 3)[:3])  # files have addresses of their own, each with a signature
        known = self._known.get(server)
        if known is None or known[0] != variables:
            known = self._known[server] = variables, get_environ_proxies(url)
        return dict(known[1])

    def forget(self) -> None:
        """Find out again with the next request."""
        self._known.clear()


def remember_environment(connection: requests.Session) -> None:
    """Let *connection* find out only once what the environment says, unless it has a way of its own to find out."""
    # Tests of others put something else in the place of `requests.Session`.
    if type(connection).merge_environment_settings is requests.sessions.Session.merge_environment_settings:
        connection.merge_environment_settings = Environment(connection)


def forget_environment(connection: requests.Session) -> None:
    """Let *connection* find out again, because a request has failed."""
    if isinstance(connection.merge_environment_settings, Environment):
        connection.merge_environment_settings.forget()
