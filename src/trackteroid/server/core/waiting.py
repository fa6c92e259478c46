"""What a call waits for that asks for something which is not there yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackteroid.values import frozen


@frozen
class Wait:
    """What a call waits for.

    Attributes:
        seconds: How long, at most, from its beginning.
        operation: What is asked once there may be something.
        expression: The events that may be it.
        subscriber: What whoever asks says of itself.
        group: The group whose consumer asks, if it is one: what others give back is for it, too.
        look_seconds: After how long is asked all the same.
    """

    seconds: float
    operation: Mapping[str, Any]
    expression: str
    subscriber: Mapping[str, Any]
    group: str | None = None
    look_seconds: float | None = None
