from __future__ import annotations

from tests.evaluations.checks.documents.shelf import file, library, paper, photo, photo_file, raised


def test_one_file_in_two_documents():
    same = file()
    found = raised(library((paper(same), "12.1"), (paper(file(), same), "4.1")), "same_file_twice")
    assert [concern.codes for concern in found] == [("12.1",), ("4.1",)]
    assert "tersimpan sebagai 2 dokumen dan dipakai di pertanyaan 12.1 dan 4.1" in found[0].message
    assert found[0].basis == found[1].basis
    assert found[0].blocks


def test_two_photos_of_one_file_at_one_question():
    same = photo_file()
    found = raised(library((photo(same), "12.1"), (photo(same), "12.1")), "same_file_twice")
    assert len(found) == 2
    assert "pertanyaan 12.1, dua kali" in found[0].message


def test_one_document_at_two_questions_is_what_we_want():
    assert raised(library((paper(), "12.1 4.1"), (paper(), "4.1")), "same_file_twice") == []
