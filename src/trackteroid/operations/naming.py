"""Entities and values in words: what a person reads instead of ids."""

import datetime
from collections.abc import Callable, Iterator, Mapping

import ftrack_api.symbol as symbols
from ftrack_api.symbol import NOT_SET

from trackteroid.operations.values import EntityReference, References, to_datetime

Values = Mapping[str, object]

# Where an entity's own name is, the best first.
_NAMES = ("full_name", "name", "label", "username", "key", "subject", "content", "title")
# What an entity belongs to, the closest first: by reference, or by the key alone.
_OWNERS = ("asset", "version", "parent", "list", "asset_id", "version_id", "parent_id", "context_id", "entity_id")
_LOCATIONS = {
    symbols.ORIGIN_LOCATION_ID: "ftrack.origin",
    symbols.UNMANAGED_LOCATION_ID: "ftrack.unmanaged",
    symbols.SERVER_LOCATION_ID: "ftrack.server",
    symbols.REVIEW_LOCATION_ID: "ftrack.review",
    symbols.CONNECT_LOCATION_ID: "ftrack.connect",
}
_LONGEST_TEXT = 60


class Names:
    """The names of recorded entities.

    Args:
        known: the values of every entity that is known, the new ones of those that are going to change.
    """

    def __init__(self, known: Mapping[EntityReference, Values]) -> None:
        self._known = known
        # One entity may be known by its own type and by a base type; its key is the same.
        self._by_key = {_key(reference): reference for reference in known if len(reference.key) == 1}

    def of(self, reference: EntityReference) -> str:
        """Return type and name, such as ``'Shot "bc0040"'``, or the id of an entity without a known name."""
        name = self._name(reference)
        if name:
            return f'{reference.entity_type} "{name}"'
        return f"{reference.entity_type} ({', '.join(f'{part} {value}' for part, value in reference.key)})"

    def full(self, reference: EntityReference) -> str:
        """Return type and name, and what the entity belongs to, as far as that is known."""
        owner = self._owner(reference)
        return self.of(reference) if owner is None else f"{self.of(reference)} of {self.of(owner)}"

    def value(self, attribute: str, value: object) -> str:
        """Return a value of *attribute* as a person would write it."""
        if value is NOT_SET:
            return "(unknown)"
        if value is None or value == "":
            return "(nothing)"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, References):
            return ", ".join(map(self._quoted, value.items)) or "(none)"
        if isinstance(value, EntityReference):
            return self._quoted(value)
        moment = to_datetime(value)
        if moment is not None:
            date_only = isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
            return f"{moment:%Y-%m-%d}" if date_only else f"{moment:%Y-%m-%d %H:%M} UTC"
        return self._text(attribute, value)

    def _text(self, attribute: str, value: object) -> str:
        if attribute.endswith("_id") and isinstance(value, str):
            known = self._by_key.get((value,))
            return self._quoted(known) if known is not None else _LOCATIONS.get(value, value)
        if isinstance(value, str):
            return f'"{_shortened(value)}"'
        return f"{value:g}" if isinstance(value, float) else str(value)

    def _quoted(self, reference: EntityReference) -> str:
        """Return only the name; what type it is, the attribute says already."""
        name = self._name(reference)
        return f'"{name}"' if name else self.of(reference)

    def _name(self, reference: EntityReference, depth: int = 3) -> str:
        """Return what the entity is called, or what it connects; nothing when the file does not say."""
        values = self._values(reference)
        if reference.entity_type == "AssetVersion":
            return self._version(values, depth)
        if reference.entity_type == "User" and (values.get("first_name") or values.get("last_name")):
            return " ".join(str(values[part]) for part in ("first_name", "last_name") if values.get(part))
        for attribute in _NAMES:
            if isinstance(values.get(attribute), str) and values[attribute]:
                return _shortened(values[attribute])
        return " / ".join(self._connected(values, depth)) if depth else ""

    def _version(self, values: Values, depth: int) -> str:
        asset, number = values.get("asset"), values.get("version")
        name = self._name(asset, depth - 1) if isinstance(asset, EntityReference) and depth else ""
        version = f"v{number:03}" if isinstance(number, int) else "new version" if name else ""
        return " ".join(filter(None, (name, version)))

    def _connected(self, values: Values, depth: int) -> Iterator[str]:
        for attribute, value in values.items():
            reference = value if isinstance(value, EntityReference) else None
            if reference is None and attribute.endswith("_id"):
                reference = self._by_key.get((str(value),))
            name = self._name(reference, depth - 1) if reference else _LOCATIONS.get(str(value), "")
            if name:
                yield name

    def _owner(self, reference: EntityReference) -> EntityReference | None:
        values = self._values(reference)
        if reference.entity_type == "AssetVersion":
            return None  # its name begins with the asset's
        for attribute in _OWNERS:
            value = values.get(attribute)
            owner = value if isinstance(value, EntityReference) else self._by_key.get((str(value),))
            if owner is not None and owner != reference and self._name(owner):
                return owner
        return None

    def _values(self, reference: EntityReference) -> Values:
        if reference in self._known:
            return self._known[reference]
        known = self._by_key.get(_key(reference))
        return self._known[known] if known is not None else dict(reference.key)


def words(count: int, noun: str, nouns: str = "") -> str:
    """Return ``"1 operation"``, ``"2 operations"`` and so on.

    >>> words(2, "entity", "entities")
    '2 entities'
    """
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


Describe = Callable[[object], str]


def difference(old: object, new: object, describe: Describe) -> str:
    """Return what becomes of a value: ``old -> new``, and of a collection what comes and what goes."""
    if isinstance(old, References) and isinstance(new, References):
        added = tuple(item for item in new.items if item not in old.items)
        removed = tuple(item for item in old.items if item not in new.items)
        parts = [
            f"{verb} {describe(References(items))}" for verb, items in (("add", added), ("remove", removed)) if items
        ]
        return "; ".join(parts) or f"another order of {words(len(new.items), 'entity', 'entities')}"
    return f"{describe(old)} -> {describe(new)}"


def _key(reference: EntityReference) -> tuple[str, ...]:
    return tuple(value for _, value in reference.key)


def _shortened(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
