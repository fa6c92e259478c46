"""What is known of the attributes of entity types before there is a connection: what the stub of this package says.

It is read when somebody asks for help or completes a name, and not before.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_TARGET = re.compile(r"_type\[_types\.(\w+)\]")
_PLAIN = re.compile(r"_Chain\[(.*)\]")
#: Where the stub keeps what can be reached from everything.
_ANYTHING = "_Anything"


class Live:
    """What the server says that the default session is connected to, once there is a connection."""

    @staticmethod
    def _nothing(_: str) -> Iterable[str]:
        return ()

    #: Returns the attributes and custom attributes of an entity type by name; nothing without a connection.
    attributes: Callable[[str], Iterable[str]] = _nothing


def attributes(type_name: str) -> Mapping[str, str]:
    """Return what the attributes of an entity type are: ``"str"``, or the name of the type they lead to."""
    return _declared().get(type_name, {})


def relations() -> tuple[str, ...]:
    """Return the names of the entity types that can be reached from others."""
    return tuple(sorted(_classes()[_ANYTHING][1]))


@cache
def _declared() -> Mapping[str, Mapping[str, str]]:
    classes = _classes()
    found: dict[str, Mapping[str, str]] = {_ANYTHING: {}}
    for name, (base, own) in classes.items():  # bases come first
        if name != _ANYTHING:
            found[name] = MappingProxyType(dict(sorted({**found.get(base, {}), **own}.items())))
    return MappingProxyType(found)


@cache
def _classes() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Return the base and the own attributes of each class of the stub."""
    tree = ast.parse(Path(__file__).with_name("__init__.pyi").read_text(encoding="utf-8"))
    classes: dict[str, tuple[str, Mapping[str, str]]] = {}
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or (node.name != _ANYTHING and node.name.startswith("_")):
            continue
        own: dict[str, str] = {}
        for each in node.body:
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.target.id[0] != "_":
                annotation = ast.unparse(each.annotation)
                target, plain = _TARGET.fullmatch(annotation), _PLAIN.fullmatch(annotation)
                if target:
                    own[each.target.id] = target[1]
                else:
                    own[each.target.id] = plain[1].replace("_Any", "Any") if plain else "Arrow"
        classes[node.name] = ast.unparse(node.bases[0]), own
    return classes
