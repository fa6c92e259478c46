"""Write what tools that only read the source need to complete ``Query(Shot).``: one class per entity type.

Criteria are declarations, so nothing in the source is called ``by_name``. ``python docs/stubs.py`` writes the stub of
`trackteroid.query` from the declarations; a test compares the two.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from trackteroid import entities
from trackteroid.entities.base import Entity
from trackteroid.entities.criteria import CriterionRule
from trackteroid.query.help import description, signature

STUB = Path(__file__).parents[1] / "src" / "trackteroid" / "query" / "__init__.pyi"

HEAD = '''"""Generated from the declarations of the entity types, for completion: python docs/stubs.py."""

# pyright: reportInconsistentConstructor=false

from collections.abc import Callable
from typing import Any, NoReturn, overload

from ftrack_api.session import Session
from typing_extensions import Self

from trackteroid import entities
from trackteroid.constants import __VERSION__ as __VERSION__
from trackteroid.query.criteria import Criteria as Criteria
from trackteroid.query.criteria import Criterion as Criterion
from trackteroid.query.query import Query as _Query
from trackteroid.schema.entries import SCHEMA as SCHEMA
from trackteroid.schema.relations import SchemaEntry

RELATIONSHIPS_RESOLVER: Any

class Query(_Query):
'''

#: What returns the query itself, of its own class.
OWN = """    def where(self, *conditions: object, **named: NoReturn) -> Self: ...
    def __getattr__(self, name: str) -> Callable[..., Self]: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object) -> Self: ...
"""


def stub() -> str:
    """Return the text of the stub."""
    every: list[type[Entity]] = [getattr(entities, name) for name in entities.__all__]
    types = sorted(every, key=lambda each: (-len(each.__mro__), each.__name__))
    overloads = "".join(f"    @overload\n{_constructor(each)}" for each in types)
    classes = "\n".join(_class(each) for each in reversed(types))
    return f"{HEAD}{overloads}{OWN}\n{classes}"


def _constructor(entity_type: type[Entity]) -> str:
    name = entity_type.__name__
    return (
        f"    def __new__(\n        cls, entity_type: type[entities.{name}], "
        f"session: Session | None = None, schema: SchemaEntry | None = None\n    ) -> {name}Query: ...\n"
    )


def _class(entity_type: type[Entity]) -> str:
    base = entity_type.__mro__[1]
    parent = f"{base.__name__}Query" if issubclass(base, Entity) else "Query"
    inherited: Mapping[str, CriterionRule] = base.criteria if issubclass(base, Entity) else {}
    methods = "".join(_methods(entity_type, inherited))
    return f"class {entity_type.__name__}Query({parent}):\n{methods or '    ...' + chr(10)}"


def _methods(entity_type: type[Entity], inherited: Mapping[str, CriterionRule]) -> Iterator[str]:
    for name, rule in entity_type.criteria.items():
        if inherited.get(name) == rule:
            continue
        for negated in (False,) if name == "inject" else (False, True):
            head = f"def {'not_' if negated else ''}{name}({', '.join(_arguments(rule))}) -> Self"
            yield f'    {head}:\n        """{_documentation(entity_type.__name__, rule, negated)}"""\n\n'


def _documentation(type_name: str, rule: CriterionRule, negated: bool) -> str:
    text = description(type_name, rule, negated).replace(f"the {type_name} entities", "the entities")
    paragraphs = ("\n        ".join(textwrap.wrap(paragraph, 105)) for paragraph in text.split("\n\n"))
    return "\n\n        ".join(paragraphs) + "\n        "


def _arguments(rule: CriterionRule) -> Iterator[str]:
    yield "self"
    parameters = list(signature(rule).parameters.values())
    for place, parameter in enumerate(parameters):
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        yield f"{star}{parameter.name}: object{'' if parameter.default is parameter.empty else ' = None'}"
        following = parameters[place + 1].kind if place + 1 < len(parameters) else None
        if parameter.kind is parameter.POSITIONAL_ONLY and following is not parameter.POSITIONAL_ONLY:
            yield "/"


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
