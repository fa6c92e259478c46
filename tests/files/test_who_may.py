"""Whoever may not see a component gets nothing of its data; whoever may not change it leaves it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from files.sending import Client, client_of, component, metadata, new_id
from server.guarded import Person, create, update
from trackteroid.server import EmbeddedServer
from trackteroid.server.storage.builtin import find_id

DATA = b"secret frames"


@pytest.fixture(scope="module")
def admin() -> Iterator[Client]:
    server = EmbeddedServer("sqlite://", is_open=False)
    with client_of(server) as client:
        for name in ("open", "closed"):
            schema = find_id("ProjectSchema", "VFX")
            values = {"name": name, "project_schema_id": schema, "is_private": name == "closed"}
            answer = client.call(
                create("Project", name, full_name=name, **values),
                create("Asset", f"{name}-asset", name="plate", context_id=name),
                create("AssetVersion", f"{name}-version", asset_id=f"{name}-asset"),
            )
            assert isinstance(answer, list), answer
        yield client
    server.close()


@pytest.fixture(scope="module")
def people(admin: Client) -> dict[str, Client]:
    roles = {"artist": "User", "visitor": "Assigned"}
    found = {name: Person(admin.server, name).holds(role, "open") for name, role in roles.items()}
    found["stranger"] = Person(admin.server, "stranger")
    return {name: Client(admin.server, admin.url, name, person.key) for name, person in found.items()}


@pytest.fixture(scope="module")
def sent(admin: Client) -> dict[str, str]:
    """Components with data in both projects."""
    return {name: admin.send(DATA, version_id=f"{name}-version") for name in ("open", "closed")}


@pytest.mark.parametrize(
    ("name", "project", "status"),
    [
        ("artist", "open", 200),
        ("visitor", "open", 200),
        ("stranger", "open", 404),
        ("artist", "closed", 404),
        ("visitor", "closed", 404),
        ("stranger", "closed", 404),
    ],
)
def test_who_sees_a_component_has_its_data(
    people: dict[str, Client], sent: dict[str, str], name: str, project: str, status: int
) -> None:
    answer = people[name].get(sent[project])
    assert (answer.status_code, answer.content == DATA) == (status, status == 200)
    signed = people[name].call({"action": "generate_signed_url", "component_id": sent[project]})
    assert isinstance(signed, list) == (status == 200)
    thumbnail = people[name].get(sent[project], "thumbnail")
    assert thumbnail.status_code == (400 if status == 200 else 404), "it is no picture, which only they may know"


def test_what_is_hidden_and_what_is_not_there_are_told_alike(people: dict[str, Client], sent: dict[str, str]) -> None:
    hidden, nothing = sent["closed"], new_id()
    told = [people["artist"].get(each).json()["content"].replace(each, "X") for each in (hidden, nothing)]
    assert told[0] == told[1]


@pytest.mark.parametrize(("name", "project"), [("visitor", "open"), ("artist", "closed"), ("stranger", "open")])
def test_who_may_not_change_a_component_does_not_change_its_data(
    admin: Client, people: dict[str, Client], sent: dict[str, str], name: str, project: str
) -> None:
    somebody = people[name]
    assert somebody.call(metadata(sent[project], b"mine"))["exception"] == "PermissionError"
    put = {"action": "generate_signed_url", "component_id": sent[project], "operation": "put"}
    assert somebody.call(put)["exception"] == "PermissionError"
    assert somebody.get(sent[project], "remove").status_code == 403
    assert admin.get(sent[project]).content == DATA


def test_who_may_change_a_component_sends_and_removes_its_data(people: dict[str, Client]) -> None:
    artist = people["artist"]
    component_id = artist.send(DATA, version_id="open-version")
    assert artist.get(component_id).content == DATA
    assert artist.get(component_id, "remove").status_code == 200
    assert artist.get(component_id).status_code == 404


def test_who_may_make_no_component_sends_nothing(people: dict[str, Client]) -> None:
    for name in ("visitor", "stranger"):
        assert people[name].call(metadata(new_id(), DATA))["exception"] == "PermissionError"


def test_the_id_of_a_component_to_come_is_whose_data_is_there(admin: Client, people: dict[str, Client]) -> None:
    component_id = new_id()
    told = people["artist"].call(metadata(component_id, DATA))[0]
    other = admin.call(metadata(component_id, b"other"))
    assert (other["exception"], "Somebody else" in other["content"]) == ("PermissionError", True)
    assert admin.get(component_id, "remove").status_code == 403
    assert admin.http.put(told["url"], data=DATA).status_code == 200


def test_a_right_that_ends_while_a_file_is_sent_ends_it(admin: Client, people: dict[str, Client]) -> None:
    component_id = new_id()
    admin.call(component(component_id, version_id="open-version"))
    told = people["artist"].call(metadata(component_id, DATA))[0]
    admin.call(update("FileComponent", component_id, version_id="closed-version"))
    assert admin.http.put(told["url"], data=DATA).status_code == 403
    assert admin.get(component_id).status_code == 404


def test_an_address_opens_no_more_than_its_user_may_have_now(admin: Client, people: dict[str, Client]) -> None:
    component_id = admin.send(DATA, version_id="open-version")
    address = people["artist"].call({"action": "generate_signed_url", "component_id": component_id})[0]["signed_url"]
    assert admin.http.get(address).content == DATA
    admin.call(update("FileComponent", component_id, version_id="closed-version"))
    assert admin.http.get(address).status_code == 404


def test_the_addresses_of_somebody_who_has_left_lead_nowhere(admin: Client) -> None:
    leaver = Person(admin.server, "leaver").holds("User", "open")
    client = Client(admin.server, admin.url, leaver.name, leaver.key)
    component_id = admin.send(DATA, version_id="open-version")
    address: Any = client.call({"action": "generate_signed_url", "component_id": component_id})[0]["signed_url"]
    told = client.call(metadata(component_id, b"mine"))[0]
    admin.call(update("User", leaver.id, is_active=False))
    assert admin.http.get(address).status_code == 403
    assert admin.http.put(told["url"], data=b"mine").status_code == 403
    assert client.get(component_id).status_code == 401


def test_only_who_has_begun_a_file_in_parts_completes_it(admin: Client, people: dict[str, Client]) -> None:
    component_id = admin.send(DATA, version_id="open-version")
    told = people["artist"].call(metadata(component_id, b"", file_size=4, checksum=None, parts=1))[0]
    tag = admin.http.put(told["urls"][0]["signed_url"], data=b"data").headers["ETag"].strip('"')
    done = {"action": "complete_multipart_upload", "component_id": component_id, "upload_id": told["upload_id"]}
    parts = [{"part_number": 1, "e_tag": tag}]
    assert admin.call(done | {"parts": parts})["exception"] == "PermissionError"
    assert people["visitor"].call(done | {"parts": parts})["exception"] == "PermissionError"
    assert people["artist"].call(done | {"parts": parts})[0]["component_id"] == component_id
