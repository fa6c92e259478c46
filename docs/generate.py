"""The parts of the documentation that follow from the code and from other pages: tables of criteria, errors, names,
commands, the list of decisions.

python docs/generate.py

writes them into their pages, between ``<!-- generated: NAME -->`` and ``<!-- end -->``, and pages into notebooks. A
test fails while a page or a notebook shows anything else.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import compatibility
import schema_reference
import taken_along

import trackteroid
from trackteroid import Entity, entities, errors
from trackteroid.cli import main as command_line
from trackteroid.cli.ending import CODES
from trackteroid.entities.criteria import CriterionRule
from trackteroid.server import Limits
from trackteroid.server.auth.kinds import ACTIONS, EVERYBODY, KINDS, ROLES

FOLDER = Path(__file__).resolve().parent
_PART = re.compile(r"(?<=<!-- generated: )(?P<name>\w+) -->\n.*?(?=<!-- end -->)", re.DOTALL)


# Criteria


def criteria() -> Iterator[str]:
    """One table for each type that has criteria of its own, and which types have the same ones."""
    yield from _section("Every type", Entity.criteria.values())
    every = {name: getattr(trackteroid, name) for name in sorted(entities.__all__) if name != "Entity"}
    own = {name: _own_criteria(entity_type) for name, entity_type in every.items()}
    by_name = [name for name, rules in own.items() if _is_name_only(rules)]
    for name, rules in own.items():
        base = every.get(every[name].__base__.__name__)
        if not rules or name in by_name or (base is not None and rules == own[base.__name__]):
            continue
        yield from _section(name, rules)
        if same := [other for other in every if other != name and _inherits(every, own, other, name)]:
            yield f"The same for {_listed(same)}.\n"
    yield "## Types with a name only\n"
    yield "They have `by_name(*values)` on their `name`, with any target:"
    yield f"{_listed(by_name)}.\n"
    yield "All other types have what every type has."


def _own_criteria(entity_type: type[Entity]) -> list[CriterionRule]:
    return [rule for rule in entity_type.criteria.values() if Entity.criteria.get(rule.name) != rule]


def _is_name_only(rules: list[CriterionRule]) -> bool:
    return [(rule.name, rule.path, rule.targets) for rule in rules] == [("by_name", "name", ("Entity",))]


def _inherits(every: dict[str, type[Entity]], own: dict[str, list[CriterionRule]], name: str, base: str) -> bool:
    return issubclass(every[name], every[base]) and own[name] == own[base]


def _section(title: str, rules: Any) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| criterion | compares | targets |\n|---|---|---|"
    for rule in rules:
        yield f"| `{rule.name}({_arguments(rule)})` | {_compared(rule)} | {_targets(rule)} |"
    yield ""


def _arguments(rule: CriterionRule) -> str:
    match rule.kind:
        case "range":
            return ", ".join(bound.argument for bound in rule.bounds)
        case "day":
            return "date"
        case "flag":
            return "value"
        case "mapped":
            return "*dictionaries"
        case "json":
            return "*values" if rule.key else "*dictionaries"
        case "raw":
            return "*texts"
        case _:
            return "*values"


def _compared(rule: CriterionRule) -> str:
    if rule.kind == "raw":
        return "what the text says"
    prefix = f"{rule.on}." if rule.on else ""
    attributes = dict.fromkeys(prefix + bound.attribute for bound in rule.bounds) or [rule.path]
    return ", ".join(f"`{attribute}`" for attribute in attributes) + (f", key `{rule.key}`" if rule.key else "")


def _targets(rule: CriterionRule) -> str:
    return "any type" if rule.targets == ("Entity",) else ", ".join(rule.targets)


# Errors


def error_tree() -> Iterator[str]:
    """The tree of the module's documentation."""
    yield "```text"
    yield inspect.cleandoc((errors.__doc__ or "").partition("::")[2])
    yield "```"


def error_table() -> Iterator[str]:
    """Every error, what it means, and what else catches it."""
    yield "| error | what it means | also caught as |\n|---|---|---|"
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if issubclass(error, (errors.TrackteroidError, Warning)):
            yield f"| `{name}` | {_first_sentence(error)} | {', '.join(_foreign_bases(error))} |"


def _foreign_bases(error: type[BaseException]) -> list[str]:
    return [_qualified(base) for base in error.__bases__ if not issubclass(base, errors.TrackteroidError)]


def _qualified(base: type) -> str:
    module = base.__module__.partition(".")[0]
    return f"`{base.__name__}`" if module == "builtins" else f"`{module}` `{base.__name__}`"


# Names


def names() -> Iterator[str]:
    """What can be imported from the package, except entity types."""
    yield "| name | what it is |\n|---|---|"
    for name in sorted(set(trackteroid.__all__) - set(entities.__all__), key=lambda name: (name.casefold(), name)):
        value = getattr(trackteroid, name)
        yield f"| `{name}` | {_NAMES.get(name) or _first_sentence(value)} |"


