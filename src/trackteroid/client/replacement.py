"""Letting programs that make ``ftrack_api.Session`` objects make others instead."""

import functools
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import ftrack_api

from trackteroid.client.arguments import ARGUMENTS
from trackteroid.client.base import BaseSession

Make = Callable[..., None]

_lock = threading.RLock()
_active: "list[Replacement]" = []


class Replacement:
    """From its creation until `undo`, or the end of a ``with`` block, ``ftrack_api.Session(...)`` makes other sessions.

    What is exchanged is the initialiser: it turns the new object into one of *kind*, a class derived from
    ``ftrack_api.Session``, and runs the initialiser of that. So it does not matter under which name, and how long ago,
    a program has imported the class, and every ``isinstance`` stays true. Classes that others have derived from
    ``ftrack_api.Session`` stay what they are.

    The *arguments*, by name, take the place of those that programs give, also for the classes that others have derived.
    With ``ftrack_api.Session`` as *kind* they are all that is exchanged.

    Of several at once the newest counts; each can be undone at any time, and more than once.
    """

    def __init__(self, kind: type[ftrack_api.Session], arguments: Mapping[str, Any] = MappingProxyType({})) -> None:
        self.kind = kind
        self.arguments = arguments
        with _lock:
            _active.append(self)
            if ftrack_api.Session.__init__ is not _initialise:
                global _original
                _original = ftrack_api.Session.__init__
                ftrack_api.Session.__init__ = _initialise

    def undo(self) -> None:
        """Let ``ftrack_api.Session(...)`` make what it made before."""
        with _lock:
            if self in _active:
                _active.remove(self)
            if not _active and ftrack_api.Session.__init__ is _initialise:
                ftrack_api.Session.__init__ = _original

    def __enter__(self) -> "Replacement":
        return self

    def __exit__(self, *_: object) -> None:
        self.undo()


_original: Make = ftrack_api.Session.__init__


@functools.wraps(_original)
def _initialise(self: Any, *args: Any, **kwargs: Any) -> None:
    newest = _active[-1:]
    if not newest or isinstance(self, BaseSession):  # one of ours knows what it is and where it belongs
        _original(self, *args, **kwargs)
        return
    rest, named = args, kwargs
    if newest[0].arguments:  # what is too much stays, to be refused
        rest, given = args[len(ARGUMENTS) :], dict(zip(ARGUMENTS, args, strict=False))
        named = {**given, **kwargs, **newest[0].arguments}
    if type(self) is not ftrack_api.Session or newest[0].kind is ftrack_api.Session:
        _original(self, *rest, **named)
        return
    self.__class__ = newest[0].kind
    self.__init__(*rest, **named)
