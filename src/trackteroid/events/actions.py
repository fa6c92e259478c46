"""Actions: functions that people start from ftrack's interfaces, for what they have selected."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

from ftrack_api.session import Session

from trackteroid import configuration
from trackteroid.chains import Condition, condition_of
from trackteroid.entities.base import Entity, EntityType, entity_class
from trackteroid.errors import EntityCollectionOperationError, InvalidArgumentsError
from trackteroid.events import changes, jobs
from trackteroid.events.dispatching import Delivery, Task, undone_on_error
from trackteroid.events.forms import Form, FormError, form_of
from trackteroid.events.jobs import RunningJob
from trackteroid.events.listening import Callback, described
from trackteroid.events.records import LegacyNames, Received, legacy_names
from trackteroid.schema.types import schema_of
from trackteroid.values import frozen

DISCOVER: Final = "ftrack.action.discover"
LAUNCH: Final = "ftrack.action.launch"
#: Requests that are older than this many seconds are answered no more: nobody waits for the answer.
TOO_OLD: Final = 60.0
_WORD = re.compile(r"[^a-z0-9]+")

Reply = Callable[[Any], None]
Answer = Callable[[Mapping[str, Any], Any], None]


@frozen
class Message:
    """What the one who has started an action is told at its end.

    Attributes:
        text: the message.
        success: whether it has done what it was to do.
    """

    text: str
    success: bool = True

    def reply(self) -> dict[str, Any]:
        """Return it as ftrack's interfaces read it."""
        return {"success": self.success, "message": self.text}


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A function whose result is the reply to events with a topic."""

    topic: str
    call: Callback
    answer: Answer
    is_asked: bool = field(default=True, init=False)

    @property
    def name(self) -> str:
        return described(self.call)

    @property
    def subscription(self) -> str:
        return f'topic="{self.topic}"'

    def __str__(self) -> str:
        return f"{self.name} answers {self.topic}"

    def check(self, session: Session) -> None:
        """Nothing in it is of a schema."""

    def prepare(self, session: Session, deliveries: Sequence[Delivery]) -> list[tuple[Delivery, Task]]:  # noqa: ARG002
        asked = [each for each in deliveries if each.event.get("topic") == self.topic]
        return [(each, _task(self.name, each, self._reply)) for each in asked if is_waited_for(each, self.name)]

    def _reply(self, session: Session, event: Mapping[str, Any]) -> None:
        def reply(data: Any) -> None:
            self.answer(event, data)

        with _told(reply), undone_on_error(session):
            reply(self.call(Received.of(event, session)))


@contextmanager
def _told(reply: Reply) -> Generator[None]:
    """Let whoever waits for a reply have one also when something fails. What was entered wrongly is nobody else's."""
    try:
        yield
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
        if isinstance(error, FormError):
            text = str(error)
        elif isinstance(error, KeyboardInterrupt):
            text = "It was interrupted."
        reply(Message(text, success=False).reply())
        if not isinstance(error, FormError):
            raise


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """A function that people start.

    Attributes:
        label: what it is called.
        call: the function.
        on: the type of the entities that have to be selected.
        identifier: what interfaces know it by.
        form: what is asked before it runs.
        handed: the parameters that get a `RunningJob` or what was received.
        shown: what interfaces show besides: icon, description, variant.
        when: what has to hold of all that is selected.
        job: whether it runs beside other things, with a job that tells of it.
        users: the user names of those who are offered it; none for everybody.
        projections: what is loaded with the entities.
        answer: how to reply.
    """

    label: str
    call: Callback
    on: type[Entity]
    identifier: str
    form: Form
    handed: Mapping[str, type]
    answer: Answer
    shown: Mapping[str, str]
    when: Condition | str | None = None
    job: bool = False
    users: tuple[str, ...] = ()
    projections: tuple[object, ...] = ()
    is_asked: bool = field(default=True, init=False)

    @property
    def name(self) -> str:
        return described(self.call)

    @property
    def subscription(self) -> str:
        return f'topic="{DISCOVER}" or (topic="{LAUNCH}" and data.actionIdentifier="{self.identifier}")'

    def __str__(self) -> str:
        return f'{self.name} is the action "{self.label}" on {self.on.__name__}'

    def check(self, session: Session) -> None:
        schema_of(session).type(self.on.__name__)
        if self.when is not None:
            query = changes.query_for(session, self.on.__name__)
            str(query.inject(self.when) if isinstance(self.when, str) else query.where(self.when))

    def prepare(self, session: Session, deliveries: Sequence[Delivery]) -> list[tuple[Delivery, Task]]:  # noqa: ARG002
        tasks: list[tuple[Delivery, Task]] = []
        for each in deliveries:
            topic, data = each.event.get("topic"), _data(each.event)
            is_launch = topic == LAUNCH and data.get("actionIdentifier") == self.identifier
            if not (is_launch or topic == DISCOVER) or not self._is_for(each.event):
                continue
            if is_waited_for(each, self.name):
                do = self._launch if is_launch else self._discover
                tasks.append((each, _task(self.name, each, do, is_long=is_launch and self.job)))
        return tasks

    def _is_for(self, event: Mapping[str, Any]) -> bool:
        source = cast("Mapping[str, Any]", event.get("source") or {})
        user = cast("Mapping[str, Any]", source.get("user") or {}).get("username")
        return not self.users or user in self.users

    def _discover(self, session: Session, event: Mapping[str, Any]) -> None:
        """Offer the action if it fits what is selected; otherwise say nothing, as others do that do not fit."""
        selected = selection_of(event)
        names = legacy_names(session)
        if not selected or not all(_may_be(names, each, self.on.__name__) for each in selected):
            return
        ids = {str(each["entityId"]) for each in selected}
        when = 'id is_not ""' if self.when is None else self.when
        if changes.meeting(session, self.on.__name__, ids, when) >= ids:
            item = {"label": self.label, "actionIdentifier": self.identifier, **self.shown}
            self.answer(event, {"items": [item]})

    def _launch(self, session: Session, event: Mapping[str, Any]) -> None:
        def reply(data: Any) -> None:
            self.answer(event, data)

        entered = _data(event).get("values")
        if self.form.fields and not isinstance(entered, Mapping):
            reply({"items": self.form.items(), "title": self.label})
            return
        given: tuple[Any, dict[str, Any]] | None = None
        with _told(reply):
            given = self._given(session, event, cast("Mapping[str, Any]", entered or {}))
        if given is None:  # pyright: ignore[reportUnnecessaryComparison]  # what was entered did not fit
            return
        if not self.job:
            with _told(reply), undone_on_error(session):
                result = self._call(session, event, given, None)
                if result is None or isinstance(result, str):
                    result = Message(f"{self.label}: done." if result is None else result)
                reply(result.reply() if isinstance(result, Message) else result)
            return
        reply(Message(f"{self.label} has started. Its job tells how far it is.").reply())
        with jobs.running(session, self.label, given[0]) as job:
            self._call(session, event, given, job)

    def _given(
        self, session: Session, event: Mapping[str, Any], entered: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """Return the selection and the values that the function is to be called with."""
        values = self.form.values(entered)
        entities = from_event(session, event, self.on, self.projections)
        if not entities:
            raise FormError(f"{self.label} is for entities of type {self.on.__name__}, and none is selected.")
        return entities, values

    def _call(
        self, session: Session, event: Mapping[str, Any], given: tuple[Any, dict[str, Any]], job: RunningJob | None
    ) -> Any:
        entities, values = given
        available: dict[type, Any] = {Received: Received.of(event, session), RunningJob: job}
        handed = {name: available[kind] for name, kind in self.handed.items()}
        return self.call(entities, **values, **handed)


def action(
    label: str,
    call: Callback,
    on: object,
    answer: Answer,
    *,
    identifier: str | None = None,
    icon: str | None = None,
    description: str | None = None,
    variant: str | None = None,
    when: object = None,
    job: bool = False,
    users: Iterable[str] = (),
    projections: Iterable[object] = (),
) -> Action:
    """Return an action, or raise what is wrong with it without asking any server.

    Raises:
        InvalidArgumentsError: no form can be made of the function, or an argument is of the wrong kind.
    """
    if not isinstance(on, EntityType):
        raise InvalidArgumentsError(f"An action is for entities of a type: on=AssetVersion, not on={on!r}.")
    form, handed = form_of(call, (RunningJob, Received))
    if RunningJob in handed.values() and not job:
        raise InvalidArgumentsError(f"{call.__name__} wants a job, so say job=True.")
    shown = {"icon": icon, "description": description, "variant": variant}
    named = " ".join(filter(None, (label, variant)))
    return Action(
        label,
        call,
        cast("type[Entity]", on),
        identifier or _WORD.sub("-", named.casefold()).strip("-"),
        form,
        handed,
        answer,
        {name: value for name, value in shown.items() if value is not None},
        when if isinstance(when, str) or when is None else condition_of(when),
        job,
        tuple(users),
        tuple(projections),
    )


def selection_of(event: Any) -> list[Mapping[str, Any]]:
    """Return what an event, or the selection of one, says was selected."""
    found: Any = event
    for name in ("data", "selection"):
        if isinstance(found, Mapping):
            described = cast("Mapping[str, Any]", found)
            found = described.get(name, () if name == "selection" else described)
    return [each for each in cast("Iterable[Any]", found or ()) if isinstance(each, Mapping)]


def from_event(
    session: Session, event: Any, entity_type: type[Entity] | None = None, projections: Iterable[object] = ()
) -> Any:
    """Return what is selected in an event as a collection; see ``Session.from_event``."""
    names = legacy_names(session)
    selected = selection_of(event)
    if entity_type is None:
        kinds = dict.fromkeys(names.type_of(each) for each in selected)
        if len(kinds) > 1:
            listed = ", ".join(str(each) for each in kinds)
            raise EntityCollectionOperationError(
                f"Entities of several types are selected: {listed}. Say which you want: from_event(event, Task)."
            )
        entity_type = entity_class(next(iter(kinds), None) or "TypedContext", names.schema)
    name = entity_type.__name__
    ids = [str(each["entityId"]) for each in selected if each.get("entityId") and _may_be(names, each, name)]
    return changes.chosen(changes.entities_of(session, name, ids, projections), ids)


def _may_be(names: LegacyNames, selected: Mapping[str, Any], type_name: str) -> bool:
    """Return whether something that is selected may be of a type, as far as its legacy type tells."""
    found = names.type_of(selected)
    return found is not None and (names.schema.is_a(type_name, found) or names.schema.is_a(found, type_name))


def is_waited_for(delivery: Delivery, name: str) -> bool:
    """Return whether anybody may still wait for the reply to a request; the log tells of those that are dropped."""
    if delivery.age <= TOO_OLD:
        return True
    configuration.logger("events").warning(
        "%s leaves out event %s (%s): it is %d seconds old, and nobody waits for the reply any more.",
        name,
        delivery.event.get("id"),
        delivery.event.get("topic"),
        delivery.age,
    )
    return False


def _task(
    name: str, delivery: Delivery, do: Callable[[Session, Mapping[str, Any]], None], *, is_long: bool = False
) -> Task:
    event = delivery.event
    return Task(
        name,
        lambda session: do(session, event),
        is_long=is_long,
        is_request=True,
        told=lambda: {"topic": event.get("topic"), "event": event.get("id"), "sequence": delivery.sequence},
    )


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    data: Any = event.get("data")
    return cast("Mapping[str, Any]", data) if isinstance(data, Mapping) else {}
