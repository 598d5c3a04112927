"""The draw and the numbers of calibration."""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluations.domain import calibration
from evaluations.domain.calibration import Mark, Pair, agreement_of, drawn, strictness_of
from evaluations.models import Decision, Evaluation, Stage, Verdict
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.regions.models import Province
from tests.cast import KALSEL, KALTENG
from tests.evaluations.domain.claims import best, save


def test_anyone_can_repeat_the_draw_from_the_published_seed(evaluation, spec, settings):
    settings.CALIBRATION_SHARE, settings.CALIBRATION_SEED = 5, "rapat 3 Mei"
    assert calibration.seed_of(evaluation, Stage.VA) == "rapat 3 Mei:2026/63.09/va"
    codes = [q.code for q in spec.questions() if q.weight]
    ranked = sorted(
        codes, key=lambda c: hashlib.sha256(f"rapat 3 Mei:2026/63.09/va:{c}".encode()).hexdigest()
    )
    assert drawn(evaluation, Stage.VA) == frozenset(ranked[: math.ceil(len(codes) * 5 / 100)])
    assert len(drawn(evaluation, Stage.VA)) == 14


def test_stage_district_and_seed_draw_anew(evaluation, neighbour_evaluation, settings):
    first = drawn(evaluation, Stage.VA)
    assert first == drawn(evaluation, Stage.VA)
    assert first != drawn(evaluation, Stage.VL)
    assert first != drawn(neighbour_evaluation, Stage.VA)
    settings.CALIBRATION_SEED = "lain"
    assert first != drawn(evaluation, Stage.VA)


@pytest.mark.parametrize(("share", "count"), [(0, 0), (1, 3), (100, 273), (250, 273)])
def test_the_share(evaluation, settings, share, count):
    settings.CALIBRATION_SHARE = share
    assert len(drawn(evaluation, Stage.VA)) == count


def test_at_least_one_and_only_questions_with_points(evaluation, settings, spec):
    settings.CALIBRATION_SHARE = 100
    assert "26.17" not in drawn(evaluation, Stage.VA), "no points, nothing to compare"


# The numbers


def pair(first, second, shares=(1, 1), readers=(1, 2)):
    marks = [
        Mark(User(pk=pk, username=str(pk)), Decision(d), Fraction(s))
        for pk, d, s in zip(readers, (first, second), shares, strict=True)
    ]
    return Pair("1.1", *marks)


def test_few_pairs_say_nothing():
    pairs = [pair("accept", "reject", (1, 0))] * 9
    found = agreement_of(pairs)
    assert (found.n, found.same, found.decision, found.points, found.enough) == (9, 0, None, None, False)
    assert strictness_of(1, pairs) is None
    assert agreement_of(pairs + pairs[:1]).enough


def test_full_agreement_and_none():
    same = [pair("accept", "accept")] * 5 + [pair("reject", "reject", (0, 0))] * 5
    assert (agreement_of(same).decision, agreement_of(same).points) == (1, 1)
    assert agreement_of(same).same == 10
    apart = [pair("accept", "reject", (1, 0)), pair("reject", "accept", (0, 1))] * 5
    assert agreement_of(apart).decision < 0
    assert agreement_of(apart).points < 0


def test_alpha_of_a_worked_example():
    """Nominal, two readers, ten pairs: 6 x both accept, 2 x both reject, 2 x apart.

    Observed disagreement 4/20. Values: accept 14, reject 6; expected 2*14*6/(20*19). alpha = 1 - Do/De.
    """
    pairs = [pair("accept", "accept")] * 6 + [pair("reject", "reject", (0, 0))] * 2
    pairs += [pair("accept", "reject", (1, 0))] * 2
    expected = 1 - Fraction(4, 20) / Fraction(2 * 14 * 6, 20 * 19)
    found = agreement_of(pairs)
    assert found.decision == Decimal(f"{float(expected):.3f}") == Decimal("0.548")
    assert found.points == found.decision, "with only 0 and 1 the interval metric is the nominal one"
    assert found.same == 8


def test_near_misses_weigh_less_on_points_than_on_decisions():
    pairs = [pair("accept", "change", (1, Fraction(9, 10)))] * 5
    pairs += [pair("reject", "reject", (0, 0))] * 5
    found = agreement_of(pairs)
    assert found.points > Decimal("0.95")
    assert found.decision < Decimal("0.7")


def test_where_nothing_varies_alpha_is_not_defined():
    found = agreement_of([pair("accept", "accept")] * 12)
    assert (found.enough, found.same, found.decision, found.points) == (True, 12, None, None)


def test_strictness_is_against_the_other_on_the_same_question():
    pairs = [pair("accept", "reject", (1, 0))] * 5 + [pair("accept", "accept")] * 4
    pairs += [pair("accept", "change", (Fraction(1, 3), 1), readers=(2, 1))]
    assert strictness_of(1, pairs) == Decimal("56.7")
    assert strictness_of(2, pairs) == Decimal("-56.7")


