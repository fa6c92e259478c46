"""The server that a command asks, of its options or of the environment, and what becomes of its errors.

They become one message and an exit code; what is secret is not in the message.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
import ftrack_api.exception
import requests

from trackteroid.cli.command import read_key
from trackteroid.cli.ending import REFUSED, TRY_AGAIN, USAGE
from trackteroid.client.arguments import without_password
from trackteroid.errors import (
    AssignmentError,
    CreationError,
    InvalidArgumentsError,
    MissingCredentialsError,
    OperationsFileError,
    RefusedError,
    TrackteroidError,
    TransferError,
    UnknownNameError,
)
from trackteroid.session import Session
from trackteroid.spelling import visible_lines

_SECRETS = "trackteroid.cli.secrets"
#: Shorter keys are no secrets, and words of messages could look like them.
_LEAST = 8
#: What whoever is at the shell has given wrongly.
_USAGE = (MissingCredentialsError, UnknownNameError, InvalidArgumentsError, AssignmentError, CreationError)
#: What servers call it when a query is misspelt, or none.
_WRONG_QUESTIONS = ("QueryError", "ParseError")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Server:
    """Which server is asked, and as whom; what is None is taken from the environment.

    Attributes:
        url: its address.
        user: the name of the user.
        key_file: the file with the key of the user.
    """

    url: str | None = None
    user: str | None = None
    key_file: Path | None = None

    @property
    def is_default(self) -> bool:
        """Whether it is all that of the environment."""
        return self == Server()

    def arguments(self) -> dict[str, Any]:
        """Return what a session is given, without what it takes from the environment.

        Raises:
            ClickException: the file with the key cannot be read.
        """
        given: dict[str, Any] = {"server_url": self.url, "api_user": self.user}
        if self.key_file is not None:
            given["api_key"] = read_key(self.key_file)
            keep_secret(given["api_key"])
        return {name: value for name, value in given.items() if value is not None}

    def python(self, names: Sequence[str], *, needs_session: bool = False) -> list[str]:
        """Return the beginning of a program: the imports of *names*, and the session if it is not the usual one."""
        if self.is_default:
            imported = [*(["SESSION"] if needs_session else []), *names]
            return [f"from trackteroid import {', '.join(imported)}", ""] if imported else []
        given = {"server_url": self.url and repr(without_password(self.url)), "api_user": self.user and repr(self.user)}
        if self.key_file:
            given["api_key"] = f"Path({os.fspath(self.key_file)!r}).read_text().strip()"
        arguments = ", ".join(f"{name}={value}" for name, value in given.items() if value)
        paths = ["from pathlib import Path", ""] if self.key_file else []
        imported = f"from trackteroid import {', '.join(['Session', *names])}"
        return [*paths, imported, "", f"session = Session({arguments})"]

    @property
    def session(self) -> str:
        """What the session is called in that program."""
        return "SESSION" if self.is_default else "session"


def server_options(command: F) -> F:
    """Give a command the options that say which server is asked."""
    options = (
        click.option("--server", metavar="URL", help="The server.  [default: FTRACK_SERVER]"),
        click.option("--user", metavar="NAME", help="The user.  [default: FTRACK_API_USER]"),
        click.option(
            "--key-file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="File with the key of the user.  [default: FTRACK_API_KEY]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def server_of(given: dict[str, Any]) -> Server:
    """Return the server that the options of a command name; they are taken out of *given*."""
    return Server(given.pop("server"), given.pop("user"), given.pop("key_file"))


@contextmanager
def connected(server: Server) -> Generator[Session]:
    """Open a session for the time of a block; errors in it become a message and an exit code."""
    with exit_codes(), Session(**server.arguments()) as session:
        yield session


@contextmanager
def exit_codes() -> Generator[None]:
    """Turn errors into one message and the exit code that belongs to it."""
    try:
        yield
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        fail(error, TRY_AGAIN)
    except _USAGE as error:
        fail(error, USAGE)
    except RefusedError as error:
        fail(error, USAGE if error.exception in _WRONG_QUESTIONS else REFUSED)
    except TransferError as error:
        fail(error, TRY_AGAIN if error.is_passing else REFUSED)
    except ftrack_api.exception.EventHubConnectionError as error:
        fail(error, TRY_AGAIN)
    except OperationsFileError as error:
        fail(error, TRY_AGAIN if error.errno == errno.EBUSY else REFUSED)
    except (TrackteroidError, ftrack_api.exception.Error, requests.exceptions.RequestException, OSError) as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:  # whoever read this has seen enough
            raise
        fail(error, REFUSED)


def fail(error: Exception, code: int) -> None:
    """Print what went wrong, without keys, and end with a code."""
    click.echo(f"Error: {visible_lines(without_secrets(str(error) or type(error).__name__))}", err=True)
    raise SystemExit(code) from error


def keep_secret(text: str) -> None:
    """Let no message of the command that is running show a *text*."""
    click.get_current_context().meta.setdefault(_SECRETS, set()).add(text)


def without_secrets(text: str) -> str:
    """Return a message without keys."""
    context = click.get_current_context(silent=True)
    known: set[str] = context.meta.get(_SECRETS, set()) if context else set()
    for secret in (*known, os.environ.get("FTRACK_API_KEY", "").strip()):
        if len(secret) >= _LEAST:
            text = text.replace(secret, "***")
    return text
