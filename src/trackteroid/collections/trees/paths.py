"""Entities as paths: the names of all that is above them."""

from __future__ import annotations

from trackteroid.client.hydration.together import ask
from trackteroid.collections.context import Selection, context_of
from trackteroid.collections.missing import refuse_unloaded
from trackteroid.collections.trees.ancestry import Place, ancestry_of
from trackteroid.errors import InvalidArgumentsError


def read_paths(selection: Selection, separator: str, *, project: bool) -> list[str]:
    """Return the path of each entity, in order.

    Raises:
        EntityCollectionOperationError: the entities have no place in the hierarchy.
    """
    if not isinstance(separator, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise InvalidArgumentsError(f'The separator of paths is a text such as "/", not {separator!r}.')
    refuse_unloaded(selection, f"Cannot tell the paths of {selection!r}, which is not all of it")
    entities = selection.values()
    if not entities:
        return []
    session = context_of(selection).session
    ancestry = ask(session, ancestry_of(session, entities))
    return [path_of(places, separator, project=project) for places in map(ancestry.of_entity, entities)]


def path_of(places: tuple[Place, ...], separator: str = "/", *, project: bool = False) -> str:
    """Return the names from the project, or from what is below it, to an entity; that of a project is its name.

    >>> path_of((Place("2", "sh010", "Shot"), Place("1", "sq01", "Sequence"), Place("0", "Show", "Project")))
    'sq01/sh010'
    """
    is_to_be_left_out = not project and len(places) > 1 and places[-1].type == "Project"
    return separator.join(place.name for place in reversed(places[:-1] if is_to_be_left_out else places))
