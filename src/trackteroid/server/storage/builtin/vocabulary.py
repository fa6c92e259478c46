"""The words of production: object types, priorities, states, statuses and types of tasks."""

from __future__ import annotations

from trackteroid.server.storage.builtin.table import Row, table


def rows() -> list[Row]:
    """Return all rows of this module."""
    return [*OBJECT_TYPES, *PRIORITIES, *STATES, *_statuses(), *TYPES]


OBJECT_TYPES = table(
    "ObjectType",
    "name id icon sort "
    "is_taskable is_typeable is_statusable is_schedulable is_time_reportable is_leaf is_prioritizable",
    ("Folder", "3c133785-51cb-11e3-980a-20c9d0831e59", "folder", 0, True, False, False, False, False, False, True),
    ("Asset Build", "4be63b64-5010-42fb-bf1f-428af9d638f0", "box", 1, True, True, True, False, False, False, True),
    ("Episode", "22139355-61da-4c8f-9db4-3abc870166bc", "tv", 2, True, False, True, False, False, False, True),
    ("Sequence", "e5139355-61da-4c8f-9db4-3abc870166bc", "film", 3, True, False, False, False, False, False, True),
    ("Shot", "bad911de-3bd6-47b9-8b46-3476e237cb36", "movie", 4, True, False, True, False, False, False, True),
    ("Milestone", "01decdd1-51cb-11e3-9d5b-20c9d0831e59", "flag", 5, False, True, True, True, False, True, True),
    ("Task", "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c", "task", 6, False, True, True, True, True, True, True),
    ("Image", "4721f72a-bd5c-11eb-a3da-d6270330280e", "image", 7, True, False, False, False, False, False, False),
    ("Information", "efb7d34c-bd5b-11eb-86a7-d6270330280e", "info", 8, True, False, False, False, False, False, False),
)

PRIORITIES = table(
    "Priority",
    "name id sort color value",
    ("Urgent", "847fb90e-ead3-11e2-846c-f23c91dfaa16", 0, "#E74C3C", 0.0),
    ("High", "847f9cda-ead3-11e2-846c-f23c91dfaa16", 1, "#E67E22", 0.0),
    ("Medium", "847f8146-ead3-11e2-846c-f23c91dfaa16", 2, "#F1C40F", 0.0),
    ("Low", "847f663e-ead3-11e2-846c-f23c91dfaa16", 3, "#1CBC90", 0.0),
    ("None", "9661b320-3a0c-11e2-81c1-0800200c9a66", 4, "#CACACA", 0.0),
)

STATES = table(
    "State",
    "name short id",
    ("Done", "DONE", "cea116d4-acb5-11e1-8668-f23c91df1211"),
    ("Blocked", "BLOCKED", "5709c04e-2f4b-11e2-b663-0019bb4983d8"),
    ("In Progress", "IN_PROGRESS", "cea0efc4-acb5-11e1-8668-f23c91df1211"),
    ("Not Started", "NOT_STARTED", "cea0ba04-acb5-11e1-8668-f23c91df1211"),
)

STATUSES = (
    ("Completed", "9bb65936-88e7-11e3-9264-04011030cf01", "#1cbc90", "DONE"),
    ("Omitted", "a0bc3f24-15e2-11e1-b21a-0019bb4983d8", "#E74C3C", "BLOCKED"),
    ("On Hold", "a0bc2444-15e2-11e1-b21a-0019bb4983d8", "#E74C3C", "BLOCKED"),
    ("Revise", "2286947e-a2d4-11e9-825d-d27cf242b68b", "#FF6600", "IN_PROGRESS"),
    ("Client approved", "d5d6d8ca-ebb2-11e2-aef9-f23c91dfaa16", "#1CBC90", "DONE"),
    ("Approved", "44de097a-4164-11df-9218-0019bb4983d8", "#1cbc90", "DONE"),
    ("Pending Review", "44dded64-4164-11df-9218-0019bb4983d8", "#F1C40F", "IN_PROGRESS"),
    ("In progress", "44ddd0fe-4164-11df-9218-0019bb4983d8", "#3498DB", "IN_PROGRESS"),
    ("WIP", "cadb9a06-acb5-11e1-8668-f23c91df1211", "#CC99FF", "NOT_STARTED"),
    ("Ready to start", "9078de1a-40ce-11ed-a028-8e70b81a65da", "#00FFFF", "NOT_STARTED"),
    ("Not started", "44dd9fb2-4164-11df-9218-0019bb4983d8", "#CACACA", "NOT_STARTED"),
)


