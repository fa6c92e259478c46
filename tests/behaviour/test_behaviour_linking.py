"""Linking and deleting: what shows at once, what is sent, and what is still true after the commit."""

from __future__ import annotations

from typing import Any

import pytest
from behaviour_world import pending

from trackteroid import Appointment, AssetVersion, Query, Sequence, Session, Shot, User


class TestLinks:
    @pytest.fixture
    def three(self, author: Session, shot: Any) -> Any:
        shot.create_batch({"name": "sh020"}, {"name": "sh030"})
        author.commit()
        return Query(Shot, session=author).by_id(Sequence, *shot.parent.id).get_all(order_by="name")

    @pytest.mark.promise("links-show-at-once")
    def test_they_show_on_both_sides_at_once(self, author: Session, three: Any, stored: Any) -> None:
        assert three[1].link_inputs(three[0]).link_outputs(three[2]) == three[1]
        assert getattr(three[1].incoming_links, "from") == three[0]
        assert three[1].outgoing_links.to == three[2]
        assert three[0].outgoing_links == three[1].incoming_links
        author.commit()
        assert stored(three[1], "incoming_links.from_id") == three[0].id
        assert stored(three[0], "outgoing_links.to_id") == three[1].id

    @pytest.mark.promise("linking-twice-is-linking-once")
    def test_linking_twice_is_linking_once(self, author: Session, three: Any, stored: Any) -> None:
        three[1].link_inputs(three[0]).link_inputs(three[0])
        three[0].link_outputs(three[1])
        author.commit()
        assert stored(three[1], "incoming_links.from_id") == three[0].id

    @pytest.mark.promise("links-show-at-once")
    def test_they_still_show_after_a_commit(self, author: Session, three: Any) -> None:
        three[1].fetch_attributes("incoming_links")
        three[1].link_inputs(three[0])
        author.commit()
        assert getattr(three[1].incoming_links, "from") == three[0]

    @pytest.mark.promise("linking-twice-is-linking-once")
    def test_linking_again_after_a_commit_is_linking_once(self, author: Session, three: Any) -> None:
        three[1].link_inputs(three[0])
        author.commit()
        three[1].link_inputs(three[0])
        assert pending(author) == []

    @pytest.mark.promise("unlinking-removes-that-link-only")
    def test_unlinking_after_a_commit_removes_that_link_only(self, author: Session, three: Any, stored: Any) -> None:
        three[1].link_inputs(three[0] | three[2])
        author.commit()
        three[1].unlink_inputs(three[0])
        author.commit()
        assert stored(three[1], "incoming_links.from_id") == three[2].id

    @pytest.mark.promise("unlinking-removes-that-link-only")
    def test_unlinking_removes_that_link_only(
        self, author: Session, other: Session, three: Any, stored: Any, connect: Any
    ) -> None:
        three[1].link_inputs(three[0] | three[2])
        author.commit()
        with connect() as session:
            linked = Query(Shot, session=session).by_id(*three.id).get_all(order_by="name")
            linked[1].unlink_outputs(linked[0])
            assert pending(session) == []
            linked[1].unlink_inputs(linked[0])
            assert linked[1].incoming_links.from_id == three[2].id
            session.commit()
        assert stored(three[1], "incoming_links.from_id") == three[2].id

    @pytest.mark.promise("contexts-and-versions-can-be-linked")
    def test_versions_are_linked_too(self, author: Session, version: Any, stored: Any) -> None:
        newer = version.create(task=version.task)
        author.commit()
        newer.link_inputs(version)
        author.commit()
        assert stored(newer, "uses_versions.id") == version.id
        found = Query(AssetVersion, session=author).by_id(*newer.id).get_inputs()
        assert found == version


class TestDeleting:
    @pytest.mark.promise("delete-returns-the-session")
    def test_it_returns_the_session(self, author: Session, version: Any, other: Session) -> None:
        assert version.delete() is author
        author.commit()
        assert not Query(AssetVersion, session=other).by_id(*version.id).get_all()

    @pytest.mark.promise("deleted-entities-disappear-until-rollback")
    def test_deleted_entities_disappear_from_what_is_read(self, author: Session, version: Any) -> None:
        version.fetch_attributes("asset.versions")
        assert version in version.asset.versions
        version.delete()
        assert not version.asset.versions
        author.rollback()
        assert version in version.asset.versions

    @pytest.mark.promise("delete-returns-the-session")
    def test_what_was_just_created_can_be_deleted_by_query(self, author: Session, shot: Any) -> None:
        user = Query(User, session=author).get_first()
        shot.assignments.create(resource=user)
        author.commit()
        found = Query(Appointment, session=author).inject(f'context_id is "{shot.id[0]}"').get_all()
        found.delete().commit()
        assert not Query(Appointment, session=author).inject(f'context_id is "{shot.id[0]}"').get_all()
