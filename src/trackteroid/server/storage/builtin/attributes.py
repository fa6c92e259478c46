"""Custom attributes: their types, and the ones that come with the project template."""

from __future__ import annotations

import json

from trackteroid.server.storage.builtin.table import Row, named_id, named_table, table
from trackteroid.server.storage.builtin.vocabulary import OBJECT_TYPES


def rows() -> list[Row]:
    """Return all rows of this module."""
    return [*TYPES, *GROUPS, *_configurations()]


TYPES = table(
    "CustomAttributeType",
    "name id core",
    ("text", "6268aef0-381c-11e0-acff-0019bb49847a", True),
    ("boolean", "ad1034d8-15e2-11e1-b21a-0019bb4983d8", True),
    ("date", "79968e9e-381c-11e0-acff-0019bb49847a", True),
    ("enumerator", "6ff9c812-ead3-11e2-846c-f23c91dfaa16", True),
    ("dynamic enumerator", "882e4aee-fae6-11e3-b623-20c9d0831e59", True),
    ("number", "92009b00-381c-11e0-acff-0019bb49847a", True),
    ("expression", "d2e6a530-357f-11e2-bd73-0019bb4985b8", True),
    ("url", "ec616dcd-56e2-4147-99f8-7e4a4f040cf9", True),
)

GROUPS = named_table("CustomAttributeGroup", "name", ("Frames",))

#: What the template brings: key, label, kind of entity, object type, type, default, id.
CONFIGURATIONS = (
    ("fstart", "Frame start", "task", "Shot", "number", 1, "acd86546-4082-11e2-95b1-0019bb4983d8"),
    ("fend", "Frame end", "task", "Shot", "number", 1, "432bc746-4087-11e2-8250-0019bb4983d8"),
    ("handles", "Frame handles", "task", "Shot", "number", 0, "432bdfa6-4087-11e2-8250-0019bb4983d8"),
    (
        "duration",
        "Frame duration",
        "task",
        "Shot",
        "expression",
        "{self.fend - self.fstart + 1}",
        "928887a8-645f-4909-a7d0-d1661cacd178",
    ),
    ("fps", "fps", "show", None, "number", 24, "d25219d6-acb5-11e1-8668-f23c91df1211"),
    ("fps", "fps", "task", "Sequence", "number", 25, "d25532e2-acb5-11e1-8668-f23c91df1211"),
    ("fps", "fps", "task", "Shot", "number", 25, "d25907a0-acb5-11e1-8668-f23c91df1211"),
)

_CONFIG = {"number": json.dumps({"isdecimal": True}), "expression": json.dumps({})}


def _configurations() -> list[Row]:
    """Return the template's custom attributes, one row for each kind of entity that has them."""
    object_types = {values["name"]: values["id"] for _, values in OBJECT_TYPES}
    types = {values["name"]: values["id"] for _, values in TYPES}
    group = named_id("CustomAttributeGroup", "Frames")
    return table(
        "CustomAttributeConfiguration",
        "key label entity_type object_type_id type_id default id config sort group_id core is_hierarchical",
        *(
            (
                key,
                label,
                kind,
                object_types.get(of),
                types[type_],
                default,
                id_,
                _CONFIG[type_],
                sort,
                group,
                False,
                False,
            )
            for sort, (key, label, kind, of, type_, default, id_) in enumerate(CONFIGURATIONS)
        ),
    )
