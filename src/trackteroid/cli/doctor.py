"""`trackteroid doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
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
from trackteroid.cli.command import Command, Styled, json_option, read_key, say
from trackteroid.cli.connecting import Server, server_of, server_options, without_secrets
from trackteroid.cli.ending import REFUSED
from trackteroid.cli.requirements import clashes, extras, superfluous
from trackteroid.client.arguments import without_password
from trackteroid.constants import __VERSION__
from trackteroid.errors import MissingExtraError, TrackteroidError
from trackteroid.session import Session
from trackteroid.spelling import visible_lines

_SIGNS = {"ok": "ok     ", "note": "note   ", "warning": "WARNING", "error": "ERROR  "}
_COLOURS = {"ok": "green", "note": None, "warning": "yellow", "error": "red"}

State: TypeAlias = Literal["ok", "note", "warning", "error"]

#: The versions of Python that this is made for.
_OLDEST, _NEWEST = (3, 10), (3, 13)
#: Seconds that an answer may take, and that clocks may differ.
_PATIENCE, _SKEW = 10, 60
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def doctor_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid doctor` does."""
    server = server_of(given)
    options = {"url": server.url and without_password(server.url), "user": server.user}
    arguments = [f"{name}={value!r}" for name, value in options.items() if value]
    if server.key_file:
        arguments.append(f"key_file=Path({str(server.key_file)!r})")
    return "\n".join(
        [
            *(["from pathlib import Path", ""] if server.key_file else []),
            "from trackteroid.cli.connecting import Server",
            "from trackteroid.cli.doctor import examine",
            "",
            f"for check in examine(Server({', '.join(arguments)})):",
            "    print(check.state, check.name, check.text, check.advice)",
        ]
    )


@click.command(cls=Command, python=doctor_in_python)
@json_option
@server_options
def doctor(**given: Any) -> None:
    """Say what is wrong with the installation, the address, the key, versions and proxies.

    It changes nothing, and shows no keys. It exits with 1 if there is an error.
    """
    as_json = given["as_json"]
    checks = list(examine(server_of(given)))
    errors = sum(check.state == "error" for check in checks)
    lines: list[str] = []
    for check in checks:
        sign = click.style(_SIGNS[check.state], fg=None if os.environ.get("NO_COLOR") else _COLOURS[check.state])
        lines.append(Styled(f"{sign}  {visible_lines(f'{check.name}: {check.text}')}"))
        lines += [f"         {check.advice}"] if check.advice else []
    summary = "Nothing is wrong." if not errors else f"{errors} {'error' if errors == 1 else 'errors'}."
    content = {"is_well": not errors, "checks": [check.as_json() for check in checks]}
    say(content, [*lines, summary], as_json=as_json)
    if errors:
        raise SystemExit(REFUSED)


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
    looks, checks = _Examination(server), dict[Check, None]()  # several may not be seen for the same reason
    for look in (
        *(looks.python, looks.packages, looks.configuration, looks.address),
        *(looks.credentials, looks.network, looks.answer),
    ):
        try:
            checks.update((check, None) for check in look())
        except MissingExtraError:  # noqa: PERF203  # the others are looked at all the same
            advice = "Run: pip install packaging"
            checks[Check("Packages", "note", "they cannot be compared without packaging", advice)] = None
    for check in checks:
        yield Check(check.name, check.state, without_secrets(check.text), without_secrets(check.advice))


