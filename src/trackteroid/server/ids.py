"""How ids are written: lower-case UUIDs with dashes, whatever a client makes of them."""

from __future__ import annotations

import re

_UUID = re.compile(r"\s*([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\s*", re.I | re.ASCII)


def written_id(text: str) -> str:
    """An id as databases keep it; what is no UUID is left as it is.

    >>> written_id(" 11C137C0EE7E4F9C91C58C77CEC22B2C ")
    '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c'
    >>> written_id("Annotations ")
    'Annotations '
    """
    found = _UUID.fullmatch(text)
    return "-".join(found.groups()).lower() if found else text
