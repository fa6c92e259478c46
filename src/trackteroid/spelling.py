"""How ids, points in time and texts are spelt, for the library and for the server.

Ids are lower-case UUIDs with dashes. Points in time come as ``datetime`` and ``date`` objects, the arrow objects that
ftrack_api makes (which have a ``datetime`` inside), and where text is welcome, ISO 8601 text. What has no time is
midnight, what has no time zone is UTC, as for the server.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Sequence

# Without a flag for capitals, with which compiling takes ten times as long.
_HEX = "[0-9a-fA-F]"
_UUID = re.compile(rf"\s*({_HEX}{{8}})-?({_HEX}{{4}})-?({_HEX}{{4}})-?({_HEX}{{4}})-?({_HEX}{{12}})\s*")
_WRITTEN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

_CLAIM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

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
    if _WRITTEN.fullmatch(text):
        return text
    found = _UUID.fullmatch(text)
    return "-".join(found.groups()).lower() if found else text


def is_id(text: str) -> bool:
    """Return whether a text is an id, however it is written.

    >>> is_id("11C137C0EE7E4F9C91C58C77CEC22B2C"), is_id("sh010")
    (True, False)
    """
    return _UUID.fullmatch(text) is not None


def folded(text: str) -> str:
    """Return a text in the one form of all that differ from it by capitals, or by how accents are put together.

    >>> folded("STRASSE") == folded("Straße"), folded("e\u0301") == folded("\u00e9")
    (True, True)
    """
    return unicodedata.normalize("NFC", text.casefold())


#: How often something can have become something else, so that its id is taken, before nothing like it is claimed.
_CLAIMS = 8


def claims(*parts: object) -> list[str]:
    """Return the ids for something that there is to be once, made of what it is: whoever makes it makes the same.

    Of several who make it at the same moment, one does, and the others are refused, because the id is taken. A server
    of ours also refuses it when somebody has made the same under another id. The first that is free is meant: others
    belong to what was the same once, and has another name by now.

    They are UUIDs of version 8, the one for rules of one's own, so that none is mistaken for an id made by chance.

    >>> claims("Asset", "Comp") == claims("Asset", "comp"), claims("Asset", "plate")[0]
    (True, '3b1dbf93-1667-8228-90fa-fd9189bc62a2')
    """
    text = "\0".join(folded(str(part)) for part in parts)
    found: list[str] = []
    for number in range(_CLAIMS):
        digits = list(hashlib.sha256(f"{text}\0{number}".encode()).hexdigest()[:32])
        digits[12], digits[16] = "8", "89ab"[int(digits[16], 16) % 4]
        found.append(written_id("".join(digits)))
    return found


def is_claim(text: str) -> bool:
    """Return whether an id was one of `claims`."""
    return _CLAIM.fullmatch(text) is not None


def written_ids(texts: Sequence[str]) -> Sequence[str]:
    """Return each of these as `written_id` does. Thousands that are written so already are found out in one go.

    >>> written_ids(["11C137C0EE7E4F9C91C58C77CEC22B2C", "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c"])
    ['11c137c0-ee7e-4f9c-91c5-8c77cec22b2c', '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c']
    """
    # What is as long as an id with dashes, and has only small digits and dashes, is written as one or is none at all.
    if "".join(texts).encode().translate(None, _SMALL) == b"" and list(map(len, texts)).count(_LENGTH) == len(texts):
        return texts
    return list(map(written_id, texts))


def moment_of(value: object, *, text: bool = False) -> datetime.datetime | None:
    """Return the moment that *value* stands for, in its own time zone; None if it stands for none.

    Args:
        value: anything.
        text: whether ISO 8601 text is taken too.

    >>> moment_of(datetime.date(2026, 1, 31))
    datetime.datetime(2026, 1, 31, 0, 0, tzinfo=datetime.timezone.utc)
    >>> moment_of("2026-01-31T12:00:00+02:00", text=True).isoformat()
    '2026-01-31T12:00:00+02:00'
    """
    if isinstance(value, str):
        return _parsed(value) if text else None
    inner = getattr(value, "datetime", None)
    found = inner if isinstance(inner, datetime.datetime) else value
    if isinstance(found, datetime.datetime):
        return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)
    if isinstance(found, datetime.date):
        return datetime.datetime(found.year, found.month, found.day, tzinfo=datetime.timezone.utc)
    return None


def to_datetime(value: object) -> datetime.datetime | None:
    """Return the moment that a date, a datetime or an arrow object stands for, in UTC; None for anything else."""
    found = moment_of(value)
    return None if found is None else found.astimezone(datetime.timezone.utc)


def _parsed(text: str) -> datetime.datetime | None:
    try:
        return moment_of(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError:
        return None


def quoted(value: object) -> str:
    r"""Return a value as a literal of the query language.

    >>> print(quoted('5" disk'))
    "5\" disk"
    """
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_WRITTEN_OUT = {"\n": "⏎", "\r": "", "\t": " "}
_BREAKS = re.compile(r"([\n\t])")
#: What draws nothing itself, and joins what belongs together.
_JOINING = "\u200c\u200d"


def visible(text: str) -> str:
    r"""Return *text* in one line, with characters that draw nothing written out.

    >>> visible("a\x1b[31mb\u202e")
    'a\\x1b[31mb\\u202e'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def visible_lines(text: str) -> str:
    r"""Return *text* with its lines and tabs, and otherwise as `visible` does.

    >>> visible_lines("a\x1b[31m\n\tb")
    'a\\x1b[31m\n\tb'
    """
    return "".join(part if part in "\n\t" else visible(part) for part in _BREAKS.split(text))


def _visible(character: str) -> str:
    if character in _WRITTEN_OUT:
        return _WRITTEN_OUT[character]
    if character.isprintable() or character in _JOINING or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode("ascii")