class _Examination:
    """What can be looked at: one method for each matter, which yields what it has found."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def python(self) -> Iterator[Check]:
        """Look at Python and at us."""
        here = sys.version_info[:2]
        text = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
        if here < _OLDEST or here > _NEWEST:
            wanted = f"Python {'.'.join(map(str, _OLDEST))} to {'.'.join(map(str, _NEWEST))}"
            yield Check("Python", "warning", text, f"Trackteroid is tested with {wanted}.")
        else:
            yield Check("Python", "ok", text)
        yield Check("Trackteroid", "ok", f"{__VERSION__}, {Path(configuration.__file__).parent}")

    def packages(self) -> Iterator[Check]:
        """Look at what is installed, and whether it fits together."""
        yield Check("ftrack-python-api", "ok", metadata.version("ftrack-python-api"))
        found = list(clashes())
        for clash in found:
            yield Check("Versions", "error", str(clash), f'Run: pip install "{clash.requirement}"')
        if not found:
            yield Check("Versions", "ok", "all packages have the versions of others that they need")
        for name, missing in extras().items():
            if missing:
                advice = f'If you need it: pip install "trackteroid[{name}]"'
                yield Check(f"Extra {name}", "note", f"not installed: {', '.join(missing)}", advice)
            else:
                yield Check(f"Extra {name}", "ok", "installed")
        names = superfluous()
        if names:
            yield Check(
                "Superfluous",
                "note",
                f"only for the documentation of ftrack-python-api: {', '.join(names)}",
                f"Nothing here uses them: pip uninstall {' '.join(names)}",
            )

    def configuration(self) -> Iterator[Check]:
        """Look at the file that the environment names."""
        path = os.environ.get("TRACKTEROID_CONFIGURATION")
        if not path:
            return
        is_there = Path(path).is_file()
        advice = "" if is_there else "Correct TRACKTEROID_CONFIGURATION, or unset it."
        text = path if is_there else f"{path} is no file"
        yield Check("Configuration", "ok" if is_there else "error", text, advice)

    def address(self) -> Iterator[Check]:
        """Look at how the server is named."""
        url = self._server.url or os.environ.get("FTRACK_SERVER", "")
        where = "--server" if self._server.url else "FTRACK_SERVER"
        if not url:
            yield Check("Address", "error", "FTRACK_SERVER is not set", "Set it, or give --server URL.")
        elif url != url.strip():
            yield Check("Address", "warning", f"{where} has blanks around it", "Take them away.")
        elif url.startswith("http://") and not re.match(r"http://(localhost|127\.|\[::1\])", url):
            yield Check(
                "Address", "warning", without_password(url), "Plain HTTP: keys can be read on the way. Use https."
            )
        else:
            yield Check("Address", "ok", f"{without_password(url)} ({where})")

    def credentials(self) -> Iterator[Check]:
        """Look at the user and the key."""
        url = self._server.url or os.environ.get("FTRACK_SERVER", "")
        if url and not url.startswith("http"):
            yield Check("Key", "ok", "a server inside of this process needs none")
            return
        user = self._server.user or os.environ.get("FTRACK_API_USER")
        if user:
            yield Check("User", "ok", user)
        else:
            yield Check("User", "note", "FTRACK_API_USER is not set: the login name is used")
        if self._server.key_file is None:
            is_set = bool(os.environ.get("FTRACK_API_KEY", "").strip())
            if not is_set:
                yield Check("Key", "error", "FTRACK_API_KEY is not set", "Set it, or give --key-file FILE.")
            else:
                yield Check("Key", "ok", "FTRACK_API_KEY is set")
            return
        path = self._server.key_file
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

    def network(self) -> Iterator[Check]:
        """Look at what leads elsewhere than to the server itself: proxies and certificates."""
        for name in _PROXIES:
            value = os.environ.get(name) or os.environ.get(name.lower())
            if value:
                yield Check(name, "note", without_password(value))
        for name in _CERTIFICATES:
            value = os.environ.get(name)
            if value and not Path(value).exists():
                yield Check(name, "error", f"{value}, which is not there", "Correct it, or unset it.")
            elif value:
                yield Check(name, "note", f"certificates are those of {value}")

    def answer(self) -> Iterator[Check]:
        """Ask the server, and compare clocks."""
        if not (self._server.url or os.environ.get("FTRACK_SERVER")):
            return
        found: list[Check] = []
        try:
            with Session(**self._server.arguments(), timeout=_PATIENCE, retries=0) as session:
                information: dict[str, Any] = session.server_information
                product: dict[str, Any] = information.get("product") or {}
                name = " ".join(filter(None, (str(product.get("name", "ftrack")), str(product.get("version", "")))))
                found.append(
                    Check(
                        "Server", "ok", f"answers as {session.api_user}: version {information.get('version')} ({name})"
                    )
                )
                found += self._clock(str(session.server_url), session.address)
        except (TrackteroidError, ftrack_api.exception.Error, click.ClickException, OSError) as error:
            found.append(
                Check(
                    "Server",
                    "error",
                    (str(error).splitlines() or [type(error).__name__])[0],
                    "See the lines about address, key and proxies.",
                )
            )
        yield from found

    def _clock(self, url: str, address: str) -> Iterator[Check]:
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
