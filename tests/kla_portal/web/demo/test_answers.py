"""Invented answers: exact, whole, and without contradicting themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.checks import Context, Severity, run
from evaluations.scoring.score import read_answers, score, score_read
from kla_portal.web.demo.answers import Region, answers_for
from kla_portal.web.demo.places import BY_CODE, PLACES, TABALONG
from kla_portal.web.demo.target import Unreachable
from tests.evaluations.checks.read import kla_2023

# A large district, a small one, a city with five kecamatan.
REGIONS = [Region(20, 290, 26), Region(8, 157, 27), Region(5, 20, 4)]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.slug)
def test_all_274_questions_add_up_to_the_total(place):
    answers = answers_for(kla_2023(), place, Region(12, 131, 15), place.total, year=2023)
    tree = score(kla_2023(), answers)
    assert (tree.total_exact, tree.answered) == (place.total, 274)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("total", ["1000", "955.25", "712.34", "500", "120.01"])
def test_any_region_and_total_without_contradictions(region, total):
    spec = kla_2023()
    answers = answers_for(spec, BY_CODE[TABALONG], region, Decimal(total), year=2023)
    read = read_answers(spec, answers, strict=True)
    context = Context(
        instrument=spec,
        tree=score_read(spec, read),
        answers=read,
        filled=frozenset((q.code, slot.number) for q in spec.questions() for slot in q.slots),
        kecamatan_count=region.kecamatan,
        village_count=region.villages,
    )
    assert context.tree.total_exact == Decimal(total)
    assert [finding for finding in run(context) if finding.severity is not Severity.NOTE] == []


def test_the_same_arguments_give_the_same_answers_and_another_district_others():
    tabalong, banjar = BY_CODE[TABALONG], BY_CODE["63.03"]
    region = Region(12, 131, 15)
    first, second = (answers_for(kla_2023(), tabalong, region, Decimal(800), year=2023) for _ in range(2))
    assert first == second
    assert first != answers_for(kla_2023(), banjar, region, Decimal(800), year=2023)


def test_a_larger_district_counts_more_children():
    region = Region(12, 131, 15)
    small, large = (
        answers_for(kla_2023(), BY_CODE[code], region, Decimal(800), year=2023) for code in ("63.11", "63.71")
    )
    assert int(large["4.1"]["denominator"]) > 4 * int(small["4.1"]["denominator"])


@pytest.mark.parametrize("total", ["1000.01", "999.99"])
def test_a_total_nobody_can_have_is_refused(total):
    with pytest.raises(Unreachable):
        answers_for(kla_2023(), BY_CODE[TABALONG], Region(12, 131, 15), Decimal(total), year=2023)


def test_only_tabalongs_total_is_the_published_one_and_no_other_is_higher():
    assert BY_CODE[TABALONG].total == Decimal("955.25")
    assert all(place.total < Decimal("955.25") for place in PLACES if place.code != TABALONG)
    assert len({place.code for place in PLACES}) == 14
