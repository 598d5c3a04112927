"""The pictures of papers: the same chart on paper and on the page, from what the report holds."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from evaluations.reports.beside import Beside
from evaluations.reports.charts import NARROW, PAPER, SCREEN
from evaluations.reports.keys import report_key
from evaluations.reports.pictures import compared_chart, pictures
from tests.evaluations.reports import build
from tests.evaluations.reports import papers_build as papers


@pytest.fixture(scope="module")
def alone():
    return build.district_report()


@pytest.fixture(scope="module")
def compared(alone):
    return replace(alone, beside=papers.beside())


def spoken(svg):
    return re.search(r"<desc>(.*?)</desc>", svg)[1]


def test_without_anything_beside_it_the_plain_bars(alone):
    assert compared_chart(alone) == ""
    assert compared_chart(replace(alone, beside=Beside(None, None))) == ""
    assert 'class="middle"' not in pictures(alone)["chart"]
    assert " dari 164" in pictures(alone)["chart"]


def test_the_paper_compares_and_says_how_to_read_it(compared):
    chart = pictures(compared)["chart"]
    assert chart.count('class="last"') == chart.count('class="middle"') == 7
    assert PAPER.fill in chart
    assert (
        "garis tegak: Evaluasi KLA 2024 (VF); belah ketupat: median provinsi (Evaluasi KLA 2024, 13" in chart
    )


def test_page_and_paper_say_the_same(compared):
    page = compared_chart(compared, palette=SCREEN, width=NARROW)
    assert spoken(page) == spoken(pictures(compared)["chart"])
    assert PAPER.fill not in page


def test_only_one_of_them(compared):
    only = replace(compared, beside=replace(compared.beside, last=None))
    chart = pictures(only)["chart"]
    assert 'class="last"' not in chart
    assert "garis tegak" not in chart
    assert chart.count('class="middle"') == 7


def test_it_is_part_of_the_key(alone, compared):
    other = replace(
        compared.beside.last, clusters=dict.fromkeys(compared.beside.last.clusters, Fraction(1, 3))
    )
    moved = replace(compared, beside=replace(compared.beside, last=other))
    keys = {report_key("card.pdf", report.payload()) for report in (alone, compared, moved)}
    assert len(keys) == 3
