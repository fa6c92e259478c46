"""The action `configure_totp`: a second factor for logging in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request


def configure_totp(_request: Request, operation: Mapping[str, Any]) -> NoReturn:
    """Refuse to set up a second factor: nobody logs in here with a password, so nothing would ever ask for it."""
    if not operation.get("code"):
        raise ValidationError("A code must be provided to enable totp.")
    raise ValidationError(
        "totp was not enabled: users of this server have API keys and no passwords, so no login could ask for a code."
    )
