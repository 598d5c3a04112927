from __future__ import annotations

from datetime import date, timedelta

from tests.evaluations.checks.documents.shelf import CLOSES, library, only, paper, raised


def test_over_the_day_before_the_end():
    concern = only(library((paper(valid_until=CLOSES - timedelta(days=1)), "12.1")), "expired")
    assert "Berlaku sampai 29 Juni 2026, sebelum evaluasi mandiri ditutup 30 Juni 2026." in concern.message


def test_valid_on_the_last_day_or_without_end():
    shelf = library((paper(valid_until=CLOSES), "12.1"), (paper(valid_from=date(2020, 1, 1)), "12.2"))
    assert raised(shelf, "expired") == []


def test_without_a_window_nothing_expires():
    assert raised(library((paper(valid_until=date(2000, 1, 1)), "12.1"), closes_on=None), "expired") == []
