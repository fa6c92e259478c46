"""`trackteroid tree`: what is below."""

from __future__ import annotations

from typing import Any

import click

from trackteroid.cli.command import Command, json_option, say
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.locating import find_owner, find_path
from trackteroid.display.trees import Node, Tree
from trackteroid.entities import Project
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.session import Session
from trackteroid.spelling import is_id


def _python(**given: Any) -> str:
    server = server_of(given)
    with connected(server) as session:
        kind, identity = _place(session, given["path"])
    depth = "" if given["depth"] is None else f"depth={given['depth']}"
    world = "" if server.is_default else f", {server.session}"
    criterion = f".by_id({identity!r})" if identity else ""
    return "\n".join([*server.python(["Query", kind]), f"print(Query({kind}{world}){criterion}.get().tree({depth}))"])


@click.command(cls=Command, python=_python)
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
        found = _tree(session, given["path"], depth)
        say(_as_json(found, depth), str(found).splitlines(), as_json=as_json)


def _tree(session: Session, path: str | None, depth: int | None) -> Tree:
    if path is None:
        projects: Any = Query(Project, session).get(order_by="name")
        return projects.tree(1 if depth is None else depth)
    return find_owner(session, path).tree(depth)


def _place(session: Session, path: str | None) -> tuple[str, str]:
    if path is None:
        return "Project", ""
    if not is_id(path):
        return find_path(session, path)
    (entity,) = find_owner(session, path).values()
    return str(schema_of(session).type(entity.entity_type).name), str(entity["id"])


def _as_json(found: Tree, depth: int | None) -> list[dict[str, Any]]:
    def below(node: Node, level: int) -> dict[str, Any]:
        children = found.children.get(node.id, ()) if depth is None or level < depth else ()
        status = node.remark.strip("()")
        return {
            "id": node.id,
            "name": node.name,
            "type": node.type,
            **({"status": status} if status else {}),
            "children": [below(child, level + 1) for child in children],
        }

    return [below(root, 0) for root in found.roots]
