"""Who may have the data of a component, and who may replace it: whoever may see and change the component."""

from __future__ import annotations

from typing import Final

from trackteroid.server.auth.writing import may_read, require_kind, require_update
from trackteroid.server.core.changes import Row
from trackteroid.server.core.failures import PermissionError_, ValidationError, ValueError_
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.core.values import shown
from trackteroid.server.files import rows
from trackteroid.spelling import written_id

#: The signs that an id may have. Most have 36.
_LONGEST_ID: Final = 255


def require_reading(request: Request, component_id: str) -> Row:
    """Return a component whose data the caller may have.

    Raises:
        ValueError_: There is no such component, as far as they may know.
    """
    if not component_id:
        raise ValueError_("Name a component: the address has no id of one.")
    uow = unit_of_work(request)
    component = uow.find("Component", written_id(component_id))
    if component is None or not may_read(uow, component):
        raise ValueError_(f"There is no component {component_id[:100]}.")
    return component


def require_writing(request: Request, component_id: object) -> str:
    """Return the id of a component whose data the caller may replace, or of one that they may yet make.

    Raises:
        PermissionError_: They may not.
        ValidationError: It is no id, or that of something without data of its own.
    """
    if not isinstance(component_id, str) or not component_id.strip() or not _may_be_id(component_id):
        raise ValidationError(f"component_id must be the id of a FileComponent; got {shown(component_id)}.")
    component_id = written_id(component_id)
    uow = unit_of_work(request)
    component = uow.find("Component", component_id)
    if component is None:
        # Clients send the data first. Until the component is there, its id belongs to whoever has used it.
        require_kind(uow, uow.type("FileComponent"), "create")
        if rows.is_of_others(request, component_id):
            raise PermissionError_(f"Somebody else has sent data for {component_id[:100]}. Use a new id.")
        return component_id
    if component.type.name in ("ContainerComponent", "SequenceComponent"):
        raise ValidationError(f"{component.label} has no data of its own; its members have.")
    require_update(uow, component, {"name": component.values["name"]})
    return component_id


def _may_be_id(text: str) -> bool:
    """Return whether a component may have such an id: data that came for another one would be nobody's for ever."""
    return len(text) <= _LONGEST_ID and text.isprintable()
