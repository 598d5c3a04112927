"""What waits for a verdict: nothing that changed since somebody ruled on it passes a stage unseen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain import closing, objections, queue, reminders, returns, submission
from evaluations.domain.desk import desk_of
from evaluations.domain.evidence import revisions, slots
from evaluations.domain.ranking import ranking
from evaluations.domain.rulings import closed_stages, standing_results, standings
from evaluations.models import Decision, Edition, Evaluation, Stage, StageResult, State, Verdict
from evaluations.scoring.rules import AnswerError
from kla_portal import clock
from kla_portal.accounts.access import Refused
from tests.evaluations.cycle import close_va, close_vl, decide, fresh, save
from tests.evaluations.evidence import corpus

UNREADABLE = "Pindaian tidak terbaca."


def paper(name="surat.pdf", pages=1):
    return SimpleUploadedFile(name, corpus.pdf(pages), content_type="application/pdf")


def marked(evaluation, stage, code):
    """Both ways of reading it, the queue's included, say the same."""
    evaluation = fresh(evaluation)
    standing = standings(evaluation, stage)[code]
    assert desk_of(evaluation, stage).standings[code] == standing
    return standing


def decided_in_queue(evaluation, by):
    evaluation = fresh(evaluation)
    rows = queue.waiting(edition=evaluation.edition, province=evaluation.district.province, by=by)
    return next(row.decided for row in rows if row.evaluation.pk == evaluation.pk)


@pytest.fixture
def settled(settings):
    settings.OBJECTION_DAYS = 0


@pytest.fixture
def with_paper(evaluation, cast):
    """1.1 is claimed with one document, handed in, and rejected at VA."""
    by = cast.coordinator_tabalong
    save(evaluation, "1.1", {"option": 0}, by)
    link = slots.add_file(evaluation=evaluation, code="1.1", slot_number=1, upload=paper(), by=by)
    submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)
    decide(evaluation, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason=UNREADABLE)
    return link


def go_back(evaluation, by, stage=Stage.VA, code="1.1"):
    due = clock.now() + timedelta(hours=48)
    returns.send_back(
        evaluation=fresh(evaluation), stage=stage, needed={code: "Lengkapi."}, due_at=due, by=by
    )


def renew(link, by):
    """Another version of the document's file."""
    (old,) = link.evidence.current_files
    revisions.revise(file=old, content=paper(pages=3), name="baru.pdf", declared="application/pdf", by=by)


# A file that was replaced


def test_a_new_version_of_a_file_waits_for_another_look(evaluation, with_paper, cast):
    by = cast.coordinator_tabalong
    go_back(evaluation, cast.verifier_kalsel)
    sent_back = fresh(evaluation)
    assert reminders.open_codes(sent_back) == ["1.1"]
    renew(with_paper, by)
    assert reminders.open_codes(fresh(evaluation)) == [], "the district did something"
    returns.resubmit(evaluation=fresh(evaluation), by=by)
    standing = marked(evaluation, Stage.VA, "1.1")
    assert (standing.stale, standing.open) == (True, True)
    assert decided_in_queue(evaluation, cast.verifier_kalsel) == 0
    with pytest.raises(closing.StillOpen) as still:
        close_va(fresh(evaluation), cast.verifier_kalsel)
    assert still.value.codes == ["1.1"]


def test_the_same_verdict_after_a_new_version_is_a_new_look(evaluation, with_paper, cast):
    go_back(evaluation, cast.verifier_kalsel)
    renew(with_paper, cast.coordinator_tabalong)
    returns.resubmit(evaluation=fresh(evaluation), by=cast.coordinator_tabalong)
    again = decide(
        fresh(evaluation),
        Stage.VA,
        "1.1",
        Decision.REJECT,
        cast.verifier_kalsel,
        reason=UNREADABLE,
        version=1,
    )
    assert (again.changed, again.verdict.version) == (True, 2)
    assert not marked(evaluation, Stage.VA, "1.1").open
    assert decided_in_queue(evaluation, cast.verifier_kalsel) == 1
    assert close_va(fresh(evaluation), cast.verifier_kalsel).total == 0


