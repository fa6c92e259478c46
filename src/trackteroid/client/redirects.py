"""Redirects to another host: the key, and whatever else a session sends, stays with the server it is for."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.utils import default_headers

from trackteroid.client import failures
from trackteroid.client.requests_log import is_recording

if TYPE_CHECKING:
    from trackteroid.client.connection import LazySession

#: What is sent with every request besides the headers of the connection.
_SECRETS = ("ftrack-api-key", "ftrack-user", "Cookie")
#: The statuses after which the next request is a GET, as browsers have always done it.
_BODY_IS_DROPPED = (301, 302, 303)


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


def refuse_redirects(session: "LazySession", connection: requests.Session) -> None:
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
