"""The hierarchy below contexts, asked for as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trackteroid.chains import Chain
from trackteroid.client.entities import key_of, plain_value
from trackteroid.collections.context import Selection, context_of
from trackteroid.collections.querying import new_query
from trackteroid.collections.selecting import type_name_of
from trackteroid.display.trees import Node, Tree
from trackteroid.entities.base import entity_class
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError

_COLUMNS = ("id", "parent_id", "name", "object_type.name", "status.name")


def tree(selection: Selection, depth: int | None) -> Tree:
    """Return everything below the entities of a collection, which the server is asked for; drawn *depth* deep.

    Raises:
        EntityCollectionOperationError: these are no contexts.
        InvalidArgumentsError: *depth* is no number.
    """
    context, name = context_of(selection), type_name_of(selection)
    if not context.types.is_a(name, "Context"):
        raise EntityCollectionOperationError(
            f"{selection!r} has no hierarchy below it: projects, folders, shots and other contexts have."
        )
    if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 0):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentsError(f"depth is {depth!r}, but has to be 0 or a larger whole number, or None.")
    entities = selection.values()
    roots = [Node(key_of(each)[1][0], "", _name(each), each.entity_type) for each in entities]
    return Tree(roots, list(_nodes(selection)) if roots else [], depth)


def _name(entity: Any) -> str:
    value = plain_value(entity, "name")
    return value if isinstance(value, str) else key_of(entity)[1][0]


def _nodes(selection: Selection) -> Iterator[Node]:
    """Yield what is below, each once: what is below two of the entities is below the nearer one."""
    projects = [key_of(each)[1][0] for each in selection.values() if each.entity_type == "Project"]
    others = [key_of(each)[1][0] for each in selection.values() if each.entity_type != "Project"]
    seen: set[str] = set(others)
    for path, ids in (("project_id",), projects), (("ancestors", "id"), others):
        if not ids:
            continue
        query = new_query(selection, entity_class("TypedContext"))
        chain: Any = Chain("TypedContext", path)
        for identity, parent, name, kind, status in query.where(chain.in_(ids)).iter_rows(_COLUMNS):
            if identity not in seen:
                seen.add(identity)
                yield Node(identity, parent or "", name, kind or "", f"({status})" if status else "")
