"""What is published: assets, their versions, the components of these and where they are stored."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import ANY, BY_NAME, NAMED, extent, flag, span, values
from trackteroid.entities.production import StatusChange


class AssetType(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A kind of asset: Geometry, Render."""


class Asset(
    Entity,
    projections=NAMED,
    parents=("parent",),
    criteria=(*BY_NAME, values("by_type", "type.name", "TypedContext")),
):
    """Something that is published in versions."""


class AssetVersion(
    Entity,
    projections=("id", "asset.name", "version"),
    parents=("asset",),
    criteria=(
        values("by_name", "name", *ANY, on="asset"),
        values("by_publisher", "user.username"),
        values("by_resource_identifier", "resource_identifier", on="components.component_locations", many=True),
        values("by_version", "version"),
        values("by_status", "status.name", "Task"),
        values("by_state", "status.state.name", "Task"),
        values("by_type", "type.name", "Task", "Asset", on="asset"),
        values("by_outgoing_link", "id", on="used_in_versions", many=True),
        values("by_incoming_link", "id", on="uses_versions", many=True),
        span("by_publish_time", "date", "date"),
        flag("by_publish_state", "is_published"),
    ),
):
    """One version of an asset."""


class AssetVersionLink(Entity, projections=("id", "from_id", "to_id")):
    """The use of one version in another."""


class AssetVersionStatusChange(StatusChange, parents=("parent",)):
    """The moment at which the status of a version changed."""


class Component(
    Entity,
    projections=NAMED,
    parents=("version", "container"),
    criteria=(
        *BY_NAME,
        values("by_resource_identifier", "resource_identifier", on="component_locations", many=True),
        values("by_location", "location.name", on="component_locations", many=True),
        values("by_file_type", "file_type"),
        values("by_version", "version", "AssetVersion", on="version"),
        values("by_system_type", "system_type"),
        extent("by_size", "size"),
    ),
):
    """A file, a sequence of files or a bundle of components."""


class FileComponent(Component):
    """A single file."""


class ContainerComponent(Component):
    """A bundle of components."""


class SequenceComponent(ContainerComponent):
    """A numbered sequence of files."""


class ComponentLocation(
    Entity,
    projections=("id", "resource_identifier"),
    parents=("component",),
    criteria=(
        values("by_name", "name", *ANY, on="location"),
        values("by_version", "version", "AssetVersion", on="component.version"),
        values("by_resource_identifier", "resource_identifier"),
    ),
):
    """Where a component is stored in one location."""


class Location(Entity, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A place where components are stored."""


__all__ = [
    "Asset",
    "AssetType",
    "AssetVersion",
    "AssetVersionLink",
    "AssetVersionStatusChange",
    "Component",
    "ComponentLocation",
    "ContainerComponent",
    "FileComponent",
    "Location",
    "SequenceComponent",
]
