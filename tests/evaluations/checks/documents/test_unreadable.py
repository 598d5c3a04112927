from __future__ import annotations

import pytest

from evaluations.checks import Severity
from tests.evaluations.checks.documents.shelf import file, library, only, paper, photo_file, raised


def of(facts):
    return library((paper(facts), "12.1"))


@pytest.mark.parametrize(
    ("facts", "severity", "words"),
    [
        (file(text_pages=0, lowest_dpi=99), Severity.WARNING, "hanya 99 dpi"),
        (file(text_pages=0, lowest_dpi=100), Severity.NOTE, "teksnya tidak dapat dicari"),
        (photo_file(width=639, height=480), Severity.WARNING, "639 x 480 piksel"),
        (file(pages=0, text_pages=0, fault="timeout"), Severity.NOTE, "tidak dapat membaca isi"),
    ],
)
def test_what_is_said(facts, severity, words):
    concern = only(of(facts), "unreadable")
    assert concern.severity is severity
    assert words in concern.message
    assert "timeout" not in concern.message


@pytest.mark.parametrize(
    "facts",
    [
        file(read=False, text_pages=0, lowest_dpi=50),
        file(text_pages=1, lowest_dpi=50),
        file(text_pages=0, lowest_dpi=None),
        photo_file(width=640, height=300),
        photo_file(width=None, height=None),
    ],
)
def test_what_is_not(facts):
    assert raised(of(facts), "unreadable") == []
