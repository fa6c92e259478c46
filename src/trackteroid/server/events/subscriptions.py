"""Who wants which events.

Thousands subscribe, and few want any one event. So subscriptions are filed under a value that events must have for
them, or under how it begins, where their expression names one; and only those are asked that are filed under a value of
the event, and those that are filed under none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, cast

from trackteroid.server.core.failures import ValidationError
from trackteroid.server.events.expressions import Expression, parse, value_at

C = TypeVar("C")

#: How many comparisons one subscription may make.
_COMPARISONS: Final = 8

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

    @cached_property
    def weight(self) -> int:
        """For how many subscriptions it counts: what makes many comparisons for each event is several."""
        return -(-self.expression.size // _COMPARISONS)

    @property
    def id(self) -> str:
        """The id of the subscriber."""
        return self.subscriber["id"]


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
        self._filed: dict[str, _File[C]] = {}
        self._unfiled: dict[Subscription[C], None] = {}
        self._topics: _File[C] = _File()
        self._any_topic: dict[Subscription[C], None] = {}

    def __len__(self) -> int:
        return len(self._all)

    def add(self, subscription: Subscription[C]) -> None:
        """File a subscription."""
        self._all[subscription] = None
        self._by_id.setdefault(subscription.id, {})[subscription] = None
        needs, topics = subscription.expression.needs, subscription.expression.topics
        if needs is None:
            self._unfiled[subscription] = None
        for field, value in needs or ():
            self._filed.setdefault(field, _File()).add(value, subscription)
        if topics is None:
            self._any_topic[subscription] = None
        for topic in topics or ():
            self._topics.add(topic, subscription)

    def remove(self, subscription: Subscription[C]) -> None:
        """Take a subscription out."""
        del self._all[subscription]
        _take(self._by_id, subscription.id, subscription)
        self._unfiled.pop(subscription, None)
        for field, value in subscription.expression.needs or ():
            self._filed[field].remove(value, subscription)
            if not self._filed[field]:
                del self._filed[field]
        self._any_topic.pop(subscription, None)
        for topic in subscription.expression.topics or ():
            self._topics.remove(topic, subscription)

    def called(self, subscriber_id: str) -> list[Subscription[C]]:
        """Return the subscriptions of subscribers with an id."""
        return list(self._by_id.get(subscriber_id, ()))

    def may_want(self, topic: str) -> bool:
        """Return whether anybody may want events with a topic, so that it is worth while to make one."""
        return bool(self._any_topic) or next(self._topics.find(topic), None) is not None

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
        if needs is None or any(field != "id" or value.endswith("*") for field, value in needs):
            return list(self._all)
        return [each for _, value in needs for each in self._by_id.get(value, ())]

    def _candidates(self, event: Mapping[str, Any]) -> dict[Subscription[C], None]:
        """Return the subscriptions that an event has a value for, and those of which nothing is known."""
        found = dict(self._unfiled)
        for field, file in self._filed.items():
            value = value_at(event, tuple(field.split(".")))
            if isinstance(value, str):
                found.update(dict.fromkeys(file.find(value)))
        return found


class _File(Generic[C]):
    """Subscriptions by the values that they need in one field, or by how these begin if there is a star."""

    def __init__(self) -> None:
        self._equal: dict[str, dict[Subscription[C], None]] = {}
        self._beginning: dict[str, dict[Subscription[C], None]] = {}
        #: How many beginnings there are of each length.
        self._lengths: Counter[int] = Counter()

    def __bool__(self) -> bool:
        return bool(self._equal or self._beginning)

    def add(self, value: str, subscription: Subscription[C]) -> None:
        if not value.endswith("*"):
            self._equal.setdefault(value, {})[subscription] = None
            return
        if value not in self._beginning:
            self._lengths[len(value) - 1] += 1
        self._beginning.setdefault(value, {})[subscription] = None

    def remove(self, value: str, subscription: Subscription[C]) -> None:
        if not value.endswith("*"):
            _take(self._equal, value, subscription)
            return
        _take(self._beginning, value, subscription)
        if value not in self._beginning:
            self._lengths[len(value) - 1] -= 1
            self._lengths += Counter()  # without those of which there are none

    def find(self, value: str) -> Iterator[Subscription[C]]:
        """Yield the subscriptions for which a value will do."""
        yield from self._equal.get(value, ())
        for length in self._lengths:
            if length <= len(value):
                yield from self._beginning.get(f"{value[:length]}*", ())


def _take(places: dict[str, dict[Subscription[C], None]], name: str, subscription: Subscription[C]) -> None:
    """Take a subscription out of one of several places, and the place away if it is empty then."""
    place = places.get(name, {})
    place.pop(subscription, None)
    if not place:
        places.pop(name, None)
