"""The classes of queries for one type: ``Query(Shot)`` is a ``ShotQuery``, whose methods are the criteria of shots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from inspect import Parameter
from typing import Any

from trackteroid.entities.base import Entity, EntityType
from trackteroid.entities.criteria import CriterionRule
from trackteroid.errors import InvalidArgumentsError
from trackteroid.query.help import description, signature

_SELF = Parameter("self", Parameter.POSITIONAL_ONLY)

_kinds: dict[type[Entity], type] = {}
_lock = threading.Lock()


def check_entity_type(given: object, expected: type[Entity] | None) -> None:
    """Check that queries can be made for what is given, of a class for the type that is *expected*, if any.

    Raises:
        InvalidArgumentsError: it is no entity class, or another one.
    """
    if expected is not None and given is not expected:
        raise InvalidArgumentsError(f"{expected!r}Query asks for {expected!r}, not for {given!r}. Use Query.")
    if not isinstance(given, EntityType) or given is Entity:
        raise InvalidArgumentsError(f"Query takes an entity class such as Shot, not {given!r}.")


def kind_of(query_class: type, entity_type: type[Entity]) -> type[Any]:
    """Return the class of the queries for a type, always the same one, which is made of *query_class*."""
    with _lock:
        if entity_type not in _kinds:
            _kinds[entity_type] = _made(query_class, entity_type)
        return _kinds[entity_type]


def _made(query_class: type, entity_type: type[Entity]) -> type[Any]:
    name = entity_type.__name__
    namespace: dict[str, Any] = {
        "__slots__": (),
        "__module__": __package__,
        "__doc__": f"A question to the server for {name} entities, see `Query`.",
        "asks_for": entity_type,
        **{each.__name__: each for each in _criteria(name, entity_type)},
    }
    return type(f"{name}Query", (query_class,), namespace)


def _criteria(type_name: str, entity_type: type[Entity]) -> Iterator[Callable[..., Any]]:
    """Yield the methods of the criteria of a type, and their opposites."""
    for rule in entity_type.criteria.values():
        yield _criterion(type_name, rule, is_negated=False)
        if rule.name.startswith("by_"):
            yield _criterion(type_name, rule, is_negated=True)


def _criterion(type_name: str, rule: CriterionRule, *, is_negated: bool) -> Callable[..., Any]:
    def criterion(self: Any, /, *args: object, **kwargs: object) -> Any:
        return self._called(rule, is_negated, args, kwargs)

    described = signature(rule)
    criterion.__name__ = criterion.__qualname__ = f"not_{rule.name}" if is_negated else rule.name
    criterion.__doc__ = description(type_name, rule, is_negated)
    described = described.replace(parameters=[_SELF, *described.parameters.values()])
    setattr(criterion, "__signature__", described)  # noqa: B010  # functions may have one, types do not say so
    return criterion
