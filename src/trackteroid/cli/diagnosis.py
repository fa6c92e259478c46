"""What `trackteroid doctor` looks at: one function for each matter, each of which yields what it has found."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click
import ftrack_api.exception
import requests

from trackteroid import configuration
from trackteroid.cli.connecting import Server
from trackteroid.cli.exits import without_secrets
from trackteroid.cli.keys import read_key
from trackteroid.cli.requirements import clashes, extras, superfluous
from trackteroid.client.arguments import without_password
from trackteroid.constants import __VERSION__
from trackteroid.errors import MissingExtraError, TrackteroidError
from trackteroid.session import Session

State: TypeAlias = Literal["ok", "note", "warning", "error"]

#: The versions of Python that this is made for.
_OLDEST, _NEWEST = (3, 10), (3, 13)
#: Seconds that an answer may take, and that clocks may differ.
_PATIENCE, _SKEW = 10, 60
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True)
class Check:
    """What was found about one matter.

    Attributes:
        name: the matter.
        state: how it is.
        text: what was found.
        advice: what to do.
    """

    name: str
    state: State
    text: str
    advice: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as an object for JSON."""
        return asdict(self)


def examine(server: Server) -> Iterator[Check]:
    """Yield what is found about each matter, without keys and passwords."""
    parts: tuple[Callable[[Server], Iterator[Check]], ...] = (
        *(_versions, _packages, _extras, _superfluous, _configuration),
        *(_address, _credentials, _proxies, _certificates, _answer),
    )
    checks = (check for part in parts for check in _seen(part, server))
    for check in dict.fromkeys(checks):  # several may not be seen for the same reason
        yield Check(check.name, check.state, without_secrets(check.text), without_secrets(check.advice))


def _seen(part: Callable[[Server], Iterator[Check]], server: Server) -> Iterator[Check]:
    """Yield what is found about one matter, or that it cannot be seen."""
    try:
        yield from part(server)
    except MissingExtraError:
        yield Check("Packages", "note", "they cannot be compared without packaging", "Run: pip install packaging")


def _versions(_: Server) -> Iterator[Check]:
    here = sys.version_info[:2]
    text = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    if here < _OLDEST or here > _NEWEST:
        wanted = f"Python {'.'.join(map(str, _OLDEST))} to {'.'.join(map(str, _NEWEST))}"
        yield Check("Python", "warning", text, f"Trackteroid is tested with {wanted}.")
    else:
        yield Check("Python", "ok", text)
    yield Check("Trackteroid", "ok", f"{__VERSION__}, {Path(configuration.__file__).parent}")


def _packages(_: Server) -> Iterator[Check]:
    yield Check("ftrack-python-api", "ok", metadata.version("ftrack-python-api"))
    found = list(clashes())
    for clash in found:
        yield Check("Versions", "error", str(clash), f'Run: pip install "{clash.requirement}"')
    if not found:
        yield Check("Versions", "ok", "all packages have the versions of others that they need")


def _extras(_: Server) -> Iterator[Check]:
    for name, missing in extras().items():
        if missing:
            advice = f'If you need it: pip install "trackteroid[{name}]"'
            yield Check(f"Extra {name}", "note", f"not installed: {', '.join(missing)}", advice)
        else:
            yield Check(f"Extra {name}", "ok", "installed")


def _superfluous(_: Server) -> Iterator[Check]:
    names = superfluous()
    if names:
        yield Check(
            "Superfluous",
            "note",
            f"only for the documentation of ftrack-python-api: {', '.join(names)}",
            f"Nothing here uses them: pip uninstall {' '.join(names)}",
        )


def _configuration(_: Server) -> Iterator[Check]:
    path = os.environ.get("TRACKTEROID_CONFIGURATION")
    if not path:
        return
    is_there = Path(path).is_file()
    advice = "" if is_there else "Correct TRACKTEROID_CONFIGURATION, or unset it."
    text = path if is_there else f"{path} is no file"
    yield Check("Configuration", "ok" if is_there else "error", text, advice)