# From the database


def verdict(evaluation, code, decision, by, reading, *, stage=Stage.VA, version=1, value=None):
    return Verdict.objects.create(
        evaluation=evaluation,
        stage=stage,
        question_id=loaded(evaluation.edition.instrument).question_ids[code],
        reading=reading,
        decision=decision,
        value=value,
        reason="" if decision in {"accept", "defer"} else "Tidak terbukti.",
        answer_version=version,
        updated_at=clock.now(),
        updated_by=by,
    )


@pytest.fixture
def read_twice(evaluation, cast, spec):
    """Twelve questions of Tabalong with full points, read by the verifier and by the administrator."""
    values, by = best(spec), cast.coordinator_tabalong
    codes = [q.code for q in spec.questions() if q.weight and q.code in values][:12]
    for code in codes:
        save(evaluation, code, values[code], by=by)
        verdict(evaluation, code, "accept", cast.verifier_kalsel, 1)
    for code in codes[:9]:
        verdict(evaluation, code, "accept", cast.admin_kalsel, 2)
    for code in codes[9:]:
        verdict(evaluation, code, "reject", cast.admin_kalsel, 2)
    return codes


def find(edition, place=KALSEL, stage=Stage.VA):
    province = Province.objects.get(pk=place) if place else None
    return calibration.calibration(edition=edition, stage=stage, province=province)


def test_per_reader_and_question(read_twice, edition, cast):
    found = find(edition)
    assert (found.overall.n, found.overall.same) == (12, 9)
    assert {row.reader: row.strictness for row in found.readers} == {
        cast.verifier_kalsel: Decimal("25.0"),
        cast.admin_kalsel: Decimal("-25.0"),
    }
    assert [row.code for row in found.questions] == read_twice
    assert {row.agreement.n for row in found.questions} == {1}
    assert not any(row.agreement.enough for row in found.questions)


def test_another_area_stage_and_edition_have_nothing(read_twice, edition):
    assert find(edition, None).overall.n == 12
    assert find(edition, KALTENG).overall.n == 0
    assert find(edition, stage=Stage.VL).overall.n == 0
    assert find(edition.previous).overall.n == 0


def test_what_does_not_count(read_twice, edition, evaluation, cast, spec):
    """Put off, decided on another version of the claim, read twice by one person, without points."""

    def second(code):
        return Verdict.objects.filter(
            reading=2, question_id=loaded(evaluation.edition.instrument).question_ids[code]
        )

    second(read_twice[0]).update(decision="defer")
    second(read_twice[1]).update(answer_version=2)
    second(read_twice[2]).update(updated_by=cast.verifier_kalsel)
    verdict(evaluation, "26.17", "accept", cast.verifier_kalsel, 1, version=0)
    verdict(evaluation, "26.17", "accept", cast.admin_kalsel, 2, version=0)
    assert find(edition).overall.n == 9


def test_accepting_gives_what_that_version_claimed(evaluation, edition, cast):
    """The claim changed later; the two readers saw 12 of 12 points and gave 12 and 9."""
    save(evaluation, "1.1", {"option": 0}, by=cast.coordinator_tabalong)
    verdict(evaluation, "1.1", "accept", cast.verifier_kalsel, 1)
    verdict(evaluation, "1.1", "change", cast.admin_kalsel, 2, value={"option": 1})
    save(evaluation, "1.1", {"option": 2}, by=cast.coordinator_tabalong)
    (found,) = calibration._pairs(edition, Stage.VA, None, loaded(edition.instrument))
    assert (found.first.share, found.second.share) == (1, Fraction(9, 12))


def test_accepting_at_vl_gives_what_va_left(evaluation, edition, cast):
    save(evaluation, "1.1", {"option": 0}, by=cast.coordinator_tabalong)
    verdict(evaluation, "1.1", "change", cast.verifier_kalsel, 1, value={"option": 1})
    verdict(evaluation, "1.1", "accept", cast.verifier_national, 1, stage=Stage.VL)
    verdict(evaluation, "1.1", "reject", cast.admin_national, 2, stage=Stage.VL)
    (found,) = calibration._pairs(edition, Stage.VL, None, loaded(edition.instrument))
    assert (found.first.share, found.second.share) == (Fraction(9, 12), 0)


def test_three_queries_whatever_there_is(read_twice, edition, django_assert_max_num_queries):
    other = Evaluation.objects.get(edition=edition, district="63.10")
    Verdict.objects.filter(reading=2).first()
    loaded(edition.instrument)
    with django_assert_max_num_queries(3):
        calibration.calibration(edition=edition, stage=Stage.VA, province=None)
    assert other.verdicts.count() == 0
