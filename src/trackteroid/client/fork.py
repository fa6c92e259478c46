"""Sessions in forked children: a child never uses a connection, a lock or a database handle of its parent.

Two processes that write to one socket mix up their requests, a lock that another thread held at the moment of the fork
is held forever in the child, and SQLite forbids to use a connection across a fork. So the moment a child begins, each
session in it gets locks of its own and a ``requests.Session`` with the same settings but no open connections. Its
entities and pending operations are copies that the child may use.

Nothing of the parent's is closed in the child: closing may speak to the other end, for both of them.
"""

from __future__ import annotations

import copy
import os
import threading
from collections import OrderedDict
from typing import Any
from weakref import WeakSet

import requests
from ftrack_api.session import SessionAuthentication
from requests.adapters import HTTPAdapter

from trackteroid.client.base import BaseSession
from trackteroid.client.contract import LOCKS
from trackteroid.client.inprocess import servers
from trackteroid.errors import ForkedSessionError
from trackteroid.later import has_run

_sessions: WeakSet[BaseSession] = WeakSet()
#: What belongs to the parent of this process. It is kept, because letting go of it would close it.
_inherited: list[Any] = []


def register(session: BaseSession) -> None:
    """Let *session* have a connection of its own in every child that is forked from now on."""
    _sessions.add(session)


def own_connection(connection: requests.Session) -> requests.Session:
    """Return a copy of *connection* with the same settings and cookies, but without its open sockets."""
    fresh = copy.copy(connection)
    # The adapters of requests can be copied: they leave their sockets behind. Of others nobody knows.
    fresh.adapters = OrderedDict(
        (prefix, copy.copy(each) if isinstance(each, HTTPAdapter) else each)
        for prefix, each in connection.adapters.items()
    )
    fresh.cookies = connection.cookies.copy()
    return fresh


def lease_again(session: BaseSession, lease: servers.Lease, connection: requests.Session) -> servers.Lease:
    """Return a share in a server of this process for the database of *lease*, which belongs to the parent.

    From then on *connection*, which is the session's, leads there.

    Raises:
        ForkedSessionError: the database is in the memory of the parent, or only the parent has the server.
    """
    if not lease.can_be_repeated:
        raise ForkedSessionError(
            f"This process was forked from process {lease.pid}, in whose memory the server of the session lives. "
            "Give the session a database that both can open, such as "
            'Session(server_url="sqlite:///file.db"), or make a session of its own in the child.'
        )
    repeated = lease.repeat()
    if session.api_key == lease.api_key:
        session._api_key = repeated.api_key
        connection.auth = SessionAuthentication(repeated.api_key, session.api_user)
    connection.mount(repeated.url, repeated.adapter)
    return repeated


def after_fork_in_child() -> None:
    """Give each session of a forked child locks and a connection of its own."""
    if has_run(servers):
        servers.after_fork(_inherited)
    for session in list(_sessions):
        state = vars(session)
        session.after_fork()
        state.update(dict.fromkeys(state.keys() & set(LOCKS), threading.RLock()))
        connection = state.get("_managed_request")
        if connection is not None:
            _inherited.append(connection)
            state["_managed_request"] = own_connection(connection)
        hub = state.get("_event_hub")
        if hub is not None:
            _inherited.append(hub._connection)
            hub._connection = None
            hub._connection_initialised = False
            hub._lock = threading.RLock()
            state["_auto_connect_event_hub_thread"] = None


if hasattr(os, "register_at_fork"):  # Windows has no forks
    os.register_at_fork(after_in_child=after_fork_in_child)
