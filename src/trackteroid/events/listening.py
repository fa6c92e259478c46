"""Who listens to what: what a session remembers of it, and what becomes of the events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from ftrack_api.event.expression import Expression, Parser
from ftrack_api.session import Session

from trackteroid.chains import Condition, condition_of, is_chain, steps_of
from trackteroid.client.custom_attributes import Finder
from trackteroid.entities.base import EntityType
from trackteroid.errors import InvalidArgumentsError, UnknownAttributeError, nearest, suggest
from trackteroid.events import changes
from trackteroid.events.changes import Change, View
from trackteroid.events.dispatching import Delivery, Task
from trackteroid.events.records import (
    CUSTOM,
    UPDATE,
    EntityRecord,
    Group,
    Received,
    attributes_told,
    grouped,
    is_attribute,
    legacy_names,
    read_event,
)
from trackteroid.schema.types import Schema, schema_of
from trackteroid.values import frozen

Callback = Callable[..., Any]


class Handler(Protocol):
    """Something that handles events."""

    @property
    def name(self) -> str:
        """What it is called, for people."""
        ...

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for what it says, now."""
        ...

    @property
    def subscription(self) -> str:
        """Which events it wants, as an expression of the event hub."""
        ...

    def check(self, session: Session) -> None:
        """Raise what is wrong with it, as far as the server's schema shows it."""
        ...

    def prepare(self, session: Session, deliveries: Sequence[Delivery]) -> list[tuple[Delivery, Task]]:
        """Return what is to be done for events that came together."""
        ...


@dataclass(slots=True)
class Registry:
    """The handlers of one session, in the order in which they were registered."""

    handlers: list[Handler] = field(default_factory=list[Handler])
    #: Where replies go instead of to the event hub, in tests.
    replies: list[Any] | None = None

    def add(self, handler: Handler, session: Session) -> None:
        """Take a handler; what is misspelt in it is told at once if the session has a schema already."""
        if getattr(session, "connected", False):
            handler.check(session)
        self.handlers.append(handler)


@frozen
class Wanted:
    """An attribute of a type that somebody listens to; None for any."""

    type: str | None
    attribute: str | None

    @classmethod
    def of(cls, given: object) -> Wanted:
        """Return what a path, a class or the name of an attribute stands for."""
        if isinstance(given, EntityType):
            return cls(given.__name__, None)
        if isinstance(given, str):
            return cls(None, given)
        if is_chain(given):
            root, *steps = steps_of(given)
            match steps:
                case [attribute]:
                    return cls(root, attribute)
                case ["custom_attributes", key]:
                    return cls(root, f"{CUSTOM}{key[1:-1].strip(chr(34))}")
                case _:
                    pass
            raise InvalidArgumentsError(
                f"{given!r} is not an attribute of {root} itself, so events of {root} do not tell of it. Listen to "
                f"{root}.{steps[0]}, and say in where= what else has to be so."
            )
        raise InvalidArgumentsError(
            f'{given!r} is nothing to listen to. Give attributes such as Task.status or "status", or a class such as '
            "Task for all changes of its entities."
        )

    def check(self, schema: Schema) -> None:
        """Raise an error if the server has no such type or attribute, or never tells of it."""
        if self.type is not None:
            schema.type(self.type)
        if self.attribute is None or self.attribute.startswith(CUSTOM):
            return
        if self.type is None:
            known = {name for each in schema.types.values() for name in each.attributes}
            if self.attribute not in known:
                hint = suggest(self.attribute, known)
                raise UnknownAttributeError(
                    f'No entity type of the server has an attribute "{self.attribute}".{hint}',
                    name=self.attribute,
                    near=nearest(self.attribute, known),
                )
            return
        attribute = schema.attribute(self.type, self.attribute)
        if attribute.is_many:
            raise InvalidArgumentsError(
                f"{self.type}.{self.attribute} holds entities of type {attribute.target}, and events tell of those "
                f"themselves: listen to {attribute.target}."
            )

    def check_custom(self, session: Session) -> None:
        """Raise an error if the server has no such custom attribute."""
        key = (self.attribute or "").removeprefix(CUSTOM)
        if self.type is None or not (self.attribute or "").startswith(CUSTOM):
            return
        if schema_of(session).find_attribute(self.type, self.attribute or ""):
            return
        finder = Finder(session)
        if not finder.fitting(self.type, key):
            known = finder.fitting_keys(self.type)
            raise UnknownAttributeError(
                f'{self.type} has no custom attribute "{key}".{suggest(key, known)}',
                name=key,
                near=nearest(key, known),
            )

    def attributes_in(self, record: EntityRecord, schema: Schema) -> list[str | None]:
        """Return what of a record somebody wants: attributes, or None for all of it."""
        if self.type is not None and not schema.is_a(record.type, self.type):
            return []
        if self.attribute is None:
            return attributes_told(record)
        return [name for name in record.values if is_attribute(schema, record.type, self.attribute, name)]


