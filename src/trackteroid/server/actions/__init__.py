"""The actions of the API. To add one: write a function in the module of its family, and list it here."""

from __future__ import annotations

from collections.abc import Mapping

from trackteroid.server.actions.entities import create, delete, update
from trackteroid.server.actions.events import (
    change_event_group,
    event_groups,
    events,
    settle_events,
    take_events,
)
from trackteroid.server.actions.files import (
    complete_multipart_upload,
    encode_media,
    generate_signed_url,
    get_upload_metadata,
)
from trackteroid.server.actions.history import history
from trackteroid.server.actions.information import get_widget_url, query_schemas, query_server_information, track_usage
from trackteroid.server.actions.permissions import (
    Action,
    add_user_security_role,
    authorizing,
    grant_user_security_role_project,
    permissions,
    remove_user_security_role,
    revoke_user_security_role_project,
    update_security_role_permissions,
    update_user_security_role,
)
from trackteroid.server.actions.query import compute_rollups, query, search
from trackteroid.server.actions.users import (
    configure_totp,
    delayed_job,
    reset_remote,
    send_review_session_invite,
    send_user_invite,
)
from trackteroid.server.actions.webhooks import add_webhook, change_webhook, webhook_failures, webhooks

#: Actions that change nothing; a batch of only these never waits for writers.
READING: Mapping[str, Action] = {
    "query": query,
    "permissions": permissions,
    "query_schemas": query_schemas,
    "query_server_information": query_server_information,
    "search": search,
    "history": history,
    "compute_rollups": compute_rollups,
    "_track_usage": track_usage,
    "events": events,
    "event_groups": event_groups,
    "webhooks": webhooks,
    "webhook_failures": webhook_failures,
}
_CHANGING: Mapping[str, Action] = {
    "create": create,
    "update": update,
    "delete": delete,
    "reset_remote": reset_remote,
    "add_user_security_role": add_user_security_role,
    "update_user_security_role": update_user_security_role,
    "remove_user_security_role": remove_user_security_role,
    "grant_user_security_role_project": grant_user_security_role_project,
    "revoke_user_security_role_project": revoke_user_security_role_project,
    "update_security_role_permissions": update_security_role_permissions,
    "get_widget_url": get_widget_url,
    "send_user_invite": send_user_invite,
    "send_review_session_invite": send_review_session_invite,
    "delayed_job": delayed_job,
    "configure_totp": configure_totp,
    "get_upload_metadata": get_upload_metadata,
    "complete_multipart_upload": complete_multipart_upload,
    "generate_signed_url": generate_signed_url,
    "encode_media": encode_media,
    "take_events": take_events,
    "settle_events": settle_events,
    "change_event_group": change_event_group,
    "add_webhook": add_webhook,
    "change_webhook": change_webhook,
}
#: Actions that may change something, if only on trial.
WRITING: Mapping[str, Action] = {**_CHANGING, "_authorize_operation": authorizing({**READING, **_CHANGING})}
ACTIONS: Mapping[str, Action] = {**READING, **WRITING}
