"""Queries that are sent together: any number of ids, in as few requests as the pages of the longest answer take."""

from __future__ import annotations

from typing import Any

import pytest

from demo_servers import demo_server
from trackteroid import Session
from trackteroid.client.hydration import together
from trackteroid.client.hydration.together import Asking, Plain, entities_of, records_of, texts_for
from trackteroid.testing import request_budget


class Pages:
    """A session that answers each query with as many numbers as its text says, page by page."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def _plain_call(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.calls.append(len(batch))
        return [self._answer(each["expression"].split()) for each in batch]

    def _answer(self, words: list[str]) -> dict[str, Any]:
        count, offset, limit = int(words[0]), int(words[2]), int(words[4])
        end = min(count, offset + limit)
        following = {"next": {"offset": end}} if end < count else {"next": {"offset": None}}
        return {"data": list(range(offset, end)), "metadata": following}


@pytest.mark.parametrize(
    ("counts", "calls"),
    [((), []), ((3,), [1]), ((0, 7, 25), [3, 1, 1]), ((1,) * 45, [20, 20, 5]), ((25, 25), [2, 2, 2])],
)
def test_everything_comes_in_order(counts: tuple[int, ...], calls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "PAGE", 10)
    session: Any = Pages()
    assert records_of(session, list(map(str, counts))) == [list(range(count)) for count in counts]
    assert session.calls == calls


def test_ids_are_split_and_occur_once() -> None:
    texts = texts_for("where id in ({ids})", [f"i{number % 2500}" for number in range(5000)])
    assert [text.count('"') // 2 for text in texts] == [1000, 1000, 500]
    assert texts_for("{ids}", ['a"b']) == ['"a\\"b"']
    assert texts_for("{ids}", []) == []


def asking(*rounds: int) -> Asking[list[int]]:
    """Ask for as many numbers as each of these says, one after the other, and return how many came."""
    found: list[int] = []
    for count in rounds:
        pages = yield [Plain(str(count))] if count else []
        found += map(len, pages)
    return found


@pytest.mark.parametrize(
    ("several", "calls"),
    [
        (((), ()), []),
        (((3,), (4,)), [2]),
        (((3, 5), (4,)), [2, 1]),
        (((3, 0, 5), (0, 4, 6)), [2, 2]),
        (((0,), (2, 2, 2)), [1, 1, 1]),
    ],
)
def test_what_several_ask_goes_in_one_request_after_the_other(
    several: tuple[tuple[int, ...], tuple[int, ...]], calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "can_hydrate", lambda _: True)
    session: Any = Pages()
    session._hydrate = list
    first, second = several
    found = together.ask(session, together.together(asking(*first), asking(*second)))
    assert found == ([each for each in first if each], [each for each in second if each])
    assert session.calls == calls


@pytest.mark.slow
def test_entities_are_those_of_the_session() -> None:
    server = demo_server()
    with Session(server_url=server) as session:
        shots = session.query("select name from Shot").all()
        texts = texts_for("select name, status.name from Shot where id in ({ids})", [each["id"] for each in shots[:5]])
        with request_budget(1):
            found, none = entities_of(session, [*texts, 'select name from Shot where name is "nothing"'])
        assert {id(each) for each in found} == {id(each) for each in shots[:5]}
        assert none == []
    server.close()
