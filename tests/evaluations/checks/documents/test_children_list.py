from __future__ import annotations

from tests.evaluations.checks.documents.shelf import file, library, only, paper, raised


def test_a_list_of_children():
    concern = only(library((paper(file(), file(children_list=True)), "12.1")), "children_list")
    assert "inisial" in concern.message
    assert concern.blocks


def test_none_or_faulty():
    shelf = library((paper(), "12.1"), (paper(file(children_list=True, fault="rusak")), "12.1"))
    assert raised(shelf, "children_list") == []
