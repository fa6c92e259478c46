"""Generated from the declarations of the criteria: python docs/stubs.py."""

# pyright: basic

from typing import Any as _Any
from typing import Generic, Literal, TypeVar, overload

from typing_extensions import Self
from typing_extensions import TypeVar as _TypeVar

from trackteroid import entities as _types

E_co = _TypeVar("E_co", bound=_types.Entity, covariant=True, default=_Any)
_by_name = TypeVar("_by_name", bound="Asking[_types.Asset | _types.AssetType | _types.AssetVersion | _types.CalendarEvent | _types.Component | _types.ComponentLocation | _types.Context | _types.CustomAttributeGroup | _types.CustomAttributeType | _types.CustomConfigurationBase | _types.Dashboard | _types.Disk | _types.EntitySetting | _types.Job | _types.List | _types.ListCategory | _types.Location | _types.ManagerType | _types.Note | _types.NoteLabel | _types.ObjectType | _types.Priority | _types.ProjectSchema | _types.ReviewSession | _types.ReviewSessionFolder | _types.ReviewSessionInvitee | _types.ReviewSessionObject | _types.Scope | _types.SecurityRole | _types.Setting | _types.State | _types.Status | _types.TaskTemplate | _types.TaskTypeSchema | _types.Timelog | _types.Type | _types.UserType | _types.UserView | _types.WorkflowSchema | _types.Group | _types.User]")
_by_type = TypeVar("_by_type", bound="Asking[_types.Asset | _types.AssetVersion | _types.TypedContext]")
_by_publisher = TypeVar("_by_publisher", bound="Asking[_types.AssetVersion]")
_by_resource_identifier = TypeVar("_by_resource_identifier", bound="Asking[_types.AssetVersion | _types.Component | _types.ComponentLocation]")
_by_version = TypeVar("_by_version", bound="Asking[_types.AssetVersion | _types.Component | _types.ComponentLocation]")
_by_status = TypeVar("_by_status", bound="Asking[_types.AssetVersion | _types.Job | _types.Project | _types.TypedContext]")
_by_state = TypeVar("_by_state", bound="Asking[_types.AssetVersion | _types.TypedContext]")
_by_outgoing_link = TypeVar("_by_outgoing_link", bound="Asking[_types.AssetVersion | _types.TypedContext]")
_by_incoming_link = TypeVar("_by_incoming_link", bound="Asking[_types.AssetVersion | _types.TypedContext]")
_by_publish_time = TypeVar("_by_publish_time", bound="Asking[_types.AssetVersion]")
_by_publish_state = TypeVar("_by_publish_state", bound="Asking[_types.AssetVersion]")
_by_location = TypeVar("_by_location", bound="Asking[_types.Component]")
_by_file_type = TypeVar("_by_file_type", bound="Asking[_types.Component]")
_by_system_type = TypeVar("_by_system_type", bound="Asking[_types.Component]")
_by_size = TypeVar("_by_size", bound="Asking[_types.Component]")
_by_action = TypeVar("_by_action", bound="Asking[_types.Event]")
_by_data = TypeVar("_by_data", bound="Asking[_types.Event | _types.Job]")
_by_lifespan = TypeVar("_by_lifespan", bound="Asking[_types.Job | _types.Timelog | _types.Project | _types.TypedContext]")
_by_creation_date = TypeVar("_by_creation_date", bound="Asking[_types.Job]")
_by_finish_date = TypeVar("_by_finish_date", bound="Asking[_types.Job]")
_by_assignee = TypeVar("_by_assignee", bound="Asking[_types.TypedContext]")
_by_status_change_time = TypeVar("_by_status_change_time", bound="Asking[_types.TypedContext]")
_by_active_state = TypeVar("_by_active_state", bound="Asking[_types.User]")

