"""Names people import: what is public, where older code finds it, and what nobody but one folder may touch."""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import ftrack_api
import ftrack_api.entity.base
import pytest
from behaviour_world import SOURCE, run_python

import trackteroid
import trackteroid.entities

PACKAGE = SOURCE / "trackteroid"

#: What existing programs import from the top, besides the entity types.
PROMISED = (
    *("Query", "SCHEMA", "SESSION", "Session", "Criteria", "Criterion", "EntityCollection", "EmptyCollection"),
    *("EntityCollectionOperationError", "OBJECT_TYPES", "ASSET_TYPES", "TASK_TYPES", "PROJECT_SCHEMAS"),
    *("CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY", "__VERSION__"),
)

#: Entity types that could always be queried.
TYPES = """
    Appointment Asset AssetBuild AssetGroup AssetType AssetVersion AssetVersionLink AssetVersionList Component
    ComponentLocation ContainerComponent Context EntitySetting Event FileComponent Group Job List ListCategory Location
    Membership Metadata Note NoteCategory NoteComponent NoteLabel ObjectType Project ProjectSchema Recipient Resource
    ReviewSession ReviewSessionInvitee ReviewSessionObject ReviewSessionObjectStatus SecurityRole Sequence Shot State
    Status Task TaskTypeSchema Timelog Type TypedContext TypedContextLink TypedContextList User UserSecurityRole
    UserSecurityRoleProject WorkflowSchema
"""

#: Entity types that once were mere names, and types that only some servers have.
FURTHER_TYPES = """
    CalendarEvent CustomAttributeConfiguration Dashboard Disk Episode Folder JobComponent Manager Milestone
    NoteLabelLink Priority Schema Scope SequenceComponent Setting StatusChange Timer UserType Epic Hardware
"""


class TestThePackage:
    @pytest.mark.promise("public-names")
    def test_every_public_name_can_be_imported(self) -> None:
        missing = [name for name in trackteroid.__all__ if not hasattr(trackteroid, name)]
        assert missing == []

    @pytest.mark.promise("public-names")
    def test_no_public_name_is_listed_twice(self) -> None:
        assert len(trackteroid.__all__) == len(set(trackteroid.__all__))

    @pytest.mark.promise("public-names")
    def test_public_names_are_sorted(self) -> None:
        """Constants, then the package's other names, then the types of entities, each in the order of the alphabet."""
        types = trackteroid.entities.__all__

        def place(name: str) -> tuple[bool, bool, str]:
            return name in types, not name.isupper(), name

        assert list(trackteroid.__all__) == sorted(trackteroid.__all__, key=place)

    @pytest.mark.promise("public-names")
    @pytest.mark.parametrize("name", PROMISED)
    def test_what_existing_programs_import_is_public(self, name: str) -> None:
        assert name in trackteroid.__all__

    @pytest.mark.promise("every-type-can-be-imported")
    @pytest.mark.parametrize("name", TYPES.split())
    def test_entity_types_are_public_and_can_be_queried(self, name: str) -> None:
        entity_type = getattr(trackteroid, name)
        assert name in trackteroid.__all__ or name == "AssetGroup", "only types of some servers are not listed"
        assert entity_type.__name__ == name
        assert issubclass(entity_type, trackteroid.entities.Entity)
        assert str(trackteroid.Query(entity_type)).endswith(f" from {name}")

    @pytest.mark.promise("every-type-can-be-imported")
    @pytest.mark.parametrize("name", FURTHER_TYPES.split())
    def test_the_types_of_any_server_can_be_imported_and_queried(self, name: str) -> None:
        entity_type = getattr(importlib.import_module("trackteroid"), name)
        assert str(trackteroid.Query(entity_type)).endswith(f" from {name}")

    @pytest.mark.promise("only-public-names")
    def test_names_that_are_not_written_like_types_are_not_found(self) -> None:
        with pytest.raises(ImportError, match="shot"):
            exec("from trackteroid import shot", {})
        assert not hasattr(trackteroid, "by_name")

    @pytest.mark.promise("only-public-names")
    def test_nothing_but_submodules_is_public_besides(self) -> None:
        besides = {name for name in vars(trackteroid) if not name.startswith("_")} - set(trackteroid.__all__)
        others = {name for name in besides if f"trackteroid.{name}" not in sys.modules}
        # A ``from __future__`` import leaves its name behind; types of other servers are remembered by nobody. What
        # begins with @ are the assertions of pytest, which it sees to in distributions with a plugin of its own.
        assert {name for name in others if not name.startswith("@")} <= {"annotations"}

    @pytest.mark.promise("one-version")
    def test_the_version_is_the_one_of_the_distribution(self) -> None:
        assert trackteroid.__version__ == trackteroid.__VERSION__
        assert trackteroid.__VERSION__ == importlib.import_module("trackteroid.constants").__VERSION__


