"""The reference of the schema: what the entity types of the server in the box are made of, and pictures of them.

Everything follows from the declarations in `trackteroid.server.model`, by way of the schema that clients are served.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from trackteroid.display.graphs import Edge, Graph
from trackteroid.schema.types import AttributeSchema, Schema
from trackteroid.server.model import declarations, standard_model

#: The domains that entity types are declared in, in the order of the declarations.
DOMAINS: dict[str, str] = {
    "contexts": "Projects and their parts",
    "workflow": "Types, statuses, priorities",
    "schemas": "Project schemas",
    "publishing": "Assets, versions, components",
    "people": "People",
    "notes": "Notes",
    "lists": "Lists",
    "review": "Review sessions",
    "custom_attributes": "Custom attributes",
    "custom_attribute_links": "Links by custom attributes",
    "activity": "Events, jobs, calendars",
    "settings": "Settings, metadata, dashboards",
}


@functools.cache
def schema() -> Schema:
    """Return the schema that clients of a fresh server see."""
    return Schema.from_schemas(standard_model().served().schemas)


def types_of(domain: str) -> list[str]:
    """Return the names of the types of a domain that clients see, as they are declared."""
    return [each.name for each in _module(domain).TYPES if schema().find_type(each.name)]


def page_of(name: str) -> str:
    """Return the page that a type is on."""
    return next(f"{domain.replace('_', '-')}.md" for domain in DOMAINS if name in types_of(domain))


def schema_page(domain: str) -> Iterator[str]:
    """What a domain is, its picture, and a table for each of its types."""
    yield f"{inspect.cleandoc(_module(domain).__doc__ or '')}\n"
    if graph(domain).edges:
        yield f"```{{figure}} ../../_pictures/schema_{domain}.svg"
        yield ":alt: The types of this page, and the attributes that lead from one to another\n```\n"
    for name in types_of(domain):
        yield from _type(name)


def graph(domain: str) -> Graph:
    """Return the types of a domain, and which of them refer to which as single entities."""
    names = types_of(domain)
    edges = [
        Edge(name, attribute.target, attribute.name)
        for name in names
        for attribute in _own(name)
        if attribute.target in names and not attribute.is_many
    ]
    return Graph([end for edge in edges for end in (edge.start, edge.end)], edges)


def _module(domain: str) -> ModuleType:
    return import_module(f"{declarations.__name__}.{domain}")


def _own(name: str) -> list[AttributeSchema]:
    """Return the attributes that a type does not have from what it is a kind of."""
    base = _base(name)
    inherited = schema().type(base).attributes if base else {}
    return [each for each in schema().type(name).attributes.values() if inherited.get(each.name) != each]


def _base(name: str) -> str | None:
    return next((each for each in schema().lineage(name) if each != name), None)


def _type(name: str) -> Iterator[str]:
    declared, base = schema().type(name), _base(name)
    yield f"## {name}\n"
    if base:
        yield f"A kind of {_linked(base)}, with all that it has.\n"
    keys = ", ".join(f"`{key}`" for key in declared.primary_key)
    projections = ", ".join(f"`{each}`" for each in declared.default_projections) or "nothing"
    yield f"Key: {keys}. Without a choice, queries of the official client fetch {projections}.\n"
    if own := _own(name):
        yield "| attribute | value | |\n|---|---|---|"
        for attribute in own:
            yield f"| `{attribute.name}` | {_value(attribute)} | {', '.join(_notes(attribute))} |"
        yield ""


def _value(attribute: AttributeSchema) -> str:
    if attribute.target is None or schema().find_type(attribute.target) is None:
        return {"foreign_key": "id", "date-time": "moment"}.get(attribute.format or "", attribute.type or "any")
    many = {"collection": "any number of ", "mapped": "key and value, "}.get(attribute.kind, "")
    return many + _linked(attribute.target)


def _linked(name: str) -> str:
    return f"[{name}]({page_of(name)}#{name.lower()})"


def _notes(attribute: AttributeSchema) -> Iterator[str]:
    if attribute.required:
        yield "required"
    if attribute.immutable:
        yield "set once"
    if attribute.computed:
        yield "computed"
    if not attribute.projectable:
        yield "not for projections"
