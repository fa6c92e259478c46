"""Changing entities of ftrack_api so that the session records exactly the intended operations.

Values of custom attributes are checked against the configuration that counts for their entity.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import ftrack_api.exception
from ftrack_api.collection import CustomAttributeCollectionProxy
from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET

from trackteroid.client.custom_attributes import ATTRIBUTE, Configuration, Finder, no_such_attribute, row_of
from trackteroid.client.entities import forget, mapping, stored_value
from trackteroid.collections.change.convert import Accepted, accepted_by_configuration, arrow_of, check_is_there
from trackteroid.collections.change.pending import all_or_nothing
from trackteroid.collections.fetching import fetch_missing
from trackteroid.errors import AssignmentError, UnknownAttributeError, nearest, suggest
from trackteroid.values import frozen


def check_settable(entities: Sequence[FtrackEntity], name: str) -> None:
    """Refuse an attribute that an entity does not have, or whose value is final.

    Raises:
        UnknownAttributeError: an entity has no such attribute.
        ftrack_api.exception.ImmutableAttributeError: the attribute cannot be changed once it has a value.
    """
    for entity in entities:
        attribute = entity.attributes.get(name)
        if attribute is None:
            known = entity.attributes.keys()
            raise UnknownAttributeError(
                f'{entity.entity_type} has no attribute "{name}" that can be set.{suggest(name, known)}',
                name=name,
                near=nearest(name, known),
            )
        if not attribute.mutable and attribute.is_set(entity):
            raise ftrack_api.exception.ImmutableAttributeError(attribute)


def set_mappings(
    session: Session, entities: Sequence[FtrackEntity], name: str, values: Sequence[Mapping[str, Any]], *, replace: bool
) -> None:
    """Write key and value attributes: *values* has one dictionary for each entity.

    With *replace*, keys that are not in the dictionary are removed. What exists has to be known for either, so entities
    that do not have the attribute loaded yet are loaded with one query.
    """
    fetch_missing(session, entities, name)
    if name == ATTRIBUTE:
        settings = settle(session, entities, values)
        with all_or_nothing(session):
            for setting in settings:
                put(setting)
        return
    with all_or_nothing(session):
        for entity, entries in zip(entities, values, strict=True):
            proxy = entity[name]
            existing = mapping(proxy)
            for key in [key for key in existing if key not in entries] if replace else ():
                del proxy[key]
            for key, value in entries.items():
                if key not in existing:
                    # What was deleted under this key may still be remembered, and cannot be made once more.
                    forget(entity.session, "Metadata", (str(stored_value(entity, "id")), key))
                if existing.get(key, NOT_SET) != value:
                    proxy[key] = value


#: The types of custom attributes with choices; those of dynamic ones are known to the tools that offer them only.
_CHOOSING = ("enumerator", "dynamic enumerator")

_MOST_NAMED = 20


@frozen
class Setting:
    """A custom attribute of one entity and what it is set to."""

    entity: FtrackEntity
    key: str
    configuration_id: str
    value: Any


def checked(session: Session, type_name: str, key: str, value: object) -> Any:
    """Return the value of the custom attribute *key* for a new entity of this type, of which no more is known yet.

    Raises:
        UnknownAttributeError: entities of this type have no such custom attribute.
        AssignmentError: the attribute is configured for values of another type.
    """
    check_is_there(f"custom_{key}", value)
    finder = Finder(session)
    found = finder.fitting(type_name, key)
    known = finder.fitting_keys(type_name)
    if not found and known:
        raise _unknown(type_name, key, known)
    if value is not None and found and all(accepted(each).convert(value) is None for each in found):
        raise _refusal(type_name, found[0], value)
    return value


def settle(session: Session, entities: Sequence[FtrackEntity], values: Sequence[Mapping[str, Any]]) -> list[Setting]:
    """Return what has to be set to give each of the entities its custom attributes, changing nothing yet.

    Args:
        session: theirs.
        entities: what has the attributes; those that were loaded or are new.
        values: one dictionary for each of them.

    Raises:
        UnknownAttributeError: an entity has no such custom attribute.
        AssignmentError: a value is of another type, or no choice.
    """
    finder = Finder(session)
    settings: list[Setting] = []
    for entity, given in zip(entities, values, strict=True):
        for key, value in given.items():
            found = finder.find(entity, key)
            if found is None:
                raise _unknown(entity.entity_type, key, finder.keys(entity))
            identifier, configuration = found
            if configuration is None:  # the user may not see it; the server knows better
                converted = arrow_of(value) if isinstance(value, datetime.date) else value
            else:
                converted = None if value is None else accepted(configuration).convert(value)
                if converted is None and value is not None:
                    raise _refusal(entity.entity_type, configuration, value)
            settings.append(Setting(entity, key, identifier, converted))
    return settings


def put(setting: Setting) -> None:
    """Set a custom attribute, also to what it shows already: that may be no more than the default."""
    entity = setting.entity
    if isinstance(stored_value(entity, ATTRIBUTE), CustomAttributeCollectionProxy):
        entity[ATTRIBUTE][setting.key] = setting.value  # older servers have stored values only, which are created
    else:
        row_of(entity, setting.key, setting.configuration_id)["value"] = setting.value


def _unknown(type_name: str, key: str, known: Sequence[str]) -> UnknownAttributeError:
    return UnknownAttributeError(no_such_attribute(type_name, key, known), name=key, near=nearest(key, known))


def accepted(configuration: Configuration) -> Accepted:
    """Return what a custom attribute takes."""
    choices = _choices(configuration)
    if choices is None:
        return accepted_by_configuration(configuration.type)
    return Accepted(choices.expected, choices.choose)


def _choices(configuration: Configuration) -> Choices | None:
    return choices_of(configuration.config) if configuration.type in _CHOOSING else None


def _refusal(type_name: str, configuration: Configuration, value: object) -> AssignmentError:
    choices = _choices(configuration)
    return AssignmentError(
        f'The custom attribute "{configuration.key}" of {type_name} takes {accepted(configuration).expected} (or '
        f"None), but {value!r} ({type(value).__name__}) was given.{choices.hint(value) if choices else ''}"
    )


@frozen
class Choices:
    """What an enumerator offers.

    Attributes:
        known: The values to choose from; None where nobody can tell.
        several: Whether a value may be more than one of them.
    """

    known: tuple[str, ...] | None = None
    several: bool = True

    @property
    def expected(self) -> str:
        """What is taken, in words."""
        if self.known is None:
            return "a text or a list of texts" if self.several else "a text, or a list with one"
        named = ", ".join(f'"{choice}"' for choice in self.known[:_MOST_NAMED]) or "of no choices yet"
        more = f" and {len(self.known) - _MOST_NAMED} more" if len(self.known) > _MOST_NAMED else ""
        return f"{'some' if self.several else 'one'} of {named}{more}"

    def choose(self, value: object) -> list[str] | str | None:
        """Return the chosen values as they are sent, or None if these are no choices or too many.

        A text is one choice, with all its commas; or, where several can be chosen and it is none itself, choices with
        commas between them. Where nobody knows the choices, a text without commas is sent as it is.
        """
        if self.known is None and isinstance(value, str) and "," not in value:
            return value or None
        chosen = self._parts(value) if isinstance(value, str) else _texts(value)
        if chosen is None or (len(chosen) > 1 and not self.several):
            return None
        return list(dict.fromkeys(chosen)) if all(map(self._offers, chosen)) else None

    def hint(self, value: object) -> str:
        """Return what may have been meant by a value that is refused, or an empty text."""
        for each in self._parts(value) if isinstance(value, str) else _texts(value) or []:
            if not self._offers(each):
                return suggest(each, self.known or ())
        return ""

    def _offers(self, text: str) -> bool:
        return text in self.known if self.known is not None else bool(text)

    def _parts(self, text: str) -> list[str]:
        if self.known is None or not self.several or text in self.known:
            return [text]
        return [part.strip() for part in text.split(",")]


@lru_cache(maxsize=1024)
def choices_of(config: str | None) -> Choices:
    """Return what the ``config`` of an enumerator says; one that cannot be read says nothing.

    >>> choices_of('{"multiSelect": false, "data": [{"menu": "Final", "value": "final"}]}')
    Choices(known=('final',), several=False)
    """
    try:
        settings: Any = json.loads(config) if config else {}
        data = settings.get("data")
        entries: Any = json.loads(data or "null") if isinstance(data, str) else data
        several = settings.get("multiSelect", entries is None) in (True, "true")
        if entries is None:
            return Choices(None, several)
        offered = [str(cast("Any", each)["value"] if isinstance(each, Mapping) else each) for each in entries]
        return Choices(tuple(dict.fromkeys(offered)), several)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Choices()


def _texts(value: object) -> list[str] | None:
    if not isinstance(value, list | tuple):
        return None
    parts = list(cast("list[object]", value))
    return [part for part in parts if isinstance(part, str)] if all(isinstance(part, str) for part in parts) else None
