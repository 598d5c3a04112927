from __future__ import annotations

from datetime import date

import pytest

from tests.evaluations.checks.documents.shelf import library, only, paper, raised


def time(**said):
    return library((paper(**{"years": ()} | said), "12.1"))


@pytest.mark.parametrize(
    "said",
    [
        {"years": (2023,)},
        {"document_date": date(2023, 12, 31)},
        {"document_date": date(2026, 1, 1)},
        {"valid_until": date(2023, 12, 31)},
        {"valid_from": date(2026, 1, 1)},
        {"document_date": date(2020, 1, 1), "valid_until": date(2022, 1, 1)},
    ],
)
def test_outside(said):
    concern = only(time(**said), "outside_years")
    assert "di luar tahun data dukung 2024 atau 2025" in concern.message
    assert concern.answerable


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"years": (2020, 2025)},
        {"document_date": date(2024, 1, 1)},
        {"document_date": date(2019, 5, 1), "years": (2024,)},
        {"document_date": date(2019, 5, 1), "valid_until": date(2024, 1, 1)},
        {"valid_from": date(2010, 1, 1)},
        {"valid_from": date(2010, 1, 1), "valid_until": date(2030, 1, 1)},
        {"valid_until": date(2024, 1, 1)},
        {"valid_from": date(2025, 12, 31)},
    ],
)
def test_inside_or_silent(said):
    assert raised(time(**said), "outside_years") == []


def test_the_message_repeats_what_the_document_says():
    message = only(time(years=(2023, 2021), document_date=date(2021, 5, 1)), "outside_years").message
    assert "tahun 2021, 2023, tanggal 1 Mei 2021" in message


def test_another_date_is_another_question():
    assert (
        only(time(years=(2023,)), "outside_years").basis != only(time(years=(2022,)), "outside_years").basis
    )


def test_without_evidence_years_nothing_is_outside():
    assert raised(library((paper(years=(1999,)), "12.1"), evidence_years=()), "outside_years") == []
