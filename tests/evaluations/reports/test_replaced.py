"""A result in whose place another stands says so on every page that is printed of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluations.reports import pdf
from evaluations.reports.keys import report_key
from tests.evaluations.reports import build, tags
from tests.evaluations.reports import papers_build as papers
from tests.evaluations.reports.test_pdf import Printed, squeeze

NEWER = "EM/2026/63.09/02, 30 September 2026"


def district(newer=NEWER):
    return replace(build.district_report(), replaced_by=newer)


PRINTED = {
    "district": lambda: pdf.district_report_pdf(district(), papers.SEAL),
    "receipt": lambda: pdf.receipt_pdf(district(), papers.SEAL),
    "evaluation": lambda: pdf.evaluation_report_pdf(
        papers.evaluation_report(district=district()), papers.SEAL
    ),
    "card": lambda: pdf.card_pdf(papers.card(district=district()), papers.SEAL),
}


@pytest.mark.parametrize("name", PRINTED)
def test_every_page_says_what_took_its_place(name):
    content = PRINTED[name]()
    printed = Printed(content)
    assert tags.faults(content) == []
    for number, page in enumerate(printed.pages, 1):
        assert squeeze(NEWER) in squeeze(page), number
        assert "tidakberlakulagi" in squeeze(page).lower(), number
    assert len(printed.pages) == {"receipt": 1, "card": 2}.get(name, len(printed.pages))


def test_what_is_in_force_says_nothing_of_it():
    assert "berlakulagi" not in Printed(pdf.receipt_pdf(district(""), papers.SEAL)).squeezed.lower()


def test_what_is_printed_before_and_after_are_two_papers():
    assert report_key("x", district().payload()) != report_key("x", district("").payload())
