"""`trackteroid whoami`: as whom which server is asked."""

from __future__ import annotations

from typing import Any, cast

import click

from trackteroid.cli.command import Command, json_option, say
from trackteroid.cli.connecting import connected, server_of, server_options
from trackteroid.entities import User
from trackteroid.query import Query

_ROLES = "user_security_roles.security_role.name"


def whoami_in_python(**given: Any) -> str:
    """Return the program that does what `trackteroid whoami` does."""
    server = server_of(given)
    start = server.python([], needs_session=True)
    return "\n".join([*start, f"print({server.session}.api_user, {server.session}.server_information)"])


@click.command(cls=Command, python=whoami_in_python)
@json_option
@server_options
def whoami(**given: Any) -> None:
    """Say as whom which server is asked.

    That is the user, the roles of that user, the address and the version of the server.
    """
    as_json = given["as_json"]
    with connected(server_of(given)) as session:
        information: dict[str, Any] = session.server_information
        username: Any = User.username
        rows = Query(User, session).where(username == session.api_user).get(["username", _ROLES]).to_dicts()
        user: dict[str, Any] = rows[0] if rows else {}
        name = " ".join(filter(None, (user.get("first_name"), user.get("last_name"))))
        known = information.get("product")
        product = cast("dict[str, Any]", known) if isinstance(known, dict) else {}
        made = f"({product.get('name', '')} {product.get('version', '')})" if product else ""
        found: dict[str, Any] = {
            "user": session.api_user,
            **({"name": name} if name else {}),
            "roles": sorted(set(user.get(_ROLES) or [])),
            "server": session.address,
            "version": " ".join(filter(None, (information.get("version"), made))),
        }
    shown = {**found, "roles": ", ".join(found["roles"]) or "none"}
    say(found, [f"{name:8}  {value}" for name, value in shown.items()], as_json=as_json)
