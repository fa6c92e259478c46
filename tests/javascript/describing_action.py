"""An action for the unmodified Python client: it describes the task that is selected."""

from __future__ import annotations

from typing import Any

import ftrack_api


class DescribeAction:
    """Describe a task."""

    label = "Describe"
    identifier = "tests.describe"

    def __init__(self, session: ftrack_api.Session) -> None:
        self.session = session

    def register(self) -> None:
        user = self.session.api_user
        hub: Any = self.session.event_hub
        hub.subscribe(f"topic=ftrack.action.discover and source.user.username={user}", self.discover)
        hub.subscribe(
            f"topic=ftrack.action.launch and data.actionIdentifier={self.identifier} and source.user.username={user}",
            self.launch,
        )

    def discover(self, event: Any) -> Any:
        return {"items": [{"label": self.label, "actionIdentifier": self.identifier}]}

    def launch(self, event: Any) -> Any:
        task: Any = self.session.get("Task", event["data"]["selection"][0]["entityId"])
        task["description"] = event["data"]["text"]
        self.session.commit()
        return {"success": True, "message": "described"}


if __name__ == "__main__":
    session = ftrack_api.Session(auto_connect_event_hub=True)
    DescribeAction(session).register()
    session.event_hub.wait()
