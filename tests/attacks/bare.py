"""A bare Starlette application that answers the calls of `load` with SQL written by hand: what the least would take.

It authenticates with one statement, reads and writes in one transaction, and knows no permissions, rules or limits.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from contextlib import nullcontext
from typing import Any

import orjson
import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trackteroid.server.http.serving import listen
from trackteroid.server.storage.engines import make_engine

KNOWN = sa.text(
    "SELECT u.id FROM resource u JOIN api_key k ON k.user_id = u.id WHERE u.username = :user AND k.digest = :digest"
)
READ = sa.text(
    "SELECT v.id, v.version, v.asset_id, a.name, a.context_id, s.id, s.name, t.id, t.name, t.concrete_type, u.id,"
    " u.username"
    " FROM asset_version v JOIN asset a ON a.id = v.asset_id LEFT JOIN status s ON s.id = v.status_id"
    " LEFT JOIN context t ON t.id = v.task_id LEFT JOIN resource u ON u.id = v.user_id"
    " WHERE a.context_id = :shot ORDER BY v.date DESC, v.id LIMIT 50"
)
UPDATE = sa.text("UPDATE context SET description = :text WHERE id = :id")
NOTE = sa.text(
    "INSERT INTO note (id, content, parent_id, parent_type, user_id, date)"
    " VALUES (:id, :content, :parent_id, 'Task', :user, '')"
)


def create_app(url: str) -> Starlette:
    """The application."""
    engine = make_engine(url)
    turn: Any = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    def work(user: str, key: str, operation: dict[str, Any]) -> list[Any]:
        data = operation.get("entity_data", {})
        writes = operation["action"] != "query"
        with turn if writes else nullcontext(), engine.connect() as connection, connection.begin():
            digest = hashlib.sha256(key.encode()).hexdigest()
            user_id = connection.execute(KNOWN, {"user": user, "digest": digest}).scalar_one()
            if not writes:
                shot = operation["expression"].split('"')[1]
                return [{"data": [list(row) for row in connection.execute(READ, {"shot": shot})]}]
            if operation["action"] == "update":
                connection.execute(UPDATE, {"text": data["description"], "id": operation["entity_key"][0]})
            else:
                connection.execute(
                    NOTE, {"id": data["id"], "content": "well", "parent_id": data["parent_id"], "user": user_id}
                )
        return [{"data": data}]

    async def answer(request: Request) -> Response:
        (operation,) = json.loads(await request.body())
        found = await run_in_threadpool(
            work, request.headers["ftrack-user"], request.headers["ftrack-api-key"], operation
        )
        return Response(orjson.dumps(found), media_type="application/json")

    return Starlette(routes=[Route("/api", answer, methods=["POST"])])


if __name__ == "__main__":
    listener = listen("127.0.0.1", 0)
    print(f"FTRACK_SERVER=http://127.0.0.1:{listener.getsockname()[1]}\nready", flush=True)
    config = uvicorn.Config(create_app(sys.argv[1]), log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])
