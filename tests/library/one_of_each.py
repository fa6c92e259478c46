"""Work with changes of every kind, and whether a server holds it once and nothing else: what is interrupted in tests.

things = prepare(session, "shot_1")  # on the server
work(session, "shot_1", *things)  # in the session
assert state(session, "shot_1") == wanted("shot_1")
"""

from collections import Counter

import arrow

#: How many entities of each type `prepare` and `work` leave on the server.
ADDED = Counter(
    Task=1,
    TypedContextLink=1,
    Note=2,
    Metadata=2,
    Asset=1,
    AssetVersion=2,
    AssetVersionLink=1,
    FileComponent=1,
    ComponentLocation=1,
)
START = "2024-05-06T07:08:09+00:00"


def prepare(session, name):
    """Make, on the server, what the operations of one case are about."""
    parent = session.query("Shot").first()
    task = session.create("Task", {"name": name, "parent": parent})
    asset = session.create("Asset", {"name": name, "parent": parent, "type": session.query("AssetType").first()})
    old = session.create("AssetVersion", {"asset": asset, "comment": "old"})
    doomed = session.create("Note", {"content": f"{name} doomed", "author": user(session)})
    task["notes"].append(doomed)
    task["metadata"]["kept"], task["metadata"]["removed"] = "1", "1"
    session.commit()
    return task, asset, old, doomed


def user(session):
    return session.query(f'User where username is "{session.api_user}"').one()


def work(session, name, task, asset, old, doomed):
    """Change things of every kind."""
    version = session.create("AssetVersion", {"asset": asset, "task": task, "comment": name})
    version["uses_versions"].append(old)
    component = session.create("FileComponent", {"name": name, "version": version})
    location = session.query('Location where name is "ftrack.unmanaged"').one()
    values = {"component": component, "location": location, "resource_identifier": f"/{name}"}
    session.create("ComponentLocation", values)
    note = session.create("Note", {"content": f"{name} new", "author": user(session)})
    task["notes"].append(note)
    reply = session.create("Note", {"content": f"{name} reply", "author": user(session), "in_reply_to": note})
    assert reply
    session.create("TypedContextLink", {"from": task["parent"], "to": task})
    task["bid"] = 7200.0
    task["start_date"] = arrow.get(START)
    task["description"] = "as discussed é 🎬"
    task["metadata"]["kept"] = "2"
    task["metadata"]["new"] = "3"
    del task["metadata"]["removed"]
    session.delete(doomed)
    old["comment"] = "superseded"


def state(session, name):
    """What the server holds of one case, by fresh eyes."""
    session.reset()
    fields = "bid, start_date, description, metadata.key, metadata.value, notes.content, incoming_links.id"
    task = session.query(f'select {fields} from Task where name is "{name}"').one()
    versions = session.query(f'select comment, version, uses_versions from AssetVersion where asset.name is "{name}"')
    result = {
        "bid": task["bid"],
        "start_date": task["start_date"] and task["start_date"].isoformat(),
        "description": task["description"],
        "metadata": dict(task["metadata"]),
        "notes": sorted(note["content"] for note in task["notes"]),
        "links": len(task["incoming_links"]),
        "versions": sorted(
            (version["version"], version["comment"], len(version["uses_versions"])) for version in versions
        ),
        "replies": len(session.query(f'select id from Note where in_reply_to.content is "{name} new"').all()),
        "doomed": len(session.query(f'select id from Note where content is "{name} doomed"').all()),
        "components": len(session.query(f'select id from Component where name is "{name}"').all()),
        "locations": len(
            session.query(f'select id from ComponentLocation where resource_identifier is "/{name}"').all()
        ),
    }
    session.reset()
    return result


def wanted(name):
    """What it holds once `work` has arrived."""
    return {
        "bid": 7200.0,
        "start_date": START,
        "description": "as discussed é 🎬",
        "metadata": {"kept": "2", "new": "3"},
        "notes": [f"{name} new"],
        "links": 1,
        "versions": [(1, "superseded", 0), (2, name, 1)],
        "replies": 1,
        "doomed": 0,
        "components": 1,
        "locations": 1,
    }


def totals(session):
    """How many entities of each type a server holds, whoever made them."""
    return Counter({name: len(session.query(f"select {_KEYS.get(name, 'id')} from {name}").all()) for name in ADDED})


_KEYS = {"Metadata": "key"}
