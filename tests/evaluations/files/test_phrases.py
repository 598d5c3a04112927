"""A quoted phrase, looked for as people quote and as PDF programs break lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.files.phrases import MOST_PAGES, PhraseFound, Presence, look_for, page_numbers

HERE, ELSEWHERE, NOT_FOUND, NO_TEXT = (
    Presence.FOUND_HERE,
    Presence.FOUND_ELSEWHERE,
    Presence.NOT_FOUND,
    Presence.NO_TEXT,
)
PAGES = [
    "KEPUTUSAN BUPATI\nNOMOR 188.45/12/KUM/2025",
    "Gugus Tugas mengoordinasikan perlin-\ndungan anak-anak di daerah; “anak” berarti",
    "",
    "seseorang yang belum berusia 18 (delapan belas) tahun. Persalinan 91,39%.",
]


def presence(phrase, text):
    return look_for(phrase, [text], ()).presence


@pytest.mark.parametrize(
    "phrase",
    [
        "perlindungan anak-anak",
        "PERLINDUNGAN ANAK-ANAK",
        "perlin-\ndungan",
        "  gugus\n tugas  ",
        "\"anak\" berarti",
        "'anak' berarti",
        "anak–anak di daerah",
        "anak anak di daerah, anak berarti",
        "perlin\u00addungan",
    ],
)  # fmt: skip
def test_it_is_found_however_it_is_written(phrase):
    assert look_for(phrase, PAGES, {2}) == PhraseFound(HERE, (2,))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("keputusan bupati", "K E P U T U S A N   B U P A T I"),
        ("final", "ﬁnal"),
        ("di rumah sakit", "di\u00a0rumah\u2009sakit"),
        ("anak-anak", "anak‐\nanak"),
        ("Nomor 188.45/12/KUM/2025", "NOMOR : 188.45/12/KUM/2025"),
        ("sebesar 12,5 persen", "sebesar 12,5\npersen"),
        ("Qur'an", "Qur’an"),
    ],
)
def test_text_is_found_however_the_program_left_it(phrase, text):
    assert presence(phrase, text) is HERE


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("akta", "fakta lapangan"),
        ("anak", "anakan pohon"),
        ("12,5", "sebanyak 125 anak"),
        ("12", "kolom 1 2 3"),
        ("1", "sebanyak 12 anak"),
        ("gugus tugas anak", "gugus anak tugas"),
        ("—", "tanda — pisah"),
        ("", "apa pun"),
    ],
)
def test_something_else_is_not_found(phrase, text):
    assert presence(phrase, text) is NOT_FOUND


def test_where_it_is():
    pages = ["anak", "lain", "anak lagi, anak", "anak"]
    assert look_for("anak", pages, ()) == PhraseFound(HERE, (1, 3, 4))
    assert look_for("anak", pages, {3, 4}) == PhraseFound(HERE, (3, 4))
    assert look_for("anak", pages, [2]) == PhraseFound(ELSEWHERE, (1, 3, 4))
    assert look_for("ayah", pages, [2]) == PhraseFound(NOT_FOUND, ())


def test_a_phrase_that_runs_on_stands_on_both_pages():
    assert look_for("persalinan 91,39%", PAGES, {4}).presence is HERE
    over = '"anak" berarti seseorang yang belum berusia 18'
    assert look_for(over, PAGES, ()) == PhraseFound(HERE, (2, 4), (3,))
    assert look_for(over, PAGES, {2}) == PhraseFound(HERE, (2,))
    assert look_for(over, PAGES, {4}) == PhraseFound(HERE, (4,))
    assert look_for(over, PAGES, {1}) == PhraseFound(ELSEWHERE, (2, 4))


def test_pages_without_text_are_said():
    assert look_for("anak", PAGES, {3}) == PhraseFound(NO_TEXT, (2,), (3,))
    assert look_for("ayah", PAGES, {3}) == PhraseFound(NO_TEXT, (), (3,))
    assert look_for("ayah", PAGES, {3, 4}) == PhraseFound(NOT_FOUND, (), (3,))
    assert look_for("anak", ["", "", ""], ()) == PhraseFound(NO_TEXT, (), (1, 2, 3))
    assert look_for("anak", [], ()) == PhraseFound(NO_TEXT, ())
    assert look_for("anak", [" - ", "…"], ()).presence is NO_TEXT, "punctuation is no text"


def test_pages_that_were_not_read_have_no_text():
    assert look_for("anak", PAGES, {600}) == PhraseFound(NO_TEXT, (2,), (600,))


@given(st.lists(st.text("abc -\n12", max_size=30), max_size=4), st.data())
def test_words_that_stand_together_are_found(texts, data):
    words = [word for text in texts for word in text.replace("-", " ").split()]
    if not words:
        assert look_for("a", texts, ()).presence is NO_TEXT
        return
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    found = look_for(" ".join(words[start:end]), texts, ())
    assert found.presence is HERE
    assert set(found.pages) <= set(range(1, len(texts) + 1))


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("4-6, 9", (4, 5, 6, 9)),
        ("4 – 6", (4, 5, 6)),
        ("hlm. 4", (4,)),
        ("Hal 4", (4,)),
        ("Halaman 4 s.d. 6 dan 9", (4, 5, 6, 9)),
        ("hlm 4 s/d 6", (4, 5, 6)),
        ("4 sampai dengan 6", (4, 5, 6)),
        ("hal. 12; 3, 3 & 4", (3, 4, 12)),
        ("p. 7", (7,)),
        ("pp. 7-8", (7, 8)),
        ("7,", (7,)),
        ("", ()),
        ("halaman", ()),
        ("6-4", ()),
        ("0", ()),
        ("0-3", ()),
        ("-3", ()),
        ("4-", ()),
        ("bab II", ()),
        ("4, bab II", ()),
        ("4.5", ()),
        ("99999999999", ()),
        ("lampiran 3", ()),
        ("1-2-3", ()),
    ],
)
def test_page_numbers(text, pages):
    assert page_numbers(text) == pages


def test_page_numbers_are_at_most_so_many():
    assert page_numbers("1-99999") == tuple(range(1, MOST_PAGES + 1))
    many = page_numbers(", ".join(str(n) for n in range(1, 999, 2)))
    assert len(many) == MOST_PAGES


@given(st.sets(st.integers(1, 99999), max_size=50))
def test_numbers_written_out_are_read_again(pages):
    assert page_numbers(", ".join(map(str, pages))) == tuple(sorted(pages))


@given(st.text("0123456789-–, ;halsdmp./", max_size=40))
def test_whatever_is_written_gives_pages_or_nothing(text):
    found = page_numbers(text)
    assert list(found) == sorted(set(found))
    assert len(found) <= MOST_PAGES
    assert all(page > 0 for page in found)
