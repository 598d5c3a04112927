from __future__ import annotations

import pytest

from evaluations.checks import Severity
from tests.evaluations.checks.documents.shelf import file, library, only, paper, raised


@pytest.mark.parametrize("scan", ["off", "clean"])
def test_nothing_to_say(scan):
    assert raised(library((paper(file(scan=scan)), "12.1")), "scanning") == []


def test_waiting_is_a_note_so_that_a_deadline_is_met():
    concern = only(library((paper(file(scan="waiting", read=False)), "12.1")), "scanning")
    assert (concern.severity, concern.blocks) == (Severity.NOTE, False)


def test_refused_blocks_whatever_else_waits():
    concern = only(library((paper(file(scan="waiting"), file(scan="infected")), "12.1")), "scanning")
    assert (concern.severity, concern.blocks, concern.answerable) == (Severity.WARNING, True, False)
