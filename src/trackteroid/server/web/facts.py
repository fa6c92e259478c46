"""What pages say of an entity, and how it is asked for and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from trackteroid.server.compiler.computed import is_obtainable
from trackteroid.server.language import Comparison, Literal, Operator, Path, Projection, Step
from trackteroid.server.model import EntityType, Model, Reference, Scalar

#: What is the name of an entity: the first of these paths that its type has and that leads to something.
NAMES: Final = ("name", "full_name", "username", "label", "asset.name", "subject", "key")
#: What a page shows of an entity: the first of these paths that its type has.
FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Path": ("link",),
    "Type": ("type.name", "type", "file_type"),
    "Status": ("status.name", "status"),
    "Priority": ("priority.name",),
    "Asset": ("asset.name", "version.asset.name"),
    "Version": ("version",),
    "User": ("user.username",),
    "First name": ("first_name",),
    "Last name": ("last_name",),
    "Start": ("start_date", "start"),
    "End": ("end_date", "end"),
    "Date": ("date",),
    "Created": ("created_at",),
    "Description": ("description",),
    "Comment": ("comment", "content"),
}


def known(model: Model, entity_type: EntityType, paths: Sequence[str]) -> Iterator[str]:
    """Yield those of `paths` that lead to a value of entities of a type."""
    for path in paths:
        *steps, last = path.split(".")
        holder: EntityType | None = entity_type
        for step in steps:
            attribute = holder.attributes.get(step) if holder else None
            holder = model.type(attribute.target) if isinstance(attribute, Reference) else None
        attribute = holder.attributes.get(last) if holder else None
        if isinstance(attribute, Scalar) and not attribute.hidden and is_obtainable(last, attribute):
            yield path


def text_of(entity: Mapping[str, Any], path: str) -> str:
    """Return the value at the end of a path as a person reads it."""
    value: Any = entity
    for name in path.split("."):
        value = None if value is None else value.get(name)
    if isinstance(value, list):  # the parts of a link, or plain values
        parts = cast("list[Any]", value)
        return " / ".join(str(cast("Any", part)["name"] if isinstance(part, Mapping) else part) for part in parts)
    if isinstance(value, Mapping):
        return f"{str(cast('Any', value)['value'])[:16].replace('T', ' ')} UTC"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def projections(paths: Sequence[str]) -> tuple[Projection, ...]:
    """Return what a query projects to bring these paths."""
    return tuple(Projection(path_of(path)) for path in dict.fromkeys(paths))


def is_equal(path: str, value: str | int) -> Comparison:
    """Return the condition that what a path leads to is a value."""
    return Comparison(path_of(path), Operator.IS, Literal(str(value), quoted=isinstance(value, str)))


def path_of(text: str) -> Path:
    """Return the path of names with dots between them."""
    return Path(tuple(Step(name) for name in text.split(".")))
