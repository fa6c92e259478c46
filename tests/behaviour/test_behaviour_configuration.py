"""What a studio sets in one file: tried in processes of their own, as it is read once."""

from __future__ import annotations

from pathlib import Path

import pytest
from behaviour_world import run_python

from trackteroid import SCHEMA, configuration

RELATIONS = """
def RELATIONSHIPS_RESOLVER(api_version):
    print("asked for", api_version)
    return {
        "entities": {
            "Task": {"Shot": "parent[Shot]", "Folder": ["parent[Folder]", "parent[Shot].parent[Folder]"]},
            "AssetVersion": {"Shot": "task.parent[Shot]"},
        },
        "overrides": [
            {"name": "feature", "entities": {"Task": {"Shot": "parent[AssetBuild].parent[Shot]"}}},
            {"name": "series", "inherit": 0, "entities": {"Task": {"Episode": "parent[Shot].parent[Episode]"}}},
        ],
    }
"""

SERVER = """
import warnings, logging
from trackteroid.server import EmbeddedServer
from trackteroid import *
server = EmbeddedServer("sqlite://")
session = Session(server_url=server, plugin_paths=[], schema_cache_path=False)
"""

PRODUCTION = """
kind = session.query('ProjectSchema where name is "VFX"').one()
project = session.create("Project", {"name": "sync", "full_name": "Sync", "project_schema": kind})
sequence = session.create("Sequence", {"name": "bc", "parent": project})
shot = session.create("Shot", {"name": "bc0040", "parent": sequence})
task = session.create("Task", {"name": "comp", "parent": shot})
asset = session.create("Asset", {"name": "plate", "parent": project})
session.create("AssetVersion", {"asset": asset, "task": task})
session.commit()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "studio.py"


@pytest.mark.promise(
    "several-paths-are-alternatives", "relations-are-configured-by-a-function", "overrides-inherit-by-default"
)
@pytest.mark.slow
def test_relations_come_from_the_file_and_overrides_inherit_them(file: Path) -> None:
    file.write_text(RELATIONS, encoding="utf-8")
    program = (
        SERVER
        + """
print("not asked before it is needed")
def path(entity_type, target, entry):
    return str(Query(entity_type, session=session, schema=entry).by_name(target, "x")).partition(" where ")[2]
print(path(Task, Shot, SCHEMA.default))
print(path(Task, Folder, SCHEMA.default))
print(path(Task, Shot, SCHEMA.feature))
print(path(Task, Folder, SCHEMA["feature"]))
print(path(AssetVersion, Shot, SCHEMA.feature))
print(path(Task, Episode, SCHEMA.series))
print(path(AssetVersion, Shot, SCHEMA.series))
print(SCHEMA.series is SCHEMA["series"], SCHEMA.series["name"], {k: dict(v) for k, v in SCHEMA.series.entities.items()})
print(Query(Task, session=session).explain(Folder).splitlines()[0])
try: SCHEMA.featre
except AttributeError as error: print("feature" in str(error), isinstance(error, KeyError))
"""
    )
    lines = run_python(program, configuration=file)
    assert lines[0] == "not asked before it is needed"
    assert lines[1].startswith("asked for ")
    assert [line for line in lines if line.startswith("asked for")] == lines[1:2], "the resolver is called once"
    assert lines[2:] == [
        'parent[Shot] has (name is "x")',
        '(parent[Folder] has (name is "x") or parent[Shot].parent[Folder] has (name is "x"))',
        'parent[AssetBuild].parent[Shot] has (name is "x")',
        '(parent[Folder] has (name is "x") or parent[Shot].parent[Folder] has (name is "x"))',
        'task.parent[Shot] has (name is "x")',
        'parent[Shot].parent[Episode] has (name is "x")',
        'asset.parent[Shot] has (name is "x")',
        "True series {'Task': {'Episode': ('parent[Shot].parent[Episode]',)}}",
        "Task -> Folder (resolver, at most one)",
        "True True",
    ]


@pytest.mark.promise("relation-works-everywhere")
@pytest.mark.slow
def test_configured_paths_are_read_projected_and_filtered_by_type(file: Path) -> None:
    file.write_text(
        "def RELATIONSHIPS_RESOLVER(api_version):\n"
        "    shot = 'task.parent[Shot]'\n"
        "    return {'entities': {'AssetVersion': {'Shot': shot, 'Sequence': shot + '.parent[Sequence]'}}}\n",
        encoding="utf-8",
    )
    program = (
        SERVER
        + PRODUCTION
        + """
