"""`trackteroid tree`: what is below."""

from __future__ import annotations

from typing import Any

import click

from trackteroid.cli.command import Command, json_option, say
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.locating import find_owner, find_path
from trackteroid.display.trees import Node
from trackteroid.entities import Project
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.spelling import is_id


def tree_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid tree` does."""
    server = server_of(given)
    with connected(server) as session:
        kind, identity = "Project", ""
        if is_id(given["path"] or ""):
            (entity,) = find_owner(session, given["path"]).values()
            kind, identity = str(schema_of(session).type(entity.entity_type).name), str(entity["id"])
        elif given["path"] is not None:
            kind, identity = find_path(session, given["path"])
    depth = "" if given["depth"] is None else f"depth={given['depth']}"
    world = "" if server.is_default else f", {server.session}"
    criterion = f".by_id({identity!r})" if identity else ""
    return "\n".join([*server.python(["Query", kind]), f"print(Query({kind}{world}){criterion}.get().tree({depth}))"])


@click.command(cls=Command, python=tree_in_python)
@click.argument("path", metavar="[PATH|ID]", required=False)
@click.option("--depth", type=click.IntRange(0), help="How many levels are drawn.  [default: all; 1 without a path]")
@json_option
@server_options
def tree(**given: Any) -> None:
    """Draw what is below a project, a folder or another context.

    \b
    trackteroid tree sync/bc --depth 1

    Without a path it draws all projects.
    """
    as_json, depth = given["as_json"], given["depth"]
    with connected(server_of(given)) as session:
        if given["path"] is None:
            projects: Any = Query(Project, session).get(order_by="name")
            found = projects.tree(1 if depth is None else depth)
        else:
            found = find_owner(session, given["path"]).tree(depth)

        def as_object(node: Node, level: int) -> dict[str, Any]:
            children = found.children.get(node.id, ()) if depth is None or level < depth else ()
            status = node.remark.strip("()")
            return {
                "id": node.id,
                "name": node.name,
                "type": node.type,
                **({"status": status} if status else {}),
                "children": [as_object(child, level + 1) for child in children],
            }

        say([as_object(root, 0) for root in found.roots], str(found).splitlines(), as_json=as_json)
