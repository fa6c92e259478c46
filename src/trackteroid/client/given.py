"""What programs give to the methods that sessions have from ftrack_api: checked, and written as it is kept."""

from collections.abc import Iterable
from typing import Any, cast

from ftrack_api.entity.base import Entity
from ftrack_api.query import QueryResult
from ftrack_api.session import Session

from trackteroid.client.creating import type_called
from trackteroid.client.entities import find_in_memory
from trackteroid.errors import InvalidArgumentsError
from trackteroid.spelling import written_id


def query_text(session: Session, expression: object) -> str:
    """Return the text of a query, with the projections that its type has by default if it has none.

    Raises:
        InvalidArgumentsError: it is no text.
        UnknownEntityTypeError: it begins with a type that the server does not have.
    """
    if not isinstance(expression, str) or not expression.strip():
        raise InvalidArgumentsError(f'A query is a text such as "Task where name is layout", not {expression!r}.')
    text = expression.strip()
    if text.startswith("select"):
        return text
    projections = type_called(session, text.split(maxsplit=1)[0]).default_projections
    return f"select {', '.join(projections)} from {text}"  # noqa: S608 - a query of ftrack's, no SQL


def entity_key(session: Session, entity_type: str, key: Any) -> list[Any]:
    """Return the primary key as it is kept: ids may be in capitals, have blanks around them or no dashes.

    Raises:
        UnknownEntityTypeError: the server has no such type.
    """
    type_called(session, entity_type)
    given = [key] if isinstance(key, str) else list(key)
    if find_in_memory(session, entity_type, given):
        return given
    return [written_id(part) if isinstance(part, str) else part for part in given]


def check_entities(method: str, given: object, of_collections: str) -> None:
    """Refuse what is neither an entity of ftrack_api nor several of them.

    Raises:
        InvalidArgumentsError: the message says what collections have in the place of this *method*.
    """
    several = cast("Iterable[object]", given if isinstance(given, (list, tuple)) else (given,))
    for each in () if isinstance(given, QueryResult) else several:
        if not isinstance(each, Entity):
            raise InvalidArgumentsError(
                f"{method} takes entities of ftrack_api, not {each!r}. Collections have {of_collections}, and their "
                f"entities are `collection.values()`."
            )
