"""The choices of enumerators: what a custom attribute offers, and which of it a value chooses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from trackteroid.errors import suggest

#: The types of custom attributes with choices; those of dynamic ones are known to the tools that offer them only.
CHOOSING = ("enumerator", "dynamic enumerator")

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Choices:
    """What an enumerator offers.

    Attributes:
        known: The values to choose from; None where nobody can tell.
        several: Whether a value may be more than one of them.
    """

    known: tuple[str, ...] | None = None
    several: bool = True

    @property
    def expected(self) -> str:
        """What is taken, in words."""
        if self.known is None:
            return "a text or a list of texts" if self.several else "a text, or a list with one"
        named = ", ".join(f'"{choice}"' for choice in self.known[:_MOST_NAMED]) or "of no choices yet"
        more = f" and {len(self.known) - _MOST_NAMED} more" if len(self.known) > _MOST_NAMED else ""
        return f"{'some' if self.several else 'one'} of {named}{more}"

    def choose(self, value: object) -> list[str] | str | None:
        """Return the chosen values as they are sent, or None if these are no choices or too many.

        A text is one choice, with all its commas; or, where several can be chosen and it is none itself, choices with
        commas between them. Where nobody knows the choices, a text without commas is sent as it is.
        """
        if self.known is None and isinstance(value, str) and "," not in value:
            return value or None
        chosen = self._parts(value) if isinstance(value, str) else _texts(value)
        if chosen is None or (len(chosen) > 1 and not self.several):
            return None
        return list(dict.fromkeys(chosen)) if all(map(self._offers, chosen)) else None

    def hint(self, value: object) -> str:
        """Return what may have been meant by a value that is refused, or an empty text."""
        for each in self._parts(value) if isinstance(value, str) else _texts(value) or []:
            if not self._offers(each):
                return suggest(each, self.known or ())
        return ""

    def _offers(self, text: str) -> bool:
        return text in self.known if self.known is not None else bool(text)

    def _parts(self, text: str) -> list[str]:
        if self.known is None or not self.several or text in self.known:
            return [text]
        return [part.strip() for part in text.split(",")]


@lru_cache(maxsize=1024)
def choices_of(config: str | None) -> Choices:
    """Return what the ``config`` of an enumerator says; one that cannot be read says nothing.

    >>> choices_of('{"multiSelect": false, "data": [{"menu": "Final", "value": "final"}]}')
    Choices(known=('final',), several=False)
    """
    try:
        settings: Any = json.loads(config) if config else {}
        data = settings.get("data")
        entries: Any = json.loads(data or "null") if isinstance(data, str) else data
        several = settings.get("multiSelect", entries is None) in (True, "true")
        return Choices(None if entries is None else tuple(dict.fromkeys(map(_value, entries))), several)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Choices()


def _value(entry: object) -> str:
    return str(cast("Mapping[str, Any]", entry)["value"] if isinstance(entry, Mapping) else entry)


def _texts(value: object) -> list[str] | None:
    if not isinstance(value, list | tuple):
        return None
    parts = list(cast("list[object]", value))
    return [part for part in parts if isinstance(part, str)] if all(isinstance(part, str) for part in parts) else None
