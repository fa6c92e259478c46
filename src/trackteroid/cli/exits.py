"""Errors become one message and an exit code; what is secret is not in the message."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager

import click
import ftrack_api.exception
import requests

from trackteroid.cli.codes import REFUSED, TRY_AGAIN, USAGE
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
from trackteroid.spelling import visible_lines

_SECRETS = "trackteroid.cli.secrets"
#: Shorter keys are no secrets, and words of messages could look like them.
_LEAST = 8
#: What whoever is at the shell has given wrongly.
_USAGE = (MissingCredentialsError, UnknownNameError, InvalidArgumentsError, AssignmentError, CreationError)
#: What servers call it when a query is misspelt, or none.
_WRONG_QUESTIONS = ("QueryError", "ParseError")


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


def fail(error: Exception, code: int) -> None:
    """Print what went wrong, without keys, and end with a code."""
    click.echo(f"Error: {visible_lines(without_secrets(str(error) or type(error).__name__))}", err=True)
    raise SystemExit(code) from error
