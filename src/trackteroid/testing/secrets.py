"""Removing from recordings what nobody else is to see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

Json: TypeAlias = Any

#: What stands in place of a secret, and of an address of somebody's.
REMOVED, SOMEBODY = "<removed>", "somebody@example.com"
_NAMES = re.compile(
    r"(?i)(?:^|_)(?:api_?key|apikey|key_hash|password|passwd|secret|token|totp|cookie|session_key)(?:$|_)"
)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_SIGNED = re.compile(r"(https?://[^\s\"'?]+)\?[^\s\"']+")
#: Values of these names are never secrets, although they look so: the names of entities' keys.
_HARMLESS = frozenset({"entity_key", "primary_key", "key"})


@dataclass(frozen=True, slots=True)
class RemovedFrom:
    """What is removed from a recording, besides what always is.

    Always removed are the values of names such as ``api_key``, ``password`` and ``token``, addresses of e-mail, what
    follows the question mark of URLs, and the key and the address of the session that is recorded.

    Args:
        names: Names whose values are removed, at any depth.
        patterns: Regular expressions by what takes the place of what they match, in texts of all kinds.

    >>> RemovedFrom(names=("bid",), patterns={"<project>": r"secret_show\\w*"})  # doctest: +SKIP
    """

    names: tuple[str, ...] = ()
    patterns: Mapping[str, str] | None = None

    def cleaner(self, literals: Iterable[str] = (), *, by_name: bool = True) -> Callable[[Json], Json]:
        """Return a function that returns a value without what is removed, *literals* included.

        Names say nothing of values in a schema, where ``password`` is an attribute.
        """
        rules = [(re.compile(re.escape(each)), REMOVED) for each in literals if each]
        rules += [(re.compile(pattern), shown) for shown, pattern in (self.patterns or {}).items()]

        def clean(value: Json) -> Json:
            if isinstance(value, dict):
                items = cast("dict[str, Json]", value).items()
                return {
                    name: REMOVED if by_name and self._is_secret(name, each) else clean(each) for name, each in items
                }
            if isinstance(value, list):
                return [clean(each) for each in cast("list[Json]", value)]
            return self._text(value, rules) if isinstance(value, str) else value

        return clean

    def _is_secret(self, name: str, value: Json) -> bool:
        if value is None or value == "":
            return False
        return name in self.names or (name not in _HARMLESS and _NAMES.search(name) is not None)

    def _text(self, text: str, rules: Iterable[tuple[re.Pattern[str], str]]) -> str:
        for pattern, shown in rules:
            text = pattern.sub(lambda _, shown=shown: shown, text)
        return _SIGNED.sub(rf"\1?{REMOVED}", _EMAIL.sub(SOMEBODY, text))


STANDARD = RemovedFrom()
