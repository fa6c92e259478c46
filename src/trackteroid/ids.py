"""How ids are written, for the library and for the server: as lower-case UUIDs with dashes."""

import re

_UUID = re.compile(r"\s*([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\s*", re.I | re.ASCII)


def written_id(text: str) -> str:
    """Return an id as it is kept: without blanks around it, in small letters and with dashes.

    What is no UUID is somebody's own key, and is left as it is.

    >>> written_id(" 11C137C0EE7E4F9C91C58C77CEC22B2C ")
    '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c'
    >>> written_id("Annotations ")
    'Annotations '
    """
    found = _UUID.fullmatch(text)
    return "-".join(found.groups()).lower() if found else text
