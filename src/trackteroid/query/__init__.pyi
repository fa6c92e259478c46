"""Generated from the declarations of the entity types, for completion: python docs/stubs.py."""

# pyright: reportInconsistentConstructor=false

from collections.abc import Callable
from typing import Any, NoReturn, overload

from ftrack_api.session import Session
from typing_extensions import Self

from trackteroid import entities
from trackteroid.constants import __VERSION__ as __VERSION__
from trackteroid.query.criteria import Criteria as Criteria
from trackteroid.query.criteria import Criterion as Criterion
from trackteroid.query.query import Query as _Query
from trackteroid.schema.entries import SCHEMA as SCHEMA
from trackteroid.schema.relations import SchemaEntry

RELATIONSHIPS_RESOLVER: Any

class Query(_Query):
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetBuild], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetBuildQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Collaborator], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CollaboratorQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Episode], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> EpisodeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Folder], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> FolderQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Image], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ImageQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Information], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> InformationQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Milestone], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> MilestoneQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Sequence], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SequenceQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.SequenceComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SequenceComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Shot], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ShotQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Task], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TaskQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.User], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetCustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetCustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetCustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetCustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersionCustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionCustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersionCustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionCustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersionList], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionListQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersionStatusChange], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionStatusChangeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersionStatusRuleGroup], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionStatusRuleGroupQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.BaseUser], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> BaseUserQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ComponentCustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ComponentCustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ComponentCustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ComponentCustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ContainerComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ContainerComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ContextCustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ContextCustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ContextCustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ContextCustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomAttributeConfiguration], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomAttributeConfigurationQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomAttributeLinkConfiguration], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomAttributeLinkConfigurationQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.FileComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> FileComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Group], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> GroupQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.GroupCustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> GroupCustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.GroupCustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> GroupCustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ListCustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ListCustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ListCustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ListCustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.NoteAnnotationComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> NoteAnnotationComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.NoteCategory], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> NoteCategoryQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Project], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ProjectQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TypedContext], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TypedContextQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TypedContextList], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TypedContextListQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TypedContextStatusChange], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TypedContextStatusChangeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TypedContextStatusRuleGroup], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TypedContextStatusRuleGroupQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserCustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserCustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserCustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserCustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ApiKey], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ApiKeyQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Appointment], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AppointmentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Asset], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetCustomAttributeValue], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetCustomAttributeValueQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersion], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersionCustomAttributeValue], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionCustomAttributeValueQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.AssetVersionLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> AssetVersionLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CalendarEvent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CalendarEventQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CalendarEventResource], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CalendarEventResourceQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Component], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ComponentLocation], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ComponentLocationQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Context], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ContextQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ContextCustomAttributeValue], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ContextCustomAttributeValueQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Conversation], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ConversationQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomAttributeGroup], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomAttributeGroupQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomAttributeLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomAttributeLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomAttributeLinkFrom], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomAttributeLinkFromQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomAttributeType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomAttributeTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomAttributeValue], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomAttributeValueQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.CustomConfigurationBase], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> CustomConfigurationBaseQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Dashboard], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> DashboardQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.DashboardResource], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> DashboardResourceQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.DashboardWidget], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> DashboardWidgetQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Disk], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> DiskQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.EntitySetting], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> EntitySettingQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Event], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> EventQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Feed], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> FeedQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Job], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> JobQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.JobComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> JobComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.List], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ListQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ListCategory], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ListCategoryQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ListCustomAttributeValue], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ListCustomAttributeValueQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ListObject], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ListObjectQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ListObjectCustomAttributeValue], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ListObjectCustomAttributeValueQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Location], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> LocationQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Manager], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ManagerQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ManagerType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ManagerTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Membership], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> MembershipQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Message], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> MessageQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Metadata], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> MetadataQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Note], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> NoteQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.NoteComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> NoteComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.NoteLabel], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> NoteLabelQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.NoteLabelLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> NoteLabelLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ObjectType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ObjectTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Participant], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ParticipantQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Priority], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> PriorityQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ProjectSchema], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ProjectSchemaQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ProjectSchemaObjectType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ProjectSchemaObjectTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ProjectSchemaOverride], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ProjectSchemaOverrideQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Recipient], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> RecipientQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Resource], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ResourceQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ReviewSession], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ReviewSessionQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ReviewSessionFolder], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ReviewSessionFolderQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ReviewSessionInvitee], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ReviewSessionInviteeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ReviewSessionObject], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ReviewSessionObjectQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ReviewSessionObjectAnnotation], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ReviewSessionObjectAnnotationQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ReviewSessionObjectAnnotationComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ReviewSessionObjectAnnotationComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.ReviewSessionObjectStatus], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ReviewSessionObjectStatusQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Schema], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SchemaQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.SchemaStatus], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SchemaStatusQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.SchemaType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SchemaTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Scope], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> ScopeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.SecurityRole], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SecurityRoleQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Setting], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SettingQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.SettingComponent], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SettingComponentQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.SplitTaskPart], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> SplitTaskPartQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.State], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> StateQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Status], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> StatusQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.StatusChange], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> StatusChangeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.StatusRule], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> StatusRuleQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.StatusRuleGroup], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> StatusRuleGroupQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TaskTemplate], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TaskTemplateQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TaskTemplateItem], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TaskTemplateItemQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TaskTypeSchema], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TaskTypeSchemaQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TaskTypeSchemaType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TaskTypeSchemaTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Timelog], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TimelogQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Timer], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TimerQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Type], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.TypedContextLink], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> TypedContextLinkQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserApplicationState], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserApplicationStateQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserCustomAttributeValue], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserCustomAttributeValueQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserSecurityRole], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserSecurityRoleQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserSecurityRoleProject], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserSecurityRoleProjectQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserSession], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserSessionQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserType], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserTypeQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.UserView], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> UserViewQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.WorkflowSchema], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> WorkflowSchemaQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.WorkflowSchemaStatus], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> WorkflowSchemaStatusQuery: ...
    @overload
    def __new__(
        cls, entity_type: type[entities.Entity], session: Session | None = None, schema: SchemaEntry | None = None
    ) -> EntityQuery: ...
    def where(self, *conditions: object, **named: NoReturn) -> Self: ...
    def __getattr__(self, name: str) -> Callable[..., Self]: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object) -> Self: ...