@dataclass(frozen=True, slots=True, eq=False)
class Listener:
    """A function that is called with changes or other events.

    Attributes:
        topic: which events; a star at its end stands for any rest, and an expression of the event hub may be there.
        call: the function.
        wanted: which attributes of an ``ftrack.update``; none for all.
        where: what has to hold of the entities, or of other events.
        projections: what is loaded with the entities.
        ignore_own: whether its own changes are left out.
        attempts: how often an event is tried that it fails for.
    """

    topic: str
    call: Callback
    wanted: tuple[Wanted, ...] = ()
    where: Condition | str | None = None
    projections: tuple[object, ...] = ()
    ignore_own: bool = False
    attempts: int = 3
    is_asked: bool = field(default=False, init=False)

    @property
    def name(self) -> str:
        return described(self.call)

    @property
    def subscription(self) -> str:
        expression = self.topic if _is_expression(self.topic) else f'topic="{self.topic}"'
        if self.topic != UPDATE and isinstance(self.where, str):
            return f"({expression}) and ({self.where})"
        return expression

    def __str__(self) -> str:
        wanted = ", ".join(f"{each.type or 'any'}.{each.attribute or '*'}" for each in self.wanted)
        where = "" if self.where is None else f" where {self.where}"
        return f"{self.name} listens to {self.topic}{wanted and ' '}{wanted}{where}"

    def check(self, session: Session) -> None:
        schema = schema_of(session)
        for each in self.wanted:
            each.check(schema)
        if self.topic == UPDATE and self.where is not None:
            for each in self.wanted:
                query = changes.query_for(session, str(each.type))
                str(query.inject(self.where) if isinstance(self.where, str) else query.where(self.where))

    def check_custom(self, session: Session) -> None:
        """Raise an error if there is no such custom attribute, for which the server is asked."""
        for each in self.wanted:
            each.check_custom(session)

    def prepare(self, session: Session, deliveries: Sequence[Delivery]) -> list[tuple[Delivery, Task]]:
        matching = [each for each in deliveries if self._is_meant(each.event)]
        if self.topic != UPDATE:
            return [(each, self._received(each)) for each in matching]
        return self._changes(session, matching)

    def _is_meant(self, event: Mapping[str, Any]) -> bool:
        topic = str(event.get("topic"))
        if _is_expression(self.topic):
            is_meant = matches(self.topic, event)
        elif self.topic.endswith("*"):  # clients take it for text that may be anywhere, servers for a beginning
            is_meant = topic.startswith(self.topic[:-1])
        else:
            is_meant = topic == self.topic
        if not is_meant or self.topic == UPDATE or not isinstance(self.where, str):
            return is_meant
        return matches(self.where, event)

    def _received(self, delivery: Delivery) -> Task:
        event = delivery.event
        return Task(
            self.name,
            lambda session: self.call(Received.of(event, session, delivery.at)),
            keys=(str(event.get("topic")),),
            attempts=self.attempts,
            told=lambda: {"topic": event.get("topic"), "event": event.get("id"), "sequence": delivery.sequence},
        )

    def _changes(self, session: Session, deliveries: Sequence[Delivery]) -> list[tuple[Delivery, Task]]:
        found = [(each, group) for each in deliveries for group in self.groups_in(session, each)]
        if self.where is not None:
            found = _meeting(session, found, self.where)
        views = _Views([group for _, group in found], self.projections)
        return [(delivery, self._task(delivery, group, views)) for delivery, group in found]

    def groups_in(self, session: Session, delivery: Delivery) -> list[Group]:
        """Return what an ``ftrack.update`` tells of what is wanted, whatever else has to hold."""
        names, event = legacy_names(session), delivery.event
        is_own = is_by_me(session, event)
        if is_own and self.ignore_own:
            return []
        wanted = self.wanted or (Wanted(None, None),)
        pairs: dict[tuple[int, str | None], tuple[EntityRecord, str | None]] = {}
        for record in read_event(event, names):
            for each in wanted:
                for attribute in each.attributes_in(record, names.schema):
                    pairs[id(record), attribute] = (record, attribute)
        return grouped(pairs.values(), event, delivery.at, is_own=is_own)

    def _task(self, delivery: Delivery, group: Group, views: _Views) -> Task:
        def told() -> dict[str, Any]:
            return {
                "topic": UPDATE,
                "event": delivery.event.get("id"),
                "sequence": delivery.sequence,
                "action": group.action,
                "type": group.type,
                "ids": list(group.ids),
                "attribute": group.attribute,
            }

        def run(session: Session) -> object:
            try:
                return self.call(Change(group, views.of(session)))
            except BaseException:
                views.forget(session)  # what is tried again sees the entities as they are then
                raise

        return Task(self.name, run, keys=group.ids, attempts=self.attempts, told=told)


