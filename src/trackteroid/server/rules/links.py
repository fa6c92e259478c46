"""Links that custom attributes make: which kinds of entities they connect."""

from __future__ import annotations

from trackteroid.server.core.changes import Change, Row
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.model import EntityType
from trackteroid.server.rules.step import Step

#: What a link configuration calls a kind of entities -> the entity type all of them are.
_KINDS = {
    "show": "Context",
    "task": "Context",
    "asset": "Asset",
    "asset_version": "AssetVersion",
    "assetversion": "AssetVersion",
    "list": "List",
    "user": "User",
    "group": "Group",
    "component": "Component",
}
#: Root of the link types -> the end whose kind tells its subtypes apart.
_FAR_END = {"CustomAttributeLink": "to", "CustomAttributeLinkFrom": "from"}
_CONFIGURED = {"to": "entity_type_to", "from": "entity_type"}


def link_type(uow: UnitOfWork, root: EntityType, configuration_id: str | None) -> EntityType:
    """Return the subtype of `root` for links of one configuration."""
    return uow.type(_kind(_configuration(uow, configuration_id), _FAR_END[root.name]) + root.name)


def set_end_types(step: Step) -> None:
    """A link knows the types of both of its ends, and shows on both sides."""
    if not step.is_new:
        return
    configuration = _configuration(step.uow, step.values.get("configuration_id"))
    for root, end in _FAR_END.items():
        kind = _kind(configuration, end)
        end_id = step.values.get(f"{end}_id")
        row = step.uow.find(kind, end_id) if end_id is not None else None
        if row is None:
            raise IntegrityError(f"A {step.type.name} refers to {kind} {end_id} ({end}_id), which does not exist.")
        step.values[f"{end}_entity_type"] = row.type.name
        discriminator = step.uow.type(root).discriminator
        if discriminator:
            step.values[discriminator] = kind + root


def keep_single(uow: UnitOfWork, change: Change) -> None:
    """A link of a one-to-one configuration is the only one of both of its ends."""
    link = change.row
    configuration = _configuration(uow, link.values["configuration_id"])
    if not configuration.values["one_to_one"]:
        return
    for end in _CONFIGURED:
        if f"{end}_id" in change.new:
            links = uow.select(link.type, f"{end}_id", [link.values[f"{end}_id"]])
            if any(other is not link and other.values["configuration_id"] == configuration.key[0] for other in links):
                raise IntegrityError(
                    f"{configuration.label} is one-to-one, and {link.values[f'{end}_entity_type']} "
                    f"{link.values[f'{end}_id']} has a link already. Delete that first."
                )


def _configuration(uow: UnitOfWork, configuration_id: str | None) -> Row:
    row = uow.find("CustomAttributeLinkConfiguration", configuration_id) if configuration_id else None
    if row is None:
        raise IntegrityError(f"There is no CustomAttributeLinkConfiguration {configuration_id}.")
    return row


def _kind(configuration: Row, end: str) -> str:
    name = configuration.values[_CONFIGURED[end]]
    if name not in _KINDS:
        raise ValidationError(
            f"{configuration.label} links {name}, which is none of the kinds of entities that can be linked: "
            f"{', '.join(_KINDS)}."
        )
    return _KINDS[name]
