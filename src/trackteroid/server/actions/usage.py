"""The action `_track_usage`: tools tell the vendor what is used. Nobody is listening here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackteroid.server.core.request import Request


def track_usage(_request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Take note of nothing; callers expect an answer, and ignore it."""
    return {"action": operation["action"], "success": True}
