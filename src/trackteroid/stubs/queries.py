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
    found: dict[str, dict[type[Entity], CriterionRule]] = {}  # by name, with the types that declare it anew
    for each in (Entity, *site.classes):
        for name, rule in each.criteria.items():
            if each is Entity or name not in base_of(each).criteria:
                found.setdefault(name, {})[each] = rule
    literals = "".join(f"_{name} = Literal[{', '.join(map(repr, names))}]\n" for name, names in site.names.items())
    bounds = "".join(
        f'_{name} = TypeVar("_{name}", bound="Asking[{" | ".join(f"_types.{each.__name__}" for each in owners)}]")\n'
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


def _methods(site: Site, name: str, owners: dict[type[Entity], CriterionRule]) -> Iterator[str]:
    """Yield the criterion and its opposite; what it compares by name it takes as literals, too."""
    rule = max(owners.values(), key=lambda each: bool(each.targets))  # one that takes a target, if any does
    kind, me = ("Self", "self") if Entity in owners else (f"_{name}", f"self: _{name}")
    ends = {
        site.schema.end(each.__name__, path)
        for each, own in owners.items()
        if site.schema.find_type(each.__name__) and own.kind == "values"
        for path, _, attribute in [own.path.rpartition(".")]
        if path and attribute == "name"
    }
    literals = " | ".join(f"_{end}" for end in sorted(filter(None, ends)) if end in site.names)
    arguments, parameters = [me], [*signature(rule).parameters.values()]
    for place, parameter in enumerate(parameters, start=1):
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is parameter.empty else " = None"
        arguments.append(f"{star}{parameter.name}: object{default}")
        only = parameter.POSITIONAL_ONLY
        if parameter.kind is only and all(following.kind is not only for following in parameters[place : place + 1]):
            arguments.append("/")
    for negated in (False,) if rule.kind == "raw" else (False, True):
        method = f"{'not_' if negated else ''}{name}"
        if literals:
            yield f"    @overload\n    def {method}({me}, *values: {literals}) -> {kind}: ...\n    @overload\n"
        yield f"    def {method}({', '.join(arguments)}) -> {kind}:\n"
        yield f'        """{_documentation(owners, negated)}\n        """\n\n'


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
