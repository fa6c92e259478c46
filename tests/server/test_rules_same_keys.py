"""Keys of custom attributes that several configurations have: one of them counts for an entity, for all purposes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from server.writing import ADA, NOW, Operation, Server, builtin_id, create, delete, fresh_server, update
from trackteroid.server.compiler import run
from trackteroid.server.core.failures import IntegrityError, ValidationError
from trackteroid.server.core.request import Actor, Request
from trackteroid.server.language import parse

KEYS = {"Shot": "task", "Sequence": "task", "Project": "show", "Asset": "asset", "AssetVersion": "assetversion"}


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server() as server:
        yield server


class World:
    """A project with one entity of each kind, and configurations of the number "rate"."""

    def __init__(self, server: Server) -> None:
        self.server = server
        project = server.project()
        shot = server.context("Shot", project)
        asset, (version,) = server.asset(shot, versions=1)
        sequence = server.context("Sequence", project)
        self.ids = {"Project": project, "Shot": shot, "Sequence": sequence, "Asset": asset, "AssetVersion": version}

    def configure(self, name: str, kind: str, **more: Any) -> None:
        """Make one for a kind of entities; its default tells which it is."""
        object_type = builtin_id("ObjectType", kind) if KEYS.get(kind) == "task" else None
        self.server.apply(
            create(
                "CustomAttributeConfiguration",
                name,
                key="rate",
                label="Rate",
                entity_type=KEYS[kind],
                object_type_id=object_type,
                type_id=builtin_id("CustomAttributeType", "number"),
                config="{}",
                **more,
            )
        )

    def hierarchical(self, name: str, **more: Any) -> None:
        self.configure(name, "Project", is_hierarchical=True, **more)

    def ask(self, text: str) -> list[dict[str, Any]]:
        with self.server.engine.connect() as connection:
            return run(Request(self.server.model, connection, Actor(ADA, "ada"), NOW), parse(text)).records

    def counting(self, kind: str) -> list[str]:
        """The configurations in the custom attributes of an entity."""
        (record,) = self.ask(f"select custom_attributes from {kind} where id is {self.ids[kind]}")
        return [row["configuration_id"] for row in record["custom_attributes"] if row["key"] == "rate"]

    def dense(self, kind: str, configuration: str, value: Any) -> Operation:
        view = f"{'Context' if KEYS[kind] in ('task', 'show') else kind}CustomAttributeValue"
        return update(view, [configuration, self.ids[kind]], value=value)

    def sparse(self, kind: str, configuration: str, value: Any) -> Operation:
        return create("CustomAttributeValue", configuration_id=configuration, entity_id=self.ids[kind], value=value)


@pytest.fixture
def world(server: Server) -> World:
    return World(server)


#: From the one that counts most to the one that counts least.
ORDER = ["z shot here", "y all here", "x shot", "w all"]


@pytest.mark.parametrize("number", range(len(ORDER)))
def test_one_configuration_counts_for_an_entity(world: World, number: int) -> None:
    """Those of the project come first, then those made for shots, then hierarchical ones; ids do not matter."""
    project = world.ids["Project"]
    makers = {
        "z shot here": lambda: world.configure("z shot here", "Shot", default=1, project_id=project),
        "y all here": lambda: world.hierarchical("y all here", default=2, project_id=project),
        "x shot": lambda: world.configure("x shot", "Shot", default=3),
        "w all": lambda: world.hierarchical("w all", default=4),
    }
    for name in reversed(ORDER[number:]):
        makers[name]()
    first, default = ORDER[number], number + 1
    assert world.counting("Shot") == [first]
    shot = f"Shot where id is {world.ids['Shot']} and "
    assert world.ask(f'{shot} custom_attributes any (key is "rate" and value is {default})')
    assert not world.ask(f'{shot} custom_attributes any (key is "rate" and value is_not {default})')
    world.server.apply(world.dense("Shot", first, 9))
    assert world.ask(f'{shot} custom_attributes any (key is "rate" and value is 9)')
    for other in ORDER[number + 1 :]:
        for write in (world.dense, world.sparse):
            with pytest.raises(ValidationError, match=rf"has the custom attribute .rate. of .* {first} .* {other} "):
                world.server.apply(write("Shot", other, 5))
    assert [row["configuration_id"] for row in world.server.rows("CustomAttributeValue")] == [first]


def test_the_first_of_two_that_were_made_twice_counts(world: World) -> None:
    """No server makes two of a kind any more, but older databases may have them."""
    world.configure("b", "Shot", default=1)
    world.hierarchical("d", default=1)
    for name, other in (("a", "b"), ("c", "d")):
        row = world.server.row("CustomAttributeConfiguration", other)
        with world.server.engine.begin() as connection:
            table = world.server.model.table("CustomAttributeConfiguration")
            connection.execute(table.insert().values(row | {"id": name}))
    assert (world.counting("Shot"), world.counting("Sequence")) == (["a"], ["c"])
    with pytest.raises(ValidationError, match=r"CustomAttributeConfiguration a .* CustomAttributeConfiguration b "):
        world.server.apply(world.dense("Shot", "b", 1))


@pytest.mark.parametrize("kind", KEYS)
def test_hierarchical_attributes_belong_to_all_typed_contexts_versions_assets_and_projects(
    world: World, kind: str
) -> None:
    world.hierarchical("all", default=25)
    (record,) = world.ask(f"select custom_attributes from {kind} where id is {world.ids[kind]}")
    assert {row["key"]: row["value"] for row in record["custom_attributes"]}["rate"] == 25
    world.server.apply(world.dense(kind, "all", 30))
    assert world.ask(f'{kind} where custom_attributes any (key is "rate" and value is 30)')
    world.server.apply(delete(str(world.dense(kind, "all", 30)["entity_type"]), "all", world.ids[kind]))
    assert world.ask(f'{kind} where custom_attributes any (key is "rate" and value is 25)')


def test_each_object_type_has_its_own(world: World) -> None:
    world.configure("shot", "Shot", default=1)
    world.configure("sequence", "Sequence", default=2)
    with pytest.raises(ValidationError, match=r'Shot .* has the custom attribute "rate" of .* shot .* sequence '):
        world.server.apply(world.dense("Shot", "sequence", 5))
    world.server.apply(world.dense("Shot", "shot", 5), world.dense("Sequence", "sequence", 6))


def test_a_value_nobody_could_read_is_refused(world: World) -> None:
    world.configure("shot", "Shot", default=1, project_id=world.server.project())
    for write in (world.dense, world.sparse):
        with pytest.raises(ValidationError, match=r'Shot .* does not have the custom attribute "rate" of .*of project'):
            world.server.apply(write("Shot", "shot", 5))
    elsewhere = create(
        "CustomAttributeValue", configuration_id="shot", entity_id=builtin_id("Status", "Completed"), value=1
    )
    with pytest.raises((ValidationError, IntegrityError)):
        world.server.apply(elsewhere)


def test_what_counts_is_asked_when_the_batch_is_complete(world: World) -> None:
    elsewhere = world.server.project()
    world.configure("here", "Shot", project_id=elsewhere)
    world.server.apply(
        create("CustomAttributeValue", configuration_id="here", entity_id="new", value=1),
        create("Shot", "new", name="new", parent_id=elsewhere),
    )
    world.server.apply(world.dense("Shot", "here", 5), update("Shot", world.ids["Shot"], parent_id=elsewhere))


def test_a_client_that_takes_the_first_configuration_takes_the_one_that_counts(world: World) -> None:
    """The official client does so for new entities, with the order that the answer has."""
    names = ("a", "b", "c")
    for number, (all_, shot, _) in enumerate(permutations(names)):
        server = world.server
        world.hierarchical(all_)
        world.configure(shot, "Shot")
        found = world.ask("select key, id from CustomAttributeConfiguration where key is rate")
        assert [record["id"] for record in found] == [shot, all_], number
        paged = world.ask("select key, id, type.name from CustomAttributeConfiguration where key is rate limit 1")
        assert [record["id"] for record in paged] == [shot]
        server.apply(delete("CustomAttributeConfiguration", all_), delete("CustomAttributeConfiguration", shot))


def test_a_default_that_is_shown_can_be_deleted_which_changes_nothing(world: World) -> None:
    """The official client deletes what a dictionary leaves out, stored or not."""
    world.configure("shot", "Shot", default=1)
    gone = delete("ContextCustomAttributeValue", "shot", world.ids["Shot"])
    world.server.apply(world.dense("Shot", "shot", 5))
    assert [world.server.one(gone), world.server.one(gone)] == [True, True]
    assert world.ask('Shot where custom_attributes any (key is "rate" and value is 1)')
