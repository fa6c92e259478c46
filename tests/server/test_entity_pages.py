"""Links that the ftrack clients show lead to pages: of what, for whom, and how somebody says who they are."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import browser
from demo_servers import demo_server
from server.guarded import Person, create, guarded_server, update
from trackteroid.server import EmbeddedServer, Limits
from trackteroid.server.core.options import Options
from trackteroid.server.model import standard_model
from trackteroid.server.storage.builtin import find_id
from trackteroid.server.web import START_HEADERS, start_page

EVIL = "<script>alert(\"1\")</script> & 'co' {x} \\ %\u202e"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = demo_server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def guarded() -> Iterator[EmbeddedServer]:
    """A server on which entities refer to each other across the projects of different people."""
    server = guarded_server()
    link = create("TypedContextLink", "across", from_id="p-task", to_id="q-task")
    server.call([link, update("AssetVersion", "p-version", task_id="q-task")])
    yield server
    server.close()


def query(server: EmbeddedServer, expression: str) -> list[dict[str, Any]]:
    return server.call([{"action": "query", "expression": expression}])[0]["data"]


def page(server: EmbeddedServer, called: str, identity: str, person: Person | None = None) -> tuple[int, str]:
    user, key = (person.name, person.key) if person else (server.username, server.api_key)
    reply = server.api.entity_page(user, key, called, identity)
    return reply.status, reply.body.decode()


def cells(text: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return [[_words(cell) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows]


def _words(fragment: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", fragment))


def links(text: str) -> list[str]:
    return list(map(html.unescape, re.findall(r'href="([^"]*)"', text)))


def test_the_page_of_a_shot_says_what_it_is_and_what_is_in_it(server: EmbeddedServer) -> None:
    (shot,) = query(
        server, 'select name, status.name, link, thumbnail_id, description from Shot where name is "sh010" limit 1'
    )
    status, text = page(server, "task", shot["id"])
    assert status == 200
    assert f"<h1>{shot['name']}</h1>" in text
    assert "<p>Shot</p>" in text
    shown = {row[0]: row[1] for row in cells(text)}
    assert shown["Path"] == " / ".join(part["name"] for part in shot["link"])
    assert shown["Status"] == shot["status"]["name"]
    assert shown["Description"] == shot["description"]
    assert shown["id"] == shot["id"]
    assert shown["custom_attributes[resolution]"] == "1920x1080"
    for kind in ("Task", "Asset"):
        for below in query(server, f"select id, name from {kind} where parent.id is {shot['id']}"):
            assert f"#slideEntityId={below['id']}&slideEntityType={kind.lower()}" in links(text)
            assert below["name"] in shown
    assert f"/component/thumbnail?id={shot['thumbnail_id']}&amp;token=" in text


@pytest.mark.parametrize(
    ("called", "entity_type"),
    [("task", "Shot"), ("TypedContext", "Task"), ("show", "Project"), ("assetversion", "AssetVersion"),
     ("ASSET", "Asset"), ("component", "Component"), ("user", "User"), ("reviewsession", "ReviewSession"),
     ("list", "TypedContextList")],
)  # fmt: skip
def test_links_may_call_types_as_ftrack_or_the_schema_does(
    server: EmbeddedServer, called: str, entity_type: str
) -> None:
    (entity,) = query(server, f"select id from {entity_type} limit 1")
    status, text = page(server, called, entity["id"])
    assert status == 200, text
    assert page(server, called, entity["id"].upper())[0] == 200


@pytest.mark.slow
def test_every_entity_with_an_id_has_a_page_and_its_links_lead_to_pages(server: EmbeddedServer) -> None:
    shown = 0
    for schema in server.call([{"action": "query_schemas"}])[0]:
        if schema["primary_key"] != ["id"]:
            continue
        for entity in query(server, f"select id from {schema['id']} limit 1"):
            status, text = page(server, schema["id"], entity["id"])
            assert status == 200, (schema["id"], text)
            for link in links(text):
                found = re.fullmatch(r"#slideEntityId=([^&]+)&slideEntityType=(\w+)", link)
                assert found is not None, link
                assert page(server, found[2], found[1])[0] == 200, link
            shown += 1
    assert shown > 40


def test_of_many_children_the_first_are_shown() -> None:
    server = EmbeddedServer("sqlite://")
    tasks = [create("Task", f"t{number:03}", name=f"t{number:03}", parent_id="many") for number in range(201)]
    server.call([create("Project", "many", name="many", full_name="Many"), *tasks])
    _, text = page(server, "show", "many")
    server.close()
    assert "t199" in text
    assert "t200" not in text
    assert "These are the first 200; there are more." in text


def test_what_people_write_is_text_on_a_page(server: EmbeddedServer) -> None:
    server.call(
        [
            create("Project", "evil-p", name="evil", full_name=EVIL),
            create("Shot", "evil-s", name=EVIL, parent_id="evil-p", description=EVIL),
            create("Task", 'evil-"><img src=x>', name=EVIL, parent_id="evil-s"),
            create("Asset", "evil-a", name=EVIL, context_id="evil-s", type_id=find_id("AssetType", "Render")),
        ]
    )
    for called, identity in (
        ("task", "evil-s"),
        ("show", "evil-p"),
        ("task", 'evil-"><img src=x>'),
        ("asset", "evil-a"),
    ):
        status, text = page(server, called, identity)
        assert status == 200
        assert not re.search(r"<(script|img)", text)
        assert "\u202e" not in text
        assert EVIL.replace("\u202e", "\\u202e") in html.unescape(text)
        assert all(re.fullmatch(r"#slideEntityId=[\w%.+-]+&slideEntityType=[a-z]+", link) for link in links(text))
    status, text = page(server, EVIL, EVIL)
    assert status == 404
    assert "<script" not in text


def test_pages_of_what_somebody_may_not_see_are_those_of_what_is_not_there(guarded: EmbeddedServer) -> None:
    artist = Person(guarded, "artist").holds("User", "p")
    for called, what in (("task", "shot"), ("task", "task"), ("asset", "asset"), ("assetversion", "version"),
                         ("component", "component"), ("list", "list"), ("note", "note")):  # fmt: skip
        assert page(guarded, called, f"p-{what}", artist)[0] == 200
        status, text = page(guarded, called, f"q-{what}", artist)
        assert status == 404
        assert text.replace(f"q-{what}", "nothing") == page(guarded, called, "nothing", artist)[1]
    assert page(guarded, "show", "secret", artist)[0] == 404
    assert page(guarded, "show", "p", artist)[0] == 200


def test_a_page_shows_nothing_of_other_projects(guarded: EmbeddedServer) -> None:
    guarded.call([update("Task", "q-task", name="classified")])
    viewer = Person(guarded, "viewer").holds("User", "p")
    _, seen_by_all = page(guarded, "task", "q-task")
    assert "classified" in seen_by_all
    for called, what in (
        ("show", ""),
        ("task", "-shot"),
        ("task", "-task"),
        ("asset", "-asset"),
        ("assetversion", "-version"),
    ):
        status, text = page(guarded, called, f"p{what}", viewer)
        assert status == 200
        assert "classified" not in text
        assert '"q-' not in text
        assert "=q-" not in text


def test_who_may_see_nothing_sees_nothing(guarded: EmbeddedServer) -> None:
    nobody = Person(guarded, "nobody")
    assert page(guarded, "task", "p-task", nobody)[0] == 404


@pytest.mark.parametrize(("user", "key"), [("demo", "wrong"), ("nobody-of-that-name", "wrong"), ("", "")])
def test_without_the_right_key_there_is_no_page(server: EmbeddedServer, user: str, key: str) -> None:
    (shot,) = query(server, "select id, name from Shot limit 1")
    reply = server.api.entity_page(user, key, "task", shot["id"])
    assert reply.status == 401
    assert shot["name"] not in reply.body.decode()


def test_pages_are_asked_for_as_calls_are() -> None:
    server = EmbeddedServer("sqlite://", limits=Limits(wrong_keys=3), options=Options())
    server.call([create("Project", "p", name="p", full_name="Show")])
    with server.listening() as url:
        who = {"ftrack-user": server.username, "ftrack-api-key": server.api_key}
        ask = {"type": "show", "id": "p"}

        def answer(**headers: str) -> requests.Response:
            return requests.get(f"{url}/entity", params=ask, headers=headers, timeout=60)

        shown = answer(**who)
        assert "<h1>p</h1>" in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        assert "script" not in shown.headers["Content-Security-Policy"]
        assert "access-control-allow-origin" not in shown.headers
        from_elsewhere = answer(**who, Origin="https://evil.example")
        assert from_elsewhere.status_code == 403
        assert "Show" not in from_elsewhere.text
        # A key in the address or in a cookie is none.
        told = {"username": server.username, "apiKey": server.api_key, **ask}
        assert requests.get(f"{url}/entity", params=told, cookies=who, timeout=60).status_code == 401
        for _ in range(2):
            answer(**{**who, "ftrack-api-key": "wrong"})
        assert answer(**{**who, "ftrack-api-key": "wrong"}).status_code == 429
    server.close()


def test_browsers_get_a_page_and_programs_text() -> None:
    server = EmbeddedServer("sqlite://")
    with server.listening() as url:
        text = requests.get(url, timeout=60)
        assert text.headers["Content-Type"].startswith("text/plain")
        assert f"FTRACK_SERVER={url}" in text.text
        told = requests.get(url, headers={"Accept": "text/html,*/*;q=0.8"}, timeout=60)
        assert told.headers["Content-Type"].startswith("text/html")
        assert told.headers["Content-Security-Policy"] == START_HEADERS["Content-Security-Policy"]
        assert "Accept" in told.headers["Vary"]
        assert "Accept" in text.headers["Vary"]
    server.close()


def test_the_start_page_runs_its_one_script_and_asks_this_server_only() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in START_HEADERS["Content-Security-Policy"].split(";"))
    (script,) = re.findall(r"<script>(.*?)</script>", start_page("http://x"), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert (rules["default-src"], rules["connect-src"], rules["img-src"]) == ("'none'", "'self'", "'self'")
    assert (rules["form-action"], rules["base-uri"], rules["frame-ancestors"]) == ("'none'",) * 3
    assert set(rules) == {"default-src", "style-src", "script-src", "connect-src", "img-src", "form-action", "base-uri",
                          "frame-ancestors"}  # fmt: skip
    for sink in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval",
        "document.write",
        "Storage",
        "cookie",
        "setTimeout",
    ):
        assert sink not in script


def test_the_start_page_says_what_to_do_without_a_script() -> None:
    (told,) = re.findall(r"<noscript>(.*?)</noscript>", start_page("http://x"), re.DOTALL)
    assert "The commands above show it." in told.replace("\n", " ")
    assert "trackteroid get AssetVersion ID" in start_page("http://x")
    assert "<b>" not in start_page("http://x/<b>")


@pytest.mark.slow
@pytest.mark.skipif(browser.FOUND is None, reason="there is no browser here")
def test_a_browser_shows_what_a_link_leads_to_and_keeps_no_key(server: EmbeddedServer) -> None:
    (shot,) = query(server, 'select name, parent.name from Shot where name is "sh010" limit 1')
    (task,) = query(server, f"select name from Task where parent_id is {shot['id']} limit 1")
    with (
        server.listening() as url,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        browser.browsing(Path(folder)) as tab,
    ):
        tab.go(f"{url}/#slideEntityId={shot['id']}&slideEntityType=task&itemId=home&view=tasks")
        tab.wait("document.readyState === 'complete' && !document.getElementById('who').hidden")
        _say(tab, server.username, "wrong")
        assert "key" in tab.wait("document.getElementById('told').textContent.replace('Loading ...', '')")
        _say(tab, server.username, server.api_key)
        assert tab.wait("document.querySelector('#page h1')?.textContent") == shot["name"]
        assert tab.do("document.getElementById('who').hidden")
        assert tab.wait("document.querySelector('#page img').naturalWidth") > 0
        tab.do(f"[...document.links].find((each) => each.textContent === {task['name']!r}).click()")
        assert tab.wait(f"document.querySelector('#page h1')?.textContent === {task['name']!r}")
        assert task["id"] in tab.do("location.hash")
        tab.do("history.back()")
        assert tab.wait(f"document.querySelector('#page h1')?.textContent === {shot['name']!r}")
        assert tab.do("localStorage.length + sessionStorage.length + document.cookie.length") == 0
        assert not any(server.api_key in address for address in tab.asked)
        assert not any(server.api_key in text for text in (tab.do("location.href"), tab.do("document.body.outerHTML")))
        assert [each for each in tab.complaints if "401" not in each and "favicon" not in each] == []


def _say(tab: browser.Tab, user: str, key: str) -> None:
    """Fill the form in and send it."""
    tab.do(
        "(([user, key], form) => { form.elements.user.value = user; form.elements.key.value = key;"
        f" form.requestSubmit(); }})([{user!r}, {key!r}], document.getElementById('who'))"
    )


def test_every_entity_that_a_query_finds_has_a_page() -> None:
    server = demo_server()
    try:
        (version,) = query(server, "select id, asset_id from AssetVersion limit 1")
        server.call([update("AssetVersion", version["id"], version=None)])
        assert page(server, "asset", version["asset_id"])[0] == 200
        kinds = [name for name, kind in standard_model().types.items() if kind.served and kind.primary_key == ("id",)]
        for kind in kinds:
            for record in query(server, f"select id from {kind} limit 3"):
                assert page(server, kind, record["id"])[0] == 200, kind
    finally:
        server.close()
