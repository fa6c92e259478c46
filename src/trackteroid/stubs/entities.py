"""The stub of `trackteroid.entities`: a class for each entity type, with the paths to its attributes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from trackteroid.entities.base import Entity
from trackteroid.stubs.site import MOMENT, Site, base_of, leads_on

_HEAD = '''"""Generated from the schema of a server: {command}."""

# pyright: basic, reportIncompatibleVariableOverride=false

import datetime as _datetime
from builtins import type as _type
from typing import Any as _Any

from arrow import Arrow as _Arrow

from trackteroid import collections as _collections
from trackteroid import entities as _types
from trackteroid.chains import Chain as _Chain
from trackteroid.chains import Condition as _Condition
from trackteroid.collections import attributes as _attributes
from trackteroid.entities.base import Entity as Entity
from trackteroid.entities.base import entity_class as entity_class

__all__ = [{names}]

class _Moments(_Chain[_Arrow]):
    """A path to a moment, which is compared with moments, days and text."""

    def __eq__(self, other: object) -> _Any: ...
    def __ne__(self, other: object) -> _Any: ...
    def __lt__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def __le__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def __gt__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def __ge__(self, other: _Arrow | _datetime.date | str) -> _Condition: ...
    def before(self, moment: _Arrow | _datetime.date | str) -> _Condition: ...
    def after(self, moment: _Arrow | _datetime.date | str) -> _Condition: ...
    def between(self, start: _Arrow | _datetime.date | str, end: _Arrow | _datetime.date | str) -> _Condition: ...

class _Anything(Entity):
    """What can be reached from an entity of any type."""

'''


def entities_stub(site: Site, command: str) -> str:
    """Return the text of the stub; *command* is what writes it."""
    names = sorted(each.__name__ for each in (Entity, *site.classes))
    head = _HEAD.format(command=command, names=", ".join(f'"{name}"' for name in names))
    related = "".join(f"    {each.__name__}: _type[_types.{each.__name__}]\n" for each in site.classes)
    return head + related + "".join(_class(site, each) for each in site.classes)


def _class(site: Site, entity_type: type[Entity]) -> str:
    name, base = entity_type.__name__, base_of(entity_type)
    parent = "_Anything" if base is Entity else base.__name__
    return f"\nclass {name}({parent}):\n" + "".join(_body(site, entity_type))


def _body(site: Site, entity_type: type[Entity]) -> Iterator[str]:
    name = entity_type.__name__
    text = vars(entity_type).get("__doc__") or "A type that this server has."
    yield f'    """{inspect.cleandoc(text)}"""\n\n'
    yield f"    _create: _attributes._New{name}\n"
    for attribute, end in sorted(site.own[name].items()):
        yield f"    {attribute}: {end}\n"
        if attribute in site.mixed:
            yield f"    _read_{attribute}: {_read(end)}\n"


def _read(end: str) -> str:
    """Return what reading an attribute gives that other types have otherwise: collections cannot tell by themselves."""
    if leads_on(end):
        return f"_collections.EntityCollection[{end.removeprefix('_type[')}"
    value = "_Arrow" if end == MOMENT else end.removeprefix("_Chain[").removesuffix("]")
    return f"_collections.Values[{value}]"
