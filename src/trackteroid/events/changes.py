"""Changes as listeners get them: which attribute of which entities, old and new, who and when.

Statuses and the like are called as people call them, dates are dates and numbers are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from ftrack_api.session import Session

from trackteroid.events import lookups
from trackteroid.events.records import Action, Group
from trackteroid.events.views import View


class Change:
    """A change that somebody has committed.

    Attributes:
        type: the name of the type of the entities, ``"Task"``.
        ids: their ids.
        action: ``"add"``, ``"update"``, ``"remove"`` or ``"move"``, which is to another parent.
        attribute: what has changed, ``"status"`` or ``"custom_fstart"``. None for creations and deletions as such,
            which listeners without attributes hear of; `values` has what there was.
        session: the session that `entities` belong to: in threads this is one of the thread's own.
        event: the whole event.
        at: when it was published, where that is known.
        by_me: whether this listener, or another one of its group, has done it.
    """

    __slots__ = ("_group", "_view", "action", "at", "attribute", "by_me", "event", "ids", "session", "type")

    def __init__(self, group: Group, view: View) -> None:
        self._group, self._view = group, view
        self.type: str = group.type
        self.ids: tuple[str, ...] = group.ids
        self.action: Action = group.action
        self.attribute: str | None = group.attribute
        self.session: Session = view.session
        self.event: Mapping[str, Any] = group.event
        self.at: datetime | None = group.at
        self.by_me: bool = group.is_own

    @property
    def entities(self) -> Any:
        """The entities, as a collection with their values of now. Those that were deleted meanwhile are not in it."""
        return self._view.entities(self.type, self.ids)

    @property
    def old(self) -> Any:
        """The value before: of a status its name, of a date a date. None where there was none."""
        return self._value(self._group.values.old)

    @property
    def new(self) -> Any:
        """The value after, as `old`."""
        return self._value(self._group.values.new)

    @property
    def old_id(self) -> str | None:
        """The id of what was referred to before: of the old status, the old parent."""
        return self._reference(self._group.values.old)

    @property
    def new_id(self) -> str | None:
        """The id of what is referred to after."""
        return self._reference(self._group.values.new)

    @property
    def old_entity(self) -> Any:
        """What was referred to before, as a collection; it is empty if that is gone, or there was nothing."""
        return self._referred(self.old_id)

    @property
    def new_entity(self) -> Any:
        """What is referred to after, as a collection."""
        return self._referred(self.new_id)

    @property
    def values(self) -> Mapping[str, tuple[Any, Any]]:
        """All that the event tells of the first of the entities: old and new values by attribute."""
        record = self._group.records[0]
        return {
            name: tuple(self._view.typed(self.type, name, each) for each in (values.old, values.new))  # pyright: ignore[reportReturnType]
            for name, values in record.values.items()
        }

    @property
    def names(self) -> tuple[str | None, ...]:
        """What the entities are called: as the event says, else as the server does; None for what has no name."""
        told = self._told_names()
        asked = self._view.labels(self.type, self.ids) if None in told else told
        return tuple(each or other for each, other in zip(told, asked, strict=True))

    @property
    def project_id(self) -> str | None:
        """The id of the project that the entities are in, or were."""
        return next((each for kind, each in reversed(self._group.records[0].parents) if kind == "Project"), None)

    @property
    def parents(self) -> tuple[tuple[str, str], ...]:
        """The type and the id of the first of the entities and of everything above it, up to the project."""
        return self._group.records[0].parents

    @property
    def user(self) -> str | None:
        """The user name of who has done it."""
        return self._of_source("username")

    @property
    def user_id(self) -> str | None:
        """The id of who has done it."""
        return self._of_source("id")

    def __repr__(self) -> str:
        what = f".{self.attribute}" if self.attribute else ""
        names = [name or identifier for name, identifier in zip(self._told_names(), self.ids, strict=True)]
        values = f": {self.old!r} -> {self.new!r}" if self.attribute else f": {', '.join(names)}"
        return f"<Change: {self.action} {self.type}{what} of {len(self.ids)}{values}>"

    def _told_names(self) -> tuple[str | None, ...]:
        """Return the names as far as the event has them: it does of what is new, deleted or renamed."""
        found = [record.values.get("name") for record in self._group.records]
        return tuple(None if each is None else each.new if each.new is not None else each.old for each in found)

    def _value(self, value: Any) -> Any:
        return None if self.attribute is None else self._view.typed(self.type, self.attribute, value)

    def _reference(self, value: Any) -> str | None:
        is_reference = self.attribute is not None and self._view.target(self.type, self.attribute) is not None
        return value if is_reference and isinstance(value, str) else None

    def _referred(self, identifier: str | None) -> Any:
        target = self._view.target(self.type, self.attribute or "") or self.type
        return lookups.entities_of(self.session, target, [identifier] if identifier else [])

    def _of_source(self, name: str) -> str | None:
        source = cast("Mapping[str, Any]", self.event.get("source") or {})
        found = cast("Mapping[str, Any]", source.get("user") or {}).get(name)
        if found is None and name == "id":
            data = cast("Mapping[str, Any]", self.event.get("data") or {})
            found = cast("Mapping[str, Any]", data.get("user") or {}).get("userid")
        return found