def _meeting(
    session: Session, found: Sequence[tuple[Delivery, Group]], condition: Condition | str
) -> list[tuple[Delivery, Group]]:
    """Return what is left where a condition holds, which is asked once for all entities of a type."""
    ids: dict[str, dict[str, None]] = {}
    for _, group in found:
        ids.setdefault(group.type, {}).update(dict.fromkeys(group.ids))
    meeting = {name: changes.meeting(session, name, own, condition) for name, own in ids.items()}
    narrowed = ((delivery, group.only(meeting[group.type])) for delivery, group in found)
    return [(delivery, group) for delivery, group in narrowed if group is not None]


class _Views:
    """What changes that were delivered together have in common, for each session that handles some of them."""

    def __init__(self, groups: list[Group], projections: tuple[object, ...]) -> None:
        self._groups, self._projections = groups, projections
        self._views: dict[int, View] = {}
        self._lock = threading.Lock()

    def of(self, session: Session) -> View:
        """Return the view of a session, which only the thread that has the session uses."""
        with self._lock:
            found = self._views.get(id(session))
            if found is None:
                found = self._views[id(session)] = View(session, self._groups, self._projections)
            return found

    def forget(self, session: Session) -> None:
        """Let the next change of a session fetch its entities anew."""
        with self._lock:
            self._views.pop(id(session), None)


def listener(
    topic: str,
    call: Callback,
    attributes: Iterable[object],
    *,
    where: object = None,
    projections: Iterable[object] = (),
    ignore_own: bool = False,
    attempts: int = 3,
) -> Listener:
    """Return a listener, or raise what is wrong with it without asking any server.

    Raises:
        InvalidArgumentsError: something in it is nothing to listen to, or does not fit together.
    """
    wanted = tuple(map(Wanted.of, attributes))
    if topic != UPDATE and (wanted or ignore_own or tuple(projections)):
        raise InvalidArgumentsError(
            f"Only {UPDATE} tells of attributes and entities, {topic!r} does not. Choose among such events with "
            'where="data.kind=Shot".'
        )
    condition = None if where is None or isinstance(where, str) else condition_of(where)
    chosen: Condition | str | None = where if isinstance(where, str) else condition
    if topic != UPDATE and condition is not None:
        raise InvalidArgumentsError(
            f"{condition!r} is asked of entities, which {topic!r} does not tell of. Choose among such events with an "
            'expression: where="data.kind=Shot".'
        )
    if topic == UPDATE and chosen is not None and not (wanted and all(each.type for each in wanted)):
        raise InvalidArgumentsError(
            "A condition is asked of entities of a type: name it, by attributes such as Task.status or by a class."
        )
    if attempts < 1:
        raise InvalidArgumentsError(f"attempts is {attempts!r}, but each event is tried at least once.")
    if topic != UPDATE:
        checked(topic if _is_expression(topic) else f'topic="{topic}"')
        if isinstance(chosen, str):
            checked(chosen)
    return Listener(topic, call, wanted, chosen, tuple(projections), ignore_own, attempts)


def described(function: Callback) -> str:
    """Return the name of a function and where it is, for people."""
    name = getattr(function, "__qualname__", repr(function))
    code = getattr(function, "__code__", None)
    return name if code is None else f"{name} ({code.co_filename}:{code.co_firstlineno})"


def is_by_me(session: Session, event: Mapping[str, Any]) -> bool:
    """Return whether an event tells of what a session has done, or another one with the same client token."""
    token = getattr(session, "client_token", None)
    data = event.get("data")
    return bool(token) and isinstance(data, Mapping) and data.get("clientToken") == token  # pyright: ignore


_parser = Parser()


@lru_cache(maxsize=256)
def checked(expression: str) -> Expression:
    """Return an expression of the event hub, as it is matched.

    Raises:
        InvalidArgumentsError: it is none.
    """
    try:
        return _parser.parse(expression)
    except Exception:  # noqa: BLE001  # whatever the parser of ftrack_api raises
        raise InvalidArgumentsError(
            f"{expression!r} is no expression of the event hub. Write such as "
            "'topic=studio.published and data.kind=\"Shot\"'."
        ) from None


def matches(expression: str, event: Mapping[str, Any]) -> bool:
    """Return whether an event is meant by an expression."""
    return bool(checked(expression).match(event))


def _is_expression(topic: str) -> bool:
    return "=" in topic
