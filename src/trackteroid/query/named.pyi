"""Generated from the declarations of the entity types: python docs/stubs.py."""

# pyright: basic

from typing import TypeAlias

from trackteroid import entities as _types
from trackteroid.query.query import Query

def query_class(name: str) -> type[Query] | None: ...

__all__ = [
    "ApiKeyQuery",
    "AppointmentQuery",
    "AssetQuery",
    "AssetBuildQuery",
    "AssetCustomAttributeLinkQuery",
    "AssetCustomAttributeLinkFromQuery",
    "AssetCustomAttributeValueQuery",
    "AssetTypeQuery",
    "AssetVersionQuery",
    "AssetVersionCustomAttributeLinkQuery",
    "AssetVersionCustomAttributeLinkFromQuery",
    "AssetVersionCustomAttributeValueQuery",
    "AssetVersionLinkQuery",
    "AssetVersionListQuery",
    "AssetVersionStatusChangeQuery",
    "AssetVersionStatusRuleGroupQuery",
    "BaseUserQuery",
    "CalendarEventQuery",
    "CalendarEventResourceQuery",
    "CollaboratorQuery",
    "ComponentQuery",
    "ComponentCustomAttributeLinkQuery",
    "ComponentCustomAttributeLinkFromQuery",
    "ComponentLocationQuery",
    "ContainerComponentQuery",
    "ContextQuery",
    "ContextCustomAttributeLinkQuery",
    "ContextCustomAttributeLinkFromQuery",
    "ContextCustomAttributeValueQuery",
    "ConversationQuery",
    "CustomAttributeConfigurationQuery",
    "CustomAttributeGroupQuery",
    "CustomAttributeLinkQuery",
    "CustomAttributeLinkConfigurationQuery",
    "CustomAttributeLinkFromQuery",
    "CustomAttributeTypeQuery",
    "CustomAttributeValueQuery",
    "CustomConfigurationBaseQuery",
    "DashboardQuery",
    "DashboardResourceQuery",
    "DashboardWidgetQuery",
    "DiskQuery",
    "EntityQuery",
    "EntitySettingQuery",
    "EpisodeQuery",
    "EventQuery",
    "FeedQuery",
    "FileComponentQuery",
    "FolderQuery",
    "GroupQuery",
    "GroupCustomAttributeLinkQuery",
    "GroupCustomAttributeLinkFromQuery",
    "ImageQuery",
    "InformationQuery",
    "JobQuery",
    "JobComponentQuery",
    "ListQuery",
    "ListCategoryQuery",
    "ListCustomAttributeLinkQuery",
    "ListCustomAttributeLinkFromQuery",
    "ListCustomAttributeValueQuery",
    "ListObjectQuery",
    "ListObjectCustomAttributeValueQuery",
    "LocationQuery",
    "ManagerQuery",
    "ManagerTypeQuery",
    "MembershipQuery",
    "MessageQuery",
    "MetadataQuery",
    "MilestoneQuery",
    "NoteQuery",
    "NoteAnnotationComponentQuery",
    "NoteCategoryQuery",
    "NoteComponentQuery",
    "NoteLabelQuery",
    "NoteLabelLinkQuery",
    "ObjectTypeQuery",
    "ParticipantQuery",
    "PriorityQuery",
    "ProjectQuery",
    "ProjectSchemaQuery",
    "ProjectSchemaObjectTypeQuery",
    "ProjectSchemaOverrideQuery",
    "RecipientQuery",
    "ResourceQuery",
    "ReviewSessionQuery",
    "ReviewSessionFolderQuery",
    "ReviewSessionInviteeQuery",
    "ReviewSessionObjectQuery",
    "ReviewSessionObjectAnnotationQuery",
    "ReviewSessionObjectAnnotationComponentQuery",
    "ReviewSessionObjectStatusQuery",
    "SchemaQuery",
    "SchemaStatusQuery",
    "SchemaTypeQuery",
    "ScopeQuery",
    "SecurityRoleQuery",
    "SequenceQuery",
    "SequenceComponentQuery",
    "SettingQuery",
    "SettingComponentQuery",
    "ShotQuery",
    "SplitTaskPartQuery",
    "StateQuery",
    "StatusQuery",
    "StatusChangeQuery",
    "StatusRuleQuery",
    "StatusRuleGroupQuery",
    "TaskQuery",
    "TaskTemplateQuery",
    "TaskTemplateItemQuery",
    "TaskTypeSchemaQuery",
    "TaskTypeSchemaTypeQuery",
    "TimelogQuery",
    "TimerQuery",
    "TypeQuery",
    "TypedContextQuery",
    "TypedContextLinkQuery",
    "TypedContextListQuery",
    "TypedContextStatusChangeQuery",
    "TypedContextStatusRuleGroupQuery",
    "UserQuery",
    "UserApplicationStateQuery",
    "UserCustomAttributeLinkQuery",
    "UserCustomAttributeLinkFromQuery",
    "UserCustomAttributeValueQuery",
    "UserSecurityRoleQuery",
    "UserSecurityRoleProjectQuery",
    "UserSessionQuery",
    "UserTypeQuery",
    "UserViewQuery",
    "WorkflowSchemaQuery",
    "WorkflowSchemaStatusQuery",
]

