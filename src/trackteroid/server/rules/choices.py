"""The choices of enumerators: what a configuration offers, and which of it a value chooses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from trackteroid.server.core.failures import ValidationError, nearest, suggestion
from trackteroid.server.core.values import shown
from trackteroid.values import frozen

_MOST_NAMED = 20


@frozen
class Choices:
    """What an enumerator offers.

    Attributes:
        known: The values to choose from; None where only the tools that offer them know, as for dynamic enumerators.
        several: Whether a value may be more than one of them.
    """

    known: tuple[str, ...] | None = None
    several: bool = True

    def choose(self, key: str, value: Any) -> list[str] | None:
        """Return the chosen values, from a list of texts or from one text with commas between them; '' is none at all.

        A text that is a choice is that choice, whatever commas it has.

        Raises:
            TypeError: It is neither.
            ValidationError: It is no choice, or too many.
        """
        chosen = self._parts(value)
        if chosen is None:
            return None
        chosen = list(dict.fromkeys(each for each in chosen if each or self._offers("")))
        for each in chosen:
            if self.known is not None and not self._offers(each):
                named = ", ".join(map(shown, self.known[:_MOST_NAMED])) or "its choices, of which there are none yet"
                more = f" and {len(self.known) - _MOST_NAMED} more" if len(self.known) > _MOST_NAMED else ""
                raise ValidationError(
                    f'Custom attribute value for "{key}" must be one of {named}{more}. Got {shown(each)}.'
                    f"{suggestion(nearest(each, self.known))}"
                )
        if len(chosen) > 1 and not self.several:
            raise ValidationError(f'Custom attribute "{key}" takes one value only. Got {shown(chosen)}.')
        return chosen

    def _offers(self, text: str) -> bool:
        return text in (self.known or ())

    def _parts(self, text: Any) -> list[str] | None:
        if isinstance(text, list) and all(isinstance(part, str) for part in text):  # pyright: ignore[reportUnknownVariableType] - any JSON
            return list(text)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - checked above
        if not isinstance(text, str):
            raise TypeError
        if self._offers(text):
            return [text]
        if not text.strip():
            return None
        if self.known is None and not self.several:
            return [text]
        pieces = text.split(",")
        return self._put_together(pieces) or [piece.strip() for piece in pieces if piece.strip()]

    def _put_together(self, pieces: Sequence[str]) -> list[str] | None:
        """Return the choices that `pieces`, with commas between them, are the text of; None if they are not."""
        known = self.known or ()
        by_text = {choice.strip(): choice for choice in known}
        longest = max((choice.count(",") for choice in known), default=-1) + 1
        found: list[list[str] | None] = [[]]  # of all pieces from some place on, that of the last place first
        for start in range(len(pieces) - 1, -1, -1):
            made: list[str] | None = None
            for length in range(min(longest, len(pieces) - start), 0, -1):
                first = by_text.get(",".join(pieces[start : start + length]).strip())
                rest = found[len(pieces) - start - length]
                if first is not None and rest is not None:
                    made = [first, *rest]
                    break
            found.append(made)
        return found[-1]


@lru_cache(maxsize=1024)
def choices_of(config: str | None) -> Choices:
    """Return what the `config` of an enumerator says; one that nobody can read says nothing."""
    try:
        return read_choices(config)
    except (ValueError, RecursionError):
        return Choices()


def read_choices(config: str | None) -> Choices:
    """Return what the `config` of an enumerator says.

    >>> read_choices('{"multiSelect": false, "data": [{"menu": "Final", "value": "final"}]}')
    Choices(known=('final',), several=False)

    Raises:
        ValueError: It is no such text.
    """
    settings: Any = json.loads(config) if config else {}
    if not isinstance(settings, dict):
        raise ValueError("no object")
    data: Any = cast("dict[str, Any]", settings).get("data")
    entries: Any = json.loads(data or "null") if isinstance(data, str) else data
    if not isinstance(entries, list | None):
        raise ValueError("no list")
    several = cast("dict[str, Any]", settings).get("multiSelect", entries is None) in (True, "true")
    if entries is None:
        return Choices(None, several)
    known: dict[str, None] = {}
    for entry in cast("list[Any]", entries):  # such as (menu: Final, value: final)
        if isinstance(entry, Mapping) and "value" not in entry:
            raise ValueError("an entry without a value")
        known[str(cast("Mapping[str, Any]", entry)["value"] if isinstance(entry, Mapping) else entry)] = None
    return Choices(tuple(known), several)
