"""What a connection takes from the environment, found out once for a server and not for each request.

``requests`` goes through all variables of the environment twice per request, and on some systems through settings of
the system, to find the proxy for it. That is a fifth of what a call costs the client.
"""

import os
from typing import Any, Final

import requests
from requests.sessions import merge_setting
from requests.utils import get_environ_proxies

_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
#: What tells of proxies; a change of one counts from the next request on.
_VARIABLES: Final = (*_PROXIES, *map(str.upper, _PROXIES), "REQUEST_METHOD")
#: What names the certificates to trust.
_CERTIFICATES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Environment:
    """The ``merge_environment_settings`` of one connection.

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
