"""What a query asks for, as a tree: one node per relation, holding the attributes wanted of the entities there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from trackteroid.server.compiler.columns import is_obtainable
from trackteroid.server.compiler.sources import attribute_of, cast_type, present_name, relations_of, type_named
from trackteroid.server.core.failures import QueryError
from trackteroid.server.language import Path, Step
from trackteroid.server.model import Collection, EntityType, Model, Reference, Scalar

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
    attribute = attribute_of(model, entity_type, step.name)
    # A base type may not have it: then it is everything that it is on the subtypes.
    of_subtypes = [each.attributes[step.name] for each in model.subtypes(entity_type) if step.name in each.attributes]
    variants = [attribute] if step.name in entity_type.attributes else of_subtypes or [attribute]
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
            if not is_obtainable(step.name, variant):
                raise QueryError(f"{entity_type.name}.{step.name} is not computed by this server.")
            node.names[step.name] = None


def needs_normalising(root: Node) -> bool:
    """Return whether an entity could turn up at several places, so that rows alone do not tell where it comes first."""
    tables: set[str] = set()
    for node in (root, *root.below()):
        if node.type.table in tables:
            return True
        tables.add(node.type.table)
        for name, child in node.children.items():
            attribute = node.type.attributes.get(name)
            has_one_owner = isinstance(attribute, Collection) and attribute.through is None
            # Members of a collection, or what they refer to, may belong to several owners.
            if not isinstance(attribute, Reference) and (child.children or not has_one_owner):
                return True
    return False
