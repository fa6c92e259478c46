"""`trackteroid whoami`: as whom which server is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import click

from trackteroid.cli.command import Command, json_option, say
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.entities import User
from trackteroid.query import Query
from trackteroid.session import Session

_ROLES = "user_security_roles.security_role.name"


def _python(**given: Any) -> str:
    server = server_of(given)
    start = server.python([], needs_session=True)
    return "\n".join([*start, f"print({server.session}.api_user, {server.session}.server_information)"])


@click.command(cls=Command, python=_python)
@json_option
@server_options
def whoami(**given: Any) -> None:
    """Say as whom which server is asked.

    That is the user, the roles of that user, the address and the version of the server.
    """
    as_json = given["as_json"]
    with connected(server_of(given)) as session:
        found = _told(session)
    lines = [f"{name:8}  {_written(value)}" for name, value in found.items()]
    say(found, lines, as_json=as_json)


def _told(session: Session) -> dict[str, Any]:
    information: dict[str, Any] = session.server_information
    product: object = information.get("product")
    rows: list[dict[str, Any]] = Query(User, session).where(_is(session.api_user)).get(["username", _ROLES]).to_dicts()
    user = rows[0] if rows else {}
    name = " ".join(filter(None, (user.get("first_name"), user.get("last_name"))))
    return {
        "user": session.api_user,
        **({"name": name} if name else {}),
        "roles": sorted(set(user.get(_ROLES) or [])),
        "server": session.address,
        "version": " ".join(filter(None, (information.get("version"), _product(product)))),
    }


def _is(username: str) -> Any:
    attribute: Any = User.username
    return attribute == username


def _product(product: object) -> str:
    if not isinstance(product, dict) or not product:
        return ""
    known = cast("dict[str, Any]", product)
    return f"({known.get('name', '')} {known.get('version', '')})"


def _written(value: Any) -> str:
    return ", ".join(cast("Sequence[str]", value)) or "none" if isinstance(value, list) else str(value)
