"""Generated from the schema of a server: python docs/stubs.py."""

# pyright: basic, reportIncompatibleVariableOverride=false

import datetime as _datetime
from builtins import type as _type
from typing import Any as _Any

from arrow import Arrow as _Arrow

from trackteroid import collections as _collections
from trackteroid import entities as _types
from trackteroid.chains import Chain as _Chain
from trackteroid.chains import Condition as _Condition
from trackteroid.collections import attributes as _attributes
from trackteroid.entities.base import Entity as Entity
from trackteroid.entities.base import entity_class as entity_class

__all__ = ["ApiKey", "Appointment", "Asset", "AssetBuild", "AssetCustomAttributeLink", "AssetCustomAttributeLinkFrom", "AssetCustomAttributeValue", "AssetType", "AssetVersion", "AssetVersionCustomAttributeLink", "AssetVersionCustomAttributeLinkFrom", "AssetVersionCustomAttributeValue", "AssetVersionLink", "AssetVersionList", "AssetVersionStatusChange", "AssetVersionStatusRuleGroup", "BaseUser", "CalendarEvent", "CalendarEventResource", "Collaborator", "Component", "ComponentCustomAttributeLink", "ComponentCustomAttributeLinkFrom", "ComponentLocation", "ContainerComponent", "Context", "ContextCustomAttributeLink", "ContextCustomAttributeLinkFrom", "ContextCustomAttributeValue", "Conversation", "CustomAttributeConfiguration", "CustomAttributeGroup", "CustomAttributeLink", "CustomAttributeLinkConfiguration", "CustomAttributeLinkFrom", "CustomAttributeType", "CustomAttributeValue", "CustomConfigurationBase", "Dashboard", "DashboardResource", "DashboardWidget", "Disk", "Entity", "EntitySetting", "Episode", "Event", "Feed", "FileComponent", "Folder", "Group", "GroupCustomAttributeLink", "GroupCustomAttributeLinkFrom", "Image", "Information", "Job", "JobComponent", "List", "ListCategory", "ListCustomAttributeLink", "ListCustomAttributeLinkFrom", "ListCustomAttributeValue", "ListObject", "ListObjectCustomAttributeValue", "Location", "Manager", "ManagerType", "Membership", "Message", "Metadata", "Milestone", "Note", "NoteAnnotationComponent", "NoteCategory", "NoteComponent", "NoteLabel", "NoteLabelLink", "ObjectType", "Participant", "Priority", "Project", "ProjectSchema", "ProjectSchemaObjectType", "ProjectSchemaOverride", "Recipient", "Resource", "ReviewSession", "ReviewSessionFolder", "ReviewSessionInvitee", "ReviewSessionObject", "ReviewSessionObjectAnnotation", "ReviewSessionObjectAnnotationComponent", "ReviewSessionObjectStatus", "Schema", "SchemaStatus", "SchemaType", "Scope", "SecurityRole", "Sequence", "SequenceComponent", "Setting", "SettingComponent", "Shot", "SplitTaskPart", "State", "Status", "StatusChange", "StatusRule", "StatusRuleGroup", "Task", "TaskTemplate", "TaskTemplateItem", "TaskTypeSchema", "TaskTypeSchemaType", "Timelog", "Timer", "Type", "TypedContext", "TypedContextLink", "TypedContextList", "TypedContextStatusChange", "TypedContextStatusRuleGroup", "User", "UserApplicationState", "UserCustomAttributeLink", "UserCustomAttributeLinkFrom", "UserCustomAttributeValue", "UserSecurityRole", "UserSecurityRoleProject", "UserSession", "UserType", "UserView", "WorkflowSchema", "WorkflowSchemaStatus"]

class _Moments(_Chain[_Arrow]):
    """A path to a moment, which is compared with moments, days and text."""

    def __eq__(self, other: object) -> _Any: ...
    def __ne__(self, other: object) -> _Any: ...
    def __lt__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def __le__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def __gt__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def __ge__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def before(self, moment: _Arrow | _datetime.date | str) -> _Condition: ...
    def after(self, moment: _Arrow | _datetime.date | str) -> _Condition: ...
    def between(self, start: _Arrow | _datetime.date | str, end: _Arrow | _datetime.date | str) -> _Condition: ...

