"""Every theme and kind of the instrument has an effort, and steps take their share of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from evaluations.models import Need
from evaluations.scoring.planner.effort import (
    BY_THEME,
    BY_THEME_AND_KIND,
    OTHERWISE,
    default_ease,
    rung,
    step_effort,
)
from indicators.domain.importing import parse_instrument
from tests.evaluations.scoring.build import BIRTHS, CHOICE, INSTITUTIONS, d, question

FILE = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"


@pytest.fixture(scope="module")
def kla():
    return parse_instrument(FILE.read_text(encoding="utf-8"), name=FILE.name)


def test_the_instruments_themes_are_all_known(kla):
    assert {term.code for term in kla.themes} == set(BY_THEME)
    pairs = {(q.theme, q.rule.kind) for q in kla.questions()}
    assert set(BY_THEME_AND_KIND) <= pairs, "no line for what does not exist"


def test_every_default_is_lawful_and_says_why():
    for ease in (*BY_THEME.values(), *BY_THEME_AND_KIND.values(), OTHERWISE):
        assert 1 <= ease.effort <= 5
        assert ease.need in Need.values
        assert ease.need != Need.IMPOSSIBLE
        assert ease.reason.endswith(".")


def test_kind_before_theme_before_the_middle():
    assert default_ease(question(CHOICE)).effort == 3
    assert default_ease(question(BIRTHS)).effort == 4
    assert default_ease(question(INSTITUTIONS)).effort == 3
    assert default_ease(replace(question(CHOICE), theme="baru")) == OTHERWISE


@pytest.mark.parametrize(
    ("effort", "climbed", "rungs", "cost"),
    [(4, 3, 3, 4), (4, 1, 3, 2), (4, 2, 3, 3), (1, 1, 5, 1), (5, 1, 9, 1), (5, 9, 9, 5)],
)
def test_a_step_takes_its_share_rounded_up(effort, climbed, rungs, cost):
    assert step_effort(effort, climbed, rungs) == cost


def test_the_rung_of_points_between_two_levels_is_the_lower():
    levels = [d(0), d(2), d(5)]
    assert [rung(levels, d(points)) for points in ("0", "1.9", "2", "5", "9")] == [0, 0, 1, 2, 2]
