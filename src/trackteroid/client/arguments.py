"""The arguments of a session, what the environment says in their place, and addresses as they may be shown."""

import base64
import getpass
import inspect
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import ftrack_api

from trackteroid.errors import InvalidArgumentsError, MissingCredentialsError, RejectedCredentialsError, suggest

#: The names of the arguments that ftrack_api's initialiser takes, in its order.
ARGUMENTS = tuple(inspect.signature(ftrack_api.Session.__init__).parameters)[1:]
#: What some of them are called in the environment; the first name is the one to advise.
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "server_url": ("FTRACK_SERVER",),
    "api_key": ("FTRACK_API_KEY", "FTRACK_APIKEY"),
    "api_user": ("FTRACK_API_USER",),
}
#: Addresses that mean a database of an embedded server rather than a server somewhere else.
SCHEMES = ("sqlite", "postgresql")
OFFLINE = (
    "To work without a server, start one with `trackteroid serve --demo` or use an embedded one: "
    'Session(server_url="sqlite:///file.db").'
)

#: What no header of a request may have in it.
_UNFIT = re.compile(r"[^\x20-\x7e\xa0-\xff]")


class Credentials(Protocol):
    """What an embedded server lets a session in with."""

    @property
    def url(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def api_key(self) -> str: ...


class Arguments:
    """What a session was given, by the names of ftrack_api's initialiser."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given: dict[str, Any] = {}
        self.update(given)

    def update(self, given: Mapping[str, Any]) -> None:
        """Take other values for some of them.

        Raises:
            TypeError: there is no such argument; the message suggests what was meant.
            InvalidArgumentsError: a timeout or a path cannot be one.
        """
        unknown = sorted(set(given) - set(ARGUMENTS))
        if unknown:
            raise TypeError(
                f"Session has no argument called {', '.join(unknown)}; it takes {', '.join(ARGUMENTS)}."
                f"{suggest(unknown[0], ARGUMENTS)}"
            )
        check_timeout(given.get("timeout"))
        check_plugin_paths(given.get("plugin_paths"))
        self.given.update(given)

    @property
    def server(self) -> Any:
        """The address of the server, or what the environment says, or a server object; None if there is none."""
        return setting(self.given, "server_url")

    @property
    def are_for_embedded(self) -> bool:
        """Whether they are for an embedded server rather than for one somewhere else."""
        return is_embedded(self.server)

    @property
    def database_url(self) -> str | None:
        """The database of the embedded server; None for a server somewhere else."""
        return str(self.server) if self.are_for_embedded else None

    @property
    def address(self) -> str:
        """The server as it may be shown to people: its URL, or its database without the password."""
        return without_password(str(self.database_url or self.server or "no server"))

    def for_embedded(self, server: Credentials) -> dict[str, Any]:
        """Return what ftrack_api's initialiser is given, for a *server* in this process.

        What the environment says of a key is for another server.
        """
        given = self.given
        return {
            **given,
            "server_url": server.url,
            "api_user": stripped(given.get("api_user")) or server.username,
            "api_key": stripped(given.get("api_key")) or server.api_key,
        }


def is_embedded(address: object) -> bool:
    """Return whether *address* is a database or a server object rather than the URL of a server somewhere else."""
    if isinstance(address, str):
        scheme, colon, _ = address.partition(":")
        return bool(colon) and scheme.partition("+")[0].lower() in SCHEMES
    return hasattr(address, "app")


def setting(arguments: Mapping[str, Any], name: str) -> Any:
    """Return the argument called *name*, or what the environment says in its place, or None.

    Texts come without blanks around them: keys are read from files, which end with a newline.
    """
    given = arguments.get(name)
    if given is not None:
        return stripped(given)
    found = (os.environ.get(variable, "").strip() for variable in ENVIRONMENT[name])
    return next(filter(None, found), None)


def stripped(value: Any) -> Any:
    """Return *value*; if it is a text, without blanks around it."""
    return value.strip() if isinstance(value, str) else value


def checked_settings(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ftrack_api's initialiser is given, for a server that is not in this process.

    A user and a password in the address become a header, as the proxies want it that they are for, so that the address
    can be shown.

    Raises:
        MissingCredentialsError: the address, the key or the user name is nowhere to be found.
        RejectedCredentialsError: no key or user name can look like this.
        InvalidArgumentsError: a header or a cookie cannot be sent, or the address is no text.
    """
    found = {name: setting(arguments, name) for name in ENVIRONMENT}
    address = found["server_url"]
    if address is not None and not isinstance(address, str):
        raise InvalidArgumentsError(
            f"server_url is the address of a server or a database, as text, or an EmbeddedServer, not {address!r}."
        )
    given = {**arguments, **{name: value for name, value in found.items() if value is not None}}
    _check_presence(given)
    for name in ("api_key", "api_user"):
        # Refused here rather than below, where the error would show the whole key.
        # Refused here rather than below, where the error would show the whole key.
        credential = given.get(name)
        unfit = _UNFIT.search(credential) if isinstance(credential, str) else None
        if unfit is not None:
            what = "API key" if name == "api_key" else "user name"
            raise RejectedCredentialsError(
                f"Cannot connect to ftrack: no {what} looks like the given one, whose character {unfit.start() + 1} is "
                f"{unfit[0]!a}. Check {name} (or {ENVIRONMENT[name][0]}), and the file that it comes from."
            )
    for name in ("headers", "cookies"):
        lines = given.get(name)
        if not isinstance(lines, Mapping):
            continue  # ftrack_api says so
        for key, value in cast("Mapping[object, object]", lines).items():
            if any(_UNFIT.search(text) for text in (key, value) if isinstance(text, str)):
                raise InvalidArgumentsError(
                    f"{name}[{key!a}] cannot be sent: it has a line break or a character that HTTP does not know. "
                    "Strip values that come from files."
                )
    authorisation = basic_authorisation(str(given["server_url"]))
    if authorisation:
        given["headers"] = {**authorisation, **cast("Mapping[str, Any]", given.get("headers") or {})}
        given["server_url"] = without_credentials(str(given["server_url"]))
    return given


def check_timeout(timeout: object) -> None:
    """Refuse a timeout that no request can have, before there is one.

    Raises:
        InvalidArgumentsError: it is neither None, nor a number of seconds, nor a pair of these.
    """
    parts: tuple[object, ...] = cast("tuple[object, ...]", timeout) if isinstance(timeout, tuple) else (timeout,)
    for part in parts:
        is_unfit = part <= 0 if isinstance(part, (int, float)) else isinstance(part, (str, bytes))
        if is_unfit or isinstance(part, bool):
            raise InvalidArgumentsError(
                f"timeout is {timeout!r}, but has to be a number of seconds larger than 0, two of them (to connect, to "
                "answer), or None for no limit."
            )


def check_plugin_paths(paths: object) -> None:
    """Refuse one path where a list of them is taken: its characters are folders, too, such as the root.

    Raises:
        InvalidArgumentsError: it is a text or a path.
    """
    if isinstance(paths, (str, bytes, os.PathLike)):
        raise InvalidArgumentsError(f"plugin_paths is a list of folders, not {paths!r}. Write [{paths!r}].")


def _check_presence(given: Mapping[str, Any]) -> None:
    missing = [name for name in ENVIRONMENT if not given.get(name)]
    if "api_user" in missing:
        # ftrack_api's last resort for the user's name is the login name, where there is one.
        with suppress(OSError, ImportError, KeyError):
            if getpass.getuser():
                missing.remove("api_user")
    if not missing:
        return
    variables = _enumerate([ENVIRONMENT[name][0] for name in missing])
    verb = "is" if len(missing) == 1 else "are"
    every = _enumerate([names[0] for names in ENVIRONMENT.values()])
    raise MissingCredentialsError(
        f"Cannot connect to ftrack: {variables} {verb} not set. Set {every} in the environment, "
        f"or pass server_url, api_key and api_user to Session(). {OFFLINE}"
    )


def _enumerate(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


#: The user and the password of an address. People do not quote what should be quoted, so a password may have any
#: character; but in the address of a web server, a number and a slash are the port and the path.
_CREDENTIALS = r"""(?xs)
    (?P<scheme> ^(?:(?P<web>https?) | (?!https?:)[\w.+-]+):// )
    (?P<user> [^:/?#@]* )
    (?: : (?P<password> [^/?#]* | (?(web)(?!\d+[/?#])) .* ) )?
    @
    """
#: Parameters that database drivers take a password from.
_SECRETS = ("password", "passwd", "pwd", "sslpassword", "apikey", "api_key", "token")


def without_password(address: str) -> str:
    """Return *address* with stars in place of the passwords in it.

    >>> without_password("postgresql://me:p/w@host/db")
    'postgresql://me:***@host/db'
    """

    def masked(found: "re.Match[str]") -> str:
        password = ":***" if found["password"] is not None else ""
        return f"{found['scheme']}{found['user']}{password}@"

    address = re.sub(_CREDENTIALS, masked, address, count=1)
    try:
        query = urlsplit(address).query
    except ValueError:  # brackets in it that are never closed
        query = address.partition("?")[2]
    parameters = parse_qsl(query, keep_blank_values=True)
    if not any(name.lower() in _SECRETS for name, _ in parameters):
        return address
    shown = [(name, "***" if name.lower() in _SECRETS else value) for name, value in parameters]
    return address.replace(query, urlencode(shown, safe="*/:"), 1)


def without_credentials(address: str) -> str:
    """Return *address* without the user and the password in it.

    >>> without_credentials("https://me:secret@host/path")
    'https://host/path'
    """
    return re.sub(_CREDENTIALS, r"\g<scheme>", address, count=1)


def basic_authorisation(address: str) -> dict[str, str]:
    """Return the header that says to a web server what the credentials in *address* say; none if it has none."""
    found = re.match(_CREDENTIALS, address)
    if found is None:
        return {}
    text = f"{unquote(found['user'])}:{unquote(found['password'] or '')}"
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode('ascii')}"}
