"""Generated productions come into PostgreSQL another way, and are the same there."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner

from postgres.cluster import Cluster
from trackteroid.cli import main
from trackteroid.server import Database, EmbeddedServer
from trackteroid.server.demo.generate import Scale, generate
from trackteroid.server.model import standard_model

TINY = Scale(projects=2, artists=3, sequences=2, shots=4, builds=2, tasks=2.5, assets=2, versions=3, components=2)
KINDS = ("Context", "ContextAncestor", "Asset", "AssetVersion", "Component", "ComponentLocation", "Appointment", "User")


def generated(url: str) -> dict[str, list[Any]]:
    """All rows that there are, by kind, after a production has been added."""
    model, database = standard_model(), Database(url)
    try:
        generate(database, TINY, seed=3)
        with database.begin(write=False) as connection:
            tables = {kind: model.table(kind) for kind in KINDS}
            return {
                kind: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
                for kind, table in tables.items()
            }
    finally:
        database.close()


def test_the_same_production_has_the_same_rows_on_both_databases(cluster: Cluster) -> None:
    assert generated(cluster.new_database()) == generated("sqlite://")


def test_the_server_goes_on_where_the_generator_stopped(cluster: Cluster) -> None:
    server = EmbeddedServer(cluster.new_database())
    try:
        generate(server.database, TINY)
        query = {"action": "query", "expression": "select id from Asset limit 1"}
        asset = server.call([query])[0]["data"][0]["id"]
        create = {"action": "create", "entity_type": "AssetVersion", "entity_data": {"asset_id": asset}}
        assert server.call([create])[0]["data"]["version"] == 4
    finally:
        server.close()


def test_the_command_refuses_to_add_the_same_projects_twice(cluster: Cluster) -> None:
    arguments = ["generate", "--database", cluster.new_database()]
    first, second = (CliRunner().invoke(main, arguments) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "--seed" in second.output
    assert "Traceback" not in second.output