@pytest.mark.parametrize("how", ["added", "retired"])
def test_one_file_more_or_less_does_too(evaluation, with_paper, cast, how):
    by = cast.coordinator_tabalong
    document = with_paper.evidence
    go_back(evaluation, cast.verifier_kalsel)
    more = revisions.add_file_to(evidence=document, content=paper("dua.pdf", 4), name="dua.pdf", by=by)
    returns.resubmit(evaluation=fresh(evaluation), by=by)
    assert marked(evaluation, Stage.VA, "1.1").stale
    if how == "retired":
        decide(
            fresh(evaluation),
            Stage.VA,
            "1.1",
            Decision.REJECT,
            cast.verifier_kalsel,
            reason="Dua.",
            version=1,
        )
        go_back(evaluation, cast.verifier_kalsel)
        revisions.retire_file(file=more, by=by)
        returns.resubmit(evaluation=fresh(evaluation), by=by)
        assert marked(evaluation, Stage.VA, "1.1").stale


def test_files_swapped_while_em_was_reopened(evaluation, with_paper, cast):
    decide(evaluation, Stage.VA, "1.1", Decision.ACCEPT, cast.verifier_kalsel, version=1)
    closing.reopen(evaluation=fresh(evaluation), stage=Stage.EM, reason="Salah.", by=cast.admin_kalsel)
    renew(with_paper, cast.coordinator_tabalong)
    submission.submit(evaluation=fresh(evaluation), by=cast.coordinator_tabalong, incomplete_accepted=True)
    assert decided_in_queue(evaluation, cast.verifier_kalsel) == 0
    with pytest.raises(closing.StillOpen):
        close_va(fresh(evaluation), cast.verifier_kalsel)


# VL and VF keep what the stage before left, unless it changed


def test_what_nobody_touched_keeps_the_stage_before(va_closed):
    found = standings(fresh(va_closed), Stage.VL)
    assert not any(standing.open or standing.due for standing in found.values())
    assert found == desk_of(fresh(va_closed), Stage.VL).standings


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("numerator", ["99", "10"])
def test_an_answer_changed_in_a_return_of_vl_waits_there(va_closed, cast, numerator):
    by, nation = cast.coordinator_tabalong, cast.verifier_national
    go_back(va_closed, nation, Stage.VL, "12.1")
    save(fresh(va_closed), "12.1", {"numerator": numerator, "denominator": "100"}, by, version=1)
    returns.resubmit(evaluation=fresh(va_closed), by=by)
    standing = marked(va_closed, Stage.VL, "12.1")
    assert (standing.verdict, standing.stale, standing.open) == (None, True, True)
    with pytest.raises(closing.StillOpen) as still:
        close_vl(fresh(va_closed), nation)
    assert still.value.codes == ["12.1"]
    decide(fresh(va_closed), Stage.VL, "12.1", Decision.ACCEPT, nation, answer_version=2)
    assert not marked(va_closed, Stage.VL, "12.1").open
    close_vl(fresh(va_closed), nation)
    assert not any(one.open for one in standings(fresh(va_closed), Stage.VF).values()), "VF follows VL"


@pytest.mark.usefixtures("settled")
def test_an_answer_given_only_in_a_return_of_vl_was_never_ruled_on(va_closed, cast):
    by = cast.coordinator_tabalong
    assert not marked(va_closed, Stage.VL, "12.2").due
    go_back(va_closed, cast.verifier_national, Stage.VL, "12.2")
    save(fresh(va_closed), "12.2", {"numerator": "95", "denominator": "100"}, by)
    returns.resubmit(evaluation=fresh(va_closed), by=by)
    standing = marked(va_closed, Stage.VL, "12.2")
    assert (standing.stale, standing.open) == (False, True)


@pytest.mark.usefixtures("settled")
def test_what_is_put_off_keeps_vl_open(va_closed, cast):
    decide(va_closed, Stage.VL, "12.1", Decision.DEFER, cast.verifier_national)
    assert marked(va_closed, Stage.VL, "12.1").open
    with pytest.raises(closing.StillOpen):
        close_vl(fresh(va_closed), cast.verifier_national)