class Asking(Generic[E_co]):
    """The criteria of queries; which ones a query has, depends on the entity type."""

    def by_id(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose id matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_id(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_metadata(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose metadata matches.

        Takes dictionaries: one of them has to match, with all its keys and values; ``%`` makes patterns.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_metadata(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose metadata does not match.

        Takes dictionaries: one of them has to match, with all its keys and values; ``%`` makes patterns.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def inject(self, *texts: object) -> Self:
        """Keep the entities that meet conditions of your own.

        Takes text in the server's query language, which is added in parentheses.

        Takes no target.
        """

    def by_name(self: _by_name, target: object = None, /, *values: object) -> _by_name:
        """Keep the entities of Asset, AssetType, CalendarEvent, Component, Context, CustomAttributeGroup,
        CustomAttributeType, Dashboard, Disk, EntitySetting, ListCategory, Location, ManagerType, NoteLabel,
        ObjectType, Priority, ProjectSchema, ReviewSession, ReviewSessionFolder, ReviewSessionInvitee,
        ReviewSessionObject, Scope, SecurityRole, Setting, State, Status, TaskTemplate, TaskTypeSchema, Type,
        UserType, UserView, WorkflowSchema, Group whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of AssetVersion whose asset.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of ComponentLocation whose location.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of CustomConfigurationBase whose key matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of Job whose data matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of List whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Project, ListCategory, or a kind of it: then it is asked of
        these.

        Keep the entities of Note whose content matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, NoteCategory, or a kind of it: then it is asked of
        these.

        Keep the entities of Timelog whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, Project, or a kind of it: then it is asked of these.

        Keep the entities of User whose username matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self: _by_name, target: object = None, /, *values: object) -> _by_name:
        """Keep the entities of Asset, AssetType, CalendarEvent, Component, Context, CustomAttributeGroup,
        CustomAttributeType, Dashboard, Disk, EntitySetting, ListCategory, Location, ManagerType, NoteLabel,
        ObjectType, Priority, ProjectSchema, ReviewSession, ReviewSessionFolder, ReviewSessionInvitee,
        ReviewSessionObject, Scope, SecurityRole, Setting, State, Status, TaskTemplate, TaskTypeSchema, Type,
        UserType, UserView, WorkflowSchema, Group whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of AssetVersion whose asset.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of ComponentLocation whose location.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of CustomConfigurationBase whose key does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of Job whose data does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.

        Keep the entities of List whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Project, ListCategory, or a kind of it: then it is asked of
        these.

        Keep the entities of Note whose content does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, NoteCategory, or a kind of it: then it is asked of
        these.

        Keep the entities of Timelog whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, Project, or a kind of it: then it is asked of these.

        Keep the entities of User whose username does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_type(self: _by_type, target: object = None, /, *values: object) -> _by_type:
        """Keep the entities of Asset whose type.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes TypedContext, or a kind of it: then it is asked of these.

        Keep the entities of AssetVersion whose asset.type.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, Asset, or a kind of it: then it is asked of these.

        Keep the entities of TypedContext whose type.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Asset, TypedContext, or a kind of it: then it is asked of
        these.
        """

    def not_by_type(self: _by_type, target: object = None, /, *values: object) -> _by_type:
        """Keep the entities of Asset whose type.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes TypedContext, or a kind of it: then it is asked of these.

        Keep the entities of AssetVersion whose asset.type.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, Asset, or a kind of it: then it is asked of these.

        Keep the entities of TypedContext whose type.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Asset, TypedContext, or a kind of it: then it is asked of
        these.
        """

    def by_publisher(self: _by_publisher, *values: object) -> _by_publisher:
        """Keep the entities of AssetVersion whose user.username matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_publisher(self: _by_publisher, *values: object) -> _by_publisher:
        """Keep the entities of AssetVersion whose user.username does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_resource_identifier(self: _by_resource_identifier, *values: object) -> _by_resource_identifier:
        """Keep the entities of AssetVersion whose components.component_locations.resource_identifier matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of Component whose component_locations.resource_identifier matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of ComponentLocation whose resource_identifier matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_resource_identifier(self: _by_resource_identifier, *values: object) -> _by_resource_identifier:
        """Keep the entities of AssetVersion whose components.component_locations.resource_identifier does not
        match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of Component whose component_locations.resource_identifier does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of ComponentLocation whose resource_identifier does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_version(self: _by_version, target: object = None, /, *values: object) -> _by_version:
        """Keep the entities of AssetVersion whose version matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of Component whose version.version matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.

        Keep the entities of ComponentLocation whose component.version.version matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.
        """

    def not_by_version(self: _by_version, target: object = None, /, *values: object) -> _by_version:
        """Keep the entities of AssetVersion whose version does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of Component whose version.version does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.

        Keep the entities of ComponentLocation whose component.version.version does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.
        """

    def by_status(self: _by_status, target: object = None, /, *values: object) -> _by_status:
        """Keep the entities of AssetVersion whose status.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.

        Keep the entities of Job, Project whose status matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of TypedContext whose status.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def not_by_status(self: _by_status, target: object = None, /, *values: object) -> _by_status:
        """Keep the entities of AssetVersion whose status.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.

        Keep the entities of Job, Project whose status does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of TypedContext whose status.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def by_state(self: _by_state, target: object = None, /, *values: object) -> _by_state:
        """Keep the entities of AssetVersion whose status.state.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.

        Keep the entities of TypedContext whose status.state.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def not_by_state(self: _by_state, target: object = None, /, *values: object) -> _by_state:
        """Keep the entities of AssetVersion whose status.state.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.

        Keep the entities of TypedContext whose status.state.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def by_outgoing_link(self: _by_outgoing_link, *values: object) -> _by_outgoing_link:
        """Keep the entities of AssetVersion whose used_in_versions.id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of TypedContext whose outgoing_links.to_id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_outgoing_link(self: _by_outgoing_link, *values: object) -> _by_outgoing_link:
        """Keep the entities of AssetVersion whose used_in_versions.id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of TypedContext whose outgoing_links.to_id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_incoming_link(self: _by_incoming_link, *values: object) -> _by_incoming_link:
        """Keep the entities of AssetVersion whose uses_versions.id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of TypedContext whose incoming_links.from_id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_incoming_link(self: _by_incoming_link, *values: object) -> _by_incoming_link:
        """Keep the entities of AssetVersion whose uses_versions.id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of TypedContext whose incoming_links.from_id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_publish_time(self: _by_publish_time, start: object = None, end: object = None) -> _by_publish_time:
        """Keep the entities of AssetVersion whose date matches.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def not_by_publish_time(self: _by_publish_time, start: object = None, end: object = None) -> _by_publish_time:
        """Keep the entities of AssetVersion whose date does not match.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def by_publish_state(self: _by_publish_state, value: object, /) -> _by_publish_state:
        """Keep the entities of AssetVersion whose is_published matches.

        Takes exactly one value.

        Takes no target.
        """

    def not_by_publish_state(self: _by_publish_state, value: object, /) -> _by_publish_state:
        """Keep the entities of AssetVersion whose is_published does not match.

        Takes exactly one value.

        Takes no target.
        """

    def by_location(self: _by_location, *values: object) -> _by_location:
        """Keep the entities of Component whose component_locations.location.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_location(self: _by_location, *values: object) -> _by_location:
        """Keep the entities of Component whose component_locations.location.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_file_type(self: _by_file_type, *values: object) -> _by_file_type:
        """Keep the entities of Component whose file_type matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_file_type(self: _by_file_type, *values: object) -> _by_file_type:
        """Keep the entities of Component whose file_type does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_system_type(self: _by_system_type, *values: object) -> _by_system_type:
        """Keep the entities of Component whose system_type matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_system_type(self: _by_system_type, *values: object) -> _by_system_type:
        """Keep the entities of Component whose system_type does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_size(self: _by_size, minimum: object = None, maximum: object = None) -> _by_size:
        """Keep the entities of Component whose size matches.

        At least one has to be given: ``minimum`` demands size >= it, ``maximum`` demands size <= it.

        Takes no target.
        """

    def not_by_size(self: _by_size, minimum: object = None, maximum: object = None) -> _by_size:
        """Keep the entities of Component whose size does not match.

        At least one has to be given: ``minimum`` demands size >= it, ``maximum`` demands size <= it.

        Takes no target.
        """

    def by_action(self: _by_action, *values: object) -> _by_action:
        """Keep the entities of Event whose action matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_action(self: _by_action, *values: object) -> _by_action:
        """Keep the entities of Event whose action does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_data(self: _by_data, *values: object) -> _by_data:
        """Keep the entities of Event whose data matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of Job whose data matches.

        Takes dictionaries: one of them has to match, with all its keys and values.

        Takes no target.
        """

    def not_by_data(self: _by_data, *values: object) -> _by_data:
        """Keep the entities of Event whose data does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.

        Keep the entities of Job whose data does not match.

        Takes dictionaries: one of them has to match, with all its keys and values.

        Takes no target.
        """

    def by_lifespan(self: _by_lifespan, target: object = None, /, start: object = None, end: object = None) -> _by_lifespan:
        """Keep the entities of Job whose created_at or finished_at matches.

        At least one has to be given: ``start`` demands created_at >= it, ``end`` demands finished_at <= it. A
        day without a time counts whole.

        Takes no target.

        Keep the entities of Timelog whose start matches.

        At least one has to be given: ``start`` demands start >= it, ``end`` demands start <= it. A day without a
        time counts whole.

        Takes no target.

        Keep the entities of Project whose start_date or end_date matches.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        Takes no target.

        Keep the entities of TypedContext whose start_date or end_date matches.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        The first argument may be one of the classes Project, or a kind of it: then it is asked of these.
        """

    def not_by_lifespan(self: _by_lifespan, target: object = None, /, start: object = None, end: object = None) -> _by_lifespan:
        """Keep the entities of Job whose created_at or finished_at does not match.

        At least one has to be given: ``start`` demands created_at >= it, ``end`` demands finished_at <= it. A
        day without a time counts whole.

        Takes no target.

        Keep the entities of Timelog whose start does not match.

        At least one has to be given: ``start`` demands start >= it, ``end`` demands start <= it. A day without a
        time counts whole.

        Takes no target.

        Keep the entities of Project whose start_date or end_date does not match.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        Takes no target.

        Keep the entities of TypedContext whose start_date or end_date does not match.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        The first argument may be one of the classes Project, or a kind of it: then it is asked of these.
        """

    def by_creation_date(self: _by_creation_date, value: object, /) -> _by_creation_date:
        """Keep the entities of Job whose created_at matches.

        Takes one date: at some time of that day.

        Takes no target.
        """

    def not_by_creation_date(self: _by_creation_date, value: object, /) -> _by_creation_date:
        """Keep the entities of Job whose created_at does not match.

        Takes one date: at some time of that day.

        Takes no target.
        """

    def by_finish_date(self: _by_finish_date, value: object, /) -> _by_finish_date:
        """Keep the entities of Job whose finished_at matches.

        Takes one date: at some time of that day.

        Takes no target.
        """

    def not_by_finish_date(self: _by_finish_date, value: object, /) -> _by_finish_date:
        """Keep the entities of Job whose finished_at does not match.

        Takes one date: at some time of that day.

        Takes no target.
        """

    def by_assignee(self: _by_assignee, *values: object) -> _by_assignee:
        """Keep the entities of TypedContext whose assignments.resource.username matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_assignee(self: _by_assignee, *values: object) -> _by_assignee:
        """Keep the entities of TypedContext whose assignments.resource.username does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_status_change_time(self: _by_status_change_time, start: object = None, end: object = None) -> _by_status_change_time:
        """Keep the entities of TypedContext whose date matches.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def not_by_status_change_time(self: _by_status_change_time, start: object = None, end: object = None) -> _by_status_change_time:
        """Keep the entities of TypedContext whose date does not match.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def by_active_state(self: _by_active_state, *values: object) -> _by_active_state:
        """Keep the entities of User whose is_active matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_active_state(self: _by_active_state, *values: object) -> _by_active_state:
        """Keep the entities of User whose is_active does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