_NAMES = {
    "__VERSION__": "The version of Trackteroid.",
    "ASSET_TYPES": "The server's kinds of assets, by name.",
    "CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY": "What the server's custom attributes accept, by key.",
    "OBJECT_TYPES": "The server's kinds of parts a project can have, by name.",
    "PROJECT_SCHEMAS": "The server's sets of rules for projects, by name.",
    "SCHEMA": "The configured sets of relations, by name.",
    "SESSION": "The session that queries use when they are given none.",
    "TASK_TYPES": "The server's kinds of tasks, by name.",
}


def entity_types() -> Iterator[str]:
    """The entity types, by subject."""
    found = [(getattr(trackteroid, name), name) for name in entities.__all__]
    keyed = sorted(((_subject(entity_type), name) for entity_type, name in found), key=lambda each: each)
    for subject, group in groupby(keyed, key=lambda each: each[0]):
        yield f"### {subject}\n"
        yield "| type | what it is |\n|---|---|"
        for _, name in group:
            yield f"| `{name}` | {_first_sentence(getattr(trackteroid, name))} |"
        yield ""


def _subject(entity_type: type[Entity]) -> str:
    module = inspect.getmodule(entity_type)
    name = module.__name__.rpartition(".")[2] if module else ""
    return {"base": "Any type", "review": "Review sessions", "system": "Server"}.get(name, name.capitalize())


# The API

#: The pages of the API: what they have, as modules with an `__all__` or as names of the package.
ROOMS: dict[str, tuple[str, ...]] = {
    "query": ("Query", "Criteria", "Criterion", "SCHEMA"),
    "collections": ("EntityCollection", "EmptyCollection", "Propagation"),
    "session": (
        "Session",
        "SESSION",
        "trackteroid.session.replace_ftrack_api_sessions",
        "trackteroid.operations",
        "__VERSION__",
    ),
    "tables": ("trackteroid.tables.Table", "trackteroid.plots"),
    "events": ("trackteroid.events", "trackteroid.events.webhooks.received", "trackteroid.events.log.LoggedEvent"),
    "entities": ("trackteroid.entities",),
    "server_lists": (
        "ASSET_TYPES",
        "CUSTOM_ATTRIBUTE_TYPE_COMPATIBILITY",
        "OBJECT_TYPES",
        "PROJECT_SCHEMAS",
        "TASK_TYPES",
    ),
    "errors": ("trackteroid.errors",),
    "testing": ("trackteroid.testing",),
    "server": ("trackteroid.server",),
}


def api(room: str) -> Iterator[str]:
    """What autodoc writes about the names of a room."""
    yield "```{eval-rst}"
    for path in api_names(room):
        yield from _directive(path)
    yield "```"


def api_names(room: str) -> list[str]:
    """Return the dotted names of a room."""
    return [path for each in ROOMS[room] for path in _dotted(each)]


def _dotted(name: str) -> list[str]:
    if name == "trackteroid.errors":
        every = inspect.getmembers(errors, inspect.isclass)
        return [f"{name}.{each}" for each, error in every if error.__module__ == name]
    if name == "trackteroid.entities":
        return [f"trackteroid.{each}" for each in ("Entity", *sorted(set(entities.__all__) - {"Entity"}))]
    if not name.startswith("trackteroid."):
        return [f"trackteroid.{name}"]
    module, _, last = name.rpartition(".")
    if not inspect.ismodule(getattr(import_module(module), last)):
        return [name]
    return [f"{name}.{each}" for each in import_module(name).__all__]


def _directive(path: str) -> Iterator[str]:
    module, _, name = path.rpartition(".")
    value = getattr(import_module(module), name)
    if name in _NAMES:
        yield f".. py:data:: {path}\n\n   {_NAMES[name]}\n"
    elif inspect.isclass(value):
        yield f".. auto{'exception' if issubclass(value, BaseException) else 'class'}:: {path}"
        if not (issubclass(value, Entity) and value is not Entity):
            yield "   :members:"
            yield f"   :inherited-members: {', '.join(_foreign(value))}"
        yield ""
    else:
        yield f".. auto{'function' if inspect.isroutine(value) else 'data'}:: {path}\n"


def _foreign(value: type) -> list[str]:
    """Return the bases that are not ours: their members have documentation of their own."""
    return [base.__name__ for base in value.__mro__ if not base.__module__.startswith("trackteroid")]


# Commands


def commands() -> Iterator[str]:
    """Every command of the command line and its options."""
    for path, command in _commands("trackteroid", command_line):
        yield f"## {' '.join([path, *_argument_names(command)])}\n\n{_help(command)}\n"
        options = [each for each in command.params if isinstance(each, click.Option)]
        if options:
            yield "| option | |\n|---|---|"
            for option in options:
                yield f"| `{_written(option)}` | {_described(option)} |"
            yield ""


