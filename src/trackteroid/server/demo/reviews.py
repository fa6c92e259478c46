"""What the client was shown, and when everybody meets."""

from __future__ import annotations

from trackteroid.server.demo.people import person
from trackteroid.server.demo.publishing import versions_of
from trackteroid.server.demo.script import Entity, Script, moment

#: The versions shown: asset, what the client thought.
SHOWN = (
    ("sync/bc/bc0010/bc0010_comp", "approved"),
    ("sync/bc/bc0030/bc0030_comp", "approved"),
    ("sync/bc/bc0040/bc0040_comp", "require_changes"),
)

INVITEES = (("Dana Whitfield", "dana@client.example"), ("Sol Marchetti", "sol@client.example"))

#: Name, first day, number of days, who takes part.
EVENTS = (
    ("Kick-off", 0, 1, ("mira", "tomas", "ines", "oskar", "yuki", "lena", "noor", "paul")),
    ("Dailies", 45, 1, ("lena", "noor", "paul")),
)


def write(script: Script) -> None:
    """A review session with its guests, and the calendar."""
    session = script.create(
        "ReviewSession",
        "sync/reviews/First look",
        name="First look",
        description="The comps of the harbour sequence",
        project=script["sync"],
        start_date=moment(75),
        end_date=moment(82),
    )
    invitees = [
        script.create("ReviewSessionInvitee", f"{session.path}/{email}", name=name, email=email, review_session=session)
        for name, email in INVITEES
    ]
    for order, (asset, verdict) in enumerate(SHOWN):
        _show(script, session, versions_of(script, asset)[-1], order, invitees[0], verdict)
    for name, day, days, usernames in EVENTS:
        event = script.create(
            "CalendarEvent",
            f"sync/{name}",
            name=name,
            project=script["sync"],
            start=moment(day),
            end=moment(day + days),
        )
        for username in usernames:
            resource = person(script, username)
            script.create("CalendarEventResource", f"{event.path}/{username}", calendar_event=event, resource=resource)


def _show(script: Script, session: Entity, version: Entity, order: int, invitee: Entity, verdict: str) -> None:
    """One version in the session, and what the invitee said about it."""
    shown = script.create(
        "ReviewSessionObject",
        f"{session.path}/{version.path}",
        name=version.parent_path.rpartition("/")[2],
        description="",
        version=f"Version {int(version.name[1:])}",
        asset_version=version,
        review_session=session,
        sort_order=order,
    )
    script.create(
        "ReviewSessionObjectStatus",
        f"{shown.path}/status",
        status=verdict,
        invitee=invitee,
        review_session_object=shown,
    )
