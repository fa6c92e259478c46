"""Making existing tools use our session, or a server of ours, whatever they are written for."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from unittest import mock

import ftrack_api

from trackteroid.session import SESSION, Session, replace_ftrack_api_sessions
from trackteroid.testing.reaching import LocalServer


@contextmanager
def substitute(server: LocalServer | None = None, *, session: type[ftrack_api.Session] = Session) -> Generator[None]:
    """Make existing tools use sessions of ours, and a server of ours if there is one, for the time of a block.

    ``ftrack_api.Session(...)`` makes a session of this kind, under whatever name and however long ago a tool has
    imported it. With a server all sessions of ``ftrack_api`` that are made in the block go there, whatever address and
    credentials a tool gives, and also where it has derived a class from ``ftrack_api.Session``. ``trackteroid.SESSION``
    and the environment lead there, too, see `pointed_at`.

    Args:
        server: where they go; where they would go anyway, if there is none.
        session: the kind of sessions: `Session` or a class derived from it, or ``ftrack_api.Session`` to keep the
            official client.

    >>> with substitute(ftrack_server):  # doctest: +SKIP
    ...     existing_tool.main(["--shot", "sh0010"])
    """
    if server is None:
        with replace_ftrack_api_sessions(session):
            yield
        return
    with pointed_at(server), replace_ftrack_api_sessions(session, arguments=server.credentials):
        yield


@contextmanager
def pointed_at(server: LocalServer) -> Generator[Mapping[str, str]]:
    """Let the environment and ``trackteroid.SESSION`` lead to a server for the time of a block.

    ``SESSION`` connects when it is first used, and is not connected before and after. Sessions that exist already, and
    those that are given an address, go where they went before.

    Returns:
        The variables, for processes that are started with an environment of their own.
    """
    environment = server.environment
    with mock.patch.dict(os.environ, environment), SESSION.elsewhere(**server.credentials):
        for name in ("FTRACK_APIKEY", "FTRACK_EVENT_PLUGIN_PATH"):
            os.environ.pop(name, None)  # patched, so it comes back
        yield environment
