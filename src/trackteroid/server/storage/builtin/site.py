"""What belongs to the site as a whole: locations, roles, categories, kinds of assets, settings."""

from __future__ import annotations

import json

from trackteroid.server.auth.kinds import ROLES
from trackteroid.server.storage.builtin.table import Row, named_id, named_table, table

#: The user type that every new user gets.
USER_TYPE = "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8"


def rows() -> list[Row]:
    """Return all rows of this module."""
    return [*LOCATIONS, *USER_TYPES, *SECURITY_ROLES, *ASSET_TYPES, *CATEGORIES, *MANAGER_TYPES, *SETTINGS]


# The clients know these five by their ids and bring the code that reaches their files.
LOCATIONS = table(
    "Location",
    "id name label description",
    ("ce9b348f-8809-11e3-821c-20c9d081909b", "ftrack.origin", "Origin", "Where files were before they were published."),
    ("cb268ecc-8809-11e3-a7e2-20c9d081909b", "ftrack.unmanaged", "Unmanaged", "Files that stay where they are."),
    ("cd41be70-8809-11e3-b98a-20c9d081909b", "ftrack.review", "Review", "Media made for reviews."),
    ("3a372bde-05bc-11e4-8908-20c9d081909b", "ftrack.server", "Server", "Files kept by the server."),
    ("07b82a97-8cf9-11e3-9383-20c9d081909b", "ftrack.connect", "Connect", "Files handled by the desktop application."),
)

USER_TYPES = table("UserType", "id name", (USER_TYPE, "User"))

SECURITY_ROLES = [
    *named_table("SecurityRole", "name type", *((role.name, role.type) for role in ROLES)),
    *table(
        "SecurityRolePermission",
        "security_role_id kind action",
        *((named_id("SecurityRole", role.name), *granted) for role in ROLES for granted in sorted(role.permissions)),
    ),
]

ASSET_TYPES = named_table(
    "AssetType",
    "name short component",
    ("Animation", "anim", "main"),
    ("Audio", "audio", "main"),
    ("Cache", "cache", "main"),
    ("Camera", "cam", "main"),
    ("Compositing", "compositing", "main"),
    ("FX", "fx", "main"),
    ("Geometry", "geo", "main"),
    ("Image Sequence", "img", "main"),
    ("Layout", "layout", "main"),
    ("Light Rig", "light", "main"),
    ("Lookdev", "lookdev", "main"),
    ("Nuke Script", "comp", "main"),
    ("Render", "render", "main"),
    ("Rig", "rig", "main"),
    ("Scene", "scene", "main"),
    ("Script", "script", "main"),
    ("Texture", "texture", "main"),
    ("Upload", "upload", "main"),
)

# A label is a category that a note can have several of; queries for categories find labels too.
CATEGORIES = [
    *named_table(
        "NoteLabel",
        "name color sort",
        ("Internal", "#3498DB", 0),
        ("Client feedback", "#E74C3C", 1),
        ("External Note", "#F1C40F", 2),
        ("For client", "#1CBC90", 3),
    ),
    *named_table("ListCategory", "name", ("Default",), ("Dailies",), ("Deliveries",)),
]

MANAGER_TYPES = named_table("ManagerType", "name", ("Coordinator",), ("Producer",), ("Supervisor",))

# Where studios keep their files. The clients activate nothing for the automatic scenario.
SETTINGS = table(
    "Setting",
    "group name value",
    ("STORAGE", "storage_scenario", json.dumps({"scenario": "ftrack.automatic", "data": {}})),
)
