"""What a server calls its types: looked up by name, as it spells them or as older code did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import arrow
import pytest

import trackteroid.session
from trackteroid import (
    ASSET_TYPES,
    CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY,
    OBJECT_TYPES,
    PROJECT_SCHEMAS,
    TASK_TYPES,
    Session,
)


@pytest.mark.promise("server-types-by-name")
@pytest.mark.parametrize(
    ("types", "asked", "name"),
    [
        (OBJECT_TYPES, "Asset Build", "Asset Build"),
        (OBJECT_TYPES, "AssetBuild", "Asset Build"),
        (TASK_TYPES, "Matte Painting", "Matte Painting"),
        (TASK_TYPES, "MattePainting", "Matte Painting"),
        (TASK_TYPES, "FX", "FX"),
        (TASK_TYPES, "Fx", "FX"),
        (ASSET_TYPES, "Nuke Script", "Nuke Script"),
        (ASSET_TYPES, "NukeScript", "Nuke Script"),
        (PROJECT_SCHEMAS, "VFX", "VFX"),
        (PROJECT_SCHEMAS, "Vfx", "VFX"),
    ],
)
def test_types_are_found_as_the_server_spells_them_and_as_older_code_does(
    session: Session, types: Any, asked: str, name: str
) -> None:
    assert types.get(asked, session)["name"] == name


@pytest.mark.promise("default-session", "server-types-by-name")
def test_the_default_session_is_asked_by_attribute_and_item(near: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trackteroid.session, "SESSION", near)
    assert OBJECT_TYPES.AssetBuild["name"] == OBJECT_TYPES["Asset Build"]["name"] == "Asset Build"
    assert TASK_TYPES.Compositing is TASK_TYPES["Compositing"]
    assert {"Compositing", "Animation"} <= set(TASK_TYPES.types)
    assert TASK_TYPES.types["Compositing"]["id"] == TASK_TYPES.Compositing["id"]


@pytest.mark.promise("unknown-server-type-is-refused")
@pytest.mark.parametrize("types", [OBJECT_TYPES, ASSET_TYPES, TASK_TYPES, PROJECT_SCHEMAS])
def test_an_unknown_name_is_a_key_error_and_an_attribute_error(
    near: Session, monkeypatch: pytest.MonkeyPatch, types: Any
) -> None:
    monkeypatch.setattr(trackteroid.session, "SESSION", near)
    for caught in (KeyError, AttributeError):
        with pytest.raises(caught, match=r"Nonsense.*It has: "):
            types.get("Nonsense", near)
    assert not hasattr(types, "Nonsense")


@pytest.mark.promise("nothing-outlives-its-connection", "server-types-are-asked-for-once")
def test_they_are_asked_for_once_per_connection(fresh: Session, requests_of: Any) -> None:
    fresh.schemas  # noqa: B018 - connects
    with requests_of(fresh) as asked:
        TASK_TYPES.get("Compositing", fresh)
        TASK_TYPES.get("Animation", fresh)
    assert asked == ["query"]
    fresh.reconnect()
    with requests_of(fresh) as asked:
        assert TASK_TYPES.get("Compositing", fresh).session is fresh
    assert "query" in asked


@pytest.mark.promise("server-types-are-asked-for-once")
def test_each_server_has_its_own(near: Session, author: Session) -> None:
    assert ASSET_TYPES.get("Nuke Script", near).session is near
    assert ASSET_TYPES.get("Nuke Script", author).session is author


@pytest.mark.promise("server-types-are-asked-for-once")
def test_importing_and_printing_them_asks_nothing() -> None:
    assert "object type" in repr(OBJECT_TYPES)
    assert not hasattr(OBJECT_TYPES, "__wrapped__")


@pytest.mark.promise("custom-attributes-tell-what-they-accept")
def test_custom_attributes_tell_what_they_accept(session: Session) -> None:
    number = CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY.get("fps", session)
    assert number.types == (int, float)
    assert number.mutable
    keys = {
        each["key"]: each["type"]["name"]
        for each in session.query("select key, type.name from CustomAttributeConfiguration")
    }
    accepted = {"number": (int, float), "boolean": (bool,), "date": (arrow.Arrow, datetime)}
    for key, kind in keys.items():
        types = CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY.get(key, session).types
        assert set(accepted.get(kind, (str,))) <= set(types)
        assert all(isinstance(each, type) for each in types), "always a tuple of types"
    with pytest.raises(KeyError, match='Did you mean "fps"'):
        CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY.get("fpss", session)
