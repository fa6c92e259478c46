"""What belongs to entities that are copied: values of custom attributes, metadata, links, notes, components and more.

All of it comes in one request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ftrack_api.entity.base import Entity as FtrackEntity
from ftrack_api.session import Session
from ftrack_api.symbol import NOT_SET, REVIEW_LOCATION_ID, SERVER_LOCATION_ID

from trackteroid.client.custom_attributes import ATTRIBUTE, Finder, configurations
from trackteroid.client.entities import key_of, members, stored_value
from trackteroid.client.hydration.answers import decode
from trackteroid.client.hydration.together import Asking, Plain, pages_of, texts_for, together
from trackteroid.collections.change.record import put, set_mappings, settle
from trackteroid.collections.custom_values import overlay
from trackteroid.collections.trees.hierarchy import INSIDE
from trackteroid.errors import AssignmentError, UnknownAttributeError
from trackteroid.schema.types import Schema

Record = dict[str, Any]


class Copies(Protocol):
    """What makes the copies, and knows those that there are."""

    session: Session
    copies: dict[str, FtrackEntity]

    def create(self, type_name: str, data: Mapping[str, Any], original: FtrackEntity | None = None) -> FtrackEntity:
        """Record a creation."""
        ...

    def leave_out(self, what: str) -> None:
        """Note that something is not copied."""
        ...

    def id_of(self, original_id: object) -> str | None:
        """Return the id of the copy of what has this id."""
        ...


#: What each part asks for; what of it refers to the entities is named in the condition.
_QUERIES = {
    "custom_attributes": "select configuration_id, entity_id, value from CustomAttributeValue "
    "where entity_id in ({ids})",
    "metadata": "select parent_id, key, value from Metadata where parent_id in ({ids})",
    "links": "select from_id, to_id from TypedContextLink where from_id in ({ids})",
    "assignments": "select context_id, resource_id from Appointment "
    'where type is "assignment" and context_id in ({ids})',
    "notes": "select content, date, user_id, category_id, is_todo, in_reply_to_id, parent_id, parent_type from Note "
    "where parent_id in ({ids})",
    "lists": "select entity_id, list_id from ListObject where entity_id in ({ids})",
}

_COMPONENTS = (
    "select name, file_type, size, system_type, version_id, container_id, component_locations.location_id, "
    "component_locations.resource_identifier from Component where {where}"
)


def components_of(types: Schema, roots: Sequence[FtrackEntity], parts: frozenset[str]) -> Asking[list[FtrackEntity]]:
    """Return the components of all versions of assets, and of assets in and below contexts; containers come first.

    What is in sequences and other containers takes a request more. To ask for it by the versions of the containers
    would be to look at all components that there are.
    """
    if "components" not in parts:
        return []
    texts: list[str] = []
    for where, is_asset in (("version.asset_id in ({ids})", True), (f"version.asset.context_id in ({INSIDE})", False)):
        ids = [key_of(each)[1][0] for each in roots if types.is_a(each.entity_type, "Asset") is is_asset]
        texts += texts_for(_COMPONENTS.replace("{where}", where), ids)
    found: dict[Any, FtrackEntity] = {}
    while texts:
        pages = yield texts
        new = {key_of(each): each for page in pages for each in page if key_of(each) not in found}
        found |= new
        containers = [key[1][0] for key, each in new.items() if each.entity_type != "FileComponent"]
        texts = texts_for(_COMPONENTS.replace("{where}", "container_id in ({ids})"), containers)
    return list(found.values())


class Belongings:
    """What belongs to some entities, as the server has it."""

    def __init__(
        self,
        session: Session,
        entities: Sequence[FtrackEntity],
        records: Mapping[str, list[Record]],
        components: Sequence[FtrackEntity],
    ) -> None:
        """Keep what was found. Use `find`."""
        self._session = session
        self._entities = {key_of(each)[1][0]: each for each in entities}
        self._records = records
        self._components = components
        self._project_id: str | None = None
        self._is_elsewhere = False

    @classmethod
    def find(
        cls,
        session: Session,
        entities: Sequence[FtrackEntity],
        parts: frozenset[str],
        components: Sequence[FtrackEntity],
    ) -> Asking[Belongings]:
        """Ask for these parts; of the *components*, those of the entities count."""
        ids = [key_of(each)[1][0] for each in entities]
        asked = [(part, Plain(text)) for part in _QUERIES if part in parts for text in texts_for(_QUERIES[part], ids)]
        pages, _ = yield from together(
            pages_of([text for _, text in asked]), configurations(session) if ATTRIBUTE in parts else pages_of(())
        )
        records: dict[str, list[Record]] = {part: [] for part in _QUERIES if part in parts}
        for (part, _), found in zip(asked, pages, strict=True):
            records[part] += found
        known = set(ids)
        kept: list[FtrackEntity] = []
        for each in components:
            if known & {_value(each, "version_id"), _value(each, "container_id")}:
                known.add(key_of(each)[1][0])
                kept.append(each)
        return cls(session, entities, records, kept)

    def record(self, copies: Copies, project_id: str | None, *, is_elsewhere: bool) -> None:
        """Record copies of it for the copies of the entities, in a project, which may be another one."""
        self._project_id, self._is_elsewhere = project_id, is_elsewhere
        self._custom_attributes(copies)
        self._metadata(copies)
        self._each("links", copies, self._link)
        self._each("assignments", copies, self._assignment)
        self._each("lists", copies, self._list)
        self._notes(copies)
        self._copy_components(copies)

    def _each(self, part: str, copies: Copies, record: Callable[[Copies, Record], None]) -> None:
        for each in self._records.get(part, ()):
            record(copies, each)

    def _custom_attributes(self, copies: Copies) -> None:
        if ATTRIBUTE not in self._records:
            return
        stored = {
            (str(each["configuration_id"]), str(each["entity_id"])): decode(each["value"])
            for each in self._records[ATTRIBUTE]
        }
        overlay(self._session, stored)
        finder = Finder(self._session)
        for (configuration_id, entity_id), value in stored.items():
            original = self._entities.get(entity_id)
            configuration = finder.with_id(configuration_id)
            if original is None or value is None:
                continue
            if configuration is None:
                copies.leave_out("the value of a custom attribute that you may not see")
            else:
                self._custom_value(copies, finder, original, configuration.key, value)

    def _custom_value(self, copies: Copies, finder: Finder, original: FtrackEntity, key: str, value: object) -> None:
        copy = copies.copies[key_of(original)[1][0]]
        object_type_id = stored_value(original, "object_type_id") if original.attributes.get("object_type_id") else None
        object_type_id = None if object_type_id is NOT_SET else object_type_id
        if key not in finder.counting(original.entity_type, object_type_id, self._project_id):
            copies.leave_out(f'the custom attribute "{key}" of {original.entity_type}, which is not in that project')
            return
        try:
            settings = settle(self._session, [copy], [{key: value}])
        except (AssignmentError, UnknownAttributeError) as error:
            copies.leave_out(f'the custom attribute "{key}" of {original.entity_type}: {error}')
            return
        for setting in settings:
            put(setting)

    def _metadata(self, copies: Copies) -> None:
        entries: dict[str, dict[str, str]] = {}
        for each in self._records.get("metadata", ()):
            entries.setdefault(str(each["parent_id"]), {})[str(each["key"])] = each["value"]
        owners = [copies.copies[key] for key in entries]
        set_mappings(self._session, owners, "metadata", list(entries.values()), replace=False)

    def _link(self, copies: Copies, link: Record) -> None:
        ends = {name: copies.id_of(link[name]) for name in ("from_id", "to_id")}
        if None in ends.values():
            copies.leave_out("a link to something that was not copied")
        else:
            copies.create("TypedContextLink", ends)

    def _assignment(self, copies: Copies, assignment: Record) -> None:
        context_id = copies.id_of(assignment["context_id"])
        values = {"type": "assignment", "resource_id": assignment["resource_id"], "context_id": context_id}
        copies.create("Appointment", values)

    def _list(self, copies: Copies, member: Record) -> None:
        if self._is_elsewhere:
            copies.leave_out("a membership in a list of another project")
        else:
            copies.create("ListObject", {"list_id": member["list_id"], "entity_id": copies.id_of(member["entity_id"])})

    def _notes(self, copies: Copies) -> None:
        waiting = self._records.get("notes", [])
        ids = {str(each["id"]) for each in waiting}
        new: dict[str, FtrackEntity] = {}
        while waiting:  # answers come after what they answer
            ready = [each for each in waiting if str(each["in_reply_to_id"]) not in ids - new.keys()]
            for each in ready or waiting:
                new[str(each["id"])] = self._note(copies, each, new)
            waiting = [each for each in waiting if str(each["id"]) not in new]

    def _note(self, copies: Copies, note: Record, new: Mapping[str, FtrackEntity]) -> FtrackEntity:
        names = ("content", "date", "user_id", "category_id", "is_todo", "parent_type")
        values = {name: decode(note[name]) for name in names if note.get(name) is not None}
        answered = new.get(str(note["in_reply_to_id"]))
        if answered is not None:
            values["in_reply_to_id"] = key_of(answered)[1][0]
        return copies.create("Note", {**values, "parent_id": copies.id_of(note["parent_id"])})

    def _copy_components(self, copies: Copies) -> None:
        for component in self._components:
            owner = {name: copies.id_of(_value(component, name)) for name in ("version_id", "container_id")}
            names = ("name", "file_type", "size", "system_type", "padding")
            values = {name: value for name in names if (value := _value(component, name)) is not None}
            given = {name: value for name, value in owner.items() if value is not None}
            copies.create(component.entity_type, {**values, **given}, component)
            self._locations(copies, component)

    def _locations(self, copies: Copies, component: FtrackEntity) -> None:
        for place in members(stored_value(component, "component_locations")):
            if _value(place, "location_id") in (SERVER_LOCATION_ID, REVIEW_LOCATION_ID):
                copies.leave_out("the data of a component on the server, which is that of one component only")
                continue
            values = {name: _value(place, name) for name in ("location_id", "resource_identifier")}
            copies.create("ComponentLocation", {**values, "component_id": copies.id_of(key_of(component)[1][0])})


def _value(entity: FtrackEntity, name: str) -> Any:
    value = stored_value(entity, name) if entity.attributes.get(name) else None
    return None if value is NOT_SET else value
