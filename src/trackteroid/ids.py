"""How ids are written, for the library and for the server: as lower-case UUIDs with dashes."""

import re
from collections.abc import Sequence

_UUID = re.compile(r"\s*([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\s*", re.I)

_SMALL = b"0123456789abcdef-"
_LENGTH = len("11c137c0-ee7e-4f9c-91c5-8c77cec22b2c")


def written_id(text: str) -> str:
    """Return an id as it is kept: without blanks around it, in small letters and with dashes.

    Blanks are also those that web pages and tables put there, such as the one that does not break. What is no UUID is
    somebody's own key, and is left as it is.

    >>> written_id(" 11C137C0EE7E4F9C91C58C77CEC22B2C ")
    '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c'
    >>> written_id("Annotations ")
    'Annotations '
    """
    found = _UUID.fullmatch(text)
    return "-".join(found.groups()).lower() if found else text


def written_ids(texts: Sequence[str]) -> Sequence[str]:
    """Return each of these as `written_id` does. Thousands that are written so already are found out in one go.

    >>> written_ids(["11C137C0EE7E4F9C91C58C77CEC22B2C", "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c"])
    ['11c137c0-ee7e-4f9c-91c5-8c77cec22b2c', '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c']
    """
    # What is as long as an id with dashes, and has only small digits and dashes, is written as one or is none at all.
    if "".join(texts).encode().translate(None, _SMALL) == b"" and list(map(len, texts)).count(_LENGTH) == len(texts):
        return texts
    return list(map(written_id, texts))
