"""Custom attributes: typed values, the columns they are searched by, and keys that occur once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..changes import Row
from ..failures import IntegrityError, ValidationError
from ..unit_of_work import UnitOfWork
from ..values import moment, shown, whole_seconds
from .step import Step


def check_value(step: Step) -> None:
    """A value has the type of its configuration, and is kept once more in the columns that searches use."""
    if "value" in step.values:
        configuration = step.uow.find("CustomAttributeConfiguration", step.value("configuration_id"))
        if configuration is None:
            raise IntegrityError(
                f"There is no CustomAttributeConfiguration {step.value('configuration_id')}; "
                "look up the id by the key of the custom attribute."
            )
        value = typed_value(step.uow, configuration.values, step.values["value"])
        step.values["value"] = value
        step.values["text"], step.values["number"] = search_columns(value)


def check_default(step: Step) -> None:
    """The default of a configuration is a value like any other; its type is settled once."""
    if not step.is_new and step.changes("type_id"):
        raise ValidationError("The type of a custom attribute cannot be changed; make a new one with another key.")
    if not step.is_new and step.changes("project_id") and step.old["project_id"] is None:
        raise ValidationError("A global custom attribute cannot be restricted to one project.")
    if step.is_new or step.changes("default"):
        default = step.value("default")
        if default not in (None, ""):
            default = typed_value(step.uow, {"key": step.value("key"), "type_id": step.value("type_id")}, default)
            step.values["default"] = default
        step.values["default_text"], step.values["default_number"] = search_columns(default)


def keep_keys_unique(step: Step) -> None:
    """A key occurs once per kind of entity, object type and project."""
    names = ("key", "entity_type", "object_type_id", "project_id")
    if any(step.changes(name) for name in names):
        wanted = [step.value(name) for name in names]
        for other in step.uow.select(step.type, "key", [step.value("key")]):
            if [other.values[name] for name in names] == wanted and other.values["id"] != step.value("id"):
                raise IntegrityError(
                    f"There is a custom attribute {shown(step.value('key'))} for {step.value('entity_type')} already "
                    f"({other.label})."
                )


def type_name(uow: UnitOfWork, type_id: str | None) -> str | None:
    """The name of a custom attribute type (``number``), or None."""
    row: Row | None = uow.find("CustomAttributeType", type_id) if type_id is not None else None
    return row.values["name"] if row is not None else None


def typed_value(uow: UnitOfWork, configuration: Any, value: Any) -> Any:
    """`value` in the form the type of the configuration keeps; null clears.

    Raises:
        ValidationError: The value is of another type.
    """
    kind = type_name(uow, configuration["type_id"])
    convert = _CONVERSIONS.get(kind or "")
    if value is None or convert is None:
        return value
    try:
        return convert(value)
    except (TypeError, ValidationError):
        raise ValidationError(
            f'Custom attribute value for "{configuration["key"]}" must be of type {kind}. Got {shown(value)}.'
        ) from None


def search_columns(value: Any) -> tuple[str | None, float | None]:
    """A value as text and, if it is one, as number: what criteria compare with.

    Several values are joined with commas, dates are their ISO text, true and false are also 1 and 0.
    """
    if value is None:
        return None, None
    if isinstance(value, bool):
        return ("true" if value else "false"), float(value)
    if isinstance(value, int | float):
        return (str(int(value)) if value == int(value) else repr(value)), float(value)
    if isinstance(value, list):
        return ",".join(str(part) for part in value), None  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - any JSON
    if isinstance(value, dict):
        return str(value.get("value", json.dumps(value))), None  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType] - any JSON
    return str(value), None


def _number(value: Any) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value:
        return value
    raise TypeError


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError


def _date(value: Any) -> dict[str, str]:
    return {"__type__": "datetime", "value": whole_seconds(moment("", value))}


def _choices(value: Any) -> list[str]:
    """Chosen values; tools also send them as one text with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list) and all(isinstance(part, str) for part in value):  # pyright: ignore[reportUnknownVariableType] - any JSON
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - checked above
    raise TypeError


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "url": _text,
    "expression": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "enumerator": _choices,
    "dynamic enumerator": _choices,
}
