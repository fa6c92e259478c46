"""What people said and did: notes, time, links, lists, metadata, scopes; and what the client saw, and when all meet."""

from __future__ import annotations

from trackteroid.server.demo.people import person
from trackteroid.server.demo.publishing import versions_of
from trackteroid.server.demo.script import Entity, Script, known, moment

#: Path, author (None is whoever sends the operations), label, recipients, text, reply.
NOTES: tuple[tuple[str, str | None, str, tuple[str, ...], str, str | None], ...] = (
    ("DummyProject/Library/SomeAsset/v001", "paul", "Internal", ("mira",), "Nice start.", "Thanks!"),
    ("DummyProject/Library/SomeAsset/v002", None, "Client feedback", ("mira",), "Ready for the client.", None),
    ("sync/bc/bc0040/bc0040_comp/v001", "paul", "Internal", ("noor",), "The horizon is tilted.", "Fixed in v002."),
    ("sync/bc/bc0040/bc0040_comp/v002", None, "Client feedback", ("noor",), "More haze near the pier, please.", None),
    ("sync/bc/bc0040/bc0040_comp/v002", "paul", "Internal", ("noor", "lena"), "Match the haze of bc0030.", "Will do."),
    ("sync/bc/bc0030/bc0030_comp/v010", None, "Client feedback", ("lena",), "Approved, thank you.", None),
    ("sync/bc/bc0020/bc0020_comp/v024", "paul", "External Note", ("lena",), "Edges of the sail are still soft.", None),
    ("sync/bc/bc0010/bc0010_comp/v019", "oskar", "Internal", ("lena",), "Two frames shorter in the latest edit.", None),
    ("sync/bc/bc0040", "paul", "Internal", ("yuki", "noor"), "Continuity: the crane is on the left.", "Noted."),
    ("sync/bc", "paul", "Internal", ("oskar",), "The order of bc0030 and bc0040 may change.", None),
    ("sync/Assets/Aria", "paul", "Internal", ("mira", "tomas"), "The coat needs two states.", "Wet and dry?"),
    ("sync/Delivery 3/Harbor", None, "Client feedback", ("ines",), "Fewer cranes.", None),
    ("showroom/Backlot/Mascot", "tomas", "Internal", ("mira",), "Could the ears be separate meshes?", "Yes."),
    ("showroom/ep01/sq010/sh010", "yuki", "Internal", ("oskar",), "The host looks off camera.", None),
    ("showroom", "paul", "Internal", ("oskar", "yuki"), "Locked edit on Friday.", None),
)

#: Task, user, name, seconds, day. The time logged on Aria adds up to 16.0, the figure the documentation prints.
TIMELOGS = (
    ("sync/Assets/Aria/Modeling", "mira", "Body", 10.0, 3),
    ("sync/Assets/Aria/Modeling", "mira", "Coat", 6.0, 4),
    ("sync/bc/bc0010/Animation", "yuki", "Blocking", 14400.0, 20),
    ("sync/bc/bc0010/Animation", "yuki", "Polish", 21600.0, 24),
    ("sync/bc/bc0020/Animation", "yuki", "Blocking", 18000.0, 21),
    ("sync/bc/bc0030/Compositing", "lena", "Slap comp", 7200.0, 30),
    ("sync/bc/bc0040/Compositing", "noor", "Haze", 10800.0, 40),
    ("showroom/ep01/Editing", "oskar", "Assembly", 28800.0, 35),
    ("showroom/Backlot/Host/Modeling", "mira", "Head", 14400.0, 8),
    ("showroom/Production", "paul", "Planning", 5400.0, 1),
)

#: Asset builds and the shots that show them. Props have no links yet.
APPEARANCES = (
    ("sync/Assets/Aria", ("sync/bc/bc0010", "sync/bc/bc0020", "sync/bc/bc0040")),
    ("sync/Assets/Bolt", ("sync/bc/bc0020", "sync/bc/bc0030")),
    ("sync/Delivery 3/Harbor", ("sync/bc/bc0010", "sync/bc/bc0020", "sync/bc/bc0030", "sync/bc/bc0040")),
    ("showroom/Backlot/Host", ("showroom/ep01/sq010/sh010", "showroom/ep01/sq010/sh020")),
    ("showroom/Backlot/Main Hall", ("showroom/ep01/sq010/sh010", "showroom/ep01/sq020/sh010")),
)