class _Anything(Entity):
    """What can be reached from an entity of any type."""

    ApiKey: _type[_types.ApiKey]
    Appointment: _type[_types.Appointment]
    Asset: _type[_types.Asset]
    AssetCustomAttributeValue: _type[_types.AssetCustomAttributeValue]
    AssetType: _type[_types.AssetType]
    AssetVersion: _type[_types.AssetVersion]
    AssetVersionCustomAttributeValue: _type[_types.AssetVersionCustomAttributeValue]
    AssetVersionLink: _type[_types.AssetVersionLink]
    CalendarEvent: _type[_types.CalendarEvent]
    CalendarEventResource: _type[_types.CalendarEventResource]
    Component: _type[_types.Component]
    ComponentLocation: _type[_types.ComponentLocation]
    Context: _type[_types.Context]
    ContextCustomAttributeValue: _type[_types.ContextCustomAttributeValue]
    Conversation: _type[_types.Conversation]
    CustomAttributeGroup: _type[_types.CustomAttributeGroup]
    CustomAttributeLink: _type[_types.CustomAttributeLink]
    CustomAttributeLinkFrom: _type[_types.CustomAttributeLinkFrom]
    CustomAttributeType: _type[_types.CustomAttributeType]
    CustomAttributeValue: _type[_types.CustomAttributeValue]
    CustomConfigurationBase: _type[_types.CustomConfigurationBase]
    Dashboard: _type[_types.Dashboard]
    DashboardResource: _type[_types.DashboardResource]
    DashboardWidget: _type[_types.DashboardWidget]
    Disk: _type[_types.Disk]
    EntitySetting: _type[_types.EntitySetting]
    Event: _type[_types.Event]
    Feed: _type[_types.Feed]
    Job: _type[_types.Job]
    JobComponent: _type[_types.JobComponent]
    List: _type[_types.List]
    ListCategory: _type[_types.ListCategory]
    ListCustomAttributeValue: _type[_types.ListCustomAttributeValue]
    ListObject: _type[_types.ListObject]
    ListObjectCustomAttributeValue: _type[_types.ListObjectCustomAttributeValue]
    Location: _type[_types.Location]
    Manager: _type[_types.Manager]
    ManagerType: _type[_types.ManagerType]
    Membership: _type[_types.Membership]
    Message: _type[_types.Message]
    Metadata: _type[_types.Metadata]
    Note: _type[_types.Note]
    NoteComponent: _type[_types.NoteComponent]
    NoteLabel: _type[_types.NoteLabel]
    NoteLabelLink: _type[_types.NoteLabelLink]
    ObjectType: _type[_types.ObjectType]
    Participant: _type[_types.Participant]
    Priority: _type[_types.Priority]
    ProjectSchema: _type[_types.ProjectSchema]
    ProjectSchemaObjectType: _type[_types.ProjectSchemaObjectType]
    ProjectSchemaOverride: _type[_types.ProjectSchemaOverride]
    Recipient: _type[_types.Recipient]
    Resource: _type[_types.Resource]
    ReviewSession: _type[_types.ReviewSession]
    ReviewSessionFolder: _type[_types.ReviewSessionFolder]
    ReviewSessionInvitee: _type[_types.ReviewSessionInvitee]
    ReviewSessionObject: _type[_types.ReviewSessionObject]
    ReviewSessionObjectAnnotation: _type[_types.ReviewSessionObjectAnnotation]
    ReviewSessionObjectAnnotationComponent: _type[_types.ReviewSessionObjectAnnotationComponent]
    ReviewSessionObjectStatus: _type[_types.ReviewSessionObjectStatus]
    Schema: _type[_types.Schema]
    SchemaStatus: _type[_types.SchemaStatus]
    SchemaType: _type[_types.SchemaType]
    Scope: _type[_types.Scope]
    SecurityRole: _type[_types.SecurityRole]
    Setting: _type[_types.Setting]
    SettingComponent: _type[_types.SettingComponent]
    SplitTaskPart: _type[_types.SplitTaskPart]
    State: _type[_types.State]
    Status: _type[_types.Status]
    StatusChange: _type[_types.StatusChange]
    StatusRule: _type[_types.StatusRule]
    StatusRuleGroup: _type[_types.StatusRuleGroup]
    TaskTemplate: _type[_types.TaskTemplate]
    TaskTemplateItem: _type[_types.TaskTemplateItem]
    TaskTypeSchema: _type[_types.TaskTypeSchema]
    TaskTypeSchemaType: _type[_types.TaskTypeSchemaType]
    Timelog: _type[_types.Timelog]
    Timer: _type[_types.Timer]
    Type: _type[_types.Type]
    TypedContextLink: _type[_types.TypedContextLink]
    UserApplicationState: _type[_types.UserApplicationState]
    UserCustomAttributeValue: _type[_types.UserCustomAttributeValue]
    UserSecurityRole: _type[_types.UserSecurityRole]
    UserSecurityRoleProject: _type[_types.UserSecurityRoleProject]
    UserSession: _type[_types.UserSession]
    UserType: _type[_types.UserType]
    UserView: _type[_types.UserView]
    WorkflowSchema: _type[_types.WorkflowSchema]
    WorkflowSchemaStatus: _type[_types.WorkflowSchemaStatus]
    AssetCustomAttributeLink: _type[_types.AssetCustomAttributeLink]
    AssetCustomAttributeLinkFrom: _type[_types.AssetCustomAttributeLinkFrom]
    AssetVersionCustomAttributeLink: _type[_types.AssetVersionCustomAttributeLink]
    AssetVersionCustomAttributeLinkFrom: _type[_types.AssetVersionCustomAttributeLinkFrom]
    AssetVersionList: _type[_types.AssetVersionList]
    AssetVersionStatusChange: _type[_types.AssetVersionStatusChange]
    AssetVersionStatusRuleGroup: _type[_types.AssetVersionStatusRuleGroup]
    BaseUser: _type[_types.BaseUser]
    ComponentCustomAttributeLink: _type[_types.ComponentCustomAttributeLink]
    ComponentCustomAttributeLinkFrom: _type[_types.ComponentCustomAttributeLinkFrom]
    ContainerComponent: _type[_types.ContainerComponent]
    ContextCustomAttributeLink: _type[_types.ContextCustomAttributeLink]
    ContextCustomAttributeLinkFrom: _type[_types.ContextCustomAttributeLinkFrom]
    CustomAttributeConfiguration: _type[_types.CustomAttributeConfiguration]
    CustomAttributeLinkConfiguration: _type[_types.CustomAttributeLinkConfiguration]
    FileComponent: _type[_types.FileComponent]
    Group: _type[_types.Group]
    GroupCustomAttributeLink: _type[_types.GroupCustomAttributeLink]
    GroupCustomAttributeLinkFrom: _type[_types.GroupCustomAttributeLinkFrom]
    ListCustomAttributeLink: _type[_types.ListCustomAttributeLink]
    ListCustomAttributeLinkFrom: _type[_types.ListCustomAttributeLinkFrom]
    NoteAnnotationComponent: _type[_types.NoteAnnotationComponent]
    NoteCategory: _type[_types.NoteCategory]
    Project: _type[_types.Project]
    TypedContext: _type[_types.TypedContext]
    TypedContextList: _type[_types.TypedContextList]
    TypedContextStatusChange: _type[_types.TypedContextStatusChange]
    TypedContextStatusRuleGroup: _type[_types.TypedContextStatusRuleGroup]
    UserCustomAttributeLink: _type[_types.UserCustomAttributeLink]
    UserCustomAttributeLinkFrom: _type[_types.UserCustomAttributeLinkFrom]
    AssetBuild: _type[_types.AssetBuild]
    Collaborator: _type[_types.Collaborator]
    Episode: _type[_types.Episode]
    Folder: _type[_types.Folder]
    Image: _type[_types.Image]
    Information: _type[_types.Information]
    Milestone: _type[_types.Milestone]
    Sequence: _type[_types.Sequence]
    SequenceComponent: _type[_types.SequenceComponent]
    Shot: _type[_types.Shot]
    Task: _type[_types.Task]
    User: _type[_types.User]

class ApiKey(_Anything):
    """A key that programs come in with; who has which, not the key itself."""

    _create: _attributes._NewApiKey
    id: _Chain[str]
    identifier: _Chain[str]
    prefix: _Chain[str]
    resource_id: _Chain[str]

class Appointment(_Anything):
    """The assignment of a resource to a part of a project."""

    _create: _attributes._NewAppointment
    context: _type[_types.TypedContext]
    context_id: _Chain[str]
    id: _Chain[str]
    resource: _type[_types.Resource]
    resource_id: _Chain[str]
    type: _Chain[str]
    _read_type: _collections.Values[str]

class Asset(_Anything):
    """Something that is published in versions."""

    _create: _attributes._NewAsset
    ancestors: _type[_types.TypedContext]
    context_id: _Chain[str]
    custom_attribute_links: _Chain[dict[str, _Any]]
    custom_attribute_links_from: _Chain[dict[str, _Any]]
    custom_attributes: _Chain[dict[str, _Any]]
    id: _Chain[str]
    latest_version: _type[_types.AssetVersion]
    metadata: _Chain[dict[str, _Any]]
    name: _Chain[str]
    parent: _type[_types.TypedContext]
    project_id: _Chain[str]
    type: _type[_types.AssetType]
    _read_type: _collections.EntityCollection[_types.AssetType]
    type_id: _Chain[str]
    versions: _type[_types.AssetVersion]

class AssetCustomAttributeValue(_Anything):
    """The value of a custom attribute of an asset."""

    _create: _attributes._NewAssetCustomAttributeValue
    configuration: _type[_types.CustomAttributeConfiguration]
    configuration_id: _Chain[str]
    entity_id: _Chain[str]
    key: _Chain[str]
    value: _Chain[_Any]

class AssetType(_Anything):
    """A kind of asset: Geometry, Render."""

    _create: _attributes._NewAssetType
    assets: _type[_types.Asset]
    component: _Chain[str]
    _read_component: _collections.Values[str]
    id: _Chain[str]
    name: _Chain[str]
    short: _Chain[str]

