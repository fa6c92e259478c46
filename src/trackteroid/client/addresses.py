"""Addresses of servers as they may be shown, and without the secrets in them."""

import base64
import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

#: The user and the password of an address. People do not quote what should be quoted, so a password may have any
#: character; but in the address of a web server, a number and a slash are the port and the path.
_CREDENTIALS = re.compile(
    r"""
    (?P<scheme> ^(?:(?P<web>https?) | (?!https?:)[\w.+-]+):// )
    (?P<user> [^:/?#@]* )
    (?: : (?P<password> [^/?#]* | (?(web)(?!\d+[/?#])) .* ) )?
    @
    """,
    re.DOTALL | re.VERBOSE,
)
#: Parameters that database drivers take a password from.
_SECRETS = ("password", "passwd", "pwd", "sslpassword", "apikey", "api_key", "token")


def without_password(address: str) -> str:
    """Return *address* with stars in place of the passwords in it.

    >>> without_password("postgresql://me:p/w@host/db")
    'postgresql://me:***@host/db'
    """
    return _without_secret_parameters(_CREDENTIALS.sub(_masked, address, count=1))


def without_credentials(address: str) -> str:
    """Return *address* without the user and the password in it.

    >>> without_credentials("https://me:secret@host/path")
    'https://host/path'
    """
    return _CREDENTIALS.sub(r"\g<scheme>", address, count=1)


def basic_authorisation(address: str) -> dict[str, str]:
    """Return the header that says to a web server what the credentials in *address* say; none if it has none."""
    found = _CREDENTIALS.match(address)
    if found is None:
        return {}
    text = f"{unquote(found['user'])}:{unquote(found['password'] or '')}"
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode('ascii')}"}


def _masked(found: "re.Match[str]") -> str:
    password = ":***" if found["password"] is not None else ""
    return f"{found['scheme']}{found['user']}{password}@"


def _without_secret_parameters(address: str) -> str:
    try:
        query = urlsplit(address).query
    except ValueError:  # brackets in it that are never closed
        query = address.partition("?")[2]
    parameters = parse_qsl(query, keep_blank_values=True)
    if not any(name.lower() in _SECRETS for name, _ in parameters):
        return address
    shown = [(name, "***" if name.lower() in _SECRETS else value) for name, value in parameters]
    return address.replace(query, urlencode(shown, safe="*/:"), 1)
