"""The stubs of `trackteroid.query`: the criteria that a query has, and what queries for a type are called."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import CriterionRule
from trackteroid.query.help import description, signature
from trackteroid.stubs.site import Site, base_of

_HEAD = '''"""Generated from the declarations of the criteria: {command}."""

# pyright: basic

from typing import Any as _Any
from typing import Generic, Literal, TypeVar, overload

from typing_extensions import Self
from typing_extensions import TypeVar as _TypeVar

from trackteroid import entities as _types

E_co = _TypeVar("E_co", bound=_types.Entity, covariant=True, default=_Any)
'''

_NAMED = '''"""Generated from the declarations of the entity types: {command}."""

# pyright: basic

from typing import TypeAlias

from trackteroid import entities as _types
from trackteroid.query.query import Query

def query_class(name: str) -> type[Query] | None: ...

'''


def criteria_stub(site: Site, command: str) -> str:
    """Return the text of the stub of `trackteroid.query.asking`; *command* is what writes it.

    Editors offer the names of a server where a criterion compares these. Other text is a pattern or computed.
    """
    found = _declared(site)
    literals = "".join(f"_{name} = Literal[{', '.join(map(repr, names))}]\n" for name, names in site.names.items())
    bounds = "".join(
        f'_{name} = TypeVar("_{name}", bound="Asking[{_union(owners)}]")\n'
        for name, owners in found.items()
        if Entity not in owners
    )
    head = _HEAD.format(command=command)
    body = "".join(method for name, owners in found.items() for method in _methods(site, name, owners))
    return (
        f"{head}{bounds}{literals}\nclass Asking(Generic[E_co]):\n"
        f'    """The criteria of queries; which ones a query has, depends on the entity type."""\n\n{body}'
    )


def named_stub(site: Site, command: str) -> str:
    """Return the text of the stub of `trackteroid.query.named`; *command* is what writes it."""
    names = sorted(each.__name__ for each in (Entity, *site.classes))
    public = "".join(f'    "{name}Query",\n' for name in names)
    listed = "".join(f"{name}Query: TypeAlias = Query[_types.{name}]\n" for name in names)
    return f"{_NAMED.format(command=command)}__all__ = [\n{public}]\n\n{listed}"


def _declared(site: Site) -> dict[str, dict[type[Entity], CriterionRule]]:
    """Return the criteria by name, each with the types that have it and where they are declared anew."""
    found: dict[str, dict[type[Entity], CriterionRule]] = {}
    for each in (Entity, *site.classes):
        for name, rule in each.criteria.items():
            inherited = base_of(each).criteria.get(name) if each is not Entity else None
            if inherited is None:
                found.setdefault(name, {})[each] = rule
    return found


def _union(owners: dict[type[Entity], CriterionRule]) -> str:
    return " | ".join(f"_types.{each.__name__}" for each in owners)


def _methods(site: Site, name: str, owners: dict[type[Entity], CriterionRule]) -> Iterator[str]:
    rule = max(owners.values(), key=lambda each: bool(each.targets))  # one that takes a target, if any does
    kind = "Self" if Entity in owners else f"_{name}"
    me = "self" if Entity in owners else f"self: _{name}"
    named = _named(site, owners)
    for negated in (False,) if rule.kind == "raw" else (False, True):
        arguments = ", ".join([me, *_arguments(rule)])
        if named:
            yield f"    @overload\n    def {'not_' if negated else ''}{name}({me}, *values: {named}) -> {kind}: ...\n"
            yield "    @overload\n"
        yield f"    def {'not_' if negated else ''}{name}({arguments}) -> {kind}:\n"
        yield f'        """{_documentation(owners, negated)}\n        """\n\n'


def _named(site: Site, owners: dict[type[Entity], CriterionRule]) -> str:
    """Return the literals of what a criterion compares by name; an empty text where it does not."""
    ends = {
        site.schema.end(each.__name__, path)
        for each, rule in owners.items()
        if site.schema.find_type(each.__name__) and rule.kind == "values"
        for path, _, attribute in [rule.path.rpartition(".")]
        if path and attribute == "name"
    }
    return " | ".join(f"_{end}" for end in sorted(filter(None, ends)) if end in site.names)


def _documentation(owners: dict[type[Entity], CriterionRule], negated: bool) -> str:
    types: dict[str, list[str]] = {}
    for each, rule in owners.items():
        text = description("{}", rule, negated)
        types.setdefault(text, []).append(each.__name__)
    paragraphs = [
        paragraph
        for text, names in types.items()
        for paragraph in text.replace("{} entities", f"entities of {', '.join(names)}").split("\n\n")
    ]
    wrapped = ("\n        ".join(textwrap.wrap(each.replace("of Entity ", ""), 105)) for each in paragraphs)
    return "\n\n        ".join(wrapped)


def _arguments(rule: CriterionRule) -> Iterator[str]:
    parameters = list(signature(rule).parameters.values())
    for place, parameter in enumerate(parameters):
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        yield f"{star}{parameter.name}: object{'' if parameter.default is parameter.empty else ' = None'}"
        following = parameters[place + 1].kind if place + 1 < len(parameters) else None
        if parameter.kind is parameter.POSITIONAL_ONLY and following is not parameter.POSITIONAL_ONLY:
            yield "/"
