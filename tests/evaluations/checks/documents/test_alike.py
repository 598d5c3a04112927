from __future__ import annotations

from tests.evaluations.checks.documents.shelf import file, library, paper, raised


def shelf(one_at, two_at, one=None, two=None):
    one, two = one or paper(title="Rahasia"), two or paper(title="Rahasia juga")
    return library((one, one_at), (two, two_at), alike=((one.evidence_id, two.evidence_id),))


def test_near_copies_at_different_questions():
    found = raised(shelf("12.1", "4.1 4.2"), "alike")
    assert [concern.codes for concern in found] == [("12.1",), ("4.1", "4.2")]
    assert "hampir sama dengan dokumen lain di pertanyaan 4.1 dan 4.2" in found[0].message
    assert "Rahasia" not in found[0].message + found[1].message, "who sees one need not see the other"


def test_side_by_side_is_open():
    assert raised(shelf("12.1 12.2", "12.2"), "alike") == []


def test_the_very_same_file_is_another_concern():
    same = file()
    assert raised(shelf("12.1", "4.1", paper(same), paper(same)), "alike") == []


def test_a_pair_that_does_not_stand_here_says_nothing():
    gone = paper()
    standing = paper()
    pair = ((standing.evidence_id, gone.evidence_id),)
    made = library((standing, "12.1"), (gone, ""), alike=pair)
    assert [c.message for c in raised(made, "alike")] == []
