"""What a shell may complete: types and criteria as the library knows them, attributes as the server does.

A server is asked only for attributes, for a moment; where none answers, there are no completions, and no messages.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from trackteroid import entities
from trackteroid.cli.command import arguments_of
from trackteroid.entities.base import entity_class
from trackteroid.schema.types import schema_of
from trackteroid.session import Session

#: Seconds that somebody who presses a key may wait for the server.
_PATIENCE = 3


def complete_types(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the entity types that start so."""
    return _starting(incomplete, (name for name in entities.__all__ if name != "Entity"))


def complete_attributes(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the attributes of the type of the statement that start so; of a list, the last one is completed."""
    before, comma, _ = incomplete.rpartition(",")
    names = _attributes(_type_in(context), context)
    return _starting(incomplete, (f"{before}{comma}{name}" for name in names))


def complete_values(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the attributes that can be given a value, with the sign behind them."""
    if "=" in incomplete:
        return []
    names = _attributes(_type_in(context), context)
    return _starting(incomplete, (f"{name}=" for name in names))


def complete_criteria(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the criteria of the type of the statement that start so, as options, and names of related types."""
    name = _type_in(context)
    if not incomplete.startswith("-") or name not in entities.__all__:
        return []
    criteria = [each.replace("_", "-") for each in entity_class(name).criteria if each.startswith("by_")]
    typed = incomplete.partition("by-")[2]  # by-project for by-project-name; all of them at once would hide the others
    criteria += [
        f"by-{each.lower()}"
        for each in entities.__all__
        if typed and each != "Entity" and each.lower().startswith(typed) and "by_name" in entity_class(each).criteria
    ]
    own = dict.fromkeys(sorted(criteria))
    return _starting(incomplete, (f"--{prefix}{each}" for each in own for prefix in ("", "not-")))


def _type_in(context: click.Context) -> str:
    """Return the type of the statement; where the line is not complete, of its first word that is no option."""
    others = (word for word in arguments_of(context) if not word.startswith("-"))
    words = str(context.params.get("statement") or next(others, "")).split()
    return words[0] if words else ""


def _attributes(type_name: str, context: click.Context) -> list[str]:
    url, user = context.params.get("server"), context.params.get("user")
    logging.disable(logging.CRITICAL)  # messages would be taken for completions
    try:
        with Session(server_url=url, api_user=user, timeout=_PATIENCE, retries=0) as session:
            types = schema_of(session)
            return sorted(types.attributes(type_name)) if type_name in types.types else []
    except Exception:  # noqa: BLE001  # whatever it is: the shell shows nothing then
        return sorted(entity_class(type_name).projections) if type_name in entities.__all__ else []
    finally:
        logging.disable(logging.NOTSET)


def _starting(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
