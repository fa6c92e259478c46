"""How commands that talk to a server end: with one message, and the exit code that says what to do next."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager

import click
import ftrack_api.exception
import requests

from trackteroid.errors import MissingCredentialsError, OperationsFileError, TrackteroidError, TransferError

DONE, REFUSED, USAGE, TRY_AGAIN = 0, 1, 2, 3


@contextmanager
def exit_codes() -> Generator[None]:
    """Turn errors into one message and the exit code that belongs to it."""
    try:
        yield
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        fail(error, TRY_AGAIN)
    except MissingCredentialsError as error:
        fail(error, USAGE)
    except TransferError as error:
        fail(error, TRY_AGAIN if error.is_passing else REFUSED)
    except ftrack_api.exception.EventHubConnectionError as error:
        fail(error, TRY_AGAIN)
    except OperationsFileError as error:
        fail(error, TRY_AGAIN if error.errno == errno.EBUSY else REFUSED)
    except (TrackteroidError, ftrack_api.exception.Error, requests.exceptions.RequestException, OSError) as error:
        fail(error, REFUSED)


def fail(error: Exception, code: int) -> None:
    """Print what went wrong, without the key, and end with a code."""
    text = str(error) or type(error).__name__
    key = os.environ.get("FTRACK_API_KEY")
    click.echo(f"Error: {text.replace(key, '***') if key else text}", err=True)
    raise SystemExit(code) from error
