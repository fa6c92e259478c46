"""What became of attributes of entities: which values they had, who has changed them when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final

from ftrack_api.session import Session

from trackteroid.chains import Chain, is_chain, steps_of
from trackteroid.client.hydration.answers import decode
from trackteroid.client.hydration.pages import plain_answers
from trackteroid.collections.context import Selection, by_id, context_of, type_name_of
from trackteroid.collections.missing import EmptyValues
from trackteroid.columns import CUSTOM, CUSTOM_ATTRIBUTES
from trackteroid.errors import InvalidArgumentsError, NoHistoryError, UnknownAttributeError, nearest, suggest
from trackteroid.projections import follow
from trackteroid.schema.entries import SCHEMA
from trackteroid.schema.relations import relations_of
from trackteroid.schema.types import schema_of
from trackteroid.values import frozen

#: What the server says of itself if it keeps one: the moment from which on it does.
_SINCE: Final = "history_since"
#: How many entities are asked for with one request.
_AT_ONCE: Final = 1_000


@frozen
class Change:
    """A change of one attribute of one entity.

    Attributes:
        at: when it was committed.
        user: the name of the user who has made it; None where the server itself has.
        entity: the id of the entity.
        entity_type: its type, as it was asked for.
        attribute: the attribute, such as ``status``, ``custom_fps`` and ``metadata["lens"]``.
        old: the value before; of references the name, or the id where that cannot be known. Of the items of a list
            what has left it.
        new: the value from then on; None where the entity was deleted. Of the items of a list what has come into it.
        number: the number of the event in the log that tells of it, if there is one.
    """

    at: datetime
    user: str | None
    entity: str
    entity_type: str
    attribute: str
    old: Any
    new: Any
    number: int | None

    def __str__(self) -> str:
        when = self.at.strftime("%Y-%m-%d %H:%M:%S UTC")
        return (
            f"{when}, {self.user or 'the server'}: {self.attribute} of {self.entity_type} {self.entity} "
            f"{self.old} -> {self.new}"
        )


def check_history(session: Session) -> None:
    """Raise `NoHistoryError` unless the server of a session keeps a history."""
    information: Mapping[str, Any] = session.server_information
    if not information.get(_SINCE):
        raise NoHistoryError(
            "This server cannot be asked what things looked like before. Trackteroid's own server can: it keeps what "
            "changes from the first start of a version on that knows how to."
        )


def history_of(selection: Selection, attributes: Sequence[str | Chain[Any]]) -> list[Change]:
    """Return the changes of attributes of the entities of a collection, oldest first."""
    return history(context_of(selection).session, type_name_of(selection), map(str, by_id(selection)), attributes)


def history(
    session: Session, type_name: str, ids: Iterable[str], attributes: Sequence[str | Chain[Any]]
) -> list[Change]:
    """Return the changes of attributes of entities with these ids, oldest first.

    Raises:
        InvalidArgumentsError: no attribute is named.
        UnknownAttributeError: there is none of this name; the message suggests similar ones.
        NoHistoryError: the server keeps none.
    """
    if not attributes:
        raise InvalidArgumentsError('history() takes names of attributes: history("status", "bid").')
    shown = {
        _wanted(session, type_name, each): each if isinstance(each, str) else "".join(steps_of(each)[1:])
        for each in attributes
    }
    check_history(session)
    known = list(dict.fromkeys(ids))
    found: list[Change] = []
    for start in range(0, len(known), _AT_ONCE):
        some = known[start : start + _AT_ONCE]
        operation = {"action": "history", "entity_type": type_name, "ids": some, "attributes": list(shown)}
        answer = plain_answers(session, [operation])[0]
        for record in answer["data"]:
            at = datetime.fromisoformat(record["at"]).replace(tzinfo=timezone.utc)
            names = record.get("old_name"), record.get("new_name")
            old, new = (
                decode(record[side]) if name is None else name for side, name in zip(("old", "new"), names, strict=True)
            )
            attribute = shown[record["attribute"]]
            found.append(Change(at, record["username"], record["id"], type_name, attribute, old, new, record["event"]))
    return sorted(found, key=lambda change: change.at) if len(known) > _AT_ONCE else found


def _wanted(session: Session, type_name: str, asked: object) -> str:
    """Return what the server calls an attribute, or one of its keys."""
    schema = schema_of(session)
    if is_chain(asked):
        found = follow(schema, relations_of(session, SCHEMA.default), type_name, asked)
        if found.attribute is None or found.paths != ("",):
            raise InvalidArgumentsError(
                f"{asked!r} leads away from {type_name}. Ask for an attribute of {type_name}, or for the history of "
                "what it leads to."
            )
        return found.attribute.name if found.key is None else f"{found.attribute.name}.{found.key}"
    if not isinstance(asked, str) or isinstance(asked, EmptyValues):
        raise InvalidArgumentsError(f'history takes attributes such as "bid" or Shot.bid, not {asked!r}.')
    known = schema.type(type_name).attributes
    if asked not in known and asked.startswith(CUSTOM) and CUSTOM_ATTRIBUTES in known:
        return f"{CUSTOM_ATTRIBUTES}.{asked.removeprefix(CUSTOM)}"
    if asked not in known:
        raise UnknownAttributeError(
            f'{type_name} has no attribute "{asked}".{suggest(asked, known)}', name=asked, near=nearest(asked, known)
        )
    return asked
