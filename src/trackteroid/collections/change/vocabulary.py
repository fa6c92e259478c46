"""Guarding what a whole site shares: a status that a task has is the status of all other tasks as well."""

from __future__ import annotations

import re

from trackteroid.client.entities import is_new, stored_value
from trackteroid.collections.context import Selection, context_of, entities_in, find_attribute
from trackteroid.entities.base import entity_class
from trackteroid.errors import SharedVocabularyError
from trackteroid.session_state import is_editing


def check_assignable(owner: Selection, name: str, value: object) -> None:
    """Refuse to change an attribute of what a whole site shares, outside of a block that is for it.

    Raises:
        SharedVocabularyError: with the assignment that was probably meant.
    """
    if changed := _shared(owner):
        shown = "..."
        match value:
            case str(meant) | [str(meant)] if name == owner.entity_type.named_by:
                shown = repr(meant)
            case _:
                pass
        raise SharedVocabularyError(
            f'Setting "{name}" of {changed} would change it for the whole site.{_meant(owner, shown)}{_instead()}'
        )


def check_deletable(collection: Selection) -> None:
    """Refuse to delete what a whole site shares, outside of a block that is for it.

    Raises:
        SharedVocabularyError: with the assignment that was probably meant.
    """
    if gone := _shared(collection):
        raise SharedVocabularyError(
            f"Deleting {gone} would take it from the whole site.{_meant(collection, 'None')}{_instead()}"
        )


def _shared(collection: Selection) -> str:
    """Return, in words, what of a collection is shared and on the server; an empty text if nothing of it is."""
    context = context_of(collection)
    if is_editing(context.session):
        return ""
    for entity in entities_in(collection):
        kind = entity_class(entity.entity_type, context.types)
        if kind.shared and not is_new(entity):
            name = stored_value(entity, kind.named_by) if kind.named_by else None
            return f'{entity.entity_type} "{name}"' if isinstance(name, str) else f"a {entity.entity_type}"
    return ""


def _meant(collection: Selection, value: str) -> str:
    """Return the assignment to what the collection was read from, if it was."""
    source = collection.source
    attribute = source and find_attribute(source.owner, source.attribute)
    if source is None or attribute is None or attribute.kind != "reference":
        return ""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", source.owner.entity_type.__name__).lower()
    owner = words if len(source.owner.values()) == 1 else f"{words}s"
    return f" To change which one {source.owner!r} has: `{owner}.{source.attribute} = {value}`."


def _instead() -> str:
    return " To do it for everybody, do it in a block: `with session.editing_vocabulary():`."