class AssetVersion(_Anything):
    """One version of an asset."""

    _create: _attributes._NewAssetVersion
    asset: _type[_types.Asset]
    asset_id: _Chain[str]
    comment: _Chain[str]
    components: _type[_types.Component]
    custom_attribute_links: _Chain[dict[str, _Any]]
    custom_attribute_links_from: _Chain[dict[str, _Any]]
    custom_attributes: _Chain[dict[str, _Any]]
    date: _Moments
    id: _Chain[str]
    incoming_links: _type[_types.AssetVersionLink]
    is_latest_version: _Chain[bool]
    is_published: _Chain[bool]
    link: _Chain[str]
    lists: _type[_types.AssetVersionList]
    metadata: _Chain[dict[str, _Any]]
    notes: _type[_types.Note]
    outgoing_links: _type[_types.AssetVersionLink]
    project_id: _Chain[str]
    review_session_objects: _type[_types.ReviewSessionObject]
    status: _type[_types.Status]
    _read_status: _collections.EntityCollection[_types.Status]
    status_changes: _type[_types.StatusChange]
    status_id: _Chain[str]
    task: _type[_types.Task]
    task_id: _Chain[str]
    thumbnail: _type[_types.Component]
    thumbnail_id: _Chain[str]
    thumbnail_url: _Chain[_Any]
    used_in_versions: _type[_types.AssetVersion]
    user: _type[_types.User]
    user_id: _Chain[str]
    uses_versions: _type[_types.AssetVersion]
    version: _Chain[int]
    _read_version: _collections.Values[int]

class AssetVersionCustomAttributeValue(_Anything):
    """The value of a custom attribute of a version."""

    _create: _attributes._NewAssetVersionCustomAttributeValue
    configuration: _type[_types.CustomAttributeConfiguration]
    configuration_id: _Chain[str]
    entity_id: _Chain[str]
    key: _Chain[str]
    value: _Chain[_Any]

class AssetVersionLink(_Anything):
    """The use of one version in another."""

    _create: _attributes._NewAssetVersionLink
    from_id: _Chain[str]
    id: _Chain[str]
    metadata: _Chain[dict[str, _Any]]
    to: _type[_types.AssetVersion]
    to_id: _Chain[str]

class CalendarEvent(_Anything):
    """A holiday, a meeting, a booking."""

    _create: _attributes._NewCalendarEvent
    calendar_event_resources: _type[_types.CalendarEventResource]
    created_at: _Moments
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    effort: _Chain[float]
    end: _Moments
    estimate: _Chain[float]
    everyone: _Chain[bool]
    forecast: _Chain[bool]
    id: _Chain[str]
    leave: _Chain[bool]
    metadata: _Chain[dict[str, _Any]]
    name: _Chain[str]
    project: _type[_types.Project]
    project_id: _Chain[str]
    start: _Moments
    type: _type[_types.Type]
    _read_type: _collections.EntityCollection[_types.Type]
    type_id: _Chain[str]

class CalendarEventResource(_Anything):
    """Somebody's part in a calendar event."""

    _create: _attributes._NewCalendarEventResource
    calendar_event: _type[_types.CalendarEvent]
    calendar_event_id: _Chain[str]
    created_at: _Moments
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    id: _Chain[str]
    resource: _type[_types.Resource]
    resource_id: _Chain[str]

class Component(_Anything):
    """A file, a sequence of files or a bundle of components."""

    _create: _attributes._NewComponent
    component_locations: _type[_types.ComponentLocation]
    container: _type[_types.ContainerComponent]
    container_id: _Chain[str]
    custom_attribute_links: _Chain[dict[str, _Any]]
    custom_attribute_links_from: _Chain[dict[str, _Any]]
    file_type: _Chain[str]
    id: _Chain[str]
    members: _type[_types.Component]
    metadata: _Chain[dict[str, _Any]]
    name: _Chain[str]
    padding: _Chain[int]
    size: _Chain[int]
    system_type: _Chain[str]
    version: _type[_types.AssetVersion]
    _read_version: _collections.EntityCollection[_types.AssetVersion]
    version_id: _Chain[str]

class ComponentLocation(_Anything):
    """Where a component is stored in one location."""

    _create: _attributes._NewComponentLocation
    component: _type[_types.Component]
    _read_component: _collections.EntityCollection[_types.Component]
    component_id: _Chain[str]
    id: _Chain[str]
    location: _type[_types.Location]
    location_id: _Chain[str]
    resource_identifier: _Chain[str]
    url: _Chain[_Any]

class Context(_Anything):
    """Anything in the tree of a production: a project or a part of one."""

    _create: _attributes._NewContext
    allocations: _type[_types.Appointment]
    appointments: _type[_types.Appointment]
    assets: _type[_types.Asset]
    assignments: _type[_types.Appointment]
    children: _type[_types.TypedContext]
    context_type: _Chain[str]
    created_at: _Moments
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    custom_attribute_links: _Chain[dict[str, _Any]]
    custom_attribute_links_from: _Chain[dict[str, _Any]]
    custom_attributes: _Chain[dict[str, _Any]]
    id: _Chain[str]
    link: _Chain[str]
    managers: _type[_types.Manager]
    name: _Chain[str]
    notes: _type[_types.Note]
    parent: _type[_types.TypedContext]
    parent_id: _Chain[str]
    project_id: _Chain[str]
    scopes: _type[_types.Scope]
    thumbnail: _type[_types.Component]
    thumbnail_id: _Chain[str]
    thumbnail_url: _Chain[_Any]
    timelogs: _type[_types.Timelog]

class ContextCustomAttributeValue(_Anything):
    """The value of a custom attribute of a project or a part of one."""

    _create: _attributes._NewContextCustomAttributeValue
    configuration: _type[_types.CustomAttributeConfiguration]
    configuration_id: _Chain[str]
    entity_id: _Chain[str]
    key: _Chain[str]
    value: _Chain[_Any]

class Conversation(_Anything):
    """An exchange of messages."""

    _create: _attributes._NewConversation
    created_at: _Moments
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    id: _Chain[str]
    messages: _type[_types.Message]
    participants: _type[_types.Participant]

class CustomAttributeGroup(_Anything):
    """Custom attributes that are shown together."""

    _create: _attributes._NewCustomAttributeGroup
    custom_attribute_configurations: _type[_types.CustomAttributeConfiguration]
    id: _Chain[str]
    name: _Chain[str]

class CustomAttributeLink(_Anything):
    """A link from one entity to another."""

    _create: _attributes._NewCustomAttributeLink
    asset: _type[_types.Asset]
    asset_version: _type[_types.AssetVersion]
    component: _type[_types.Component]
    _read_component: _collections.EntityCollection[_types.Component]
    configuration: _type[_types.CustomAttributeLinkConfiguration]
    configuration_id: _Chain[str]
    context: _type[_types.TypedContext]
    from_entity_type: _Chain[str]
    from_id: _Chain[str]
    group: _type[_types.Group]
    _read_group: _collections.EntityCollection[_types.Group]
    id: _Chain[str]
    list: _type[_types.List]
    to_entity_type: _Chain[str]
    to_id: _Chain[str]
    user: _type[_types.User]

