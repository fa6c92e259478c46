"""The pictures of the pages, drawn by the code that these tell of, from the demo production.

python docs/pictures.py

The build of the documentation runs it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
import schema_reference
from matplotlib.figure import Figure
from sqlalchemy import text

from trackteroid import Asset, AssetVersion, Project, Query, Session, Shot, Task
from trackteroid.plots import bids_against_time, burndown, status_over_time
from trackteroid.server import EmbeddedServer

FOLDER = Path(__file__).resolve().parent / "_pictures"
_BEGIN, _DAYS = datetime(2026, 1, 5, 9), 60


def draw(folder: Path = FOLDER) -> None:
    """Draw all pictures into a folder."""
    mpl.use("agg")
    logging.getLogger("trackteroid").setLevel(logging.WARNING)
    folder.mkdir(exist_ok=True)
    server = EmbeddedServer("sqlite://", with_demo=True)
    _take_time(server)
    with Session(server_url=server, plugin_paths=[], schema_cache_path=False) as session:
        tasks = Query(Task, session).by_name(Project, "sync")
        burndown(tasks, _axes(folder / "burndown.svg"), by_bid=True)
        status_over_time(Query(AssetVersion, session), _axes(folder / "status_over_time.svg"))
        bids_against_time(Query(Task, session), _axes(folder / "bids_against_time.svg"))
        left, right = _axes(folder / "weekly.svg", columns=2)
        burndown(tasks, left, by_bid=True).set_title("What is left of sync")
        bids_against_time(Query(Task, session), right).set_title("What all projects have cost so far")
        graph = session.graph(Shot, Asset, AssetVersion, Task)
        (folder / "types.svg").write_text(graph.svg(), encoding="utf-8")
        path = Query(AssetVersion, session).by_name(Project, "sync").explain()
        (folder / "path.svg").write_text(path.graph.svg(), encoding="utf-8")
    for domain in schema_reference.DOMAINS:
        (folder / f"schema_{domain}.svg").write_text(schema_reference.graph(domain).svg(), encoding="utf-8")
    for target, figure in _FIGURES.items():
        figure.savefig(target)
    _FIGURES.clear()
    server.close()


_FIGURES: dict[Path, Figure] = {}


def _axes(target: Path, columns: int = 1) -> Any:
    figure = _FIGURES[target] = Figure(figsize=(8 if columns == 1 else 11, 4), layout="constrained")
    return figure.subplots(1, columns)


def _take_time(server: EmbeddedServer) -> None:
    """Let statuses have changed over some weeks: the demo production is made in a second."""
    with server.database.engine.begin() as connection:
        connection.execute(text("update context set created_at = :at"), {"at": _BEGIN.isoformat()})
        ids = connection.execute(text("select id from status_change order by id")).scalars().all()
        for number, identity in enumerate(ids):
            at = _BEGIN + timedelta(days=number * 37 % _DAYS)
            connection.execute(
                text("update status_change set date = :at where id = :id"), {"at": at.isoformat(), "id": identity}
            )


if __name__ == "__main__":
    draw()
