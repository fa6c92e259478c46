"""What completes a name or a value that is begun."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trackteroid.collections import EntityCollection
from trackteroid.completion.expressions import Argument, Attribute, Found, evaluated, is_query, is_query_class, type_of
from trackteroid.entities import known
from trackteroid.entities.base import EntityType
from trackteroid.query import Query
from trackteroid.query.help import names_for
from trackteroid.spelling import visible

#: How long somebody who presses the Tab key waits for a server, in seconds. What comes later is there the next time.
PATIENCE = 1.0


def completions(request: Attribute | Argument, names: Mapping[str, Any]) -> list[str] | None:
    """Return what may be meant, in order; None if what stands before it is nothing of ours.

    Args:
        request: what is begun.
        names: what the names in it stand for.
    """
    owner = evaluated(request.owner, names)
    if owner is None:
        return None
    if isinstance(request, Attribute):
        return _fitting(_attributes(owner), request.begun)
    if not is_query(owner) or not request.method.startswith(("by_", "not_by_")):
        return None
    return _values(owner, request, names)


def _attributes(owner: object) -> Iterable[str]:
    if isinstance(owner, Found):
        name = owner.entity_type.__name__
        return {*dir(EntityCollection), *known.attributes(name), *known.relations(), *known.Live.attributes(name)}
    if is_query_class(owner):
        return dir(owner)
    kind: type[object] = type(owner)
    return within(lambda: dir(owner), dir(kind))


def _fitting(names: Iterable[str], begun: str) -> list[str]:
    return sorted(each for each in names if each.startswith(begun) and (begun.startswith("_") or each[:1] != "_"))


def _values(query: Query[Any], request: Argument, names: Mapping[str, Any]) -> list[str]:
    """Return the values that a criterion may be given, as the server has them, in quotes."""
    if not getattr(query.session, "connected", True):
        return []
    first = evaluated(request.before.partition(",")[0].strip(), names)
    target = type_of(first) if isinstance(first, EntityType) else None
    found = within(lambda: names_for(query, request.method.removeprefix("not_"), target), ())
    quote = request.quote or '"'
    return [
        each if request.quote else f"{quote}{each}{quote}"
        for each in sorted(found)
        if each.casefold().startswith(request.begun.casefold()) and _is_written_as_it_is(each, quote)
    ]


def _is_written_as_it_is(value: str, quote: str) -> bool:
    """Return whether a value stands in a program as it is, and people see there what it is."""
    return quote not in value and "\\" not in value and visible(value) == value


def within(ask: Callable[[], Iterable[str]], otherwise: Iterable[str]) -> Iterable[str]:
    """Return what *ask* returns, or *otherwise* if that takes long or fails."""
    answers: list[Iterable[str]] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception:  # noqa: BLE001  # whatever it is: who presses a key is not told of it in the middle of a line
            answers.append(otherwise)

    thread = threading.Thread(target=run, name="trackteroid-completion", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return answers[0] if answers else otherwise
