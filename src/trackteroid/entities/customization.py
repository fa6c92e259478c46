"""Custom attributes: what studios add to entities, and the links between them."""

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import ANY, BY_NAME, NAMED, values

_BY_KEY = (values("by_name", "key", *ANY),)
_LINK = ("id", "configuration_id", "from_id", "to_id")
_VALUE = ("configuration_id", "entity_id", "key", "value")


class CustomConfigurationBase(Entity, shared=True, projections=("id", "key"), criteria=_BY_KEY):
    """The definition of a custom attribute or of a link; ``by_name`` means its key."""


class CustomAttributeConfiguration(CustomConfigurationBase):
    """The definition of a custom attribute."""


class CustomAttributeLinkConfiguration(CustomConfigurationBase):
    """The definition of a link between entities."""


class CustomAttributeGroup(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """Custom attributes that are shown together."""


class CustomAttributeType(Entity, shared=True, named_by="name", projections=NAMED, criteria=BY_NAME):
    """A kind of custom attribute: text, number, date."""


class CustomAttributeValue(Entity, projections=("configuration_id", "entity_id", "value"), parents=("configuration",)):
    """The value of a custom attribute."""


class CustomAttributeLink(Entity, projections=_LINK, parents=("configuration",)):
    """A link from one entity to another."""


class CustomAttributeLinkFrom(Entity, projections=_LINK, parents=("configuration",)):
    """A link from one entity to another, seen from its end."""


class AssetCustomAttributeValue(Entity, projections=_VALUE, parents=("configuration",)):
    """The value of a custom attribute of an asset."""


class AssetVersionCustomAttributeValue(Entity, projections=_VALUE, parents=("configuration",)):
    """The value of a custom attribute of a version."""


class ContextCustomAttributeValue(Entity, projections=_VALUE, parents=("configuration",)):
    """The value of a custom attribute of a project or a part of one."""


class ListCustomAttributeValue(Entity, projections=_VALUE, parents=("configuration",)):
    """The value of a custom attribute of a list."""


class ListObjectCustomAttributeValue(Entity, projections=_VALUE, parents=("configuration",)):
    """The value of a custom attribute of the member of a list."""


class UserCustomAttributeValue(Entity, projections=_VALUE, parents=("configuration",)):
    """The value of a custom attribute of a user."""


class AssetCustomAttributeLink(CustomAttributeLink):
    """A link to an asset."""


class AssetCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from an asset."""


class AssetVersionCustomAttributeLink(CustomAttributeLink):
    """A link to a version."""


class AssetVersionCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a version."""


class ComponentCustomAttributeLink(CustomAttributeLink):
    """A link to a component."""


class ComponentCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a component."""


class ContextCustomAttributeLink(CustomAttributeLink):
    """A link to a project or a part of one."""


class ContextCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a project or a part of one."""


class GroupCustomAttributeLink(CustomAttributeLink):
    """A link to a group."""


class GroupCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a group."""


class ListCustomAttributeLink(CustomAttributeLink):
    """A link to a list."""


class ListCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a list."""


class UserCustomAttributeLink(CustomAttributeLink):
    """A link to a user."""


class UserCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a user."""


__all__ = [
    "AssetCustomAttributeLink",
    "AssetCustomAttributeLinkFrom",
    "AssetCustomAttributeValue",
    "AssetVersionCustomAttributeLink",
    "AssetVersionCustomAttributeLinkFrom",
    "AssetVersionCustomAttributeValue",
    "ComponentCustomAttributeLink",
    "ComponentCustomAttributeLinkFrom",
    "ContextCustomAttributeLink",
    "ContextCustomAttributeLinkFrom",
    "ContextCustomAttributeValue",
    "CustomAttributeConfiguration",
    "CustomAttributeGroup",
    "CustomAttributeLink",
    "CustomAttributeLinkConfiguration",
    "CustomAttributeLinkFrom",
    "CustomAttributeType",
    "CustomAttributeValue",
    "CustomConfigurationBase",
    "GroupCustomAttributeLink",
    "GroupCustomAttributeLinkFrom",
    "ListCustomAttributeLink",
    "ListCustomAttributeLinkFrom",
    "ListCustomAttributeValue",
    "ListObjectCustomAttributeValue",
    "UserCustomAttributeLink",
    "UserCustomAttributeLinkFrom",
    "UserCustomAttributeValue",
]
