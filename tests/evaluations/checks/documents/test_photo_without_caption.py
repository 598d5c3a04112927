from __future__ import annotations

from tests.evaluations.checks.documents.shelf import library, only, paper, photo, photo_file, raised


def test_a_photo_needs_words():
    concern = only(library((photo(description="  "), "12.1")), "photo_without_caption")
    assert concern.blocks
    assert not concern.answerable


def test_with_words_or_no_photo():
    shelf = library((photo(), "12.1"), (paper(), "12.1"), (paper(photo_file(), kind="regulation"), "12.1"))
    assert raised(shelf, "photo_without_caption") == []