class CustomAttributeLinkFrom(_Anything):
    """A link from one entity to another, seen from its end."""

    _create: _attributes._NewCustomAttributeLinkFrom
    asset: _type[_types.Asset]
    asset_version: _type[_types.AssetVersion]
    component: _type[_types.Component]
    _read_component: _collections.EntityCollection[_types.Component]
    configuration: _type[_types.CustomAttributeLinkConfiguration]
    configuration_id: _Chain[str]
    context: _type[_types.TypedContext]
    from_entity_type: _Chain[str]
    from_id: _Chain[str]
    group: _type[_types.Group]
    _read_group: _collections.EntityCollection[_types.Group]
    id: _Chain[str]
    list: _type[_types.List]
    to_entity_type: _Chain[str]
    to_id: _Chain[str]
    user: _type[_types.User]

class CustomAttributeType(_Anything):
    """A kind of custom attribute: text, number, date."""

    _create: _attributes._NewCustomAttributeType
    core: _Chain[bool]
    custom_attribute_configurations: _type[_types.CustomAttributeConfiguration]
    form_config: _Chain[str]
    id: _Chain[str]
    name: _Chain[str]

class CustomAttributeValue(_Anything):
    """The value of a custom attribute."""

    _create: _attributes._NewCustomAttributeValue
    configuration: _type[_types.CustomAttributeConfiguration]
    configuration_id: _Chain[str]
    entity_id: _Chain[str]
    value: _Chain[_Any]

class CustomConfigurationBase(_Anything):
    """The definition of a custom attribute or of a link; ``by_name`` means its key."""

    _create: _attributes._NewCustomConfigurationBase
    config: _Chain[str]
    core: _Chain[bool]
    default: _Chain[_Any]
    entity_type: _Chain[str]
    entity_type_to: _Chain[str]
    group: _type[_types.CustomAttributeGroup]
    _read_group: _collections.EntityCollection[_types.CustomAttributeGroup]
    group_id: _Chain[str]
    id: _Chain[str]
    is_hierarchical: _Chain[bool]
    key: _Chain[str]
    label: _Chain[str]
    _read_label: _collections.Values[str]
    object_type: _type[_types.ObjectType]
    object_type_id: _Chain[str]
    object_type_id_to: _Chain[str]
    object_type_to: _type[_types.ObjectType]
    one_to_one: _Chain[bool]
    project_id: _Chain[str]
    read_security_roles: _type[_types.SecurityRole]
    sort: _Chain[int]
    type: _type[_types.CustomAttributeType]
    _read_type: _collections.EntityCollection[_types.CustomAttributeType]
    type_id: _Chain[str]
    values: _type[_types.CustomAttributeValue]
    write_security_roles: _type[_types.SecurityRole]

class Dashboard(_Anything):
    """A page of widgets."""

    _create: _attributes._NewDashboard
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    dashboard_resources: _type[_types.DashboardResource]
    id: _Chain[str]
    is_shared_with_everyone: _Chain[bool]
    name: _Chain[str]
    widgets: _type[_types.DashboardWidget]

class DashboardResource(_Anything):
    """Somebody a dashboard is shared with."""

    _create: _attributes._NewDashboardResource
    dashboard: _type[_types.Dashboard]
    dashboard_id: _Chain[str]
    is_shared_with_everyone: _Chain[bool]
    resource: _type[_types.Resource]
    resource_id: _Chain[str]

class DashboardWidget(_Anything):
    """One widget of a dashboard."""

    _create: _attributes._NewDashboardWidget
    config: _Chain[str]
    dashboard: _type[_types.Dashboard]
    dashboard_id: _Chain[str]
    id: _Chain[str]
    sort: _Chain[float]
    type: _Chain[str]
    _read_type: _collections.Values[str]

class Disk(_Anything):
    """A storage root, as each platform calls it."""

    _create: _attributes._NewDisk
    id: _Chain[str]
    name: _Chain[str]
    projects: _type[_types.Project]
    unix: _Chain[str]
    windows: _Chain[str]

class EntitySetting(_Anything):
    """A setting of one entity."""

    _create: _attributes._NewEntitySetting
    group: _Chain[str]
    _read_group: _collections.Values[str]
    name: _Chain[str]
    parent_id: _Chain[str]
    parent_type: _Chain[str]
    value: _Chain[str]

class Event(_Anything):
    """Something that happened on the server."""

    _create: _attributes._NewEvent
    action: _Chain[str]
    created_at: _Moments
    data: _Chain[str]
    feeds: _type[_types.Feed]
    id: _Chain[int]
    insert: _Chain[str]
    parent_id: _Chain[str]
    parent_type: _Chain[str]
    project: _type[_types.Project]
    project_id: _Chain[str]
    user: _type[_types.User]
    user_id: _Chain[str]

class Feed(_Anything):
    """The place of an event in somebody's feed."""

    _create: _attributes._NewFeed
    cluster_id: _Chain[str]
    created_at: _Moments
    distance: _Chain[int]
    event: _type[_types.Event]
    id: _Chain[str]
    owner_id: _Chain[str]
    relation: _Chain[str]
    social_id: _Chain[int]

class Job(_Anything):
    """Something a server or a service does in the background."""

    _create: _attributes._NewJob
    created_at: _Moments
    data: _Chain[str]
    finished_at: _Moments
    id: _Chain[str]
    job_components: _type[_types.JobComponent]
    status: _Chain[str]
    _read_status: _collections.Values[str]
    type: _Chain[str]
    _read_type: _collections.Values[str]
    user: _type[_types.User]
    user_id: _Chain[str]

class JobComponent(_Anything):
    """A file that belongs to a job."""

    _create: _attributes._NewJobComponent
    component: _type[_types.Component]
    _read_component: _collections.EntityCollection[_types.Component]
    component_id: _Chain[str]
    job: _type[_types.Job]
    job_id: _Chain[str]
    url: _Chain[_Any]

class List(_Anything):
    """A list of either kind."""

    _create: _attributes._NewList
    category: _type[_types.ListCategory]
    category_id: _Chain[str]
    custom_attribute_links: _Chain[dict[str, _Any]]
    custom_attribute_links_from: _Chain[dict[str, _Any]]
    custom_attributes: _Chain[dict[str, _Any]]
    date: _Moments
    id: _Chain[str]
    is_open: _Chain[bool]
    items: _type[_types.AssetVersion]
    name: _Chain[str]
    owner: _type[_types.User]
    project: _type[_types.Project]
    project_id: _Chain[str]
    system_type: _Chain[str]
    user_id: _Chain[str]

class ListCategory(_Anything):
    """What a list is for."""

    _create: _attributes._NewListCategory
    id: _Chain[str]
    lists: _type[_types.List]
    name: _Chain[str]

class ListCustomAttributeValue(_Anything):
    """The value of a custom attribute of a list."""

    _create: _attributes._NewListCustomAttributeValue
    configuration: _type[_types.CustomAttributeConfiguration]
    configuration_id: _Chain[str]
    entity_id: _Chain[str]
    key: _Chain[str]
    value: _Chain[_Any]

class ListObject(_Anything):
    """The place of something in a list."""

    _create: _attributes._NewListObject
    custom_attributes: _Chain[dict[str, _Any]]
    entity_id: _Chain[str]
    id: _Chain[str]
    list: _type[_types.List]
    list_id: _Chain[str]

