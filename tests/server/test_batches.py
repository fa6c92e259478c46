"""Bodies that are read piece by piece are read as a whole would be."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trackteroid.server.core.batches import _most, _weight, read_batch
from trackteroid.server.core.failures import Failure, LimitError, ValidationError
from trackteroid.server.core.options import Limits

LIMITS = Limits()
#: Texts that look like ends of operations, and others.
TEXTS = st.one_of(
    st.sampled_from(["},", '"},{"', "\\", '\\"},', "]", "{", "\u00e9", "\U0001f600"]), st.text(max_size=9)
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e9, 1e9), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
BATCHES = st.lists(st.one_of(st.dictionaries(TEXTS, VALUES, max_size=4), VALUES), max_size=8)
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" \n,\t", " :")])


def as_json(text: bytes) -> Any:
    """What the standard library makes of a text, if it is a list."""
    try:
        found = json.loads(text, parse_constant=lambda name: json.loads(f"<{name}"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None  # pyright: ignore[reportUnknownVariableType] -- of any kind


def in_pieces(text: bytes | bytearray, piece: int) -> Any:
    try:
        return read_batch(text, LIMITS, piece=piece)
    except ValidationError:
        return None


@settings(max_examples=100, deadline=None)
@given(BATCHES, SEPARATORS, st.booleans(), st.integers(1, 40))
def test_a_body_in_pieces_is_what_the_whole_is(
    batch: list[Any], separators: tuple[str, str], is_ascii: bool, piece: int
) -> None:
    text = json.dumps(batch, separators=separators, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    expected = as_json(text)
    if b"\xed" in text or rb"\ud" in text:  # half a character, or one of two halves: not everybody reads these
        expected = in_pieces(text, len(text))
    assert in_pieces(text, piece) == expected
    rest = bytearray(text)
    assert in_pieces(rest, piece) == expected


@settings(max_examples=100, deadline=None)
@example([{"a": 1}, {"b": 2}], 9, b"", 1)
@example([{"a": 1}, {"b": 2}], 17, b",", 1)
@example([{"a": 1}, {"b": 2}], 8, b"]", 1)
@given(
    BATCHES, st.integers(0, 200), st.sampled_from([b"", b",", b"]", b"[", b"}", b"{", b'"', b"},"]), st.integers(1, 40)
)
def test_what_is_no_json_as_a_whole_is_none_in_pieces(batch: list[Any], place: int, put: bytes, piece: int) -> None:
    text = json.dumps(batch).encode()
    place %= len(text)
    damaged = text[:place] + put + text[place + 1 :]
    assert in_pieces(damaged, piece) == in_pieces(damaged, len(damaged))


@pytest.mark.parametrize(
    ("text", "limits", "name"),
    [
        (b'[{"a": 1}, {"a": 2}, {"a": 3}]', Limits(call_operations=2), "call_operations"),
        (b'[{"a": "' + b"x" * 99 + b'"}, {"a": 2}]', Limits(operation_bytes=9), "operation_bytes"),
        (b'[{"a": "' + b"x" * 99 + b'"}, {"a": 2}]', Limits(body_memory=99), "body_memory"),
    ],
)
@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_what_is_too_much_names_its_limit(kind: type, text: bytes, limits: Limits, name: str) -> None:
    with pytest.raises(LimitError, match=f"limit {name}"):
        read_batch(kind(text), limits, piece=1)


@settings(max_examples=100, deadline=None)
@given(BATCHES, st.booleans())
def test_what_values_take_is_never_thought_to_be_less(batch: list[Any], is_ascii: bool) -> None:
    text = b"," + json.dumps(batch, ensure_ascii=is_ascii).encode("utf-8", "replace") + b","
    held = _weight([orjson.loads(text[1:-1])]) if b"\\ud" not in text else 0
    assert _most(text, 0, None) >= held


def test_the_text_of_a_body_is_given_up_while_it_is_read() -> None:
    rest = bytearray(json.dumps([{"a": "x" * 90} for _ in range(100)]).encode())
    assert len(read_batch(rest, LIMITS, piece=200)) == 100
    assert len(rest) < 400


def test_one_name_for_many_values_counts_once() -> None:
    text = json.dumps([{"attribute": number % 5} for number in range(1000)]).encode()
    assert len(read_batch(text, Limits(body_memory=300_000), piece=20_000)) == 1000


@pytest.mark.parametrize("text", ["", "[", "]", "{}", '[{"a":1},]', '[{"a":1}],', '[{"a":1},{"a":2}]]', " null "])
def test_a_request_is_a_list(text: str) -> None:
    for piece in (1, 5, 100):
        with pytest.raises(Failure):
            read_batch(text.encode(), LIMITS, piece=piece)


@pytest.mark.parametrize("piece", [10, 1_000_000], ids=["in pieces", "whole"])
def test_what_is_nested_too_deep_is_refused_in_words(piece: int) -> None:
    for begin, end in (("[", "]"), ('{"a":', "}")):
        deep, fine = (f'[{{"a": {begin * depth}1{end * depth}}}]'.encode() for depth in (300, 150))
        assert read_batch(bytearray(fine), LIMITS, piece=piece)
        with pytest.raises(ValidationError, match="nested too deep"):
            read_batch(bytearray(deep), LIMITS, piece=piece)
