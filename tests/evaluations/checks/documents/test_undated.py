from __future__ import annotations

from datetime import date

import pytest

from evaluations.checks import Severity
from tests.evaluations.checks.documents.shelf import library, only, paper, photo, photo_file, raised

DAY = date(2024, 3, 3)


def test_without_any_year_it_is_asked_for():
    concern = only(library((paper(years=()), "12.1 12.2")), "undated")
    assert (concern.severity, concern.codes, concern.answerable) == (
        Severity.WARNING,
        ("12.1", "12.2"),
        False,
    )
    assert concern.message == (
        "Tahun dokumen belum diisi. Isi tahun yang dibuktikan (2024 atau 2025), tanggal dokumen, atau masa berlakunya."
    )


@pytest.mark.parametrize(
    "said", [{"years": (2019,)}, {"document_date": DAY}, {"valid_from": DAY}, {"valid_until": DAY}]
)
def test_any_word_on_its_time_is_enough_here(said):
    assert raised(library((paper(**{"years": ()} | said), "12.1")), "undated") == []


def test_what_the_camera_wrote_is_a_hint_and_no_answer():
    concern = only(library((photo(photo_file(taken_on=DAY), years=()), "12.1")), "undated")
    assert "Menurut berkasnya, foto ini diambil 3 Maret 2024." in concern.message


def test_without_evidence_years_none_are_named():
    assert "()" not in only(library((paper(years=()), "12.1"), evidence_years=()), "undated").message
