"""A listener for the unmodified Python client: it tells everybody what tasks are described as."""

from __future__ import annotations

from typing import Any

import ftrack_api
from ftrack_api.event.base import Event


def listen(session: ftrack_api.Session) -> None:
    hub: Any = session.event_hub

    def updated(event: Any) -> None:
        for entity in event["data"].get("entities", ()):
            if "description" in entity.get("changes", {}):
                hub.publish(Event("studio.described", data={"text": entity["changes"]["description"]["new"]}))

    hub.subscribe("topic=ftrack.update", updated)
    hub.wait()


if __name__ == "__main__":
    listen(ftrack_api.Session(auto_connect_event_hub=True))