@pytest.mark.promise("star-import-is-harmless")
class TestImportingEverything:
    def test_it_overwrites_no_builtin_and_no_module_of_python(self) -> None:
        theirs = set(dir(builtins)) | set(sys.stdlib_module_names)
        assert theirs.intersection(trackteroid.__all__) == set()

    @pytest.mark.slow
    def test_what_the_caller_imported_before_stays_what_it_was(self) -> None:
        program = (
            "import copy, re, sys, inspect, importlib, itertools, logging\n"
            "from collections import namedtuple, defaultdict, OrderedDict\n"
            "LOG = NOT_SET = build_partial_query = object()\n"
            "before = dict(globals())\n"
            "from trackteroid import *\n"
            "print(sorted(name for name, value in before.items() if globals()[name] is not value))\n"
            "print(sorted(name for name in globals() if name.islower() and name not in before and name != 'before'))\n"
        )
        assert run_python(program) == ["[]", "[]"]


@pytest.mark.promise("import-paths")
@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("trackteroid.session", ["Session", "SESSION"]),
        ("trackteroid.query", ["Query", "SCHEMA", "Criteria", "Criterion"]),
        ("trackteroid.query.criteria", ["Criteria", "Criterion"]),
        ("trackteroid.query.query", ["Query", "SCHEMA"]),
        ("trackteroid.entities", ["Shot", "AssetVersion", "Entity"]),
        ("trackteroid.entities.base", ["Entity", "EntityCollection", "EmptyCollection"]),
        ("trackteroid.entities.base", ["EntityCollectionOperationError"]),
        ("trackteroid.entities.schematypes", ["OBJECT_TYPES", "ASSET_TYPES", "TASK_TYPES", "PROJECT_SCHEMAS"]),
        ("trackteroid.entities.schematypes", ["CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY", "AttributeInfo"]),
        ("trackteroid.configuration", ["RELATIONSHIPS_RESOLVER", "LOGGING_NAMESPACE", "WARN_ON_INJECT"]),
        ("trackteroid.configuration", ["ALLOWED_FOR_DELETION_RESOLVER"]),
        ("trackteroid.constants", ["__VERSION__"]),
    ],
)
def test_older_import_paths_lead_to_the_same_things(module: str, names: list[str]) -> None:
    found = importlib.import_module(module)
    for name in names:
        value = getattr(found, name)
        assert name not in trackteroid.__all__ or getattr(trackteroid, name) is value


@pytest.mark.promise("submodules-by-dotted-name")
def test_a_submodule_can_be_imported_under_its_dotted_name() -> None:
    program = "import trackteroid.entities.base as base; print(base.__name__, base.EntityCollection.__name__)"
    assert run_python(program) == ["trackteroid.entities.base EntityCollection"]


class TestImportingWithoutAServer:
    @pytest.mark.promise("importing-needs-no-server")
    @pytest.mark.slow
    def test_it_works_and_queries_can_be_written_and_read(self) -> None:
        program = (
            "from trackteroid import AssetVersion, OBJECT_TYPES, Query, SESSION, Scene, TASK_TYPES\n"
            "print(SESSION.connected, Query(AssetVersion).by_version(1))\n"
            "print(Query(Scene), AssetVersion.Task.name, AssetVersion.projections)\n"
        )
        assert run_python(program) == [
            'False select id, asset.name, version from AssetVersion where (version is "1")',
            "select id, name from Scene AssetVersion.Task.name ['id', 'asset.name', 'version']",
        ]

    @pytest.mark.promise("missing-credentials-are-reported-on-first-use")
    def test_the_first_need_of_a_server_says_what_is_missing(self) -> None:
        program = (
            "from trackteroid import Query, Shot\n"
            "try: Query(Shot).get_first()\n"
            "except TypeError as error: print('FTRACK_SERVER' in str(error), 'sqlite' in str(error))\n"
        )
        assert run_python(program) == ["True True"]

    @pytest.mark.slow
    @pytest.mark.promise("importing-is-fast")
    def test_it_takes_little_longer_than_importing_ftrack_api(self) -> None:
        program = (
            "import time\n"
            "start = time.process_time()\n"
            "import ftrack_api\n"
            "theirs = time.process_time()\n"
            "import trackteroid\n"
            "ours = time.process_time()\n"
            "print((ours - theirs) / (theirs - start))\n"
        )
        # Generous, and tried again on a busy machine: only a new heavy import breaks it.
        assert any(float(run_python(program)[0]) < 1.5 for _ in range(3))


