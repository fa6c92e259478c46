"""What a query asks for, as a tree: one node per relation, holding the attributes wanted of the entities there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from trackteroid.server.compiler.computed import is_obtainable
from trackteroid.server.compiler.sources import attribute_of, cast_type, present_name, relations_of, type_named
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import Path, Step
from trackteroid.server.model import Attribute, Collection, EntityType, Model, Reference, Scalar

#: What the rows of mapped collections always carry: clients would ask for each row's otherwise.
_MAPPED = ("key", "value", "parent_type")


@dataclass(slots=True)
class Node:
    """The attributes wanted of the entities at one place, and the relations to follow from there.

    A name may be wanted as a scalar and followed as a relation: on a base type, subtypes disagree about it.
    """

    type: EntityType
    names: dict[str, None] = field(default_factory=dict[str, None])
    children: dict[str, Node] = field(default_factory=dict[str, "Node"])

    def relation(self, model: Model, name: str, entity_type: EntityType) -> Reference | Collection | None:
        """Return the relation `name` of entities of `entity_type`; None where it is another one, or none."""
        attribute, child = entity_type.attributes.get(name), self.children.get(name)
        if child is None or not isinstance(attribute, Reference | Collection):
            return None
        return attribute if model.type(attribute.target).root is child.type.root else None

    def below(self) -> Iterable[Node]:
        """Yield all nodes under this one."""
        for child in self.children.values():
            yield child
            yield from child.below()


def projection_tree(model: Model, entity_type: EntityType, paths: Iterable[Path]) -> Node:
    """Return the tree of everything that `paths` ask of entities of `entity_type`."""
    root = Node(entity_type)
    for path in paths:
        _add(model, root, entity_type, path.steps)
    return root


def _add(model: Model, node: Node, entity_type: EntityType, steps: Sequence[Step]) -> None:
    """Note the first step at `node`, the rest below it. `entity_type` is the node's type or what it was cast to."""
    step, rest = replace(steps[0], name=present_name(entity_type, steps[0].name)), steps[1:]
    variants = _variants(model, entity_type, step.name)
    relations = relations_of(model, entity_type, step)
    for relation in relations:
        if relation.restricted:
            raise QueryError(f"{entity_type.name}.{step.name} cannot be projected; query its entities instead.")
        child = node.children.setdefault(step.name, Node(type_named(model, relation.target)))
        target = cast_type(model, relation.target, step.cast)
        if target.root is not child.type.root:
            raise QueryError(f"{entity_type.name}.{step.name} is asked for as {child.type.name} and as {target.name}.")
        if isinstance(relation, Collection) and relation.mapped:
            child.names.update(dict.fromkeys(name for name in _MAPPED if name in child.type.attributes))
        if rest:
            _add(model, child, target, rest)
    if not relations and (rest or step.cast):
        raise QueryError(f"{entity_type.name}.{step.name} is a plain value; it can be neither followed nor cast.")
    for variant in variants:
        if isinstance(variant, Scalar):
            _check_obtainable(entity_type, step.name, variant)
            node.names[step.name] = None


def _variants(model: Model, entity_type: EntityType, name: str) -> list[Attribute]:
    """Return what `name` is on `entity_type`, or everything it is on the subtypes."""
    attribute = attribute_of(model, entity_type, name)
    if name in entity_type.attributes:
        return [attribute]
    found = [subtype.attributes[name] for subtype in model.subtypes(entity_type) if name in subtype.attributes]
    return found or [attribute]


def _check_obtainable(entity_type: EntityType, name: str, attribute: Scalar) -> None:
    if not is_obtainable(name, attribute):
        raise QueryError(f"{entity_type.name}.{name} is not computed by this server.")


def needs_normalising(root: Node) -> bool:
    """Return whether an entity could turn up at several places, so that rows alone do not tell where it comes first."""
    tables: set[str] = set()
    for node in (root, *root.below()):
        if node.type.table in tables:
            return True
        tables.add(node.type.table)
    return any(_is_shared_collection(node, name) for node in (root, *root.below()) for name in node.children)


def _is_shared_collection(node: Node, name: str) -> bool:
    """Return whether `name` is a collection whose members, or what they refer to, may belong to several owners."""
    attribute = node.type.attributes.get(name)
    if isinstance(attribute, Reference):
        return False
    return attribute is None or bool(node.children[name].children) or not _has_one_owner(attribute)


def _has_one_owner(attribute: Attribute) -> bool:
    return isinstance(attribute, Collection) and attribute.through is None
