from __future__ import annotations

from tests.evaluations.checks.documents.shelf import file, library, only, paper, photo, photo_file, raised


def test_one_photo_at_two_questions():
    concern = only(library((photo(), "12.1 12.2")), "shared_photo")
    assert concern.codes == ("12.1", "12.2")
    assert "dipakai di pertanyaan 12.1 dan 12.2" in concern.message


def test_the_same_file_in_two_documents_counts_as_one_photo():
    same = photo_file()
    one, two = photo(same), photo(same)
    shelf = library((one, "12.1"), (two, "4.1"))
    assert [(c.evidence_id, c.codes) for c in raised(shelf, "shared_photo")] == [
        (one.evidence_id, ("12.1",)),
        (two.evidence_id, ("4.1",)),
    ]
    assert raised(shelf, "same_file_twice") == [], "said once"


def test_at_one_question_or_a_scanned_decree_is_fine():
    scanned = paper(photo_file(), kind="regulation")
    assert (
        raised(library((photo(), "12.1"), (scanned, "12.1 12.2"), (paper(file()), "1.1 1.2")), "shared_photo")
        == []
    )


def test_pictures_alone_are_a_photo_unless_said_otherwise():
    assert only(library((paper(photo_file(), description="x"), "12.1 12.2")), "shared_photo")


def test_a_further_question_asks_again():
    same = photo()
    assert (
        only(library((same, "12.1 12.2")), "shared_photo").basis
        != only(library((same, "12.1 12.2 12.3")), "shared_photo").basis
    )