ApiKeyQuery: TypeAlias = Query[_types.ApiKey]
AppointmentQuery: TypeAlias = Query[_types.Appointment]
AssetQuery: TypeAlias = Query[_types.Asset]
AssetBuildQuery: TypeAlias = Query[_types.AssetBuild]
AssetCustomAttributeLinkQuery: TypeAlias = Query[_types.AssetCustomAttributeLink]
AssetCustomAttributeLinkFromQuery: TypeAlias = Query[_types.AssetCustomAttributeLinkFrom]
AssetCustomAttributeValueQuery: TypeAlias = Query[_types.AssetCustomAttributeValue]
AssetTypeQuery: TypeAlias = Query[_types.AssetType]
AssetVersionQuery: TypeAlias = Query[_types.AssetVersion]
AssetVersionCustomAttributeLinkQuery: TypeAlias = Query[_types.AssetVersionCustomAttributeLink]
AssetVersionCustomAttributeLinkFromQuery: TypeAlias = Query[_types.AssetVersionCustomAttributeLinkFrom]
AssetVersionCustomAttributeValueQuery: TypeAlias = Query[_types.AssetVersionCustomAttributeValue]
AssetVersionLinkQuery: TypeAlias = Query[_types.AssetVersionLink]
AssetVersionListQuery: TypeAlias = Query[_types.AssetVersionList]
AssetVersionStatusChangeQuery: TypeAlias = Query[_types.AssetVersionStatusChange]
AssetVersionStatusRuleGroupQuery: TypeAlias = Query[_types.AssetVersionStatusRuleGroup]
BaseUserQuery: TypeAlias = Query[_types.BaseUser]
CalendarEventQuery: TypeAlias = Query[_types.CalendarEvent]
CalendarEventResourceQuery: TypeAlias = Query[_types.CalendarEventResource]
CollaboratorQuery: TypeAlias = Query[_types.Collaborator]
ComponentQuery: TypeAlias = Query[_types.Component]
ComponentCustomAttributeLinkQuery: TypeAlias = Query[_types.ComponentCustomAttributeLink]
ComponentCustomAttributeLinkFromQuery: TypeAlias = Query[_types.ComponentCustomAttributeLinkFrom]
ComponentLocationQuery: TypeAlias = Query[_types.ComponentLocation]
ContainerComponentQuery: TypeAlias = Query[_types.ContainerComponent]
ContextQuery: TypeAlias = Query[_types.Context]
ContextCustomAttributeLinkQuery: TypeAlias = Query[_types.ContextCustomAttributeLink]
ContextCustomAttributeLinkFromQuery: TypeAlias = Query[_types.ContextCustomAttributeLinkFrom]
ContextCustomAttributeValueQuery: TypeAlias = Query[_types.ContextCustomAttributeValue]
ConversationQuery: TypeAlias = Query[_types.Conversation]
CustomAttributeConfigurationQuery: TypeAlias = Query[_types.CustomAttributeConfiguration]
CustomAttributeGroupQuery: TypeAlias = Query[_types.CustomAttributeGroup]
CustomAttributeLinkQuery: TypeAlias = Query[_types.CustomAttributeLink]
CustomAttributeLinkConfigurationQuery: TypeAlias = Query[_types.CustomAttributeLinkConfiguration]
CustomAttributeLinkFromQuery: TypeAlias = Query[_types.CustomAttributeLinkFrom]
CustomAttributeTypeQuery: TypeAlias = Query[_types.CustomAttributeType]
CustomAttributeValueQuery: TypeAlias = Query[_types.CustomAttributeValue]
CustomConfigurationBaseQuery: TypeAlias = Query[_types.CustomConfigurationBase]
DashboardQuery: TypeAlias = Query[_types.Dashboard]
DashboardResourceQuery: TypeAlias = Query[_types.DashboardResource]
DashboardWidgetQuery: TypeAlias = Query[_types.DashboardWidget]
DiskQuery: TypeAlias = Query[_types.Disk]
EntityQuery: TypeAlias = Query[_types.Entity]
EntitySettingQuery: TypeAlias = Query[_types.EntitySetting]
EpisodeQuery: TypeAlias = Query[_types.Episode]
EventQuery: TypeAlias = Query[_types.Event]
FeedQuery: TypeAlias = Query[_types.Feed]
FileComponentQuery: TypeAlias = Query[_types.FileComponent]
FolderQuery: TypeAlias = Query[_types.Folder]
GroupQuery: TypeAlias = Query[_types.Group]
GroupCustomAttributeLinkQuery: TypeAlias = Query[_types.GroupCustomAttributeLink]
GroupCustomAttributeLinkFromQuery: TypeAlias = Query[_types.GroupCustomAttributeLinkFrom]
ImageQuery: TypeAlias = Query[_types.Image]
InformationQuery: TypeAlias = Query[_types.Information]
JobQuery: TypeAlias = Query[_types.Job]
JobComponentQuery: TypeAlias = Query[_types.JobComponent]
ListQuery: TypeAlias = Query[_types.List]
ListCategoryQuery: TypeAlias = Query[_types.ListCategory]
ListCustomAttributeLinkQuery: TypeAlias = Query[_types.ListCustomAttributeLink]
ListCustomAttributeLinkFromQuery: TypeAlias = Query[_types.ListCustomAttributeLinkFrom]
ListCustomAttributeValueQuery: TypeAlias = Query[_types.ListCustomAttributeValue]
ListObjectQuery: TypeAlias = Query[_types.ListObject]
ListObjectCustomAttributeValueQuery: TypeAlias = Query[_types.ListObjectCustomAttributeValue]
LocationQuery: TypeAlias = Query[_types.Location]
ManagerQuery: TypeAlias = Query[_types.Manager]
ManagerTypeQuery: TypeAlias = Query[_types.ManagerType]
MembershipQuery: TypeAlias = Query[_types.Membership]
MessageQuery: TypeAlias = Query[_types.Message]
MetadataQuery: TypeAlias = Query[_types.Metadata]
MilestoneQuery: TypeAlias = Query[_types.Milestone]
NoteQuery: TypeAlias = Query[_types.Note]
NoteAnnotationComponentQuery: TypeAlias = Query[_types.NoteAnnotationComponent]
NoteCategoryQuery: TypeAlias = Query[_types.NoteCategory]
NoteComponentQuery: TypeAlias = Query[_types.NoteComponent]
NoteLabelQuery: TypeAlias = Query[_types.NoteLabel]
NoteLabelLinkQuery: TypeAlias = Query[_types.NoteLabelLink]
ObjectTypeQuery: TypeAlias = Query[_types.ObjectType]
ParticipantQuery: TypeAlias = Query[_types.Participant]
PriorityQuery: TypeAlias = Query[_types.Priority]
ProjectQuery: TypeAlias = Query[_types.Project]
ProjectSchemaQuery: TypeAlias = Query[_types.ProjectSchema]
ProjectSchemaObjectTypeQuery: TypeAlias = Query[_types.ProjectSchemaObjectType]
ProjectSchemaOverrideQuery: TypeAlias = Query[_types.ProjectSchemaOverride]
RecipientQuery: TypeAlias = Query[_types.Recipient]
ResourceQuery: TypeAlias = Query[_types.Resource]
ReviewSessionQuery: TypeAlias = Query[_types.ReviewSession]
ReviewSessionFolderQuery: TypeAlias = Query[_types.ReviewSessionFolder]
ReviewSessionInviteeQuery: TypeAlias = Query[_types.ReviewSessionInvitee]
ReviewSessionObjectQuery: TypeAlias = Query[_types.ReviewSessionObject]
ReviewSessionObjectAnnotationQuery: TypeAlias = Query[_types.ReviewSessionObjectAnnotation]
ReviewSessionObjectAnnotationComponentQuery: TypeAlias = Query[_types.ReviewSessionObjectAnnotationComponent]
ReviewSessionObjectStatusQuery: TypeAlias = Query[_types.ReviewSessionObjectStatus]
SchemaQuery: TypeAlias = Query[_types.Schema]
SchemaStatusQuery: TypeAlias = Query[_types.SchemaStatus]
SchemaTypeQuery: TypeAlias = Query[_types.SchemaType]
ScopeQuery: TypeAlias = Query[_types.Scope]
SecurityRoleQuery: TypeAlias = Query[_types.SecurityRole]
SequenceQuery: TypeAlias = Query[_types.Sequence]
SequenceComponentQuery: TypeAlias = Query[_types.SequenceComponent]
SettingQuery: TypeAlias = Query[_types.Setting]
SettingComponentQuery: TypeAlias = Query[_types.SettingComponent]
ShotQuery: TypeAlias = Query[_types.Shot]
SplitTaskPartQuery: TypeAlias = Query[_types.SplitTaskPart]
StateQuery: TypeAlias = Query[_types.State]
StatusQuery: TypeAlias = Query[_types.Status]
StatusChangeQuery: TypeAlias = Query[_types.StatusChange]
StatusRuleQuery: TypeAlias = Query[_types.StatusRule]
StatusRuleGroupQuery: TypeAlias = Query[_types.StatusRuleGroup]
TaskQuery: TypeAlias = Query[_types.Task]
TaskTemplateQuery: TypeAlias = Query[_types.TaskTemplate]
TaskTemplateItemQuery: TypeAlias = Query[_types.TaskTemplateItem]
TaskTypeSchemaQuery: TypeAlias = Query[_types.TaskTypeSchema]
TaskTypeSchemaTypeQuery: TypeAlias = Query[_types.TaskTypeSchemaType]
TimelogQuery: TypeAlias = Query[_types.Timelog]
TimerQuery: TypeAlias = Query[_types.Timer]
TypeQuery: TypeAlias = Query[_types.Type]
TypedContextQuery: TypeAlias = Query[_types.TypedContext]
TypedContextLinkQuery: TypeAlias = Query[_types.TypedContextLink]
TypedContextListQuery: TypeAlias = Query[_types.TypedContextList]
TypedContextStatusChangeQuery: TypeAlias = Query[_types.TypedContextStatusChange]
TypedContextStatusRuleGroupQuery: TypeAlias = Query[_types.TypedContextStatusRuleGroup]
UserQuery: TypeAlias = Query[_types.User]
UserApplicationStateQuery: TypeAlias = Query[_types.UserApplicationState]
UserCustomAttributeLinkQuery: TypeAlias = Query[_types.UserCustomAttributeLink]
UserCustomAttributeLinkFromQuery: TypeAlias = Query[_types.UserCustomAttributeLinkFrom]
UserCustomAttributeValueQuery: TypeAlias = Query[_types.UserCustomAttributeValue]
UserSecurityRoleQuery: TypeAlias = Query[_types.UserSecurityRole]
UserSecurityRoleProjectQuery: TypeAlias = Query[_types.UserSecurityRoleProject]
UserSessionQuery: TypeAlias = Query[_types.UserSession]
UserTypeQuery: TypeAlias = Query[_types.UserType]
UserViewQuery: TypeAlias = Query[_types.UserView]
WorkflowSchemaQuery: TypeAlias = Query[_types.WorkflowSchema]
WorkflowSchemaStatusQuery: TypeAlias = Query[_types.WorkflowSchemaStatus]