@pytest.mark.promise("package-is-typed")
def test_the_package_tells_type_checkers_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


# Private names of ftrack_api.


def _private(found: type | ModuleType) -> set[str]:
    return {name for name in vars(found) if name.startswith("_") and not name.startswith("__")}


def _private_names_of_ftrack_api() -> set[str]:
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "ftrack_api"]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    theirs = [each for each in classes if each.__module__.startswith("ftrack_api")]
    set_by_initialisers = {"_request", "_local_cache", "_closed", "_api_key", "_api_user", "_server_url", "_stack"}
    return set_by_initialisers.union(*map(_private, (*theirs, *modules)))


def _own_private_names() -> set[str]:
    """Return the private names that are the package's own: methods, functions, attributes and slots."""
    names: set[str] = set()
    for path in _outside_the_client():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    names.add(name)
                case ast.Name(id=name, ctx=ast.Store()) | ast.AnnAssign(target=ast.Name(id=name)):
                    names.add(name)
                case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                    names.add(name)
                case ast.Constant(value=str(name)) if name.startswith("_"):
                    names.add(name)
                case _:
                    pass
    return {name for name in names if name.startswith("_")}


def _uses(path: Path, names: set[str]) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    where = path.relative_to(PACKAGE).as_posix()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=attribute) if attribute in names:
                yield f"{where}:{node.lineno} .{attribute}"
            case ast.Call(func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]):
                if name in names:
                    yield f"{where}:{node.lineno} getattr {name}"
            case ast.ImportFrom(module=str(module), names=imported) if module.startswith("ftrack_api"):
                private = [each.name for each in imported if each.name.startswith("_")]
                if private or any(part.startswith("_") for part in module.split(".")):
                    yield f"{where}:{node.lineno} from {module} import {private}"
            case _:
                pass


def _outside_the_client() -> list[Path]:
    skipped = ("client", "server")  # the server does not use ftrack_api at all
    return [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in skipped]


class TestPrivateNamesOfFtrackApi:
    @pytest.mark.promise("ftrack-api-internals-in-one-place")
    def test_they_are_used_in_one_folder_only(self) -> None:
        names = _private_names_of_ftrack_api() - _own_private_names()
        assert {"_merge", "_request", "_local_cache"} <= _private_names_of_ftrack_api(), "the search itself is broken"
        found = [use for path in _outside_the_client() for use in _uses(path, names)]
        assert found == []

    @pytest.mark.promise("ftrack-api-internals-in-one-place")
    def test_a_use_would_be_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        module = tmp_path / "wrong.py"
        module.write_text(
            "from ftrack_api.session import _x\nsession._configure_locations()\ngetattr(session, '_merge_entity')\n",
            encoding="utf-8",
        )
        monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
        names = {"_configure_locations", "_merge_entity"}
        assert len(list(_uses(module, names))) == 3

    @pytest.mark.promise("ftrack-api-internals-in-one-place")
    @pytest.mark.slow
    def test_the_server_does_not_import_ftrack_api(self) -> None:
        importing = [
            path.name
            for path in (PACKAGE / "server").rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if (isinstance(node, ast.Import) and any(each.name.startswith("ftrack_api") for each in node.names))
            or (isinstance(node, ast.ImportFrom) and str(node.module).startswith("ftrack_api"))
        ]
        assert importing == []

    @pytest.mark.promise("ftrack-api-changes-are-noticed")
    def test_ftrack_api_keeps_these_names(self) -> None:
        assert hasattr(ftrack_api.Session, "_merge")
        assert hasattr(ftrack_api.entity.base.Entity, "_reconstruct")
