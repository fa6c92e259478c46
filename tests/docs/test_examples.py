"""Every example that the documentation promises is on a page, runs there, and shows its answer.

The examples are numbered as in the catalogue that `tests/server/test_demo_data_examples.py` provides the data for. That
the code runs and prints what the page shows is the business of `test_pages`; here is which example is where.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pytest

from docs.pages import DOCS, python_blocks, sections


@dataclass(frozen=True)
class Place:
    """Where an example is: page and anchor of the section, what its code has, and what stands in the shown output."""

    page: str
    anchor: str
    code: str
    shown: str


CRITERIA = "query/criteria.md"
TRANSFORMING = "collections/transforming.md"

EXAMPLES: dict[int, tuple[Place, ...]] = {
    # The first page
    1: (
        Place("index.md", "trackteroid", "group_and_map", "Found 9"),
        Place(
            "coming-from/ftrack_api.md", "a-question-with-an-answer-to-be-made-up", "parent[Folder]", "16.0: ['Aria']"
        ),
    ),
    # Queries
    2: (Place("query/index.md", "the-shortest-query", "get_first()", "EntityCollection[AssetVersion]{1}"),),
    3: (Place("query/index.md", "see-what-would-be-asked", "print(Query(AssetVersion))", "select id, asset.name"),),
    4: (Place("query/index.md", "see-what-would-be-asked", "AssetVersion.projections", "['id', 'asset.name'"),),
    5: (
        Place("query/projections.md", "projections", "version.comment", "[Symbol(NOT_SET)]"),
        Place("query/projections.md", "projections", 'projections=["comment"]', "['Hello World']"),
    ),
    6: (
        Place(
            "query/projections.md",
            "attributes-of-something-related",
            "asset.parent.project.name",
            "['DummyProject']",
        ),
    ),
    7: (
        Place("query/projections.md", "types-instead-of-paths", "version.Project.name", 'Performing query: "select id'),
        Place("query/projections.md", "types-instead-of-paths", "[Project.name]", "['DummyProject'] ['DummyProject']"),
    ),
    8: (Place(CRITERIA, "ids", ".by_id(first).by_id(second)", "EntityCollection[AssetVersion]{2}"),),
    9: (
        Place(CRITERIA, "criteria", '.by_name("SomeAsset").by_version(1, 2)', "2"),
        Place(CRITERIA, "negation", 'not_by_name("SomeAsset")', "180"),
    ),
    10: (Place(CRITERIA, "patterns", '"%Asset", "Some%", "%Asset%"', "['SomeAsset', 'SomeProp', 'SomeVehicle']"),),
    11: (
        Place(CRITERIA, "targets", 'by_name(Project, "DummyProject", "DummyProject2")', "10"),
        Place(CRITERIA, "targets", 'by_name("SomeAsset")', "3\n2"),
    ),
    12: (Place("query/terminators.md", "order", 'limit=8, order="descending", order_by="version"', "[24, 23, 22, 21"),),
    13: (Place("query/index.md", "which-session-which-relations", "schema=SCHEMA.default", "True"),),
    14: (Place("configuration.md", "relations", "session=Session(), schema=SCHEMA.vfx", "from AssetVersion"),),
    15: (Place("session/connecting.md", "several-sessions", "Query(AssetVersion, session=session)", "True"),),
    # Access to collections
    16: (
        Place("collections/index.md", "all-the-way-down", 'resource_identifier[0] or "Not existing"', "Not existing"),
        Place("collections/index.md", "all-the-way-down", "limit=10", "/mnt/projects"),
    ),
    17: (
        Place("collections/index.md", "items", "versions[0], versions[-1], versions[2:5]", "[AssetVersion]{3}"),
        Place("collections/index.md", "items", "versions[some_id]", "True"),
        Place("collections/index.md", "items", "contexts[Shot]", "EntityCollection[Shot]{"),
    ),
    18: (Place("collections/attributes.md", "types-as-shortcuts", "components.component_locations", "True /mnt"),),
    19: (Place("collections/attributes.md", "custom-attributes", "custom_frame_start", "[1006.0, 1001.0]"),),
    20: (
        Place("collections/index.md", "elements", "enumerate(versions", "0 EntityCollection[AssetVersion]{1}"),
        Place(TRANSFORMING, "map", "_v{version.version[0]:03}", "'SomeAsset_v001'"),
        Place(TRANSFORMING, "group", "versions.group(", "'SomeAsset': EntityCollection[AssetVersion]{2}"),
        Place(TRANSFORMING, "group_and_map", "versions.group_and_map(", "'AnotherAsset': [1, 2, 3]"),
        Place(TRANSFORMING, "partition", "versions.partition(", "{2} EntityCollection[AssetVersion]{3}"),
    ),
    21: (
        Place("collections/sets.md", "sets", "a.union(b)", "{4} [1, 2, 3, 4]"),
        Place("collections/sets.md", "sets", "a ^ b, a & b", "{2} EntityCollection[AssetVersion]{2}"),
    ),
    22: (
        Place(
            "collections/fetching.md",
            "more-attributes-of-the-same-entities",
            'fetch_attributes(Task.State.name, "versions")',
            "['Blocked']",
        ),
    ),
    23: (Place("collections/empty.md", "empty-collections", "not assets", "EmptyCollection[Asset] True"),),
    24: (Place("collections/empty.md", "a-fallback-at-the-end-of-the-line", "user.username or []", "['mira']\n[]"),),
    # Methods of collections
    25: (Place(TRANSFORMING, "apply", "Status.apply(lambda _: status)", "['In progress'] 5"),),
    26: (Place(TRANSFORMING, "apply", '(edited)", "comment")', "Cleaned up for delivery (edited)"),),
    27: (Place(TRANSFORMING, "count", '"character" in', "100\n65\n18"),),
    28: (Place(TRANSFORMING, "filter", '"aria_turntable" in', "EntityCollection[Asset]{1}"),),
    29: (Place(TRANSFORMING, "filter", "len(asset.AssetVersion) >= 10", "EntityCollection[Asset]{11}"),),
    30: (Place(TRANSFORMING, "fold", "Component.fold(0", "175.4 MB"),),
    31: (Place(TRANSFORMING, "group", "len(first.group(", "8"),),
    32: (Place(TRANSFORMING, "group", "State.name[0]", "'Done': EntityCollection[AssetVersion]{1}, 'In Progress'"),),
    33: (Place(TRANSFORMING, "group_and_map", 'by_publisher("noor")', "bc0040_comp_v003: Pending Review - nobody"),),
    34: (Place(TRANSFORMING, "group", "ObjectType.name", "Asset Build, Episode, Folder"),),
    35: (Place(TRANSFORMING, "map", "versions.map(", "'AnotherAsset_v003'"),),
    36: (Place(TRANSFORMING, "max-and-min", "comps.max(", "[3]"),),
    37: (Place(TRANSFORMING, "max-and-min", "assets.max(lambda asset: asset.AssetVersion.version)", "bc0020_comp"),),
    38: (Place(TRANSFORMING, "max-and-min", "comps.min(", "[1]"),),
    39: (Place(TRANSFORMING, "max-and-min", "assets.min(", "AssetLibrary"),),
    40: (Place(TRANSFORMING, "partition", '== "Done"', "(EntityCollection[Task]{11}, EntityCollection[Task]{89})"),),
    41: (Place(TRANSFORMING, "sort", "reverse=True", "[1, 2, 3]\n[3, 2, 1]"),),
    42: (Place(TRANSFORMING, "sort", "fold([], lambda names", "'SomeAsset', 'SomeAsset']"),),
    43: (
        Place("collections/sets.md", "difference", "b.difference(a)", "[3] [19]"),
        Place("collections/sets.md", "difference", "c.difference(b, a)", "[12] EmptyCollection[AssetVersion]"),
    ),
    44: (Place("collections/sets.md", "intersection", ".intersection(", "[6, 7]"),),
    45: (Place("collections/sets.md", "symmetric_difference", "a.symmetric_difference(b)", "[3, 19]"),),
    46: (Place("collections/sets.md", "union", ".union(pick(2, 3), pick(7))", "[1, 2, 3]\n[1, 2, 3, 7]"),),
    # Types of collections
    47: (Place("collections/types.md", "a-more-general-type", "TypedContext(folders).union(", "[TypedContext]{31}"),),
    48: (
        Place("collections/types.md", "attributes-that-lead-to-several-types", "parents[Project]", "[Project]{4}"),
        Place("collections/types.md", "attributes-that-lead-to-several-types", "ObjectType.name", "'Asset Build'"),
    ),
    49: (Place("collections/types.md", "a-more-specific-type", "contexts[Folder]", "{4} EntityCollection"),),
    # Changing things
    50: (
        Place("authoring/index.md", "assign-to-one-entity", "ComponentLocation[0].resource_identifier =", "elsewhere"),
        Place("authoring/index.md", "assign-to-all-of-them", "resource_identifier = [", "'third.exr'"),
        Place("authoring/index.md", "send-it", "SESSION.reconnect()", "['first.exr', 'second.exr', 'third.exr']"),
    ),
    51: (Place("authoring/notes.md", "notes", "version.Note = version.Note.union(note)", "'Internal': 2"),),
    52: (
        Place("authoring/links.md", "links", ".link_outputs(", "['Small Round Table'], ['Tall Oak Shelf']"),
        Place("authoring/links.md", "links", "table.union(sign)", "['Neon Sign', 'Small Round Table']"),
    ),
    53: (Place("authoring/deleting.md", "deleting", ".delete().commit()", "NoResultFoundError True"),),
    # Sessions
    54: (Place("session/index.md", "deferred-operations", "with SESSION.deferred_operations(", ""),),
    55: (Place("session/index.md", "deferred-operations", "reconnect_and_commit(operations_file)", "[1, 2, 3, 4]"),),
    56: (Place("session/index.md", "reusing-query-results", "again is versions", "True True"),),
    57: (Place("session/connecting.md", "several-sessions", "except EntityCollectionOperationError", "different"),),
    # Configuration
    58: (Place("configuration.md", "relations", 'os.environ["TRACKTEROID_CONFIGURATION"]', "resolver"),),
    59: (Place("configuration.md", "relations", "def RELATIONSHIPS_RESOLVER(api_version)", ""),),
    60: (Place("configuration.md", "relations", '"overrides": [', ""),),
    61: (Place("configuration.md", "relations", "SCHEMA.episodic", "['default', 'vfx', 'episodic'] episodic"),),
    62: (
        Place("configuration.md", "the-other-settings", "ALLOWED_FOR_DELETION_RESOLVER", "must not be deleted"),
        Place("configuration.md", "the-other-settings", "LOGGING_NAMESPACE", "studio.trackteroid.query"),
        Place("configuration.md", "the-other-settings", "WARN_ON_INJECT", "inject is used on Shot"),
    ),
}

PLACES = [pytest.param(place, id=f"{number}-{place.page}") for number, found in EXAMPLES.items() for place in found]


@functools.cache
def _sections(page: str) -> dict[str, str]:
    return sections((DOCS / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("place", PLACES)
def test_the_example_is_where_it_is_said_to_be(place: Place) -> None:
    section = _sections(place.page).get(place.anchor)
    assert section is not None, f"{place.page} has no section {place.anchor}; it has {sorted(_sections(place.page))}"
    blocks = list(python_blocks(section))
    assert place.code in "".join(block.code for block in blocks), f"{place.page}#{place.anchor} lacks {place.code!r}"
    shown = "".join(block.shown or "" for block in blocks)
    assert place.shown in shown, f"{place.page}#{place.anchor} does not show {place.shown!r}"


def test_every_example_has_a_place() -> None:
    assert sorted(EXAMPLES) == list(range(1, 63))
