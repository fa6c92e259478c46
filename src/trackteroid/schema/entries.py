"""SCHEMA: the relations a studio configured, by name."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from trackteroid import configuration
from trackteroid.constants import __VERSION__
from trackteroid.display import tables
from trackteroid.errors import ConfigurationError, UnknownSchemaEntryError, nearest, suggest
from trackteroid.schema.relations import SchemaEntry
from trackteroid.tables import Column, Table

Entities = Mapping[str, Mapping[str, tuple[str, ...]]]
Mistakes = Mapping[tuple[str, str], str]
_KNOWN = {"entities", "overrides"}


class SchemaEntries:
    """The entries of a configuration: ``SCHEMA.default`` and one per override, as ``SCHEMA.vfx`` or ``SCHEMA["vfx"]``.

    They are made from what ``RELATIONSHIPS_RESOLVER`` returns when the first one is asked for.
    """

    def __init__(self, resolver: Any = None) -> None:
        self._resolver = resolver
        self._lock = threading.Lock()
        self._entries: dict[str, SchemaEntry] | ConfigurationError | None = None

    #: What is configured without an override. It is set when the entries have been made, for each query asks for it.
    default: SchemaEntry

    def __getattr__(self, name: str) -> SchemaEntry:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> SchemaEntry:
        known = self._load()
        if name not in known:
            raise UnknownSchemaEntryError(
                f'SCHEMA has no entry "{name}".{suggest(name, known)} It has: {", ".join(known)}. '
                f'More come from the "overrides" of RELATIONSHIPS_RESOLVER.',
                name=name,
                near=nearest(name, known),
            )
        return known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._load()]

    def __repr__(self) -> str:
        return f"<SCHEMA: {', '.join(self)}>"

    def _repr_html_(self) -> str:
        rows = [
            (name, source, target, path)
            for name in self
            for source, targets in self[name].entities.items()
            for target, paths in targets.items()
            for path in paths
        ]
        names = [Column(name) for name in ("entry", "from", "to", "path")]
        notes = [f"Entries: {', '.join(self)}. Paths that are not configured are found by themselves."]
        return tables.html_of(Table.of("configured paths", names, rows, notes=notes, one="configured path"), rows=100)

    def _load(self) -> dict[str, SchemaEntry]:
        with self._lock:
            if self._entries is None:
                try:
                    resolver: Any = self._resolver or configuration.RELATIONSHIPS_RESOLVER
                    try:
                        resolved = resolver(api_version=__VERSION__)
                    except Exception as error:
                        raise ConfigurationError(
                            f"RELATIONSHIPS_RESOLVER failed with {type(error).__name__}: {error}"
                        ) from error
                    self._entries = entries_of({} if resolved is None else resolved)
                    self.default = self._entries["default"]
                except ConfigurationError as error:
                    self._entries = error
            if isinstance(self._entries, ConfigurationError):
                raise self._entries.with_traceback(None)
            return self._entries


def entries_of(resolved: object) -> dict[str, SchemaEntry]:
    """Return the entries described by the result of a ``RELATIONSHIPS_RESOLVER``.

    Raises:
        ConfigurationError: the result does not have the documented shape.
    """
    top = _mapping(resolved, "the result")
    for key in top.keys() - _KNOWN:
        configuration.logger("query").warning(
            'RELATIONSHIPS_RESOLVER: "%s" is neither "entities" nor "overrides", so it configures nothing. Put '
            'relations between types under "entities".',
            key,
        )
    default, mistakes = _entities(_given(top, "entities", {}), '"entities"')
    entries = {"default": SchemaEntry("default", default, mistakes)}
    overrides = _given(top, "overrides", [])
    if not isinstance(overrides, (list, tuple)):
        raise _misshapen('"overrides"', "a list", overrides)
    for override in cast("list[object]", overrides):
        entry = _override(override, entries["default"])
        entries[entry.name] = entry
    return entries


def _given(described: Mapping[str, object], key: str, default: object) -> object:
    """Return what is described under a key; as in JSON, nothing may be written as null."""
    found = described.get(key)
    return default if found is None else found


def _override(described: object, default: SchemaEntry) -> SchemaEntry:
    override = _mapping(described, "an override")
    for key in ("name", "entities"):
        if key not in override:
            raise ConfigurationError(f'RELATIONSHIPS_RESOLVER: the override {override!r} has no "{key}". Add it.')
    name = str(override["name"])
    own, mistakes = _entities(override["entities"], f'"entities" of the override "{name}"')
    if not override.get("inherit", True):
        return SchemaEntry(name, own, mistakes)
    sources = dict.fromkeys([*default.entities, *own])
    merged = {source: {**default.entities.get(source, {}), **own.get(source, {})} for source in sources}
    inherited = {place: said for place, said in default.mistakes.items() if place[1] not in own.get(place[0], ())}
    return SchemaEntry(name, _frozen(merged), {**inherited, **mistakes})


def _entities(described: object, where: str) -> tuple[Entities, Mistakes]:
    """Return the paths by the types they lead from and to, and what else is there in their place, in words.

    A mistake in one relation does not affect the others; it is reported when that relation is needed.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    mistakes: dict[tuple[str, str], str] = {}
    for source, targets in _mapping(described, where).items():
        if isinstance(targets, Mapping):
            found[source] = {}
            for target, paths in cast("Mapping[str, object]", targets).items():
                if read := _paths(paths):
                    found[source][target] = read
                else:
                    mistakes[source, target] = f"it has to be a path or a list of paths, but is {paths!r}."
        elif targets is not None:
            mistakes[source, ""] = f"it has to be a dictionary of paths by the types they lead to, but is {targets!r}."
    return _frozen(found), mistakes


def _frozen(entities: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Entities:
    return MappingProxyType({source: MappingProxyType(paths) for source, paths in entities.items()})


def _paths(described: object) -> tuple[str, ...]:
    """Return the paths that are described; none if something else is."""
    paths = (described,) if isinstance(described, str) else described
    if isinstance(paths, (list, tuple)):
        found = cast("tuple[object, ...]", tuple(paths))  # pyright: ignore[reportUnknownArgumentType]  # any list
        if all(isinstance(path, str) and path for path in found):
            return cast("tuple[str, ...]", found)
    return ()


def _mapping(described: object, where: str) -> Mapping[str, object]:
    if not isinstance(described, Mapping):
        raise _misshapen(where, "a dictionary", described)
    return cast("Mapping[str, object]", described)


def _misshapen(where: str, expected: str, found: object) -> ConfigurationError:
    return ConfigurationError(f"RELATIONSHIPS_RESOLVER: {where} has to be {expected}, but is {found!r}.")


SCHEMA = SchemaEntries()
"""The relations this configuration offers to queries."""