class ListObjectCustomAttributeValue(_Anything):
    """The value of a custom attribute of the member of a list."""

    _create: _attributes._NewListObjectCustomAttributeValue
    configuration: _type[_types.CustomAttributeConfiguration]
    configuration_id: _Chain[str]
    entity_id: _Chain[str]
    key: _Chain[str]
    value: _Chain[_Any]

class Location(_Anything):
    """A place where components are stored."""

    _create: _attributes._NewLocation
    description: _Chain[str]
    id: _Chain[str]
    label: _Chain[str]
    _read_label: _collections.Values[str]
    location_components: _type[_types.ComponentLocation]
    name: _Chain[str]

class Manager(_Anything):
    """Somebody who is responsible for a part of a project."""

    _create: _attributes._NewManager
    context: _type[_types.TypedContext]
    context_id: _Chain[str]
    id: _Chain[str]
    type: _type[_types.ManagerType]
    _read_type: _collections.EntityCollection[_types.ManagerType]
    type_id: _Chain[str]
    user: _type[_types.User]
    user_id: _Chain[str]

class ManagerType(_Anything):
    """What a manager is responsible for."""

    _create: _attributes._NewManagerType
    id: _Chain[str]
    name: _Chain[str]

class Membership(_Anything):
    """A user's place in a group."""

    _create: _attributes._NewMembership
    group: _type[_types.Group]
    _read_group: _collections.EntityCollection[_types.Group]
    group_id: _Chain[str]
    id: _Chain[str]
    user: _type[_types.User]
    user_id: _Chain[str]

class Message(_Anything):
    """One message of a conversation."""

    _create: _attributes._NewMessage
    conversation: _type[_types.Conversation]
    conversation_id: _Chain[str]
    created_at: _Moments
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    id: _Chain[str]
    text: _Chain[str]

class Metadata(_Anything):
    """A key and its value on any entity."""

    _create: _attributes._NewMetadata
    key: _Chain[str]
    parent_id: _Chain[str]
    parent_type: _Chain[str]
    value: _Chain[str]

class Note(_Anything):
    """A comment on something. It has no name: ``by_name`` without a target looks at the text."""

    _create: _attributes._NewNote
    author: _type[_types.BaseUser]
    category: _type[_types.NoteCategory]
    category_id: _Chain[str]
    completed_at: _Moments
    completed_by: _type[_types.User]
    completed_by_id: _Chain[str]
    content: _Chain[str]
    date: _Moments
    frame_number: _Chain[int]
    id: _Chain[str]
    in_reply_to: _type[_types.Note]
    in_reply_to_id: _Chain[str]
    is_todo: _Chain[bool]
    metadata: _Chain[dict[str, _Any]]
    note_components: _type[_types.NoteComponent]
    note_label_links: _type[_types.NoteLabelLink]
    parent_id: _Chain[str]
    parent_type: _Chain[str]
    project: _type[_types.Project]
    project_id: _Chain[str]
    recipients: _type[_types.Recipient]
    replies: _type[_types.Note]
    thread_activity: _Moments
    user_id: _Chain[str]

class NoteComponent(_Anything):
    """A file that is attached to a note."""

    _create: _attributes._NewNoteComponent
    component: _type[_types.Component]
    _read_component: _collections.EntityCollection[_types.Component]
    component_id: _Chain[str]
    data: _Chain[_Any]
    note: _type[_types.Note]
    note_id: _Chain[str]
    thumbnail_url: _Chain[_Any]
    url: _Chain[_Any]

class NoteLabel(_Anything):
    """A label of a note."""

    _create: _attributes._NewNoteLabel
    color: _Chain[str]
    id: _Chain[str]
    name: _Chain[str]
    sort: _Chain[int]

class NoteLabelLink(_Anything):
    """The label a note has."""

    _create: _attributes._NewNoteLabelLink
    label: _type[_types.NoteLabel]
    _read_label: _collections.EntityCollection[_types.NoteLabel]
    label_id: _Chain[str]
    note: _type[_types.Note]
    note_id: _Chain[str]

class ObjectType(_Anything):
    """A kind of part a project can have: Shot, Task, Folder."""

    _create: _attributes._NewObjectType
    icon: _Chain[str]
    id: _Chain[str]
    is_leaf: _Chain[bool]
    is_prioritizable: _Chain[bool]
    is_schedulable: _Chain[bool]
    is_statusable: _Chain[bool]
    is_taskable: _Chain[bool]
    is_time_reportable: _Chain[bool]
    is_typeable: _Chain[bool]
    name: _Chain[str]
    project_schemas: _type[_types.ProjectSchema]
    sort: _Chain[int]
    tasks: _type[_types.Task]

class Participant(_Anything):
    """Somebody who takes part in a conversation."""

    _create: _attributes._NewParticipant
    conversation: _type[_types.Conversation]
    conversation_id: _Chain[str]
    id: _Chain[str]
    last_visit: _Moments
    resource: _type[_types.Resource]
    resource_id: _Chain[str]

class Priority(_Anything):
    """How urgent something is."""

    _create: _attributes._NewPriority
    color: _Chain[str]
    id: _Chain[str]
    name: _Chain[str]
    sort: _Chain[int]
    tasks: _type[_types.Task]
    value: _Chain[float]

class ProjectSchema(_Anything):
    """The rules of a project: types, statuses and templates."""

    _create: _attributes._NewProjectSchema
    asset_version_workflow_schema: _type[_types.WorkflowSchema]
    asset_version_workflow_schema_id: _Chain[str]
    id: _Chain[str]
    name: _Chain[str]
    object_type_schemas: _type[_types.Schema]
    object_types: _type[_types.ObjectType]
    task_templates: _type[_types.TaskTemplate]
    task_type_schema: _type[_types.TaskTypeSchema]
    task_type_schema_id: _Chain[str]
    task_workflow_schema: _type[_types.WorkflowSchema]
    task_workflow_schema_id: _Chain[str]
    task_workflow_schema_overrides: _type[_types.ProjectSchemaOverride]

class ProjectSchemaObjectType(_Anything):
    """An object type a project may use."""

    _create: _attributes._NewProjectSchemaObjectType
    object_type: _type[_types.ObjectType]
    object_type_id: _Chain[str]
    project_schema: _type[_types.ProjectSchema]
    project_schema_id: _Chain[str]

class ProjectSchemaOverride(_Anything):
    """The statuses of one type of task, where they differ from the others."""

    _create: _attributes._NewProjectSchemaOverride
    id: _Chain[str]
    project_schema_id: _Chain[str]
    type_id: _Chain[str]
    workflow_schema: _type[_types.WorkflowSchema]
    workflow_schema_id: _Chain[str]

class Recipient(_Anything):
    """Somebody a note is meant for."""

    _create: _attributes._NewRecipient
    note: _type[_types.Note]
    note_id: _Chain[str]
    recipient: _type[_types.Resource]
    resource_id: _Chain[str]
    text_mentioned: _Chain[str]
    user: _type[_types.User]