def test_an_acceptance_is_overtaken_by_an_objection(submitted, cast):
    by, nation = cast.verifier_kalsel, cast.verifier_national
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, by, reason="Perda belum diundangkan.")
    for code in ("12.1", "2.3"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, by)
    close_va(fresh(submitted), by)
    filed = objections.object_to(
        evaluation=fresh(submitted), stage=Stage.VA, code="1.1", reason="Sudah.", by=cast.coordinator_tabalong
    )
    decide(fresh(submitted), Stage.VL, "1.1", Decision.ACCEPT, nation)
    assert not marked(submitted, Stage.VL, "1.1").stale
    objections.decide_objection(objection=filed, granted=True, reason="Ya.", by=cast.admin_kalsel)
    standing = marked(submitted, Stage.VL, "1.1")
    assert (standing.stale, standing.open) == (True, True)
    assert decided_in_queue(submitted, nation) == 0
    again = decide(fresh(submitted), Stage.VL, "1.1", Decision.ACCEPT, nation, version=1)
    assert again.changed, "accepted anew, as it is now"
    assert not marked(submitted, Stage.VL, "1.1").open
    assert decided_in_queue(submitted, nation) == 1


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(("decision", "stale"), [(Decision.ACCEPT, True), (Decision.REJECT, False)])
def test_an_acceptance_of_vf_is_overtaken_by_vl_anew(va_closed, cast, decision, stale):
    nation = cast.verifier_national
    decide(va_closed, Stage.VL, "12.1", Decision.REJECT, nation, reason="Tidak ada.")
    close_vl(va_closed, nation)
    decide(fresh(va_closed), Stage.VF, "12.1", decision, nation, reason="Sama.")
    closing.reopen(evaluation=fresh(va_closed), stage=Stage.VL, reason="Keliru.", by=cast.admin_national)
    decide(fresh(va_closed), Stage.VL, "12.1", Decision.ACCEPT, nation, version=1)
    close_vl(fresh(va_closed), nation)
    assert marked(va_closed, Stage.VF, "12.1").stale is stale, (
        "a value of one's own does not lean on the stage before"
    )


# A change that changes nothing


def test_the_value_that_stands_already_is_no_change(va_closed, cast):
    nation = cast.verifier_national
    same = {"numerator": "95", "denominator": "100"}
    with pytest.raises(AnswerError, match="sama dengan yang sudah ada"):
        decide(va_closed, Stage.VL, "12.1", Decision.CHANGE, nation, value=same, reason="Sama saja.")
    assert not Verdict.objects.filter(stage=Stage.VL).exists()
    decide(
        va_closed, Stage.VL, "12.1", Decision.CHANGE, nation, value={**same, "numerator": "90"}, reason="90."
    )


def test_the_claims_own_value_takes_back_what_va_changed(submitted, cast):
    same = {"numerator": "95", "denominator": "100"}
    by, nation = cast.verifier_kalsel, cast.verifier_national
    lower = {"numerator": "90", "denominator": "100"}
    decide(submitted, Stage.VA, "12.1", Decision.CHANGE, by, value=lower, reason="90.")
    for code in ("1.1", "2.3"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, by)
    close_va(fresh(submitted), by)
    with pytest.raises(AnswerError):
        decide(fresh(submitted), Stage.VL, "12.1", Decision.CHANGE, nation, value=lower, reason="90.")
    assert decide(
        fresh(submitted), Stage.VL, "12.1", Decision.CHANGE, nation, value=same, reason="Ditunjukkan."
    ).changed


# VL waits for the objections against VA


@pytest.fixture
def contested(submitted, cast):
    by = cast.verifier_kalsel
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, by, reason="Belum.")
    for code in ("12.1", "2.3"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, by)
    close_va(fresh(submitted), by)
    return fresh(submitted)


