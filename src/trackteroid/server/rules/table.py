"""What the server does by itself, by entity type. Subtypes do what their bases do, and more."""

from __future__ import annotations

from trackteroid.server.rules import (
    custom_attributes,
    hierarchy,
    homes,
    links,
    metadata,
    notes,
    people,
    publishing,
    reviews,
    workflow,
)
from trackteroid.server.rules.step import RULES, Rules, actor, now, only_as, supply

_LOGGED = "Status changes are written by the server; set the status of the entity instead."
_SESSIONS = "It is there for as long as its API key is in use; delete the ApiKey to end it."
_ROLES = Rules(administrators="hand out security roles")
_WORKFLOW = Rules(after=(workflow.forget_workflows,), removed=(workflow.forget_removed,))

RULES.update(
    {
        # Contexts
        "Context": Rules(
            before=(only_as("a Project, or a typed context such as a Task"),), removed=(hierarchy.forget_ancestors,)
        ),
        "Project": Rules(
            before=(hierarchy.place_project, hierarchy.name_project, hierarchy.choose_project_schema),
            after=(hierarchy.keep_ancestors,),
        ),
        "TypedContext": Rules(
            ahead=(hierarchy.read_ancestors,),
            before=(
                hierarchy.set_object_type,
                hierarchy.place_in_project,
                workflow.choose_type,
                workflow.choose_context_status,
                workflow.check_transition,
            ),
            after=(hierarchy.keep_ancestors, workflow.log_status("TypedContextStatusChange")),
            needs=("parent_id",),
            optional=("status_id", "type_id"),
        ),
        # Publishing
        "Asset": Rules(ahead=(homes.read_homes,), before=(homes.come_home,), after=(publishing.adopt_versions,)),
        "AssetVersion": Rules(
            ahead=(publishing.read_versions, reviews.read_objects),
            before=(
                supply(date=now, user_id=actor),
                publishing.number_version,
                workflow.choose_version_status,
                homes.come_home,
                workflow.check_transition,
            ),
            after=(
                publishing.keep_latest_version,
                workflow.log_status("AssetVersionStatusChange"),
                reviews.refresh_thumbnails,
            ),
            removed=(publishing.refresh_latest_versions,),
            needs=("asset_id",),
            optional=("status_id",),
        ),
        "Component": Rules(ahead=(homes.read_homes,), before=(homes.come_home,)),
        "ComponentLocation": Rules(before=(homes.come_home,)),  # components that are named are read ahead anyway
        # Notes
        "Note": Rules(
            ahead=(homes.read_homes,),
            before=(supply(date=now, user_id=actor), notes.join_thread, notes.date_thread, homes.come_home),
            after=(notes.mark_thread_active, notes.add_caller, notes.label_category),
            removed=(notes.refresh_thread_activity,),
        ),
        "NoteLabelLink": Rules(after=(notes.categorise,), removed=(notes.drop_categories,), upsert=True),
        "Recipient": Rules(upsert=True),
        # Attributes of any name
        "Metadata": Rules(
            ahead=(metadata.read_owners,),
            before=(metadata.name_owner, homes.come_home),
            upsert=True,
            entries=True,
        ),
        "EntitySetting": Rules(upsert=True),
        "Setting": Rules(removed=(metadata.drop_components,)),
        "CustomAttributeValue": Rules(before=(custom_attributes.check_value,), upsert=True),
        "CustomConfigurationBase": Rules(
            before=(only_as("a CustomAttributeConfiguration or a CustomAttributeLinkConfiguration"),)
        ),
        "CustomAttributeConfiguration": Rules(
            before=(custom_attributes.check_default,),
            checks=(custom_attributes.keep_keys_unique,),
        ),
        "CustomAttributeLink": Rules(before=(links.set_end_types,), checks=(links.keep_single,)),
        "CustomAttributeLinkFrom": Rules(before=(links.set_end_types,), checks=(links.keep_single,)),
        # People and their time
        "Resource": Rules(before=(only_as("a User, a Collaborator or a Group", "BaseUser"),)),
        "User": Rules(before=(people.name_user,)),
        "ApiKey": Rules(before=(people.guard_key,)),
        "UserSession": Rules(read_only=_SESSIONS),
        "UserView": Rules(before=(supply(user_id=actor),)),
        "SecurityRole": _ROLES,
        "UserSecurityRole": _ROLES,
        "UserSecurityRoleProject": _ROLES,
        "Timer": Rules(before=(supply(start=now, user_id=actor),), checks=(people.one_timer_per_user,)),
        "Timelog": Rules(before=(supply(start=now, user_id=actor),)),
        "Job": Rules(before=(supply(created_at=now, user_id=actor), people.finish_job)),
        # Lists, reviews
        "List": Rules(before=(supply(date=now, user_id=actor),)),
        "ReviewSession": Rules(before=(supply(start_date=now, end_date=now), reviews.keep_source)),
        "ReviewSessionInvitee": Rules(before=(people.find_by_email,)),
        "ReviewSessionObjectStatus": Rules(before=(reviews.sign_status,)),
        "ReviewSessionObjectAnnotation": Rules(before=(reviews.place_annotation,)),
        "ReviewSessionObject": Rules(
            before=(homes.come_home,), after=(reviews.set_thumbnail,), removed=(reviews.set_thumbnails,)
        ),
        # Workflows
        "StatusChange": Rules(read_only=_LOGGED),
        "StatusRuleGroup": Rules(
            before=(only_as("a TypedContextStatusRuleGroup or an AssetVersionStatusRuleGroup"),)
        ).extended(_WORKFLOW),
        "TypedContextStatusRuleGroup": Rules(before=(supply(entity_type="task"),)),
        "AssetVersionStatusRuleGroup": Rules(before=(supply(entity_type="assetversion"),)),
        "StatusRule": _WORKFLOW,
        "Schema": Rules(needs=("object_type_id",)).extended(_WORKFLOW),
        **dict.fromkeys(
            (
                "ProjectSchema",
                "ProjectSchemaOverride",
                "SchemaStatus",
                "SchemaType",
                "Status",
                "TaskTypeSchemaType",
                "Type",
                "WorkflowSchemaStatus",
            ),
            _WORKFLOW,
        ),
    }
)
