"""What a server calls its types."""

import gc
import weakref
from datetime import datetime
from typing import Any

import arrow
import pytest
from fake_session import FakeSession, record
from query_tools import shuffled_schemas

from trackteroid.entities.schematypes import (
    ASSET_TYPES,
    CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY,
    OBJECT_TYPES,
    PROJECT_SCHEMAS,
    TASK_TYPES,
    AttributeInfo,
)
from trackteroid.errors import UnknownTypeNameError

NAMES = [
    *("Compositing", "Look Development", "2D Matte", "3D Matte", "VFX", "Film Pipeline", "Film Pipeline 2"),
    *("Roto Paint", "RotoPaint", "Previz 2"),
]


@pytest.fixture
def session() -> FakeSession:
    session = FakeSession()
    for type_name in ("Type", "ObjectType", "AssetType", "ProjectSchema"):
        session.answer(
            f"select id, name from {type_name}",
            [record(type_name, f"{type_name} {name}", name=name) for name in NAMES],
        )
    return session


@pytest.mark.promise("server-types-by-name")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Compositing", "Compositing"),
        ("Look Development", "Look Development"),
        ("LookDevelopment", "Look Development"),
        ("2D Matte", "2D Matte"),
        ("2DMatte", "2D Matte"),
        ("VFX", "VFX"),
        ("Vfx", "VFX"),
        ("Film Pipeline", "Film Pipeline"),
        ("FilmPipeline", "Film Pipeline"),
        ("FilmPipeline2", "Film Pipeline 2"),
        ("Roto Paint", "Roto Paint"),
        ("RotoPaint", "RotoPaint"),
        ("Previz", "Previz 2"),
    ],
)
def test_types_are_found_by_the_name_of_the_server_and_by_its_older_form(
    session: FakeSession, asked: str, found: str
) -> None:
    assert TASK_TYPES.get(asked, session)["name"] == found


@pytest.mark.promise("server-types-are-asked-for-once")
@pytest.mark.parametrize(
    ("types", "type_name"),
    [
        (TASK_TYPES, "Type"),
        (OBJECT_TYPES, "ObjectType"),
        (ASSET_TYPES, "AssetType"),
        (PROJECT_SCHEMAS, "ProjectSchema"),
    ],
)
def test_they_are_entities_of_the_session_and_asked_for_once(session: FakeSession, types: Any, type_name: str) -> None:
    assert types.get("VFX", session) is session.get(type_name, f"{type_name} VFX")
    assert types.get("Vfx", session).entity_type == type_name
    assert session.queries == [f"select id, name from {type_name}"]


@pytest.mark.promise("unknown-server-type-is-refused")
@pytest.mark.parametrize("asked", ["DMatte", "Compsiting", ""])
def test_unknown_and_ambiguous_names_are_reported(session: FakeSession, asked: str) -> None:
    with pytest.raises(UnknownTypeNameError, match="It has: 2D Matte, 3D Matte, Compositing") as raised:
        TASK_TYPES.get(asked, session)
    assert isinstance(raised.value, KeyError)
    assert isinstance(raised.value, AttributeError)
    assert (asked == "Compsiting") == ('Did you mean "Compositing"?' in str(raised.value))


@pytest.mark.promise("nothing-outlives-its-connection")
def test_they_are_asked_for_again_after_a_reconnect(session: FakeSession) -> None:
    TASK_TYPES.get("VFX", session)
    session.schemas = shuffled_schemas(1)
    session.answer("select id, name from Type", [record("Type", "new", name="Roto")])
    assert TASK_TYPES.get("Roto", session)["id"] == "new"


@pytest.mark.promise("default-session")
def test_the_default_session_is_used_without_another(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackteroid.session.SESSION", session)
    assert TASK_TYPES.Compositing["name"] == TASK_TYPES["Compositing"]["name"] == "Compositing"
    assert list(TASK_TYPES.types) == NAMES
    assert TASK_TYPES.types["VFX"]["name"] == "VFX"
    assert not hasattr(TASK_TYPES, "Rotoscoping")


@pytest.mark.promise("nothing-outlives-its-connection")
@pytest.mark.slow
def test_nothing_is_kept_of_a_session_that_is_gone(session: FakeSession) -> None:
    other = FakeSession()
    other.answer("select id, name from Type", [record("Type", "t", name="Roto")])
    TASK_TYPES.get("Roto", other)
    remembered = weakref.ref(other)
    del other
    gc.collect()
    assert remembered() is None


@pytest.mark.promise("custom-attributes-tell-what-they-accept")
def test_custom_attributes_accept_python_types(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    configured = [
        *(("frames", "number"), ("due", "date"), ("approved", "boolean"), ("note", "text")),
        *(("kind", "enumerator"), ("note", "number")),
    ]
    session.answer(
        "select key, type.name from CustomAttributeConfiguration",
        [
            record(
                "CustomAttributeConfiguration",
                f"c{index}",
                key=key,
                type=record("CustomAttributeType", kind, name=kind),
            )
            for index, (key, kind) in enumerate(configured)
        ],
    )
    monkeypatch.setattr("trackteroid.session.SESSION", session)
    assert CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY.frames == AttributeInfo((int, float))
    assert CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY.due.types == (arrow.Arrow, datetime)
    assert CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY["approved"].types == (bool,)
    assert CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY.kind.types == (str,)
    assert CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY.note.types == (str, int, float), "a key with two definitions takes both"
    with pytest.raises(KeyError, match="frmes"):
        CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY["frmes"]
