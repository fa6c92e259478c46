"""Random batches of writes over a small production: dependent on each other, mixed, and wrong now and then.

Ids come from small pools, so that operations meet: something is made, changed, moved, listed, deleted and made again,
often within one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

from trackteroid.server.storage.builtin import find_id

Operation = dict[str, Any]
Data = dict[str, Any]

#: How many ids there are of each kind, and how many of them the production begins with.
POOL, FIRST = 8, 4

STATUSES = tuple(find_id("Status", name) for name in ("Not started", "In progress", "Completed"))
TASK_TYPES = tuple(find_id("Type", name) for name in ("Animation", "Compositing", "Modeling"))
SCHEMA = find_id("ProjectSchema", "VFX")
WRONG: tuple[Any, ...] = (
    None,
    "",
    7,
    1.5,
    True,
    [],
    {},
    "nowhere",
    ["x"],
    {"__entity_type__": "Shot"},
    2**70,
    "Ärger \u0130",
)


def create(entity_type: str, /, **data: Any) -> Operation:
    return {"action": "create", "entity_type": entity_type, "entity_data": data}


def update(entity_type: str, /, *key: Any, **data: Any) -> Operation:
    return {"action": "update", "entity_type": entity_type, "entity_key": list(key), "entity_data": data}


def delete(entity_type: str, *key: Any) -> Operation:
    return {"action": "delete", "entity_type": entity_type, "entity_key": list(key)}


def ask(text: str) -> Operation:
    return {"action": "query", "expression": text}


def ids(family: str, start: int = 0, stop: int = POOL) -> list[str]:
    """Ids of a kind; those of tasks are UUIDs, which may be written in other ways."""
    if family == "task":
        return [f"7a5c0000-0000-4000-8000-{number:012x}" for number in range(start, stop)]
    return [f"{family}{number}" for number in range(start, stop)]


def production(user: str) -> list[Operation]:
    """What is there before: two projects, and a little of everything in them."""
    operations = [create("Project", id=key, name=key, project_schema_id=SCHEMA) for key in ids("project", 0, 2)]
    operations += [create("NoteLabel", id=key, name=key, sort=1) for key in ids("label")]
    operations += [create("ListCategory", id="category", name="dailies"), create("Scope", id="scope0", name="scope0")]
    operations += [create("Location", id=key, name=key) for key in ids("location", 0, 3)]
    attribute = {"type_id": find_id("CustomAttributeType", "text"), "default": "", "config": "{}"}
    operations += [
        create(
            "CustomAttributeConfiguration", id="attribute0", key="fps", label="fps", entity_type="task",
            is_hierarchical=True, sort=0, **attribute,
        ),
        create(
            "CustomAttributeConfiguration", id="attribute1", key="grade", label="grade", entity_type="assetversion",
            sort=0, **attribute,
        ),
    ]  # fmt: skip
    writer = Writer(Random(1), user, hostility=0)
    for kind in ORDER:
        operations += [KINDS[kind].make(writer, key) for key in ids(KINDS[kind].family, 0, FIRST)]
    return [operation for operation in operations if operation]


class Kind:
    """How entities of a kind are made, and what of them changes."""

    def __init__(
        self, family: str, types: str, new: Callable[[Writer], Data], changed: Callable[[Writer], Data] | None = None
    ) -> None:
        self.family = family
        self.types = types.split()
        self.new = new
        self.changed = changed or new

    def make(self, writer: Writer, key: str) -> Operation:
        return create(writer.random.choice(self.types), id=key, **self.new(writer))


class Writer:
    """Makes up operations.

    Args:
        random: Where chance comes from.
        user: Who sends them.
        hostility: How probable it is that an operation is wrong in some way.
    """

    def __init__(self, random: Random, user: str, *, hostility: float = 0.01) -> None:
        self.random = random
        self.user = user
        self.hostility = hostility
        self.alive: dict[str, set[str]] = {KINDS[name].family: set(ids(KINDS[name].family, 0, FIRST)) for name in ORDER}
        self.alive["project"] = set(ids("project", 0, 2))

    def batch(self, existing: Collection[str]) -> list[Operation]:
        """One batch: a mix, or many of one sort in a row as programs send them. `existing` are the ids there are."""
        self.alive = {kind.family: set(existing).intersection(ids(kind.family)) for kind in KINDS.values()}
        steps = self.random.randint(1, 9)
        return [operation for _ in range(steps) for operation in self.step()]

    def step(self) -> list[Operation]:
        draw = self.random.random()
        if draw < 0.35:
            operations = self._run()
        elif draw < 0.7:
            operations = [self.operation(self.random.choice(list(KINDS)))]
        else:
            operations = [self.random.choice(_OTHERS)(self)]
        return [self._spoilt(operation) for operation in operations]

    def pick(self, family: str, *others: str) -> str:
        """The id of something, which mostly is there."""
        family = self.random.choice((family, *others))
        known = sorted(self.alive.get(family, ()))
        if known and self.random.random() >= 2 * self.hostility:
            return self._spelt(self.random.choice(known))
        return self.random.choice(ids(family))

    def any_of(self, *values: Any) -> Any:
        return self.random.choice(values)

    def some(self, **data: Any) -> Data:
        """Some of these values."""
        return {name: value for name, value in data.items() if self.random.random() < 0.5}

    def name(self) -> str:
        return f"{self.any_of('a', 'B', 'ä')}{self.random.randint(0, 9999)}"

    def members(self, *families: str) -> Any:
        """What a client says of a list: all of it, or what to add and to remove."""
        kinds = {
            "task": "Task", "shot": "Shot", "version": "AssetVersion", "note": "Note", "component": "Component",
            "asset": "Asset", "scope": "Scope", "label": "NoteLabel",
        }  # fmt: skip
        family = self.random.choice(families)
        chosen = [{"__entity_type__": kinds[family], "id": self.pick(family)} for _ in range(self.random.randint(0, 3))]
        if self.random.random() < 0.5:
            return chosen
        return {"__type__": "list_changes", "add": chosen[:1], "remove": chosen[1:]}

    def _run(self) -> list[Operation]:
        """Several of one sort, some of which may depend on each other."""
        kind = self.random.choice(list(KINDS))
        verb = self.random.choices(("create", "update", "delete"), (4, 4, 1))[0]
        return [self.operation(kind, verb) for _ in range(self.random.randint(2, 8))]

    def operation(self, name: str, verb: str | None = None) -> Operation:
        kind = KINDS[name]
        verb = verb or self.random.choices(("create", "update", "delete"), (6, 5, 1))[0]
        alive = self.alive[kind.family]
        if verb == "create" or not alive:
            free = sorted(set(ids(kind.family)) - alive)
            key = self.random.choice(free) if free and self.random.random() < 0.98 else f"new{self.random.random()}"
            alive.add(key)
            return kind.make(self, self._spelt(key))
        key = self.pick(kind.family)
        entity_type = _BASES.get(kind.types[0], kind.types[0])
        if verb == "update":
            return update(entity_type, key, **kind.changed(self))
        alive.discard(key)
        return delete(entity_type, key)

    def deletion(self) -> Operation:
        """The deletion of something that is there, as far as is known."""
        there = [name for name, kind in KINDS.items() if self.alive[kind.family]]
        return self.operation(self.random.choice(there or list(KINDS)), "delete")

    def _spelt(self, key: str) -> str:
        return self.any_of(key.upper(), key.replace("-", "")) if key[0] == "7" and self.random.random() < 0.1 else key

    def _spoilt(self, operation: Operation) -> Operation:
        if self.random.random() >= self.hostility:
            return operation
        spoilt = dict(operation)
        draw = self.random.random()
        if draw < 0.6 and isinstance(spoilt.get("entity_data"), Mapping) and spoilt["entity_data"]:
            data = dict(spoilt["entity_data"])
            data[self.random.choice([*data, "nonsense", "name", "id"])] = self.random.choice(WRONG)
            spoilt["entity_data"] = data
        elif draw < 0.8:
            spoilt[self.random.choice(list(spoilt))] = "query" if draw < 0.65 else self.random.choice(WRONG[:4])
            spoilt["action"] = operation["action"]
        else:
            spoilt["entity_type"] = self.any_of("Context", "Nonsense", "StatusChange", "User", "Component", "List")
        return spoilt


#: What entities of several types are called when they are changed or deleted.
_BASES: Mapping[str, str] = {"Shot": "TypedContext", "FileComponent": "Component"}


def _context(writer: Writer) -> Data:
    parent = writer.pick("project", "shot", "shot")
    own = writer.some(
        description=writer.name(), status_id=writer.any_of(*STATUSES), bid=3600, thumbnail_id=writer.pick("component")
    )
    return {"name": writer.name(), "parent_id": parent} | own


def _changed_context(writer: Writer) -> Data:
    return writer.some(
        name=writer.name(), description=writer.name(), status_id=writer.any_of(*STATUSES),
        parent_id=writer.pick("project", "shot"), scopes=writer.members("scope"), notes=writer.members("note"),
    )  # fmt: skip


def _task(writer: Writer) -> Data:
    return _context(writer) | writer.some(type_id=writer.any_of(*TASK_TYPES))


def _asset(writer: Writer) -> Data:
    return {"name": writer.name(), "context_id": writer.pick("project", "shot", "task")}


def _version(writer: Writer) -> Data:
    own = writer.some(
        comment=writer.name(), task_id=writer.pick("task"), version=writer.random.randint(1, 9),
        status_id=writer.any_of(*STATUSES), thumbnail_id=writer.pick("component"), is_published=True,
    )  # fmt: skip
    return {"asset_id": writer.pick("asset")} | own


def _changed_version(writer: Writer) -> Data:
    return writer.some(
        asset_id=writer.pick("asset"), version=writer.random.randint(1, 9), comment=writer.name(),
        components=writer.members("component"), uses_versions=writer.members("version"),
        status={"__entity_type__": "Status", "id": writer.any_of(*STATUSES)},
    )  # fmt: skip


def _component(writer: Writer) -> Data:
    return writer.some(
        name=writer.name(), version_id=writer.pick("version"), container_id=writer.pick("component"), size=10,
        file_type=".exr",
    )  # fmt: skip


def _note(writer: Writer) -> Data:
    owner, kind = writer.any_of(("task", "Task"), ("version", "AssetVersion"), ("shot", "Shot"))
    parent = {"parent_id": writer.pick(owner), "parent_type": kind} if writer.random.random() < 0.7 else {}
    reply = {"in_reply_to_id": writer.pick("note")} if not parent else {}
    return {"content": writer.name()} | parent | reply | writer.some(category_id=writer.pick("label"))


def _changed_note(writer: Writer) -> Data:
    return writer.some(content=writer.name(), category_id=writer.pick("label"), replies=writer.members("note"))


def _list(writer: Writer) -> Data:
    return {"name": writer.name(), "project_id": writer.pick("project"), "category_id": "category"}


def _changed_list(writer: Writer) -> Data:
    return writer.some(name=writer.name(), items=writer.members("task", "shot"), is_open=False)


def _link(writer: Writer) -> Data:
    return {"from_id": writer.pick("task", "shot"), "to_id": writer.pick("task", "shot")}


def _appointment(writer: Writer) -> Data:
    return {"context_id": writer.pick("task", "shot"), "resource_id": writer.user, "type": "assignment"}


def _timelog(writer: Writer) -> Data:
    return {"context_id": writer.pick("task")} | writer.some(duration=60, comment=writer.name())


def _review(writer: Writer) -> Data:
    return {"name": writer.name(), "project_id": writer.pick("project")}


def _reviewed(writer: Writer) -> Data:
    return {
        "review_session_id": writer.pick("review"), "version_id": writer.pick("version"), "name": writer.name(),
        "version": "1", "description": "", "sort_order": writer.random.randint(0, 3),
    }  # fmt: skip


def _located(writer: Writer) -> Data:
    return {
        "component_id": writer.pick("component"), "location_id": writer.any_of(*ids("location", 0, 3)),
        "resource_identifier": writer.name(),
    }  # fmt: skip


def _version_link(writer: Writer) -> Data:
    return {"from_id": writer.pick("version"), "to_id": writer.pick("version")}


def _group(writer: Writer) -> Data:
    return {"name": writer.name(), "local": True} | writer.some(parent_id=writer.pick("group"))


def _membership(writer: Writer) -> Data:
    return {"user_id": writer.user, "group_id": writer.pick("group")}


def _job(writer: Writer) -> Data:
    return {"data": writer.name(), "type": "api_job", "status": writer.any_of("queued", "running", "done")}


def _scope(writer: Writer) -> Data:
    return {"name": writer.name()}


def _project(writer: Writer) -> Data:
    return {"name": writer.name()} | writer.some(project_schema_id=SCHEMA, is_private=True)


#: What is written, by name; in the order in which it can be made.
KINDS: Mapping[str, Kind] = {
    "scope": Kind("scope", "Scope", _scope),
    "component": Kind("component", "FileComponent SequenceComponent ContainerComponent", lambda _: {}, _component),
    "shot": Kind("shot", "Shot Sequence Folder", _context, _changed_context),
    "task": Kind("task", "Task", _task, _changed_context),
    "asset": Kind("asset", "Asset", _asset),
    "version": Kind("version", "AssetVersion", _version, _changed_version),
    "member": Kind("component", "FileComponent SequenceComponent", _component),
    "note": Kind("note", "Note", _note, _changed_note),
    "list": Kind("list", "TypedContextList", _list, _changed_list),
    "link": Kind("link", "TypedContextLink", _link),
    "version link": Kind("used", "AssetVersionLink", _version_link),
    "appointment": Kind("appointment", "Appointment", _appointment),
    "timelog": Kind("timelog", "Timelog", _timelog),
    "timer": Kind("timer", "Timer", lambda writer: {"context_id": writer.pick("task")}),
    "review": Kind("review", "ReviewSession", _review),
    "reviewed": Kind("reviewed", "ReviewSessionObject", _reviewed),
    "located": Kind("located", "ComponentLocation", _located),
    "group": Kind("group", "Group", _group),
    "membership": Kind("membership", "Membership", _membership),
    "job": Kind("job", "Job", _job, lambda writer: {"status": writer.any_of("running", "done")}),
    "project": Kind("project", "Project", _project),
}
ORDER = ("component", "shot", "task", "asset", "version", "note", "list", "review", "group")


def _metadata(writer: Writer) -> Operation:
    owner, key = writer.any_of(writer.pick("task", "shot", "version"), "project0", "project1"), writer.any_of("k", "K")
    return writer.any_of(
        create("Metadata", parent_id=owner, key=key, value=writer.name()),
        update("Metadata", owner, key, value=writer.name()),
        delete("Metadata", owner, key),
    )


def _value(writer: Writer) -> Operation:
    attribute, owner = "attribute0", writer.pick("task", "shot", "version")
    if writer.random.random() < 0.3:
        attribute, owner = "attribute1", writer.pick("version")
    dense = "AssetVersionCustomAttributeValue" if owner.startswith("version") else "ContextCustomAttributeValue"
    return writer.any_of(
        create("CustomAttributeValue", configuration_id=attribute, entity_id=owner, value=writer.name()),
        update(dense, attribute, owner, value=writer.name()),
        delete("CustomAttributeValue", attribute, owner),
        delete(dense, attribute, owner),
    )


def _label(writer: Writer) -> Operation:
    note, label = writer.pick("note"), writer.any_of(*ids("label"))
    return writer.any_of(
        create("NoteLabelLink", note_id=note, label_id=label),
        create("NoteLabelLink", note_id=note, label_id=label),
        delete("NoteLabelLink", note, label),
        create("Recipient", note_id=note, resource_id=writer.user),
        create("Recipient", note_id=note, resource_id=writer.user),
    )


def _setting(writer: Writer) -> Operation:
    name, group = writer.any_of("fps", "FPS", "size"), writer.any_of("general", "x")
    return writer.any_of(
        create("Setting", name=name, group=group, value=writer.name()),
        create("Setting", name="zoom", group=group, value=writer.name()),
        delete("Setting", name, group),
        create(
            "EntitySetting",
            parent_id=writer.pick("task"),
            parent_type="Task",
            name=name,
            group=group,
            value=writer.name(),
        ),
        create("SettingComponent", name=name, group=group, component_id=writer.pick("component")),
    )


def _event(writer: Writer) -> Operation:
    return create("Event", action="test", parent_id=writer.pick("task"), parent_type="task", project_id="project0")


def _without_id(writer: Writer) -> Operation:
    kind = KINDS[writer.any_of("task", "version", "note", "asset", "link", "scope")]
    return create(kind.types[0], **kind.new(writer))


def _question(writer: Writer) -> Operation:
    return ask(
        writer.any_of(
            "select id, name, status.name, ancestors.name from Task",
            "select version, asset.latest_version.id from AssetVersion where version > 1",
            f'select id, children.name, metadata, notes.content from Shot where id is "{writer.pick("shot")}"',
            "select id, parent_id, replies.content, recipients.resource_id from Note",
            "select id, items.name from TypedContextList",
            "select id from StatusChange",
        )
    )


def _permissions(writer: Writer) -> Operation:
    return {"action": "_authorize_operation", "operation": writer.operation(writer.any_of(*KINDS))}


_OTHERS = (_metadata, _value, _label, _setting, _event, _without_id, _question, _permissions)