def test_vl_is_neither_returned_nor_closed_while_va_can_be_contested(contested, cast):
    nation = cast.verifier_national
    ends = objections.window_ends(contested, Stage.VA)
    for deed in (
        lambda: closing.close_vl(
            evaluation=contested,
            mode="visit",
            held_on=clock.now().date(),
            participants=[],
            notes={},
            by=nation,
        ),
        lambda: go_back(contested, nation, Stage.VL, "12.1"),
    ):
        with pytest.raises(Refused, match="Masa sanggah VA berjalan sampai"):
            deed()
    decide(contested, Stage.VL, "12.1", Decision.ACCEPT, nation)
    assert fresh(contested).state == State.VA_CLOSED
    with clock.at(ends):
        go_back(contested, nation, Stage.VL, "12.1")


def test_an_objection_that_waits_holds_vl_after_its_window_too(contested, cast):
    nation = cast.verifier_national
    filed = objections.object_to(
        evaluation=contested, stage=Stage.VA, code="1.1", reason="Sudah.", by=cast.coordinator_tabalong
    )
    with clock.at(objections.window_ends(contested, Stage.VA)):
        with pytest.raises(Refused, match="1 sanggah atas VA belum diputuskan"):
            close_vl(fresh(contested), nation)
        result = objections.decide_objection(
            objection=filed, granted=True, reason="Ya.", by=cast.admin_kalsel
        )
        assert result.total == Decimal("20.00"), "recounted from what VA was closed on"
        assert close_vl(fresh(contested), nation).total == Decimal("20.00")


# Results that stand


def standing_stages(evaluation: Evaluation) -> set[Stage]:
    rows = standing_results().filter(evaluation=evaluation)
    assert {row.pk for stage in Stage for row in standing_results(stage).filter(evaluation=evaluation)} == {
        row.pk for row in rows
    }
    return {Stage(row.stage) for row in rows}


@pytest.mark.usefixtures("settled")
def test_what_stands_follows_the_state(va_closed, cast):
    nation, seen = cast.verifier_national, []

    def look():
        evaluation = fresh(va_closed)
        assert standing_stages(evaluation) == closed_stages(evaluation)
        seen.append(len(standing_stages(evaluation)))

    look()
    go_back(va_closed, nation, Stage.VL, "12.1")
    look()
    returns.resubmit(evaluation=fresh(va_closed), by=cast.coordinator_tabalong)
    close_vl(fresh(va_closed), nation)
    look()
    closing.close_vf(evaluation=fresh(va_closed), by=nation)
    look()
    for stage, by in (
        (Stage.VF, cast.admin_national),
        (Stage.VL, cast.admin_national),
        (Stage.VA, cast.admin_kalsel),
    ):
        closing.reopen(evaluation=fresh(va_closed), stage=stage, reason="Bukti palsu.", by=by)
        look()
    go_back(va_closed, cast.verifier_kalsel, Stage.VA, "12.1")
    look()
    returns.resubmit(evaluation=fresh(va_closed), by=cast.coordinator_tabalong)
    closing.reopen(evaluation=fresh(va_closed), stage=Stage.EM, reason="Semua.", by=cast.admin_kalsel)
    look()
    assert seen == [2, 2, 3, 4, 3, 2, 1, 1, 0]
    assert StageResult.objects.filter(evaluation=va_closed).count() == 4, "all are kept"


@pytest.mark.usefixtures("settled")
def test_a_reopened_stage_is_not_ranked(va_closed, cast):
    nation = cast.verifier_national
    close_vl(va_closed, nation)
    closing.close_vf(evaluation=fresh(va_closed), by=nation)
    edition = Edition.objects.get(pk=va_closed.edition_id)

    def ranked(stage):
        found = ranking(edition=edition, stage=stage, province=fresh(va_closed).district.province)
        return [row.code for row in found.report.rows]

    assert ranked(Stage.VF) == ranked(Stage.VA) == [va_closed.district_id]
    closing.reopen(evaluation=fresh(va_closed), stage=Stage.VF, reason="Bukti palsu.", by=cast.admin_national)
    assert ranked(Stage.VF) == []
    assert ranked(Stage.VA) == [va_closed.district_id]
