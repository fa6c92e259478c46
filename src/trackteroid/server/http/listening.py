"""The sockets that a server listens on."""

from __future__ import annotations

import os
import socket

#: Clients that start at the sight of the printed address wait in line until the server takes them.
_IN_LINE = 2048


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises `OSError` where that cannot be.

    Its protocol is named: asyncio sends small answers at once only over connections that say they are TCP, and each of
    the others waits for 40 ms. The option itself is for servers that do not look.

    Example:
        >>> with listen("127.0.0.1", 0) as listener:
        ...     listener.proto == socket.IPPROTO_TCP
        True
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if os.name == "posix":
            # Elsewhere the option would let two servers share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_IN_LINE)
    except OSError:
        listener.close()
        raise
    return listener