def _statuses() -> list[Row]:
    """Return the statuses in their order, each with its state."""
    states = {values["short"]: values["id"] for _, values in STATES}
    return table(
        "Status",
        "name id sort color is_active state_id",
        *((name, id_, sort, color, True, states[state]) for sort, (name, id_, color, state) in enumerate(STATUSES)),
    )


TYPES = table(
    "Type",
    "name id sort color is_billable",
    ("Concept Art", "56807358-a0f4-11e9-9843-d27cf242b68b", 0, "#33CCCC", True),
    ("Modeling", "44dc53c8-4164-11df-9218-0019bb4983d8", 1, "#935ba2", True),
    ("Rigging", "44dd5868-4164-11df-9218-0019bb4983d8", 2, "#58592d", True),
    ("Texture", "a750a84f-b253-11eb-ad41-1e003a0c2434", 3, "#f1c40f", True),
    ("Lookdev", "44dc8cd0-4164-11df-9218-0019bb4983d8", 4, "#a3635d", True),
    ("Character", "66d145f0-13c6-11e3-abf2-f23c91dfaa16", 5, "#3a2d5a", True),
    ("Prop", "66d1aedc-13c6-11e3-abf2-f23c91dfaa16", 6, "#f39c12", True),
    ("Furniture", "0e996e82-6662-11ed-a73a-92ba0fc0dc3d", 7, "#008000", False),
    ("Vehicle", "8c39f908-8b4c-11eb-9cdb-c2ffbce28b68", 8, "#ABABAB", True),
    ("Environment", "66d1daba-13c6-11e3-abf2-f23c91dfaa16", 9, "#5da35e", True),
    ("Matte Painting", "66d2038c-13c6-11e3-abf2-f23c91dfaa16", 10, "#5da35e", True),
    ("Production", "b628a004-ad7d-11e1-896c-f23c91df1211", 11, "#bdc3c7", False),
    ("Editing", "cc46c4c6-13d2-11e3-8915-f23c91dfaa16", 12, "#f1c40f", True),
    ("Conform", "a3ead45c-ae42-11e9-9454-d27cf242b68b", 13, "#ABABAB", True),
    ("Tracking", "44dd3ed2-4164-11df-9218-0019bb4983d8", 14, "#27ae60", True),
    ("Rotoscoping", "c3bcfdb4-ad7d-11e1-a444-f23c91df1211", 15, "#3498db", True),
    ("Previz", "44dc6ffc-4164-11df-9218-0019bb4983d8", 16, "#27ae60", True),
    ("Layout", "ffaebf7a-9dca-11e9-8346-d27cf242b68b", 17, "#3a2d5a", True),
    ("Animation", "44dc3636-4164-11df-9218-0019bb4983d8", 18, "#35592d", True),
    ("FX", "44dcea86-4164-11df-9218-0019bb4983d8", 19, "#9b59b6", True),
    ("Lighting", "44dd08fe-4164-11df-9218-0019bb4983d8", 20, "#5b5ba3", True),
    ("Rendering", "262225e8-9dcb-11e9-82b8-d27cf242b68b", 21, "#5ba3a3", True),
    ("Compositing", "44dd23b6-4164-11df-9218-0019bb4983d8", 22, "#2d5959", True),
    ("Deliverable", "ae1e2480-f24e-11e2-bd1f-f23c91dfaa16", 23, "#2980b9", True),
)
