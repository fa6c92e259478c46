"""Completing names and values where people type: in IPython and in notebooks.

What stands before the cursor is an expression to go on with, and is found without running anything but making queries.
What it gives is worked out from names, as far as they are known to be harmless. A query is made of
``Query(Shot).by_name("a")``, which asks nobody; ``.get_all()`` behind it gives shots, so it is not called.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from trackteroid.chains import Chain, is_chain, steps_of
from trackteroid.collections import EmptyCollection, EntityCollection
from trackteroid.entities import __all__ as entity_types
from trackteroid.entities import known
from trackteroid.entities.base import Entity, EntityType, entity_class, find_entity_class
from trackteroid.query import Query
from trackteroid.values import frozen

if TYPE_CHECKING:
    from typing import TypeGuard

import builtins
import threading
from collections.abc import Callable, Iterable

from trackteroid.query.help import names_for
from trackteroid.spelling import visible

#: How long somebody who presses the Tab key waits for a server, in seconds. What comes later is there the next time.
PATIENCE = 1.0
_OPEN, _CLOSED = "([{", ")]}"
_FOUND = ("get", "get_all", "get_first", "get_one")
_SAME = ("where", "inject")
#: Methods of collections that return some of the elements.
_PART = ("filter", "sort", "max", "min", "union", "difference", "intersection", "fetch_attributes")


def install() -> None:
    """Complete in the IPython that this runs in, if it runs in one; once is enough."""
    running: Any = getattr(builtins, "get_ipython", None)
    shell: Any = running() if running is not None else None
    completer: Any = getattr(shell, "Completer", None)
    matchers = getattr(completer, "custom_matchers", None)
    if matchers is not None and not any(isinstance(each, Matcher) for each in matchers):
        matchers.append(Matcher(shell))


class Matcher:
    """What IPython asks for completions, in the manner of its `CompletionContext` and `SimpleMatcherResult`."""

    matcher_api_version = 2
    matcher_priority = 100.0
    matcher_identifier = "trackteroid"

    def __init__(self, shell: Any) -> None:
        """Make it for the names of a shell."""
        self._shell = shell
        self.__qualname__ = self.__name__ = "trackteroid"

    def __call__(self, context: Any) -> dict[str, Any]:
        """Return what completes the text before the cursor; then nothing else does."""
        from IPython.core.completer import SimpleCompletion  # it is there: it asks

        lines = context.full_text.split("\n")
        before = "\n".join([*lines[: context.cursor_line], context.line_with_cursor[: context.cursor_position]])
        request = wanted(before)
        found = None if request is None else completions(request, self._shell.user_ns)
        if request is None or found is None:
            return {"completions": [], "suppress": False}
        kind = "attribute" if isinstance(request, Attribute) else "value"
        return {
            "completions": [SimpleCompletion(text=each, type=kind) for each in found],
            "suppress": bool(found) or isinstance(request, Attribute),  # all names of what is ours are known
            "matched_fragment": request.begun,
            "ordered": True,
        }


def completions(request: Attribute | Argument, names: Mapping[str, Any]) -> list[str] | None:
    """Return what may be meant, in order; None if what stands before it is nothing of ours.

    Args:
        request: what is begun.
        names: what the names in it stand for.
    """
    owner = evaluated(request.owner, names)
    if owner is None:
        return None
    if isinstance(request, Argument):
        return _values(owner, request, names)
    offered: Iterable[str]
    if isinstance(owner, Found):
        name = owner.entity_type.__name__
        offered = {*dir(EntityCollection), *known.attributes(name), *known.relations(), *known.Live.attributes(name)}
    elif is_query_class(owner):
        offered = dir(owner)
    else:
        kind: type[object] = type(owner)
        offered = within(lambda: dir(owner), dir(kind))
    begun = request.begun
    return sorted(each for each in offered if each.startswith(begun) and (begun.startswith("_") or each[:1] != "_"))


def _values(owner: object, request: Argument, names: Mapping[str, Any]) -> list[str] | None:
    """Return the values that a criterion may be given, as the server has them, in quotes; None if it is none."""
    if not is_query(owner) or not request.method.startswith(("by_", "not_by_")):
        return None
    if not getattr(owner.session, "connected", True):
        return []
    first = evaluated(request.before.partition(",")[0].strip(), names)
    target = type_of(first) if isinstance(first, EntityType) else None
    found = within(lambda: names_for(owner, request.method.removeprefix("not_"), target), ())
    quote = request.quote or '"'
    return [
        each if request.quote else f"{quote}{each}{quote}"
        for each in sorted(found)
        if each.casefold().startswith(request.begun.casefold())
        # It stands in a program as it is, and people see there what it is.
        if quote not in each and "\\" not in each and visible(each) == each
    ]


def within(ask: Callable[[], Iterable[str]], otherwise: Iterable[str]) -> Iterable[str]:
    """Return what *ask* returns, or *otherwise* if that takes long or fails."""
    answers: list[Iterable[str]] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception:  # noqa: BLE001  # whatever it is: who presses a key is not told of it in the middle of a line
            answers.append(otherwise)

    thread = threading.Thread(target=run, name="trackteroid-completion", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return answers[0] if answers else otherwise


@frozen
class Found:
    """Entities of a type, as a collection that is not there yet."""

    entity_type: type[Entity]


@frozen
class Attribute:
    """The beginning of an attribute: ``owner.begun``."""

    owner: str
    begun: str


@frozen
class Argument:
    """The beginning of an argument: ``owner.method(before, "begun``; without a quote, nothing of it is there yet."""

    owner: str
    method: str
    before: str
    quote: str
    begun: str


def wanted(text: str) -> Attribute | Argument | None:
    """Return what is begun at the end of a text, or None if that is neither an attribute nor an argument."""
    opened, quote, begins = _open_at_end(text)
    if quote is None:
        begun = re.search(r"\w*\Z", text)
        start = begun.start() if begun else len(text)
        if start and text[start - 1] == ".":
            owner = text[_start_of(text, start - 1) : start - 1].strip()
            return Attribute(owner, text[start:]) if owner else None
        begins = start
    if opened is None or text[opened] != "(" or (quote is None and text[begins:]):
        return None
    head = text[_start_of(text, opened) : opened].strip()
    owner, dot, method = head.rpartition(".")
    if not dot or not method.isidentifier():
        return None
    end = begins - len(quote or "")
    return Argument(owner, method, text[opened + 1 : end], quote or "", text[begins:])


def evaluated(text: str, names: Mapping[str, Any]) -> object | None:
    """Return what an expression gives: a query, an entity class, a path, a collection or `Found`; None if unknown."""
    try:
        tree = ast.parse(text.replace("\n", " "), mode="eval")
    except (SyntaxError, ValueError):
        return None
    return _Names(names).value(tree.body)


class _Names:
    """What names stand for, as far as these are ours, and what expressions of them give."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def value(self, node: ast.expr) -> object | None:
        """Return what an expression gives; None if unknown."""
        match node:
            case ast.Name(id=name):
                return self._of_ours(self._names.get(name))
            case ast.Attribute(value=ast.Name(id=module), attr=name) if (
                getattr(self._names.get(module), "__name__", "") == "trackteroid"
            ):
                return self._of_ours(getattr(self._names.get(module), name, None))
            case ast.Attribute(value=owner, attr=name):
                return self._read(self.value(owner), name)
            case ast.Subscript(value=owner, slice=index):
                return self._element(self.value(owner), self.value(index))
            case ast.Call(func=ast.Attribute(value=owner, attr=name)) if (found := self.value(owner)) is not None:
                return self._called(found, name)
            case ast.Call(func=function, args=[first, *_], keywords=keywords):
                made, asked = self.value(function), type_of(self.value(first))
                given = {
                    each.arg: self._names.get(each.value.id) for each in keywords if isinstance(each.value, ast.Name)
                }
                return Query(asked, session=given.get("session")) if is_query_class(made) and asked else None
            case _:
                return None

    @staticmethod
    def _of_ours(value: Any) -> object | None:
        is_class = isinstance(value, EntityType) or is_query_class(value)
        is_ours = is_class or isinstance(value, (Query, Chain, EntityCollection, EmptyCollection))
        return cast("object", value) if is_ours else None

    @staticmethod
    def _read(owner: object, name: str) -> object | None:
        """Return what reading an attribute gives, by its type: nothing is read."""
        entity_type = type_of(owner)
        if entity_type is None or isinstance(owner, Query):
            return None
        if name == "attributes" and not isinstance(owner, EntityType | Chain):
            return Found(entity_type)
        target = name if name in entity_types else known.attributes(entity_type.__name__).get(name, "")
        found = find_entity_class(target)
        if found is None or found is Entity:
            return None
        return found if isinstance(owner, EntityType | Chain) else Found(found)

    @staticmethod
    def _element(owner: object, index: object) -> object | None:
        entity_type = type_of(owner)
        if entity_type is None or isinstance(owner, Query):
            return None
        narrowed = type_of(index) if isinstance(index, EntityType) else entity_type
        return narrowed if isinstance(owner, EntityType | Chain) else narrowed and Found(narrowed)

    @staticmethod
    def _called(owner: object, name: str) -> object | None:
        if is_query(owner):
            is_criterion = name.removeprefix("not_") in owner.entity_type.criteria or name in _SAME
            return owner if is_criterion else Found(owner.entity_type) if name in _FOUND else None
        entity_type = type_of(owner)
        if entity_type is None or isinstance(owner, EntityType | Chain):
            return None
        return Found(entity_type) if name in _PART else None


def is_query(value: object) -> TypeGuard[Query[Any]]:
    """Return whether something is a query."""
    return isinstance(value, Query)


def is_query_class(value: object) -> TypeGuard[type[Query[Any]]]:
    """Return whether something is the class of queries, or one of these."""
    return isinstance(value, type) and issubclass(value, Query)


def type_of(value: object) -> type[Entity] | None:
    """Return the type of the entities that something is about."""
    if isinstance(value, EntityType):
        return entity_class(value.__name__)
    if is_chain(value):
        end = evaluated(".".join(steps_of(value)), {each: entity_class(each) for each in entity_types})
        return type_of(end) if isinstance(end, EntityType) else None
    return getattr(value, "entity_type", None)


def _open_at_end(text: str) -> tuple[int | None, str | None, int]:
    """Return where the innermost bracket is that is open at the end, the quote that is, and where its text begins."""
    brackets: list[int] = []
    quote, begins, at = None, 0, 0
    while at < len(text):
        letter = text[at]
        if quote is not None:
            if letter == "\\":
                at += 1
            elif letter == quote:
                quote = None
        elif letter in "'\"":
            quote, begins = letter, at + 1
        elif letter == "#":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif letter in _OPEN:
            brackets.append(at)
        elif letter in _CLOSED and brackets:
            brackets.pop()
        at += 1
    return brackets[-1] if brackets else None, quote, begins


def _start_of(text: str, end: int) -> int:
    """Return where the expression begins that ends at *end*: names, dots and what is in brackets behind names."""
    at = end
    while at > 0:
        letter = text[at - 1]
        if letter in _CLOSED:
            opens = (start for start in range(at - 2, -1, -1) if text[start] in _OPEN)
            opened = next((start for start in opens if _open_at_end(text[start:at])[:2] == (None, None)), None)
            if opened is None:
                break
            at = opened
        elif letter.isalnum() or letter in "_.":
            at -= 1
        else:
            break
    return at
