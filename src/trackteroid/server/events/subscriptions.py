"""Who wants which events.

Thousands subscribe, and few want any one event. So subscriptions are filed under a value that events must have for
them, where their expression names one, and only those are asked that are filed under a value of the event, and those
that are filed under none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.events.expressions import Expression, conditions_of, parse, value_at

C = TypeVar("C")

#: How many bytes of a subscriber's description are looked at.
_MOST_NAMES: Final = 100


@dataclass(frozen=True, eq=False)
class Subscription(Generic[C]):
    """One subscription.

    Attributes:
        holder: Whose it is.
        subscriber: What the subscriber says of itself, with its `id`; targets are matched against it.
        expression: Which events it wants.
    """

    holder: C
    subscriber: Mapping[str, Any]
    expression: Expression

    @property
    def id(self) -> str:
        """The id of the subscriber."""
        return self.subscriber["id"]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that it is about, or how they begin if there is a star; empty for all that there are."""
        return topics_of(self.expression)


def topics_of(expression: Expression) -> tuple[str, ...]:
    """Return the topics that all events have which an expression matches, or how they begin if there is a star."""
    return tuple(each.value for each in conditions_of(expression) if each.field == "topic" and each.sign == "=")


def subscriber_in(data: object) -> tuple[Mapping[str, Any], str]:
    """Return who subscribes to what, as `ftrack.meta.subscribe` and `ftrack.meta.unsubscribe` say it.

    Raises:
        ValidationError: They do not.
    """
    told = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    subscriber: Any = told.get("subscriber")
    if not isinstance(subscriber, dict) or not isinstance(cast("dict[str, Any]", subscriber).get("id"), str):
        raise ValidationError('The data of this event need a "subscriber", an object with an "id".')
    if len(cast("dict[str, Any]", subscriber)) > _MOST_NAMES:
        raise ValidationError(f"A subscriber may say {_MOST_NAMES} things of itself at most.")
    expression: Any = told.get("subscription", "")
    if not isinstance(expression, str):
        raise ValidationError('The "subscription" is an expression, such as topic=ftrack.update.')
    return cast("dict[str, Any]", subscriber), expression


class Subscriptions(Generic[C]):
    """All subscriptions of one process. Not safe for threads by itself."""

    def __init__(self) -> None:
        self._all: dict[Subscription[C], None] = {}
        self._by_id: dict[str, dict[Subscription[C], None]] = {}
        self._filed: dict[str, dict[str, dict[Subscription[C], None]]] = {}
        self._unfiled: dict[Subscription[C], None] = {}
        self._topics: Counter[tuple[str, ...]] = Counter()

    def __len__(self) -> int:
        return len(self._all)

    def add(self, subscription: Subscription[C]) -> None:
        """File a subscription."""
        self._all[subscription] = None
        self._by_id.setdefault(subscription.id, {})[subscription] = None
        self._topics[subscription.topics] += 1
        for place in self._places(subscription):
            place[subscription] = None

    def remove(self, subscription: Subscription[C]) -> None:
        """Take a subscription out."""
        del self._all[subscription]
        _take(self._by_id, subscription.id, subscription)
        self._topics[subscription.topics] -= 1
        if not self._topics[subscription.topics]:
            del self._topics[subscription.topics]
        self._unfiled.pop(subscription, None)
        for field, value in subscription.expression.needs or ():
            _take(self._filed[field], value, subscription)
            if not self._filed[field]:
                del self._filed[field]

    def called(self, subscriber_id: str) -> list[Subscription[C]]:
        """Return the subscriptions of subscribers with an id."""
        return list(self._by_id.get(subscriber_id, ()))

    def may_want(self, topic: str) -> bool:
        """Return whether anybody may want events with a topic, so that it is worth while to make one."""
        return any(all(_agrees(topic, wanted) for wanted in topics) for topics in self._topics)

    def wanting(self, event: Mapping[str, Any]) -> Iterator[Subscription[C]]:
        """Yield the subscriptions that an event is for: it is addressed to them, and they want it.

        Raises:
            ParseError: The target of the event is no expression.
        """
        target = event.get("target")
        if target:
            addressed = parse(target)
            wanted = self._addressed(addressed)
            yield from (
                each for each in wanted if addressed.matches(each.subscriber) and each.expression.matches(event)
            )
        else:
            yield from (each for each in self._candidates(event) if each.expression.matches(event))

    def _addressed(self, target: Expression) -> list[Subscription[C]]:
        """Return the subscriptions that a target may mean; nearly always it names one subscriber."""
        needs = target.needs
        if needs is None or any(field != "id" for field, _ in needs):
            return list(self._all)
        return [each for _, value in needs for each in self._by_id.get(value, ())]

    def _candidates(self, event: Mapping[str, Any]) -> Iterator[Subscription[C]]:
        yield from list(self._unfiled)
        seen: set[int] = set()
        for field, values in list(self._filed.items()):
            value = value_at(event, tuple(field.split(".")))
            for each in list(values.get(value, ()) if isinstance(value, str) else ()):
                if id(each) not in seen:
                    seen.add(id(each))
                    yield each

    def _places(self, subscription: Subscription[C]) -> Iterator[dict[Subscription[C], None]]:
        needs = subscription.expression.needs
        if needs is None:
            yield self._unfiled
        for field, value in needs or ():
            yield self._filed.setdefault(field, {}).setdefault(value, {})


def _take(places: dict[str, dict[Subscription[C], None]], name: str, subscription: Subscription[C]) -> None:
    """Take a subscription out of one of several places, and the place away if it is empty then."""
    place = places.get(name, {})
    place.pop(subscription, None)
    if not place:
        places.pop(name, None)


def _agrees(topic: str, wanted: str) -> bool:
    return topic.startswith(wanted[:-1]) if wanted.endswith("*") else topic == wanted