found = Query(AssetVersion, session=session).by_name(Shot, "bc0040").get_all(projections=[Shot.name, Sequence.name])
print(set(found.Shot.name), set(found.Sequence.name), repr(found.Shot)[:22])
print(found.Shot == found.task.parent[Shot])
"""
    )
    assert run_python(program, configuration=file) == ["{'bc0040'} {'bc'} EntityCollection[Shot]", "True"]


@pytest.mark.slow
@pytest.mark.promise(
    "configuration-decides-what-may-be-deleted",
    "default-projections-can-be-configured",
    "inject-can-be-a-warning",
    "loggers-stay-in-their-namespace",
)
def test_the_other_settings_are_used_where_they_say(file: Path) -> None:
    file.write_text(
        "def ALLOWED_FOR_DELETION_RESOLVER(session, type_name):\n"
        "    return type_name == 'Asset' and session is not None\n"
        "def DEFAULT_PROJECTIONS_RESOLVER(session, type_name):\n"
        "    return ['id', 'description'] if type_name == 'Shot' else None\n"
        "WARN_ON_INJECT = True\n"
        "LOGGING_NAMESPACE = 'studio.ftrack'\n",
        encoding="utf-8",
    )
    program = (
        SERVER
        + PRODUCTION
        + """
class Printing(logging.Handler):
    def emit(self, record):
        print(record.name, record.levelname, record.getMessage().replace(asset["id"], "<id>"))
logging.getLogger("studio").addHandler(Printing())
logging.getLogger("trackteroid").addHandler(Printing())
logging.getLogger("studio").setLevel(logging.INFO)
shots = Query(Shot, session=session).inject('name like "bc%"').get_all(limit=1)
try: shots.delete()
except AssertionError as error: print("Shot" in str(error), "ALLOWED_FOR_DELETION_RESOLVER" in str(error))
print(len(session.recorded_operations))
print(Query(Asset, session=session).get_first().delete() is session)
"""
    )
    assert run_python(program, configuration=file) == [
        "studio.ftrack.query WARNING inject is used on Shot: ('name like \"bc%\"',)",
        "studio.ftrack.query INFO Performing query: "
        '"select id, description from Shot where (name like "bc%") order by id limit 1"',
        "True True",
        "0",
        'studio.ftrack.query INFO Performing query: "select id, name from Asset order by id limit 1"',
        "studio.ftrack.entities INFO Deleting Asset <id>",
        "True",
    ]


@pytest.mark.promise("configuration-mistakes-are-reported-every-time")
@pytest.mark.slow
def test_a_mistake_in_it_is_told_whenever_it_is_needed(file: Path) -> None:
    file.write_text(
        "def RELATIONSHIPS_RESOLVER(api_version): return {'entities': {'Task': {'Shot': 'parnet'}}}", encoding="utf-8"
    )
    program = """
from trackteroid import *
print("imported")
from trackteroid.server import EmbeddedServer
session = Session(server_url=EmbeddedServer("sqlite://"), plugin_paths=[], schema_cache_path=False)
for _ in range(2):
    try:
        Query(Task, session=session).by_name(Shot, "x")
    except Exception as error:
        print(isinstance(error, TrackteroidError), str(error).replace(chr(10), " "))
"""
    first, *lines = run_python(program, configuration=file)
    assert first == "imported"
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("True ")
        assert '"parnet"' in line


@pytest.mark.promise("configuration-is-one-python-file")
@pytest.mark.parametrize(("path", "caught"), [("missing.py", "OSError"), ("settings.json", "AssertionError")])
@pytest.mark.slow
def test_a_file_that_is_none_is_told(tmp_path: Path, path: str, caught: str) -> None:
    named = tmp_path / path
    if path.endswith(".json"):
        named.write_text("{}", encoding="utf-8")
    program = (
        "from trackteroid import Query, Shot\n"
        f"try: print(Query(Shot))\nexcept {caught} as error: print({path!r} in str(error))\n"
    )
    assert run_python(program, configuration=named) == ["True"]


@pytest.mark.promise("defaults-without-a-file")
def test_without_a_file_the_defaults_hold() -> None:
    assert configuration.LOGGING_NAMESPACE == "trackteroid"
    assert configuration.WARN_ON_INJECT is False
    assert configuration.ALLOWED_FOR_DELETION_RESOLVER(session=None, type_name="Shot") is True
    assert configuration.RELATIONSHIPS_RESOLVER(api_version="1") == {}
    assert SCHEMA.default["name"] == "default"
    assert list(SCHEMA) == ["default"]
