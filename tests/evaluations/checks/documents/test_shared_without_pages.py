from __future__ import annotations

from evaluations.checks import Severity
from tests.evaluations.checks.documents.shelf import file, library, only, paper, raised


def test_a_thick_document_at_two_questions():
    thick = paper()
    concern = only(library((thick, "12.1", {"pages": "4"}), (thick, "12.2 12.3")), "shared_without_pages")
    assert (concern.severity, concern.codes) == (Severity.NOTE, ("12.2", "12.3"))
    assert "Dokumen 5 halaman ini dipakai di 3 pertanyaan" in concern.message
    assert not concern.blocks


def test_with_pages_thin_alone_or_unread_it_is_fine():
    thick, thin, lone, unread = paper(), paper(file(pages=1)), paper(), paper(file(read=False, pages=0))
    shelf = library((thick, "1.1 1.2", {"pages": "2"}), (thin, "1.1 1.2"), (lone, "1.1"), (unread, "1.1 1.2"))
    assert raised(shelf, "shared_without_pages") == []