class Resource(_Anything):
    """Somebody who can be assigned: a user or a group."""

    _create: _attributes._NewResource
    allocations: _type[_types.Appointment]
    appointments: _type[_types.Appointment]
    assignments: _type[_types.Appointment]
    children: _type[_types.Group]
    created_from_shared_url: _Chain[str]
    custom_attribute_links: _Chain[dict[str, _Any]]
    custom_attribute_links_from: _Chain[dict[str, _Any]]
    custom_attributes: _Chain[dict[str, _Any]]
    dashboard_resources: _type[_types.DashboardResource]
    email: _Chain[str]
    first_name: _Chain[str]
    id: _Chain[str]
    is_active: _Chain[bool]
    is_otp_enabled: _Chain[bool]
    is_totp_enabled: _Chain[bool]
    last_name: _Chain[str]
    link: _Chain[str]
    local: _Chain[bool]
    memberships: _type[_types.Membership]
    metadata: _Chain[dict[str, _Any]]
    name: _Chain[str]
    parent: _type[_types.Group]
    parent_id: _Chain[str]
    require_details_update: _Chain[bool]
    resource_type: _Chain[str]
    thumbnail: _type[_types.Component]
    thumbnail_id: _Chain[str]
    thumbnail_url: _Chain[_Any]
    timelogs: _type[_types.Timelog]
    user_security_roles: _type[_types.UserSecurityRole]
    user_type: _type[_types.UserType]
    user_type_id: _Chain[str]
    username: _Chain[str]

class ReviewSession(_Anything):
    """A number of versions that are reviewed together."""

    _create: _attributes._NewReviewSession
    availability: _Chain[str]
    created_at: _Moments
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    description: _Chain[str]
    end_date: _Moments
    id: _Chain[str]
    is_moderated: _Chain[bool]
    is_open: _Chain[bool]
    name: _Chain[str]
    passphrase: _Chain[str]
    passphrase_enabled: _Chain[bool]
    project: _type[_types.Project]
    project_id: _Chain[str]
    review_session_folder: _type[_types.ReviewSessionFolder]
    review_session_folder_id: _Chain[str]
    review_session_invitees: _type[_types.ReviewSessionInvitee]
    review_session_objects: _type[_types.ReviewSessionObject]
    settings: _type[_types.EntitySetting]
    shareable_url_enabled: _Chain[bool]
    start_date: _Moments
    thumbnail: _type[_types.Component]
    thumbnail_id: _Chain[str]
    thumbnail_source_id: _Chain[str]
    thumbnail_url: _Chain[_Any]

class ReviewSessionFolder(_Anything):
    """A number of review sessions that are kept together."""

    _create: _attributes._NewReviewSessionFolder
    id: _Chain[str]
    name: _Chain[str]
    project: _type[_types.Project]
    project_id: _Chain[str]
    review_sessions: _type[_types.ReviewSession]

class ReviewSessionInvitee(_Anything):
    """Somebody who is asked for a review."""

    _create: _attributes._NewReviewSessionInvitee
    created_at: _Moments
    created_by: _type[_types.User]
    created_by_id: _Chain[str]
    created_from_shared_url: _Chain[bool]
    email: _Chain[str]
    id: _Chain[str]
    last_sent_at: _Moments
    name: _Chain[str]
    resource: _type[_types.Resource]
    resource_id: _Chain[str]
    review_session: _type[_types.ReviewSession]
    review_session_id: _Chain[str]
    statuses: _type[_types.ReviewSessionObjectStatus]

class ReviewSessionObject(_Anything):
    """One version in a review session."""

    _create: _attributes._NewReviewSessionObject
    annotations: _type[_types.ReviewSessionObjectAnnotation]
    asset_version: _type[_types.AssetVersion]
    created_at: _Moments
    description: _Chain[str]
    id: _Chain[str]
    name: _Chain[str]
    notes: _type[_types.Note]
    review_session: _type[_types.ReviewSession]
    review_session_id: _Chain[str]
    sort_order: _Chain[float]
    statuses: _type[_types.ReviewSessionObjectStatus]
    version: _Chain[str]
    _read_version: _collections.Values[str]
    version_id: _Chain[str]

class ReviewSessionObjectAnnotation(_Anything):
    """What was drawn on a frame of a version in a review session."""

    _create: _attributes._NewReviewSessionObjectAnnotation
    created_at: _Moments
    data: _Chain[str]
    frame_number: _Chain[int]
    id: _Chain[str]
    review_session_object: _type[_types.ReviewSessionObject]
    review_session_object_id: _Chain[str]
    updated_at: _Moments

class ReviewSessionObjectAnnotationComponent(_Anything):
    """A picture of what was drawn."""

    _create: _attributes._NewReviewSessionObjectAnnotationComponent
    component: _type[_types.Component]
    _read_component: _collections.EntityCollection[_types.Component]
    component_id: _Chain[str]
    frame_number: _Chain[str]
    review_session_object: _type[_types.ReviewSessionObject]
    review_session_object_id: _Chain[str]
    thumbnail_url: _Chain[_Any]
    url: _Chain[_Any]

class ReviewSessionObjectStatus(_Anything):
    """What an invitee thinks of a version."""

    _create: _attributes._NewReviewSessionObjectStatus
    created_at: _Moments
    id: _Chain[str]
    invitee: _type[_types.ReviewSessionInvitee]
    resource: _type[_types.Resource]
    resource_id: _Chain[str]
    review_session_invitee_id: _Chain[str]
    review_session_object: _type[_types.ReviewSessionObject]
    review_session_object_id: _Chain[str]
    status: _Chain[str]
    _read_status: _collections.Values[str]

class Schema(_Anything):
    """The types and statuses of one object type in a project."""

    _create: _attributes._NewSchema
    id: _Chain[str]
    object_type_id: _Chain[str]
    project_schema_id: _Chain[str]
    statuses: _type[_types.SchemaStatus]
    type_id: _Chain[str]
    types: _type[_types.SchemaType]

class SchemaStatus(_Anything):
    """A status an object type may have."""

    _create: _attributes._NewSchemaStatus
    schema_id: _Chain[str]
    sort: _Chain[int]
    status_id: _Chain[str]
    task_status: _type[_types.Status]

class SchemaType(_Anything):
    """A type an object type may have."""

    _create: _attributes._NewSchemaType
    schema_id: _Chain[str]
    sort: _Chain[int]
    task_type: _type[_types.Type]
    type_id: _Chain[str]

class Scope(_Anything):
    """A label that groups work across projects."""

    _create: _attributes._NewScope
    id: _Chain[str]
    name: _Chain[str]

class SecurityRole(_Anything):
    """A set of permissions."""

    _create: _attributes._NewSecurityRole
    id: _Chain[str]
    name: _Chain[str]
    type: _Chain[str]
    _read_type: _collections.Values[str]
    user_security_roles: _type[_types.UserSecurityRole]

class Setting(_Anything):
    """A setting of the server."""

    _create: _attributes._NewSetting
    group: _Chain[str]
    _read_group: _collections.Values[str]
    name: _Chain[str]
    value: _Chain[str]

class SettingComponent(_Anything):
    """A file that belongs to a setting."""

    _create: _attributes._NewSettingComponent
    component: _type[_types.Component]
    _read_component: _collections.EntityCollection[_types.Component]
    component_id: _Chain[str]
    group: _Chain[str]
    _read_group: _collections.Values[str]
    name: _Chain[str]
    setting: _type[_types.Setting]
    thumbnail_url: _Chain[_Any]
    url: _Chain[_Any]

