"""The chart of clusters in percent: plain numbers in attributes, marks told apart by shape, all of it spoken."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree

from evaluations.reports.charts import NARROW, PAPER, SCREEN, Compared, comparison_chart_svg

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    Compared("K0 Kelembagaan", Fraction(125, 2), Fraction(50), Fraction(100, 3)),
    Compared("K1 Hak Sipil <b>", Fraction(0), None, None),
]


def drawn(rows=ROWS, **more):
    svg = comparison_chart_svg(rows, last_name="Periode 2024", middle_name="Median provinsi", **more)
    return ElementTree.fromstring(svg)


def test_bars_and_marks_stand_where_the_percent_is():
    root = drawn(width=NARROW)
    track, fill = (root.find(f".//{SVG}rect[@class='{name}']") for name in ("track", "fill"))
    assert (track.get("width"), fill.get("width")) == ("344", "215")
    assert root.find(f".//{SVG}path[@class='last']").get("d").startswith("M172 ")
    assert root.find(f".//{SVG}path[@class='middle']").get("d").startswith("M114.67 ")
    for node in root.iter():
        for name in ("x", "y", "width", "viewBox"):
            assert re.fullmatch(r"-?[\d.]+( -?[\d.]+)*", node.get(name, "0")), (node.tag, name)


def test_it_speaks_and_draws_nothing_that_is_not_known():
    root = drawn()
    assert root.find(f"{SVG}desc").text == (
        "K0 Kelembagaan 62,5%, Periode 2024 50,0%, Median provinsi 33,3%; K1 Hak Sipil <b> 0,0%"
    )
    assert root.get("role") == "img"
    assert len(root.findall(f".//{SVG}path")) == 2
    assert drawn(ROWS[1:]).findall(f".//{SVG}path") == []


def test_a_long_name_stays_inside_and_is_spoken_in_full():
    name = "K6 " + "Penyelenggaraan " * 8
    root = drawn([Compared(name, Fraction(1), None, None)], width=NARROW)
    assert len(root.find(f".//{SVG}text").text) <= NARROW * 2 // 13
    assert root.find(f".//{SVG}text").text.endswith("…")
    assert name in root.find(f"{SVG}desc").text


def test_page_and_paper_differ_in_colour_only():
    page, paper = (
        comparison_chart_svg(ROWS, last_name="a", middle_name="b", palette=palette)
        for palette in (SCREEN, PAPER)
    )
    plain = [re.sub(r'(fill|stroke|font-family)="[^"]*"', "", text) for text in (page, paper)]
    assert plain[0] == plain[1]
    assert "#" not in page
