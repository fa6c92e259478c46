"""What files are called that come from components."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from trackteroid.errors import PublishingError, suggest

PATTERN = "{asset}_v{version:03d}_{name}{file_type}"
#: What may stand in patterns, and the path from a component to it.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "asset": "version.asset.name",
        "context": "version.asset.parent.name",
        "file_type": "file_type",
        "id": "id",
        "name": "name",
        "project": "version.asset.parent.project.name",
        "type": "version.asset.type.name",
        "version": "version.version",
    }
)
#: Characters that are no part of a name on some system, or lead elsewhere.
_LEADING = re.compile(r'[/\\:\0<>"|?*\x01-\x1f]')


def fields_of(pattern: str) -> tuple[str, ...]:
    """Return the fields that stand in a pattern.

    >>> fields_of("{asset}/v{version:03d}{file_type}")
    ('asset', 'version', 'file_type')

    Raises:
        PublishingError: one is not known.
    """
    try:
        found = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(pattern) if name is not None
        ]
    except (TypeError, ValueError) as error:
        raise PublishingError(f"The pattern {pattern!r} cannot be read: {error}. Write {PATTERN!r}.") from error
    for name, spec, conversion in found:
        if name not in FIELDS or conversion or "{" in (spec or ""):
            raise PublishingError(
                f'"{name}" cannot stand in the pattern {pattern!r}.{suggest(name, FIELDS)} '
                f"There are {', '.join(FIELDS)}."
            )
    return tuple(dict.fromkeys(name for name, _, _ in found))


def name_of(pattern: str, values: Mapping[str, Any], label: str) -> Path:
    """Return the relative path of a component in a folder.

    Args:
        pattern: the pattern.
        values: what stands for its fields.
        label: what the component is called in errors.

    Raises:
        PublishingError: a value is missing, or would lead somewhere else.
    """
    used = {name: values.get(name) for name in fields_of(pattern)}
    for name, value in used.items():
        if value is None:
            raise PublishingError(f"{label} has no {name}, which the pattern {pattern!r} needs. Leave it out: {{id}}.")
        if isinstance(value, str) and (_LEADING.search(value) or value.strip(" .") == "" != value):
            raise PublishingError(
                f"{label} has the {name} {value!r}, which cannot be a part of the name of a file. Leave it out of the "
                "pattern: {id}{file_type}."
            )
    try:
        text = pattern.format(**used)
    except (ValueError, TypeError) as error:
        raise PublishingError(f"The pattern {pattern!r} does not fit {label}: {error}.") from error
    path = Path(text)
    parts = re.split(r"[/\\]", text)
    if path.is_absolute() or path.drive or not text or any(part.strip(" ") in ("", ".", "..") for part in parts):
        raise PublishingError(f"{label} would be written to {text!r}, which is not inside of the folder.")
    return path
