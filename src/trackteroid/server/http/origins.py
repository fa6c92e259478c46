"""Which web pages may call: browsers say where a page comes from, and ask before they send what is not simple."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trackteroid.server.core.failures import PermissionError_

#: Pages of this machine, such as those of a program in development.
_OWN_MACHINE = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


class Origins:
    """The origins of pages that may call.

    Args:
        allowed: Origins such as ``https://tools.studio.example``; ``*`` allows all. Pages of this machine always may.
        own: The address of the server itself, whose pages may call, too.
    """

    def __init__(self, allowed: Sequence[str] = (), own: str | None = None) -> None:
        named = [re.escape(origin.rstrip("/")) for origin in (*allowed, *([own] if own else []))]
        self.pattern = ".*" if "*" in allowed else "|".join([_OWN_MACHINE, *named])
        self._allowed = re.compile(self.pattern)

    def check(self, origin: str | None, own: str) -> None:
        """Refuse a call of a page that may not call; programs send no origin, and may."""
        if origin is None or origin == own or self._allowed.fullmatch(origin):
            return
        raise PermissionError_(
            f"Pages of {origin[:200]} may not call this server. Start it with --allow-origin {origin[:200]} if they "
            "should."
        )