METADATA: tuple[tuple[str, dict[str, str]], ...] = (
    ("sync", {"delivery_format": "ProRes 4444", "aspect_ratio": "2.39"}),
    ("showroom", {"delivery_format": "H.264", "aspect_ratio": "1.78"}),
    ("sync/bc/bc0040", {"camera": "A", "lens": "35mm"}),
    ("sync/bc/bc0040/bc0040_comp/v003", {"source_scene": "bc0040_comp_v003.nk", "frames": "1001-1003"}),
    ("people/noor", {"preferred_theme": "dark"}),
)

SCOPES = (
    ("Trailer", ("sync", "sync/bc/bc0020", "sync/bc/bc0040")),
    ("Teaser", ("sync/bc/bc0040", "showroom/ep01/sq010/sh010")),
    ("Broadcast", ("showroom", "showroom/ep01")),
)

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
    """All of it."""
    for number, (path, author, label, recipients, content, reply) in enumerate(NOTES, 1):
        note = script.create(
            "Note",
            f"notes/{number}",
            author=person(script, author) if author else script.actor,
            category=Entity("NoteCategory", known("NoteLabel", label).id),
            content=content,
            date=moment(56 + number),
            is_todo=label == "Internal",
            parent_id=script[path].id,
            parent_type=script[path].type,
        )
        for username in recipients:
            key = {"note_id": note.id, "resource_id": person(script, username).id}
            script.create_row("Recipient", key)
        if reply:
            values = {"content": reply, "date": moment(56 + number, hours=2), "is_todo": False}
            answer = script.create("Note", f"{note.path}/reply", author=person(script, recipients[0]), **values)
            script.update(note, replies=[answer])  # as the Python client attaches it
    for path, username, name, duration, day in TIMELOGS:
        who = {"context": script[path], "user": person(script, username)}
        what = {"name": name, "duration": duration, "start": moment(day), "comment": ""}
        script.create("Timelog", f"{path}/time/{name}", **who, **what)
    for source, targets in APPEARANCES:
        for target in targets:
            ends = {"from": script[source], "to": script[target]}
            script.create("TypedContextLink", f"{source}/in/{target}", **ends)
    for path, values in METADATA:
        script.set_metadata(script[path], **values)
    _create_scopes(script)
    _create_lists(script)
    _create_reviews(script)
    _create_events(script)


def _create_scopes(script: Script) -> None:
    chosen: dict[str, list[Entity]] = {}
    for name, paths in SCOPES:
        scope = script.create("Scope", f"scopes/{name}", name=name)
        for path in paths:
            chosen.setdefault(path, []).append(scope)
    for path, scopes in chosen.items():
        script.update(script[path], scopes=scopes)


def _create_lists(script: Script) -> None:
    """What is looked at together, and what was sent together."""
    tasks = [task for task in script.find("Task") if task.path.startswith("sync/bc/") and task.name == "Animation"]
    comps = [asset.path for asset in script.find("Asset") if asset.path.endswith("_comp")]
    latest = [versions_of(script, path)[-1] for path in comps]
    for entity_type, system_type, name, category, items in (
        ("TypedContextList", "task", "Animation to watch", "Dailies", tasks),
        ("TypedContextList", "task", "First delivery", "Deliveries", tasks[:2]),
        ("AssetVersionList", "assetversion", "Comp dailies", "Dailies", latest),
        ("AssetVersionList", "assetversion", "Client review", "Deliveries", latest[:3]),
    ):
        script.create(
            entity_type,
            f"sync/lists/{name}",
            name=name,
            owner=script.actor,
            project=script["sync"],
            category=known("ListCategory", category),
            is_open=name != "First delivery",
            system_type=system_type,
            items=items,
        )


def _create_reviews(script: Script) -> None:
    """A review session with its guests, and what one of them said about each version."""
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
        version = versions_of(script, asset)[-1]
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
            invitee=invitees[0],
            review_session_object=shown,
        )


def _create_events(script: Script) -> None:
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
