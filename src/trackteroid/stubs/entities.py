"""The stubs of `trackteroid.entities` and of `trackteroid.collections.attributes`: types, and what collections have.

An entity type has the paths to its attributes. An attribute of a collection is looked up there:
``EntityCollection[Shot].name`` in ``Shot``, where it is a ``Chain[str]``; so it reads as ``Values[str]``. What has no
such attribute is told to have none.
"""

from __future__ import annotations

import inspect
from collections.abc import Set

from trackteroid.entities.base import Entity
from trackteroid.stubs.site import ANYTHING, MAPPING, MOMENT, Site, base_of, leads_on

#: What is given for new entities besides their attributes: made with them, see `change.notes`.
_PARTS = {"Note": ("attachments", "labels")}

_ENTITIES = '''"""Generated from the schema of a server: {command}."""

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
    head = _ENTITIES.format(command=command, names=", ".join(f'"{name}"' for name in names))
    related = "".join(f"    {each.__name__}: _type[_types.{each.__name__}]\n" for each in site.classes)
    parts = [head, related]
    for each in site.classes:
        name, base = each.__name__, base_of(each)
        text = inspect.cleandoc(vars(each).get("__doc__") or "A type that this server has.")
        parts.append(f"\nclass {name}({'_Anything' if base is Entity else base.__name__}):\n")
        parts.append(f'    """{text}"""\n\n    _create: _attributes._New{name}\n')
        for attribute, end in sorted(site.own[name].items()):
            parts.append(f"    {attribute}: {end}\n")
            if attribute in site.mixed:  # other types have it otherwise: collections cannot tell by themselves
                value = "_Arrow" if end == MOMENT else end.removeprefix("_Chain[").removesuffix("]")
                entity = f"_collections.EntityCollection[{end.removeprefix('_type[')}"
                parts.append(f"    _read_{attribute}: {entity if leads_on(end) else f'_collections.Values[{value}]'}\n")
    return "".join(parts)


_COLLECTIONS = '''"""Generated from the schema of a server: {command}."""

# pyright: basic, reportIncompatibleVariableOverride=false, reportInvalidTypeVarUse=false

from collections.abc import Sequence as _Sequence
from datetime import date as _date
from typing import Any as _Any
from typing import Generic, Protocol, TypeVar

from arrow import Arrow as _Arrow
from typing_extensions import TypedDict, Unpack
from typing_extensions import TypeVar as _TypeVar

from trackteroid import entities as _types
from trackteroid.chains import Chain as _Chain
from trackteroid.collections.collection import EntityCollection
from trackteroid.collections.missing import Values

E_co = _TypeVar("E_co", covariant=True, default=_Any)
_A_co = TypeVar("_A_co", covariant=True)
_T = TypeVar("_T")
_V = TypeVar("_V")

class _Creatable(Protocol[_A_co]):
    @property
    def _create(self) -> _A_co: ...

class Creator:
    def __get__(self, beside: Readable[_Creatable[_T]], owner: object, /) -> _T: ...

class _Related(Generic[_T]):
    def __get__(self, read: Readable[_Any], owner: object, /) -> EntityCollection[_T]: ...
    def __set__(self, changed: EntityCollection[_Any], value: object, /) -> None: ...

'''

_READABLE = '''
class Readable(Generic[E_co]):
    """Entities with attributes: what editors and checkers know of those of collections."""

'''
_ATTRIBUTED = '''
class Attributed(Readable[E_co]):
    """All attributes, also those that methods of collections hide."""

'''


def attributes_stub(site: Site, hidden: Set[str], command: str) -> str:
    """Return the text of the stub.

    Args:
        site: the server.
        hidden: the attributes that collections have methods instead of.
        command: what writes it.
    """
    names = [*site.ends]
    described = "".join(_descriptor(site, name) for name in names)
    shown = "".join(f"    {name}: _At_{name}\n" for name in names if name not in hidden)
    related = "".join(f"    {each.__name__}: _Related[_types.{each.__name__}]\n" for each in site.classes)
    rest = "".join(f"    {name}: _At_{name}\n" for name in names if name in hidden) or "    ...\n"
    created = "".join(_creation(site, each) for each in site.classes)
    head = _COLLECTIONS.format(command=command)
    return head + described + _READABLE + shown + related + _ATTRIBUTED + rest + created


def _descriptor(site: Site, name: str) -> str:
    """Return the class of an attribute: what has it in an entity type, and how it is read and set."""
    # One signature for each, without overloads: where there are several, pyright believes that what was set is read.
    ends, has = site.ends[name], name
    if name in site.mixed:
        has, held, read = f"_read_{name}", "_T", "_T"
    elif leads_on(ends[0]):
        held, read = "type[_T]", "EntityCollection[_T]"
    else:
        held, read = "_Chain[_V]", "Values[_V]"
    text = (
        f"class _Has_{name}(Protocol[_A_co]):\n    @property\n    def {has}(self) -> _A_co: ...\n\n"
        f"class _At_{name}:\n"
        f"    def __get__(self, read: Readable[_Has_{name}[{held}]], owner: object, /) -> {read}: ...\n"
    )
    if name in site.settable:
        # Mypy does not look at what is assigned where its type follows from the collection. So it is written out.
        given = dict.fromkeys(_given(end).removesuffix(" | None") for end in ends)
        value = "object" if "_Any" in given else f"{' | '.join(given)} | None"
        several = "" if value == "object" else f" | _Sequence[{value}]"
        changed = f"EntityCollection[_Has_{name}[_Any]]"
        text += f"    def __set__(self, changed: {changed}, value: {value}{several}, /) -> None: ...\n"
    return f"{text}\n"


def _creation(site: Site, entity_type: type[Entity]) -> str:
    name, base = entity_type.__name__, base_of(entity_type)
    parent = "TypedDict" if base is Entity else f"_{base.__name__}Values"
    own = site.own[name]
    inherited = _inherited(site, base)
    given = {each: _given(end) for each, end in own.items()} | dict.fromkeys(_PARTS.get(name, ()), "_Any")
    keys = "".join(f"    {each}: {value}\n" for each, value in sorted(given.items()) if each not in inherited)
    return (
        f"\nclass _{name}Values({parent}, total=False):\n{keys or '    ...' + chr(10)}"
        f"\nclass _New{name}:\n"
        f"    def __call__(self, **attributes: Unpack[_{name}Values]) -> EntityCollection[_types.{name}]:\n"
        f'        """Create one beside these entities, with the same parent, and return it alone."""\n'
    )


def _inherited(site: Site, entity_type: type[Entity]) -> set[str]:
    if entity_type is Entity:
        return set()
    return {*site.own[entity_type.__name__], *_inherited(site, base_of(entity_type))}


def _given(end: str) -> str:
    """Return what is given for an attribute of a new entity."""
    if end in (ANYTHING, MAPPING) or leads_on(end):
        return "_Any"
    value = "_Arrow | _date | str" if end == MOMENT else end.removeprefix("_Chain[").removesuffix("]")
    return f"{value} | None"
