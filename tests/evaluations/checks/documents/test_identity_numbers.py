from __future__ import annotations

from tests.evaluations.checks.documents.shelf import file, library, only, paper, raised


def test_the_number_of_numbers_and_how_to_cover_them():
    concern = only(
        library((paper(file(identity_numbers=2), file(identity_numbers=1)), "12.1")), "identity_numbers"
    )
    assert "memuat 3 nomor" in concern.message
    assert "Tutup dengan kotak hitam" in concern.message
    assert concern.answerable


def test_none_or_unread():
    shelf = library((paper(), "12.1"), (paper(file(identity_numbers=3, read=False)), "12.1"))
    assert raised(shelf, "identity_numbers") == []


def test_another_count_is_another_question():
    one, two = (paper(file(sha256="a" * 64, identity_numbers=n)) for n in (1, 2))
    bases = {only(library((p, "12.1")), "identity_numbers").basis for p in (one, two)}
    assert len(bases) == 2