def exit_codes() -> Iterator[str]:
    """What the exit codes of commands mean."""
    yield "| code | |\n|---|---|"
    for code, meaning in CODES.items():
        yield f"| {code} | {meaning} |"


def limits() -> Iterator[str]:
    """What one call may ask of a server."""
    yield "| option | field of `Limits` | default | |\n|---|---|---|---|"
    for limit in fields(Limits):
        option = f"--{limit.name.replace('_', '-')}"
        yield f"| `{option}` | `{limit.name}` | {limit.default:,} | {limit.metadata['help']} |"


def roles() -> Iterator[str]:
    """What the roles of a fresh server grant, and to whom they are given."""
    for role in ROLES:
        yield f"* **{role.name}**: {role.summary}."
    yield f"\n| kind | {' | '.join(role.name for role in ROLES)} | what it is |"
    yield f"|---|{'---|' * len(ROLES)}---|"
    for kind, what in KINDS.items():
        granted = (
            "".join(action[0] for action in ACTIONS if (kind, action) in {*role.permissions, *EVERYBODY}) or " "
            for role in ROLES
        )
        yield f"| `{kind}` | {' | '.join(granted)} | {what} |"


def _argument_names(command: click.Command) -> list[str]:
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    return [
        (each.metavar or str(each.name).upper()).rstrip(".") + ("..." if each.nargs == -1 else "") for each in arguments
    ]


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (each := command.get_command(context, name)) is not None:
                yield from _commands(f"{path} {name}", each)


def _written(option: click.Option) -> str:
    choices = " " + "/".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else ""
    return ", ".join([*option.opts, *option.secondary_opts]) + choices


def _described(option: click.Option) -> str:
    text = " ".join((option.help or "").split())
    if option.required:
        return f"{text} Required."
    if option.show_default and not option.is_flag:
        default = option.show_default if isinstance(option.show_default, str) else option.default
        return f"{text} Default: {default}."
    return text


def _help(command: click.Command) -> str:
    paragraphs = inspect.cleandoc(command.help or "").replace("\b\n", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


# Writing


def _first_sentence(value: object) -> str:
    text = " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())
    return text.replace("``", "`").replace("|", "\\|")


def _listed(every: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in every)


# Decisions


def decisions() -> Iterator[str]:
    """The titles of the records, each with its number."""
    for record in sorted((FOLDER / "decisions").glob("0*.md")):
        number, title = record.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(". ", 1)
        yield f"{number}. [{title}]({record.name})"


# Tasks

#: Lines and requests of the same tasks with the first edition; what it could not do has none.
_FIRST_EDITION = {
    "Publish a version and a component": "8 / 5",
    "Shots from the table of an editor": "12 / 6",
    "Statuses in bulk": "5 / 4",
    "Bids against logged time": "2 / 1",
    "The latest approved version of each asset": "2 / 1",
    "Apply a template": "5 / 4",
    "Copy a template": "failed",
    "A note with labels and recipients": "failed",
    "A review session from a list": "8 / 3",
    "One custom attribute from another": "6 / 5",
    "Delete a project": "4 / 11",
    "Move a build": "5 / 4",
    "Copy an asset with its versions": "13 / 6",
    "Components that belong to nothing": "1 / 1",
}


def counted_tasks() -> Iterator[str]:
    """How many lines and requests the programs of the page take. What they print is compared when they are run."""
    yield "| task, lines / requests | Trackteroid | `ftrack_api` | first edition |\n|---|---|---|---|"
    page = (FOLDER / "counted-tasks.md").read_text(encoding="utf-8")
    for title, section in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE):
        programs = re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        ours, theirs = (len([line for line in code.splitlines() if line.strip()]) for code in programs[:2])
        (asked,) = re.findall(r"^(\d+) and (\d+) requests$", section, re.MULTILINE)
        yield f"| {title} | {ours} / {asked[0]} | {theirs} / {asked[1]} | {_FIRST_EDITION[title]} |"


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    part.__name__: part
    for part in (
        *(criteria, error_tree, error_table, names, entity_types, commands, exit_codes, limits, roles, decisions),
        counted_tasks,
        *(compatibility.compatible_actions, compatibility.compatible_queries, compatibility.compatible_rules),
        *(compatibility.compatible_types, compatibility.partly, compatibility.refused),
    )
}
PARTS |= {f"api_{room}": partial(api, room) for room in ROOMS}
PARTS |= {f"schema_{domain}": partial(schema_reference.schema_page, domain) for domain in schema_reference.DOMAINS}


def pages() -> list[Path]:
    """The pages with generated parts."""
    return [page for page in sorted(FOLDER.rglob("*.md")) if _PART.search(page.read_text(encoding="utf-8"))]


def generated(page: str) -> str:
    """Return the text of a page with its generated parts as they should be."""
    return _PART.sub(lambda part: f"{part['name']} -->\n\n{_text(PARTS[part['name']]())}\n", page)


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    for each in pages():
        each.write_text(generated(each.read_text(encoding="utf-8")), encoding="utf-8")
    taken_along.write()
