"""Errors as users see them: their own code and the message, and not how the library got there."""

import functools
import os
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

from ftrack_api.exception import Error

from trackteroid.errors import TrackteroidError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

#: Set in the environment to any text, it leaves tracebacks as Python makes them.
VARIABLE = "TRACKTEROID_FULL_TRACEBACKS"

_INTERNALS = ("trackteroid", "ftrack_api", "requests", "urllib3", "http", "socket", "contextlib")


def outermost(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let errors of ours that leave *function* forget the frames of libraries inside of it.

    It is for what users call. Their own frames stay, also those of functions that they have passed. Errors of
    ftrack_api, which formats what is in braces, get a text that can be read.
    """

    @functools.wraps(function)
    def calling(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except TrackteroidError as error:
            raise error.with_traceback(_shortened(error.__traceback__))  # noqa: B904  # it stays the same error
        except Error as error:
            _make_readable(error)
            raise

    return calling


def _make_readable(error: Error) -> None:
    try:
        str(error)
    except (LookupError, ValueError, AttributeError):
        error.message = error.message.replace("{", "{{").replace("}", "}}")


def _shortened(traceback: TracebackType | None) -> TracebackType | None:
    if traceback is None or os.environ.get(VARIABLE):
        return traceback
    following = _shortened(traceback.tb_next)
    if str(traceback.tb_frame.f_globals.get("__name__")).partition(".")[0] in _INTERNALS:
        return following
    return TracebackType(following, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)
