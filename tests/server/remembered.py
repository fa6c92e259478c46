"""A production that is changed at random, and what it looked like on the way."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random
from typing import Any, cast

import sqlalchemy as sa

from server.random_batches import Operation, Writer, production
from trackteroid.server import EmbeddedServer
from trackteroid.server.api import Api
from trackteroid.server.history.entries import undone_since
from trackteroid.server.history.keeping import kept_tables
from trackteroid.server.history.moments import number_of
from trackteroid.server.history.overlay import overlaid

KEY = "a-key"

#: Questions of all sorts: relations, aggregates, what is above and below, values of any name, lists.
QUESTIONS = (
    "select id, name, status.name, ancestors.name, project.name, bid from Task order by id",
    "select id, name, children.name, metadata, notes.content, custom_attributes from Shot order by id",
    "select version, comment, asset.name, asset.latest_version.id, components.name from AssetVersion order by id",
    'select id from Task where project.name is "project0" and status.name is_not "Completed" order by id',
    'select id, name, value from Task where custom_attributes any (key is "fps" and value is_not "x") order by id',
    "select id, name, items.id from TypedContextList order by id",
    "select id, content, category.name, author.username, replies.content from Note order by id",
    "select count(id), status.name from Task group by status.name order by status.name",
    'select id, link from TypedContext where ancestors.name like "a%" order by id',
    "select from_id, to_id from TypedContextLink order by from_id, to_id, id",
    "select id, resource.username from Appointment order by id",
    "select parent_id, key, value from Metadata order by parent_id, key",
    "select configuration_id, entity_id, value from ContextCustomAttributeValue order by entity_id, configuration_id",
    "select id, name, is_private from Project order by id",
)


class Remembered:
    """A server with a small production, and what was seen of it after each batch."""

    def __init__(self, url: str, *, is_open: bool = True, is_filled: bool = False) -> None:
        self.server = EmbeddedServer(url, key=KEY, is_open=is_open)
        self.api = Api(self.server.database, self.server.api.local_key, is_open=is_open)
        self.user = self.ask(["select id from User"])[0]["data"][0]["id"]
        if not is_filled:
            self.send(production(self.user))

    def send(self, batch: list[Operation], user: str = "demo", key: str = KEY) -> tuple[int, Any]:
        headers = {"ftrack-user": user, "ftrack-api-key": key, "ftrack-strict-api": "true"}
        reply = self.api.respond(headers, json.dumps(batch).encode(), "http://here")
        assert "incident" not in str(reply.error), reply.error
        return reply.status, json.loads(reply.body)

    def ask(self, questions: list[str] | tuple[str, ...], **options: Any) -> Any:
        return self.send([{"action": "query", "expression": text, **options} for text in questions])[1]

    def change(self, random: Random) -> int:
        """Send one batch that is made up; the status of the answer."""
        return self.send(Writer(random, self.user, hostility=0.005).batch(self._ids()))[0]

    def number(self) -> int:
        """The moment of the last change."""
        moment = sa.text("SELECT max(number) FROM history_moment")
        with self.server.database.begin(write=False) as connection:
            return connection.execute(moment).scalar_one()

    def rows(self) -> dict[str, list[str]]:
        """All that is kept, as it is now."""
        return self.server.database.look_back(_rows)

    def rows_at(self, number: int) -> dict[str, list[str]]:
        """All that is kept, as it was at a moment."""

        def look(connection: sa.Connection) -> dict[str, list[str]]:
            with overlaid(connection, lambda names: undone_since(connection, number, names, most=10**6)):
                return _rows(connection)

        return self.server.database.look_back(look)

    def answers(self) -> Any:
        return [_plain(answer) for answer in self.ask(QUESTIONS)]

    def answers_at(self, moment: Any) -> Any:
        return [_plain(answer) for answer in self.ask(QUESTIONS, as_of=moment)]

    def time_of(self, number: int) -> str:
        at = sa.text(f"SELECT at FROM history_moment WHERE number = {number}")
        with self.server.database.begin(write=False) as connection:
            return connection.execute(at).scalar_one()

    def number_of(self, moment: Any) -> int:
        return self.server.database.look_back(lambda connection: number_of(connection, moment))

    def _ids(self) -> set[str]:
        with self.server.database.begin(write=False) as connection:
            return {
                key
                for table in kept_tables().values()
                if "id" in table.c
                for key in connection.execute(sa.select(table.c.id)).scalars()
            }

    def close(self) -> None:
        self.server.close()


def _rows(connection: sa.Connection) -> dict[str, list[str]]:
    return {
        name: sorted(map(repr, connection.execute(sa.select(table)).all())) for name, table in kept_tables().items()
    }


def _plain(answer: Any) -> Any:
    """An answer in which the members of collections have an order."""
    if isinstance(answer, dict):
        return {name: _plain(value) for name, value in cast("dict[str, Any]", answer).items()}
    if isinstance(answer, list):
        members = map(_plain, cast("list[Any]", answer))
        return sorted(members, key=lambda each: json.dumps(each, sort_keys=True))
    return answer


def check_that_the_past_is_as_it_was(remembered: Remembered, seed: int, batches: int) -> None:
    """Change things at random; whatever was seen on the way, rows and answers, is seen again afterwards."""
    random = Random(seed)
    seen: list[tuple[int, str, Any, Any]] = []
    for _ in range(batches):
        remembered.change(random)
        number = remembered.number()
        seen.append((number, remembered.time_of(number), remembered.rows(), remembered.answers()))
    now = remembered.rows()
    for number, at, rows, answers in random.sample(seen, min(len(seen), 8)):
        before = remembered.rows_at(number)
        assert {name for name in rows if rows[name] != before[name]} == set(), f"seed {seed}, moment {number}"
        assert remembered.answers_at(at) == answers, f"seed {seed}, moment {number}"
    assert remembered.rows() == now


#: What a history is asked for: types of entities, how their ids begin, the attribute, and where its values are.
HISTORIES = (
    ("Task", "task", "metadata.k", "SELECT parent_id, value FROM metadata WHERE key = 'k'"),
    ("Shot", "shot", "metadata.K", "SELECT parent_id, value FROM metadata WHERE key = 'K'"),
    ("AssetVersion", "version", "custom_attributes.grade", "SELECT entity_id, value FROM custom_attribute_value "
     "WHERE configuration_id = 'attribute1'"),
    ("Task", "task", "custom_attributes.fps", "SELECT entity_id, value FROM custom_attribute_value "
     "WHERE configuration_id = 'attribute0'"),
    ("TypedContextList", "list", "items", "SELECT list_id, entity_id FROM list_object"),
    ("Task", "task", "bid", "SELECT id, bid FROM context"),
)  # fmt: skip


def check_that_a_history_leads_from_moment_to_moment(remembered: Remembered, seed: int, batches: int) -> None:
    """Change things at random; what a history tells, done again from the beginning, is what was seen on the way."""
    random, seen = Random(seed), list[tuple[str, list[dict[str, Any]]]]()
    for _ in range(batches + 1):
        seen.append((remembered.time_of(remembered.number()), [_values(remembered, each) for each in HISTORIES]))
        remembered.change(random)
    for place, (entity_type, _, attribute, _) in enumerate(HISTORIES):
        ids = sorted({entity for _, values in seen for entity in values[place]})
        if ids:
            asked = {"action": "history", "entity_type": entity_type, "ids": ids, "attributes": [attribute]}
            changes = remembered.send([asked])[1][0]["data"]
            for (start, before), (end, after) in pairwise(seen):
                between = [each for each in changes if start < each["at"] <= end]
                assert _done(before[place], between, attribute) == after[place], f"{attribute}, seed {seed}, {end}"


def _values(remembered: Remembered, history: tuple[str, str, str, str]) -> dict[str, Any]:
    """What there is now, by the ids of entities; of lists all that is in them."""
    _, prefix, attribute, statement = history
    found: dict[str, Any] = {}
    with remembered.server.database.begin(write=False) as connection:
        for entity, value in connection.execute(sa.text(statement)):
            if attribute == "items":
                found.setdefault(entity, []).append(value)
            elif entity.startswith(prefix) and value is not None:
                found[entity] = json.loads(value) if attribute.startswith("custom") else value
    return {entity: sorted(value) if isinstance(value, list) else value for entity, value in found.items()}


def _done(values: dict[str, Any], changes: list[dict[str, Any]], attribute: str) -> dict[str, Any]:
    found = {entity: list(value) if isinstance(value, list) else value for entity, value in values.items()}
    for each in changes:
        if attribute == "items":
            members = found.setdefault(each["id"], [])
            members.remove(each["old"]) if each["old"] else members.append(each["new"])
        else:
            assert found.pop(each["id"], None) == each["old"]
            found |= {} if each["new"] is None else {each["id"]: each["new"]}
    return {
        entity: sorted(value) if isinstance(value, list) else value for entity, value in found.items() if value != []
    }
