"""A ranking of more than sixty rows: lines of text instead of table cells, the same numbers, the head on every page."""

from __future__ import annotations

import io
from decimal import Decimal

import pypdf
import pytest

from evaluations.reports.pdf import ranking_pdf
from evaluations.reports.ranking import FIGURE_SPACE, LONG
from tests.evaluations.reports import build


def of(count, **changes):
    """That many districts with totals that fall from 999.99."""
    entries = [
        build.entry(f"{number:05}", f"Kabupaten Contoh {number}", str(Decimal("999.99") - number))
        for number in range(count)
    ]
    return build.ranking_report(entries=entries, absent=[], is_province=False, **changes)


@pytest.fixture(scope="module")
def report():
    return of(LONG + 1)


def test_only_many_rows_are_lines():
    assert not of(LONG).long
    assert of(LONG + 1).long


def test_figures_of_all_rows_are_equally_wide_and_those_of_the_row(report):
    widths = {len(line.figures) for line in report.lines}
    assert len(widths) == 1
    assert {len(line.rank) for line in report.lines} == {3}
    for line in report.lines:
        total, *others = line.figures.replace(FIGURE_SPACE, " ").split()
        assert total == f"{line.row.total:.2f}".replace(".", ",")
        assert len(others) == len(report.clusters) + 1
        assert others[-1] == line.row.change_text


def test_without_an_earlier_edition_there_is_no_column_of_changes():
    report = of(LONG + 1, previous_name=None)
    assert [name for name, _ in report.line_heads] == ["Nilai", *(part.code for part in report.clusters)]
    assert len(report.lines[0].figures.replace(FIGURE_SPACE, " ").split()) == 1 + len(report.clusters)


def test_more_digits_widen_every_figure():
    fine = build.entry("00000", "Kabupaten Halus", "100")
    fine.points["K0"] = Decimal("1.2345")
    rest = [build.entry(f"{n:05}", f"Kabupaten Contoh {n}", "90") for n in range(1, LONG + 2)]
    report = build.ranking_report(entries=[fine, *rest], absent=[], is_province=False)
    assert report.places == 4
    assert "1,2345" in report.lines[0].figures
    assert len({len(line.figures) for line in report.lines}) == 1


def test_the_pdf_shows_every_row_and_repeats_the_head(report):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(ranking_pdf(report))).pages]
    text = "\n".join(pages)
    assert len(pages) >= 3
    for row in report.rows:
        assert f"{row.total:.2f}".replace(".", ",") in text
        assert row.district in text
    with_rows = [page for page in pages if "Kabupaten Contoh" in page]
    assert len(with_rows) >= 2
    for page in with_rows:
        assert "Kabupaten/Kota" in page and "Predikat" in page and "K6" in page
