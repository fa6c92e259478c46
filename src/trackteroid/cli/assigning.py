"""`trackteroid create` and `set`: text becomes what the attribute holds, and names become what is called so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click

from trackteroid.cli.asking import (
    AskingCommand,
    asked,
    complete_types,
    complete_values,
    names_in,
    query_of,
    read_statement,
    type_of,
)
from trackteroid.cli.changing import change, changing_options, manner_of, selected
from trackteroid.cli.command import Command
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.cli.locating import find_owner
from trackteroid.collections.change.create import given_value
from trackteroid.collections.change.names import named_kinds
from trackteroid.columns import CUSTOM
from trackteroid.entities.base import entity_class
from trackteroid.errors import InvalidArgumentsError
from trackteroid.importing.targets import Target, held_by, is_same, target_of, value_of
from trackteroid.query import Query
from trackteroid.schema.membership import keys_of_reference
from trackteroid.schema.types import schema_of
from trackteroid.session import Session


@dataclass(frozen=True, slots=True)
class Value:
    """A value for an attribute.

    Attributes:
        target: what it is set to.
        text: the value as it was given; empty to take it away.
    """

    target: Target
    text: str

    @classmethod
    def of(cls, session: Session, type_name: str, name: str, text: str, *, is_new: bool) -> Value:
        """Return the value that a text is for an attribute.

        Raises:
            UnknownAttributeError: there is no such attribute; the message suggests similar ones.
            InvalidArgumentsError: nobody can set it, or a text cannot say it.
        """
        types = schema_of(session)
        first, _, rest = name.partition(".")
        if not (first.startswith(CUSTOM) and types.find_attribute(type_name, "custom_attributes")):
            attribute = types.attribute(type_name, first)
            if attribute.is_many:
                raise InvalidArgumentsError(
                    f'"{first}" of {type_name} holds several values, which NAME=VALUE cannot say. Use Python for it: '
                    f"trackteroid console"
                )
            named = [entity_class(kind, types).named_by for kind in named_kinds(types, attribute.target or "")]
            if attribute.kind == "reference" and rest not in ("id", *named, *(named and [""])):
                ways = [f"{first}=NAME"] * bool(named) + ["--parent PATH"] * (is_new and first == "parent")
                raise InvalidArgumentsError(
                    f'"{name}" of {type_name} cannot be set so. Write {" or ".join([*ways, f"{first}.id=ID"])}.'
                )
            if attribute.kind == "reference" and rest == "id":
                name = next(iter(keys_of_reference(types, type_name, first)), name)
        target = target_of(session, types, type_name, name, name)
        if target.attribute.computed or (target.attribute.immutable and not is_new):
            raise InvalidArgumentsError(
                f'"{name}" of {type_name} cannot be set: '
                + ("the server computes it." if target.attribute.computed else "it never changes.")
            )
        return cls(target, text)

    def converted(self, near: Any, entity: Any = None) -> Any:
        """Return what it is for an entity: a value, or an entity; None to take it away.

        Raises:
            AssignmentError: it does not fit; the message suggests what may have been meant.
        """
        return value_of(near, self.target, self.text, entity) if self.text else None

    def written(self, near: Any) -> str:
        """Return it as it is written in a program."""
        if not self.text:
            return "None"
        return repr(self.text) if self.target.attribute.kind == "reference" else repr(self.converted(near))


def values_of(session: Session, type_name: str, texts: Iterable[str], *, is_new: bool = False) -> list[Value]:
    """Return the values of ``name=value`` for attributes of entities of a type.

    Raises:
        UnknownAttributeError: there is no such attribute; the message suggests similar ones.
        InvalidArgumentsError: one is not written so, or is there twice; nobody can set it, or a text cannot say it.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, has_value, value = text.partition("=")
        if not has_value or not name.strip():
            raise InvalidArgumentsError(f"Values are given as NAME=VALUE, not as {text!r}.")
        if name.strip() in found:
            raise InvalidArgumentsError(f"{name.strip()} is given twice.")
        found[name.strip()] = value
    return [Value.of(session, type_name, name, text, is_new=is_new) for name, text in found.items()]


