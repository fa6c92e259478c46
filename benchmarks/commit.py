"""What a commit of one change costs the client, by how many entities the session holds: ours against ftrack_api's.

Both ways run in one session over the same entities and the same canned answers, so what counts is the ratio.

    python -m benchmarks.commit
"""

import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import ftrack_api
import requests

from benchmarks.hydration import PAGE, CannedServer, connect
from trackteroid.session import Session

#: A row of the canned server is an AssetVersion with its asset and task.
ENTITIES_PER_ROW = 3


class Committing(CannedServer):
    """Accepts changes too, and answers them with what it was sent."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        batch = json.loads(cast("bytes", request.body))
        if batch[0]["action"] != "update":
            return super().send(request)
        answers = [
            {"action": "update", "data": {**operation["entity_data"], "id": operation["entity_key"][0]}}
            for operation in batch
        ]
        response = requests.Response()
        response.status_code = 200
        response.encoding = "utf-8"
        response.url = str(request.url)
        response.raw = io.BytesIO(json.dumps(answers).encode())
        return response


def loaded(entities: int) -> tuple[Any, list[Any]]:
    """Return a session that holds about this many entities, and the AssetVersions among them."""
    session = connect(Session, Committing(max(entities // ENTITIES_PER_ROW, PAGE)))
    return session, session.query("select id from AssetVersion").all()


def seconds(commit: Callable[[], None], version: Any, rounds: int) -> float:
    """Return the median processor time of *commit* with one changed value."""
    spent: list[float] = []
    for number in range(rounds):
        version["comment"] = f"changed {number} {commit}"
        begin = time.process_time()
        commit()
        spent.append(time.process_time() - begin)
    return sorted(spent)[rounds // 2]


def ratio(entities: int, rounds: int = 5, stock_rounds: int = 1) -> tuple[float, float, float]:
    """Return the seconds of ftrack_api and of ours, and how many times faster ours is."""
    session, versions = loaded(entities)
    with session:
        ours = seconds(session.commit, versions[0], rounds)
        stock = seconds(lambda: ftrack_api.Session.commit(session), versions[0], stock_rounds)
    return stock, ours, stock / ours


def run(sizes: tuple[int, ...] = (2_000, 20_000, 100_000)) -> Iterator[str]:
    """Yield the lines of the report."""
    yield "commit of one changed value, processor time"
    for entities in sizes:
        stock, ours, factor = ratio(entities)
        yield (
            f"  {entities:7,} entities   ftrack_api {stock * 1e3:9.1f} ms   trackteroid {ours * 1e3:6.2f} ms   "
            f"{factor:8.0f} times faster"
        )


if __name__ == "__main__":
    for line in run():
        print(line)
