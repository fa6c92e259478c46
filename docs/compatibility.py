"""What the page about compatibility shows: the server's own tables, and examples that the tests run."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from trackteroid.server.actions import ACTIONS
from trackteroid.server.model import standard_model
from trackteroid.server.rules import RULES

#: What queries can do, each with an example that the tests send to a server with the demo production.
LANGUAGE = {
    "projections through references": "select name, parent.project.full_name from Asset",
    "projections through collections": "select versions.components.name from Asset",
    "projections of casts": "select parent[Shot].name from Task",
    "projections of metadata and custom attributes": "select metadata, custom_attributes from Shot",
    "defaults without `select`": "Task",
    "`is`, `=`, `is_not`, `!=`": 'Task where name is "Modeling" and bid != 5',
    "`like`, `not_like`, with `%`, `_` and backslashes": 'Asset where name like "Some%" and name not_like "%\\%%"',
    "`>`, `<`, `>=`, `<=`, `after`, `before`": "AssetVersion where version >= 2 and date after 2020-01-01",
    "`none`": "Task where status is_not none and description is none",
    "`in`, `not_in` with values": 'Status where name in ("Approved", "Completed")',
    "`in`, `not_in` with another query": "Task where id in (select task_id from AssetVersion)",
    "`and`, `or`, `not`, parentheses": 'Task where not (name is "a" or name is "b") and bid >= 0',
    "conditions along references": 'AssetVersion where asset.parent.project.status is "active"',
    "conditions along collections": 'Asset where versions.components.name is "main"',
    "`any`, `has`, with and without conditions": "Asset where versions any (version > 2) and parent has ()",
    "casts": 'Task where parent[Shot].name like "%" or parent[AssetBuild] has ()',
    "attributes of subtypes through a base type": "Component where version.asset.parent.ancestors any (id like '%')",
    "ancestors and descendants": "Sequence where descendants any (name is 'Compositing')",
    "computed attributes": "AssetVersion where is_latest_version is True",
    "metadata": 'Shot where metadata any (key is "a" and value is "b")',
    "custom attributes, as what they are": 'Shot where custom_attributes any (key is "fstart" and value > 1000)',
    "links by custom attributes": (
        'Task where custom_attribute_links any (configuration.key is "lead" and user.username is "x")'
    ),
    "the links themselves": "select from_id, to_id from CustomAttributeLink where configuration.key is x",
    "order by several paths": "Task order by parent.name descending, name",
    "`limit` and `offset`, in any order": "Task limit 5 offset 10",
    "aggregates, in strict mode": "select count(id), sum(bid) from Task group by project_id order by project_id",
}

#: What works only so far: how far, with what a client sends for it and what the answer has.
PARTLY = {
    "permissions": (
        "what a role grants is declared here, as ftrack does not tell; the roles of a custom attribute have no effect",
        {"action": "permissions", "entity_types": ["SecurityRole", "Task"]},
        '"is_administrator":',
    ),
    "invitations (`send_user_invite`, `send_review_session_invite`)": (
        "they are kept as events for a program that delivers them; the server sends no mail",
        {"action": "query", "expression": 'Event where action in ("user.invited", "review_session.invited")'},
        '"data":[]',
    ),
    "jobs of the server (`delayed_job`)": (
        "the job is made and says that it has failed, as there is no directory to synchronise with",
        {"action": "delayed_job", "job_type": "SYNC_USERS_LDAP"},
        '"status":"failed"',
    ),
    "sessions of users (`UserSession`)": (
        "there is one for each API key in use, as nobody comes in otherwise",
        {"action": "query", "expression": "UserSession"},
        '"data":[]',
    ),
    "status rules": (
        "they hold for whoever changes a status, by the API too; ftrack does not tell whether they do there",
        {"action": "query", "expression": "StatusRule"},
        '"data":[]',
    ),
    "the feed (`Event`, `Feed`)": (
        "rows can be read and written; the server adds only invitations to them",
        {"action": "query", "expression": "Feed limit 1"},
        '"data":[]',
    ),
}

#: What is refused, with what a client sends for it and what the answer says.
REFUSED = {
    "second factors (`configure_totp`)": (
        {"action": "configure_totp", "secret": "JBSWY3DPEHPK3PXP", "code": "123456"},
        "totp was not enabled",
    ),
    "temporary data (`create` with the type `tempdata`)": (
        {"action": "create", "type": "tempdata", "data": "x", "expiry": 60},
        "entity_type must be the name of an entity type",
    ),
    "projections that mean nothing, if a client is strict; for others they are left out, with a note in the answer": (
        {"action": "query", "expression": "select nme from Shot"},
        "Shot has no attribute nme",
    ),
    "projections of custom attribute links": (
        {"action": "query", "expression": "select custom_attribute_links from Shot"},
        "cannot be projected",
    ),
    "making of API keys as entities": (
        {"action": "create", "entity_type": "ApiKey", "entity_data": {}},
        "API keys are made by the server",
    ),
    "writing of status changes": (
        {"action": "create", "entity_type": "StatusChange", "entity_data": {}},
        "StatusChange",
    ),
}


def compatible_actions() -> Iterator[str]:
    """The actions of the API."""
    yield "| action | does |\n|---|---|"
    for name, action in ACTIONS.items():
        yield f"| `{name}` | {_first_sentence(action)} |"


def compatible_queries() -> Iterator[str]:
    """The query language."""
    yield "| feature | example |\n|---|---|"
    for feature, example in LANGUAGE.items():
        yield f"| {feature} | `{example}` |"


def compatible_rules() -> Iterator[str]:
    """What the server does by itself."""
    yield "| entities | |\n|---|---|"
    for name, rules in RULES.items():
        deeds = (*rules.before, *rules.after, *rules.checks)
        visible = [rule for rule in deeds if not rule.__name__.startswith(("<", "forget"))]
        notes = dict.fromkeys(deed for deed in map(_first_sentence, visible) if deed)
        if rules.upsert:
            notes["Creating one that exists changes it."] = None
        if rules.entries:
            notes["Changing one that is gone makes it again, and deleting it is done already."] = None
        if rules.read_only:
            notes[rules.read_only] = None
        if rules.administrators:
            notes[f"Only administrators may {rules.administrators}."] = None
        if notes:
            yield f"| {name} | {' '.join(notes)} |"


def compatible_types() -> Iterator[str]:
    """All entity types."""
    served = sorted(entity_type.name for entity_type in standard_model() if entity_type.served)
    yield f"All {len(served)}, with all their attributes: " + ", ".join(f"`{name}`" for name in served) + "."


def partly() -> Iterator[str]:
    """What works only so far."""
    yield "| feature | how far |\n|---|---|"
    for feature, (how_far, _, _) in PARTLY.items():
        yield f"| {feature} | {how_far} |"


def refused() -> Iterator[str]:
    """What is refused."""
    for feature in REFUSED:
        yield f"* {feature}"


def _first_sentence(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