class SplitTaskPart(_Anything):
    """One of the parts in which a task is done."""

    _create: _attributes._NewSplitTaskPart
    end_date: _Moments
    id: _Chain[str]
    label: _Chain[str]
    _read_label: _collections.Values[str]
    start_date: _Moments
    task: _type[_types.Task]
    task_id: _Chain[str]

class State(_Anything):
    """What a status amounts to: not started, in progress, done, blocked."""

    _create: _attributes._NewState
    id: _Chain[str]
    name: _Chain[str]
    short: _Chain[str]

class Status(_Anything):
    """How far something is: Pending Review, Approved."""

    _create: _attributes._NewStatus
    color: _Chain[str]
    id: _Chain[str]
    is_active: _Chain[bool]
    name: _Chain[str]
    sort: _Chain[int]
    state: _type[_types.State]
    tasks: _type[_types.Task]

class StatusChange(_Anything):
    """The moment at which the status of something changed."""

    _create: _attributes._NewStatusChange
    date: _Moments
    from_status: _type[_types.Status]
    from_status_id: _Chain[str]
    id: _Chain[str]
    parent: _type[_types.AssetVersion]
    parent_id: _Chain[str]
    parent_type: _Chain[str]
    status: _type[_types.Status]
    _read_status: _collections.EntityCollection[_types.Status]
    status_id: _Chain[str]
    user: _type[_types.User]
    user_id: _Chain[str]

class StatusRule(_Anything):
    """A status that may follow."""

    _create: _attributes._NewStatusRule
    id: _Chain[str]
    status: _type[_types.Status]
    _read_status: _collections.EntityCollection[_types.Status]
    status_id: _Chain[str]
    status_rule_group: _type[_types.StatusRuleGroup]
    status_rule_group_id: _Chain[str]

class StatusRuleGroup(_Anything):
    """The statuses that may follow one, in projects of one project schema."""

    _create: _attributes._NewStatusRuleGroup
    entity_type: _Chain[str]
    id: _Chain[str]
    object_type: _type[_types.ObjectType]
    object_type_id: _Chain[str]
    role: _type[_types.SecurityRole]
    role_id: _Chain[str]
    schema: _type[_types.ProjectSchema]
    schema_id: _Chain[str]
    status: _type[_types.Status]
    _read_status: _collections.EntityCollection[_types.Status]
    status_id: _Chain[str]
    status_rules: _type[_types.StatusRule]

class TaskTemplate(_Anything):
    """Tasks that are usually created together."""

    _create: _attributes._NewTaskTemplate
    id: _Chain[str]
    items: _type[_types.TaskTemplateItem]
    name: _Chain[str]
    project_schema: _type[_types.ProjectSchema]
    project_schema_id: _Chain[str]

class TaskTemplateItem(_Anything):
    """One task of a template."""

    _create: _attributes._NewTaskTemplateItem
    id: _Chain[str]
    task_type: _type[_types.Type]
    task_type_id: _Chain[str]
    template: _type[_types.TaskTemplate]
    template_id: _Chain[str]

class TaskTypeSchema(_Anything):
    """A number of task types that are used together."""

    _create: _attributes._NewTaskTypeSchema
    id: _Chain[str]
    name: _Chain[str]
    types: _type[_types.Type]

class TaskTypeSchemaType(_Anything):
    """One task type of such a number."""

    _create: _attributes._NewTaskTypeSchemaType
    task_type_schema_id: _Chain[str]
    type_id: _Chain[str]

class Timelog(_Anything):
    """Time somebody has spent."""

    _create: _attributes._NewTimelog
    comment: _Chain[str]
    context: _type[_types.TypedContext]
    context_id: _Chain[str]
    duration: _Chain[float]
    id: _Chain[str]
    name: _Chain[str]
    start: _Moments
    time_zone_offset: _Chain[float]
    user: _type[_types.User]
    user_id: _Chain[str]

class Timer(_Anything):
    """Time somebody is spending right now."""

    _create: _attributes._NewTimer
    comment: _Chain[str]
    context: _type[_types.TypedContext]
    context_id: _Chain[str]
    id: _Chain[str]
    name: _Chain[str]
    start: _Moments
    user: _type[_types.User]
    user_id: _Chain[str]

class Type(_Anything):
    """A kind of task: Animation, Compositing."""

    _create: _attributes._NewType
    color: _Chain[str]
    id: _Chain[str]
    is_billable: _Chain[bool]
    name: _Chain[str]
    sort: _Chain[int]
    task_type_schemas: _type[_types.TaskTypeSchema]
    tasks: _type[_types.Task]

class TypedContextLink(_Anything):
    """The dependency of one part of a project on another."""

    _create: _attributes._NewTypedContextLink
    from_id: _Chain[str]
    id: _Chain[str]
    lag: _Chain[float]
    metadata: _Chain[dict[str, _Any]]
    to: _type[_types.TypedContext]
    to_id: _Chain[str]
    type: _Chain[str]
    _read_type: _collections.Values[str]

class UserApplicationState(_Anything):
    """What the web interface remembers of a user."""

    _create: _attributes._NewUserApplicationState
    key: _Chain[str]
    user_id: _Chain[str]
    value: _Chain[str]

class UserCustomAttributeValue(_Anything):
    """The value of a custom attribute of a user."""

    _create: _attributes._NewUserCustomAttributeValue
    configuration: _type[_types.CustomAttributeConfiguration]
    configuration_id: _Chain[str]
    entity_id: _Chain[str]
    key: _Chain[str]
    value: _Chain[_Any]

class UserSecurityRole(_Anything):
    """The permissions a user has."""

    _create: _attributes._NewUserSecurityRole
    id: _Chain[str]
    is_all_open_projects: _Chain[bool]
    is_all_projects: _Chain[bool]
    security_role: _type[_types.SecurityRole]
    security_role_id: _Chain[str]
    user: _type[_types.User]
    user_id: _Chain[str]
    user_security_role_projects: _type[_types.UserSecurityRoleProject]

class UserSecurityRoleProject(_Anything):
    """The project for which a user has permissions."""

    _create: _attributes._NewUserSecurityRoleProject
    id: _Chain[str]
    project: _type[_types.Project]
    project_id: _Chain[str]
    user_security_role: _type[_types.UserSecurityRole]
    user_security_role_id: _Chain[str]

class UserSession(_Anything):
    """The time in which a user has come in."""

    _create: _attributes._NewUserSession
    accessed_time: _Moments
    creation_time: _Moments
    id: _Chain[str]
    user: _type[_types.User]
    user_id: _Chain[str]

class UserType(_Anything):
    """A kind of account."""

    _create: _attributes._NewUserType
    id: _Chain[str]
    name: _Chain[str]

class UserView(_Anything):
    """A view of the web interface that a user has saved."""

    _create: _attributes._NewUserView
    id: _Chain[str]
    name: _Chain[str]
    shared_with: _type[_types.Resource]
    user: _type[_types.User]
    user_id: _Chain[str]

class WorkflowSchema(_Anything):
    """A number of statuses that are used together."""

    _create: _attributes._NewWorkflowSchema
    id: _Chain[str]
    name: _Chain[str]
    overrides: _type[_types.ProjectSchemaOverride]
    statuses: _type[_types.Status]

class WorkflowSchemaStatus(_Anything):
    """One status of a workflow."""

    _create: _attributes._NewWorkflowSchemaStatus
    status_id: _Chain[str]
    workflow_schema_id: _Chain[str]

