"""Links are visible on both sides at once, and never doubled."""

from typing import Any

import pytest
from collection_tools import collection, ids, traces, versions
from fake_session import FakeSession, record

from trackteroid.collections import EntityCollectionOperationError
from trackteroid.entities import Shot


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def builds(session: FakeSession) -> Any:
    records = [record("AssetBuild", n, name=n, incoming_links=[], outgoing_links=[]) for n in "abc"]
    return collection(session, *records)


def kinds(session: FakeSession) -> list[tuple[str, str]]:
    return [(kind, type_name) for kind, type_name, _ in session.operations]


def test_links_show_on_both_sides_at_once(session: FakeSession, builds: Any) -> None:
    a, b, c = builds
    assert b.link_inputs(a).link_outputs(c) is b
    assert b.incoming_links.attribute("from").name == ["a"]
    assert b.outgoing_links.to.name == ["c"]
    assert a.outgoing_links.to.name == ["b"]
    assert c.incoming_links.attribute("from").name == ["b"]
    assert kinds(session) == [("create", "TypedContextLink")] * 2
    assert session.requests == []


@pytest.mark.promise("links-for-every-pair")
def test_exactly_the_links_are_sent(session: FakeSession, builds: Any) -> None:
    builds[1].link_inputs(builds[0]).commit()
    (sent,) = session.requests[0]
    assert (sent["entity_data"]["from_id"], sent["entity_data"]["to_id"]) == ("a", "b")


def test_linking_again_adds_nothing(session: FakeSession, builds: Any) -> None:
    a, b, c = builds
    b.link_inputs(a).link_inputs(a)
    a.link_outputs(b)
    assert len(session.operations) == 1
    b.link_inputs(a.union(c))
    assert b.incoming_links.attribute("from").name == ["a", "c"]
    assert len(session.operations) == 2


@pytest.mark.promise("linking-twice-is-linking-once")
def test_existing_links_are_asked_for_once(session: FakeSession) -> None:
    link = record("TypedContextLink", "l", from_id="a", to_id="b")
    session.answer("select incoming_links.from_id", [record("AssetBuild", "b", incoming_links=[link])])
    session.answer("select outgoing_links.from_id", [record("AssetBuild", "a", outgoing_links=[link])])
    a, b = collection(session, record("AssetBuild", "a"), record("AssetBuild", "b"))
    b.link_inputs(a)
    assert session.operations == []
    assert len(session.queries) == 2
    b.unlink_inputs(a)
    assert kinds(session) == [("delete", "TypedContextLink")]
    assert not a.outgoing_links
    assert not b.incoming_links


@pytest.mark.promise("unlinking-removes-that-link-only")
def test_unlinking_removes_only_those_links(session: FakeSession, builds: Any) -> None:
    a, b, c = builds
    b.link_inputs(builds[::2])
    b.unlink_inputs(c)
    assert b.incoming_links.attribute("from").name == ["a"]
    assert not c.outgoing_links
    c.unlink_outputs(a)
    b.link_inputs(c)
    assert b.incoming_links.attribute("from").name == ["a", "c"]


def test_versions_are_linked_too(session: FakeSession) -> None:
    two = versions(session, 1, 2, incoming_links=[], outgoing_links=[])
    two[0].link_outputs(two[1])
    assert ids(two[1].incoming_links.attribute("from")) == ["v1"]
    assert kinds(session) == [("create", "AssetVersionLink")]


@pytest.mark.promise("deleting-and-linking-nothing")
def test_linking_nothing_changes_nothing(session: FakeSession, builds: Any) -> None:
    assert builds.link_inputs(builds[5:]) is builds
    assert builds.unlink_outputs(builds[5:]) is builds
    assert session.operations == []


