"""The words that entity types are declared with.

An attribute is a frozen value; the functions at the bottom (`text`, `key`, `reference`, ...) are its short spellings,
so that a declaration reads like a table. Everything else (the served schema, the database tables, the query compiler
and the writer) reads these values and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, Literal

OnDelete = Literal["clear", "cascade", "refuse"]


class Missing(Enum):
    """The absence of a default, since ``None`` is a possible one."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING

#: The default the clients replace by a fresh UUID4.
FRESH_ID: Final = "{uid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What all attributes share.

    `alias` is the legacy name that events, system projections and old tools use. `computed` attributes are listed as
    such in the schema. `restricted` ones cannot be projected. `hidden` ones exist for the server only; those that are
    not `listed` work for clients that know of them although the schema does not show them.
    """

    alias: str | None = None
    required: bool = False
    immutable: bool = False
    computed: bool = False
    restricted: bool = False
    hidden: bool = False
    listed: bool = True
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar(Attribute):
    """One value. `type` is its JSON type; `stored` says whether a table column holds it or code computes it.

    `exact` text compares byte by byte and is what ids use; all other text compares without regard to case. Of `words`,
    which name things for programs, only ASCII letters do so.
    `transform` marks the attributes whose value is the name of an entity type. `fallback` is the value the server
    supplies when a client creates an entity without one; `default` is the one the schema tells, which Python clients
    send themselves. `same_as` names the stored attribute of which this one is another name.

    Values that are `is_datetime` are moments: UTC, whole seconds, kept as ISO 8601 text. Those that are `is_id` are the
    id of the entity itself or of another one.
    """

    type: str
    format: str | None = None
    default: Any = MISSING
    fallback: Any = MISSING
    enum: tuple[str, ...] | None = None
    transform: bool = False
    stored: bool = True
    exact: bool = False
    words: bool = False
    unique: bool = False
    indexed: bool = False
    same_as: str | None = None
    is_datetime: bool = field(init=False)
    is_id: bool = field(init=False)

    def __post_init__(self) -> None:
        """Settle what is asked of every value that comes or goes."""
        is_id = self.type == "string" and (isinstance(self, Key) or (self.exact and self.default == FRESH_ID))
        object.__setattr__(self, "is_datetime", self.format == "date-time")
        object.__setattr__(self, "is_id", is_id)

    @property
    def folds(self) -> bool:
        """Whether its folding is stored beside the text, for comparing it: what people write, in any letters."""
        return self.stored and self.type == "string" and not (self.exact or self.words or self.enum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(Scalar):
    """The id of another entity. `on_delete` says what becomes of the holder when that entity is deleted.

    `target` names an entity type; None is a key to any of several families (``Note.parent_id``), for which the
    database cannot check anything and the collections of the owners say who holds whom. `derived` keys follow from what
    a row is on: nothing looks rows up by them.
    """

    target: str | None
    on_delete: OnDelete = "clear"
    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Attribute):
    """One other entity, found through the key attributes `keys` of the holder.

    The referenced row may be of another type of the same family than `target` says (``AssetVersion.task`` may be a
    shot); `narrow` references are null then.
    """

    target: str
    keys: tuple[str, ...]
    narrow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """A many-to-many relation: rows of the entity type `link`, whose `own` key is the holder and `other` the member."""

    link: str
    own: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection(Attribute):
    """Many other entities: the rows of `target` whose `by` key is the holder, or those linked `through` a table.

    `where` restricts the rows by constant values, None being null. `mapped` collections are the key/value ones. Rows
    may be of other types of the target's family, unless the collection is `narrow` (``ancestors`` are typed contexts,
    never the project).
    """

    target: str
    by: str | None = None
    through: Through | None = None
    where: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    mapped: bool = False
    narrow: bool = False
    read_only: bool = False


def text(**options: Any) -> Scalar:
    """Return text, compared without regard to case."""
    return Scalar(type="string", **options)


def number(**options: Any) -> Scalar:
    """Return an attribute that is a floating point number."""
    return Scalar(type="number", **options)


def integer(**options: Any) -> Scalar:
    """Return an attribute that is a whole number."""
    return Scalar(type="integer", **options)


def boolean(**options: Any) -> Scalar:
    """Return an attribute that is true or false."""
    return Scalar(type="boolean", **options)


def datetime(**options: Any) -> Scalar:
    """Return an attribute that is a moment in UTC, in whole seconds."""
    return Scalar(type="string", format="date-time", exact=True, **options)


def json_text(**options: Any) -> Scalar:
    """Return text that holds JSON."""
    return Scalar(type="string", format="json", **options)


def variable(**options: Any) -> Scalar:
    """Return any JSON value; its real type is a matter of data (custom attributes)."""
    return Scalar(type="variable", **options)


def object_(**options: Any) -> Scalar:
    """Return a JSON object."""
    return Scalar(type="object", **options)


def entity_type_name(**options: Any) -> Scalar:
    """Return the name of an entity type, such as ``Shot`` in ``Note.parent_type``."""
    return Scalar(type="string", transform=True, exact=True, **options)


def identifier(**options: Any) -> Scalar:
    """Return the id of the entity itself: lower-case UUID text that the clients make."""
    settings: dict[str, Any] = {"required": True, "immutable": True, "default": FRESH_ID, "exact": True}
    return Scalar(type="string", **(settings | options))


def key(target: str | None, **options: Any) -> Key:
    """Return the id of another entity, of the type `target`."""
    settings: dict[str, Any] = {"type": "string", "format": "foreign_key", "exact": True, "indexed": True}
    return Key(target=target, **(settings | options))


def reference(target: str, keys: str | tuple[str, ...], **options: Any) -> Reference:
    """Return another entity of the type `target`, whose id is held by the attribute(s) `keys`."""
    return Reference(target=target, keys=(keys,) if isinstance(keys, str) else keys, **options)


def collection(target: str, by: str | None = None, **options: Any) -> Collection:
    """Return the entities of type `target` whose key `by` holds this entity's id."""
    return Collection(target=target, by=by, **options)


def mapped(target: str, by: str | None = None, **options: Any) -> Collection:
    """Return a key/value collection."""
    return Collection(target=target, by=by, mapped=True, **options)


def linked(target: str, link: str, own: str, other: str, **options: Any) -> Collection:
    """Return the entities of type `target` whose ids stand in `other` beside this one's in `own`, in rows of `link`."""
    return Collection(target=target, through=Through(link=link, own=own, other=other), **options)
