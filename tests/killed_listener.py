"""A listener that is killed again and again: ``python killed_listener.py URL USER KEY KIND FOLDER KILLS SEED``.

KIND is ``follow`` or ``group``. Each life is a fork of a session that has connected, so that hundreds of them take
seconds. What it has handled it writes into ``FOLDER/handled``, one line for each event: number, delivery, entity. Only
then it says that it is done with it, to itself (``follow``, in ``FOLDER/position``) or to the group. Once there were so
many kills and ``FOLDER/finished`` is there, it lives on until there is nothing left.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from trackteroid import Session
from trackteroid.events.log import LoggedEvent

WHERE = "topic=ftrack.update"
LEASE = 1.0


def handle(journal: int, logged: LoggedEvent) -> None:
    entities = logged.event["data"].get("entities") or [{"entityId": "gap"}]
    os.write(journal, f"{logged.sequence} {logged.delivery} {entities[0]['entityId']}\n".encode())


def follow(session: Session, folder: Path, journal: int) -> None:
    place = folder / "position"
    is_last = (folder / "finished").exists()
    position = int(place.read_text())
    events = session.events
    for logged in events.since(position, WHERE) if is_last else events.follow(position, where=WHERE, wait=0.5):
        handle(journal, logged)
        place.with_suffix(".part").write_text(str(logged.sequence))
        os.replace(place.with_suffix(".part"), place)


def consume(session: Session, folder: Path, journal: int) -> None:
    group = session.events.group("killed", lease=LEASE)
    finished = folder / "finished"
    while True:
        is_last = finished.exists()
        taken = group.take(most=5, wait=0.5)
        for logged in taken:
            handle(journal, logged)
            group.done(logged)
        (state,) = [each for each in session.events.groups() if each["name"] == "killed"]
        if is_last and not taken and not state["not_done"] and state["position"] >= state["newest"]:
            return


def live(session: Session, kind: str, folder: Path) -> int:
    """Begin a life; return its process."""
    child = os.fork()
    if child == 0:
        journal = os.open(folder / "handled", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            (follow if kind == "follow" else consume)(session, folder, journal)
        finally:
            os._exit(0)
    return child


def main(url: str, user: str, key: str, kind: str, folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    session = Session(server_url=url, api_user=user, api_key=key, plugin_paths=[])
    session.events.position()
    while kills > 0 or not (folder / "finished").exists():
        kills -= 1
        child = live(session, kind, folder)
        time.sleep(chance.uniform(0.01, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.waitpid(live(session, kind, folder), 0)
    session.close()


if __name__ == "__main__":
    url, user, key, kind, folder, kills, seed = sys.argv[1:]
    main(url, user, key, kind, Path(folder), int(kills), int(seed))
