"""The action `search`: a query whose entities also match words, as the search field of a browser asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from trackteroid.server.compiler import run
from trackteroid.server.core.failures import QueryError, ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.language import (
    And,
    Comparison,
    Criteria,
    Literal,
    Membership,
    Operator,
    Or,
    Path,
    Query,
    Step,
    parse,
)
from trackteroid.server.model import EntityType, UnknownName
from trackteroid.values import frozen


@frozen
class Searched:
    """Where the entities of a family are searched.

    Attributes:
        names: Attributes that hold their own names.
        context: The path to the context they belong to, None if they belong to none; its names count as well.
    """

    names: tuple[str, ...]
    context: tuple[str, ...] | None = None


_NAMES_OF_CONTEXT = ("name", "ancestors.name", "project.name", "project.full_name")
_FAMILIES = {
    "Context": Searched(("full_name",), ()),
    "Asset": Searched(("name",), ("parent",)),
    "AssetVersion": Searched(("asset.name", "task.name", "comment"), ("asset", "parent")),
    "Component": Searched(("name", "version.asset.name"), ("version", "asset", "parent")),
    "Resource": Searched(("name", "username", "first_name", "last_name", "email")),
}
#: What entities of any other family may be called by.
_NAMES = ("name", "label", "full_name", "username", "content", "key")


def search(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one search; every word of `terms` must occur in a name of the entity or of what it belongs to."""
    query = parse(_text(operation, "expression"), request.limits)
    entity_type = _entity_type(request, query, operation.get("entity_type"))
    conditions = [*_of_terms(request, entity_type, _texts(operation, "terms")), *_of_context(entity_type, operation)]
    if query.criteria is not None:
        conditions.insert(0, query.criteria)
    if conditions:
        query = replace(query, criteria=And(tuple(conditions)))
    answer = run(request, query)
    return {"action": "search", "data": answer.records, "metadata": answer.metadata}


def _entity_type(request: Request, query: Query, named: object) -> EntityType:
    """Return the type of the entities; what the operation names beside the expression must not contradict it."""
    try:
        entity_type = request.model.type(query.entity_type)
    except UnknownName as error:
        raise QueryError(str(error)) from None
    if named is not None and named != query.entity_type:
        other = request.model.types.get(str(named))
        if other is None or other.root is not entity_type.root:
            raise ValidationError(f"The expression asks for {query.entity_type}, the search for {named}.")
    return entity_type


def _of_terms(request: Request, entity_type: EntityType, terms: list[str]) -> Iterator[Criteria]:
    searched = _searched(entity_type)
    paths = [_path(name) for name in searched.names if request.model.find_attribute(entity_type, name.split(".")[0])]
    if searched.context is not None:
        paths.extend(_path(*searched.context, name) for name in _NAMES_OF_CONTEXT)
    if terms and not paths:
        raise ValidationError(f"{entity_type.name} has no names to search; use a query.")
    for word in (word for term in terms for word in term.split()):
        pattern = Literal("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%", quoted=True)
        yield Or(tuple(Comparison(path, Operator.LIKE, pattern) for path in paths))


def _of_context(entity_type: EntityType, operation: Mapping[str, Any]) -> Iterator[Criteria]:
    """Yield only entities at or below one context, and only in contexts of some object types."""
    context_id, object_types = operation.get("context_id"), _texts(operation, "object_type_ids")
    if context_id is None and not object_types:
        return
    way = _searched(entity_type).context
    if way is None:
        if object_types or "project_id" not in entity_type.attributes:
            raise ValidationError(
                f"{entity_type.name} is in no context; search without context_id and object_type_ids."
            )
        yield _is(_path("project_id"), _text(operation, "context_id"))
        return
    if context_id is not None:
        places = ("id", "project_id", "ancestors.id")
        yield Or(tuple(_is(_path(*way, place), _text(operation, "context_id")) for place in places))
    if object_types:
        literals = tuple(Literal(identity, quoted=True) for identity in object_types)
        yield Membership(_path(*way, "object_type_id"), literals)


def _searched(entity_type: EntityType) -> Searched:
    if entity_type.name == "Project":
        return Searched(("name", "full_name"))
    return _FAMILIES.get(entity_type.root.name, Searched(_NAMES))


def _is(path: Path, text: str) -> Comparison:
    return Comparison(path, Operator.IS, Literal(text, quoted=True))


def _path(*names: str) -> Path:
    return Path(tuple(Step(step) for name in names for step in name.split(".")))


def _text(operation: Mapping[str, Any], name: str) -> str:
    value = operation.get(name)
    if not isinstance(value, str):
        raise ValidationError(f'The action "search" needs "{name}" to be text.')
    return value


def _texts(operation: Mapping[str, Any], name: str) -> list[str]:
    values = cast("list[Any]", operation.get(name) or [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):  # pyright: ignore[reportUnnecessaryIsInstance] -- what a client sent
        raise ValidationError(f'The action "search" needs "{name}" to be a list of texts.')
    return values