class AssetCustomAttributeLink(CustomAttributeLink):
    """A link to an asset."""

    _create: _attributes._NewAssetCustomAttributeLink

class AssetCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from an asset."""

    _create: _attributes._NewAssetCustomAttributeLinkFrom

class AssetVersionCustomAttributeLink(CustomAttributeLink):
    """A link to a version."""

    _create: _attributes._NewAssetVersionCustomAttributeLink

class AssetVersionCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a version."""

    _create: _attributes._NewAssetVersionCustomAttributeLinkFrom

class AssetVersionList(List):
    """A list of versions."""

    _create: _attributes._NewAssetVersionList

class AssetVersionStatusChange(StatusChange):
    """The moment at which the status of a version changed."""

    _create: _attributes._NewAssetVersionStatusChange

class AssetVersionStatusRuleGroup(StatusRuleGroup):
    """The statuses that may follow one for versions."""

    _create: _attributes._NewAssetVersionStatusRuleGroup

class BaseUser(Resource):
    """A person: a user, or somebody from outside who takes part in reviews."""

    _create: _attributes._NewBaseUser

class ComponentCustomAttributeLink(CustomAttributeLink):
    """A link to a component."""

    _create: _attributes._NewComponentCustomAttributeLink

class ComponentCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a component."""

    _create: _attributes._NewComponentCustomAttributeLinkFrom

class ContainerComponent(Component):
    """A bundle of components."""

    _create: _attributes._NewContainerComponent

class ContextCustomAttributeLink(CustomAttributeLink):
    """A link to a project or a part of one."""

    _create: _attributes._NewContextCustomAttributeLink

class ContextCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a project or a part of one."""

    _create: _attributes._NewContextCustomAttributeLinkFrom

class CustomAttributeConfiguration(CustomConfigurationBase):
    """The definition of a custom attribute."""

    _create: _attributes._NewCustomAttributeConfiguration

class CustomAttributeLinkConfiguration(CustomConfigurationBase):
    """The definition of a link between entities."""

    _create: _attributes._NewCustomAttributeLinkConfiguration

class FileComponent(Component):
    """A single file."""

    _create: _attributes._NewFileComponent

class Group(Resource):
    """A group of users."""

    _create: _attributes._NewGroup

class GroupCustomAttributeLink(CustomAttributeLink):
    """A link to a group."""

    _create: _attributes._NewGroupCustomAttributeLink

class GroupCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a group."""

    _create: _attributes._NewGroupCustomAttributeLinkFrom

class ListCustomAttributeLink(CustomAttributeLink):
    """A link to a list."""

    _create: _attributes._NewListCustomAttributeLink

class ListCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a list."""

    _create: _attributes._NewListCustomAttributeLinkFrom

class NoteAnnotationComponent(NoteComponent):
    """A drawing that is attached to a note."""

    _create: _attributes._NewNoteAnnotationComponent

class NoteCategory(NoteLabel):
    """What a note is about: Client feedback, Internal."""

    _create: _attributes._NewNoteCategory

class Project(Context):
    """A project: the root of a tree."""

    _create: _attributes._NewProject
    calendar_events: _type[_types.CalendarEvent]
    color: _Chain[str]
    descendants: _type[_types.TypedContext]
    disk: _type[_types.Disk]
    disk_id: _Chain[str]
    end_date: _Moments
    full_name: _Chain[str]
    is_global: _Chain[bool]
    is_private: _Chain[bool]
    metadata: _Chain[dict[str, _Any]]
    project_schema: _type[_types.ProjectSchema]
    project_schema_id: _Chain[str]
    review_session_folders: _type[_types.ReviewSessionFolder]
    review_sessions: _type[_types.ReviewSession]
    root: _Chain[str]
    start_date: _Moments
    status: _Chain[str]
    _read_status: _collections.Values[str]
    user_security_role_projects: _type[_types.UserSecurityRoleProject]

class TypedContext(Context):
    """A part of a project, of any object type."""

    _create: _attributes._NewTypedContext
    ancestors: _type[_types.TypedContext]
    bid: _Chain[float]
    bid_time_logged_difference: _Chain[float]
    descendants: _type[_types.TypedContext]
    description: _Chain[str]
    end_date: _Moments
    incoming_links: _type[_types.TypedContextLink]
    lists: _type[_types.TypedContextList]
    metadata: _Chain[dict[str, _Any]]
    object_type: _type[_types.ObjectType]
    object_type_id: _Chain[str]
    outgoing_links: _type[_types.TypedContextLink]
    priority: _type[_types.Priority]
    priority_id: _Chain[str]
    project: _type[_types.Project]
    sort: _Chain[float]
    split_parts: _type[_types.SplitTaskPart]
    start_date: _Moments
    status: _type[_types.Status]
    _read_status: _collections.EntityCollection[_types.Status]
    status_changes: _type[_types.StatusChange]
    status_id: _Chain[str]
    thumbnail_source_id: _Chain[str]
    time_logged: _Chain[float]
    type: _type[_types.Type]
    _read_type: _collections.EntityCollection[_types.Type]
    type_id: _Chain[str]

class TypedContextList(List):
    """A list of parts of a project."""

    _create: _attributes._NewTypedContextList
    items: _type[_types.TypedContext]

class TypedContextStatusChange(StatusChange):
    """The moment at which the status of a part of a project changed."""

    _create: _attributes._NewTypedContextStatusChange
    parent: _type[_types.TypedContext]

class TypedContextStatusRuleGroup(StatusRuleGroup):
    """The statuses that may follow one for parts of projects, of one object type."""

    _create: _attributes._NewTypedContextStatusRuleGroup

class UserCustomAttributeLink(CustomAttributeLink):
    """A link to a user."""

    _create: _attributes._NewUserCustomAttributeLink

class UserCustomAttributeLinkFrom(CustomAttributeLinkFrom):
    """A link from a user."""

    _create: _attributes._NewUserCustomAttributeLinkFrom

class AssetBuild(TypedContext):
    """A character, a prop, an environment: something that is built once and used in shots."""

    _create: _attributes._NewAssetBuild

class Collaborator(BaseUser):
    """Somebody from outside who takes part in reviews."""

    _create: _attributes._NewCollaborator

class Episode(TypedContext):
    """An episode of a series."""

    _create: _attributes._NewEpisode

class Folder(TypedContext):
    """A folder that keeps other parts of a project together."""

    _create: _attributes._NewFolder

class Image(TypedContext):
    """A picture, in a media production."""

    _create: _attributes._NewImage

class Information(TypedContext):
    """Something to know about a media production."""

    _create: _attributes._NewInformation

class Milestone(TypedContext):
    """A date to reach."""

    _create: _attributes._NewMilestone

class Sequence(TypedContext):
    """A sequence of shots."""

    _create: _attributes._NewSequence

class SequenceComponent(ContainerComponent):
    """A numbered sequence of files."""

    _create: _attributes._NewSequenceComponent

class Shot(TypedContext):
    """A shot."""

    _create: _attributes._NewShot

class Task(TypedContext):
    """A piece of work for somebody."""

    _create: _attributes._NewTask

class User(BaseUser):
    """A person with an account; ``by_name`` means the user name."""

    _create: _attributes._NewUser
