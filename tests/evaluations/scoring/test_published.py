"""Scores and predikat that were published agree with the bands; sums of published parts are exact."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from evaluations.scoring.bands import gap_note, predikat_for
from evaluations.scoring.score import round_total, score
from indicators.spec import ChoiceRule
from tests.evaluations.scoring.build import BANDS, instrument, options, question

PUBLISHED = Path(__file__).parents[3] / "fixtures" / "published"


def rows(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SCORES = rows("published-scores.csv")
TOLD = [row for row in SCORES if row["total"] and row["predikat"]]
CLUSTERS = rows("cluster-scores.csv")


def label(row: dict[str, str]) -> str:
    return f"{row['district']} {row['year']} {row['stage']}"


def test_the_vectors_are_there():
    assert len(SCORES) == 40
    assert len(TOLD) >= 12
    assert {row["predikat"] for row in TOLD} >= {"none", "Pratama", "Madya", "Nindya", "Utama"}


@pytest.mark.parametrize("row", TOLD, ids=label)
def test_published_predikat(row):
    expected = "inisiasi" if row["predikat"] == "none" else row["predikat"].lower()
    assert predikat_for(BANDS, round_total(Decimal(row["total"]))).code == expected


@pytest.mark.parametrize(
    ("district", "year", "stage", "code"),
    [
        ("Kabupaten Tabalong", "2024", "EM", "kla"),
        ("Kabupaten Malinau", "2023", "EM", "pratama"),
        ("Kabupaten Malinau", "2023", "VF", "inisiasi"),
        ("Kabupaten Kotawaringin Barat", "2023", "VA", "nindya"),
    ],
)
def test_published_totals_without_a_predikat(district, year, stage, code):
    wanted = {"district": district, "year": year, "stage": stage}
    found = [row for row in SCORES if wanted.items() <= row.items()]
    assert [predikat_for(BANDS, Decimal(row["total"])).code for row in found] == [code]


def test_no_published_total_lies_in_a_gap():
    assert {label(row) for row in SCORES if row["total"] and gap_note(BANDS, Decimal(row["total"]))} == set()


def test_exactly_seven_hundred_needs_more_for_nindya():
    # Kabupaten Serang was told so.
    assert predikat_for(BANDS, Decimal("700.00")).code == "madya"


@pytest.mark.parametrize("row", CLUSTERS, ids=label)
def test_published_parts_sum_exactly(row):
    codes = [f"K{number}" for number in range(7)]
    spec = instrument(*(((question(ChoiceRule(options(row[code], 0)), code),),) for code in codes))
    tree = score(spec, {code: {"option": 0} for code in codes})
    assert str(tree.total) == row["sum"]
    assert [cluster.points for cluster in tree.clusters] == [Decimal(row[code]) for code in codes]


def test_bandung_adds_to_a_cent_more_than_was_published():
    bandung = next(row for row in CLUSTERS if row["district"] == "Kota Bandung")
    assert (bandung["sum"], bandung["published_total"]) == ("880.39", "880.38")
