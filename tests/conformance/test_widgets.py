"""Links to pages, as the client asks for them, followed by a browser that knows no key."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ftrack_api.exception import ServerError


def browse(running: Any, url: str) -> requests.Response:
    with running.browser() as browser:
        return browser.get(url, timeout=10)


def test_a_link_leads_to_the_page_of_an_entity(running: Any, session: Any, shot: Any) -> None:
    url = session.get_widget_url("info", entity=shot, theme="light")
    assert url.startswith(f"{running.url}/widget?token=")
    answer = browse(running, url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert "<h1>sh010</h1>" in answer.text
    assert f"<td>{shot['project']['full_name']} / sq010 / sh010</td>" in answer.text
    assert '<body class="light">' in answer.text


def test_links_follow_what_changes(running: Any, session: Any, shot: Any) -> None:
    task = session.create("Task", {"name": "cleanup", "parent": shot})
    session.commit()
    url = session.get_widget_url("tasks_browser", entity=shot)
    assert "<td>cleanup</td>" in browse(running, url).text
    task["name"] = "roto"
    session.commit()
    text = browse(running, url).text
    assert "<td>roto</td>" in text
    assert "cleanup" not in text


def test_the_tasks_are_those_of_the_caller(running: Any, session: Any, shot: Any) -> None:
    task = session.create("Task", {"name": "mine", "parent": shot})
    user = session.query(f'User where username is "{running.server.username}"').one()
    session.create("Task", {"name": "nobodys", "parent": shot})
    session.create("Appointment", {"context": task, "resource": user, "type": "assignment"})
    session.commit()
    text = browse(running, session.get_widget_url("tasks", entity=shot)).text
    assert "<td>mine</td>" in text
    assert "nobodys" not in text


@pytest.mark.parametrize("token", ["", "?token=", "?token=made.up"])
def test_without_a_link_there_is_no_page(running: Any, token: str) -> None:
    answer = browse(running, f"{running.url}/widget{token}")
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "The link is not valid" in answer.text


def test_a_widget_that_does_not_exist_is_an_error(session: Any) -> None:
    with pytest.raises(ServerError, match="There is no widget"):
        session.get_widget_url("calendar")
    with pytest.raises(ServerError, match="is about an entity"):
        session.get_widget_url("info")
