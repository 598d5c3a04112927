"""The whole way of one evaluation, EM to VF, through the verbs alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from evaluations.domain import closing, objections, returns, submission
from evaluations.domain.evidence import slots
from evaluations.domain.rulings import stage_trees, standings
from evaluations.domain.snapshots import snapshot, snapshot_at
from evaluations.models import Decision, Stage, State, VisitMode
from evaluations.scoring.score import digest
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.log import verify
from tests.evaluations.cycle import close_va, close_vl, decide, fresh, save


@pytest.fixture
def submitted(evaluation, cast):
    """1.1 (12 points), 12.1 (3 points) and 2.3 (5 points) are claimed."""
    by = cast.coordinator_tabalong
    save(evaluation, "1.1", {"option": 0}, by)
    save(evaluation, "12.1", {"numerator": "95", "denominator": "100"}, by)
    save(evaluation, "2.3", {"value": "6"}, by)
    submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)
    return fresh(evaluation)


def test_from_claim_to_final_score(submitted, cast):
    verifier, nation = cast.verifier_kalsel, cast.verifier_national
    decide(submitted, Stage.VA, "1.1", Decision.ACCEPT, verifier)
    decide(
        submitted, Stage.VA, "12.1", Decision.REJECT, verifier, reason="Rekapitulasi tidak ditandatangani."
    )
    with pytest.raises(closing.StillOpen) as still:
        close_va(submitted, verifier)
    assert still.value.codes == ["2.3"]
    decide(
        submitted, Stage.VA, "2.3", Decision.CHANGE, verifier, value={"value": "4"}, reason="Empat terbukti."
    )
    result = close_va(submitted, verifier)
    assert (result.total, result.stage) == (Decimal("15.00"), "va")
    evaluation = fresh(submitted)
    assert evaluation.state == State.VA_CLOSED
    decide(
        evaluation, Stage.VL, "12.1", Decision.CHANGE, nation,
        value={"numerator": "90", "denominator": "100"}, reason="Ditunjukkan di lapangan.",
    )  # fmt: skip
    vl = close_vl(evaluation, nation, mode=VisitMode.HYBRID, notes={"K3": "Data per puskesmas lengkap."})
    assert vl.total == Decimal("17.00")
    final = closing.close_vf(evaluation=fresh(evaluation), by=nation)
    assert final.total == Decimal("17.00")
    evaluation = fresh(evaluation)
    totals = {stage: tree.total for stage, tree in stage_trees(evaluation).items()}
    assert totals == {
        Stage.EM: Decimal("20.00"),
        Stage.VA: Decimal("15.00"),
        Stage.VL: Decimal("17.00"),
        Stage.VF: Decimal("17.00"),
    }
    assert list(verify()) == []


def test_the_past_recomputed_equals_every_stored_snapshot(submitted, cast):
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason="Belum berlaku.")
    decide(submitted, Stage.VA, "12.1", Decision.ACCEPT, cast.verifier_kalsel)
    decide(submitted, Stage.VA, "2.3", Decision.ACCEPT, cast.verifier_kalsel)
    close_va(submitted, cast.verifier_kalsel)
    evaluation = fresh(submitted)
    closing.reopen(evaluation=evaluation, stage=Stage.VA, reason="Salah putus.", by=cast.admin_kalsel)
    evaluation = fresh(evaluation)
    decide(evaluation, Stage.VA, "1.1", Decision.ACCEPT, cast.verifier_kalsel, version=1)
    close_va(evaluation, cast.verifier_kalsel)
    results = list(evaluation.results.order_by("taken_at"))
    assert [(r.stage, r.sequence, str(r.total)) for r in results] == [
        ("em", 1, "20.00"),
        ("va", 1, "8.00"),
        ("va", 2, "20.00"),
    ]
    for result in results:
        again = snapshot_at(evaluation, result.taken_at, stage=Stage(result.stage))
        assert digest(again) == result.digest
        assert again == result.snapshot


def test_return_opens_only_the_named_questions(submitted, cast):
    verifier, coordinator = cast.verifier_kalsel, cast.coordinator_tabalong
    decide(submitted, Stage.VA, "12.1", Decision.DEFER, verifier)
    returns.send_back(
        evaluation=submitted,
        stage=Stage.VA,
        needed={"12.1": "Lampirkan rekapitulasi bertanda tangan."},
        due_at=clock.now() + timedelta(hours=48),
        by=verifier,
    )
    evaluation = fresh(submitted)
    with pytest.raises(Refused, match="tetap terkunci"):
        save(evaluation, "1.1", {"option": 1}, coordinator, version=1)
    saved = save(evaluation, "12.1", {"numerator": "96", "denominator": "100"}, coordinator, version=1)
    assert saved.answer.revisions.get(version=2).stage == "va"
    with pytest.raises(Refused):
        decide(evaluation, Stage.VA, "1.1", Decision.ACCEPT, verifier)
    returns.resubmit(evaluation=evaluation, by=coordinator)
    evaluation = fresh(evaluation)
    assert evaluation.state == State.SUBMITTED
    standing = standings(evaluation, Stage.VA)["12.1"]
    assert standing.stale
    assert standing.open


def test_objection_is_decided_by_another_person_and_recounts(submitted, cast):
    decide(
        submitted, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason="Perda belum diundangkan."
    )
    for code in ("12.1", "2.3"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, cast.verifier_kalsel)
    close_va(submitted, cast.verifier_kalsel)
    evaluation = fresh(submitted)
    objection = objections.object_to(
        evaluation=evaluation,
        stage=Stage.VA,
        code="1.1",
        reason="Perda diundangkan 3 Maret; lihat halaman 1.",
        by=cast.coordinator_tabalong,
    )
    with pytest.raises(Refused, match="orang lain"):
        objections.decide_objection(
            objection=objection, granted=True, reason="Benar.", by=cast.verifier_kalsel
        )
    result = objections.decide_objection(
        objection=objection, granted=True, reason="Benar, sudah diundangkan.", by=cast.admin_kalsel
    )
    assert (result.sequence, result.total) == (2, Decimal("20.00"))
    assert snapshot_at(evaluation, result.taken_at, stage=Stage.VA) == result.snapshot
    assert (
        snapshot(fresh(evaluation), stage=Stage.VA, taken_at=result.taken_at, draft=False) == result.snapshot
    )


def test_a_cleared_answer_or_new_evidence_asks_for_a_new_look(submitted, cast):
    verifier, coordinator = cast.verifier_kalsel, cast.coordinator_tabalong
    for code in ("1.1", "12.1", "2.3"):
        decide(submitted, Stage.VA, code, Decision.ACCEPT, verifier)
    returns.send_back(
        evaluation=submitted,
        stage=Stage.VA,
        needed={"12.1": "Perbaiki.", "1.1": "Lampirkan peraturannya."},
        due_at=clock.now() + timedelta(hours=48),
        by=verifier,
    )
    evaluation = fresh(submitted)
    save(evaluation, "12.1", None, coordinator, version=1)
    slots.add_web_link(
        evaluation=evaluation, code="1.1", slot_number=1, url="https://jdih.example.org/1", by=coordinator
    )
    returns.resubmit(evaluation=evaluation, by=coordinator)
    evaluation = fresh(evaluation)
    assert [code for code, s in standings(evaluation, Stage.VA).items() if s.open] == ["1.1", "12.1"]
    decide(evaluation, Stage.VA, "12.1", Decision.ACCEPT, verifier, answer_version=2, version=1)
    assert decide(evaluation, Stage.VA, "1.1", Decision.ACCEPT, verifier, version=1).changed
    assert not any(s.open for s in standings(evaluation, Stage.VA).values())
    assert close_va(evaluation, verifier).total == Decimal("17.00")
