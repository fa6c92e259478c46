"""The folding of text: which spellings are one text, and which are not."""

from __future__ import annotations

import hashlib
import sys
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.server.model.folding import beside, folded

#: Letters of two cases that Unicode 14 and Python 3.11 brought: Vithkuqi, and a few Latin and Glagolitic ones.
NEWER = {0x2C2F, 0xA7C0, 0xA7D0, 0xA7D6, 0xA7D8, *range(0x10570, 0x10596)}
TEXTS = (
    st.text(
        st.one_of(
            st.characters(), st.sampled_from("aAiI\u0131İsSßẞς\u03c3Σ\u0301\u0307\u0327\u0345ͅᾳ하각ᄒ\u1161\u11a8\u200d")
        )
    )
    | st.text()
)


@pytest.mark.parametrize(
    "spellings",
    [
        ("İstanbul", "i\u0307stanbul", "I\u0307STANBUL"),
        ("Straße", "STRASSE", "straẞe"),
        ("ΑΘΗΝΑΣ", "αθηνας", "αθηνασ"),
        ("\u00e9", "e\u0301", "\u00c9", "E\u0301"),
        ("\u1e69", "s\u0323\u0307", "s\u0307\u0323"),
        ("한", "\u1112\u1161\u11ab"),
        ("ﬁn", "FIN"),
        ("\u212a", "k"),
        ("ᾳ", "\u03b1\u03b9", "\u0391\u0345"),
        ("\u0643\u064e\u0651", "\u0643\u0651\u064e"),
    ],
    ids=["Turkish", "German", "Greek", "accents", "two-accents", "Hangul", "ligature", "Kelvin", "iota", "Arabic"],
)
def test_spellings_of_one_text(spellings: tuple[str, ...]) -> None:
    assert len({folded(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("i", "\u0131"),
        ("e", "é"),
        ("\uff21", "A"),
        ("m²", "m2"),
        ("\U0001f44b", "\U0001f44b\U0001f3fd"),
        ("a\u200bb", "ab"),
        ("100\uff05", "100%"),
        ("하", "한"),
        ("oe", "œ"),
    ],
)
def test_texts_that_are_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(TEXTS)
def test_a_folding_is_its_own_folding(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXTS)
def test_forms_of_a_text_fold_alike(text: str) -> None:
    assert folded(normalize("NFC", text)) == folded(normalize("NFD", text)) == folded(text)
    assert folded(text.casefold()) == folded(text)


@given(TEXTS, TEXTS)
def test_what_is_stored_beside_a_text_is_what_databases_cannot_fold(text: str, other: str) -> None:
    assert (beside(text) or text.lower()) == folded(text)
    assert (beside(text) is None) == text.isascii()
    assert folded(f"{text} {other}") == f"{folded(text)} {folded(other)}"


@pytest.mark.slow
def test_every_letter_folds_as_its_forms_do() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        assert folded(folded(letter)) == folded(letter) == folded(normalize("NFD", letter))


def test_all_pythons_fold_letters_that_the_oldest_knows_alike() -> None:
    """Unicode promises as much. Letters that have come since are left as they are by Pythons that do not know them."""
    digest = hashlib.sha256()
    for code in (code for code in range(sys.maxunicode + 1) if code not in NEWER):
        digest.update(folded(chr(code)).encode("utf-8", "surrogatepass") + b"\n")
    assert digest.hexdigest() == "96450dc388adf6ea262e09d101c1ee84b6d8aea950e81e408cdfcd183f293c01"


@pytest.mark.parametrize("mark", ["\u0315\u0327", "\u0f73", "\u0344\u0327", "\u0301"], ids=ascii)
@pytest.mark.parametrize("start", ["", "a", "ΑΣ "])
@pytest.mark.slow
def test_text_of_nothing_but_accents_is_folded_as_any_other(mark: str, start: str) -> None:
    text = start + mark * 1_500
    assert folded(text) == normalize("NFC", normalize("NFD", text).casefold())
    assert len(folded(start + mark * 250_000)) >= 250_000
