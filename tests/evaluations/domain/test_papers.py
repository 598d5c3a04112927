"""What the papers are made of: stages as they stood then, a way that fits the number, dates, the rank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain import closing, objections
from evaluations.domain.papers.advice import advice_for
from evaluations.domain.papers.card import draft_card, rank_of, result_card
from evaluations.domain.papers.documents import card_document, evaluation_document
from evaluations.domain.papers.lhe import evaluation_report
from evaluations.domain.planning.efforts import set_efforts
from evaluations.domain.planning.targets import set_target
from evaluations.models import Effort, Evaluation, ReportKind, Stage, StageResult, VisitMode
from evaluations.scoring.planner import Ease
from evaluations.scoring.score import round_total
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.indonesian import tanggal
from tests.cast import KALSEL
from tests.evaluations.cycle import fresh, letter
from tests.evaluations.domain.claims import best, fill, hand_in, result
from tests.evaluations.history import scenes

EM, VA, VL, VF = Stage


def of(evaluation, stage, sequence=1):
    row = StageResult.objects.get(evaluation=evaluation, stage=stage, sequence=sequence)
    row.evaluation = evaluation
    return row


@pytest.fixture
def submitted(evaluation, cast):
    return scenes.submitted(evaluation, cast)


@pytest.fixture
def final(evaluation, cast):
    return scenes.whole_way(evaluation, cast)


# The LHE


def test_each_stage_reports_the_stages_before_it_and_none_after(final):
    seen = {stage: [p.code for p in evaluation_report(of(final, stage)).stages.stages] for stage in Stage}
    assert seen == {EM: ["EM"], VA: ["EM", "VA"], VL: ["EM", "VA", "VL"], VF: ["EM", "VA", "VL", "VF"]}
    assert [str(p.total) for p in evaluation_report(of(final, VF)).stages.stages] == [
        "20.00", "15.00", "17.00", "17.00",
    ]  # fmt: skip


def test_times_name_the_letter_and_how_the_field_was_visited(final):
    times = {time.code: time for time in evaluation_report(of(final, VF)).times}
    assert times["VA"].basis == "Surat gubernur nomor 100/1/2026, 1 Juni 2026"
    assert times["VL"].basis == "Kunjungan, 1 Juli 2026; peserta: Forum Anak 12 orang"
    assert times["EM"].window.endswith("23.59 WITA")
    assert times["VF"].window == "", "no window was set for it"
    assert [times[stage.upper()].digest for stage in Stage] == [of(final, stage).digest for stage in Stage]


def visited(evaluation, cast, remark, *, days):
    """VL closed ``days`` from now, when nothing can be contested any more."""
    with clock.at(clock.now() + timedelta(days=days)):
        closing.close_vl(
            evaluation=fresh(evaluation),
            mode=VisitMode.VISIT,
            held_on=date(2026, 7, 1),
            participants=[{"role": "Forum Anak", "count": 12}],
            notes={"K3": remark},
            by=cast.verifier_national,
        )
    return fresh(evaluation)


def told(report):
    """What it says of the closing of its stages."""
    return [(time.code, time.basis) for time in report.times], {
        part.code: part.remark for part in report.notes
    }


def test_a_result_that_was_replaced_keeps_its_letter_and_its_field_notes(evaluation, cast):
    """Both stages are taken up again and closed with other words: each result tells its own."""
    closed = scenes.va_closed(scenes.judged(scenes.submitted(evaluation, cast), cast), cast)
    closed = visited(closed, cast, "Catatan pertama.", days=60)
    before = {stage: told(evaluation_report(of(closed, stage))) for stage in (VA, VL)}
    assert before[VL][0][1:] == [
        ("VA", "Surat gubernur nomor 100/1/2026, 1 Juni 2026"),
        ("VL", "Kunjungan, 1 Juli 2026; peserta: Forum Anak 12 orang"),
    ]
    assert before[VL][1]["K3"] == "Catatan pertama."
    for stage, admin in ((VL, cast.admin_national), (VA, cast.admin_kalsel)):
        closing.reopen(evaluation=fresh(closed), stage=stage, reason="Keliru.", by=admin)
    with clock.at(clock.now() + timedelta(days=90)):
        closing.close_va(
            evaluation=fresh(closed),
            letter_number="200/2/2026",
            letter_date=date(2026, 6, 2),
            letter=letter(),
            by=cast.verifier_kalsel,
        )
    closed = visited(closed, cast, "Catatan kedua.", days=150)
    assert {stage: told(evaluation_report(of(closed, stage))) for stage in (VA, VL)} == before
    times, remarks = told(evaluation_report(of(closed, VL, 2)))
    assert dict(times)["VA"] == "Surat gubernur nomor 200/2/2026, 2 Juni 2026"
    assert remarks["K3"] == "Catatan kedua."


def test_notes_carry_the_verifiers_reasons(final):
    notes = {part.code: part for part in evaluation_report(of(final, VF)).notes}
    (line,) = notes["K3"].changed
    assert [cell.verdict for cell in line.verdicts] == [
        f"Ditolak: {scenes.VA_REASON}", f"Diubah: {scenes.VL_REASON}",
    ]  # fmt: skip
    assert notes["K1"].changed == ()


def test_a_paper_of_an_older_result_stays_what_it_was_but_says_what_took_its_place(evaluation, cast):
    closed = scenes.va_closed(scenes.judged(scenes.submitted(evaluation, cast), cast), cast)
    first = evaluation_report(of(closed, VA))
    objection = objections.object_to(
        evaluation=closed, stage=VA, code="12.1", reason="Ada di hal. 3.", by=cast.coordinator_tabalong
    )
    objections.decide_objection(objection=objection, granted=True, reason="Benar.", by=cast.admin_kalsel)
    older, newer = evaluation_report(of(closed, VA)), evaluation_report(of(closed, VA, 2))
    assert evaluation_document(older).key != evaluation_document(first).key, (
        "it says that another took its place"
    )
    assert told(newer)[0][1] == ("VA", "Surat gubernur nomor 100/1/2026, 1 Juni 2026"), "of the closing"
    assert str(newer.stages.stages[-1].total) == "18.00"
    assert evaluation_document(newer).key != evaluation_document(older).key
    assert (first.replaced_by, newer.replaced_by) == ("", "")
    when = tanggal(of(closed, VA, 2).taken_at.astimezone(closed.district.province.zone))
    assert older.replaced_by == f"VA/2026/63.09/02, {when}"
    assert replace(older.district, replaced_by="") == first.district, "all else stays what it was"


def test_it_is_kept_in_a_series_of_its_stage(final):
    documents = [evaluation_document(evaluation_report(of(final, stage))) for stage in (VA, VF)]
    assert [one.series for one in documents] == ["evaluation:2026:63.09:va", "evaluation:2026:63.09:vf"]
    assert {one.kind for one in documents} == {ReportKind.EVALUATION}
    assert documents[1].about["receipt"] == of(final, VF).receipt_number


# The advice


def advice_of(row):
    report = evaluation_report(row)
    return report.advice


def test_without_a_target_the_next_predikat(submitted):
    advice = advice_of(of(submitted, EM))
    assert (advice.goal, advice.own, advice.target) == ("predikat Pratama", False, Decimal("500.00"))
    assert advice.start == 20
    assert advice.reachable
    assert round_total(Decimal(20) + advice.gain) == advice.reached >= 500
    assert {step.code for step in advice.steps}.isdisjoint(step.code for step in advice.others)
    assert len(advice.others) == 5


def test_the_districts_own_target_until_it_is_reached(submitted, cast):
    set_target(evaluation=submitted, total=Decimal("25.50"), by=cast.coordinator_tabalong)
    advice = advice_of(of(submitted, EM))
    assert (advice.goal, advice.own, advice.target) == ("nilai 25,50", True, Decimal("25.50"))
    set_target(evaluation=submitted, total=Decimal("19.00"), by=cast.coordinator_tabalong)
    assert advice_of(of(submitted, EM)).goal == "predikat Pratama"
    set_target(evaluation=submitted, predikat="nindya", by=cast.coordinator_tabalong)
    assert advice_of(of(submitted, EM)).goal == "predikat Nindya"


def test_a_rejected_answer_comes_back_by_its_documents(evaluation, cast):
    """12.1 (3 points) was rejected: what was claimed can still be proved."""
    closed = scenes.va_closed(scenes.judged(scenes.submitted(evaluation, cast), cast), cast)
    only(closed, ["12.1"], by=cast.coordinator_tabalong)
    set_target(evaluation=closed, total=Decimal("18.00"), by=cast.coordinator_tabalong)
    advice = advice_of(of(closed, VA))
    (step,) = advice.steps
    assert (advice.start, advice.reached, step.effort) == (15, 18, 1)
    assert step.words == "lengkapi data dukung: klaim belum diterima dalam Verifikasi Administrasi"


def test_what_the_district_calls_impossible_is_not_recommended(submitted, cast):
    target = Decimal("20.01")
    set_target(evaluation=submitted, total=target, by=cast.coordinator_tabalong)
    before = advice_of(of(submitted, EM))
    impossible = {step.code: Ease(3, "impossible") for step in (*before.steps, *before.others)}
    set_efforts(evaluation=submitted, efforts=impossible, by=cast.coordinator_tabalong)
    after = advice_of(of(submitted, EM))
    assert not impossible.keys() & {step.code for step in (*after.steps, *after.others)}


def only(evaluation, codes, *, by):
    """Nothing can be raised before the deadline but these."""
    instrument, now = loaded(evaluation.edition.instrument), clock.now()
    Effort.objects.bulk_create(
        Effort(
            district=evaluation.district,
            question_id=pk,
            effort=5,
            need="impossible",
            set_at=now,
            set_by=by,
        )
        for code, pk in instrument.question_ids.items()
        if code not in codes
    )


def test_out_of_reach_still_says_what_is_worth_most(submitted, cast, spec):
    codes = [question.code for question in spec.questions() if question.code.startswith("1.")]
    only(submitted, codes, by=cast.coordinator_tabalong)
    advice = advice_of(of(submitted, EM))
    assert not advice.reachable
    assert advice.missing == advice.target - advice.reached > 0
    assert 0 < len(advice.steps) <= 12
    assert all(step.code.startswith("1.") for step in advice.steps)


def test_the_best_predikat_needs_no_advice(evaluation, cast, spec):
    by = cast.coordinator_tabalong
    row = hand_in(fill(evaluation, best(spec), by=by), by=by)
    row.evaluation = evaluation
    assert advice_of(row) is None
    assert result_card(row).decisions == ()


def test_the_way_begins_at_the_reports_own_number_when_the_evaluation_moved_on(submitted, cast):
    row = of(submitted, EM)
    submitted.answers.update(value=None)
    report = evaluation_report(row)
    assert report.advice.start == row.total == 20
    assert round_total(Decimal(20) + report.advice.gain) == report.advice.reached


def test_the_advice_takes_three_queries(submitted):
    report = evaluation_report(of(submitted, EM))
    answers = of(submitted, EM).snapshot["answers"]
    with CaptureQueriesContext(connection) as seen:
        advice_for(submitted, report.district, answers)
    assert len(seen) <= 4


# The rapor


def test_a_draft_has_no_rank_no_comparison_and_its_own_series(evaluation, cast):
    fill(evaluation, {"1.1": {"option": 0}}, by=cast.coordinator_tabalong)
    card = draft_card(
        Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=evaluation.pk)
    )
    assert card.draft
    assert (card.rank, card.change) == (None, None)
    assert str(card.district.tree.total) == "12.00"
    assert card_document(card).series == "card:2026:63.09:konsep"
    assert [row.what for row in card.deadlines] == ["Mengisi dan mengajukan Evaluasi Mandiri"]
    assert card.missing_count == 1


def test_against_the_last_edition_in_percent(submitted, cast):
    assert result_card(of(submitted, EM)).change is None
    before = Evaluation.objects.get(edition__code="2024", district=submitted.district)
    result(before, "50.00", by=cast.admin_kalsel)
    change = result_card(of(submitted, EM)).change
    assert (change.edition, change.before, change.now) == ("Evaluasi KLA 2024", 5, 2)
    assert change.words == "turun 3,0 poin persen"


def test_dates_of_stages_that_are_over_are_left_out(submitted):
    assert result_card(of(submitted, EM)).deadlines == ()


def others(evaluation):
    return Evaluation.objects.filter(edition=evaluation.edition, district__province=KALSEL).exclude(
        pk=evaluation.pk
    )


def test_a_rank_once_the_whole_province_is_done(submitted, cast):
    """Until then not even that the neighbours have handed in shows."""
    rows = list(others(submitted))
    for place, evaluation in enumerate(rows[1:]):
        result(evaluation, str(10 + 5 * place), by=cast.admin_kalsel)
    assert rank_of(of(submitted, EM)) is None
    result(rows[0], "900", by=cast.admin_kalsel)
    found = rank_of(of(submitted, EM))
    better = 1 + sum(10 + 5 * place > 20 for place in range(len(rows) - 1))
    assert (found.place, found.among, found.districts) == (better + 1, 13, 13)


def test_a_rank_once_the_stage_is_closed_for_everyone(submitted, cast):
    result(others(submitted)[0], "900", by=cast.admin_kalsel)
    assert rank_of(of(submitted, EM)) is None
    with clock.at(clock.now() + timedelta(days=90)):
        found = rank_of(of(submitted, EM))
    assert (found.place, found.among, found.districts) == (2, 2, 13)


def test_final_results_are_ranked_only_when_they_are_public(final):
    assert rank_of(of(final, VF)) is None
    edition = final.edition
    edition.results_public_at = clock.now() + timedelta(days=1)
    assert rank_of(of(final, VF)) is None
    edition.results_public_at = clock.now()
    assert rank_of(of(final, VF)).place == 1


def test_a_superseded_result_has_no_rank(submitted, cast):
    result(submitted, "30", by=cast.admin_kalsel, sequence=2)
    with clock.at(clock.now() + timedelta(days=90)):
        assert rank_of(of(submitted, EM)) is None


def test_as_many_queries_for_a_province_as_for_one(submitted, cast):
    row = of(submitted, EM)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            result_card(row)
        return len(seen)

    result_card(row)
    before = queries()
    for evaluation in others(submitted)[:3]:
        result(evaluation, "30", by=cast.admin_kalsel)
    assert queries() == before <= 12