class EntityQuery(Query):
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


class WorkflowSchemaStatusQuery(EntityQuery):
    ...

class WorkflowSchemaQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class UserViewQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class UserTypeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class UserSessionQuery(EntityQuery):
    ...

class UserSecurityRoleProjectQuery(EntityQuery):
    ...

class UserSecurityRoleQuery(EntityQuery):
    ...

class UserCustomAttributeValueQuery(EntityQuery):
    ...

class UserApplicationStateQuery(EntityQuery):
    ...

class TypedContextLinkQuery(EntityQuery):
    ...

class TypeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class TimerQuery(EntityQuery):
    ...

class TimelogQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, Project, or a kind of it: then it is asked of these.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, Project, or a kind of it: then it is asked of these.
        """

    def by_lifespan(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose start matches.

        At least one has to be given: ``start`` demands start >= it, ``end`` demands start <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def not_by_lifespan(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose start does not match.

        At least one has to be given: ``start`` demands start >= it, ``end`` demands start <= it. A day without a
        time counts whole.

        Takes no target.
        """


class TaskTypeSchemaTypeQuery(EntityQuery):
    ...

class TaskTypeSchemaQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class TaskTemplateItemQuery(EntityQuery):
    ...

class TaskTemplateQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class StatusRuleGroupQuery(EntityQuery):
    ...

class StatusRuleQuery(EntityQuery):
    ...

class StatusChangeQuery(EntityQuery):
    ...

class StatusQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class StateQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class SplitTaskPartQuery(EntityQuery):
    ...

class SettingComponentQuery(EntityQuery):
    ...

class SettingQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class SecurityRoleQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ScopeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class SchemaTypeQuery(EntityQuery):
    ...

class SchemaStatusQuery(EntityQuery):
    ...

class SchemaQuery(EntityQuery):
    ...

class ReviewSessionObjectStatusQuery(EntityQuery):
    ...

class ReviewSessionObjectAnnotationComponentQuery(EntityQuery):
    ...

class ReviewSessionObjectAnnotationQuery(EntityQuery):
    ...

class ReviewSessionObjectQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ReviewSessionInviteeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ReviewSessionFolderQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ReviewSessionQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ResourceQuery(EntityQuery):
    ...

class RecipientQuery(EntityQuery):
    ...

class ProjectSchemaOverrideQuery(EntityQuery):
    ...

class ProjectSchemaObjectTypeQuery(EntityQuery):
    ...

class ProjectSchemaQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class PriorityQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ParticipantQuery(EntityQuery):
    ...

class ObjectTypeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class NoteLabelLinkQuery(EntityQuery):
    ...

class NoteLabelQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class NoteComponentQuery(EntityQuery):
    ...

class NoteQuery(EntityQuery):
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

    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose content matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, NoteCategory, or a kind of it: then it is asked of
        these.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose content does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes User, NoteCategory, or a kind of it: then it is asked of
        these.
        """


class MetadataQuery(EntityQuery):
    ...

class MessageQuery(EntityQuery):
    ...

class MembershipQuery(EntityQuery):
    ...

class ManagerTypeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ManagerQuery(EntityQuery):
    ...

class LocationQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ListObjectCustomAttributeValueQuery(EntityQuery):
    ...

class ListObjectQuery(EntityQuery):
    ...

class ListCustomAttributeValueQuery(EntityQuery):
    ...

class ListCategoryQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ListQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Project, ListCategory, or a kind of it: then it is asked of
        these.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Project, ListCategory, or a kind of it: then it is asked of
        these.
        """


class JobComponentQuery(EntityQuery):
    ...

class JobQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose data matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose data does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_data(self, *values: object) -> Self:
        """Keep the entities whose data matches.

        Takes dictionaries: one of them has to match, with all its keys and values.

        Takes no target.
        """

    def not_by_data(self, *values: object) -> Self:
        """Keep the entities whose data does not match.

        Takes dictionaries: one of them has to match, with all its keys and values.

        Takes no target.
        """

    def by_status(self, *values: object) -> Self:
        """Keep the entities whose status matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_status(self, *values: object) -> Self:
        """Keep the entities whose status does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_lifespan(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose created_at or finished_at matches.

        At least one has to be given: ``start`` demands created_at >= it, ``end`` demands finished_at <= it. A
        day without a time counts whole.

        Takes no target.
        """

    def not_by_lifespan(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose created_at or finished_at does not match.

        At least one has to be given: ``start`` demands created_at >= it, ``end`` demands finished_at <= it. A
        day without a time counts whole.

        Takes no target.
        """

    def by_creation_date(self, value: object, /) -> Self:
        """Keep the entities whose created_at matches.

        Takes one date: at some time of that day.

        Takes no target.
        """

    def not_by_creation_date(self, value: object, /) -> Self:
        """Keep the entities whose created_at does not match.

        Takes one date: at some time of that day.

        Takes no target.
        """

    def by_finish_date(self, value: object, /) -> Self:
        """Keep the entities whose finished_at matches.

        Takes one date: at some time of that day.

        Takes no target.
        """

    def not_by_finish_date(self, value: object, /) -> Self:
        """Keep the entities whose finished_at does not match.

        Takes one date: at some time of that day.

        Takes no target.
        """


class FeedQuery(EntityQuery):
    ...

class EventQuery(EntityQuery):
    def by_action(self, *values: object) -> Self:
        """Keep the entities whose action matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_action(self, *values: object) -> Self:
        """Keep the entities whose action does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_data(self, *values: object) -> Self:
        """Keep the entities whose data matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_data(self, *values: object) -> Self:
        """Keep the entities whose data does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """


class EntitySettingQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class DiskQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class DashboardWidgetQuery(EntityQuery):
    ...

class DashboardResourceQuery(EntityQuery):
    ...

class DashboardQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class CustomConfigurationBaseQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose key matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose key does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class CustomAttributeValueQuery(EntityQuery):
    ...

class CustomAttributeTypeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class CustomAttributeLinkFromQuery(EntityQuery):
    ...

class CustomAttributeLinkQuery(EntityQuery):
    ...

class CustomAttributeGroupQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ConversationQuery(EntityQuery):
    ...

class ContextCustomAttributeValueQuery(EntityQuery):
    ...

class ContextQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class ComponentLocationQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose location.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose location.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_version(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose component.version.version matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.
        """

    def not_by_version(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose component.version.version does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.
        """

    def by_resource_identifier(self, *values: object) -> Self:
        """Keep the entities whose resource_identifier matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_resource_identifier(self, *values: object) -> Self:
        """Keep the entities whose resource_identifier does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """


class ComponentQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_resource_identifier(self, *values: object) -> Self:
        """Keep the entities whose component_locations.resource_identifier matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_resource_identifier(self, *values: object) -> Self:
        """Keep the entities whose component_locations.resource_identifier does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_location(self, *values: object) -> Self:
        """Keep the entities whose component_locations.location.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_location(self, *values: object) -> Self:
        """Keep the entities whose component_locations.location.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_file_type(self, *values: object) -> Self:
        """Keep the entities whose file_type matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_file_type(self, *values: object) -> Self:
        """Keep the entities whose file_type does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_version(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose version.version matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.
        """

    def not_by_version(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose version.version does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, or a kind of it: then it is asked of these.
        """

    def by_system_type(self, *values: object) -> Self:
        """Keep the entities whose system_type matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_system_type(self, *values: object) -> Self:
        """Keep the entities whose system_type does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_size(self, minimum: object = None, maximum: object = None) -> Self:
        """Keep the entities whose size matches.

        At least one has to be given: ``minimum`` demands size >= it, ``maximum`` demands size <= it.

        Takes no target.
        """

    def not_by_size(self, minimum: object = None, maximum: object = None) -> Self:
        """Keep the entities whose size does not match.

        At least one has to be given: ``minimum`` demands size >= it, ``maximum`` demands size <= it.

        Takes no target.
        """


class CalendarEventResourceQuery(EntityQuery):
    ...

class CalendarEventQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class AssetVersionLinkQuery(EntityQuery):
    ...

class AssetVersionCustomAttributeValueQuery(EntityQuery):
    ...

class AssetVersionQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose asset.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose asset.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_publisher(self, *values: object) -> Self:
        """Keep the entities whose user.username matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_publisher(self, *values: object) -> Self:
        """Keep the entities whose user.username does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_resource_identifier(self, *values: object) -> Self:
        """Keep the entities whose components.component_locations.resource_identifier matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_resource_identifier(self, *values: object) -> Self:
        """Keep the entities whose components.component_locations.resource_identifier does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_version(self, *values: object) -> Self:
        """Keep the entities whose version matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_version(self, *values: object) -> Self:
        """Keep the entities whose version does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_status(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.
        """

    def not_by_status(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.
        """

    def by_state(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.state.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.
        """

    def not_by_state(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.state.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, or a kind of it: then it is asked of these.
        """

    def by_type(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose asset.type.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, Asset, or a kind of it: then it is asked of these.
        """

    def not_by_type(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose asset.type.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Task, Asset, or a kind of it: then it is asked of these.
        """

    def by_outgoing_link(self, *values: object) -> Self:
        """Keep the entities whose used_in_versions.id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_outgoing_link(self, *values: object) -> Self:
        """Keep the entities whose used_in_versions.id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_incoming_link(self, *values: object) -> Self:
        """Keep the entities whose uses_versions.id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_incoming_link(self, *values: object) -> Self:
        """Keep the entities whose uses_versions.id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_publish_time(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose date matches.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def not_by_publish_time(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose date does not match.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def by_publish_state(self, value: object, /) -> Self:
        """Keep the entities whose is_published matches.

        Takes exactly one value.

        Takes no target.
        """

    def not_by_publish_state(self, value: object, /) -> Self:
        """Keep the entities whose is_published does not match.

        Takes exactly one value.

        Takes no target.
        """


class AssetTypeQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class AssetCustomAttributeValueQuery(EntityQuery):
    ...

class AssetQuery(EntityQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_type(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose type.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes TypedContext, or a kind of it: then it is asked of these.
        """

    def not_by_type(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose type.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes TypedContext, or a kind of it: then it is asked of these.
        """


class AppointmentQuery(EntityQuery):
    ...

class ApiKeyQuery(EntityQuery):
    ...

class UserCustomAttributeLinkFromQuery(CustomAttributeLinkFromQuery):
    ...

class UserCustomAttributeLinkQuery(CustomAttributeLinkQuery):
    ...

class TypedContextStatusRuleGroupQuery(StatusRuleGroupQuery):
    ...

class TypedContextStatusChangeQuery(StatusChangeQuery):
    ...

class TypedContextListQuery(ListQuery):
    ...

class TypedContextQuery(ContextQuery):
    def by_status(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def not_by_status(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def by_state(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.state.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def not_by_state(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose status.state.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes AssetVersion, TypedContext, or a kind of it: then it is
        asked of these.
        """

    def by_type(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose type.name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Asset, TypedContext, or a kind of it: then it is asked of
        these.
        """

    def not_by_type(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose type.name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be one of the classes Asset, TypedContext, or a kind of it: then it is asked of
        these.
        """

    def by_assignee(self, *values: object) -> Self:
        """Keep the entities whose assignments.resource.username matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_assignee(self, *values: object) -> Self:
        """Keep the entities whose assignments.resource.username does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_outgoing_link(self, *values: object) -> Self:
        """Keep the entities whose outgoing_links.to_id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_outgoing_link(self, *values: object) -> Self:
        """Keep the entities whose outgoing_links.to_id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_incoming_link(self, *values: object) -> Self:
        """Keep the entities whose incoming_links.from_id matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_incoming_link(self, *values: object) -> Self:
        """Keep the entities whose incoming_links.from_id does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_status_change_time(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose date matches.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def not_by_status_change_time(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose date does not match.

        At least one has to be given: ``start`` demands date >= it, ``end`` demands date <= it. A day without a
        time counts whole.

        Takes no target.
        """

    def by_lifespan(self, target: object = None, /, start: object = None, end: object = None) -> Self:
        """Keep the entities whose start_date or end_date matches.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        The first argument may be one of the classes Project, or a kind of it: then it is asked of these.
        """

    def not_by_lifespan(self, target: object = None, /, start: object = None, end: object = None) -> Self:
        """Keep the entities whose start_date or end_date does not match.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        The first argument may be one of the classes Project, or a kind of it: then it is asked of these.
        """


class ProjectQuery(ContextQuery):
    def by_status(self, *values: object) -> Self:
        """Keep the entities whose status matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_status(self, *values: object) -> Self:
        """Keep the entities whose status does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def by_lifespan(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose start_date or end_date matches.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        Takes no target.
        """

    def not_by_lifespan(self, start: object = None, end: object = None) -> Self:
        """Keep the entities whose start_date or end_date does not match.

        At least one has to be given: ``start`` demands start_date >= it, ``end`` demands end_date <= it. A day
        without a time counts whole.

        Takes no target.
        """


class NoteCategoryQuery(NoteLabelQuery):
    ...

class NoteAnnotationComponentQuery(NoteComponentQuery):
    ...

class ListCustomAttributeLinkFromQuery(CustomAttributeLinkFromQuery):
    ...

class ListCustomAttributeLinkQuery(CustomAttributeLinkQuery):
    ...

class GroupCustomAttributeLinkFromQuery(CustomAttributeLinkFromQuery):
    ...

class GroupCustomAttributeLinkQuery(CustomAttributeLinkQuery):
    ...

class GroupQuery(ResourceQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose name does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """


class FileComponentQuery(ComponentQuery):
    ...

class CustomAttributeLinkConfigurationQuery(CustomConfigurationBaseQuery):
    ...

class CustomAttributeConfigurationQuery(CustomConfigurationBaseQuery):
    ...

class ContextCustomAttributeLinkFromQuery(CustomAttributeLinkFromQuery):
    ...

class ContextCustomAttributeLinkQuery(CustomAttributeLinkQuery):
    ...

class ContainerComponentQuery(ComponentQuery):
    ...

class ComponentCustomAttributeLinkFromQuery(CustomAttributeLinkFromQuery):
    ...

class ComponentCustomAttributeLinkQuery(CustomAttributeLinkQuery):
    ...

class BaseUserQuery(ResourceQuery):
    ...

class AssetVersionStatusRuleGroupQuery(StatusRuleGroupQuery):
    ...

class AssetVersionStatusChangeQuery(StatusChangeQuery):
    ...

class AssetVersionListQuery(ListQuery):
    ...

class AssetVersionCustomAttributeLinkFromQuery(CustomAttributeLinkFromQuery):
    ...

class AssetVersionCustomAttributeLinkQuery(CustomAttributeLinkQuery):
    ...

class AssetCustomAttributeLinkFromQuery(CustomAttributeLinkFromQuery):
    ...

class AssetCustomAttributeLinkQuery(CustomAttributeLinkQuery):
    ...

class UserQuery(BaseUserQuery):
    def by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose username matches.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def not_by_name(self, target: object = None, /, *values: object) -> Self:
        """Keep the entities whose username does not match.

        One of the values has to match; text with ``%`` is a pattern.

        The first argument may be an entity class: then it is asked of the related entities of that type.
        """

    def by_active_state(self, *values: object) -> Self:
        """Keep the entities whose is_active matches.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """

    def not_by_active_state(self, *values: object) -> Self:
        """Keep the entities whose is_active does not match.

        One of the values has to match; text with ``%`` is a pattern.

        Takes no target.
        """


class TaskQuery(TypedContextQuery):
    ...

class ShotQuery(TypedContextQuery):
    ...

class SequenceComponentQuery(ContainerComponentQuery):
    ...

class SequenceQuery(TypedContextQuery):
    ...

class MilestoneQuery(TypedContextQuery):
    ...

class InformationQuery(TypedContextQuery):
    ...

class ImageQuery(TypedContextQuery):
    ...

class FolderQuery(TypedContextQuery):
    ...

class EpisodeQuery(TypedContextQuery):
    ...

class CollaboratorQuery(BaseUserQuery):
    ...

class AssetBuildQuery(TypedContextQuery):
    ...
