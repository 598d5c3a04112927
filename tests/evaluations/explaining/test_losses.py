"""Lost points: they add up to what is missing, in every grouping, and each says what would bring it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from evaluations.domain.comparison import visible_stages
from evaluations.domain.explaining.losses import NOBODY, losses
from tests.evaluations.domain.claims import ONE_OF_EACH, best, fill, fresh, save
from tests.evaluations.history.scenes import judged, submitted, va_closed


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def found(evaluation, user, key="klaim"):
    return losses(evaluation, visible_stages(evaluation, user), key)


@pytest.fixture
def claimed(evaluation, by):
    """20.5 points claimed, one question of each kind."""
    for code, value, _ in ONE_OF_EACH.values():
        save(evaluation, code, value, by=by)
    return fresh(evaluation)


def test_every_grouping_adds_up_to_what_is_missing(claimed, by):
    everything = found(claimed, by)
    missing = Decimal(1000) - Decimal("20.5")
    assert everything.chosen.lost == missing
    assert sum(row.lost for row in everything.questions) == missing
    for groups in (everything.themes, everything.agencies, everything.clusters):
        assert sum(group.lost for group in groups) == missing
        assert sum(group.weight for group in groups) == 1000
        assert [group.lost for group in groups] == sorted((group.lost for group in groups), reverse=True)
    assert sum(group.questions for group in everything.themes) == len(everything.questions)


def test_most_lost_first_and_nothing_that_is_full(claimed, by):
    rows = found(claimed, by).questions
    assert [row.lost for row in rows] == sorted((row.lost for row in rows), reverse=True)
    assert all(row.lost > 0 for row in rows)
    assert "26.17" not in {row.question.code for row in rows}, "a question without points loses none"


def test_each_says_what_would_bring_points(claimed, by):
    remedies = {row.question.code: row.remedy for row in found(claimed, by).questions}
    assert remedies["1.1"] == "untuk 12 poin: Peraturan Daerah tentang KLA"
    assert remedies["12.1"] == "untuk 3 poin: 163 persalinan lagi"
    assert re.fullmatch(r".+: .+ \(\+[0-9,]+\)", remedies["3.1a"])
    assert remedies["2.3"].startswith("jawab pertanyaan ini: sampai")


def test_safe_and_verified_beside_the_claim(evaluation, cast, by):
    evaluation = judged(submitted(evaluation, cast), cast)
    hidden = found(evaluation, by, "putusan")
    assert [reading.key for reading in hidden.readings] == ["klaim", "aman"], (
        "a running stage is not theirs to see"
    )
    assert hidden.chosen.key == "klaim"
    seen = found(evaluation, cast.verifier_kalsel, "putusan")
    assert seen.chosen.tree.total == 15
    evaluation = va_closed(evaluation, cast)
    verified = found(evaluation, by, "putusan")
    assert (verified.chosen.name, verified.chosen.tree.total) == ("Putusan VA", 15)
    rows = {row.question.code: row for row in verified.questions}
    assert "Ditolak di VA" in rows["12.1"].reason
    assert rows["12.1"].remedy == "buktikan klaim: untuk 3 poin"
    safe = found(evaluation, by, "aman")
    assert safe.chosen.tree.total <= safe.readings[0].tree.total
    assert any(row.remedy.startswith("buktikan klaim") for row in safe.questions)


def test_an_agency_of_the_district_answers_for_its_questions(claimed, by):
    agencies = {row.question.code: row.agency for row in found(claimed, by).questions}
    assert agencies["12.1"] == "Dinas Kesehatan"
    assert NOBODY not in agencies.values()


def test_full_points_lose_nothing(evaluation, by, spec):
    everything = found(fill(evaluation, best(spec), by=by), by)
    assert everything.questions == ()
    assert everything.chosen.lost == 0
