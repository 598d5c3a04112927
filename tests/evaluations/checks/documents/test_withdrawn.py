from __future__ import annotations

from tests.evaluations.checks.documents.shelf import library, only, paper, raised


def test_a_withdrawn_document_blocks_and_cannot_be_explained():
    concern = only(library((paper(withdrawn=True), "12.1"), (paper(), "12.1")), "withdrawn")
    assert concern.blocks
    assert not concern.answerable


def test_others_do_not():
    assert raised(library((paper(), "12.1")), "withdrawn") == []