@pytest.mark.promise("contexts-and-versions-can-be-linked")
def test_what_cannot_be_linked_is_refused(session: FakeSession, builds: Any) -> None:
    with pytest.raises(EntityCollectionOperationError, match="Project has no outgoing_links"):
        builds.link_inputs(collection(session, record("Project", "p")))
    with pytest.raises(EntityCollectionOperationError, match="User has no incoming_links"):
        collection(session, record("User", "u")).link_inputs(builds)
    with pytest.raises(EntityCollectionOperationError, match="AssetVersionLink"):
        builds.link_inputs(versions(session, 1, incoming_links=[], outgoing_links=[]))
    with pytest.raises(EntityCollectionOperationError, match="different sessions"):
        builds.link_inputs(collection(FakeSession(), record("AssetBuild", "x")))
    with pytest.raises(EntityCollectionOperationError, match="different sessions"):
        builds.link_inputs(collection(FakeSession(), of="AssetBuild"))
    assert session.operations == []


class TestCommit:
    @pytest.mark.promise("links-show-at-once")
    def test_leaves_links_visible_on_both_sides(self, session: FakeSession, builds: Any) -> None:
        a, b, c = builds
        b.link_inputs(a).link_outputs(c).commit()
        assert b.incoming_links.attribute("from").name == ["a"]
        assert a.outgoing_links.to.name == ["b"]
        assert b.outgoing_links.to.name == ["c"]
        assert c.incoming_links.attribute("from").name == ["b"]
        session.requests.clear()
        b.link_inputs(a)
        assert session.operations == session.requests == []

    def test_leaves_links_between_new_entities_visible(self, session: FakeSession) -> None:
        shots = collection(session, record("Sequence", "q")).children[Shot]
        one, two = shots.create(name="one"), shots.create(name="two")
        one.link_outputs(two).commit()
        assert one.outgoing_links.to.name == ["two"]
        assert two.incoming_links.attribute("from").name == ["one"]

    def test_does_not_outlast_the_next_fetch(self, session: FakeSession, builds: Any) -> None:
        a, b, _ = builds
        b.link_inputs(a).commit()
        session.load(record("AssetBuild", "b", incoming_links=[]))
        assert not b.incoming_links

    def test_leaves_nothing_when_it_fails_and_is_rolled_back(
        self, session: FakeSession, builds: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a, b, _ = builds
        b.link_inputs(a)

        def refuse(_: Any) -> Any:
            raise RuntimeError("refused")

        with monkeypatch.context() as patch:
            patch.setattr(session, "call", refuse)
            with pytest.raises(RuntimeError, match="refused"):
                b.commit()
        assert b.incoming_links.attribute("from").name == ["a"], "still pending"
        session.rollback()
        assert not b.incoming_links
        assert not a.outgoing_links

    def test_of_unlinking_leaves_the_other_links(self, session: FakeSession, builds: Any) -> None:
        a, b, c = builds
        b.link_inputs(a).link_inputs(c).commit()
        b.unlink_inputs(a).commit()
        assert b.incoming_links.attribute("from").name == ["c"]
        assert not a.outgoing_links


def test_a_failure_in_the_middle_leaves_no_trace(
    session: FakeSession, builds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, make, allowed = traces(session), session.create, [True, False]

    def refuse(*arguments: Any, **options: Any) -> Any:
        if not allowed.pop(0):
            raise RuntimeError("refused")
        return make(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(session, "create", refuse)
        with pytest.raises(RuntimeError, match="refused"):
            builds[0].link_outputs(builds[1:])
    assert traces(session) == before
    assert not builds.outgoing_links


def test_links_that_came_without_their_ids_are_known_too(session: FakeSession) -> None:
    link = record("TypedContextLink", "l", **{"from": record("AssetBuild", "a", name="a")})
    b = collection(session, record("AssetBuild", "b", incoming_links=[link], outgoing_links=[]))
    a = collection(session, record("AssetBuild", "a", incoming_links=[], outgoing_links=[]))
    complete = record("TypedContextLink", "l", from_id="a", to_id="b")
    session.answer("select incoming_links.from_id", [record("AssetBuild", "b", incoming_links=[complete])])
    b.link_inputs(a)
    assert session.operations == [], "they are linked already"
