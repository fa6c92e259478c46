"""What no column holds, worked out from rows: custom attributes of entities, ways through the hierarchy, sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from server.query_fuzz.comparing import Row, ascii_lower, folding

Tables = dict[str, list[Row]]


def find(tables: Tables, table: str, identity: Any) -> Row | None:
    return next((row for row in tables[table] if row["id"] == identity), None)


# what can be compared


def is_latest_version(tables: Tables, row: Row) -> bool:
    asset = find(tables, "asset", row["asset_id"])
    return asset is not None and asset["latest_version_id"] == row["id"]


def time_logged(tables: Tables, row: Row) -> float:
    below = {link["context_id"] for link in tables["context_ancestor"] if link["ancestor_id"] == row["id"]}
    logged = [log["duration"] for log in tables["timelog"] if log["context_id"] in below | {row["id"]}]
    return sum((duration for duration in logged if duration is not None), 0.0)


COMPUTED: dict[str, Callable[[Tables, Row], Any]] = {
    "is_latest_version": is_latest_version,
    "time_logged": time_logged,
    "thumbnail_source_id": lambda _, row: row["thumbnail_id"] and row["id"],
    "bid_time_logged_difference": lambda tables, row: (row["bid"] or 0.0) - time_logged(tables, row),
}


# rows that are made of others


def asset_ancestors(tables: Tables) -> list[Row]:
    rows = [{"asset_id": asset["id"], "ancestor_id": asset["context_id"]} for asset in tables["asset"]]
    return rows + [
        {"asset_id": asset["id"], "ancestor_id": link["ancestor_id"]}
        for asset in tables["asset"]
        for link in tables["context_ancestor"]
        if link["context_id"] == asset["context_id"]
    ]


def user_sessions(tables: Tables) -> list[Row]:
    names = {"id": "id", "user_id": "user_id", "creation_time": "created_at", "accessed_time": "last_used_at"}
    used = [row for row in tables["api_key"] if row["last_used_at"] is not None]
    return [{name: row[column] for name, column in names.items()} for row in used]


VIEWS: dict[str, Callable[[Tables], list[Row]]] = {"AssetAncestor": asset_ancestors, "UserSession": user_sessions}


# what can only be shown


def way_to(tables: Tables, context_id: str | None) -> list[Row]:
    """From the project down to a context."""
    links = [link for link in tables["context_ancestor"] if link["context_id"] == context_id]
    links.sort(key=lambda link: link["depth"], reverse=True)
    contexts = [find(tables, "context", link["ancestor_id"]) for link in links]
    return [
        {
            "id": row["id"],
            "name": row["name"] if row["full_name"] is None else row["full_name"],
            "type": row["concrete_type"],
        }
        for row in (*contexts, find(tables, "context", context_id))
        if row is not None
    ]


def version_link(tables: Tables, row: Row) -> list[Row]:
    asset = find(tables, "asset", row["asset_id"]) or {"name": None, "context_id": None}
    own = {"id": row["id"], "name": f"{asset['name']} v{row['version']}", "type": "AssetVersion"}
    return [*way_to(tables, asset["context_id"]), own]


def group_link(tables: Tables, row: Row | None) -> list[Row]:
    way: list[Row] = []
    while row is not None and row["concrete_type"] == "Group" and row["id"] not in [part["id"] for part in way]:
        way.insert(0, {"id": row["id"], "name": row["name"], "type": "Group"})
        row = find(tables, "resource", row["parent_id"])
    return way


def link(tables: Tables, family: str, row: Row) -> list[Row]:
    if family == "AssetVersion":
        return version_link(tables, row)
    return group_link(tables, row) if family == "Resource" else way_to(tables, row["id"])


def picture(component_id: str | None) -> Row:
    path = "/img/thumbnail2.png" if component_id is None else f"/component/thumbnail?id={component_id}"
    return {"url": path, "value": component_id}


def data(component_id: str | None) -> Row | None:
    return component_id and {"url": f"/component/get?id={component_id}", "value": component_id}


SHOWN: dict[str, Callable[[Tables, str, Row], Any]] = {
    "link": link,
    "_link": link,
    "thumbnail_url": lambda _, __, row: picture(row["thumbnail_id" if "thumbnail_id" in row else "component_id"]),
    "url": lambda _, __, row: data(row["component_id"]),
    "is_open": lambda _, __, row: row["end_date"] is None or row["end_date"] > NOW,
}

#: The moment of all queries.
NOW = "2024-05-01T12:00:00"


# custom attributes

KINDS = {"Context": "task", "AssetVersion": "assetversion", "Asset": "asset", "User": "user"}
KINDS |= {"List": "list", "ListObject": "listobject"}

#: What leads from an entity to its project: a key, the table and the kind of what it leads to.
ABOVE = {"ListObject": ("list_id", "list", "List")}


def dense(tables: Tables, owner: str, entities: Sequence[Row]) -> list[Row]:
    """A value for every configuration that applies to an entity."""
    configurations = [
        row for row in tables["custom_configuration_base"] if row["concrete_type"] == "CustomAttributeConfiguration"
    ]
    stored = {(row["configuration_id"], row["entity_id"]): row for row in tables["custom_attribute_value"]}
    rows: list[Row] = []
    for entity in entities:
        for one in applying(tables, owner, entity, configurations):
            default = {
                form: one[column]
                for form, column in (("value", "default"), ("text", "default_text"), ("number", "default_number"))
            }
            value = stored.get((one["id"], entity["id"]), default)
            row = {"configuration_id": one["id"], "entity_id": entity["id"], "key": one["key"]}
            rows.append(row | {form: value[form] for form in ("value", "text", "number")})
    return rows


def applying(tables: Tables, owner: str, entity: Row, configurations: Sequence[Row]) -> list[Row]:
    """The configurations that count: the first of each key, those of the project before others."""
    project = project_of(tables, owner, entity)
    meant = [one for one in configurations if is_meant(owner, entity, one)]
    found = [one for one in meant if one["project_id"] in (None, project)]
    found.sort(key=lambda one: (one["project_id"] is None, bool(one["is_hierarchical"]), one["id"]))
    first: dict[str, Row] = {}
    for one in found:
        if one["key"] is not None:
            first.setdefault(folding(one["key"]), one)
    return [*first.values(), *(one for one in found if one["key"] is None)]


def is_meant(owner: str, entity: Row, configuration: Row) -> bool:
    if owner in ("Context", "AssetVersion", "Asset") and configuration["is_hierarchical"]:
        return True
    kind = ascii_lower(configuration["entity_type"] or "")
    if owner != "Context":
        return kind == KINDS[owner]
    if kind == "show":
        return entity["concrete_type"] == "Project"
    object_type = configuration["object_type_id"]
    return kind == "task" and object_type is not None and object_type == entity["object_type_id"]


def project_of(tables: Tables, owner: str, entity: Row | None) -> str | None:
    if entity is None or owner == "User":
        return None
    if owner not in ABOVE:
        return entity["project_id"]
    key, table, kind = ABOVE[owner]
    return project_of(tables, kind, find(tables, table, entity[key]))