def _address(server: Server) -> Iterator[Check]:
    url = server.url or os.environ.get("FTRACK_SERVER", "")
    where = "--server" if server.url else "FTRACK_SERVER"
    if not url:
        yield Check("Address", "error", "FTRACK_SERVER is not set", "Set it, or give --server URL.")
    elif url != url.strip():
        yield Check("Address", "warning", f"{where} has blanks around it", "Take them away.")
    elif url.startswith("http://") and not re.match(r"http://(localhost|127\.|\[::1\])", url):
        yield Check("Address", "warning", without_password(url), "Plain HTTP: keys can be read on the way. Use https.")
    else:
        yield Check("Address", "ok", f"{without_password(url)} ({where})")


def _credentials(server: Server) -> Iterator[Check]:
    url = server.url or os.environ.get("FTRACK_SERVER", "")
    if url and not url.startswith("http"):
        yield Check("Key", "ok", "a server inside of this process needs none")
        return
    user = server.user or os.environ.get("FTRACK_API_USER")
    if user:
        yield Check("User", "ok", user)
    else:
        yield Check("User", "note", "FTRACK_API_USER is not set: the login name is used")
    if server.key_file is None:
        is_set = bool(os.environ.get("FTRACK_API_KEY", "").strip())
        if not is_set:
            yield Check("Key", "error", "FTRACK_API_KEY is not set", "Set it, or give --key-file FILE.")
        else:
            yield Check("Key", "ok", "FTRACK_API_KEY is set")
        return
    yield from _key_file(server.key_file)


def _key_file(path: Path) -> Iterator[Check]:
    try:
        is_empty = not read_key(path)
    except click.ClickException as error:
        yield Check("Key", "error", error.message)
        return
    if is_empty:
        yield Check("Key", "error", f"{path} is empty")
    elif os.name == "posix" and path.stat().st_mode & 0o077:
        yield Check("Key", "warning", f"others may read {path}", f"Run: chmod 600 {path}")
    else:
        yield Check("Key", "ok", str(path))


def _proxies(_: Server) -> Iterator[Check]:
    for name in _PROXIES:
        value = os.environ.get(name) or os.environ.get(name.lower())
        if value:
            yield Check(name, "note", without_password(value))


def _certificates(_: Server) -> Iterator[Check]:
    for name in _CERTIFICATES:
        value = os.environ.get(name)
        if value and not Path(value).exists():
            yield Check(name, "error", f"{value}, which is not there", "Correct it, or unset it.")
        elif value:
            yield Check(name, "note", f"certificates are those of {value}")


def _answer(server: Server) -> Iterator[Check]:
    if not (server.url or os.environ.get("FTRACK_SERVER")):
        return
    found: list[Check] = []
    try:
        with Session(**server.arguments(), timeout=_PATIENCE, retries=0) as session:
            information: dict[str, Any] = session.server_information
            product: dict[str, Any] = information.get("product") or {}
            name = " ".join(filter(None, (str(product.get("name", "ftrack")), str(product.get("version", "")))))
            found.append(
                Check("Server", "ok", f"answers as {session.api_user}: version {information.get('version')} ({name})")
            )
            found += _clock(str(session.server_url), session.address)
    except (TrackteroidError, ftrack_api.exception.Error, click.ClickException, OSError) as error:
        found.append(Check("Server", "error", _first_line(error), "See the lines about address, key and proxies."))
    yield from found


def _clock(url: str, address: str) -> Iterator[Check]:
    if not address.startswith("http"):
        return
    answer = requests.head(url, timeout=_PATIENCE, allow_redirects=False)
    said = answer.headers.get("Date")
    if said is None:
        yield Check("Clock", "note", "the server does not tell its time")
        return
    difference = (datetime.now(timezone.utc) - parsedate_to_datetime(said)).total_seconds()
    if abs(difference) > _SKEW:
        way = "ahead of" if difference > 0 else "behind"
        advice = "Set the clock: files and events go by it."
        yield Check("Clock", "warning", f"this machine is {abs(difference):.0f} s {way} the server", advice)
    else:
        yield Check("Clock", "ok", "as that of the server")


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
