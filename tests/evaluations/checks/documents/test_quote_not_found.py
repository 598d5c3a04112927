from __future__ import annotations

import pytest

from evaluations.checks import Severity
from evaluations.files.phrases import PhraseFound, Presence
from tests.evaluations.checks.documents.shelf import library, only, paper, raised


def quoted(found, **more):
    return library((paper(), "12.1 12.2", {"quote": "anggaran khusus anak", "phrase": found} | more))


@pytest.mark.parametrize(
    "found", [None, PhraseFound(Presence.FOUND_HERE, (4,)), PhraseFound(Presence.NO_TEXT, ())]
)
def test_found_unread_or_without_text(found):
    assert raised(quoted(found), "quote_not_found") == []


def test_nowhere_is_a_warning_at_its_own_question():
    found = raised(quoted(PhraseFound(Presence.NOT_FOUND, ())), "quote_not_found")
    assert [(c.severity, c.codes) for c in found] == [
        (Severity.WARNING, ("12.1",)),
        (Severity.WARNING, ("12.2",)),
    ]
    assert "“anggaran khusus anak” tidak ditemukan" in found[0].message
    assert found[0].basis != found[1].basis


def test_on_another_page_or_with_scanned_pages_is_a_note():
    elsewhere = raised(quoted(PhraseFound(Presence.FOUND_ELSEWHERE, (7, 9)), pages="4"), "quote_not_found")
    assert "ada di halaman 7, 9" in elsewhere[0].message
    partly = raised(quoted(PhraseFound(Presence.NOT_FOUND, (), (2,))), "quote_not_found")
    assert {c.severity for c in elsewhere + partly} == {Severity.NOTE}


def test_a_long_quote_is_cut():
    shelf = library((paper(), "12.1", {"quote": "kata " * 40, "phrase": PhraseFound(Presence.NOT_FOUND, ())}))
    assert "…”" in only(shelf, "quote_not_found").message
