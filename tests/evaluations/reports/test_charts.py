"""Charts: well-formed SVG, plain numbers in attributes, Indonesian ones in text."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from evaluations.reports.charts import PAPER, WIDTH, cluster_chart_svg, number_text, predikat_scale_svg
from tests.evaluations.reports import build

SVG = "{http://www.w3.org/2000/svg}"
NUMERIC = ("x", "y", "width", "height", "font-size", "viewBox")


def cluster(points, weight, name="Kelembagaan", code="K0"):
    return SimpleNamespace(code=code, name=name, points=Decimal(points), weight=Decimal(weight))


def texts(root):
    return [node.text for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    "svg",
    [
        cluster_chart_svg([cluster("121.16", "164"), cluster("0", "115", "Hak Sipil", "K1")]),
        predikat_scale_svg(Decimal("955.25"), build.instrument().bands),
    ],
    ids=["clusters", "scale"],
)
def test_attributes_hold_plain_numbers_and_the_picture_speaks(svg):
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    for node in root.iter():
        for name in NUMERIC:
            if node.get(name) is not None:
                assert re.fullmatch(r"-?\d+(\.\d{1,2})?( -?\d+(\.\d{1,2})?)*", node.get(name)), (
                    node.tag,
                    name,
                )
    assert "," not in "".join(node.get("d", "") for node in root.iter())


def test_bar_is_the_share_of_its_own_maximum():
    root = ElementTree.fromstring(cluster_chart_svg([cluster("41", "164")]))
    track, fill = (root.find(f".//{SVG}rect[@class='{name}']") for name in ("track", "fill"))
    assert Decimal(fill.get("width")) == Decimal(track.get("width")) / 4
    assert {"K0 Kelembagaan", "41 dari 164", "25,0%"} <= set(texts(root))


def test_a_third_has_no_binary_artefacts():
    svg = cluster_chart_svg([cluster("0.1", "0.3")])
    assert "33,3%" in svg
    assert 'width="192"' in svg
    assert not re.search(r"[.,]\d{3,}", svg)


def test_weightless_cluster_draws_an_empty_bar():
    root = ElementTree.fromstring(cluster_chart_svg([cluster("0", "0")]))
    assert root.find(f".//{SVG}rect[@class='fill']").get("width") == "0"


def test_names_are_escaped():
    svg = cluster_chart_svg([cluster("1", "2", name="<script>alert(1)</script>")])
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def test_scale_stands_where_the_total_is():
    root = ElementTree.fromstring(predikat_scale_svg(Decimal("250"), build.instrument().bands))
    mark = root.find(f".//{SVG}g[@class='mark']/{SVG}text")
    assert (mark.get("x"), mark.text) == (number_text(WIDTH // 4), "250,00")
    assert {"Inisiasi", "Pratama", "Madya", "Nindya", "Utama", "KLA", "500", "1.000"} <= set(texts(root))
    assert "Nilai 250,00 pada skala 0 sampai 1.000" in root.find(f"{SVG}title").text


@pytest.mark.parametrize(("total", "anchor"), [("0", "start"), ("1000", "end"), ("500", "middle")])
def test_label_of_the_mark_stays_inside(total, anchor):
    root = ElementTree.fromstring(predikat_scale_svg(Decimal(total), build.instrument().bands))
    mark = root.find(f".//{SVG}g[@class='mark']/{SVG}text")
    assert mark.get("text-anchor") == anchor
    assert 0 <= Decimal(mark.get("x")) <= WIDTH


def test_bands_meet_without_gap_and_darken_upwards():
    root = ElementTree.fromstring(predikat_scale_svg(Decimal("1"), build.instrument().bands))
    bands = [node for node in root.iter(f"{SVG}g") if node.get("class").startswith("band")]
    rects = sorted((node.find(f"{SVG}rect") for node in bands), key=lambda rect: Decimal(rect.get("x")))
    assert [rect.get("fill") for rect in rects] == [ground for ground, _ in PAPER.bands]
    for left, right in pairwise(rects):
        assert Decimal(left.get("x")) + Decimal(left.get("width")) + 1 == Decimal(right.get("x"))


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (Decimal("10.00"), "10"), (Decimal("1.005"), "1.01")])
def test_number_text(value, text):
    assert number_text(value) == text