def create_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid create` does."""
    server = server_of(given)
    with connected(server) as session:
        entity_type = type_of(session, given["statement"])
        near: Any = Query(entity_type, session).get(limit=0)
        values = values_of(session, entity_type.__name__, given["values"], is_new=True)
        arguments = [f"{value.target.name}={value.written(near)}" for value in values]
        owner = find_owner(session, given["parent"]) if given["parent"] else None
        kind = "" if owner is None else str(owner.values()[0].entity_type)
        identity = "" if owner is None else owner.keys()
    world = "" if server.is_default else f", {server.session}"
    names = list(dict.fromkeys(filter(None, ["Query", entity_type.__name__, kind])))
    lines = server.python(names, needs_session=True)
    if kind:
        lines.append(f"parent = Query({kind}{world}).by_id({', '.join(map(repr, identity))}).get_one()")
        arguments.append("parent=parent")
    lines.append(f"Query({entity_type.__name__}{world}).get(limit=0).create({', '.join(arguments)})")
    return "\n".join([*lines, f"{server.session}.commit()"])


@click.command(cls=Command, python=create_in_python)
@click.argument("statement", metavar="TYPE", shell_complete=complete_types)
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True, shell_complete=complete_values)
@click.option("--parent", metavar="PATH|ID", help="What it belongs to, such as sync/bc.")
@changing_options
@server_options
def create(**given: Any) -> None:
    """Create an entity.

    \b
    trackteroid create Shot name=sh010 --parent sync/bc
    trackteroid create Task name=comp type=Compositing --parent sync/bc/bc0010 --dry-run

    Names of statuses and types are found as `trackteroid set` finds them.
    """
    manner = manner_of(given)
    with connected(server_of(given)) as session:
        entity_type = type_of(session, given["statement"])
        near: Any = Query(entity_type, session).get(limit=0)
        values = values_of(session, entity_type.__name__, given["values"], is_new=True)
        owner = find_owner(session, given["parent"]) if given["parent"] else None
        subject = owner.values()[0] if owner is not None else None
        arguments = {value.target.name: value.converted(near, subject) for value in values if value.text}
        if owner is not None:
            arguments["parent"] = owner
        types, parents, name = schema_of(session), entity_type.parents, entity_type.__name__
        if owner is None and parents and all(given_value(types, name, each, arguments) is None for each in parents):
            raise InvalidArgumentsError(
                f"Nothing tells what the new {name} belongs to. Say so with --parent, a path such as sync/bc or an id."
            )

        def record() -> None:
            near.create(**arguments)

        change(session, record, manner)


def set_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid set` does."""
    server = server_of(given)
    with connected(server) as session:
        query, values = _query_and_values(session, given)
        near = query.get(limit=0)
        lines = [f"found.{value.target.name} = {value.written(near)}" for value in values]
        attributes = [value.target.attribute.name for value in values]
        fetch = f"found = {asked(query, server.session)}.get({attributes!r})"
        start = server.python(names_in(query), needs_session=True)
    return "\n".join([*start, fetch, *lines, f"{server.session}.commit()"])


@click.command("set", cls=AskingCommand, python=set_in_python)
@click.argument("statement", shell_complete=complete_types)
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True, shell_complete=complete_values)
@changing_options
@server_options
def set_(**given: Any) -> None:
    """Change attributes of entities.

    \b
    trackteroid set "Shot where name is 'bc0010'" status="In progress" description="With rain"
    trackteroid set Task --by-project sync --by-type Compositing bid=3 custom_fps=24 --dry-run

    Text becomes what the attribute holds, and a name what is called so, such as a status. Nothing behind the sign takes
    the value away. What has the value already is left alone. More than ten changes are only made after a question.
    """
    manner = manner_of(given)
    with connected(server_of(given)) as session:
        query, values = _query_and_values(session, given)
        types = schema_of(session)
        paths = [path for value in values for path in value.target.paths(types)]
        found = selected(query, read_statement(given["statement"]), paths)

        def record() -> None:
            for value in values:
                new = [(entity, value.converted(found, entity)) for entity in found.values()]
                changed = [(entity, each) for entity, each in new if not is_same(held_by(value.target, entity), each)]
                if changed:
                    part = found.from_entities([entity for entity, _ in changed])
                    setattr(part, value.target.name, [each for _, each in changed])

        change(session, record, manner)


def _query_and_values(session: Session, given: dict[str, Any]) -> tuple[Any, list[Value]]:
    query = query_of(session, read_statement(given["statement"]), given["criteria"])
    return query, values_of(session, query.entity_type.__name__, given["values"])
