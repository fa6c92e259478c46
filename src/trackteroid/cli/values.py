"""Values from a shell: text becomes what the attribute holds, and names become what is called so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trackteroid.collections.change.names import named_kinds
from trackteroid.columns import CUSTOM
from trackteroid.entities.base import entity_class
from trackteroid.errors import InvalidArgumentsError
from trackteroid.importing.targets import Target, target_of, value_of
from trackteroid.schema.membership import keys_of_reference
from trackteroid.schema.types import schema_of
from trackteroid.session import Session


@dataclass(frozen=True, slots=True)
class Value:
    """A value for an attribute.

    Attributes:
        target: what it is set to.
        text: the value as it was given; empty to take it away.
    """

    target: Target
    text: str

    def converted(self, near: Any, entity: Any = None) -> Any:
        """Return what it is for an entity: a value, or an entity; None to take it away.

        Raises:
            AssignmentError: it does not fit; the message suggests what may have been meant.
        """
        return value_of(near, self.target, self.text, entity) if self.text else None


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """Return names and values of ``name=value``.

    Raises:
        InvalidArgumentsError: one is not written so, or is there twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, has_value, value = text.partition("=")
        if not has_value or not name.strip():
            raise InvalidArgumentsError(f"Values are given as NAME=VALUE, not as {text!r}.")
        if name.strip() in found:
            raise InvalidArgumentsError(f"{name.strip()} is given twice.")
        found[name.strip()] = value
    return found


def values_of(session: Session, type_name: str, given: Mapping[str, str], *, is_new: bool = False) -> list[Value]:
    """Return the values for attributes of entities of a type.

    Raises:
        UnknownAttributeError: there is no such attribute; the message suggests similar ones.
        InvalidArgumentsError: nobody can set it, or a text cannot say it.
    """
    return [Value(_target(session, type_name, name, is_new=is_new), text) for name, text in given.items()]


def _target(session: Session, type_name: str, name: str, *, is_new: bool) -> Target:
    types = schema_of(session)
    first, _, rest = name.partition(".")
    if not (first.startswith(CUSTOM) and types.find_attribute(type_name, "custom_attributes")):
        attribute = types.attribute(type_name, first)
        if attribute.is_many:
            raise InvalidArgumentsError(
                f'"{first}" of {type_name} holds several values, which NAME=VALUE cannot say. Use Python for it: '
                f"trackteroid console"
            )
        named = [entity_class(kind, types).named_by for kind in named_kinds(types, attribute.target or "")]
        if attribute.kind == "reference" and rest not in ("id", *named, *(named and [""])):
            ways = [f"{first}=NAME"] * bool(named) + ["--parent PATH"] * (is_new and first == "parent")
            raise InvalidArgumentsError(
                f'"{name}" of {type_name} cannot be set so. Write {" or ".join([*ways, f"{first}.id=ID"])}.'
            )
        if attribute.kind == "reference" and rest == "id":
            name = next(iter(keys_of_reference(types, type_name, first)), name)
    target = target_of(session, types, type_name, name, name)
    if target.attribute.computed or (target.attribute.immutable and not is_new):
        raise InvalidArgumentsError(
            f'"{name}" of {type_name} cannot be set: '
            + ("the server computes it." if target.attribute.computed else "it never changes.")
        )
    return target


def written(value: Value, near: Any) -> str:
    """Return a value as it is written in a program."""
    if not value.text:
        return "None"
    return repr(value.text) if value.target.attribute.kind == "reference" else repr(value.converted(near))
