"""The settings of a studio, and the entries of SCHEMA."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from query_tools import ListeningSession, query

import trackteroid.configuration as configuration
from trackteroid import AssetVersion, Metadata, Shot, Task
from trackteroid.constants import __VERSION__
from trackteroid.entities import entity_class
from trackteroid.errors import ConfigurationError, RelationError, UnknownSchemaEntryError
from trackteroid.schema.entries import SchemaEntries


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "configuration.py"


class TestTheFile:
    @pytest.mark.promise("defaults-without-a-file")
    def test_what_it_names_is_taken_and_the_rest_keeps_its_default(self, file: Path) -> None:
        file.write_text("LOGGING_NAMESPACE = 'studio'\nWARN_ON_INJECT = True\nSOMETHING_ELSE = 1\n", encoding="utf-8")
        settings = configuration.read(file)
        assert settings["LOGGING_NAMESPACE"] == "studio"
        assert settings["WARN_ON_INJECT"] is True
        assert settings["RELATIONSHIPS_RESOLVER"](api_version="1") == {}
        assert settings["ALLOWED_FOR_DELETION_RESOLVER"](session=None, type_name="Shot") is True
        assert settings["DEFAULT_PROJECTIONS_RESOLVER"](session=None, type_name="Shot") is None
        assert "SOMETHING_ELSE" not in settings

    @pytest.mark.promise("configuration-mistakes-are-reported-every-time")
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("1 / 0", "ZeroDivisionError"),
            ("raise KeyError('x')", "KeyError"),
            ("this is no python", "SyntaxError"),
            ("WARN_ON_INJECT = 'yes'", "WARN_ON_INJECT is 'yes', but has to be of type bool"),
            ("LOGGING_NAMESPACE = None", "LOGGING_NAMESPACE is None, but has to be of type str"),
            ("RELATIONSHIPS_RESOLVER = {}", "RELATIONSHIPS_RESOLVER is {}, but has to be a function"),
        ],
    )
    def test_mistakes_in_it_are_named(self, file: Path, content: str, message: str) -> None:
        file.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigurationError) as raised:
            configuration.read(file)
        assert message in str(raised.value)
        assert str(file) in str(raised.value)

    @pytest.mark.promise("configuration-mistakes-are-reported-every-time")
    @pytest.mark.parametrize("caught", [OSError, AssertionError, RuntimeError])
    def test_its_errors_are_what_existing_code_catches(self, tmp_path: Path, caught: type[Exception]) -> None:
        with pytest.raises(caught, match="not a file"):
            configuration.read(tmp_path / "missing.py")

    @pytest.mark.promise("configuration-is-one-python-file")
    def test_it_has_to_be_a_python_file(self, tmp_path: Path) -> None:
        other = tmp_path / "configuration.json"
        other.write_text("{}", encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r'ends with "\.py"'):
            configuration.read(other)

    @pytest.mark.promise("configuration-is-one-python-file")
    @pytest.mark.slow
    def test_it_is_found_through_the_environment_and_read_when_first_needed(self, file: Path) -> None:
        file.write_text("print('read'); LOGGING_NAMESPACE = 'studio'", encoding="utf-8")
        program = (
            "import trackteroid.query, trackteroid.configuration as configuration; print('imported');"
            "print(configuration.logger('query').name); print(configuration.LOGGING_NAMESPACE)"
        )
        assert _run(program, file) == ["imported", "read", "studio.query", "studio"]

    @pytest.mark.promise("configuration-mistakes-are-reported-every-time")
    def test_a_broken_one_fails_the_same_way_every_time(self, file: Path) -> None:
        file.write_text("print('read'); 1 / 0", encoding="utf-8")
        program = (
            "import trackteroid.configuration as configuration\n"
            "for name in ('WARN_ON_INJECT', 'LOGGING_NAMESPACE'):\n"
            "    try: getattr(configuration, name)\n"
            "    except Exception as error: print(type(error).__name__, 'ZeroDivisionError' in str(error))\n"
        )
        assert _run(program, file) == ["read", *["ConfigurationError True"] * 2]


def _run(program: str, file: Path) -> list[str]:
    environment = {
        **os.environ,
        "TRACKTEROID_CONFIGURATION": str(file),
        "PYTHONPATH": str(Path(configuration.__file__).parents[1]),
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_without_a_file_the_defaults_hold() -> None:
    assert configuration.LOGGING_NAMESPACE == "trackteroid"
    assert configuration.WARN_ON_INJECT is False
    assert configuration.logger("query").name == "trackteroid.query"
    with pytest.raises(AttributeError, match="LOGGING"):
        configuration.LOGGING  # noqa: B018  # pyright: ignore


RESOLVED: dict[str, Any] = {
    "entities": {
        "Task": {"Shot": "parent[Shot]", "Folder": ["parent[Folder]", "parent[Shot].parent[Folder]"]},
        "Shot": {"Folder": "parent[Folder]"},
    },
    "overrides": [
        {"name": "feature", "entities": {"Task": {"Shot": "parent[AssetBuild].parent[Shot]"}}},
        {"name": "series", "inherit": 0, "entities": {"Task": {"Episode": "parent[Shot].parent[Episode]"}}},
    ],
}


class TestResolvers:
    @pytest.fixture
    def settings(self, file: Path) -> dict[str, Any]:
        functions = ("RELATIONSHIPS_RESOLVER", "DEFAULT_PROJECTIONS_RESOLVER", "ALLOWED_FOR_DELETION_RESOLVER")
        file.write_text("".join(f"def {name}(**_): pass\n" for name in functions), encoding="utf-8")
        return configuration.read(file)

    def test_what_returns_nothing_configures_nothing(self, settings: dict[str, Any]) -> None:
        assert settings["RELATIONSHIPS_RESOLVER"](api_version="1") == {}
        assert settings["DEFAULT_PROJECTIONS_RESOLVER"](session=None, type_name="Shot") is None
        assert settings["ALLOWED_FOR_DELETION_RESOLVER"](session=None, type_name="Shot") is True

    def test_they_keep_their_names(self, settings: dict[str, Any]) -> None:
        assert settings["ALLOWED_FOR_DELETION_RESOLVER"].__name__ == "ALLOWED_FOR_DELETION_RESOLVER"


class TestDefaultProjections:
    @pytest.fixture
    def configured(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        def configure(resolver: Any) -> None:
            monkeypatch.setattr(configuration, "DEFAULT_PROJECTIONS_RESOLVER", resolver, raising=False)

        return configure

    def test_one_that_the_server_does_not_have_is_left_out_with_a_warning(
        self, configured: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        wrong = ["id", "nmae", "status.name", "status.nmae", "custom_fps", "Shot"]
        configured(lambda session, type_name: wrong if type_name == "Shot" else None)
        session = ListeningSession()
        query(Shot, session).get_all()
        query(Shot, session).get_all(["bid"])
        list(query(Shot, session).iterate())
        assert [text.partition(" from ")[0] for text in session.texts] == [
            "select id, status.name, custom_attributes",
            "select id, status.name, custom_attributes, bid",
            "select id, status.name, custom_attributes",
        ]
        warnings = [message for message in caplog.messages if "DEFAULT_PROJECTIONS_RESOLVER" in message]
        assert len(warnings) == 3, "once for each"
        assert 'DEFAULT_PROJECTIONS_RESOLVER, Shot: Shot has no attribute "nmae". Did you mean "name"?' in warnings[0]

    @pytest.mark.parametrize("nothing", [[], (), ["nmae"]], ids=repr)
    def test_without_any_the_key_is_asked_for(self, configured: Any, nothing: Any) -> None:
        configured(lambda session, type_name: nothing)
        session = ListeningSession()
        query(Shot, session).get_all()
        query(Metadata, session).get_all()
        assert [text.partition(" from ")[0] for text in session.texts] == ["select id", "select parent_id, key"]

    @pytest.mark.parametrize("wrong", ["name", {"name": "x"}, [1], 3, ["id", None]], ids=repr)
    def test_anything_but_a_list_of_paths_is_refused(self, configured: Any, wrong: Any) -> None:
        configured(lambda session, type_name: wrong if type_name == "Shot" else None)
        with pytest.raises(ConfigurationError, match=r"DEFAULT_PROJECTIONS_RESOLVER returned .* for Shot\. It has to"):
            query(Shot).get_all()
        query(Metadata).get_all()

    def test_one_that_fails_is_named(self, configured: Any) -> None:
        configured(lambda session, type_name: 1 / 0)
        with pytest.raises(ConfigurationError, match="failed with ZeroDivisionError for Shot"):
            query(Shot).get_all()


class TestEntries:
    def test_the_default_entry_has_the_relations_of_the_top_level(self) -> None:
        entries = SchemaEntries(lambda api_version: RESOLVED)
        assert entries.default.name == "default"
        assert entries.default.entities["Task"]["Shot"] == ("parent[Shot]",)
        assert entries.default.entities["Task"]["Folder"] == ("parent[Folder]", "parent[Shot].parent[Folder]")

    @pytest.mark.promise("overrides-inherit-by-default")
    def test_an_override_replaces_single_relations_and_inherits_the_others(self) -> None:
        feature = SchemaEntries(lambda api_version: RESOLVED).feature
        assert feature.entities["Task"]["Shot"] == ("parent[AssetBuild].parent[Shot]",)
        assert feature.entities["Task"]["Folder"] == ("parent[Folder]", "parent[Shot].parent[Folder]")
        assert feature.entities["Shot"]["Folder"] == ("parent[Folder]",)

    @pytest.mark.promise("overrides-inherit-by-default")
    def test_an_override_that_does_not_inherit_has_only_its_own(self) -> None:
        series = SchemaEntries(lambda api_version: RESOLVED)["series"]
        assert series["name"] == "series"
        assert {key: dict(value) for key, value in series.entities.items()} == {
            "Task": {"Episode": ("parent[Shot].parent[Episode]",)}
        }

    @pytest.mark.promise("schema-has-default-and-overrides")
    def test_an_override_called_default_replaces_the_default(self) -> None:
        resolved = {"entities": {}, "overrides": [{"name": "default", "entities": {"Task": {"Shot": "parent[Shot]"}}}]}
        assert SchemaEntries(lambda api_version: resolved).default.entities["Task"]["Shot"] == ("parent[Shot]",)

    @pytest.mark.promise("schema-has-default-and-overrides")
    def test_attribute_and_item_are_the_same(self) -> None:
        entries = SchemaEntries(lambda api_version: RESOLVED)
        assert entries.feature is entries["feature"]
        assert list(entries) == ["default", "feature", "series"]
        assert "feature" in dir(entries)

    @pytest.mark.promise("schema-has-default-and-overrides")
    @pytest.mark.parametrize("caught", [KeyError, AttributeError, UnknownSchemaEntryError])
    def test_unknown_entries_are_reported_with_suggestions(self, caught: type[Exception]) -> None:
        with pytest.raises(caught, match=r'no entry "featre".*"feature"'):
            SchemaEntries(lambda api_version: RESOLVED).featre  # noqa: B018

    @pytest.mark.promise("relations-are-configured-by-a-function")
    def test_the_resolver_is_called_once_with_the_version(self) -> None:
        calls: list[str] = []
        entries = SchemaEntries(lambda api_version: calls.append(api_version) or {})
        assert calls == []
        assert entries.default is entries.default
        assert calls == [__VERSION__]

    @pytest.mark.promise("configuration-mistakes-are-reported-every-time")
    @pytest.mark.parametrize(
        ("resolved", "message"),
        [
            ("relations.json", "the result has to be a dictionary"),
            ({"entities": []}, '"entities" has to be a dictionary'),
            ({"overrides": {}}, '"overrides" has to be a list'),
            ({"overrides": [{"entities": {}}]}, 'has no "name"'),
            ({"overrides": [{"name": "x"}]}, 'has no "entities"'),
        ],
    )
    def test_a_result_of_another_shape_is_reported_every_time(self, resolved: Any, message: str) -> None:
        entries = SchemaEntries(lambda api_version: resolved)
        for _ in range(2):
            with pytest.raises(ConfigurationError) as raised:
                entries["default"]
            assert message in str(raised.value)

    @pytest.mark.parametrize(
        "resolved",
        [None, {}, {"entities": None, "overrides": None}, {"entities": {"Task": None}}, {"overrides": []}],
        ids=repr,
    )
    def test_a_resolver_that_returns_nothing_configures_nothing(self, resolved: Any) -> None:
        entries = SchemaEntries(lambda api_version: resolved)
        assert list(entries) == ["default"]
        assert not any(entries.default.entities.values())

    def test_a_path_to_what_a_server_does_not_have_is_no_matter_for_other_queries(self) -> None:
        paths = {"AssetGroup": "asset.group", "Shot": "asset.parnet[Shot]", "Task": "task"}
        entry = SchemaEntries(lambda api_version: {"entities": {"AssetVersion": paths}}).default
        session = ListeningSession()
        group = entity_class("AssetGroup")
        ask = lambda: query(AssetVersion, session, entry)  # noqa: E731
        ask().by_name(Task, "x").where(AssetVersion.Project.name == "y").get_all([AssetVersion.Sequence.name])
        assert len(session.texts) == 1
        for use in (
            lambda: ask().by_name(group, "x"),
            lambda: ask().where(AssetVersion.AssetGroup.name == "x"),
            lambda: ask().get_all([group.name]),
            lambda: ask().get_all([group]),
            lambda: ask().explain(group),
        ):
            with pytest.raises(RelationError, match=r'schema "default", AssetVersion to AssetGroup: .*no entity type'):
                use()
        for use in (lambda: ask().by_name(Shot, "x"), lambda: ask().get_all([Shot.name])):
            with pytest.raises(RelationError, match=r'AssetVersion to Shot: .*no attribute "parnet".*"parent"'):
                use()
        assert len(session.texts) == 1

    @pytest.mark.parametrize("paths", [None, 1, [], "", ["task", None], {"task": 1}], ids=repr)
    def test_what_is_no_path_is_no_matter_for_other_queries(self, paths: Any) -> None:
        described = {"AssetVersion": {"Shot": paths, "Task": "task"}}
        for entry in (
            SchemaEntries(lambda api_version: {"entities": described}).default,
            SchemaEntries(lambda api_version: {"entities": described, "overrides": [{"name": "a", "entities": {}}]})[
                "a"
            ],
        ):
            query(AssetVersion, ListeningSession(), entry).by_name(Task, "x").get_all([AssetVersion.Sequence.name])
            with pytest.raises(RelationError, match="AssetVersion to Shot: it has to be a path or a list of paths"):
                query(AssetVersion, ListeningSession(), entry).by_name(Shot, "x").get_all()

    def test_what_leads_nowhere_is_no_matter_for_other_types(self) -> None:
        entry = SchemaEntries(
            lambda api_version: {"entities": {"Task": "Shot", "AssetVersion": {"Task": "task"}}}
        ).default
        query(AssetVersion, ListeningSession(), entry).by_name(Task, "x").get_all()
        with pytest.raises(RelationError, match=r"Task: it has to be a dictionary of paths .* but is 'Shot'"):
            query(Task, ListeningSession(), entry).by_name(Shot, "x").get_all()

    def test_an_override_may_correct_a_mistake(self) -> None:
        resolved = {
            "entities": {"AssetVersion": {"Task": None}},
            "overrides": [{"name": "right", "entities": {"AssetVersion": {"Task": "task"}}}],
        }
        entry = SchemaEntries(lambda api_version: resolved)["right"]
        assert 'task has (name is "x")' in str(query(AssetVersion, ListeningSession(), entry).by_name(Task, "x"))

    def test_relations_that_are_put_at_the_top_are_told(self, caplog: pytest.LogCaptureFixture) -> None:
        SchemaEntries(lambda api_version: {"Shot": {"Task": "children"}})["default"]
        assert '"Shot" is neither "entities" nor "overrides"' in caplog.text

    def test_a_resolver_that_fails_is_reported(self) -> None:
        def resolver(api_version: str) -> dict[str, Any]:
            raise OSError("no such file: relations.json")

        with pytest.raises(ConfigurationError, match=r"RELATIONSHIPS_RESOLVER failed with OSError: no such file"):
            SchemaEntries(resolver)["default"]
